import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { launch } from "./chromium.ts";
import { run } from "./kernels.ts";

let browser: Browser;
let page: Page;

beforeAll(async () => {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL("./kernels.ts", import.meta.url))],
    bundle: true,
    write: false,
    format: "iife",
    globalName: "kernels",
    target: "es2022",
  });
  browser = await launch();
  page = await browser.newPage();
  await page.addScriptTag({ content: outputFiles[0]?.text ?? "" });
});

afterAll(async () => {
  await browser?.close();
});

const inBrowser = (name: "wasm" | "javascript") =>
  page.evaluate((engine) => (globalThis as unknown as { kernels: { run: typeof run } }).kernels.run(engine), name);

test.each(["wasm", "javascript"] as const)("%s gives the bits in a browser that it gives in Node", async (name) => {
  const there = await inBrowser(name);
  expect(there.engine).toBe(name);
  expect(there).toEqual(run(name));
});

test("both engines agree within rounding", async () => {
  const wasm = (await inBrowser("wasm")).numbers.flat();
  const plain = (await inBrowser("javascript")).numbers.flat();
  expect(wasm.length).toBe(plain.length);
  wasm.forEach((value, i) => {
    expect(Math.abs(value - (plain[i] as number))).toBeLessThan(1e-4);
  });
});
