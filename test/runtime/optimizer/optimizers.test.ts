import {
  adam,
  constant,
  cosineDecay,
  type Directions,
  exponentialDecay,
  fgd,
  forwardGradient,
  gaussian,
  momentum,
  nesterov,
  type Optimizer,
  plain,
  rademacher,
  rankOne,
  warmUp,
} from "fgrad/optimizer";
import { describe, expect, test } from "vitest";
import { matmul, matmul_jvp, matrix, square, square_jvp, sum, sum_jvp } from "../../../runtime/kernels/index.ts";
import { compiled } from "../handmade.ts";

interface Model {
  readonly layer: { readonly weights: Float32Array; readonly biases: number[] };
  scale: number;
}

const inputs = Float32Array.of(1, 2, -1, 0.5, 0.25, 3);

/** Σ (X W)² + 3 Σ biases² + scale²: all kinds of parameters, the matrix read by kernels alone. */
const loss = compiled(
  (m: Model): number => {
    const y = new Float32Array(4);
    matmul(inputs, m.layer.weights, y, 2, 3, 2);
    square(y, y);
    return sum(y) + m.layer.biases.reduce((t, b) => t + 3 * b * b, 0) + m.scale ** 2;
  },
  {
    active: [true],
    jvp: (m: Model, m_t: Model) => {
      const y = new Float32Array(4);
      const y_t = new Float32Array(4);
      matmul_jvp(inputs, undefined, m.layer.weights, m_t.layer.weights, y, y_t, 2, 3, 2);
      square_jvp(y, y_t, y, y_t);
      const [total, total_t] = sum_jvp(y, y_t);
      const { biases } = m.layer;
      return [
        total + biases.reduce((t, b) => t + 3 * b * b, 0) + m.scale ** 2,
        total_t + biases.reduce((t, b, i) => t + 6 * b * Number(m_t.layer.biases[i]), 0) + 2 * m.scale * m_t.scale,
      ];
    },
  },
);

function fresh(): Model {
  const weights = matrix(3, 2);
  weights.set([0.5, -1, 0.25, 2, -0.75, 1]);
  return { layer: { weights, biases: [1, -2] }, scale: 1.5 };
}

const numbers = (m: Model): number[] => [...m.layer.weights, ...m.layer.biases, m.scale];
const setNumbers = (m: Model, x: readonly number[]): void => {
  m.layer.weights.set(x.slice(0, 6));
  m.layer.biases.splice(0, 2, ...x.slice(6, 8));
  m.scale = Number(x[8]);
};

type Rule = (theta: number, g: number, state: number[], eta: number, t: number) => number;

/** The textbook's rule for one number, which changes its state. */
const rules: readonly (readonly [string, Optimizer, Rule])[] = [
  ["plain", plain(), (x, g, _, eta) => x - eta * g],
  ["plain with decay", plain({ weightDecay: 0.5 }), (x, g, _, eta) => x - eta * 0.5 * x - eta * g],
  [
    "momentum",
    momentum({ momentum: 0.8, weightDecay: 0.1 }),
    (x, g, s, eta) => {
      s[0] = 0.8 * (s[0] ?? 0) + g;
      return x - eta * 0.1 * x - eta * s[0];
    },
  ],
  [
    "nesterov",
    nesterov({ momentum: 0.8 }),
    (x, g, s, eta) => {
      s[0] = 0.8 * (s[0] ?? 0) + g;
      return x - eta * (g + 0.8 * s[0]);
    },
  ],
  [
    "adam",
    adam({ beta1: 0.7, beta2: 0.9, epsilon: 1e-3, weightDecay: 0.2 }),
    (x, g, s, eta, t) => {
      s[0] = 0.7 * (s[0] ?? 0) + 0.3 * g;
      s[1] = 0.9 * (s[1] ?? 0) + 0.1 * g * g;
      const m = s[0] / (1 - 0.7 ** t);
      const v = s[1] / (1 - 0.9 ** t);
      return x - eta * 0.2 * x - (eta * m) / (Math.sqrt(v) + 1e-3);
    },
  ],
];

const sources: readonly (readonly [string, Directions])[] = [
  ["stored directions", gaussian({ seed: 3 })],
  ["directions never stored", rademacher({ seed: 3, stored: false })],
  ["rank-one directions", rankOne({ seed: 3 })],
  ["averaged rank-one directions", rankOne({ seed: 3, samples: 3 })],
];

describe.each(rules)("%s", (_, optimizer, rule) => {
  test.each(sources)("follows its formula along %s", (_, directions) => {
    const theta = fresh();
    const reference = fresh();
    const state = numbers(reference).map((): number[] => []);
    const learningRate = exponentialDecay(0.02, 0.1);
    for (const { index } of fgd(loss, theta, { steps: 6, learningRate, directions, optimizer })) {
      const { gradient } = forwardGradient(loss, reference, { directions, step: index });
      const g = numbers(gradient);
      const next = numbers(reference).map((x, i) =>
        rule(x, Number(g[i]), state[i] as number[], learningRate(index), index + 1),
      );
      setNumbers(reference, next);
      for (const [i, x] of numbers(theta).entries()) expect(x).toBeCloseTo(Number(next[i]), 4);
      // Both go on from the same numbers, so that rounding does not add up.
      setNumbers(reference, numbers(theta));
    }
  });

  test("descends", () => {
    const theta = fresh();
    const before = loss(theta);
    for (const _ of fgd(loss, theta, { steps: 300, learningRate: 0.005, optimizer, directions: rademacher() }));
    expect(loss(theta)).toBeLessThan(before / 2);
  });
});

