/** Words and tables of the report, experiment by experiment. */

import type { AccuracyData } from "../experiments/accuracy.ts";
import type { DepthData } from "../experiments/depth.ts";
import type { EstimatorsData } from "../experiments/estimators.ts";
import { bestRates, type Panel, type Run, type TrainingData } from "../experiments/training.ts";
import type { SamplesData, ValleyData } from "../experiments/valleys.ts";
import { escapeXml } from "../figures/plot.ts";
import { TIMED_NAMES } from "../figures/training.ts";
import type { Timed } from "../timing.ts";
import type { Method } from "../train.ts";
import { factorOf, figure, meanLooks, minutes, timesTo } from "./summary.ts";
import { table } from "./tables.ts";

const METHODS: Readonly<Record<Method, string>> = {
  normal: "forward gradient, normal",
  sign: "forward gradient, ±1",
  "rank-one": "forward gradient, rank-one",
  activity: "forward gradient, activities all alike",
  "activity by sample": "forward gradient, activities by sample",
  backpropagation: "backpropagation",
};

const paragraph = (words: string): string => `<p>${escapeXml(words)}</p>`;

export function samplesText({ moment, means, gradient }: SamplesData): string {
  const last = means.at(-1);
  const error =
    last === undefined
      ? Number.NaN
      : Math.hypot(last.mean[0] - gradient[0], last.mean[1] - gradient[1]) / Math.hypot(...gradient);
  return paragraph(
    `An estimate g = (∇f · v) v lies along its direction v, on the side where the function rises, and is on average the gradient. Over ` +
      `${moment.samples.toLocaleString("en")} samples its second moment is ${moment.measured.toFixed(3)} ‖∇f‖² (theory: n + 2 = 4), and the mean is off by ${(100 * error).toFixed(2)} % of ‖∇f‖.`,
  );
}

export function valleysText(valleys: readonly ValleyData[]): string {
  const rows = valleys.map(({ name, learningRate, steps, forward, exact, finals, diverged }) => {
    const micro = (ways: typeof forward): string =>
      ((1e6 * Math.min(...ways.map(({ seconds }) => seconds))) / steps).toFixed(2);
    return [
      name,
      String(learningRate),
      steps.toLocaleString("en"),
      (finals[finals.length >> 1] ?? Number.NaN).toExponential(1),
      (exact[0]?.final ?? Number.NaN).toExponential(1),
      name === "Beale" ? "≈ 6e-5" : "≈ 5e-6",
      `${diverged.length} of ${finals.length + diverged.length}`,
      `${micro(forward)} µs`,
      `${micro(exact)} µs`,
    ];
  });
  return (
    paragraph(
      "From the paper's starting points at the paper's rates. The opponent descends along the exact gradient, by forward mode along both axes.",
    ) +
    table(
      [
        "Function",
        "#η",
        "#Steps",
        "#Final height, median",
        "#Gradient descent",
        "#Paper",
        "#Diverged",
        "#Step",
        "#Step, exact",
      ],
      rows,
    )
  );
}

export function trainingText(data: TrainingData): string {
  const { panels, sweep, reported } = data;
  const best = [...bestRates(sweep)].map(([method, rate]) => `${METHODS[method]} ${rate}`).join(", ");
  const seeds = new Set(panels.flatMap((panel) => panel.runs.map(({ settings }) => settings.seed))).size;
  const runs = panels.flatMap((panel) => panel.runs);
  const first = runs[0]?.settings;
  const counts = [...new Set(runs.map(({ settings }) => settings.steps))].toSorted((a, b) => b - a);
  const [most = "0", ...less] = counts.map((count) => count.toLocaleString("en"));
  const length =
    less.length === 0
      ? `${most} steps`
      : `${most} steps for the first seed at the first rate, ${less.join(" or ")} for the others`;
  const setting =
    first === undefined
      ? ""
      : paragraph(
          `Batches of ${first.batch}, η = η₀ e^(−${first.decay} i), ${length}, ${seeds} ${seeds === 1 ? "seed" : "seeds"}; 55,000 digits to train on, 5,000 held out for the curves, 10,000 for the test at the end.` +
            (best === "" ? "" : ` Best rates of short runs: ${best}.`),
        );
  const missing =
    panels.length > 0
      ? ""
      : paragraph("Nothing was trained yet: that takes hours, and goes on whenever the experiment is run again.");
  return `${setting}${missing}${timesTable(data)}${panels.map(panelTable).join("")}${reportedTable(reported)}`;
}

