import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { writeWhole } from "../../fixtures/demo/files.ts";
import { table } from "../../fixtures/demo/table.ts";
import { temporaryFolder } from "./folder.ts";

describe("a file is written whole", () => {
  it("into a folder that is made for it, over an older one", () => {
    const folder = join(temporaryFolder(), "new", "folder");
    const path = join(folder, "file");
    writeWhole(path, "first");
    writeWhole(path, Uint8Array.of(104, 105));
    expect(readFileSync(path, "utf8")).toBe("hi");
    expect(readdirSync(folder)).toEqual(["file"]);
  });

  it("or leaves nothing behind", () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, "taken"));
    expect(() => writeWhole(join(folder, "taken"), "text")).toThrow();
    expect(readdirSync(folder)).toEqual(["taken"]);
  });
});

it("a table has its columns aligned", () => {
  const rows = [
    ["name", "value"],
    ["a", "1"],
    ["long name", "10.5"],
  ];
  expect(table(rows).split("\n")).toEqual([
    "  name        value",
    "  ─────────────────",
    "  a               1",
    "  long name    10.5",
  ]);
});
