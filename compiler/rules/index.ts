/** What the other stations ask the rule table: the way from an operation to its row. */
import { constantValue } from "../ir/build.ts";
import type { Atom, Binary, Call, Expression, MathCall, Unary } from "../ir/types.ts";
import { isMathRule, mathRules } from "./math.ts";
import { binaryRules, unaryRules } from "./operators.ts";
import type { Rule, Tangent } from "./rule.ts";
import { isSupportName, supportFunctions } from "./support.ts";

export { isMathRule } from "./math.ts";
export { isSupportName, type SupportName, supportFunctions } from "./support.ts";

/** What the table has rows for. A call is that of a support function. */
export type Operation = Unary | Binary | MathCall | Call;

/**
 * The row of an operation; undefined for what has none: bit operators, unknown functions of `Math`, calls.
 */
export function ruleOf(operation: Operation): Rule | undefined {
  switch (operation.kind) {
    case "unary":
      return hasKey(unaryRules, operation.operator) ? unaryRules[operation.operator] : undefined;
    case "binary":
      return hasKey(binaryRules, operation.operator) ? binaryRules[operation.operator] : undefined;
    case "math":
      return isMathRule(operation.name) ? mathRules[operation.name] : undefined;
    case "call": {
      const { callee } = operation;
      return callee.kind === "global" && isSupportName(callee.name) ? supportFunctions[callee.name].rule : undefined;
    }
  }
}

/** Whether `Math[name]` has a derivative that is not zero everywhere. */
export function mathHasDerivative(name: string): boolean {
  return isMathRule(name) && mathRules[name].partials.some((partial) => partial !== "0");
}

/**
 * The tangent of an operation along the tangents of its operands.
 *
 * @param operation what is differentiated; its operands are given apart, named
 * @param args the operands as atoms
 * @param tangents one an operand, each an atom, or undefined when it is zero
 * @param result the atom that holds the value of the operation, so that nothing of the primal is computed again
 * @returns an expression over these; undefined when it is zero whatever their values are
 * @throws when an operand has a tangent and the operation no rule: what loses a tangent is refused before
 */
export function tangentOf(
  operation: Operation,
  args: readonly Atom[],
  tangents: readonly (Expression | undefined)[],
  result: Atom,
): Expression | undefined {
  const live = tangents.map((tangent): Tangent => (constantValue(tangent) === 0 ? undefined : tangent));
  if (live.every((tangent) => tangent === undefined) || isComparison(operation)) return undefined;
  const rule = ruleOf(operation);
  if (rule === undefined) throw new Error(`There is no rule for ${describe(operation)}, and an operand has a tangent.`);
  return rule.tangent(args, live, result);
}

/** What gives a truth value or a type's name: there is nothing to differentiate. */
function isComparison(operation: Operation): boolean {
  if (operation.kind === "unary") return ["!", "typeof", "void"].includes(operation.operator);
  if (operation.kind !== "binary") return false;
  return ["<", "<=", ">", ">=", "==", "!=", "===", "!==", "in", "instanceof"].includes(operation.operator);
}

function describe(operation: Operation): string {
  switch (operation.kind) {
    case "unary":
    case "binary":
      return `the operator ${operation.operator}`;
    case "math":
      return `Math.${operation.name}`;
    case "call":
      return operation.callee.kind === "global" ? operation.callee.name : "this call";
  }
}

function hasKey<T extends object>(table: T, key: PropertyKey): key is keyof T {
  return Object.hasOwn(table, key);
}
