/** The type checker over many small modules at once, none of which is on disk; what does not change is kept. */

import ts from "typescript";

export interface Checked {
  /** Errors of syntax and type by path; files without any are left out. */
  readonly errors: ReadonlyMap<string, readonly string[]>;
}

/** `options` as in a tsconfig.json, after parsing. */
export function makeTypeChecker(options: ts.CompilerOptions): (files: ReadonlyMap<string, string>) => Checked {
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
    const errors = new Map<string, string[]>();
    for (const path of files.keys()) {
      const file = program.getSourceFile(path);
      const found = [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)];
      if (found.length > 0)
        errors.set(
          path,
          found.map((one) => describe(file, one)),
        );
    }
    return { errors };
  };
}

function describe(file: ts.SourceFile | undefined, { start, messageText, code }: ts.Diagnostic): string {
  const line = file !== undefined && start !== undefined ? file.getLineAndCharacterOfPosition(start).line : 0;
  const text = file?.text.split("\n")[line]?.trim() ?? "";
  return `TS${code} ${ts.flattenDiagnosticMessageText(messageText, " ")}   ${text}`;
}
