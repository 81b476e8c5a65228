/** Results by their settings: what was measured once is not measured again, and what was broken off goes on where it stood. */

import { createHash } from "node:crypto";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { writeWhole } from "../../fixtures/demo/files.ts";

/** Anything JSON can hold. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json | undefined };

/** The files of one measurement. */
export interface Entry<R, S> {
  /** What was found when it was last finished. */
  readonly result: R | undefined;
  /** Where it was broken off; undefined when it never was, or when that file is damaged. */
  readonly state: S | undefined;
  /** Keeps where it stands, whole or not at all. */
  keep(state: S): void;
  /** Keeps what was found, and forgets where it stood. */
  finish(result: R): void;
}

/**
 * The entry of some settings in a folder.
 * @param name what it is called among files, without the settings
 * @param again true: as if there were nothing yet
 * @param settings all that the result depends on; equal settings, in whatever order, find the same entry
 */
export function entryFor<R, S>(folder: string, name: string, settings: Json, again = false): Entry<R, S> {
  const digest = createHash("sha256").update(canonical(settings)).digest("hex").slice(0, 12);
  const path = join(folder, `${name}-${digest}.json`);
  const partial = `${path}.part`;
  return {
    result: again ? undefined : read<{ readonly result: R }>(path)?.result,
    state: again ? undefined : read<S>(partial),
    keep: (state) => writeWhole(partial, JSON.stringify(state)),
    finish(result) {
      writeWhole(path, `${JSON.stringify({ settings, result })}\n`);
      rmSync(partial, { force: true });
    },
  };
}

/** JSON with the keys of objects in order, and without those that are undefined. */
export function canonical(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const fields = Object.entries(value)
    .filter((field): field is [string, Json] => field[1] !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${fields.map(([key, one]) => `${JSON.stringify(key)}:${canonical(one)}`).join(",")}}`;
}

/** What a file holds; undefined when it is not there or breaks off. */
function read<T>(path: string): T | undefined {
  if (!existsSync(path)) return undefined;
  try {
    return JSON.parse(readFileSync(path, "utf8")) as T;
  } catch {
    return undefined;
  }
}

/** The bits of arrays as text. */
export function packed(arrays: readonly Float32Array[]): string[] {
  return arrays.map((array) =>
    Buffer.from(new Uint8Array(array.buffer, array.byteOffset, array.byteLength)).toString("base64"),
  );
}

/** Writes what `packed` made into arrays of the same lengths. @throws RangeError when they have others */
export function unpack(texts: readonly string[], arrays: readonly Float32Array[]): void {
  if (texts.length !== arrays.length)
    throw new RangeError(`${texts.length} arrays were kept, ${arrays.length} wanted.`);
  texts.forEach((text, i) => {
    const bytes = Buffer.from(text, "base64");
    const to = arrays[i];
    if (to === undefined || bytes.byteLength !== to.byteLength) throw new RangeError(`Array ${i} has another length.`);
    new Uint8Array(to.buffer, to.byteOffset, to.byteLength).set(bytes);
  });
}
