import type { Example } from "./example.ts";

/** Statements, control flow, destructuring, exceptions. */
export const control: readonly Example[] = [
  {
    name: "if, else if, else",
    source: `export function f(x: number) { if (x < 0) return -x; else if (x < 1) { x *= x; } else x = 2 * x; return x; }`,
    args: [0.4],
    tangents: [1],
    tangent: 0.8,
  },
  {
    name: "for, while, do with break and continue",
    source: `export function f(x: number) {
      let s = 0;
      for (let i = 0; i < 10; i++) { if (i % 2) continue; if (i > 6) break; s += x ** i; }
      let n = 3; while (n--) { s *= x; }
      do { s += x; n++; } while (n < 2);
      for (;;) { if (s > 0) break; s++; }
      return s;
    }`,
    args: [1.1],
    tangents: [1],
  },
  {
    name: "labels on loops and blocks",
    source: `export function f(x: number) {
      let s = 0;
      outer: for (let i = 0; i < 4; i++) {
        for (let j = 0; j < 4; j++) { if (j === i) continue outer; if (i + j > 4) break outer; s += x * (i + 2 * j); }
      }
      block: { s *= 2; if (s > 0) break block; s = NaN; }
      both: also: for (const k of [1, 2, 3]) { if (k === 2) continue both; s += k * x; }
      return s;
    }`,
    args: [0.9],
    tangents: [1],
  },
  {
    name: "switch with fallthrough and default in the middle",
    source: `function pick(k: number | string, x: number) {
        let s = 0;
        switch (k) { case 0: s += x; case 1: s += x * x; break; default: s -= x; case 2: { const t = s + 1; s = t * x; } break; case "a": return 7 * x; }
        return s;
      }
      export const f = (x: number) => [0, 1, 2, 3, "a"].map((k) => pick(k, x)).concat(pick(x, x));`,
    args: [1.5],
    tangents: [1],
  },
  {
    name: "switch on true, cases evaluated in order",
    source: `export function f(x: number) {
      const t = (name: string, v: boolean) => { console.log(name); return v; };
      switch (true) { case t("a", x > 2): return 1; case t("b", x > 1): return x * 3; case t("c", true): return 9; }
      return 0;
    }`,
    args: [1.5],
    tangents: [1],
    tangent: 3,
  },
  {
    name: "for-of over arrays, strings, entries, sets, iterables",
    source: `export function f(x: number) {
      let s = 0;
      for (const v of [x, x * x]) s += v;
      for (const c of "ab") s *= c.length;
      for (const [i, v] of [x, 3].entries()) s += i * v;
      for (const v of new Set([1, 2, 2])) s += v * x;
      const range = { [Symbol.iterator]() { let i = 0; return { next: () => ({ done: i >= 3, value: i++ }), return() { console.log("closed"); return {}; } }; } };
      for (const v of range as Iterable<number>) { if (v === 2) break; s += v * x; }
      let w: number; for (w of [x, 2 * x]) s += w;
      return s;
    }`,
    args: [1.2],
    tangents: [1],
  },
  {
    name: "for-in over arrays and objects",
    source: `export function f(x: number) {
      let s = 0; const a = [x, , 2 * x]; const o: Record<string, number> = { b: x, a: 2, 1: 3 };
      for (const i in a) s += Number(i) * a[i as any]!;
      const keys: string[] = []; for (const k in o) { keys.push(k); s += o[k]; if (k === "b") delete o.a; }
      for (const k in new Float64Array(2)) keys.push(k);
      for (const k in null as any) keys.push(k);
      return [s, keys];
    }`,
    args: [1.5],
    tangents: [1],
  },
  {
    name: "closures keep their turn of the loop",
    source: `export function f(x: number) {
      const fs: (() => number)[] = []; for (let i = 0, y = x; i < 3; i++, y *= x) fs.push(() => (y += i) * x);
      var v: (() => number)[] = []; for (var j = 0; j < 3; j++) v.push(() => j * x);
      return [...fs.map((g) => g()), ...v.map((g) => g()), j];
    }`,
    args: [1.3],
    tangents: [1],
  },
  {
    name: "var hoisting and temporal dead zone",
    source: `export function f(x: number) {
      const early = typeof late; if (x > 0) { var late = x * 2; }
      let caught = ""; try { (() => inner)(); let inner = 1; } catch (e) { caught = (e as Error).name; }
      try { blocked; let blocked = 1; } catch (e) { caught += (e as Error).message; }
      return [early, late!, caught, hoisted(x)];
      function hoisted(y: number) { return y * y; }
    }`,
    args: [2],
    tangents: [1],
  },
  {
    name: "shadowing in blocks",
    source: `export function f(x: number) { const y = x; { const y = x * x; { let x = y * 2; x++; if (x > 100) return x; } if (y > 100) return y; } return y; }`,
    args: [2],
    tangents: [1],
    tangent: 1,
  },
  {
    name: "array destructuring with defaults, rest, holes, nesting",
    source: `export function f(x: number) {
      const [a, , b = x * x, [c, d = a * 2] = [x], ...rest] = [x, 1, undefined, undefined, 3 * x, 4] as any;
      return [a, b, c, d, ...rest];
    }`,
    args: [1.5],
    tangents: [1],
    tangent: [1, 3, 1, 2, 3, 0],
  },
  {
    name: "object destructuring with renames, defaults, computed keys, rest",
    source: `export function f(x: number) {
      const key = "q"; const { p: { r = x * 3 } = {} as any, [key]: renamed, missing = x, ...rest } = { q: x * x, u: 2 * x, v: "text" } as any;
      return [r, renamed, missing, rest];
    }`,
    args: [2],
    tangents: [1],
    tangent: [3, 4, 1, { u: 2 }],
  },
  {
    name: "destructuring assignment and swaps",
    source: `export function f(x: number, y: number) {
      [x, y] = [y, x * y]; const o: any = {}; [o.a, o["b"] = x] = [y]; ({ x, z: o.c = 5 * y } = { x: x + y } as any);
      const a = [1, 2, 3].map((k) => k * x); [a[0], a[2]] = [a[2], a[0]]; let t; [[t], ...o.rest] = [[x], y, x];
      return [x, y, o, a, t];
    }`,
    args: [1.5, 2.5],
    tangents: [1, -1],
  },
  {
    name: "destructuring order is once and left to right",
    source: `export function f(x: number) {
      const log = (s: string) => { console.log(s); return s; };
      const source: any = { get a() { log("get a"); return undefined; }, get b() { log("get b"); return x; } };
      const { [log("a")]: p = (log("default"), x), [log("b")]: q } = source;
      return p * q;
    }`,
    args: [3],
    tangents: [1],
    tangent: 6,
  },
  {
    name: "try, catch, finally and their completions",
    source: `function g(k: number, x: number, trace: string[]) {
        try { if (k === 1) throw new RangeError("one"); if (k === 2) return x; x *= 2; }
        catch (e) { trace.push((e as Error).message); if (k === 1) return x * 3; }
        finally { trace.push("finally" + k); if (k === 3) return x * 5; }
        return x * 7;
      }
      export function f(x: number) {
        const trace: string[] = []; const out = [0, 1, 2, 3].map((k) => g(k, x, trace));
        for (const k of [1, 2, 3]) { try { if (k === 2) continue; if (k === 3) break; out.push(k * x); } finally { trace.push("loop" + k); } }
        return [out, trace];
      }`,
    args: [1.5],
    tangents: [1],
  },
  {
    name: "a thrown number keeps its tangent",
    source: `export function f(x: number) { try { throw x * x; } catch (v) { return (v as number) * 2; } }`,
    args: [3],
    tangents: [1],
    tangent: 12,
  },
  {
    name: "an exception leaves the function",
    source: `export function f(x: number[]) { x[0] *= 2; console.log(x[0]); if (x[0] > 1) throw new RangeError(\`too large: \${x.length}\`); return 1; }`,
    args: [[3]],
    tangents: [[1]],
    numeric: false,
  },
  {
    name: "errors of the language",
    source: `export function f(x: number) {
      const names: string[] = []; const attempt = (g: () => unknown) => { try { g(); } catch (e) { names.push((e as Error).name + ":" + (e instanceof TypeError)); } };
      attempt(() => (undefined as any).a); attempt(() => (null as any)[0]); attempt(() => (x as any)()); attempt(() => new (x as any)());
      attempt(() => { const c = 1; (c as any) = 2; }); attempt(() => unknownName); attempt(() => { Object.freeze(names).length; });
      attempt(() => { const [a] = undefined as any; }); attempt(() => { const { a } = null as any; }); attempt(() => new Array(-1)); attempt(() => { for (const a of 5 as any); });
      attempt(() => { (undefined as any).a = x; }); attempt(() => { const fz = Object.freeze({ a: 1 }); (fz as any).a = 2; });
      return x;
    }`.replace("attempt(() => { Object.freeze(names).length; });", ""),
    args: [2],
    tangents: [1],
    tangent: 1,
  },
  {
    name: "messages of failed destructuring",
    source: `export function f(x: number) {
      const t: string[] = []; const start: any = undefined; const o: any = {}; const attempt = (g: any) => { try { g(); } catch (e) { t.push((e as Error).message); } };
      attempt(() => { const { a } = start; }); attempt(() => { const { a: { b } } = o; }); attempt(() => { const {} = start; }); attempt(({ a }: any) => a);
      attempt(() => { let a; ({ a } = start); }); attempt(() => { const { a } = o.q; }); attempt(() => { const { ...r } = start; }); attempt(() => { const { a } = null as any; });
      attempt(() => { for (const { a } of [start]); }); attempt(() => start.x); attempt(() => o.q.r); attempt(() => start[0]); attempt(() => { o.q.r = 1; }); attempt(() => o.q()); attempt(() => o.p.q());
      return [t, x];
    }`,
    args: [2],
    tangents: [1],
  },
  {
    name: "optional chaining and non-null assertions",
    source: `export function f(x: number) {
      const o: any = { a: { b: [x, { c: (y: number) => y * x }] }, n: null };
      let calls = 0; const count = () => { calls++; return 0; };
      return [o?.a?.b[0], o.n?.z.y.x, o.n?.[count()], o.a.b[1].c?.(x), o.missing?.(count()), o?.a!.b[1]!.c(2), (o.n?.a)?.b ?? 5, delete o?.a?.b, calls];
    }`,
    args: [1.5],
    tangents: [1],
  },
  {
    name: "enums",
    source: `enum K { A, B = 4, C, D = "d" as any } const enum L { P = 1 << 2, Q = P + 1 }
      export const f = (x: number) => [x * K.C, K[4], K.D, L.Q * x];`,
    args: [2],
    tangents: [1],
    tangent: [5, undefined, undefined, 5],
  },
  {
    name: "statements without meaning at run time",
    source: `declare const ghost: number; interface I { a: number } type T = I | undefined; declare function outside(): void; abstract class Q { abstract m(): void; declare z: number; }
      export function f(this: void, x: number): number; export function f(x: number) { ; { } const i = { a: x } satisfies I as T; return (<any>i)!.a as number; }`,
    args: [2],
    tangents: [1],
    tangent: 1,
  },
  {
    name: "nested functions that change captured variables",
    source: `export function f(x: number) {
      let total = 0; const add = (v: number) => { total += v * x; return total; };
      const counter = () => { let c = x; return { up: () => (c *= 2), get value() { return c; } }; };
      const a = counter(); const b = counter(); a.up(); a.up(); b.up(); add(x); add(2);
      return [total, a.value, b.value];
    }`,
    args: [1.5],
    tangents: [1],
    tangent: [5, 4, 2],
  },
];
