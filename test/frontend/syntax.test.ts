import { resolve } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { ts } from "../../compiler/frontend/project.ts";
import { syntaxKinds, syntaxMarkdown, syntaxTable } from "../../compiler/frontend/syntax.ts";
import { createHost } from "../../compiler/index.ts";
import { makeWorkspace } from "../support/workspace.ts";

const table = syntaxTable();
const workspace = makeWorkspace();
afterAll(() => workspace.dispose());

const wrapped = (sample: string): string =>
  sample.includes("@fgrad")
    ? sample
    : `/** @fgrad */\nexport function f(x: number, y: number): number {\n${sample}\n}\n`;

describe("the table of syntax", () => {
  it("has a row for every kind that TypeScript has, and no other", () => {
    expect(table.map(({ kind }) => kind)).toEqual(syntaxKinds().map(({ name }) => name));
    for (const row of table)
      expect(row.fate === "passed through" ? (row.sample ?? row.note) : row.sample, row.kind).toBeDefined();
  });

  it("says for the rest why it holds no value", () => {
    const silent = table.filter(({ sample, note }) => sample === undefined && note === undefined);
    expect(silent.map(({ kind }) => kind)).toEqual([]);
  });

  it("is what the document says", async () => {
    await expect(syntaxMarkdown()).toMatchFileSnapshot(
      resolve(import.meta.dirname, "../../compiler/frontend/SYNTAX.md"),
    );
  });
});

describe("samples", () => {
  const host = createHost();
  const samples = table.filter(({ sample }) => sample !== undefined && sample !== "");
  const programs = samples.map((row) => ({ row, program: workspace.add(row.kind, wrapped(row.sample ?? "")) }));
  const result = host.compile({ files: programs.map(({ program }) => program.entry), tsconfig: workspace.tsconfig });

  it.each(programs)("$row.kind", ({ row, program }) => {
    const source = ts.createSourceFile("main.ts", wrapped(row.sample ?? ""), ts.ScriptTarget.ES2022, true);
    const found = new Set<string>();
    const names = new Map(syntaxKinds().map(({ kind, name }) => [kind, name]));
    const visit = (node: ts.Node): void => {
      found.add(names.get(node.kind) ?? "");
      if (ts.isPrefixUnaryExpression(node) || ts.isPostfixUnaryExpression(node)) {
        found.add(names.get(node.operator) ?? "");
      }
      ts.forEachChild(node, visit);
    };
    visit(source);
    expect([...found], "the sample has the syntax in it").toContain(row.kind);

    const errors = result.diagnostics.filter(
      ({ span, severity }) => span?.file === program.entry && severity === "error",
    );
    if (row.fate === "refused") expect(errors.map(({ code }) => code)).toContain(row.code);
    else expect(errors.map(({ code, message }) => `${code} ${message}`)).toEqual([]);
    expect(result.files.some(({ source }) => source === program.entry)).toBe(row.fate !== "refused");
  });
});
