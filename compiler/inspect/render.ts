/** Lines of code as HTML. */
import type { DiffLine } from "./diff.ts";
import type { Token } from "./highlight.ts";
import type { Stretch } from "./links.ts";

const ENTITIES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

/** Text made safe for HTML, in attributes too. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"]/g, (character) => ENTITIES[character] ?? character);
}

/** What is laid over a line beside the highlighting. */
export interface Overlay {
  readonly stretches: readonly Stretch[];
  /** Extra classes of the piece that starts at a column. */
  readonly classes: (column: number, text: string, stretch: Stretch | undefined) => readonly string[];
}

/** Cuts tokens where the overlay changes, and wraps what has a class or a unit. */
export function renderLine(tokens: readonly Token[], overlay?: Overlay): string {
  const edges = new Set(overlay?.stretches.flatMap(({ start, end }) => [start, end]));
  let column = 0;
  let html = "";
  const piece = (text: string, kind: string | undefined) => {
    const at = column;
    const stretch = overlay?.stretches.find(({ start, end }) => start <= at && at < end);
    const classes = [...(kind === undefined ? [] : [`k-${kind}`]), ...(overlay?.classes(at, text, stretch) ?? [])];
    const attributes = `${classes.length > 0 ? ` class="${classes.join(" ")}"` : ""}${stretch ? ` data-u="${stretch.unit}"` : ""}`;
    html += attributes === "" ? escapeHtml(text) : `<span${attributes}>${escapeHtml(text)}</span>`;
    column += text.length;
  };
  for (const { text, kind } of tokens) {
    // Words apart from spaces and signs: activity belongs to names, not to what stands around them.
    for (const word of text.match(/[\w$]+|\s+|[^\w$\s]+/g) ?? []) {
      let from = 0;
      for (let i = 1; i <= word.length; i++) {
        if (i < word.length && !edges.has(column + i - from)) continue;
        piece(word.slice(from, i), kind);
        from = i;
      }
    }
  }
  return html;
}

/** A row: number in the margin, sign of the diff, code. */
export function renderRow(number: number | undefined, html: string, classes: readonly string[] = []): string {
  const shown = number === undefined ? "" : String(number);
  const place = number === undefined ? "" : ` data-n="${number}"`;
  return `<div class="${["row", ...classes].join(" ")}"${place}><i>${shown}</i><code>${html || " "}</code></div>`;
}

/** The rows of the newer text, with removed lines in between. */
export function renderDiff(
  lines: readonly DiffLine[],
  before: readonly (readonly Token[])[],
  after: readonly (readonly Token[])[],
): string {
  return lines
    .map((line) => {
      if (line.kind === "removed") return renderRow(undefined, renderLine(before[line.before] ?? []), ["removed"]);
      return renderRow(line.after + 1, renderLine(after[line.after] ?? []), line.kind === "added" ? ["added"] : []);
    })
    .join("");
}
