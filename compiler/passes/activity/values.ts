/**
 * The abstract domain of activity: what may carry a tangent.
 *
 * A `Value` is what a variable holds: perhaps an active number, perhaps a reference to a `Region` of memory. Regions are
 * classes of arrays and objects that may be one and the same at run time (Steensgaard's unification): all share one
 * answer to the question whether their elements are active, so each has its shadow from the moment it is made, or never.
 * Scalars flow one way, from source to target; regions flow both ways, by becoming one.
 */

import { canCarry, integerArrays } from "../../frontend/types.ts";
import type { ClassId, FunctionForm, FunctionId, ModuleVariable, ModuleVariableId, Type } from "../../ir/types.ts";

export interface Value {
  /** The number in it carries a tangent. */
  active: boolean;
  /** A string or the like that was made from an active number: it must not become a number again. */
  tainted: boolean;
  /** Another number at each call, and no parameter: `Math.random()`, a clock. What it comes from. */
  unsteady?: string | undefined;
  /** `only`: it is `undefined` or `null` and nothing else, so that nothing in it is ever called. `no`: it may be something. */
  missing?: "only" | "no";
  region: Region | undefined;
}

/** How functions held in a region are called: one convention for all of them. */
export interface Signature {
  readonly parameters: Value[];
  readonly result: Value;
  /** The position of a rest parameter: arguments from there on arrive in one array. */
  restAt: number | undefined;
  /** One of the functions reads or changes an active variable of the function around it. */
  touches: boolean;
  /** Called from another module than the one it is written in, so that the register of neither will do. */
  crossing: boolean;
}

export interface Region {
  /** Set when the region has become part of another. */
  merged: Region | undefined;
  /**
   * What is held under indices, or keys, that are not known. Once set, `fields` of an array has no numeric keys, and that of
   * an object (a dictionary then) none but `length`.
   */
  element: Value | undefined;
  readonly fields: Map<string, Value>;
  signature: Signature | undefined;
  /** Functions written in the function at hand. */
  readonly closures: Set<FunctionForm>;
  /** Functions of modules. */
  readonly functions: Set<FunctionId>;
  /** Classes that objects in it may be instances of. */
  readonly classes: Set<ClassId>;
  /** Of a buffer and the arrays that look into it: the constructors of these. */
  readonly views: Set<string>;
  /** Memory that exists before the call and has no shadow: why it has none. */
  outside: Outside | undefined;
  /** Variables of modules that may hold it when the call begins. */
  readonly globals: Set<ModuleVariableId>;
  /** It was there before the call: what is in it need not have been stored by any function that is looked at. */
  open: boolean;
  /** Active by the type of a parameter: fields appear as they are asked for. */
  template: Template | undefined;
  /** The templates whose fields have met those of this region, once there was more than its own. */
  joined: Set<Template | "unknown"> | undefined;
  /** `Float64Array`, `Int32Array`, `Array`, where known. */
  constructor_: string | undefined;
}

export type Outside = { readonly kind: "parameter" | "module"; readonly name: string };

export interface Template {
  readonly type: Type;
  /** Paths below here that are active; `undefined`: all. */
  readonly paths: readonly (readonly string[])[] | undefined;
  /** One region a type below one parameter, so that recursive types have finite graphs. */
  readonly byType: Map<Type, Region>;
}

/** The walk's shared state: whether anything changed since it was last cleared. */
export interface Progress {
  changed: boolean;
}

export const makeValue = (): Value => ({ active: false, tainted: false, region: undefined });

export function makeRegion(
  more: {
    outside?: Outside | undefined;
    template?: Template | undefined;
    constructor_?: string | undefined;
    open?: boolean;
  } = {},
): Region {
  return {
    merged: undefined,
    element: undefined,
    fields: new Map(),
    signature: undefined,
    closures: new Set(),
    functions: new Set(),
    classes: new Set(),
    views: new Set(),
    outside: more.outside,
    globals: new Set(),
    open: more.open === true,
    template: more.template,
    joined: undefined,
    constructor_: more.constructor_,
  };
}

export function find(region: Region): Region {
  let at = region;
  while (at.merged !== undefined) at = at.merged;
  return at;
}

