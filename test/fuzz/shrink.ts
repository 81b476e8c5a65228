/**
 * Makes a failing program small, by its own structure: statements are left out or replaced by what is inside them,
 * expressions by a part of theirs or by a constant, as long as it still type-checks and fails in the same way.
 */

import ts from "typescript";
import { type Checker, isBug, type More, type Sample, type Verdict } from "./check.ts";

export interface Shrunk {
  readonly sample: Sample;
  readonly verdict: Verdict;
}

interface Edit {
  readonly file: string;
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** Tries edits, the largest first, in small batches, until none is left that keeps the failure. */
export async function shrink(
  sample: Sample,
  key: string,
  checker: Checker,
  given: More = {},
  most = 150,
): Promise<Shrunk> {
  const more = { ...given, twice: key === "twice" };
  let best = sample;
  let verdict = (await checker.check([sample], more))[0] ?? { kind: "invalid" as const };
  if (!isBug(verdict) || verdict.key !== key) return { sample, verdict };
  if (sample.calls.length > 1) {
    const single = sample.calls.map((one) => ({ ...sample, calls: [one] }));
    const verdicts = await checker.check(single, more);
    const at = verdicts.findIndex((one) => isBug(one) && one.key === key);
    best = single[at] ?? sample;
  }
  const fails = (verdict_: Verdict | undefined): boolean =>
    verdict_ !== undefined && isBug(verdict_) && verdict_.key === key;
  for (let round = 0, skip = 0, width = 6; round < most; round++) {
    const edits = editsOf(best.files).slice(skip, skip + width);
    if (edits.length === 0) break;
    const before = best;
    const candidates = edits.map((edit) => apply(before, [edit]));
    const verdicts = await checker.check(candidates, more);
    const working = edits.filter((_, i) => fails(verdicts[i]));
    const at = verdicts.findIndex(fails);
    const [found, told] = [candidates[at], verdicts[at]];
    if (found === undefined || told === undefined) {
      skip += width;
      width = Math.min(48, width * 2);
      continue;
    }
    best = found;
    verdict = told;
    skip = Math.max(0, skip + at - 6);
    width = 8;
    const together = apart(working);
    if (together.length < 2) continue;
    const merged = apply(before, together);
    const [again] = await checker.check([merged], more);
    if (again === undefined || !fails(again)) continue;
    best = merged;
    verdict = again;
  }
  const files = Object.fromEntries(
    Object.entries(best.files).map(([name, text]) => [name, text.replace(/\n\s*(?=\n)/g, "")]),
  );
  return { sample: { ...best, files }, verdict };
}

/** Edits of different places, the first ones first. */
function apart(edits: readonly Edit[]): Edit[] {
  const chosen: Edit[] = [];
  for (const edit of edits) {
    if (chosen.every(({ file, start, end }) => file !== edit.file || end <= edit.start || edit.end <= start))
      chosen.push(edit);
  }
  return chosen;
}

function apply(sample: Sample, edits: readonly Edit[]): Sample {
  const files = { ...sample.files };
  // From the end, so that positions stay true.
  for (const { file, start, end, text } of [...edits].sort((a, b) => b.start - a.start)) {
    const old = files[file] ?? "";
    files[file] = old.slice(0, start) + text + old.slice(end);
  }
  return { ...sample, files };
}

/** All edits, those that remove most first. */
function editsOf(files: Readonly<Record<string, string>>): Edit[] {
  const edits: Edit[] = [];
  for (const [file, text] of Object.entries(files)) {
    const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
    const offer = (node: ts.Node, replacement: string): void => {
      const [start, end] = [node.getStart(), node.getEnd()];
      if (replacement.length < end - start) edits.push({ file, start, end, text: replacement });
    };
    const visit = (node: ts.Node): void => {
      editNode(node, offer);
      listEdits(node, (start, end) => edits.push({ file, start, end, text: "" }));
      ts.forEachChild(node, visit);
    };
    ts.forEachChild(source, visit);
  }
  return edits.sort((a, b) => b.end - b.start - b.text.length - (a.end - a.start - a.text.length));
}

function editNode(node: ts.Node, offer: (node: ts.Node, replacement: string) => void): void {
  const textOf = (inner: ts.Node): string => inner.getText();
  if (ts.isStatement(node) || ts.isClassElement(node)) {
    offer(node, ts.isStatement(node) && !listed(node) ? "{}" : "");
    for (const inner of statementsInside(node)) offer(node, textOf(inner));
    if (ts.isVariableStatement(node)) {
      const [only] = node.declarationList.declarations;
      if (
        only?.initializer !== undefined &&
        ts.isIdentifier(only.name) &&
        !only.initializer.getText().startsWith("{")
      ) {
        offer(node, `${textOf(only.initializer)};`);
      }
    }
    return;
  }
  if (ts.isExpression(node) && !ts.isLiteralExpression(node) && !(ts.isIdentifier(node) && node.text.length < 2)) {
    if (ts.isPropertyAccessExpression(node.parent) && node.parent.name === node) return;
    if (isDeclaredName(node) || ts.isTypeNode(node.parent)) return;
    for (const constant of ["1", "true", '""', "[1, 2]", "{}"]) offer(node, constant);
    ts.forEachChild(node, (inner) => {
      if (ts.isExpression(inner) && !ts.isObjectLiteralExpression(inner)) offer(node, textOf(inner));
      if (ts.isSpreadElement(inner)) offer(node, textOf(inner.expression));
    });
    const arrow = ts.isCallExpression(node) ? node.expression : undefined;
    if (arrow !== undefined && ts.isParenthesizedExpression(arrow) && ts.isArrowFunction(arrow.expression)) {
      if (ts.isExpression(arrow.expression.body)) offer(node, textOf(arrow.expression.body));
    }
    return;
  }
  if (ts.isCaseClause(node) || ts.isDefaultClause(node)) offer(node, "");
  if (ts.isCatchClause(node)) offer(node, "");
}

const isDeclaredName = (node: ts.Node): boolean => "name" in node.parent && node.parent.name === node;

/** Whether a statement stands in a list, so that nothing may stand in its place. */
const listed = (node: ts.Node): boolean =>
  ts.isBlock(node.parent) || ts.isSourceFile(node.parent) || ts.isCaseOrDefaultClause(node.parent);

function statementsInside(node: ts.Node): ts.Node[] {
  if (ts.isIfStatement(node))
    return [node.thenStatement, ...(node.elseStatement === undefined ? [] : [node.elseStatement])];
  if (ts.isIterationStatement(node, false)) return [node.statement];
  if (ts.isLabeledStatement(node)) return [node.statement];
  if (ts.isTryStatement(node)) return [node.tryBlock, ...(node.finallyBlock === undefined ? [] : [node.finallyBlock])];
  if (ts.isBlock(node)) return node.statements.length === 1 ? [...node.statements] : [];
  return [];
}

/** Items of lists with the comma that goes with them: arguments with parameters are left to the type checker. */
function listEdits(node: ts.Node, remove: (start: number, end: number) => void): void {
  const cut = (list: ts.NodeArray<ts.Node>, i: number): void => {
    const [item, next, before] = [list[i], list[i + 1], list[i - 1]];
    if (item === undefined) return;
    if (next !== undefined) remove(item.getStart(), next.getStart());
    else if (before !== undefined) remove(before.getEnd(), item.getEnd());
    else remove(item.getStart(), item.getEnd());
  };
  const lists: (ts.NodeArray<ts.Node> | undefined)[] = [];
  if (ts.isCallExpression(node) || ts.isNewExpression(node)) lists.push(node.arguments);
  if (ts.isFunctionLike(node) && !(ts.isFunctionDeclaration(node) && node.name?.text === "f"))
    lists.push(node.parameters);
  if (ts.isArrayLiteralExpression(node) || ts.isArrayBindingPattern(node) || ts.isObjectBindingPattern(node))
    lists.push(node.elements);
  if (ts.isObjectLiteralExpression(node)) lists.push(node.properties);
  if (ts.isVariableDeclarationList(node) && node.declarations.length > 1) lists.push(node.declarations);
  for (const list of lists)
    list?.forEach((_, i) => {
      cut(list, i);
    });
  if (ts.isIfStatement(node) && node.elseStatement !== undefined)
    remove(node.thenStatement.getEnd(), node.elseStatement.getEnd());
  const blocks = ts.isTryStatement(node) ? [node.catchClause, node.finallyBlock] : [];
  if (ts.isTryStatement(node) && blocks.every((part) => part !== undefined)) {
    const [clause, last] = [node.catchClause, node.finallyBlock];
    if (clause !== undefined && last !== undefined) {
      remove(clause.getEnd(), last.getEnd());
      remove(node.tryBlock.getEnd(), clause.getEnd());
    }
  }
}
