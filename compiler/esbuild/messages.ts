/** Diagnostics as esbuild wants them: columns and lengths in UTF-8 bytes, from 0, on one line. */
import { relative, sep } from "node:path";
import type { Location, PartialMessage, PartialNote } from "esbuild";
import type { Diagnostic, Span } from "../api.ts";
import { lineIndex, utf8Length } from "../diagnostics/positions.ts";

/** The text of a file (absolute path), or undefined when it can't be read. */
export type Source = (file: string) => string | undefined;

function location(span: Span, source: Source, directory: string): Partial<Location> {
  const file = relative(directory, span.file).split(sep).join("/");
  const text = source(span.file);
  if (text === undefined) return { file };
  const index = lineIndex(text);
  const { line, column } = index.position(span.start);
  const lineText = index.line(line);
  const end = Math.min(column - 1 + Math.max(0, span.end - span.start), lineText.length);
  return {
    file,
    namespace: "file",
    line,
    column: utf8Length(lineText.slice(0, column - 1)),
    length: utf8Length(lineText.slice(column - 1, end)),
    lineText,
  };
}

/** An esbuild message. The code stands in the text, because esbuild replaces a plugin's message ids. */
export function toMessage(diagnostic: Diagnostic, source: Source, directory: string): PartialMessage {
  const { code, message, span, hint } = diagnostic;
  const notes: PartialNote[] = (diagnostic.notes ?? []).map((note) => ({
    text: note.message,
    ...(note.span && { location: location(note.span, source, directory) }),
  }));
  if (hint) notes.unshift({ text: hint });
  return { text: `${code}: ${message}`, ...(span && { location: location(span, source, directory) }), notes };
}