export const regionOf = (value: Value): Region | undefined => value.region && find(value.region);

const isIndex = (key: string): boolean => /^\d+$/.test(key);

const isArray = ({ constructor_ }: Region): boolean => constructor_?.endsWith("Array") === true;

/** Whether what is held under a key is among the elements, once there are any. */
const isElement = (region: Region, key: string): boolean => (isArray(region) ? isIndex(key) : key !== "length");

/** An object that is read or written under keys that are not known: any of its fields may be meant. */
export const isDictionary = (region: Region): boolean => region.element !== undefined && !isArray(region);

/** What is held under a key, as far as that is known. */
export function held(region: Region, key: string): Value | undefined {
  return region.fields.get(key) ?? (isElement(region, key) ? region.element : undefined);
}

/** What a call of `object.name(…)` calls, where that is no method of a class or of arrays. */
export function heldFunction(region: Region, name: string): Value | undefined {
  const field = region.fields.get(name);
  if (field !== undefined) return field;
  const value = held(region, name);
  const within = value && regionOf(value);
  const callable = within !== undefined && (within.closures.size > 0 || within.functions.size > 0);
  return callable || within?.signature !== undefined ? value : undefined;
}

/** Memory that the program is seen to make: a field that nothing was stored in is not there. */
const isMade = ({ template, outside, constructor_, fields, open }: Region): boolean =>
  !open && template === undefined && outside === undefined && constructor_ === undefined && !fields.has("*");

/** The value held under a key; `undefined` for one that is not known. */
export function member(region_: Region, key: string | undefined, progress: Progress): Value {
  const region = find(region_);
  if (key === undefined || (region.element !== undefined && isElement(region, key))) {
    if (region.element === undefined) {
      const element = fromTemplate(region, undefined);
      region.element = element;
      progress.changed = true;
      for (const [name, value] of [...region.fields]) {
        if (!isElement(region, name)) continue;
        region.fields.delete(name);
        flowBoth(element, value, progress);
      }
    }
    return region.element;
  }
  let value = region.fields.get(key);
  if (value === undefined) {
    value = isMade(region) ? nothingIn() : fromTemplate(region, key);
    region.fields.set(key, value);
    progress.changed = true;
  }
  return value;
}

function fromTemplate(region: Region, key: string | undefined): Value {
  const { template } = region;
  if (template === undefined) return makeValue();
  return valueOfType(memberType(template.type, key), childPaths(template.paths, key), template.byType);
}

function childPaths(paths: Template["paths"], key: string | undefined): Template["paths"] {
  if (paths === undefined) return undefined;
  const here = paths.filter((path) => path[0] === key || key === undefined);
  if (here.some((path) => path.length <= 1)) return undefined;
  return here.map((path) => path.slice(1));
}

export function memberType(type: Type, key: string | undefined): Type {
  switch (type.kind) {
    case "array":
      return type.element;
    case "tuple":
      if (key !== undefined) return type.elements[Number(key)] ?? { kind: "undefined" };
      return { kind: "union", members: type.elements };
    case "object":
      if (key === undefined && type.fields().size > 0) return { kind: "union", members: [...type.fields().values()] };
      return (key === undefined ? undefined : type.fields().get(key)) ?? type.fields().get("*") ?? { kind: "unknown" };
    case "union": {
      const members = type.members.filter(
        (one) => one.kind === "array" || one.kind === "tuple" || one.kind === "object",
      );
      const [only] = members;
      if (only !== undefined && members.length === 1) return memberType(only, key);
      return { kind: "union", members: members.map((one) => memberType(one, key)) };
    }
    default:
      return { kind: "unknown" };
  }
}

