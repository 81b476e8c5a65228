import { readdirSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import type { CompileResult, OutputFile } from "../../compiler/index.ts";
import { compileFiles, errorsOf, told } from "../support/compile.ts";
import { typeErrors } from "../support/typecheck.ts";

// What the compiler makes of each fixture is kept beside it, to be read and to be compared. `npm run golden` writes it
// anew after a change that is meant; the difference is then part of what is reviewed.

const root = resolve(import.meta.dirname, "../..");

/** Modules of a folder that are written by people. */
const fixturesIn = (folder: string): string[] =>
  readdirSync(join(root, folder))
    .filter((name) => /^[\w-]+\.ts$/.test(name))
    .map((name) => join(root, folder, name));

const sources = [...fixturesIn("fixtures"), ...fixturesIn("fixtures/models")];

describe("golden files", () => {
  let result: CompileResult;
  let outputs: readonly OutputFile[] = [];
  beforeAll(() => {
    result = compileFiles(sources);
    outputs = result.files.filter(({ path }) => path.startsWith(join(root, "fixtures")));
  });

  test("every fixture is compiled, without errors", () => {
    expect(told(errorsOf(result))).toBe("");
    const made = new Set(outputs.map(({ source }) => source));
    expect(sources.filter((source) => !made.has(source))).toEqual([]);
  });

  test.each(sources.map((source) => [relative(root, source), source] as const))("%s", async (_, source) => {
    const output = outputs.find((one) => one.source === source);
    if (output === undefined) throw new Error("not compiled");
    await expect(output.code, "Run `npm run golden` when the change is meant.").toMatchFileSnapshot(output.path);
  });

  test("all of it type-checks as strictly as the project itself", () => {
    const overlay = new Map(outputs.map(({ path, code }) => [path, code]));
    const options = { noUnusedLocals: false, noUnusedParameters: false, noFallthroughCasesInSwitch: false };
    const found = typeErrors(join(root, "tsconfig.json"), [...overlay.keys()], overlay, options);
    const errors = [...found].flatMap(([path, lines]) => lines.map((line) => `${relative(root, path)}:${line}`));
    const unsound = errors.filter((error) => !error.includes("Unused '@ts-expect-error'"));
    expect(unsound).toEqual([]);
  });

  test("modules that fixtures import are kept too, and nothing else is", async () => {
    const paths = outputs.map(({ path }) => path).sort();
    for (const { path, code } of outputs) await expect(code).toMatchFileSnapshot(path);
    const folders = ["fixtures", "fixtures/models", "fixtures/lib"];
    const kept = folders.flatMap((folder) =>
      readdirSync(join(root, folder))
        .filter((name) => name.endsWith(".fgrad.ts"))
        .map((name) => join(root, folder, name)),
    );
    expect(kept.sort()).toEqual(paths);
  });

  test("compiled twice is compiled once", () => {
    const again = compileFiles([...sources].reverse());
    const codes = (files: readonly OutputFile[]) => new Map(files.map(({ path, code, map }) => [path, [code, map]]));
    expect([...codes(again.files)].sort()).toEqual([...codes(result.files)].sort());
  });
});
