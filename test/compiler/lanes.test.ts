import { readdirSync } from "node:fs";
import { basename, resolve } from "node:path";
import { build } from "esbuild";
import { describe, expect, it } from "vitest";
import { pluginOver } from "../../compiler/esbuild.ts";
import { compile, createHost } from "../../compiler/index.ts";
import { type CompiledTangent, compiledTangent } from "../../runtime/compiled.ts";
import { jacobian } from "../../runtime/index.ts";

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

  it("are refused where a rule written by hand carries one", () => {
    const result = compile({ files: [resolve(root, "fixtures/models/logistic.ts")], lanes: 2 });
    expect(result.diagnostics.map(({ code }) => code)).toContain("FG4009");
    expect(result.files).toEqual([]);
  });
});
