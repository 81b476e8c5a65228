import ts from "typescript";
import { globalScope } from "./globals.ts";
import { OracleError } from "./run.ts";
import { boundNames, type Cell, childScope, initialize, isAmbient, type Scope, varNames } from "./scope.ts";
import { DEFAULT_EXPORT, executeHoisted, hoistBlock } from "./statements.ts";

/** Module sources by path; bare specifiers may be keys too. */
export type Files = Readonly<Record<string, string>>;

/** What bare specifiers import that no file stands for. */
export type Externals = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** The file or external module that a specifier means inside `from`; undefined when there is none. */
export function resolveModule(files: Files, externals: Externals, from: string, specifier: string): string | undefined {
  const path = specifier.startsWith(".") ? joinPath(from, specifier) : specifier;
  const stem = path.replace(/\.[mc]?js$/, "");
  const candidates = [path, `${stem}.ts`, `${path}.ts`, `${path}/index.ts`];
  return candidates.find((candidate) => Object.hasOwn(files, candidate) || Object.hasOwn(externals, candidate));
}

function joinPath(from: string, relative: string): string {
  const parts = from.split("/").slice(0, -1);
  for (const part of relative.split("/")) {
    if (part === "..") parts.pop();
    else if (part !== ".") parts.push(part);
  }
  return parts.join("/");
}

interface Module {
  readonly source: ts.SourceFile;
  readonly scope: Scope;
  /** Exported name to the local one. */
  readonly locals: Map<string, string>;
  /** Exported name to where it comes from; `*` as name is the namespace. */
  readonly indirect: Map<string, { readonly from: string; readonly name: string }>;
  readonly stars: string[];
  readonly requests: string[];
  state: "new" | "running" | "done";
}

/** Loads, links and runs `entry` with all it imports; returns the exports of `entry` by name. */
export function runModules(files: Files, externals: Externals, entry: string): (name: string) => unknown {
  const modules = new Map<string, Module>();
  const target = (from: string, node: ts.Expression): string => {
    const specifier = (node as ts.StringLiteral).text;
    const path = resolveModule(files, externals, from, specifier);
    if (path === undefined) throw new OracleError(`${from}: no module ${specifier}`);
    return path;
  };
  const load = (path: string): void => {
    const text = files[path];
    if (modules.has(path) || text === undefined) return;
    const module = parseModule(path, text, target);
    modules.set(path, module);
    module.requests.forEach(load);
  };
  const exported = (path: string, name: string, seen: readonly string[] = []): Cell | undefined => {
    const key = `${path}\0${name}`;
    const module = modules.get(path);
    if (module === undefined) return constantCell(externals[path]?.[name]);
    if (seen.includes(key)) return undefined;
    const local = module.locals.get(name);
    if (local !== undefined) return module.scope.cells.get(local);
    const indirect = module.indirect.get(name);
    if (indirect !== undefined) {
      return indirect.name === "*"
        ? constantCell(namespace(indirect.from))
        : exported(indirect.from, indirect.name, [...seen, key]);
    }
    if (name === "default") return undefined;
    for (const star of module.stars) {
      const cell = exported(star, name, [...seen, key]);
      if (cell !== undefined) return cell;
    }
    return undefined;
  };
  const names = (path: string, seen: readonly string[] = []): string[] => {
    const module = modules.get(path);
    if (module === undefined) return Object.keys(externals[path] ?? {});
    if (seen.includes(path)) return [];
    const stars = module.stars.flatMap((star) => names(star, [...seen, path]).filter((name) => name !== "default"));
    return [...new Set([...module.locals.keys(), ...module.indirect.keys(), ...stars])];
  };
  const namespace = (path: string): object => {
    const object = {};
    for (const name of names(path)) {
      Object.defineProperty(object, name, { enumerable: true, get: () => exported(path, name)?.value });
    }
    return object;
  };
  const link = (path: string, module: Module): void => {
    for (const statement of module.source.statements) {
      if (!ts.isImportDeclaration(statement) || statement.importClause === undefined) continue;
      const clause = statement.importClause;
      if (clause.isTypeOnly) continue;
      const from = target(path, statement.moduleSpecifier);
      const take = (name: string, local: string): void => {
        const cell = exported(from, name);
        if (cell !== undefined) module.scope.cells.set(local, cell);
      };
      if (clause.name !== undefined) take("default", clause.name.text);
      const bindings = clause.namedBindings;
      if (bindings === undefined) continue;
      if (ts.isNamespaceImport(bindings)) initialize(module.scope, bindings.name.text, namespace(from));
      else for (const { propertyName, name } of bindings.elements) take((propertyName ?? name).text, name.text);
    }
  };
  const run = (path: string): void => {
    const module = modules.get(path);
    if (module === undefined || module.state !== "new") return;
    module.state = "running";
    module.requests.forEach(run);
    executeHoisted(module.source.statements, module.scope);
    module.state = "done";
  };
  load(entry);
  for (const module of modules.values()) {
    for (const name of varNames(module.source)) initialize(module.scope, name, undefined);
    hoistBlock(module.source.statements, module.scope);
  }
  for (const [path, module] of modules) link(path, module);
  run(entry);
  return (name) => exported(entry, name)?.value;
}

