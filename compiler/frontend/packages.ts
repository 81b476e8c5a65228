/**
 * From a declaration to its source: what a `.d.ts` file says of JavaScript is followed into the JavaScript, beside it
 * or in the package that it belongs to. A source that the program has not read yet is asked for.
 */

import { existsSync, readFileSync, statSync } from "node:fs";
import { dirname, join, sep } from "node:path";
import { ts } from "ts-morph";

/** What leads from declarations to sources in one program. */
interface Sources {
  readonly program: ts.Program;
  /** Paths of JavaScript files that the program should have read. */
  readonly wanted: Set<string>;
}

const sourcesOf = new WeakMap<ts.TypeChecker, Sources>();

/** Lets declarations of this program lead to sources; returns the set of files that it is found to lack. */
export function followDeclarations(program: ts.Program): ReadonlySet<string> {
  const wanted = new Set<string>();
  sourcesOf.set(program.getTypeChecker(), { program, wanted });
  return wanted;
}

/** More text than a person writes is not read in search of a function. */
const largest = 4_000_000;

/**
 * What a symbol that is only declared stands for in JavaScript; nothing where that is not known, or not read yet.
 * `by`: the name by which it was imported or exported on the way.
 */
export function implementationOf(symbol: ts.Symbol, checker: ts.TypeChecker, by?: ts.Symbol): ts.Symbol | undefined {
  // A package that brings rules for fgrad is used by its declarations.
  if (symbol.declarations?.some((one) => one.getSourceFile().text.includes("@fgrad rule")) === true) return undefined;
  const sources = sourcesOf.get(checker);
  const declaration = symbol.declarations?.[0];
  const file = declaration?.getSourceFile();
  if (sources === undefined || declaration === undefined || file?.isDeclarationFile !== true) return undefined;
  if (sources.program.isSourceFileDefaultLibrary(file) || hasRule(symbol)) return undefined;
  // What a class or an interface has is no part of the module: it is found on objects.
  if (ts.isClassElement(declaration) || ts.isTypeElement(declaration)) return undefined;
  const script = scriptOf(file.fileName, by && specifierOfSymbol(by));
  if (script === undefined) return undefined;
  const read = sources.program.getSourceFile(script);
  if (read === undefined) {
    wantScript(script, checker);
    return undefined;
  }
  const module = moduleOf(read, checker);
  if (module === undefined) return undefined;
  const resolved = (one: ts.Symbol | undefined): ts.Symbol | undefined =>
    one !== undefined && one.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(one) : one;
  const member = (of: ts.Symbol | undefined, name: string): ts.Symbol | undefined =>
    of && resolved(checker.getExportsOfModule(of).find((one) => one.getName() === name));
  const declared = checker.getSymbolAtLocation(file)?.exports?.get(ts.InternalSymbolName.Default);
  const isDefault = resolved(declared) === symbol;
  const path = pathOf(declaration, symbol);
  const found =
    path.reduce<ts.Symbol | undefined>(member, module) ??
    importedNames(by).reduce<ts.Symbol | undefined>((before, name) => before ?? member(module, name), undefined) ??
    (isDefault ? member(module, "default") : undefined) ??
    resolved(module.exports?.get(ts.InternalSymbolName.ExportEquals));
  return found?.declarations === undefined ? undefined : found;
}

/** What a file is as a module, also in CommonJS, of which the checker says nothing when it is asked. */
export function moduleOf(file: ts.SourceFile, checker: ts.TypeChecker): ts.Symbol | undefined {
  const symbol: unknown = checker.getSymbolAtLocation(file) ?? Reflect.get(file, "symbol");
  return symbol as ts.Symbol | undefined;
}

/** Asks for the source of an imported name that has not even a declaration. */
export function wantImported(symbol: ts.Symbol, checker: ts.TypeChecker): void {
  const declaration = symbol.declarations?.[0];
  if (declaration === undefined) return;
  const specifier = specifierOf(declaration);
  // `export { f }` of what was imported says no more than its name.
  const local = ts.isExportSpecifier(declaration) && specifier === undefined;
  const own = local ? checker.getExportSpecifierLocalTargetSymbol(declaration) : undefined;
  if (own !== undefined && own !== symbol) return wantImported(own, checker);
  if (specifier === undefined) return;
  wantSpecifier(specifier, declaration, checker);
}

/** Asks for the source of what a module loads by a specifier. */
export function wantSpecifier(specifier: string, from: ts.Node, checker: ts.TypeChecker): void {
  const options = sourcesOf.get(checker)?.program.getCompilerOptions();
  if (options === undefined) return;
  const { resolvedModule } = ts.resolveModuleName(specifier, from.getSourceFile().fileName, options, ts.sys);
  const path = resolvedModule?.resolvedFileName;
  if (path !== undefined && /\.[cm]?jsx?$/.test(path)) wantScript(path, checker);
}

/** The script that a module loads by a specifier, once it is read. */
export function loadedScript(specifier: string, from: ts.Node, checker: ts.TypeChecker): ts.SourceFile | undefined {
  const program = sourcesOf.get(checker)?.program;
  if (program === undefined) return undefined;
  const options = program.getCompilerOptions();
  const { resolvedModule } = ts.resolveModuleName(specifier, from.getSourceFile().fileName, options, ts.sys);
  const path = resolvedModule?.resolvedFileName;
  const script = path !== undefined && /\.d\.[cm]?ts$/.test(path) ? scriptOf(path, specifier) : path;
  if (script === undefined || !/\.[cm]?jsx?$/.test(script)) return undefined;
  const read = program.getSourceFile(script);
  if (read === undefined) wantScript(script, checker);
  return read;
}

