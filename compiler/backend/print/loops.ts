/**
 * Prints loops. Where the update or the test needs statements, the loop is written out: the test becomes a `break`,
 * and `continue` leaves a labelled block in front of the update.
 */

import type { Block, Expression, Loop, Statement } from "../../ir/types.ts";
import { isSimple, needsBlock, splitInit, transparent } from "../scopes.ts";
import type { PrintContext } from "./context.ts";
import { type Doc, either, group, hardline, indent, join, line, softline } from "./document.ts";
import { print, printFlush } from "./expressions.ts";
import { assignment, braces, bracesAround, condition, declarator, lines, terminated } from "./statements.ts";

/** A loop with the labels in front of it. */
export function loop(cx: PrintContext, form: Loop, labels: readonly string[]): Doc {
  const { ahead, header } = splitInit(form);
  const names = labels.map((label) => `${label}: `);
  if (ahead.length === 0) return [names, loopProper(cx, form, header, labels)];
  const all = [lines(cx, ahead), hardline, names, loopProper(cx, form, header, labels)];
  return needsBlock(ahead) ? bracesAround(all) : all;
}

function loopProper(cx: PrintContext, form: Loop, header: Block, labels: readonly string[]): Doc {
  const update = transparent(form.update);
  const simple = update.every(isSimple);
  const asFor = form.form === "for" || header.length > 0 || (form.form === "while" && update.length > 0);
  const fresh: PrintContext = { ...cx, jumps: withoutTargets(cx, labels) };

  if (form.form === "do" && header.length === 0) {
    if (form.before.length > 0 || update.length > 0) return writtenOut(cx, form, header, update, labels);
    return ["do ", braces(fresh, form.body), " while (", printFlush(cx, form.test ?? always), ")", terminated(cx)];
  }
  if (!asFor && form.before.length === 0)
    return [condition(cx, "while", form.test ?? always), " ", braces(fresh, form.body)];
  if (form.form === "do" || !simple) return writtenOut(cx, form, header, update, labels);

  const tested = form.before.length === 0;
  const head = forHead(cx, header, tested ? form.test : undefined, update);
  if (tested) return [head, " ", braces(fresh, form.body)];
  return [head, " ", bracesAround(stacked(lines(cx, form.before), leave(cx, form.test), lines(fresh, form.body)))];
}

const always: Expression = { kind: "constant", value: true };

function forHead(cx: PrintContext, header: Block, test: Expression | undefined, update: Block): Doc {
  if (header.length === 0 && test === undefined && update.length === 0) return "for (;;)";
  const inner = { ...cx, forInit: true };
  const updates = update.map((statement) => simpleStatement(cx, statement));
  const tested: Doc = test === undefined ? "" : [line, printFlush(cx, test)];
  const updated: Doc = updates.length === 0 ? either("", " ") : [line, join(", ", updates)];
  return group(["for (", indent([softline, init(inner, header), ";", tested, ";", updated]), softline, ")"]);
}

function init(cx: PrintContext, header: Block): Doc {
  const [first] = header;
  if (first === undefined) return "";
  if (first.kind !== "declare")
    return join(
      ", ",
      header.map((statement) => simpleStatement(cx, statement)),
    );
  const declared = header.map((statement): Doc => (statement.kind === "declare" ? declarator(cx, statement) : ""));
  return [first.keyword, " ", join(", ", declared)];
}

function simpleStatement(cx: PrintContext, statement: Statement): Doc {
  if (statement.kind === "assign") return assignment(cx, statement);
  return statement.kind === "effect" ? print(cx, statement.value) : "";
}

/** `if (!test) break;` */
function leave(cx: PrintContext, test: Expression | undefined): Doc | undefined {
  if (test === undefined || (test.kind === "constant" && test.value === true)) return undefined;
  return [condition(cx, "if", negated(test)), " ", bracesAround(["break", terminated(cx)])];
}

/** The opposite truth: of comparisons only those by equality turn around, as `!(a < b)` is not `a >= b` where one is NaN. */
export function negated(test: Expression): Expression {
  if (test.kind === "unary" && test.operator === "!") return test.operand;
  if (test.kind === "constant" && typeof test.value === "boolean") return { ...test, value: !test.value };
  if (test.kind === "binary") {
    const operator = opposite[test.operator];
    if (operator !== undefined) return { ...test, operator };
  }
  return { kind: "unary", operator: "!", operand: test, ...(test.span !== undefined && { span: test.span }) };
}

const opposite: Readonly<Partial<Record<string, "===" | "!==" | "==" | "!=">>> = {
  "===": "!==",
  "!==": "===",
  "==": "!=",
  "!=": "==",
};

