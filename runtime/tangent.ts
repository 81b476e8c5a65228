/** The types of tangents, and the making of tangents that fit a primal. */

import { describe } from "./compiled.ts";
import { lengthOf, structureOf } from "./structured.ts";

type Opaque =
  | string
  | bigint
  | boolean
  | symbol
  | null
  | undefined
  | ((...args: never[]) => unknown)
  | ArrayBufferLike
  | Int8Array
  | Uint8Array
  | Uint8ClampedArray
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array
  | DataView
  | ReadonlyMap<unknown, unknown>
  | ReadonlySet<unknown>
  | WeakMap<WeakKey, unknown>
  | WeakSet<WeakKey>
  | Date
  | RegExp
  | Error
  | PromiseLike<unknown>;

type Shorter = [never, 0, 1, 2, 3, 4];

/**
 * Contains true when a value of type T can hold a real number that varies. Literal types and enums, which no index
 * signature accepts, can not. After five levels of nesting it is taken for granted: types may be recursive.
 */
type Carries<T, Depth extends number = 5> = [Depth] extends [never]
  ? true
  : T extends number
    ? Record<never, never> extends Record<T, 1>
      ? true
      : false
    : T extends Float32Array | Float64Array
      ? true
      : T extends Opaque
        ? false
        : T extends readonly (infer E)[]
          ? Carries<E, Shorter[Depth]>
          : { [K in keyof T]-?: Carries<T[K], Shorter[Depth]> }[keyof T];

/**
 * The tangent type of T. `number` (and branded numbers) to `number`; Float32Array and Float64Array to themselves; arrays, tuples
 * and objects to the same shape, fields that carry no tangent left out; all else (integer arrays, strings, enums, literal
 * types, functions, Map, Set …) to `undefined`. Unions are mapped member by member.
 */
export type Tangent<T> = T extends number
  ? true extends Carries<T>
    ? number
    : undefined
  : T extends Float32Array
    ? Float32Array
    : T extends Float64Array
      ? Float64Array
      : T extends Opaque
        ? undefined
        : true extends Carries<T>
          ? T extends readonly unknown[]
            ? { [K in keyof T]: Tangent<T[K]> }
            : { [K in keyof T as true extends Carries<T[K]> ? K : never]: Tangent<T[K]> }
          : undefined;

/** A tangent as it may be given to `jvp`: fields of objects that are left out, or undefined, do not vary. */
export type GivenTangent<T> = T extends number | Float32Array | Float64Array | Opaque
  ? Tangent<T>
  : true extends Carries<T>
    ? T extends readonly unknown[]
      ? { readonly [K in keyof T]: GivenTangent<T[K]> }
      : { readonly [K in keyof T as true extends Carries<T[K]> ? K : never]?: GivenTangent<T[K]> | undefined }
    : undefined;

/** Tangents of a parameter list, as given to `jvp`: one a parameter, undefined or left out at the end where it does not vary. */
export type GivenTangents<P extends readonly unknown[]> = { readonly [K in keyof P]?: GivenTangent<P[K]> | undefined };

/** Tangents of a parameter list, complete. */
export type Tangents<P extends readonly unknown[]> = { -readonly [K in keyof P]-?: Tangent<P[K]> };

/** A float array, as kernels and parameters use them. */
export type FloatArray = Float32Array | Float64Array;

export function isFloatArray(value: unknown): value is FloatArray {
  return value instanceof Float32Array || value instanceof Float64Array;
}

/** A plain object or an instance of a user's class: what may have fields that carry tangents. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && Object.prototype.toString.call(value) === "[object Object]";
}

type Seen = Map<object, unknown>;

/**
 * The tangent of a value that does not vary: zeros in the shape of `Tangent<T>`. With `paths` (dotted, from `wrt`), only the
 * fields that they name. Objects met twice get one tangent, so that tangents alias as their primals do.
 */
export function zeroTangent<T>(primal: T, paths?: readonly string[]): Tangent<T> {
  return zero(primal, paths, new Map()) as Tangent<T>;
}

function zero(primal: unknown, paths: readonly string[] | undefined, seen: Seen): unknown {
  if (typeof primal === "number") return 0;
  if (typeof primal !== "object" || primal === null) return undefined;
  if (seen.has(primal)) return seen.get(primal);
  if (isFloatArray(primal)) return remember(seen, primal, emptyLike(primal));
  if (Array.isArray(primal)) {
    const shadow: unknown[] = remember(seen, primal, []);
    for (let i = 0; i < primal.length; i++) shadow.push(zero(primal[i], within(paths, String(i)), seen));
    return shadow.length > 0 && shadow.every((t) => t === undefined) ? remember(seen, primal, undefined) : shadow;
  }
  if (!isRecord(primal)) return undefined;
  const shadow: Record<string, unknown> = remember(seen, primal, {});
  for (const name of Object.keys(primal)) {
    if (!reaches(paths, name)) continue;
    const field = zero(primal[name], within(paths, name), seen);
    if (field !== undefined) shadow[name] = field;
  }
  return Object.keys(shadow).length === 0 ? remember(seen, primal, undefined) : shadow;
}

