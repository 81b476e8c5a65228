import { constant, exponentialDecay, fgd, forwardGradient, gaussian, rademacher, type Step } from "fgrad/optimizer";
import { describe, expect, expectTypeOf, test } from "vitest";
import { randomNormal, randomSign } from "../../../runtime/random/index.ts";
import { compiled, weighted } from "../handmade.ts";

/** (x − target)², the target being data. */
const parabola = compiled((x: number, target: number): number => (x - target) ** 2, {
  active: [true, false],
  jvp: (x: number, x_t: number, target: number) => [(x - target) ** 2, 2 * (x - target) * x_t],
});

const bowl = compiled((theta: Float64Array): number => theta.reduce((t, x, i) => t + (i + 1) * x * x, 0), {
  active: [true],
  jvp: (theta: Float64Array, theta_t: Float64Array) => [
    theta.reduce((t, x, i) => t + (i + 1) * x * x, 0),
    theta.reduce((t, x, i) => t + 2 * (i + 1) * x * Number(theta_t[i]), 0),
  ],
});

interface Model {
  readonly label: string;
  readonly layers: { weights: Float32Array; bias: number[] }[];
  temperature: number;
}

const energy = (m: Model): number =>
  m.layers.reduce((t, l) => t + l.weights.reduce((s, w) => s + w * w, 0) + l.bias.reduce((s, b) => s + b * b, 0), 0) +
  m.temperature ** 2;

const model = compiled((m: Model): number => energy(m), {
  active: [true],
  jvp: (m: Model, m_t: Model) => [
    energy(m),
    m.layers.reduce(
      (t, l, i) =>
        t +
        l.weights.reduce((s, w, j) => s + 2 * w * Number(m_t.layers[i]?.weights[j]), 0) +
        l.bias.reduce((s, b, j) => s + 2 * b * Number(m_t.layers[i]?.bias[j]), 0),
      0,
    ) +
      2 * m.temperature * m_t.temperature,
  ],
});

const freshModel = (): Model => ({
  label: "m",
  layers: [
    { weights: Float32Array.of(1, 2, 3), bias: [1, -1] },
    { weights: Float32Array.of(-2), bias: [] },
  ],
  temperature: 3,
});

describe("forwardGradient", () => {
  test("is (∇f·v) v of Definition 1", () => {
    const theta = Float64Array.of(1, -2, 3);
    const { value, slope, gradient } = forwardGradient(bowl, theta, { directions: gaussian({ seed: 4 }), step: 2 });
    const v = [0, 1, 2].map((i) => randomNormal(4, 2, i));
    const d = v.reduce((t, x, i) => t + 2 * (i + 1) * Number(theta[i]) * x, 0);
    expect(value).toBe(36);
    expect(slope).toBe(d);
    expect(gradient).toEqual(Float64Array.from(v, (x) => d * x));
    expect(theta).toEqual(Float64Array.of(1, -2, 3));
    expectTypeOf(gradient).toEqualTypeOf<Float64Array>();
  });

  test.each([
    ["gaussian", gaussian],
    ["rademacher", rademacher],
  ])("is unbiased with %s directions: its mean over many samples is the gradient", (_, make) => {
    const theta = Float64Array.of(1, -2, 3);
    const { gradient } = forwardGradient(bowl, theta, { directions: make({ seed: 1, samples: 40_000 }) });
    // The standard error of a component is at most |∇f| √(n + 1) / √K < 0.25.
    for (const [i, g] of [2, -8, 18].entries()) expect(Math.abs(Number(gradient[i]) - g)).toBeLessThan(0.6);
  });

  test("takes data after the parameters, and refuses a loss whose parameters are inactive", () => {
    expect(forwardGradient(parabola, 3, { data: [1], directions: rademacher({ seed: 1 }) }).gradient).toBe(4);
    const frozen = compiled((x: number): number => x, { active: [false], jvp: (x: number) => [x, undefined] });
    expect(() => forwardGradient(frozen, 1)).toThrow(/parameter 1.*inactive.*wrt/s);
    expect(() => forwardGradient((x: number) => x, 1)).toThrow(/was not compiled/);
    expect(() => forwardGradient(bowl, new Float64Array(0))).toThrow(/no number to train/);
  });
});

