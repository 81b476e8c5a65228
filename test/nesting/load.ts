/** Small programs, compiled as a bundler compiles them, and run. */

import { join, resolve } from "node:path";
import { build } from "esbuild";
import { pluginOver } from "../../compiler/esbuild.ts";
import { type CompileResult, createHost } from "../../compiler/index.ts";
import { typeErrors } from "../support/typecheck.ts";
import { makeWorkspace, type Sources } from "../support/workspace.ts";

const root = resolve(import.meta.dirname, "../..");
const host = createHost();
export const workspace = makeWorkspace({ noUncheckedIndexedAccess: true });
let count = 0;

/** Any function of a module. */
// biome-ignore lint/suspicious/noExplicitAny: what a test calls is known to the test alone.
export type Module = Readonly<Record<string, (...args: any[]) => any>>;

/** Compiles `main.ts` and all that it leads to, checks the types of what comes out, and runs the module. */
export async function load(sources: Sources, options: { readonly order?: number } = {}): Promise<Module> {
  const { entry } = workspace.add(`program${++count}`, sources);
  const result = host.compile({ files: [entry], tsconfig: workspace.tsconfig, ...options });
  const wrong = result.diagnostics.filter(({ severity }) => severity === "error");
  if (wrong.length > 0) throw new Error(wrong.map(({ code, message }) => `${code} ${message}`).join("\n"));
  const overlay = new Map(result.files.map(({ path, code }) => [path, code]));
  const mistyped = [...typeErrors(workspace.tsconfig, [...overlay.keys()], overlay)];
  if (mistyped.length > 0) {
    throw new Error(mistyped.map(([path, errors]) => `${errors.join("\n")}\n${overlay.get(path)}`).join("\n"));
  }
  const { outputFiles } = await build({
    entryPoints: [entry],
    absWorkingDir: workspace.folder,
    outfile: join(workspace.folder, "out.mjs"),
    bundle: true,
    write: false,
    format: "esm",
    logLevel: "silent",
    alias: { fgrad: join(root, "runtime/index.ts"), "fgrad/kernels": join(root, "runtime/kernels/index.ts") },
    plugins: [pluginOver(() => host, { tsconfig: workspace.tsconfig, ...options })],
  });
  const text = outputFiles[0]?.text ?? "";
  return import(`data:text/javascript;base64,${Buffer.from(text).toString("base64")}`);
}

/** What the compiler says of a program. */
export function diagnose(sources: Sources, options: { readonly order?: number } = {}): CompileResult["diagnostics"] {
  const { entry } = workspace.add(`program${++count}`, sources);
  return host.compile({ files: [entry], tsconfig: workspace.tsconfig, ...options }).diagnostics;
}
