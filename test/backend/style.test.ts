import { describe, expect, test } from "vitest";
import { detectStyle } from "../../compiler/backend/style.ts";

describe("habits of a file", () => {
  const block = (step: string) =>
    `function f() {\n${step}if (x) {\n${step}${step}return 1;\n${step}}\n${step}return 2;\n}\n`;

  test.each([["  "], ["    "], ["\t"], ["   "]])("indentation by %j", (step) => {
    expect(detectStyle(block(step)).indent).toBe(step);
  });

  test("comments with a margin of stars do not count", () => {
    expect(detectStyle(`/**\n * one\n * two\n * three\n */\n${block("    ")}`).indent).toBe("    ");
  });

  test("quotes", () => {
    expect(detectStyle("import a from 'a';\nconst b = \"it's\";\nconst c = 'c';\n").quote).toBe("'");
    expect(detectStyle('import a from "a";\n').quote).toBe('"');
  });

  test("semicolons", () => {
    expect(detectStyle("const a = 1\nconst b = f(\n  a,\n)\nreturn a // yes\n").semicolons).toBe(false);
    expect(detectStyle("const a = 1;\nconst b = {\n  a,\n};\nreturn a; // yes\n").semicolons).toBe(true);
  });

  test("line ends", () => {
    expect(detectStyle("a;\r\nb;\r\n").newline).toBe("\r\n");
    expect(detectStyle("a;\nb;\r\nc;\n").newline).toBe("\n");
  });

  test("width: up to 120 when lines are that long, comments left aside", () => {
    expect(detectStyle(`const a = ${"x".repeat(107)};\n`).width).toBe(118);
    expect(detectStyle(`const a = ${"x".repeat(300)};\n`).width).toBe(120);
    expect(detectStyle(`// ${"x".repeat(300)}\nconst a = 1;\n`).width).toBe(100);
    expect(detectStyle("const a = 1;\n".repeat(100)).width).toBe(80);
  });

  test("commas at the end of lists", () => {
    expect(detectStyle("f(\n  a,\n  b\n);\n").trailingCommas).toBe(false);
    expect(detectStyle("f(\n  a,\n  b,\n);\n").trailingCommas).toBe(true);
  });

  test("an empty file", () => {
    expect(detectStyle("")).toEqual({
      indent: "  ",
      quote: '"',
      semicolons: true,
      trailingCommas: true,
      newline: "\n",
      width: 100,
    });
  });
});
