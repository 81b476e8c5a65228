/** Lowers statements. Each statement of the user becomes a `source` around what it turns into. */

import type { Block, Declare, Expression, Origin, SwitchCase } from "../../ir/types.ts";
import { isFunctionNode } from "../functions.ts";
import { ts } from "../project.ts";
import { iterated, lowerEntriesLoop } from "./arrayMethodsEntries.ts";
import { type Context, collect, isPure, lookup, reference, spanOf, temporary, variablesIn } from "./context.ts";
import { namesDerivative } from "./derivatives.ts";
import { describeSyntax, lowerAtom, lowerEffect, lowerExpression, lowerPure, lowerTest } from "./expressions.ts";
import { lowerFunction } from "./functions.ts";
import { assignPattern, declarePattern } from "./patterns.ts";

export function lowerStatements(cx: Context, statements: readonly ts.Statement[]): void {
  for (const statement of statements) lowerStatement(cx, statement);
}

export function lowerStatement(cx: Context, node: ts.Statement): void {
  const body = collect(cx, () => lowerInside(cx, node));
  const dropped =
    ts.isVariableStatement(node) && node.declarationList.declarations.some((one) => namesDerivative(cx, one));
  const origin = dropped ? { ...originOf(node), rewritten: true } : originOf(node);
  cx.out.push({ kind: "source", origin, body, span: spanOf(node) });
}

/** A statement as the body of another: its block without the braces. */
function lowerBody(cx: Context, node: ts.Statement): Block {
  return collect(cx, () => {
    if (ts.isBlock(node)) lowerStatements(cx, node.statements);
    else lowerStatement(cx, node);
  });
}

/** The body of a loop; in braces of its own where it hides a name that the loop's head uses, which is printed inside it. */
function lowerLoopBody(cx: Context, node: ts.Statement, head: readonly (ts.Node | undefined)[]): Block {
  const body = lowerBody(cx, node);
  const hidden = ts.isBlock(node) ? namesDeclared(node) : [];
  const hides = hidden.some((name) => head.some((part) => part !== undefined && mentionsName(part, name)));
  return hides ? [{ kind: "block", body, span: spanOf(node) }] : body;
}

/** The names that belong to a block. */
function namesDeclared({ statements }: ts.Block): string[] {
  const names: string[] = [];
  const add = (name: ts.BindingName): void => {
    if (ts.isIdentifier(name)) names.push(name.text);
    else for (const element of name.elements) if (!ts.isOmittedExpression(element)) add(element.name);
  };
  for (const statement of statements) {
    if (ts.isVariableStatement(statement) && (statement.declarationList.flags & ts.NodeFlags.BlockScoped) !== 0)
      for (const { name } of statement.declarationList.declarations) add(name);
    const named =
      ts.isFunctionDeclaration(statement) || ts.isClassDeclaration(statement) || ts.isEnumDeclaration(statement);
    if (named && statement.name !== undefined) names.push(statement.name.text);
  }
  return names;
}

const mentionsName = (node: ts.Node, name: string): boolean =>
  (ts.isIdentifier(node) && node.text === name) ||
  (ts.forEachChild(node, (child) => mentionsName(child, name) || undefined) ?? false);

