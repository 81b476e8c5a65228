/**
 * What the compiler knows of built-in functions and methods: which parts of their arguments end up where.
 * One row a method; a method without a row is refused where an active value meets it.
 */

/** How a method of arrays treats the array, its arguments and its result. */
export interface ArrayMethod {
  /**
   * Roles of the arguments: a position or count, a value stored, an array whose elements are stored (of what is no
   * array, the value itself), a function that says which of two elements comes first.
   */
  readonly arguments: readonly ("index" | "value" | "array" | "comparator")[];
  /** The role of all further arguments. */
  readonly rest?: "value" | "array";
  /** What comes back: the array itself, a view of it, a new array of its elements, one element, or something inactive. */
  readonly result: "self" | "view" | "copy" | "element" | "inert";
  /** Whether the array is changed, so that its shadow must be changed alike. */
  readonly writes: boolean;
}

const row = (
  args: ArrayMethod["arguments"],
  result: ArrayMethod["result"],
  more: { writes?: boolean; rest?: "value" | "array" } = {},
): ArrayMethod => ({
  arguments: args,
  result,
  writes: more.writes ?? false,
  ...(more.rest !== undefined && { rest: more.rest }),
});

/** Methods of Array and of typed arrays whose tangent is the same method on the shadow. */
export const arrayMethods: Readonly<Record<string, ArrayMethod>> = {
  fill: row(["value", "index", "index"], "self", { writes: true }),
  slice: row(["index", "index"], "copy"),
  subarray: row(["index", "index"], "view"),
  set: row(["array", "index"], "inert", { writes: true }),
  push: row([], "inert", { writes: true, rest: "value" }),
  unshift: row([], "inert", { writes: true, rest: "value" }),
  pop: row([], "element", { writes: true }),
  shift: row([], "element", { writes: true }),
  splice: row(["index", "index"], "copy", { writes: true, rest: "value" }),
  copyWithin: row(["index", "index", "index"], "self", { writes: true }),
  reverse: row([], "self", { writes: true }),
  toReversed: row([], "copy"),
  at: row(["index"], "element"),
  concat: row([], "copy", { rest: "array" }),
  with: row(["index", "value"], "copy"),
  toSpliced: row(["index", "index"], "copy", { rest: "value" }),
  sort: row(["comparator"], "self", { writes: true }),
  toSorted: row(["comparator"], "copy"),
};

/** The method of an array; of a Map or another built-in that has one of the same name, nothing is known. */
export function arrayMethod(constructor_: string | undefined, name: string): ArrayMethod | undefined {
  if (constructor_ !== undefined && !constructor_.endsWith("Array")) return undefined;
  return Object.hasOwn(arrayMethods, name) ? arrayMethods[name] : undefined;
}

/** Methods that tell about an array without giving out its elements. */
export const inertMethods: ReadonlySet<string> = new Set(["indexOf", "lastIndexOf", "includes", "keys"]);

/** Methods of numbers and arrays that make text: a number cannot come back from it. */
export const textMethods: ReadonlySet<string> = new Set([
  "toFixed",
  "toString",
  "toPrecision",
  "toExponential",
  "toLocaleString",
  "join",
]);

/** Methods of text that make numbers of it. */
export const readingMethods: ReadonlySet<string> = new Set(["charCodeAt", "codePointAt"]);

/** Global functions whose result carries no tangent by mathematics or by nature. */
export const inertGlobals: ReadonlySet<string> = new Set([
  "isNaN",
  "isFinite",
  "Object.keys",
  "Number.isNaN",
  "Number.isFinite",
  "Number.isInteger",
  "Number.isSafeInteger",
  "Object.is",
  "Array.isArray",
  "Boolean",
]);

/** Functions of any number of arguments that have a rule for spread ones. */
export const spreadFunctions: ReadonlySet<string> = new Set(["Math.max", "Math.min", "Math.hypot"]);

/** Global functions that turn a value into text. */
export const textGlobals: ReadonlySet<string> = new Set(["String", "JSON.stringify"]);

/** Global functions that read a number out of text. */
export const parsingGlobals: ReadonlySet<string> = new Set([
  "parseFloat",
  "parseInt",
  "Number.parseFloat",
  "Number.parseInt",
  "JSON.parse",
]);

/** Global functions that give another number at each call. */
/** Functions that give an object's parts back, as they are or in another arrangement. */
export const partsFunctions: ReadonlySet<string> = new Set([
  "structuredClone",
  "Object.freeze",
  "Object.values",
  "Object.entries",
  "fgrad:without",
]);

/** What a call of a function of `Math` whose name is computed is called. */
/** What `this` is called where it is no object that is known. */
export const unknownThis = "The object this, in a function that is no method,";

export const computedMember = "a computed function of Math";

export const unsteadyGlobals: ReadonlySet<string> = new Set([
  "Date",
  "Date.now",
  "Math.random",
  "performance.now",
  "process.hrtime",
  "process.hrtime.bigint",
  "process.uptime",
  "crypto.getRandomValues",
  "crypto.randomInt",
]);

/** Functions that only report: an active value may be shown. */
export const isReporting = (name: string): boolean => name.startsWith("console.");
