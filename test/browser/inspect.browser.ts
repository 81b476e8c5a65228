import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { inspectPage } from "../../compiler/inspect/page.ts";
import { launch } from "./chromium.ts";
import { sample } from "./sample.ts";

/** Pictures are kept when a folder is named: to look at them. */
const pictures = process.env.PICTURES;

let browser: Browser;
let page: Page;
const complaints: string[] = [];
const requests: string[] = [];

beforeAll(async () => {
  browser = await launch();
  const context = await browser.newContext({ viewport: { width: 1360, height: 800 }, colorScheme: "light" });
  page = await context.newPage();
  page.on("console", (message) => complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("request", (request) => requests.push(request.url()));
  const file = join(mkdtempSync(join(tmpdir(), "fgrad-page-")), "page.html");
  writeFileSync(file, await inspectPage(sample()));
  await page.goto(pathToFileURL(file).href);
});

afterAll(async () => {
  await browser?.close();
});

const picture = async (name: string) => {
  if (pictures !== undefined) await page.screenshot({ path: join(pictures, `${name}.png`) });
};
const source = () => page.locator("[data-pane=source]:visible");
const generated = () => page.locator("[data-pane=generated]:visible");
const tabs = () => page.locator("[role=tab]:visible");
const texts = (selector: string) => page.locator(selector).allTextContents();

test("shows both sides of the first function, with active and inactive values apart", async () => {
  expect(await page.title()).toBe("chains.ts · fgrad");
  expect(await source().textContent()).toContain('"<chains & \\"springs\\">"');
  expect(await generated().textContent()).toContain("beale_jvp");
  const colour = (selector: string) =>
    page
      .locator(selector)
      .first()
      .evaluate((element) => String(Reflect.get(globalThis, "getComputedStyle")(element).color));
  const colours = await Promise.all(
    ["[data-pane=source] .active", "[data-pane=source] .inactive", "[data-pane=generated] .tangent"].map(colour),
  );
  expect(new Set(colours).size).toBe(3);
  await picture("1-light");
});

test("lights what a value became, and what a value came from", async () => {
  const row = source().locator(".row", { hasText: "const a = 1.5" });
  await row.locator(".active", { hasText: /^y$/ }).hover();
  expect(await texts("[data-pane=generated] .row.lit-row code")).toEqual(
    expect.arrayContaining([expect.stringContaining("const a_t")]),
  );
  expect(new Set(await texts("[data-pane=generated] .lit"))).toEqual(new Set(["y", "y_t"]));
  await picture("2-hover");
  await generated().locator(".tangent", { hasText: "a_t" }).first().hover();
  expect(await texts("[data-pane=source] .lit")).toEqual(["a"]);
  await page.locator("h1").hover();
  expect(await texts(".lit")).toEqual([]);
});

test("lights the lines that a line became", async () => {
  await source().locator(".row", { hasText: "const b = 2.25" }).locator("i").hover();
  const rows = await texts("[data-pane=generated] .row.lit-row code");
  expect(rows.some((text) => text.includes("const b_t"))).toBe(true);
  expect(rows.some((text) => text.includes("const c_t"))).toBe(false);
});

test("keeps a pin until it is let go", async () => {
  await source().locator(".row", { hasText: "const c = 2.625" }).locator("i").click();
  await page.locator("h1").hover();
  expect((await texts("[data-pane=generated] .row.lit-row code")).length).toBeGreaterThan(0);
  await page.keyboard.press("Escape");
  expect(await texts(".lit-row")).toEqual([]);
});

test("has a tab for each pass of the function, with what it changed", async () => {
  expect((await tabs().allTextContents()).map((text) => text.replace(/[\d=]+$/, ""))).toEqual([
    "source ⇄ code",
    "discover",
    "lower",
    "activity",
    "differentiate",
    "simplify/fold",
    "emit",
  ]);
  await tabs().filter({ hasText: "differentiate" }).click();
  expect(await texts("[role=tabpanel]:visible .row.added code")).toHaveLength(3);
  await page.keyboard.press("ArrowRight");
  expect(await tabs().and(page.locator("[aria-selected=true]")).textContent()).toContain("simplify/fold");
  expect(await page.locator("[role=tabpanel]:visible .row.removed").count()).toBe(2);
  await picture("3-pass");
  await page.keyboard.press("d");
  expect(await page.locator(".row.removed:visible").count()).toBe(0);
  await page.keyboard.press("d");
  await page.keyboard.press("ArrowLeft");
  await page.keyboard.press("ArrowLeft");
  await page.keyboard.press("ArrowLeft");
  await page.keyboard.press("ArrowLeft");
  await page.keyboard.press("ArrowLeft");
  expect(await tabs().and(page.locator("[aria-selected=true]")).textContent()).toContain("source");
});

test("goes to another function, by mouse and by keyboard, and remembers it", async () => {
  await page.locator("nav button", { hasText: "energy" }).click();
  expect(await generated().locator(".row", { hasText: "energy_jvp" }).isVisible()).toBe(true);
  expect(await tabs().filter({ hasText: "simplify" }).count()).toBe(0);
  await picture("4-energy");
  await page.reload();
  expect(await page.locator("nav [aria-current=true]").textContent()).toContain("energy");
  await page.keyboard.press("K");
  expect(await page.locator("nav [aria-current=true]").textContent()).toContain("beale");
});

test("moves a line at a time, and to the other side", async () => {
  await page.keyboard.press("j");
  await page.keyboard.press("j");
  expect(await page.locator(".cursor").count()).toBe(1);
  expect(await page.locator("[data-pane=source] .cursor").count()).toBe(1);
  await page.keyboard.press("l");
  expect(await page.locator("[data-pane=generated] .cursor").count()).toBe(1);
  expect(await texts("[data-pane=source] .lit-row")).not.toEqual([]);
  await page.keyboard.press("Escape");
});

test("searches", async () => {
  await page.keyboard.press("/");
  await page.keyboard.type("STRETCH_T");
  expect(await page.locator("#count").textContent()).toBe("1 / 2");
  await page.keyboard.press("Enter");
  expect(await page.locator("#count").textContent()).toBe("2 / 2");
  expect(await generated().locator(".row.hit").isVisible()).toBe(true);
  await picture("5-search");
  await page.keyboard.press("Escape");
  expect(await page.locator("#count").textContent()).toBe("");
});

test("is readable in the dark, has help, and fits a narrow window", async () => {
  await page.keyboard.press("t");
  expect(await page.locator("html").getAttribute("data-theme")).toBe("dark");
  await source().locator(".row", { hasText: "const b = 2.25" }).locator("i").hover();
  await picture("6-dark");
  await page.keyboard.press("?");
  expect(await page.locator("dialog").isVisible()).toBe(true);
  await picture("7-help");
  await page.keyboard.press("Escape");
  await page.setViewportSize({ width: 560, height: 800 });
  const overflow = await page.evaluate("document.documentElement.scrollWidth - window.innerWidth");
  expect(overflow).toBeLessThanOrEqual(0);
  await picture("8-narrow");
});

test("asked for nothing and complained of nothing", () => {
  expect(requests.filter((url) => !url.startsWith("file:"))).toEqual([]);
  expect(complaints).toEqual([]);
});
