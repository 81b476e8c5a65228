/** Where two values first differ. */
export interface Difference {
  /** Such as `value.points[3].x`. */
  readonly path: string;
  readonly actual: unknown;
  readonly expected: unknown;
}

/** Whether two numbers count as equal, told where they stand. */
export type NumberTest = (actual: number, expected: number) => boolean;

/**
 * The first difference between two values of any shape, undefined when there is none. Numbers are compared by
 * `sameNumber`; typed arrays by kind, length and elements; arrays with their holes; maps and sets in order; objects by
 * class name and own enumerable properties, in any order; errors by name and message too; functions all count as equal,
 * since those of two runs never are.
 */
export function firstDifference(
  actual: unknown,
  expected: unknown,
  sameNumber: NumberTest = Object.is,
  path = "value",
): Difference | undefined {
  return compare(actual, expected, path, { sameNumber, seen: new Map() });
}

/** The first place where two values are not the same to the bit (Object.is), undefined when there is none. */
export function bitDifference(actual: unknown, expected: unknown, path = "value"): Difference | undefined {
  return firstDifference(actual, expected, Object.is, path);
}

/** Throws an error that names the first place where two values are not the same to the bit. */
export function expectSameBits(actual: unknown, expected: unknown, path = "value"): void {
  const difference = bitDifference(actual, expected, path);
  if (difference !== undefined) throw new Error(describeDifference(difference));
}

/** One line for a failure message. */
export function describeDifference({ path, actual, expected }: Difference): string {
  return `${path}: got ${show(actual)}, expected ${show(expected)}`;
}

interface Context {
  readonly sameNumber: NumberTest;
  /** Pairs under comparison, so that cycles end. */
  readonly seen: Map<object, object>;
}

function compare(actual: unknown, expected: unknown, path: string, context: Context): Difference | undefined {
  const different: Difference = { path, actual, expected };
  if (typeof actual === "number" && typeof expected === "number") {
    return context.sameNumber(actual, expected) ? undefined : different;
  }
  if (typeof actual === "function" && typeof expected === "function") return undefined;
  if (typeof actual !== "object" || typeof expected !== "object" || actual === null || expected === null) {
    return Object.is(actual, expected) ? undefined : different;
  }
  if (context.seen.get(actual) === expected) return undefined;
  context.seen.set(actual, expected);
  const kinds = [kindOf(actual), kindOf(expected)];
  if (kinds[0] !== kinds[1]) return { path, actual: kinds[0], expected: kinds[1] };
  return compareParts(actual, expected, path, context);
}

function compareParts(actual: object, expected: object, path: string, context: Context): Difference | undefined {
  if (actual instanceof Map && expected instanceof Map) return compare([...actual], [...expected], path, context);
  if (actual instanceof Set && expected instanceof Set) return compare([...actual], [...expected], path, context);
  if (actual instanceof Date && expected instanceof Date) return compare(+actual, +expected, path, context);
  if (actual instanceof ArrayBuffer && expected instanceof ArrayBuffer) {
    return compare(new Uint8Array(actual), new Uint8Array(expected), path, context);
  }
  if (actual instanceof Error && expected instanceof Error) {
    const text = compare(actual.message, expected.message, `${path}.message`, context);
    if (text !== undefined) return text;
  }
  const isList = Array.isArray(actual) || ArrayBuffer.isView(actual);
  if (isList) {
    const lengths = [Reflect.get(actual, "length"), Reflect.get(expected, "length")];
    if (lengths[0] !== lengths[1]) return { path: `${path}.length`, actual: lengths[0], expected: lengths[1] };
  }
  const keys = new Set([...Object.keys(expected), ...Object.keys(actual)]);
  for (const key of keys) {
    const at = isList ? `${path}[${key}]` : `${path}.${key}`;
    const owns = [Object.hasOwn(actual, key), Object.hasOwn(expected, key)];
    if (owns[0] !== owns[1]) {
      return { path: at, actual: present(actual, key), expected: present(expected, key) };
    }
    const difference = compare(Reflect.get(actual, key), Reflect.get(expected, key), at, context);
    if (difference !== undefined) return difference;
  }
  return undefined;
}

const ABSENT = Symbol("absent");

function present(object: object, key: string): unknown {
  return Object.hasOwn(object, key) ? Reflect.get(object, key) : ABSENT;
}

function kindOf(object: object): string {
  const type: unknown = Reflect.get(object, "constructor");
  return typeof type === "function" ? type.name : "object without class";
}

function show(x: unknown): string {
  if (x === ABSENT) return "nothing";
  if (Object.is(x, -0)) return "-0";
  if (typeof x === "string") return JSON.stringify(x);
  if (typeof x !== "object" || x === null) return String(x);
  const name = kindOf(x);
  const length: unknown = Reflect.get(x, "length");
  return typeof length === "number" ? `${name}(${length})` : name;
}
