import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { CompileResult, Diagnostic } from "../../compiler/index.ts";
import { checkCall, compileFiles, errorsOf, told } from "../support/compile.ts";
import { loose, makeWorkspace, type Program, type Sources, type Workspace } from "../support/workspace.ts";

// Where a tangent would be lost there is an error, at the place, with a way out; and never where none is lost.

interface Refusal {
  readonly name: string;
  readonly source: Sources;
  readonly code: string;
  /** A part of the message. */
  readonly says: string;
  /** The source at the error's place, or its beginning. */
  readonly at: string;
}

const f = (body: string, before = "", parameters = "x: number"): string =>
  `${before}/** @fgrad */\nexport function f(${parameters}): number {\n  ${body}\n}\n`;

const refusals: readonly Refusal[] = [
  {
    name: "a callee that is only declared",
    source: f("return outside(x);", "declare function outside(v: number): number;\n"),
    code: "FG3002",
    says: "outside is only declared",
    at: "outside(x)",
  },
  {
    name: "a method of an ambient object",
    source: f("return lib.g(x);", "declare const lib: { g(v: number): number };\n"),
    code: "FG3",
    says: "x",
    at: "lib.g(x)",
  },
  {
    name: "a callee of type any",
    source: f("return g(x);", "declare const g: any;\n"),
    code: "FG3",
    says: "x",
    at: "g(x)",
  },
  {
    name: "a callee out of JSON",
    source: f("const g = JSON.parse('1'); return g(x);"),
    code: "FG3",
    says: "x",
    at: "g(x)",
  },
  {
    name: "a round trip by String and Number",
    source: f("return Number(String(x));"),
    code: "FG3004",
    says: "when it becomes a string",
    at: "Number(String(x))",
  },
  {
    name: "a round trip by toFixed and parseFloat",
    source: f("return parseFloat(x.toFixed(2));"),
    code: "FG3004",
    says: "when it becomes a string",
    at: "parseFloat(x.toFixed(2))",
  },
  {
    name: "a round trip by unary plus",
    source: f("return +x.toPrecision(3);"),
    code: "FG3004",
    says: "when it becomes a string",
    at: "+x.toPrecision(3)",
  },
  {
    name: "a round trip by a template and minus",
    source: f("const s: any = `${x}`; return s - 0;"),
    code: "FG3004",
    says: "when it becomes a string",
    at: "s - 0",
  },
  {
    name: "a round trip by concatenation",
    source: f("const s = '' + x; return Number(s) * 2;"),
    code: "FG3004",
    says: "when it becomes a string",
    at: "Number(s)",
  },
  {
    name: "a round trip by JSON",
    source: f("return JSON.parse(JSON.stringify(x));"),
    code: "FG3004",
    says: "when it becomes a string",
    at: "JSON.parse(JSON.stringify(x))",
  },
  {
    name: "a round trip by JSON of an object",
    source: f("const o = { v: x }; const c = JSON.parse(JSON.stringify(o)); return c.v;"),
    code: "FG3004",
    says: "when it becomes a string",
    at: "JSON.parse(JSON.stringify(o))",
  },
  {
    name: "a round trip through a helper",
    source: f(
      "return read(show(x));",
      "const show = (v: number): string => v.toFixed(3);\nconst read = (s: string): number => Number(s);\n",
    ),
    code: "FG3004",
    says: "when it becomes a string",
    at: "Number(s)",
  },
  {
    name: "parseInt of an active value",
    source: f("return parseInt(x as unknown as string);"),
    code: "FG3",
    says: "x",
    at: "parseInt",
  },
  {
    name: "a write to an Int32Array",
    source: f("const a = new Int32Array(1); a[0] = x; return a[0];"),
    code: "FG3005",
    says: "Int32Array",
    at: "a[0] = x",
  },
  {
    name: "a Uint8Array made from active values",
    source: f("const a = new Uint8Array([x, 1]); return a[0];"),
    code: "FG3005",
    says: "Uint8Array",
    at: "new Uint8Array([x, 1])",
  },
  {
    name: "an Int16Array filled",
    source: f("const a = new Int16Array(2).fill(x); return a[1];"),
    code: "FG3005",
    says: "Int16Array",
    at: "new Int16Array(2).fill(x)",
  },
  {
    name: "| on a live tangent",
    source: f("return (x * 2) | 0;"),
    code: "FG3007",
    says: "bit operation |",
    at: "(x * 2) | 0",
  },
  { name: "~~ on a live tangent", source: f("return ~~x;"), code: "FG3007", says: "bit operation ~", at: "~x" },
  {
    name: ">>> on a live tangent",
    source: f("let y = x; y >>>= 1; return y;"),
    code: "FG3007",
    says: "bit operation >>>",
    at: "y >>>= 1",
  },
  {
    name: "& between two",
    source: f("const y = x & 3; return y;"),
    code: "FG3007",
    says: "bit operation &",
    at: "x & 3",
  },
  {
    name: "a module variable that is written",
    source: f("const before = last; last = x; return last * before;", "let last = 0;\n"),
    code: "FG3008",
    says: "last",
    at: "last = x",
  },
  {
    name: "a module variable written in a closure",
    source: f("const g = () => { last += x; }; g(); return last;", "let last = 0;\n"),
    code: "FG3008",
    says: "last",
    at: "last += x",
  },
  {
    name: "an active value stored into a module array",
    source: f("const before = history[0]; history[0] = x; return history[0] * before;", "const history = [0];\n"),
    code: "FG3008",
    says: "history",
    at: "history[0] = x",
  },
  {
    name: "an active value pushed into a module array",
    source: f("history.push(x); return x;", "const history: number[] = [];\n"),
    code: "FG300",
    says: "history",
    at: "",
  },
  {
    name: "an active value stored into a module object",
    source: f("if (x > 0) state.v = x; return state.v;", "const state = { v: 0 };\n"),
    code: "FG3008",
    says: "state",
    at: "state.v = x",
  },
  {
    name: "an active value stored into an imported object",
    source: {
      "main.ts": `import { state } from "./state.ts";\n${f("state.v = x; return state.v;")}`,
      "state.ts": "export const state = { v: 0 };\n",
    },
    code: "FG3008",
    says: "state",
    at: "state.v = x",
  },
  { name: "a Map", source: f("const m = new Map([['a', x]]); return m.get('a') ?? 0;"), code: "FG", says: "", at: "" },
  {
    name: "a Map's set",
    source: f("const m = new Map<string, number>(); m.set('a', x); return m.get('a') ?? 0;"),
    code: "FG3014",
    says: ".set(…)",
    at: "m.set('a', x)",
  },
  {
    name: "a Set",
    source: f("const s = new Set<number>(); s.add(x); let t = 0; for (const v of s) t += v; return t;"),
    code: "FG3014",
    says: ".add(…)",
    at: "s.add(x)",
  },
  {
    name: "an async function",
    source: "/** @fgrad */\nexport async function f(x: number): Promise<number> {\n  return x;\n}\n",
    code: "FG2003",
    says: "f is async",
    at: "f",
  },
  {
    name: "a generator function",
    source: "/** @fgrad */\nexport function* f(x: number): Generator<number> {\n  yield x;\n}\n",
    code: "FG2004",
    says: "f is a generator",
    at: "f",
  },
  {
    name: "a generator as a callee",
    source: f(
      "let s = 0; for (const v of g(x)) s += v; return s;",
      "function* g(v: number): Generator<number> {\n  yield v;\n}\n",
    ),
    code: "FG2004",
    says: "g is a generator",
    at: "g",
  },
  {
    name: "an async callee",
    source:
      "async function g(v: number): Promise<number> {\n  return v;\n}\n/** @fgrad */\nexport function f(x: number): Promise<number> {\n  return g(x);\n}\n",
    code: "FG2003",
    says: "g is async",
    at: "g",
  },
  { name: "eval", source: f("return eval('x * 2');"), code: "FG2005", says: "eval", at: "eval('x * 2')" },
  {
    name: "new Function",
    source: f("const g = new Function('v', 'return v'); return g(x);"),
    code: "FG2005",
    says: "new Function",
    at: "new Function('v', 'return v')",
  },
  {
    name: "the object arguments",
    source: f("return arguments[0] * x;"),
    code: "FG2013",
    says: "arguments",
    at: "arguments",
  },
  {
    name: "an inactive array that gets active values",
    source:
      "/** @fgrad wrt x */\nexport function f(x: number, out: number[]): number {\n  out[0] = x * x;\n  return out[0];\n}\n",
    code: "FG3010",
    says: "out, which is not active",
    at: "out[0] = x * x",
  },
  {
    name: "an inactive object that gets active values",
    source:
      "/** @fgrad wrt x */\nexport function f(x: number, o: { v: number }): number {\n  o.v = x;\n  return o.v;\n}\n",
    code: "FG3010",
    says: "o, which is not active",
    at: "o.v = x",
  },
  {
    name: "an inactive array that gets active values in a callee",
    source:
      "function put(a: Float64Array, v: number): void {\n  a[0] = v;\n}\n/** @fgrad wrt x */\nexport function f(x: number, out: Float64Array): number {\n  put(out, x);\n  return out[0];\n}\n",
    code: "FG3010",
    says: "out, which is not active",
    at: "",
  },
  {
    name: "delete",
    source: f("const o: { v?: number } = { v: x }; delete o.v; return o.v ?? x;"),
    code: "FG",
    says: "",
    at: "delete o.v",
  },
  {
    name: "a Proxy",
    source: f("const p = new Proxy({ v: x }, {}); return p.v;"),
    code: "FG2007",
    says: "Proxy",
    at: "new Proxy({ v: x }, {})",
  },
  {
    name: "a tagged template",
    source: f("return tag`${x}`;", "const tag = (_: TemplateStringsArray, v: number): number => v;\n"),
    code: "FG3014",
    says: "x",
    at: "tag`${x}`",
  },
  {
    name: "a template read back",
    source: f("return Number(`${x}`);"),
    code: "FG3004",
    says: "when it becomes a string",
    at: "Number(`${x}`)",
  },
  {
    name: "a thrown active value",
    source: f("if (x > 1) throw { v: x }; return x;"),
    code: "FG3011",
    says: "thrown",
    at: "throw { v: x }",
  },
  {
    name: "a thrown active number",
    source: f("if (x > 1) throw x; return x;"),
    code: "FG3011",
    says: "thrown",
    at: "throw x",
  },
  {
    name: "an active value in a regular expression",
    source: f("return Number(/\\d+/.exec(String(x))?.[0]);"),
    code: "FG",
    says: "",
    at: "",
  },
  {
    name: "a Date made from an active value",
    source: f("return new Date(x).getTime();"),
    code: "FG",
    says: "",
    at: "new Date(x)",
  },
  {
    name: "a promise",
    source: "/** @fgrad */\nexport function f(x: number): Promise<number> {\n  return Promise.resolve(x);\n}\n",
    code: "FG3",
    says: "x",
    at: "Promise.resolve(x)",
  },
  {
    name: "Object.assign",
    source: f("const o = Object.assign({ v: 0 }, { v: x }); return o.v;"),
    code: "FG3",
    says: "",
    at: "Object.assign({ v: 0 }, { v: x })",
  },
  {
    name: "structuredClone",
    source: f("const o = structuredClone({ v: x }); return o.v;", "declare function structuredClone<T>(v: T): T;\n"),
    code: "FG3002",
    says: "structuredClone",
    at: "structuredClone({ v: x })",
  },
  {
    name: "BigInt of an active value",
    source: f("return Number(BigInt(Math.round(x)) + BigInt(x));"),
    code: "FG3",
    says: "BigInt",
    at: "BigInt(x)",
  },
  {
    name: "a DataView",
    source: f("const d = new DataView(new ArrayBuffer(8)); d.setFloat64(0, x); return d.getFloat64(0);"),
    code: "FG3014",
    says: ".setFloat64(…)",
    at: "d.setFloat64(0, x)",
  },
  {
    name: "@fgrad on a class",
    source: "/** @fgrad */\nexport class A {\n  x = 1;\n}\n",
    code: "FG1009",
    says: "@fgrad stands on",
    at: "@fgrad",
  },
  {
    name: "@fgrad on a declaration without a body",
    source: "/** @fgrad */\nexport declare function f(x: number): number;\n",
    code: "FG1017",
    says: "without a body",
    at: "@fgrad",
  },
  {
    name: "wrt with an unknown name",
    source: "/** @fgrad wrt tetha */\nexport function f(theta: number): number {\n  return theta;\n}\n",
    code: "FG1011",
    says: "no parameter tetha",
    at: "@fgrad",
  },
  {
    name: "wrt with an unknown path",
    source:
      "/** @fgrad wrt s.speed */\nexport function f(s: { velocity: number }): number {\n  return s.velocity;\n}\n",
    code: "FG1012",
    says: "s.speed does not exist",
    at: "@fgrad",
  },
  {
    name: "wrt with something that carries nothing",
    source: "/** @fgrad wrt s */\nexport function f(x: number, s: string): number {\n  return x * s.length;\n}\n",
    code: "FG1015",
    says: "carries no tangent",
    at: "@fgrad",
  },
  {
    name: "no parameter that can carry",
    source: "/** @fgrad */\nexport function f(s: string): number {\n  return s.length;\n}\n",
    code: "FG1014",
    says: "No parameter of f",
    at: "@fgrad",
  },
  {
    name: "a tag that can't be understood",
    source: "/** @fgrad with x */\nexport function f(x: number): number {\n  return x;\n}\n",
    code: "FG1010",
    says: "does not understand",
    at: "@fgrad with x",
  },
  {
    name: "a rule that does not exist",
    source:
      "/** @fgrad rule g_jvp */\nexport function g(v: number): number {\n  return v;\n}\n/** @fgrad */\nexport function f(x: number): number {\n  return g(x);\n}\n",
    code: "FG4001",
    says: "no such function",
    at: "",
  },
  {
    name: "a rule that is not exported",
    source:
      "/** @fgrad rule g_jvp */\nexport function g(v: number): number {\n  return v;\n}\nfunction g_jvp(v: number, v_t: number): [number, number] {\n  return [v, v_t];\n}\n/** @fgrad */\nexport function f(x: number): number {\n  return g(x);\n}\n",
    code: "FG4003",
    says: "is not exported",
    at: "",
  },
  {
    name: "a rule of the wrong type",
    source:
      "/** @fgrad rule g_jvp */\nexport function g(v: number): number {\n  return v;\n}\nexport function g_jvp(v: number, v_t: string): [number, number] {\n  return [v, v_t.length];\n}\n/** @fgrad */\nexport function f(x: number): number {\n  return g(x);\n}\n",
    code: "FG4002",
    says: "does not fit g",
    at: "",
  },
  {
    name: "a syntax error",
    source: "/** @fgrad */\nexport function f(x: number): number {\n  return x *;\n}\n",
    code: "FG1004",
    says: "Syntax error",
    at: "",
  },
];

