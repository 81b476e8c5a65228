import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { compileFiles, errorsOf } from "../../support/compile.ts";
import { inferred, numeric } from "../../support/source.ts";
import { describeTraps } from "../../support/traps.ts";
import { loose, makeWorkspace, type Workspace } from "../../support/workspace.ts";

/** Programs in which an active value would lose its tangent, with what the error says and where. */
const refused: readonly (readonly [name: string, source: string, at: string])[] = [
  [
    "a thisArg",
    numeric("xs: number[]", "return xs.map(function (this: { k: number }, x) { return x * this.k; }, { k: 2 })[0]!;"),
    "xs",
  ],
  ["an async callback", inferred("xs: number[]", "return xs.map(async (x) => x * 2);"), "xs"],
  ["a generator as the callback", inferred("xs: number[]", "return xs.map(function* (x) { yield x; });"), "xs"],
  [
    "a comparator that counts with active values",
    numeric("xs: number[]", "let s = 0; xs.sort((a, b) => { s += a; return a - b; }); return s;"),
    "s += a",
  ],
  ["a variadic Math function as the callback", numeric("xs: number[]", "return xs.reduce(Math.max);"), "xs"],
  ["join and back", numeric("xs: number[]", "return Number(xs.map((x) => 2 * x).join(''));"), "Number"],
  ["elements into an integer array", numeric("xs: number[]", "return Int32Array.from(xs)[0]!;"), "xs"],
  [
    "a map of integers that stores something active",
    numeric("k: number, n: Uint8Array", "return n.map((i) => i * k)[0]!;"),
    "i * k",
  ],
];

describe("array methods that are refused", () => {
  let workspace: Workspace | undefined;
  const found = new Map<string, string>();

  beforeAll(() => {
    const made = makeWorkspace(loose);
    workspace = made;
    for (const [i, [name, source]] of refused.entries()) {
      const program = made.add(`r${i}`, source);
      const errors = errorsOf(compileFiles([program.entry], { tsconfig: made.tsconfig }));
      const texts = errors.map(({ code, span }) => {
        const text = span === undefined ? "" : (program.files[span.file] ?? "").slice(span.start, span.end);
        return `${code} ${text}`;
      });
      found.set(name, texts.join("\n"));
    }
  });
  afterAll(() => workspace?.dispose());

  test.each(refused)("%s", (name, _, at) => {
    const errors = found.get(name) ?? "";
    expect(errors).toMatch(/^FG[23]\d+/);
    expect(errors).toContain(at);
  });
});

describeTraps("what only looks like an array", [
  {
    name: "a class of the user's with a map and a reduce",
    source: numeric(
      "x: number, y: number",
      "return new Pair(x, y).map((v) => v * v).reduce((a, b) => a * b, y);",
      `class Pair {
  constructor(readonly a: number, readonly b: number) {}
  map(f: (v: number) => number): Pair { return new Pair(f(this.a), f(this.b) * 2); }
  reduce(f: (s: number, v: number) => number, start: number): number { return f(f(start, this.b), this.a); }
}
`,
    ),
    args: [1.5, 2],
  },
  {
    name: "an object with a function called map",
    source: numeric(
      "x: number",
      "const o = { map: (f: (v: number) => number) => f(x) * x }; return o.map((v) => v * 3);",
    ),
    args: [1.5],
  },
  {
    name: "sets and maps of inactive values",
    source: numeric(
      "x: number",
      "const s = new Set([1, 2, 2]); let t = 0; s.forEach((v) => { t += v; }); return x * t + x * Array.from(s, (v) => v * 2).length;",
    ),
    args: [1.5],
  },
]);
