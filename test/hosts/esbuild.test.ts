import { originalPositionFor, TraceMap } from "@jridgewell/trace-mapping";
import { type BuildFailure, type BuildOptions, build, context, type Plugin } from "esbuild";
import { describe, expect, test } from "vitest";
import { type FgradOptions, pluginOver } from "../../compiler/esbuild.ts";
import { type FakeHost, fakeHost } from "./fake.ts";
import { folder } from "./folder.ts";

const CUBE = `/** @fgrad */
export function cube(x: number): number {
  return x * x * x;
}
//! export function cube_jvp(x: number, x_t: number) { return [x * x * x, 3 * x * x * x_t]; }
`;

function bundle(root: string, entry: string, rest: BuildOptions & { readonly fgrad?: FgradOptions } = {}) {
  const { fgrad = {}, plugins = [], ...options } = rest;
  const host = fakeHost();
  const base: BuildOptions = {
    absWorkingDir: root,
    entryPoints: [entry],
    bundle: true,
    format: "esm",
    write: false,
    logLevel: "silent",
    plugins: [...plugins, pluginOver(() => host, fgrad)],
    ...options,
  };
  return { host, base };
}

async function output(options: BuildOptions): Promise<string> {
  const { outputFiles } = await build({ ...options, write: false });
  return outputFiles.map((file) => file.text).join("\n");
}

async function failure(options: BuildOptions): Promise<BuildFailure> {
  return build(options).then(
    () => {
      throw new Error("the build should have failed");
    },
    (error: BuildFailure) => error,
  );
}

describe("a bundle", () => {
  test("gets tangents where functions are annotated", async () => {
    const { root, path } = folder({
      "main.ts": 'import { cube } from "./cube.ts";\nconsole.log(cube(2));\n',
      "cube.ts": CUBE,
    });
    const { base, host } = bundle(root, "main.ts");
    expect(await output({ ...base, treeShaking: false, minify: false })).toContain("3 * x * x * x_t");
    expect(host.calls).toHaveLength(1);
    expect(host.calls[0]).toMatchObject({ files: [path("cube.ts")], naming: "replace" });
  });

  test("never loads the compiler when nothing is annotated", async () => {
    const { root } = folder({ "main.ts": 'import "./other.js";\n', "other.js": "console.log('@fgradual');\n" });
    const plugin = pluginOver(() => {
      throw new Error("must not be loaded");
    }, {});
    expect(await output({ ...bundle(root, "main.ts").base, plugins: [plugin] })).toContain("@fgradual");
  });

  test("leaves installed packages alone, unless a function is selected there", async () => {
    const { root, path } = folder({
      "main.ts": 'import { cube } from "p";\nconsole.log(cube);\n',
      "node_modules/p/index.js": CUBE.replaceAll(": number", ""),
      "node_modules/p/package.json": '{ "name": "p", "main": "index.js" }',
    });
    const without = bundle(root, "main.ts");
    await build(without.base);
    expect(without.host.calls).toEqual([]);
    const { base, host } = bundle(root, "main.ts", { fgrad: { functions: ["cube:x"] } });
    await build(base);
    expect(host.calls[0]).toMatchObject({ files: [path("node_modules/p/index.js")], functions: ["cube:x"] });
  });

  test("finds modules through tsconfig paths", async () => {
    const { root } = folder({
      "tsconfig.json": '{ "compilerOptions": { "paths": { "@lib/*": ["./lib/*"] } } }',
      "main.ts": 'import { cube } from "@lib/cube";\nconsole.log(cube);\n',
      "lib/cube.ts": CUBE,
    });
    const { base, host } = bundle(root, "main.ts");
    await build(base);
    expect(host.calls).toHaveLength(1);
  });
});

