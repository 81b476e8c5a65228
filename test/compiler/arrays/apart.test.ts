import { describe, expect, test } from "vitest";
import { compileFiles, told } from "../../support/compile.ts";
import { numeric } from "../../support/source.ts";
import { describeTraps, type Trap } from "../../support/traps.ts";
import { loose, makeWorkspace } from "../../support/workspace.ts";

const helpers = `
type V = readonly number[];
function add(a: V, b: V): V { const sum = [0, 0, 0]; for (let i = 0; i < 3; i++) sum[i] = a[i]! + b[i]!; return sum; }
function scale(k: number, [x, y, z]: V): V { return [k * x!, k * y!, k * z!]; }
function dot(a: V, b: V): number { let s = 0; for (let i = 0; i < 3; i++) s += a[i]! * b[i]!; return s; }
`;

/** Nothing is left of the small arrays in these. */
const apart: readonly Trap[] = [
  {
    name: "filled and read by loops of few turns",
    source: `${helpers}/** @fgrad */ export function f(x: number, y: number): number {
      return dot(add([x, y, 1], scale(y, [x, 2, x])), [1, x, y]); }`,
    args: [1.25, -0.5],
  },
  {
    name: "given back in several places",
    source: `${helpers}function pick(c: number, a: V, b: V): V { if (c > 0) return add(a, b);
      const w = c > -1 ? [c, c, 1] : [1, 2, c]; if (c < -5) { return scale(c, a); } else if (c < -4) return b; return add(a, w); }
      /** @fgrad */ export function f(x: number, y: number): number {
      const [p, q, r] = pick(x, [x, y, 1], [y, x, 2]); return p! * q! + r! * y; }`,
    args: [1.25, -0.5],
    more: [
      [-0.5, 2],
      [-2, 2],
      [-4.5, 2],
      [-6, 1.5],
    ],
  },
  {
    name: "in a long function that is called in one place",
    source: `type M = [number, number, number, number, number, number, number, number, number];
      function compose(a: M, b: M): M { return [
        a[0] * b[0] + a[1] * b[3] + a[2] * b[6], a[0] * b[1] + a[1] * b[4] + a[2] * b[7], a[0] * b[2] + a[1] * b[5] + a[2] * b[8],
        a[3] * b[0] + a[4] * b[3] + a[5] * b[6], a[3] * b[1] + a[4] * b[4] + a[5] * b[7], a[3] * b[2] + a[4] * b[5] + a[5] * b[8],
        a[6] * b[0] + a[7] * b[3] + a[8] * b[6], a[6] * b[1] + a[7] * b[4] + a[8] * b[7], a[6] * b[2] + a[7] * b[5] + a[8] * b[8]]; }
      /** @fgrad */ export function f(x: number, y: number): number {
        let m: M = [x, y, 0, 1, x, 0.5, y, 0, 1];
        for (let k = 0; k < 4; k++) { const turn: M = [x, 0, y, 0, 1, 0, -y, k, x]; m = compose(m, turn); }
        return m[0] + m[4] * m[8] - m[2]; }`,
    args: [0.75, -0.5],
  },
  {
    name: "a typed array of a constant length",
    source: numeric(
      "x: number, y: number",
      "const a = new Float64Array(3); for (let i = 2; i >= 0; i -= 1) a[i] = x * i + y * (a[2] as number); let s = 0; for (let i = 0; i < a.length; i++) s += (a[i] as number) * x; return s;",
    ),
    args: [1.5, 2],
  },
  {
    name: "a product of matrices in nested loops",
    source: numeric(
      "x: number, y: number",
      "const a = [x, y, 1, y]; const b = [y, 2, x, x]; const c = [0, 0, 0, 0]; for (let i = 0; i < 2; i++) for (let j = 0; j < 2; j++) { let s = 0; for (let k = 0; k < 2; k++) s += a[2 * i + k]! * b[2 * k + j]!; c[2 * i + j] = s; } return c[0]! + c[1]! * c[2]! - c[3]!;",
    ),
    args: [1.5, 2],
  },
  {
    name: "written first, then handed on under another name",
    source: numeric(
      "x: number, y: number",
      "const a = [x, y]; a[0] = y * y; const b = a; return b[0]! * a[1]! + b[1]!;",
    ),
    args: [1.5, 2],
  },
  {
    name: "carried through a loop, each turn writing into its own",
    source: numeric(
      "x: number, y: number",
      "let p = [x, y]; for (let k = 0; k < 5; k++) { const q = [p[1]!, p[0]!]; q[0] = q[0]! * x; p = q; p[1] = p[1]! + 0.5; } return p[0]! + 2 * p[1]!;",
    ),
    args: [1.1, 0.7],
  },
  {
    name: "one of two, by a condition",
    source: numeric(
      "x: number, y: number",
      "const a: [number, number] = [x, y]; const b: [number, number] = [y * y, 1]; const c = x > y ? a : b; return c[0] * c[1] + x;",
    ),
    args: [1.5, 2],
    more: [[2, 1.5]],
  },
  {
    name: "its own parts in another order",
    source: numeric(
      "x: number, y: number",
      "let p = [x, y, x * y]; for (let k = 0; k < 4; k++) p = [p[2]!, p[0]! + 1, p[1]! * x]; return p[0]! + 2 * p[1]! + 3 * p[2]!;",
    ),
    args: [1.1, 0.7],
  },
];

