/**
 * The engine's big functions, split between threads: products by rows or columns of the result, the rest by elements, rows, pixels or images. Each element is
 * computed as one thread would, so that the bits are the same. Small ones run on the thread that calls them.
 */

import type { Team } from "./team.ts";
import type { Exports } from "./wasm.ts";

/** From so many elements on a pass over memory is split. */
const MANY = 1 << 15;
/** From so many multiplications on a product is. */
const MUCH = 1 << 18;

/** How a function is split: by which argument, which addresses move along, by how many floats a unit of it. */
interface Split {
  /** The place of the argument that counts. */
  readonly count: number;
  /** Places of addresses; 0 stays 0. */
  readonly moves: readonly number[];
  /** Floats a unit, for each of these. */
  readonly steps: (args: readonly number[]) => readonly number[];
  /** Parts are multiples of it. */
  readonly grain: number;
}

const elements = (count: number, ...moves: number[]): Split => ({
  count,
  moves,
  steps: () => moves.map(() => 1),
  grain: 64,
});

const at = (args: readonly number[], i: number): number => args[i] as number;

const map = elements(4, 0, 1, 2, 3);
const pair = elements(6, 0, 1, 2, 3, 4, 5);

const SPLITS: Readonly<Partial<Record<keyof Exports, Split>>> = {
  ...{ abs: map, exp: map, gelu: map, log: map, relu: map, sigmoid: map, sqrt: map, square: map, tanh: map },
  ...{ add: pair, divide: pair, multiply: pair, subtract: pair },
  axpy: elements(3, 1, 2),
  scale: elements(3, 1, 2),
  adam: elements(4, 0, 1, 2, 3),
  mask: elements(2, 0, 1),
  clear: elements(1, 0),
  bias: { count: 3, moves: [0, 2], steps: (a) => [at(a, 4), at(a, 4)], grain: 1 },
  biasRelu: { count: 6, moves: [0, 1, 4, 5], steps: (a) => [at(a, 7), at(a, 7), at(a, 7), at(a, 7)], grain: 1 },
  outer: { count: 3, moves: [0, 2], steps: (a) => [1, at(a, 4)], grain: 1 },
  addOuter: { count: 4, moves: [1, 3], steps: (a) => [1, at(a, 5)], grain: 1 },
  patches: { count: 3, moves: [1], steps: (a) => [at(a, 7) * at(a, 7) * at(a, 6)], grain: 1 },
  maxPool: { count: 4, moves: [0, 1, 2, 3], steps: (a) => pooled(at(a, 5), at(a, 6), at(a, 7), at(a, 8)), grain: 1 },
};

/** Floats an image and its pooled one, with and without dots. */
function pooled(height: number, width: number, channels: number, size: number): readonly number[] {
  const all = height * width * channels;
  const left = Math.floor(height / size) * Math.floor(width / size) * channels;
  return [all, all, left, left];
}

/** The same functions, run by a team where that pays. */
export function inParallel(alone: Exports, team: Team): Exports {
  let address: readonly number[] = [];

  /** Gives part i of `parts` to thread i, the first to this one. */
  const run = (
    name: keyof Exports,
    parts: readonly (readonly number[])[],
    where: readonly number[] | undefined,
  ): void => {
    for (let i = 1; i < parts.length; i++) team.give(i - 1, name, parts[i] as readonly number[], where);
    try {
      (alone[name] as (...args: readonly number[]) => void)(...(parts[0] as readonly number[]));
    } finally {
      for (let i = 1; i < parts.length; i++) team.await(i - 1);
    }
  };

  const split = (name: keyof Exports, { count, moves, steps, grain }: Split) => {
    const single = alone[name] as (...args: readonly number[]) => void;
    return (...args: readonly number[]): void => {
      const total = at(args, count);
      const floats = steps(args);
      const threads = 1 + team.ready();
      if (threads === 1 || total * Math.max(...floats) < MANY) return single(...args);
      const parts = ranges(total, threads, grain).map(([from, until]) => {
        const part = [...args];
        part[count] = until - from;
        moves.forEach((place, m) => {
          if (part[place] !== 0) part[place] = at(part, place) + 4 * from * at(floats, m);
        });
        if (name === "patches") part[2] = at(part, 2) + from;
        return part;
      });
      run(name, parts, undefined);
    };
  };

  /** Numbers from an index on; parts begin where blocks of random numbers do. */
  const random = (name: "normals" | "signs" | "addRandom", out: number, count: number) => {
    const single = alone[name] as (...args: readonly number[]) => void;
    return (...args: readonly number[]): void => {
      const total = at(args, count);
      const threads = 1 + team.ready();
      if (threads === 1 || total < MANY) return single(...args);
      const low = at(args, count + 1) >>> 0;
      const first = (at(args, count + 2) | 0) * 4294967296 + low;
      const skew = first % BLOCK;
      const parts = ranges(total + skew, threads, BLOCK).map(([start, until]) => {
        const from = Math.max(0, start - skew);
        const part = [...args];
        part[out] = at(part, out) + 4 * from;
        part[count] = until - skew - from;
        part[count + 1] = (first + from) | 0;
        part[count + 2] = Math.floor((first + from) / 4294967296) | 0;
        return part;
      });
      run(name, parts, address);
    };
  };

  const splits = Object.fromEntries(
    Object.entries(SPLITS).map(([name, how]) => [name, split(name as keyof Exports, how)]),
  ) as Partial<Exports>;
  return {
    ...alone,
    ...splits,
    address(...args) {
      address = args;
      alone.address(...args);
    },
    normals: random("normals", 0, 1),
    signs: random("signs", 0, 1),
    addRandom: random("addRandom", 1, 2),
    matmul(...args) {
      const [a, a_t, aRow, , b, , bColumn, c, c_t, cRow, m, k, n] = args;
      const threads = 1 + team.ready();
      if (threads === 1 || m * k * n < MUCH) return alone.matmul(...args);
      // Up to eight rows or columns may be summed in another order: no part may be so small.
      const byRows = m >= n || m >= 16 * threads;
      const total = byRows ? m : n;
      const whole = total - (total % 16);
      const parts = ranges(whole, threads, 16).map(([from, end]) => {
        const until = end === whole ? total : end;
        const part: [...typeof args] = [...args];
        if (byRows) {
          part[0] = a + 4 * from * aRow;
          if (a_t !== 0) part[1] = a_t + 4 * from * aRow;
        } else {
          part[4] = b + 4 * from * bColumn;
        }
        const place = 4 * from * (byRows ? cRow : 1);
        if (c !== 0) part[7] = c + place;
        if (c_t !== 0) part[8] = c_t + place;
        part[byRows ? 10 : 12] = until - from;
        return part;
      });
      if (m < 4 || n < 4 || parts.length < 2) return alone.matmul(...args);
      run("matmul", parts, undefined);
    },
  };
}

/** Random numbers come in blocks of so many. */
const BLOCK = 512;

/** Parts of 0 … total − 1, as equal as multiples of `grain` allow, none empty. */
function ranges(total: number, threads: number, grain: number): readonly (readonly [from: number, until: number])[] {
  const units = Math.ceil(total / grain);
  const parts: (readonly [number, number])[] = [];
  for (let i = 0; i < threads; i++) {
    const from = Math.floor((units * i) / threads) * grain;
    const until = Math.min(total, Math.floor((units * (i + 1)) / threads) * grain);
    if (until > from) parts.push([from, until]);
  }
  return parts;
}
