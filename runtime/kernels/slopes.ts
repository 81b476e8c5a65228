/**
 * The slopes of a batch's samples one by one, which losses add up: perturbing activities needs them. Whoever wants them asks for them before the
 * loss is run. A loss of several terms over the same samples is the sum of their slopes.
 */

let slopes = new Float32Array(0);
let wanted = false;
let reported = 0;

/**
 * Runs `f`, in which a loss may report the slopes of its samples. Returns them, valid until the next call; of length 0 when none came, or when terms
 * had different numbers of samples.
 */
export function slopesDuring(f: () => void): Float32Array {
  wanted = true;
  reported = 0;
  try {
    f();
  } finally {
    wanted = false;
  }
  if (reported < 0) reported = 0;
  if (slopes.length !== reported) slopes = slopes.slice(0, reported);
  return slopes;
}

/** Called by a loss, sample by sample in order: its slope is the sum over samples, and that of sample i of `batch` is `slope`. */
export function reportSlope(i: number, batch: number, slope: number): void {
  if (!wanted) return;
  if (reported === 0) {
    if (slopes.length < batch) slopes = new Float32Array(batch);
    slopes.fill(0);
    reported = batch;
  }
  if (reported === batch) slopes[i] = (slopes[i] as number) + slope;
  else reported = -1;
}

/** Runs a loss along several directions: which of them a slope belongs to could not be told, so none is reported. */
export function withoutSlopes<T>(f: () => T): T {
  const before = wanted;
  wanted = false;
  try {
    return f();
  } finally {
    wanted = before;
  }
}
