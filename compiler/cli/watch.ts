/** Waits for files to change, and calls again and again. */
import { type FSWatcher, watch } from "node:fs";
import { basename, dirname } from "node:path";
import { stamp } from "../hosts/stamp.ts";

/** What is watched, and what happens at a change. */
export interface WatchOptions {
  /** Ends the watching. */
  readonly signal: AbortSignal;
  /** Absolute paths. */
  readonly dependencies: readonly string[];
  /** Called with the files that changed, appeared or went (absolute); returns the new dependencies. */
  readonly changed: (paths: readonly string[]) => Promise<readonly string[]>;
  /** How long to wait for more changes, in milliseconds; 40 by default. */
  readonly debounce?: number;
}

const SOURCE = /\.(?:[cm]?[jt]sx?|json)$/;
const GENERATED = /\.fgrad\.[^/\\]*$|\.tmp$/;

/**
 * Watches the folders of the dependencies (editors replace files, so a watch on the file itself would be lost) until the
 * signal comes. Rounds never overlap: what changes during one makes the next.
 */
export async function watchFiles(options: WatchOptions): Promise<void> {
  const { signal, changed, debounce = 40 } = options;
  const stamps = new Map<string, string>();
  const watchers = new Map<string, FSWatcher>();
  const touched = new Set<string>();
  let wake: () => void = () => {};

  const follow = (dependencies: readonly string[]) => {
    for (const path of dependencies) {
      if (!stamps.has(path)) stamps.set(path, stamp(path));
      const folder = dirname(path);
      if (watchers.has(folder)) continue;
      try {
        const watcher = watch(folder, (_event, name) => {
          if (name === null || !SOURCE.test(name) || GENERATED.test(name)) return;
          touched.add(`${folder}/${basename(name)}`);
          wake();
        });
        watcher.on("error", () => watchers.delete(folder));
        watchers.set(folder, watcher);
      } catch {
        // A folder that is gone has nothing to tell; the next round reports what is missing.
      }
    }
  };

  const reallyChanged = () => {
    const paths = [...touched].filter((path) => stamps.get(path) !== stamp(path));
    touched.clear();
    for (const path of paths) stamps.set(path, stamp(path));
    return paths;
  };

  const nextWake = () =>
    new Promise<void>((done) => {
      wake = done;
      if (touched.size > 0 || signal.aborted) done();
    });

  signal.addEventListener("abort", () => wake(), { once: true });
  follow(options.dependencies);
  while (!signal.aborted) {
    await nextWake();
    await new Promise((done) => setTimeout(done, signal.aborted ? 0 : debounce));
    if (signal.aborted) break;
    const paths = reallyChanged();
    if (paths.length > 0) follow(await changed(paths));
  }
  for (const watcher of watchers.values()) watcher.close();
}
