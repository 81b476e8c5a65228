/** What became what: the source map read as pairs of places, and activity laid over them. */
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { decode } from "@jridgewell/sourcemap-codec";
import type { ActivityMark, OutputFile } from "../api.ts";
import type { LineIndex } from "../diagnostics/positions.ts";

/** A stretch of a line (columns from 0, half-open). The same unit on both sides: one came from the other. */
export interface Stretch {
  readonly start: number;
  readonly end: number;
  readonly unit: number;
}

/** Stretches by line (from 0), on both sides. */
export interface Links {
  readonly source: ReadonlyMap<number, readonly Stretch[]>;
  readonly generated: ReadonlyMap<number, readonly Stretch[]>;
  /** Where a unit starts in the source. */
  readonly offsets: readonly number[];
}

interface RawMap {
  readonly mappings: string;
  readonly sources: readonly (string | null)[];
  readonly sourceRoot?: string;
}

const NO_LINKS: Links = { source: new Map(), generated: new Map(), offsets: [] };

/** The index of a module in its map; the only one when there is one. */
function sourceNumber(map: RawMap, file: OutputFile): number {
  if (map.sources.length === 1) return 0;
  const folder = resolve(dirname(file.path), map.sourceRoot ?? "");
  return map.sources.findIndex((source) => {
    if (source === null) return false;
    return (source.startsWith("file:") ? fileURLToPath(source) : resolve(folder, source)) === file.source;
  });
}

/** Cuts the lines at the given columns: each stretch ends where the next begins or its line ends. */
function cut(
  columns: ReadonlyMap<number, readonly (readonly [column: number, unit: number | undefined])[]>,
  index: LineIndex,
): ReadonlyMap<number, readonly Stretch[]> {
  const lines = new Map<number, readonly Stretch[]>();
  for (const [line, starts] of columns) {
    const text = index.line(line + 1).trimEnd();
    const sorted = [...starts].sort((a, b) => a[0] - b[0]);
    const stretches = sorted.flatMap(([start, unit], i): Stretch[] => {
      const end = Math.min(sorted[i + 1]?.[0] ?? text.length, text.length);
      const length = text.slice(start, end).trimEnd().length;
      return unit === undefined || length === 0 ? [] : [{ start, end: start + length, unit }];
    });
    lines.set(line, stretches);
  }
  return lines;
}

/** Reads the links of a module from its source map. */
export function readLinks(file: OutputFile, source: LineIndex, generated: LineIndex): Links {
  if (file.map === undefined) return NO_LINKS;
  const map: RawMap = JSON.parse(file.map);
  const own = sourceNumber(map, file);
  const units = new Map<number, number>();
  const sourceColumns = new Map<number, [number, number | undefined][]>();
  const generatedColumns = new Map<number, [number, number | undefined][]>();
  const push = (columns: typeof sourceColumns, line: number, column: number, unit: number | undefined) => {
    const known = columns.get(line);
    if (known) known.push([column, unit]);
    else columns.set(line, [[column, unit]]);
  };
  for (const [line, segments] of decode(map.mappings).entries()) {
    for (const segment of segments) {
      if (segment.length === 1 || segment[1] !== own) {
        push(generatedColumns, line, segment[0], undefined);
        continue;
      }
      const [column, , sourceLine, sourceColumn] = segment;
      const offset = source.start(sourceLine + 1) + sourceColumn;
      const unit = units.get(offset) ?? units.size;
      if (!units.has(offset)) {
        units.set(offset, unit);
        push(sourceColumns, sourceLine, sourceColumn, unit);
      }
      push(generatedColumns, line, column, unit);
    }
  }
  return {
    source: cut(sourceColumns, source),
    generated: cut(generatedColumns, generated),
    offsets: [...units.keys()],
  };
}

/**
 * Answers whether the value that starts at an offset is active, by the smallest mark that starts there; undefined where none
 * does: in the middle of an expression stand operators, keywords and types, which are neither.
 */
export function activityAt(marks: readonly ActivityMark[], file: string): (offset: number) => boolean | undefined {
  const smallest = new Map<number, ActivityMark>();
  for (const mark of marks) {
    if (mark.span.file !== file) continue;
    const known = smallest.get(mark.span.start);
    if (!known || mark.span.end < known.span.end) smallest.set(mark.span.start, mark);
  }
  return (offset) => smallest.get(offset)?.active;
}