/** One of these names is written through while another is read: they stay arrays, or else stay right. */
const aliases: readonly Trap[] = [
  {
    name: "written through the first name after the copy",
    source: numeric("x: number, y: number", "const a = [x, y]; const b = a; a[0] = y * y; return b[0]! * x;"),
    args: [1.5, 2],
  },
  {
    name: "written through the second name",
    source: numeric("x: number, y: number", "const a = [x, y]; const b = a; b[1] = x * x; return a[1]! * y + b[0]!;"),
    args: [1.5, 2],
  },
  {
    name: "two copies, one of which is written",
    source: numeric(
      "x: number, y: number",
      "const a = [x, y]; const b = a; const c = a; c[0] = y * y * x; return b[0]! + c[1]!;",
    ),
    args: [1.5, 2],
  },
  {
    name: "an array from outside of a loop, written in a later turn",
    source: numeric(
      "x: number, y: number",
      "const a = [x, y]; let b = [1, 1]; let s = 0; for (let k = 0; k < 3; k++) { a[0] = a[0]! * y; s += b[0]!; b = a; } return s + b[0]!;",
    ),
    args: [1.5, 2],
  },
  {
    name: "kept from the turn before and written by this one",
    source: numeric(
      "x: number, y: number",
      "let last = [x, y]; let s = 0; for (let k = 0; k < 3; k++) { const now = last; now[0] = now[0]! * y; s += last[0]!; last = now; } return s;",
    ),
    args: [1.5, 2],
  },
  {
    name: "an array that grows under a loop to its length",
    source: numeric(
      "x: number, y: number",
      "const a = [x, y]; let s = 0; for (let i = 0; i < a.length; i++) { s += a[i]! * i; if (i < 3) a.push(x * i); } return s;",
    ),
    args: [1.5, 2],
  },
  {
    name: "replaced by a longer one in a loop to its length",
    source: numeric(
      "x: number, y: number",
      "let a = [x, y]; let s = 0; for (let i = 0; i < a.length; i++) { s += a[i]!; if (i === 1) a = [x, y, x * y]; } return s;",
    ),
    args: [1.5, 2],
  },
  {
    name: "an index beyond the end",
    source: numeric(
      "x: number, y: number",
      "const a = [x, y]; let s = 0; for (let i = 0; i < 3; i++) s += a[i] ?? 0.5 * x; return s * y;",
    ),
    args: [1.5, 2],
  },
  {
    name: "a loop that is left early",
    source: numeric(
      "x: number, y: number",
      "const a = [x, y, x * y]; let s = 0; for (let i = 0; i < 3; i++) { if (a[i]! > 1.9) break; s += a[i]! * y; } return s;",
    ),
    args: [1.5, 2],
    more: [[2.5, 1]],
  },
  {
    name: "a loop that returns",
    source: numeric(
      "x: number, y: number",
      "const a = [x, y, x * y]; for (let i = 0; i < 3; i++) { const v = a[i]!; if (v > 1.9) return v * x + i; } return y;",
    ),
    args: [1.5, 2],
    more: [
      [2.5, 1],
      [0.5, 0.25],
    ],
  },
  {
    name: "elements that are called with side effects in order",
    source:
      "const seen: number[] = []; function note(v: number): number { if (seen.length > 50) seen.length = 0; return v * 2; }\n/** @fgrad */ export function f(x: number, y: number): number { const a = [0, 0, 0]; for (let i = 0; i < 3; i++) a[i] = note(i * x + y); return a[0]! * a[2]! + a[1]!; }",
    args: [1.5, 2],
  },
  {
    name: "a Float32Array rounds what it takes in",
    source: numeric(
      "x: number, y: number",
      "const a = new Float32Array(2); for (let i = 0; i < 2; i++) a[i] = x / 3 + i * y; return (a[0] as number) * (a[1] as number);",
    ),
    args: [1.5, 2],
    tolerance: 1e-6,
  },
  {
    name: "given back by a function that calls itself",
    source: `type P = [number, number];
      function halve(p: P, k: number): P { if (p[0] < 1 || k > 5) return p; return halve([p[0] / 2, p[1] * p[0]], k + 1); }
      /** @fgrad */ export function f(x: number, y: number): number { const [a, b] = halve([x, y], 0); return a * b + x; }`,
    args: [5.5, 2],
    more: [[0.5, 2]],
  },
  {
    name: "a function that may come to its end without a result",
    source:
      "function g(x: number): number[] | undefined { if (x > 1) return [x, x * x]; if (x > 0) return undefined; throw new Error('low'); }\n/** @fgrad */ export function f(x: number, y: number): number { const p = g(x); return p === undefined ? y : p[0]! * p[1]! * y; }",
    args: [1.5, 2],
    more: [
      [0.5, 2],
      [-1, 2],
    ],
  },
];

describeTraps("small arrays taken apart", apart);
describeTraps("small arrays under two names", aliases);

describe("what is taken apart is never made", () => {
  const workspace = makeWorkspace(loose);
  const programs = apart.map((trap, i) => workspace.add(`apart${i}`, trap.source));
  const result = compileFiles(
    programs.map(({ entry }) => entry),
    { tsconfig: workspace.tsconfig },
  );
  test.each(apart.map(({ name }, i) => [name, i] as const))("%s", (_, i) => {
    expect(told(result.diagnostics.filter(({ severity }) => severity === "error"))).toBe("");
    const code = result.files.find(({ source }) => source === programs[i]?.entry)?.code ?? "";
    const body = code.slice(code.indexOf("export function f_jvp"), code.indexOf("Object.defineProperty(f,"));
    // The pair that is given back is the only array.
    expect(body.replace(/: \[number, number\] \{/, "").match(/(?<![\w)\]])\[|new \w*Array/g)).toHaveLength(1);
    expect(body).not.toMatch(/\w_d\w*\(/);
  });
});
