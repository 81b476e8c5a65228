/** Losses compiled with second derivatives, and with several directions a run. */

import { hessian } from "fgrad";
import {
  basis,
  fgd,
  forwardGradient,
  gaussian,
  hyperDual,
  type Loss,
  momentum,
  orthogonal,
  projected,
  rademacher,
} from "fgrad/optimizer";
import { beforeAll, describe, expect, test } from "vitest";
import { load, type Module } from "../../nesting/load.ts";
import { weighted } from "../handmade.ts";

const source = `
export interface Point { x: number; y: number }

/** @fgrad */
export function rosenbrock({ x, y }: Point): number {
  return (1 - x) ** 2 + 100 * (y - x ** 2) ** 2;
}

/** A parabola that differs in curvature by direction, with its minimum at (1, 2, …). @fgrad wrt theta */
export function parabola(theta: Float64Array, scale: number): number {
  let sum = 0;
  for (let i = 0; i < theta.length; i++) sum += scale * (i + 1) * (theta[i]! - (i + 1)) ** 2;
  return sum + 0.5 * (theta[0]! - 1) * (theta[1]! - 2);
}

/** Concave where |x| is large. @fgrad */
export function bell(x: number): number {
  return -Math.exp(-x * x);
}
`;

type Parabola = (theta: Float64Array, scale: number) => number;
let second: Module;
let lanes: Module;

beforeAll(async () => {
  second = await load({ "main.ts": source }, { order: 2 });
  lanes = await load({ "main.ts": source }, { lanes: 3 });
});

const parabolaOf = (module: Module) => module.parabola as Parabola;

describe("hyperDual", () => {
  test("goes along a direction to the minimum of its parabola: −d / vᵀHv", () => {
    const loss = parabolaOf(second);
    const theta = Float64Array.of(3, -1, 0.5, 2);
    const before = theta.slice();
    const directions = gaussian({ seed: 3 });
    const { gradient, slope } = forwardGradient(loss, theta, { data: [2], directions });
    const v = gradient.map((g) => g / slope);
    const [, matrix] = hessian(loss)(theta, 2);
    const curvature = v.reduce((t, x, i) => t + v.reduce((s, y, j) => s + x * y * Number(matrix[i]?.[j]), 0), 0);
    const [step] = fgd(loss, theta, { steps: 1, batch: () => [2], learningRate: hyperDual(), directions });
    expect(step?.slope).toBeCloseTo(slope, 10);
    expect(step?.learningRate).toBeCloseTo(1 / curvature, 12);
    for (const [i, x] of theta.entries()) {
      expect(x).toBeCloseTo(Number(before[i]) - (slope / curvature) * Number(v[i]), 10);
    }
    expect(forwardGradient(loss, theta, { data: [2], directions }).slope).toBeCloseTo(0, 10);
  });

  test("is Newton's method where directions span everything: one step ends a parabola", () => {
    for (const directions of [gaussian({ seed: 1, samples: 4 }), orthogonal({ seed: 1, samples: 4 })]) {
      const theta = Float64Array.of(3, -1, 0.5, 2);
      const loss = parabolaOf(second);
      for (const _ of fgd(loss, theta, { steps: 1, batch: () => [2], learningRate: hyperDual(), directions }));
      for (const [i, x] of theta.entries()) expect(x).toBeCloseTo(i + 1, 8);
    }
  });

  test("needs no learning rate down a curved valley, and leads down where the loss is concave", () => {
    const theta = { x: -1, y: 0 };
    const loss = second.rosenbrock as (p: typeof theta) => number;
    let last = 104;
    for (const { value } of fgd(loss, theta, { steps: 4000, learningRate: hyperDual({ damping: 1e-3 }) })) last = value;
    expect(last).toBeLessThan(1e-3);
    const bell = second.bell as (x: number) => number;
    for (const start of [1.5, -1.2]) {
      const [step] = fgd(bell, start, { steps: 1, learningRate: hyperDual({ rate: 0.1 }) });
      expect(Math.abs(Number(step?.theta))).toBeLessThan(Math.abs(start));
    }
  });

  test("goes with optimizers and clipping", () => {
    const loss = parabolaOf(second);
    const theta = Float64Array.of(30, -10, 5, 20);
    const options = {
      learningRate: hyperDual({ rate: 0.1 }),
      optimizer: momentum({ momentum: 0.5 }),
      clip: { norm: 1 },
    };
    const before = theta.slice();
    for (const { index } of fgd(loss, theta, { steps: 600, batch: () => [2], ...options })) {
      if (index === 0) expect(Math.hypot(...theta.map((x, i) => x - Number(before[i])))).toBeLessThan(0.1001);
    }
    expect(loss(theta, 2)).toBeLessThan(1e-2);
  });

  test("refuses losses without second derivatives, and settings that make no sense", () => {
    const theta = Float32Array.of(1, 2);
    const batch = (): [number] => [1];
    expect(() => fgd(weighted, theta, { learningRate: hyperDual(), batch })).toThrow(/first derivatives only.*order/s);
    expect(() => hyperDual({ damping: -1 })).toThrow(/damping/);
    expect(() => hyperDual({ rate: Number.NaN })).toThrow(/rate/);
  });
});

describe("a loss with several lanes", () => {
  test.each([
    ["independent directions", rademacher({ seed: 2, samples: 5 })],
    ["a single direction", gaussian({ seed: 2 })],
    ["projected directions", projected({ seed: 2, samples: 4 })],
    ["unit vectors", basis()],
  ])("takes the same steps with %s, in fewer runs", (_, directions) => {
    const descend = (loss: Loss) => {
      const theta = Float64Array.of(3, -1, 0.5, 2);
      const options = { steps: 5, batch: () => [2] as never, learningRate: 0.01, directions };
      const seen = [...fgd(loss, theta as never, options)].map(({ value, slope }) => [value, slope]);
      return [...seen, [...theta]];
    };
    expect(descend(parabolaOf(lanes))).toEqual(descend(parabolaOf(second)));
  });
});
