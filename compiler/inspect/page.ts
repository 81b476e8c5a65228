/**
 * The inspection page: one HTML file, without network, that shows what became what. Source and generated code side by side,
 * and a tab for each pass with what it changed.
 */
import { readFileSync } from "node:fs";
import { basename, dirname } from "node:path";
import type { CompileResult, Diagnostic, OutputFile, PassLogEntry } from "../api.ts";
import { lineIndex } from "../diagnostics/positions.ts";
import { client } from "./client.ts";
import { diffLines } from "./diff.ts";
import { createHighlight, type Highlight } from "./highlight.ts";
import { activityAt, readLinks } from "./links.ts";
import { escapeHtml, type Overlay, renderDiff, renderLine, renderRow } from "./render.ts";
import { style } from "./style.ts";

/** Stands in the head of every page, so that it can be told from other people's files. */
export const PAGE_SIGNATURE = '<meta name="generator" content="fgrad">';

const POLICY = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'";
const IDENTIFIER = /^[A-Za-z_$][\w$]*$/;
const TANGENT = /_(?:t|jvp)\d*$/;

const KEYS: readonly (readonly [keys: readonly string[], meaning: string])[] = [
  [["j", "k"], "next, previous line"],
  [["h", "l"], "to the other side"],
  [["←", "→"], "previous, next pass"],
  [["J", "K"], "next, previous function"],
  [["/"], "search"],
  [["n", "N"], "next, previous match"],
  [["d"], "show or hide what a pass changed"],
  [["t"], "light or dark"],
  [["Esc"], "let go"],
];

/** An entry of the sidebar: a function with its activity pattern. */
interface Entry {
  readonly id: string;
  readonly label: string;
  readonly pattern: string;
  /** Its subject in the pass log. */
  readonly subject: string;
  readonly line: number | undefined;
  readonly generated: number | undefined;
}

function sourceText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

function words(text: string): ReadonlySet<string> {
  return new Set(text.match(/[A-Za-z_$][\w$]*/g));
}

function renderPair(file: OutputFile, result: CompileResult, highlight: Highlight): string {
  const source = lineIndex(sourceText(file.source));
  const generated = lineIndex(file.code);
  const links = readLinks(file, source, generated);
  const active = activityAt(result.activity, file.source);
  const ownWords = words(source.text);
  const activityClass = (offset: number | undefined, text: string): readonly string[] => {
    const known = offset === undefined || !IDENTIFIER.test(text) ? undefined : active(offset);
    return known === undefined ? [] : [known ? "active" : "inactive"];
  };

  const sourceTokens = highlight(source.text);
  const sourceRows = sourceTokens.map((tokens, i) => {
    const start = source.start(i + 1);
    const overlay: Overlay = {
      stretches: links.source.get(i) ?? [],
      classes: (column, text) => activityClass(start + column, text),
    };
    return renderRow(i + 1, renderLine(tokens, overlay));
  });

  const split = (text: string) => text.split(/\r\n|[\n\r\u2028\u2029]/);
  const added = new Set(
    diffLines(split(source.text), split(file.code)).flatMap((line) => (line.kind === "added" ? [line.after] : [])),
  );
  const generatedRows = highlight(file.code).map((tokens, i) => {
    const overlay: Overlay = {
      stretches: links.generated.get(i) ?? [],
      classes: (column, text, stretch) => {
        if (IDENTIFIER.test(text) && TANGENT.test(text) && !ownWords.has(text)) return ["tangent"];
        if (!stretch) return [];
        const offset = links.offsets[stretch.unit];
        // A name that stands for the source's name at the same place has the same activity.
        const same = offset !== undefined && source.text.startsWith(text, offset + column - stretch.start);
        return same ? activityClass(offset + column - stretch.start, text) : [];
      },
    };
    return renderRow(i + 1, renderLine(tokens, overlay), added.has(i) ? ["new"] : []);
  });

  const title = (path: string) => `<h3><b>${escapeHtml(basename(path))}</b>${escapeHtml(dirname(path))}</h3>`;
  return `${title(file.source)}${title(file.path)}
<div data-pane="source" role="region" tabindex="0" aria-label="Source"><div class="rows">${sourceRows.join("")}</div></div>
<div data-pane="generated" role="region" tabindex="0" aria-label="Generated code"><div class="rows">${generatedRows.join("")}</div></div>`;
}

