import pc from "picocolors";
import { describe, expect, test } from "vitest";
import type { Diagnostic } from "../../compiler/api.ts";
import { codeFrame } from "../../compiler/diagnostics/codeframe.ts";
import { formatJson, formatPretty, sortDiagnostics } from "../../compiler/diagnostics/format.ts";
import { kindOf, messages, report } from "../../compiler/diagnostics/messages.ts";
import { displayWidth, expandTabs, lineIndex } from "../../compiler/diagnostics/positions.ts";
import { didYouMean, editDistance } from "../../compiler/diagnostics/suggest.ts";

const plain = pc.createColors(false);
const frame = (text: string, marked: string) => {
  const start = text.indexOf(marked);
  return codeFrame(lineIndex(text), start, start + marked.length, plain);
};

describe("the catalogue", () => {
  const rows = Object.entries(messages);

  test("gives every row a code of its own, in the range of its kind", () => {
    const codes = rows.map(([, row]) => row.code);
    expect(new Set(codes).size).toBe(codes.length);
    for (const [name, row] of rows) {
      expect(row.code, name).toMatch(/^FG[12349]\d{3}$/);
      expect(row.kind === "internal", name).toBe(row.code.startsWith("FG9"));
    }
  });

  test("says in every row what is wrong and what to do, as sentences", () => {
    for (const [name, row] of rows) {
      expect(row.text, name).toMatch(/^(?:fgrad |[A-Z{@]).*[.}]$/s);
      expect(row.hint.length, name).toBeGreaterThan(10);
    }
  });

  test("fills in parameters, and keeps the place", () => {
    const span = { file: "/a.ts", start: 1, end: 2 };
    const parameters = { function: "f", name: "z", suggestion: "Did you mean x? ", known: "x, y" };
    expect(report.unknownWrt(parameters, { span, function: "f" })).toEqual({
      code: "FG1011",
      severity: "error",
      message: "f has no parameter z.",
      hint: "Did you mean x? wrt may name: x, y.",
      span,
      function: "f",
    });
    expect(report.withStatement({}).code).toBe("FG2006");
    expect(kindOf("FG2001")).toBe("unsupported");
    expect(kindOf("FG0000")).toBe("internal");
  });
});

describe("code frames", () => {
  test("underline a span between its neighbours", () => {
    expect(frame("const a = 1;\nconst b = f(a);\nconst c = 2;\n", "f(a)")).toBe(
      ["  1 | const a = 1;", "> 2 | const b = f(a);", "    |           ^^^^", "  3 | const c = 2;"].join("\n"),
    );
  });

  test("stand under the right place after tabs and wide characters", () => {
    expect(frame("\tif (x) {\n\t\tf(x);\n\t}\n", "f(x)").split("\n").slice(1, 3)).toEqual([
      "> 2 |         f(x);",
      "    |         ^^^^",
    ]);
    const wide = frame('const s = "日本👍🏽é"; f(s);\n', "f(s)").split("\n");
    expect(wide[1]).toBe(`    | ${" ".repeat(displayWidth('const s = "日本👍🏽é"; '))}^^^^`);
    expect(displayWidth("日本👍🏽e\u0301")).toBe(7);
    expect(expandTabs("a\tb\t日\tc")).toBe("a   b   日  c");
  });

  test("mark several lines, and leave the middle of long spans out", () => {
    const text = "f(\n  a,\n  b,\n);\n";
    expect(frame(text, "f(\n  a,\n  b,\n)")).toBe(
      ["> 1 | f(", "    | ^^", "> 2 |   a,", "> 3 |   b,", "> 4 | );"].join("\n"),
    );
    const long = `${"x;\n".repeat(20)}`;
    expect(codeFrame(lineIndex(long), 0, long.length, plain)).toContain("…");
  });

  test("show one caret for an empty span, at the end of a file too", () => {
    expect(codeFrame(lineIndex("ab"), 2, 2, plain)).toBe("> 1 | ab\n    |   ^");
    expect(codeFrame(lineIndex(""), 0, 0, plain)).toBe("> 1 |\n    | ^");
  });

  test("count lines as editors do", () => {
    const index = lineIndex("a\r\nb\nc");
    expect(index.count).toBe(3);
    expect(index.position(3)).toEqual({ line: 2, column: 1 });
    expect(index.line(1)).toBe("a");
    expect(index.position(99)).toEqual({ line: 3, column: 2 });
  });
});

describe("formatting", () => {
  const text = "export function f(x: number) {\n  return String(x);\n}\n";
  const at = text.indexOf("String(x)");
  const diagnostic: Diagnostic = {
    ...report.stringRoundTrip({ value: "x" }, { span: { file: "/p/a.ts", start: at, end: at + 9 }, function: "f" }),
    notes: [{ message: "x is active here", span: { file: "/p/a.ts", start: 18, end: 19 } }],
  };
  const context = {
    source: (file: string) => (file === "/p/a.ts" ? text : undefined),
    directory: "/p",
    colors: plain,
  };

  test("for people", () => {
    expect(formatPretty(diagnostic, context)).toMatchInlineSnapshot(`
      "a.ts:2:10 - error FG3004: The tangent of x is lost when it becomes a string.

        1 | export function f(x: number) {
      > 2 |   return String(x);
          |          ^^^^^^^^^
        3 | }

        hint: Keep it a number, or wrap the value in stopGradient(…) if its tangent may be dropped here.
        note: x is active here (a.ts:1:19)
        > 1 | export function f(x: number) {
            |                   ^
          2 |   return String(x);
      "
    `);
  });

  test("for people without a place, or with a file that is gone", () => {
    expect(formatPretty(report.withStatement({}), context)).toMatch(/^error FG2006: A with/);
    const gone = { ...diagnostic, notes: [], span: { file: "/p/b.ts", start: 0, end: 1 } };
    expect(formatPretty(gone, context)).toMatch(/^b\.ts - error FG3004/);
  });

  test("in colour only when asked", () => {
    expect(formatPretty(diagnostic, { ...context, colors: pc.createColors(true) })).toContain("\u001b[31merror");
    expect(formatPretty(diagnostic, context)).not.toContain("\u001b");
  });

  test("for tools: one line, every position from 1", () => {
    const line = formatJson(diagnostic, context);
    expect(line.indexOf("\n")).toBe(line.length - 1);
    expect(JSON.parse(line)).toMatchObject({
      file: "/p/a.ts",
      line: 2,
      column: 10,
      endLine: 2,
      endColumn: 19,
      code: "FG3004",
      severity: "error",
      function: "f",
      notes: [{ line: 1, column: 19, message: "x is active here" }],
    });
  });

  test("errors come first, in the order of the text, each once", () => {
    const warning = report.repeatedWrt({ name: "x" }, {});
    const early = { ...diagnostic, span: { file: "/p/a.ts", start: 0, end: 1 } };
    expect(sortDiagnostics([warning, diagnostic, early, { ...diagnostic }])).toEqual([early, diagnostic, warning]);
  });
});

test("guesses what was meant", () => {
  expect(editDistance("kitten", "sitting")).toBe(3);
  expect(editDistance("ab", "ba")).toBe(1);
  expect(didYouMean("--lane", ["--lanes", "--order"])).toBe("Did you mean --lanes? ");
  expect(didYouMean("zzz", ["--lanes", "--order"])).toBe("");
});
