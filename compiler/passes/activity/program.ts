/** What the activity analysis knows of functions, and what it finds out: instances. */

import type { Diagnostic, Span } from "../../api.ts";
import type {
  Call,
  ClassId,
  Construction,
  Expression,
  FunctionForm,
  FunctionId,
  ModuleVariable,
  ModuleVariableId,
  New,
  Variable,
} from "../../ir/types.ts";
import type { Obstacle } from "../derived/derive.ts";
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
  /** The rule that carries several directions at once, each tangent being a list of them: its exported name, and what it takes. */
  readonly several?: Pick<Rule, "name" | "tangents">;
}

/** As they are declared, and as they are mentioned. */
export interface TypeParameters {
  readonly text: string;
  readonly names: string;
}

export interface Classes {
  base(id: ClassId): ClassId | "foreign" | undefined;
  member(id: ClassId, name: string, role: "method" | "getter" | "setter"): FunctionId | undefined;
  static_(id: ClassId, name: string): FunctionId | undefined;
  /** The class and all that extend it. */
  descendants(id: ClassId): readonly ClassId[];
  /** Whether a class, or one that it extends, mentions a name: else its objects have no such member. */
  mentions(id: ClassId, name: string): boolean;
  /** Whether other modules can import it by its name. */
  isExported(id: ClassId): boolean;
  /** Whether it is a function with a prototype. */
  isFunction(id: ClassId): boolean;
  /** The type parameters of a generic class. */
  typeParameters(id: ClassId): TypeParameters | undefined;
  /** How instances get their shadows; nothing where they can't have any. */
  construction(id: ClassId): Construction | undefined;
}

export interface Library {
  readonly classes: Classes;
  /** A function's lowered form, or nothing when its body is not known. */
  form(id: FunctionId): FunctionForm | undefined;
  rule(id: FunctionId): Rule | undefined;
  /** A variable of a module of the program. */
  global(id: ModuleVariableId): ModuleVariable | undefined;
  /** Why a call that asks for a derivative is not the call of a function of the program. */
  obstacle(call: Call): Obstacle | undefined;
  /** Whether a function (or a class's constructor) looks at its arguments by `arguments`. */
  usesArguments(id: FunctionId): boolean;
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
  /** `this`, in members of classes. */
  readonly receiver: Value | undefined;
  readonly result: Value;
  readonly variables: Map<Variable, Value>;
  /** Memory made at a place in the function. */
  readonly sites: Map<object, Region>;
  /** Results of calls, and of nested functions. */
  /** By call, or by the access that calls an accessor. */
  readonly calls: Map<object, CallSite>;
  readonly results: Map<FunctionForm, Value>;
  /** Functions of modules that are used as values, in the form that fits. */
  readonly moduleFunctions: Map<FunctionId, Instance>;
  /** Those of them that another module calls, so that they must not use a register. */
  readonly crossingFunctions: Set<FunctionId>;
  /** Variables of modules that it mentions. */
  readonly globals: Map<ModuleVariableId, Global>;
  /** The variable of a module that a variable is, when it can hold active values. */
  readonly globalOf: (variable: Variable) => Global | undefined;
  /** It, or what it calls, reads or changes a variable of a module that has a shadow. */
  touches: boolean;
}

/** A variable of a module, as all functions of the program see it. */
export interface Global {
  readonly variable: ModuleVariable;
  readonly value: Value;
  /** What it begins with: the function that gives it, in the form that fits. */
  initial: Instance | undefined;
}

export interface CallSite {
  readonly result: Value;
  /** The instance that the call calls, once known; nothing for a call that no active value meets. */
  target: Instance | undefined;
  /** The instance where the call hands over a text made from active numbers, and nothing that carries a tangent. */
  reader?: Instance | undefined;
  /** Of a method: an instance for each class that the object may be of. */
  readonly methods: Map<FunctionId, Instance>;
  /** The functions whose bodies it may run, whether or not an active value meets it. */
  readonly known: Map<FunctionId, Instance>;
  /** The rule that stands for it. */
  rule: Rule | undefined;
  /** The parameters, by position, as this call has them. */
  readonly given: Map<number, Value>;
}

export type AllocationSite = New | Expression;

export interface Analysis {
  /** Those selected, in order, and after them all that they reach. */
  readonly instances: readonly Instance[];
  readonly diagnostics: readonly Diagnostic[];
}
