/** Copies of arguments, for functions that are run more than once and may change what they are given. */

import { isRecord } from "./tangent.ts";

type View = Exclude<ArrayBufferView, DataView> & { readonly length: number };
type ViewConstructor = new (buffer: ArrayBufferLike, byteOffset: number, length: number) => View;

/**
 * A deep copy that keeps what aliases: one object met twice is copied once, and views of one buffer stay views of one
 * buffer. Arrays, typed arrays, plain objects and instances of classes (their prototype and public fields) are copied;
 * functions, Map, Set, Date and the like are shared with the original.
 */
export function deepCopy<T>(value: T): T {
  const viewed = new Map<ArrayBufferLike, number>();
  visitViews(value, new Set(), (view) => viewed.set(view.buffer, (viewed.get(view.buffer) ?? 0) + 1));
  return copy(value, new Map(), viewed) as T;
}

function isView(value: unknown): value is View {
  return ArrayBuffer.isView(value) && !(value instanceof DataView);
}

function visitViews(value: unknown, seen: Set<object>, visit: (view: View) => void): void {
  if (typeof value !== "object" || value === null || seen.has(value)) return;
  seen.add(value);
  if (isView(value)) visit(value);
  else if (Array.isArray(value)) for (const element of value) visitViews(element, seen, visit);
  else if (isRecord(value)) for (const name of Object.keys(value)) visitViews(value[name], seen, visit);
}

function copy(value: unknown, copies: Map<object, unknown>, viewed: ReadonlyMap<ArrayBufferLike, number>): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (copies.has(value)) return copies.get(value);
  if (isView(value)) {
    const fresh = copyView(value, copies, viewed.get(value.buffer) === 1);
    copies.set(value, fresh);
    return fresh;
  }
  if (Array.isArray(value)) {
    const fresh: unknown[] = new Array(value.length);
    copies.set(value, fresh);
    for (let i = 0; i < value.length; i++) if (i in value) fresh[i] = copy(value[i], copies, viewed);
    return fresh;
  }
  if (!isRecord(value)) return value;
  const fresh: object = Object.create(Object.getPrototypeOf(value));
  copies.set(value, fresh);
  for (const [name, property] of Object.entries(Object.getOwnPropertyDescriptors(value))) {
    if ("value" in property) property.value = copy(property.value, copies, viewed);
    Object.defineProperty(fresh, name, property);
  }
  return fresh;
}

function copyView(view: View, copies: Map<object, unknown>, alone: boolean): View {
  const Constructor = view.constructor as ViewConstructor;
  const end = view.byteOffset + view.byteLength;
  if (alone) return new Constructor(view.buffer.slice(view.byteOffset, end), 0, view.length);
  let buffer = copies.get(view.buffer) as ArrayBufferLike | undefined;
  if (buffer === undefined) {
    buffer = view.buffer.slice(0);
    copies.set(view.buffer, buffer);
  }
  return new Constructor(buffer, view.byteOffset, view.length);
}

/** Whether two values, the second a copy of the first made earlier, still hold the same: same shape, and `Object.is` numbers. */
export function unchanged(value: unknown, earlier: unknown): boolean {
  return same(value, earlier, new Map());
}

function same(a: unknown, b: unknown, seen: Map<object, unknown>): boolean {
  if (typeof a !== "object" || a === null || typeof b !== "object" || b === null) return Object.is(a, b);
  if (seen.has(a)) return seen.get(a) === b;
  seen.set(a, b);
  if (isView(a)) return isView(b) && a.length === b.length && sameElements(a, b);
  if (Array.isArray(a)) {
    return Array.isArray(b) && a.length === b.length && a.every((element, i) => same(element, b[i], seen));
  }
  if (!isRecord(a)) return a === b;
  if (!isRecord(b)) return false;
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) => name in b && same(a[name], b[name], seen));
}

function sameElements(a: View, b: View): boolean {
  const x = a as unknown as ArrayLike<unknown>;
  const y = b as unknown as ArrayLike<unknown>;
  for (let i = 0; i < x.length; i++) if (!Object.is(x[i], y[i])) return false;
  return true;
}
