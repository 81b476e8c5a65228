/**
 * What is known of the memory of modules at a point of a call: which of its places were written in this very call.
 *
 * A place is the path that leads to it: `g1` for a variable, `g1.x` for a field of the object that it begins with,
 * `g1[3]`, `g1[*]` (every element), `g1[$7]` (the element under the variable 7) for elements. The object that a place begins with has the place's name.
 */

import type { FunctionForm } from "../../ir/types.ts";
import type { Instance } from "../activity/program.ts";

export type Place = string;

/** A function whose body is known; a closure with the activation that it was written in. */
export interface Callable {
  readonly instance: Instance;
  readonly form: FunctionForm;
  readonly frame: Frame | undefined;
}

/** What a value may be: an object that a place began with, a function, or anything else, made in this call or given to it. */
export interface Content {
  readonly objects: ReadonlySet<Place>;
  readonly functions: ReadonlyMap<FunctionForm, Callable>;
  /** Something else it may be: a number, memory that was made in this call or given to it. */
  readonly other: boolean;
  /** It may be missing. */
  readonly nothing: boolean;
}

/** The variables of one run of a function, and of the functions within it; joined over the whole of the run. */
export interface Frame {
  readonly variables: Map<number, Content>;
  /** What a variable holds that another run has set. */
  readonly unknown: Content;
  /** Variables that were read: when one of them comes to hold more, what was found out must be found out again. */
  readonly read: Set<number>;
  version: number;
}

const none = { objects: new Set<Place>(), functions: new Map<FunctionForm, Callable>() };

export const plain: Content = { ...none, other: true, nothing: true };
export const present: Content = { ...none, other: true, nothing: false };
export const missing: Content = { ...none, other: false, nothing: true };

export const objectsAt = (places: Iterable<Place>): Content => ({
  ...{ objects: new Set(places), functions: none.functions, other: false, nothing: false },
});

export const functionsOf = (callables: Iterable<Callable>): Content => ({
  ...{ objects: none.objects, other: false, nothing: false },
  functions: new Map([...callables].map((one) => [one.form, one])),
});

export const isPlain = ({ objects, functions }: Content): boolean => objects.size === 0 && functions.size === 0;

/** The one object that it is, for sure. */
export const theObject = ({ objects, functions, other }: Content): Place | undefined =>
  objects.size === 1 && functions.size === 0 && !other ? [...objects][0] : undefined;

export function joined(a: Content, b: Content): Content {
  if (a === b) return a;
  const other = a.other || b.other;
  const nothing = a.nothing || b.nothing;
  if (isPlain(a) && isPlain(b)) return { ...none, other, nothing };
  if (covers(a, b)) return a;
  if (covers(b, a)) return b;
  return {
    objects: new Set([...a.objects, ...b.objects]),
    functions: new Map([...a.functions, ...b.functions]),
    other,
    nothing,
  };
}

/** Whether a holds all that b may be. */
const covers = (a: Content, b: Content): boolean =>
  (a.other || !b.other) &&
  (a.nothing || !b.nothing) &&
  a.objects.size >= b.objects.size &&
  a.functions.size >= b.functions.size &&
  [...b.objects].every((one) => a.objects.has(one)) &&
  [...b.functions.keys()].every((one) => a.functions.has(one));

const same = (a: Content, b: Content): boolean =>
  a === b ||
  (a.other === b.other &&
    a.nothing === b.nothing &&
    a.objects.size === b.objects.size &&
    a.functions.size === b.functions.size &&
    [...a.objects].every((one) => b.objects.has(one)) &&
    [...a.functions.keys()].every((one) => b.functions.has(one)));

/** Places written in this call on every way here, with what may be in them. Nothing: no way leads here. */
export type World = ReadonlyMap<Place, Content> | undefined;

export function meet(a: World, b: World): World {
  if (a === undefined || a === b) return b;
  if (b === undefined) return a;
  const both = new Map<Place, Content>();
  for (const [place, content] of a) {
    const other = b.get(place);
    if (other !== undefined) both.set(place, joined(content, other));
  }
  return both;
}

export function sameWorld(a: World, b: World): boolean {
  if (a === undefined || b === undefined) return a === b;
  if (a.size !== b.size) return false;
  for (const [place, content] of a) {
    const other = b.get(place);
    if (other === undefined || !same(content, other)) return false;
  }
  return true;
}

/** A world in which a place was written. */
export function withPlace(world: World, place: Place, content: Content): World {
  if (world === undefined) return undefined;
  const next = new Map(world);
  // What is below belongs to what was there before.
  for (const other of next.keys()) if (isBelow(other, place)) next.delete(other);
  next.set(place, content);
  return next;
}

/** A world that has forgotten the elements under a variable that changes. */
export function withoutIndex(world: World, variable: number): World {
  const key = `[$${variable}]`;
  if (world === undefined || ![...world.keys()].some((place) => place.includes(key))) return world;
  return new Map([...world].filter(([place]) => !place.includes(key)));
}

export const isBelow = (place: Place, above: Place): boolean =>
  place.length > above.length &&
  place.startsWith(above) &&
  (place[above.length] === "." || place[above.length] === "[");

/** Enters what a variable may hold into its frame. */
export function note(frame: Frame, variable: number, content: Content): void {
  const before = frame.variables.get(variable);
  const after = before === undefined ? content : joined(before, content);
  if (before !== undefined && same(before, after)) return;
  frame.variables.set(variable, after);
  if (frame.read.has(variable)) frame.version += 1;
}

/** Whether two places may be the same: an index that is not known is any. */
export function overlaps(a: Place, b: Place): boolean {
  if (a === b) return true;
  if (!a.includes("[") || !b.includes("[")) return false;
  const [one, other] = [segments(a), segments(b)];
  return one.length === other.length && one.every((part, i) => part === other[i] || isOpen(part) || isOpen(other[i]));
}

const isOpen = (part: string | undefined): boolean => part === "[?]";

const segments = (place: Place): string[] => place.match(/^[^.[]+|\[[^\]]*\]|\.[^.[]*/g) ?? [place];
