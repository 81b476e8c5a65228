/**
 * A block as the flat list of statements that run one after another: `source` wrappers, which are transparent, are
 * opened and put back around what is left of them.
 */

import type { Block, Source, Statement } from "../../ir/types.ts";
import { mapBlocks, mapSame } from "../../ir/walk.ts";

/** A statement with the wrappers around it, outermost first; `undefined` in place of the statement keeps an empty wrapper. */
export interface Line {
  readonly statement: Statement | undefined;
  readonly wrappers: readonly Source[];
}

export function linesOf(block: Block, wrappers: readonly Source[] = []): Line[] {
  return block.flatMap((statement): Line[] => {
    if (statement.kind !== "source") return [{ statement, wrappers }];
    const inner = [...wrappers, statement];
    return statement.body.length === 0 ? [{ statement: undefined, wrappers: inner }] : linesOf(statement.body, inner);
  });
}

/** The block of these lines; the very block that they were taken from when nothing has changed. */
export function blockOf(lines: readonly Line[], original: Block): Block {
  const block = regroup(lines, 0);
  return mergeSame(block, original);
}

function regroup(lines: readonly Line[], depth: number): Block {
  const block: Statement[] = [];
  for (let i = 0; i < lines.length; ) {
    const line = lines[i];
    const wrapper = line?.wrappers[depth];
    if (wrapper === undefined) {
      if (line?.statement !== undefined) block.push(line.statement);
      i++;
      continue;
    }
    let end = i + 1;
    while (lines[end]?.wrappers[depth] === wrapper) end++;
    block.push({ ...wrapper, body: regroup(lines.slice(i, end), depth + 1) });
    i = end;
  }
  return block;
}

function mergeSame(block: Block, original: Block): Block {
  if (block.length !== original.length) return block;
  const merged = mapSame(original, (before, i) => {
    const after = block[i];
    if (after === undefined || after.kind !== "source" || before.kind !== "source") return after ?? before;
    const body = mergeSame(after.body, before.body);
    return body === before.body ? before : { ...after, body };
  });
  return merged;
}

/** Applies a change of lines to a block and to the blocks inside it, innermost first. */
export function mapLines(block: Block, change: (lines: Line[]) => readonly Line[]): Block {
  const inside = linesOf(block).map(({ statement, wrappers }) => ({
    statement: statement && mapBlocks(statement, (inner) => mapLines(inner, change)),
    wrappers,
  }));
  return blockOf(change(inside), block);
}
