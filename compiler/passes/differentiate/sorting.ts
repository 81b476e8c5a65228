/**
 * `sort` and `toSorted` of active arrays. The order is found first, as a permutation of indices, by the comparator of the
 * primal alone; then array and shadow are put into it alike. What the comparator is called with, and how often, stays
 * what it is, and both change only when the order is known.
 */

import type { Atom, Call, Callee, Expression, FunctionForm, Statement, Type, Variable } from "../../ir/types.ts";
import { type Context, perLane, primalTemporary, refer, tangentOfAtom } from "./context.ts";
import type { Dual } from "./expressions.ts";

const number: Type = { kind: "number" };
const numbers: Type = { kind: "array", constructor_: "Array", element: number };

export function differentiateSort(cx: Context, call: Call, callee: Extract<Callee, { kind: "method" }>): Dual {
  const at = call.span && { span: call.span };
  const array = callee.object;
  if (array.kind !== "variable") throw new Error("an array to sort is no atom");
  const { type } = array.variable;
  const [given] = call.arguments;
  if (given?.kind === "spread") throw new Error("a spread comparator is not lowered");
  const order = orderOf(cx, call, array, given === undefined || isNothing(given) ? undefined : given);

  const copies = callee.name === "toSorted";
  const copied = (whole: Atom, tangent: boolean): Variable => {
    const wanted = copies ? "sorted" : "before";
    const made: Variable = {
      ...primalTemporary(cx, type),
      ...(tangent ? { role: "tangent", wanted: `${wanted}_t` } : { wanted }),
    };
    const value: Expression = {
      kind: "call",
      callee: { kind: "method", object: whole, name: "slice" },
      arguments: [],
      ...at,
    };
    cx.out.push({ kind: "declare", keyword: "const", variable: made, value, ...at });
    return made;
  };
  const shadows = perLane(cx, () => tangentOfAtom(cx, array));
  const pairs: { readonly from: Atom; readonly to: Atom }[] = [];
  const pair = (whole: Atom, tangent: boolean): Atom => {
    const copy = refer(copied(whole, tangent));
    pairs.push(copies ? { from: whole, to: copy } : { from: copy, to: whole });
    return copies ? copy : whole;
  };
  const primal = pair(array, false);
  const tangents = shadows.map((shadow) => (shadow?.kind === "variable" ? pair(shadow, true) : undefined));

  const index: Variable = { ...primalTemporary(cx, number), reassigned: true };
  const source: Variable = { ...primalTemporary(cx, number), wanted: "source" };
  const moves = pairs.map(
    ({ from, to }): Statement => ({
      kind: "assign",
      target: { kind: "element", object: to, index: refer(index), ...at },
      value: { kind: "element", object: from, index: refer(source), within: true, ...at },
      ...at,
    }),
  );
  const taken: Expression = { kind: "element", object: order, index: refer(index), within: true, ...at };
  cx.out.push({
    kind: "loop",
    form: "for",
    init: [{ kind: "declare", keyword: "let", variable: index, value: { kind: "constant", value: 0 } }],
    before: [],
    test: {
      kind: "binary",
      operator: "<",
      left: refer(index),
      right: { kind: "field", object: order, name: "length" },
    },
    update: [
      {
        kind: "assign",
        target: { kind: "variable", variable: index },
        value: { kind: "binary", operator: "+", left: refer(index), right: { kind: "constant", value: 1 } },
      },
    ],
    body: [{ kind: "declare", keyword: "const", variable: source, value: taken, ...at }, ...moves],
    ...at,
  });
  return { primal, tangents };
}

const isNothing = (value: Expression): boolean => value.kind === "constant" && value.value === undefined;

