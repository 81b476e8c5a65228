/** Puts files on disk, all of a run or none: temporary names first, renamed when every one is written. */
import { closeSync, mkdirSync, openSync, readFileSync, readSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";

/** A file to be written. */
export interface Artifact {
  /** Absolute. */
  readonly path: string;
  readonly text: string;
  /** What the first kilobyte of an older version holds; a file without it is somebody else's and is left alone. */
  readonly signature: string | undefined;
}

/** What became of the files: all were written, or none was. */
export type Written =
  | { readonly ok: true }
  | { readonly ok: false; readonly path: string; readonly reason: "foreign" }
  | { readonly ok: false; readonly path: string; readonly reason: "unwritable"; readonly message: string };

function firstKilobyte(path: string): string | undefined {
  let descriptor: number;
  try {
    descriptor = openSync(path, "r");
  } catch {
    return undefined;
  }
  try {
    const buffer = Buffer.alloc(1024);
    return buffer.toString("utf8", 0, readSync(descriptor, buffer));
  } catch {
    return "";
  } finally {
    closeSync(descriptor);
  }
}

function unchanged({ path, text }: Artifact): boolean {
  try {
    return readFileSync(path, "utf8") === text;
  } catch {
    return false;
  }
}

/** Whether a file exists that fgrad did not write. */
function foreign({ path, signature }: Artifact): boolean {
  if (signature === undefined) return false;
  const head = firstKilobyte(path);
  return head !== undefined && head !== "" && !head.includes(signature);
}

/** Writes all files; those that already have the same content are not touched. Synchronous, so that no signal gets between. */
export function writeAtomically(artifacts: readonly Artifact[]): Written {
  const strange = artifacts.find(foreign);
  if (strange) return { ok: false, path: strange.path, reason: "foreign" };

  const pending: { readonly temporary: string; readonly path: string }[] = [];
  let current = "";
  try {
    for (const artifact of artifacts) {
      if (unchanged(artifact)) continue;
      current = artifact.path;
      mkdirSync(dirname(current), { recursive: true });
      const temporary = join(dirname(current), `.${basename(current)}.${process.pid}.tmp`);
      pending.push({ temporary, path: current });
      writeFileSync(temporary, artifact.text);
    }
    for (const { temporary, path } of pending) {
      current = path;
      renameSync(temporary, path);
    }
    return { ok: true };
  } catch (cause) {
    for (const { temporary } of pending) rmSync(temporary, { force: true });
    return {
      ok: false,
      path: current,
      reason: "unwritable",
      message: cause instanceof Error ? cause.message : String(cause),
    };
  }
}
