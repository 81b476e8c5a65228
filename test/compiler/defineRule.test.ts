import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type CompileResult, createHost } from "../../compiler/index.ts";
import { makeWorkspace, type Workspace } from "../support/workspace.ts";

// Rules for functions of others: found by symbol, checked by type.

let workspace: Workspace;
beforeAll(() => {
  workspace = makeWorkspace();
});
afterAll(() => workspace.dispose());

const host = createHost();
const external = `
export declare function blackBox(x: number, weights: Float64Array, mode: string): number;
export declare function twice(x: number): number;
`;
const main = `
import { blackBox } from "./external";
/** @fgrad wrt x */
export function f(x: number, weights: Float64Array): number {
  return blackBox(x * x, weights, "fast") * 2;
}
`;

function compile(name: string, rules: string, source = main): CompileResult {
  const program = workspace.add(name, { "main.ts": source, "external.d.ts": external, "rules.ts": rules });
  const rulesPath = program.entry.replace("main.ts", "rules.ts");
  return host.compile({ files: [program.entry], rules: [rulesPath], tsconfig: workspace.tsconfig });
}

const codes = (result: CompileResult): string[] => result.diagnostics.map(({ code }) => code);

describe("defineRule", () => {
  const rule = `
import { defineRule } from "fgrad";
import { blackBox } from "./external";
export function blackBox_jvp(
  x: number, x_t: number | undefined, weights: Float64Array, weights_t: Float64Array | undefined, mode: string,
): [number, number] {
  return [x, (x_t ?? 0) + (weights_t?.[0] ?? 0) + mode.length];
}
defineRule(blackBox, blackBox_jvp);
`;

  it("lets a function without a body be differentiated by the rule, imported where it stands", () => {
    const result = compile("good", rule);
    expect(result.diagnostics).toEqual([]);
    const [file] = result.files;
    expect(file?.code).toMatch(/import \{ blackBox_jvp \} from "\.\/rules(\.ts)?";/);
    expect(file?.code).toMatch(/blackBox_jvp\(\s*x \* x,\s*2 \* x \* x_t,\s*weights,\s*undefined,\s*"fast",?\s*\)/);
  });

  it("refuses the function without one", () => {
    expect(
      codes(
        compile(
          "other",
          'import { defineRule } from "fgrad";\nimport { twice } from "./external";\nexport const twice_jvp = (x: number, x_t: number | undefined): [number, number] => [2 * x, 2 * (x_t ?? 0)];\ndefineRule(twice, twice_jvp);\n',
        ),
      ),
    ).toEqual(["FG3002"]);
  });

  it("comes before a body that could be differentiated", () => {
    const source = `
const slow = (x: number): number => x * x;
export { slow };
/** @fgrad */
export function f(x: number): number { return slow(x); }
`;
    const rules = `
import { defineRule } from "fgrad";
import { slow } from "./main";
export const slow_jvp = (x: number, x_t: number | undefined): [number, number] => [x * x, 3 * (x_t ?? 0)];
defineRule(slow, slow_jvp);
`;
    const result = compile("own", rules, source);
    expect(result.diagnostics).toEqual([]);
    expect(result.files[0]?.code).toContain("return slow_jvp(x, x_t);");
  });

  it.each([
    [
      "a rule of another type",
      rule.replace("[number, number] {", "number {").replace(/return .*/, "return x;"),
      "FG4002",
    ],
    ["a rule that is not exported", rule.replace("export function", "function"), "FG4003"],
    ["a name that leads nowhere", rule.replace("defineRule(blackBox,", "defineRule(blackbox,"), "FG4007"],
    ["a module without rules", "export const nothing = 0;", "FG4006"],
  ])("says what is wrong with %s", (name, rules, code) => {
    const found = compile(name.replaceAll(" ", "-"), rules).diagnostics.find((diagnostic) => diagnostic.code === code);
    expect(found?.span?.file).toMatch(/rules\.ts$/);
    expect(found?.hint).toBeTruthy();
  });
});
