/** Random choices that repeat themselves: the same seed gives the same program on every machine. */
export interface Random {
  /** In [0, 1). */
  real(): number;
  /** A whole number in [0, n). */
  below(n: number): number;
  chance(probability: number): boolean;
  pick<T>(list: readonly [T, ...T[]] | readonly T[]): T;
}

/** Seeded by a whole number; the generator is Mulberry32. */
export function makeRandom(seed: number): Random {
  let state = seed >>> 0;
  const real = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  const below = (n: number): number => Math.floor(real() * n);
  return {
    real,
    below,
    chance: (probability) => real() < probability,
    pick: (list) => {
      const item = list[below(list.length)];
      if (item === undefined) throw new Error("nothing to choose from");
      return item;
    },
  };
}
