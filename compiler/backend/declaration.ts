/**
 * Declarations (`.d.ts`) of compiled modules. Generated functions carry all their types, and so do most exports of
 * numeric code: then the text of the module is enough. Where a type has to be inferred, a program is asked that shares
 * its parsed files with the one at hand.
 */

import { ts } from "../frontend/project.ts";

/** A compiled module. */
export interface DeclaredModule {
  /** Absolute path, ending in `.ts`. */
  readonly path: string;
  readonly code: string;
}

/** The declarations of compiled modules, by path. `program`: the one that the modules were compiled from. */
export function declarationsOf(modules: readonly DeclaredModule[], program: ts.Program): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  const open: DeclaredModule[] = [];
  for (const module of modules) {
    const text = declaredAlone(module);
    if (text === undefined) open.push(module);
    else found.set(module.path, text);
  }
  if (open.length > 0) {
    const inferred = declaredTogether(modules, open, program);
    for (const { path } of open) found.set(path, inferred.get(path) ?? "");
  }
  return found;
}

/** The declarations of a module by its text alone: types that come by inference from other modules are `any` in them. */
export function declarationOf(module: DeclaredModule): string {
  return transpiled(module).text;
}

function declaredAlone(module: DeclaredModule): string | undefined {
  const { text, complete } = transpiled(module);
  return complete ? text : undefined;
}

/** `complete`: no type had to be inferred. */
function transpiled(module: DeclaredModule): { readonly text: string; readonly complete: boolean } {
  const { outputText, diagnostics = [] } = ts.transpileDeclaration(module.code, {
    fileName: module.path,
    reportDiagnostics: true,
    compilerOptions: {
      target: ts.ScriptTarget.ES2022,
      module: ts.ModuleKind.ESNext,
      declaration: true,
      isolatedDeclarations: true,
      strict: true,
      newLine: ts.NewLineKind.LineFeed,
    },
  });
  const complete = diagnostics.every((diagnostic) => diagnostic.category !== ts.DiagnosticCategory.Error);
  return { text: outputText, complete };
}

/** With the checker; compiled modules see each other, though none is on disk. */
function declaredTogether(
  modules: readonly DeclaredModule[],
  open: readonly DeclaredModule[],
  program: ts.Program,
): ReadonlyMap<string, string> {
  const options: ts.CompilerOptions = {
    ...program.getCompilerOptions(),
    noEmit: false,
    declaration: true,
    emitDeclarationOnly: true,
    declarationMap: false,
    composite: false,
    incremental: false,
    isolatedDeclarations: false,
    noEmitOnError: false,
    newLine: ts.NewLineKind.LineFeed,
  };
  const overlay = new Map(modules.map((module) => [module.path, module.code]));
  const parsed = new Map<string, ts.SourceFile>();
  const host = ts.createCompilerHost(options, true);
  const { getSourceFile, fileExists, readFile } = host;
  const library = program.getSourceFiles().find((file) => program.isSourceFileDefaultLibrary(file));
  if (library !== undefined) {
    const folder = library.fileName.slice(0, library.fileName.lastIndexOf("/"));
    host.getDefaultLibLocation = () => folder;
    host.getDefaultLibFileName = () => library.fileName;
  }
  host.fileExists = (path) => overlay.has(path) || fileExists.call(host, path);
  host.readFile = (path) => overlay.get(path) ?? readFile.call(host, path);
  host.getSourceFile = (path, version, ...rest) => {
    const code = overlay.get(path);
    if (code === undefined) return program.getSourceFile(path) ?? getSourceFile.call(host, path, version, ...rest);
    const file = parsed.get(path) ?? ts.createSourceFile(path, code, version, true);
    parsed.set(path, file);
    return file;
  };
  const declaring = ts.createProgram({ rootNames: open.map((module) => module.path), options, host });
  const texts = new Map<string, string>();
  for (const { path } of open) {
    const write: ts.WriteFileCallback = (_, text) => {
      texts.set(path, text);
    };
    declaring.emit(declaring.getSourceFile(path), write, undefined, true);
  }
  return texts;
}
