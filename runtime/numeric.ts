/** Derivatives by finite differences that know how good they are. */

/** A derivative of one output, and how far off it may be by its own estimate; NaN and Infinity when it can't be had. */
export interface Derivative {
  readonly value: number;
  readonly uncertainty: number;
}

const FIRST_STEP = 0.25;
const ROWS = 11;
const MOST_ROWS = 40;

/** A pair of evaluations at ±h. */
interface Row {
  readonly h: number;
  readonly above: Float64Array;
  readonly below: Float64Array;
}

/**
 * The derivatives at 0 of a function of one variable with many outputs: central differences with halved steps, extrapolated by
 * Richardson's scheme, the entry of the tableau with the least estimated error taken for each output (Ridders 1982). Steps that
 * leave the domain (outputs that are not finite) are dropped and smaller ones taken in their place.
 *
 * @param g the function; NaN where it has no value
 * @param atZero what it gives at 0
 * @param noise relative rounding error of its outputs
 */
export function differentiate(g: (t: number) => Float64Array, atZero: Float64Array, noise: number): Derivative[] {
  const rows: Row[] = [];
  for (let j = 0; j < MOST_ROWS && rows.length < ROWS; j++) {
    const h = FIRST_STEP / 2 ** j;
    const row = { h, above: g(h), below: g(-h) };
    if (!isFinite(row)) rows.length = 0;
    else rows.push(row);
  }
  return Array.from(atZero, (middle, output) => extrapolate(rows, output, middle, noise));
}

function isFinite({ above, below }: Row): boolean {
  return above.every(Number.isFinite) && below.every(Number.isFinite);
}

function extrapolate(rows: readonly Row[], output: number, middle: number, noise: number): Derivative {
  let best: Derivative = { value: Number.NaN, uncertainty: Number.POSITIVE_INFINITY };
  let previous: number[] = [];
  for (const { h, above, below } of rows) {
    const up = above[output] ?? Number.NaN;
    const down = below[output] ?? Number.NaN;
    const rounding = (noise * Math.max(Math.abs(up), Math.abs(down))) / h;
    const current = [(up - down) / (2 * h)];
    for (let i = 1; i <= previous.length; i++) {
      const coarse = previous[i - 1] ?? Number.NaN;
      const fine = current[i - 1] ?? Number.NaN;
      const value = fine + (fine - coarse) / (4 ** i - 1);
      current.push(value);
      const uncertainty = Math.max(Math.abs(value - fine), Math.abs(value - coarse)) + rounding;
      if (uncertainty < best.uncertainty) best = { value, uncertainty };
    }
    previous = current;
  }
  return { value: best.value, uncertainty: best.uncertainty + kink(rows, output, middle) };
}

/** How much the slopes on both sides differ, where the point itself is a kink: then no central difference is to be trusted. */
function kink(rows: readonly Row[], output: number, middle: number): number {
  const [coarse, fine] = rows.slice(-2).map(({ h, above, below }) => {
    return Math.abs((above[output] ?? Number.NaN) - 2 * middle + (below[output] ?? Number.NaN)) / h;
  });
  if (coarse === undefined || fine === undefined) return Number.POSITIVE_INFINITY;
  // On smooth functions it halves with the step.
  return fine > 0.75 * coarse ? fine : 0;
}
