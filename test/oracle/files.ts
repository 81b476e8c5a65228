import { existsSync, readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import ts from "typescript";
import type { Files } from "./interpreter/modules.ts";

/**
 * The sources that `path` reaches by relative imports, keyed by absolute path, for the oracle's `files`. `packages` maps
 * bare specifiers to the file that stands for them, such as `{ "fgrad/kernels": ".../runtime/kernels/index.ts" }`.
 */
export function readModules(
  path: string,
  packages: Readonly<Record<string, string>> = {},
): { readonly files: Files; readonly entry: string } {
  const files: Record<string, string> = {};
  const visit = (file: string): void => {
    if (Object.hasOwn(files, file)) return;
    const text = readFileSync(file, "utf8");
    files[file] = text;
    for (const { fileName } of ts.preProcessFile(text, true, true).importedFiles) {
      const target = packages[fileName];
      if (target !== undefined) {
        files[fileName] = `export * from ${JSON.stringify(resolve(target))};`;
        visit(resolve(target));
      } else if (fileName.startsWith(".")) {
        const stem = resolve(dirname(file), fileName);
        const candidates = [stem, stem.replace(/\.[mc]?js$/, ".ts"), `${stem}.ts`, `${stem}/index.ts`];
        const found = candidates.find((candidate) => existsSync(candidate) && /\.[mc]?[jt]s$/.test(candidate));
        if (found !== undefined) visit(found);
      }
    }
  };
  visit(resolve(path));
  return { files, entry: resolve(path) };
}
