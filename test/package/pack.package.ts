/** The package as users get it: packed, installed in an empty project, and every example of the README run there. */
import { execFileSync, spawnSync } from "node:child_process";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { checkPackage, createPackageFromTarballData } from "@arethetypeswrong/core";
import { build } from "esbuild";
import { publint } from "publint";
import ts from "typescript";
import { afterAll, beforeAll, expect, test } from "vitest";
import { example, examplesOf, readDocument, root } from "./documents.ts";

const readme = readDocument("README.md");
const manifest: {
  readonly version: string;
  readonly exports: Readonly<Record<string, unknown>>;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
} = JSON.parse(readDocument("package.json"));
const entryPoints = Object.keys(manifest.exports)
  .filter((name) => name !== "./package.json")
  .map((name) => name.replace(".", "fgrad"));

let tarball: string;
/** Has fgrad alone. */
let bare: string;
/** Has esbuild as well, and the README's examples. */
let full: string;

beforeAll(() => {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "fgrad-package-")));
  bare = join(folder, "bare");
  full = join(folder, "full");
  npm(root, "pack", "--pack-destination", folder);
  tarball = readdirSync(folder)
    .filter((name) => name.endsWith(".tgz"))
    .map((name) => join(folder, name))
    .join();
  for (const project of [bare, full]) {
    mkdirSync(project);
    writeFileSync(join(project, "package.json"), JSON.stringify({ name: "user", private: true, type: "module" }));
  }
  npm(bare, "install", "--prefer-offline", tarball);
  npm(full, "install", "--prefer-offline", tarball, `esbuild@${manifest.devDependencies.esbuild}`);
  for (const [name, code] of examplesOf(readme)) writeFileSync(join(full, name), code);
});

afterAll(() => rmSync(join(bare, ".."), { recursive: true, force: true }));

function npm(directory: string, ...args: string[]): void {
  execFileSync("npm", [...args, "--no-audit", "--no-fund", "--loglevel=error"], { cwd: directory, stdio: "pipe" });
}

/** Runs a command in a folder; its output, or an error with all that it said. */
function run(directory: string, command: string, ...args: string[]): string {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd: directory, encoding: "utf8" });
  if (status !== 0) throw new Error(`${command} ${args.join(" ")} ended with ${status}:\n${stdout}${stderr}`);
  return stdout;
}

const command = (project: string) => join(project, "node_modules/.bin/fgrad-compile");

/** Errors of TypeScript, libraries included, in files of a folder. */
function typeErrors(directory: string, files: readonly string[], options: ts.CompilerOptions): string[] {
  const program = ts.createProgram(
    files.map((name) => join(directory, name)),
    {
      strict: true,
      noUncheckedIndexedAccess: true,
      exactOptionalPropertyTypes: true,
      verbatimModuleSyntax: true,
      noEmit: true,
      target: ts.ScriptTarget.ES2022,
      lib: ["lib.es2022.d.ts", "lib.dom.d.ts"],
      allowImportingTsExtensions: true,
      types: [],
      ...options,
    },
  );
  return ts
    .getPreEmitDiagnostics(program)
    .map(
      ({ file, messageText }) =>
        `${file === undefined ? "" : relative(directory, file.fileName)}: ${ts.flattenDiagnosticMessageText(messageText, "\n")}`,
    );
}

test("publint has nothing to say", async () => {
  const { messages } = await publint({ pkgDir: join(bare, "node_modules/fgrad"), strict: true, pack: false });
  expect(messages).toEqual([]);
});

test("types are right for whoever imports ES modules", async () => {
  const result = await checkPackage(createPackageFromTarballData(readFileSync(tarball)));
  const problems = result.types === false ? ["no types"] : result.problems;
  const forEsm = problems.filter((problem) => {
    if (typeof problem === "string") return true;
    if (problem.kind === "CJSResolvesToESM") return false;
    return !("resolutionKind" in problem) || !["node10", "node16-cjs"].includes(problem.resolutionKind);
  });
  expect(forEsm).toEqual([]);
});

test("the tarball has what it needs and nothing else", () => {
  const installed = join(bare, "node_modules/fgrad");
  expect(readdirSync(installed).toSorted()).toEqual(["CHANGELOG.md", "LICENSE", "README.md", "dist", "package.json"]);
  expect(readdirSync(join(installed, "dist")).toSorted()).toEqual(["compiler", "runtime"]);
  expect(statSync(tarball).size).toBeLessThan(1.5e6);
  expect(statSync(join(root, "dist/compiler/cli.js")).mode & 0o111).toBe(0o111);
});

test("every declaration's import names a file that is there", () => {
  const dist = join(bare, "node_modules/fgrad/dist");
  const names = readdirSync(dist, { recursive: true, encoding: "utf8" });
  const present = new Set(names);
  for (const name of names.filter((path) => path.endsWith(".d.ts"))) {
    const text = readFileSync(join(dist, name), "utf8");
    for (const [, target = ""] of text.matchAll(/(?:\bfrom |\bimport\()"(\.[^"]*)"/g)) {
      expect(target, name).toMatch(/\.js$/);
      expect(present, `${name}: ${target}`).toContain(join(name, "..", target));
    }
  }
});

test("without esbuild, every entry point can be imported", () => {
  const script = entryPoints.map((name) => `await import(${JSON.stringify(name)});`).join("\n");
  expect(run(bare, process.execPath, "--input-type=module", "--eval", `${script} console.log("all");`)).toBe("all\n");
});