/** `beale(x, y)` → `beale`. */
function nameOfSubject(subject: string): string {
  return subject.split("(")[0] ?? subject;
}

/** The log of one module. What was emitted is left out: the page shows it beside the source. */
function logOf(file: OutputFile, log: readonly PassLogEntry[]): readonly PassLogEntry[] {
  const own = log.filter((entry) => entry.file === file.source && entry.subject !== file.path);
  const full = new Map<string, string>();
  for (const { subject } of own) if (subject.includes("(")) full.set(nameOfSubject(subject), subject);
  // A pass that knows functions by name alone speaks of the same ones as those that know their parameters.
  return own.map((entry) => ({ ...entry, subject: full.get(entry.subject) ?? entry.subject }));
}

function entriesOf(file: OutputFile, log: readonly PassLogEntry[], number: number): readonly Entry[] {
  const source = lineIndex(sourceText(file.source));
  const generated = lineIndex(file.code);
  const subjects = [...new Set(log.map(({ subject }) => subject))].filter((subject) => subject !== file.source);
  const selected = file.functions
    .filter(({ name }) => !subjects.some((subject) => nameOfSubject(subject) === name))
    .map(({ name, parameters }) => `${name}(${parameters.map((p) => p.name).join(", ")})`);
  return [...selected, ...subjects].map((subject, i) => {
    const name = nameOfSubject(subject);
    const compiled = file.functions.find((item) => item.name === name);
    const declared = source.text.search(
      new RegExp(`\\b(?:function|const|let)\\s+${name.replace(/[^\w]/g, "\\$&")}\\b`),
    );
    const at = compiled?.span.start ?? (declared === -1 ? undefined : declared);
    return {
      id: `${number}.${i}`,
      label: name,
      pattern: subject.slice(name.length),
      subject,
      line: at === undefined ? undefined : source.position(at).line,
      generated: compiled === undefined ? undefined : generated.position(compiled.generated.start).line,
    };
  });
}

/** The tabs and panels of a module's pass log: each entry beside the one before of the same subject. */
function renderPasses(log: readonly PassLogEntry[], number: number, highlight: Highlight) {
  const latest = new Map<string, PassLogEntry>();
  const seen = new Map<string, number>();
  const tabs: string[] = [];
  const panels: string[] = [];
  for (const [i, entry] of log.entries()) {
    const before = latest.get(entry.subject);
    // What discover says of a function is no earlier state of its text.
    if (entry.pass !== "discover") latest.set(entry.subject, entry);
    const repeated = `${entry.subject}\n${entry.pass}`;
    const times = (seen.get(repeated) ?? 0) + 1;
    seen.set(repeated, times);
    const label = times > 1 ? `${entry.pass} ${times}` : entry.pass;
    const text = entry.text.trimEnd();
    const after = highlight(text);
    const old = before ? before.text.trimEnd() : undefined;
    const diff = old === undefined ? undefined : diffLines(old.split("\n"), text.split("\n"));
    const changes = diff?.filter((line) => line.kind !== "same").length;
    const sign =
      changes === undefined ? "" : changes === 0 ? '<small class="none">=</small>' : `<small>${changes}</small>`;
    const panel = `panel-${number}-${i}`;
    tabs.push(
      `<button role="tab"${changes === 0 ? ' class="same"' : ""} tabindex="-1" aria-selected="false" aria-controls="${panel}" data-panel="${panel}" data-tab="${escapeHtml(label)}" data-subject="${escapeHtml(entry.subject)}">${escapeHtml(label)}${sign}</button>`,
    );
    const rows =
      diff && old !== undefined
        ? renderDiff(diff, highlight(old), after)
        : after.map((tokens, line) => renderRow(line + 1, renderLine(tokens))).join("");
    panels.push(
      `<div role="tabpanel" id="${panel}" hidden><div data-pane="pass" role="region" tabindex="0" aria-label="After ${escapeHtml(label)}"><div class="rows">${rows}</div></div></div>`,
    );
  }
  return { tabs: tabs.join(""), panels: panels.join("\n") };
}

