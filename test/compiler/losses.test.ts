import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { CompileResult } from "../../compiler/index.ts";
import { compileFiles, errorsOf, told } from "../support/compile.ts";
import { makeWorkspace, type Program, type Workspace } from "../support/workspace.ts";

// Ways to lose a tangent that people stumble into: each ends with an error inside of the function that says a way out.

interface Loss {
  readonly name: string;
  /** The beginning of the code. */
  readonly code: string;
  readonly body: string;
  readonly before?: string;
  readonly parameters?: string;
}

const losses: readonly Loss[] = [
  {
    name: "a storage of texts",
    code: "FG3004",
    body: 'local.setItem("k", String(x)); return Number(local.getItem("k")) * x;',
    before: "declare const local: { setItem(k: string, v: string): void; getItem(k: string): string | null };",
  },
  {
    name: "a map of texts",
    code: "FG3004",
    body: 'const m = new Map<string, string>(); m.set("k", String(x)); return Number(m.get("k")) * x;',
  },
  {
    name: "names of properties",
    code: "FG3014",
    body: "const o: Record<string, number> = {}; o[x] = 1; return Number(Object.keys(o)[0]) * x;",
  },
  { name: "date now seed", code: "FG3017", body: "return x * (Date.now() % 10);" },
  { name: "perf now", code: "FG3017", body: "const t = performance.now(); return x + t;" },
  {
    name: "random noise via helper",
    code: "FG3017",
    body: "return x + noise();",
    before: "const noise = () => Math.random() - 0.5;",
  },
  { name: "random branch", code: "FG3017", body: "if (Math.random() < 0.5) return x; return 2 * x;" },
  {
    name: "random in array index",
    code: "FG3017",
    body: "const a = [x, 2 * x]; return a[Math.floor(Math.random() * 2)]!;",
  },
  {
    name: "random shuffles",
    code: "FG3017",
    body: "const a = [x, 2 * x, 3]; a.sort(() => Math.random() - 0.5); return a[0]!;",
  },
  {
    name: "crypto random",
    code: "FG30",
    body: "const u = crypto.getRandomValues(new Uint32Array(1)); return x * u[0]!;",
  },
  { name: "new Date getTime", code: "FG3017", body: "return x + new Date().getTime();" },
  { name: "date from x", code: "FG", body: "return new Date(x).getTime();" },
  { name: "promise then", code: "FG", body: "let r = 0; Promise.resolve(x).then((v) => { r = v; }); return r;" },
  {
    name: "async arrow inside",
    code: "FG",
    body: "const g = async (v: number) => v * 2; let r = x; void g(x).then((v) => { r += v; }); return r;",
  },
  {
    name: "generator spread",
    code: "FG2004",
    body: "return [...gen(x)].reduce((a, b) => a + b, 0);",
    before: "function* gen(v: number) { yield v; yield v * 2; }",
  },
  {
    name: "generator local",
    code: "FG",
    body: "const g = function* () { yield x; }; let s = 0; for (const v of g()) s += v; return s;",
  },
  {
    name: "iterator protocol class",
    code: "FG",
    body: "let s = 0; for (const v of new It(x)) s += v; return s;",
    before: "class It { constructor(private v: number) {} *[Symbol.iterator]() { yield this.v; } }",
  },
  { name: "indirect eval", code: "FG", body: "const e = eval; return e('1') * x + Number(e(`${x}`));" },
  { name: "new Function called", code: "FG2005", body: "return new Function('a', 'return a * 2')(x) as number;" },
  { name: "setTimeout with x", code: "FG", body: "let s = 0; setTimeout(() => { s = x; }, 0); return s + x;" },
  {
    name: "JSON clone array",
    code: "FG3004",
    body: "const a = JSON.parse(JSON.stringify([x, 2])) as number[]; return a[0]!;",
  },
  { name: "toString radix", code: "FG3004", body: "return parseInt(x.toString(16), 16);" },
  { name: "string slice parse", code: "FG3004", body: "return Number.parseFloat(String(x).slice(0, 4));" },
  {
    name: "round by toFixed unary",
    code: "FG3004",
    body: "const r2 = (v: number) => +v.toFixed(2); return r2(x) * x;",
  },
  { name: "toLocaleString", code: "FG3004", body: "return Number(x.toLocaleString());" },
  {
    name: "join split",
    code: "FG3004",
    body: "return [x, 2].join(',').split(',').map(Number).reduce((a, b) => a + b, 0);",
  },
  {
    name: "concat number string arithmetic",
    code: "FG3004",
    body: "const s = x + ''; return (s as unknown as number) * 2;",
  },
  { name: "xor", code: "FG3007", body: "return (x ^ 5) * x;" },
  { name: "shift left scale", code: "FG3007", body: "return x << 2;" },
  { name: "imul", code: "FG30", body: "return Math.imul(x, 3);" },
  { name: "clz32", code: "FG30", body: "return Math.clz32(x) * x;" },
  { name: "bit compound", code: "FG3007", body: "let v = x * 3; v |= 0; return v;" },
  { name: "bit on element", code: "FG3007", body: "const a = [x, 2]; a[0]! |= 1; return a[0]!;" },
  { name: "int32 typed from", code: "FG3005", body: "const a = Int32Array.from([x, 2]); return a[0]! * x;" },
  {
    name: "uint8clamped set",
    code: "FG3005",
    body: "const a = new Uint8ClampedArray(3); a.set([x, x * 2, 3]); return a[0]!;",
  },
  {
    name: "int write through alias",
    code: "FG3005",
    body: "const o = { buf: new Int16Array(2) }; const b = o.buf; b[1] = x; return o.buf[1]!;",
  },
  {
    name: "int in helper",
    code: "FG3005",
    body: "const q = new Uint32Array(1); put(q, x); return q[0]!;",
    before: "function put(a: Uint32Array, v: number): void { a[0] = v; }",
  },
  { name: "bigint", code: "FG", body: "return Number(BigInt(Math.round(x)) * 2n) * x + Number(BigInt(x));" },
  {
    name: "bigint64 array",
    code: "FG",
    body: "const b = new BigInt64Array(1); b[0] = BigInt(x); return Number(b[0]);",
  },
  {
    name: "DataView",
    code: "FG",
    body: "const b = new DataView(new ArrayBuffer(8)); b.setFloat64(0, x); return b.getFloat64(0);",
  },
  {
    name: "float bits through buffer",
    code: "FG",
    body: "const a = new Float64Array(1); const u = new Uint32Array(a.buffer); a[0] = x; return u[0]! + a[0]!;",
  },
  {
    name: "float views other type same buffer",
    code: "FG",
    body: "const b = new ArrayBuffer(16); const a = new Float64Array(b); const c = new Float32Array(b); a[0] = x; return c[0]!;",
  },
  { name: "map value", code: "FG", body: "const m = new Map<string, number>(); m.set('k', x); return m.get('k')!;" },
  {
    name: "map entries ctor",
    code: "FG",
    body: "const m = new Map([[1, x]]); let s = 0; m.forEach((v) => { s += v; }); return s;",
  },
  {
    name: "weakmap",
    code: "FG",
    body: "const o = {}; const m = new WeakMap<object, number>(); m.set(o, x); return m.get(o)!;",
  },
  { name: "set of active", code: "FG", body: "return [...new Set([x, x * 2])].reduce((a, b) => a + b, 0);" },
  {
    name: "map memo module",
    code: "FG",
    body: "const m = memo.get(1); if (m !== undefined) return m; memo.set(1, x * x); return x * x;",
    before: "const memo = new Map<number, number>();",
  },
  {
    name: "map of objects holding active",
    code: "FG",
    body: "const m = new Map<string, { v: number }>(); m.set('a', { v: x }); return m.get('a')!.v;",
  },
  { name: "computed math", code: "FG2010", body: "const k: 'sin' | 'cos' = x > 1 ? 'sin' : 'cos'; return Math[k](x);" },
  {
    name: "computed math param",
    code: "FG2010",
    body: "return Math[name](x);",
    parameters: "x: number, name: 'sin' | 'cos'",
  },
  { name: "Reflect apply", code: "FG", body: "return Reflect.apply(Math.sin, undefined, [x]) as number;" },
  { name: "Reflect get", code: "FG", body: "return Reflect.get({ v: x }, 'v') as number;" },
  { name: "unknown any param", code: "FG", body: "return lib.solve(x) as number;", parameters: "x: number, lib: any" },
  { name: "any object method", code: "FG", body: "const w: any = globalThis; return w.myFn(x);" },
  {
    name: "declare function",
    code: "FG3002",
    body: "return native(x, 2) * x;",
    before: "declare function native(a: number, b: number): number;",
  },
  {
    name: "declare class",
    code: "FG",
    body: "return new Ext(x).v;",
    before: "declare class Ext { constructor(v: number); v: number }",
  },
  {
    name: "declare var object method",
    code: "FG3",
    body: "return ext.go({ v: x });",
    before: "declare const ext: { go(o: { v: number }): number };",
  },
  {
    name: "getter of unknown object",
    code: "FG",
    body: "src.v = x; return src.v;",
    before: "declare const src: { get v(): number; set v(x: number) };",
  },
  { name: "module state", code: "FG3008", body: "count += x; return count;", before: "let count = 0;" },
  {
    name: "module array history",
    code: "FG30",
    body: "hist.push(x * x); return hist.reduce((a, b) => a + b, 0);",
    before: "const hist: number[] = [];",
  },
  { name: "static class state", code: "FG30", body: "S.v += x; return S.v;", before: "class S { static v = 0; }" },
  {
    name: "window global write",
    code: "FG30",
    body: "(globalThis as unknown as { z: number }).z = x; return (globalThis as unknown as { z: number }).z;",
  },
  {
    name: "closure counter module",
    code: "FG30",
    body: "return tick(x);",
    before: "const tick = (() => { let s = 0; return (v: number) => (s += v); })();",
  },
  {
    name: "defineProperty",
    code: "FG",
    body: "const o: { v?: number } = {}; Object.defineProperty(o, 'v', { value: x }); return o.v!;",
  },
  { name: "Proxy wrap", code: "FG2007", body: "const p = new Proxy([x, 2], {}); return p[0]!;" },
  {
    name: "Symbol toPrimitive",
    code: "FG",
    body: "const o = { v: x, [Symbol.toPrimitive]() { return this.v; } }; return (o as unknown as number) * 2;",
  },
  {
    name: "valueOf implicit",
    code: "FG",
    body: "const o = { valueOf() { return x; } }; return +(o as unknown as number);",
  },
  {
    name: "regexp replace callback",
    code: "FG",
    body: "return Number('a1'.replace(/\\d/, () => String(x)).slice(1));",
  },
  { name: "string charCode", code: "FG", body: "return `${x}`.charCodeAt(0);" },
  {
    name: "structuredClone of map",
    code: "FG",
    body: "const m = structuredClone(new Map([['a', x]])); return m.get('a')!;",
  },
  { name: "thrown value caught", code: "FG3011", body: "try { throw x; } catch (e) { return (e as number) * 2; }" },
  {
    name: "error subclass carries value",
    code: "FG",
    body: "try { throw new E(x); } catch (e) { return (e as E).v; }",
    before: "class E extends Error { constructor(readonly v: number) { super(); } }",
  },
  {
    name: "error cause",
    code: "FG",
    body: "try { throw new Error('a', { cause: x }); } catch (e) { return (e as Error).cause as number; }",
  },
  { name: "arguments", code: "FG2013", body: "return (arguments[0] as number) * 2;" },
  {
    name: "arguments callee nested",
    code: "FG",
    body: "return g(x);",
    before: "function g(..._: number[]): number { return (arguments[0] as number) * 2; }",
  },
  {
    name: "tagged template",
    code: "FG",
    body: "return t`${x}`;",
    before: "const t = (_: TemplateStringsArray, ...v: number[]): number => v[0]!;",
  },
  {
    name: "with label async iter",
    code: "FG",
    body: "const p = [Promise.resolve(1)]; (async () => { for await (const v of p) console.log(v * x); })(); return x;",
  },
  { name: "worker post", code: "FG", body: "const c = new MessageChannel(); c.port1.postMessage(x); return x;" },
  {
    name: "Atomics",
    code: "FG",
    body: "const a = new Int32Array(new SharedArrayBuffer(4)); Atomics.store(a, 0, x); return a[0]!;",
  },
  { name: "WeakRef", code: "FG", body: "const w = new WeakRef({ v: x }); return w.deref()!.v;" },
  { name: "Intl", code: "FG", body: "return Number(new Intl.NumberFormat('en').format(x));" },
  {
    name: "delete",
    code: "FG",
    body: "const o: Record<string, number> = { a: x, b: 1 }; delete o['b']; return Object.keys(o).length * x;",
  },
  {
    name: "label async method class",
    code: "FG",
    body: "return new A(x).v;",
    before:
      "class A { v: number; constructor(v: number) { this.v = v; void this.load(); } async load() { this.v *= 2; } }",
  },
  {
    name: "super of foreign class",
    code: "FG",
    body: "const a = new L(x, 2); return a[0]!;",
    before: "class L extends Array<number> {}",
  },
  { name: "Number.prototype method", code: "FG", body: "return (x as unknown as { dbl(): number }).dbl();" },
  {
    name: "import meta dyn",
    code: "FG",
    body: "let s = x; void import('./x.js' as string).then((m) => { s = (m as { g(v: number): number }).g(x); }); return s;",
  },
  {
    name: "a method bound to another object",
    code: "FG3014",
    body: "const m = new M(x); const g = m.total.bind(new M(x * x)); return g();",
    before: "class M { constructor(private a: number) {} total(): number { return this.a * this.a; } }",
  },
  {
    name: "a method read out of an object",
    code: "FG3014",
    body: "const { total } = new M(x); return total.apply({ a: x } as unknown as M);",
    before: "class M { constructor(readonly a: number) {} total(): number { return this.a * this.a; } }",
  },
  {
    name: "the iterator's own protocol",
    code: "FG3014",
    body: "const it = [x, 2 * x][Symbol.iterator](); let s = 0; for (let r = it.next(); !r.done; r = it.next()) s += r.value; return s;",
  },
  {
    name: "chance handed on by name",
    code: "FG3017",
    body: "const w = Array.from({ length: 3 }, Math.random); return w.reduce((s, v) => s + v * x, 0);",
  },
  {
    name: "the message of an error",
    code: "FG3004",
    body: "try { throw new Error(String(x)); } catch (e) { return Number((e as Error).message); }",
  },
  {
    name: "text through an object of the platform",
    code: "FG3004",
    body: "return Number(new URL(`http://a/?x=${x}`).searchParams.get('x'));",
  },
  {
    name: "a static object among others",
    code: "FG3014",
    body: "const all = [new Square(x), Square.unit]; let s = 0; for (const one of all) s += one.area(); return s;",
    before:
      "class Square { static unit = new Square(1); constructor(public side: number) {} area(): number { return this.side * this.side; } }",
  },
  {
    name: "a static object instead of another",
    code: "FG3014",
    body: "const one = x > 1 ? new Square(x) : Square.unit; return one.area();",
    before:
      "class Square { static unit = new Square(1); constructor(public side: number) {} area(): number { return this.side * this.side; } }",
  },
  {
    name: "a function of unknown type",
    code: "FG3003",
    body: "return g(x);",
    parameters: "x: number, g: any",
  },
];

