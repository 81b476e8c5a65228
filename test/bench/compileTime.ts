/**
 * How long a compilation takes as the program grows: 100 to 10,000 lines of numeric code, each compiled by a new compiler, and
 * what the esbuild plugin adds to a build and to the rebuild of one changed file. Drawn to `compile-time.svg`.
 */

import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import * as Plot from "@observablehq/plot";
import { type BuildContext, context } from "esbuild";
import { parseHTML } from "linkedom";
import { fgrad } from "../../compiler/esbuild.ts";
import { type compile, createHost } from "../../compiler/index.ts";
import { writeWhole } from "../../fixtures/demo/files.ts";
import { program } from "./programs/generate.ts";

const LINES = [100, 200, 500, 1000, 2000, 5000, 10_000] as const;

interface Point {
  readonly lines: number;
  /** Milliseconds of the first compilation, TypeScript's library included. */
  readonly cold: number;
  /** Milliseconds of another one after one line of the file has changed. */
  readonly changed: number;
  /** Milliseconds of processor time of the first, all threads together: what a busy machine leaves as it is. */
  readonly processor: number;
}

/**
 * Measures, prints a table, and writes `compile-time.json` and `compile-time.svg`.
 * @param args `--runs N` for each size, 3 by default: the fastest counts; `--lines N` for one size alone
 * @returns the exit code
 */
export async function main(args: readonly string[], folder: string): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: { runs: { type: "string", default: "3" }, lines: { type: "string" }, plugin: { type: "boolean" } },
  });
  const runs = Number(values.runs);
  const sizes = values.lines === undefined ? LINES : [Number(values.lines)];
  if (!(runs >= 1) || sizes.some((size) => !(size > 0))) {
    console.error("Usage: compile-time [--runs N] [--lines N] [--plugin]");
    return 2;
  }
  const scratch = join(folder, "bench", String(process.pid));
  mkdirSync(scratch, { recursive: true });
  try {
    if (values.plugin !== true) {
      // The first compilation also warms the machine code of compiler and checker: none of the sizes shall pay for it.
      timed(scratch, 100);
      const points = sizes.map((lines): Point => {
        const measured = Array.from({ length: runs }, () => timed(scratch, lines));
        const point = {
          lines,
          cold: Math.min(...measured.map(({ cold }) => cold)),
          changed: Math.min(...measured.map(({ changed }) => changed)),
          processor: Math.min(...measured.map(({ processor }) => processor)),
        };
        console.log(
          `${String(lines).padStart(6)} lines  ${point.cold.toFixed(0).padStart(6)} ms  after a change ${point.changed.toFixed(0).padStart(6)} ms  processor ${point.processor.toFixed(0).padStart(6)} ms  ${((1000 * point.processor) / lines).toFixed(0).padStart(5)} µs a line`,
        );
        return point;
      });
      writeWhole(join(folder, "compile-time.json"), `${JSON.stringify(points, undefined, 2)}\n`);
      if (points.length > 1) writeWhole(join(folder, "compile-time.svg"), chart(points));
    }
    await plugin(scratch, runs);
    return 0;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

function timed(folder: string, lines: number): Omit<Point, "lines"> {
  const path = join(folder, `generated-${lines}.ts`);
  const text = program(lines);
  writeFileSync(path, text);
  const start = performance.now();
  const used = process.cpuUsage();
  const host = createHost();
  require(host.compile({ files: [path], sourcemap: true, declaration: true }));
  const cold = performance.now() - start;
  const { user, system } = process.cpuUsage(used);
  writeFileSync(path, text.replace("0.25", "0.125"));
  const again = performance.now();
  host.invalidate([path]);
  require(host.compile({ files: [path], sourcemap: true, declaration: true }));
  return { cold, changed: performance.now() - again, processor: (user + system) / 1000 };
}

function require({ files, diagnostics }: ReturnType<typeof compile>): void {
  const errors = diagnostics.filter(({ severity }) => severity === "error");
  if (errors.length > 0 || files.length === 0) throw new Error(errors[0]?.message ?? "Nothing was compiled.");
}

/** What the plugin adds to a build of twenty modules, one of which is compiled. */
async function plugin(folder: string, runs: number): Promise<void> {
  const path = join(folder, "model.ts");
  const entry = join(folder, "entry.ts");
  const text = program(200);
  writeFileSync(path, text);
  writeFileSync(entry, `import { total_jvp } from "./model.ts";\nconsole.log(total_jvp(1, 1));\n`);
  const times = { cold: [] as number[], rebuild: [] as number[], processor: [] as number[], without: [] as number[] };
  for (let run = 0; run < runs; run++) {
    writeFileSync(path, text);
    const started = performance.now();
    const building = await open(entry, true);
    await building.rebuild();
    times.cold.push(performance.now() - started);
    for (let change = 0; change < 5; change++) {
      writeFileSync(path, text.replace("0.25", `0.25${change + 1}`));
      const before = performance.now();
      const used = process.cpuUsage();
      await building.rebuild();
      times.rebuild.push(performance.now() - before);
      const { user, system } = process.cpuUsage(used);
      times.processor.push((user + system) / 1000);
    }
    await building.dispose();
    const plain = performance.now();
    const without = await open(path, false);
    await without.rebuild();
    times.without.push(performance.now() - plain);
    await without.dispose();
  }
  const best = (list: readonly number[]): string => `${Math.min(...list).toFixed(0)} ms`;
  console.log(
    `esbuild, 200 lines: without the plugin ${best(times.without)}, with it first ${times.cold[0]?.toFixed(0)} ms, again ${best(times.cold)}, rebuild of the changed file ${best(times.rebuild)} (${best(times.processor)} of processor time)`,
  );
}

function open(entry: string, compiled: boolean): Promise<BuildContext> {
  return context({
    entryPoints: [entry],
    bundle: true,
    write: false,
    format: "esm",
    platform: "node",
    logLevel: "warning",
    plugins: compiled ? [fgrad()] : [],
  });
}

function chart(points: readonly Point[]): string {
  const { document } = parseHTML("<html><body></body></html>");
  const series = points.flatMap(({ lines, cold, changed }) => [
    { lines, seconds: cold / 1000, what: "first" },
    { lines, seconds: changed / 1000, what: "after a change" },
  ]);
  const drawn = Plot.plot({
    document,
    width: 640,
    height: 400,
    grid: true,
    x: { label: "lines of the program →" },
    y: { label: "↑ seconds to compile" },
    color: { legend: false },
    marks: [
      Plot.ruleY([0]),
      Plot.line(series, { x: "lines", y: "seconds", stroke: "what", marker: "circle" }),
      Plot.text(
        series,
        Plot.selectLast({ x: "lines", y: "seconds", z: "what", text: "what", textAnchor: "end", dy: -10 }),
      ),
    ],
  });
  return drawn.outerHTML.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ');
}