/** Programs that look like those above and lose nothing. */
const harmless: readonly { readonly name: string; readonly source: string; readonly losses?: readonly string[] }[] = [
  { name: "comparisons", source: f("return x > 1 && x !== 2 && !(x < 0) ? x * x : -x;") },
  {
    name: "console.log of an active value",
    source: f("console.log(x, `x = ${x}`, String(x)); return x * x;"),
    losses: ["string"],
  },
  {
    name: "a thrown error with a value in its text",
    source: f("if (x < 0) throw new RangeError(`bad ${x}`); return x * x;"),
    losses: ["string"],
  },
  {
    name: "a thrown error with a value joined to its text",
    source: f("if (x < 0) throw new Error('bad ' + x.toFixed(2)); return x * x;"),
    losses: ["toFixed"],
  },
  {
    name: "Math.floor, round, trunc, ceil and sign",
    source: f("return Math.floor(x) + Math.round(x) * x + Math.trunc(x) - Math.ceil(x) * Math.sign(x);"),
  },
  {
    name: "Math.floor(x) | 0",
    source: f("return x * ((Math.floor(x) | 0) + (Math.round(x) >>> 0) + ~Math.trunc(x));"),
  },
  { name: "an index made from an active value", source: f("const a = [1, 2, 3]; return a[Math.floor(x)] * x;") },
  {
    name: "an Int32Array of indices",
    source: f("const a = new Int32Array(2); a[0] = Math.floor(x); return a[0] * x;"),
    losses: ["integer array"],
  },
  {
    name: "a Map that holds no active value",
    source: f("const m = new Map([['a', 2]]); m.set('b', 3); return (m.get('b') ?? 0) * x;"),
  },
  { name: "a module variable that counts", source: f("calls += 1; return x * calls;", "let calls = 0;\n") },
  {
    name: "a module array that holds no active value",
    source: f("seen.push(1); seen[0] = 2; return x * seen.length;", "const seen: number[] = [];\n"),
  },
  {
    name: "delete on an inactive object",
    source: f("const o: { a?: number } = { a: 1 }; delete o.a; return x * (o.a ?? 2);"),
  },
  {
    name: "JSON of inactive values",
    source: f(
      "const o = JSON.parse('{\"k\": 3}') as { k: number }; return x * Number('2') * JSON.stringify([1]).length;",
    ),
  },
  {
    name: "Math.imul and Math.clz32, constant between their jumps",
    source: f("return x * Math.imul(Math.floor(x), 3) + Math.clz32(7);"),
  },
  { name: "a label for a value", source: f("const label = x > 1 ? 'big' : 'small'; return x * label.length;") },
  {
    name: "isNaN, isFinite, isInteger and Object.is",
    source: f("return isNaN(x) || !Number.isFinite(x) || Number.isInteger(x) || Object.is(x, -0) ? 0 : x;"),
  },
  {
    name: "typeof and instanceof",
    source: f("return typeof x === 'number' && !((x as unknown) instanceof Date) ? x * x : 0;"),
  },
  { name: "a bigint beside", source: f("const n = 3n; return x * Number(n);") },
  { name: "a Date beside", source: f("return x * new Date(7).getTime();") },
  { name: "a regular expression beside", source: f("return /a/.test('a') ? x * x : x;") },
  { name: "an ambient function without active arguments", source: f("return x * Number.parseInt('12', 10);") },
];

