/** The command as a process: exit codes, pipes, interruptions. The compiler behind it is the fake one. */
import { type ChildProcessByStdio, spawn } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Readable } from "node:stream";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { folder } from "./folder.ts";

const ROOT = new URL("../..", import.meta.url).pathname;
const CLI = join(ROOT, "node_modules", ".fgrad", `cli-${process.pid}.mjs`);

const SOURCE = `/** @fgrad */
export function f(x: number): number {
  return x;
}
//! export function f_jvp(x: number, x_t: number) { return [x, x_t]; }
`;

beforeAll(async () => {
  mkdirSync(dirname(CLI), { recursive: true });
  await build({
    absWorkingDir: ROOT,
    entryPoints: ["compiler/cli.ts"],
    bundle: true,
    platform: "node",
    format: "esm",
    packages: "external",
    outfile: CLI,
    plugins: [
      {
        name: "fake",
        setup: (b) => {
          b.onResolve({ filter: /^\.\/index\.ts$/ }, () => ({ path: "index", namespace: "fake" }));
          b.onLoad({ filter: /.*/, namespace: "fake" }, () => ({
            contents: 'export { fakeHost as createHost } from "./test/hosts/fake.ts";',
            resolveDir: ROOT,
          }));
        },
      },
    ],
  });
});

afterAll(() => rmSync(CLI, { force: true }));

function start(cwd: string, ...argv: string[]): ChildProcessByStdio<null, Readable, Readable> {
  return spawn(process.execPath, [CLI, ...argv], { cwd, stdio: ["ignore", "pipe", "pipe"] });
}

async function finish(child: ChildProcessByStdio<null, Readable, Readable>) {
  let out = "";
  let err = "";
  child.stdout.on("data", (chunk) => {
    out += chunk;
  });
  child.stderr.on("data", (chunk) => {
    err += chunk;
  });
  const [code, signal] = await new Promise<[number | null, string | null]>((done) =>
    child.on("close", (...how) => done(how)),
  );
  return { code, signal, out, err };
}

const run = (cwd: string, ...argv: string[]) => finish(start(cwd, ...argv));

describe("the process", () => {
  test("ends with 0, 1 and 2, and keeps code and messages apart", async () => {
    const { root } = folder({ "a.ts": SOURCE, "b.ts": `${SOURCE}ERROR;\n` });
    const done = await run(root, "a.ts", "--stdout");
    expect([done.code, done.signal]).toEqual([0, null]);
    expect(done.out).toContain("f_jvp");
    expect(done.err).toMatch(/^1 function compiled/);
    const wrong = await run(root, "b.ts");
    expect([wrong.code, wrong.out]).toEqual([1, ""]);
    expect(wrong.err).toContain("b.ts:6:1 - error FG2001");
    expect(wrong.err).not.toContain("\u001b");
    expect((await run(root, "--nope")).code).toBe(2);
    expect((await run(root)).code).toBe(2);
  });

  test("knows its version", async () => {
    const { out } = await run("/", "--version");
    expect(out).toMatch(/^\d+\.\d+\.\d+/);
  });

  test("does not mind a reader that goes away", async () => {
    const { root } = folder({ "a.ts": `${SOURCE}/*${"x".repeat(4_000_000)}*/\n` });
    const child = start(root, "a.ts", "--stdout");
    child.stdout.once("data", () => child.stdout.destroy());
    const { code, err } = await finish(child);
    expect(code).toBe(0);
    expect(err).not.toContain("EPIPE");
  });

  test("writes all of a long text into a pipe", async () => {
    const { root } = folder({ "a.ts": `${SOURCE}/*${"x".repeat(1_000_000)}*/\n` });
    const { out } = await run(root, "a.ts", "--stdout");
    expect(out.length).toBeGreaterThan(1_000_000);
  });

  test("watches until Ctrl-C, which ends it with 0 and leaves nothing unfinished", async () => {
    const { root, write, read, path } = folder({ "a.ts": SOURCE });
    const child = start(root, "a.ts", "--watch");
    const ended = finish(child);
    const until = async (condition: () => boolean) => {
      for (let i = 0; i < 300 && !condition(); i++) await new Promise((wake) => setTimeout(wake, 20));
      expect(condition()).toBe(true);
    };
    await until(() => existsSync(path("a.fgrad.ts")));
    await new Promise((wake) => setTimeout(wake, 100));
    write("a.ts", `${SOURCE}// changed\n`);
    await until(() => read("a.fgrad.ts").includes("// changed"));
    child.kill("SIGINT");
    const { code, signal } = await ended;
    expect([code, signal]).toEqual([0, null]);
    expect(readdirSync(root).filter((name) => name.endsWith(".tmp"))).toEqual([]);
  });

  test("leaves no half of a file behind, whenever it is interrupted", async () => {
    const names = Array.from({ length: 30 }, (_, i) => `m${i}.ts`);
    const { root, read } = folder(
      Object.fromEntries(names.map((name) => [name, `${SOURCE}// ${"y".repeat(200_000)} end\n`])),
    );
    for (const delay of [120, 160, 200, 240]) {
      const child = start(root, "*.ts");
      const ended = finish(child);
      setTimeout(() => child.kill("SIGINT"), delay);
      await ended;
      const files = readdirSync(root);
      expect(files.filter((name) => name.endsWith(".tmp"))).toEqual([]);
      for (const name of files.filter((file) => file.endsWith(".fgrad.ts"))) expect(read(name)).toContain(" end\n");
    }
  });
});
