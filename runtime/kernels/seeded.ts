/** Seeded directions in the engine's memory: made where a kernel wants them, kept for the update as far as there is room. */

import { keep, keptAt } from "../engine/kept.ts";
import { firstFree, room } from "../engine/transfer.ts";
import type { Wasm } from "../engine/wasm.ts";
import { writeRandom } from "../random/address.ts";
import type { Structure } from "../structured.ts";

/** So many floats of a direction are made at once: they stay in the second cache. */
const BLOCK = 1 << 17;

type Seeded = Structure & { readonly kind: "seeded" };

/** Where to find the lines of a direction. */
export interface SeededLines {
  /** So many lines at most are to be had at once. */
  readonly block: number;
  /** Makes `count` lines from line `first` on, a multiple of `block`. Returns their address; valid until the next call, within this kernel. */
  readonly at: (first: number, count: number) => number;
}

/** The direction as `lines` lines of `line` floats. After all else that the kernel takes of the engine's memory. */
export function seededLines(wasm: Wasm, structure: Seeded, lines: number, line: number): SeededLines {
  const { distribution, seed, step, offset } = structure;
  const block = Math.max(1, Math.min(lines, Math.floor(BLOCK / line)));
  const scratch = room(wasm, block * line);
  // Signs are made as fast as they are read.
  const normal = distribution === "normal";
  const known = normal ? keptAt(wasm, seed, step, offset) : undefined;
  const kept = known ?? (normal ? keep(wasm, firstFree(), seed, step, offset, lines * line, block * line) : undefined);
  const [from, count] = [kept?.at ?? 0, kept?.count ?? 0];
  return {
    block,
    at(first, wanted) {
      const inside = (first + wanted) * line <= count;
      const to = inside ? from + 4 * first * line : scratch;
      if (!inside || known === undefined) {
        writeRandom(wasm.exports, distribution, to, wanted * line, seed, step, offset + first * line);
      }
      return to;
    },
  };
}

/** The whole direction, at one address. As `seededLines`. */
export function seededElements(wasm: Wasm, structure: Seeded): number {
  const { distribution, seed, step, offset, length } = structure;
  const normal = distribution === "normal";
  const known = normal ? keptAt(wasm, seed, step, offset) : undefined;
  if (known !== undefined && known.count >= length) return known.at;
  const kept = normal && known === undefined ? keep(wasm, firstFree(), seed, step, offset, length, length) : undefined;
  const to = kept?.at ?? room(wasm, length);
  writeRandom(wasm.exports, distribution, to, length, seed, step, offset);
  return to;
}
