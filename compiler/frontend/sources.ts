/** What the later stations ask of source files as text and modules. */

import type { DeclaredVariable, SourceView } from "../backend/emit.ts";
import type { Place } from "../backend/place.ts";
import type { Sources } from "../backend/plan.ts";
import type { ModuleVariableId } from "../ir/types.ts";
import type { Instance, Rule } from "../passes/activity/program.ts";
import { bodyAround } from "./bodies.ts";
import { isCommonJs, isExported, resolveAlias, statementOf } from "./functions.ts";
import { assignedPlace, givenBack, literalPlace, nameOfValue } from "./holders.ts";
import type { FunctionLibrary } from "./library.ts";
import { identifiersIn } from "./lower/index.ts";
import { variableOfInitial } from "./moduleVariables.ts";
import { scriptOf, wantScript } from "./packages.ts";
import { type Program, ts } from "./project.ts";
import { functionClassOf, prototypeMember } from "./prototypes.ts";

export interface SourceQueries extends Sources {
  view(file: string): SourceView;
  place(instance: Instance): Place;
  declared(id: ModuleVariableId): DeclaredVariable | undefined;
}

export function createSources(
  program: Program,
  library: FunctionLibrary,
  byName: ReadonlySet<Instance>,
): SourceQueries {
  const { checker } = program;
  const sourceFile = (path: string): ts.SourceFile => {
    const file = program.file(path);
    if (file === undefined) throw new Error(`${path} is not part of the program`);
    return file;
  };

  return {
    identifiers: (file) => identifiersIn(sourceFile(file)),
    commonjs: (file) => isCommonJs(sourceFile(file)),
    leads(file, inPackages) {
      const from = program.file(file);
      if (from === undefined || from.isDeclarationFile) return [];
      // What is declared leads on by its script, which may not have been read so far.
      for (const { target } of inPackages ? viewOf(program, from).specifiers : []) {
        const script = target !== undefined && /\.d\.[cm]?ts$/.test(target) ? scriptOf(target) : undefined;
        if (script !== undefined) wantScript(script, checker);
      }
      return viewOf(program, from).specifiers.flatMap(({ target, script }) => script ?? target ?? []);
    },
    exported(instance) {
      const node = library.node(instance.form.id);
      return node !== undefined && (isExported(node, checker) || byName.has(instance));
    },
    importRule: (from, rule) => importRule(program, sourceFile(from), rule),
    place(instance) {
      const ofPrototype = prototypePlace(library, instance);
      if (ofPrototype !== undefined) return ofPrototype;
      const node = library.node(instance.form.id) ?? memberNode(library, instance);
      if (node !== undefined && instance.form.memberOf !== undefined) {
        const behindClass = statementOf(node)?.getEnd() ?? node.getEnd();
        return { at: node.getEnd(), hoisted: true, reference: memberReference(instance), behindClass };
      }
      const empty = node === undefined ? library.classNode(instance.form.id) : undefined;
      if (empty !== undefined && ts.isClassLike(empty)) {
        const behindClass = statementOf(empty)?.getEnd() ?? empty.getEnd();
        return { at: empty.members.pos, hoisted: true, reference: memberReference(instance), behindClass };
      }
      const variable = variableOfInitial(instance.form.id);
      const begun = variable === undefined ? undefined : library.variableNode(variable);
      if (begun !== undefined) return { at: begun.parent.parent.getEnd(), hoisted: false, reference: undefined };
      const given = node && givenBack(node);
      const statement = node && statementOf(node);
      if (node === undefined || statement === undefined) return { at: 0, hoisted: false, reference: undefined };
      const reference = referenceTo(node);
      const wrapper = opening(node);
      const place = {
        ...{ at: statement.getEnd(), hoisted: ts.isFunctionDeclaration(node), reference },
        ...(wrapper !== undefined && { wrapper }),
        ...(given !== undefined && outside(given)),
      };
      const own = ts.isFunctionExpression(node) ? node.name?.text : undefined;
      if (own === undefined || reference === undefined || isTaken(node, own)) return place;
      if (!mentionsItself(node, own)) return place;
      return { ...place, alias: `const ${own} = ${reference}` };
    },
    declared(id) {
      const node = library.variableNode(id);
      const statement = node?.parent.parent;
      if (node === undefined || statement === undefined || !ts.isVariableStatement(statement)) return undefined;
      const exported = statement.modifiers?.some((one) => one.kind === ts.SyntaxKind.ExportKeyword) === true;
      const typeText = node.type?.getText() ?? library.typeText(node);
      return { behind: statement.getEnd(), typeText, exported };
    },
    view: (path) => viewOf(program, sourceFile(path)),
  };
}

/** Where the object that a wrapper gives back can be named, and how. */
function outside({
  call,
  name,
}: {
  readonly call: ts.Node;
  readonly name?: string;
}): { readonly behindClass: number; readonly reference: string } | undefined {
  const file = call.getSourceFile();
  const holder = nameOfValue(call);
  if (holder !== undefined) {
    const behindClass = statementOf(call)?.getEnd() ?? file.getEnd();
    return { behindClass, reference: name === undefined ? holder : `${holder}.${name}` };
  }
  return isCommonJs(file) && name !== undefined
    ? { behindClass: file.getEnd(), reference: `module.exports.${name}` }
    : undefined;
}

