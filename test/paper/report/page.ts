/** The report: one page that needs nothing beside itself. */

import { escapeXml, type Figure } from "../figures/plot.ts";
import type { Machine } from "../machine.ts";
import type { ExperimentName } from "../options.ts";
import type { Results } from "./results.ts";
import { accuracyText, depthText, estimatorsText, samplesText, trainingText, valleysText } from "./sections.ts";
import { STYLE } from "./style.ts";
import { type Check, checksOf } from "./summary.ts";
import { table } from "./tables.ts";

const TITLES: Readonly<Record<ExperimentName, string>> = {
  fig1: "Figure 1: forward gradients at a point",
  fig2: "Figure 2: two test functions",
  fig3: "Figure 3: multinomial logistic regression",
  fig4: "Figure 4: a perceptron of two hidden layers",
  fig5: "Figure 5: a convolutional network",
  fig6: "Figure 6: depth",
  estimators: "Estimators against theory",
  accuracy: "How far forward gradients alone get",
};

/** The whole page. */
export function reportPage(results: Results, figures: ReadonlyMap<ExperimentName, readonly Figure[]>): string {
  const texts = textsOf(results);
  const names = (Object.keys(TITLES) as ExperimentName[]).filter((name) => texts.has(name));
  const order: ExperimentName[] = ["accuracy", ...names.filter((name) => name !== "accuracy")];
  const shown = order.filter((name) => texts.has(name));
  const links = shown.map((name) => `<a href="#${name}">${escapeXml((TITLES[name].split(":")[0] ?? "").trim())}</a>`);
  const sections = shown.map((name) => {
    const kept = results[name];
    const where = kept === undefined ? "" : whereMeasured(kept.machine, kept.quick, kept.published);
    const drawn = (figures.get(name) ?? []).map(figureHtml).join("");
    return `<section id="${name}"><h2>${escapeXml(TITLES[name])}</h2><p class="where">${escapeXml(where)}</p>${texts.get(name)}${drawn}</section>`;
  });
  return withSubscripts(`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Gradients without backpropagation, measured again</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<header>
<h1>Gradients without backpropagation, measured again</h1>
<p class="lead">The experiments of Baydin, Pearlmutter, Syme, Wood and Torr (arXiv 2202.08587) with fgrad: tangents compiled from TypeScript, kernels in WebAssembly, and backpropagation written by hand on the same kernels as the opponent.</p>
<nav>${['<a href="#verdict">Verdict</a>', '<a href="#targets">Targets</a>', ...links].join("")}</nav>
</header>
${verdict(results)}
${targets(checksOf(results))}
${sections.join("\n")}
<footer>Times are processor time of one thread, so that other work on the machine counts little; looks at held-out digits are left out. Written by <code>npm run paper</code>.</footer>
</main>
</body>
</html>
`);
}

/** R_f and its like as one writes them, outside of drawings. */
function withSubscripts(page: string): string {
  return page.replaceAll(/<svg[\s\S]*?<\/svg>|\b([RT])_([fb])\b/g, (whole: string, letter?: string, index?: string) =>
    letter === undefined ? whole : `${letter}<sub>${index}</sub>`,
  );
}

function textsOf(results: Results): ReadonlyMap<ExperimentName, string> {
  const texts = new Map<ExperimentName, string>();
  const { fig1, fig2, fig3, fig4, fig5, fig6, estimators, accuracy } = results;
  if (fig1 !== undefined) texts.set("fig1", samplesText(fig1.data));
  if (fig2 !== undefined) texts.set("fig2", valleysText(fig2.data.valleys));
  if (fig3 !== undefined) texts.set("fig3", trainingText(fig3.data));
  if (fig4 !== undefined) texts.set("fig4", trainingText(fig4.data));
  if (fig5 !== undefined) texts.set("fig5", trainingText(fig5.data));
  if (fig6 !== undefined) texts.set("fig6", depthText(fig6.data));
  if (estimators !== undefined) texts.set("estimators", estimatorsText(estimators.data));
  if (accuracy !== undefined) texts.set("accuracy", accuracyText(accuracy.data));
  return texts;
}

function whereMeasured({ date, cpu, cores, node, engine, load }: Machine, quick: boolean, published: boolean): string {
  const words = [
    `${published ? "Kept with the sources; measured" : "Measured"} on ${date.slice(0, 10)}`,
    `${cpu}, ${cores} cores`,
    `Node ${node.replace(/^v/, "")}`,
    engine,
    `load ${load}`,
  ];
  return `${words.join(" · ")}${quick ? " · quick version" : ""}`;
}

function verdict(results: Results): string {
  const best = results.accuracy?.data.targets.toSorted((a, b) => b.result.test - a.result.test)[0];
  const reached =
    best === undefined
      ? ""
      : `<p>With structure it is another matter. Moving activities instead of weights, each sample its own way, under losses that see few units, forward gradients alone train a network to <b>${(100 * best.result.test).toFixed(2)} %</b> on the test digits; the best published result of a forward gradient is 97.45 %.</p>`;
  return `<section id="verdict"><h2>What forward gradients win, and what not</h2>
<p>A forward gradient along a dense direction does the same arithmetic as backpropagation: a product for the value, one for the tangent of the weights, one for the tangent of the activities. The speed-ups that the paper reports come from the number of operations that a framework dispatches, not from arithmetic; on fused kernels a dense step ties with backpropagation. Directions with structure (an outer product a bᵀ for each matrix) leave out one product of three, and need neither the direction nor all activities in memory.</p>
<p>By step, tuned backpropagation wins, and clearly: an estimate along one direction of n parameters is n times as noisy, and its best learning rate is smaller by about that much of the trace of the Hessian. At the paper's own rates, which are far too small for backpropagation, forward gradients seem to descend faster, because their noise makes the weights grow, and with them the gradients.</p>
${reached}</section>`;
}

function targets(checks: readonly Check[]): string {
  if (checks.length === 0) return "";
  const met = checks.filter((check) => check.met).length;
  const rows = checks.map(({ claim, wanted, measured, met: one }) => [
    escapeXml(claim),
    escapeXml(wanted),
    escapeXml(measured),
    one ? '<span class="met">✓ met</span>' : '<span class="missed">✗ not met</span>',
  ]);
  return `<section id="targets"><h2>Targets</h2><p class="where">${met} of ${checks.length} met</p><p>“By arithmetic” is what remains when only the flops of products count: with F of them in a forward pass, F₁ in its first layer, a rank-one step takes 2F − F₁ and backpropagation 3F − F₁. Where a limit lies below that, it can’t be met on fused kernels; the paper’s framework, which loses time between operations, is measured by other rules.</p>${table(["What", "Wanted", "Measured", ""], rows)}</section>`;
}

function figureHtml({ title, keys, panels }: Figure): string {
  const legend = keys.map(({ name, color, dash }) => {
    const dashes = dash === undefined ? "" : ` stroke-dasharray="${dash}"`;
    return `<li><svg viewBox="0 0 30 8" aria-hidden="true"><line x1="0" x2="30" y1="4" y2="4" stroke="${color}" stroke-width="2.6"${dashes}/></svg>${escapeXml(name)}</li>`;
  });
  const drawn = panels.map(
    ({ title: heading, note, svg }) =>
      `<figure><figcaption><b>${escapeXml(heading)}</b><span>${escapeXml(note)}</span></figcaption>${svg}</figure>`,
  );
  return `<div class="figure"><h3>${escapeXml(title)}</h3><ul class="keys">${legend.join("")}</ul><div class="panels${panels.length === 1 ? " one" : ""}">${drawn.join("")}</div></div>`;
}
