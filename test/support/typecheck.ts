/** The type checker's opinion of modules that are not on disk: of what the compiler generates. */

import { dirname } from "node:path";
import ts from "typescript";

const libraries = new Map<string, ts.SourceFile>();

/** Errors of syntax and type in files, by path; files without any are left out. */
export function typeErrors(
  tsconfig: string,
  paths: readonly string[],
  overlay: ReadonlyMap<string, string>,
  more: ts.CompilerOptions = {},
): Map<string, string[]> {
  const read = ts.readConfigFile(tsconfig, ts.sys.readFile);
  const parsed = ts.parseJsonConfigFileContent(
    { ...read.config, files: ["-"], include: [] },
    ts.sys,
    dirname(tsconfig),
  );
  const options = { ...parsed.options, ...more };
  const host = ts.createCompilerHost(options, true);
  const { getSourceFile, fileExists, readFile } = host;
  host.fileExists = (path) => overlay.has(path) || fileExists(path);
  host.readFile = (path) => overlay.get(path) ?? readFile(path);
  host.getSourceFile = (path, languageVersion, ...rest) => {
    const text = overlay.get(path);
    if (text !== undefined) return ts.createSourceFile(path, text, languageVersion, true);
    if (!/[/\\]lib\.[^/\\]*\.d\.ts$/.test(path)) return getSourceFile(path, languageVersion, ...rest);
    const known = libraries.get(path) ?? getSourceFile(path, languageVersion, ...rest);
    if (known !== undefined) libraries.set(path, known);
    return known;
  };
  const program = ts.createProgram([...paths], options, host);
  const found = new Map<string, string[]>();
  for (const path of paths) {
    const file = program.getSourceFile(path);
    const errors = [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)];
    if (errors.length === 0) continue;
    found.set(
      path,
      errors.map(({ start, messageText }) => {
        const line = file && start !== undefined ? file.text.slice(0, start).split("\n").length : 0;
        const text = file?.text.split("\n")[line - 1]?.trim() ?? "";
        return `${line}: ${ts.flattenDiagnosticMessageText(messageText, " ")}   ${text}`;
      }),
    );
  }
  return found;
}
