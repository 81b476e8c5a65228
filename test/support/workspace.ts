/** Small programs as files in a folder of their own, so that the compiler reads them as it reads a user's. */

import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";

/** Sources by path, the entry being `main.ts`; a string stands for `main.ts` alone. */
export type Sources = string | Readonly<Record<string, string>>;

export interface Workspace {
  readonly folder: string;
  readonly tsconfig: string;
  /** Writes a program into a subfolder, and returns its files by absolute path with the entry's. */
  add(name: string, sources: Sources): Program;
  dispose(): void;
}

export interface Program {
  readonly files: Readonly<Record<string, string>>;
  readonly entry: string;
}

/** Compiler options that a workspace has beside `strict`. */
export const loose = {} as const;
export const careful = { noUncheckedIndexedAccess: true, exactOptionalPropertyTypes: true } as const;

const root = resolve(import.meta.dirname, "../..");

/** What `fgrad` and its parts mean to the type checker and to the oracle. */
export const packages: Readonly<Record<string, string>> = {
  fgrad: join(root, "runtime/index.ts"),
  "fgrad/kernels": join(root, "runtime/kernels/index.ts"),
};

export function makeWorkspace(options: Readonly<Record<string, unknown>> = loose): Workspace {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "fgrad-test-")));
  const tsconfig = join(folder, "tsconfig.json");
  const paths = Object.fromEntries(Object.entries(packages).map(([name, path]) => [name, [path]]));
  const compilerOptions = {
    target: "ES2022",
    lib: ["ES2022"],
    module: "ESNext",
    moduleResolution: "Bundler",
    strict: true,
    allowImportingTsExtensions: true,
    skipLibCheck: true,
    noEmit: true,
    types: [],
    paths,
    ...options,
  };
  writeFileSync(tsconfig, JSON.stringify({ compilerOptions }));
  return {
    folder,
    tsconfig,
    add(name, sources) {
      const files: Record<string, string> = {};
      for (const [path, text] of Object.entries(typeof sources === "string" ? { "main.ts": sources } : sources)) {
        const full = join(folder, name, path);
        mkdirSync(dirname(full), { recursive: true });
        writeFileSync(full, text);
        files[full] = text;
      }
      return { files, entry: join(folder, name, "main.ts") };
    },
    dispose: () => rmSync(folder, { recursive: true, force: true }),
  };
}

export const readText = (path: string): string => readFileSync(path, "utf8");
