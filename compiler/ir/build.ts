/**
 * Builders of expressions, small enough that a rule reads as its formula: `div(mul(0.5, dx), abs(y))`.
 *
 * An absent operand is a tangent known to be zero. It vanishes: `mul(undefined, y)` is absent, `add(undefined, y)` is y.
 * Of live operands only what is exact for every value, NaN, ±∞ and ±0 included, is folded: 1·x, −1·x, x/1, −(−x),
 * a + (−b). So 0·x and x + 0 stay.
 */
import type {
  Binary,
  BinaryOperator,
  Call,
  Conditional,
  Constant,
  Expression,
  MathCall,
  Unary,
  UnaryOperator,
  Variable,
  VariableReference,
} from "./types.ts";

/** An expression, or a number that stands for its constant. */
export type Operand = Expression | number;
/** An operand which may be a tangent known to be zero. */
export type MaybeZero = Operand | undefined;

/** A number, with the text it is printed as if that is not the plain decimal (`Math.LN2`). */
export function constant(value: number, text?: string): Constant {
  return text === undefined ? { kind: "constant", value } : { kind: "constant", value, text };
}

/** Reads a variable. */
export function reference(variable: Variable): VariableReference {
  return { kind: "variable", variable };
}

/** A number becomes its constant; an expression stays. */
export function expression(operand: Operand): Expression {
  return typeof operand === "number" ? constant(operand) : operand;
}

/** The value of a numeric constant; undefined for everything else. `-1` as unary minus of a constant counts. */
export function constantValue(operand: MaybeZero): number | undefined {
  if (operand === undefined || typeof operand === "number") return operand;
  if (operand.kind === "constant") return typeof operand.value === "number" ? operand.value : undefined;
  if (operand.kind !== "unary" || operand.operator !== "-") return undefined;
  const value = constantValue(operand.operand);
  return value === undefined ? undefined : -value;
}

/** Whether two atoms are the same variable or the same constant. */
export function sameAtom(a: Expression | undefined, b: Expression | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  if (a.kind === "variable") return b.kind === "variable" && a.variable.id === b.variable.id;
  return a.kind === "constant" && b.kind === "constant" && Object.is(a.value, b.value);
}

/** A unary operation as it stands. */
export function unary(operator: UnaryOperator, operand: Operand): Unary {
  return { kind: "unary", operator, operand: expression(operand) };
}

/** A binary operation as it stands. */
export function binary(operator: BinaryOperator, left: Operand, right: Operand): Binary {
  return { kind: "binary", operator, left: expression(left), right: expression(right) };
}

/** −a. The sign goes to the front factor, where it is printed without parentheses. */
export function neg(a: Operand): Expression;
export function neg(a: MaybeZero): Expression | undefined;
export function neg(a: MaybeZero): Expression | undefined {
  if (a === undefined) return undefined;
  if (typeof a === "number") return constant(-a);
  if (a.kind === "unary" && a.operator === "-") return a.operand;
  if (a.kind === "constant" && typeof a.value === "number" && a.text === undefined) return constant(-a.value);
  if (a.kind === "binary" && (a.operator === "*" || a.operator === "/")) return { ...a, left: neg(a.left) };
  return unary("-", a);
}

/** a, when the expression is −a (also as the front factor of a product); undefined otherwise. */
function withoutMinus(e: Expression): Expression | undefined {
  if (e.kind === "unary" && e.operator === "-") return e.operand;
  if (e.kind !== "binary" || (e.operator !== "*" && e.operator !== "/")) return undefined;
  const left = withoutMinus(e.left);
  return left && { ...e, left };
}

/** a + b. */
export function add(a: Operand, b: Operand): Expression;
export function add(a: MaybeZero, b: MaybeZero): Expression | undefined;
export function add(a: MaybeZero, b: MaybeZero): Expression | undefined {
  if (a === undefined) return b === undefined ? undefined : expression(b);
  if (b === undefined) return expression(a);
  const [left, right] = [expression(a), expression(b)];
  const subtracted = withoutMinus(right);
  if (subtracted) return binary("-", left, subtracted);
  const minuend = withoutMinus(left);
  return minuend ? binary("-", right, minuend) : binary("+", left, right);
}

/** a − b. */
export function sub(a: Operand, b: Operand): Expression;
export function sub(a: MaybeZero, b: MaybeZero): Expression | undefined;
export function sub(a: MaybeZero, b: MaybeZero): Expression | undefined {
  if (b === undefined) return a === undefined ? undefined : expression(a);
  if (a === undefined) return neg(b);
  const right = expression(b);
  const added = withoutMinus(right);
  return added ? binary("+", a, added) : binary("-", a, right);
}

/** a · b · …, from left to right. */
export function mul(a: Operand, ...rest: Operand[]): Expression;
export function mul(a: MaybeZero, ...rest: MaybeZero[]): Expression | undefined;
export function mul(a: MaybeZero, ...rest: MaybeZero[]): Expression | undefined {
  if (a === undefined) return undefined;
  let product = expression(a);
  for (const factor of rest) {
    if (factor === undefined) return undefined;
    product = times(product, expression(factor));
  }
  return product;
}

function times(a: Expression, b: Expression): Expression {
  if (constantValue(a) === 1) return b;
  if (constantValue(b) === 1) return a;
  if (constantValue(a) === -1) return neg(b);
  if (constantValue(b) === -1) return neg(a);
  return binary("*", a, b);
}

/** a / b. */
export function div(a: Operand, b: Operand): Expression;
export function div(a: MaybeZero, b: Operand): Expression | undefined;
export function div(a: MaybeZero, b: Operand): Expression | undefined {
  if (a === undefined) return undefined;
  if (constantValue(b) === 1) return expression(a);
  return constantValue(b) === -1 ? neg(a) : binary("/", a, b);
}

/** a ** b. */
export function pow(a: Operand, b: Operand): Expression {
  return constantValue(b) === 1 ? expression(a) : binary("**", a, b);
}

/** `test ? whenTrue : whenFalse`. */
export function conditional(test: Expression, whenTrue: Operand, whenFalse: Operand): Conditional {
  return { kind: "conditional", test, whenTrue: expression(whenTrue), whenFalse: expression(whenFalse) };
}

/** `a && b`: a zero or NaN `a` is the result as it is. */
export function and(a: Expression, b: Expression): Expression {
  if (constantValue(a)) return b;
  return { kind: "logical", operator: "&&", left: a, right: b };
}

/** A function of `Math`. */
export function math(name: string, ...operands: Operand[]): MathCall {
  return { kind: "math", name, arguments: operands.map(expression) };
}

/** A property of `Math`, printed by its name. */
export function mathConstant(name: "LN2" | "LN10"): Constant {
  return constant(Math[name], `Math.${name}`);
}

/** A call of a function without effects, known by its name alone. */
export function pureCall(name: string, ...operands: Operand[]): Call {
  return {
    kind: "call",
    callee: { kind: "global", name, pure: true, yields: "number" },
    arguments: operands.map(expression),
  };
}
