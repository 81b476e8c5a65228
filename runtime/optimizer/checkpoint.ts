/**
 * Checkpoints as bytes: what a run needs in order to go on as if it had never stopped, numbers bit by bit.
 *
 *     "fgrad\r\n\x1a"  version u32  length of header u32  header (JSON)  arrays, each at a multiple of 8  CRC-32 of all before u32
 *
 * Integers are little-endian; so are the numbers in arrays on every host that is in use.
 */

import type { NumericArray } from "../leaves.ts";

/** What is in a checkpoint beside its arrays. */
export interface Header {
  /** How many steps are done. */
  readonly step: number;
  /** How many updates the optimizer has made. */
  readonly count: number;
  /** Directions, optimizer and limits in words. */
  readonly settings: string;
  /** The learning rates of the last step, by group. */
  readonly rates: readonly number[];
  /** Why the run has ended, if it has. */
  readonly ended: "steps" | "patience" | null;
  /** What each array is: "first.weights", "first.weights, state 1", "progress". */
  readonly names: readonly string[];
}

interface Stored extends Header {
  readonly arrays: readonly { readonly type: "float32" | "float64"; readonly length: number }[];
}

/** Where checkpoints are kept; `checkpointFolder` of `fgrad/node` keeps them in files. */
export interface CheckpointStore {
  /** Keeps a checkpoint. Whoever is killed in the middle must find the one before. @param step how many steps are done */
  save(bytes: Uint8Array, step: number): void | Promise<void>;
  /** The newest checkpoint and its name for messages; undefined when there is none. */
  load(): KeptCheckpoint | undefined | Promise<KeptCheckpoint | undefined>;
}

export interface KeptCheckpoint {
  readonly bytes: Uint8Array;
  readonly name: string;
}

const MAGIC = [0x66, 0x67, 0x72, 0x61, 0x64, 0x0d, 0x0a, 0x1a];
const VERSION = 1;

/** @param arrays parallel to `header.names` */
export function encode(header: Header, arrays: readonly NumericArray[]): Uint8Array {
  const described = arrays.map((array) => ({
    type: array instanceof Float32Array ? ("float32" as const) : ("float64" as const),
    length: array.length,
  }));
  const text = new TextEncoder().encode(JSON.stringify({ ...header, arrays: described } satisfies Stored));
  let size = aligned(16 + text.length);
  for (const { type, length } of described) size = aligned(size + length * bytesOf(type));
  const bytes = new Uint8Array(size + 4);
  const view = new DataView(bytes.buffer);
  bytes.set(MAGIC);
  view.setUint32(8, VERSION, true);
  view.setUint32(12, text.length, true);
  bytes.set(text, 16);
  let at = aligned(16 + text.length);
  for (const array of arrays) {
    if (array instanceof Float32Array) new Float32Array(bytes.buffer, at, array.length).set(array);
    else new Float64Array(bytes.buffer, at, array.length).set(array);
    at = aligned(at + array.length * (array instanceof Float32Array ? 4 : 8));
  }
  view.setUint32(size, crc32(bytes.subarray(0, size)), true);
  return bytes;
}

/**
 * @param name of the checkpoint, for messages
 * @throws Error named "CheckpointError" when these bytes are no checkpoint, or a damaged one
 */
export function decode(
  bytes: Uint8Array,
  name: string,
): { readonly header: Header; readonly arrays: readonly (Float32Array | Float64Array)[] } {
  if (!MAGIC.every((byte, i) => bytes[i] === byte)) throw checkpointError(`${name} is no checkpoint of fgrad.`);
  const damaged = () =>
    checkpointError(`${name} is damaged: its checksum is wrong. Delete it to go on from the checkpoint before it.`);
  if (bytes.length < 20) throw damaged();
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const size = bytes.length - 4;
  if (view.getUint32(size, true) !== crc32(bytes.subarray(0, size))) throw damaged();
  const version = view.getUint32(8, true);
  if (version !== VERSION) {
    throw checkpointError(`${name} is a checkpoint of version ${version}; this fgrad reads version ${VERSION}.`);
  }
  const length = view.getUint32(12, true);
  const { arrays, ...header } = JSON.parse(new TextDecoder().decode(bytes.subarray(16, 16 + length))) as Stored;
  let at = aligned(16 + length);
  const read = arrays.map(({ type, length: count }) => {
    // A copy of its own: the bytes may be a Buffer, whose `slice` copies nothing, at any address.
    const own = new Uint8Array(count * bytesOf(type));
    own.set(bytes.subarray(at, at + own.length));
    at = aligned(at + own.length);
    return type === "float32" ? new Float32Array(own.buffer) : new Float64Array(own.buffer);
  });
  return { header, arrays: read };
}

/** An error named "CheckpointError". */
export function checkpointError(message: string): Error {
  const error = new Error(message);
  error.name = "CheckpointError";
  return error;
}

function bytesOf(type: "float32" | "float64"): number {
  return type === "float32" ? 4 : 8;
}

function aligned(offset: number): number {
  return Math.ceil(offset / 8) * 8;
}

/** The CRC-32 of IEEE 802.3, polynomial 0xedb88320 reflected. */
function crc32(bytes: Uint8Array): number {
  let crc = -1;
  for (let i = 0; i < bytes.length; i++) {
    crc = (crc >>> 8) ^ (TABLE[(crc ^ (bytes[i] as number)) & 255] as number);
  }
  return ~crc >>> 0;
}

const TABLE = /* @__PURE__ */ Int32Array.from({ length: 256 }, (_, n) => {
  let c = n;
  for (let bit = 0; bit < 8; bit++) c = (c >>> 1) ^ (-(c & 1) & 0xedb88320);
  return c;
});
