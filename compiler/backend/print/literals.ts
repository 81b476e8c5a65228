/** Prints constants and property names. */

import type { Constant } from "../../ir/types.ts";
import { type PrintContext, textOf } from "./context.ts";
import { Precedence } from "./precedence.ts";

/** A string in the quotes of the file. */
export function quoted(text: string, quote: '"' | "'"): string {
  const escaped = JSON.stringify(text)
    .slice(1, -1)
    .replace(/[\u2028\u2029]/g, (character) => `\\u${character.charCodeAt(0).toString(16)}`);
  if (quote === '"' || (text.includes("'") && !text.includes('"'))) return `"${escaped}"`;
  return `'${escaped.replace(/\\"/g, '"').replace(/'/g, "\\'")}'`;
}

/** A constant as the user wrote it, or the shortest text of the same value, with how tightly it binds. */
export function constant(cx: PrintContext, value: Constant): { text: string; precedence: number } {
  const { value: held, text } = value;
  if (text !== undefined) return { text, precedence: textPrecedence(text) };
  if (typeof held === "string") return { text: quoted(held, cx.style.quote), precedence: Precedence.primary };
  if (held === undefined) return guarded(cx, "undefined", "void 0", Precedence.unary);
  if (typeof held !== "number") return { text: String(held), precedence: Precedence.primary };
  if (Number.isNaN(held)) return guarded(cx, "NaN", "0 / 0", Precedence.multiplicative);
  if (Object.is(held, -0)) return { text: "-0", precedence: Precedence.unary };
  if (held === Number.POSITIVE_INFINITY) return guarded(cx, "Infinity", "1 / 0", Precedence.multiplicative);
  if (held === Number.NEGATIVE_INFINITY) {
    const positive = guarded(cx, "Infinity", "1 / 0", Precedence.multiplicative);
    return { text: `-${positive.text}`, precedence: Math.min(Precedence.unary, positive.precedence) };
  }
  return { text: String(held), precedence: held < 0 ? Precedence.unary : Precedence.primary };
}

/** A global by its name, unless a variable of the user's hides it. */
function guarded(
  cx: PrintContext,
  name: string,
  instead: string,
  precedence: number,
): { text: string; precedence: number } {
  return cx.names.taken(name) ? { text: instead, precedence } : { text: name, precedence: Precedence.primary };
}

function textPrecedence(text: string): number {
  if (/^[-+]/.test(text)) return Precedence.unary;
  return /^[\w$.]+$/.test(text) || /^[\d.][\w.]*e[-+]\d+$/i.test(text) || /^["'`]/.test(text)
    ? Precedence.primary
    : Precedence.comma;
}

/** A name behind a dot, or before a colon, quoted where it is no identifier. */
export function propertyName(cx: PrintContext, name: string): string {
  if (/^[\p{ID_Start}$_][\p{ID_Continue}$\u200c\u200d]*$/u.test(name)) return name;
  if (/^(?:0|[1-9]\d{0,14})$/.test(name)) return name;
  return quoted(name, cx.style.quote);
}

/** Whether the user put parentheses around an expression inside of another one. */
export function wasParenthesised(
  cx: PrintContext,
  inner: { readonly span?: { readonly file: string; readonly start: number; readonly end: number } },
  outer: { readonly span?: { readonly file: string; readonly start: number; readonly end: number } },
): boolean {
  const { span } = inner;
  const around = outer.span;
  if (span === undefined || around === undefined || span.file !== around.file) return false;
  if (span.start <= around.start && span.end >= around.end) return false;
  if (span.start < around.start || span.end > around.end) return false;
  const before = textOf(cx, { file: span.file, start: around.start, end: span.start });
  const after = textOf(cx, { file: span.file, start: span.end, end: around.end });
  return before !== undefined && after !== undefined && /\(\s*$/.test(before) && /^\s*\)/.test(after);
}
