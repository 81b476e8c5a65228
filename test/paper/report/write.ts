/** Writes the figures and the report. */

import { join } from "node:path";
import { writeWhole } from "../../../fixtures/demo/files.ts";
import { pictureOf, rasterize } from "../figures/plot.ts";
import { figuresOf } from "./figures.ts";
import { reportPage } from "./page.ts";
import { readResults } from "./results.ts";

/**
 * Draws all that was measured: each figure as SVG and PNG, and the page.
 * @param folder where results are, and where everything goes
 * @param published folder of the results that are kept with the sources
 * @returns the paths of the files, the page last
 */
export function writeReport(folder: string, published: string): string[] {
  const results = readResults(folder, published);
  const figures = figuresOf(results);
  const paths: string[] = [];
  for (const figure of [...figures.values()].flat()) {
    const svg = pictureOf(figure);
    for (const [extension, contents] of [
      ["svg", svg],
      ["png", rasterize(svg)],
    ] as const) {
      const path = join(folder, `${figure.name}.${extension}`);
      writeWhole(path, contents);
      paths.push(path);
    }
  }
  const page = join(folder, "report.html");
  writeWhole(page, reportPage(results, figures));
  return [...paths, page];
}
