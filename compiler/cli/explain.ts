/** Explanations of the activity of values, as text. */

import type { CompileResult, Explanation } from "../api.ts";
import { shownPath } from "../diagnostics/format.ts";
import { lineIndex } from "../diagnostics/positions.ts";

/** All explanations of a result; what was asked for and not found is said. */
export function explanationText(
  result: CompileResult,
  names: readonly string[],
  directory: string,
  source: (file: string) => string | undefined,
): string {
  const found = result.explanations ?? [];
  const missing = names.filter((name) => !found.some((explanation) => explanation.name === name));
  return [
    ...found.map((explanation) => oneText(explanation, directory, source)),
    ...missing.map((name) => `There is no variable ${name} in the functions that were compiled.\n`),
  ].join("\n");
}

function oneText(explanation: Explanation, directory: string, source: (file: string) => string | undefined): string {
  const { name, active, steps } = explanation;
  const rows = steps.map(({ span, text, reason }) => {
    const content = span && source(span.file);
    if (span === undefined || content === undefined) return ["", "", reason] as const;
    const { line, column } = lineIndex(content).position(span.start);
    const place = `${shownPath(span.file, directory)}:${line}:${column}`;
    return [place, text === undefined ? "" : shortened(text), reason] as const;
  });
  const widths = [0, 1].map((i) => Math.max(0, ...rows.map((row) => row[i]?.length ?? 0)));
  const lines = rows.map(([place, text, reason]) =>
    `  ${place.padEnd(widths[0] ?? 0)}  ${text.padEnd(widths[1] ?? 0)}  ${reason}`.trimEnd(),
  );
  const verdict = active ? "carries a tangent" : "carries no tangent";
  return `${name} in ${explanation.function} ${verdict}:\n${lines.join("\n")}\n`;
}

const shortened = (text: string): string => (text.length > 44 ? `${text.slice(0, 43)}…` : text);
