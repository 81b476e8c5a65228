/** Which engine runs the kernels, and how arrays reach its memory. */

import { startWasm, type Wasm } from "./wasm.ts";

/** The engine in use. */
export interface Engine {
  readonly name: "wasm" | "javascript";
  /** Whether products are added without rounding in between (relaxed SIMD). */
  readonly fused: boolean;
  /** Threads that are up: workers start on their own, and until they are there kernels run without them. */
  readonly threads: number;
  /** Bytes of memory that the arena can hand out. */
  readonly memory: number;
}

export interface EngineOptions {
  /** "wasm" where the host has it, by default. */
  readonly name?: "wasm" | "javascript";
  /** Whether to use fused multiply-add where the host has it: faster, rounds differently. True by default. */
  readonly fused?: boolean;
  /**
   * How many threads big kernels are split between, 1 by default. It takes shared memory, which browsers give to cross-origin isolated pages; elsewhere it
   * stays at one. The bits are those of one thread.
   */
  readonly threads?: number;
  /** Bytes of address space to reserve for arrays, 2³⁰ by default; the host provides memory for what is used of it. */
  readonly memory?: number;
}

let started = false;
let current: Wasm | undefined;
let generation = 0;

/** The engine that runs the kernels; the first call, or the first kernel, starts it. */
export function engine(): Engine {
  const running = native();
  if (running === undefined) return { name: "javascript", fused: false, threads: 1, memory: Number.POSITIVE_INFINITY };
  return {
    name: "wasm",
    fused: running.relaxed,
    threads: running.threads(),
    memory: running.buffer.byteLength - running.start,
  };
}

/**
 * Starts another engine. Arrays of the old one stay valid as arrays of the user's own. Best called once, before anything is allocated.
 * @returns the engine that is now in use: plain JavaScript where the host can't do what was asked for
 */
export function useEngine(options: EngineOptions): Engine {
  const { name = "wasm", fused = true, threads = 1, memory = 2 ** 30 } = options;
  if (!Number.isSafeInteger(threads) || threads < 1) {
    throw new RangeError(`useEngine: threads must be an integer of at least 1, got ${threads}.`);
  }
  started = true;
  generation++;
  current?.stop();
  current = name === "wasm" ? startWasm(memory, fused, threads) : undefined;
  return engine();
}

/** The WebAssembly engine, or undefined when plain JavaScript is in use. */
export function native(): Wasm | undefined {
  if (!started) useEngine({});
  return current;
}

/** The WebAssembly engine if it has been started: no array lies in its memory before. */
export function running(): Wasm | undefined {
  return current;
}

/** A number that changes with the engine; 0 before one is started. */
export function engineGeneration(): number {
  return generation;
}
