/** Which engine runs the kernels, and how arrays reach its memory. */

import { startWasm, type Wasm } from "./wasm.ts";

/** The engine in use. */
export interface Engine {
  readonly name: "wasm" | "javascript";
  /** Whether products are added without rounding in between (relaxed SIMD). */
  readonly fused: boolean;
  /** Bytes of memory that the arena can hand out. */
  readonly memory: number;
}

export interface EngineOptions {
  /** "wasm" where the host has it, by default. */
  readonly name?: "wasm" | "javascript";
  /** Whether to use fused multiply-add where the host has it: faster, rounds differently. True by default. */
  readonly fused?: boolean;
  /** Bytes of address space to reserve for arrays, 2³⁰ by default; the host provides memory for what is used of it. */
  readonly memory?: number;
}

let started = false;
let current: Wasm | undefined;
let generation = 0;

/** The engine that runs the kernels; the first call, or the first kernel, starts it. */
export function engine(): Engine {
  const running = native();
  if (running === undefined) return { name: "javascript", fused: false, memory: Number.POSITIVE_INFINITY };
  return { name: "wasm", fused: running.relaxed, memory: running.buffer.byteLength - running.start };
}

/**
 * Starts another engine. Arrays of the old one stay valid as arrays of the user's own. Best called once, before anything is allocated.
 * @returns the engine that is now in use: plain JavaScript where the host can't do what was asked for
 */
export function useEngine({ name = "wasm", fused = true, memory = 2 ** 30 }: EngineOptions): Engine {
  started = true;
  generation++;
  current = name === "wasm" ? startWasm(memory, fused) : undefined;
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
