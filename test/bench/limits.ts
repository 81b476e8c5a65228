/**
 * What the engine must reach, beside what was measured: a table and a chart made of the files that `kernels` and `models` have left. Memory is measured here, each
 * variant in a process of its own.
 *
 *     npm run bench -- kernels --plain        node --experimental-wasm-relaxed-simd test/bench/run.mjs kernels
 *     npm run bench -- kernels --javascript   npm run bench -- models --plain        npm run bench -- lanes --plain
 *     npm run bench -- limits
 */

import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { writeWhole } from "../../fixtures/demo/files.ts";

interface Kernels {
  readonly products: Readonly<Record<string, { readonly rates: readonly number[]; readonly share: number }>>;
  readonly together?: Readonly<Record<string, readonly [number, number]>>;
}

interface Timing {
  readonly name: string;
  readonly median: number;
  readonly processor: number;
}

interface Models {
  readonly results: Readonly<Record<string, readonly Timing[]>>;
}

interface Lanes {
  readonly rows: readonly {
    readonly forward: number;
    readonly rankOne: number;
    readonly ofRankOne: number;
    readonly stored: number;
    readonly ofStored: number;
  }[];
}

interface Row {
  readonly what: string;
  readonly limit: number;
  /** Whether the measured number must be at least the limit, or at most. */
  readonly least: boolean;
  /** NaN where the measurement is missing. */
  readonly measured: number;
}

/**
 * Prints the table, and writes `bench-limits.json` and `bench-limits.svg`.
 * @param args `--processor` takes the processor's least time instead of the clock's median: for a busy machine; `--no-memory` leaves memory out
 * @returns 0 when all that was measured is within its limit, else 1
 */
export async function main(args: readonly string[], folder: string): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: { processor: { type: "boolean", default: false }, "no-memory": { type: "boolean", default: false } },
  });
  const read = <T>(name: string): T | undefined => {
    const file = join(folder, name);
    return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as T) : undefined;
  };
  const plain = read<Kernels>("bench-kernels-wasm.json");
  const fused = read<Kernels>("bench-kernels-wasm-fused.json");
  const script = read<Kernels>("bench-kernels-javascript.json");
  const models = read<Models>("bench-models.json");
  const lanes = read<Lanes>("bench-lanes.json")?.rows ?? [];
  const most = (numbers: readonly number[]) => (numbers.length > 0 ? Math.max(...numbers) : Number.NaN);
  const least = (numbers: readonly number[] | undefined) => (numbers?.length ? Math.min(...numbers) : Number.NaN);
  const rates = (from: Kernels | undefined) => least(from?.products["64 × 1024 × 1024"]?.rates);
  const time = (model: string, ...names: readonly string[]) => {
    const rows = models?.results[model]?.filter(({ name }) => names.includes(name)) ?? [];
    return least(rows.map((row) => (values.processor ? row.processor : row.median)));
  };
  const ratio = (model: string, name: string, ...others: readonly string[]) =>
    time(model, name) / time(model, ...others);
  const jax = ["jax-js backpropagation", "jax-js backpropagation, eager"];
  const memory = (name: string) => (values["no-memory"] ? Number.NaN : bytes(name, folder));
  const forward = memory("forward");
  const rows: readonly Row[] = [
    row("product 64 × 1024 × 1024, slowest transpose, GFLOP/s", ">=", 36, rates(plain)),
    row("the same with fused multiply-add", ">=", 46, rates(fused)),
    row("the same on two threads, times one", ">=", 1.8, least(gains(plain))),
    row("fused, on two threads, times one", ">=", 1.8, least(gains(fused))),
    row("any shape and transpose, share of its roofline", ">=", 0.5, least(shares(plain))),
    row("JavaScript engine, GFLOP/s", ">=", 4, rates(script)),
    row("logistic regression: step / forward", "<=", 1.5, ratio("logistic", "rank-one", "forward")),
    row("logistic regression: step / jax-js's backpropagation", "<=", 0.5, ratio("logistic", "rank-one", ...jax)),
    row("MLP: rank-one / forward", "<=", 1.75, ratio("mlp", "rank-one", "forward")),
    row("MLP: seeded normals / forward", "<=", 3.1, ratio("mlp", "seeded normals", "forward")),
    row("MLP: rank-one / own backpropagation", "<=", 0.68, ratio("mlp", "rank-one", "backpropagation")),
    row("MLP: rank-one / jax-js's backpropagation", "<=", 0.35, ratio("mlp", "rank-one", ...jax)),
    row(
      "MLP: K of 1 to 8 rank-one at once / F + K (F − F1)",
      "<=",
      1.15,
      most(lanes.map((k) => k.rankOne / k.forward / k.ofRankOne)),
    ),
    row(
      "MLP: K of 1 to 8 stored at once / F + K (2 F − F1)",
      "<=",
      1.15,
      most(lanes.map((k) => k.stored / k.forward / k.ofStored)),
    ),
    row("CNN: forward / tfjs-wasm's", "<=", 1, ratio("cnn", "forward", "tfjs-wasm forward")),
    row("CNN: rank-one / forward", "<=", 2.2, ratio("cnn", "rank-one", "forward")),
    row("CNN: rank-one / own backpropagation", "<=", 0.72, ratio("cnn", "rank-one", "backpropagation")),
    row("depth 20: rank-one / forward", "<=", 2.2, ratio("depth20", "rank-one", "forward")),
    row("depth 20: rank-one / jax-js's faster backpropagation", "<=", 0.4, ratio("depth20", "rank-one", ...jax)),
    row("depth 100: memory of rank-one / forward", "<=", 1.1, memory("rank-one") / forward),
    row("depth 100: memory of seeded signs / forward", "<=", 1.1, memory("seeded signs") / forward),
    row("depth 100: memory of seeded normals / forward", "<=", 1.1, memory("seeded normals") / forward),
    row("depth 100: memory of backpropagation / forward, to compare", ">=", 1, memory("backpropagation") / forward),
  ];
  console.log(`  ${"".padEnd(60)}${["limit", "measured", ""].map((cell) => cell.padStart(12)).join("")}`);
  for (const { what, limit, least: atLeast, measured } of rows) {
    const cells = [`${atLeast ? "≥" : "≤"} ${limit}`, Number.isNaN(measured) ? "–" : measured.toFixed(2)];
    console.log(
      `  ${what.padEnd(60)}${cells.map((cell) => cell.padStart(12)).join("")}${verdict(limit, atLeast, measured)}`,
    );
  }
  writeWhole(join(folder, "bench-limits.json"), `${JSON.stringify(rows, undefined, 2)}\n`);
  writeWhole(join(folder, "bench-limits.svg"), chart(rows));
  console.log(`\nTable and chart: ${join(folder, "bench-limits.json")}, .svg`);
  return rows.some(({ limit, least: atLeast, measured }) => verdict(limit, atLeast, measured) === MISSED) ? 1 : 0;
}