function renderProblems(diagnostics: readonly Diagnostic[]): string {
  if (diagnostics.length === 0) return "";
  const rows = diagnostics.map(({ code, message, span, hint }) => {
    const place = span ? `${basename(span.file)}:${lineIndex(sourceText(span.file)).position(span.start).line}: ` : "";
    return `<p>${escapeHtml(place)}<b>${code}</b> ${escapeHtml(message)}${hint ? ` ${escapeHtml(hint)}` : ""}</p>`;
  });
  return `<div class="problems" role="status">${rows.join("")}</div>`;
}

function sidebar(file: OutputFile, number: number, entries: readonly Entry[]): string {
  const attribute = (name: string, value: string | number | undefined) =>
    value === undefined ? "" : ` data-${name}="${escapeHtml(String(value))}"`;
  const buttons = entries.map(
    ({ id, label, pattern, subject, line, generated }) =>
      `<button${attribute("entry", id)}${attribute("module", number)}${attribute("subject", subject)}${attribute("file", file.source)}${attribute("line", line)}${attribute("generated", generated)} title="${escapeHtml(subject)}">${escapeHtml(label)}<small>${escapeHtml(pattern)}</small></button>`,
  );
  return `<h2 title="${escapeHtml(file.source)}">${escapeHtml(basename(file.source))}</h2>${buttons.join("")}`;
}

const LEGEND = `<div class="legend">
<div><span class="active">x</span>active: carries a tangent</div>
<div><span class="inactive">n</span>inactive: copied as it is</div>
<div><span class="tangent">x_t</span>a tangent</div></div>`;

function helpDialog(): string {
  const rows = KEYS.map(
    ([keys, meaning]) => `<dt>${keys.map((key) => `<kbd>${key}</kbd>`).join(" ")}</dt><dd>${meaning}</dd>`,
  );
  return `<dialog id="help"><h2>Keys</h2><dl>${rows.join("")}</dl><form method="dialog"><button autofocus>Close</button></form></dialog>`;
}

/** Makes the page of a compilation; wants `logPasses` and `sourcemap` in its options. */
export async function inspectPage(result: CompileResult): Promise<string> {
  const highlight = await createHighlight();
  const sections: string[] = [];
  const menu: string[] = [];
  for (const [number, file] of result.files.entries()) {
    const log = logOf(file, result.log);
    const entries = entriesOf(file, log, number);
    const passes = renderPasses(log, number, highlight);
    const panel = `panel-${number}-code`;
    menu.push(sidebar(file, number, entries));
    sections.push(`<section data-module="${number}" hidden>
<div role="tablist" aria-label="Passes"><button role="tab" aria-selected="true" aria-controls="${panel}" data-panel="${panel}" data-tab="code">source ⇄ code</button>${passes.tabs}</div>
<div role="tabpanel" id="${panel}" class="pair">${renderPair(file, result, highlight)}</div>
${passes.panels}</section>`);
  }
  const functions = result.files.reduce((sum, file) => sum + file.functions.length, 0);
  const title = result.files.map((file) => basename(file.source)).join(", ");
  const empty = '<p class="empty">No function was compiled.</p>';
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8">${PAGE_SIGNATURE}
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title || "fgrad")} · fgrad</title>
<style>${style}</style>
<script>if (matchMedia("(prefers-color-scheme: dark)").matches) document.documentElement.dataset.theme = "dark";</script></head>
<body><header><h1><span>∂</span> fgrad</h1><p>${functions} function${functions === 1 ? "" : "s"} in ${escapeHtml(title)}</p>
<label><input id="search" type="search" placeholder="Search  /" aria-label="Search" spellcheck="false"><output id="count" for="search"></output></label>
<button id="diff" title="Show or hide what a pass changed (d)">Changes</button>
<button id="theme" title="Light or dark (t)">Theme</button><button id="keys" title="Keys (?)">Keys</button></header>
<nav aria-label="Functions">${menu.join("")}${LEGEND}</nav>
<main>${renderProblems(result.diagnostics)}${sections.join("\n") || empty}</main>${helpDialog()}
<script>(${client.toString()})(window);</script></body></html>
`;
}
