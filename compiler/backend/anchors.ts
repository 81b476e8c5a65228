/** Where in a user's module generated text may stand. */

import { ts } from "../frontend/project.ts";

export interface Anchors {
  /** Behind byte order mark and `#!` line, in front of everything else. */
  readonly top: number;
  /** Behind directives and the imports that open the module: nothing of the user's has run yet. */
  readonly beforeStatements: number;
  /** The end of the line on which an offset stands, when but blanks and comments follow on it; else the offset. */
  behind(offset: number): number;
  /** Whether a statement that starts ahead of `offset` may call functions when the module is evaluated. */
  runsBefore(offset: number): boolean;
  /** A name of the language's as it is known here: a module may have declared that name for something of its own. */
  global(name: string): string;
}

/** Reads a module's text on its own. */
export const readSyntax = (path: string, text: string): ts.SourceFile =>
  ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);

/** Finds the places in a module's text. */
export function anchorsIn(file: ts.SourceFile): Anchors {
  const { text } = file;
  const mark = text.startsWith("\uFEFF") ? 1 : 0;
  const shebang = /^#![^\r\n]*(?:\r\n|\n|$)/.exec(text.slice(mark))?.[0] ?? "";
  const top = mark + shebang.length;
  const behind = (offset: number): number => endOfLine(text, offset);

  let beforeStatements = top;
  let directives = true;
  for (const statement of file.statements) {
    directives &&= ts.isExpressionStatement(statement) && ts.isStringLiteral(statement.expression);
    if (!directives && !ts.isImportDeclaration(statement) && !ts.isImportEqualsDeclaration(statement)) break;
    beforeStatements = behind(statement.getEnd());
  }
  const own = declaredNames(file);
  return {
    top,
    beforeStatements,
    global: (name) => (own.has(name) ? `globalThis.${name}` : name),
    behind,
    runsBefore: (offset) => file.statements.some((statement) => statement.getEnd() < offset && runs(statement)),
  };
}

/** What a module declares at its top level, imports included. */
function declaredNames(file: ts.SourceFile): ReadonlySet<string> {
  const names = new Set<string>();
  const bind = (name: ts.BindingName): void => {
    if (ts.isIdentifier(name)) names.add(name.text);
    else for (const element of name.elements) if (ts.isBindingElement(element)) bind(element.name);
  };
  for (const statement of file.statements) {
    if (ts.isVariableStatement(statement)) for (const one of statement.declarationList.declarations) bind(one.name);
    const named =
      ts.isFunctionDeclaration(statement) || ts.isClassDeclaration(statement) || ts.isEnumDeclaration(statement);
    if (named && statement.name !== undefined) names.add(statement.name.text);
    if (ts.isModuleDeclaration(statement) && ts.isIdentifier(statement.name)) names.add(statement.name.text);
    const clause = ts.isImportDeclaration(statement) ? statement.importClause : undefined;
    if (clause?.name !== undefined) names.add(clause.name.text);
    const bindings = clause?.namedBindings;
    if (bindings !== undefined && ts.isNamespaceImport(bindings)) names.add(bindings.name.text);
    if (bindings !== undefined && ts.isNamedImports(bindings))
      for (const one of bindings.elements) names.add(one.name.text);
  }
  return names;
}

function endOfLine(text: string, offset: number): number {
  const rest = /^[ \t]*(?:\/\*(?:(?!\*\/)[^\n])*\*\/[ \t]*)*(?:\/\/[^\r\n]*)?(?=\r?\n|$)/.exec(text.slice(offset));
  return rest === null ? offset : offset + rest[0].length;
}

/** Whether evaluating a statement of a module may call a function. */
function runs(statement: ts.Statement): boolean {
  if (
    ts.isFunctionDeclaration(statement) ||
    ts.isImportDeclaration(statement) ||
    ts.isInterfaceDeclaration(statement) ||
    ts.isTypeAliasDeclaration(statement) ||
    ts.isExportDeclaration(statement) ||
    ts.isImportEqualsDeclaration(statement) ||
    ts.isEmptyStatement(statement)
  ) {
    return false;
  }
  return calls(statement);
}

function calls(node: ts.Node): boolean {
  if (ts.isFunctionExpression(node) || ts.isArrowFunction(node) || ts.isTypeNode(node)) return false;
  if (ts.isMethodDeclaration(node) || ts.isConstructorDeclaration(node) || ts.isAccessor(node)) return false;
  if (ts.isCallExpression(node) || ts.isNewExpression(node) || ts.isTaggedTemplateExpression(node)) return true;
  return ts.forEachChild(node, (child) => calls(child) || undefined) ?? false;
}
