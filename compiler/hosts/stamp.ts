/** Tells whether a file may have changed without reading it. */
import { statSync } from "node:fs";

/** A text that changes whenever a file's content may have; empty for a file that is not there. */
export function stamp(path: string): string {
  const stats = statSync(path, { throwIfNoEntry: false });
  return stats ? `${stats.mtimeMs}:${stats.size}:${stats.ino}` : "";
}