function timesTable({ times }: TrainingData): string {
  if (times.length === 0) return "";
  const backward = factorOf(times, "backpropagation");
  const rows = times.map(({ name, least, median }) => {
    const factor = factorOf(times, name);
    return [
      escapeXml(TIMED_NAMES[name]),
      `${least.toPrecision(3)} ms`,
      `${median.toPrecision(3)} ms`,
      factor.toFixed(2),
      name === "forward" ? "" : (factor / backward).toFixed(2),
    ];
  });
  return `<h3>Time of a step</h3>${table(["Directions", "#Least", "#Median", "#R", "#R / R_b"], rows)}`;
}

function panelTable({ label, runs }: Panel): string {
  const rows = byLength(runs).flatMap(([steps, alike]) => methodRows(steps, alike));
  return `<h3>${escapeXml(label)}</h3>${table(["Method", "#η₀", "#Seeds", "#Steps", "#Held-out loss", "#Accuracy", "#Test loss", "#Test accuracy", "#Time", "Backpropagation's lowest loss"], rows)}`;
}

/** Runs of as many steps together, the longest first: means are taken over equal steps only. */
function byLength(runs: readonly Run[]): [number, readonly Run[]][] {
  const counts = [...new Set(runs.map(({ settings }) => settings.steps))].toSorted((a, b) => b - a);
  return counts.map((steps) => [steps, runs.filter(({ settings }) => settings.steps === steps)]);
}

function methodRows(steps: number, runs: readonly Run[]): string[][] {
  const methods = [...new Set(runs.map(({ settings }) => settings.method))];
  return methods.map((method) => {
    const own = runs.filter(({ settings }) => settings.method === method);
    const last = meanLooks(runs, method).at(-1);
    const test = own.reduce((sum, { result }) => sum + result.test, 0) / own.length;
    const testLoss = own.reduce((sum, { result }) => sum + result.testLoss, 0) / own.length;
    const times = method === "backpropagation" ? undefined : timesTo(runs, method);
    const backward = timesTo(runs, method)?.backward;
    const reached =
      method === "backpropagation"
        ? backward === undefined
          ? ""
          : `T_b = ${minutes(backward)}`
        : times?.forward === undefined
          ? "never as low"
          : `T_f = ${minutes(times.forward)}, T_f / T_b = ${(times.forward / times.backward).toFixed(2)}`;
    return [
      METHODS[method],
      String(own[0]?.settings.rate ?? ""),
      String(own.length),
      steps.toLocaleString("en"),
      (last?.valid ?? Number.NaN).toFixed(3),
      (last?.accuracy ?? Number.NaN).toFixed(3),
      testLoss.toFixed(3),
      test.toFixed(3),
      minutes(last?.seconds ?? Number.NaN),
      own.some(({ result }) => result.diverged !== undefined) ? "diverged" : reached,
    ];
  });
}

function reportedTable(reported: TrainingData["reported"]): string {
  const number = (value: number | undefined, unit = ""): string => (value === undefined ? "–" : `${value}${unit}`);
  const rows = reported.map((one) => [
    number(one.forward),
    number(one.backward),
    number(one.ratio),
    number(one.timeForward, " s"),
    number(one.timeBackward, " s"),
    number(one.timeRatio),
    escapeXml(one.note ?? ""),
  ]);
  return `<h3>The paper’s figures</h3>${table(["#R_f", "#R_b", "#R_f / R_b", "#T_f", "#T_b", "#T_f / T_b", ""], rows)}`;
}

