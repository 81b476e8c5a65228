/** The user's own text, printed at another depth: code and comments move, the insides of literals stay what they are. */

import { ts } from "../../frontend/project.ts";
import type { Doc, FixedLine } from "./document.ts";

const NAME = /[\p{ID_Start}$_][\p{ID_Continue}$\u200c\u200d]*/gu;

/** A text with the file it is from, to find out how it was indented there. */
export interface SourceText {
  readonly file: string;
  readonly text: string;
}

/** Whitespace at the start of the line that holds an offset. */
export function indentationAt(text: string, offset: number): string {
  const start = text.lastIndexOf("\n", offset - 1) + 1;
  return /^[ \t]*/.exec(text.slice(start, offset))?.[0] ?? "";
}

/**
 * A piece of the user's text. `start` is its offset in the source, undefined when it is none that can be mapped;
 * `base` the indentation of the line that it stood on.
 */
export function verbatim(text: string, file: string, start: number | undefined, base: string): Doc {
  const kept = text.includes("\n") ? keptLines(text) : new Set<number>();
  const lines: FixedLine[] = [];
  let at = 0;
  for (const [i, whole] of text.split("\n").entries()) {
    const raw = whole.endsWith("\r") ? whole.slice(0, -1) : whole;
    const flush = kept.has(i);
    const cut = i === 0 || flush ? 0 : commonPrefix(raw, base);
    // What cannot be a literal's inside needs no blanks at its end.
    const content = flush || kept.has(i + 1) ? raw.slice(cut) : raw.slice(cut).trimEnd();
    lines.push({ text: content, flush, points: start === undefined ? [] : pointsIn(content, start + at + cut) });
    at += whole.length + 1;
  }
  return { kind: "fixed", file, lines };
}

function commonPrefix(text: string, base: string): number {
  let n = 0;
  while (n < base.length && (text[n] === " " || text[n] === "\t")) n += 1;
  return n;
}

/** A point at the first character and at every name. */
function pointsIn(text: string, start: number): { at: number; source: number }[] {
  const first = text.search(/\S/);
  if (first < 0) return [];
  const points = [{ at: first, source: start + first }];
  for (const { index } of text.matchAll(NAME)) {
    if (index > first) points.push({ at: index, source: start + index });
  }
  return points;
}

/** Numbers of the lines that start inside a template literal, a continued string, or a comment without a margin of stars. */
function keptLines(text: string): ReadonlySet<number> {
  const kept = new Set<number>();
  if (!/`|\/\*|\\\r?\n/.test(text)) return kept;
  const starts = [0];
  for (const { index } of text.matchAll(/\n/g)) starts.push(index + 1);
  const keep = (from: number, to: number): void => {
    for (const [i, start] of starts.entries()) if (start > from && start < to) kept.add(i);
  };
  const file = ts.createSourceFile("verbatim.ts", text, ts.ScriptTarget.Latest, true);
  const visit = (node: ts.Node): void => {
    for (const range of commentsBefore(text, node.getFullStart(), node.getStart(file))) {
      const comment = text.slice(range.pos, range.end);
      if (!/^[^\n]*(?:\n[ \t]*\*[^\n]*)*$/.test(comment)) keep(range.pos, range.end);
    }
    if (ts.isTemplateLiteralToken(node) || ts.isStringLiteral(node) || node.kind === ts.SyntaxKind.JsxText) {
      keep(node.getStart(file), node.getEnd());
    }
    for (const child of node.getChildren(file)) visit(child);
  };
  visit(file);
  return kept;
}

function commentsBefore(text: string, fullStart: number, start: number): readonly ts.CommentRange[] {
  if (fullStart === start) return [];
  return [
    ...(ts.getTrailingCommentRanges(text, fullStart) ?? []),
    ...(ts.getLeadingCommentRanges(text, fullStart) ?? []),
  ];
}

/** The expression that a text is, or nothing when it is a statement. */
export function expressionIn(text: string): ts.Expression | undefined {
  const file = ts.createSourceFile("opaque.ts", `(${text}\n)`, ts.ScriptTarget.Latest, true);
  const [first, ...more] = file.statements;
  if (first === undefined || more.length > 0 || !ts.isExpressionStatement(first)) return undefined;
  const { expression } = first;
  if (!ts.isParenthesizedExpression(expression) || expression.getEnd() !== file.text.length) return undefined;
  const inner = expression.expression;
  return inner.getStart(file) < inner.getEnd() ? inner : undefined;
}

/** How many calls (or bare names) with type arguments TypeScript sees in the text of an expression. */
export function typeArgumentsIn(text: string): number {
  const file = ts.createSourceFile("arguments.ts", `(${text}\n)`, ts.ScriptTarget.Latest, false);
  let count = 0;
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) || ts.isNewExpression(node) || ts.isTaggedTemplateExpression(node)) {
      if (node.typeArguments !== undefined) count += 1;
    } else if (ts.isExpressionWithTypeArguments(node)) count += 1;
    ts.forEachChild(node, visit);
  };
  visit(file);
  return count;
}