describe("fgd", () => {
  test("is Algorithm 1, step by step", () => {
    const theta = Float32Array.of(1, 2, 3);
    const reference = Float32Array.of(1, 2, 3);
    const steps = fgd(weighted, theta, {
      steps: 5,
      batch: (i) => [1 + i],
      learningRate: exponentialDecay(0.01, 0.1),
      directions: gaussian({ seed: 9 }),
    });
    let index = 0;
    for (const step of steps) {
      const v = Float32Array.from(reference, (_, i) => randomNormal(9, index, i));
      const value = reference.reduce((t, x, i) => t + (1 + index) * (i + 1) * x * x, 0);
      const d = reference.reduce((t, x, i) => t + (1 + index) * (i + 1) * 2 * x * Number(v[i]), 0);
      const eta = 0.01 * Math.exp(-0.1 * index);
      for (const [i, x] of reference.entries()) reference[i] = x - eta * d * Number(v[i]);
      expect(step.index).toBe(index);
      expect(step.value).toBe(value);
      expect(step.slope).toBe(d);
      expect(step.learningRate).toBe(eta);
      expect(step.theta).toBe(theta);
      expect(theta).toEqual(reference);
      index++;
    }
    expect(index).toBe(5);
  });

  test("averages K samples on one batch", () => {
    const theta = Float64Array.of(1, 2);
    const batches: number[] = [];
    const directions = rademacher({ seed: 2, samples: 3 });
    const { gradient, slope } = forwardGradient(bowl, theta, { directions, step: 1 });
    const [step] = fgd(bowl, theta, {
      start: 1,
      steps: 2,
      batch: (i) => {
        batches.push(i);
        return [];
      },
      learningRate: 0.1,
      directions,
    });
    expect(batches).toEqual([1]);
    expect(step?.slope).toBe(slope);
    expect(theta[0]).toBeCloseTo(1 - 0.1 * Number(gradient[0]), 14);
    const v = (k: number, i: number) => randomSign(2, 3 + k, i);
    const mean = [0, 1, 2].reduce((t, k) => t + ((2 * v(k, 0) + 8 * v(k, 1)) * v(k, 0)) / 3, 0);
    expect(gradient[0]).toBeCloseTo(mean, 14);
  });

  test("descends: a number, whose new value each step carries", () => {
    let last: Step<number> | undefined;
    for (const step of fgd(parabola, 5, { steps: 400, batch: () => [2], learningRate: constant(0.1) })) last = step;
    expect(last?.theta).toBeCloseTo(2, 6);
    expect(last?.value).toBeLessThan(1e-8);
  });

  test("descends in nested objects of arrays, in place, leaving all else alone", () => {
    const m = freshModel();
    const { weights } = m.layers[0] ?? {};
    for (const _ of fgd(model, m, { steps: 3000, learningRate: 0.02, directions: rademacher({ seed: 1 }) }));
    expect(energy(m)).toBeLessThan(1e-6);
    expect(m.layers[0]?.weights).toBe(weights);
    expect(m.label).toBe("m");
  });

  test("trains only what wrt names", () => {
    const part = compiled((m: { a: number; b: number }): number => m.a ** 2 + m.b ** 2, {
      active: [true],
      paths: { 0: ["b"] },
      jvp: (m: { a: number; b: number }, m_t: { b: number }) => [m.a ** 2 + m.b ** 2, 2 * m.b * m_t.b],
    });
    const m = { a: 1, b: 1 };
    for (const _ of fgd(part, m, { steps: 200, learningRate: 0.1 }));
    expect(m.a).toBe(1);
    expect(Math.abs(m.b)).toBeLessThan(1e-3);
  });

  test("is deterministic, and resumes with the directions and rates of an undisturbed run", () => {
    const options = { learningRate: exponentialDecay(0.02, 0.01), directions: gaussian({ seed: 6, samples: 2 }) };
    const whole = freshModel();
    const again = freshModel();
    for (const _ of fgd(model, whole, { ...options, steps: 40 }));
    for (const _ of fgd(model, again, { ...options, steps: 17 }));
    for (const _ of fgd(model, again, { ...options, start: 17, steps: 40 }));
    expect(again).toEqual(whole);
    const other = freshModel();
    for (const _ of fgd(model, other, { ...options, directions: gaussian({ seed: 7 }), steps: 40 }));
    expect(other).not.toEqual(whole);
  });

  test("is lazy, endless without steps, and ended by break", () => {
    const theta = Float64Array.of(1);
    const steps = fgd(bowl, theta, { learningRate: 0.1 });
    expect(theta[0]).toBe(1);
    let count = 0;
    for (const step of steps) if (step.index === 9) break;
    for (const _ of steps) count++;
    expect(count).toBe(0);
    expect([...fgd(bowl, theta, { steps: 0, learningRate: 0.1 })]).toEqual([]);
  });

  test("ends with the signal's reason between two steps, parameters being those of the last", () => {
    const controller = new AbortController();
    const theta = Float64Array.of(1, 1);
    const seen: number[] = [];
    let after = theta.slice();
    const run = () => {
      const options = {
        learningRate: 0.01,
        signal: controller.signal,
        onStep: (s: { index: number }) => seen.push(s.index),
      };
      for (const step of fgd(bowl, theta, options)) {
        after = theta.slice();
        if (step.index === 3) controller.abort(new Error("enough"));
      }
    };
    expect(run).toThrow("enough");
    expect(seen).toEqual([0, 1, 2, 3]);
    expect(theta).toEqual(after);
  });

  test("stops at a loss that is not finite, before it spoils the parameters", () => {
    const theta = Float64Array.of(1, 1);
    let before = theta.slice();
    const run = () => {
      for (const step of fgd(bowl, theta, { learningRate: 1e200 })) if (step.index >= 0) before = theta.slice();
    };
    expect(run).toThrow(
      /the (loss|slope) is (NaN|-?Infinity).* at step 1, learning rate 1e\+200.*as before this step.*smaller learning rate/,
    );
    expect(theta).toEqual(before);
    const bad = compiled((_x: number): number => Number.NaN, { active: [true], jvp: () => [Number.NaN, 0] });
    const first = () => [...fgd(bad, 1, { steps: 1, learningRate: 1 })];
    expect(first).toThrow(/loss is NaN at step 0.*Check the data/);
    expect(first).toThrow(expect.objectContaining({ name: "NonFiniteLossError" }));
  });

  test("refuses options that make no sense, at once", () => {
    const theta = Float64Array.of(1);
    expect(() => fgd(bowl, theta, { learningRate: -1 })).toThrow(/learning rate.*-1/);
    expect(() => fgd(bowl, theta, { learningRate: Number.NaN })).toThrow(RangeError);
    expect(() => fgd(bowl, theta, { learningRate: 1, steps: 1.5 })).toThrow(/steps/);
    expect(() => fgd(bowl, theta, { learningRate: 1, start: -1 })).toThrow(/start/);
    expect(() => gaussian({ samples: 0 })).toThrow(/samples/);
    expect(() => rademacher({ seed: 0.5 })).toThrow(/seed/);
    expect(() => exponentialDecay(1, -1)).toThrow(/decay/);
    expect(() => constant(Number.POSITIVE_INFINITY)).toThrow(/rate/);
    expect(() => [...fgd(bowl, theta, { learningRate: () => Number.NaN })]).toThrow(/learning rate/);
  });

  test("is typed by its loss", () => {
    expectTypeOf(fgd<typeof parabola>)
      .parameter(1)
      .toEqualTypeOf<number>();
    type Options = Parameters<typeof fgd<typeof parabola>>[2];
    expectTypeOf<ReturnType<Options["batch"]>>().toEqualTypeOf<[target: number]>();
    expectTypeOf<{ learningRate: number }>().not.toExtend<Options>();
    expectTypeOf<{ learningRate: number }>().toExtend<Parameters<typeof fgd<typeof bowl>>[2]>();
  });
});