describe("a module that annotated ones reach", () => {
  const files = {
    "main.ts": 'import { half } from "./lib.ts";\nimport { f } from "./one.ts";\nconsole.log(half(1), f(1));\n',
    "one.ts": 'export * from "./two.ts";\n',
    "two.ts": 'import "./style.css";\nexport * from "./deep/f.ts";\n',
    "style.css": "a { color: red }\n",
    "lib.ts": `export function half(x: number): number {\n  return x / 2;\n}\n//! export const half_jvp = "tangent of half";\n`,
    "deep/f.ts": `import { half } from "../lib.ts";\n//reach ../lib.ts\n/** @fgrad */\nexport function f(x: number): number {\n  return half(x);\n}\n//! import { half_jvp } from "../lib.ts"; export const f_jvp = [half_jvp]; console.log(f_jvp);\n`,
  };

  test("is compiled even when it is imported long before them", async () => {
    const { root } = folder(files);
    const { base, host } = bundle(root, "main.ts", { outdir: "out" });
    const text = await output(base);
    expect(text).toContain("tangent of half");
    expect(text.match(/x \/ 2/g)).toHaveLength(1);
    expect(host.calls).toHaveLength(1);
  });

  /** Leads to a module in a way that only this plugin knows. */
  const hidden = (target: string): Plugin => ({
    name: "hidden",
    setup(b) {
      b.onResolve({ filter: /^hidden$/ }, () => ({ path: "hidden", namespace: "hidden" }));
      b.onLoad({ filter: /.*/, namespace: "hidden" }, async () => {
        await new Promise((wake) => setTimeout(wake, 100));
        return { contents: `export * from ${JSON.stringify(target)};`, resolveDir: "/" };
      });
    },
  });

  test("stays right when another plugin leads to an annotated module", async () => {
    const { root, path } = folder({ ...files, "main.ts": 'import { f } from "hidden";\nconsole.log(f(1));\n' });
    const { base, host } = bundle(root, "main.ts", { plugins: [hidden(path("deep/f.ts"))] });
    expect(await output(base)).toContain("tangent of half");
    expect(host.calls).toHaveLength(1);
  });

  test("is an error when it was bundled without tangents before that, and a named file is the way out", async () => {
    const main = 'import { half } from "./lib.ts";\nimport { f } from "hidden";\nconsole.log(half(1), f(1));\n';
    const { root, path } = folder({ ...files, "main.ts": main });
    const plugins = [hidden(path("deep/f.ts"))];
    const { errors } = await failure(bundle(root, "main.ts", { plugins }).base);
    expect(errors[0]?.text).toMatch(/^FG1023: /);
    const named = bundle(root, "main.ts", { plugins, fgrad: { files: ["deep/f.ts"] } });
    expect(await output(named.base)).toContain("tangent of half");
  });
});

describe("diagnostics", () => {
  test("are located in bytes from 0, with the code in the text, the hint and notes", async () => {
    const { root } = folder({ "main.ts": '/* @fgrad */\n  const s = "é日👍"; ERROR(s);\n' });
    const { errors } = await failure(bundle(root, "main.ts").base);
    expect(errors).toHaveLength(1);
    expect(errors[0]).toMatchObject({
      text: "FG2001: ERROR is not differentiated yet.",
      pluginName: "fgrad",
      location: {
        file: "main.ts",
        line: 2,
        column: Buffer.byteLength('  const s = "é日👍"; '),
        length: 5,
        lineText: '  const s = "é日👍"; ERROR(s);',
      },
    });
    expect(errors[0]?.notes[0]?.text).toMatch(/stopGradient/);
    expect(errors[0]?.notes[1]).toMatchObject({ text: "seen from here", location: { line: 1, column: 0 } });
  });

  test("come once each, from every file, also those that were only reached", async () => {
    const { root } = folder({
      "main.ts": 'import "./a.ts";\nimport "./b.ts";\nimport "./lib.ts";\n',
      "a.ts": "/* @fgrad */ ERROR; WARN;\n//reach lib.ts\n",
      "b.ts": "/* @fgrad */ ERROR;\n//reach ./lib.ts\n",
      "lib.ts": "ERROR;\n",
    });
    const { errors, warnings } = await failure(bundle(root, "main.ts").base);
    expect(errors.map((error) => error.location?.file).sort()).toEqual(["a.ts", "b.ts"]);
    expect(warnings).toHaveLength(1);
    const reached = bundle(root, "b2.ts");
    const more = folder({ "b2.ts": "/* @fgrad */\n//reach ./lib.ts\n", "lib.ts": "ERROR;\n" });
    const second = await failure({ ...reached.base, absWorkingDir: more.root });
    expect(second.errors.map((error) => error.location?.file)).toEqual(["lib.ts"]);
  });

  test("tell of a compiler that crashes, or that can't be loaded", async () => {
    const { root } = folder({ "main.ts": CUBE });
    const { base } = bundle(root, "main.ts");
    const plugin = pluginOver(() => Promise.reject(new Error("boom")), {});
    const { errors } = await failure({ ...base, plugins: [plugin] });
    expect(errors[0]?.text).toMatch(/^FG9002: .*boom/);
  });
});

