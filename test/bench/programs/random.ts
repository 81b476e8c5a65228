/** Numbers for the inputs of the measured programs: a small linear congruential generator, evenly from −1 to 1. */
export function uniform(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  };
}

/** `length` numbers around a centre. */
export function numbers(next: () => number, length: number, width = 1, centre = 0): Float64Array {
  return Float64Array.from({ length }, () => centre + width * next());
}

/** The arguments of one call: each value with its tangent, `undefined` where it carries none. */
export type Arguments = readonly (readonly [value: unknown, tangent: unknown])[];
