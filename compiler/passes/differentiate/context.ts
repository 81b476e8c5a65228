/** What the parts of differentiation share. */

import { canCarry } from "../../frontend/types.ts";
import type { Atom, Expression, FunctionId, Statement, Type, Variable } from "../../ir/types.ts";
import { evaluate } from "../activity/evaluate.ts";
import type { Global, Instance, Library, Rule } from "../activity/program.ts";
import type { Solver } from "../activity/solve.ts";
import { variableValue } from "../activity/solve.ts";
import { carries, type Value } from "../activity/values.ts";
import { tangentText } from "./text.ts";

/**
 * How a generated function hands back its tangent: in a register beside the plain value, as a pair, or not at all.
 * `public`: always a pair, for the user's own calls. `shadow`: of a constructor, the shadow alone.
 */
export type Convention = "register" | "pair" | "none" | "public" | "shadow";

/** Names of generated functions as the module at hand knows them. */
export interface Linkage {
  /** How a call of this instance is written in the module at hand. */
  callee(target: Instance): {
    readonly name: string;
    readonly convention: Convention;
    /** The class that it is a static method of, by its name in the module at hand. */
    readonly className?: string;
  };
  /** How a call is written that finds the function by the class of its object, where methods have become functions. */
  choice?(targets: readonly Instance[]): string;
  /** The generated function as one of the program's, where what is written will be differentiated again. */
  held?(target: Instance): FunctionId;
  /** A name that a variable of a function takes: nothing that is imported from now on may have it. */
  note?(name: string): void;
  /** The rule's name in the module at hand. */
  rule(rule: Rule): string;
  /** The shadow of a module's variable, by its name in the module at hand; of functions in it, one for all lanes. */
  shadow(global: Global, lane: number): string;
  /** The register that the module's functions leave tangents in; of a called instance, that of its module. */
  register(target: Instance | undefined): string;
}

export interface Context {
  readonly solver: Solver;
  readonly library: Library;
  readonly one: Instance;
  readonly link: Linkage;
  readonly nextId: () => number;
  /** Names that a new variable must not take. */
  readonly reserved: ReadonlySet<string>;
  /** By variable, one a lane. */
  readonly tangents: Map<Variable, Variable[]>;
  /** Directions carried at once: each active value has as many tangents. */
  readonly lanes: number;
  /** The lane whose tangents are being written. */
  lane: number;
  /** What is written will be differentiated again: pairs instead of registers, and no statement as mere text. */
  readonly again: boolean;
  /** What the name of a tangent ends with. */
  readonly suffix: string;
  /** Tangents of optional parameters: there whenever their parameter is. */
  readonly optional: Set<Variable>;
  /** Calls that are being written out, the innermost last. */
  readonly inlining: readonly Instance[];
  /** What temporaries stand for. */
  readonly definitions: Map<Variable, Expression>;
  out: Statement[];
  /** Of the function whose body is being written, which may be nested in the instance. */
  convention: Convention;
  /** `this` of the constructor whose shadow is being built: the object itself is there already. */
  building: Variable | undefined;
  buildingText: string;
  result: Value;
  resultType: Type;
}

export const zero: Expression = { kind: "constant", value: 0 };
export const nothing: Expression = { kind: "constant", value: undefined };

export const valueOf = (cx: Context, expression: Expression): Value => evaluate(cx.solver, cx.one, expression);

export const isActive = (cx: Context, variable: Variable): boolean => carries(variableValue(cx.one, variable));

/** One value a lane. */
export function perLane<T>(cx: Context, make: (lane: number) => T): T[] {
  const before = cx.lane;
  const made = Array.from({ length: cx.lanes }, (_, lane) => {
    cx.lane = lane;
    return make(lane);
  });
  cx.lane = before;
  return made;
}

/** Calls `visit` for each tangent that a variable has: one a lane, but a function has one for all. */
export function forTangents(cx: Context, variable: Variable, visit: (tangent: Variable, lane: number) => void): void {
  if (isFunction(cx, variable)) visit(tangentVariable(cx, variable), 0);
  else perLane(cx, (lane) => visit(tangentVariable(cx, variable), lane));
}

function isFunction(cx: Context, variable: Variable): boolean {
  const held = variableValue(cx.one, variable);
  return held.region?.signature !== undefined && !held.active;
}

/** The variable that holds the tangent of another, in the lane at hand. */
export function tangentVariable(cx: Context, variable: Variable): Variable {
  const isCallable = isFunction(cx, variable);
  const lane = isCallable ? 0 : cx.lane;
  let lanes = cx.tangents.get(variable);
  if (lanes === undefined) {
    lanes = [];
    cx.tangents.set(variable, lanes);
  }
  const known = lanes[lane];
  if (known !== undefined) return known;
  const global = cx.one.globalOf(variable);
  if (global !== undefined) return shadowVariable(cx, global, variable, lane);
  const held = variableValue(cx.one, variable);
  const id = cx.nextId();
  const text = tangentText(variable.type, variable.typeText, held, cx.again, cx.lanes);
  const isLoose = variable.annotated === true && variable.reassigned && variable.type.kind === "function";
  const made: Variable = {
    id,
    name: isNamed(variable) ? freeName(cx, `${variable.name}${isCallable ? "_jvp" : suffix(cx)}`) : `%${id}`,
    role: "tangent",
    type: tangentType(variable.type),
    reassigned: variable.reassigned,
    captured: variable.captured,
    primal: variable,
    ...(text !== undefined && !isCallable && { typeText: text }),
    ...(variable.annotated === true && text !== undefined && !isCallable && { annotated: true }),
    // A function in the place of another: what it was first may take more.
    ...(isCallable && isLoose && text !== undefined && { typeText: text, annotated: true }),
    // A function that comes later, or not at all.
    ...(isCallable && variable.reassigned && variable.type.kind !== "function" && { typeText: "any", annotated: true }),
  };
  lanes[lane] = made;
  return made;
}

