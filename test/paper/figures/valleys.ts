/** Figures 1 and 2. */

import * as Plot from "@observablehq/plot";
import { VALLEYS } from "../../../fixtures/demo/valleys.ts";
import type { SamplesData, ValleyData, Way } from "../experiments/valleys.ts";
import { color, curves, type Figure, type Key, type Panel, panel, type Series } from "./plot.ts";

const FORWARD: Key = { name: "forward gradient descent", color: color("orange") };
const EXACT: Key = { name: "gradient descent", color: color("blue"), dash: "6 4" };

/** Five directions and estimates at a point, and how the mean of more closes in. */
export function drawSamples({ point, gradient, samples, means, moment }: SamplesData): Figure {
  const keys: Key[] = [
    { name: "v, five directions", color: color("faint"), dash: "3 3" },
    { name: "g = (slope along v) v", color: color("orange") },
    { name: "their mean", color: color("green") },
    { name: "the gradient", color: color("blue") },
  ];
  const five = samples.slice(0, 5);
  const mean = [0, 1].map((i) => five.reduce((sum, { g }) => sum + (g[i] ?? 0) / 5, 0)) as [number, number];
  const arrow = (ends: readonly (readonly number[])[], key: Key, width: number): Plot.Markish =>
    Plot.arrow(ends, {
      x1: 0,
      y1: 0,
      x2: "0",
      y2: "1",
      stroke: key.color,
      strokeWidth: width,
      headLength: 9,
      ...(key.dash === undefined ? {} : { strokeDasharray: key.dash }),
    });
  const [first, second, third, fourth] = keys as [Key, Key, Key, Key];
  const at = `(${point.join(", ")})`.replaceAll("-", "−");
  const axis = { labelAnchor: "center", labelArrow: "none", ticks: 5 } as const;
  const length = Math.hypot(...gradient);
  return {
    name: "fig1",
    title: "Forward gradients at a point of Beale’s function",
    keys,
    panels: [
      panel("Five samples", `at ${at}`, {
        x: { label: "∂/∂x", ...axis, nice: true },
        y: { label: "∂/∂y", ...axis, nice: true },
        marks: [
          Plot.ruleX([0], { stroke: color("line") }),
          Plot.ruleY([0], { stroke: color("line") }),
          arrow(
            five.map(({ v }) => v),
            first,
            1.2,
          ),
          arrow(
            five.map(({ g }) => g),
            second,
            1.6,
          ),
          arrow([mean], third, 2.6),
          arrow([gradient], fourth, 2.6),
        ],
      }),
      panel("400 estimates", "all of them along ±v", {
        x: { label: "∂/∂x", ...axis, nice: true },
        y: { label: "∂/∂y", ...axis, nice: true },
        marks: [
          Plot.dot(
            samples.map(({ g }) => g),
            { x: "0", y: "1", r: 2, fill: second.color, fillOpacity: 0.45 },
          ),
          arrow([gradient], fourth, 2.6),
        ],
      }),
      curves(
        "Error of the mean",
        `second moment ${moment.measured.toFixed(2)}, in theory ${moment.theory}`,
        { x: "samples", y: "error, in parts of the gradient", xType: "log", yType: "log" },
        [
          {
            key: third,
            points: means.map(({ n, mean: [x, y] }) => ({
              x: n,
              y: Math.hypot(x - gradient[0], y - gradient[1]) / length,
            })),
          },
          {
            key: { name: "theory", color: color("faint"), dash: "3 3" },
            points: means.map(({ n }) => ({ x: n, y: Math.sqrt(3 / n) })),
          },
        ],
      ),
    ],
  };
}

const VIEWS: Readonly<Record<string, { x: [number, number]; y: [number, number] }>> = {
  Beale: { x: [-0.5, 4], y: [-0.6, 1.25] },
  Rosenbrock: { x: [-1.6, 1.6], y: [-0.6, 1.7] },
};

/** Ways down, heights by step, heights by time: three panels for each function. */
export function drawValleys(valleys: readonly ValleyData[]): Figure {
  return { name: "fig2", title: "Descent of two functions", keys: [FORWARD, EXACT], panels: valleys.flatMap(three) };
}

function three(valley: ValleyData): Panel[] {
  const heights = (ways: readonly Way[], key: Key, time: boolean): Series[] =>
    ways
      .filter(({ heights: list }) => list.length > 0)
      .map((way) => ({
        key,
        points: way.heights.map(({ step, value }) => ({
          x: time ? (1000 * way.seconds * step) / valley.steps : step,
          y: value,
        })),
      }));
  const note = `η = ${valley.learningRate}, ${valley.forward.length} seeds`;
  const by = (x: string, time: boolean): Panel =>
    curves(
      `${valley.name}, height by ${time ? "time" : "step"}`,
      time ? "processor time" : note,
      { x, y: "height", xType: "log", yType: "log", yDomain: [1e-7, 300] },
      [...heights(valley.forward, { ...FORWARD, thin: true }, time), ...heights(valley.exact, EXACT, time)],
    );
  return [landscape(valley), by("step", false), by("milliseconds", true)];
}

function landscape(valley: ValleyData): Panel {
  const { name, start, minimum, forward, exact } = valley;
  const view = VIEWS[name] ?? { x: [-2, 4], y: [-2, 2] };
  const height = VALLEYS.find((one) => one.name === name)?.height ?? (() => 0);
  const [x1, x2] = view.x;
  const [y1, y2] = view.y;
  const line = (way: Way, key: Key, width: number, opacity: number): Plot.Markish =>
    Plot.line(way.path, {
      x: "x",
      y: "y",
      stroke: key.color,
      strokeWidth: width,
      strokeOpacity: opacity,
      clip: true,
      ...(key.dash === undefined ? {} : { strokeDasharray: key.dash }),
    });
  return panel(`${name}’s function`, `${forward.length} ways down`, {
    x: { domain: view.x, label: "x", labelAnchor: "center", labelArrow: "none", ticks: 5 },
    y: { domain: view.y, label: "y", labelAnchor: "center", labelArrow: "none", ticks: 5 },
    marks: [
      Plot.contour({
        stroke: color("low"),
        strokeOpacity: 0.7,
        strokeWidth: 0.8,
        value: (x: number, y: number) => Math.log10(height(x, y) + 1e-3),
        fill: "none",
        x1,
        x2,
        y1,
        y2,
        thresholds: Array.from({ length: 16 }, (_, i) => -2.5 + i * 0.4),
        pixelSize: 3,
        clip: true,
      } as Plot.ContourOptions),
      ...forward.map((way) => line(way, FORWARD, 1, 0.55)),
      ...exact.slice(0, 1).map((way) => line(way, EXACT, 2, 1)),
      Plot.dot([start], { x: "0", y: "1", r: 4.5, fill: color("paper"), stroke: color("ink"), strokeWidth: 1.6 }),
      Plot.dot([minimum], { x: "0", y: "1", r: 6, symbol: "star", fill: color("ink") }),
    ],
  });
}
