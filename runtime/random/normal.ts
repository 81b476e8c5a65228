/**
 * Standard normal numbers in blocks of 512, each found by its address.
 *
 * Threefry, of the block's address, starts eight generators sfc32 (Doty-Humphrey, "PractRand"): 96 bits of state and a counter, an addition or a
 * shift a word. Two words make two numbers by the method of Box and Muller, "A Note on the Generation of Random Normal Deviates" (1958):
 *
 *     r = √(−2 log u)        x = r cos θ        y = r sin θ
 *
 * u has 30 bits, centred between its neighbours; θ is that of a quadrant, π/4 + t with |t| ≤ π/4, so that cos θ = (cos t − sin t) / √2 and
 * sin θ = (cos t + sin t) / √2; two bits choose the quadrant.
 *
 * All is computed in single precision by + − × ÷ and square roots, which every engine rounds alike; the polynomials are within
 * 1.2 · 10⁻⁷. The largest number is 6.56.
 */

import { threefry } from "./threefry.ts";

/** Numbers in a block. */
export const NORMAL_BLOCK = 512;

const { fround, clz32, sqrt } = Math;

const LN2 = fround(Math.LN2);
const LN2_31 = fround(31 * Math.LN2);
/** Bits of √½; the mantissa of √2. */
const ROOT = fround(1.4142135381698608);
const LOG_0 = fround(2.0000002385596827);
const LOG_1 = fround(0.666521914803677);
const LOG_2 = fround(0.4129746736392669);
const ANGLE = fround(Math.PI / 8589934592);
const COS_1 = fround(-0.49999856695842);
const COS_2 = fround(0.041655026883953956);
const COS_3 = fround(-0.0013585908506897274);
const SIN_1 = fround(-0.16666650699201763);
const SIN_2 = fround(0.008332036875130126);
const SIN_3 = fround(-0.00019504021997367984);

/** What all numbers of a fill have in common: the key of the generator and the upper half of its counter. */
export interface Address {
  readonly seedLow: number;
  readonly seedHigh: number;
  readonly stepLow: number;
  readonly stepHigh: number;
  readonly stream: number;
}

const state = new Int32Array(4);
const pair = new Float32Array(2);

/** Fills at least places `from` … `to` − 1 of `out` (of length 512) with the normal numbers of block `number`. */
export function normalBlock(at: Address, number: number, out: Float32Array, from: number, to: number): void {
  const lanes = from >> 2 === (to - 1) >> 2 ? to - from : 4;
  for (let lane = 0; lane < lanes; lane++) runLane(at, number, (from + lane) & 3, from >> 3, (to + 7) >> 3, out);
}

/** The normal number `index` of the address. */
export function normalAt(at: Address, index: number): number {
  const place = index - Math.floor(index / NORMAL_BLOCK) * NORMAL_BLOCK;
  runLane(at, Math.floor(index / NORMAL_BLOCK), place & 3, place >> 3, (place >> 3) + 1, undefined);
  return pair[(place >> 2) & 1] as number;
}

/** Runs two generators of a block up to a step. Their pairs from another step on go to `out`, eight places apart; the last one stays in `pair`. */
function runLane(
  at: Address,
  number: number,
  lane: number,
  first: number,
  steps: number,
  out: Float32Array | undefined,
): void {
  start(at, 8 * number + lane);
  let a = state[0] as number;
  let b = state[1] as number;
  let c = state[2] as number;
  start(at, 8 * number + 4 + lane);
  let d = state[0] as number;
  let e = state[1] as number;
  let f = state[2] as number;
  for (let count = 1, to = lane; count <= steps; count++, to += 8) {
    const w = (a + b + count) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + w) | 0;
    const v = (d + e + count) | 0;
    d = e ^ (e >>> 9);
    e = (f + (f << 3)) | 0;
    f = (((f << 21) | (f >>> 11)) + v) | 0;
    if (count <= first) continue;
    normalPair(w, v);
    if (out === undefined) continue;
    out[to] = pair[0] as number;
    out[to + 4] = pair[1] as number;
  }
}

function start({ seedLow, seedHigh, stepLow, stepHigh, stream }: Address, counter: number): void {
  threefry(state, counter | 0, Math.floor(counter / 4294967296) | 0, stepLow, stepHigh, seedLow, seedHigh, stream, 1);
}

/** Turns two words into two normal numbers, in `pair`. Each operation is rounded to single precision. */
function normalPair(w: number, v: number): void {
  const x = fround((w >>> 1) | 1);
  let e = 31 - clz32(x);
  let m = x / 2 ** e;
  if (m >= ROOT) {
    m *= 0.5;
    e += 1;
  }
  const s = fround(fround(m - 1) / fround(m + 1));
  const z = fround(s * s);
  const log = fround(fround(fround(fround(fround(LOG_2 * z) + LOG_1) * z) + LOG_0) * s);
  const r = fround(sqrt(fround(fround(LN2_31 - fround(e * LN2)) - log)));
  const t = fround(fround(v << 1) * ANGLE);
  const t2 = fround(t * t);
  const cos = fround(fround(fround(fround(fround(fround(COS_3 * t2) + COS_2) * t2) + COS_1) * t2) + 1);
  const sin = fround(fround(fround(fround(fround(fround(fround(SIN_3 * t2) + SIN_2) * t2) + SIN_1) * t2) + 1) * t);
  const first = r * fround(cos - sin);
  const second = r * fround(cos + sin);
  pair[0] = v < 0 ? -first : first;
  pair[1] = (v & 1) === 1 ? -second : second;
}
