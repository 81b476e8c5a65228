/** The WebAssembly engine: its functions, its memory, and how both are brought up. */

import { relaxedSimd, simd } from "./binary.ts";
import { inParallel } from "./parallel.ts";
import { BOX, startTeam } from "./team.ts";

type Map = (x: number, x_t: number, y: number, y_t: number, n: number) => void;
type Pair = (a: number, a_t: number, b: number, b_t: number, y: number, y_t: number, n: number) => void;

/** What the module exports. Arguments named like arrays are addresses in bytes; 0 stands for a tangent that is absent. */
export interface Exports {
  constantsEnd(): number;
  scratchSize(): number;
  useScratch(at: number): void;
  matmul(
    a: number,
    a_t: number,
    aRow: number,
    aColumn: number,
    b: number,
    bRow: number,
    bColumn: number,
    c: number,
    c_t: number,
    cRow: number,
    m: number,
    k: number,
    n: number,
    add: number,
    add_t: number,
  ): void;
  readonly abs: Map;
  readonly exp: Map;
  readonly gelu: Map;
  readonly log: Map;
  readonly sigmoid: Map;
  readonly sqrt: Map;
  readonly square: Map;
  readonly tanh: Map;
  readonly add: Pair;
  readonly divide: Pair;
  readonly multiply: Pair;
  readonly subtract: Pair;
  sum(x: number, n: number): number;
  dot(a: number, b: number, n: number): number;
  dotWide(a: number, b: number, n: number): number;
  dotTangent(a: number, a_t: number, b: number, b_t: number, n: number): number;
  lastSlope(): number;
  softmaxRows(z: number, z_t: number, out: number, rows: number, columns: number): void;
  layerNorm(
    x: number,
    x_t: number,
    gain: number,
    gain_t: number,
    shift: number,
    shift_t: number,
    y: number,
    y_t: number,
    rows: number,
    columns: number,
    epsilon: number,
  ): void;
  batchNorm(
    x: number,
    x_t: number,
    gain: number,
    gain_t: number,
    shift: number,
    shift_t: number,
    y: number,
    y_t: number,
    rows: number,
    columns: number,
    epsilon: number,
    work: number,
  ): void;
  avgPool(x: number, y: number, batch: number, height: number, width: number, channels: number, size: number): void;
  axpy(alpha: number, x: number, y: number, n: number): void;
  scale(alpha: number, x: number, y: number, n: number): void;
  adam(
    theta: number,
    mean: number,
    square: number,
    g: number,
    n: number,
    beta1: number,
    rest1: number,
    beta2: number,
    rest2: number,
    rate: number,
    correction: number,
    epsilon: number,
  ): void;
  transpose(x: number, out: number, rows: number, columns: number): void;
  bias(x: number, b: number, y: number, rows: number, columns: number): void;
  biasRelu(x: number, x_t: number, b: number, b_t: number, y: number, y_t: number, rows: number, columns: number): void;
  relu(x: number, x_t: number, y: number, y_t: number, n: number): void;
  repeat(b: number, y: number, rows: number, columns: number): void;
  outer(s: number, w: number, y: number, rows: number, columns: number): void;
  addOuter(alpha: number, s: number, w: number, y: number, rows: number, columns: number): void;
  clear(y: number, n: number): void;
  sumRows(x: number, y: number, rows: number, columns: number): void;
  mask(y: number, delta: number, n: number): void;
  patches(
    x: number,
    to: number,
    first: number,
    count: number,
    height: number,
    width: number,
    channels: number,
    size: number,
    stride: number,
    padding: number,
    outHeight: number,
    outWidth: number,
  ): void;
  maxPool(
    x: number,
    x_t: number,
    y: number,
    y_t: number,
    batch: number,
    height: number,
    width: number,
    channels: number,
    size: number,
  ): void;
  spread(
    x: number,
    y: number,
    delta: number,
    to: number,
    batch: number,
    height: number,
    width: number,
    channels: number,
    size: number,
  ): void;
  address(seedLow: number, seedHigh: number, stepLow: number, stepHigh: number, stream: number): void;
  normals(out: number, n: number, firstLow: number, firstHigh: number): void;
  signs(out: number, n: number, firstLow: number, firstHigh: number): void;
  addRandom(alpha: number, y: number, n: number, firstLow: number, firstHigh: number, sign: number): void;
}

