/**
 * Check: the fence around the supported language, before anything is transformed. What is refused here is refused
 * whatever is active; the rest depends on activity and is refused by the pass that finds it, in the same report.
 *
 * Takes a function's syntax. Guarantees for what passes: no await, yield, with, eval, arguments, decorators in it.
 */

import type { Diagnostic, Span } from "../api.ts";
import { report } from "../diagnostics/messages.ts";
import { spanOf } from "./discover.ts";
import { type FunctionNode, functionName } from "./functions.ts";
import { type Program, ts } from "./project.ts";
import { baseCall } from "./prototypes.ts";

/** All problems of one function, in source order. */
export function checkFunction(node: FunctionNode, program: Program): Diagnostic[] {
  const diagnostics: Diagnostic[] = [];
  const name = functionName(node) ?? "The function";
  const place = (at: ts.Node) => ({ span: spanOf(at), function: name });
  const modifiers = ts.canHaveModifiers(node) ? (ts.getModifiers(node) ?? []) : [];
  const head = ("name" in node ? node.name : undefined) ?? node;
  if (modifiers.some((modifier) => modifier.kind === ts.SyntaxKind.AsyncKeyword)) {
    diagnostics.push(report.asyncFunction({ function: name }, place(head)));
  }
  if ("asteriskToken" in node && node.asteriskToken !== undefined) {
    diagnostics.push(report.generatorFunction({ function: name }, place(head)));
  }
  for (const decorator of ts.canHaveDecorators(node) ? (ts.getDecorators(node) ?? []) : []) {
    diagnostics.push(report.decorator({ name }, place(decorator)));
  }
  if (diagnostics.length > 0) return diagnostics;

  visitFenced(node.body, diagnostics, place, program);
  return diagnostics;
}

/** Whether what a variable of a module begins with can be compiled as functions can. */
export function checkInitial(initializer: ts.Expression, program: Program): boolean {
  const diagnostics: Diagnostic[] = [];
  visitFenced(initializer, diagnostics, (at) => ({ span: spanOf(at), function: "" }), program);
  return diagnostics.length === 0 && !suspends(initializer);
}

const suspends = (node: ts.Node): boolean =>
  ts.isAwaitExpression(node) ||
  ts.isYieldExpression(node) ||
  ts.isClassLike(node) ||
  (ts.forEachChild(node, (child) => suspends(child) || undefined) ?? false);

function visitFenced(
  body: ts.Node,
  diagnostics: Diagnostic[],
  place: (at: ts.Node) => { span: Span; function: string },
  program: Program,
): void {
  const visit = (at: ts.Node): void => {
    if (ts.isWithStatement(at)) diagnostics.push(report.withStatement(place(at)));
    if (ts.isIdentifier(at) && at.text === "eval" && isGlobalEval(at, program)) {
      const called = ts.isCallExpression(at.parent) && at.parent.expression === at;
      diagnostics.push(report.evaluatedCode({ callee: "eval" }, place(called ? at.parent : at)));
    }
    if (ts.isNewExpression(at) && ts.isIdentifier(at.expression) && at.expression.text === "Function") {
      diagnostics.push(report.evaluatedCode({ callee: "new Function" }, place(at)));
    }
    if (ts.isIdentifier(at) && at.text === "arguments" && isArgumentsObject(at, program)) {
      diagnostics.push(report.argumentsObject(place(at)));
    }
    ts.forEachChild(at, visit);
  };
  visit(body);
}

/** Whether a function reads the object `arguments`; functions inside of it have their own, but for arrows. */
export function usesArguments(node: FunctionNode, program: Program): boolean {
  const visit = (at: ts.Node): boolean => {
    if (ts.isIdentifier(at) && at.text === "arguments" && isArgumentsObject(at, program)) return true;
    if (ts.isFunctionDeclaration(at) || ts.isFunctionExpression(at) || ts.isClassLike(at)) return false;
    return ts.forEachChild(at, (child) => visit(child) || undefined) ?? false;
  };
  return visit(node.body);
}

/** The global of that name, by itself or as a property of the global object. */
function isGlobalEval(node: ts.Identifier, program: Program): boolean {
  const declarations = program.checker.getSymbolAtLocation(node)?.declarations ?? [];
  return declarations.every((one) => one.getSourceFile().isDeclarationFile);
}

function isArgumentsObject(node: ts.Identifier, program: Program): boolean {
  if (ts.isPropertyAccessExpression(node.parent) && node.parent.name === node) return false;
  if (ts.isPropertyAssignment(node.parent) && node.parent.name === node) return false;
  // `Base.apply(this, arguments)` is as plain as `super(...)`.
  if (baseCall(node.parent)?.applied === true) return false;
  const symbol = program.checker.getSymbolAtLocation(node);
  return symbol === undefined || symbol.valueDeclaration === undefined;
}

/** Errors of syntax in a file: nothing in it is compiled then. */
export function checkSyntax(file: ts.SourceFile, program: Program): Diagnostic[] {
  return program
    .syntaxErrors(file)
    .map((error) =>
      report.syntaxError(
        { text: ts.flattenDiagnosticMessageText(error.messageText, " ") },
        { span: { file: file.fileName, start: error.start, end: error.start + Math.max(error.length, 1) } },
      ),
    );
}