/** A loop whose update, or whose test behind the body, needs statements of its own. */
function writtenOut(cx: PrintContext, form: Loop, header: Block, update: Block, labels: readonly string[]): Doc {
  const testFirst = form.form !== "do";
  const headTest = testFirst && form.before.length === 0 ? form.test : undefined;
  const test = headTest === undefined ? stacked(lines(cx, form.before), leave(cx, form.test)) : undefined;
  const next = stacked(lines(cx, update), testFirst ? undefined : test);

  if (mustFlag(form, header)) {
    const flag = cx.names.fresh("first");
    const flagged: Doc[] = ["let ", ...flaggedHeader(cx, header, flag), "; ; ", flag, " = false"];
    const skipped: Doc = ["if (!", flag, ") ", bracesAround(next)];
    const plain: PrintContext = { ...cx, jumps: withoutTargets(cx, labels) };
    const inside = stacked(
      skipped,
      testFirst ? stacked(lines(cx, form.before), leave(cx, form.test)) : undefined,
      lines(plain, form.body),
    );
    return [stacked(...aheadOfFlag(cx, header), ["for (", flagged, ") ", bracesAround(inside)])];
  }
  let content = lines({ ...cx, jumps: withoutTargets(cx, labels) }, form.body);
  if (continues(form.body, labels, true)) {
    const label = cx.names.fresh("body");
    const targets = new Map(cx.jumps.labels);
    for (const name of labels) targets.set(name, label);
    content = [label, ": ", bracesAround(lines({ ...cx, jumps: { here: label, labels: targets } }, form.body))];
  } else if (declares(form.body)) {
    // The update must not see the body's variables, nor the body those of the update ahead of their time.
    content = lines({ ...cx, jumps: withoutTargets(cx, labels) }, form.body);
  }
  const head = forHead(cx, header, headTest, []);
  return [head, " ", bracesAround(stacked(testFirst ? test : undefined, content, next))];
}

function flaggedHeader(cx: PrintContext, header: Block, flag: string): Doc[] {
  const [first] = header;
  const together = first?.kind === "declare" && first.keyword === "let";
  const declared = together
    ? header.map((statement) => (statement.kind === "declare" ? declarator(cx, statement) : ""))
    : [];
  return join(", ", [...declared, [flag, " = true"]]);
}

function aheadOfFlag(cx: PrintContext, header: Block): (Doc | undefined)[] {
  const [first] = header;
  return first?.kind === "declare" && first.keyword === "let" ? [] : [lines(cx, header)];
}

/**
 * Whether the update must stay at the start of the next round: closures of one round must not see the counter of the next,
 * and a `continue` in the user's own text cannot be rewritten.
 */
function mustFlag(form: Loop, header: Block): boolean {
  const held = header.some(
    (statement) => statement.kind === "declare" && statement.keyword === "let" && statement.variable.captured,
  );
  return held || mentionsContinue(form.body);
}

function declares(block: Block): boolean {
  return transparent(block).some((statement) => statement.kind === "declare" || statement.kind === "declareFunction");
}

/** Inside of a loop, no `continue` goes to a loop around it but by label. */
function withoutTargets(cx: PrintContext, labels: readonly string[]): PrintContext["jumps"] {
  const kept = new Map(cx.jumps.labels);
  for (const label of labels) kept.delete(label);
  return { here: undefined, labels: kept };
}

/** Whether a statement of the loop's body continues it. `own`: not inside of another loop. */
function continues(block: Block, labels: readonly string[], own: boolean): boolean {
  return block.some((statement) => {
    if (statement.kind === "continue") return statement.label === undefined ? own : labels.includes(statement.label);
    const deeper = own && statement.kind !== "loop" && statement.kind !== "forOf" && statement.kind !== "forIn";
    return blocksOf(statement).some((inner) => continues(inner, labels, deeper));
  });
}

function mentionsContinue(block: Block): boolean {
  return block.some((statement) => {
    if (statement.kind === "verbatim") return /\bcontinue\b/.test(statement.origin.text);
    if (statement.kind === "effect" && statement.value.kind === "opaque")
      return /\bcontinue\b/.test(statement.value.text);
    return blocksOf(statement).some(mentionsContinue);
  });
}

/** The blocks of a statement, functions left aside. */
function blocksOf(statement: Statement): readonly Block[] {
  switch (statement.kind) {
    case "if":
      return [statement.then, statement.else ?? []];
    case "loop":
      return [statement.init, statement.before, statement.body, statement.update];
    case "forOf":
    case "forIn":
    case "block":
    case "source":
      return [statement.body];
    case "labelled":
      return [[statement.body]];
    case "switch":
      return statement.cases.map((each) => each.body);
    case "try":
      return [statement.block, statement.handler ?? [], statement.finalizer ?? []];
    default:
      return [];
  }
}

/** Pieces below each other; what is absent or empty takes no line. */
export function stacked(...docs: readonly (Doc | undefined)[]): Doc {
  return join(
    hardline,
    docs
      .filter((doc) => doc !== undefined && !(typeof doc !== "string" && "length" in doc && doc.length === 0))
      .map((doc) => doc ?? ""),
  );
}

/** `for (const x of xs) { … }`, `for (const key in object) { … }`. */
export function forEach(
  cx: PrintContext,
  statement: Extract<Statement, { kind: "forOf" | "forIn" }>,
  labels: readonly string[],
): Doc {
  const through = statement.kind === "forOf" ? statement.iterable : statement.object;
  const word = statement.kind === "forOf" ? " of " : " in ";
  const inner: PrintContext = { ...cx, jumps: withoutTargets(cx, labels) };
  return [
    labels.map((label) => `${label}: `),
    `for (${statement.keyword} `,
    cx.names.of(statement.variable),
    word,
    print(cx, through),
    ") ",
    braces(inner, statement.body),
  ];
}
