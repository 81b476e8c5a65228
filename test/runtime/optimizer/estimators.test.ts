import {
  basis,
  type Directions,
  fgd,
  forwardGradient,
  gaussian,
  guided,
  orthogonal,
  projected,
  rademacher,
  sphere,
} from "fgrad/optimizer";
import { describe, expect, test } from "vitest";
import { compiled } from "../handmade.ts";

interface Parameters {
  readonly a: Float64Array;
  readonly b: { c: number; readonly d: number[] };
}

const N = 12;
const slopes = [3, -1, 0.5, 2, -0.25, 1, 1.5, -2, 4, 0.125, -1.75, 1];
const total = slopes.reduce((t, g) => t + g * g, 0);
const numbers = ({ a, b }: Parameters): number[] => [...a, b.c, ...b.d];
const along = (p: Parameters): number => numbers(p).reduce((t, x, i) => t + x * Number(slopes[i]), 0);
const from = (x: readonly number[]): Parameters => ({
  a: Float64Array.from(x.slice(0, 8)),
  b: { c: Number(x[8]), d: x.slice(9) },
});

/** A plane in twelve dimensions: every estimate depends on the gradient alone. */
const plane = compiled((p: Parameters): number => along(p), {
  active: [true],
  jvp: (p: Parameters, p_t: Parameters) => [along(p), along(p_t)],
});
const at = from(slopes.map(() => 1));

/** What many estimates are like, next to the gradient. */
function measure(directions: Directions, runs: number) {
  const mean = new Float64Array(N);
  let moment = 0;
  let cos = 0;
  let cosSquared = 0;
  for (let step = 0; step < runs; step++) {
    const g = numbers(forwardGradient(plane, at, { directions, step }).gradient as Parameters);
    const length = g.reduce((t, x) => t + x * x, 0);
    const product = g.reduce((t, x, i) => t + x * Number(slopes[i]), 0);
    moment += length / total / runs;
    cos += Math.abs(product) / Math.sqrt(length * total) / runs;
    cosSquared += product ** 2 / (length * total) / runs;
    for (let i = 0; i < N; i++) mean[i] = Number(mean[i]) + Number(g[i]) / runs;
  }
  /** ‖E g − share ∇f‖ / ‖∇f‖. */
  const off = (share: number): number =>
    Math.sqrt(mean.reduce((t, x, i) => t + (x - share * Number(slopes[i])) ** 2, 0) / total);
  return { moment, cos, cosSquared, off };
}

/** Relative standard errors are about √(2 / RUNS) = 2 % where estimates scatter as a square of normal numbers does; three of them are allowed. */
const RUNS = 4000;
const LOW = 0.93;
const HIGH = 1.07;

describe.each([
  ["gaussian", gaussian({ seed: 1 }), N + 2],
  ["gaussian, 4 averaged", gaussian({ seed: 1, samples: 4 }), (N + 4 + 1) / 4],
  ["rademacher", rademacher({ seed: 1 }), N],
  ["rademacher, 4 averaged", rademacher({ seed: 1, samples: 4 }), (N + 4 - 1) / 4],
  ["sphere", sphere({ seed: 1 }), N],
  ["sphere, 4 averaged", sphere({ seed: 1, samples: 4 }), (N + 4 - 1) / 4],
  ["orthogonal, 4 together", orthogonal({ seed: 1, samples: 4 }), N / 4],
  ["orthogonal, all together", orthogonal({ seed: 1, samples: N }), 1],
  ["basis", basis(), 1],
  [
    "guided by half of the gradient, 2 beside",
    guided({ guesses: [() => from(slopes.map((g, i) => (i < 8 ? g : 0)))], samples: 2, seed: 1 }),
    // ‖P∇f‖² + (n − G + K + 1) / K of the rest.
    (() => {
      const known = slopes.slice(0, 8).reduce((t, g) => t + g * g, 0) / total;
      return known + ((N - 1 + 3) / 2) * (1 - known);
    })(),
  ],
] as const)("%s", (_, directions, moment) => {
  test("is unbiased, with the second moment of theory", () => {
    const runs = moment === 1 ? 40 : RUNS;
    const found = measure(directions, runs);
    expect(found.moment / moment).toBeGreaterThan(LOW);
    expect(found.moment / moment).toBeLessThan(HIGH);
    // The standard error of the mean is √((c − 1) / runs) of the gradient's length.
    expect(found.off(1)).toBeLessThan(1.6 * Math.sqrt((moment - 1) / runs) + 1e-12);
  });
});

test("one direction makes an angle with the gradient of E|cos| ≈ √(2/πn), E cos² = 1/n", () => {
  for (const directions of [gaussian({ seed: 2 }), sphere({ seed: 2 })]) {
    const { cos, cosSquared } = measure(directions, RUNS);
    // In n dimensions E|cos| = Γ(n/2) / (√π Γ((n + 1)/2)), which for 12 is 2 % above its limit.
    expect(cos / Math.sqrt(2 / (Math.PI * N))).toBeGreaterThan(0.98);
    expect(cos / Math.sqrt(2 / (Math.PI * N))).toBeLessThan(1.06);
    expect(cosSquared * N).toBeGreaterThan(LOW);
    expect(cosSquared * N).toBeLessThan(HIGH);
  }
});

