/** Which figures there are of what was measured. */

import type { Figure } from "../figures/plot.ts";
import { drawAccuracy, drawDepth, drawTraining } from "../figures/training.ts";
import { drawSamples, drawValleys } from "../figures/valleys.ts";
import type { ExperimentName } from "../options.ts";
import type { Results } from "./results.ts";

/** The figures of each experiment that was run. */
export function figuresOf(results: Results): ReadonlyMap<ExperimentName, readonly Figure[]> {
  const { fig1, fig2, fig3, fig4, fig5, fig6, accuracy } = results;
  const figures = new Map<ExperimentName, readonly Figure[]>();
  if (fig1 !== undefined) figures.set("fig1", [drawSamples(fig1.data)]);
  if (fig2 !== undefined) figures.set("fig2", [drawValleys(fig2.data.valleys)]);
  if (fig3 !== undefined) figures.set("fig3", drawTraining("fig3", fig3.data));
  if (fig4 !== undefined) figures.set("fig4", drawTraining("fig4", fig4.data));
  if (fig5 !== undefined) figures.set("fig5", drawTraining("fig5", fig5.data));
  if (fig6 !== undefined) figures.set("fig6", [drawDepth(fig6.data)]);
  if (accuracy !== undefined) figures.set("accuracy", [drawAccuracy(accuracy.data)]);
  return figures;
}
