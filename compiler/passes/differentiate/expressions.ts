/** The tangent beside each expression: rules for operations, mirrored shadows for memory. */

import { canCarry, mayBeNothing } from "../../frontend/types.ts";
import { mul, sameAtom } from "../../ir/build.ts";
import type {
  ArrayLiteral,
  Atom,
  ElementAccess,
  Expression,
  FieldAccess,
  ObjectLiteral,
  Spread,
  Type,
  Variable,
} from "../../ir/types.ts";
import { typeOf } from "../../ir/typing.ts";
import { tangentOf } from "../../rules/index.ts";
import { keyOf } from "../activity/solve.ts";
import { carries, held as heldUnder, isCount, isDictionary, regionOf } from "../activity/values.ts";
import { differentiateCall } from "./calls.ts";
import {
  type Context,
  nothing,
  perLane,
  primalTemporary,
  refer,
  tangentOfAtom,
  valueOf,
  zero,
  zeroFor,
} from "./context.ts";
import { differentiateFunction } from "./functions.ts";
import { constructed, readGetter } from "./members.ts";
import { differentiateNew } from "./memory.ts";
import { keyText, tangentText } from "./text.ts";

/** An expression with its tangent. */
export interface Dual {
  readonly primal: Expression;
  /** One a lane; absent: zero. */
  readonly tangents: readonly (Expression | undefined)[];
  /** The tangent is read from what evaluating the primal leaves behind, so it must come second. */
  readonly primalFirst?: boolean;
}

/**
 * Differentiates one lowered operation. Statements that must come first go to `cx.out`.
 * `result` names the operation's value for rules that use it.
 */
export function differentiate(cx: Context, expression: Expression, result: () => Atom): Dual {
  const { span } = expression;
  switch (expression.kind) {
    case "constant":
    case "variable":
      return { primal: expression, tangents: perLane(cx, () => tangentOfAtom(cx, expression)) };
    case "unary":
      return { primal: expression, tangents: byRule(cx, expression, [expression.operand], result) };
    case "binary":
      return { primal: expression, tangents: byRule(cx, expression, [expression.left, expression.right], result) };
    case "math":
      return { primal: expression, tangents: byRule(cx, expression, expression.arguments, result) };
    case "conditional": {
      const arms = perLane(
        cx,
        () => [tangentTree(cx, expression.whenTrue), tangentTree(cx, expression.whenFalse)] as const,
      );
      if (arms.every(([a, b]) => a === undefined && b === undefined)) return inactive(cx, expression);
      const test = atomOf(cx, expression.test);
      return {
        primal: { ...expression, test },
        tangents: arms.map(([whenTrue, whenFalse]) => ({
          kind: "conditional",
          test,
          whenTrue: whenTrue ?? armZero(cx, expression.whenTrue, expression),
          whenFalse: whenFalse ?? armZero(cx, expression.whenFalse, expression),
          ...(span && { span }),
        })),
      };
    }
    case "logical": {
      const sides = perLane(cx, () => [tangentTree(cx, expression.left), tangentTree(cx, expression.right)] as const);
      if (sides.every(([a, b]) => a === undefined && b === undefined)) return inactive(cx, expression);
      const test: Expression =
        expression.operator === "??"
          ? { kind: "binary", operator: "!=", left: expression.left, right: { kind: "constant", value: null } }
          : expression.left;
      const [takenValue, otherValue] =
        expression.operator === "&&" ? [expression.right, expression.left] : [expression.left, expression.right];
      return {
        primal: expression,
        tangents: sides.map(([left, right]) => {
          const taken = expression.operator === "&&" ? right : expression.operator === "??" ? present(left) : left;
          const other = expression.operator === "&&" ? left : right;
          return {
            kind: "conditional",
            test,
            whenTrue: taken ?? armZero(cx, takenValue, expression),
            whenFalse: other ?? armZero(cx, otherValue, expression),
            ...(span && { span }),
          };
        }),
      };
    }
    case "element":
    case "field": {
      const got = expression.kind === "field" ? readGetter(cx, expression) : undefined;
      if (got !== undefined) return got;
      if (!carries(valueOf(cx, expression))) return inactive(cx, expression);
      return { primal: expression, tangents: perLane(cx, () => mirror(cx, expression)) };
    }
    case "array":
      return { primal: expression, tangents: perLane(cx, () => shadowArray(cx, expression)) };
    case "object":
      return { primal: expression, tangents: perLane(cx, () => shadowObject(cx, expression)) };
    case "new":
      if (expression.class_ !== undefined) return constructed(cx, expression, result);
      return differentiateNew(cx, expression);
    case "call":
      return differentiateCall(cx, expression, result);
    case "function": {
      const region = regionOf(valueOf(cx, expression));
      if (region === undefined || !carries({ active: false, tainted: false, region })) return inactive(cx, expression);
      // One function for all lanes.
      const form = differentiateFunction(cx, expression.function, "");
      const tangent: Expression = { kind: "function", function: form, ...(span && { span }) };
      return { primal: expression, tangents: perLane(cx, (lane) => (lane === 0 ? tangent : undefined)) };
    }
    case "as": {
      const tangents = perLane(cx, () => tangentTree(cx, expression.operand));
      // The tangent of a number is a number, whatever the type of the number is called.
      const type = valueOf(cx, expression).region === undefined ? "number" : expression.type;
      return {
        primal: expression,
        tangents: tangents.map((tangent) => tangent && { kind: "as", operand: tangent, type }),
      };
    }
    case "register":
    case "opaque":
      return inactive(cx, expression);
  }
}

