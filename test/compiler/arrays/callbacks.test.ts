import { inferred, numeric } from "../../support/source.ts";
import { describeTraps } from "../../support/traps.ts";

const xs = [1.5, -0.5, 2.25, 0.75];

describeTraps("methods with callbacks", [
  {
    name: "map, then reduce with a start",
    source: numeric("xs: number[], k: number", "return xs.map((x) => k * x * x).reduce((sum, x) => sum + x, 0);"),
    args: [xs, 1.3],
    more: [[[], 2]],
  },
  {
    name: "reduce without a start, of one and of no element",
    source: numeric("xs: number[]", "return xs.reduce((a, b) => a * b);"),
    args: [xs],
    more: [[[3]], [[]]],
  },
  {
    name: "reduceRight with and without a start",
    source: numeric(
      "xs: number[], y: number",
      "return xs.reduceRight((a, b) => a - b * y) + xs.reduceRight((a, b, i) => a * 0.5 + b * i, y);",
    ),
    args: [xs, 0.7],
    more: [[[], 1]],
  },
  {
    name: "two accumulators of one name",
    source: numeric(
      "xs: number[]",
      "const s = xs.reduce((a, b) => a + b, 0); const p = xs.reduce((a, b) => a * b, 1); const a = s / p; return a * s;",
    ),
    args: [xs],
  },
  {
    name: "index and array as parameters",
    source: numeric(
      "xs: number[]",
      "return xs.map((x, i, all) => x * i + all[all.length - 1 - i]).reduce((a, x, i, all) => a + x * all[i], 0);",
    ),
    args: [xs],
  },
  {
    name: "forEach with captured variables, and an early return",
    source: numeric(
      "xs: number[], k: number",
      `let total = 0; let seen = 0;
       xs.forEach((x, i) => { if (x < 0) { seen++; return; } total += k * x * i; });
       xs.forEach((x) => (total += x));
       return total * seen;`,
    ),
    args: [xs, 1.1],
  },
  {
    name: "filter keeps tangents with their elements",
    source: inferred("xs: number[], y: number", "return xs.filter((x) => x > y);"),
    args: [xs, 0.6],
    more: [
      [[], 0],
      [[1, 2], 9],
    ],
  },
  {
    name: "filter, map, reduce in a chain",
    source: numeric(
      "xs: number[], y: number",
      "return xs.filter((x) => x > 0).map((x) => x * y).reduce((s, x) => s + x * x, 0);",
    ),
    args: [xs, 0.6],
  },
  {
    name: "some and every stop early",
    source: numeric(
      "xs: number[], y: number",
      `let count = 0;
       const any = xs.some((x) => { count++; y += x; return x < 0; });
       const all = xs.every((x) => { count++; return x > 0; });
       return any && !all ? y * count : -y;`,
    ),
    args: [xs, 0.6],
    more: [
      [[1, 2], 3],
      [[], 3],
    ],
  },
  {
    name: "find and its relatives",
    source: numeric(
      "xs: number[], y: number",
      `const a = xs.find((x) => x > y) ?? y; const b = xs.findLast((x) => x > y) ?? 2 * y;
       return a * b + y * xs.findIndex((x) => x < 0) + y * y * xs.findLastIndex((x) => x > 0);`,
    ),
    args: [xs, 1],
    more: [
      [xs, 10],
      [[], 2],
    ],
  },
  {
    name: "find of nothing is undefined",
    source: numeric(
      "xs: number[], y: number",
      "const found = xs.find((x) => x > y); return found === undefined ? y * y : found * y;",
    ),
    args: [xs, 1],
    more: [[xs, 10]],
  },
  {
    name: "find of an object, whose field is then written",
    source: numeric(
      "xs: number[], y: number",
      "const os = xs.map((value) => ({ value })); const o = os.find((o) => o.value < 0); if (o) o.value = y * y; return os.reduce((s, o) => s + o.value, 0);",
    ),
    args: [xs, 1.5],
  },
  {
    name: "flatMap with literals, arrays, scalars",
    source: inferred(
      "xs: number[], y: number",
      `const pair = (x: number) => [x, x * y];
       return [xs.flatMap((x) => [x * x, y]), xs.flatMap((x) => pair(x)), xs.flatMap((x) => x * y), xs.flatMap((x) => (x > 0 ? [x] : []))];`,
    ),
    args: [xs, 1.5],
  },
  {
    name: "flat",
    source: inferred("xs: number[], y: number", "return [[xs, [y]].flat(), xs.flat(), [[[y]], [[2, y * y]]].flat(1)];"),
    args: [xs, 1.5],
  },
  {
    name: "typed arrays: map keeps the type and its rounding",
    source: inferred("xs: Float32Array, y: number", "return xs.map((x) => x * y).map((x) => x / 3);"),
    args: [Float32Array.from(xs), 1.37],
  },
  {
    name: "typed arrays: filter, reduce, find, forEach",
    source: numeric(
      "xs: Float64Array, y: number",
      "const ys = xs.filter((x) => x > 0); let s = 0; ys.forEach((x, i) => { s += x * i; }); return ys.reduce((a, b) => a * b) + s * y + (xs.find((x) => x < 0) ?? 0) * ys.length;",
    ),
    args: [Float64Array.from(xs), 1.37],
  },
  {
    name: "map to another type",
    source: inferred(
      "xs: number[]",
      "return xs.map((x) => ({ value: x * x, name: 'n', parts: [x, 1] as [number, number] })).map((o) => o.value * o.parts[0]);",
    ),
    args: [xs],
  },
  {
    name: "early returns inside loops and switches",
    source: inferred(
      "xs: number[], k: number",
      `return xs.map((x, i) => {
         if (x < 0) return -k * x;
         for (let j = 0; j < 5; j++) { if (j * x > 4) return k + j; if (j > i) break; }
         switch (i) { case 0: return x * k; case 2: { x *= 2; break; } default: k += 0.25; }
         return x * x * k;
       });`,
    ),
    args: [xs, 1.1],
  },
  {
    name: "find with early returns inside a loop",
    source: numeric(
      "xs: number[], k: number",
      `return xs.find((x) => { for (let j = 0; j < 3; j++) { if (x * j > k) return true; if (x < 0) return false; } return x * 3 > k; }) ?? k * k;`,
    ),
    args: [xs, 1.1],
    more: [
      [xs, 4.4],
      [xs, 100],
    ],
  },
  {
    name: "a callback that may fall off its end",
    source: numeric(
      "xs: number[], k: number",
      "const ys = xs.map((x) => { if (x > 0) return x * k; }); let s = 0; for (const y of ys) s += y === undefined ? k : y * y; return s;",
    ),
    args: [xs, 1.1],
  },
  {
    name: "every with a fall-through to undefined",
    source: numeric(
      "xs: number[], k: number",
      "return xs.every((x) => { k *= 2; if (x > -10) return x > 0; return; }) ? k : k * k;",
    ),
    args: [xs, 1.1],
    more: [[[1, 2], 3]],
  },
  {
    name: "destructured parameters and defaults",
    source: numeric(
      "xs: number[], k: number",
      `const pairs = xs.map((x, i): [number, number] => [x, i * k]);
       const sum = pairs.reduce((s, [a, b]) => s + a * b, 0);
       const objects = pairs.map(([a, b]) => ({ a, b: { c: b } }));
       return objects.reduce((s, { a, b: { c = 4 } }) => s + a * c, sum);`,
    ),
    args: [xs, 1.1],
  },
  {
    name: "a tuple as the accumulator",
    source: inferred(
      "xs: number[]",
      "const [mean, square] = xs.reduce(([m, s], x) => [m + x / 4, s + x * x], [0, 0]); return square - mean * mean;",
    ),
    args: [xs],
  },
  {
    name: "an array and an object as the accumulator",
    source: inferred(
      "xs: number[]",
      `const running = xs.reduce((all, x) => { all.push((all[all.length - 1] ?? 0) + x * x); return all; }, [] as number[]);
       const stats = xs.reduce((o, x) => { o.sum += x; o.squares += x * x; return o; }, { sum: 0, squares: 0 });
       return [running, stats];`,
    ),
    args: [xs],
  },
  {
    name: "a callback that changes its own parameters",
    source: numeric(
      "xs: number[], k: number",
      "return xs.map((x, i) => { x *= k; i += 1; return x * i; }).filter((x) => { x += 1; return x > 0; }).reduce((a, x) => { a += x; a *= k; return a; }, k);",
    ),
    args: [xs, 1.1],
  },
  {
    name: "nested callbacks that name the same",
    source: numeric(
      "rows: number[][], k: number",
      "return rows.map((x, i) => x.map((x, j) => x * k + i * j).reduce((x, y) => x + y)).reduce((x, y) => x * y);",
    ),
    args: [
      [
        [1, 2],
        [0.5, 3, -1],
      ],
      1.1,
    ],
  },
  {
    name: "a callback whose parameter hides the array",
    source: inferred("x: number[], k: number", "return x.map((x) => x * k).concat(x.filter((x) => x > 0));"),
    args: [xs, 1.1],
  },
  {
    name: "matrix product with map and reduce",
    source: inferred(
      "a: number[][], b: number[][]",
      "return a.map((row) => (b[0] ?? []).map((_, j) => row.reduce((sum, x, k) => sum + x * b[k]![j]!, 0)));",
    ),
    args: [
      [
        [1, 2],
        [3, 4],
      ],
      [
        [0.5, -1],
        [2, 0.25],
      ],
    ],
  },
  {
    name: "functions of the module, local functions, Math, and others as callbacks",
    source: numeric(
      "xs: number[], k: number",
      `const scaled = (x: number) => k * x; let total = 0; function add(x: number, i: number) { total += x * i; }
       xs.forEach(add);
       return xs.map(square).map(scaled).map(Math.sin).filter(Boolean).filter(positive).reduce(plus, total);`,
      "const square = (x: number) => x * x;\nfunction positive(x: number) { return x > 0; }\nfunction plus(a: number, b: number) { return a + b; }\n",
    ),
    args: [xs, 1.1],
  },
  {
    name: "a function made by a function, evaluated once",
    source: numeric(
      "xs: number[], k: number",
      "let made = 0; const times = (factor: number) => { made++; return (x: number) => x * factor; }; return xs.map(times(k * k)).reduce((a, b) => a + b) * made;",
    ),
    args: [xs, 1.1],
  },
  {
    name: "a function parameter as the callback",
    source: numeric(
      "xs: number[], k: number",
      "return apply(xs, (x) => x * k);",
      "const apply = (xs: number[], f: (x: number) => number): number => xs.map(f).reduce((a, b) => a + b);\n",
    ),
    args: [xs, 1.1],
  },
  {
    name: "callbacks that stay functions: their own var, their own label",
    source: inferred(
      "xs: number[], k: number",
      `return [
         xs.map((x) => { var t = x * k; if (x > 0) { var u = t * t; } return u === undefined ? t : u; }),
         xs.map((x) => { outer: for (let i = 0; i < 3; i++) { for (;;) { x *= k; if (x > 2) break outer; break; } } return x; }),
       ];`,
    ),
    args: [xs, 1.1],
  },
  {
    name: "function expressions",
    source: inferred("xs: number[], k: number", "return xs.map(function (x) { return x * k; });"),
    args: [xs, 1.1],
  },
  {
    name: "a callback that keeps closures over its element",
    source: numeric(
      "xs: number[], k: number",
      "const later = xs.map((x, i) => () => x * i * k); k *= 2; return later.map((f) => f()).reduce((a, b) => a + b);",
    ),
    args: [xs, 1.1],
  },
  {
    name: "try and catch in a callback",
    source: inferred(
      "xs: number[], k: number",
      "return xs.map((x) => { try { if (x < 0) throw new Error('negative'); return x * k; } catch { return k; } });",
    ),
    args: [xs, 1.1],
  },
  {
    name: "a callback that throws",
    source: numeric(
      "xs: number[], k: number",
      "let s = 0; xs.forEach((x) => { if (x > 2) throw new RangeError('big'); s += x * k; }); return s;",
    ),
    args: [xs, 1.1],
    more: [[[1, 0.5], 2]],
  },
  {
    name: "elements added and removed meanwhile",
    source: inferred(
      "xs: number[], k: number",
      `const grown: number[] = []; xs.forEach((x) => { if (x > 0) xs.push(x * k); grown.push(x); });
       const shrunk = xs.map((x, i) => { if (i === 1) xs.pop(); return x * k; });
       const sum = xs.reduce((s, x) => { xs.shift(); return s + x; }, 0);
       return [grown, [shrunk.length, sum], xs];`,
    ),
    args: [xs, 1.1],
  },
  {
    name: "elements written ahead of their turn",
    source: numeric(
      "xs: number[], k: number",
      "return xs.reduce((s, x, i) => { if (i + 1 < xs.length) xs[i + 1] *= k * x; return s + x; }, 0);",
    ),
    args: [xs, 1.1],
  },
  {
    name: "an array that is replaced by its own callback",
    source: numeric(
      "xs: number[], k: number",
      "let s = 0; xs.forEach((x) => { xs = [k]; s += x; }); return s * xs[0]!;",
    ),
    args: [xs, 1.1],
  },
  {
    name: "holes stay holes",
    source: inferred(
      "k: number",
      "let calls = 0; const a = new Array<number>(3).map(() => { calls++; return k; }); const b = new Array(3).fill(k).map((x) => x * k); return [[a.length, calls, 0 in a ? 1 : 0], b];",
    ),
    args: [1.1],
  },
  {
    name: "evaluation order: receiver, callback, start, then the calls",
    source: numeric(
      "xs: number[], k: number",
      `const log = (what: string) => { console.log(what); return xs; };
       return log("receiver").reduce((s, x) => { console.log("call", x > 0); return s + x * k; }, (console.log("start"), k));`,
    ),
    args: [xs, 1.1],
  },
  {
    name: "methods in conditions, loops and short circuits",
    source: numeric(
      "xs: number[], k: number",
      `let s = k;
       while (xs.some((x) => x > 1)) { xs = xs.map((x) => x / 2); s += xs[0]!; if (xs.every((x) => x < 1) && xs.length > 1) break; }
       for (let i = 0; i < xs.filter((x) => x > 0).length; i++) s *= k;
       const last = k > 0 ? xs.map((x) => x * k).reduce((a, b) => a + b) : xs.find((x) => x > 0);
       return s * (last ?? 1);`,
    ),
    args: [xs, 1.1],
  },
  {
    name: "a generic helper",
    source: numeric(
      "xs: number[], k: number",
      "return sumBy(xs, (x) => x * k) + sumBy(xs.map((x) => ({ x })), (o) => o.x * o.x);",
      "function sumBy<T>(items: readonly T[], key: (item: T) => number): number { return items.reduce((sum, item) => sum + key(item), 0); }\n",
    ),
    args: [xs, 1.1],
  },
  {
    name: "inactive arrays beside active values",
    source: numeric(
      "x: number",
      "const names = ['a', 'bb', 'ccc'].filter((n) => n.length > 1); const lengths = names.map((n) => n.length); return lengths.reduce((s, n) => s + n * x, 0) * ['q'].map((q) => q.length).reduce((a, b) => a + b, 0);",
    ),
    args: [1.1],
  },
]);

