/** Figure 6: perceptrons of width 1024 of 1 to 100 hidden layers. */

import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Context } from "../context.ts";
import type { DepthMeasure } from "../depth.ts";
import { entryFor } from "../store.ts";
import type { Timed } from "../timing.ts";

export interface DepthData {
  readonly measures: readonly DepthMeasure[];
}

const DEPTHS = [1, 5, 10, 20, 30, 40, 50, 60, 70, 80, 90, 100];
const QUICK_DEPTHS = [1, 5, 10];

const VARIANTS: readonly Timed[] = ["forward", "normal", "sign, never stored", "rank-one", "backpropagation"];

/** Measures each depth and variant in a process of its own, so that its memory is its own too. */
export async function measureDepths(context: Context): Promise<DepthData> {
  const depths = context.quick ? QUICK_DEPTHS : DEPTHS;
  const turns = context.quick ? 5 : 9;
  const measures: DepthMeasure[] = [];
  await context.job("Depth", depths.length * VARIANTS.length, async (afterStep) => {
    for (const depth of depths) {
      for (const variant of VARIANTS) {
        const settings = { depth, variant, turns };
        const entry = entryFor<DepthMeasure, never>(join(context.folder, "runs"), "depth", settings, context.again);
        const measure = entry.result ?? (await inProcess(settings));
        if (entry.result === undefined) entry.finish(measure);
        measures.push(measure);
        await afterStep(measures.length, Number.NaN);
      }
      context.keep("fig6", { measures });
    }
  });
  return { measures };
}

/** Starts this very bundle once more, for one measurement. */
async function inProcess(settings: { depth: number; variant: Timed; turns: number }): Promise<DepthMeasure> {
  const script =
    `const { measureDepth } = await import(${JSON.stringify(import.meta.url)});` +
    `console.log(JSON.stringify(measureDepth(${settings.depth}, ${JSON.stringify(settings.variant)}, ${settings.turns})));`;
  const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "-e", script]);
  return JSON.parse(stdout) as DepthMeasure;
}
