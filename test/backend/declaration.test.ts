import { mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { declarationOf, declarationsOf } from "../../compiler/backend/declaration.ts";
import { createProgramHost } from "../../compiler/frontend/project.ts";

const generated = `/** Value and tangent. */
export function f_jvp(x: number, x_t: number): [number, number] {
  return [x, x_t];
}
`;

const folder = realpathSync(mkdtempSync(join(tmpdir(), "fgrad-declaration-")));
afterAll(() => rmSync(folder, { recursive: true }));

describe("declarations", () => {
  test("of a module whose exports say their types: from its text alone", () => {
    expect(declarationOf({ path: "/a.fgrad.ts", code: generated })).toBe(
      "/** Value and tangent. */\nexport declare function f_jvp(x: number, x_t: number): [number, number];\n",
    );
  });

  test("of exports whose types are inferred, across modules that are not written yet", () => {
    const [a, b] = [join(folder, "a.fgrad.ts"), join(folder, "b.fgrad.ts")];
    writeFileSync(join(folder, "a.ts"), "export {};\n");
    const program = createProgramHost().open([join(folder, "a.ts")], undefined);
    const modules = [
      {
        path: a,
        code: `export const one = { x: 1 };\nexport const list = [1, 2].map((x) => x * 2);\n${generated}`,
      },
      { path: b, code: `import { one } from "./a.fgrad";\nexport const two = one;\n` },
    ];
    const found = declarationsOf(modules, program.raw);
    expect(found.get(a)).toContain("export declare const list: number[];");
    expect(found.get(a)).toContain("export declare function f_jvp(x: number, x_t: number): [number, number];");
    expect(found.get(b)).toContain("export declare const two: {\n    x: number;\n};");
  });
});
