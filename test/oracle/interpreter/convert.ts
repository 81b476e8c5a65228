import { Dual, dual, primalOf, tangentOf } from "./dual.ts";
import { DualBuffer, DualFloat32Array, DualFloat64Array, DualFloats, withoutTangent } from "./memory.ts";
import { dualAware } from "./overrides.ts";

type Fields = Record<PropertyKey, unknown>;

/** Remembers what became of each object, so that aliases stay aliases. */
export interface Aliases {
  readonly objects: Map<object, unknown>;
  readonly buffers: Map<ArrayBufferLike, DualBuffer>;
}

export function noAliases(): Aliases {
  return { objects: new Map(), buffers: new Map() };
}

/** A fresh value for the interpreter from a plain one and its tangent; an undefined tangent means inactive. */
export function toDual(value: unknown, tangent: unknown, aliases: Aliases): unknown {
  if (typeof value === "number") return typeof tangent === "number" ? dual(value, tangent) : value;
  if (typeof value !== "object" || value === null) return value;
  const known = aliases.objects.get(value);
  if (known !== undefined) return known;
  const made = convertObject(value, tangent, aliases);
  aliases.objects.set(value, made);
  return made;
}

function convertObject(value: object, tangent: unknown, aliases: Aliases): unknown {
  if (value instanceof Float32Array || value instanceof Float64Array) return convertFloats(value, tangent, aliases);
  if (ArrayBuffer.isView(value) || value instanceof Map || value instanceof Set || value instanceof Date) {
    return structuredClone(value);
  }
  const copy: object = Array.isArray(value) ? [] : (Object.create(Object.getPrototypeOf(value)) as object);
  aliases.objects.set(value, copy);
  if (Array.isArray(value)) (copy as unknown[]).length = value.length;
  for (const [key, part] of Object.entries(value)) {
    const inner: unknown = tangent === undefined || tangent === null ? undefined : (tangent as Fields)[key];
    Reflect.set(copy, key, toDual(part, inner, aliases));
  }
  return copy;
}

function convertFloats(value: Float32Array | Float64Array, tangent: unknown, aliases: Aliases): DualFloats {
  let buffer = aliases.buffers.get(value.buffer);
  if (buffer === undefined) {
    buffer = new DualBuffer(value.buffer.byteLength);
    new Uint8Array(buffer.primal).set(new Uint8Array(value.buffer));
    aliases.buffers.set(value.buffer, buffer);
  }
  const type = value instanceof Float32Array ? DualFloat32Array : DualFloat64Array;
  const made = new type(buffer, value.byteOffset, value.length);
  if (tangent !== undefined) made.tangent.set(tangent as ArrayLike<number>);
  return made;
}

/** A plain snapshot of the primal. Functions and symbols stay themselves; prototypes are kept. */
export function toPlain(x: unknown, seen: Map<object, unknown> = new Map()): unknown {
  if (x instanceof Dual) return x.value;
  if (typeof x !== "object" || x === null) return x;
  const known = seen.get(x);
  if (known !== undefined) return known;
  const remember = <T extends object>(copy: T): T => {
    seen.set(x, copy);
    return copy;
  };
  if (x instanceof DualFloats) return remember(x.primal.slice());
  if (x instanceof DualBuffer) return remember(x.primal.slice(0));
  if (ArrayBuffer.isView(x) || x instanceof ArrayBuffer || x instanceof Date) return remember(structuredClone(x));
  if (x instanceof Map) {
    const copy = remember(new Map());
    for (const [key, value] of x) copy.set(toPlain(key, seen), toPlain(value, seen));
    return copy;
  }
  if (x instanceof Set) {
    const copy = remember(new Set());
    for (const item of x) copy.add(toPlain(item, seen));
    return copy;
  }
  const copy: object = remember(Array.isArray(x) ? [] : (Object.create(Object.getPrototypeOf(x)) as object));
  if (Array.isArray(x)) (copy as unknown[]).length = x.length;
  // An error's message and stack are not enumerable, yet tell what was thrown.
  const keys = x instanceof Error ? [...new Set(["message", ...Object.keys(x)])] : Object.keys(x);
  for (const key of keys) {
    const value = toPlain((x as Fields)[key], seen);
    Object.defineProperty(copy, key, { value, writable: true, enumerable: true, configurable: true });
  }
  return copy;
}

/** The tangent in the shape of the value: numbers and float arrays have one, objects hold those of their fields. */
export function tangentOfValue(x: unknown, seen: Map<object, unknown> = new Map()): unknown {
  if (typeof primalOf(x) === "number") return tangentOf(x);
  if (typeof x !== "object" || x === null) return undefined;
  if (x instanceof DualFloats) return x.tangent.slice();
  const opaque = ArrayBuffer.isView(x) || x instanceof DualBuffer || x instanceof Map || x instanceof Set;
  if (opaque || x instanceof Date) return undefined;
  const known = seen.get(x);
  if (known !== undefined) return known;
  if (Array.isArray(x)) {
    const list: unknown[] = [];
    seen.set(x, list);
    for (const item of x) list.push(tangentOfValue(item, seen));
    return list;
  }
  const fields: Fields = {};
  seen.set(x, fields);
  for (const [key, part] of Object.entries(x)) {
    const tangent = tangentOfValue(part, seen);
    if (tangent !== undefined) fields[key] = tangent;
  }
  return fields;
}

/** The same primal memory with a tangent of its own that is zero; numbers and containers likewise. */
export function stopGradient(x: unknown): unknown {
  if (x instanceof Dual) return x.value;
  if (x instanceof DualFloats) return withoutTangent(x);
  if (Array.isArray(x)) return x.map(stopGradient);
  if (typeof x !== "object" || x === null || Object.getPrototypeOf(x) !== Object.prototype) return x;
  return Object.fromEntries(Object.entries(x).map(([key, value]) => [key, stopGradient(value)]));
}
dualAware.add(stopGradient);