function remember<S>(seen: Seen, primal: object, shadow: S): S {
  seen.set(primal, shadow);
  return shadow;
}

function emptyLike(array: FloatArray): FloatArray {
  return array instanceof Float32Array ? new Float32Array(array.length) : new Float64Array(array.length);
}

/** Whether `wrt` paths lead to or through field `name`. */
function reaches(paths: readonly string[] | undefined, name: string): boolean {
  return paths === undefined || paths.some((path) => path === name || path.startsWith(`${name}.`));
}

/** The paths that are left inside field `name`; undefined when all of the field is meant. */
function within(paths: readonly string[] | undefined, name: string): readonly string[] | undefined {
  if (paths === undefined || paths.includes(name)) return undefined;
  return paths.filter((path) => path.startsWith(`${name}.`)).map((path) => path.slice(name.length + 1));
}

/** Words for a message that may never be needed. */
type Where = () => string;

/**
 * Makes a given tangent complete: what is undefined becomes zeros, all else is checked against the primal and kept by identity,
 * so that a caller sees what a function writes into the tangent of an output buffer.
 * @param where how messages name the tangent: "The tangent of parameter 1 (`theta`) of `loss`"; asked for only when needed
 * @throws TypeError on a wrong type, RangeError on a wrong length, TypeError on a field outside `paths`
 */
export function fitTangent(
  primal: unknown,
  tangent: unknown,
  paths: readonly string[] | undefined,
  where: Where,
): unknown {
  if (tangent === undefined) return zero(primal, paths, new Map());
  if (typeof primal === "number") {
    if (typeof tangent !== "number") throw misfit(where, "a number", tangent);
    return tangent;
  }
  if (isFloatArray(primal)) {
    const sameType = primal instanceof Float32Array ? tangent instanceof Float32Array : tangent instanceof Float64Array;
    if (!sameType) throw misfit(where, describe(primal), tangent);
    const structure = primal instanceof Float32Array ? structureOf(tangent as Float32Array) : undefined;
    const length = structure === undefined ? (tangent as FloatArray).length : lengthOf(structure);
    if (length !== primal.length) throw misfit(where, describe(primal), tangent);
    return tangent;
  }
  if (Array.isArray(primal)) {
    if (!Array.isArray(tangent) || tangent.length !== primal.length) throw misfit(where, describe(primal), tangent);
    return fitElements(primal, tangent, paths, where);
  }
  if (isRecord(primal)) {
    if (!isRecord(tangent)) throw misfit(where, "an object", tangent);
    return fitFields(primal, tangent, paths, where);
  }
  // Generated code has zeros beside numbers that are missing.
  if (tangent === 0 && (primal === undefined || primal === null)) return undefined;
  throw new TypeError(`${where()} must be undefined: ${describe(primal)} carries no tangent.`);
}

function fitElements(
  primal: readonly unknown[],
  tangent: unknown[],
  paths: readonly string[] | undefined,
  where: Where,
): unknown[] {
  let fitted = tangent;
  for (let i = 0; i < primal.length; i++) {
    const given = tangent[i];
    if (typeof given === "number" && typeof primal[i] === "number") continue;
    const element = fitTangent(primal[i], given, within(paths, String(i)), () => `${where()}, element ${i}`);
    if (element === given) continue;
    if (fitted === tangent) fitted = tangent.slice();
    fitted[i] = element;
  }
  return fitted;
}

function fitFields(
  primal: Record<string, unknown>,
  tangent: Record<string, unknown>,
  paths: readonly string[] | undefined,
  where: Where,
): Record<string, unknown> {
  for (const name of Object.keys(tangent)) {
    if (tangent[name] === undefined) continue;
    if (!(name in primal)) throw new TypeError(`${where()} has a field \`${name}\`, which the primal lacks.`);
    if (!reaches(paths, name)) {
      throw new TypeError(
        `${where()} has a field \`${name}\`, which was compiled as inactive. Add it to the \`wrt\` of the @fgrad tag.`,
      );
    }
  }
  let fitted = tangent;
  for (const name of Object.keys(primal)) {
    if (!reaches(paths, name)) continue;
    const field = fitTangent(primal[name], tangent[name], within(paths, name), () => `${where()}, field \`${name}\``);
    if (field === tangent[name]) continue;
    if (fitted === tangent) fitted = { ...tangent };
    fitted[name] = field;
  }
  return fitted;
}

function misfit(where: Where, expected: string, got: unknown): Error {
  const Kind = describe(got).replace(/\d+$/, "") === expected.replace(/\d+$/, "") ? RangeError : TypeError;
  return new Kind(`${where()} must be ${expected}, got ${describe(got)}.`);
}
