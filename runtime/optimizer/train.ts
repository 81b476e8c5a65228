/** Training from beginning to end: reports, validation, early stopping, checkpoints; each step is one of `fgd`. */

import type { Leaf } from "../leaves.ts";
import type { CheckpointStore } from "./checkpoint.ts";
import { type Loss, type LossData, type RequiredBatch, requireCount, type Step } from "./fgd.ts";
import { beginning, type Copy, copyInto, copyOf, type Progress, restore, save, writeBack } from "./resume.ts";
import { type DescentOptions, stepper } from "./stepper.ts";

/** How parameters are judged on the way, and when that ends the run. */
export interface Validation<T> {
  /** After every so many steps, and after the last. */
  readonly every: number;
  /** What is to become small: a loss, or a share of errors. It must depend on nothing but the parameters and the step. */
  readonly measure: (theta: T, step: number) => number | Promise<number>;
  /** The run ends when so many measurements in a row have brought no gain; without it, never. */
  readonly patience?: number;
  /** How far below the best so far counts as a gain: anything, by default. */
  readonly leastGain?: number;
  /** Whether the run ends with the best parameters instead of the last; takes a copy of them. False by default. */
  readonly restoreBest?: boolean;
}

/** Where and when a run is written down. */
export interface Checkpoints {
  readonly store: CheckpointStore;
  /** After every so many steps; 1000 by default. Also when the run ends, is aborted, or is left by `break`. */
  readonly every?: number;
  /** Go on from a checkpoint of other directions, another optimizer's settings or other rates. False by default. */
  readonly changed?: boolean;
}

/** Told of every step: `progressBar` of `fgrad/node`, for instance. */
export interface ProgressDisplay {
  update(done: number, total: number, loss: number): void;
  end(): void;
}

export interface TrainOptions<L extends Loss> extends DescentOptions {
  /** How many steps there are in all, those of earlier runs included. */
  readonly steps: number;
  /** The arguments of the loss after θ, at a step. */
  readonly batch?: (step: number) => LossData<L>;
  /** A report after every so many steps; 100 by default. */
  readonly reportEvery?: number;
  readonly validation?: Validation<Parameters<L>[0]>;
  readonly checkpoints?: Checkpoints;
  readonly progress?: ProgressDisplay;
  /** Once aborted, a checkpoint is written and the signal's reason thrown, θ being as the last step left it. */
  readonly signal?: AbortSignal;
  /** Called after each step. */
  readonly onStep?: (step: Step<Parameters<L>[0]>) => void;
}

/** How a run is doing. */
export interface Report<T> {
  /** How many steps are done. */
  readonly step: number;
  /** The mean loss of the steps since the last report. */
  readonly loss: number;
  /** What was measured after this step. */
  readonly validation?: number;
  /** The best measurement so far, and after how many steps. */
  readonly best?: { readonly step: number; readonly validation: number };
  readonly theta: T;
  /** Set in the last report: all steps are done, or patience has run out. */
  readonly ended?: "steps" | "patience";
}

/** So many milliseconds may pass before the event loop gets its turn. */
const TURN = 40;

/**
 * Trains by forward gradients and reports on the way: `for await (const report of train(…))`. With checkpoints it goes on where an earlier run
 * was killed, to the same bits that it would have reached undisturbed (on the same engine, and if `batch` and `measure` give the same).
 * Now and then the event loop gets its turn, so that signals are heard and pages stay alive. θ is updated in place.
 *
 * @throws what `fgd` throws; RangeError on settings that make no sense; Error named "CheckpointError" when the newest checkpoint is damaged or that of
 *   another run; Error named "NonFiniteLossError" when a measurement is not finite
 */