describe("what would lose a tangent", () => {
  let workspace: Workspace;
  let result: CompileResult;
  const programs = new Map<string, Program>();

  beforeAll(() => {
    workspace = makeWorkspace({ lib: ["ES2023", "DOM"] });
    for (const [i, { name, body, before = "", parameters = "x: number" }] of losses.entries()) {
      const source = `${before}\n/** @fgrad */\nexport function f(${parameters}): number {\n${body}\n}\n`;
      programs.set(name, workspace.add(`p${i}`, source));
    }
    const entries = [...programs.values()].map(({ entry }) => entry);
    result = compileFiles(entries, { tsconfig: workspace.tsconfig });
  });
  afterAll(() => workspace.dispose());

  test.each(losses.map((loss) => [loss.name, loss] as const))("%s", (name, { code }) => {
    const program = programs.get(name);
    const errors = errorsOf(result).filter(({ span }) => span?.file === program?.entry);
    const found = errors.find((error) => error.code.startsWith(code));
    expect(found, `found: ${told(errors) || "no error"}`).toBeDefined();
    expect(errors.filter((error) => error.code.startsWith("FG9") || error.hint === "")).toEqual([]);
    expect(found?.span?.end).toBeGreaterThan(found?.span?.start ?? 0);
    expect(result.files.filter(({ source }) => source === program?.entry)).toEqual([]);
  });
});
