import { describeDifference, firstDifference } from "./sameBits.ts";

/** A derivative from differences, with an estimate of its absolute error. */
export interface Estimate {
  readonly value: number;
  /** Infinite or NaN when the function has no finite values near the point. */
  readonly error: number;
}

/** How differences are taken. */
export interface DifferenceOptions {
  /** The largest step; 0.1 when absent. Smaller when a branch or a pole is near. */
  readonly step?: number;
  /** Halvings of the step, at most; 12 when absent. */
  readonly levels?: number;
}

/**
 * d/dh f(h) at h = 0: central differences at halved steps, extrapolated to step zero by Richardson's scheme (Ridders'
 * table, order 2, 4, 6, …). The entry with the least estimated error is taken; the estimate compares an entry with its
 * two parents, and never claims less than what rounding of f allows.
 */
export function derivativeAtZero(f: (h: number) => number, options: DifferenceOptions = {}): Estimate {
  const { step = 0.1, levels = 12 } = options;
  const scale = Math.abs(f(0));
  let previous: number[] = [];
  let best: Estimate = { value: Number.NaN, error: Number.POSITIVE_INFINITY };
  for (let level = 0; level < levels; level++) {
    const h = step / 2 ** level;
    const row = [(f(h) - f(-h)) / (2 * h)];
    const rounding = (scale * Number.EPSILON) / h;
    for (let order = 1; order <= level; order++) {
      const fine = row[order - 1] ?? Number.NaN;
      const coarse = previous[order - 1] ?? Number.NaN;
      const better = fine + (fine - coarse) / (4 ** order - 1);
      row.push(better);
      const error = Math.max(Math.abs(better - fine), Math.abs(better - coarse), rounding);
      if (error <= best.error) best = { value: better, error };
    }
    const [last, above] = [row[level], previous[level - 1]];
    if (last !== undefined && above !== undefined && Math.abs(last - above) > 4 * best.error) break;
    previous = row;
  }
  return best;
}

/**
 * primal + h · tangent, fresh, for numbers, arrays, typed arrays and objects of them. Where the tangent is undefined the
 * primal is copied. Float32 arrays become Float64 ones, so that the step is not lost in rounding.
 */
export function shift(primal: unknown, tangent: unknown, h: number): unknown {
  if (typeof primal === "number") return typeof tangent === "number" ? primal + h * tangent : primal;
  if (typeof primal !== "object" || primal === null) return primal;
  if (primal instanceof Float32Array || primal instanceof Float64Array) {
    const direction = tangent as ArrayLike<number> | undefined;
    return Float64Array.from(primal, (x, i) => x + h * (direction?.[i] ?? 0));
  }
  if (ArrayBuffer.isView(primal)) return structuredClone(primal);
  const fields = (tangent ?? {}) as Record<string, unknown>;
  if (Array.isArray(primal)) return primal.map((x: unknown, i) => shift(x, fields[String(i)], h));
  const copy = Object.create(Object.getPrototypeOf(primal)) as object;
  for (const [key, part] of Object.entries(primal)) Reflect.set(copy, key, shift(part, fields[key], h));
  return copy;
}

/** All numbers of a value that can carry tangents, in order. */
export function flatten(value: unknown): number[] {
  if (typeof value === "number") return [value];
  if (value instanceof Float32Array || value instanceof Float64Array) return Array.from(value);
  if (typeof value !== "object" || value === null || ArrayBuffer.isView(value)) return [];
  return Object.values(value).flatMap(flatten);
}

/**
 * The directional derivative of every number in f(...args), flattened, along `tangents`. `f` gets fresh arguments at
 * each call, so it may write into them and return them.
 */
export function directionalDerivative(
  f: (...args: unknown[]) => unknown,
  args: readonly unknown[],
  tangents: readonly unknown[],
  options: DifferenceOptions = {},
): Estimate[] {
  const known = new Map<number, number[]>();
  const at = (h: number): number[] => {
    const found = known.get(h);
    if (found !== undefined) return found;
    const values = flatten(f(...args.map((arg, i) => shift(arg, tangents[i], h))));
    known.set(h, values);
    return values;
  };
  return at(0).map((_, i) => derivativeAtZero((h) => at(h)[i] ?? Number.NaN, options));
}

/**
 * Equal within `tolerance`, relative where the numbers exceed one and absolute below. NaN is close to NaN, an infinity
 * to the same infinity only, +0 to −0.
 */
export function closeTo(actual: number, expected: number, tolerance = 1e-12): boolean {
  if (Object.is(actual, expected)) return true;
  if (!Number.isFinite(actual) || !Number.isFinite(expected)) return false;
  return Math.abs(actual - expected) <= tolerance * Math.max(1, Math.abs(actual), Math.abs(expected));
}

/** Throws an error that names the first place where two values of any shape are not close. */
export function expectClose(actual: unknown, expected: unknown, tolerance = 1e-12, path = "value"): void {
  const difference = firstDifference(actual, expected, (a, b) => closeTo(a, b, tolerance), path);
  if (difference !== undefined) throw new Error(`${describeDifference(difference)} (tolerance ${tolerance})`);
}
