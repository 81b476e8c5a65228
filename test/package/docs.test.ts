/** The documents say what the code does: generated parts are current, examples run, links lead somewhere. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";
import pc from "picocolors";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { help } from "../../compiler/cli/arguments.ts";
import { runCli } from "../../compiler/cli/run.ts";
import { fgrad } from "../../compiler/esbuild.ts";
import { createHost } from "../../compiler/index.ts";
import { rulesMarkdown } from "../../compiler/rules/docs.ts";
import { paperMarkdown } from "../paper/report/readme.ts";
import { readResults } from "../paper/report/results.ts";
import { diagnosticsMarkdown, example, examplesOf, fenced, readDocument, root, withParts } from "./documents.ts";

const readme = readDocument("README.md");

/** Inside the project, so that its tsconfig.json tells where fgrad is. */
let folder: string;

beforeAll(() => {
  mkdirSync(join(root, "out"), { recursive: true });
  folder = mkdtempSync(join(root, "out/examples-"));
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ extends: "../../tsconfig.json", include: ["."] }));
  for (const [name, code] of examplesOf(readme)) writeFileSync(join(folder, name), code);
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What the compiler adds to a module: each generated function and the line that attaches it. */
function generatedCode(name: string): string {
  const { files, diagnostics } = createHost().compile({ files: [join(folder, name)] });
  expect(diagnostics).toEqual([]);
  const code = files[0]?.code ?? "";
  const parts = code.match(/^\/\*\* Value of[\s\S]*?^Object\.defineProperty\(.*$/gm) ?? [];
  return fenced("ts", parts.join("\n\n"));
}

/** Runs a module of the folder and returns what it prints. */
async function output(name: string): Promise<string> {
  const outfile = join(folder, name.replace(/\.ts$/, ".mjs"));
  const options = { bundle: true, platform: "node", format: "esm", packages: "bundle", logLevel: "silent" } as const;
  await build({ ...options, entryPoints: [join(folder, name)], outfile, plugins: [fgrad()] });
  let printed = "";
  const spy = vi.spyOn(console, "log").mockImplementation((...words) => {
    printed += `${words.join(" ")}\n`;
  });
  try {
    await import(pathToFileURL(outfile).href);
  } finally {
    spy.mockRestore();
  }
  return printed;
}

/** How the command reports a mistake. */
async function reported(name: string, code: string): Promise<string> {
  writeFileSync(join(folder, name), code);
  let printed = "";
  const exit = await runCli(
    [name],
    {
      stdout: () => undefined,
      stderr: (text) => {
        printed += text;
      },
      directory: folder,
      colors: pc.createColors(false),
      version: "0",
      signal: new AbortController().signal,
      uninterrupted: (work) => work(),
    },
    createHost,
  );
  expect(exit).toBe(1);
  return printed.replace(/\n.* ms\n$/, "");
}

const PRICE = `/** @fgrad */
export function price(amount: number): number {
  return Number((1.19 * amount).toFixed(2));
}
`;

test("the README's generated parts are current", async () => {
  const conventions = /^\| Functions[\s\S]*/m.exec(rulesMarkdown())?.[0] ?? "";
  const current = withParts(readme, {
    model: generatedCode("model.ts"),
    output: fenced("text", `$ node build.mjs && node train.mjs\n${await output("train.ts")}`),
    flags: fenced("text", help()),
    diagnostic: fenced("text", `$ npx fgrad-compile price.ts\n${await reported("price.ts", PRICE)}`),
    conventions,
    paper: paperMarkdown(readResults(join(root, "test/paper/results"), join(root, "test/paper/results"))),
  });
  await expect(current).toMatchFileSnapshot(join(root, "README.md"));
});

test("the tables of rules and messages are current", async () => {
  const rules = `# Derivatives\n\n${rulesMarkdown()}`;
  await expect(rules).toMatchFileSnapshot(join(root, "compiler/rules/README.md"));
  await expect(diagnosticsMarkdown()).toMatchFileSnapshot(join(root, "compiler/diagnostics/README.md"));
});

test("the README names every entry point, script and code that there is, and no other", () => {
  const { exports, scripts }: { exports: object; scripts: object } = JSON.parse(readDocument("package.json"));
  const entries = Object.keys(exports).filter((name) => name !== "./package.json");
  for (const entry of entries) expect(readme).toContain(`"${entry.replace(/^\./, "fgrad")}"`.replaceAll('"', ""));
  for (const [, script = ""] of readme.matchAll(/npm (?:run )?(demo|build|test(?::\w+)?|golden|format|bench)\b/g)) {
    expect(scripts).toHaveProperty([script]);
  }
  const codes = readDocument("compiler/diagnostics/README.md");
  for (const [code] of readme.matchAll(/FG\d{4}/g)) expect(codes).toContain(code);
  expect(example(readme, "model.ts")).toContain("@fgrad");
});

test.each(["README.md", "CHANGELOG.md", "compiler/rules/README.md", "compiler/diagnostics/README.md"])(
  "every link in %s leads somewhere",
  (path) => {
    const text = readDocument(path);
    const headings = new Set(
      Array.from(text.matchAll(/^#+ (.*)$/gm), ([, title = ""]) =>
        title
          .toLowerCase()
          .replace(/[^\w\s-]/g, "")
          .trim()
          .replaceAll(" ", "-"),
      ),
    );
    for (const [, target = ""] of text.matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^https:/.test(target)) continue;
      if (target.startsWith("#")) expect(headings).toContain(target.slice(1));
      else expect(existsSync(join(root, dirname(path), target)), target).toBe(true);
    }
  },
);

test("no document or setting names a registry", () => {
  for (const path of ["package.json", "package-lock.json", ".npmrc", ".ci/run", "README.md"]) {
    expect(readFileSync(join(root, path), "utf8")).not.toMatch(/https?:\/\/[^\s"]*registry|"resolved"/);
  }
});
