/** Directions to differentiate along, in the shape of the arguments. */

/** Numbers that differ from each other and are the same on every run. */
export function slopes(): () => number {
  let state = 0;
  return () => Math.fround(Math.cos(++state * 1.7) + 0.2);
}

/** A direction for one argument: `next()` for each number, nothing where a value carries no tangent. */
export function direction(value: unknown, next: () => number): unknown {
  if (typeof value === "number") return next();
  if (value instanceof Float32Array || value instanceof Float64Array) return value.map(() => next());
  if (Array.isArray(value)) return value.map((item: unknown) => direction(item, next));
  if (typeof value !== "object" || value === null || Object.getPrototypeOf(value) !== Object.prototype)
    return undefined;
  const fields = Object.entries(value).map(([key, part]) => [key, direction(part, next)] as const);
  return Object.fromEntries(fields.filter(([, part]) => part !== undefined));
}

/** All at once, each active argument alone, and none: zeros stand where an active argument does not vary. */
export function directionsFor(args: readonly unknown[], active: readonly boolean[]): unknown[][] {
  const next = slopes();
  const along = (varies: (i: number) => boolean): unknown[] =>
    args.map((arg, i) => (active[i] === true ? direction(arg, varies(i) ? next : () => 0) : undefined));
  const varying = args.flatMap((arg, i) => (active[i] === true && direction(arg, next) !== undefined ? [i] : []));
  const single = varying.length > 1 && varying.length <= 6 ? varying.map((j) => along((i) => i === j)) : [];
  return [along(() => true), ...single, along(() => false)];
}