/** A value without a tangent. */
export function inactive(cx: Context, primal: Expression): Dual {
  return { primal, tangents: perLane(cx, () => undefined) };
}

/** The zero beside one arm of a choice: a number that is missing has the tangent 0, as it has in variables. */
function armZero(cx: Context, arm: Expression, choice: Expression): Expression {
  return valueOf(cx, choice).active ? zero : zeroFor(arm);
}

/** A tangent beside a value that was found to be there. */
export function present<T extends Expression | undefined>(tangent: T): T {
  if (tangent?.kind !== "variable" || tangent.variable.primal === undefined) return tangent;
  return mayBeNothing(tangent.variable.primal.type) ? { ...tangent, nonNull: true } : tangent;
}

/** The same of the shadow of a place that was read without a question. */
function presentBeside(tangent: Expression, primal: Expression): Expression {
  const read = tangent.kind === "element" || tangent.kind === "field";
  return read && mayBeNothing(typeOf(primal)) ? { ...tangent, nonNull: true } : present(tangent);
}

/** What is read from a shadow for a variable that is never nothing. */
export function presentFor(tangent: Expression, value: Expression, { type }: Variable): Expression {
  const read = tangent.kind === "element" || tangent.kind === "field";
  return read && mayBeNothing(typeOf(value)) && !mayBeNothing(type) ? { ...tangent, nonNull: true } : tangent;
}

function byRule(
  cx: Context,
  operation: Extract<Expression, { kind: "unary" | "binary" | "math" }>,
  operands: readonly Expression[],
  result: () => Atom,
): (Expression | undefined)[] {
  if (!carries(valueOf(cx, operation))) return perLane(cx, () => undefined);
  const atoms = operands.map((operand) => requireAtom(operand));
  return perLane(cx, () => {
    const tangents = atoms.map((atom) => tangentOfAtom(cx, atom));
    const square = squareTangent(cx, operation, atoms, tangents);
    if (square !== undefined) return withSpan(square, operation);
    const tangent = tangentOf(operation, atoms, tangents, result());
    return tangent && withSpan(tangent, operation);
  });
}

/** `(c * y) * y`, which is c y²: its tangent is 2 (c y) y_t, two products fewer than the product rule gives. */
function squareTangent(
  cx: Context,
  operation: Expression,
  [left, right]: readonly Atom[],
  [leftTangent, rightTangent]: readonly (Expression | undefined)[],
): Expression | undefined {
  if (operation.kind !== "binary" || operation.operator !== "*" || left === undefined || right === undefined)
    return undefined;
  if (leftTangent === undefined || rightTangent === undefined) return undefined;
  if (left.kind !== "variable" || right.kind !== "variable" || right.variable.reassigned) return undefined;
  const made = cx.definitions.get(left.variable);
  if (made?.kind !== "binary" || made.operator !== "*") return undefined;
  const factor = sameAtom(made.right, right) ? made.left : sameAtom(made.left, right) ? made.right : undefined;
  if (factor === undefined || carries(valueOf(cx, factor))) return undefined;
  return mul(2, left, rightTangent);
}

