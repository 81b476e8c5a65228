/** The hosts over the real compiler, from source to numbers. */
import { pathToFileURL } from "node:url";
import { originalPositionFor, TraceMap } from "@jridgewell/trace-mapping";
import { type BuildFailure, build } from "esbuild";
import pc from "picocolors";
import ts from "typescript";
import { expect, test } from "vitest";
import { runCli } from "../../compiler/cli/run.ts";
import { fgrad } from "../../compiler/esbuild.ts";
import { createHost } from "../../compiler/index.ts";
import { inspectPage } from "../../compiler/inspect/page.ts";
import { folder } from "./folder.ts";

const LIBRARY = `export function half(x: number): number {
  return x / 2;
}

export function wave(x: number): number {
  return Math.sin(x) * half(x);
}
`;

const MODEL = `import { wave } from "./lib/wave.ts";

/** @fgrad */
export function height(x: number, y: number): number {
  const crest = wave(x) * y;
  return crest * crest;
}

/** @fgrad wrt weights */
export function loss(weights: Float64Array, rate: number): number {
  let sum = 0;
  for (let i = 0; i < weights.length; i++) sum += rate * weights[i]! ** 2;
  return sum;
}
`;

const FILES = { "model.ts": MODEL, "lib/wave.ts": LIBRARY };

async function cli(directory: string, ...argv: string[]) {
  let out = "";
  let err = "";
  const code = await runCli(
    argv,
    {
      stdout: (text) => {
        out += text;
      },
      stderr: (text) => {
        err += text;
      },
      directory,
      colors: pc.createColors(false),
      version: "0",
      signal: new AbortController().signal,
      uninterrupted: (work) => work(),
    },
    createHost,
  );
  return { code, out, err };
}

/** Errors of TypeScript in a program of these files. */
function typeErrors(...files: string[]): string[] {
  const program = ts.createProgram(files, {
    strict: true,
    noEmit: true,
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    allowImportingTsExtensions: true,
    types: [],
  });
  return ts.getPreEmitDiagnostics(program).map((d) => ts.flattenDiagnosticMessageText(d.messageText, "\n"));
}

const slope = (x: number, y: number) => {
  const f = (a: number, b: number) => ((Math.sin(a) * a) / 2) ** 2 * b ** 2;
  const h = 1e-5;
  return [(f(x + h, y) - f(x - h, y)) / (2 * h), (f(x, y + h) - f(x, y - h)) / (2 * h)] as const;
};

test("the command compiles a module with what it reaches, checks it, and its output is sound TypeScript", async () => {
  const { root, path } = folder(FILES);
  const { code, out, err } = await cli(root, "model.ts", "--check");
  expect(err).toMatch(/height +model\.ts +\S+ +ok, \d+ points/);
  expect(err).toMatch(/loss +model\.ts +\S+ +ok, \d+ points/);
  expect(err).toMatch(/2 functions compiled in 1 file/);
  expect([code, out]).toEqual([0, ""]);
  expect(typeErrors(path("model.fgrad.ts"), path("lib/wave.fgrad.ts"))).toEqual([]);
});

test("the check leaves out what stopGradient cuts; --explain says where", async () => {
  const source = `import { stopGradient } from "fgrad";
/** @fgrad */
export function f(x: number): number {
  const frozen = stopGradient(x);
  return x * frozen;
}
`;
  const { root } = folder({ "cut.ts": source });
  const { code, out, err } = await cli(root, "cut.ts", "--check", "--explain", "frozen", "--explain", "none");
  expect(err).toMatch(/f +cut\.ts +.*stopGradient cuts a tangent on its way/);
  expect(out).toBe(
    [
      "frozen in f carries no tangent:",
      "  cut.ts:4:9  frozen = stopGradient(x)  stopGradient cuts the tangent here",
      "",
      "There is no variable none in the functions that were compiled.",
      "",
    ].join("\n"),
  );
  expect(code).toBe(0);
});

test("what goes to another folder still finds its imports", async () => {
  const { root, path } = folder({
    ...FILES,
    "model.ts": `import "./lib/side.ts";\n${MODEL}`,
    "lib/side.ts": "export {};\n",
  });
  const { code } = await cli(root, "model.ts", "--outdir", "made/here", "--check");
  expect(code).toBe(0);
  expect(typeErrors(path("made/here/model.fgrad.ts"))).toEqual([]);
});

test("all problems of a file come in one run", async () => {
  const { root } = folder({
    "a.ts": `/** @fgrad wrt z */
export function f(x: number): number { return x; }
/** @fgrad */
export function g(x: number): number { return parseFloat(String(x)); }
/** @fgrad */
export async function h(x: number): Promise<number> { return x; }
`,
  });
  const { code, err } = await cli(root, "a.ts", "--format", "json");
  const found = err
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(code).toBe(1);
  expect(found.map((d) => d.line)).toEqual([...found.map((d) => d.line)].sort());
  expect(found.map((d) => d.code)).toEqual(expect.arrayContaining(["FG1011", "FG2003"]));
  expect(found.some((d) => /^FG3/.test(d.code) && d.line === 4)).toBe(true);
});

