/** The values at hand at a place in a function, by key. What an inner block learns or loses is its own. */

import type { Effects } from "../../ir/effects.ts";
import type { Variable } from "../../ir/types.ts";

interface Entry {
  /** The variable that holds the value. */
  readonly holder: Variable;
  /** Of evaluating it: what it depends on. */
  readonly effects: Effects;
}

/** The values at hand in one block, on top of those of the blocks around it. */
export interface Known {
  readonly outer: Known | undefined;
  /** An entry of an outer block that is lost here is `undefined`. */
  readonly entries: Map<string, Entry | undefined>;
  /** Keys by the variables that they read; keys that read memory; keys that read what a call could change. */
  readonly byVariable: Map<number, Set<string>>;
  readonly byMemory: Set<string>;
  readonly byCall: Set<string>;
  /** What this block has lost of all that the blocks around have: parts of memory, and what calls could change. */
  readonly lost: { memory: number; calls: boolean };
}

/** An empty block inside another. */
export function within(outer: Known | undefined): Known {
  return {
    outer,
    entries: new Map(),
    byVariable: new Map(),
    byMemory: new Set(),
    byCall: new Set(),
    lost: { memory: 0, calls: false },
  };
}

export function lookup(known: Known, key: string): Entry | undefined {
  for (let level: Known | undefined = known; level !== undefined; level = level.outer)
    if (level.entries.has(key)) return level.entries.get(key);
  return undefined;
}

export function enter(known: Known, key: string, entry: Entry): void {
  known.entries.set(key, entry);
  for (const id of entry.effects.reads) {
    const keys = known.byVariable.get(id) ?? new Set();
    known.byVariable.set(id, keys.add(key));
  }
  if (entry.effects.memoryRead !== 0) known.byMemory.add(key);
  if (entry.effects.readsShared) known.byCall.add(key);
}

/** Forgets what running something with these effects could change. */
export function forget(known: Known, effects: Effects): void {
  const { writes, memoryWritten, calls } = effects;
  if (writes.size === 0 && memoryWritten === 0 && !calls) return;
  const lose = (key: string) => known.entries.set(key, undefined);
  for (let level: Known | undefined = known; level !== undefined; level = level.outer)
    for (const id of writes) level.byVariable.get(id)?.forEach(lose);
  if (memoryWritten !== 0) forgetMemory(known, memoryWritten);
  if (!calls) return;
  for (let level: Known | undefined = known; level !== undefined; level = level.outer) {
    level.byCall.forEach(lose);
    if (level === known) level.byCall.clear();
    else if (known.lost.calls) break;
  }
  known.lost.calls = true;
}

function forgetMemory(known: Known, written: number): void {
  for (const key of known.byMemory) {
    if (((known.entries.get(key)?.effects.memoryRead ?? written) & written) === 0) continue;
    known.entries.set(key, undefined);
    known.byMemory.delete(key);
  }
  // What the blocks around had is lost once and for all.
  if ((written & ~known.lost.memory) === 0) return;
  known.lost.memory |= written;
  for (let level = known.outer; level !== undefined; level = level.outer)
    for (const key of level.byMemory) {
      const own = known.entries.get(key);
      if (own !== undefined) continue;
      if (((level.entries.get(key)?.effects.memoryRead ?? 0) & written) !== 0) known.entries.set(key, undefined);
    }
}
