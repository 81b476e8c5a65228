/** Figures 3 to 5: forward gradient descent against backpropagation on the digits, at the paper's rates and at each method's best. */

import type { Context } from "../context.ts";
import type { ModelName } from "../models.ts";
import { type StepTime, type Timed, timeSteps } from "../timing.ts";
import type { Method, RunResult, RunSettings } from "../train.ts";

/** A run and what came of it. */
export interface Run {
  readonly settings: RunSettings;
  readonly result: RunResult;
}

/** Some runs that are drawn together. */
export interface Panel {
  readonly label: string;
  readonly runs: readonly Run[];
}

/** What the paper says of an experiment. */
export interface Reported {
  readonly forward?: number;
  readonly backward?: number;
  readonly ratio?: number;
  readonly timeForward?: number;
  readonly timeBackward?: number;
  readonly timeRatio?: number;
  readonly note?: string;
}

/** Figures 3, 4 or 5. */
export interface TrainingData {
  readonly model: ModelName;
  readonly title: string;
  readonly panels: readonly Panel[];
  readonly times: readonly StepTime[];
  /** Final state of short runs by rate: how the best rates were chosen. */
  readonly sweep: readonly Run[];
  readonly reported: readonly Reported[];
}

interface Plan {
  readonly model: ModelName;
  readonly title: string;
  /** The paper's rates. */
  readonly rates: readonly [number, ...number[]];
  /**
   * Steps at the first rate, by seed; the last holds for all that follow. Other rates take no more than the second seed:
   * they show how far methods and seeds lie apart, in a time that one can wait.
   */
  readonly lengths: readonly [number, ...number[]];
  readonly quickSteps: number;
  readonly held: number;
  /** Methods, and the rates that are tried to find their best. */
  readonly sweep: Readonly<Partial<Record<Method, readonly number[]>>>;
  readonly sweepSteps: number;
  readonly timed: readonly Timed[];
  readonly reported: readonly Reported[];
}

const DECAY = 1e-4;
const BATCH = 64;

const TIMED: readonly Timed[] = [
  "forward",
  "normal",
  "normal, never stored",
  "sign, never stored",
  "rank-one",
  "activity",
  "activity by sample",
  "backpropagation",
];

export const PLANS: Readonly<Record<"fig3" | "fig4" | "fig5", Plan>> = {
  fig3: {
    model: "logistic",
    title: "Multinomial logistic regression",
    rates: [1e-4],
    lengths: [25_000],
    quickSteps: 2500,
    held: 5000,
    sweep: {
      backpropagation: [1e-3, 3e-3, 1e-2, 3e-2, 1e-1],
      normal: [1e-4, 3e-4, 1e-3],
      "rank-one": [1e-4, 3e-4, 1e-3],
      activity: [1e-3, 3e-3, 1e-2, 3e-2],
      "activity by sample": [3e-3, 1e-2, 3e-2],
    },
    sweepSteps: 2500,
    timed: TIMED,
    reported: [
      {
        forward: 2.435,
        backward: 4.389,
        ratio: 0.555,
        timeForward: 197.326,
        timeBackward: 356.756,
        timeRatio: 0.553,
        note: "validation loss ≈ 0.54",
      },
    ],
  },
  fig4: {
    model: "mlp",
    title: "Perceptron 784-1024-1024-10",
    rates: [2e-4, 2e-5],
    lengths: [20_000, 5000, 5000, 2000],
    quickSteps: 300,
    held: 5000,
    sweep: {
      backpropagation: [1e-2, 3e-2, 1e-1, 3e-1],
      normal: [1e-4, 2e-4, 3e-4],
      "rank-one": [1e-4, 2e-4, 3e-4],
      activity: [1e-4, 3e-4, 1e-3],
      "activity by sample": [1e-3, 3e-3, 1e-2],
    },
    sweepSteps: 1000,
    timed: TIMED,
    reported: [
      {
        forward: 2.607,
        backward: 4.359,
        ratio: 0.598,
        timeForward: 68.014,
        timeBackward: 296.957,
        timeRatio: 0.229,
        note: "FG ends at ≈ 0.52 and accuracy 0.87, BP at ≈ 0.88 and 0.83",
      },
      {
        forward: 2.329,
        backward: 3.971,
        ratio: 0.586,
        timeForward: 165.842,
        timeBackward: 292.359,
        timeRatio: 0.567,
        note: "loss 2.34 → 2.21, accuracy ≈ 0.27",
      },
    ],
  },
  fig5: {
    model: "cnn",
    title: "Convolutional network",
    rates: [2e-4],
    lengths: [200, 60],
    quickSteps: 20,
    held: 1000,
    sweep: { backpropagation: [1e-2, 3e-2, 1e-1], normal: [3e-5, 1e-4, 2e-4], "rank-one": [3e-5, 1e-4, 2e-4] },
    sweepSteps: 30,
    timed: ["forward", "normal", "normal, never stored", "sign, never stored", "rank-one", "backpropagation"],
    reported: [{ forward: 1.434, backward: 2.211, ratio: 0.649, timeRatio: 0.514 }],
  },
};

