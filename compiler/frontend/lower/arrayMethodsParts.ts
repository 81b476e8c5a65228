/** The pieces that array methods are lowered to: temporaries, declarations, loops over an index. */

import type { Span } from "../../api.ts";
import type { Atom, Constant, Expression, Loop, Type, Variable } from "../../ir/types.ts";
import type { ts } from "../project.ts";
import { integerArrays } from "../types.ts";
import { type Context, collect, isAtom, reference } from "./context.ts";

/** Arrays as their methods see them: what made them, and what is in them. */
export interface ArrayType {
  readonly constructor_: string;
  readonly element: Type;
}

/** The array that a value of a type is; nothing when it may be something else, or hold bigints. */
export function arrayOf(type: Type): ArrayType | undefined {
  if (type.kind === "array") return type.constructor_.startsWith("Big") ? undefined : type;
  if (type.kind === "tuple") return { constructor_: "Array", element: { kind: "union", members: type.elements } };
  if (type.kind !== "union") return undefined;
  // What is asked for its elements is there.
  const arrays = type.members.filter(({ kind }) => kind !== "undefined" && kind !== "null").map(arrayOf);
  const [first] = arrays;
  if (first === undefined || arrays.some((one) => one?.constructor_ !== first.constructor_)) return undefined;
  const elements = arrays.flatMap((one) => (one === undefined ? [] : [one.element]));
  const [only] = elements;
  const element: Type = only !== undefined && elements.length === 1 ? only : { kind: "union", members: elements };
  return { constructor_: first.constructor_, element };
}

/** The type of what a method is called on: behind `?.`, once that was asked, it is there. */
export function presentType(cx: Context, callee: ts.PropertyAccessExpression): Type {
  const type = cx.types.at(callee.expression);
  if (!cx.asked.has(callee) || type.kind !== "union") return type;
  const members = type.members.filter(({ kind }) => kind !== "undefined" && kind !== "null");
  const [only] = members;
  return only !== undefined && members.length === 1 ? only : { kind: "union", members };
}

export const isTyped = ({ constructor_ }: ArrayType): boolean =>
  constructor_ === "Float32Array" || constructor_ === "Float64Array" || integerArrays.has(constructor_);

export const constant = (value: Constant["value"]): Constant => ({ kind: "constant", value });

export const numberType: Type = { kind: "number" };
export const booleanType: Type = { kind: "boolean" };

interface Details {
  readonly reassigned?: boolean;
  readonly typeText?: string;
  /** The declaration is printed with its type. */
  readonly annotated?: boolean;
}

/** A variable that the user has no name for. */
export function local(cx: Context, type: Type, more: Details = {}): Variable {
  const id = cx.nextId();
  return {
    id,
    name: `%${id}`,
    role: "temporary",
    type,
    reassigned: more.reassigned ?? false,
    captured: false,
    ...(more.typeText !== undefined && { typeText: more.typeText }),
    ...(more.annotated === true && more.typeText !== undefined && { annotated: true }),
  };
}

export function declare(cx: Context, variable: Variable, value: Expression | undefined, span: Span): void {
  const keyword = variable.reassigned ? "let" : "const";
  cx.out.push({ kind: "declare", keyword, variable, span, ...(value !== undefined && { value }) });
}

export function assign(cx: Context, variable: Variable, value: Expression, span: Span): void {
  if (value.kind === "variable" && value.variable === variable) return;
  cx.out.push({ kind: "assign", target: { kind: "variable", variable }, value, span });
}

/** A value as an atom: a new constant variable holds it when it is none. */
export function held(cx: Context, value: Expression, type: Type, span: Span): Atom {
  if (isAtom(value)) return value;
  const variable = local(cx, type);
  declare(cx, variable, value, span);
  return reference(variable, span);
}

/** A condition: comparisons stay what they are, since only their truth matters. */
export function condition(cx: Context, value: Expression, span: Span): Expression {
  if (value.kind === "binary" || value.kind === "logical") return value;
  if (value.kind === "unary" && value.operator === "!") return value;
  return held(cx, value, booleanType, span);
}

export function when(cx: Context, test: Expression, then: () => void, span: Span): void {
  if (test.kind === "constant") {
    if (test.value) then();
    return;
  }
  const body = collect(cx, then);
  if (body.length > 0) cx.out.push({ kind: "if", test, then: body, span });
}

export const not = (operand: Expression): Expression =>
  operand.kind === "constant" ? constant(!operand.value) : { kind: "unary", operator: "!", operand };

export const lengthOf = (array: Atom, span: Span): Expression => ({
  kind: "field",
  object: array,
  name: "length",
  span,
});

/** An element within the array's length, which the type checker is told where it asks. */
export const elementOf = (array: Atom, index: Atom, span: Span): Expression => ({
  kind: "element",
  object: array,
  index,
  span,
  within: true,
});

export const callOf = (object: Atom, name: string, parts: readonly Expression[], span: Span): Expression => ({
  kind: "call",
  callee: { kind: "method", object, name },
  arguments: parts,
  span,
});

/** An empty array of a type that is written out. */
export function emptyArray(cx: Context, type: Type, typeText: string, span: Span): Variable {
  const made = local(cx, type, { typeText, annotated: true });
  declare(cx, made, { kind: "array", elements: [], span }, span);
  return made;
}

export interface Counting {
  readonly index: Variable;
  readonly from: Expression;
  /** Evaluated each time; of a loop downwards, nothing: it ends at 0. */
  readonly below: Expression | undefined;
  /** False: `below` may have a part behind its point, which a length does not have. */
  readonly whole?: boolean;
  readonly span: Span;
}

/** `for (let i = from; i < below; i++) body`, or downwards to 0. A label is put in front when a jump asked for one. */
export function count(
  cx: Context,
  { index, from, below, whole, span }: Counting,
  body: (label: () => string) => void,
): void {
  const at = reference(index, span);
  let label: string | undefined;
  const repeated = collect(cx, () =>
    body(() => {
      label ??= freshLabel(cx);
      return label;
    }),
  );
  const test: Expression =
    below === undefined
      ? { kind: "binary", operator: ">=", left: at, right: constant(0), span }
      : whole === false
        ? {
            kind: "binary",
            operator: "<=",
            left: at,
            right: { kind: "binary", operator: "-", left: below, right: constant(1) },
            span,
          }
        : { kind: "binary", operator: "<", left: at, right: below, span };
  const loop: Loop = {
    kind: "loop",
    form: "for",
    init: [{ kind: "declare", keyword: "let", variable: index, value: from, span }],
    before: [],
    test,
    update: [
      {
        kind: "assign",
        target: { kind: "variable", variable: index },
        value: { kind: "binary", operator: below === undefined ? "-" : "+", left: at, right: constant(1), span },
      },
    ],
    body: repeated,
    span,
  };
  cx.out.push(label === undefined ? loop : { kind: "labelled", label, body: loop, span });
}

function freshLabel(cx: Context): string {
  for (let n = 1; ; n++) {
    const label = n === 1 ? "elements" : `elements${n}`;
    if (cx.labels.has(label) || new RegExp(`\\b${label}\\b`).test(cx.root.getSourceFile().text)) continue;
    cx.labels.add(label);
    return label;
  }
}
