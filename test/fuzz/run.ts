/** Runs modules given as text, with their console recorded and their time limited. */

import { Script } from "node:vm";
import { transform } from "esbuild";

/** TypeScript to CommonJS, types removed. */
export async function toJavaScript(text: string): Promise<string> {
  const { code } = await transform(text, {
    loader: "ts",
    format: "cjs",
    target: "node20",
    tsconfigRaw: { compilerOptions: { target: "ES2022", useDefineForClassFields: true } },
  });
  return code;
}

type Exports = Record<string, unknown>;

export interface Loaded {
  readonly exports: Exports;
  /** What the console was given, in order. */
  readonly log: unknown[][];
}

/** Loads a module with the modules it imports by `./NAME`. `files`: CommonJS by name without folder. */
export function load(files: ReadonlyMap<string, string>, entry: string): Loaded {
  const log: unknown[][] = [];
  const recorded = { log: (...values: unknown[]) => log.push(structuredClone(values)) };
  const modules = new Map<string, Exports>();
  const require = (specifier: string): Exports => {
    const name = specifier.replace("./", "");
    const known = modules.get(name);
    if (known !== undefined) return known;
    const code = files.get(name);
    if (code === undefined) throw new Error(`no module ${specifier}`);
    const module = { exports: {} as Exports };
    modules.set(name, module.exports);
    new Function("require", "module", "exports", "console", code)(require, module, module.exports, recorded);
    modules.set(name, module.exports);
    return module.exports;
  };
  return { exports: require(`./${entry}`), log };
}

const KEY = "fgradFuzzThunk";
const starter = new Script(`globalThis.${KEY}()`);

export class TookTooLong extends Error {}

/** Calls a function that may not end. @throws {TookTooLong} after a second */
export function limited<T>(thunk: () => T): T {
  Reflect.set(globalThis, KEY, thunk);
  try {
    return starter.runInThisContext({ timeout: 1000 }) as T;
  } catch (error) {
    if (error instanceof Error && Reflect.get(error, "code") === "ERR_SCRIPT_EXECUTION_TIMEOUT")
      throw new TookTooLong("no end");
    throw error;
  }
}
