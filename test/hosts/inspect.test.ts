import { addSegment, GenMapping, toEncodedMap } from "@jridgewell/gen-mapping";
import { describe, expect, test } from "vitest";
import type { OutputFile } from "../../compiler/api.ts";
import { lineIndex } from "../../compiler/diagnostics/positions.ts";
import { diffLines } from "../../compiler/inspect/diff.ts";
import { createHighlight } from "../../compiler/inspect/highlight.ts";
import { activityAt, readLinks } from "../../compiler/inspect/links.ts";
import { inspectPage, PAGE_SIGNATURE } from "../../compiler/inspect/page.ts";
import { escapeHtml, renderLine } from "../../compiler/inspect/render.ts";

const EMPTY = { files: [], diagnostics: [], log: [], activity: [], dependencies: [] };

describe("the line diff", () => {
  const shown = (before: string, after: string) =>
    diffLines([...before], [...after])
      .map((line) => {
        if (line.kind === "same") return after[line.after];
        return line.kind === "added" ? `+${after[line.after]}` : `-${before[line.before]}`;
      })
      .join("");

  test("keeps what is common", () => {
    expect(shown("abc", "abc")).toBe("abc");
    expect(shown("abcd", "axcd")).toBe("a-b+xcd");
    expect(shown("", "ab")).toBe("+a+b");
    expect(shown("ab", "")).toBe("-a-b");
    expect(shown("abcbd", "acbbd")).toMatch(/^a/);
    expect(shown("aaa", "aa")).toBe("aa-a");
  });

  test("gives back both texts", () => {
    const random = (seed: number) =>
      Array.from({ length: 40 }, (_, i) => "abc"[Math.abs(Math.trunc(Math.sin(seed * 97 + i * 13) * 1000)) % 3] ?? "a");
    for (let seed = 1; seed < 20; seed++) {
      const [before, after] = [random(seed), random(seed + 100)];
      const lines = diffLines(before, after);
      const kept = lines.flatMap((line) => (line.kind === "removed" ? [] : [after[line.after]]));
      const old = lines.flatMap((line) => (line.kind === "added" ? [] : [before[line.before]]));
      expect([kept, old]).toEqual([after, before]);
    }
  });
});

describe("links", () => {
  test("join a place of the source to everything made from it", () => {
    const source = "f(x + y);\n";
    const code = "f(x + y);\nf_t(x_t + y_t);\n";
    const map = new GenMapping();
    addSegment(map, 0, 2, "a.ts", 0, 2);
    addSegment(map, 0, 6, "a.ts", 0, 6);
    addSegment(map, 0, 7);
    addSegment(map, 1, 4, "a.ts", 0, 2);
    addSegment(map, 1, 10, "a.ts", 0, 6);
    addSegment(map, 1, 13, "b.ts", 0, 0);
    const file: OutputFile = {
      source: "/p/a.ts",
      path: "/p/a.fgrad.ts",
      code,
      map: JSON.stringify(toEncodedMap(map)),
      functions: [],
    };
    const links = readLinks(file, lineIndex(source), lineIndex(code));
    expect(links.offsets).toEqual([2, 6]);
    expect(links.generated.get(0)).toEqual([
      { start: 2, end: 5, unit: 0 },
      { start: 6, end: 7, unit: 1 },
    ]);
    expect(links.generated.get(1)).toEqual([
      { start: 4, end: 9, unit: 0 },
      { start: 10, end: 13, unit: 1 },
    ]);
    expect(links.source.get(0)?.[0]).toEqual({ start: 2, end: 5, unit: 0 });
  });

  test("know the activity of the smallest value that starts at a place", () => {
    const mark = (start: number, end: number, active: boolean, file = "/a.ts") => ({
      span: { file, start, end },
      active,
    });
    const at = activityAt([mark(0, 6, true), mark(0, 1, false), mark(3, 4, true), mark(5, 9, true, "/b.ts")], "/a.ts");
    expect([at(0), at(2), at(3), at(5)]).toEqual([false, undefined, true, undefined]);
  });
});

describe("the page", () => {
  test("escapes code, and cuts tokens at stretches without losing a character", async () => {
    const text = 'const s = "<b> & </script>"; // 日本';
    const [tokens = []] = (await createHighlight())(text);
    const html = renderLine(tokens, { stretches: [{ start: 8, end: 14, unit: 3 }], classes: () => [] });
    const back = html
      .replace(/<[^>]*>/g, "")
      .replace(
        /&(?:lt|gt|amp|quot);/g,
        (entity) => ({ "&lt;": "<", "&gt;": ">", "&amp;": "&", "&quot;": '"' })[entity] ?? "",
      );
    expect(back).toBe(text);
    expect(html).toContain('data-u="3"');
    expect(html).not.toContain("</script>");
    expect(escapeHtml('<a "b">')).toBe("&lt;a &quot;b&quot;&gt;");
  });

  test("stands alone: no address in it leads outside", async () => {
    const page = await inspectPage(EMPTY);
    expect(page).toContain(PAGE_SIGNATURE);
    expect(page).toContain("No function was compiled.");
    expect(page).not.toMatch(/https?:\/\/|<link|<img|@import|url\(/);
  });
});