/** Generated operations point at the primal expression that they come from. */
function withSpan(tangent: Expression, from: Expression): Expression {
  return tangent.span === undefined && from.span !== undefined ? { ...tangent, span: from.span } : tangent;
}

export function requireAtom(operand: Expression | Spread): Atom {
  if (operand.kind === "constant" || operand.kind === "variable") return operand;
  throw new Error(`an operand of an active operation is no atom but ${operand.kind}`);
}

/** An expression as an atom, named in front when it is none. */
export function atomOf(cx: Context, expression: Expression): Atom {
  if (expression.kind === "constant" || expression.kind === "variable") return expression;
  const type =
    expression.kind === "unary" && expression.operator !== "!"
      ? ({ kind: "number" } as const)
      : ({ kind: "boolean" } as const);
  const variable = primalTemporary(cx, type);
  cx.out.push({
    kind: "declare",
    keyword: "const",
    variable,
    value: expression,
    ...(expression.span && { span: expression.span }),
  });
  return refer(variable);
}

/** The tangent of an operand: an atom, or a chain of reads. */
export function tangentTree(cx: Context, expression: Expression): Expression | undefined {
  if (expression.kind === "constant" || expression.kind === "variable") return tangentOfAtom(cx, expression);
  if (expression.kind === "element" || expression.kind === "field") {
    return carries(valueOf(cx, expression)) ? mirror(cx, expression) : undefined;
  }
  return undefined;
}

/** The same read of the shadow. */
function mirror(cx: Context, expression: Expression): Expression {
  if (expression.kind === "element" || expression.kind === "field") {
    const whole = mirror(cx, expression.object);
    const object = expression.optional === true ? whole : presentBeside(whole, expression.object);
    const read: Expression = mirrored(cx, expression, object);
    const chained = expression.optional === true || isOptional(expression.object);
    const scalar = valueOf(cx, expression).active;
    // Not every field of a dictionary need have come with a tangent.
    const region = regionOf(valueOf(cx, expression.object));
    if (scalar && (chained || (region !== undefined && isDictionary(region))))
      return { kind: "logical", operator: "??", left: read, right: zero };
    // The primal was asked whether it is there, or a number at all; the type checker can't see that its tangent is then.
    if (scalar && typeOf(expression).kind === "union") return { ...read, nonNull: true };
    // An element is there when the primal's is.
    const within = read.kind === "element" && expression.kind === "element" && isList(expression.object);
    return within ? { ...read, within: true } : read;
  }
  if (expression.kind === "variable") return tangentOfAtom(cx, expression) ?? expression;
  return expression;
}

/** Whether the type of an array does not say which elements it has. */
const isList = (object: Expression): boolean => typeOf(object).kind !== "tuple";

/** A private field has a plain place in the shadow, under its name with the mark. */
function mirrored(
  cx: Context,
  expression: ElementAccess | FieldAccess,
  shadow: Expression,
): ElementAccess | FieldAccess {
  const object = expression.kind === "field" ? narrowed(cx, expression, shadow) : shadow;
  if (expression.kind === "element" || !expression.name.startsWith("#")) return { ...expression, object };
  const { span } = expression;
  return { kind: "element", object, index: { kind: "constant", value: expression.name }, ...(span && { span }) };
}

export const shadowPlace = mirrored;

/** What tells the members of a union apart is asked of the primal; of its shadow it has to be said. */
function narrowed(cx: Context, access: FieldAccess, shadow: Expression): Expression {
  const type = typeOf(access.object);
  if (type.kind !== "union") return shadow;
  const objects = type.members.filter((member) => member.kind === "object");
  const carrying = objects.flatMap((member) => {
    const field = member.fields().get(access.name);
    return field !== undefined && canCarry(field) ? [field] : [];
  });
  const [only] = carrying;
  if (only === undefined || carrying.length === objects.length) return shadow;
  const field: Type = carrying.length === 1 ? only : { kind: "union", members: carrying };
  const text = tangentText(field, undefined, valueOf(cx, access));
  return text === undefined ? shadow : { kind: "as", operand: shadow, type: `{ ${keyText(access.name)}: ${text} }` };
}

const isOptional = (expression: Expression): boolean =>
  (expression.kind === "element" || expression.kind === "field") &&
  (expression.optional === true || isOptional(expression.object));

