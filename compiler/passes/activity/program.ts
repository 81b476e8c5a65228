/** What the activity analysis knows of functions, and what it finds out: instances. */

import type { Diagnostic, Span } from "../../api.ts";
import type { Call, Expression, FunctionForm, FunctionId, New, Variable } from "../../ir/types.ts";
import type { Region, Value } from "./values.ts";

/** A tangent written by hand. */
export interface Rule {
  readonly id: FunctionId;
  /** The rule's exported name, and the file that exports it. */
  readonly name: string;
  readonly file: string;
  /** Per parameter of the primal: whether the rule takes a tangent for it, and whether it may be `undefined`. */
  readonly tangents: readonly ("none" | "optional" | "required")[];
  /** Whether the primal returns something that carries. */
  readonly result: "number" | "reference" | "none";
}

export interface Library {
  /** A function's lowered form, or nothing when its body is not known. */
  form(id: FunctionId): FunctionForm | undefined;
  rule(id: FunctionId): Rule | undefined;
  /** The user's source at a span. */
  text(span: Span): string;
  /** Where a name that is called is declared, when without a body: the file. */
  ambient(call: Call): string | undefined;
}

/** A function with a pattern of active arguments: the unit that is generated. */
export interface Instance {
  readonly key: string;
  readonly form: FunctionForm;
  readonly parameters: readonly Value[];
  readonly result: Value;
  readonly variables: Map<Variable, Value>;
  /** Memory made at a place in the function. */
  readonly sites: Map<object, Region>;
  /** Results of calls, and of nested functions. */
  readonly calls: Map<Call, CallSite>;
  readonly results: Map<FunctionForm, Value>;
  /** Functions of modules that are used as values, in the form that fits. */
  readonly moduleFunctions: Map<FunctionId, Instance>;
}

export interface CallSite {
  readonly result: Value;
  /** The instance that the call calls, once known; nothing for a call that no active value meets. */
  target: Instance | undefined;
  /** The rule that stands for it. */
  rule: Rule | undefined;
}

export type AllocationSite = New | Expression;

export interface Analysis {
  /** Those selected, in order, and after them all that they reach. */
  readonly instances: readonly Instance[];
  readonly diagnostics: readonly Diagnostic[];
}
