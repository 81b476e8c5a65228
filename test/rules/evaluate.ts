/** Expressions of the intermediate form as numbers: the interpreter that the rule table is tested with. */
import ts from "typescript";
import type { Atom, Expression, Variable, VariableReference } from "../../compiler/ir/types.ts";
import { type Operation, tangentOf } from "../../compiler/rules/index.ts";
import { isSupportName, type SupportName, supportFunctions, supportNames } from "../../compiler/rules/support.ts";

type Numeric = (...args: number[]) => number;
export type Environment = ReadonlyMap<number, number>;

let count = 0;

/** A fresh number variable. */
export function variable(name: string): VariableReference {
  const it: Variable = {
    id: ++count,
    name,
    role: "user",
    type: { kind: "number" },
    reassigned: false,
    captured: false,
  };
  return { kind: "variable", variable: it };
}

/** The support functions, compiled from the source that users get. */
export const support: Readonly<Record<SupportName, Numeric>> = Object.fromEntries(
  supportNames.map((name) => {
    const { outputText } = ts.transpileModule(supportFunctions[name].source("renamed"), {
      compilerOptions: { target: ts.ScriptTarget.ES2022 },
    });
    return [name, new Function(`${outputText}; return renamed;`)() as Numeric];
  }),
) as Record<SupportName, Numeric>;

/** Applies one operation to numbers. */
export function apply(operation: Operation, args: readonly number[]): number {
  const [a = Number.NaN, b = Number.NaN] = args;
  switch (operation.kind) {
    case "unary":
      if (operation.operator === "-") return -a;
      if (operation.operator === "+") return a;
      break;
    case "binary":
      switch (operation.operator) {
        case "+":
          return a + b;
        case "-":
          return a - b;
        case "*":
          return a * b;
        case "/":
          return a / b;
        case "%":
          return a % b;
        case "**":
          return a ** b;
      }
      break;
    case "math": {
      const functions = Math as unknown as Readonly<Record<string, Numeric>>;
      const call = functions[operation.name];
      if (call) return call(...args);
      break;
    }
    case "call":
      if (operation.callee.kind === "global" && isSupportName(operation.callee.name)) {
        return support[operation.callee.name](...args);
      }
  }
  throw new Error(`can't apply ${JSON.stringify(operation)}`);
}

function compare(operator: string, a: number, b: number): boolean {
  if (operator === "<") return a < b;
  if (operator === ">") return a > b;
  if (operator === "===") return a === b;
  throw new Error(`can't compare by ${operator}`);
}

function test(e: Expression, at: Environment): boolean {
  if (e.kind !== "binary") throw new Error(`can't test ${e.kind}`);
  return compare(e.operator, evaluate(e.left, at), evaluate(e.right, at));
}

function operandsOf(e: Expression): readonly Expression[] {
  switch (e.kind) {
    case "unary":
      return [e.operand];
    case "binary":
      return [e.left, e.right];
    case "math":
      return e.arguments;
    case "call":
      return e.arguments.filter((argument): argument is Expression => argument.kind !== "spread");
    default:
      throw new Error(`can't evaluate ${e.kind}`);
  }
}

/** The value of an expression. */
export function evaluate(e: Expression, at: Environment): number {
  return dual(e, at, new Map())[0];
}

/** Value and tangent of an expression, by the rule table itself: operands without an entry in `tangents` are inactive. */
export function dual(e: Expression, at: Environment, tangents: Environment): readonly [number, number | undefined] {
  switch (e.kind) {
    case "constant":
      if (typeof e.value !== "number") throw new Error("not a number");
      return [e.value, undefined];
    case "variable": {
      const value = at.get(e.variable.id);
      if (value === undefined) throw new Error(`${e.variable.name} has no value`);
      return [value, tangents.get(e.variable.id)];
    }
    case "conditional":
      return dual(test(e.test, at) ? e.whenTrue : e.whenFalse, at, tangents);
    case "logical": {
      const left = dual(e.left, at, tangents);
      return left[0] ? dual(e.right, at, tangents) : left;
    }
    case "unary":
    case "binary":
    case "math":
    case "call": {
      const operands = operandsOf(e).map((operand) => dual(operand, at, tangents));
      const value = apply(
        e,
        operands.map(([primal]) => primal),
      );
      return [value, tangentAt(e, operandsOf(e), operands, value)];
    }
    default:
      throw new Error(`can't evaluate ${e.kind}`);
  }
}

/** The tangent of one operation by its rule; constants stay constants, as the compiler hands them over. */
export function tangentAt(
  operation: Operation,
  written: readonly Expression[],
  operands: readonly (readonly [number, number | undefined])[],
  value: number,
): number | undefined {
  if (operands.every(([, tangent]) => tangent === undefined)) return undefined;
  const at = new Map<number, number>();
  const bind = (name: string, number: number): VariableReference => {
    const it = variable(name);
    at.set(it.variable.id, number);
    return it;
  };
  const atoms = operands.map(([primal], i): Atom => {
    const operand = written[i];
    return operand?.kind === "constant" ? operand : bind(`x${i}`, primal);
  });
  const dotted = operands.map(([, tangent], i) => (tangent === undefined ? undefined : bind(`x${i}_t`, tangent)));
  const expression = tangentOf(operation, atoms, dotted, bind("y", value));
  return expression && evaluate(expression, at);
}

const binding: Readonly<Record<string, number>> = {
  "**": 8,
  "*": 7,
  "/": 7,
  "%": 7,
  "+": 6,
  "-": 6,
  "<": 5,
  ">": 5,
  "===": 4,
};

/** An expression as a person would write it, to look at the generated formulas. */
export function show(e: Expression, inside = 0): string {
  const wrap = (level: number, text: string) => (level < inside ? `(${text})` : text);
  switch (e.kind) {
    case "constant":
      return e.text ?? String(e.value);
    case "variable":
      return e.variable.name;
    case "unary":
      return wrap(7.5, `${e.operator}${show(e.operand, 7.5)}`);
    case "binary": {
      const level = binding[e.operator] ?? 0;
      return wrap(level, `${show(e.left, level)} ${e.operator} ${show(e.right, level + 0.5)}`);
    }
    case "logical":
      return wrap(3, `${show(e.left, 3)} ${e.operator} ${show(e.right, 3)}`);
    case "conditional":
      return wrap(1, `${show(e.test, 2)} ? ${show(e.whenTrue, 2)} : ${show(e.whenFalse, 1)}`);
    case "math":
      return `Math.${e.name}(${e.arguments.map((argument) => show(argument)).join(", ")})`;
    case "call": {
      const name = e.callee.kind === "global" ? e.callee.name : e.callee.kind;
      return `${name}(${operandsOf(e)
        .map((argument) => show(argument))
        .join(", ")})`;
    }
    default:
      throw new Error(`can't show ${e.kind}`);
  }
}
