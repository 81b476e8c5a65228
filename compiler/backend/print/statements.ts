/** Prints statements, each with the comments and empty lines that the user gave it. */

import type { Span } from "../../api.ts";
import type {
  Assign,
  Block,
  Declare,
  Expression,
  If,
  Source,
  Statement,
  Switch,
  Try,
  Variable,
} from "../../ir/types.ts";
import { childrenOf } from "../../ir/walk.ts";
import { transparent } from "../scopes.ts";
import { commented, type Item, isBare, mainStatement, verbatimDoc } from "./comments.ts";
import { type PrintContext, textOf } from "./context.ts";
import { type Doc, edge, either, group, hardline, indent, join, line, mapped, softline } from "./document.ts";
import { isChain, print, printFlush, printPlace, printValue, samePlace } from "./expressions.ts";
import { functionDeclaration } from "./functions.ts";
import { forEach, loop } from "./loops.ts";
import { expressionIn, indentationAt, verbatim } from "./verbatim.ts";

/** `;`, in files that have them. */
export const terminated = (cx: PrintContext): string => (cx.style.semicolons ? ";" : "");

/** A block in braces. */
export function braces(cx: PrintContext, block: Block): Doc {
  return bracesAround(lines(cx, block));
}

export function bracesAround(content: Doc): Doc {
  if (typeof content !== "string" && "length" in content && content.length === 0) return "{}";
  return ["{", indent([hardline, content]), hardline, "}"];
}

/** Statements below each other; an empty list when there are none. */
export function lines(cx: PrintContext, block: Block): Doc[] {
  const all = items(cx, block);
  const docs: Doc[] = [];
  for (const [i, item] of all.entries()) {
    const previous = all[i - 1];
    if (previous !== undefined) docs.push(hardline);
    if (previous !== undefined && item.spaced) docs.push(hardline);
    const before = all.slice(0, i).findLast((other) => other.end !== "");
    docs.push(needsGuard(cx, before, item) ? [";", item.doc] : item.doc);
  }
  return docs;
}

