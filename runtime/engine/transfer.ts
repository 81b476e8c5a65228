/**
 * How arrays reach the engine: those that live in its memory by their address, others by way of a copy behind all that the arena has
 * handed out. Between `begin` and the end of a kernel nothing else is allocated there.
 */

import { requireRoom, top } from "./arena.ts";
import type { Wasm } from "./wasm.ts";

let free = 0;

/** Starts a kernel: copies of foreign arrays go to the free end of the engine's memory. */
export function begin(): void {
  free = top();
}

/** Whether an array lies in the engine's memory. */
export function home(wasm: Wasm, array: Float32Array): boolean {
  return array.buffer === wasm.buffer;
}

/** The address of an operand, or of a copy; 0 for undefined. */
export function read(wasm: Wasm, array: Float32Array | undefined): number {
  if (array === undefined) return 0;
  if (array.buffer === wasm.buffer) return array.byteOffset;
  const address = room(wasm, array.length);
  new Float32Array(wasm.buffer, address, array.length).set(array);
  return address;
}

/** The address where a result goes: the array's own, or a place that `fetch` copies from. */
export function place(wasm: Wasm, array: Float32Array): number {
  return array.buffer === wasm.buffer ? array.byteOffset : room(wasm, array.length);
}

/** Copies a result to an array that does not lie in the engine's memory. */
export function fetch(wasm: Wasm, array: Float32Array, address: number): void {
  if (array.buffer !== wasm.buffer) array.set(new Float32Array(wasm.buffer, address, array.length));
}

/** Room for `length` floats until the kernel ends, aligned to 64 bytes. */
export function room(wasm: Wasm, length: number): number {
  const address = free;
  free = Math.ceil((address + 4 * length) / 64) * 64;
  requireRoom(wasm.buffer, free);
  return address;
}

/** The first address behind all that the arena and the kernel have taken. */
export function firstFree(): number {
  return free;
}

/** Whether all arrays that are given lie in the engine's memory, so that no copies are needed. */
export function allHome(
  wasm: Wasm,
  a: Float32Array,
  b: Float32Array,
  c: Float32Array | undefined = undefined,
  d: Float32Array | undefined = undefined,
  e: Float32Array | undefined = undefined,
  f: Float32Array | undefined = undefined,
): boolean {
  const { buffer } = wasm;
  return (
    a.buffer === buffer &&
    b.buffer === buffer &&
    (c === undefined || c.buffer === buffer) &&
    (d === undefined || d.buffer === buffer) &&
    (e === undefined || e.buffer === buffer) &&
    (f === undefined || f.buffer === buffer)
  );
}

/** The address of an array that lies in the engine's memory; 0 for undefined. */
export function address(array: Float32Array | undefined): number {
  return array === undefined ? 0 : array.byteOffset;
}
