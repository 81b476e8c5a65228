import { chmodSync, existsSync, readdirSync, statSync } from "node:fs";
import pc from "picocolors";
import { describe, expect, test } from "vitest";
import { help, parseCommand } from "../../compiler/cli/arguments.ts";
import { type Io, runCli } from "../../compiler/cli/run.ts";
import { type FakeHost, fakeHost } from "./fake.ts";
import { folder } from "./folder.ts";

const SQUARE = `/** @fgrad */
export function square(x: number): number {
  return x * x;
}
//! export function square_jvp(x: number, x_t: number) { return [x * x, 2 * x * x_t]; }
//! Object.defineProperty(square, Symbol.for("fgrad.jvp"), { value: { jvp: square_jvp, active: [true] } });
`;

interface Run {
  readonly code: number;
  readonly out: string;
  readonly err: string;
  readonly host: FakeHost;
}

async function run(directory: string, argv: readonly string[], signal = new AbortController().signal): Promise<Run> {
  const host = fakeHost();
  let out = "";
  let err = "";
  const io: Io = {
    stdout: (text) => {
      out += text;
    },
    stderr: (text) => {
      err += text;
    },
    directory,
    colors: pc.createColors(false),
    version: "1.2.3",
    signal,
    uninterrupted: (work) => work(),
  };
  const code = await runCli(argv, io, () => host);
  return { code, out, err, host };
}

describe("the command line", () => {
  const problem = (...argv: string[]) => {
    const command = parseCommand(argv);
    return command.kind === "wrong" ? command.problem : command.kind;
  };

  test("reads every flag", () => {
    const argv = "a.ts b.ts -p t.json --function f --function g:x,y --outdir o --lanes 4 --order 2 --print-after lower";
    const rest =
      "--explain a --explain b --rules r.ts --inspect page.html --check --watch --no-sourcemap --no-declaration --format json --quiet";
    const command = parseCommand(`${argv} ${rest}`.split(" "));
    expect(command).toEqual({
      kind: "compile",
      arguments: {
        inputs: ["a.ts", "b.ts"],
        tsconfig: "t.json",
        functions: ["f", "g:x,y"],
        explain: ["a", "b"],
        rules: ["r.ts"],
        outdir: "o",
        stdout: false,
        lanes: 4,
        order: 2,
        printAfter: "lower",
        inspect: "page.html",
        check: true,
        watch: true,
        sourcemap: false,
        declaration: false,
        format: "json",
        quiet: true,
      },
    });
  });

  test("takes --inspect with and without a file", () => {
    const inspected = (...argv: string[]) => {
      const command = parseCommand(argv);
      return command.kind === "compile" ? [command.arguments.inspect, command.arguments.inputs] : command;
    };
    expect(inspected("--inspect", "a.ts")).toEqual(["fgrad.html", ["a.ts"]]);
    expect(inspected("--inspect", "p.html", "a.ts")).toEqual(["p.html", ["a.ts"]]);
    expect(inspected("--inspect=p.html", "a.ts")).toEqual(["p.html", ["a.ts"]]);
    expect(inspected("a.ts", "--inspect")).toEqual(["fgrad.html", ["a.ts"]]);
    expect(inspected("a.ts")).toEqual([undefined, ["a.ts"]]);
  });

  test("says what is wrong, and what was meant", () => {
    expect(problem("--lane", "4", "a.ts")).toBe("There is no flag --lane. Did you mean --lanes?");
    expect(problem("--serve", "a.ts")).toMatch(/^There is no flag --serve\./);
    expect(problem("-x", "a.ts")).toMatch(/^There is no flag -x\./);
    expect(problem()).toBe("No file was named.");
    expect(problem("a.ts", "--lanes", "0")).toMatch(/^--lanes must be a whole number/);
    expect(problem("a.ts", "--lanes=1.5")).toMatch(/^--lanes must be a whole number/);
    expect(problem("a.ts", "--order", "x")).toMatch(/^--order must be a whole number/);
    expect(problem("a.ts", "--outdir")).toBe("--outdir needs a value: --outdir DIR.");
    expect(problem("a.ts", "--outdir", "--quiet")).toBe("--outdir needs a value: --outdir DIR.");
    expect(problem("a.ts", "--quiet=yes")).toBe("--quiet takes no value.");
    expect(problem("a.ts", "--format", "xml")).toBe("--format must be pretty or json, not xml.");
    expect(problem("a.ts", "--print-after", "magic")).toMatch(/^There is no pass magic\. The passes are discover/);
    expect(problem("a.ts", "--stdout", "--outdir", "o")).toBe("--stdout and --outdir exclude each other.");
    expect(problem("a.ts", "--stdout", "--watch")).toBe("--stdout and --watch exclude each other.");
  });

  test("prints help and version without compiling", async () => {
    expect((await run("/", ["--help"])).out).toBe(help());
    for (const flag of ["--print-after PASS", "--inspect [FILE.html]", "--no-declaration", "-p, --project FILE"]) {
      expect(help()).toContain(flag);
    }
    const { code, out, host } = await run("/", ["--version"]);
    expect([code, out, host.calls.length]).toEqual([0, "1.2.3\n", 0]);
  });
});

