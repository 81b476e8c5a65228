import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { pictureOf, power } from "./figures/plot.ts";
import { figuresOf } from "./report/figures.ts";
import { reportPage } from "./report/page.ts";
import { checksOf, figure, minutes, timesTo } from "./report/summary.ts";
import { writeReport } from "./report/write.ts";
import { sampleResults } from "./samples.ts";

/** Expects every tag to be closed and every attribute quoted. */
function expectWellFormed(xml: string, empty: ReadonlySet<string>): void {
  const open: string[] = [];
  const rest = xml
    .replace("<!doctype html>", "")
    .replace(/<style>[\s\S]*?<\/style>/, "")
    .replace(
      /<(\/?)([a-z][\w-]*)((?:\s+[\w:-]+="[^"<>]*")*)\s*(\/?)>/gi,
      (_: string, closes: string, name: string, _attributes: string, ends: string) => {
        if (closes !== "") expect(open.pop()).toBe(name);
        else if (ends === "" && !empty.has(name)) open.push(name);
        return "";
      },
    );
  expect(open).toEqual([]);
  expect(rest).not.toMatch(/[<>]/);
  expect(rest).not.toMatch(/&(?!amp;|lt;|gt;|quot;|#\d+;)/);
}

const results = sampleResults();
const figures = figuresOf(results);

it("each figure is a document of its own, without variables, scripts or style sheets", () => {
  const all = [...figures.values()].flat();
  expect(new Set(all.map(({ name }) => name)).size).toBe(all.length);
  for (const one of all) {
    const svg = pictureOf(one);
    expectWellFormed(svg, new Set());
    expect(svg).not.toMatch(/var\(|currentColor|<style|<script|NaN|undefined|Infinity/);
    expect(svg).toContain(`<title>${one.title.replaceAll("&", "&amp;")}</title>`);
  }
});

it("the report is one page that fetches nothing, in the colours of the reader's choice", () => {
  const page = reportPage(results, figures);
  expectWellFormed(page, new Set(["meta"]));
  expect(page).not.toMatch(/(src|href)="(?!#)|@import|url\((?!#)|<script/);
  expect(page).toContain("prefers-color-scheme: dark");
  const ids = [...page.matchAll(/\sid="([^"]+)"/g)].map(([, id]) => id);
  expect(new Set(ids).size).toBe(ids.length);
  for (const [, id] of page.matchAll(/href="#([^"]+)"/g)) expect(ids).toContain(id);
  for (const [, id] of page.matchAll(/url\(#([^)]+)\)/g)) expect(ids).toContain(id);
  expect(page).toContain("Test &lt;CPU&gt;");
  expect(page).not.toMatch(/NaN|undefined/);
});

it("targets are met or not by what was measured", () => {
  const checks = checksOf(results);
  const met = (claim: RegExp) => checks.find((check) => claim.test(check.claim))?.met;
  expect(met(/^Beale/)).toBe(true);
  expect(met(/^Rosenbrock/)).toBe(false);
  expect(met(/^Perceptron: accuracy/)).toBe(true);
  expect(met(/^Second moment of “±1”/)).toBe(true);
  expect(met(/^Perceptron: R_f of/)).toBe(true);
  expect(met(/^Perceptron: R_f \/ R_b/)).toBe(true);
  expect(met(/^Convolutional network: R_f of/)).toBe(false);
  expect(met(/^Perceptron at/)).toBe(false);
});

it("the time to backpropagation's lowest loss is found on means over seeds", () => {
  const runs = results.fig4?.data.panels[0]?.runs ?? [];
  expect(timesTo(runs, "normal")).toEqual({ loss: expect.closeTo(1.215), backward: 4, forward: 3 });
  expect(timesTo(runs, "rank-one")?.forward).toBeUndefined();
  expect(timesTo([], "normal")).toBeUndefined();
});

it("numbers are written as a person writes them", () => {
  expect([0.01, 1, 1000, 1e4, 1e-5, 3].map(power)).toEqual(["0.01", "1", "1000", "10⁴", "10⁻⁵", ""]);
  expect([7850, 0.0123456, 1.86e6, 0].map(figure)).toEqual(["7,850", "0.0123", "1.86e6", "0"]);
  expect([0.5, 42, 600].map(minutes)).toEqual(["0.5 s", "42 s", "10.0 min"]);
});

it("everything is written, from results here before those kept with the sources", () => {
  const folder = mkdtempSync(join(tmpdir(), "fgrad-report-"));
  const published = mkdtempSync(join(tmpdir(), "fgrad-report-"));
  onTestFinished(() => {
    for (const each of [folder, published]) rmSync(each, { recursive: true, force: true });
  });
  writeFileSync(join(published, "fig6.json"), JSON.stringify(results.fig6));
  writeFileSync(join(folder, "estimators.json"), JSON.stringify(results.estimators));
  const paths = writeReport(folder, published);
  expect(readdirSync(folder).toSorted()).toEqual(["estimators.json", "fig6.png", "fig6.svg", "report.html"]);
  expect(paths.at(-1)).toBe(join(folder, "report.html"));
  expect(readFileSync(join(folder, "fig6.png")).subarray(1, 4).toString()).toBe("PNG");
  const page = readFileSync(join(folder, "report.html"), "utf8");
  expect(page.match(/Kept with the sources; measured on 2026-01-02/g)).toHaveLength(1);
  expect(page).not.toContain('id="fig1"');
});
