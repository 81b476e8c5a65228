/** How the report looks. */

import { DARK, LIGHT } from "../figures/plot.ts";

const variables = (colors: Readonly<Record<string, string>>): string =>
  Object.entries(colors)
    .map(([name, value]) => `--${name}: ${value};`)
    .join(" ");

/** The report's style sheet: the colours of figures are those of the page. */
export const STYLE = `
:root { color-scheme: light dark; ${variables(LIGHT)} --ground: #f5f7f9; --good: #00755a; --bad: #b3261e; }
@media (prefers-color-scheme: dark) { :root { ${variables(DARK)} --ground: #0f1317; --good: #40cfa2; --bad: #ff8a80; } }
* { box-sizing: border-box; }
html { scroll-behavior: smooth; -webkit-text-size-adjust: 100%; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 16px/1.6 Inter, system-ui, -apple-system, "Segoe UI", sans-serif; }
main { max-width: 1100px; margin: 0 auto; padding: 56px 24px 96px; }
header h1 { font-size: clamp(28px, 4vw, 40px); line-height: 1.15; letter-spacing: -0.02em; margin: 0 0 12px; }
.lead { font-size: 18px; max-width: 72ch; color: var(--faint); margin: 0 0 20px; }
nav { display: flex; flex-wrap: wrap; gap: 8px; margin: 24px 0 0; }
nav a { color: inherit; text-decoration: none; border: 1px solid var(--line); border-radius: 999px; padding: 3px 13px; font-size: 14px; background: var(--paper); }
nav a:hover, nav a:focus-visible { border-color: var(--blue); }
section { background: var(--paper); border: 1px solid var(--line); border-radius: 14px; padding: 28px 30px 30px; margin: 28px 0 0; }
h2 { font-size: 23px; letter-spacing: -0.01em; line-height: 1.3; margin: 0 0 4px; }
h3 { font-size: 16px; margin: 30px 0 6px; }
p { max-width: 76ch; margin: 10px 0; }
.where { color: var(--faint); font-size: 13px; margin: 0 0 14px; max-width: none; }
.figure { margin: 22px 0 0; }
.keys { display: flex; flex-wrap: wrap; gap: 4px 22px; margin: 0 0 10px; padding: 0; list-style: none; font-size: 13.5px; }
.keys svg { width: 30px; height: 8px; vertical-align: middle; margin-right: 8px; }
.panels { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(300px, 100%), 1fr)); gap: 22px 18px; }
.panels.one { max-width: 460px; }
sub { font-size: 0.75em; line-height: 0; }
figure { margin: 0; min-width: 0; }
figcaption { display: flex; justify-content: space-between; align-items: baseline; gap: 12px; font-size: 13.5px; line-height: 1.35; min-height: 2.7em; }
figcaption b { font-weight: 600; }
figcaption span { color: var(--faint); text-align: right; }
figure svg { width: 100%; height: auto; display: block; }
.scroll { overflow-x: auto; margin: 14px 0 0; }
table { border-collapse: collapse; font-size: 14px; line-height: 1.45; width: 100%; font-variant-numeric: tabular-nums; }
th, td { text-align: left; padding: 7px 18px 7px 0; border-bottom: 1px solid var(--line); vertical-align: top; }
th { font-weight: 600; color: var(--faint); font-size: 13px; white-space: nowrap; }
td.number, th.number { text-align: right; white-space: nowrap; }
.met { color: var(--good); font-weight: 600; white-space: nowrap; }
.missed { color: var(--bad); font-weight: 600; white-space: nowrap; }
footer { color: var(--faint); font-size: 13px; margin: 32px 0 0; }
@media (max-width: 620px) { main { padding: 32px 14px 64px; } section { padding: 20px 16px; } }
@media print { section { break-inside: avoid; border: none; padding: 0; } nav { display: none; } body { background: none; } }
`;