/** Whether a line would be read as going on with the one before it. */
function needsGuard(cx: PrintContext, previous: Item | undefined, item: Item): boolean {
  if (item.end === "" || previous === undefined || previous.end === ";") return false;
  return /[([`+\-/]/.test(edge(item.doc, "first")) && (!cx.style.semicolons || previous.open === true);
}

function items(cx: PrintContext, block: Block): Item[] {
  const all: Item[] = [];
  for (let i = 0; i < block.length; i++) {
    const statement = block[i];
    if (statement === undefined) continue;
    const next = block[i + 1];
    if (statement.kind === "source") {
      all.push(...sourceItems(cx, statement));
    } else if (statement.kind === "verbatim") {
      all.push(...commented(cx, statement.origin, [itemOf(verbatimDoc(cx, statement.origin), true)], 0));
    } else if (statement.kind === "declare" && next?.kind === "assign" && startsWith(statement, next)) {
      all.push(plain(cx, { ...statement, value: next.value, ...(next.span !== undefined && { span: next.span }) }));
      i += 1;
    } else {
      all.push(plain(cx, statement));
    }
  }
  return all;
}

function plain(cx: PrintContext, statement: Statement): Item {
  const open = statement.kind === "effect" && statement.value.kind === "opaque";
  return itemOf(mapped(statement.span, statementDoc(cx, statement, [])), open);
}

const itemOf = (doc: Doc, open: boolean): Item => ({ doc, spaced: false, end: edge(doc, "last"), open });

/** `let x; x = …` can be one declaration. */
function startsWith(declare: Declare, assign: Assign): boolean {
  const { variable } = declare;
  if (declare.value !== undefined || declare.keyword !== "let" || assign.target.kind !== "variable") return false;
  return assign.target.variable.id === variable.id && !mayMention(assign.value, variable);
}

function mayMention(value: Expression, variable: Variable): boolean {
  if (value.kind === "variable") return value.variable.id === variable.id;
  if (value.kind === "function") return variable.captured;
  if (value.kind === "opaque") return value.reads.some((read) => read.id === variable.id);
  return childrenOf(value).some((child) => mayMention(child, variable));
}

function sourceItems(cx: PrintContext, source: Source): Item[] {
  const [only, ...more] = source.body;
  // The text of a statement that stayed whole brings its comments itself.
  if (only?.kind === "verbatim" && more.length === 0 && sameSpan(only.origin.span, source.origin.span)) {
    return items(cx, source.body);
  }
  return commented(cx, source.origin, items(cx, source.body), mainStatement(source.body));
}

const sameSpan = (a: Span, b: Span): boolean => a.start === b.start && a.end === b.end && a.file === b.file;

function statementDoc(cx: PrintContext, statement: Statement, labels: readonly string[]): Doc {
  const end = terminated(cx);
  switch (statement.kind) {
    case "declare":
      return [statement.keyword, " ", declarator(cx, statement), end];
    case "declarePair": {
      const { primal, tangent, value } = statement;
      if (primal === undefined && tangent === undefined) return [print(cx, value), end];
      const first = primal === undefined ? "" : cx.names.of(primal);
      const second = tangent === undefined ? "" : `, ${cx.names.of(tangent)}`;
      return [`const [${first}${second}] =`, printValue(cx, value), end];
    }
    case "assign":
      return [assignment(cx, statement), end];
    case "effect":
      return effect(cx, statement.value);
    case "return":
      return [leaving(cx, "return", statement.value), end];
    case "throw":
      return [leaving(cx, "throw", statement.value), end];
    case "break":
    case "continue":
      return [jump(cx, statement.kind, statement.label), end];
    case "if":
      return ifStatement(cx, statement);
    case "loop":
      return loop(cx, statement, labels);
    case "forOf":
    case "forIn":
      return forEach(cx, statement, labels);
    case "switch":
      return [labelled(labels), switchStatement(cx, statement)];
    case "labelled":
      return statementDoc(cx, statement.body, [...labels, statement.label]);
    case "try":
      return [labelled(labels), tryStatement(cx, statement)];
    case "block":
      return [labelled(labels), braces(cx, statement.body)];
    case "declareFunction":
      return functionDeclaration(cx, { ...statement.function, name: cx.names.of(statement.variable) });
    case "source":
    case "verbatim":
      return labelledBlock(cx, statement, labels);
  }
}

const labelled = (labels: readonly string[]): string => labels.map((label) => `${label}: `).join("");

/** A label before what is not a single statement any more. */
function labelledBlock(cx: PrintContext, statement: Statement, labels: readonly string[]): Doc {
  const inner = transparent([statement]);
  const last = inner[inner.length - 1];
  if (last === undefined) return labels.length === 0 ? [] : [labelled(labels), "{}"];
  if (last.kind === "verbatim") return [lines(cx, inner.slice(0, -1)), labelled(labels), verbatimDoc(cx, last.origin)];
  const before = lines(cx, inner.slice(0, -1));
  return [before, before.length > 0 ? hardline : "", statementDoc(cx, last, labels)];
}

/** `x = value` of a declaration. */
export function declarator(cx: PrintContext, statement: Declare): Doc {
  const { variable, value } = statement;
  const typed = (variable.annotated === true || saysNoType(value)) && !cx.javascript;
  const name = `${cx.names.of(variable)}${typed && variable.typeText !== undefined ? `: ${variable.typeText}` : ""}`;
  const doc = value === undefined ? name : [name, " =", printValue(cx, value)];
  return mapped(statement.span, doc, variable.role === "user" ? variable.name : undefined);
}

/** What is declared by `[]` or `undefined` needs its type written out. */
function saysNoType(value: Expression | undefined): boolean {
  if (value === undefined || (value.kind === "array" && value.elements.length === 0)) return true;
  return value.kind === "constant" && (value.value === undefined || value.value === null);
}

/** `x = value`, `x += value`, `x++`, as the user wrote it. */
export function assignment(cx: PrintContext, statement: Assign): Doc {
  const { target, value } = statement;
  const written = textOf(cx, statement.span);
  if (value.kind === "binary" && isCompound(value.operator) && samePlace(target, value.left)) {
    const doubted = target.kind === "register" && cx.uncheckedIndexedAccess;
    const place = printPlace(cx, target, doubted || hasMark(target) || hasMark(value.left));
    const step = value.right.kind === "constant" && value.right.value === 1;
    if (step && (value.operator === "+" || value.operator === "-")) {
      const twice = value.operator + value.operator;
      if (target.kind === "variable" && (target.variable.role === "temporary" || written === undefined))
        return [place, twice];
      if (written?.endsWith(twice)) return [place, twice];
      if (written?.startsWith(twice)) return [twice, place];
    }
    if (!isPlain(written)) return [place, ` ${value.operator}=`, printValue(cx, value.right)];
  }
  return [printPlace(cx, target, false), " =", printValue(cx, value)];
}

function hasMark(value: Expression): boolean {
  return (value.kind === "element" || value.kind === "field" || value.kind === "variable") && value.nonNull === true;
}

/** Whether the user wrote `x = x + y` at length. */
function isPlain(written: string | undefined): boolean {
  return (
    written !== undefined && /^[^=]*[^=!<>+\-*/%&|^?\s]\s*=[^=>]/.test(written) && /^[\w$.\s[\]!]+=[^=]/.test(written)
  );
}

function isCompound(operator: string): boolean {
  return /^(?:[-+*/%&|^]|\*\*|<<|>>|>>>)$/.test(operator);
}

/** An expression as a statement: what would start a block or a declaration is put in parentheses. */
function effect(cx: PrintContext, value: Expression): Doc {
  if (value.kind === "opaque") {
    const statement = expressionIn(value.text.replace(/;\s*$/, "")) === undefined;
    const ended = /;\s*$/.test(value.text) || statement;
    const base = cx.source?.file === value.span.file ? indentationAt(cx.source.text, value.span.start) : "";
    const doc = verbatim(value.text, value.span.file, value.span.start, base);
    const open = !statement && /^(?:\{|(?:async\s+)?function\b|class\b|let\s*\[)/.test(value.text);
    return open ? ["(", doc, ")", terminated(cx)] : [doc, ended ? "" : terminated(cx)];
  }
  const doc = print(cx, value);
  return startsLikeStatement(value) ? ["(", doc, ")", terminated(cx)] : [doc, terminated(cx)];
}

/** Whether the leftmost part of an expression is a function, class or object. */
function startsLikeStatement(value: Expression): boolean {
  switch (value.kind) {
    case "object":
      return true;
    case "function":
      return value.function.style !== "arrow";
    case "opaque":
      return /^(?:\{|(?:async\s+)?function\b|class\b|let\s*\[)/.test(value.text);
    case "binary":
    case "logical":
      return startsLikeStatement(value.left);
    case "conditional":
      return startsLikeStatement(value.test);
    case "element":
    case "field":
      return startsLikeStatement(value.object);
    case "as":
      return startsLikeStatement(value.operand);
    case "call":
      if (value.callee.kind === "method") return startsLikeStatement(value.callee.object);
      return value.callee.kind === "value" && startsLikeStatement(value.callee.function);
    default:
      return false;
  }
}

/** `return value`, which no line break may separate. */
function leaving(cx: PrintContext, word: "return" | "throw", value: Expression | undefined): Doc {
  if (value === undefined) return word;
  if (!isChain(value) && value.kind !== "conditional") return [word, " ", print(cx, value)];
  if (value.kind === "conditional") return [word, " ", print(cx, value)];
  return group([word, " ", either("(", ""), indent([softline, printFlush(cx, value)]), softline, either(")", "")]);
}

function jump(cx: PrintContext, kind: "break" | "continue", label: string | undefined): string {
  if (kind === "continue") {
    const block = label === undefined ? cx.jumps.here : cx.jumps.labels.get(label);
    if (block !== undefined) return `break ${block}`;
  }
  return label === undefined ? kind : `${kind} ${label}`;
}

/** `if (test)`, `while (test)`. */
export function condition(cx: PrintContext, word: string, test: Expression): Doc {
  return group([word, " (", indent([softline, printFlush(cx, test)]), softline, ")"]);
}

function ifStatement(cx: PrintContext, statement: If): Doc {
  const { else: otherwise } = statement;
  const test = condition(cx, "if", statement.test);
  if (otherwise === undefined) {
    const bare = withoutBraces(cx, statement.then);
    if (bare !== undefined) return group([test, indent([line, bare])]);
  }
  const head: Doc = [test, " ", braces(cx, statement.then)];
  if (otherwise === undefined) return head;
  const chained = soleIf(otherwise);
  if (chained !== undefined) return [head, " else ", mapped(chained.span, ifStatement(cx, chained))];
  const rest = lines(cx, otherwise);
  return rest.length === 0 ? head : [head, " else ", bracesAround(rest)];
}

/** The statement of a block which the user wrote without braces, when it is a single simple one still. */
function withoutBraces(cx: PrintContext, block: Block): Doc | undefined {
  const [only, ...more] = block;
  if (only?.kind !== "source" || more.length > 0 || only.origin.comments.length > 0) return undefined;
  const [statement, ...others] = transparent(only.body);
  if (statement === undefined || others.length > 0) return undefined;
  if (!/^(?:return|throw|break|continue|assign|effect)$/.test(statement.kind)) return undefined;
  return isBare(cx, only.origin) ? lines(cx, block) : undefined;
}

/** The `if` that an `else` consists of, without comments that would have no place. */
function soleIf(block: Block): If | undefined {
  const [only, ...more] = block;
  if (more.length > 0) return undefined;
  if (only?.kind === "if") return only;
  if (only?.kind !== "source" || only.origin.comments.length > 0 || only.origin.trailing !== undefined)
    return undefined;
  return soleIf(only.body);
}

function switchStatement(cx: PrintContext, statement: Switch): Doc {
  const cases = statement.cases.map(({ test, body }): Doc => {
    const head: Doc = test === undefined ? "default:" : ["case ", print(cx, test), ":"];
    const [only, ...more] = transparent(body);
    if (only?.kind === "block" && more.length === 0) return [head, " ", braces(cx, only.body)];
    const content = lines(cx, body);
    return content.length === 0 ? head : [head, indent([hardline, content])];
  });
  return [condition(cx, "switch", statement.discriminant), " ", bracesAround(join(hardline, cases))];
}

function tryStatement(cx: PrintContext, statement: Try): Doc {
  const parts: Doc[] = ["try ", braces(cx, statement.block)];
  if (statement.handler !== undefined) {
    const held = statement.parameter === undefined ? "" : `(${cx.names.of(statement.parameter)}) `;
    parts.push(" catch ", held, braces(cx, statement.handler));
  }
  if (statement.finalizer !== undefined) parts.push(" finally ", braces(cx, statement.finalizer));
  return parts;
}