/** Where the innermost wrapper around a function begins: behind its directives. */
function opening(node: ts.Node): number | undefined {
  const body = bodyAround(node);
  if (ts.isSourceFile(body) || !ts.isBlock(body.body)) return undefined;
  let at = body.body.statements.pos;
  for (const statement of body.body.statements) {
    if (!ts.isExpressionStatement(statement) || !ts.isStringLiteral(statement.expression)) break;
    at = statement.getEnd();
  }
  return at;
}

/** Whether a function's own name is that of something else where its tangent stands. */
const isTaken = (node: ts.Node, own: string): boolean => {
  const locals: unknown = Reflect.get(bodyAround(node), "locals");
  return locals instanceof Map && locals.has(own);
};

/** Whether a function expression calls itself by its own name. */
function mentionsItself(node: ts.Node, own: string): boolean {
  const visit = (at: ts.Node): boolean =>
    (ts.isIdentifier(at) && at.text === own && at.parent !== node) ||
    (ts.forEachChild(at, (child) => visit(child) || undefined) ?? false);
  return visit(node);
}

/** Where the tangent of a member of a prototype is put into that prototype. */
function prototypePlace(library: FunctionLibrary, { form }: Instance): Place | undefined {
  const method = library.node(form.id);
  const member = method && prototypeMember(method);
  const class_ = method === undefined ? library.classNode(form.id) : undefined;
  const built = class_ === undefined || ts.isClassLike(class_) ? undefined : functionClassOf(class_);
  const at = member?.behind ?? built?.settled;
  const holder = member?.holder ?? built?.name;
  const node = member?.node ?? built?.node;
  if (at === undefined || holder === undefined || node === undefined) return undefined;
  const wrapper = opening(node);
  const place = { at, hoisted: false, reference: undefined, prototype: `${holder}.prototype` };
  return wrapper === undefined ? place : { ...place, wrapper };
}

/** Behind which member of its class a constructor's tangent stands: the constructor, or the last one. */
function memberNode(library: FunctionLibrary, instance: Instance): ts.Node | undefined {
  const node = library.classNode(instance.form.id);
  if (node === undefined || !ts.isClassLike(node)) return undefined;
  return node.members.find(ts.isConstructorDeclaration) ?? node?.members.at(-1);
}

/** How a module names a static method of its own; others are called on their objects. */
function memberReference(instance: Instance): string | undefined {
  const { memberOf, name } = instance.form;
  if (memberOf === undefined || memberOf.className === "" || name.startsWith("#")) return undefined;
  return memberOf.role === "static" ? `${memberOf.className}.${name}` : undefined;
}

/** How a module names a function of its own. */
function referenceTo(node: ts.Node): string | undefined {
  if (ts.isFunctionDeclaration(node)) return node.name?.text;
  const kept = assignedPlace(node)?.getText() ?? literalPlace(node);
  if (kept !== undefined) return kept;
  let at = node.parent;
  while (ts.isParenthesizedExpression(at) || ts.isAsExpression(at) || ts.isSatisfiesExpression(at)) at = at.parent;
  return ts.isVariableDeclaration(at) && ts.isIdentifier(at.name) ? at.name.text : undefined;
}

/** An import through which a module can have a rule: the one that it has the primal from, wherever that can be. */
function importRule(
  program: Program,
  from: ts.SourceFile,
  rule: Rule,
): { specifier: string; name: string } | undefined {
  if (from.fileName === rule.file) return undefined;
  const { checker } = program;
  const home = program.file(rule.file);
  const module = home && checker.getSymbolAtLocation(home);
  const wanted = module && checker.getExportsOfModule(module).find((symbol) => symbol.getName() === rule.name);
  const target = wanted && resolveAlias(wanted, checker);
  for (const statement of from.statements) {
    if (!ts.isImportDeclaration(statement) || !ts.isStringLiteral(statement.moduleSpecifier)) continue;
    const imported = checker.getSymbolAtLocation(statement.moduleSpecifier);
    if (imported === undefined) continue;
    for (const symbol of checker.getExportsOfModule(imported)) {
      if (resolveAlias(symbol, checker) === target)
        return { specifier: statement.moduleSpecifier.text, name: symbol.getName() };
    }
  }
  return { specifier: rule.file, name: rule.name };
}

function viewOf(program: Program, file: ts.SourceFile): SourceView {
  const specifiers: SourceView["specifiers"][number][] = [];
  const add = (literal: ts.Node | undefined): void => {
    if (literal === undefined || !ts.isStringLiteralLike(literal)) return;
    const symbol = program.checker.getSymbolAtLocation(literal);
    const target = symbol?.declarations?.find(ts.isSourceFile)?.fileName;
    const script = target === undefined || !/\.d\.[cm]?ts$/.test(target) ? undefined : scriptOf(target);
    const read = script !== undefined && program.file(script) !== undefined;
    const range = { start: literal.getStart(), end: literal.getEnd(), text: literal.text };
    specifiers.push({ ...range, target, ...(read && { script }) });
  };
  const commonjs = isCommonJs(file);
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) add(node.moduleSpecifier);
    if (ts.isCallExpression(node) && isModuleCall(node.expression, commonjs)) add(node.arguments[0]);
    if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) add(node.argument.literal);
    ts.forEachChild(node, visit);
  };
  visit(file);
  return { text: file.text, syntax: file, specifiers, commonjs };
}

/** `import(…)`, and `require(…)` where that is what modules are loaded with. */
const isModuleCall = (callee: ts.Expression, commonjs: boolean): boolean =>
  callee.kind === ts.SyntaxKind.ImportKeyword || (commonjs && ts.isIdentifier(callee) && callee.text === "require");
