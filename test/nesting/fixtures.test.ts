import { readdirSync } from "node:fs";
import { basename, resolve } from "node:path";
import { build } from "esbuild";
import { describe, expect, it } from "vitest";
import { pluginOver } from "../../compiler/esbuild.ts";
import { createHost } from "../../compiler/index.ts";
import { deepCopy } from "../../runtime/copy.ts";
import { zeroDirection } from "../../runtime/directions.ts";
import { type AnyFunction, checkTangent, compiledTangent } from "../../runtime/index.ts";
import { interleave } from "../../runtime/jvp.ts";
import { flatten, leavesOf, unflatten } from "../../runtime/leaves.ts";

const root = resolve(import.meta.dirname, "../..");
const host = createHost();

// Methods of classes are not differentiated twice yet.
const left = new Set(["classes.ts"]);
const fixtures = readdirSync(resolve(root, "fixtures")).filter((name) => /^[\w-]+\.ts$/.test(name) && !left.has(name));

/** One fixture, compiled for second derivatives. */
async function load(name: string): Promise<Record<string, unknown>> {
  const { outputFiles } = await build({
    entryPoints: [resolve(root, "fixtures", name)],
    absWorkingDir: root,
    outfile: resolve(root, "out", `${basename(name, ".ts")}.js`),
    bundle: true,
    write: false,
    format: "esm",
    logLevel: "silent",
    plugins: [pluginOver(() => host, { order: 2 })],
  });
  const text = outputFiles[0]?.text ?? "";
  return import(`data:text/javascript;base64,${Buffer.from(text).toString("base64")}`);
}

describe.each(fixtures)("the derivative of the derivative: %s", (name) => {
  it("is what differences of the derivative give", async () => {
    const module = await load(name);
    let checked = 0;
    for (const f of Object.values(module)) {
      const compiled = typeof f === "function" ? compiledTangent(f as AnyFunction) : undefined;
      const second = compiled && compiledTangent(compiled.jvp);
      if (compiled === undefined || second === undefined) continue;
      for (const args of (module.examples as unknown[][]).slice(0, 2)) {
        const own = deepCopy(args);
        const { tangents } = zeroDirection(compiled, own);
        const leaves = leavesOf(tangents);
        unflatten(
          leaves,
          flatten(leaves).map((_, i) => Math.cos(i + 1)),
        );
        const whole = interleave(f as AnyFunction, compiled, own, [tangents]);
        const plain = (compiled.jvp as (...all: unknown[]) => unknown)(...deepCopy(whole));
        const doubled = interleave(compiled.jvp, second, deepCopy(whole), []);
        const [pair] = (second.jvp as (...all: unknown[]) => unknown[])(...doubled);
        // The value to the bit; its slope as exactly as another order of the same operations gives it.
        const [[same], [value]] = [pair as unknown[], plain as unknown[]];
        expect(JSON.stringify(same)).toBe(JSON.stringify(value));
        const report = checkTangent(compiled.jvp, whole as never, { directions: 2 });
        expect(report.message).toMatch(/is right|can't tell/);
        checked += 1;
      }
    }
    expect(checked).toBeGreaterThan(0);
  });
});
