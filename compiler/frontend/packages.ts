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
  const script = scriptOf(file.fileName);
  if (script === undefined) return undefined;
  const read = sources.program.getSourceFile(script);
  if (read === undefined) {
    if (statSync(script).size <= largest) sources.wanted.add(script);
    return undefined;
  }
  const module = checker.getSymbolAtLocation(read);
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

/** Asks for the source of an imported name that has not even a declaration. */
export function wantImported(symbol: ts.Symbol, checker: ts.TypeChecker): void {
  const sources = sourcesOf.get(checker);
  const declaration = symbol.declarations?.[0];
  const specifier = declaration && specifierOf(declaration);
  if (sources === undefined || declaration === undefined || specifier === undefined) return;
  const { fileName } = declaration.getSourceFile();
  const { resolvedModule } = ts.resolveModuleName(specifier, fileName, sources.program.getCompilerOptions(), ts.sys);
  const path = resolvedModule?.resolvedFileName;
  if (path === undefined || !/\.[cm]?jsx?$/.test(path) || sources.program.getSourceFile(path) !== undefined) return;
  if (statSync(path).size <= largest) sources.wanted.add(path);
}

function importedNames(symbol: ts.Symbol | undefined): string[] {
  const declaration = symbol?.declarations?.[0];
  if (symbol === undefined || declaration === undefined) return [];
  if (ts.isImportClause(declaration)) return ["default"];
  if (!ts.isImportSpecifier(declaration)) return [symbol.getName()];
  return [(declaration.propertyName ?? declaration.name).text];
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

/** The JavaScript that a declaration file describes. */
export function scriptOf(declarations: string): string | undefined {
  const sibling = declarations.replace(/\.d\.([cm]?)ts$/, ".$1js");
  if (sibling !== declarations && existsSync(sibling)) return sibling;
  const inside = declarations.lastIndexOf(`${sep}node_modules${sep}`);
  if (inside === -1) return undefined;
  const modules = declarations.slice(0, inside + `${sep}node_modules${sep}`.length);
  const [first = "", second = ""] = declarations.slice(modules.length).split(sep);
  const name = first.startsWith("@") ? `${first}/${second}` : first;
  // `@types/a__b` describes `@a/b`.
  const described = first === "@types" ? second.replace(/^(.+?)__/, "@$1/") : name;
  return entryOf(join(modules, described));
}

/** The module that a package is imported as. */
function entryOf(folder: string): string | undefined {
  const manifest = join(folder, "package.json");
  if (!existsSync(manifest)) return undefined;
  const read: unknown = JSON.parse(readFileSync(manifest, "utf8"));
  const field = (name: string): unknown =>
    typeof read === "object" && read !== null ? Reflect.get(read, name) : undefined;
  const candidates = [exported(field("exports")), field("module"), field("main"), "index.js"];
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

/** What `exports` gives to an import of the package itself. */
function exported(exports: unknown): unknown {
  if (typeof exports !== "object" || exports === null) return exports;
  if (Array.isArray(exports)) return exported(exports[0]);
  const own: unknown = Reflect.get(exports, ".");
  if (own !== undefined) return exported(own);
  for (const [condition, target] of Object.entries(exports)) {
    const found = conditions.has(condition) ? exported(target) : undefined;
    if (typeof found === "string") return found;
  }
  return undefined;
}

/** Whether a file belongs to an installed package. */
export const isInstalled = (path: string): boolean => dirname(path).split(sep).includes("node_modules");
