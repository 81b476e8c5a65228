/** Prints the user's comments, and the statements that stay the user's text. */

import type { Block, Expression, Origin } from "../../ir/types.ts";
import { type PrintContext, textOf } from "./context.ts";
import type { Doc } from "./document.ts";
import { indentationAt, verbatim } from "./verbatim.ts";

/** A statement on lines of its own. */
export interface Item {
  readonly doc: Doc;
  /** An empty line in front of it. */
  readonly spaced: boolean;
  /** How the statement ends, its comment left aside; empty for a comment. */
  readonly end: string;
  /** Text of the user's that may be an expression without its semicolon. */
  readonly open?: boolean;
}

/** The statement that a comment at the end of the user's line is about: the last one that is the user's. */
export function mainStatement(body: Block): number {
  for (let i = body.length - 1; i >= 0; i--) {
    const statement = body[i];
    if (statement === undefined) continue;
    const tangent =
      (statement.kind === "declare" && statement.variable.role !== "user") ||
      (statement.kind === "assign" && isGenerated(statement.target));
    if (!tangent) return i;
  }
  return body.length - 1;
}

function isGenerated(target: Expression): boolean {
  if (target.kind === "variable") return target.variable.role !== "user";
  return (
    target.kind === "register" || ((target.kind === "element" || target.kind === "field") && isGenerated(target.object))
  );
}

/** Comments in front, and the one behind the statement `main`. */
export function commented(cx: PrintContext, origin: Origin, inner: readonly Item[], main: number): Item[] {
  if (inner.length === 0) return [];
  const trailing = isBare(cx, origin) ? undefined : origin.trailing;
  const at = Math.max(0, Math.min(main, inner.length - 1));
  const all = inner.map((item, i): Item => {
    if (i !== at || trailing === undefined) return item;
    return { ...item, doc: [item.doc, behind(comment(cx, origin, ` ${trailing}`))] };
  });
  const leading = origin.comments.map((text): Item => ({ doc: comment(cx, origin, text), spaced: false, end: "" }));
  const closing = closingComments(cx, origin);
  const [first, ...rest] = [...leading, ...all, ...closing];
  return first === undefined ? [] : [{ ...first, spaced: origin.spaced }, ...rest];
}

function baseOf(cx: PrintContext, origin: Origin): string {
  return cx.source?.file === origin.span.file ? indentationAt(cx.source.text, origin.span.start) : "";
}

function comment(cx: PrintContext, origin: Origin, text: string): Doc {
  return verbatim(text, origin.span.file, undefined, baseOf(cx, origin));
}

const behind = (doc: Doc): Doc =>
  typeof doc !== "string" && "kind" in doc && doc.kind === "fixed" ? { ...doc, free: true } : doc;

export function verbatimDoc(cx: PrintContext, origin: Origin): Doc {
  const known = cx.source === undefined || textOf(cx, origin.span) === origin.text;
  // A semicolon on a line of its own guards the line behind it, which gets its own guard.
  const written = cx.style.semicolons ? origin.text : origin.text.replace(/\s*\n\s*;$/, "");
  const text = verbatim(written, origin.span.file, known ? origin.span.start : undefined, baseOf(cx, origin));
  return cx.style.semicolons && !/[;}]\s*$/.test(origin.text) ? [text, ";"] : text;
}

const COMMENTS =
  /^[ \t]*;?[ \t]*(?:\/\/[^\n]*|(?:\/\*(?:(?!\*\/)[^\n])*\*\/[ \t]*)*)\n((?:\s*(?:\/\/[^\n]*\n|\/\*(?:(?!\*\/)[\s\S])*\*\/))+)\s*\}/;
const ONE = /\/\/[^\n]*|\/\*(?:(?!\*\/)[\s\S])*\*\//g;

/** The comments between the last statement of a block and its brace. */
function closingComments(cx: PrintContext, origin: Origin): Item[] {
  const { source } = cx;
  if (source === undefined || source.file !== origin.span.file) return [];
  if (isBare(cx, origin)) return [];
  const found = COMMENTS.exec(source.text.slice(origin.span.end));
  if (found === null) return [];
  const [whole, comments = ""] = found;
  const offset = whole.indexOf(comments);
  return [...comments.matchAll(ONE)].map((each): Item => {
    const text = each[0].replace(/\r$/, "");
    const ahead = whole.slice(0, offset + each.index);
    return { doc: comment(cx, origin, text), spaced: /\n[ \t]*\r?\n[ \t]*$/.test(ahead), end: "" };
  });
}

/** Whether a statement is the body of another without braces: they end together, and what follows belongs to the other. */
export function isBare(cx: PrintContext, origin: Origin): boolean {
  const { start, file } = origin.span;
  if (cx.source?.file !== file) return false;
  return /(?:\)|\belse|\bdo)\s*$/.test(cx.source.text.slice(Math.max(0, start - 200), start));
}
