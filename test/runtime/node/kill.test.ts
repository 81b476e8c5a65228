/** A training process is killed at any moment, and goes on as if nothing had happened. */

import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { afterAll, beforeAll, expect, test } from "vitest";
import { randomUniform } from "../../../runtime/random/index.ts";

const KILLS = 20;
const root = mkdtempSync(join(tmpdir(), "fgrad-kill-"));
const program = join(root, "life.mjs");
const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));

beforeAll(async () => {
  await build({
    entryPoints: [at("./life.ts")],
    outfile: program,
    bundle: true,
    platform: "node",
    format: "esm",
    tsconfig: at("../../../tsconfig.json"),
  });
});

afterAll(() => rmSync(root, { recursive: true, force: true }));

interface Life {
  /** The lines that it wrote. */
  readonly lines: readonly string[];
  readonly signal: NodeJS.Signals | null;
  readonly code: number | null;
}

/** When a life ends: after so many lines (one a step), and milliseconds. */
interface End {
  readonly lines: number;
  readonly milliseconds: number;
}

/** @param end it lives to its own end without */
function live(folder: string, end?: End): Promise<Life> {
  // Some steps more, so that it is killed at work; then it waits for whoever is late.
  const limits = end === undefined ? [] : ["2", String(end.lines + 6)];
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [program, folder, ...limits], { stdio: ["ignore", "pipe", "inherit"] });
    let text = "";
    let timer: NodeJS.Timeout | undefined;
    child.stdout.on("data", (chunk) => {
      text += chunk;
      if (end === undefined || text.split("\n").length <= end.lines) return;
      timer ??= setTimeout(() => child.kill("SIGKILL"), end.milliseconds);
    });
    child.on("error", reject);
    child.on("close", (code, signal) => {
      clearTimeout(timer);
      resolve({ lines: text.trim().split("\n"), signal, code });
    });
  });
}

/** The files of a folder, by name. */
const contents = (folder: string) => readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), "hex")]);

test("killed twenty times at random moments, a run ends with the bits of one that was not", async () => {
  const [whole, again, killed] = ["whole", "again", "killed"].map((name) => join(root, name)) as [
    string,
    string,
    string,
  ];
  const undisturbed = await live(whole);
  expect(undisturbed.code).toBe(0);
  const restarts = new Set<string>();
  for (let kill = 0; kill < KILLS; kill++) {
    const end = { lines: 1 + Math.floor(9 * randomUniform(1, kill, 0)), milliseconds: 8 * randomUniform(1, kill, 1) };
    const { signal, lines } = await live(killed, end);
    expect(signal).toBe("SIGKILL");
    restarts.add(lines[0] ?? "");
  }
  // They have not all begun at the beginning.
  expect(restarts.size).toBeGreaterThan(3);
  const last = await live(killed);
  expect(last.lines.at(-1)).toBe(undisturbed.lines.at(-1));
  expect(Number.parseInt(last.lines[0] ?? "", 10)).toBeGreaterThan(10);
  expect(contents(killed)).toEqual(contents(whole));
  await live(again);
  expect(contents(again)).toEqual(contents(whole));
});
