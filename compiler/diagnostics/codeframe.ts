/** The lines around a span, with the span underlined. */
import type { createColors } from "picocolors";
import { displayWidth, expandTabs, type LineIndex } from "./positions.ts";

/** The colours of a stream, as `picocolors.createColors(enabled)` makes them. */
export type Colors = ReturnType<typeof createColors>;

/** Lines of a span that are shown before the rest is left out. */
const MOST_LINES = 4;

/**
 * Draws lines `index` around the half-open range [start, end) of UTF-16 offsets: one line of context on both sides,
 * numbers in the margin, carets under the span's first line, a sign before each of its lines. An empty range gets one caret.
 */
export function codeFrame(index: LineIndex, start: number, end: number, colors: Colors): string {
  const first = index.position(start);
  const last = index.position(Math.max(start, end));
  const lastShown = Math.min(last.line, first.line + MOST_LINES - 1);
  const margin = String(Math.min(index.count, lastShown + 1)).length;
  const rows: string[] = [];

  const row = (line: number, marked: boolean) => {
    const number = `${String(line).padStart(margin)} | `;
    const text = expandTabs(index.line(line));
    rows.push(`${marked ? colors.red(">") : " "} ${colors.dim(number)}${text}`.trimEnd());
  };
  const context = (line: number) => {
    if (line >= 1 && line <= index.count && index.line(line).trim() !== "") row(line, false);
  };

  context(first.line - 1);
  for (let line = first.line; line <= lastShown; line++) {
    row(line, true);
    if (line > first.line) continue;
    const text = index.line(line);
    const from = first.column - 1;
    const to = line === last.line ? last.column - 1 : text.trimEnd().length;
    const before = displayWidth(expandTabs(text.slice(0, from)));
    const width = Math.max(1, displayWidth(expandTabs(text.slice(0, to))) - before);
    rows.push(`  ${colors.dim(`${" ".repeat(margin)} | `)}${" ".repeat(before)}${colors.red("^".repeat(width))}`);
  }
  if (last.line > lastShown) rows.push(`  ${colors.dim(`${"…".padStart(margin)} |`)}`);
  else context(last.line + 1);
  return rows.join("\n");
}
