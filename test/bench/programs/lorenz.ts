import { type Arguments, uniform } from "./random.ts";

type Vec3 = readonly [number, number, number];

function deriv([x, y, z]: Vec3, sigma: number, rho: number, beta: number): Vec3 {
  return [sigma * (y - x), x * (rho - z) - y, x * y - beta * z];
}

/** a·x + y. */
function axpy(a: number, x: Vec3, y: Vec3): Vec3 {
  return [a * x[0] + y[0], a * x[1] + y[1], a * x[2] + y[2]];
}

function step(s: Vec3, h: number, sigma: number, rho: number, beta: number): Vec3 {
  const k1 = deriv(s, sigma, rho, beta);
  const k2 = deriv(axpy(0.5 * h, k1, s), sigma, rho, beta);
  const k3 = deriv(axpy(0.5 * h, k2, s), sigma, rho, beta);
  const k4 = deriv(axpy(h, k3, s), sigma, rho, beta);
  const sum = axpy(2, k3, axpy(2, k2, axpy(1, k1, k4)));
  return axpy(h / 6, sum, s);
}

/** A hundred Runge–Kutta steps of the Lorenz system on tuples. @fgrad */
export function lorenz(sigma: number, rho: number, beta: number, x0: number, y0: number, z0: number): number {
  let s: Vec3 = [x0, y0, z0];
  for (let i = 0; i < 100; i++) s = step(s, 0.01, sigma, rho, beta);
  const [x, y, z] = s;
  return x + 2 * y + 3 * z;
}

export function inputs(seed: number): Arguments {
  const next = uniform(seed);
  return [10, 14, 8 / 3, 1, 1, 1].map((centre) => [centre + 0.05 * next(), next()]);
}
