/**
 * A standard normal number from 32 random bits, by inversion of the distribution function:
 * Wichura, "Algorithm AS 241: The Percentage Points of the Normal Distribution", Applied Statistics 37 (1988), PPND7,
 * rational approximations that are right to one part in 10⁷.
 *
 * One word makes one number, so that a number can be had by its index. Only + − × ÷ and a square root are used, which every
 * engine rounds alike; `Math.log`, which engines do not compute alike, is not.
 */

const LN2 = Math.LN2;
const SQRT2 = Math.SQRT2;

/** q = ½ · 0.85 lies between the words −1 − CENTRAL … CENTRAL and the tails. */
const CENTRAL = 1825361100;

/**
 * @param bits 32 random bits, as a signed or unsigned integer
 * @returns one of 2³² values, symmetric about 0, the largest 6.34
 */
export function normalFromBits(bits: number): number {
  const w = bits | 0;
  return tailOf(w) === 0 ? middle(w) : tail(w);
}

/** 1 when a word belongs to the outer 15 percent, else 0; without a branch, which could not be foreseen. */
export function tailOf(w: number): number {
  return (CENTRAL - (w ^ (w >> 31))) >>> 31;
}

/** The number of a word that is not in the tails. The middle of its interval, counted from the median, is q = (w + ½) / 2³². */
export function middle(w: number): number {
  const q = (w + 0.5) * 2.3283064365386963e-10;
  const r = 0.180625 - q * q;
  return (
    (q * (((59.10937472 * r + 159.29113202) * r + 50.434271938) * r + 3.3871327179)) /
    (((67.1875636 * r + 78.757757664) * r + 17.895169469) * r + 1)
  );
}

/** The number of a word in the tails. The probability of the nearer tail is k / 2³³ with an odd integer k. */
export function tail(w: number): number {
  const k = w < 0 ? (w + 2147483648) * 2 + 1 : (2147483647 - w) * 2 + 1;
  const r = Math.sqrt(33 * LN2 - logOfInteger(k)) - 1.6;
  const z =
    (((0.17023821103 * r + 1.3067284816) * r + 2.75681539) * r + 1.4234372777) /
    ((0.12021132975 * r + 0.7370016425) * r + 1);
  return w < 0 ? -z : z;
}

/**
 * The natural logarithm of an integer 1 ≤ k < 2³¹: k = 2^e (1 + f) with |f| small, and log(1 + f) = f − s (f − R(s²)) with
 * s = f / (2 + f), R the polynomial of fdlibm's `__ieee754_log`.
 */
function logOfInteger(k: number): number {
  let e = 31 - Math.clz32(k);
  let m = k / (1 << e);
  if (m > SQRT2) {
    m *= 0.5;
    e += 1;
  }
  const f = m - 1;
  const s = f / (2 + f);
  const z = s * s;
  const R =
    z *
    (0.6666666666666735 +
      z *
        (0.3999999999940942 +
          z *
            (0.2857142874366239 +
              z *
                (0.22222198432149784 +
                  z * (0.1818357216161805 + z * (0.15313837699209373 + z * 0.14798198605116586))))));
  return e * LN2 + (f - s * (f - R));
}
