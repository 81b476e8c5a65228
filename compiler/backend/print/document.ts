/**
 * A document that can be laid out to a width, in the manner of Wadler's "A prettier printer": groups stay on one line
 * when they fit, and otherwise break at their own lines. Beside the text, rendering tells where each piece came from.
 */

import type { Span } from "../../api.ts";

/** Where a piece of generated text came from. */
export interface Mapping {
  /** Offset in the generated text. */
  readonly generated: number;
  /** Only `start` counts: a source map maps points. */
  readonly source: Span;
  /** The name in the source of what is generated there. */
  readonly name?: string;
}

/** A line of text taken over as it stands. */
export interface FixedLine {
  readonly text: string;
  /** Offsets in `text`, in order, and the offsets in the source that they came from. */
  readonly points: readonly { readonly at: number; readonly source: number }[];
  /** Starts at column 0, whatever the indentation: the inside of a template literal. */
  readonly flush: boolean;
}

export type Doc =
  | string
  | readonly Doc[]
  | { readonly kind: "line"; readonly flat: string; readonly hard: boolean }
  | { readonly kind: "indent"; readonly doc: Doc }
  | { readonly kind: "group"; readonly doc: Doc }
  | { readonly kind: "mapped"; readonly span: Span; readonly name: string | undefined; readonly doc: Doc }
  /** One text where the group around it is broken, another where it is flat. */
  | { readonly kind: "either"; readonly broken: string; readonly flat: string }
  /** `free`: a comment behind the code of a line, for whose sake no line is broken. */
  | { readonly kind: "fixed"; readonly file: string; readonly lines: readonly FixedLine[]; readonly free?: boolean };

/** A space, or a line break when the group breaks. */
export const line: Doc = { kind: "line", flat: " ", hard: false };
/** Nothing, or a line break when the group breaks. */
export const softline: Doc = { kind: "line", flat: "", hard: false };
/** A line break that breaks every group around it. */
export const hardline: Doc = { kind: "line", flat: "", hard: true };
export const indent = (doc: Doc): Doc => ({ kind: "indent", doc });
export const group = (doc: Doc): Doc => ({ kind: "group", doc });
export const either = (broken: string, flat: string): Doc => ({ kind: "either", broken, flat });

/** A piece that came from `span`; without one, the piece belongs to what is around it. */
export function mapped(span: Span | undefined, doc: Doc, name?: string): Doc {
  return span === undefined ? doc : { kind: "mapped", span, name, doc };
}

/** The pieces with a separator between. */
export function join(separator: Doc, docs: readonly Doc[]): Doc[] {
  return docs.flatMap((doc, i) => (i === 0 ? [doc] : [separator, doc]));
}

export function isHard(doc: Doc): boolean {
  if (typeof doc === "string") return doc.includes("\n");
  if ("length" in doc) return doc.some(isHard);
  switch (doc.kind) {
    case "line":
      return doc.hard;
    case "either":
      return false;
    case "fixed":
      return doc.lines.length > 1;
    default:
      return isHard(doc.doc);
  }
}

/** The first (or last) character that a document prints, laid out flat. */
export function edge(doc: Doc, side: "first" | "last"): string {
  if (typeof doc === "string") return side === "first" ? doc.charAt(0) : doc.charAt(doc.length - 1);
  if ("length" in doc) {
    for (const part of side === "first" ? doc : [...doc].reverse()) {
      const found = edge(part, side);
      if (found !== "") return found;
    }
    return "";
  }
  switch (doc.kind) {
    case "line":
      return doc.flat;
    case "either":
      return edge(doc.flat, side);
    case "fixed":
      return edge(
        doc.lines.map((text) => text.text),
        side,
      );
    default:
      return edge(doc.doc, side);
  }
}

export interface Layout {
  readonly width: number;
  /** One level of indentation. */
  readonly indent: string;
  /** Columns that a tab takes. */
  readonly tabWidth: number;
  readonly newline: string;
}

interface Frame {
  readonly depth: number;
  readonly flat: boolean;
  readonly doc: Doc;
}
/** What to do once the document in front of it is printed. */
type Task = Frame | { readonly leave: true };