/** The paper's comparison for one model; what it knows is kept after each run. */
export async function compareTraining(name: "fig3" | "fig4" | "fig5", context: Context): Promise<TrainingData> {
  const plan = PLANS[name];
  const { quick, seeds, most } = context;
  const { model, title, reported } = plan;
  const stepsOf = (seed: number): number => {
    const steps = plan.lengths[seed - 1] ?? plan.lengths.at(-1) ?? plan.lengths[0];
    return Math.min(most, quick ? plan.quickSteps : steps);
  };
  const shorter = (seed: number): number => Math.min(stepsOf(seed), stepsOf(2));
  const settings = (method: Method, rate: number, seed: number, count: number, looks: number): RunSettings => ({
    model,
    method,
    rate,
    decay: DECAY,
    steps: count,
    batch: BATCH,
    seed,
    looks,
    held: quick ? plan.held / 5 : plan.held,
  });
  const panels = new Map<string, Run[]>();
  const sweep: Run[] = [];
  let times: readonly StepTime[] = [];
  const data = (): TrainingData => ({
    model,
    title,
    panels: [...panels].map(([label, runs]) => ({ label, runs })),
    times,
    sweep,
    reported,
  });
  const run = async (label: string, one: RunSettings): Promise<void> => {
    const result = await context.train(one);
    panels.set(label, [...(panels.get(label) ?? []), { settings: one, result }]);
    context.keep(name, data());
  };

  times = await context.job(`${model}, time of steps`, 1, (afterStep) =>
    timeSteps(model, plan.timed, BATCH, quick ? 3 : 30, (share) => afterStep(share, Number.NaN)),
  );
  context.keep(name, data());
  const often = quick ? 10 : 40;
  const looksOf = (count: number): number => Math.max(4, Math.round((often * count) / stepsOf(1)));
  const atRate = async (rate: number, seed: number, count: number): Promise<void> => {
    for (const method of ["normal", "backpropagation"] as const) {
      await run(`η₀ = ${rate}`, settings(method, rate, seed, count, looksOf(count)));
    }
  };
  const [first, ...others] = plan.rates;
  await atRate(first, 1, stepsOf(1));
  const sweepSteps = Math.min(most, quick ? Math.ceil(plan.quickSteps / 4) : plan.sweepSteps);
  for (const [method, rates = []] of Object.entries(plan.sweep) as [Method, readonly number[]][]) {
    for (const rate of rates) {
      const one = settings(method, rate, 1, sweepSteps, 4);
      sweep.push({ settings: one, result: await context.train(one) });
    }
  }
  context.keep(name, data());
  const best = bestRates(sweep);
  for (let seed = 1; seed <= seeds; seed++) {
    if (seed > 1) await atRate(first, seed, stepsOf(seed));
    for (const [method, rate] of best) {
      await run("best rates", settings(method, rate, seed, shorter(seed), looksOf(shorter(seed))));
    }
    for (const rate of others) await atRate(rate, seed, shorter(seed));
  }
  return data();
}

/** The rate of each method that gave the lowest loss on held-out digits. */
export function bestRates(sweep: readonly Run[]): ReadonlyMap<Method, number> {
  const best = new Map<Method, { rate: number; valid: number }>();
  for (const { settings, result } of sweep) {
    const valid = result.diverged === undefined ? (result.looks.at(-1)?.valid ?? Number.NaN) : Number.NaN;
    if (valid < (best.get(settings.method)?.valid ?? Number.POSITIVE_INFINITY)) {
      best.set(settings.method, { rate: settings.rate, valid });
    }
  }
  return new Map([...best].map(([method, { rate }]) => [method, rate]));
}
