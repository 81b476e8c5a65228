/** Derivatives by finite differences that know how good they are. */

/** A derivative of one output, and how far off it may be by its own estimate; NaN and Infinity when it can't be had. */
export interface Derivative {
  readonly value: number;
  readonly uncertainty: number;
  /** The size of what the output was seen to be. */
  readonly size: number;
}

const FIRST_STEP = 0.25;
/** Of no use to binary rounding: with halved steps, rounding errors of coarse outputs would repeat from row to row. */
const RATIO = 1.7;
const ROWS = 14;
const MOST_ROWS = 50;

/** A pair of evaluations at ±h. */
interface Row {
  readonly h: number;
  readonly above: Float64Array;
  readonly below: Float64Array;
}

/**
 * The derivatives at 0 of a function of one variable with many outputs: central differences with shrinking steps, extrapolated by
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
    const h = FIRST_STEP / RATIO ** j;
    const row = { h, above: g(h), below: g(-h) };
    if (!allFinite(row)) rows.length = 0;
    else rows.push(row);
  }
  return Array.from(atZero, (middle, output) => extrapolate(rows, output, middle, noise));
}

function allFinite({ above, below }: Row): boolean {
  return above.every(Number.isFinite) && below.every(Number.isFinite);
}

function extrapolate(rows: readonly Row[], output: number, middle: number, noise: number): Derivative {
  const candidates: { readonly value: number; readonly uncertainty: number }[] = [];
  let size = Math.abs(middle);
  let previous: number[] = [];
  for (const { h, above, below } of rows) {
    const up = above[output] ?? Number.NaN;
    const down = below[output] ?? Number.NaN;
    const rounding = (noise * Math.max(Math.abs(up), Math.abs(down))) / h;
    size = Math.max(size, Math.abs(up), Math.abs(down));
    const current = [(up - down) / (2 * h)];
    let best = { value: Number.NaN, uncertainty: Number.POSITIVE_INFINITY };
    for (let i = 1; i <= previous.length; i++) {
      const coarse = previous[i - 1] ?? Number.NaN;
      const fine = current[i - 1] ?? Number.NaN;
      const value = fine + (fine - coarse) / (RATIO ** (2 * i) - 1);
      current.push(value);
      const uncertainty = Math.max(Math.abs(value - fine), Math.abs(value - coarse)) + rounding;
      if (uncertainty < best.uncertainty) best = { value, uncertainty };
    }
    candidates.push(best);
    previous = current;
  }
  // Two neighbours can agree by chance where outputs are rounded coarsely; the three best steps hardly ever do.
  const [first, second, third] = candidates.sort((a, b) => a.uncertainty - b.uncertainty);
  if (first === undefined || second === undefined || third === undefined) {
    return { value: Number.NaN, uncertainty: Number.POSITIVE_INFINITY, size };
  }
  const spread = Math.max(Math.abs(first.value - second.value), Math.abs(first.value - third.value));
  const uncertainty = Math.max(first.uncertainty, Number.isNaN(spread) ? Number.POSITIVE_INFINITY : spread);
  return { value: first.value, uncertainty: uncertainty + kink(rows, output, middle), size };
}

/**
 * How much the slopes on both sides differ, where the point itself is a kink: then no central difference is to be trusted.
 * A kink shows at every step; one nearby shows at large steps only, and rounding at small ones only.
 */
function kink(rows: readonly Row[], output: number, middle: number): number {
  const bends = rows.map(({ h, above, below }) => {
    return Math.abs((above[output] ?? Number.NaN) - 2 * middle + (below[output] ?? Number.NaN)) / h;
  });
  const half = rows.length >> 1;
  return Math.min(persisting(bends[half - 1], bends[half]), persisting(bends.at(-2), bends.at(-1)));
}

/** A bend that does not shrink with the step, as that of a smooth function does; else 0. */
function persisting(coarse = Number.NaN, fine = Number.NaN): number {
  return fine > 0.8 * coarse ? fine : 0;
}