describe("inputs", () => {
  test("a missing file, a folder and a glob without matches are wrong usage", async () => {
    const { root } = folder({ "a.ts": "export {};\n" });
    expect(await run(root, ["b.ts"])).toMatchObject({ code: 2, err: expect.stringContaining("b.ts does not exist.") });
    expect(await run(root, ["."])).toMatchObject({ code: 2, err: expect.stringContaining("is no file") });
    expect(await run(root, ["*.js"])).toMatchObject({
      code: 2,
      err: expect.stringContaining("No source file matches *.js"),
    });
    expect(await run(root, ["*.ts"])).toMatchObject({ code: 2, err: expect.stringContaining("annotated") });
    expect(await run(root, ["a.ts", "-p", "no.json"])).toMatchObject({ code: 2 });
  });

  test("globs take files that concern us, and nothing generated or installed", async () => {
    const { root, path } = folder({
      "src/a.ts": SQUARE,
      "src/deep/b.ts": SQUARE,
      "src/plain.ts": "export const x = 1;\n",
      "src/a.fgrad.ts": "// @fgrad\n",
      "src/types.d.ts": "// @fgrad\n",
      "node_modules/p/i.ts": SQUARE,
    });
    const { host } = await run(root, ["**/*.ts"]);
    expect(host.calls[0]?.files).toEqual([path("src/a.ts"), path("src/deep/b.ts")]);
    const selected = await run(root, ["src/*.ts", "--function", "x"]);
    expect(selected.host.calls[0]?.files).toEqual([path("src/a.ts"), path("src/plain.ts")]);
  });

  test("what a shell's own glob names beside the sources is left out", async () => {
    const { root, path } = folder({ "a.ts": SQUARE, "a.fgrad.ts": SQUARE, "a.fgrad.d.ts": "", "b.d.mts": "" });
    const { host } = await run(root, ["a.ts", "a.fgrad.ts", "a.fgrad.d.ts", "b.d.mts"]);
    expect(host.calls[0]?.files).toEqual([path("a.ts")]);
    expect(await run(root, ["a.fgrad.ts"])).toMatchObject({
      code: 2,
      err: expect.stringContaining("a.fgrad.ts is a declaration, or was generated by fgrad."),
    });
  });
});

