/** Figures 3 to 6, and how far forward gradients alone get. */

import * as Plot from "@observablehq/plot";
import type { AccuracyData } from "../experiments/accuracy.ts";
import type { DepthData } from "../experiments/depth.ts";
import type { Run, TrainingData } from "../experiments/training.ts";
import type { StepTime, Timed } from "../timing.ts";
import type { Method } from "../train.ts";
import type { Look } from "../watch.ts";
import { color, curves, type Figure, type Key, type Panel, panel, type Series } from "./plot.ts";

const KEYS: Readonly<Record<Method, Key>> = {
  normal: { name: "forward gradient, normal", color: color("orange") },
  sign: { name: "forward gradient, ±1", color: color("faint") },
  "rank-one": { name: "forward gradient, rank-one", color: color("green") },
  activity: { name: "forward gradient, activities all alike", color: color("pink") },
  "activity by sample": { name: "forward gradient, activities by sample", color: color("ochre") },
  backpropagation: { name: "backpropagation", color: color("blue"), dash: "6 4" },
};

/** What is said of each thing that is timed. */
export const TIMED_NAMES: Readonly<Record<Timed, string>> = {
  forward: "loss alone",
  normal: "normal, stored",
  sign: "±1, stored",
  "normal, never stored": "normal, never stored",
  "sign, never stored": "±1, never stored",
  "rank-one": "rank-one",
  activity: "activities, all alike",
  "activity by sample": "activities by sample",
  backpropagation: "backpropagation",
};

/** A figure for each set of rates, and one of times and sweeps. */
export function drawTraining(name: string, { title, panels, times, sweep }: TrainingData): Figure[] {
  const figures = panels.map(({ label, runs }, i): Figure => {
    const methods = methodsOf(runs);
    const by = (x: (look: Look) => number, y: (look: Look) => number): Series[] =>
      methods.map((method) => ({ key: KEYS[method], points: band(runs, method, x, y) }));
    const step = ({ step: value }: Look): number => value;
    const seconds = ({ seconds: value }: Look): number => value;
    const valid = ({ valid: value }: Look): number => value;
    const seeds = new Set(runs.map(({ settings }) => settings.seed)).size;
    const log = label === "best rates" ? ("log" as const) : undefined;
    return {
      name: `${name}-${i + 1}`,
      title: `${title}, ${label}`,
      keys: methods.map((method) => KEYS[method]),
      panels: [
        curves(
          "Training loss",
          `${seeds} ${seeds === 1 ? "seed" : "seeds"}`,
          { x: "step", y: "loss", yType: log },
          by(step, ({ train }) => train),
        ),
        curves("Loss on held-out digits", "by step", { x: "step", y: "loss", yType: log }, by(step, valid)),
        curves(
          "Loss on held-out digits",
          "by time",
          { x: "seconds of processor time", y: "loss", yType: log },
          by(seconds, valid),
        ),
        curves(
          "Accuracy on held-out digits",
          "by step",
          { x: "step", y: "share recognised" },
          by(step, ({ accuracy }) => accuracy),
        ),
        curves(
          "Length of all parameters",
          "‖θ‖",
          { x: "step", y: "‖θ‖" },
          by(step, ({ norm }) => norm),
        ),
        ...(i === 0 ? [bars(times)] : []),
      ],
    };
  });
  return sweep.length === 0 ? figures : [...figures, drawSweep(name, title, sweep)];
}

function drawSweep(name: string, title: string, sweep: readonly Run[]): Figure {
  const methods = methodsOf(sweep);
  const steps = sweep[0]?.settings.steps ?? 0;
  const last = ({ result }: Run): number => result.looks.at(-1)?.valid ?? Number.NaN;
  const series = methods.map((method) => ({
    key: KEYS[method],
    points: sweep
      .filter(({ settings, result }) => settings.method === method && result.diverged === undefined)
      .map((run) => ({ x: run.settings.rate, y: Math.min(10, last(run)) })),
  }));
  return {
    name: `${name}-rates`,
    title: `${title}, learning rates`,
    keys: methods.map((method) => KEYS[method]),
    panels: [
      curves(
        "Held-out loss by rate",
        `after ${steps.toLocaleString("en")} steps`,
        { x: "η₀", y: "loss", xType: "log", yType: "log", dots: true },
        series,
      ),
    ],
  };
}

