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

/** What a tag names: a rule, and perhaps another for several directions at once. */
export const RULE_TAG = /^rule\s+([^\s,]+)(?:\s*,\s*([^\s,]+))?\s*$/;

interface RuleTag {
  readonly rule: string;
  readonly several: string | undefined;
  readonly tag: ts.JSDocTag;
}

/** The names of the rules in a declaration's JSDoc, and its tag. */
export function ruleTag(node: ts.Node): RuleTag | undefined {
  const places: ts.Node[] = [node];
  if (ts.isVariableDeclaration(node.parent)) places.push(node.parent, node.parent.parent.parent);
  for (const place of places) {
    for (const tag of ts.getJSDocTags(place)) {
      if (tag.tagName.text !== "fgrad") continue;
      const [line = ""] = (ts.getTextOfJSDocComment(tag.comment) ?? "").trim().split("\n");
      const found = RULE_TAG.exec(line.trim());
      if (found?.[1] !== undefined) return { rule: found[1], several: found[2], tag };
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
  const matchedBy = (rule: string, lanes: boolean): Matched | undefined => {
    const exported = exports.find((symbol) => symbol.getName() === rule);
    if (exported === undefined) {
      const local = checker.resolveName(rule, node, ts.SymbolFlags.Value, false);
      if (local !== undefined) diagnostics.push(report.ruleNotExported({ function: name, rule }, place));
      else {
        const known = exports.map((symbol) => symbol.getName());
        diagnostics.push(report.ruleMissing({ function: name, rule, suggestion: didYouMean(rule, known) }, place));
      }
      return undefined;
    }
    const type = checker.getTypeOfSymbolAtLocation(resolveAlias(exported, checker), node);
    const signature = type.getCallSignatures()[0];
    if (signature === undefined) {
      diagnostics.push(report.ruleNotFunction({ function: name, rule }, place));
      return undefined;
    }
    const own = checker.getSignatureFromDeclaration(node);
    const matched = own === undefined ? "it has no signature." : match(checker, types, node, own, signature, lanes);
    if (typeof matched !== "string") return matched;
    const expected = own === undefined ? "" : expectedText(checker, types, node, own, lanes);
    diagnostics.push(report.ruleMistyped({ function: name, rule, reason: matched, expected }, place));
    return undefined;
  };
  const matched = matchedBy(found.rule, false);
  if (matched === undefined) return undefined;
  const rule = { id, name: found.rule, file: file.fileName, ...matched };
  if (found.several === undefined) return rule;
  const many = matchedBy(found.several, true);
  return many && { ...rule, several: { name: found.several, tangents: many.tangents } };
}

/** A rule's signature held against its function's: what it takes, or what is wrong and what would be right. */
export function matchRule(
  checker: ts.TypeChecker,
  types: TypeReader,
  node: ts.Node,
  own: ts.Signature,
  rule: ts.Signature,
): Matched | { readonly reason: string; readonly expected: string } {
  const matched = match(checker, types, node, own, rule, false);
  if (typeof matched !== "string") return matched;
  return { reason: matched, expected: expectedText(checker, types, node, own, false) };
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

/**
 * Walks both parameter lists: each primal parameter, and its tangent where the rule has one of the name `x_t`. A rule for several directions takes
 * lists of tangents, and returns them behind the value.
 */
function match(
  checker: ts.TypeChecker,
  types: TypeReader,
  node: ts.Node,
  own: ts.Signature,
  rule: ts.Signature,
  lanes: boolean,
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
    const one = lanes ? elementOf(checker, type) : type;
    if (one === undefined) {
      return `its parameter ${next.getName()} is of type ${text(type)}, which is no list of tangents.`;
    }
    const optional =
      (one.flags & ts.TypeFlags.Union) !== 0 &&
      (one as ts.UnionType).types.some((member) => member.flags & ts.TypeFlags.Undefined);
    const tangent = checker.getNonNullableType(one);
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

/** What an array holds; nothing for what is none. */
function elementOf(checker: ts.TypeChecker, type: ts.Type): ts.Type | undefined {
  return checker.isArrayType(type) ? checker.getTypeArguments(type as ts.TypeReference)[0] : undefined;
}

function expectedText(
  checker: ts.TypeChecker,
  types: TypeReader,
  node: ts.Node,
  own: ts.Signature,
  lanes: boolean,
): string {
  const parameters = own.getParameters().flatMap((symbol) => {
    const type = checker.getTypeOfSymbolAtLocation(symbol, node);
    const text = checker.typeToString(type, node);
    const plain = `${symbol.getName()}: ${text}`;
    return canCarry(types.of(type))
      ? [plain, `${symbol.getName()}_t: ${lanes ? `readonly (${text} | undefined)[]` : `${text} | undefined`}`]
      : [plain];
  });
  const result = checker.typeToString(own.getReturnType(), node);
  return `(${parameters.join(", ")}) => ${result === "void" ? "void" : `[${result}, ${lanes ? `...(${result})[]` : result}]`}`;
}
