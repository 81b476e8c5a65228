/** Figures 1 and 2: forward gradients at a point of the plane, and descents of two functions. */

import { gradient } from "fgrad";
import { fgd, forwardGradient, gaussian } from "fgrad/optimizer";
import { beale } from "../../../fixtures/beale.ts";
import { thinnedPath } from "../../../fixtures/demo/thinning.ts";
import {
  bealeAt,
  type Descent,
  descendExactly,
  descendForward,
  finalHeight,
  type Point,
  VALLEYS,
  type Valley,
} from "../../../fixtures/demo/valleys.ts";
import type { Context } from "../context.ts";

/** Figure 1: what forward gradients look like at one point. */
export interface SamplesData {
  readonly point: Point;
  readonly gradient: Point;
  /** Directions v and estimates g = (∇f · v) v; the first five are drawn. */
  readonly samples: readonly { readonly v: Point; readonly g: Point }[];
  /** The mean of the first n estimates, for n growing. */
  readonly means: readonly { readonly n: number; readonly mean: Point }[];
  /** E‖g‖² / ‖∇f‖² over all samples, and what theory says: n + 2. */
  readonly moment: { readonly measured: number; readonly theory: number; readonly samples: number };
}

const POINT: Point = [1.5, -0.1];
const SHOWN = 400;

/** Estimates of the gradient at a point of Beale's function. */
export async function sampleBeale(context: Context): Promise<SamplesData> {
  const count = context.quick ? 20_000 : 200_000;
  const [, exact] = gradient(beale)(...POINT);
  const samples: { v: Point; g: Point }[] = [];
  const means: { n: number; mean: Point }[] = [];
  const directions = gaussian({ seed: 3 });
  const squares = exact[0] ** 2 + exact[1] ** 2;
  let moment = 0;
  let x = 0;
  let y = 0;
  await context.job("Beale, estimates at a point", count, async (afterStep) => {
    for (let step = 0; step < count; step++) {
      const { slope, gradient: g } = forwardGradient(bealeAt, [...POINT] as Point, { directions, step });
      const [gx, gy] = g as Point;
      x += gx;
      y += gy;
      moment += (gx ** 2 + gy ** 2) / squares;
      if (samples.length < SHOWN) samples.push({ v: [gx / slope, gy / slope], g: [gx, gy] });
      const n = step + 1;
      if (n === 5 || n % 10 ** Math.floor(Math.log10(n)) === 0) means.push({ n, mean: [x / n, y / n] });
      await afterStep(n, moment / n);
    }
  });
  return {
    point: POINT,
    gradient: exact as Point,
    samples,
    means,
    moment: { measured: moment / count, theory: 4, samples: count },
  };
}

/** A way down, short enough to be kept and drawn. */
export interface Way {
  readonly seed: number;
  readonly path: readonly { readonly x: number; readonly y: number }[];
  readonly heights: readonly { readonly step: number; readonly value: number }[];
  readonly final: number;
  /** Processor time of all steps, in seconds. */
  readonly seconds: number;
}

/** Figure 2, one function. */
export interface ValleyData {
  readonly name: string;
  readonly start: Readonly<Point>;
  readonly minimum: Readonly<Point>;
  readonly learningRate: number;
  readonly steps: number;
  readonly forward: readonly Way[];
  readonly exact: readonly Way[];
  /** Final heights of more seeds, sorted; a seed that did not come down is among `diverged`. */
  readonly finals: readonly number[];
  readonly diverged: readonly number[];
}

const SEEDS = 10;
const MANY_SEEDS = 50;

/** Ways down both functions from the paper's starting points, and whether any of 50 seeds diverges. */
export async function descendValleys(context: Context, signal: AbortSignal): Promise<readonly ValleyData[]> {
  const found: ValleyData[] = [];
  for (const valley of VALLEYS) {
    const forward: Way[] = [];
    const exact: Way[] = [];
    const { steps } = valley;
    await context.job(`${valley.name}, ways of ${SEEDS} seeds`, SEEDS, async (afterStep) => {
      for (let seed = 1; seed <= SEEDS; seed++) {
        const noPause = (): undefined => undefined;
        const way = await descendForward(valley, seed, signal, noPause);
        forward.push(shortened(way, seed, timed(valley, "forward", seed)));
        const straight = await descendExactly(valley, signal, noPause);
        if (seed === 1) exact.push(shortened(straight, seed, timed(valley, "exact", seed)));
        else
          exact.push({
            seed,
            path: [],
            heights: [],
            final: finalHeight(straight),
            seconds: timed(valley, "exact", seed),
          });
        await afterStep(seed, finalHeight(way));
      }
    });
    const many = context.quick ? SEEDS : MANY_SEEDS;
    const finals: number[] = [];
    const diverged: number[] = [];
    await context.job(`${valley.name}, divergence of ${many} seeds`, many, async (afterStep) => {
      for (let seed = 1; seed <= many; seed++) {
        const final = finalOf(valley, seed);
        if (Number.isFinite(final) && final < valley.heightAt([...valley.start])) finals.push(final);
        else diverged.push(seed);
        await afterStep(seed, final);
      }
    });
    const { name, start, minimum, learningRate } = valley;
    finals.sort((a, b) => a - b);
    found.push({ name, start, minimum, learningRate, steps, forward, exact, finals, diverged });
  }
  return found;
}

function finalOf(valley: Valley, seed: number): number {
  const point: Point = [...valley.start];
  try {
    for (const _ of fgd(valley.heightAt, point, {
      steps: valley.steps,
      learningRate: valley.learningRate,
      directions: gaussian({ seed }),
    }));
  } catch {
    return Number.NaN;
  }
  return valley.heightAt(point);
}

/** Seconds of processor time of the steps alone, nothing recorded on the way. */
function timed(valley: Valley, method: "forward" | "exact", seed: number): number {
  const used = process.cpuUsage();
  if (method === "forward") {
    finalOf(valley, seed);
  } else {
    const slopes = gradient(valley.height);
    const point: Point = [...valley.start];
    for (let i = 0; i < valley.steps; i++) {
      const [, [dx, dy]] = slopes(point[0], point[1]);
      point[0] -= valley.learningRate * dx;
      point[1] -= valley.learningRate * dy;
    }
  }
  const { user, system } = process.cpuUsage(used);
  return (user + system) / 1e6;
}

function shortened(descent: Descent, seed: number, seconds: number): Way {
  const path = thinnedPath(descent, 0.008, 0.008).map(({ x, y }) => ({ x: round(x), y: round(y) }));
  const heights: { step: number; value: number }[] = [];
  const last = descent.heights.length - 1;
  for (let step = 1; step <= last; step = Math.max(step + 1, Math.floor(step * 1.06))) {
    heights.push({ step, value: Number((descent.heights[step] as number).toPrecision(4)) });
  }
  if (heights.at(-1)?.step !== last) heights.push({ step: last, value: finalHeight(descent) });
  return { seed, path, heights, final: finalHeight(descent), seconds };
}

function round(value: number): number {
  return Math.round(value * 1e4) / 1e4;
}
