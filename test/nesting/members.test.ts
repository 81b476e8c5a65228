import { afterAll, describe, expect, it } from "vitest";
import { hessian, hvp, jvp } from "../../runtime/index.ts";
import { load, workspace } from "./load.ts";

afterAll(() => workspace.dispose());

const vec = `class Vec {
  static made = 0;
  readonly x: number;
  readonly y: number;
  constructor(x: number, y: number) { this.x = x; this.y = y; }
  static polar(r: number, a: number): Vec { return new Vec(r * Math.cos(a), r * Math.sin(a)); }
  get norm(): number { return Math.hypot(this.x, this.y); }
  add(other: Vec): Vec { return new Vec(this.x + other.x, this.y + other.y); }
  dot(other: Vec): number { return this.x * other.x + this.y * other.y; }
}\n`;

describe("members of classes in derivatives of derivatives", () => {
  it("Hessian through constructors, methods, statics and getters", async () => {
    const { f } = await load(
      `${vec}/** @fgrad */ export function f(a: number, b: number): number {
        const p = new Vec(a * b, a).add(Vec.polar(b, a));
        return p.dot(p) + p.norm * a;
      }`,
      { order: 2 },
    );
    if (f === undefined) throw new Error("no f");
    const plain = (a: number, b: number): number => {
      const [x, y] = [a * b + b * Math.cos(a), a + b * Math.sin(a)];
      return x * x + y * y + Math.hypot(x, y) * a;
    };
    const [a, b, h] = [0.7, 1.3, 1e-3];
    const [value, rows] = hessian(f)(a, b);
    expect(value).toBe(plain(a, b));
    const second = (i: 0 | 1, j: 0 | 1): number => {
      const at = (s: number, t: number): number => {
        const p: [number, number] = [a, b];
        p[i] += s * h;
        p[j] += t * h;
        return plain(...p);
      };
      const one = (k: number): number => (at(k, k) - at(k, -k) - at(-k, k) + at(-k, -k)) / (4 * k * k * h * h);
      return (4 * one(1) - one(2)) / 3;
    };
    for (const i of [0, 1] as const) {
      for (const j of [0, 1] as const) expect(rows[i]?.[j]).toBeCloseTo(second(i, j), 6);
    }
    expect(rows[0]?.[1]).toBeCloseTo(rows[1]?.[0] ?? Number.NaN, 13);
  });

  it("private state, inheritance and a mutated object", async () => {
    const { f } = await load(
      `class Body {
        #energy = 0;
        protected speed: number;
        constructor(private readonly mass: number, speed: number) { this.speed = speed; }
        kick(impulse: number): void { this.speed += impulse / this.mass; this.#energy = 0.5 * this.mass * this.speed ** 2; }
        get energy(): number { return this.#energy; }
      }
      class Car extends Body {
        constructor(mass: number) { super(mass, mass * mass); }
        drive(x: number): number { this.kick(x * x); return this.energy * this.speed; }
      }
      /** @fgrad */ export function f(m: number, x: number): number { const c = new Car(m); return c.drive(x); }`,
      { order: 2 },
    );
    if (f === undefined) throw new Error("no f");
    // speed s = m² + x²/m; f = m s³ / 2
    const m = 1.7;
    const x = 0.6;
    const s = m * m + (x * x) / m;
    const [s_m, s_x] = [2 * m - (x * x) / m ** 2, (2 * x) / m];
    const [value, [d_m, d_x]] = hvp(f)([m, x], [0, 1]) as unknown as [number, [number, number]];
    expect(value).toBe(f(m, x));
    const f_x_m = 1.5 * s * s * s_x + 3 * m * s * s_m * s_x + 1.5 * m * s * s * ((-2 * x) / m ** 2);
    const f_x_x = 3 * m * s * s_x * s_x + 1.5 * m * s * s * (2 / m);
    expect(d_m).toBeCloseTo(f_x_m, 11);
    expect(d_x).toBeCloseTo(f_x_x, 11);
  });

  it("a derivative taken inside of a function, of a closure that uses a class of another module", async () => {
    const { f } = await load({
      "main.ts": `import { jvp } from "fgrad";
        import { Vec } from "./vec.ts";
        /** @fgrad */ export function f(x: number): number {
          const still = jvp((y: number) => new Vec(y, 2).dot(new Vec(y, y)), [3], [1])[1];
          return still * jvp((y: number) => new Vec(x, y).dot(new Vec(y * y, x * y)), [x], [1])[1];
        }`,
      "vec.ts": `export ${vec}`,
    });
    if (f === undefined) throw new Error("no f");
    for (const x of [0.4, -1.1]) {
      const [y, slope] = jvp(f, [x], [1]) as [number, number];
      expect(y).toBe(f(x));
      // d/dy (x y² + x y²) = 4 x y → 4 x², and 2 y + 2 at y = 3 before it
      expect(y).toBeCloseTo(8 * 4 * x * x, 11);
      expect(slope).toBeCloseTo(8 * 8 * x, 11);
    }
  });

  it("a method is chosen by the class of an object", async () => {
    const { f } = await load(
      `class A { k: number; constructor(k: number) { this.k = k; } g(x: number): number { return this.k * x * x; } }
      class B extends A { override g(x: number): number { return this.k * x; } }
      /** @fgrad */ export function f(x: number): number { const o = x > 0 ? new A(x) : new B(x); return o.g(x); }`,
      { order: 2 },
    );
    if (f === undefined) throw new Error("no f");
    expect(hessian(f as (x: number) => number)(1.5)).toEqual([3.375, [Float64Array.of(9)]]);
    expect(hessian(f as (x: number) => number)(-1.5)).toEqual([2.25, [Float64Array.of(2)]]);
  });
});