export async function* train<L extends Loss>(
  loss: L,
  theta: Parameters<L>[0],
  options: TrainOptions<L> & RequiredBatch<L>,
): AsyncGenerator<Report<Parameters<L>[0]>, void, undefined> {
  const { steps, reportEvery = 100, validation, checkpoints, progress: display, signal } = options;
  const { every: saveEvery = 1000, store } = checkpoints ?? {};
  requireCount("train", "steps", steps);
  requireInterval("reportEvery", reportEvery);
  if (validation !== undefined) requireInterval("validation.every", validation.every);
  if (validation?.patience !== undefined) requireInterval("validation.patience", validation.patience);
  requireInterval("checkpoints.every", saveEvery);
  const descent = stepper(loss, theta, options, "train");
  const { parameters } = descent.state;
  const progress = beginning();
  const best: Copy | undefined = validation?.restoreBest === true ? copyOf(parameters) : undefined;
  let saved = -1;

  const keep = async (): Promise<void> => {
    if (store === undefined || saved === progress.step) return;
    await store.save(save(descent, progress, best), progress.step);
    saved = progress.step;
  };
  const report = (validated: boolean): Report<Parameters<L>[0]> => ({
    step: progress.step,
    loss: progress.lastLoss,
    theta: descent.theta() as Parameters<L>[0],
    ...(validated ? { validation: progress.lastValidation } : {}),
    ...(progress.bestStep < 0 ? {} : { best: { step: progress.bestStep, validation: progress.best } }),
    ...(progress.ended === null ? {} : { ended: progress.ended }),
  });

  const found = await store?.load();
  if (found !== undefined) {
    restore(descent, progress, best, found, checkpoints?.changed === true);
    saved = progress.step;
    // More steps than the run before was to make: it goes on.
    if (progress.ended === "steps" && progress.step < steps) progress.ended = null;
  }
  if (progress.ended !== null || progress.step >= steps) {
    progress.ended ??= "steps";
    yield report(!Number.isNaN(progress.lastValidation));
    return;
  }

  // Whoever leaves by `break` does so where a report is handed out.
  let handingOut = false;
  let turn = performance.now();
  try {
    while (progress.ended === null) {
      if (signal?.aborted === true) {
        await keep();
        signal.throwIfAborted();
      }
      const index = progress.step;
      const { value, slope, learningRate } = descent.step(index, options.batch?.(index) ?? []);
      progress.step = index + 1;
      progress.lossSum += value;
      progress.lossCount += 1;
      if (progress.step === steps) progress.ended = "steps";
      options.onStep?.({ index, value, slope, learningRate, theta: descent.theta() as Parameters<L>[0] });
      display?.update(progress.step, steps, value);

      const validated = validation !== undefined && due(progress, validation.every);
      if (validated) await validate(progress, validation, descent.theta() as Parameters<L>[0], parameters, best);
      if (progress.ended !== null && best !== undefined) writeBack(parameters, best);
      const reported = validated || due(progress, reportEvery);
      if (reported) {
        progress.lastLoss = progress.lossSum / progress.lossCount;
        progress.lossSum = 0;
        progress.lossCount = 0;
      }
      if (due(progress, saveEvery)) await keep();
      if (reported) {
        handingOut = true;
        yield report(validated);
        handingOut = false;
      }
      if (performance.now() - turn > TURN) {
        await new Promise((resolve) => setTimeout(resolve, 0));
        turn = performance.now();
      }
    }
  } finally {
    display?.end();
    if (handingOut) await keep();
  }
}

/** Whether something that happens every so many steps, and at the end, happens now. */
function due(progress: Progress, every: number): boolean {
  return progress.step % every === 0 || progress.ended !== null;
}

async function validate<T>(
  progress: Progress,
  { measure, patience = Number.POSITIVE_INFINITY, leastGain = 0 }: Validation<T>,
  theta: T,
  parameters: readonly Leaf[],
  best: Copy | undefined,
): Promise<void> {
  const validation = await measure(theta, progress.step);
  if (!Number.isFinite(validation)) {
    const error = new Error(`train: the validation after ${progress.step} steps is ${validation}.`);
    error.name = "NonFiniteLossError";
    throw error;
  }
  progress.lastValidation = validation;
  if (validation < progress.best - leastGain || progress.bestStep < 0) {
    progress.best = validation;
    progress.bestStep = progress.step;
    progress.waited = 0;
    if (best !== undefined) copyInto(best, parameters);
    return;
  }
  progress.waited += 1;
  if (progress.waited >= patience) progress.ended = "patience";
}

function requireInterval(name: string, count: number): void {
  if (Number.isSafeInteger(count) && count >= 1) return;
  throw new RangeError(`train: ${name} must be an integer of at least 1, got ${count}.`);
}
