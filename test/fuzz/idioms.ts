/** Ready-made parts of programs: what the other files have no grammar for, with a few random places in it. */

import type { Random } from "./random.ts";
import type { Callable, Module, Type } from "./scope.ts";

interface Idiom {
  readonly text: string;
  readonly callables: readonly Callable[];
}

const callable = (name: string, parameters: readonly Type[], result: Type): Callable => ({
  ...{ name, parameters, required: parameters.length, rest: false, result },
});

/** Some idioms as declarations of a module; their functions can be called by what is written behind them. */
export function someIdioms(module: Module): string[] {
  const { random } = module;
  const lines: string[] = [];
  for (const make of idioms) {
    if (!random.chance(0.12)) continue;
    const { text, callables } = make(random);
    lines.push(text);
    for (const one of callables) {
      module.callables.push(one);
      module.taken.add(one.name);
    }
  }
  return lines;
}

const pickNumber = (random: Random): string => random.pick(["0.5", "1.5", "2", "-0.3", "0"]);
const pickOne = (random: Random): string => random.pick(["a", "b", "a * b", "Math.sin(a)", "a - b", "a + 0.5 * b"]);

const idioms: readonly ((random: Random) => Idiom)[] = [
  (random) => ({
    text: `interface Link { value: number; next: Link | null }
function chain(a: number, b: number): number {
  let list: Link | null = null;
  for (let i = 0; i < 3; i++) list = { value: ${pickOne(random)} * i, next: list };
  ${random.pick(["", "if (list !== null) list.value = b;", "if (list?.next) list.next.value += a;"])}
  let sum = ${pickNumber(random)};
  for (let at: Link | null = list; at !== null; at = at.next) sum += at.value * ${pickOne(random)};
  return sum;
}`,
    callables: [callable("chain", ["number", "number"], "number")],
  }),
  (random) => ({
    text: `function either(a: number): number;
function either(a: number[]): number[];
function either(a: number | number[]): number | number[] {
  ${random.pick(["", 'if (typeof a === "number" && a > 1) return 1;'])}
  return typeof a === "number" ? a * 2 : a.map((v) => v * ${pickNumber(random)});
}
function bothWays(a: number, b: number): number {
  const [first = ${pickNumber(random)}] = either([${pickOne(random)}, b]);
  return either(${pickOne(random)}) + first;
}`,
    callables: [
      callable("bothWays", ["number", "number"], "number"),
      callable("either", ["number"], "number"),
      callable("either", ["number[]"], "number[]"),
    ],
  }),
  (random) => ({
    text: `interface Figure { area(k: number): number }
class Disc implements Figure {
  r: number;
  constructor(r: number) { this.r = r; }
  area(k: number): number { ${random.pick(["", "this.r *= 0.5; "])}return this.r * this.r * k; }
}
class Square implements Figure {
  side: number[];
  constructor(a: number, b: number) { this.side = [a, b]; }
  area(k: number): number { return this.side.reduce((p, q) => p * q, k); }
}
function areas(a: number, b: number): number {
  const list: Figure[] = [new Disc(${pickOne(random)}), new Square(a, b)];
  const one: Figure = a > b ? new Disc(b) : new Square(${pickOne(random)}, 2);
  list.push(one);
  let sum = 0;
  for (const figure of list) sum += figure.area(${pickOne(random)}) * ${pickNumber(random)};
  return sum + (one instanceof Disc ? one.r * a : one.area(1));
}`,
    callables: [callable("areas", ["number", "number"], "number")],
  }),
  (random) => ({
    text: `abstract class Body0 {
  #scale: number;
  constructor(scale: number) { this.#scale = scale; }
  abstract bulk(k: number): number;
  abstract get size(): number;
  total(k: number): number { return this.bulk(k) * this.#scale + this.size; }
}
class Ball0 extends Body0 {
  r: number;
  constructor(a: number, b: number) { super(${pickOne(random)}); this.r = ${pickOne(random)}; }
  bulk(k: number): number { return this.r * k; }
  get size(): number { return this.r; }
}
class Rod0 extends Body0 {
  ends: [number, number];
  constructor(a: number, b: number) { super(a); this.ends = [a, ${pickOne(random)}]; }
  bulk(k: number): number { return this.ends[0] * this.ends[1] * k; }
  get size(): number { return this.ends[1]; }
}
class Thick0 extends Rod0 {
  more: number;
  constructor(a: number, b: number) { super(b, a); this.more = ${pickNumber(random)}; }
  bulk(k: number): number { this.more += k; return super.bulk(k) * this.more; }
}
function bodies(a: number, b: number): number {
  const all: Body0[] = [new Ball0(a, b), new Rod0(b, 2), new Thick0(a, ${pickOne(random)})];
  return all.reduce((sum, one) => sum + one.total(a) * one.size, ${pickNumber(random)});
}`,
    callables: [callable("bodies", ["number", "number"], "number")],
  }),
  (random) => ({
    text: `class Stack0<T> {
  items: T[] = [];
  push(item: T): void { this.items.push(item); }
  pop(): T | undefined { return this.items.pop(); }
}
function firstOf<T>(list: readonly T[], other: T): T { return list[${random.pick(["0", "1"])}] ?? other; }
function stacked(a: number, b: number): number {
  const stack = new Stack0<number>();
  stack.push(${pickOne(random)});
  ${random.pick(["", "stack.push(b);"])}
  const pairs = new Stack0<[number, number]>();
  pairs.push([a, ${pickOne(random)}]);
  const [p, q] = pairs.pop() ?? [1, 2];
  return (stack.pop() ?? ${pickNumber(random)}) * firstOf([a, b], 1) + p * q + firstOf([], a);
}`,
    callables: [callable("stacked", ["number", "number"], "number")],
  }),
  (random) => ({
    text: `interface Setting { rate?: number; limit: number | null; inner: { weight: number } | undefined; label: number | string }
function setting(a: number, b: number): Setting {
  return a > ${pickNumber(random)}
    ? { rate: ${pickOne(random)}, limit: b, inner: { weight: a }, label: a }
    : { limit: null, inner: undefined, label: "none" };
}
function settled(a: number, b: number): number {
  const one = setting(a, b);
  let sum = one.rate ?? ${pickOne(random)};
  if (one.limit !== null && one.limit > ${pickNumber(random)}) sum += one.limit * a;
  if (one.inner) { one.inner.weight = ${pickOne(random)}; sum += one.inner.weight * b; }
  ${random.pick(["one.limit = null;", "one.limit ??= a;", "one.inner = { weight: b };"])}
  if (typeof one.label === "number") sum += one.label * a;
  return sum + (one.limit ?? 1) + (one.inner?.weight ?? ${pickNumber(random)}) * a;
}`,
    callables: [callable("settled", ["number", "number"], "number")],
  }),
  (random) => ({
    text: `function applied(a: number, b: number): number {
  let seen = ${pickNumber(random)};
  const steps: ((v: number) => number)[] = [
    (v) => { seen += v; return v * a; },
    (v) => v + ${pickOne(random)},
    Math.sin,
  ];
  const table = { up: (v: number): number => v * b, down: (v: number): number => { seen *= 0.5; return v - a; } };
  let at = a;
  for (const step of steps) at = step(at);
  return ${random.pick(["table.up(at)", "table.down(at)"])} + seen;
}`,
    callables: [callable("applied", ["number", "number"], "number")],
  }),
  (random) => ({
    text: `function sorted(a: number, b: number): number {
  const list = [{ key: a, part: b }, { key: ${pickOne(random)}, part: a }, { key: 0.25, part: 2 }];
  list.sort((p, q) => p.key - q.key);
  const keys = list.map(({ key }) => key)${random.pick(["", ".reverse()", ".slice(1)"])};
  const groups: Record<string, number> = { x: a, y: b };
  for (const name in groups) groups[name] = (groups[name] ?? 0) * 2;
  return (list[0]?.part ?? 0) * keys.reduce((p, q) => p + q, 0) + (groups.x ?? 1);
}`,
    callables: [callable("sorted", ["number", "number"], "number")],
  }),
  (random) => ({
    text: `function views(a: number, b: number): number {
  const all = new Float${random.pick(["32", "64"])}Array(6);
  const left = all.subarray(0, 3);
  const right = all.subarray(2);
  left[2] = a;
  right[1] = ${pickOne(random)};
  all.set([b, a], ${random.pick(["0", "1", "4"])});
  all.copyWithin(${random.pick(["0, 2", "3, 0, 2", "1, 0"])});
  right.fill(${pickOne(random)}, 2);
  left.set(right.subarray(0, 2), 1);
  let sum = 0;
  for (let i = 0; i < all.length; i++) sum += (all[i] ?? 0) * (i + ${pickNumber(random)});
  return sum + (left[1] ?? 0) * (right[0] ?? 0);
}`,
    callables: [callable("views", ["number", "number"], "number")],
  }),
  (random) => ({
    text: `function ended(a: number, b: number): number {
  let sum = a;
  const step = (v: number): number => {
    try {
      sum += v;
      if (v > ${pickNumber(random)}) throw new RangeError("far");
      return v * 2;
    } catch (error) {
      sum *= ${pickOne(random)};
      ${random.pick(["", "if (v > 2) throw error;", "return 3;"])}
    } finally {
      sum += b;
    }
    return sum;
  };
  try {
    sum = step(a) + step(${pickOne(random)});
  } catch {
    sum -= 1;
  }
  outer: for (let i = 0; i < 3; i++) {
    switch (i) {
      case 0:
        sum += a;
      case 1:
        if (sum > b) continue outer;
        break;
      default:
        break outer;
    }
    sum *= b;
  }
  return sum;
}`,
    callables: [callable("ended", ["number", "number"], "number")],
  }),
];
