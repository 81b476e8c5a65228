import {
  type ActivityOptions,
  activity,
  adam,
  basis,
  fgd,
  forwardGradient,
  momentum,
  plain,
  rankOne,
} from "fgrad/optimizer";
import { beforeAll, describe, expect, test } from "vitest";
import {
  biasRelu,
  conv2d,
  conv2dRelu_jvp,
  floats,
  linear,
  linear_jvp,
  linearRelu,
  linearRelu_jvp,
  matrix,
  sampleMean,
  sampleMean_jvp,
  scope,
  softmaxCrossEntropy,
  softmaxCrossEntropy_jvp,
  square,
  square_jvp,
  sum,
  sum_jvp,
  useEngine,
} from "../../../runtime/kernels/index.ts";
import { fillNormal } from "../../../runtime/random/index.ts";
import { ENGINES } from "../../kernels/engines.ts";
import { compiled } from "../handmade.ts";

interface Layer {
  readonly weights: Float32Array;
  readonly biases: Float32Array;
}
interface Net {
  readonly first: Layer;
  readonly last: Layer;
}

const BATCH = 5;
const [INPUTS, HIDDEN, CLASSES] = [4, 6, 3];
const labels = Uint8Array.of(0, 2, 1, 1, 0);

/** Two layers, as the compiler differentiates them. */
const loss = compiled(
  ({ first, last }: Net, x: Float32Array): number => {
    const h = floats(BATCH * HIDDEN);
    const z = floats(BATCH * CLASSES);
    linearRelu(x, first.weights, first.biases, h, BATCH, INPUTS, HIDDEN);
    linear(h, last.weights, last.biases, z, BATCH, HIDDEN, CLASSES);
    return softmaxCrossEntropy(z, labels, BATCH, CLASSES);
  },
  {
    active: [true, false],
    jvp: ({ first, last }: Net, { first: first_t, last: last_t }: Net, x: Float32Array) => {
      const [h, h_t] = [floats(BATCH * HIDDEN), floats(BATCH * HIDDEN)];
      const [z, z_t] = [floats(BATCH * CLASSES), floats(BATCH * CLASSES)];
      linearRelu_jvp(
        x,
        undefined,
        first.weights,
        first_t.weights,
        first.biases,
        first_t.biases,
        h,
        h_t,
        BATCH,
        INPUTS,
        HIDDEN,
      );
      linear_jvp(h, h_t, last.weights, last_t.weights, last.biases, last_t.biases, z, z_t, BATCH, HIDDEN, CLASSES);
      return softmaxCrossEntropy_jvp(z, z_t, labels, BATCH, CLASSES);
    },
  },
);

/** A single layer. */
const regression = compiled(
  ({ weights, biases }: Layer, x: Float32Array): number => {
    const z = floats(BATCH * CLASSES);
    linear(x, weights, biases, z, BATCH, INPUTS, CLASSES);
    return softmaxCrossEntropy(z, labels, BATCH, CLASSES);
  },
  {
    active: [true, false],
    jvp: ({ weights, biases }: Layer, { weights: weights_t, biases: biases_t }: Layer, x: Float32Array) => {
      const [z, z_t] = [floats(BATCH * CLASSES), floats(BATCH * CLASSES)];
      linear_jvp(x, undefined, weights, weights_t, biases, biases_t, z, z_t, BATCH, INPUTS, CLASSES);
      return softmaxCrossEntropy_jvp(z, z_t, labels, BATCH, CLASSES);
    },
  },
);

const SIDE = 3;
const CHANNELS = 2;
const shape = { batch: BATCH, height: SIDE, width: SIDE, inputs: 1, outputs: CHANNELS, size: 2, padding: 1 };
const PIXELS = 16;

/** A convolution, and a layer that reads all its pixels. */
const pictures = compiled(
  ({ first, last }: Net, x: Float32Array): number => {
    const h = floats(BATCH * PIXELS * CHANNELS);
    const z = floats(BATCH * CLASSES);
    conv2d(x, first.weights, h, shape);
    biasRelu(h, first.biases, h, BATCH * PIXELS, CHANNELS);
    linear(h, last.weights, last.biases, z, BATCH, PIXELS * CHANNELS, CLASSES);
    return softmaxCrossEntropy(z, labels, BATCH, CLASSES);
  },
  {
    active: [true, false],
    jvp: ({ first, last }: Net, { first: first_t, last: last_t }: Net, x: Float32Array) => {
      const [h, h_t] = [floats(BATCH * PIXELS * CHANNELS), floats(BATCH * PIXELS * CHANNELS)];
      const [z, z_t] = [floats(BATCH * CLASSES), floats(BATCH * CLASSES)];
      conv2dRelu_jvp(x, undefined, first.weights, first_t.weights, first.biases, first_t.biases, h, h_t, shape);
      const { weights, biases } = last;
      linear_jvp(h, h_t, weights, last_t.weights, biases, last_t.biases, z, z_t, BATCH, PIXELS * CHANNELS, CLASSES);
      return softmaxCrossEntropy_jvp(z, z_t, labels, BATCH, CLASSES);
    },
  },
);

