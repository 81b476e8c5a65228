/** The style of the page: two themes from one set of names, no font and no picture from outside. */
export const style = `
:root {
  color-scheme: light;
  --paper: #fcfcfa; --panel: #f5f5f1; --line: #e3e3dc; --ink: #24282e; --soft: #666b73; --faint: #767a81;
  --accent: #3763c9; --lit: #c9dcff; --lit-row: #edf3ff; --origin: #f0f0ea;
  --active: #b4540a; --active-fill: #fdf0df; --inactive: #3f7189; --inactive-fill: #ebf2f5; --tangent: #a3195b; --tangent-fill: #fdecf3;
  --added: #e4f4e5; --added-sign: #2b7a38; --removed: #fae9e7; --removed-sign: #b0392e; --found: #ffe58a; --current: #ffb84d;
  --code-keyword: #7a3e9d; --code-string: #3d7a2b; --code-comment: #6f757d; --code-function: #2757b0; --code-constant: #0f6d7d; --code-punctuation: #5c626b; --code-parameter: #24282e;
  --error: #b3261e;
}
:root[data-theme=dark] {
  color-scheme: dark;
  --paper: #191b20; --panel: #202329; --line: #31353d; --ink: #d9dce2; --soft: #a0a6b0; --faint: #7f8590;
  --accent: #8fb0ff; --lit: #34497a; --lit-row: #222a3b; --origin: #24272e;
  --active: #f2ae72; --active-fill: #372a1f; --inactive: #8fbdd0; --inactive-fill: #22343c; --tangent: #f498bd; --tangent-fill: #3a2330;
  --added: #1e3324; --added-sign: #7fcf8c; --removed: #3a2422; --removed-sign: #f0938a; --found: #6b5a17; --current: #a56a12;
  --code-keyword: #c79bec; --code-string: #9fd18b; --code-comment: #8a919c; --code-function: #8fb4ff; --code-constant: #74c7d4; --code-punctuation: #a3a9b3; --code-parameter: #d9dce2;
  --error: #ff8f85;
}
* { box-sizing: border-box; }
html, body { height: 100%; margin: 0; }
body {
  display: grid; grid-template: auto minmax(0, 1fr) / 15rem minmax(0, 1fr);
  background: var(--paper); color: var(--ink);
  font: 14px/1.5 system-ui, -apple-system, "Segoe UI", "Noto Sans", sans-serif;
}
button, input { font: inherit; color: inherit; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: -2px; border-radius: 4px; }
[data-pane]:focus-visible { outline: 1px solid var(--accent); outline-offset: -1px; border-radius: 0; }
[hidden] { display: none !important; }

header { grid-column: 1 / -1; display: flex; align-items: center; gap: .75rem; padding: .5rem 1rem; border-bottom: 1px solid var(--line); }
header h1 { font-size: 15px; font-weight: 650; margin: 0 .25rem 0 0; letter-spacing: .01em; }
header h1 span { color: var(--tangent); }
header p { margin: 0; color: var(--soft); flex: 1; white-space: nowrap; overflow: hidden; text-overflow: ellipsis; }
header label { display: flex; align-items: center; gap: .5rem; background: var(--panel); border: 1px solid var(--line); border-radius: 6px; padding: .15rem .6rem; }
header input { border: 0; background: none; width: 11rem; padding: .1rem 0; outline: 0; }
header label:focus-within { border-color: var(--accent); }
header input:focus-visible { outline: 0; }
header input::-webkit-search-cancel-button { display: none; }
header output { color: var(--soft); font-size: 12px; min-width: 3.2em; text-align: right; font-variant-numeric: tabular-nums; }
header button { border: 1px solid var(--line); background: var(--panel); border-radius: 6px; padding: .2rem .65rem; cursor: pointer; }
header button:hover { border-color: var(--faint); }

nav { background: var(--panel); border-right: 1px solid var(--line); overflow: auto; padding: .75rem 0; display: flex; flex-direction: column; }
nav h2 { font-size: 12px; font-weight: 600; color: var(--soft); margin: .6rem 1rem .2rem; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
nav h2:first-child { margin-top: 0; }
nav button { display: block; width: 100%; text-align: left; border: 0; background: none; padding: .22rem 1rem .22rem 1.25rem; cursor: pointer; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; border-left: 3px solid transparent; }
nav button small { color: var(--faint); font-size: inherit; }
nav button:hover { background: var(--origin); }
nav button[aria-current=true] { border-left-color: var(--accent); background: var(--lit-row); }
nav button[aria-current=true] small { color: var(--soft); }
.legend { margin: auto 1rem 0; padding-top: 1.25rem; display: grid; gap: .4rem; font-size: 12.5px; color: var(--soft); }
.legend span { font: 12px/1.4 ui-monospace, monospace; margin-right: .45em; }

main { min-width: 0; min-height: 0; display: flex; flex-direction: column; }
main > section { flex: 1; min-height: 0; display: flex; flex-direction: column; }
[role=tablist] { display: flex; gap: .15rem; padding: 0 .75rem; border-bottom: 1px solid var(--line); overflow-x: auto; scrollbar-width: none; flex: none; }
[role=tab] { border: 0; background: none; padding: .5rem .7rem .42rem; cursor: pointer; color: var(--soft); white-space: nowrap; border-bottom: 2px solid transparent; }
[role=tab].same { color: var(--faint); }
[role=tab]:hover { color: var(--ink); }
[role=tab][aria-selected=true] { color: var(--ink); border-bottom-color: var(--accent); }
[role=tab] small { font-size: 11px; color: var(--added-sign); margin-left: .35em; font-variant-numeric: tabular-nums; }
[role=tab] small.none { color: var(--faint); }
[role=tabpanel] { flex: 1; min-height: 0; display: flex; }
.pair { display: grid; grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); grid-template-rows: auto minmax(0, 1fr); }
.pair > h3 { font-size: 12px; font-weight: 500; color: var(--soft); margin: 0; padding: .4rem 1rem; border-bottom: 1px solid var(--line); overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.pair > h3 b { font-weight: 600; color: var(--ink); margin-right: .6em; }
.pair > h3 + h3, .pair > [data-pane=generated] { border-left: 1px solid var(--line); }
[data-pane] { flex: 1; min-width: 0; overflow: auto; padding: .6rem 0 40vh; font: 13px/1.6 ui-monospace, "SF Mono", SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace; tab-size: 4; }
.rows { display: inline-block; min-width: 100%; }
.row { display: flex; scroll-margin-block: 3.4em; white-space: pre; padding-right: 2rem; border-left: 3px solid transparent; }
.row > i { flex: none; width: 3.2rem; padding-right: 1rem; text-align: right; color: var(--faint); font-style: normal; font-size: 12px; user-select: none; font-variant-numeric: tabular-nums; }
.row > code { font: inherit; cursor: default; }
.row.new { border-left-color: var(--tangent); }
.row.added { background: var(--added); border-left-color: var(--added-sign); }
.row.removed { background: var(--removed); border-left-color: var(--removed-sign); }
.row.removed > code { opacity: .72; }
.plain .row.removed { display: none; }
.plain .row.added { background: none; border-left-color: transparent; }
.row.origin { background: var(--origin); }
.row.lit-row { background: var(--lit-row); }
.row.cursor { box-shadow: inset 3px 0 0 var(--accent); }
.row.hit > i { color: var(--ink); font-weight: 700; }

.k-keyword { color: var(--code-keyword); } .k-string, .k-string-expression { color: var(--code-string); }
.k-comment { color: var(--code-comment); } .k-function { color: var(--code-function); } .k-constant { color: var(--code-constant); }
.k-punctuation { color: var(--code-punctuation); } .k-parameter { color: var(--code-parameter); }
.active { color: var(--active); background: var(--active-fill); border-radius: 3px; }
.inactive { color: var(--inactive); background: var(--inactive-fill); border-radius: 3px; }
.tangent { color: var(--tangent); background: var(--tangent-fill); border-radius: 3px; }
.lit { background: var(--lit); box-shadow: 0 1px 0 var(--accent); border-radius: 2px; }
::highlight(found) { background: var(--found); }
::highlight(current) { background: var(--current); }

.problems { margin: 1rem; padding: .75rem 1rem; border: 1px solid var(--line); border-left: 3px solid var(--error); border-radius: 6px; max-height: 40%; overflow: auto; flex: none; }
.problems p { margin: .2rem 0; } .problems b { color: var(--error); font-weight: 600; }
.empty { margin: auto; color: var(--soft); text-align: center; padding: 2rem; }
dialog { border: 1px solid var(--line); border-radius: 10px; background: var(--paper); color: var(--ink); padding: 1.25rem 1.5rem; }
dialog::backdrop { background: rgb(0 0 0 / .35); }
dialog dl { display: grid; grid-template-columns: auto 1fr; gap: .4rem 1.25rem; margin: .5rem 0 1rem; }
dialog dd { margin: 0; } dialog h2 { font-size: 15px; margin: 0; }
dialog button { border: 1px solid var(--line); background: var(--panel); border-radius: 6px; padding: .25rem .8rem; cursor: pointer; }
kbd { font: 12px/1.4 ui-monospace, monospace; background: var(--panel); border: 1px solid var(--line); border-radius: 4px; padding: .05rem .4rem; }

@media (max-width: 56rem) {
  body { grid-template: auto auto minmax(0, 1fr) / minmax(0, 1fr); }
  header p, .legend { display: none; }
  header input { width: 6rem; }
  nav { flex-direction: row; align-items: center; border-right: 0; border-bottom: 1px solid var(--line); padding: .25rem; }
  nav h2 { margin: 0 .5rem; flex: none; } nav button { width: auto; flex: none; padding: .25rem .6rem; border-left: 0; border-radius: 6px; }
  .pair { grid-template-columns: minmax(0, 1fr); grid-template-rows: auto minmax(0, 1fr) auto minmax(0, 1fr); }
  .pair > h3:first-of-type { order: 0; } .pair > [data-pane=source] { order: 1; } .pair > h3 + h3 { order: 2; border-left: 0; border-top: 1px solid var(--line); } .pair > [data-pane=generated] { order: 3; border-left: 0; }
  [data-pane] { padding-bottom: 2rem; }
}
@media (prefers-reduced-motion: no-preference) { .row, .lit { transition: background-color .08s linear; } }
`;
