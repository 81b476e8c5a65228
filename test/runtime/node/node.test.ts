import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { checkpointFolder, progressBar } from "fgrad/node";
import { afterAll, describe, expect, test } from "vitest";

const root = mkdtempSync(join(tmpdir(), "fgrad-node-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));
let folders = 0;
const newFolder = () => join(root, `run-${++folders}`, "checkpoints");

describe("checkpointFolder", () => {
  test("keeps the newest, and hands out the newest", async () => {
    const folder = newFolder();
    const store = checkpointFolder(folder, { keep: 2 });
    expect(await store.load()).toBeUndefined();
    for (const step of [5, 10, 99, 1000]) await store.save(Uint8Array.of(step & 255), step);
    expect(readdirSync(folder)).toEqual(["checkpoint-000000000099.fgrad", "checkpoint-000000001000.fgrad"]);
    const kept = await store.load();
    expect(kept?.name).toBe(join(folder, "checkpoint-000000001000.fgrad"));
    expect([...(kept?.bytes ?? [])]).toEqual([1000 & 255]);
  });

  test("leaves other files alone, and clears away what a killed run has left", async () => {
    const folder = newFolder();
    mkdirSync(folder, { recursive: true });
    const others = ["notes.txt", "checkpoint-best.fgrad", "other-000000000001.fgrad", "other-000000000002.fgrad.tmp"];
    for (const name of others) writeFileSync(join(folder, name), name);
    writeFileSync(join(folder, "checkpoint-000000000003.fgrad.tmp"), "half");
    const store = checkpointFolder(folder, { keep: 1 });
    expect(await store.load()).toBeUndefined();
    await store.save(Uint8Array.of(1), 7);
    await store.save(Uint8Array.of(2), 8);
    expect(readdirSync(folder).toSorted()).toEqual([...others, "checkpoint-000000000008.fgrad"].toSorted());
    for (const name of others) expect(readFileSync(join(folder, name), "utf8")).toBe(name);
  });

  test("refuses settings that make no sense, and tells errors of the file system", async () => {
    expect(() => checkpointFolder("x", { keep: 0 })).toThrow(RangeError);
    expect(() => checkpointFolder("x", { name: "../up" })).toThrow(/begin a file's name/);
    const file = join(root, "file");
    writeFileSync(file, "");
    expect(() => checkpointFolder(file).save(new Uint8Array(1), 1)).toThrow(/EEXIST|ENOTDIR/);
    expect(() => checkpointFolder(file).load()).toThrow(/ENOTDIR/);
  });
});

describe("progressBar", () => {
  test("renews one line on a terminal, not too often, no wider than it", () => {
    const written: string[] = [];
    let time = 0;
    const screen = { isTTY: true, columns: 60, write: (more: string) => written.push(more) };
    const bar = progressBar({ screen, label: "digits", now: () => time });
    for (let done = 1; done <= 100; done++) {
      bar.update(done, 100, 2);
      time += 20;
    }
    bar.end();
    bar.end();
    const lines = written.join("").split("\r\u001b[2K").slice(1);
    expect(lines.length).toBe(26);
    expect(lines[0]).toContain("digits ························ 1 %  loss 2.000");
    expect(lines[10]).toMatch(/^digits █+·+ 41 % {2}loss 2.000 {2}50 steps/);
    expect(lines.at(-1)).toMatch(/^digits █{24} 100 % {2}loss 2.000 {2}50 st.*\n$/);
    for (const line of lines) expect(line.trimEnd().length).toBeLessThan(60);
  });

  test("counts from where a resumed run began, and says how long it will take", () => {
    const written: string[] = [];
    let time = 0;
    const bar = progressBar({
      screen: { isTTY: true, columns: 200, write: (more) => written.push(more) },
      now: () => time,
    });
    bar.update(5001, 10_000, 1);
    time = 100_000;
    bar.update(6000, 10_000, 1);
    expect(written.join("")).toMatch(/10 steps\/s, 6 min 41 s left/);
  });

  test("is silent elsewhere", () => {
    const screen = { isTTY: false, write: () => expect.unreachable() };
    const bar = progressBar({ screen });
    bar.update(1, 2, 3);
    bar.end();
  });
});