/** Lays a document out. */
export function render(doc: Doc, layout: Layout): { text: string; mappings: Mapping[] } {
  const step = layout.indent === "\t" ? layout.tabWidth : layout.indent.length;
  const hard = hardMemo();
  const pieces: string[] = [];
  const mappings: Mapping[] = [];
  const origins: { readonly span: Span; readonly name: string | undefined }[] = [];
  let length = 0;
  let column = 0;
  let pendingIndent = 0;
  let moved = false;

  const put = (text: string): void => {
    pieces.push(text);
    length += text.length;
  };
  const settle = (): void => {
    if (pendingIndent > 0) put(layout.indent.repeat(pendingIndent));
    pendingIndent = 0;
  };
  const write = (text: string): void => {
    if (text === "") return;
    settle();
    const origin = origins[origins.length - 1];
    if (moved && origin !== undefined && text.trim() !== "") {
      const at = length + (text.length - text.trimStart().length);
      mappings.push({ generated: at, source: origin.span, ...(origin.name !== undefined && { name: origin.name }) });
      moved = false;
    }
    put(text);
    const broken = text.lastIndexOf("\n");
    column = broken < 0 ? column + text.length : text.length - broken - 1;
  };
  const breakLine = (depth: number): void => {
    put(layout.newline);
    pendingIndent = depth;
    column = depth * step;
  };
  const writeFixed = (file: string, lines: readonly FixedLine[], depth: number): void => {
    for (const [i, { text, points, flush }] of lines.entries()) {
      if (i > 0) breakLine(flush || text === "" ? 0 : depth);
      settle();
      for (const { at, source } of points) {
        mappings.push({ generated: length + at, source: { file, start: source, end: source } });
      }
      put(text);
      column += text.length;
    }
    moved = true;
  };

  const tasks: Task[] = [{ depth: 0, flat: false, doc }];
  for (let task = tasks.pop(); task !== undefined; task = tasks.pop()) {
    if ("leave" in task) {
      origins.pop();
      moved = true;
      continue;
    }
    const { depth, flat, doc: at } = task;
    if (typeof at === "string") {
      write(at);
    } else if ("length" in at) {
      for (let i = at.length - 1; i >= 0; i--) tasks.push({ depth, flat, doc: at[i] ?? "" });
    } else if (at.kind === "line") {
      if (flat && !at.hard) write(at.flat);
      else breakLine(depth);
    } else if (at.kind === "indent") {
      tasks.push({ depth: depth + 1, flat, doc: at.doc });
    } else if (at.kind === "either") {
      write(flat ? at.flat : at.broken);
    } else if (at.kind === "mapped") {
      origins.push({ span: at.span, name: at.name });
      moved = true;
      tasks.push({ leave: true }, { depth, flat, doc: at.doc });
    } else if (at.kind === "fixed") {
      writeFixed(at.file, at.lines, depth);
    } else {
      const fits = flat || (!hard(at.doc) && fitsIn(layout.width - column, at.doc, tasks));
      tasks.push({ depth, flat: fits, doc: at.doc });
    }
  }
  return { text: pieces.join(""), mappings };
}

function hardMemo(): (doc: Doc) => boolean {
  const known = new WeakMap<object, boolean>();
  return (doc) => {
    if (typeof doc === "string") return isHard(doc);
    const before = known.get(doc);
    if (before !== undefined) return before;
    const found = isHard(doc);
    known.set(doc, found);
    return found;
  };
}

/** Whether a document laid out flat, with what follows up to the next possible line break, fits into `room` columns. */
function fitsIn(room: number, doc: Doc, after: readonly Task[]): boolean {
  let left = room;
  const stack: { readonly flat: boolean; readonly doc: Doc }[] = [{ flat: true, doc }];
  let rest = after.length;
  while (left >= 0) {
    let next = stack.pop();
    if (next === undefined) {
      if (rest === 0) return true;
      rest -= 1;
      const task = after[rest];
      if (task === undefined || "leave" in task) continue;
      next = { flat: task.flat, doc: task.doc };
    }
    const { flat, doc: at } = next;
    if (typeof at === "string") {
      const broken = at.indexOf("\n");
      if (broken >= 0) return left >= broken;
      left -= at.length;
    } else if ("length" in at) {
      for (let i = at.length - 1; i >= 0; i--) stack.push({ flat, doc: at[i] ?? "" });
    } else if (at.kind === "line") {
      if (at.hard || !flat) return true;
      left -= at.flat.length;
    } else if (at.kind === "either") {
      left -= (flat ? at.flat : at.broken).length;
    } else if (at.kind === "fixed") {
      if (at.free === true) return true;
      left -= at.lines[0]?.text.length ?? 0;
      if (at.lines.length > 1) return left >= 0;
    } else {
      stack.push({ flat, doc: at.doc });
    }
  }
  return false;
}