/** Text, comments and empty lines of a statement. */
export function originOf(node: ts.Node): Origin {
  const { text } = node.getSourceFile();
  const start = node.getStart();
  const leading = ts.getLeadingCommentRanges(text, node.getFullStart()) ?? [];
  // A comment on the line where the statement before ended belongs to that one.
  const own = leading.filter(
    (range) => /^\s*$/.test(lineBefore(text, range.pos)) || /[{(,]\s*$/.test(lineBefore(text, range.pos)),
  );
  const trailing = (ts.getTrailingCommentRanges(text, node.getEnd()) ?? [])[0];
  const first = own[0]?.pos ?? start;
  return {
    span: spanOf(node),
    text: text.slice(start, node.getEnd()),
    comments: own.map((range) => text.slice(range.pos, range.end)),
    ...(trailing !== undefined && { trailing: text.slice(trailing.pos, trailing.end) }),
    spaced: isSpaced(text, first),
  };
}

/** Whether an empty line stands in front of a place; only the two lines before it are looked at, however long the text is. */
function isSpaced(text: string, position: number): boolean {
  const last = text.lastIndexOf("\n", position - 1);
  if (last < 1) return false;
  return /\n[ \t]*\r?\n[ \t]*$/.test(text.slice(Math.max(0, text.lastIndexOf("\n", last - 1)), position));
}

const lineBefore = (text: string, position: number): string =>
  text.slice(text.lastIndexOf("\n", position - 1) + 1, position);

function lowerInside(cx: Context, node: ts.Statement): void {
  const span = spanOf(node);
  if (ts.isVariableStatement(node)) return lowerDeclarations(cx, node.declarationList);
  if (ts.isExpressionStatement(node)) return lowerEffect(cx, node.expression);
  if (ts.isReturnStatement(node)) {
    const value = node.expression && lowerExpression(cx, node.expression);
    cx.out.push({ kind: "return", span, ...(value !== undefined && { value }) });
    return;
  }
  if (ts.isIfStatement(node)) {
    const test = lowerTest(cx, node.expression);
    const then = lowerBody(cx, node.thenStatement);
    const otherwise = node.elseStatement && lowerBody(cx, node.elseStatement);
    cx.out.push({ kind: "if", test, then, span, ...(otherwise !== undefined && { else: otherwise }) });
    return;
  }
  if (ts.isBlock(node)) {
    cx.out.push({ kind: "block", body: collect(cx, () => lowerStatements(cx, node.statements)), span });
    return;
  }
  if (ts.isForStatement(node)) return lowerFor(cx, node);
  if (ts.isWhileStatement(node) || ts.isDoStatement(node)) {
    const [before, test] = lowerCondition(cx, node.expression);
    const form = ts.isDoStatement(node) ? "do" : "while";
    const body = lowerLoopBody(cx, node.statement, [node.expression]);
    cx.out.push({ kind: "loop", form, init: [], before, test, update: [], body, span });
    return;
  }
  if (ts.isForOfStatement(node) && node.awaitModifier === undefined) return lowerForOf(cx, node);
  if (ts.isForInStatement(node)) return lowerForIn(cx, node);
  if (ts.isSwitchStatement(node)) return lowerSwitch(cx, node);
  if (ts.isLabeledStatement(node)) {
    const inner = collect(cx, () => lowerInside(cx, node.statement));
    const [only] = inner.slice(-1);
    if (only === undefined) return;
    cx.out.push(...inner.slice(0, -1));
    cx.out.push({ kind: "labelled", label: node.label.text, body: only, span });
    return;
  }
  if (ts.isBreakOrContinueStatement(node)) {
    const kind = ts.isBreakStatement(node) ? "break" : "continue";
    cx.out.push({ kind, span, ...(node.label !== undefined && { label: node.label.text }) });
    return;
  }
  if (ts.isThrowStatement(node)) {
    cx.out.push({ kind: "throw", value: lowerAtom(cx, node.expression), span });
    return;
  }
  if (ts.isTryStatement(node)) return lowerTry(cx, node);
  if (ts.isFunctionDeclaration(node)) {
    const variable = node.name && lookup(cx, node.name);
    if (variable !== undefined && isFunctionNode(node)) {
      cx.out.push({ kind: "declareFunction", variable, function: lowerFunction(cx, node), span });
      return;
    }
  }
  if (
    ts.isEmptyStatement(node) ||
    ts.isInterfaceDeclaration(node) ||
    ts.isTypeAliasDeclaration(node) ||
    node.kind === ts.SyntaxKind.DebuggerStatement
  ) {
    cx.out.push({ kind: "verbatim", origin: originOf(node), reads: [], writes: [], pure: true, span });
    return;
  }
  if (ts.isEnumDeclaration(node)) {
    const variable = lookup(cx, node.name);
    const writes = variable === undefined ? [] : [variable];
    cx.out.push({ kind: "verbatim", origin: originOf(node), reads: [], writes, pure: true, span });
    return;
  }
  cx.out.push({ kind: "effect", value: opaqueStatement(cx, node), span });
}

function opaqueStatement(cx: Context, node: ts.Statement): Expression {
  return {
    kind: "opaque",
    text: node.getText(),
    span: spanOf(node),
    type: { kind: "void" },
    pure: isPure(node),
    what: describeSyntax(node),
    ...variablesIn(cx, node),
  };
}

function keywordOf(list: ts.VariableDeclarationList): Declare["keyword"] {
  if (list.flags & ts.NodeFlags.Const) return "const";
  return list.flags & ts.NodeFlags.Let ? "let" : "var";
}

function lowerDeclarations(cx: Context, list: ts.VariableDeclarationList): void {
  const keyword = keywordOf(list);
  for (const declaration of list.declarations) {
    const { name, initializer } = declaration;
    if (namesDerivative(cx, declaration)) continue;
    if (!ts.isIdentifier(name)) {
      if (initializer !== undefined) declarePattern(cx, keyword, name, initializer);
      continue;
    }
    const variable = lookup(cx, name);
    if (variable === undefined) continue;
    const value = initializer && lowerExpression(cx, initializer);
    cx.out.push({
      kind: "declare",
      keyword,
      variable,
      span: spanOf(declaration),
      ...(value !== undefined && { value }),
    });
  }
}

/** A loop's condition, which is evaluated each time: what must run before it, and the test. */
function lowerCondition(cx: Context, node: ts.Expression): [Block, Expression] {
  const pure = lowerPure(cx, node);
  if (pure !== undefined) return [[], pure];
  let test: Expression = { kind: "constant", value: true };
  const before = collect(cx, () => {
    test = lowerAtom(cx, node);
  });
  return [before, test];
}

function lowerFor(cx: Context, node: ts.ForStatement): void {
  const init = collect(cx, () => {
    if (node.initializer === undefined) return;
    if (ts.isVariableDeclarationList(node.initializer)) lowerDeclarations(cx, node.initializer);
    else lowerEffect(cx, node.initializer);
  });
  const [before, test] = node.condition === undefined ? [[], undefined] : lowerCondition(cx, node.condition);
  const update = collect(cx, () => {
    if (node.incrementor !== undefined) lowerEffect(cx, node.incrementor);
  });
  const body = lowerLoopBody(cx, node.statement, [node.initializer, node.condition, node.incrementor]);
  cx.out.push({
    kind: "loop",
    form: "for",
    init,
    before,
    update,
    body,
    span: spanOf(node),
    ...(test !== undefined && { test }),
  });
}

function lowerForOf(cx: Context, node: ts.ForOfStatement): void {
  const span = spanOf(node);
  const lowerOwn = (): void => {
    cx.out.push(...lowerLoopBody(cx, node.statement, [node.initializer, node.expression]));
  };
  const isEntries = lowerEntriesLoop(cx, node, lowerOwn);
  if (isEntries) return;
  const iterable = lowerAtom(cx, iterated(cx, node.expression));
  const { initializer } = node;
  const [declaration] = ts.isVariableDeclarationList(initializer) ? initializer.declarations : [];
  if (ts.isVariableDeclarationList(initializer) && declaration !== undefined && ts.isIdentifier(declaration.name)) {
    const variable = lookup(cx, declaration.name);
    if (variable !== undefined) {
      const body = collect(cx, lowerOwn);
      cx.out.push({ kind: "forOf", keyword: keywordOf(initializer), variable, iterable, body, span });
      return;
    }
  }
  const holder = declaration?.name ?? initializer;
  const variable = temporary(cx, cx.types.at(holder), holder);
  const body = collect(cx, () => {
    const item = reference(variable, spanOf(holder));
    if (declaration !== undefined && ts.isVariableDeclarationList(initializer)) {
      declarePattern(cx, keywordOf(initializer), declaration.name, item);
    } else if (ts.isArrayLiteralExpression(initializer) || ts.isObjectLiteralExpression(initializer)) {
      assignPattern(cx, initializer, item, false);
    } else if (ts.isIdentifier(initializer)) {
      const target = lookup(cx, initializer);
      if (target !== undefined) {
        cx.out.push({
          kind: "assign",
          target: { kind: "variable", variable: target },
          value: item,
          span: spanOf(holder),
        });
      }
    } else {
      cx.out.push({ kind: "effect", value: opaqueStatement(cx, node), span });
    }
    lowerOwn();
  });
  cx.out.push({ kind: "forOf", keyword: "const", variable, iterable, body, span });
}

function lowerForIn(cx: Context, node: ts.ForInStatement): void {
  const span = spanOf(node);
  const object = lowerAtom(cx, node.expression);
  const { initializer } = node;
  const [declaration] = ts.isVariableDeclarationList(initializer) ? initializer.declarations : [];
  const variable =
    declaration !== undefined && ts.isIdentifier(declaration.name) ? lookup(cx, declaration.name) : undefined;
  if (variable === undefined || !ts.isVariableDeclarationList(initializer)) {
    cx.out.push({ kind: "effect", value: opaqueStatement(cx, node), span });
    return;
  }
  const body = lowerLoopBody(cx, node.statement, [node.initializer, node.expression]);
  cx.out.push({ kind: "forIn", keyword: keywordOf(initializer), variable, object, body, span });
}

function lowerSwitch(cx: Context, node: ts.SwitchStatement): void {
  const span = spanOf(node);
  const discriminant = lowerTest(cx, node.expression);
  const cases: SwitchCase[] = [];
  for (const clause of node.caseBlock.clauses) {
    const test = ts.isCaseClause(clause) ? lowerPure(cx, clause.expression) : undefined;
    if (ts.isCaseClause(clause) && test === undefined) {
      cx.out.push({ kind: "effect", value: opaqueStatement(cx, node), span });
      return;
    }
    const body = collect(cx, () => lowerStatements(cx, clause.statements));
    cases.push({ body, ...(test !== undefined && { test }) });
  }
  cx.out.push({ kind: "switch", discriminant, cases, span });
}

function lowerTry(cx: Context, node: ts.TryStatement): void {
  const block = collect(cx, () => lowerStatements(cx, node.tryBlock.statements));
  const clause = node.catchClause;
  const name = clause?.variableDeclaration?.name;
  const parameter = name !== undefined && ts.isIdentifier(name) ? lookup(cx, name) : undefined;
  const held = name !== undefined && parameter === undefined ? temporary(cx, { kind: "unknown" }, name) : parameter;
  const handler =
    clause &&
    collect(cx, () => {
      if (name !== undefined && held !== undefined && held !== parameter)
        declarePattern(cx, "let", name, reference(held));
      lowerStatements(cx, clause.block.statements);
    });
  const finalizer = node.finallyBlock && collect(cx, () => lowerStatements(cx, node.finallyBlock?.statements ?? []));
  cx.out.push({
    kind: "try",
    block,
    span: spanOf(node),
    ...(held !== undefined && { parameter: held }),
    ...(handler !== undefined && { handler }),
    ...(finalizer !== undefined && { finalizer }),
  });
}
