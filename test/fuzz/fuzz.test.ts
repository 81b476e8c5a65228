import { existsSync, readdirSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { CompileResult } from "../../compiler/index.ts";
import { readModules } from "../oracle/files.ts";
import { checkCall, compileFiles, errorsOf, told } from "../support/compile.ts";
import { typeErrors } from "../support/typecheck.ts";
import { isBug, makeChecker } from "./check.ts";
import { makeProgram } from "./program.ts";

const folder = resolve(import.meta.dirname, "../../fixtures/regressions");

describe("what was found and mended stays so", () => {
  const paths = existsSync(folder) ? readdirSync(folder).filter((name) => /^[\w-]+\.ts$/.test(name)) : [];
  const files = paths.map((path) => join(folder, path));
  let result: CompileResult;
  beforeAll(() => {
    result = compileFiles(files);
  });

  test.each(files.map((path) => [basename(path, ".ts"), path] as const))("%s", async (_, path) => {
    expect(told(errorsOf(result, path))).toBe("");
    const { examples }: { examples: readonly (readonly unknown[])[] } = await import(path);
    const program = readModules(path);
    const output = result.files.find(({ source }) => source === path);
    for (const { name } of output?.functions ?? []) {
      for (const args of examples) checkCall(program, result.files, { function: name, args });
    }
    expect(output?.functions.length).toBeGreaterThan(0);
  });

  test("type-checks", () => {
    const overlay = new Map(result.files.map(({ path, code }) => [path, code]));
    const options = { noUnusedLocals: false, noUnusedParameters: false, noFallthroughCasesInSwitch: false };
    const found = typeErrors(resolve(folder, "../../tsconfig.json"), [...overlay.keys()], overlay, options);
    expect([...found].flatMap(([path, lines]) => lines.map((line) => `${basename(path)}:${line}`))).toEqual([]);
  });
});

describe.each([
  ["as most people write", false],
  ["without unchecked element reads", true],
] as const)("random programs, %s", (_, careful) => {
  const checker = makeChecker(careful);
  afterAll(() => {
    checker.dispose();
  });

  test("are as right compiled as they are", async () => {
    const first = careful ? 1000 : 0;
    const programs = Array.from({ length: 30 }, (__, i) => makeProgram(first + i, careful));
    const verdicts = await checker.check(programs, { twice: true });
    const bugs = verdicts.flatMap((verdict, i) =>
      isBug(verdict) ? [`seed ${programs[i]?.seed}: ${verdict.key}\n${verdict.text}`] : [],
    );
    expect(bugs).toEqual([]);
    expect(verdicts.filter(({ kind }) => kind === "passed").length).toBeGreaterThan(15);
  });
});