describe("groups of parameters", () => {
  test("have their own rates and optimizers", () => {
    const theta = fresh();
    const directions = gaussian({ seed: 1 });
    const before = numbers(theta);
    const { gradient } = forwardGradient(loss, theta, { directions });
    const g = numbers(gradient);
    const groups = [
      { paths: ["layer.weights"], learningRate: 0.001 },
      { paths: ["layer"], optimizer: adam({ epsilon: 1e-12 }) },
    ];
    fgd(loss, theta, { steps: 1, learningRate: 0.01, directions, groups }).next();
    const rate = (i: number) =>
      i < 6 ? 0.001 * Number(g[i]) : i < 8 ? 0.01 * Math.sign(Number(g[i])) : 0.01 * Number(g[i]);
    for (const [i, x] of numbers(theta).entries()) expect(x).toBeCloseTo(Number(before[i]) - rate(i), 5);
  });

  test("may be frozen by a rate of 0", () => {
    const theta = fresh();
    const before = theta.layer.weights.slice();
    const groups = [{ paths: ["layer.weights"], learningRate: 0 }];
    for (const _ of fgd(loss, theta, { steps: 20, learningRate: 0.01, groups, optimizer: momentum() }));
    expect(theta.layer.weights).toEqual(before);
    expect(theta.scale).not.toBe(1.5);
  });

  test("must name parameters", () => {
    const run = (path: string) => fgd(loss, fresh(), { learningRate: 1, groups: [{ paths: [path] }] });
    expect(() => run("layer.wieghts")).toThrow(/no parameter is at layer.wieghts.*layer.weights, layer.biases, scale/);
    expect(() => run("lay")).toThrow(RangeError);
    expect(() => run("layer.biases")).not.toThrow();
  });
});

describe("clipping", () => {
  const directions = rankOne({ seed: 2 });

  test("keeps slopes within limits", () => {
    const theta = fresh();
    const before = numbers(theta);
    const { gradient, slope } = forwardGradient(loss, theta, { directions });
    expect(Math.abs(slope)).toBeGreaterThan(1);
    const [step] = fgd(loss, theta, { steps: 1, learningRate: 0.01, directions, clip: { slope: 0.5 } });
    expect(step?.slope).toBe(slope);
    for (const [i, g] of numbers(gradient).entries()) {
      expect(numbers(theta)[i]).toBeCloseTo(Number(before[i]) - (0.01 * g * 0.5) / Math.abs(slope), 6);
    }
  });

  test("shortens estimates that are too long, and no other", () => {
    const moved = (norm: number, optimizer: Optimizer) => {
      const theta = fresh();
      const before = numbers(theta);
      fgd(loss, theta, { steps: 1, learningRate: 0.01, directions, clip: { norm }, optimizer }).next();
      return Math.hypot(...numbers(theta).map((x, i) => x - Number(before[i])));
    };
    const whole = Math.hypot(...numbers(forwardGradient(loss, fresh(), { directions }).gradient));
    for (const optimizer of [plain(), momentum()]) {
      expect(moved(0.125, optimizer)).toBeCloseTo(0.00125, 6);
      expect(moved(1e6, optimizer)).toBeCloseTo(0.01 * whole, 4);
    }
  });

  test("refuses limits that make no sense", () => {
    expect(() => fgd(loss, fresh(), { learningRate: 1, clip: { slope: 0 } })).toThrow(/clip.slope.*above 0/);
    expect(() => fgd(loss, fresh(), { learningRate: 1, clip: { norm: Number.NaN } })).toThrow(/clip.norm/);
  });
});

describe("schedules", () => {
  test("follow their formulas", () => {
    const cosine = cosineDecay(1, 10, 0.2);
    expect([0, 5, 10, 99].map(cosine).map((x) => x.toFixed(12))).toEqual([
      "1.000000000000",
      "0.600000000000",
      "0.200000000000",
      "0.200000000000",
    ]);
    const rising = warmUp(4, exponentialDecay(0.8, Math.LN2));
    expect([0, 1, 2, 3, 4, 5].map(rising).map((x) => Number(x.toFixed(12)))).toEqual([0.2, 0.4, 0.6, 0.8, 0.8, 0.4]);
    expect(warmUp(2, 1)(0)).toBe(0.5);
    expect(warmUp(2, constant(3))(7)).toBe(3);
  });

  test("refuse what makes no sense", () => {
    expect(() => cosineDecay(1, 0)).toThrow(/steps/);
    expect(() => cosineDecay(-1, 5)).toThrow(/rate/);
    expect(() => warmUp(1.5, 1)).toThrow(/warm-up/);
    expect(() => momentum({ momentum: 1 })).toThrow(/momentum/);
    expect(() => nesterov({ weightDecay: -1 })).toThrow(/weight decay/);
    expect(() => adam({ beta2: -0.1 })).toThrow(/beta2/);
    expect(() => adam({ epsilon: 0 })).toThrow(/epsilon/);
    expect(() => plain({ weightDecay: Number.NaN })).toThrow(RangeError);
  });
});