function shadowArray(cx: Context, literal: ArrayLiteral): Expression | undefined {
  const held = valueOf(cx, literal);
  if (!carries(held)) return undefined;
  const elements = literal.elements.map((element): Expression | Spread => {
    if (element.kind === "spread") return shadowSpread(cx, element);
    return tangentTree(cx, element) ?? (isInert(element) ? nothing : zeroOf(cx, element));
  });
  const { as, ...rest } = literal;
  const typed = as !== undefined && as !== "const" && elements.every((element) => element !== nothing);
  return { ...rest, elements, ...(typed && { as }) };
}

/** The zero beside an element: as many zeros as an inactive array has elements. */
function zeroOf(cx: Context, element: Expression): Expression {
  const type = element.kind === "variable" ? element.variable.type : undefined;
  if (type?.kind === "array" && type.element.kind === "number") return zerosLike(cx, element);
  return type === undefined || type.kind === "number" || type.kind === "unknown" || type.kind === "union"
    ? zeroFor(element)
    : nothing;
}

/** A string, a truth value and the like: its place in a tangent is empty. */
const isInert = (expression: Expression): boolean =>
  (expression.kind === "constant" && (typeof expression.value === "string" || typeof expression.value === "boolean")) ||
  (expression.kind === "variable" && !canCarry(expression.variable.type));

/** `...a_t`, or as many zeros as the inactive array has elements. */
export function shadowSpread(cx: Context, spread: Spread): Spread {
  return { ...spread, operand: tangentTree(cx, spread.operand) ?? zerosLike(cx, spread.operand) };
}

/** `a.map(() => 0)`, named in front: a fresh shadow of zeros for an array without one. */
export function zerosLike(cx: Context, array: Expression): Atom {
  const form = {
    id: "",
    name: "",
    style: "arrow",
    parameters: [],
    result: { kind: "number" },
    body: [{ kind: "return", value: zero }],
    span: array.span ?? { file: "", start: 0, end: 0 },
  } as const;
  const type = { kind: "array", constructor_: "Array", element: { kind: "number" } } as const;
  const variable: Variable = { ...primalTemporary(cx, type), role: "tangent" };
  const value: Expression = {
    kind: "call",
    callee: { kind: "method", object: array, name: "map" },
    arguments: [{ kind: "function", function: form }],
    ...(array.span && { span: array.span }),
  };
  cx.out.push({ kind: "declare", keyword: "const", variable, value, ...(array.span && { span: array.span }) });
  return refer(variable);
}

function shadowObject(cx: Context, literal: ObjectLiteral): Expression | undefined {
  const held = valueOf(cx, literal);
  const region = regionOf(held);
  if (region === undefined || !carries(held)) return undefined;
  const properties = literal.properties.flatMap((property): ObjectLiteral["properties"][number][] => {
    if (property.kind === "spread") {
      const operand = tangentTree(cx, property.operand);
      return operand === undefined ? [] : [{ ...property, operand: presentBeside(operand, property.operand) }];
    }
    const field = heldUnder(region, property.name);
    if (field === undefined || !carries(field)) return [];
    const nought = field.active ? zero : zeroFor(property.value);
    return [{ ...property, value: tangentTree(cx, property.value) ?? nought }];
  });
  return { kind: "object", properties, ...(literal.span && { span: literal.span }) };
}

/** Whether a place of memory has a shadow. */
export function isActivePlace(cx: Context, object: Expression, key: Expression | string): boolean {
  const held = valueOf(cx, object);
  const region = regionOf(held);
  if (region === undefined) return false;
  if (key === "length" && isCount(held, typeOf(object))) return region.constructor_ === "Array" && carries(held);
  const name = typeof key === "string" ? key : keyOf(key);
  const slot = name === undefined ? region.element : heldUnder(region, name);
  if (slot === undefined)
    return carries(
      valueOf(
        cx,
        typeof key === "string" ? { kind: "field", object, name: key } : { kind: "element", object, index: key },
      ),
    );
  return carries(slot);
}

/** `a.length` of an array with a shadow, which a store shortens or lengthens too. */
export function isLength(cx: Context, { object, name }: FieldAccess): boolean {
  const held = valueOf(cx, object);
  return (
    name === "length" && isCount(held, typeOf(object)) && regionOf(held)?.constructor_ === "Array" && carries(held)
  );
}