test("the runtime brings no compiler, and what is not used is dropped", async () => {
  const bundled = async (contents: string) => {
    const { metafile } = await build({
      stdin: { contents, resolveDir: bare },
      absWorkingDir: bare,
      bundle: true,
      format: "esm",
      metafile: true,
      write: false,
      logLevel: "error",
    });
    return metafile;
  };
  const inputs = Object.keys((await bundled('export * from "fgrad"; export * from "fgrad/optimizer";')).inputs);
  expect(inputs.filter((name) => !/dist\/runtime\/|stdin/.test(name))).toEqual([]);
  const unused = await bundled(
    entryPoints
      .slice(0, 4)
      .map((name) => `import ${JSON.stringify(name)};`)
      .join("\n"),
  );
  expect(Object.values(unused.outputs).map(({ bytes }) => bytes)).toEqual([0]);
});

test("only declared packages are imported", async () => {
  const { metafile } = await build({
    stdin: {
      contents: entryPoints.map((name, i) => `export * as m${i} from ${JSON.stringify(name)};`).join("\n"),
      resolveDir: bare,
    },
    absWorkingDir: bare,
    bundle: true,
    format: "esm",
    platform: "node",
    metafile: true,
    write: false,
    external: Object.keys(manifest.dependencies).flatMap((name) => [name, `${name}/*`]),
  });
  expect(Object.keys(metafile.inputs).filter((name) => !/node_modules\/fgrad\/|stdin/.test(name))).toEqual([]);
});

test("the command runs", () => {
  expect(run(bare, command(bare), "--help")).toContain("Usage: fgrad-compile");
  expect(run(bare, command(bare), "--version").trim()).toBe(manifest.version);
});

test("the command compiles what uses kernels, rules and stopGradient, and its output has sound types", () => {
  const logistic = readFileSync(join(root, "fixtures/models/logistic.ts"), "utf8");
  writeFileSync(join(bare, "logistic.ts"), logistic);
  for (const name of ["model.ts", "softplus.ts", "relative.ts", "shapes.ts"]) {
    writeFileSync(join(bare, name), example(readme, name));
  }
  // Differences can't see a tangent that was cut on purpose, so that one is not checked.
  run(bare, command(bare), "relative.ts");
  run(bare, command(bare), "[!r]*.ts", "--check");
  const compiled = readdirSync(bare).filter((name) => /\.fgrad\.ts$/.test(name));
  expect(compiled).toHaveLength(5);
  const options = { module: ts.ModuleKind.NodeNext, moduleResolution: ts.ModuleResolutionKind.NodeNext };
  expect(typeErrors(bare, compiled, options)).toEqual([]);
  const declared = readdirSync(bare).filter((name) => /\.fgrad\.d\.ts$/.test(name));
  expect(typeErrors(bare, declared, options)).toEqual([]);
  writeFileSync(
    join(bare, "user.ts"),
    'import { jvp } from "fgrad";\nimport { barrier } from "./softplus.fgrad.ts";\nconsole.log(jvp(barrier, [1, 2], [1]));\n',
  );
  expect(typeErrors(bare, ["user.ts"], options)).toEqual([]);
});

test("the README's examples have sound types, by both ways to find modules", () => {
  const files = [...examplesOf(readme).keys()].filter((name) => name.endsWith(".ts"));
  const nodeNext = { module: ts.ModuleKind.NodeNext, moduleResolution: ts.ModuleResolutionKind.NodeNext };
  const bundler = { module: ts.ModuleKind.ESNext, moduleResolution: ts.ModuleResolutionKind.Bundler };
  expect(typeErrors(full, files, nodeNext)).toEqual([]);
  expect(typeErrors(full, files, bundler)).toEqual([]);
  writeFileSync(join(full, "plugin.ts"), entryPoints.map((name, i) => `export * as m${i} from "${name}";`).join("\n"));
  expect(typeErrors(full, ["plugin.ts"], nodeNext)).toEqual([]);
});

test("the README's first example prints what it says", () => {
  run(full, process.execPath, "build.mjs");
  const printed = run(full, process.execPath, "train.mjs");
  expect(readme).toContain(`$ node build.mjs && node train.mjs\n${printed}`);
});

test("the README's other examples do what they say", () => {
  const rest = [...examplesOf(readme).keys()].filter((name) => name.endsWith(".ts") && name !== "train.ts");
  const script = example(readme, "build.mjs")
    .replace('"train.ts"', rest.map((name) => JSON.stringify(name)).join(", "))
    .replace('outfile: "train.mjs"', 'outdir: "built", packages: "external"');
  writeFileSync(join(full, "build-all.mjs"), script);
  run(full, process.execPath, "build-all.mjs");
  const printed = (name: string) => run(full, process.execPath, `built/${name}.js`);
  expect(printed("calls")).toMatch(/^171\.25 -4 2 0\.5\n4 Float64Array\(2\) \[ -6, -4 \] .* 2 true\n$/);
  expect(printed("fit")).toBe("13 2 true\n13 0.05\nFloat64Array(2) [ 2, 1 ]\n");
  expect(printed("run")).toBe("1000: not yet\n2000: good\n3000: good, done\ny = 2.00 x + 1.00\n");
  // What has ended is told again from its last checkpoint.
  expect(printed("run")).toBe("3000: good, done\ny = 2.00 x + 1.00\n");
  expect(printed("compile")).toBe("beale → beale_jvp, loss → loss_jvp\n");
});
