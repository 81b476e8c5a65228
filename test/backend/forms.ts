/** Small builders of forms for the tests of the printer. */

import type { Span } from "../../compiler/api.ts";
import type {
  Assign,
  Block,
  Declare,
  Expression,
  FunctionForm,
  Origin,
  Parameter,
  Source,
  Statement,
  Type,
  Variable,
  VariableRole,
} from "../../compiler/ir/types.ts";

let lastId = 0;

export const number: Type = { kind: "number" };

export function variable(name: string, role: VariableRole = "user", more: Partial<Variable> = {}): Variable {
  lastId += 1;
  return { id: lastId, name, role, type: number, typeText: "number", reassigned: false, captured: false, ...more };
}

/** A temporary, which has no name yet. */
export const temporary = (more: Partial<Variable> = {}): Variable => variable(`%${lastId + 1}`, "temporary", more);

export const read = (of: Variable): Expression => ({ kind: "variable", variable: of });

export const declare = (of: Variable, value?: Expression, keyword: Declare["keyword"] = "const"): Declare => ({
  kind: "declare",
  keyword,
  variable: of,
  ...(value !== undefined && { value }),
});

export const assign = (target: Assign["target"] | Variable, value: Expression, span?: Span): Assign => ({
  kind: "assign",
  target: "id" in target ? { kind: "variable", variable: target } : target,
  value,
  ...(span !== undefined && { span }),
});

export const giveBack = (value: Expression): Statement => ({ kind: "return", value });

export const call = (name: string, ...values: Expression[]): Expression => ({
  kind: "call",
  callee: { kind: "global", name, pure: false },
  arguments: values,
});

export const effect = (value: Expression): Statement => ({ kind: "effect", value });

export const parameter = (of: Variable, more: Partial<Parameter> = {}): Parameter => ({
  variable: of,
  typeText: "number",
  optional: false,
  rest: false,
  ...more,
});

export const nowhere: Span = { file: "/test.ts", start: 0, end: 0 };

export function form(
  name: string,
  parameters: readonly Variable[],
  body: Block,
  more: Partial<FunctionForm> = {},
): FunctionForm {
  return {
    id: `/test.ts#${name}`,
    name,
    style: "declaration",
    parameters: parameters.map((each) => parameter(each)),
    resultText: "number",
    result: number,
    body,
    span: nowhere,
    ...more,
  };
}

/** A piece of a text as a span: the nth place (from 0) where it occurs. */
export function spanIn(text: string, piece: string, nth = 0, file = "/test.ts"): Span {
  let start = -1;
  for (let i = 0; i <= nth; i++) start = text.indexOf(piece, start + 1);
  if (start < 0) throw new Error(`${piece} does not occur ${nth + 1} times`);
  return { file, start, end: start + piece.length };
}

export function origin(text: string, more: Partial<Origin> = {}): Origin {
  return { span: nowhere, text, comments: [], spaced: false, ...more };
}

export const source = (of: Origin, ...body: Statement[]): Source => ({ kind: "source", origin: of, body });

export const verbatim = (text: string, more: Partial<Origin> = {}): Statement => ({
  kind: "verbatim",
  origin: origin(text, more),
  reads: [],
  writes: [],
  pure: false,
});

export const when = (test: Expression, then: Block, otherwise?: Block): Statement => ({
  kind: "if",
  test,
  then,
  ...(otherwise !== undefined && { else: otherwise }),
});
