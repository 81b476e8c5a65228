/**
 * What the compiler attaches to a function it has differentiated, and how the runtime finds it.
 *
 * Compiled code imports nothing from fgrad: function and derivative meet under a symbol of the global registry, so that
 * several copies of the runtime, and code compiled elsewhere, understand each other.
 */

/** Any function at all; the only function type that every other is assignable to. */
export type AnyFunction = (...args: never[]) => unknown;

/** The derivative of a compiled function and the convention by which it is called. */
export interface CompiledTangent {
  /**
   * Takes primals and tangents interleaved: an active parameter is followed by its tangent, an inactive one stands
   * alone. Returns `[value, tangent]`; the tangent is undefined when the result carries none, and a function without
   * result returns `[undefined, undefined]`.
   */
  readonly jvp: (...args: never[]) => unknown;
  /** One entry a declared parameter: whether a tangent follows it. */
  readonly active: readonly boolean[];
  /** True when the last declared parameter is a rest parameter: it and its tangent are passed as two arrays. */
  readonly rest?: boolean;
  /** Number of directions carried at once; 1 when absent. `jvp` then takes that many tangents behind each active argument, and returns as many. */
  readonly lanes?: number;
  /** Order of the derivative that `jvp` is; 1 when absent. From 2 on, slopes among its values may differ in the last bits. */
  readonly order?: number;
  /** Paths of `wrt` into object parameters, e.g. `{ 0: ["velocity"] }`; absent means everything in the parameter. */
  readonly paths?: Readonly<Record<number, readonly string[]>>;
}

const key = Symbol.for("fgrad.jvp");

/** The compiled derivative of `f`, or undefined when `f` was not compiled. Only an own property of `f` counts. */
export function compiledTangent(f: AnyFunction): CompiledTangent | undefined {
  if (!Object.hasOwn(f, key)) return undefined;
  return (f as { readonly [key]?: CompiledTangent })[key];
}

/**
 * The compiled derivative of `f`, for `caller` (the name of the public function that needs it).
 * @throws TypeError when `f` is no function, or was not compiled; the message says how to compile it.
 */
export function requireCompiled(f: AnyFunction, caller: string): CompiledTangent {
  if (typeof f !== "function") throw new TypeError(`${caller}: expected a function, got ${describe(f)}.`);
  const compiled = compiledTangent(f);
  if (compiled === undefined) {
    throw new TypeError(
      `${caller}: ${functionName(f)} was not compiled by fgrad, so it has no derivative. ` +
        'Tag it with `/** @fgrad */` and build with the esbuild plugin (`import { fgrad } from "fgrad/esbuild"`), ' +
        "or run `fgrad-compile FILE` and import the generated `FILE.fgrad.ts`.",
    );
  }
  return compiled;
}

/** How messages name a function: its name in backquotes, or "the function" when it has none. */
export function functionName(f: AnyFunction): string {
  return f.name === "" ? "the function" : `\`${f.name}\``;
}

/** How messages name parameter `index` (from 0) of `f`: its position and, where the source still tells it, its name. */
export function parameterName(f: AnyFunction, index: number): string {
  const source = Function.prototype.toString.call(f);
  const list = /^(?:async\s+)?(?:function\b)?\s*[\w$]*\s*\(([^(){}[\]]*)\)/.exec(source)?.[1] ?? "";
  const name = /^(?:\.\.\.)?([\p{ID_Start}$_][\p{ID_Continue}$]*)/u.exec((list.split(",")[index] ?? "").trim())?.[1];
  return name === undefined ? `parameter ${index + 1}` : `parameter ${index + 1} (\`${name}\`)`;
}

/** How messages name a value: its type, with the length of arrays. */
export function describe(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return `an array of length ${value.length}`;
  if (ArrayBuffer.isView(value)) {
    const length = "length" in value ? ` of length ${value.length}` : "";
    return `a ${Object.prototype.toString.call(value).slice(8, -1)}${length}`;
  }
  return typeof value === "object" ? "an object" : typeof value === "undefined" ? "undefined" : `a ${typeof value}`;
}
