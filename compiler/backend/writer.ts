/** Builds a module's text piece by piece, remembering which of its places came from where in the source. */

import { GenMapping, maybeAddSegment, setSourceContent, toEncodedMap } from "@jridgewell/gen-mapping";
import { type LineIndex, lineIndex } from "../diagnostics/positions.ts";
import type { Mapping } from "./print/document.ts";

export interface Writer {
  /** Takes over a piece of the source as it stands. */
  copy(start: number, end: number): void;
  /** Adds generated text, whose places are given by `mappings` (offsets within the text). */
  add(text: string, mappings?: readonly Mapping[]): void;
  /** Characters written so far. */
  readonly length: number;
  text(): string;
  /** The source map of what was written, as JSON. */
  map(names: { readonly file: string; readonly source: string }): string;
}

/** A place of the generated text; without `source`, what follows it comes from nowhere. */
interface Segment {
  readonly generated: number;
  readonly source?: number;
  readonly name?: string;
}

const WORD = /[\p{ID_Start}$_\d][\p{ID_Continue}$\u200c\u200d]*|[^\s\p{ID_Continue}$]/gu;

/** `file`: the source's path as in the spans of the mappings. */
export function writer(source: { readonly file: string; readonly text: string }): Writer {
  const pieces: string[] = [];
  const segments: Segment[] = [];
  let length = 0;

  const put = (text: string): void => {
    pieces.push(text);
    length += text.length;
  };
  return {
    copy(start, end) {
      const text = source.text.slice(start, end);
      for (const { index } of text.matchAll(WORD)) segments.push({ generated: length + index, source: start + index });
      put(text);
    },
    add(text, mappings = []) {
      if (mappings[0]?.generated !== 0) segments.push({ generated: length });
      for (const { generated, source: span, name } of mappings) {
        const at = length + generated;
        if (span.file === source.file)
          segments.push({ generated: at, source: span.start, ...(name !== undefined && { name }) });
        else segments.push({ generated: at });
      }
      put(text);
    },
    get length() {
      return length;
    },
    text: () => pieces.join(""),
    map: (names) => encode(pieces.join(""), source.text, segments, names),
  };
}

function encode(
  code: string,
  original: string,
  segments: readonly Segment[],
  { file, source }: { readonly file: string; readonly source: string },
): string {
  const map = new GenMapping({ file });
  setSourceContent(map, source, original);
  const generatedLines = lineIndex(code);
  const originalLines = lineIndex(original);
  for (const { generated, source: offset, name } of segments) {
    if (generated >= code.length) continue;
    const at = positionIn(generatedLines, generated);
    if (offset === undefined) {
      maybeAddSegment(map, at.line, at.column);
      continue;
    }
    const from = positionIn(originalLines, offset);
    if (name === undefined) maybeAddSegment(map, at.line, at.column, source, from.line, from.column);
    else maybeAddSegment(map, at.line, at.column, source, from.line, from.column, name);
  }
  const { version, names, sources, sourcesContent, mappings } = toEncodedMap(map);
  return JSON.stringify({ version, file, names, sources, sourcesContent, mappings });
}

/** Lines and columns from 0, as source maps count them. */
function positionIn(lines: LineIndex, offset: number): { line: number; column: number } {
  const { line, column } = lines.position(offset);
  return { line: line - 1, column: column - 1 };
}
