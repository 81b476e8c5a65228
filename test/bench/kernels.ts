/**
 * Kernels against the machine: products of matrices in GFLOP/s for every transpose and many shapes, beside a roofline measured in the
 * same run, and what moves memory in GB/s. The fastest of many calls counts, in the processor's time, which other processes disturb least.
 */

import { cpus, loadavg } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { writeWhole } from "../../fixtures/demo/files.ts";
import {
  abs,
  abs_jvp,
  add,
  add_jvp,
  avgPool,
  avgPool_jvp,
  axpy,
  batchNorm,
  batchNorm_jvp,
  biasRelu,
  biasRelu_jvp,
  dot,
  dot_jvp,
  engine,
  exp,
  exp_jvp,
  floats,
  gelu,
  gelu_jvp,
  layerNorm,
  layerNorm_jvp,
  log,
  log_jvp,
  matmul,
  matmulNT,
  matmulTN,
  matmulTT,
  maxPool,
  maxPool_jvp,
  multiply,
  multiply_jvp,
  relu,
  relu_jvp,
  scope,
  sigmoid,
  sigmoid_jvp,
  softmaxCrossEntropy,
  softmaxCrossEntropy_jvp,
  sqrt,
  sqrt_jvp,
  square,
  square_jvp,
  sum,
  sum_jvp,
  tanh,
  tanh_jvp,
  useEngine,
} from "../../runtime/kernels/index.ts";
import { fillNormal, fillSigns, fillUniform } from "../../runtime/random/index.ts";

const FORMS = { matmul, matmulNT, matmulTN, matmulTT } as const;
const SHAPES = [
  [1, 1, 1],
  [4, 4, 4],
  [8, 8, 8],
  [16, 16, 16],
  [3, 5, 7],
  [13, 13, 13],
  [17, 17, 17],
  [33, 65, 17],
  [65, 33, 129],
  [257, 129, 63],
  [1000, 1, 1],
  [1, 1000, 1],
  [1, 1, 1000],
  [7, 300, 5],
  [300, 300, 3],
  [12, 2048, 12],
  [1000, 7, 6],
  [6, 7, 1000],
  [5, 2000, 5],
  [31, 1000, 3],
  [4, 1024, 4],
  [4, 4, 1024],
  [1024, 4, 4],
  [100, 3, 50],
  [64, 784, 10],
  [64, 1024, 10],
  [1, 1024, 1024],
  [2, 1024, 1024],
  [4, 1024, 1024],
  [1024, 1024, 1],
  [1024, 1, 1024],
  [64, 784, 1024],
  [64, 1024, 1024],
  [784, 64, 1024],
  [256, 256, 256],
  [1024, 1024, 1024],
  [2048, 2048, 2048],
] as const;

