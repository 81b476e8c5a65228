/** Tangents written by hand: `@fgrad rule g_jvp` on a function, checked by type against g_jvp's signature. */

import type { Diagnostic } from "../api.ts";
import { report } from "../diagnostics/messages.ts";
import { didYouMean } from "../diagnostics/suggest.ts";
import type { FunctionId } from "../ir/types.ts";
import type { Rule } from "../passes/activity/program.ts";
import { functionId, functionName, functionOfSymbol, resolveAlias } from "./functions.ts";
import { type Program, ts } from "./project.ts";
import { canCarry, type TypeReader } from "./types.ts";

type Declared = ts.FunctionDeclaration | ts.FunctionExpression | ts.ArrowFunction | ts.MethodDeclaration;

/** The name of the rule in a declaration's JSDoc, and its tag. */
export function ruleTag(node: ts.Node): { readonly rule: string; readonly tag: ts.JSDocTag } | undefined {
  const places: ts.Node[] = [node];
  if (ts.isVariableDeclaration(node.parent)) places.push(node.parent, node.parent.parent.parent);
  for (const place of places) {
    for (const tag of ts.getJSDocTags(place)) {
      if (tag.tagName.text !== "fgrad") continue;
      const found = /^rule\s+(\S+)/.exec((ts.getTextOfJSDocComment(tag.comment) ?? "").trim());
      if (found?.[1] !== undefined) return { rule: found[1], tag };
    }
  }
  return undefined;
}

/** The declaration of a function with a rule, when it has no body to be found by: from a `.d.ts`. */
export function ruledDeclaration(symbol: ts.Symbol, checker: ts.TypeChecker): ts.Node | undefined {
  for (const declaration of resolveAlias(symbol, checker).declarations ?? []) {
    if (ts.isFunctionDeclaration(declaration) && ruleTag(declaration) !== undefined) return declaration;
    if (ts.isVariableDeclaration(declaration) && ruleTagOfVariable(declaration)) return declaration;
  }
  return undefined;
}

const ruleTagOfVariable = (declaration: ts.VariableDeclaration): boolean =>
  ts
    .getJSDocTags(declaration)
    .some((tag) => tag.tagName.text === "fgrad" && /^rule\b/.test(ts.getTextOfJSDocComment(tag.comment) ?? ""));

/** Reads and checks the rule of a function. Nothing when it has none; what is wrong goes to `diagnostics`. */
export function readRule(
  program: Program,
  types: TypeReader,
  id: FunctionId,
  node: ts.Node,
  diagnostics: Diagnostic[],
): Rule | undefined {
  const found = ruleTag(node);
  if (found === undefined || !isDeclared(node)) return undefined;
  const { checker } = program;
  const name = functionName(node) ?? "the function";
  const file = node.getSourceFile();
  const place = {
    span: {
      file: file.fileName,
      start: found.tag.getStart(),
      end: found.tag.getStart() + `@fgrad rule ${found.rule}`.length,
    },
    function: name,
  };
  const module = checker.getSymbolAtLocation(file);
  const exports = module === undefined ? [] : checker.getExportsOfModule(module);
  const exported = exports.find((symbol) => symbol.getName() === found.rule);
  if (exported === undefined) {
    const local = checker.resolveName(found.rule, node, ts.SymbolFlags.Value, false);
    if (local !== undefined) diagnostics.push(report.ruleNotExported({ function: name, rule: found.rule }, place));
    else {
      const known = exports.map((symbol) => symbol.getName());
      diagnostics.push(
        report.ruleMissing({ function: name, rule: found.rule, suggestion: didYouMean(found.rule, known) }, place),
      );
    }
    return undefined;
  }
  const type = checker.getTypeOfSymbolAtLocation(resolveAlias(exported, checker), node);
  const signature = type.getCallSignatures()[0];
  if (signature === undefined) {
    diagnostics.push(report.ruleNotFunction({ function: name, rule: found.rule }, place));
    return undefined;
  }
  const own = checker.getSignatureFromDeclaration(node);
  const matched = own === undefined ? "it has no signature." : match(checker, types, node, own, signature);
  if (typeof matched === "string") {
    const expected = own === undefined ? "" : expectedText(checker, types, node, own);
    diagnostics.push(report.ruleMistyped({ function: name, rule: found.rule, reason: matched, expected }, place));
    return undefined;
  }
  return { id, name: found.rule, file: file.fileName, ...matched };
}

/** A rule's signature held against its function's: what it takes, or what is wrong and what would be right. */
export function matchRule(
  checker: ts.TypeChecker,
  types: TypeReader,
  node: ts.Node,
  own: ts.Signature,
  rule: ts.Signature,
): Matched | { readonly reason: string; readonly expected: string } {
  const matched = match(checker, types, node, own, rule);
  return typeof matched === "string" ? { reason: matched, expected: expectedText(checker, types, node, own) } : matched;
}

