/**
 * The one place that knows ts-morph: a project that stays alive between compilations, with few libraries loaded.
 * Everything else sees TypeScript's own nodes and checker through `Program`.
 */

import { existsSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { type CompilerOptions, Project, ts } from "ts-morph";
import type { FunctionId } from "../ir/types.ts";
import type { Rule } from "../passes/activity/program.ts";
import { followDeclarations, isInstalled } from "./packages.ts";

export { ts };

/** What the stations need of TypeScript. */
export interface Program {
  readonly checker: ts.TypeChecker;
  readonly options: ts.CompilerOptions;
  file(path: string): ts.SourceFile | undefined;
  files(): readonly ts.SourceFile[];
  /** Errors of syntax alone; type errors are the type checker's business. */
  syntaxErrors(file: ts.SourceFile): readonly ts.DiagnosticWithLocation[];
  readonly raw: ts.Program;
  /** Rules registered by `defineRule`, by the declaration of their function. */
  readonly rules: Map<FunctionId, Rule>;
  /** JavaScript that was asked for and is not part of the program. */
  readonly wanted: ReadonlySet<string>;
}

export interface ProgramHost {
  /**
   * The program with these files in it, and the packages' sources named in `more`. Throws nothing for a missing file:
   * `file()` is then undefined.
   */
  open(paths: readonly string[], tsconfig: string | undefined, more?: readonly string[]): Program;
  invalidate(paths: readonly string[]): void;
}

const libraries = ["lib.es2022.d.ts"];

/** Options that every program has, whatever the user's configuration says: what costs start-up time is left out. */
const fixedOptions: CompilerOptions = {
  lib: libraries,
  types: [],
  allowJs: true,
  checkJs: false,
  skipLibCheck: true,
  noEmit: true,
  allowImportingTsExtensions: true,
  noUnusedLocals: false,
  noUnusedParameters: false,
};

const defaultOptions: CompilerOptions = {
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  strict: true,
};

/** The nearest tsconfig.json at or above a folder. */
export function findTsconfig(folder: string): string | undefined {
  for (let at = resolve(folder); ; at = dirname(at)) {
    const path = join(at, "tsconfig.json");
    if (existsSync(path)) return path;
    if (dirname(at) === at) return undefined;
  }
}

/** A tsconfig.json that cannot be read, with TypeScript's own words for it. */
export class ConfigurationError extends Error {
  readonly path: string;
  constructor(path: string, message: string) {
    super(message);
    this.path = path;
  }
}

function readOptions(tsconfig: string | undefined): CompilerOptions {
  if (tsconfig === undefined) return { ...defaultOptions, ...fixedOptions };
  const read = ts.readConfigFile(tsconfig, ts.sys.readFile);
  if (read.error !== undefined) {
    throw new ConfigurationError(tsconfig, ts.flattenDiagnosticMessageText(read.error.messageText, "\n"));
  }
  // No file list is wanted, only the options: an empty `files` keeps TypeScript from walking the folder.
  const parsed = ts.parseJsonConfigFileContent(
    { ...read.config, files: ["-"], include: [] },
    ts.sys,
    dirname(tsconfig),
    undefined,
    tsconfig,
  );
  const options: CompilerOptions = { ...defaultOptions, ...parsed.options, ...fixedOptions };
  delete options.composite;
  delete options.incremental;
  delete options.tsBuildInfoFile;
  delete options.rootDir;
  delete options.outDir;
  delete options.declaration;
  delete options.declarationMap;
  delete options.isolatedDeclarations;
  return options;
}

export function createProgramHost(): ProgramHost {
  const projects = new Map<string, { project: Project; changed: Set<string> }>();

  // Installed JavaScript is read only where a program is known to lead there: all of it would be much.
  const projectFor = (tsconfig: string | undefined, deep: boolean) => {
    const key = `${tsconfig ?? ""}${deep ? " deep" : ""}`;
    let entry = projects.get(key);
    if (entry === undefined) {
      const project = new Project({
        compilerOptions: { ...readOptions(tsconfig), ...(deep && { maxNodeModuleJsDepth: 20 }) },
        skipAddingFilesFromTsConfig: true,
        skipFileDependencyResolution: true,
      });
      entry = { project, changed: new Set() };
      projects.set(key, entry);
    }
    return entry;
  };

  return {
    open(paths, tsconfig, more = []) {
      const entry = projectFor(tsconfig, more.length > 0 || paths.some(isInstalled));
      const { project } = entry;
      for (const path of entry.changed) {
        const known = project.getSourceFile(path);
        if (known === undefined) continue;
        if (existsSync(path)) known.refreshFromFileSystemSync();
        else project.removeSourceFile(known);
      }
      entry.changed.clear();
      for (const path of [...paths, ...more]) {
        if (existsSync(path) && statSync(path).isFile()) project.addSourceFileAtPathIfExists(path);
      }
      const program = project.getProgram().compilerObject;
      return {
        checker: program.getTypeChecker(),
        options: program.getCompilerOptions(),
        file: (path) => program.getSourceFile(path),
        files: () => program.getSourceFiles(),
        syntaxErrors: (file) => program.getSyntacticDiagnostics(file),
        raw: program,
        rules: new Map(),
        wanted: followDeclarations(program),
      };
    },
    invalidate(paths) {
      for (const entry of projects.values()) for (const path of paths) entry.changed.add(path);
    },
  };
}