describe("refusals", () => {
  let workspace: Workspace;
  let result: CompileResult;
  const programs = new Map<string, Program>();

  beforeAll(() => {
    workspace = makeWorkspace(loose);
    for (const [i, { name, source }] of [...refusals, ...harmless].entries()) {
      programs.set(name, workspace.add(`p${i}`, source));
    }
    result = compileFiles(
      [...programs.values()].map(({ entry }) => entry),
      { tsconfig: workspace.tsconfig },
    );
  });
  afterAll(() => workspace.dispose());

  const ownErrors = (program: Program): Diagnostic[] =>
    errorsOf(result).filter(({ span }) => span !== undefined && Object.hasOwn(program.files, span.file));

  test.each(refusals.map((refusal) => [refusal.name, refusal] as const))("%s", (name, refusal) => {
    const program = programs.get(name);
    if (program === undefined) throw new Error("no program");
    const errors = ownErrors(program);
    const found = errors.find(({ code, message }) => code.startsWith(refusal.code) && message.includes(refusal.says));
    expect(found, `found: ${told(errors) || "no error"}`).toBeDefined();
    if (found?.span === undefined) return;
    expect(found.code).not.toMatch(/^FG9/);
    expect(found.hint ?? "").not.toBe("");
    expect(`${found.message} ${found.hint}`).not.toMatch(/(?<!\$)\{\w+\}|%\d/);
    const text = program.files[found.span.file] ?? "";
    expect(text.slice(found.span.start, found.span.end).startsWith(refusal.at), told([found])).toBe(true);
    expect(found.span.end).toBeGreaterThan(found.span.start);
    expect(found.span.end).toBeLessThanOrEqual(text.length);
    expect(result.files.filter(({ source }) => source === program.entry)).toEqual([]);
  });

  test.each(harmless.map((one) => [one.name, one] as const))("no refusal: %s", (name, { losses }) => {
    const program = programs.get(name);
    if (program === undefined) throw new Error("no program");
    expect(told(ownErrors(program))).toBe("");
    for (const x of [1.5, 2.25])
      checkCall(program, result.files, { function: "f", args: [x], ...(losses && { losses }) });
  });

  test("all errors of a file are reported at once, in source order, and others are compiled", () => {
    const many = workspace.add("many", {
      "main.ts": `${f("const a = Number(String(x));\n  const b = x | 0;\n  const c = new Int8Array(1);\n  c[0] = x;\n  return a + b + c[0];")}/** @fgrad */\nexport function g(y: number): number {\n  state = y;\n  return eval('y');\n}\n/** @fgrad wrt z */\nexport function h(x: number): number {\n  return x;\n}\nlet state = 0;\n`,
      "fine.ts": f("return x * x;"),
    });
    const fine = many.entry.replace("main.ts", "fine.ts");
    const both = compileFiles([many.entry, fine], { tsconfig: workspace.tsconfig });
    const errors = errorsOf(both);
    const codes = errors.map(({ code }) => code);
    for (const code of ["FG3004", "FG3007", "FG3005", "FG2005", "FG1011"]) expect(codes).toContain(code);
    const starts = errors.map(({ span }) => span?.start ?? -1);
    expect(starts).toEqual([...starts].sort((a, b) => a - b));
    expect(both.files.map(({ source }) => source)).toEqual([fine]);
  });

  test("a module whose callee has an error is not written, and the error stands where it is", () => {
    const two = workspace.add("two", {
      "main.ts": `import { g } from "./lib.ts";\n${f("return g(x);")}`,
      "lib.ts": "export function g(v: number): number {\n  return v | 0;\n}\n",
    });
    const both = compileFiles([two.entry], { tsconfig: workspace.tsconfig });
    const [only] = errorsOf(both);
    expect(only?.code).toBe("FG3007");
    expect(only?.span?.file).toBe(two.entry.replace("main.ts", "lib.ts"));
    expect(both.files).toEqual([]);
  });
});
