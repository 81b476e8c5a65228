// Builds dist/: JavaScript with source maps and declarations, file by file. `npm run build`.

import { chmodSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import ts from "typescript";

const root = fileURLToPath(new URL("..", import.meta.url));

const config = ts.getParsedCommandLineOfConfigFile(`${root}tsconfig.build.json`, undefined, {
  ...ts.sys,
  onUnRecoverableConfigFileDiagnostic: (problem) => stopAt([problem]),
});
const program = ts.createProgram(config.fileNames, config.options);
stopAt([...config.errors, ...ts.getPreEmitDiagnostics(program)]);

rmSync(`${root}dist`, { recursive: true, force: true });
const { diagnostics } = program.emit(undefined, (path, text) => ts.sys.writeFile(path, withEmittedNames(path, text)));
stopAt(diagnostics);
chmodSync(`${root}dist/compiler/cli.js`, 0o755);

/** TypeScript renames `./a.ts` to `./a.js` in the JavaScript that it emits, but not in declarations. */
function withEmittedNames(path, text) {
  return path.endsWith(".d.ts") ? text.replace(/(\bfrom |\bimport\()"(\.[^"]*)\.ts"/g, '$1"$2.js"') : text;
}

function stopAt(problems) {
  if (problems.length === 0) return;
  const host = {
    getCurrentDirectory: () => root,
    getNewLine: () => "\n",
    getCanonicalFileName: (name) => name,
  };
  console.error(ts.formatDiagnosticsWithColorAndContext(problems, host));
  process.exit(1);
}
