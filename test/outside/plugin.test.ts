/** The esbuild plugin over modules that use installed packages. */

import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";
import { afterAll, expect, test } from "vitest";
import { type FgradOptions, fgrad } from "../../compiler/esbuild.ts";
import { jvp } from "../../runtime/index.ts";
import { makePlace } from "./support/foreign.ts";

const place = makePlace();
afterAll(() => place.dispose());

let bundles = 0;

async function bundled(
  entry: string,
  options: FgradOptions,
): Promise<Readonly<Record<string, (...args: never[]) => unknown>>> {
  const outfile = join(place.folder, `plugin${++bundles}.mjs`);
  await build({
    entryPoints: [entry],
    absWorkingDir: place.folder,
    outfile,
    bundle: true,
    format: "esm",
    platform: "node",
    logLevel: "silent",
    plugins: [fgrad(options)],
  });
  return (await import(pathToFileURL(outfile).href)) as Readonly<Record<string, (...args: never[]) => unknown>>;
}

test("an annotated function that calls a package's", async () => {
  const [entry = ""] = place.write({
    "a.ts": `
      import { standardDeviation } from "simple-statistics";
      /** @fgrad */
      export function f(x: number): number {
        return standardDeviation([x, 2, 3 * x]);
      }
    `,
  });
  const { f } = await bundled(entry, {});
  if (f === undefined) throw new Error("f is not there");
  const [value, slope] = jvp(f, [1] as never, [1] as never) as readonly number[];
  expect(value).toBe(f(1 as never));
  expect(slope).toBeCloseTo(((f(1.0001 as never) as number) - (f(0.9999 as never) as number)) / 0.0002, 6);
});

test("a function of a package selected by name", async () => {
  const [entry = ""] = place.write({ "b.ts": `export { default as gamma } from "gamma";` });
  const { gamma } = await bundled(entry, { functions: ["gamma:z"] });
  if (gamma === undefined) throw new Error("gamma is not there");
  const [value, slope] = jvp(gamma, [2.5] as never, [1] as never) as readonly number[];
  expect(value).toBe(gamma(2.5 as never));
  expect(slope).toBeCloseTo(0.9347345216260879, 10);
});