/**
 * Measures, prints tables, and writes `bench-kernels-ENGINE.json`.
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
  const title = `${used.name}${used.fused ? ", multiply-add in one" : ""}`;
  const peak = (2 * 64 * 256 * 256) / product("matmul", 64, 256, 256, seconds);
  const memory = stream(1 << 23, seconds);
  const cache = stream(1 << 15, seconds);
  // What a call costs before any work is done.
  const overhead = product("matmul", 1, 1, 1, seconds);
  console.log(
    `${title}: ${peak.toFixed(1)} GFLOP/s in the cache, ${memory.toFixed(1)} GB/s from memory, ${cache.toFixed(1)} GB/s in the cache, ` +
      `${overhead.toFixed(0)} ns a call\n`,
  );
  const names = Object.keys(FORMS) as (keyof typeof FORMS)[];
  console.log(
    `  ${"GFLOP/s".padEnd(20)}${[...names, "roofline", "least share"].map((name) => name.padStart(12)).join("")}`,
  );
  const products: Record<string, Product> = {};
  for (const [m, k, n] of SHAPES) {
    if (values.javascript && m * k * n > 2 ** 27) continue;
    const flops = 2 * m * k * n;
    const rates = names.map((name) => flops / product(name, m, k, n, seconds));
    // Operands are read once; the result's lines are fetched and written. From the cache where all fits into half a mebibyte.
    const bytes = 4 * (m * k + k * n + 2 * m * n);
    const roof = flops / (overhead + Math.max(flops / peak, bytes / (bytes < 2 ** 19 ? cache : memory)));
    const share = Math.min(...rates) / roof;
    products[`${m} × ${k} × ${n}`] = { rates, roof, share };
    const cells = [...rates, roof].map((rate) => rate.toFixed(rate < 1 ? 3 : 1).padStart(12)).join("");
    console.log(`  ${`${m} × ${k} × ${n}`.padEnd(20)}${cells}${`${(100 * share).toFixed(0)} %`.padStart(12)}`);
  }
  const others = rest(seconds);
  console.log(`\n  ${"GB/s".padEnd(28)}${"value".padStart(10)}${"and tangent".padStart(14)}`);
  for (const [name, [value, both]] of Object.entries(others.moved)) {
    console.log(`  ${name.padEnd(28)}${value.toFixed(1).padStart(10)}${both.toFixed(1).padStart(14)}`);
  }
  console.log(`\n  normals ${others.normals.toFixed(2)} ns each, signs ${others.signs.toFixed(2)} ns each`);
  const together = values.javascript ? undefined : await onThreads(seconds, !values.plain);
  const machine = { cpu: cpus()[0]?.model, cores: cpus().length, load: loadavg(), node: process.version };
  const json = {
    date: new Date().toISOString(),
    machine,
    engine: engine(),
    peak,
    memory,
    cache,
    overhead,
    products,
    others,
    together,
  };
  const file = join(folder, `bench-kernels-${used.name}${used.fused ? "-fused" : ""}.json`);
  writeWhole(file, `${JSON.stringify(json, undefined, 2)}\n`);
  console.log(`\nMeasurements: ${file}`);
  return 0;
}

/** GFLOP/s of 64 × 1024 × 1024 by the clock, of each transpose: on one thread and on two, which take turns. */
async function onThreads(seconds: number, fused: boolean): Promise<Record<string, readonly number[]>> {
  const rates: Record<string, [number, number]> = {};
  for (let round = 0; round < 3; round++) {
    for (const threads of [1, 2] as const) {
      useEngine({ fused, threads, memory: 2 ** 28 });
      while (engine().threads < threads) await new Promise((resolve) => setTimeout(resolve, 5));
      for (const name of Object.keys(FORMS) as (keyof typeof FORMS)[]) {
        const pair = rates[name] ?? [0, 0];
        pair[threads - 1] = Math.max(pair[threads - 1] ?? 0, byTheClock(FORMS[name], seconds));
        rates[name] = pair;
      }
    }
  }
  console.log("\n  64 × 1024 × 1024 by the clock, GFLOP/s on one thread and on two");
  for (const [name, [one, two]] of Object.entries(rates)) {
    const cells = [one.toFixed(1), two.toFixed(1), `${(two / one).toFixed(2)} ×`].map((cell) => cell.padStart(10));
    console.log(`  ${name.padEnd(28)}${cells.join("")}`);
  }
  return rates;
}

function byTheClock(kernel: typeof matmul, seconds: number): number {
  return scope(() => {
    const [a, b, out] = [floats(1 << 16), floats(1 << 20), floats(1 << 16)] as const;
    fillUniform(a, 1, 0);
    fillUniform(b, 2, 0);
    let least = Number.POSITIVE_INFINITY;
    const end = performance.now() + 1000 * seconds;
    for (let i = 0; i < 20 || performance.now() < end; i++) {
      const before = performance.now();
      kernel(a, b, out, 64, 1024, 1024);
      least = Math.min(least, performance.now() - before);
    }
    return 134.217728 / least;
  });
}

