/**
 * Kernels that the engine has in WebAssembly, where their operands and results lie in its memory. Tangents that lie elsewhere, or are not stored at all, are
 * copied there: where a tangent lives must not change what the value is rounded to.
 */

import { running } from "../engine/index.ts";
import { address, allHome, begin, fetch, place, read } from "../engine/transfer.ts";
import type { Wasm } from "../engine/wasm.ts";
import { stored } from "./dense.ts";
import { requireLength } from "./shape.ts";

/** Functions of one array, element by element, by their names among the engine's exports. */
export type MapName = "abs" | "exp" | "gelu" | "log" | "sigmoid" | "sqrt" | "square" | "tanh";

/** Functions of two arrays. */
export type PairName = "add" | "divide" | "multiply" | "subtract";

/** Runs a map there. Returns false when it must be done here. */
export function mapped(
  name: MapName,
  x: Float32Array,
  x_t: Float32Array | undefined,
  out: Float32Array,
  out_t: Float32Array | undefined,
): boolean {
  const wasm = running();
  if (wasm === undefined || !allHome(wasm, x, out)) return false;
  begin();
  const to_t = resultAt(wasm, name, out_t, out);
  wasm.exports[name](address(x), tangentAt(wasm, name, x_t, x), address(out), to_t, x.length);
  if (out_t !== undefined) fetch(wasm, out_t, to_t);
  return true;
}

/** Runs a function of two arrays there. Returns false when it must be done here. */
export function paired(
  name: PairName,
  a: Float32Array,
  a_t: Float32Array | undefined,
  b: Float32Array,
  b_t: Float32Array | undefined,
  out: Float32Array,
  out_t: Float32Array | undefined,
): boolean {
  const wasm = running();
  if (wasm === undefined || !allHome(wasm, a, b, out)) return false;
  begin();
  const from_a = tangentAt(wasm, name, a_t, a);
  const from_b = tangentAt(wasm, name, b_t, b);
  const to_t = resultAt(wasm, name, out_t, out);
  wasm.exports[name](address(a), from_a, address(b), from_b, address(out), to_t, a.length);
  if (out_t !== undefined) fetch(wasm, out_t, to_t);
  return true;
}

/** The address of a tangent, or of a copy; 0 for that of a constant. After `begin`. @throws RangeError when its length does not fit */
export function tangentAt(wasm: Wasm, kernel: string, tangent: Float32Array | undefined, primal: Float32Array): number {
  const values = stored(tangent, primal);
  if (values !== undefined) requireLength(kernel, "a tangent", values, primal.length);
  return read(wasm, values);
}

/** The address where the tangent of a result goes; 0 when none is wanted. After `begin`. @throws RangeError as `tangentAt` */
export function resultAt(wasm: Wasm, kernel: string, out_t: Float32Array | undefined, out: Float32Array): number {
  if (out_t === undefined) return 0;
  requireLength(kernel, "out_t", out_t, out.length);
  return place(wasm, out_t);
}
