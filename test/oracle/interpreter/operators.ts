import { Dual, dual, primalOf, strip, term, toKey, toNumber, toPrimitive, toText, truthy } from "./dual.ts";
import { pow } from "./mathTable.ts";
import { OracleError } from "./run.ts";

type Numeric = number | Dual;

const v = (x: Numeric): number => (x instanceof Dual ? x.value : x);
const t = (x: Numeric): number => (x instanceof Dual ? x.tangent : 0);

const add = (a: Numeric, b: Numeric): Numeric => dual(v(a) + v(b), t(a) + t(b));
const subtract = (a: Numeric, b: Numeric): Numeric => dual(v(a) - v(b), t(a) - t(b));
const multiply = (a: Numeric, b: Numeric): Numeric => dual(v(a) * v(b), term(v(b), t(a)) + term(v(a), t(b)));

/** (a/b)′ = (a′ − (a/b)·b′)/b */
const divide = (a: Numeric, b: Numeric): Numeric => {
  const quotient = v(a) / v(b);
  const numerator = t(a) - term(quotient, t(b));
  return dual(quotient, numerator === 0 ? 0 : numerator / v(b));
};

/** (a % b)′ = a′ − trunc(a/b)·b′ */
const remainder = (a: Numeric, b: Numeric): Numeric => dual(v(a) % v(b), t(a) - term(Math.trunc(v(a) / v(b)), t(b)));

const arithmetic: Readonly<Record<string, (a: Numeric, b: Numeric) => Numeric>> = {
  "-": subtract,
  "*": multiply,
  "/": divide,
  "%": remainder,
  "**": pow,
};

type Host = (a: never, b: never) => unknown;

/** What the host computes when no dual is concerned: bigint, bits, comparisons. */
const host: Readonly<Record<string, Host>> = {
  "-": (a: number, b: number) => a - b,
  "*": (a: number, b: number) => a * b,
  "/": (a: number, b: number) => a / b,
  "%": (a: number, b: number) => a % b,
  "**": (a: number, b: number) => a ** b,
  "&": (a: number, b: number) => a & b,
  "|": (a: number, b: number) => a | b,
  "^": (a: number, b: number) => a ^ b,
  "<<": (a: number, b: number) => a << b,
  ">>": (a: number, b: number) => a >> b,
  ">>>": (a: number, b: number) => a >>> b,
  "<": (a: number, b: number) => a < b,
  ">": (a: number, b: number) => a > b,
  "<=": (a: number, b: number) => a <= b,
  ">=": (a: number, b: number) => a >= b,
  "==": (a: unknown, b: unknown) => looselyEqual(a, b),
  "!=": (a: unknown, b: unknown) => !looselyEqual(a, b),
};

function looselyEqual(a: unknown, b: unknown): boolean {
  // biome-ignore lint/suspicious/noDoubleEquals: this is the interpreted program's ==
  return a == b;
}

const comparisons: ReadonlySet<string> = new Set(["<", ">", "<=", ">="]);

function plus(left: unknown, right: unknown): unknown {
  const [a, b] = [toPrimitive(left, "default"), toPrimitive(right, "default")];
  if (typeof a === "string" || typeof b === "string") return toText(a) + toText(b);
  if (typeof a === "bigint" || typeof b === "bigint") return (a as bigint) + (b as bigint);
  return add(toNumber(a), toNumber(b));
}

function numericOperand(x: unknown): unknown {
  const primitive = toPrimitive(x, "number");
  return typeof primitive === "bigint" ? primitive : toNumber(primitive);
}

/** A binary operator on evaluated operands, all but the short-circuiting ones. */
export function applyBinary(operator: string, left: unknown, right: unknown): unknown {
  switch (operator) {
    case "+":
      return typeof left === "number" && typeof right === "number" ? left + right : plus(left, right);
    case "===":
      return primalOf(left) === primalOf(right);
    case "!==":
      return primalOf(left) !== primalOf(right);
    case "==":
    case "!=":
      return host[operator]?.(primalOf(left) as never, primalOf(right) as never);
    case "instanceof":
      return left instanceof Dual ? false : left instanceof (right as new () => unknown);
    case "in":
      return toKey(left) in (right as object);
    case ",":
      return right;
  }
  const plain = host[operator];
  if (plain === undefined) throw new OracleError(`operator ${operator} is not supported`);
  if (typeof left === "number" && typeof right === "number") return plain(left as never, right as never);
  if (comparisons.has(operator)) {
    const [a, b] = [primalOf(toPrimitive(left, "number")), primalOf(toPrimitive(right, "number"))];
    return plain(a as never, b as never);
  }
  const [a, b] = [numericOperand(left), numericOperand(right)];
  const derived = arithmetic[operator];
  if (derived !== undefined && typeof a !== "bigint" && typeof b !== "bigint")
    return derived(a as Numeric, b as Numeric);
  return plain(strip(a, `operator ${operator}`) as never, strip(b, `operator ${operator}`) as never);
}

/** A prefix operator on an evaluated operand: + - ! ~ */
export function applyPrefix(operator: string, operand: unknown): unknown {
  switch (operator) {
    case "!":
      return !truthy(operand);
    case "+":
      return toNumber(operand);
    case "-": {
      const x = numericOperand(operand);
      return x instanceof Dual ? dual(-x.value, -x.tangent) : -(x as number);
    }
    case "~": {
      return ~(strip(numericOperand(operand), "operator ~") as number);
    }
  }
  throw new OracleError(`prefix operator ${operator} is not supported`);
}

/** The old value of ++ or -- (as a number) and the new one. */
export function step(operand: unknown, by: 1 | -1): { readonly before: unknown; readonly after: unknown } {
  const before = numericOperand(operand);
  if (typeof before === "bigint") return { before, after: before + BigInt(by) };
  return { before, after: add(before as Numeric, by) };
}

/** The result of typeof on an evaluated operand. */
export function typeOf(x: unknown): string {
  return typeof primalOf(x);
}
