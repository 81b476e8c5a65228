/** Panels by Observable Plot, in colours that a page sets, and whole pictures of several panels as SVG and PNG. */

import { createRequire } from "node:module";
import * as Plot from "@observablehq/plot";
import { Resvg } from "@resvg/resvg-js";
import { parseHTML } from "linkedom";

/** A part of a figure, drawn in the variables of {@link LIGHT}. */
export interface Panel {
  readonly title: string;
  readonly note: string;
  readonly svg: string;
}

/** An entry of a legend. */
export interface Key {
  readonly name: string;
  readonly color: string;
  readonly dash?: string | undefined;
  /** One of many of its kind. */
  readonly thin?: boolean;
}

/** A figure: panels that share a legend. */
export interface Figure {
  readonly name: string;
  readonly title: string;
  readonly keys: readonly Key[];
  readonly panels: readonly Panel[];
}

// Okabe and Ito's colours, told apart with any kind of colour vision; lighter ones on dark paper.
export const LIGHT: Readonly<Record<string, string>> = {
  ink: "#22282f",
  faint: "#626c77",
  line: "#dfe4e9",
  paper: "#ffffff",
  low: "#6f8fa3",
  high: "#f1f5f8",
  orange: "#d55e00",
  blue: "#0072b2",
  green: "#00855f",
  pink: "#b5568c",
  ochre: "#8a6a00",
};

export const DARK: Readonly<Record<string, string>> = {
  ink: "#e6eaee",
  faint: "#9aa6b2",
  line: "#343c45",
  paper: "#171c21",
  low: "#5b7d92",
  high: "#1e262d",
  orange: "#ff9248",
  blue: "#5fb8f2",
  green: "#40cfa2",
  pink: "#eb9cc8",
  ochre: "#dfbf5c",
};

/** A colour of the page. */
export const color = (name: string): string => `var(--${name})`;

const FONT = "Inter, system-ui, sans-serif";
export const WIDTH = 380;
export const HEIGHT = 290;

/** Draws one panel. */
export function draw(options: Plot.PlotOptions): string {
  const { document } = parseHTML("<!doctype html><html><body></body></html>");
  const style = { fontFamily: FONT, fontSize: "12px", background: "none", color: color("ink"), overflow: "visible" };
  const margins = { marginLeft: 58, marginRight: 26, marginTop: 14, marginBottom: 44 };
  const plot = Plot.plot({ document, width: WIDTH, height: HEIGHT, ...margins, style, ...options });
  plot.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  for (const sheet of plot.querySelectorAll("style")) sheet.remove();
  for (const name of ["class", "fill", "style"]) plot.removeAttribute(name);
  plot.setAttribute("fill", color("ink"));
  plot.setAttribute("font-family", FONT);
  plot.setAttribute("font-size", "12");
  return plot
    .toString()
    .replaceAll("var(--plot-background)", color("paper"))
    .replaceAll("currentColor", color("ink"))
    .replaceAll(/clip-path="url\(#([^)]+)\)"/g, (_: string, id: string) => `clip-path="url(#${unique(id)})"`)
    .replaceAll(/<clipPath id="([^"]+)"/g, (_: string, id: string) => `<clipPath id="${unique(id)}"`);
}

// Panels stand in one page, where names of clips must not meet; each panel is drawn with a number of its own.
let drawn = 0;
const unique = (id: string): string => `${id}-${drawn}`;

/** A panel with its heading. */
export function panel(title: string, note: string, options: Plot.PlotOptions): Panel {
  drawn++;
  return { title, note, svg: draw(options) };
}

/** A curve, by steps or by time, with the range over seeds where there are several. */
export interface Series {
  readonly key: Key;
  readonly points: readonly { readonly x: number; readonly y: number; readonly low?: number; readonly high?: number }[];
}

export interface Axes {
  readonly x: string;
  readonly y: string;
  readonly xType?: "log" | "linear" | undefined;
  readonly yType?: "log" | "linear" | undefined;
  readonly xDomain?: readonly [number, number] | undefined;
  readonly yDomain?: readonly [number, number] | undefined;
  readonly dots?: boolean | undefined;
}