function constantCell(value: unknown): Cell | undefined {
  return value === undefined ? undefined : { value, initialized: true, constant: true };
}

function parseModule(path: string, text: string, target: (from: string, node: ts.Expression) => string): Module {
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  const module: Module = {
    source,
    scope: childScope(globalScope()),
    locals: new Map(),
    indirect: new Map(),
    stars: [],
    requests: [],
    state: "new",
  };
  for (const statement of source.statements) {
    if (ts.isImportDeclaration(statement)) {
      if (statement.importClause?.isTypeOnly) continue;
      module.requests.push(target(path, statement.moduleSpecifier));
    } else if (ts.isExportDeclaration(statement)) {
      if (!statement.isTypeOnly) collectExports(statement, module, (node) => target(path, node));
    } else if (ts.isExportAssignment(statement)) {
      module.locals.set("default", DEFAULT_EXPORT);
    } else {
      collectExported(statement, module);
    }
  }
  return module;
}

function collectExports(node: ts.ExportDeclaration, module: Module, target: (node: ts.Expression) => string): void {
  const from = node.moduleSpecifier === undefined ? undefined : target(node.moduleSpecifier);
  if (from !== undefined) module.requests.push(from);
  const clause = node.exportClause;
  if (clause === undefined) {
    if (from !== undefined) module.stars.push(from);
  } else if (ts.isNamespaceExport(clause)) {
    if (from !== undefined) module.indirect.set(clause.name.text, { from, name: "*" });
  } else {
    for (const { isTypeOnly, propertyName, name } of clause.elements) {
      const inner = (propertyName ?? name).text;
      if (isTypeOnly) continue;
      if (from === undefined) module.locals.set(name.text, inner);
      else module.indirect.set(name.text, { from, name: inner });
    }
  }
}

function collectExported(statement: ts.Statement, module: Module): void {
  const modifiers = ts.canHaveModifiers(statement) ? (ts.getModifiers(statement) ?? []) : [];
  const has = (kind: ts.SyntaxKind): boolean => modifiers.some((modifier) => modifier.kind === kind);
  if (!has(ts.SyntaxKind.ExportKeyword) || isAmbient(statement)) return;
  if (ts.isVariableStatement(statement)) {
    for (const declaration of statement.declarationList.declarations) {
      for (const name of boundNames(declaration.name)) module.locals.set(name, name);
    }
  } else if (ts.isFunctionDeclaration(statement) || ts.isClassDeclaration(statement)) {
    const local = statement.name?.text ?? DEFAULT_EXPORT;
    module.locals.set(has(ts.SyntaxKind.DefaultKeyword) ? "default" : local, local);
  } else if (ts.isEnumDeclaration(statement)) {
    module.locals.set(statement.name.text, statement.name.text);
  }
}