interface Product {
  /** GFLOP/s of each transpose, and what the machine allows. */
  readonly rates: readonly number[];
  readonly roof: number;
  /** The slowest of them as a share of that. */
  readonly share: number;
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

/** Nanoseconds a product. */
function product(name: keyof typeof FORMS, m: number, k: number, n: number, seconds: number): number {
  return scope(() => {
    const a = floats(m * k);
    const b = floats(k * n);
    const out = floats(m * n);
    fillUniform(a, 1, 0);
    fillUniform(b, 2, 0);
    return fastest(() => FORMS[name](a, b, out, m, k, n), seconds);
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

const MAPS = { relu, tanh, sigmoid, gelu, exp, log, sqrt, square, abs };
const MAP_TANGENTS = {
  relu: relu_jvp,
  tanh: tanh_jvp,
  sigmoid: sigmoid_jvp,
  gelu: gelu_jvp,
  exp: exp_jvp,
  log: log_jvp,
  sqrt: sqrt_jvp,
  square: square_jvp,
  abs: abs_jvp,
};

interface Rest {
  /** GB/s without and with the tangent, counting what is read and written. */
  readonly moved: Readonly<Record<string, readonly [value: number, both: number]>>;
  /** Nanoseconds each. */
  readonly normals: number;
  readonly signs: number;
}

/** Kernels on arrays that stay in the second cache. */
function rest(seconds: number): Rest {
  return scope(() => {
    const n = 1 << 15;
    const columns = 256;
    const rows = n / columns;
    const [x, x_t, y, y_t] = [floats(n), floats(n), floats(n), floats(n)] as const;
    const [gain, shift] = [floats(columns).fill(1), floats(columns)] as const;
    fillUniform(x, 1, 0);
    fillUniform(x_t, 2, 0);
    const labels = new Uint8Array(rows);
    const image = { batch: 1, height: 16, width: 32, channels: 64, size: 2 };
    const [p, p_t] = [floats(n / 4), floats(n / 4)] as const;
    const rate = (arrays: number, f: () => unknown) => (4 * n * arrays) / fastest(() => void f(), seconds);
    const moved: Record<string, readonly [number, number]> = {};
    for (const name of Object.keys(MAPS) as (keyof typeof MAPS)[]) {
      moved[name] = [rate(2, () => MAPS[name](x, y)), rate(4, () => MAP_TANGENTS[name](x, x_t, y, y_t))];
    }
    moved.add = [rate(3, () => add(x, x_t, y)), rate(6, () => add_jvp(x, x_t, x_t, x, y, y_t))];
    moved.multiply = [rate(3, () => multiply(x, x_t, y)), rate(6, () => multiply_jvp(x, x_t, x_t, x, y, y_t))];
    moved.biasRelu = [
      rate(2, () => biasRelu(x, shift, y, rows, columns)),
      rate(4, () => biasRelu_jvp(x, x_t, shift, gain, y, y_t, rows, columns)),
    ];
    moved.layerNorm = [
      rate(2, () => layerNorm(x, gain, shift, y, rows, columns)),
      rate(4, () => layerNorm_jvp(x, x_t, gain, undefined, shift, undefined, y, y_t, rows, columns)),
    ];
    moved.batchNorm = [
      rate(2, () => batchNorm(x, gain, shift, y, rows, columns)),
      rate(4, () => batchNorm_jvp(x, x_t, gain, undefined, shift, undefined, y, y_t, rows, columns)),
    ];
    moved.softmaxCrossEntropy = [
      rate(1, () => softmaxCrossEntropy(x, labels, rows, columns)),
      rate(2, () => softmaxCrossEntropy_jvp(x, x_t, labels, rows, columns)),
    ];
    moved.maxPool = [rate(1.25, () => maxPool(x, p, image)), rate(2.5, () => maxPool_jvp(x, x_t, p, p_t, image))];
    moved.avgPool = [rate(1.25, () => avgPool(x, p, image)), rate(2.5, () => avgPool_jvp(x, x_t, p, p_t, image))];
    moved.sum = [rate(1, () => sum(x)), rate(2, () => sum_jvp(x, x_t))];
    moved.dot = [rate(2, () => dot(x, y)), rate(4, () => dot_jvp(x, x_t, y, y_t))];
    return {
      moved,
      normals: fastest(() => fillNormal(x, 1, 1), seconds) / n,
      signs: fastest(() => fillSigns(x, 1, 1), seconds) / n,
    };
  });
}
