/** The paper's experiments, from the command line to the report. */

import { isDataError } from "../../fixtures/data/idx.ts";
import { loadMnist } from "../../fixtures/data/mnist.ts";
import { interruptible } from "../../fixtures/demo/pause.ts";
import { useEngine } from "../../runtime/kernels/index.ts";
import { type Context, newContext } from "./context.ts";
import { reachTargets } from "./experiments/accuracy.ts";
import { measureDepths } from "./experiments/depth.ts";
import { measureEstimators } from "./experiments/estimators.ts";
import { compareTraining } from "./experiments/training.ts";
import { descendValleys, sampleBeale } from "./experiments/valleys.ts";
import { type ExperimentName, parseOptions, USAGE } from "./options.ts";
import { writeReport } from "./report/write.ts";
import { type Sets, splitDigits } from "./train.ts";

export { measureDepth } from "./depth.ts";

/** So many of the training digits are held out. */
const HELD = 5000;

/**
 * Runs experiments and writes the report.
 * @param args the command line after the program's name
 * @param folder where everything goes; with `--quick` a folder in it
 * @param published folder of results that are kept with the sources, shown where there are no others
 * @returns the exit code: 0 done, 1 bad data, 2 wrong usage, 130 ended by Ctrl-C
 */
export async function main(args: readonly string[], folder: string, published: string): Promise<number> {
  const parsed = parseOptions(args);
  if (parsed.kind === "wrong") {
    console.error(`${parsed.problem}\n\n${USAGE}`);
    return 2;
  }
  if (parsed.kind === "help") {
    console.log(USAGE);
    return 0;
  }
  const { experiments, quick, seeds, most, again, data } = parsed.options;
  const { signal, exitCode } = interruptible();
  useEngine({ memory: 2 ** 30 });
  const to = quick ? `${folder}/quick` : folder;
  let loaded: Sets | undefined;
  const sets = (): Sets => {
    loaded ??= splitDigits(loadMnist(data), HELD);
    return loaded;
  };
  const context = newContext({ quick, seeds, most, again, folder: to, sets, signal });
  try {
    for (const name of experiments) {
      console.log(`\n${name}`);
      await run(name, context, signal);
    }
    for (const path of writeReport(to, published)) console.log(path);
    return 0;
  } catch (error) {
    if (signal.aborted) {
      console.error("Stopped. The same command goes on from here.");
      return exitCode();
    }
    if (!isDataError(error)) throw error;
    console.error(error.message);
    return 1;
  }
}

/** Runs an experiment, and keeps its data. */
async function run(name: ExperimentName, context: Context, signal: AbortSignal): Promise<void> {
  if (name === "fig1") context.keep(name, await sampleBeale(context));
  else if (name === "fig2") context.keep(name, { valleys: await descendValleys(context, signal) });
  else if (name === "fig6") context.keep(name, await measureDepths(context));
  else if (name === "estimators") context.keep(name, await measureEstimators(context));
  else if (name === "accuracy") context.keep(name, await reachTargets(context));
  else context.keep(name, await compareTraining(name, context));
}