const MISSED = "    missed";

function verdict(limit: number, atLeast: boolean, measured: number): string {
  if (Number.isNaN(measured)) return "    not measured";
  return (atLeast ? measured >= limit : measured <= limit) ? "    met" : MISSED;
}

const row = (what: string, direction: ">=" | "<=", limit: number, measured: number): Row => ({
  what,
  limit,
  least: direction === ">=",
  measured,
});

const gains = (from: Kernels | undefined) => Object.values(from?.together ?? {}).map(([one, two]) => two / one);

const shares = (from: Kernels | undefined) => Object.values(from?.products ?? {}).map(({ share }) => share);

/** The most memory that two steps of a variant take, in a process of their own. */
function bytes(variant: string, folder: string): number {
  const run = join(folder, "../test/bench/run.mjs");
  return Number(execFileSync(process.execPath, [run, "models", "--memory", variant], { encoding: "utf8" }));
}

/** Bars: how far along its limit each measurement is; beyond the line it is met. */
function chart(rows: readonly Row[]): string {
  const height = 24;
  const bars = rows.map(({ what, limit, least: atLeast, measured }, i) => {
    const reached = atLeast ? measured / limit : limit / measured;
    const y = 30 + i * height;
    const width = Number.isNaN(reached) ? 0 : Math.min(2, reached) * 200;
    const text = Number.isNaN(measured) ? "not measured" : `${measured.toFixed(2)} (${atLeast ? "≥" : "≤"} ${limit})`;
    return [
      `<text x="372" y="${y + 12}" text-anchor="end">${what.replace("&", "&amp;")}</text>`,
      `<rect x="380" y="${y}" width="${width.toFixed(1)}" height="16" fill="${reached >= 1 ? "#2a7f62" : "#b5483a"}"/>`,
      `<text x="790" y="${y + 12}">${text}</text>`,
    ].join("");
  });
  const bottom = 40 + rows.length * height;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 920 ${bottom}" font-family="sans-serif" font-size="12">
<rect width="920" height="${bottom}" fill="white"/>
${bars.join("\n")}
<line x1="580" x2="580" y1="20" y2="${bottom - 10}" stroke="black"/><text x="580" y="14" text-anchor="middle">limit</text>
</svg>
`;
}
