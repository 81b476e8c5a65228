/**
 * Scalar functions: the plain value, the tangent written by hand, the compiled tangent, dual numbers as a class, and
 * central differences. Beale, Rosenbrock, and 1,000 RK4 steps of the Lorenz system with all six inputs active.
 */

import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { build } from "esbuild";
import { fgrad } from "../../compiler/esbuild.ts";
import { writeWhole } from "../../fixtures/demo/files.ts";
import { type Measurement, measure, report, type Variant } from "./bench.ts";

/** A function to measure. */
interface Subject {
  readonly name: string;
  /** Where inputs lie: each is drawn evenly from around its centre. */
  readonly centres: readonly number[];
  readonly width: number;
  /** Relative rounding that two orders of the same arithmetic may differ by. */
  readonly rounding: number;
}

const SUBJECTS: readonly Subject[] = [
  { name: "beale", centres: [1, 0.5], width: 1, rounding: 1e-10 },
  { name: "rosenbrock", centres: [0.5, 0.5], width: 1, rounding: 1e-10 },
  { name: "lorenz", centres: [10, 14, 8 / 3, 1, 1, 1], width: 0.1, rounding: 1e-8 },
];

const KINDS = ["plain value", "by hand", "compiled", "dual numbers", "central differences"] as const;
type Kind = (typeof KINDS)[number];

/**
 * Measures, prints tables, and writes `bench-scalar.json`.
 * @param args `--seconds S` for each variant, 0.5 by default
 * @returns the exit code
 */
export async function main(args: readonly string[], folder: string): Promise<number> {
  const { values } = parseArgs({ args: [...args], options: { seconds: { type: "string", default: "0.5" } } });
  const seconds = Number(values.seconds);
  if (!(seconds > 0)) {
    console.error(`--seconds wants a positive number, not "${values.seconds}".`);
    return 2;
  }
  const results: Record<string, Measurement[]> = {};
  for (const subject of SUBJECTS) {
    const variants = await load(subject, join(folder, "bench", String(process.pid)));
    results[subject.name] = measure(variants, { seconds, reference: "by hand" });
    console.log(`${report(subject.name, results[subject.name] ?? [], "by hand")}\n`);
  }
  const json = { node: process.version, v8: process.versions.v8, date: new Date().toISOString(), results };
  writeWhole(join(folder, "bench-scalar.json"), `${JSON.stringify(json, undefined, 2)}\n`);
  console.log(`Measurements: ${join(folder, "bench-scalar.json")}`);
  return 0;
}

/** Builds each variant as a module of its own, and loads it. */
async function load(subject: Subject, folder: string): Promise<Variant[]> {
  mkdirSync(folder, { recursive: true });
  try {
    const variants: Variant[] = [];
    for (const kind of KINDS) {
      const entry = join(folder, `${subject.name}-${kind.replace(" ", "-")}.js`);
      const outfile = entry.replace(/\.js$/, ".mjs");
      writeFileSync(entry, sourceOf(subject, kind));
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
      variants.push({ name: kind, run, tolerance: toleranceOf(subject, kind) });
    }
    return variants;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function toleranceOf({ rounding }: Subject, kind: Kind): number {
  if (kind === "plain value") return Number.POSITIVE_INFINITY;
  return kind === "central differences" ? 1e-4 : rounding;
}

/** Inputs and tangents for each call in one array, 256 sets, from a small linear congruential generator. */
const INPUTS = `
function inputs(centres, width) {
  const sets = new Float64Array(256 * 2 * centres.length);
  let state = 1;
  for (let i = 0; i < sets.length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    const uniform = state / 2 ** 32 - 0.5;
    const place = i % (2 * centres.length);
    sets[i] = place % 2 === 0 ? centres[place / 2] + width * uniform : 2 * uniform;
  }
  return sets;
}
`;

/** A module with a loop around one variant; every call reads its inputs from the array. */
function sourceOf({ name, centres, width }: Subject, kind: Kind): string {
  const size = 2 * centres.length;
  const value = (i: number) => `sets[at + ${2 * i}]`;
  const tangent = (i: number) => `sets[at + ${2 * i + 1}]`;
  const list = (text: (i: number) => string) => centres.map((_, i) => text(i)).join(", ");
  const pairs = list((i) => `${value(i)}, ${tangent(i)}`);
  const { imports, body } = variantSource(kind, name, { value, tangent, list, pairs });
  return `// ${name}: ${kind}
${imports}
${INPUTS}
const sets = inputs(${JSON.stringify(centres)}, ${width});
export function run(calls) {
  let sum = 0;
  for (let i = 0; i < calls; i++) {
    const at = (i & 255) * ${size};
    ${body}
  }
  return sum;
}
`;
}

interface Arguments {
  readonly value: (i: number) => string;
  readonly tangent: (i: number) => string;
  readonly list: (text: (i: number) => string) => string;
  readonly pairs: string;
}

function variantSource(kind: Kind, name: string, { value, tangent, list, pairs }: Arguments) {
  const from = (names: string, path: string) =>
    `import { ${names} } from ${JSON.stringify(join(process.cwd(), path))};`;
  switch (kind) {
    case "plain value":
      return { imports: from(name, `fixtures/${name}.ts`), body: `sum += ${name}(${list(value)});` };
    case "by hand":
      return {
        imports: from(`${name}_jvp`, `test/bench/hand/${name}.ts`),
        body: `const [f, f_t] = ${name}_jvp(${pairs});\n    sum += f + f_t;`,
      };
    case "compiled":
      return {
        imports: from(`${name}_jvp`, `fixtures/${name}.ts`),
        body: `const [f, f_t] = ${name}_jvp(${pairs});\n    sum += f + f_t;`,
      };
    case "dual numbers":
      return {
        imports: `${from(name, `test/bench/duals/${name}.ts`)}\n${from("Dual", "test/bench/dual.ts")}`,
        body: `const f = ${name}(${list((i) => `new Dual(${value(i)}, ${tangent(i)})`)});\n    sum += f.value + f.tangent;`,
      };
    case "central differences": {
      const shifted = (sign: string) => list((i) => `${value(i)} ${sign} h * ${tangent(i)}`);
      return {
        imports: from(name, `fixtures/${name}.ts`),
        body: `const h = 1e-6;
    const above = ${name}(${shifted("+")});
    const below = ${name}(${shifted("-")});
    sum += 0.5 * (above + below) + (above - below) / (2 * h);`,
      };
    }
  }
}
