import { describe, expect, it } from "vitest";
import { DEFAULT_SEED, DEFAULT_STEPS, parseOptions } from "../../fixtures/demo/options.ts";

describe("the command line", () => {
  it("may be empty", () => {
    expect(parseOptions([])).toEqual({
      kind: "run",
      options: { data: undefined, steps: DEFAULT_STEPS, seed: DEFAULT_SEED },
    });
  });

  it("takes a folder, steps and a seed", () => {
    expect(parseOptions(["--data", "some/dir", "--steps=500", "--seed", "0"])).toEqual({
      kind: "run",
      options: { data: "some/dir", steps: 500, seed: 0 },
    });
  });

  it("asks for help", () => {
    expect(parseOptions(["--help"]).kind).toBe("help");
    expect(parseOptions(["-h"]).kind).toBe("help");
  });

  it.each([
    [["--bogus"], /--bogus/],
    [["stray"], /stray/],
    [["--steps"], /--steps/],
    [["--steps", "0"], /--steps wants a whole number from 1/],
    [["--steps", "1e3"], /--steps wants/],
    [["--steps", "ten"], /"ten"/],
    [["--seed=-1"], /--seed wants a whole number from 0/],
    [["--seed", "99999999999999999999"], /--seed wants/],
    [["--data", ""], /--data wants the name of a folder/],
  ])("%j is wrong", (args, problem) => {
    const parsed = parseOptions(args);
    expect(parsed.kind).toBe("wrong");
    expect(parsed.kind === "wrong" && parsed.problem).toMatch(problem);
  });
});
