/** Offsets to lines and columns, in the units that each host counts in. */

/** A place in a text: line from 1, column in UTF-16 units from 1 (what editors show). */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** The lines of a text. */
export interface LineIndex {
  readonly text: string;
  readonly count: number;
  /** The position of an offset; offsets outside of the text are moved to its ends. */
  position(offset: number): Position;
  /** A line (from 1) without its line break. */
  line(line: number): string;
  /** The offset at which a line (from 1) starts. */
  start(line: number): number;
}

/** Indexes the lines of `text` (broken by \n, \r\n, \r, U+2028 and U+2029, as in TypeScript). */
export function lineIndex(text: string): LineIndex {
  const starts = [0];
  for (const lineBreak of text.matchAll(/\r\n|[\n\r\u2028\u2029]/g)) starts.push(lineBreak.index + lineBreak[0].length);
  const start = (line: number) => starts[line - 1] ?? text.length;
  return {
    text,
    count: starts.length,
    position(offset) {
      const at = Math.max(0, Math.min(offset, text.length));
      let low = 0;
      let high = starts.length;
      while (high - low > 1) {
        const middle = (low + high) >> 1;
        if ((starts[middle] ?? 0) <= at) low = middle;
        else high = middle;
      }
      return { line: low + 1, column: at - (starts[low] ?? 0) + 1 };
    },
    line: (line) => text.slice(start(line), start(line + 1)).replace(/[\n\r\u2028\u2029]+$/, ""),
    start,
  };
}

/** The length of a text in UTF-8 bytes. */
export function utf8Length(text: string): number {
  return Buffer.byteLength(text, "utf8");
}

const graphemes = new Intl.Segmenter(undefined, { granularity: "grapheme" });
const ZERO_WIDTH = /^[\p{Mark}\p{Cc}\p{Cf}]*$/u;
const WIDE =
  /\p{Emoji_Presentation}|\uFE0F|[\u1100-\u115F\u2E80-\u303E\u3041-\u33FF\u3400-\u4DBF\u4E00-\u9FFF\uA000-\uA4CF\uA960-\uA97F\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF01-\uFF60\uFFE0-\uFFE6\u{1F200}-\u{1F2FF}\u{20000}-\u{3FFFD}]/u;

/** How many columns of a terminal a text without tabs takes: 2 for wide characters and emoji, 0 for combining marks. */
export function displayWidth(text: string): number {
  if (/^[\x20-\x7e]*$/.test(text)) return text.length;
  let width = 0;
  for (const { segment } of graphemes.segment(text)) width += ZERO_WIDTH.test(segment) ? 0 : WIDE.test(segment) ? 2 : 1;
  return width;
}

/** Replaces tabs by spaces up to the next multiple of `size` columns. */
export function expandTabs(text: string, size = 4): string {
  if (!text.includes("\t")) return text;
  let expanded = "";
  for (const [i, part] of text.split("\t").entries()) {
    if (i > 0) expanded += " ".repeat(size - (displayWidth(expanded) % size));
    expanded += part;
  }
  return expanded;
}
