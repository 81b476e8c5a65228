/** The type checker over many small modules at once, none of which is on disk; what does not change is kept. */

import ts from "typescript";

/** Errors of syntax and type of one of the files, found when they are asked for. */
export type ErrorsOf = (path: string) => readonly string[];

/** `options` as in a tsconfig.json, after parsing. */
export function makeTypeChecker(options: ts.CompilerOptions): (files: ReadonlyMap<string, string>) => ErrorsOf {
  const libraries = new Map<string, ts.SourceFile | undefined>();
  const host = ts.createCompilerHost(options, true);
  const { getSourceFile, fileExists, readFile } = host;
  let files: ReadonlyMap<string, string> = new Map();
  host.fileExists = (path) => files.has(path) || (!path.includes("/fgrad-fuzz/") && fileExists(path));
  host.readFile = (path) => files.get(path) ?? readFile(path);
  host.directoryExists = () => true;
  host.getSourceFile = (path, version, ...rest) => {
    const text = files.get(path);
    if (text !== undefined) return ts.createSourceFile(path, text, version, true);
    if (!libraries.has(path)) libraries.set(path, getSourceFile(path, version, ...rest));
    return libraries.get(path);
  };
  return (given) => {
    files = given;
    const program = ts.createProgram([...files.keys()], options, host);
    const known = new Map<string, readonly string[]>();
    return (path) => {
      const before = known.get(path);
      if (before !== undefined) return before;
      const file = program.getSourceFile(path);
      const errors = [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)].map((one) =>
        describe(file, one),
      );
      known.set(path, errors);
      return errors;
    };
  };
}

function describe(file: ts.SourceFile | undefined, { start, messageText, code }: ts.Diagnostic): string {
  const line = file !== undefined && start !== undefined ? file.getLineAndCharacterOfPosition(start).line : 0;
  const text = file?.text.split("\n")[line]?.trim() ?? "";
  return `TS${code} ${ts.flattenDiagnosticMessageText(messageText, " ")}   ${text}`;
}
