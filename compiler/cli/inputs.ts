/** From what was named on the command line to the files that are compiled. */
import { readFileSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { globSync, isDynamicPattern } from "tinyglobby";
import { mentions } from "../hosts/mention.ts";

/** The files to compile (absolute paths), or why there are none. */
export type Inputs =
  | { readonly ok: true; readonly files: readonly string[] }
  | { readonly ok: false; readonly problem: string };

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}

/**
 * Files are taken as named. Of a glob's matches those are taken that mention fgrad or one of
 * the `functions` selected from outside; declarations, generated files and node_modules never.
 */
export function findInputs(inputs: readonly string[], directory: string, functions: readonly string[]): Inputs {
  const concerned = mentions(functions);
  const files = new Set<string>();
  for (const input of inputs) {
    const path = resolve(directory, input);
    if (isFile(path)) {
      files.add(path);
      continue;
    }
    if (!isDynamicPattern(input)) {
      const what = statSync(path, { throwIfNoEntry: false }) ? "is no file" : "does not exist";
      const advice = what === "is no file" ? ` To compile what is in it, name '${input}/**/*.ts'.` : "";
      return { ok: false, problem: `${input} ${what}.${advice}` };
    }
    const matches = globSync(input, {
      cwd: directory,
      absolute: true,
      ignore: ["**/node_modules/**", "**/*.fgrad.*", "**/*.d.{ts,mts,cts}"],
    }).filter((match) => /\.[cm]?[jt]sx?$/.test(match));
    if (matches.length === 0) return { ok: false, problem: `No source file matches ${input}.` };
    for (const match of matches.sort()) {
      if (concerned(readFileSync(match, "utf8"))) files.add(resolve(match));
    }
  }
  if (files.size > 0) return { ok: true, files: [...files] };
  return {
    ok: false,
    problem:
      "No function in the files that match is annotated with @fgrad. Annotate one, or select it with --function NAME.",
  };
}
