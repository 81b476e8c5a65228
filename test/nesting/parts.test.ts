import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { gradient, hessian } from "../../runtime/index.ts";
import { load, type Module, workspace } from "./load.ts";

afterAll(() => workspace.dispose());

/** Second derivatives through what a tangent is built of in several statements: an object's parts, functions by name, constructors. */
const source = `
/** @fgrad */
export function entries(a: number, b: number): number {
  const weights: Record<string, number> = { a: a * a, b };
  let sum = 0;
  for (const [key, weight] of Object.entries(weights)) sum += weight * weight * (key === "a" ? b : 2);
  return sum + Object.values(weights).reduce((product, weight) => product * weight, 1);
}
const cubed = (v: number): number => v * v * v;
function repeated(g: (v: number) => number, x: number, n: number): number {
  return n === 0 ? x : g(repeated(g, x, n - 1)) * x;
}
/** @fgrad */
export function named(a: number, b: number): number {
  return repeated(Math.tanh, a * b, 2) + repeated(cubed, b, 2);
}
class Dense {
  constructor(private readonly weight: number, private readonly activation: (v: number) => number) {}
  run(x: number): number { return this.activation(x * this.weight); }
}
/** @fgrad */
export function layers(a: number, b: number): number {
  return new Dense(a, Math.tanh).run(b) * new Dense(b, (v) => v * v * a).run(a);
}
class Table {
  private readonly cells: Float64Array;
  constructor(private readonly values: ArrayLike<number>) {
    this.cells = new Float64Array(2);
    for (let i = 0; i < 2; i++) this.cells[i] = values[i]! ** 2;
  }
  at(x: number): number { return this.cells[0]! * this.values[1]! * x + this.cells[1]!; }
}
/** @fgrad */
export function built(a: number, b: number): number {
  return new Table([a, b]).at(a * b);
}
`;

const exact: Record<string, (a: number, b: number) => number> = {
  entries: (a, b) => a ** 4 * b + 2 * b ** 2 + a * a * b,
  named: nested,
  layers: (a, b) => Math.tanh(a * b) * (a * b) ** 2 * a,
  built: (a, b) => a ** 2 * b * a * b + b ** 2,
};

function nested(a: number, b: number): number {
  const x = a * b;
  return Math.tanh(Math.tanh(x) * x) * x + (b ** 4) ** 3 * b;
}

/** A second difference of fourth order. */
function difference(f: (a: number, b: number) => number, at: readonly [number, number], i: 0 | 1, j: 0 | 1): number {
  const h = 1e-3;
  const slope = (a: number, b: number): number => {
    const step = (k: number): number => (i === 0 ? f(a + k * h, b) : f(a, b + k * h));
    return (8 * (step(1) - step(-1)) - (step(2) - step(-2))) / (12 * h);
  };
  const step = (k: number): number => (j === 0 ? slope(at[0] + k * h, at[1]) : slope(at[0], at[1] + k * h));
  return (8 * (step(1) - step(-1)) - (step(2) - step(-2))) / (12 * h);
}

describe("second derivatives", () => {
  let module: Module;
  beforeAll(async () => {
    module = await load(source, { order: 2 });
  });
  it.each(["entries", "named", "layers", "built"])("%s", (name) => {
    const f = module[name] as (a: number, b: number) => number;
    const own = exact[name] as (a: number, b: number) => number;
    const at = [0.7, 0.9] as const;
    expect(f(...at)).toBeCloseTo(own(...at), 14);
    const [, matrix] = hessian(f)(...at);
    for (const i of [0, 1] as const) {
      for (const j of [0, 1] as const) expect(matrix[i]?.[j]).toBeCloseTo(difference(own, at, i, j), 7);
    }
    expect(matrix[0]?.[1]).toBeCloseTo(matrix[1]?.[0] ?? Number.NaN, 12);
    expect(gradient(f)(...at)[0]).toBe(f(...at));
  });
});
