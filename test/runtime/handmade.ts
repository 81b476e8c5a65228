import type { AnyFunction, CompiledTangent } from "fgrad";

/** Attaches a derivative written by hand, as the compiler does. */
export function compiled<F extends AnyFunction>(f: F, tangent: CompiledTangent): F {
  Object.defineProperty(f, Symbol.for("fgrad.jvp"), { value: tangent });
  return f;
}

export const beale = compiled(
  function beale(x: number, y: number): number {
    const a = 1.5 - x + x * y;
    const b = 2.25 - x + x * y ** 2;
    const c = 2.625 - x + x * y ** 3;
    return a * a + b * b + c * c;
  },
  {
    active: [true, true],
    jvp: (x: number, x_t: number, y: number, y_t: number) => {
      const a = 1.5 - x + x * y;
      const b = 2.25 - x + x * y ** 2;
      const c = 2.625 - x + x * y ** 3;
      const a_t = -x_t + x_t * y + x * y_t;
      const b_t = -x_t + x_t * y ** 2 + 2 * x * y * y_t;
      const c_t = -x_t + x_t * y ** 3 + 3 * x * y ** 2 * y_t;
      return [a * a + b * b + c * c, 2 * (a * a_t + b * b_t + c * c_t)];
    },
  },
);

/** Σ xᵢ² wₖ of the parameters, with `scale` an inactive factor. */
export const weighted = compiled(
  function weighted(theta: Float32Array, scale: number): number {
    return theta.reduce((total, x, i) => total + scale * (i + 1) * x * x, 0);
  },
  {
    active: [true, false],
    jvp: (theta: Float32Array, theta_t: Float32Array, scale: number) => [
      theta.reduce((total, x, i) => total + scale * (i + 1) * x * x, 0),
      theta.reduce((total, x, i) => total + scale * (i + 1) * 2 * x * Number(theta_t[i]), 0),
    ],
  },
);

/** Squares its argument in place and returns the sum of the squares. */
export const squareInPlace = compiled(
  function squareInPlace(x: number[]): number {
    let total = 0;
    for (let i = 0; i < x.length; i++) {
      x[i] = Number(x[i]) ** 2;
      total += Number(x[i]);
    }
    return total;
  },
  {
    active: [true],
    jvp: (x: number[], x_t: number[]) => {
      let total = 0;
      let total_t = 0;
      for (let i = 0; i < x.length; i++) {
        x_t[i] = 2 * Number(x[i]) * Number(x_t[i]);
        x[i] = Number(x[i]) ** 2;
        total += Number(x[i]);
        total_t += Number(x_t[i]);
      }
      return [total, total_t];
    },
  },
);

export interface State {
  name: string;
  position: [number, number];
  velocity: Float64Array;
}

/** Energy of a state; only the velocity was named by `wrt`. */
export const kinetic = compiled(
  function kinetic(state: State): number {
    return state.position[0] + state.velocity.reduce((e, v) => e + 0.5 * v * v, 0);
  },
  {
    active: [true],
    paths: { 0: ["velocity"] },
    jvp: (state: State, state_t: { velocity: Float64Array }) => {
      if (Object.keys(state_t).join() !== "velocity") throw new Error(`unexpected ${Object.keys(state_t)}`);
      return [
        state.position[0] + state.velocity.reduce((e, v) => e + 0.5 * v * v, 0),
        state.velocity.reduce((e, v, i) => e + v * Number(state_t.velocity[i]), 0),
      ];
    },
  },
);
