/** What was measured, as the report finds it: here, or kept with the sources. */

import { existsSync, readFileSync } from "node:fs";
import { dataFile, type Kept } from "../context.ts";
import type { AccuracyData } from "../experiments/accuracy.ts";
import type { DepthData } from "../experiments/depth.ts";
import type { EstimatorsData } from "../experiments/estimators.ts";
import type { TrainingData } from "../experiments/training.ts";
import type { SamplesData, ValleyData } from "../experiments/valleys.ts";
import type { ExperimentName } from "../options.ts";

/** The data of each experiment. */
export interface DataOf {
  readonly fig1: SamplesData;
  readonly fig2: { readonly valleys: readonly ValleyData[] };
  readonly fig3: TrainingData;
  readonly fig4: TrainingData;
  readonly fig5: TrainingData;
  readonly fig6: DepthData;
  readonly estimators: EstimatorsData;
  readonly accuracy: AccuracyData;
}

/** The data of experiments that were run, each with where it was measured. */
export type Results = { readonly [N in ExperimentName]?: Kept<DataOf[N]> & { readonly published: boolean } };

/** Reads an experiment's data from the folder, else from what is kept with the sources. */
export function readResult<N extends ExperimentName>(
  name: N,
  folder: string,
  published: string,
): (Kept<DataOf[N]> & { published: boolean }) | undefined {
  for (const from of [folder, published]) {
    const path = dataFile(from, name);
    if (!existsSync(path)) continue;
    const kept = JSON.parse(readFileSync(path, "utf8")) as Kept<DataOf[N]>;
    return { ...kept, published: from === published };
  }
  return undefined;
}

/** All that there is. */
export function readResults(folder: string, published: string): Results {
  return {
    fig1: readResult("fig1", folder, published),
    fig2: readResult("fig2", folder, published),
    fig3: readResult("fig3", folder, published),
    fig4: readResult("fig4", folder, published),
    fig5: readResult("fig5", folder, published),
    fig6: readResult("fig6", folder, published),
    estimators: readResult("estimators", folder, published),
    accuracy: readResult("accuracy", folder, published),
  } as Results;
}
