/**
 * Programs: each as its author would write it, its tangent written by hand as well as we can (on scalars, nothing
 * allocated that need not be), and the compiled tangent, in one run.
 */

import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { build } from "esbuild";
import { fgrad } from "../../compiler/esbuild.ts";
import { writeWhole } from "../../fixtures/demo/files.ts";
import { type Measurement, measure, report, type Variant } from "./bench.ts";
import { inputs as bundle } from "./programs/bundle.ts";
import { inputs as hand } from "./programs/hand.ts";
import { inputs as lorenz } from "./programs/lorenz.ts";
import { inputs as lstm } from "./programs/lstm.ts";
import { inputs as mixture } from "./programs/mixture.ts";
import type { Arguments } from "./programs/random.ts";
import { inputs as vectors } from "./programs/vectors.ts";

/** A file of `programs/`, whose function has the file's name, and what it is. */
const PROGRAMS = {
  mixture: "Gaussian mixture, flat arrays",
  bundle: "bundle adjustment, flat arrays",
  vectors: "bundle adjustment, small arrays",
  lstm: "LSTM cell, flat arrays",
  hand: "hand kinematics, 3×4 matrices",
  lorenz: "Lorenz, tuples",
} as const;
type Program = keyof typeof PROGRAMS;

const INPUTS: Readonly<Record<Program, (seed: number) => Arguments>> = { mixture, bundle, vectors, lstm, hand, lorenz };

const KINDS = ["plain value", "by hand", "compiled"] as const;
type Kind = (typeof KINDS)[number];

/** Two orders of the same arithmetic may differ by this much, relatively. */
const ROUNDING = 1e-9;
const SETS = 16;

/**
 * Measures, prints tables, and writes `bench-programs.json`.
 * @param args `--seconds S` for each variant, 0.5 by default; names of programs, all by default
 * @returns the exit code
 */
export async function main(args: readonly string[], folder: string): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: { seconds: { type: "string", default: "0.5" } },
    allowPositionals: true,
  });
  const seconds = Number(values.seconds);
  const names = Object.keys(PROGRAMS).filter((name): name is Program => name in PROGRAMS);
  const chosen = names.filter((name) => positionals.length === 0 || positionals.includes(name));
  if (!(seconds > 0) || chosen.length < positionals.length) {
    console.error(`Usage: programs [--seconds S] [${names.join("|")} …]`);
    return 2;
  }
  const results: Record<string, Measurement[]> = {};
  for (const name of chosen) {
    const variants = await load(name, join(folder, "bench", String(process.pid)));
    const measured = measure(variants, { seconds, reference: "plain value" });
    results[name] = measured;
    console.log(`${report(PROGRAMS[name], measured, "plain value")}\n${verdict(measured)}\n`);
  }
  const json = { node: process.version, v8: process.versions.v8, date: new Date().toISOString(), results };
  writeWhole(join(folder, "bench-programs.json"), `${JSON.stringify(json, undefined, 2)}\n`);
  console.log(`Measurements: ${join(folder, "bench-programs.json")}`);
  return 0;
}

function verdict(measured: readonly Measurement[]): string {
  const [plain, byHand, compiled] = measured;
  if (plain === undefined || byHand === undefined || compiled === undefined) return "";
  return `  compiled: ${(compiled.ratio / byHand.ratio).toFixed(2)} × by hand, ${compiled.ratio.toFixed(2)} × the plain value`;
}

/** Builds each variant as a module of its own, and loads it. */
async function load(name: Program, folder: string): Promise<Variant[]> {
  mkdirSync(folder, { recursive: true });
  try {
    const variants: Variant[] = [];
    for (const kind of KINDS) {
      const entry = join(folder, `${name}-${kind.replace(" ", "-")}.js`);
      const outfile = entry.replace(/\.js$/, ".mjs");
      writeFileSync(entry, sourceOf(name, kind));
      await build({
        entryPoints: [entry],
        outfile,
        bundle: true,
        format: "esm",
        platform: "node",
        target: "node20",
        logLevel: "warning",
        plugins: kind === "compiled" ? [fgrad()] : [],
      });
      const { run }: { run: (calls: number) => number } = await import(pathToFileURL(outfile).href);
      variants.push({ name: kind, run, tolerance: kind === "plain value" ? Number.POSITIVE_INFINITY : ROUNDING });
    }
    return variants;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A module with a loop around one variant; the inputs of the calls take turns. */
function sourceOf(name: Program, kind: Kind): string {
  const program = join(process.cwd(), `test/bench/programs/${name}.ts`);
  const from = kind === "by hand" ? program.replace(/\.ts$/, "-hand.ts") : program;
  const called = kind === "plain value" ? name : `${name}_jvp`;
  const places = INPUTS[name](1).flatMap(([, tangent], i) =>
    kind === "plain value" || tangent === undefined ? [`set[${i}][0]`] : [`set[${i}][0]`, `set[${i}][1]`],
  );
  return `// ${name}: ${kind}
import { ${called} } from ${JSON.stringify(from)};
import { inputs } from ${JSON.stringify(program)};

const sets = Array.from({ length: ${SETS} }, (_, i) => inputs(i + 1));
export function run(calls) {
  let sum = 0;
  for (let i = 0; i < calls; i++) {
    const set = sets[i % ${SETS}];
    ${kind === "plain value" ? "sum +=" : "const [f, f_t] ="} ${called}(${places.join(", ")});
    ${kind === "plain value" ? "" : "sum += f + f_t;"}
  }
  return sum;
}
`;
}