/** A value of a parameter's type, active wherever the type can carry (below `paths`, where given). */
export function valueOfType(type: Type, paths: Template["paths"], byType: Map<Type, Region> = new Map()): Value {
  const value = makeValue();
  const all = paths === undefined;
  const none = paths !== undefined && paths.length === 0;
  const visit = (one: Type): void => {
    if (one.kind === "number" && all) value.active = true;
    if (one.kind === "union") one.members.forEach(visit);
    if (one.kind === "unknown" && all) value.active = true;
    const open = one.kind === "unknown" && !none;
    if (open || one.kind === "array" || one.kind === "tuple" || one.kind === "object") {
      const constructor_ = one.kind === "array" ? one.constructor_ : one.kind === "tuple" ? "Array" : undefined;
      const known = all ? byType.get(one) : undefined;
      if (known !== undefined) value.region = find(known);
      else if (none || !canCarry(one)) value.region = makeRegion({ constructor_ });
      else {
        value.region = makeRegion({ template: { type: one, paths, byType }, constructor_ });
        if (all) byType.set(one, value.region);
      }
      if (one.kind === "object" && one.class_ !== undefined) value.region.classes.add(one.class_);
    }
  };
  visit(type);
  return value;
}

/** What is in `from` may be in `to`. */
export function flow(to: Value, from: Value, progress: Progress): void {
  if (to === from) return;
  if (from.active && !to.active) {
    to.active = true;
    progress.changed = true;
  }
  if (from.tainted && !to.tainted) {
    to.tainted = true;
    progress.changed = true;
  }
  if (from.unsteady !== undefined && to.unsteady === undefined) {
    to.unsteady = from.unsteady;
    progress.changed = true;
  }
  flowMissing(to, from, progress);
  if (from.region === undefined) return;
  if (to.region === undefined) {
    to.region = find(from.region);
    progress.changed = true;
  } else unify(to.region, from.region, progress);
}

export function flowMissing(to: Value, from: Value, progress: Progress): void {
  if (from.missing === "only") {
    if (to.missing !== undefined || to.active || to.tainted || to.region !== undefined) return;
    to.missing = "only";
    progress.changed = true;
  } else {
    if (to.missing === "only") progress.changed = true;
    to.missing = "no";
  }
}

/** What nothing but `undefined` is in, as far as is known. */
export const nothingIn = (): Value => ({ ...makeValue(), missing: "only" });

export function flowBoth(a: Value, b: Value, progress: Progress): void {
  flow(a, b, progress);
  flow(b, a, progress);
}

/** Two regions become one. */
export function unify(one: Region, other: Region, progress: Progress): void {
  const [first, second] = [find(one), find(other)];
  if (first === second) return;
  // What was never looked into becomes part of what was, so that a cycle is gone around once.
  const [a, b] = isFresh(first) ? [second, first] : [first, second];
  progress.changed = true;
  b.merged = a;
  const made = isMade(a) && isMade(b);
  a.open ||= b.open;
  for (const one of b.globals) a.globals.add(one);
  a.constructor_ = first.constructor_ ?? second.constructor_;
  a.outside = first.outside ?? second.outside;
  const templates = joinTemplates(a, b);
  a.template = first.template ?? second.template;
  for (const closure of b.closures) a.closures.add(closure);
  for (const fn of b.functions) a.functions.add(fn);
  for (const one of b.classes) a.classes.add(one);
  for (const one of b.views) a.views.add(one);
  if (a.signature === undefined) a.signature = b.signature;
  else if (b.signature !== undefined) joinSignatures(a.signature, b.signature, progress);
  // What one side has by its template and the other by its fields must meet.
  if (a.element !== undefined || b.element !== undefined) {
    const element = member(a, undefined, progress);
    if (b.element !== undefined) flowBoth(element, b.element, progress);
  }
  for (const [key, value] of b.fields) flowBoth(member(a, key, progress), value, progress);
  if (!made) for (const value of a.fields.values()) if (value.missing === "only") value.missing = "no";
  for (const template of templates) {
    const probe = makeRegion({ template });
    for (const key of [...a.fields.keys()]) flowBoth(member(a, key, progress), fromTemplate(probe, key), progress);
    if (a.element !== undefined) flowBoth(a.element, fromTemplate(probe, undefined), progress);
  }
}

const isFresh = ({ fields, element, signature }: Region): boolean =>
  fields.size === 0 && element === undefined && signature === undefined;