describeTraps("arrays from elsewhere", [
  {
    name: "Array.from with a length and a callback",
    source: inferred(
      "k: number, n: number",
      "const a = Array.from({ length: 3 }, (_, i) => k * i); const b = Array.from({ length: n }, () => k); return [a, b, [b.length], Array.from({ length: 2.5 }, (_, i) => i * k)];",
    ),
    args: [1.1, 2.5],
    more: [
      [2, 0],
      [2, -3],
      [1, Number.NaN],
    ],
  },
  {
    name: "Array.from of arrays",
    source: inferred(
      "xs: number[], f: Float32Array, k: number",
      "const copy = Array.from(xs); copy[0] = k; return [copy, Array.from(f), Array.from(xs, (x) => x * k), Array.from(f, (x, i) => x * i), Array.of(k, 2, k * k)];",
    ),
    args: [xs, Float32Array.from(xs), 1.1],
  },
  {
    name: "typed arrays from arrays",
    source: inferred(
      "xs: number[], k: number",
      "return [Float64Array.from(xs), Float32Array.from(xs, (x) => x / k), Float64Array.of(k, k * k), new Float64Array(3).map((_, i) => k * i), Float64Array.from({ length: 2 }, (_, i) => k + i)];",
    ),
    args: [xs, 1.1],
  },
  {
    name: "entries, keys and values in loops",
    source: numeric(
      "xs: number[], f: Float64Array, k: number",
      `let s = 0;
       for (const [i, x] of xs.entries()) { if (x < 0) continue; s += x * i * k; }
       for (const i of xs.keys()) s += xs[i]! * i;
       for (const x of xs.values()) s += x * x;
       for (const [i, x] of f.entries()) s -= x * i;
       for (const [, x] of xs.entries()) s += x;
       for (let [i, x] of xs.entries()) { i++; x *= i; s += x; }
       for (const entry of xs.entries()) s += entry[0] * entry[1];
       outer: for (const [i, x] of xs.entries()) { for (const [j] of xs.entries()) { if (j > i) continue outer; if (x < 0) break outer; s += x; } }
       return s;`,
    ),
    args: [xs, Float64Array.from(xs), 1.1],
  },
  {
    name: "destructured entries of rows",
    source: numeric(
      "rows: [number, number][], k: number",
      "let s = 0; for (const [i, [a, b]] of rows.entries()) s += a * b * i * k; for (const [a, b] of rows) s += a - b; return s;",
    ),
    args: [
      [
        [1, 2],
        [3, 4],
      ],
      1.1,
    ],
  },
  {
    name: "closures over the entries of a loop",
    source: numeric(
      "xs: number[], k: number",
      "const fs: (() => number)[] = []; for (const [i, x] of xs.entries()) fs.push(() => x * i * k); return fs.map((f) => f()).reduce((a, b) => a + b);",
    ),
    args: [xs, 1.1],
  },
]);