export function depthText({ measures }: DepthData): string {
  const depths = [...new Set(measures.map(({ depth }) => depth))];
  const at = (depth: number, variant: Timed) => measures.find((one) => one.depth === depth && one.variant === variant);
  const rows = depths.map((depth) => {
    const base = at(depth, "forward")?.least ?? Number.NaN;
    const factor = (variant: Timed): number => (at(depth, variant)?.least ?? Number.NaN) / base;
    const memory = (variant: Timed): string =>
      Math.round((at(depth, variant)?.peak ?? Number.NaN) / 2 ** 20).toLocaleString("en");
    return [
      String(depth),
      `${base.toFixed(1)} ms`,
      ...(["normal", "sign, never stored", "rank-one", "backpropagation"] as const).map((one) =>
        factor(one).toFixed(2),
      ),
      (factor("rank-one") / factor("backpropagation")).toFixed(2),
      ...(["normal", "rank-one", "backpropagation"] as const).map(memory),
    ];
  });
  return (
    paragraph(
      "The paper reports R_f from 2.53 to 4.17, R_b from 4.58 to 4.92 and R_f / R_b from 0.555 to 0.845, rising with depth. By arithmetic, R is 3 for dense directions and for backpropagation, 2 for rank-one ones, and their ratio 0.667, at any depth. Each entry was measured in a process of its own.",
    ) +
    table(
      [
        "#Layers",
        "#Loss alone",
        "#R normal",
        "#R ±1",
        "#R rank-one",
        "#R_b",
        "#rank-one / R_b",
        "#MiB normal",
        "#MiB rank-one",
        "#MiB backprop.",
      ],
      rows,
    )
  );
}

export function estimatorsText({ rows }: EstimatorsData): string {
  const lines = rows.map((row) => [
    row.model,
    escapeXml(row.name),
    row.parameters.toLocaleString("en"),
    row.samples.toLocaleString("en"),
    `${figure(row.moment)} ± ${figure(2 * row.momentError)}`,
    row.momentTheory === undefined ? "–" : figure(row.momentTheory),
    figure(row.cosine),
    row.cosineTheory === undefined ? "–" : figure(row.cosineTheory),
    `${figure(row.along)} ± ${figure(2 * row.alongError)}`,
  ]);
  return (
    paragraph(
      "At the first parameters, on one batch: c = E‖g‖² / ‖∇f‖², the mean cosine |cos(g, ∇f)|, and the mean of g · ∇f / ‖∇f‖², which is 1 for an unbiased estimate (± two standard errors); projections are biased, theirs is 8 / n. The gradient is that of backpropagation on the same kernels.",
    ) +
    table(
      ["Model", "Directions", "#Parameters", "#Samples", "#c", "#In theory", "#|cos|", "#In theory", "#E g·∇f / ‖∇f‖²"],
      lines,
    )
  );
}

export function accuracyText({ targets }: AccuracyData): string {
  const rows = targets.map(({ name, wanted, estimator, parameters, steps, result }) => [
    escapeXml(name),
    escapeXml(estimator),
    parameters.toLocaleString("en"),
    steps.toLocaleString("en"),
    minutes(result.looks.at(-1)?.seconds ?? Number.NaN),
    `${(100 * result.test).toFixed(2)} %`,
    `${(100 * wanted).toFixed(0)} %`,
  ]);
  return (
    paragraph(
      "No step of backpropagation anywhere: every slope comes from a forward run of compiled code, and no exact gradient is used. The two networks were chosen on 5,000 digits held out of the training set; what is shown are runs on all 60,000 training digits (55,000 for logistic regression), and shares of the 10,000 test digits.",
    ) + table(["Network", "Estimator", "#Parameters", "#Steps", "#Time", "#Test accuracy", "#Wanted"], rows)
  );
}