/** Notes that two regions share their templates, and returns those that one of them has not met before. */
function joinTemplates(a: Region, b: Region): Template[] {
  const [first, second] = [templatesOf(a), templatesOf(b)];
  const templates = [a.template, b.template];
  a.joined = new Set([...first, ...second]);
  return templates.flatMap((template) => {
    const mark = template && markOf(template);
    return template === undefined || mark === undefined || (first.has(mark) && second.has(mark)) ? [] : [template];
  });
}

const templatesOf = ({ joined, template }: Region): ReadonlySet<Template | "unknown"> =>
  joined ?? new Set(template === undefined ? [] : [markOf(template)]);

/** What is of an unknown type is so all the way down: one is as good as another, or a cycle would meet new ones for ever. */
const markOf = (template: Template): Template | "unknown" =>
  template.type.kind === "unknown" && template.paths === undefined ? "unknown" : template;

function joinSignatures(a: Signature, b: Signature, progress: Progress): void {
  a.touches ||= b.touches;
  a.crossing ||= b.crossing;
  a.restAt ??= b.restAt;
  flowBoth(a.result, b.result, progress);
  const count = Math.max(a.parameters.length, b.parameters.length);
  for (let i = 0; i < count; i++) flowBoth(parameterOf(a, i), parameterOf(b, i), progress);
}

export function parameterOf(signature: Signature, index: number): Value {
  let value = signature.parameters[index];
  while (value === undefined) {
    signature.parameters.push(makeValue());
    value = signature.parameters[index];
  }
  return value;
}

export function signatureOf(region_: Region, progress: Progress): Signature {
  const region = find(region_);
  if (region.signature === undefined) {
    region.signature = { parameters: [], result: makeValue(), restAt: undefined, touches: false, crossing: false };
    progress.changed = true;
  }
  return region.signature;
}

/** Functions of this signature take their arguments from a position on in one array. */
export function noteRest(signature: Signature, position: number | undefined, progress: Progress): void {
  if (position === undefined || signature.restAt !== undefined) return;
  signature.restAt = position;
  progress.changed = true;
}

/** Whether `.length` of it is an array's (or a string's), which is a count, and not a field of the user's. */
export function isCount(object: Value, type: Type): boolean {
  if (type.kind === "array" || type.kind === "tuple" || type.kind === "string") return true;
  const region = object.region && find(object.region);
  if (region === undefined) return type.kind !== "object";
  if (type.kind === "unknown" && region.template?.type.kind === "unknown" && region.element === undefined) {
    // Something of an unknown type with a length: an array, unless it is used as an object with other fields.
    const keys = [...region.fields.keys()].filter((key) => key !== "length");
    return keys.length === 0 || keys.some(isIndex);
  }
  return region.constructor_ !== undefined || region.element !== undefined;
}

/** Whether a value has a tangent beside it: an active number, or memory (or a function) with one somewhere in it. */
export function carries(value: Value): boolean {
  return value.active || (value.region !== undefined && regionCarries(value.region, new Set()));
}

export function regionCarries(region_: Region, seen: Set<Region> = new Set()): boolean {
  const region = find(region_);
  if (seen.has(region)) return false;
  seen.add(region);
  if (region.constructor_ !== undefined && integerArrays.has(region.constructor_)) return false;
  if (region.template !== undefined) return true;
  const within = (value: Value): boolean =>
    value.active || (value.region !== undefined && regionCarries(value.region, seen));
  if (region.element !== undefined && within(region.element)) return true;
  for (const value of region.fields.values()) if (within(value)) return true;
  const { signature } = region;
  return (
    signature !== undefined && (signature.touches || within(signature.result) || signature.parameters.some(within))
  );
}

/** Whether numbers with a tangent are in it, beside those that functions in it take and give. */
export function holdsData(value: Value, seen: Set<Region> = new Set()): boolean {
  if (value.active) return true;
  const region = regionOf(value);
  if (region === undefined || seen.has(region)) return false;
  seen.add(region);
  if (region.element !== undefined && holdsData(region.element, seen)) return true;
  return [...region.fields.values()].some((field) => holdsData(field, seen));
}

/** Whether what is in the shadow of a module's variable may become another by calls. */
export const changes = ({ variable, value }: { readonly variable: ModuleVariable; readonly value: Value }): boolean =>
  variable.fixed ? holdsData(value) : carries(value);