test("--print-after shows a pass of every function", async () => {
  const { root } = folder(FILES);
  const { out } = await cli(root, "model.ts", "--print-after", "lower");
  expect(out).toContain("lower: height(x, y)");
  expect(out).toContain("lower: wave(x)");
});

test("the plugin bundles compiled modules that run, whichever is imported first", async () => {
  const { root, path } = folder({
    ...FILES,
    "main.ts": `import { half } from "./lib/wave.ts";
import { height } from "./model.ts";
export const twice = half(4);
export const compiled = Reflect.get(height, Symbol.for("fgrad.jvp"));
export { height };
`,
  });
  await build({
    absWorkingDir: root,
    entryPoints: ["main.ts"],
    bundle: true,
    format: "esm",
    sourcemap: true,
    outfile: path("out.mjs"),
    logLevel: "silent",
    plugins: [fgrad()],
  });
  const { twice, compiled } = await import(pathToFileURL(path("out.mjs")).href);
  expect(twice).toBe(2);
  const [dx, dy] = slope(1.2, 0.7);
  const [value, tangent] = compiled.jvp(1.2, 1, 0.7, 0);
  expect(value).toBeCloseTo(((Math.sin(1.2) * 1.2) / 2) ** 2 * 0.49, 12);
  expect(tangent).toBeCloseTo(dx, 8);
  expect(compiled.jvp(1.2, 0, 0.7, 1)[1]).toBeCloseTo(dy, 8);
});

test("the plugin compiles JavaScript typed by JSDoc, and functions selected from outside", async () => {
  const { root, path } = folder({
    "plain.js": `import "./side.js";
import { unused } from "./side.js";
/**
 * @param {number} x
 * @returns {number}
 */
export function square(x) {
  return x * x;
}
`,
    "side.js": "globalThis.sideEffect = true;\nexport const unused = 1;\n",
  });
  await build({
    absWorkingDir: root,
    entryPoints: ["plain.js"],
    bundle: true,
    format: "esm",
    sourcemap: "inline",
    outfile: path("out.mjs"),
    plugins: [fgrad({ functions: ["square:x"] })],
  });
  const { square, square_jvp } = await import(pathToFileURL(path("out.mjs")).href);
  expect(Reflect.get(square, Symbol.for("fgrad.jvp"))).toMatchObject({ active: [true] });
  expect(square_jvp(3, 1)).toEqual([9, 6]);
  expect(Reflect.get(globalThis, "sideEffect")).toBe(true);
});

test("a tangent's line in the bundle leads to the primal expression that it came from", async () => {
  const { root } = folder(FILES);
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: ["model.ts"],
    bundle: true,
    format: "esm",
    sourcemap: "external",
    outdir: "out",
    write: false,
    plugins: [fgrad()],
  });
  const js = outputFiles.find((file) => file.path.endsWith(".js"))?.text.split("\n") ?? [];
  const map = new TraceMap(outputFiles.find((file) => file.path.endsWith(".map"))?.text ?? "");
  const line = js.findIndex((text) => text.includes("crest_t ="));
  const from = originalPositionFor(map, { line: line + 1, column: js[line]?.indexOf("crest_t") ?? 0 });
  expect(from.source).toMatch(/model\.ts$/);
  expect(MODEL.split("\n")[(from.line ?? 0) - 1]).toContain("const crest = wave(x) * y;");
});

test("the plugin's errors lie where the user's are", async () => {
  const { root } = folder({ "a.ts": "/** é @fgrad */ export const f = (x: number): number => Number(String(x));\n" });
  const failed: BuildFailure = await build({
    absWorkingDir: root,
    entryPoints: ["a.ts"],
    bundle: true,
    write: false,
    logLevel: "silent",
    plugins: [fgrad()],
  }).then(
    () => {
      throw new Error("the build should have failed");
    },
    (error) => error,
  );
  const [error] = failed.errors;
  expect(error?.text).toMatch(/^FG3\d\d\d: /);
  const { lineText = "", column = 0, length = 0 } = error?.location ?? {};
  const marked = Buffer.from(lineText)
    .subarray(column, column + length)
    .toString();
  expect(lineText).toContain(marked);
  expect(marked).toMatch(/x|Number/);
});

test("compiling again after a change reads the change", async () => {
  const { path, write } = folder(FILES);
  const host = createHost();
  const compile = () => host.compile({ files: [path("model.ts")] });
  expect(compile().files).toHaveLength(2);
  write("lib/wave.ts", LIBRARY.replace("x / 2", "x / 4"));
  host.invalidate([path("lib/wave.ts")]);
  const wave = compile().files.find((file) => file.source === path("lib/wave.ts"));
  expect(wave?.code).toContain("x / 4");
});

test("the page shows every function of a real compilation", async () => {
  const { path } = folder(FILES);
  const result = createHost().compile({ files: [path("model.ts")], logPasses: true });
  const page = await inspectPage(result);
  for (const name of ["height", "loss", "wave"]) expect(page).toContain(`>${name}<small>`);
  expect(page).toContain('class="active"');
  expect(page).toMatch(/data-u="\d+"/);
  expect(page).toContain('data-tab="differentiate"');
});
