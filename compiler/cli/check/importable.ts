/**
 * Makes compiled modules importable in this process without a bundler: they and the modules that they reach are transpiled
 * into a folder of their own, with the import specifiers rewritten to the copies.
 */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, extname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { OutputFile } from "../../api.ts";
import { findTsconfig, ts } from "../../frontend/project.ts";

/** A folder of importable copies. */
export interface Importable {
  /** The URL of a compiled module's copy. It exports, beside its own names, `checkedName(name)` of each compiled function. */
  readonly url: (file: OutputFile) => string;
  readonly dispose: () => void;
}

/** The name under which a copy exports a module's local value. */
export function checkedName(name: string): string {
  return `__fgrad_check_${name}`;
}

/** Node finds packages from a module's folder upwards: copies stand below the node_modules that the user's module sees. */
function folderFor(path: string): string {
  for (let at = dirname(path); ; at = dirname(at)) {
    const modules = join(at, "node_modules");
    if (existsSync(modules)) {
      try {
        mkdirSync(join(modules, ".fgrad"), { recursive: true });
        return mkdtempSync(join(modules, ".fgrad", "check-"));
      } catch {
        return mkdtempSync(join(tmpdir(), "fgrad-check-"));
      }
    }
    if (dirname(at) === at) return mkdtempSync(join(tmpdir(), "fgrad-check-"));
  }
}

function userOptions(tsconfig: string | undefined) {
  const read = tsconfig === undefined ? {} : ts.readConfigFile(tsconfig, ts.sys.readFile);
  const config = { ...read.config, files: ["-"], include: [] };
  return ts.parseJsonConfigFileContent(config, ts.sys, tsconfig === undefined ? "/" : dirname(tsconfig)).options;
}

const EMIT = {
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  allowImportingTsExtensions: true,
  resolveJsonModule: true,
  sourceMap: false,
  inlineSourceMap: false,
  declaration: false,
} as const;

/** Names declared at the top level of a module: only these can be exported by a line at its end. */
export function topLevelNames(code: string): ReadonlySet<string> {
  const names = new Set<string>();
  for (const statement of ts.createSourceFile("m.ts", code, ts.ScriptTarget.Latest).statements) {
    if ((ts.isFunctionDeclaration(statement) || ts.isClassDeclaration(statement)) && statement.name) {
      names.add(statement.name.text);
    }
    if (!ts.isVariableStatement(statement)) continue;
    for (const { name } of statement.declarationList.declarations) if (ts.isIdentifier(name)) names.add(name.text);
  }
  return names;
}

function withExports(file: OutputFile): string {
  const local = topLevelNames(file.code);
  const names = file.functions.map(({ name }) => name).filter((name) => local.has(name));
  if (names.length === 0) return file.code;
  return `${file.code}\nexport { ${names.map((name) => `${name} as ${checkedName(name)}`).join(", ")} };\n`;
}

/** Copies `files` and what they reach. Errors of file system and syntax appear when a copy is imported. */
export function makeImportable(files: readonly OutputFile[], tsconfig: string | undefined): Importable {
  const first = files[0]?.source ?? process.cwd();
  const folder = folderFor(first);
  const options = { ...userOptions(tsconfig ?? findTsconfig(dirname(first))), ...EMIT };
  const outputs = new Map(files.map((file) => [resolve(file.path), withExports(file)]));
  const names = new Map<string, string>();
  const queue: string[] = [];

  const host: ts.ModuleResolutionHost = {
    ...ts.sys,
    fileExists: (path) => outputs.has(resolve(path)) || ts.sys.fileExists(path),
    readFile: (path) => outputs.get(resolve(path)) ?? ts.sys.readFile(path),
  };

  const copyName = (path: string): string => {
    const known = names.get(path);
    if (known !== undefined) return known;
    const name = `m${names.size}.mjs`;
    names.set(path, name);
    queue.push(path);
    return name;
  };

  /** The source file that a specifier means, or undefined for what Node finds itself. */
  const target = (specifier: string, from: string): string | undefined => {
    const found = ts.resolveModuleName(specifier, from, options, host).resolvedModule;
    const path = found?.resolvedFileName;
    if (path !== undefined && !/\.d\.[cm]?ts$/.test(path)) {
      return found?.isExternalLibraryImport && /\.[cm]?js$/.test(path) ? undefined : resolve(path);
    }
    const itself = resolve(dirname(from), specifier);
    return specifier.startsWith(".") && existsSync(itself) ? itself : undefined;
  };

  const transpiled = (path: string): string => {
    const text = outputs.get(path) ?? readFileSync(path, "utf8");
    if (extname(path) === ".json") return `export default ${text};`;
    let code = ts.transpileModule(text, { compilerOptions: options, fileName: path }).outputText;
    const imports = ts.preProcessFile(code, true, true).importedFiles;
    for (const { fileName, pos, end } of [...imports].sort((a, b) => b.pos - a.pos)) {
      const file = target(fileName, path);
      if (file === undefined) continue;
      // The range may or may not hold the quotes: the specifier is what is looked for in it.
      const at = code.indexOf(fileName, pos);
      if (at <= end) code = `${code.slice(0, at)}./${copyName(file)}${code.slice(at + fileName.length)}`;
    }
    return code;
  };

  for (const path of outputs.keys()) copyName(path);
  for (let path = queue.shift(); path !== undefined; path = queue.shift()) {
    writeFileSync(join(folder, copyName(path)), transpiled(path));
  }
  return {
    url: (file) => pathToFileURL(join(folder, copyName(resolve(file.path)))).href,
    dispose: () => rmSync(folder, { recursive: true, force: true }),
  };
}