/** Curves over one axis. Points that no logarithm takes are left out. */
export function curves(
  title: string,
  note: string,
  axes: Axes,
  series: readonly Series[],
  more: Plot.Markish[] = [],
): Panel {
  const shown = series.map(({ key, points }) => ({
    key,
    points: points.filter(
      ({ x, y }) => Number.isFinite(y) && (axes.yType !== "log" || y > 0) && (axes.xType !== "log" || x > 0),
    ),
  }));
  const wide = (values: readonly number[]): boolean => Math.max(...values) > 60 * Math.min(...values);
  const all = shown.flatMap(({ points }) => points);
  const format = (values: readonly number[]) => (wide(values) ? power : oneTwoFive);
  const [low, high] = axes.yDomain ?? [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
  const scale = (
    label: string,
    type: "log" | "linear" | undefined,
    domain: readonly [number, number] | undefined,
    values: readonly number[],
  ) => ({
    label,
    labelAnchor: "center" as const,
    labelArrow: "none" as const,
    ...(type === "log" ? { type, tickFormat: format(domain ?? values), ticks: 5 } : { ticks: 5 }),
    ...(domain === undefined ? {} : { domain: [...domain], clamp: true }),
  });
  return panel(title, note, {
    x: scale(
      axes.x,
      axes.xType,
      axes.xDomain,
      all.map(({ x }) => x),
    ),
    y: {
      ...scale(
        axes.y,
        axes.yType,
        axes.yDomain,
        all.map(({ y }) => y),
      ),
      grid: true,
    },
    marks: [
      ...shown
        .filter(({ points }) => points.some(({ low: l, high: h }) => l !== h))
        .map(({ key, points }) =>
          Plot.areaY(points, {
            x: "x",
            y1: (d: { low?: number; y: number }) => Math.max(low, d.low ?? d.y),
            y2: (d: { high?: number; y: number }) => Math.min(high, d.high ?? d.y),
            fill: key.color,
            fillOpacity: 0.18,
          }),
        ),
      ...shown.flatMap(({ key, points }) => [
        Plot.line(points, {
          x: "x",
          y: "y",
          stroke: key.color,
          strokeWidth: key.thin === true ? 1 : 1.8,
          strokeOpacity: key.thin === true ? 0.6 : 1,
          ...(key.dash === undefined ? {} : { strokeDasharray: key.dash }),
        }),
        ...(axes.dots === true ? [Plot.dot(points, { x: "x", y: "y", fill: key.color, r: 3 })] : []),
      ]),
      ...more,
    ],
  });
}

const SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹";

/** A number at a logarithmic axis: powers of ten as a person writes them, between them nothing. */
export function power(value: number): string {
  const exponent = Math.round(Math.log10(value));
  if (Math.abs(Math.log10(value) - exponent) > 1e-6) return "";
  if (exponent >= -2 && exponent <= 3) return String(Number(value.toPrecision(3)));
  return `10${exponent < 0 ? "⁻" : ""}${[...String(Math.abs(exponent))].map((digit) => SUPERSCRIPTS[Number(digit)]).join("")}`;
}

/** A number at a logarithmic axis of few decades: once, twice and five times powers of ten. */
export function oneTwoFive(value: number): string {
  const digit = Number(value.toExponential(3).slice(0, 5));
  return digit === 1 || digit === 2 || digit === 5 ? String(Number(value.toPrecision(3))) : "";
}

/** A figure as one picture: a document without scripts or style sheets, nothing fetched. */
export function pictureOf({ title, keys, panels }: Figure): string {
  const columns = panels.length === 4 ? 2 : Math.min(3, panels.length);
  const rows = Math.ceil(panels.length / columns);
  const width = 40 + columns * (WIDTH + 20);
  const height = 90 + rows * (HEIGHT + 56);
  let at = 40;
  const legend = keys.map(({ name, color: stroke, dash }) => {
    const x = at;
    at += 52 + 7.6 * name.length;
    const dashes = dash === undefined ? "" : ` stroke-dasharray="${dash}"`;
    return `<line x1="${x}" x2="${x + 28}" y1="66" y2="66" stroke="${stroke}" stroke-width="2.4"${dashes}/>${text(x + 35, 70, name, 13, color("ink"))}`;
  });
  const placed = panels.map(({ title: heading, note, svg }, i) => {
    const x = 40 + (i % columns) * (WIDTH + 20);
    const y = 110 + Math.floor(i / columns) * (HEIGHT + 56);
    const inner = svg.replace("<svg ", `<svg x="${x - 20}" y="${y + 10}" `);
    const right = note === "" ? "" : text(x + WIDTH - 24, y, note, 12, color("faint"), 400, "end");
    return `${text(x, y, heading, 14, color("ink"), 600)}${right}${inner}`;
  });
  return inColors(
    [
      `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="${FONT}" fill="${color("ink")}">`,
      `<title>${escapeXml(title)}</title>`,
      `<rect width="${width}" height="${height}" fill="${color("paper")}"/>`,
      text(40, 42, title, 20, color("ink"), 600),
      ...legend,
      ...placed,
      "</svg>",
      "",
    ].join("\n"),
    LIGHT,
  );
}

/** Puts colours where variables stand. */
function inColors(svg: string, colors: Readonly<Record<string, string>>): string {
  return svg.replaceAll(/var\(--(\w+)\)/g, (whole, name: string) => colors[name] ?? whole);
}

/** A PNG of a picture, half as wide again, with text in the Inter font whatever the machine has. */
export function rasterize(svg: string): Uint8Array {
  const require = createRequire(import.meta.url);
  const face = (name: string) => require.resolve(`@expo-google-fonts/inter/${name}/Inter_${name}.ttf`);
  const image = new Resvg(svg, {
    fitTo: { mode: "zoom", value: 1.5 },
    font: { fontFiles: [face("400Regular"), face("600SemiBold")], loadSystemFonts: false, defaultFontFamily: "Inter" },
  });
  return image.render().asPng();
}

function text(x: number, y: number, words: string, size: number, fill: string, weight = 400, anchor = "start"): string {
  return `<text x="${x}" y="${y}" font-size="${size}" font-weight="${weight}" fill="${fill}" text-anchor="${anchor}">${escapeXml(words)}</text>`;
}

/** Text as it stands in XML. */
export function escapeXml(words: string): string {
  return words.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}
