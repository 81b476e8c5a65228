/** Diagnostics as text: for people (located, framed, with the way out) and for tools (one JSON object a line). */
import { relative } from "node:path";
import type { Diagnostic, Span } from "../api.ts";
import { type Colors, codeFrame } from "./codeframe.ts";
import { type LineIndex, lineIndex } from "./positions.ts";

/** What formatting needs to know of its surroundings. */
export interface FormatContext {
  /** The text of a file (absolute path), or undefined when it can't be read. */
  readonly source: (file: string) => string | undefined;
  /** Paths are printed relative to this folder. */
  readonly directory: string;
  readonly colors: Colors;
}

/** A path as a person in `directory` would type it. */
export function shownPath(file: string, directory: string): string {
  const path = relative(directory, file);
  return path === "" || path.startsWith("..") ? file : path;
}

interface Located {
  readonly index: LineIndex;
  readonly where: string;
}

function locate(span: Span, context: FormatContext): Located | undefined {
  const text = context.source(span.file);
  if (text === undefined) return undefined;
  const index = lineIndex(text);
  const { line, column } = index.position(span.start);
  return { index, where: `${shownPath(span.file, context.directory)}:${line}:${column}` };
}

function indented(text: string, by: string): string {
  return text.replace(/^(?=.)/gm, by);
}

/** `file:line:column - error FG2001: text`, code frame, hint, notes with their own frames. */
export function formatPretty(diagnostic: Diagnostic, context: FormatContext): string {
  const { colors } = context;
  const paint = diagnostic.severity === "error" ? colors.red : colors.yellow;
  const place = diagnostic.span && locate(diagnostic.span, context);
  const where = place?.where ?? (diagnostic.span && shownPath(diagnostic.span.file, context.directory));
  const head = `${paint(diagnostic.severity)} ${colors.dim(`${diagnostic.code}:`)} ${colors.bold(diagnostic.message)}`;
  const parts = [where === undefined ? head : `${colors.cyan(where)} - ${head}`];
  if (place && diagnostic.span) {
    parts.push("", codeFrame(place.index, diagnostic.span.start, diagnostic.span.end, colors), "");
  }
  if (diagnostic.hint) parts.push(`  ${colors.green("hint:")} ${diagnostic.hint}`);
  for (const note of diagnostic.notes ?? []) {
    const at = note.span && locate(note.span, context);
    parts.push(`  ${colors.cyan("note:")} ${note.message}${at ? ` ${colors.dim(`(${at.where})`)}` : ""}`);
    if (at && note.span) parts.push(indented(codeFrame(at.index, note.span.start, note.span.end, colors), "  "));
  }
  return `${parts.join("\n")}\n`;
}

function positionOf(span: Span | undefined, context: FormatContext) {
  if (!span) return {};
  const text = context.source(span.file);
  if (text === undefined) return { file: span.file };
  const index = lineIndex(text);
  const start = index.position(span.start);
  const end = index.position(span.end);
  return { file: span.file, line: start.line, column: start.column, endLine: end.line, endColumn: end.column };
}

/** One JSON object without line breaks: lines and columns from 1, columns in UTF-16 units, paths absolute. */
export function formatJson(diagnostic: Diagnostic, context: FormatContext): string {
  const { code, severity, message, hint, notes } = diagnostic;
  return `${JSON.stringify({
    ...positionOf(diagnostic.span, context),
    code,
    severity,
    message,
    ...(hint !== undefined && { hint }),
    ...(diagnostic.function !== undefined && { function: diagnostic.function }),
    ...(notes && { notes: notes.map((note) => ({ ...positionOf(note.span, context), message: note.message })) }),
  })}\n`;
}

/** Errors before warnings, then by file and place; equal messages at one place only once. */
export function sortDiagnostics(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  const seen = new Set<string>();
  const unique = diagnostics.filter((d) => {
    const key = JSON.stringify([d.code, d.message, d.span]);
    return !seen.has(key) && seen.add(key);
  });
  const rank = (d: Diagnostic) => (d.severity === "error" ? 0 : 1);
  return unique.sort(
    (a, b) =>
      rank(a) - rank(b) ||
      (a.span?.file ?? "").localeCompare(b.span?.file ?? "") ||
      (a.span?.start ?? 0) - (b.span?.start ?? 0),
  );
}