/** Times of steps in parts of that of the loss alone. */
function bars(times: readonly StepTime[]): Panel {
  const base = times.find(({ name }) => name === "forward")?.least ?? Number.NaN;
  const rows = times.map(({ name, least }) => ({ name: TIMED_NAMES[name], factor: least / base, method: name }));
  return panel("Time of a step", `loss alone = 1 = ${base.toPrecision(3)} ms`, {
    marginLeft: 140,
    x: { label: "R", labelAnchor: "center", labelArrow: "none", ticks: 5, grid: true },
    y: { domain: rows.map(({ name }) => name), label: null, tickSize: 0 },
    marks: [
      Plot.barX(rows, {
        x: "factor",
        y: "name",
        fill: (row: { method: Timed }) =>
          row.method === "backpropagation"
            ? color("blue")
            : row.method === "forward"
              ? color("faint")
              : color("orange"),
        insetTop: 4,
        insetBottom: 4,
      } as Plot.BarXOptions),
      Plot.text(rows, {
        x: "factor",
        y: "name",
        text: (row: { factor: number }) => row.factor.toFixed(2),
        dx: -5,
        textAnchor: "end",
        fill: color("paper"),
        fontWeight: 600,
      }),
    ],
  });
}

function methodsOf(runs: readonly Run[]): Method[] {
  return [...new Set(runs.map(({ settings }) => settings.method))];
}

/** The mean over the seeds that got so far, and their range: runs look at the same steps, some longer than others. */
function band(
  runs: readonly Run[],
  method: Method,
  x: (look: Look) => number,
  y: (look: Look) => number,
): { x: number; y: number; low: number; high: number }[] {
  const lists = runs.filter(({ settings }) => settings.method === method).map(({ result }) => result.looks);
  const steps = new Set(lists.flatMap((looks) => looks.map(({ step }) => step)));
  return [...steps]
    .toSorted((a, b) => a - b)
    .map((step) => {
      const looks = lists.flatMap((list) => list.filter((look) => look.step === step));
      const ys = looks.map(y);
      return { x: mean(looks.map(x)), y: mean(ys), low: Math.min(...ys), high: Math.max(...ys) };
    });
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

const DEPTH_KEYS: readonly (readonly [Timed, Key])[] = [
  ["normal", KEYS.normal],
  ["sign, never stored", { name: "forward gradient, ±1 never stored", color: color("ochre") }],
  ["rank-one", KEYS["rank-one"]],
  ["backpropagation", KEYS.backpropagation],
];

/** Figure 6: factors, their ratio and memory by depth. */
export function drawDepth({ measures }: DepthData): Figure {
  const depths = [...new Set(measures.map(({ depth }) => depth))];
  const at = (depth: number, variant: Timed) => measures.find((one) => one.depth === depth && one.variant === variant);
  const factor = (depth: number, variant: Timed): number =>
    (at(depth, variant)?.least ?? Number.NaN) / (at(depth, "forward")?.least ?? Number.NaN);
  const series = (y: (depth: number, variant: Timed) => number, without?: Timed): Series[] =>
    DEPTH_KEYS.filter(([variant]) => variant !== without).map(([variant, key]) => ({
      key,
      points: depths.map((depth) => ({ x: depth, y: y(depth, variant) })),
    }));
  const axes = { x: "hidden layers of 1024", dots: true } as const;
  return {
    name: "fig6",
    title: "Depth",
    keys: DEPTH_KEYS.map(([, key]) => key),
    panels: [
      curves("R, time of a step", "loss alone = 1", { ...axes, y: "R" }, series(factor)),
      curves(
        "R_f / R_b",
        "backpropagation = 1",
        { ...axes, y: "ratio" },
        series((depth, variant) => factor(depth, variant) / factor(depth, "backpropagation"), "backpropagation"),
      ),
      curves(
        "Peak memory",
        "less what there was before",
        { ...axes, y: "MiB" },
        series((depth, variant) => (at(depth, variant)?.peak ?? Number.NaN) / 2 ** 20),
      ),
    ],
  };
}

const TARGET_COLORS = ["orange", "green", "pink", "ochre"];

/** Accuracy on the test digits by time. */
export function drawAccuracy({ targets }: AccuracyData): Figure {
  const keys = targets.map(({ name }, i): Key => ({ name, color: color(TARGET_COLORS[i % 4] ?? "ink") }));
  return {
    name: "accuracy",
    title: "Trained by forward gradients alone",
    keys,
    panels: targets.map(({ name, wanted, settings, result }, i) =>
      curves(
        name,
        `${(100 * result.test).toFixed(2)} %, wanted ${(100 * wanted).toFixed(0)} %`,
        {
          x: "seconds of processor time",
          y: `accuracy on ${"held" in settings ? "held-out" : "test"} digits`,
          yDomain: [Math.max(0.8, wanted - 0.08), 1],
        },
        [
          {
            key: keys[i] as Key,
            points: result.looks
              .filter(({ accuracy }) => accuracy > wanted - 0.08)
              .map(({ seconds, accuracy }) => ({ x: seconds, y: accuracy })),
          },
        ],
        [Plot.ruleY([wanted], { stroke: color("ink"), strokeDasharray: "3 3" })],
      ),
    ),
  };
}
