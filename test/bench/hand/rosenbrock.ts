/** Rosenbrock's function with its tangent, written by hand. */
export function rosenbrock_jvp(x: number, x_t: number, y: number, y_t: number): [number, number] {
  const slope = 1 - x;
  const bend = y - x * x;
  const bend_t = y_t - 2 * x * x_t;
  return [slope * slope + 100 * bend * bend, 200 * bend * bend_t - 2 * slope * x_t];
}