test("source maps chain through the compiled module", async () => {
  const { root } = folder({ "main.ts": CUBE });
  const { base } = bundle(root, "main.ts", { sourcemap: "external", outdir: "out" });
  const { outputFiles } = await build({ ...base, write: false });
  const map = new TraceMap(outputFiles.find((file) => file.path.endsWith(".map"))?.text ?? "");
  expect(map.sources.some((source) => source?.endsWith("main.ts"))).toBe(true);
  const js = outputFiles.find((file) => file.path.endsWith(".js"))?.text ?? "";
  const line = js.split("\n").findIndex((text) => text.includes("function cube("));
  expect(originalPositionFor(map, { line: line + 1, column: 0 })).toMatchObject({ line: 2, column: 0 });
});

describe("rebuilding", () => {
  const rebuilds = async (files: Readonly<Record<string, string>>) => {
    const made = folder(files);
    const { base, host } = bundle(made.root, "main.ts");
    const builder = await context({ ...base, write: false });
    const rebuild = async () => (await builder.rebuild()).outputFiles?.[0]?.text ?? "";
    return { ...made, host, rebuild, dispose: () => builder.dispose() };
  };

  test("refreshes what changed and nothing else", async () => {
    const main = 'export { cube } from "./cube.ts";\nexport * from "./cube.ts";\n';
    const { write, path, host, rebuild, dispose } = await rebuilds({ "main.ts": main, "cube.ts": CUBE });
    expect(await rebuild()).toContain("3 * x * x * x_t");
    await rebuild();
    write("main.ts", `${main}console.log("edited");\n`);
    expect(await rebuild()).toContain("edited");
    expect(host.calls).toHaveLength(1);

    write("cube.ts", CUBE.replace("3 * x * x", "(x * x * 3)"));
    expect(await rebuild()).toContain("x * x * 3 * x_t");
    expect(host.calls).toHaveLength(2);
    expect(host.invalidated).toEqual([path("cube.ts")]);
    await dispose();
  });

  test("sees a file become annotated, break, and heal", async () => {
    const main = 'export * from "./cube.ts";\n';
    const { write, rebuild, dispose } = await rebuilds({ "main.ts": main, "cube.ts": "export const x = 1;\n" });
    expect(await rebuild()).not.toContain("x_t");
    write("cube.ts", CUBE);
    expect(await rebuild()).toContain("x_t");
    write("cube.ts", `${CUBE}ERROR;\n`);
    await expect(rebuild()).rejects.toThrow("FG2001");
    await expect(rebuild()).rejects.toThrow("FG2001");
    write("cube.ts", CUBE);
    expect(await rebuild()).toContain("x_t");
    await dispose();
  });

  test("sees new imports, new files, and files that come late", async () => {
    const main = 'export * from "./cube.ts";\n';
    const files = { "main.ts": main, "cube.ts": CUBE, "other.ts": CUBE.replaceAll("cube", "other") };
    const { write, rebuild, dispose } = await rebuilds(files);
    expect(await rebuild()).not.toContain("other_jvp");
    write("main.ts", `${main}export * from "./other.ts";\n`);
    expect(await rebuild()).toContain("other_jvp");
    write("cube.ts", CUBE.replace("*/", "*/ import './third.ts';"));
    await expect(rebuild()).rejects.toThrow("third");
    write("third.ts", `${CUBE.replaceAll("cube", "third")}console.log(third_jvp);\n`);
    expect(await rebuild()).toContain("third_jvp");
    await dispose();
  });

  test("in watch mode follows files that esbuild itself does not know", async () => {
    const made = folder({
      "main.ts": "//reach types.ts\n/** @fgrad */\nexport function f(x: number): number { return x; }\n",
      "types.ts": "WARN;\n",
    });
    const host: FakeHost = fakeHost();
    let builds = 0;
    const counter: Plugin = { name: "counter", setup: (b) => b.onEnd(() => void builds++) };
    const { base } = bundle(made.root, "main.ts");
    const builder = await context({ ...base, plugins: [pluginOver(() => host, {}), counter] });
    await builder.watch({});
    const until = async (count: number) => {
      for (let i = 0; i < 300 && builds < count; i++) await new Promise((wake) => setTimeout(wake, 20));
      expect(builds).toBeGreaterThanOrEqual(count);
    };
    await until(1);
    made.write("types.ts", "WARN; WARN;\n");
    await until(2);
    expect(host.invalidated).toContain(made.path("types.ts"));
    await builder.dispose();
  });
});