const shadows = new WeakMap<Variable, Map<string, Variable>>();

/** The shadow of a variable of a module: a variable of the module as well, one for all functions. */
function shadowVariable(cx: Context, global: Global, variable: Variable, lane: number): Variable {
  const name = cx.link.shadow(global, lane);
  const known = shadows.get(variable) ?? new Map<string, Variable>();
  shadows.set(variable, known);
  const before = known.get(name);
  if (before !== undefined) return before;
  const made: Variable = {
    id: cx.nextId(),
    name,
    role: "tangent",
    type: tangentType(variable.type),
    reassigned: variable.reassigned,
    captured: false,
    module: true,
    primal: variable,
  };
  known.set(name, made);
  return made;
}

/** A variable of the user's, or the tangent of one in a function that is differentiated again. */
const isNamed = (variable: Variable): boolean => variable.role === "user" || !variable.name.startsWith("%");

const suffix = (cx: Context): string => (cx.lanes === 1 ? cx.suffix : `${cx.suffix}${cx.lane}`);

export function freeName(cx: Context, wanted: string): string {
  let name = wanted;
  for (let i = 1; cx.reserved.has(name); i++) name = `${wanted}${i}`;
  cx.link.note?.(name);
  return name;
}

/** A fresh temporary for a primal value. */
export function primalTemporary(cx: Context, type: Type, typeText?: string): Variable {
  const id = cx.nextId();
  return {
    id,
    name: `%${id}`,
    role: "temporary",
    type,
    reassigned: false,
    captured: false,
    ...(typeText !== undefined && { typeText }),
  };
}

export const refer = (variable: Variable): Atom => ({ kind: "variable", variable });

/** The tangent of an atom, or nothing where it is zero. */
export function tangentOfAtom(cx: Context, atom: Atom): Expression | undefined {
  if (atom.kind === "constant") return undefined;
  if (!isActive(cx, atom.variable)) return undefined;
  const held = moduleFunction(cx, atom.variable);
  if (held !== undefined) return held;
  const variable = tangentVariable(cx, atom.variable);
  return {
    kind: "variable",
    variable,
    ...(atom.span !== undefined && { span: atom.span }),
    ...((atom.nonNull || cx.optional.has(variable) || isMixed(atom.variable.type)) && { nonNull: true }),
  };
}

/** A number or a text: who uses it as a number has asked, which the type checker can't see of its tangent. */
function isMixed(type: Type): boolean {
  if (type.kind !== "union" || !type.members.some(({ kind }) => kind === "number")) return false;
  return type.members.some((member) => member.kind !== "undefined" && member.kind !== "null" && !canCarry(member));
}

/** One variable for each generated function, by the name that it has in a module. */
const moduleFunctions = new WeakMap<Instance, Map<string, Variable>>();

/** A function of a module used as a value: the function that was generated for how it is called. */
function moduleFunction(cx: Context, variable: Variable): Expression | undefined {
  const target = variable.holds === undefined ? undefined : cx.one.moduleFunctions.get(variable.holds);
  if (target === undefined) return undefined;
  const { name } = cx.link.callee(target);
  const key = cx.link.held === undefined ? name : `again ${name}`;
  const known = moduleFunctions.get(target) ?? new Map<string, Variable>();
  moduleFunctions.set(target, known);
  const before = known.get(key);
  if (before !== undefined) return refer(before);
  const made: Variable = {
    id: cx.nextId(),
    name,
    role: "tangent",
    type: variable.type,
    reassigned: false,
    captured: false,
    module: true,
    ...(cx.link.held !== undefined && { holds: cx.link.held(target) }),
  };
  known.set(key, made);
  return refer(made);
}

/** The tangent of a result that is not there: of a missing number it is zero. */
export const missingTangent = (cx: Context): Expression => (cx.result.active ? zero : nothing);

/** The zero that stands beside an inactive value where a tangent is needed. */
export function zeroFor(value: Expression | undefined): Expression {
  if (value?.kind === "constant" && (value.value === null || value.value === undefined)) return value;
  return zero;
}

const mayBeFunction = (type: Type): boolean =>
  type.kind === "function" || (type.kind === "union" && type.members.some(mayBeFunction));

/** The zero of a variable's tangent beside a value: a number that is missing has the tangent 0. */
export function zeroIn(tangent: Variable, value: Expression): Expression {
  if (tangent.typeText === "any" && mayBeFunction(tangent.type)) return nothing;
  return tangent.type.kind === "number" ? zero : zeroFor(value);
}

/** Tangents mirror their primals: the type is the same, with `undefined` numbers being zero. */
export function tangentType(type: Type): Type {
  if (type.kind === "union" && type.members.some((member) => member.kind === "number")) {
    const rest = type.members.filter((member) => member.kind !== "undefined" && member.kind !== "null");
    const [only] = rest;
    return only !== undefined && rest.length === 1 ? only : { kind: "union", members: rest };
  }
  return type;
}