describe("output", () => {
  test("is a module, its map and its declarations, signed", async () => {
    const { root, read } = folder({ "a.ts": SQUARE });
    const { code, out, err } = await run(root, ["a.ts"]);
    expect([code, out]).toEqual([0, ""]);
    expect(err).toMatch(/^1 function compiled in 1 file, \d+ ms\n$/);
    expect(read("a.fgrad.ts")).toMatch(/^\/\/ Generated by fgrad/);
    expect(read("a.fgrad.ts")).toMatch(/\n\/\/# sourceMappingURL=a\.fgrad\.ts\.map\n$/);
    expect(JSON.parse(read("a.fgrad.ts.map")).mappings).toMatch(/^;AAAA;AACA/);
    expect(read("a.fgrad.d.ts")).toMatch(/^\/\/ Generated by fgrad/);
    expect(readdirSync(root).sort()).toEqual(["a.fgrad.d.ts", "a.fgrad.ts", "a.fgrad.ts.map", "a.ts"]);
  });

  test("leaves out what is not wanted, and says nothing when asked", async () => {
    const { root } = folder({ "a.ts": SQUARE });
    const { err } = await run(root, ["a.ts", "--no-sourcemap", "--no-declaration", "--quiet"]);
    expect(err).toBe("");
    expect(readdirSync(root).sort()).toEqual(["a.fgrad.ts", "a.ts"]);
  });

  test("goes to stdout, and to no file, with --stdout", async () => {
    const { root } = folder({ "a.ts": SQUARE });
    const { out } = await run(root, ["a.ts", "--stdout"]);
    expect(out).toContain("square_jvp");
    expect(readdirSync(root)).toEqual(["a.ts"]);
  });

  test("never replaces a file that fgrad did not write", async () => {
    const { root, read, write } = folder({ "a.ts": SQUARE, "b.ts": SQUARE, "b.fgrad.ts": "precious\n" });
    const { code, err } = await run(root, ["a.ts", "b.ts"]);
    expect(code).toBe(1);
    expect(err).toContain("FG1021: b.fgrad.ts exists and was not written by fgrad");
    expect(read("b.fgrad.ts")).toBe("precious\n");
    expect(existsSync(`${root}/a.fgrad.ts`)).toBe(false);
    write("b.fgrad.ts", "");
    expect((await run(root, ["a.ts", "b.ts"])).code).toBe(0);
    expect((await run(root, ["a.ts", "b.ts"])).code).toBe(0);
  });

  test("does not touch a file that stays the same", async () => {
    const { root, path } = folder({ "a.ts": SQUARE });
    await run(root, ["a.ts"]);
    const before = statSync(path("a.fgrad.ts")).mtimeMs;
    await run(root, ["a.ts"]);
    expect(statSync(path("a.fgrad.ts")).mtimeMs).toBe(before);
  });

  test("leaves nothing half-written when a folder can't be written", async () => {
    const { root, path } = folder({ "a.ts": SQUARE, "closed/keep": "", "closed/b.ts": SQUARE });
    chmodSync(path("closed"), 0o500);
    const { code, err } = await run(root, ["a.ts", "closed/b.ts"]);
    chmodSync(path("closed"), 0o700);
    if (process.getuid?.() === 0) return; // root may write anywhere
    expect(code).toBe(1);
    expect(err).toContain("FG1022");
    expect(readdirSync(root).sort()).toEqual(["a.ts", "closed"]);
  });
});

describe("errors in the user's code", () => {
  test("are shown in place, end with 1, and stop their own file only", async () => {
    const { root } = folder({ "a.ts": SQUARE, "b.ts": `${SQUARE}ERROR;\nERROR;\n` });
    const { code, err } = await run(root, ["a.ts", "b.ts"]);
    expect(code).toBe(1);
    expect(err).toContain("b.ts:7:1 - error FG2001: ERROR is not differentiated yet.");
    expect(err).toContain("b.ts:8:1 - error FG2001");
    expect(err).toContain("^^^^^");
    expect(err).toMatch(/2 errors, 1 function compiled in 1 file/);
    expect(readdirSync(root).sort()).toEqual(["a.fgrad.d.ts", "a.fgrad.ts", "a.fgrad.ts.map", "a.ts", "b.ts"]);
  });

  test("as JSON, one a line and nothing else", async () => {
    const { root } = folder({ "b.ts": `ERROR; WARN;\n` });
    const { err, out } = await run(root, ["b.ts", "--format", "json"]);
    const lines = err
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(lines.map(({ code, severity, line, column }) => [code, severity, line, column])).toEqual([
      ["FG2001", "error", 1, 1],
      ["FG1013", "warning", 1, 8],
    ]);
    expect(out).toBe("");
    expect((await run(root, ["b.ts", "--quiet"])).err).not.toContain("FG1013");
  });

  test("a compiler that crashes is our mistake, and says so", async () => {
    const { root } = folder({ "a.ts": SQUARE });
    let err = "";
    const io = {
      stdout: () => {},
      stderr: (text: string) => {
        err += text;
      },
      directory: root,
      colors: pc.createColors(false),
    };
    const rest = { version: "", signal: new AbortController().signal, uninterrupted: <T>(work: () => T) => work() };
    const broken = () => ({
      invalidate: () => {},
      compile: () => {
        throw new Error("boom");
      },
    });
    expect(await runCli(["a.ts"], { ...io, ...rest }, broken)).toBe(1);
    expect(err).toMatch(/^error FG9002: .*boom/);
  });
});

test("a file without a function to compile is said to be one, even when all else is quiet", async () => {
  const { root } = folder({ "a.ts": "export {};\n", "rules.ts": "/** @fgrad rule g_jvp */\n" });
  const { code, err } = await run(root, ["a.ts", "--quiet"]);
  expect(code).toBe(1);
  expect(err).toContain("FG1005: No function in a.ts is annotated");
  expect((await run(root, ["rules.ts"])).code).toBe(0);
});

describe("--print-after", () => {
  test("prints one pass with its parts, or all", async () => {
    const { root } = folder({ "a.ts": SQUARE });
    expect((await run(root, ["a.ts", "--print-after", "simplify"])).out).toBe(
      "// simplify/fold: f(x)\nafter simplify/fold\n\n",
    );
    expect((await run(root, ["a.ts", "--print-after", "all"])).out.match(/^\/\/ /gm)).toHaveLength(3);
  });
});

describe("--check", () => {
  const attach = (name: string) =>
    `//! Object.defineProperty(${name}, Symbol.for("fgrad.jvp"), { value: { jvp: ${name}_jvp, active: [true] } });\n`;
  const one = (name: string, type: string, body: string, result: string, jvp: string) =>
    `/** @fgrad */\nexport function ${name}(x: ${type}): ${result} {\n  ${body}\n}\n` +
    `//! export function ${name}_jvp(x: any, x_t: any): any { ${jvp} }\n${attach(name)}`;

  test("passes what is right, whatever it takes and returns", async () => {
    const { root } = folder({
      "lib.ts": "export const two = 2;\n",
      "a.ts":
        'import { two } from "./lib.ts";\n' +
        one(
          "power",
          "number",
          "return Math.exp(two * x);",
          "number",
          "const e = Math.exp(two * x); return [e, two * e * x_t];",
        ) +
        one("abs", "number", "return Math.abs(x - 1);", "number", "return [Math.abs(x - 1), Math.sign(x - 1) * x_t];") +
        one(
          "sum",
          "Float32Array",
          "let s = 0; for (const v of x) s += v * v; return s;",
          "number",
          "let s = 0, t = 0; x.forEach((v: any, i: any) => { s += v * v; t += 2 * v * x_t[i]; }); return [s, t];",
        ) +
        one(
          "double",
          "Float64Array",
          "for (let i = 0; i < x.length; i++) x[i] = (x[i] ?? 0) * 2;",
          "void",
          "for (let i = 0; i < x.length; i++) { x[i] *= 2; x_t[i] *= 2; } return [undefined, undefined];",
        ) +
        one("swap", "[number, number]", "return [x[1], x[0]];", "number[]", "return [[x[1], x[0]], [x_t[1], x_t[0]]];"),
    });
    const { code, err } = await run(root, ["a.ts", "--check"]);
    expect(err).toMatch(/power +a\.ts +\S+e-\d+ +ok, \d+ points/);
    expect(err.match(/ ok, /g)).toHaveLength(5);
    expect(code).toBe(0);
  });

  test("tells a value that jumps from a wrong tangent", async () => {
    const body = "x * x + Math.floor(x * 3000) * 1e-8";
    const { root } = folder({
      "a.ts":
        one("stepped", "number", `return ${body};`, "number", `return [${body}, 2 * x * x_t];`) +
        one("tilted", "number", `return ${body};`, "number", `return [${body}, 2.001 * x * x_t];`),
    });
    const { code, err } = await run(root, ["a.ts", "--check"]);
    expect(err).toMatch(/stepped.*(jumps, or changes too fast| ok, )/);
    expect(err).toMatch(/tilted.*apart/);
    expect(code).toBe(1);
  });

  test("finds a wrong tangent, a wrong value and a lost tangent, and writes nothing then", async () => {
    const { root } = folder({
      "a.ts":
        one("half", "number", "return x * x;", "number", "return [x * x, x * x_t];") +
        one("value", "number", "return x * x;", "number", "return [x * x + 1, 2 * x * x_t];") +
        one("lost", "number", "return x * x;", "number", "return [x * x, undefined];"),
      "b.ts": SQUARE,
    });
    const { code, err } = await run(root, ["a.ts", "b.ts", "--check"]);
    expect(code).toBe(1);
    expect(err).toMatch(/half +a\.ts +\S+ +WRONG: they lie .* apart/);
    expect(err).toMatch(/value +a\.ts +- +WRONG: its value is not the original's/);
    expect(err).toMatch(/lost +a\.ts +- +WRONG: a result that depends on the input carries no tangent/);
    expect(err).toMatch(/a\.ts:2:17 - error FG9003/);
    expect(existsSync(`${root}/a.fgrad.ts`)).toBe(false);
    expect(existsSync(`${root}/b.fgrad.ts`)).toBe(true);
  });

  test("says which functions it can't check, and why", async () => {
    const { root } = folder({
      "a.ts":
        one("named", "Map", "return 1;", "number", "return [1, 0];") +
        one("endless", "number", "while (x > 0);return x;", "number", "return [x, x_t];") +
        one("throwing", "number", 'throw new Error("no");', "number", "return [x, x_t];") +
        one("random", "number", "return x * Math.random();", "number", "return [x, x_t];"),
    });
    const { code, err } = await run(root, ["a.ts", "--check"]);
    expect(err).toMatch(/named .* not checked: a value of type Map can't be made up/);
    expect(err).toMatch(/endless .* not checked: it does not end/);
    expect(err).toMatch(/throwing .* not checked: it throws .*: no/);
    expect(err).toMatch(/random .* not checked: it gives other results each time/);
    expect(code).toBe(0);
  });

  test("reports as JSON too", async () => {
    const { root } = folder({ "a.ts": SQUARE });
    const { err } = await run(root, ["a.ts", "--check", "--format", "json"]);
    expect(JSON.parse(err)).toMatchObject({ check: "square", status: "passed" });
  });
});

describe("--watch", () => {
  test("compiles again what changed, survives errors, ends with 0", async () => {
    const { root, path, write, read } = folder({ "a.ts": SQUARE });
    const stop = new AbortController();
    const done = run(root, ["*.ts", "--watch"], stop.signal);
    const until = async (condition: () => boolean) => {
      for (let i = 0; i < 200 && !condition(); i++) await new Promise((wake) => setTimeout(wake, 20));
      expect(condition()).toBe(true);
    };
    await until(() => existsSync(path("a.fgrad.ts")));
    write("a.ts", `${SQUARE}// ERROR\n`);
    await new Promise((wake) => setTimeout(wake, 300));
    write("a.ts", `// second\n${SQUARE}`);
    await until(() => read("a.fgrad.ts").includes("second"));
    write("b.ts", SQUARE);
    await until(() => existsSync(path("b.fgrad.ts")));
    stop.abort();
    const { code, err, host } = await done;
    expect(code).toBe(0);
    expect(err).toContain("FG2001");
    expect(host.invalidated).toContain(path("a.ts"));
  });
});
