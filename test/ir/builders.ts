/** Small builders of the intermediate form for tests: variables by name, numbers as constants. */

import type {
  Block,
  Expression,
  FunctionForm,
  Origin,
  Place,
  Statement,
  Type,
  Variable,
} from "../../compiler/ir/types.ts";

export type Part = Expression | Variable | number;

let lastId = 0;

export function variable(name: string, options: Partial<Variable> = {}): Variable {
  lastId++;
  return { id: lastId, name, role: "user", type: { kind: "number" }, reassigned: false, captured: false, ...options };
}
export const temporary = (name: string, options: Partial<Variable> = {}): Variable =>
  variable(name, { role: "temporary", ...options });
export const tangent = (primal: Variable, options: Partial<Variable> = {}): Variable =>
  variable(`${primal.name}_t`, {
    role: "tangent",
    type: primal.type,
    reassigned: primal.reassigned,
    primal,
    ...options,
  });

export const floats: Type = { kind: "array", constructor_: "Float64Array", element: { kind: "number" } };

export function expression(part: Part): Expression {
  if (typeof part === "number") return { kind: "constant", value: part };
  return "kind" in part ? part : { kind: "variable", variable: part };
}

type BinaryOperator = Extract<Expression, { readonly kind: "binary" }>["operator"];
export const binary = (left: Part, operator: BinaryOperator, right: Part): Expression => ({
  kind: "binary",
  operator,
  left: expression(left),
  right: expression(right),
});
export const add = (left: Part, right: Part): Expression => binary(left, "+", right);
export const sub = (left: Part, right: Part): Expression => binary(left, "-", right);
export const mul = (left: Part, right: Part): Expression => binary(left, "*", right);
export const div = (left: Part, right: Part): Expression => binary(left, "/", right);
export const neg = (operand: Part): Expression => ({ kind: "unary", operator: "-", operand: expression(operand) });
export const not = (operand: Part): Expression => ({ kind: "unary", operator: "!", operand: expression(operand) });
export const math = (name: string, ...operands: Part[]): Expression => ({
  kind: "math",
  name,
  arguments: operands.map(expression),
});
export const element = (object: Part, index: Part): Extract<Expression, { readonly kind: "element" }> => ({
  kind: "element",
  object: expression(object),
  index: expression(index),
});
export const conditional = (test: Part, whenTrue: Part, whenFalse: Part): Expression => ({
  kind: "conditional",
  test: expression(test),
  whenTrue: expression(whenTrue),
  whenFalse: expression(whenFalse),
});
export const logical = (left: Part, operator: "&&" | "||" | "??", right: Part): Expression => ({
  kind: "logical",
  operator,
  left: expression(left),
  right: expression(right),
});
/** A call with effects. */
export const call = (name: string, ...operands: Part[]): Expression => ({
  kind: "call",
  callee: { kind: "global", name, pure: false },
  arguments: operands.map(expression),
});
/** A call of a function held in a variable. */
export const callValue = (callee: Variable, ...operands: Part[]): Expression => ({
  kind: "call",
  callee: { kind: "value", function: expression(callee) },
  arguments: operands.map(expression),
});
export const register: Extract<Expression, { readonly kind: "register" }> = {
  kind: "register",
  name: "returned_t",
  lane: 0,
};

export const constant = (target: Variable, value: Part): Statement => ({
  kind: "declare",
  keyword: "const",
  variable: target,
  value: expression(value),
});
export const letting = (target: Variable, value?: Part): Statement => ({
  kind: "declare",
  keyword: "let",
  variable: target,
  ...(value !== undefined && { value: expression(value) }),
});
export const assign = (target: Variable | Place, value: Part): Statement => ({
  kind: "assign",
  target: "kind" in target ? target : { kind: "variable", variable: target },
  value: expression(value),
});
export const effect = (value: Part): Statement => ({ kind: "effect", value: expression(value) });
export const when = (test: Part, yes: Block, otherwise?: Block): Statement => {
  const then = yes;
  return { kind: "if", test: expression(test), then, ...(otherwise !== undefined && { else: otherwise }) };
};
export const give = (value: Part): Statement => ({ kind: "return", value: expression(value) });

const span = { file: "test.ts", start: 0, end: 0 };

export function source(text: string, ...body: Statement[]): Statement {
  const origin: Origin = { span, text, comments: [], spaced: false };
  return { kind: "source", origin, body };
}

/** `for (let i = 0; i < count; i = i + 1) body`. */
export function counting(index: Variable, count: Part, body: Block): Statement {
  return {
    kind: "loop",
    form: "for",
    init: [letting(index, 0)],
    before: [],
    test: binary(index, "<", count),
    update: [assign(index, add(index, 1))],
    body,
  };
}

export function form(parameters: readonly Variable[], body: Block): FunctionForm {
  return {
    id: "test.ts#0",
    name: "f",
    style: "declaration",
    parameters: parameters.map((parameter) => ({
      variable: parameter,
      typeText: "number",
      optional: false,
      rest: false,
    })),
    result: { kind: "number" },
    body,
    span,
  };
}
