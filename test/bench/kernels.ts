/**
 * Kernels against the machine: products of matrices in GFLOP/s for every transpose and many shapes, beside a roofline measured in the
 * same run, and what moves memory in GB/s. The fastest of many calls counts, in the processor's time, which other processes disturb least.
 */

import { cpus, loadavg } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { writeWhole } from "../../fixtures/demo/files.ts";
import {
  axpy,
  biasRelu_jvp,
  engine,
  floats,
  matmul,
  matmulNT,
  matmulTN,
  matmulTT,
  scope,
  useEngine,
} from "../../runtime/kernels/index.ts";
import { fillNormal, fillSigns, fillUniform } from "../../runtime/random/index.ts";

const FORMS = { matmul, matmulNT, matmulTN, matmulTT } as const;
const SHAPES = [
  [64, 1024, 1024],
  [64, 784, 1024],
  [64, 1024, 10],
  [64, 784, 10],
  [1, 1024, 1024],
  [2, 1024, 1024],
  [4, 1024, 1024],
  [1024, 1024, 1],
  [1024, 1, 1024],
  [8, 8, 8],
  [33, 65, 17],
  [256, 256, 256],
  [784, 64, 1024],
  [1024, 1024, 1024],
  [2048, 2048, 2048],
] as const;

/**
 * Measures, prints a table, and writes `bench-kernels.json`.
 * @param args `--seconds S` for each measurement, 0.2 by default; `--javascript` for the plain engine; `--plain` as in models
 * @returns the exit code
 */
export async function main(args: readonly string[], folder: string): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seconds: { type: "string", default: "0.2" },
      javascript: { type: "boolean", default: false },
      plain: { type: "boolean", default: false },
    },
  });
  const seconds = Number(values.seconds);
  if (!(seconds > 0)) {
    console.error(`--seconds wants a positive number, not "${values.seconds}".`);
    return 2;
  }
  const used = useEngine({ name: values.javascript ? "javascript" : "wasm", fused: !values.plain, memory: 2 ** 28 });
  const peak = product("matmul", 64, 256, 256, seconds);
  const memory = stream(1 << 23, seconds);
  const cache = stream(1 << 15, seconds);
  console.log(
    `${used.name}${used.fused ? ", fused" : ""}: ${peak.toFixed(1)} GFLOP/s in the cache, ${memory.toFixed(1)} GB/s `,
  );
  console.log(`from memory, ${cache.toFixed(1)} GB/s in the cache\n`);
  const names = Object.keys(FORMS) as (keyof typeof FORMS)[];
  console.log(`  ${"GFLOP/s".padEnd(18)}${names.map((name) => name.padStart(10)).join("")}${"roofline".padStart(10)}`);
  const products: Record<string, number[]> = {};
  for (const [m, k, n] of SHAPES) {
    if (values.javascript && m * k * n > 2 ** 28) continue;
    const rates = names.map((name) => product(name, m, k, n, seconds));
    // Each operand is read and the result written once, from the cache where all fits into half a mebibyte.
    const bytes = 4 * (m * k + k * n + m * n);
    const roof = Math.min(peak, (2 * m * k * n * (bytes < 2 ** 19 ? cache : memory)) / bytes);
    const title = `${m} × ${k} × ${n}`;
    products[title] = [...rates, roof];
    console.log(`  ${title.padEnd(18)}${[...rates, roof].map((rate) => rate.toFixed(1).padStart(10)).join("")}`);
  }
  const others = rest(seconds);
  for (const [name, rate] of Object.entries(others)) console.log(`  ${name.padEnd(28)}${rate.toFixed(2).padStart(8)}`);
  const machine = { cpu: cpus()[0]?.model, cores: cpus().length, load: loadavg(), node: process.version };
  const json = { date: new Date().toISOString(), machine, engine: engine(), peak, memory, cache, products, others };
  writeWhole(join(folder, "bench-kernels.json"), `${JSON.stringify(json, undefined, 2)}\n`);
  console.log(`\nMeasurements: ${join(folder, "bench-kernels.json")}`);
  return 0;
}

/** Nanoseconds of processor time of the fastest call. */
function fastest(f: () => void, seconds: number): number {
  let best = Number.POSITIVE_INFINITY;
  let calls = 1;
  const end = performance.now() + 1000 * seconds;
  for (let round = 0; round < 5 || performance.now() < end; round++) {
    const used = process.cpuUsage();
    for (let i = 0; i < calls; i++) f();
    const { user, system } = process.cpuUsage(used);
    const each = Math.max(1, (1e3 * (user + system)) / calls);
    // Too short to be told by the processor's clock: more calls.
    if (each * calls > 5e5) best = Math.min(best, each);
    else round--;
    calls = Math.max(1, Math.min(1_000_000, Math.ceil(1e6 / each)));
  }
  return best;
}

function product(name: keyof typeof FORMS, m: number, k: number, n: number, seconds: number): number {
  return scope(() => {
    const a = floats(m * k);
    const b = floats(k * n);
    const out = floats(m * n);
    fillUniform(a, 1, 0);
    fillUniform(b, 2, 0);
    return (2 * m * k * n) / fastest(() => FORMS[name](a, b, out, m, k, n), seconds);
  });
}

/** GB/s of y ← y + α x: two reads and a write an element. */
function stream(length: number, seconds: number): number {
  return scope(() => {
    const x = floats(length);
    const y = floats(length);
    return (12 * length) / fastest(() => axpy(1e-3, x, y), seconds);
  });
}

function rest(seconds: number): Record<string, number> {
  return scope(() => {
    const n = 1 << 20;
    const x = floats(n);
    const x_t = floats(n);
    const b = floats(1024);
    return {
      "normals, ns each": fastest(() => fillNormal(x, 1, 1), seconds) / n,
      "signs, ns each": fastest(() => fillSigns(x, 1, 1), seconds) / n,
      "biasRelu_jvp, GB/s": (16 * n) / fastest(() => biasRelu_jvp(x, x_t, b, b, x, x_t, n / 1024, 1024), seconds),
    };
  });
}