/** A running engine. */
export interface Wasm {
  readonly exports: Exports;
  readonly buffer: ArrayBuffer;
  /** Whether it multiplies and adds in one step. */
  readonly relaxed: boolean;
  /** The first free address, aligned to 64 bytes. */
  readonly start: number;
  /** Threads that are up. */
  readonly threads: () => number;
  /** Ends the workers, if there are any. */
  readonly stop: () => void;
}

interface Host {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object, imports: object) => { readonly exports: unknown };
  readonly Memory: new (limits: {
    initial: number;
    maximum: number;
    shared: boolean;
  }) => { readonly buffer: ArrayBuffer };
}

const PAGE = 65536;

/**
 * Starts the engine, or returns undefined where the host has no WebAssembly with SIMD or no memory to give.
 * @param bytes how much address space to reserve; a host that refuses is asked for less
 * @param relaxed whether fused multiply-add is wanted where the host has it
 * @param threads how many threads are wanted; where the host has no shared memory or no workers it stays at one
 */
export function startWasm(bytes: number, relaxed: boolean, threads: number): Wasm | undefined {
  const host = (globalThis as { readonly WebAssembly?: Host }).WebAssembly;
  if (host === undefined) return undefined;
  const shared = threads > 1 && typeof SharedArrayBuffer === "function";
  const fused = relaxed ? compile(host, relaxedSimd, shared) : undefined;
  const module = fused ?? compile(host, simd, shared);
  const memory = module && reserve(host, bytes, shared);
  if (module === undefined || memory === undefined) return shared ? startWasm(bytes, relaxed, 1) : undefined;
  const { exports } = new host.Instance(module, { env: { memory, abort } });
  const alone = exports as Exports;
  const scratch = align(alone.constantsEnd());
  const scratchSize = align(alone.scratchSize());
  alone.useScratch(scratch);
  const boxes = scratch + scratchSize;
  const workers = shared ? threads - 1 : 0;
  const spare = align(boxes + workers * BOX);
  const start = spare + workers * scratchSize;
  const common = { buffer: memory.buffer, relaxed: fused !== undefined, start };
  const names = Object.keys(alone);
  const team = workers > 0 ? startTeam(module, memory, names, workers, boxes, spare, scratchSize) : undefined;
  if (team === undefined) return { ...common, exports: alone, threads: () => 1, stop() {} };
  return { ...common, exports: inParallel(alone, team), threads: () => 1 + team.ready(), stop: () => team.stop() };
}

function align(address: number): number {
  return (address + 63) & ~63;
}

function abort(): never {
  throw new Error("The engine has stopped.");
}

function compile(host: Host, base64: string, shared: boolean): object | undefined {
  const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  try {
    return new host.Module(shared ? withSharedMemory(bytes) : bytes);
  } catch {
    return undefined;
  }
}

/** The module with its memory declared as shared: the limits of its only import, "no maximum, from 0 pages", become "shared, from 0 to 65536". */
function withSharedMemory(bytes: Uint8Array): Uint8Array {
  const limits = bytes.findIndex((byte, i) => byte === 0x79 && IMPORT.every((other, k) => bytes[i + 1 + k] === other));
  const sizeAt = limits - 12;
  const out = new Uint8Array(bytes.length + 3);
  out.set(bytes.subarray(0, limits + 2));
  out.set([0x03, 0x00, 0x80, 0x80, 0x04], limits + 2);
  out.set(bytes.subarray(limits + 4), limits + 7);
  out[sizeAt] = (bytes[sizeAt] as number) + 3;
  return out;
}

/** What follows the last letter of the import's name: a memory, with limits. */
const IMPORT = [0x02, 0x00, 0x00];

function reserve(host: Host, bytes: number, shared: boolean): { readonly buffer: ArrayBuffer } | undefined {
  for (let pages = Math.min(Math.ceil(bytes / PAGE), PAGE); pages >= 64; pages >>= 1) {
    try {
      return new host.Memory({ initial: pages, maximum: pages, shared });
    } catch {
      // Address space is scarce here: half of it may do.
    }
  }
  return undefined;
}