let seed = 0;
const normal = (array: Float32Array, scale = 1): Float32Array => {
  fillNormal(array, ++seed, 0);
  for (let i = 0; i < array.length; i++) array[i] = scale * (array[i] as number);
  return array;
};
const layer = (inputs: number, outputs: number): Layer => ({
  weights: normal(matrix(inputs, outputs), 0.7),
  biases: normal(floats(outputs), 0.3),
});
const net = (): Net => ({ first: layer(INPUTS, HIDDEN), last: layer(HIDDEN, CLASSES) });
const numbers = (value: unknown): number[] =>
  value instanceof Float32Array ? [...value] : Object.values(value as object).flatMap(numbers);
const squared = (x: readonly number[]): number => x.reduce((t, v) => t + v * v, 0);

interface Found {
  readonly off: number;
  readonly moment: number;
  readonly exact: readonly number[];
}

/** How far the mean of many estimates is from the gradient, in its length, and their mean square in that of the gradient. */
function measure(
  f: typeof loss | typeof regression | typeof pictures,
  theta: never,
  x: Float32Array,
  options: ActivityOptions,
  runs = 3000,
): Found {
  const estimate = (directions: ReturnType<typeof activity>, step = 0) =>
    scope(() => numbers(forwardGradient(f, theta, { data: [x], directions, step }).gradient));
  const exact = estimate(basis());
  const mean = exact.map(() => 0);
  let moment = 0;
  for (let step = 0; step < runs; step++) {
    const g = estimate(activity(options), step);
    moment += squared(g) / squared(exact) / runs;
    for (const [i, v] of g.entries()) mean[i] = Number(mean[i]) + v / runs;
  }
  const off = Math.sqrt(squared(mean.map((v, i) => v - Number(exact[i]))) / squared(exact));
  // An unbiased mean is off by √((c − 1) / runs).
  expect(off).toBeLessThan(1.7 * Math.sqrt((moment - 1) / runs));
  return { off, moment, exact };
}

