import { existsSync, readdirSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { readModules } from "../oracle/files.ts";
import { checkCall, compileFiles, errorsOf, told } from "../support/compile.ts";
import { isBug, makeChecker } from "./check.ts";
import { makeProgram } from "./program.ts";

const folder = resolve(import.meta.dirname, "../../fixtures/regressions");

describe("what was found and mended stays so", () => {
  const paths = existsSync(folder) ? readdirSync(folder).filter((name) => /^[\w-]+\.ts$/.test(name)) : [];
  test.each(paths.map((path) => [basename(path, ".ts"), join(folder, path)] as const))("%s", async (_, path) => {
    const result = compileFiles([path]);
    expect(told(errorsOf(result))).toBe("");
    const { examples }: { examples: readonly (readonly unknown[])[] } = await import(path);
    const program = readModules(path);
    const output = result.files.find(({ source }) => source === path);
    for (const { name } of output?.functions ?? []) {
      for (const args of examples) checkCall(program, result.files, { function: name, args });
    }
    expect(output?.functions.length).toBeGreaterThan(0);
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
