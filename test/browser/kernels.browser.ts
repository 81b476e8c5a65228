import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { launch } from "./chromium.ts";
import { type run, run as runHere, type threads } from "./kernels.ts";

let browser: Browser;
let page: Page;

let script = "";

beforeAll(async () => {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL("./kernels.ts", import.meta.url))],
    bundle: true,
    write: false,
    format: "iife",
    globalName: "kernels",
    target: "es2022",
  });
  script = outputFiles[0]?.text ?? "";
  browser = await launch();
  page = await browser.newPage();
  await page.addScriptTag({ content: script });
});

afterAll(async () => {
  await browser?.close();
});

const inBrowser = (name: "wasm" | "javascript") =>
  page.evaluate((engine) => (globalThis as unknown as { kernels: { run: typeof run } }).kernels.run(engine), name);

test.each(["wasm", "javascript"] as const)("%s gives the bits in a browser that it gives in Node", async (name) => {
  const there = await inBrowser(name);
  expect(there.engine).toBe(name);
  expect(there).toEqual(runHere(name));
});

test("both engines agree within rounding", async () => {
  const wasm = (await inBrowser("wasm")).numbers.flat();
  const plain = (await inBrowser("javascript")).numbers.flat();
  expect(wasm.length).toBe(plain.length);
  wasm.forEach((value, i) => {
    expect(Math.abs(value - (plain[i] as number))).toBeLessThan(1e-4);
  });
});

const threadsIn = async (place: Page) => {
  await place.addScriptTag({ content: script });
  return place.evaluate(() => (globalThis as unknown as { kernels: { threads: typeof threads } }).kernels.threads());
};

test("workers share memory with a page that is cross-origin isolated, and give the same bits", async () => {
  const isolated = await browser.newPage();
  const headers = {
    "content-type": "text/html",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-embedder-policy": "require-corp",
  };
  await isolated.route("https://fgrad.test/", (route) => route.fulfill({ headers, body: "<!doctype html>" }));
  await isolated.goto("https://fgrad.test/");
  expect(await threadsIn(isolated)).toEqual({ isolated: true, threads: 2, same: true });
  await isolated.close();
});

test("elsewhere there is one thread", async () => {
  expect(await threadsIn(page)).toEqual({ isolated: false, threads: 1, same: true });
});
