/** With threads and without: the same bits; and a process that ends by itself. */

import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { build } from "esbuild";
import { afterAll, expect, test } from "vitest";
import { native } from "../../runtime/engine/index.ts";
import { engine, useEngine } from "../../runtime/kernels/index.ts";
import { bigKernels } from "./big.ts";

const MEMORY = 2 ** 27;

afterAll(() => void useEngine({ name: "javascript" }));

async function untilUp(threads: number): Promise<void> {
  const end = performance.now() + 60_000;
  while (engine().threads < threads && performance.now() < end) await new Promise((resolve) => setTimeout(resolve, 5));
  expect(engine().threads).toBe(threads);
}

test("big kernels give the bits of one thread on two and on three", async () => {
  expect(useEngine({ memory: MEMORY }).threads).toBe(1);
  const alone = bigKernels();
  for (const threads of [2, 3]) {
    useEngine({ memory: MEMORY, threads });
    await untilUp(threads);
    const together = bigKernels();
    expect(Object.keys(together)).toEqual(Object.keys(alone));
    for (const [name, sums] of Object.entries(alone))
      expect([name, ...(together[name] ?? [])]).toEqual([name, ...sums]);
  }
});

test("a worker that fails is an error here, and serves on", async () => {
  useEngine({ memory: MEMORY, threads: 2 });
  await untilUp(2);
  const wasm = native();
  const n = 1 << 20;
  const far = MEMORY - 4 * n + 64;
  expect(() => wasm?.exports.exp(0x10000, 0, far - 2 * n, 0, n)).not.toThrow();
  expect(() => wasm?.exports.exp(0x10000, 0, far, 0, n)).toThrow("stopped in a worker");
  expect(Object.keys(bigKernels()).length).toBeGreaterThan(10);
});

test("threads are counted in whole numbers", () => {
  expect(() => useEngine({ threads: 0 })).toThrow(RangeError);
  expect(() => useEngine({ threads: 1.5 })).toThrow(RangeError);
});

test("the process ends by itself, workers or not", async () => {
  const folder = mkdtempSync(join(tmpdir(), "fgrad-threads-"));
  try {
    const outfile = join(folder, "ends.mjs");
    const kernels = fileURLToPath(new URL("../../runtime/kernels/index.ts", import.meta.url));
    const contents = `
      import { engine, floats, useEngine } from ${JSON.stringify(kernels)};
      useEngine({ threads: 2, memory: 2 ** 24 });
      const wait = () => engine().threads === 2 ? console.log(floats(3).length, engine().threads) : setTimeout(wait, 5);
      wait();
    `;
    await build({
      stdin: { contents, resolveDir: folder },
      outfile,
      bundle: true,
      platform: "node",
      format: "esm",
    });
    const { stdout } = await promisify(execFile)(process.execPath, [outfile], { timeout: 60_000 });
    expect(stdout).toBe("3 2\n");
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