describe("projected", () => {
  test.each([1, 3, 11])("on %d directions is K/n of the gradient, in mean, in length, and in cos²", (samples) => {
    const found = measure(projected({ seed: 1, samples }), RUNS / 2);
    const share = samples / N;
    for (const ratio of [found.moment / share, found.cosSquared / share]) {
      expect(ratio).toBeGreaterThan(LOW);
      expect(ratio).toBeLessThan(HIGH);
    }
    expect(found.off(share)).toBeLessThan(1.6 * Math.sqrt(share / (RUNS / 2)));
  });

  test("is the gradient where directions span everything, also when there are more than needed", () => {
    for (const samples of [N, N + 5]) {
      const { gradient } = forwardGradient(plane, at, { directions: projected({ samples, seed: 4 }) });
      for (const [i, g] of numbers(gradient as Parameters).entries()) expect(g).toBeCloseTo(Number(slopes[i]), 8);
    }
  });

  test("is a projection: what it leaves out is at right angles", () => {
    const { gradient } = forwardGradient(plane, at, { directions: projected({ samples: 5, seed: 1 }) });
    const g = numbers(gradient as Parameters);
    const length = g.reduce((t, x) => t + x * x, 0);
    expect(g.reduce((t, x, i) => t + x * Number(slopes[i]), 0)).toBeCloseTo(length, 8);
  });
});

describe("basis", () => {
  test("makes the exact gradient, and its length the slope", () => {
    const { gradient, slope, value } = forwardGradient(plane, at, { directions: basis() });
    expect(numbers(gradient as Parameters)).toEqual(slopes);
    expect(slope).toBeCloseTo(Math.sqrt(total), 12);
    expect(value).toBe(along(at));
    const theta = from(slopes);
    fgd(plane, theta, { steps: 1, learningRate: 0.5, directions: basis() }).next();
    expect(numbers(theta)).toEqual(slopes.map((x) => x / 2));
  });
});

describe("guided", () => {
  test("by the gradient is the gradient, whatever the guess's length and company", () => {
    const exact = () => from(slopes.map((g) => 1e-3 * g));
    const wrong = () => from(slopes.map((_, i) => (i === 3 ? 7 : 0)));
    const nothing = () => from(slopes.map(() => 0));
    for (const guesses of [[exact], [wrong, exact], [exact, wrong, exact], [nothing, exact]]) {
      const { gradient } = forwardGradient(plane, at, { directions: guided({ guesses }) });
      for (const [i, g] of numbers(gradient as Parameters).entries()) expect(g).toBeCloseTo(Number(slopes[i]), 10);
    }
  });

  test("tells guesses what the loss is given, and refuses those of another shape", () => {
    const line = compiled((x: Float64Array, y: number): number => Number(x[0]) * y, {
      active: [true, false],
      jvp: (x: Float64Array, x_t: Float64Array, y: number) => [Number(x[0]) * y, Number(x_t[0]) * y],
    });
    const seen: unknown[] = [];
    const guess = (theta: Float64Array, [y]: [number], step: number) => {
      seen.push([theta[0], y, step]);
      return Float64Array.of(1);
    };
    const theta = Float64Array.of(5);
    const directions = guided({ guesses: [guess] });
    fgd(line, theta, { start: 7, steps: 8, batch: () => [3], learningRate: 1, directions }).next();
    expect(seen).toEqual([[5, 3, 7]]);
    expect(theta[0]).toBeCloseTo(2, 12);
    const short = guided({ guesses: [() => new Float64Array(2)] });
    expect(() => forwardGradient(line, theta, { data: [1], directions: short })).toThrow(/shape/);
  });

  test("by earlier estimates finds more of the gradient from step to step", () => {
    const theta = from(slopes.map(() => 1));
    const found: number[] = [];
    const directions = guided({ memory: 0.9, samples: 1, seed: 5 });
    for (const { value } of fgd(plane, theta, { steps: 200, learningRate: 1e-3, directions })) found.push(value);
    const slowest = Number(found[0]) - Number(found[100]);
    // As far as the gradient itself goes, but for the noise of one direction beside it.
    expect(slowest).toBeGreaterThan(0.8 * 100 * 1e-3 * total);
    const pure = measure(guided({ memory: 0.9 }), 1);
    expect(pure.moment).toBe(0);
  });
});

test("directions refuse settings that make no sense", () => {
  expect(() => sphere({ samples: 0 })).toThrow(/samples/);
  expect(() => guided({})).toThrow(/guesses/);
  expect(() => guided({ memory: 1 })).toThrow(/memory/);
  expect(() => forwardGradient(plane, at, { directions: orthogonal({ samples: N + 1 }) })).toThrow(/13 orthogonal/);
});