/** `[...xs.keys()].sort((i, j) => compare(xs[i], xs[j]))` */
function orderOf(cx: Context, call: Call, array: Atom, comparator: Expression | undefined): Atom {
  const at = call.span && { span: call.span };
  const keys = primalTemporary(cx, { kind: "inert", name: "ArrayIterator" });
  const order: Variable = { ...primalTemporary(cx, numbers, "number[]"), wanted: "order" };
  const compare = primalTemporary(cx, { kind: "function", parameters: () => [number, number], result: () => number });
  const listed: Expression = { kind: "array", elements: [{ kind: "spread", operand: refer(keys) }], ...at };
  const method = (object: Atom, name: string, parts: readonly Expression[]): Expression => ({
    kind: "call",
    callee: { kind: "method", object, name },
    arguments: parts,
    ...at,
  });
  cx.out.push({ kind: "declare", keyword: "const", variable: keys, value: method(array, "keys", []), ...at });
  cx.out.push({ kind: "declare", keyword: "const", variable: order, value: listed, ...at });
  const form = comparison(cx, call, array, comparator);
  cx.out.push({
    kind: "declare",
    keyword: "const",
    variable: compare,
    value: { kind: "function", function: form, ...at },
    ...at,
  });
  cx.out.push({ kind: "effect", value: method(refer(order), "sort", [refer(compare)]), ...at });
  return refer(order);
}

/** Compares the elements at two indices. */
function comparison(cx: Context, call: Call, array: Atom, comparator: Expression | undefined): FunctionForm {
  const at = call.span && { span: call.span };
  const type = array.kind === "variable" ? array.variable.type : numbers;
  const element = type.kind === "array" ? type.element : number;
  const body: Statement[] = [];
  const name = (value: Expression, of: Type): Atom => {
    const variable = primalTemporary(cx, of);
    body.push({ kind: "declare", keyword: "const", variable, value, ...at });
    return refer(variable);
  };
  const indices: readonly Variable[] = ["i", "j"].map((wanted) => ({ ...primalTemporary(cx, number), wanted }));
  const [a, b] = indices.map((index) =>
    name({ kind: "element", object: array, index: refer(index), within: true, ...at }, element),
  );
  if (a === undefined || b === undefined) throw new Error("two elements are compared");
  body.push({ kind: "return", value: verdict(name, a, b, type, comparator), ...at });
  return {
    id: "",
    name: "",
    style: "arrow",
    parameters: indices.map((variable) => ({ variable, typeText: "number", optional: false, rest: false })),
    result: number,
    body,
    span: call.span ?? { file: "", start: 0, end: 0 },
  };
}

/** By the comparator; without one, typed arrays go by size with NaN behind all and -0 ahead of 0, others by their text. */
function verdict(
  name: (value: Expression, type: Type) => Atom,
  a: Atom,
  b: Atom,
  type: Type,
  comparator: Expression | undefined,
): Expression {
  if (comparator !== undefined) {
    return { kind: "call", callee: { kind: "value", function: comparator }, arguments: [a, b] };
  }
  const constant = (value: number): Expression => ({ kind: "constant", value });
  const called = (called: string, value: Atom, result: Type): Atom =>
    name({ kind: "call", callee: { kind: "global", name: called, pure: true }, arguments: [value] }, result);
  const minus = (left: Expression, right: Expression): Expression => ({ kind: "binary", operator: "-", left, right });
  if (type.kind === "array" && type.constructor_ !== "Array") {
    const isNumber = (value: Atom): Atom =>
      called("Number", called("Number.isNaN", value, { kind: "boolean" }), number);
    const over = (value: Atom): Atom =>
      name({ kind: "binary", operator: "/", left: constant(1), right: value }, number);
    const behind = name(minus(isNumber(a), isNumber(b)), number);
    const bySize = name(minus(a, b), number);
    const bySign = name(minus(over(a), over(b)), number);
    const first = name({ kind: "logical", operator: "||", left: behind, right: bySize }, number);
    return { kind: "logical", operator: "||", left: first, right: bySign };
  }
  const text: Type = { kind: "string" };
  const [left, right] = [called("String", a, text), called("String", b, text)];
  const less = (smaller: Atom, greater: Atom): Expression => ({
    kind: "binary",
    operator: "<",
    left: smaller,
    right: greater,
  });
  const after: Expression = {
    kind: "conditional",
    test: less(right, left),
    whenTrue: constant(1),
    whenFalse: constant(0),
  };
  return { kind: "conditional", test: less(left, right), whenTrue: constant(-1), whenFalse: name(after, number) };
}