/** The function that a rule is, when it has a body. */
export function ruleFunction(program: Program, rule: Rule): FunctionId | undefined {
  const { checker } = program;
  const file = program.file(rule.file);
  const module = file && checker.getSymbolAtLocation(file);
  const exported = module && checker.getExportsOfModule(module).find((symbol) => symbol.getName() === rule.name);
  const node = exported && functionOfSymbol(exported, checker);
  return node === undefined ? undefined : functionId(node);
}

const isDeclared = (node: ts.Node): node is Declared =>
  ts.isFunctionDeclaration(node) ||
  ts.isFunctionExpression(node) ||
  ts.isArrowFunction(node) ||
  ts.isMethodDeclaration(node);

type Matched = Pick<Rule, "tangents" | "result">;

/** Walks both parameter lists: each primal parameter, and its tangent where the rule has one of the name `x_t`. */
function match(
  checker: ts.TypeChecker,
  types: TypeReader,
  node: ts.Node,
  own: ts.Signature,
  rule: ts.Signature,
): Matched | string {
  const typeOf = (symbol: ts.Symbol): ts.Type => checker.getTypeOfSymbolAtLocation(symbol, node);
  const text = (type: ts.Type): string => checker.typeToString(type, node);
  const primals = own.getParameters();
  const given = rule.getParameters();
  const interleaved = primals.length + primals.filter((symbol) => canCarry(types.of(typeOf(symbol)))).length;
  const byCount = given.length === interleaved;
  const tangents: Rule["tangents"][number][] = [];
  let at = 0;
  for (const primal of primals) {
    const parameter = given[at];
    if (parameter === undefined) return `it takes no parameter for ${primal.getName()}.`;
    if (!checker.isTypeAssignableTo(typeOf(primal), typeOf(parameter))) {
      return `its parameter ${parameter.getName()} is of type ${text(typeOf(parameter))} where ${primal.getName()} is ${text(typeOf(primal))}.`;
    }
    at++;
    const carries = canCarry(types.of(typeOf(primal)));
    const next = given[at];
    const follows = next !== undefined && (next.getName() === `${primal.getName()}_t` || (byCount && carries));
    if (!follows) {
      tangents.push("none");
      continue;
    }
    at++;
    const type = typeOf(next);
    const optional =
      (type.flags & ts.TypeFlags.Union) !== 0 &&
      (type as ts.UnionType).types.some((member) => member.flags & ts.TypeFlags.Undefined);
    const tangent = checker.getNonNullableType(type);
    const primalType = checker.getNonNullableType(typeOf(primal));
    if (!checker.isTypeAssignableTo(primalType, tangent)) {
      return `its parameter ${next.getName()} is of type ${text(type)}, which can't hold the tangent of ${primal.getName()}: ${text(primalType)}.`;
    }
    const isOptional =
      optional ||
      (next.valueDeclaration !== undefined &&
        ts.isParameter(next.valueDeclaration) &&
        next.valueDeclaration.questionToken !== undefined);
    tangents.push(isOptional ? "optional" : "required");
  }
  const extra = given[at];
  if (extra !== undefined) return `its parameter ${extra.getName()} belongs to no parameter of the function.`;
  if (tangents.every((tangent) => tangent === "none")) return "it takes no tangent (a tangent of x is called x_t).";

  const result = own.getReturnType();
  if (result.flags & (ts.TypeFlags.Void | ts.TypeFlags.Undefined)) return { tangents, result: "none" };
  const pair = rule.getReturnType();
  const parts = checker.getTypeArguments(pair as ts.TypeReference);
  // JavaScript that returns a pair is inferred to return an array.
  const [value, slope] = checker.isTupleType(pair) ? parts : checker.isArrayType(pair) ? [parts[0], parts[0]] : [];
  if (value === undefined || slope === undefined) {
    return `it returns ${text(pair)}, not a pair of the value and its tangent.`;
  }
  if (!checker.isTypeAssignableTo(value, result))
    return `the value it returns is of type ${text(value)}, not ${text(result)}.`;
  if (!checker.isTypeAssignableTo(slope, result)) {
    return `the tangent it returns is of type ${text(slope)}, not ${text(result)}.`;
  }
  return {
    tangents,
    result: types.of(result).kind === "number" ? "number" : canCarry(types.of(result)) ? "reference" : "none",
  };
}

function expectedText(checker: ts.TypeChecker, types: TypeReader, node: ts.Node, own: ts.Signature): string {
  const parameters = own.getParameters().flatMap((symbol) => {
    const type = checker.getTypeOfSymbolAtLocation(symbol, node);
    const text = checker.typeToString(type, node);
    const plain = `${symbol.getName()}: ${text}`;
    return canCarry(types.of(type)) ? [plain, `${symbol.getName()}_t: ${text} | undefined`] : [plain];
  });
  const result = checker.typeToString(own.getReturnType(), node);
  return `(${parameters.join(", ")}) => ${result === "void" ? "void" : `[${result}, ${result}]`}`;
}
