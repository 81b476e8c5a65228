/** Operations to test, by the names that the tables of the tests use. */
import { binary, constant, math, unary } from "../../compiler/ir/build.ts";
import type { ArithmeticOperator, Atom } from "../../compiler/ir/types.ts";
import { type Operation, tangentOf } from "../../compiler/rules/index.ts";
import { isMathRule } from "../../compiler/rules/math.ts";
import { binaryRules } from "../../compiler/rules/operators.ts";
import { isSupportName } from "../../compiler/rules/support.ts";
import { apply, evaluate, variable } from "./evaluate.ts";

function isArithmetic(name: string): name is ArithmeticOperator {
  return Object.hasOwn(binaryRules, name);
}

/** `+`, `**`, `sin`, `neg`, `plus` or the name of a support function, applied to atoms. */
export function operation(name: string, args: readonly Atom[]): Operation {
  const [a = constant(Number.NaN), b = constant(Number.NaN)] = args;
  if (name === "neg") return unary("-", a);
  if (name === "plus") return unary("+", a);
  if (isArithmetic(name)) return binary(name, a, b);
  if (isMathRule(name)) return math(name, ...args);
  if (isSupportName(name)) return { kind: "call", callee: { kind: "global", name, pure: true }, arguments: args };
  throw new Error(`there is no ${name}`);
}

/** The value of an operation. */
export function primal(name: string, args: readonly number[]): number {
  const atoms = args.map((value) => constant(value));
  return apply(operation(name, atoms), args);
}

/**
 * The tangent by the rule: a number per active argument, undefined for an inactive one. `constants` says which
 * arguments are written as constants.
 */
export function tangent(
  name: string,
  args: readonly number[],
  tangents: readonly (number | undefined)[],
  constants: readonly boolean[] = [],
): number | undefined {
  const at = new Map<number, number>();
  const bind = (text: string, value: number) => {
    const it = variable(text);
    at.set(it.variable.id, value);
    return it;
  };
  const atoms = args.map((value, i): Atom => (constants[i] ? constant(value) : bind(`x${i}`, value)));
  const dotted = tangents.map((value, i) => (value === undefined ? undefined : bind(`x${i}_t`, value)));
  const result = bind("y", primal(name, args));
  const expression = tangentOf(operation(name, atoms), atoms, dotted, result);
  return expression && evaluate(expression, at);
}

/** Every way to make some of n arguments active, at least one. */
export function activities(n: number): readonly (readonly boolean[])[] {
  return Array.from({ length: 2 ** n - 1 }, (_, i) => Array.from({ length: n }, (_, k) => (((i + 1) >> k) & 1) === 1));
}
