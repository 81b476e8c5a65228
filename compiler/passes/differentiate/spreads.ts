/**
 * `Math.max(...xs)`, `Math.min(...xs)` and `Math.hypot(...xs)`: the rules of these functions as sums over the elements.
 * At a tie, the mean of the tied elements' tangents; of `hypot`, the sum of (x / r) x_t, and along r = 0 the length of x_t.
 */

import type { Atom, Call, Expression, Spread, Statement, Variable } from "../../ir/types.ts";
import { type Context, perLane, primalTemporary, refer, tangentOfAtom, zero } from "./context.ts";
import { type Dual, shadowSpread } from "./expressions.ts";

/** One argument: its value and tangents, and how they are had for each element. */
interface Part {
  readonly operand: Atom;
  readonly tangents: readonly (Expression | undefined)[];
  readonly spread: boolean;
}

export function differentiateSpread(cx: Context, call: Call, name: string): Dual {
  const at = call.span && { span: call.span };
  const value = refer(declared(cx, { kind: "number" }, call, false));
  const parts = call.arguments.map((part): Part => {
    const operand = part.kind === "spread" ? part.operand : part;
    if (operand.kind !== "variable" && operand.kind !== "constant") throw new Error("an argument is no atom");
    return { operand, tangents: perLane(cx, () => tangentOfAtom(cx, operand)), spread: part.kind === "spread" };
  });
  const sums = perLane(cx, () => counter(cx, "slope", at));
  if (name === "Math.hypot") {
    for (const part of parts) {
      if (part.tangents.every((tangent) => tangent === undefined)) continue;
      over(cx, part, at, (x, tangents) =>
        tangents.flatMap((tangent, lane) => {
          const sum = sums[lane];
          if (tangent === undefined || sum === undefined) return [];
          const direction: Call = {
            kind: "call",
            callee: { kind: "global", name: "direction", pure: true },
            arguments: [x, value],
            ...at,
          };
          return [adding(sum, { kind: "binary", operator: "*", left: direction, right: tangent, ...at })];
        }),
      );
    }
    const test: Expression = { kind: "binary", operator: "===", left: value, right: zero };
    const tangents = perLane(cx, (lane): Expression => {
      const whenTrue = lengthOfTangents(cx, call);
      return { kind: "conditional", test, whenTrue, whenFalse: sumOf(sums[lane]), ...at };
    });
    return { primal: value, tangents };
  }

  const ties = counter(cx, "ties", at);
  for (const part of parts) {
    over(cx, part, at, (x, tangents) => {
      const then = tangents.flatMap((tangent, lane) => {
        const sum = sums[lane];
        return tangent === undefined || sum === undefined ? [] : [adding(sum, tangent)];
      });
      const test: Expression = { kind: "binary", operator: "===", left: x, right: value };
      return [{ kind: "if", test, then: [...then, adding(ties, { kind: "constant", value: 1 })], ...at }];
    });
  }
  // Of no elements at all, the extremum is constant.
  const none: Expression = { kind: "binary", operator: "===", left: value, right: infinity(name) };
  const empty: Expression = {
    kind: "logical",
    operator: "&&",
    left: { kind: "binary", operator: "===", left: refer(ties), right: zero },
    right: none,
  };
  const tangents = sums.map((sum): Expression => {
    const mean: Expression = { kind: "binary", operator: "/", left: refer(sum), right: refer(ties), ...at };
    return parts.every(({ spread }) => spread)
      ? { kind: "conditional", test: empty, whenTrue: zero, whenFalse: mean, ...at }
      : mean;
  });
  return { primal: value, tangents };
}

const infinity = (name: string): Expression =>
  name === "Math.max"
    ? { kind: "constant", value: Number.NEGATIVE_INFINITY, text: "-Infinity" }
    : { kind: "constant", value: Number.POSITIVE_INFINITY, text: "Infinity" };

const sumOf = (sum: Variable | undefined): Expression => (sum === undefined ? zero : refer(sum));

/** `Math.hypot(...xs_t, y_t)` */
function lengthOfTangents(cx: Context, call: Call): Expression {
  const parts = call.arguments.flatMap((part): (Expression | Spread)[] => {
    const operand = part.kind === "spread" ? part.operand : part;
    if (operand.kind !== "variable") return [];
    const tangent = tangentOfAtom(cx, operand);
    if (tangent === undefined) return [];
    return [part.kind === "spread" ? shadowSpread(cx, part) : tangent];
  });
  return { ...call, arguments: parts };
}

type At = { readonly span: NonNullable<Call["span"]> } | undefined;

function declared(cx: Context, type: Variable["type"], value: Expression, reassigned: boolean): Variable {
  const variable: Variable = { ...primalTemporary(cx, type), reassigned };
  const keyword = reassigned ? "let" : "const";
  cx.out.push({ kind: "declare", keyword, variable, value, ...(value.span && { span: value.span }) });
  return variable;
}

function counter(cx: Context, wanted: string, at: At): Variable {
  const variable: Variable = { ...primalTemporary(cx, { kind: "number" }), wanted, reassigned: true };
  cx.out.push({ kind: "declare", keyword: "let", variable, value: zero, ...at });
  return variable;
}

const adding = (sum: Variable, value: Expression): Statement => ({
  kind: "assign",
  target: { kind: "variable", variable: sum },
  value: { kind: "binary", operator: "+", left: refer(sum), right: value },
});

/** What is to be done for an argument: once, or in a loop over its elements. */
function over(
  cx: Context,
  part: Part,
  at: At,
  body: (x: Expression, tangents: readonly (Expression | undefined)[]) => readonly Statement[],
): void {
  if (!part.spread) {
    cx.out.push(...body(part.operand, part.tangents));
    return;
  }
  const index: Variable = { ...primalTemporary(cx, { kind: "number" }), reassigned: true };
  const read = (array: Expression): Expression => ({
    kind: "element",
    object: array,
    index: refer(index),
    within: true,
    ...at,
  });
  const below: Expression = { kind: "field", object: part.operand, name: "length" };
  cx.out.push({
    kind: "loop",
    form: "for",
    init: [{ kind: "declare", keyword: "let", variable: index, value: zero }],
    before: [],
    test: { kind: "binary", operator: "<", left: refer(index), right: below },
    update: [adding(index, { kind: "constant", value: 1 })],
    body: body(
      read(part.operand),
      part.tangents.map((tangent) => tangent && read(tangent)),
    ),
    ...at,
  });
}