/** Asks for a script by its path, unless the program has it. */
export function wantScript(path: string, checker: ts.TypeChecker): void {
  const sources = sourcesOf.get(checker);
  if (sources === undefined || sources.program.getSourceFile(path) !== undefined) return;
  if (statSync(path).size <= largest) sources.wanted.add(path);
}

function importedNames(symbol: ts.Symbol | undefined): string[] {
  const declaration = symbol?.declarations?.[0];
  if (symbol === undefined || declaration === undefined) return [];
  if (ts.isImportClause(declaration)) return ["default"];
  if (!ts.isImportSpecifier(declaration)) return [symbol.getName()];
  return [(declaration.propertyName ?? declaration.name).text];
}

/** By what a name is imported from a package, when it is. */
function specifierOfSymbol(symbol: ts.Symbol): string | undefined {
  const declaration = symbol.declarations?.[0];
  return declaration && specifierOf(declaration);
}

function specifierOf(node: ts.Node): string | undefined {
  for (let at: ts.Node | undefined = node; at !== undefined; at = at.parent) {
    if (ts.isImportDeclaration(at) || ts.isExportDeclaration(at)) {
      return at.moduleSpecifier !== undefined && ts.isStringLiteral(at.moduleSpecifier)
        ? at.moduleSpecifier.text
        : undefined;
    }
    if (ts.isVariableDeclaration(at)) {
      const call = at.initializer;
      const first = call !== undefined && ts.isCallExpression(call) ? call.arguments[0] : undefined;
      return first !== undefined && ts.isStringLiteral(first) ? first.text : undefined;
    }
  }
  return undefined;
}

const hasRule = (symbol: ts.Symbol): boolean => symbol.getJsDocTags().some((tag) => tag.name === "fgrad");

/** The names that lead to a declaration from its module: those of namespaces, then its own. */
function pathOf(declaration: ts.Node, symbol: ts.Symbol): string[] {
  const names = [symbol.getName()];
  for (let at = declaration.parent; at !== undefined; at = at.parent) {
    if (ts.isModuleDeclaration(at) && ts.isIdentifier(at.name)) names.unshift(at.name.text);
  }
  return names;
}

/** The JavaScript that a declaration file describes; `specifier`: by what the package was imported. */
export function scriptOf(declarations: string, specifier?: string): string | undefined {
  const sibling = declarations.replace(/\.d\.([cm]?)ts$/, ".$1js");
  if (sibling !== declarations && existsSync(sibling)) return sibling;
  const inside = declarations.lastIndexOf(`${sep}node_modules${sep}`);
  if (inside === -1) return undefined;
  const modules = declarations.slice(0, inside + `${sep}node_modules${sep}`.length);
  const [first = "", second = ""] = declarations.slice(modules.length).split(sep);
  const name = first.startsWith("@") ? `${first}/${second}` : first;
  // `@types/a__b` describes `@a/b`.
  const described = first === "@types" ? second.replace(/^(.+?)__/, "@$1/") : name;
  const below = specifier?.startsWith(`${described}/`) === true ? specifier.slice(described.length) : "";
  return entryOf(join(modules, described), `.${below}`) ?? entryOf(join(modules, described), ".");
}

/** The module that a package is imported as, or that one below it (`./fn`) is. */
function entryOf(folder: string, below: string): string | undefined {
  const manifest = join(folder, "package.json");
  if (!existsSync(manifest)) return undefined;
  const read: unknown = JSON.parse(readFileSync(manifest, "utf8"));
  const field = (name: string): unknown =>
    typeof read === "object" && read !== null ? Reflect.get(read, name) : undefined;
  const own = exported(field("exports"), below);
  const candidates = below === "." ? [own, field("module"), field("main"), "index.js"] : [own, below];
  for (const candidate of candidates) {
    if (typeof candidate !== "string") continue;
    for (const ending of ["", ".js", "/index.js"]) {
      const path = join(folder, candidate + ending);
      if (/\.[cm]?js$/.test(path) && existsSync(path) && statSync(path).isFile()) return path;
    }
  }
  return undefined;
}

const conditions: ReadonlySet<string> = new Set(["import", "module", "node", "default"]);

/** What `exports` gives to an import of the package, or of what is below it. */
function exported(exports: unknown, below: string): unknown {
  if (typeof exports !== "object" || exports === null) return below === "." ? exports : undefined;
  if (Array.isArray(exports)) return exported(exports[0], below);
  const own: unknown = Reflect.get(exports, below);
  if (own !== undefined) return exported(own, ".");
  for (const [pattern, target] of Object.entries(exports)) {
    const [head = "", tail] = pattern.split("*");
    if (tail === undefined || !below.startsWith(head) || !below.endsWith(tail)) continue;
    const path = exported(target, ".");
    if (typeof path === "string") return path.replaceAll("*", below.slice(head.length, below.length - tail.length));
  }
  for (const [condition, target] of Object.entries(exports)) {
    const found = conditions.has(condition) ? exported(target, below) : undefined;
    if (typeof found === "string") return found;
  }
  return undefined;
}

/** Whether a file belongs to an installed package. */
export const isInstalled = (path: string): boolean => dirname(path).split(sep).includes("node_modules");
