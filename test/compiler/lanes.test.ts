import { readdirSync } from "node:fs";
import { basename, resolve } from "node:path";
import { build } from "esbuild";
import { describe, expect, it } from "vitest";
import { pluginOver } from "../../compiler/esbuild.ts";
import { createHost } from "../../compiler/index.ts";
import { type CompiledTangent, compiledTangent } from "../../runtime/compiled.ts";
import { jacobian } from "../../runtime/index.ts";
import { makeWorkspace } from "../support/workspace.ts";

const root = resolve(import.meta.dirname, "../..");
const fixtures = readdirSync(resolve(root, "fixtures")).filter((name) => /^[\w-]+\.ts$/.test(name));

type AnyFunction = (...args: never[]) => unknown;

type Modules = Readonly<Record<string, Record<string, unknown>>>;

const host = createHost();

/** All fixtures, compiled for so many directions. */
async function load(lanes: number): Promise<Modules> {
  const { outputFiles } = await build({
    entryPoints: fixtures.map((name) => resolve(root, "fixtures", name)),
    absWorkingDir: root,
    outdir: resolve(root, "out"),
    bundle: true,
    write: false,
    format: "esm",
    logLevel: "silent",
    plugins: [pluginOver(() => host, { lanes })],
  });
  const modules = outputFiles.map(async ({ path, text }) => {
    const url = `data:text/javascript;base64,${Buffer.from(text).toString("base64")}`;
    return [basename(path, ".js"), (await import(url)) as Record<string, unknown>] as const;
  });
  return Object.fromEntries(await Promise.all(modules));
}

const compiledOf = (value: unknown): CompiledTangent | undefined =>
  typeof value === "function" ? compiledTangent(value as AnyFunction) : undefined;

function compare(f: AnyFunction, g: AnyFunction, args: readonly unknown[]): void {
  const [value, rows] = jacobian(f)(...(structuredClone(args) as never[]));
  const [same, others] = jacobian(g)(...(structuredClone(args) as never[]));
  expect(same).toEqual(value);
  expect(others.length).toBe(rows.length);
  rows.forEach((row, i) => {
    row.forEach((slope, j) => {
      const other = others[i]?.[j] ?? Number.NaN;
      if (!Object.is(other, slope)) expect(Math.abs(other - slope) / Math.max(1, Math.abs(slope))).toBeLessThan(1e-12);
    });
  });
}

describe("several directions in one run", () => {
  it.each([2, 3])("give what single ones give: %i on every fixture", async (lanes) => {
    const single = await load(1);
    const several = await load(lanes);
    expect(Object.keys(several).length).toBe(fixtures.length);
    for (const [fixture, module] of Object.entries(single)) {
      for (const [name, f] of Object.entries(module)) {
        if (compiledOf(f) === undefined) continue;
        const g = several[fixture]?.[name];
        expect(compiledOf(g)?.lanes).toBe(lanes);
        for (const args of module.examples as unknown[][]) compare(f as AnyFunction, g as AnyFunction, args);
      }
    }
  });

  const half = `
export function half(x: number): number {
  return x / 2;
}
export function half_jvp(x: number, x_t: number): [number, number] {
  return [x / 2, x_t / 2];
}
/** @fgrad */
export function f(x: number, y: number): number {
  return half(x * y) + half(3);
}
`;
  const lanesOf = (rules: string, more = "") => {
    const workspace = makeWorkspace();
    try {
      const { entry } = workspace.add("rules", `/** @fgrad rule ${rules} */${half}${more}`);
      return host.compile({ files: [entry], lanes: 2, tsconfig: workspace.tsconfig });
    } finally {
      workspace.dispose();
    }
  };
  const several = `
export function half_jvps(x: number, x_t: readonly number[]): [number, ...number[]] {
  return [x / 2, ...x_t.map((slope) => slope / 2)];
}
`;

  it("go through the rule by hand that takes lists of tangents", async () => {
    const { files, diagnostics } = lanesOf("half_jvp, half_jvps", several);
    expect(diagnostics).toEqual([]);
    const { outputFiles } = await build({
      stdin: { contents: files[0]?.code ?? "", loader: "ts" },
      write: false,
      format: "esm",
    });
    const text = Buffer.from(outputFiles[0]?.text ?? "").toString("base64");
    const { f } = (await import(`data:text/javascript;base64,${text}`)) as { f: AnyFunction };
    expect(compiledOf(f)?.jvp(...([3, 1, 0, 5, 0, 1] as never[]))).toEqual([9, 2.5, 1.5]);
  });

  it("are refused where a rule written by hand carries one", () => {
    const result = lanesOf("half_jvp", several);
    expect(result.diagnostics.map(({ code }) => code)).toEqual(["FG4009"]);
    expect(result.files).toEqual([]);
  });

  it.each([
    ["is missing", "half_jvp, halves_jvps", several, "FG4001"],
    ["takes no lists", "half_jvp, half_jvp", "", "FG4002"],
    [
      "takes lists of something else",
      "half_jvp, half_jvps",
      several.replace("readonly number[]", "readonly string[]"),
      "FG4002",
    ],
    ["is no pair of names", "half_jvp half_jvps", several, "FG1"],
  ])("are refused where that rule %s", (_, rules, more, code) => {
    const [first] = lanesOf(rules, more).diagnostics;
    expect(first?.code.startsWith(code)).toBe(true);
  });
});
