/**
 * Measures variants of one computation against each other, in one process and one run.
 *
 * What makes the numbers comparable: variants take turns, in an order that rotates, so that a machine that slows down slows all
 * of them; each variant is a module of its own with a loop of its own, so that V8 shares neither type feedback nor
 * inlining decisions between them; inputs vary from call to call; every result goes into a sum that is compared.
 */

/** One way to compute something. */
export interface Variant {
  readonly name: string;
  /** Calls the function `calls` times on varying inputs, and returns the sum of all that it returned. */
  readonly run: (calls: number) => number;
  /** By how much its sum may differ from that of the variants measured with it, relatively; Infinity: it computes something else. */
  readonly tolerance: number;
}

/** What was measured of a variant, in nanoseconds a call. */
export interface Measurement {
  readonly name: string;
  readonly median: number;
  readonly fastest: number;
  /** Half the distance between the quartiles, as a share of the median. */
  readonly spread: number;
  /** How many times as long as the reference it takes: the median over rounds of the ratio in that round. */
  readonly ratio: number;
}

export interface BenchOptions {
  /** Time to spend on one variant, in seconds. */
  readonly seconds: number;
  /** The variant that the others are compared with. */
  readonly reference: string;
}

/** Short enough that most samples run without another process coming between. */
const SAMPLE_MILLISECONDS = 1;
const WARM_UP_MILLISECONDS = 300;

/**
 * Warms up, checks that the variants agree, and measures.
 * @throws Error when a variant's sum differs from the first one's by more than both tolerate
 */
export function measure(variants: readonly Variant[], { seconds, reference }: BenchOptions): Measurement[] {
  requireAgreement(variants);
  const prepared = variants.map((variant) => ({ variant, calls: calibrate(variant.run), samples: [] as number[] }));
  const rounds = Math.max(5, Math.round((1000 * seconds) / SAMPLE_MILLISECONDS));
  for (let round = 0; round < rounds; round++) {
    for (let turn = 0; turn < prepared.length; turn++) {
      const chosen = prepared[(round + turn) % prepared.length];
      chosen?.samples.push(time(chosen.variant.run, chosen.calls));
    }
  }
  const unit = prepared.find(({ variant }) => variant.name === reference)?.samples;
  if (unit === undefined) throw new Error(`There is no variant ${reference} to compare with.`);
  return prepared.map(({ variant, samples }) => {
    const median = quantile(samples, 0.5);
    const spread = (quantile(samples, 0.75) - quantile(samples, 0.25)) / (2 * median);
    const ratios = samples.map((sample, round) => sample / (unit[round] ?? Number.NaN));
    return { name: variant.name, median, fastest: quantile(samples, 0), spread, ratio: quantile(ratios, 0.5) };
  });
}

/** A table of measurements for people: on a busy machine the fastest samples say more than the medians. */
export function report(title: string, measurements: readonly Measurement[], reference: string): string {
  const width = Math.max(title.length, ...measurements.map(({ name }) => name.length));
  const row = (name: string, ...cells: string[]) =>
    `  ${name.padEnd(width)}${cells.map((cell) => cell.padStart(13)).join("")}`;
  const lines = measurements.map(({ name, median, fastest, spread, ratio }) =>
    row(name, nanoseconds(median), `± ${(100 * spread).toFixed(0)} %`, nanoseconds(fastest), `${ratio.toFixed(2)} ×`),
  );
  return [row(title, "median", "spread", "fastest", `× ${reference}`), ...lines].join("\n");
}

/** Calls until the optimising compiler has settled, and tells how many calls fill one sample. */
function calibrate(run: (calls: number) => number): number {
  let calls = 1;
  const end = performance.now() + WARM_UP_MILLISECONDS;
  let each = 0;
  while (performance.now() < end) {
    const taken = time(run, calls);
    each = taken;
    calls = Math.max(1, Math.min(4 * calls, Math.round((1e6 * SAMPLE_MILLISECONDS) / Math.max(taken, 1e-3))));
  }
  return Math.max(1, Math.round((1e6 * SAMPLE_MILLISECONDS) / each));
}

/** Nanoseconds a call. */
function time(run: (calls: number) => number, calls: number): number {
  const before = performance.now();
  const sum = run(calls);
  const after = performance.now();
  if (Number.isNaN(sum)) throw new Error("A measured function returned NaN.");
  return (1e6 * (after - before)) / calls;
}

function requireAgreement(variants: readonly Variant[]): void {
  const calls = 100;
  const [first, ...others] = variants.filter(({ tolerance }) => Number.isFinite(tolerance));
  if (first === undefined) return;
  const expected = first.run(calls);
  for (const { name, run, tolerance } of others) {
    const sum = run(calls);
    const difference = Math.abs(sum - expected) / Math.abs(expected);
    if (difference <= Math.max(tolerance, first.tolerance)) continue;
    throw new Error(`${name} comes to ${sum}, ${first.name} to ${expected}: they do not compute the same.`);
  }
}

function quantile(samples: readonly number[], share: number): number {
  const sorted = samples.toSorted((a, b) => a - b);
  const place = share * (sorted.length - 1);
  const low = sorted[Math.floor(place)] ?? Number.NaN;
  const high = sorted[Math.ceil(place)] ?? Number.NaN;
  return low + (place - Math.floor(place)) * (high - low);
}

function nanoseconds(value: number): string {
  if (value < 1000) return `${value.toFixed(1)} ns`;
  return value < 1e6 ? `${(value / 1e3).toFixed(2)} µs` : `${(value / 1e6).toFixed(2)} ms`;
}