describe.each(ENGINES)("on $name", (options) => {
  beforeAll(() => {
    useEngine(options);
    seed = 0;
  });

  test("shared signs are unbiased, with a second moment of the number of outputs", () => {
    scope(() => {
      const { moment } = measure(regression, layer(INPUTS, CLASSES) as never, normal(floats(BATCH * INPUTS)), {
        seed: 1,
      });
      expect(moment / CLASSES).toBeGreaterThan(0.95);
      expect(moment / CLASSES).toBeLessThan(1.05);
    });
  });

  test("signs by sample are unbiased, with the second moment of theory", () => {
    scope(() => {
      const theta = layer(INPUTS, CLASSES);
      const x = normal(floats(BATCH * INPUTS));
      const { moment, exact } = measure(regression, theta as never, x, { seed: 1, independent: true });
      // 1 + (q − 1) Σ (‖xᵢ‖² + 1) ‖δᵢ‖² / ‖∇f‖², where δ = (p − y) / B, and 1 is the input of the biases.
      const z = floats(BATCH * CLASSES);
      linear(x, theta.weights, theta.biases, z, BATCH, INPUTS, CLASSES);
      let noise = 0;
      for (const [i, label] of labels.entries()) {
        const e = [...z.subarray(i * CLASSES, (i + 1) * CLASSES)].map(Math.exp);
        const all = e.reduce((t, v) => t + v, 0);
        const delta = e.map((v, j) => (v / all - (j === label ? 1 : 0)) / BATCH);
        noise += (squared([...x.subarray(i * INPUTS, (i + 1) * INPUTS)]) + 1) * squared(delta);
      }
      const theory = 1 + ((CLASSES - 1) * noise) / squared(exact);
      expect(moment / theory).toBeGreaterThan(0.96);
      expect(moment / theory).toBeLessThan(1.04);
    });
  });

  test("in deep nets masks take noise away, and all kinds stay unbiased", () => {
    scope(() => {
      const theta = net() as never;
      const x = normal(floats(BATCH * INPUTS));
      const scale = ({ path }: { path: string }) => (path === "first.weights" ? 1.5 : 0.5);
      const shared = measure(loss, theta, x, { seed: 2 }, 800);
      const sharedMasked = measure(loss, theta, x, { seed: 2, masked: true }, 800);
      const apart = measure(loss, theta, x, { seed: 2, independent: true, masked: false }, 800);
      const apartMasked = measure(loss, theta, x, { seed: 2, independent: true }, 800);
      expect(sharedMasked.moment).toBeLessThan(shared.moment);
      expect(apartMasked.moment).toBeLessThan(0.9 * apart.moment);
      measure(loss, theta, x, { seed: 2, scale }, 800);
      measure(loss, theta, x, { seed: 2, scale, independent: true }, 800);
    });
  });

  test("pixels of convolutions are moved each by itself, in images alike or apart", () => {
    scope(() => {
      const theta = { first: layer(4, CHANNELS), last: layer(PIXELS * CHANNELS, CLASSES) };
      const x = normal(floats(BATCH * SIDE * SIDE));
      for (const options of [{}, { masked: true }, { independent: true }, { independent: true, scale: () => 0.7 }]) {
        measure(pictures, theta as never, x, { seed: 3, ...options }, 600);
      }
      expect(forwardGradient(pictures, theta, { data: [x], directions: activity() }).value).toBe(pictures(theta, x));
      const options = { batch: () => [x] as [Float32Array], directions: activity({ independent: true, seed: 1 }) };
      const steps = [...fgd(pictures, theta, { ...options, steps: 200, learningRate: 0.05, optimizer: momentum() })];
      expect(steps.at(-1)?.value).toBeLessThan(0.3 * Number(steps[0]?.value));
    });
  });

  test("a layer of linear has the value and slopes of product and bias", () => {
    scope(() => {
      const theta = net();
      const x = normal(floats(BATCH * INPUTS));
      const exact = numbers(forwardGradient(loss, theta, { data: [x], directions: basis() }).gradient);
      const { value, slope, gradient } = forwardGradient(loss, theta, { data: [x], directions: rankOne({ seed: 4 }) });
      expect(value).toBe(loss(theta, x));
      const v = numbers(gradient).map((g) => g / slope);
      expect(slope).toBeCloseTo(
        exact.reduce((t, g, i) => t + g * Number(v[i]), 0),
        4,
      );
    });
  });

  test("goes with optimizers that need every number, and clipping", () => {
    scope(() => {
      const theta = net();
      const x = normal(floats(BATCH * INPUTS));
      const directions = activity({ seed: 1, independent: true, samples: 2 });
      const options = {
        batch: () => [x] as [Float32Array],
        directions,
        optimizer: adam(),
        clip: { slope: 5, norm: 5 },
      };
      const steps = [...fgd(loss, theta, { ...options, steps: 300, learningRate: 0.01 })];
      expect(steps.at(-1)?.value).toBeLessThan(0.5 * Number(steps[0]?.value));
      const single = activity({ seed: 3 });
      const before = numbers(theta);
      const { slope, gradient } = scope(() => forwardGradient(loss, theta, { data: [x], directions: single }));
      fgd(loss, theta, {
        ...options,
        optimizer: plain(),
        steps: 1,
        learningRate: 1,
        directions: single,
        clip: { slope: 1e-3 },
      }).next();
      expect(Math.abs(slope)).toBeGreaterThan(1e-3);
      for (const [i, g] of numbers(gradient).entries()) {
        expect(numbers(theta)[i]).toBeCloseTo(Number(before[i]) - (g * 1e-3) / Math.abs(slope), 5);
      }
    });
  });
});

