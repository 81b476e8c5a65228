/** Rules for functions that one does not own: `defineRule(external, external_jvp)` in modules named by the options. */

import type { Diagnostic } from "../api.ts";
import { report } from "../diagnostics/messages.ts";
import type { FunctionId } from "../ir/types.ts";
import type { Rule } from "../passes/activity/program.ts";
import { spanOf } from "./discover.ts";
import { functionId, importOf, resolveAlias, unwrapped } from "./functions.ts";
import { type Program, ts } from "./project.ts";
import { matchRule } from "./rules.ts";
import type { TypeReader } from "./types.ts";

/** The rules that modules register, by the declaration of the function: found by symbol, never by a name. */
export function readDefinedRules(
  program: Program,
  types: TypeReader,
  modules: readonly ts.SourceFile[],
  diagnostics: Diagnostic[],
): Map<FunctionId, Rule> {
  const rules = new Map<FunctionId, Rule>();
  for (const file of modules) {
    let found = 0;
    const visit = (node: ts.Node): void => {
      if (ts.isCallExpression(node) && isDefineRule(node, program)) {
        found++;
        for (const [id, rule] of readCall(program, types, node, diagnostics)) rules.set(id, rule);
      }
      ts.forEachChild(node, visit);
    };
    visit(file);
    if (found === 0)
      diagnostics.push(
        report.ruleModuleEmpty({ file: file.fileName }, { span: { file: file.fileName, start: 0, end: 0 } }),
      );
  }
  return rules;
}

function isDefineRule(node: ts.CallExpression, program: Program): boolean {
  if (!ts.isIdentifier(node.expression)) return false;
  const symbol = program.checker.getSymbolAtLocation(node.expression);
  const imported = symbol && importOf(symbol);
  return imported?.specifier === "fgrad" && imported.name === "defineRule";
}

function readCall(
  program: Program,
  types: TypeReader,
  node: ts.CallExpression,
  diagnostics: Diagnostic[],
): (readonly [FunctionId, Rule])[] {
  const { checker } = program;
  const [external, written] = node.arguments;
  if (external === undefined || written === undefined) return [];
  const target = symbolOf(external, checker);
  const declarations = (target?.declarations ?? []).filter((one) => declaredFunction(one) !== undefined);
  if (declarations.length === 0) {
    diagnostics.push(report.ruleSymbolUnknown({ expression: external.getText() }, { span: spanOf(external) }));
    return [];
  }
  const rule = symbolOf(written, checker);
  const ruleNode = rule?.declarations?.find((one) => declaredFunction(one) !== undefined);
  if (rule === undefined || ruleNode === undefined) {
    diagnostics.push(report.ruleSymbolUnknown({ expression: written.getText() }, { span: spanOf(written) }));
    return [];
  }
  const file = ruleNode.getSourceFile();
  const module = checker.getSymbolAtLocation(file);
  const exported = module && checker.getExportsOfModule(module).find((one) => resolveAlias(one, checker) === rule);
  const name = external.getText();
  if (exported === undefined) {
    diagnostics.push(report.ruleNotExported({ function: name, rule: written.getText() }, { span: spanOf(written) }));
    return [];
  }
  const own = checker.getTypeAtLocation(external).getCallSignatures()[0];
  const signature = checker.getTypeAtLocation(written).getCallSignatures()[0];
  if (own === undefined || signature === undefined) {
    diagnostics.push(report.ruleNotFunction({ function: name, rule: written.getText() }, { span: spanOf(written) }));
    return [];
  }
  const matched = matchRule(checker, types, node, own, signature);
  if ("reason" in matched) {
    const { reason, expected } = matched;
    diagnostics.push(
      report.ruleMistyped({ function: name, rule: written.getText(), reason, expected }, { span: spanOf(written) }),
    );
    return [];
  }
  return declarations.flatMap((one) => {
    const declared = declaredFunction(one);
    if (declared === undefined) return [];
    const id = functionId(declared);
    return [[id, { id, name: exported.getName(), file: file.fileName, ...matched }] as const];
  });
}

function symbolOf(node: ts.Expression, checker: ts.TypeChecker): ts.Symbol | undefined {
  const bare = unwrapped(node);
  const symbol = checker.getSymbolAtLocation(ts.isPropertyAccessExpression(bare) ? bare.name : bare);
  return symbol && resolveAlias(symbol, checker);
}

/** The node that a declaration of a function is known by. */
export function declaredFunction(declaration: ts.Node): ts.Node | undefined {
  if (
    ts.isFunctionDeclaration(declaration) ||
    ts.isMethodDeclaration(declaration) ||
    ts.isMethodSignature(declaration)
  ) {
    return declaration;
  }
  if (!ts.isVariableDeclaration(declaration)) return undefined;
  const value = declaration.initializer && unwrapped(declaration.initializer);
  if (value !== undefined && (ts.isArrowFunction(value) || ts.isFunctionExpression(value))) return value;
  return declaration;
}

/** The declaration of a function that has a registered rule. */
export function definedRule(symbol: ts.Symbol, program: Program): ts.Node | undefined {
  if (program.rules.size === 0) return undefined;
  for (const declaration of resolveAlias(symbol, program.checker).declarations ?? []) {
    const declared = declaredFunction(declaration);
    if (declared !== undefined && program.rules.has(functionId(declared))) return declared;
  }
  return undefined;
}
