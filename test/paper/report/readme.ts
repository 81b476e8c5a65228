/** The table of the README: which targets are met, by the results that are kept with the sources. */

import type { Results } from "./results.ts";
import { checksOf } from "./summary.ts";

/** A table in Markdown. */
export function paperMarkdown(results: Results): string {
  const rows = checksOf(results).filter(({ claim }) => !claim.startsWith("Second moment"));
  return [
    "| | Wanted | Measured | |",
    "| --- | --- | --- | --- |",
    ...rows.map(
      ({ claim, wanted, measured, met }) => `| ${claim} | ${wanted} | ${measured} | ${met ? "met" : "not met"} |`,
    ),
  ].join("\n");
}