describe("losses of other kinds", () => {
  /** Σ over samples of squares, then `end`; the slope that it reports is to be that of the loss. */
  const squares = (
    end: (x: Float32Array) => number,
    end_t: (x: Float32Array, x_t: Float32Array) => readonly number[],
  ) =>
    compiled(
      (theta: Layer, x: Float32Array): number => {
        const y = new Float32Array(BATCH);
        linear(x, theta.weights, theta.biases, y, BATCH, INPUTS, 1);
        square(y, y);
        return end(y);
      },
      {
        active: [true, false],
        jvp: (theta: Layer, theta_t: Layer, x: Float32Array) => {
          const [y, y_t] = [new Float32Array(BATCH), new Float32Array(BATCH)];
          linear_jvp(
            x,
            undefined,
            theta.weights,
            theta_t.weights,
            theta.biases,
            theta_t.biases,
            y,
            y_t,
            BATCH,
            INPUTS,
            1,
          );
          square_jvp(y, y_t, y, y_t);
          return end_t(y, y_t) as [number, number];
        },
      },
    );
  const theta = () => layer(INPUTS, 1);
  const x = normal(new Float32Array(BATCH * INPUTS));
  const directions = activity({ independent: true });

  test("sampleMean tells the slopes of samples: one output has no noise", () => {
    const f = squares(sampleMean, sampleMean_jvp);
    const at = theta();
    const exact = numbers(forwardGradient(f, at, { data: [x], directions: basis() }).gradient);
    const found = numbers(forwardGradient(f, at, { data: [x], directions }).gradient);
    for (const [i, g] of exact.entries()) expect(found[i]).toBeCloseTo(g, 5);
  });

  test("two terms over the same samples are told together", () => {
    const twice = squares(
      (y) => sampleMean(y) + sampleMean(y),
      (y, y_t) => {
        const [a, a_t] = sampleMean_jvp(y, y_t);
        const [b, b_t] = sampleMean_jvp(y, y_t);
        return [a + b, a_t + b_t];
      },
    );
    const at = theta();
    const exact = numbers(forwardGradient(twice, at, { data: [x], directions: basis() }).gradient);
    const found = numbers(forwardGradient(twice, at, { data: [x], directions }).gradient);
    for (const [i, g] of exact.entries()) expect(found[i]).toBeCloseTo(g, 5);
  });

  test("a loss that does not tell slopes, or not its own, is refused", () => {
    const silent = squares(sum, sum_jvp);
    expect(() => forwardGradient(silent, theta(), { data: [x], directions })).toThrow(
      /5 samples.*0 samples.*sampleMean/s,
    );
    const scaled = squares(
      (y) => 3 * sampleMean(y),
      (y, y_t) => sampleMean_jvp(y, y_t).map((v) => 3 * v),
    );
    expect(() => forwardGradient(scaled, theta(), { data: [x], directions })).toThrow(
      /add up to.*the loss has the slope/s,
    );
    const uneven = squares(
      (y) => sampleMean(y) + sampleMean(y.subarray(1)),
      (y, y_t) => {
        const [a, a_t] = sampleMean_jvp(y, y_t);
        const [b, b_t] = sampleMean_jvp(y.subarray(1), y_t.subarray(1));
        return [a + b, a_t + b_t];
      },
    );
    expect(() => forwardGradient(uneven, theta(), { data: [x], directions })).toThrow(/0 samples/);
  });

  test("biases must be an array of their own", () => {
    const packed = compiled(
      (p: { weights: Float32Array; rest: Float32Array }, data: Float32Array): number => {
        const y = new Float32Array(BATCH);
        linear(data, p.weights, p.rest.subarray(1), y, BATCH, INPUTS, 1);
        return sampleMean(y);
      },
      {
        active: [true, false],
        jvp: (
          p: { weights: Float32Array; rest: Float32Array },
          p_t: { weights: Float32Array; rest: Float32Array },
          data: Float32Array,
        ) => {
          const [y, y_t] = [new Float32Array(BATCH), new Float32Array(BATCH)];
          const [b, b_t] = [p.rest.subarray(1), p_t.rest.subarray(1)];
          linear_jvp(data, undefined, p.weights, p_t.weights, b, b_t, y, y_t, BATCH, INPUTS, 1);
          return sampleMean_jvp(y, y_t);
        },
      },
    );
    const at = { weights: matrix(INPUTS, 1), rest: new Float32Array(2) };
    expect(() => forwardGradient(packed, at, { data: [x], directions })).toThrow(/array of their own/);
  });

  test("scales must be above 0, and lanes are refused", () => {
    const f = squares(sampleMean, sampleMean_jvp);
    const at = theta();
    expect(() => forwardGradient(f, at, { data: [x], directions: activity({ scale: () => 0 }) })).toThrow(/weights/);
    const laned = compiled((p: Layer): number => Number(p.biases[0]), {
      active: [true],
      lanes: 2,
      jvp: () => [0, 0, 0],
    });
    expect(() => forwardGradient(laned, at, { directions })).toThrow(/without lanes/);
  });
});
