/** Checkpoints in a folder: each file is whole or not there, whenever the process, or the machine, stops. */

import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import type { CheckpointStore } from "../optimizer/index.ts";

export interface CheckpointFolderOptions {
  /** How many of the newest checkpoints stay; 2 by default. */
  readonly keep?: number;
  /** How the files' names begin, so that several runs can share a folder; "checkpoint" by default. */
  readonly name?: string;
}

/**
 * A store for `train` in files `NAME-STEP.fgrad`. A checkpoint is written under another name, flushed to the disk, renamed, and the folder flushed;
 * only then are older ones deleted. One run at a time may use a folder and name.
 * @param folder is made when there is none
 * @throws RangeError when `keep` is no integer of at least 1, or the name no part of a file's name; errors of the file system as they come
 */
export function checkpointFolder(folder: string, options: CheckpointFolderOptions = {}): CheckpointStore {
  const { keep = 2, name = "checkpoint" } = options;
  if (!Number.isSafeInteger(keep) || keep < 1) {
    throw new RangeError(`At least 1 checkpoint must be kept, got ${keep}.`);
  }
  if (!/^[\w. -]+$/.test(name)) throw new RangeError(`${JSON.stringify(name)} can't begin a file's name.`);
  return {
    save(bytes, step) {
      mkdirSync(folder, { recursive: true });
      const path = join(folder, `${name}-${String(step).padStart(12, "0")}.fgrad`);
      const temporary = `${path}${TEMPORARY}`;
      writeDurably(temporary, bytes);
      renameSync(temporary, path);
      flushFolder(folder);
      const older = checkpointsIn(folder, name).filter((other) => other.step < step);
      for (const { file } of older.slice(0, Math.max(0, older.length + 1 - keep)))
        rmSync(join(folder, file), { force: true });
    },
    load() {
      for (const file of filesIn(folder)) {
        if (file.startsWith(`${name}-`) && file.endsWith(TEMPORARY)) rmSync(join(folder, file), { force: true });
      }
      const newest = checkpointsIn(folder, name).at(-1);
      if (newest === undefined) return undefined;
      const path = join(folder, newest.file);
      return { bytes: readFileSync(path), name: path };
    },
  };
}

const TEMPORARY = ".tmp";

function writeDurably(path: string, bytes: Uint8Array): void {
  const file = openSync(path, "w");
  try {
    for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at, bytes.length - at);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** Makes a renaming last. Windows can't flush folders, and does not need it. */
function flushFolder(folder: string): void {
  if (process.platform === "win32") return;
  const handle = openSync(folder, "r");
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

/** From the oldest on. */
function checkpointsIn(folder: string, name: string): { readonly file: string; readonly step: number }[] {
  return filesIn(folder)
    .filter((file) => file.startsWith(`${name}-`) && /^\d{12,}\.fgrad$/.test(file.slice(name.length + 1)))
    .map((file) => ({ file, step: Number.parseInt(file.slice(name.length + 1), 10) }))
    .toSorted((a, b) => a.step - b.step);
}

function filesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if ((error as { readonly code?: string }).code === "ENOENT") return [];
    throw error;
  }
}
