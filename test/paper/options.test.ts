import { describe, expect, it } from "vitest";
import { EXPERIMENTS, parseOptions } from "./options.ts";

describe("the command line", () => {
  it("may be empty: everything, five seeds", () => {
    expect(parseOptions([])).toEqual({
      kind: "run",
      options: {
        experiments: EXPERIMENTS,
        quick: false,
        seeds: 5,
        most: Number.POSITIVE_INFINITY,
        again: false,
        data: undefined,
      },
    });
  });

  it("takes names, in the order in which they run", () => {
    expect(parseOptions(["fig4", "fig1", "--quick", "--again", "--steps", "30", "--data", "digits"])).toEqual({
      kind: "run",
      options: { experiments: ["fig1", "fig4"], quick: true, seeds: 2, most: 30, again: true, data: "digits" },
    });
    expect(parseOptions(["report"])).toMatchObject({ options: { experiments: [] } });
  });

  it("asks for help", () => {
    expect(parseOptions(["--help"]).kind).toBe("help");
  });

  it.each([
    [["fig7"], /There is no experiment "fig7"/],
    [["--seeds", "0"], /--seeds wants/],
    [["--seeds", "1.5"], /--seeds wants/],
    [["--steps", "none"], /--steps wants/],
    [["--data", ""], /--data wants/],
    [["--fast"], /--fast/],
  ])("says what is wrong with %j", (args, message) => {
    const parsed = parseOptions(args);
    expect(parsed.kind).toBe("wrong");
    expect(parsed.kind === "wrong" ? parsed.problem : "").toMatch(message);
  });
});
