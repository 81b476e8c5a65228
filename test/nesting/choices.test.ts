import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { gradient, hessian } from "../../runtime/index.ts";
import { load, type Module, workspace } from "./load.ts";

afterAll(() => workspace.dispose());

type Scalar = (...args: number[]) => number;

/** Second derivatives of code in which what is called is found by an object's class, or held as a value. */
const source = `
abstract class Figure {
  constructor(readonly size: number) {}
  abstract area(k: number): number;
  get twice(): number { return this.area(2); }
}
class Disc extends Figure {
  area(k: number): number { return this.size ** 2 * k; }
}
class Sheet extends Figure {
  #width: number;
  constructor(size: number, width: number) { super(size); this.#width = width; }
  area(k: number): number { return this.size * this.#width ** 2 * k; }
}
class Block extends Sheet {
  override area(k: number): number { return super.area(k) * this.size; }
  override get twice(): number { return 3 * this.size ** 3; }
}
/** @fgrad */
export function figures(a: number, b: number): number {
  const list: Figure[] = [new Disc(a), new Sheet(a, b), new Block(b, a)];
  let sum = 0;
  for (const one of list) sum += one.area(a * b) * one.twice;
  return sum;
}
class Stack<T> {
  items: T[] = [];
  push(item: T): void { this.items.push(item); }
  top(): T { return this.items[this.items.length - 1]!; }
}
/** @fgrad */
export function stacked(a: number, b: number): number {
  const stack = new Stack<number>();
  stack.push(a * a);
  stack.push(b * a * a);
  return stack.top() * stack.top() + a;
}
function twice(g: (v: number) => number, v: number): number {
  return g(g(v) * 0.5);
}
/** @fgrad */
export function passed(a: number, b: number): number {
  return twice((v) => Math.sin(v * a) + b * v, b);
}
/** @fgrad */
export function listed(a: number, b: number): number {
  const table = { up: (v: number): number => v * v + a, down: (v: number): number => v * b };
  let at = b;
  for (const step of [table.up, Math.sin, table.down, table.up]) at = step(at);
  return at;
}
function far(x: number, pair: [number, number]): number {
  return x * pair[1] ** 2;
}
/** @fgrad */
export function inside(a: number, b: number): number {
  function near(v: number): number { return far(v, [1, a * b]); }
  const unused = (v: number): number => far(v, [b, a]);
  return [a, b].map(near).reduce((sum, v) => sum + v * a, 0) + (b > 5 ? unused(1) : 0);
}
`;

describe("second derivatives where the call is found at run time", () => {
  let module: Module;
  beforeAll(async () => {
    module = await load(source, { order: 2 });
  });

  it.each(["figures", "stacked", "passed", "listed", "inside"])("%s", (name) => {
    const f = module[name] as Scalar;
    const at = [0.7, 1.3];
    const [, matrix] = hessian(f)(...at);
    const step = 1e-5;
    const slopes = (k: number, by: number) => gradient(f)(...at.map((x, i) => (i === k ? x + by : x)))[1] as number[];
    for (const k of [0, 1]) {
      const [up, down] = [slopes(k, step), slopes(k, -step)];
      for (const i of [0, 1]) {
        const expected = ((up[i] ?? Number.NaN) - (down[i] ?? Number.NaN)) / (2 * step);
        expect(matrix[i]?.[k]).toBeCloseTo(expected, 4);
        expect(matrix[k]?.[i]).toBeCloseTo(matrix[i]?.[k] ?? Number.NaN, 10);
      }
    }
  });
});
