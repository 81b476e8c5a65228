/** The conventions at singular points and ties, as data: what the rows of the table say, function by function. */
import { mathRules } from "./math.ts";
import { binaryRules, unaryRules } from "./operators.ts";
import type { Point, Rule } from "./rule.ts";

/** A row of the table under the text that a user writes. */
export interface Row {
  /** `Math.sin(x)`, `x ** y`. */
  readonly text: string;
  readonly rule: Rule;
}

/** A convention: what the derivative of `function` is at a point, and why. */
export interface Convention extends Point {
  readonly function: string;
}

/** Every row of the table, operators first. */
export const rows: readonly Row[] = [
  ...Object.entries(unaryRules).map(([operator, rule]) => ({ text: `${operator}x`, rule })),
  ...Object.entries(binaryRules).map(([operator, rule]) => ({ text: `x ${operator} y`, rule })),
  ...Object.entries(mathRules).map(([name, rule]) => ({ text: `Math.${name}(${parameterList(rule)})`, rule })),
];

/** Every convention, in the order of the rows. */
export const conventions: readonly Convention[] = rows.flatMap(({ text, rule }) =>
  rule.points.map((point) => ({ function: text, ...point })),
);

function parameterList(rule: Rule): string {
  return rule.variadic ? `…${rule.parameters.join(", ")}` : rule.parameters.join(", ");
}
