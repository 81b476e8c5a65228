/** The formatting habits of a file, so that what is generated looks like what stands around it. */

export interface Style {
  /** One level of indentation: spaces or a tab. */
  readonly indent: string;
  readonly quote: '"' | "'";
  readonly semicolons: boolean;
  /** A comma behind the last of several arguments or elements on lines of their own. */
  readonly trailingCommas: boolean;
  readonly newline: "\n" | "\r\n";
  /** Columns, 80 to 120. */
  readonly width: number;
}

export const defaultStyle: Style = {
  indent: "  ",
  quote: '"',
  semicolons: true,
  trailingCommas: true,
  newline: "\n",
  width: 100,
};

const count = (text: string, pattern: RegExp): number => (text.match(pattern) ?? []).length;

/** Reads the habits of a TypeScript text; where it shows none, the usual ones. */
export function detectStyle(text: string): Style {
  // Each function of a module is printed in the module's style, which is read once.
  if (latest?.text !== text) latest = { text, style: readStyle(text) };
  return latest.style;
}

let latest: { readonly text: string; readonly style: Style } | undefined;

function readStyle(text: string): Style {
  const crlf = count(text, /\r\n/g);
  const lines = text.split(/\r?\n/);
  return {
    indent: detectIndent(lines),
    quote:
      count(text, /(?:[(=,:[{]|from|import|return)[ \t]*'/g) > count(text, /(?:[(=,:[{]|from|import|return)[ \t]*"/g)
        ? "'"
        : '"',
    semicolons: detectSemicolons(lines),
    trailingCommas: count(text, /,[ \t]*\r?\n[ \t]*[)\]}]/g) >= count(text, /[^\s,;{}([/*][ \t]*\r?\n[ \t]*[)\]]/g),
    newline: crlf * 2 > lines.length - 1 && crlf > 0 ? "\r\n" : "\n",
    width: detectWidth(lines),
  };
}

function detectIndent(lines: readonly string[]): string {
  let tabs = 0;
  const steps = new Map<number, number>();
  let previous = 0;
  for (const text of lines) {
    if (text.trim() === "" || /^\s*\*/.test(text)) continue;
    const leading = /^[ \t]*/.exec(text)?.[0] ?? "";
    if (leading.includes("\t")) {
      tabs += 1;
      continue;
    }
    const step = leading.length - previous;
    previous = leading.length;
    if (step > 0) steps.set(step, (steps.get(step) ?? 0) + 1);
  }
  let best = 0;
  let seen = 0;
  for (const [step, times] of steps) {
    if (times > seen && step <= 8) {
      best = step;
      seen = times;
    }
  }
  const spaced = lines.filter((text) => /^ +[^ *]/.test(text)).length;
  if (tabs > spaced) return "\t";
  return best === 0 ? defaultStyle.indent : " ".repeat(best);
}

function detectSemicolons(lines: readonly string[]): boolean {
  let ended = 0;
  let bare = 0;
  for (const text of lines) {
    const code = text.replace(/\/\/.*$/, "").trimEnd();
    if (!/^\s*(?:import|export (?:const|let)|const|let|return|break|continue|throw)\b/.test(code)) continue;
    if (code.endsWith(";")) ended += 1;
    else if (/[\w)\]"'`}]$/.test(code)) bare += 1;
  }
  return ended >= bare;
}

function detectWidth(lines: readonly string[]): number {
  const lengths = lines.filter((text) => !/^\s*(?:\/\/|\*|\/\*)/.test(text)).map((text) => text.trimEnd().length);
  const longest = lengths.reduce((a, b) => Math.max(a, b), 0);
  if (longest <= 80) return lines.length > 60 ? 80 : defaultStyle.width;
  return Math.max(defaultStyle.width, Math.min(120, longest));
}
