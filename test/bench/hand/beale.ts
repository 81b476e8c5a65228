/** Beale's function with its tangent, as one writes it by hand for speed: one power of y, shared factors, no repetition. */
export function beale_jvp(x: number, x_t: number, y: number, y_t: number): [number, number] {
  const y2 = y ** 2;
  const y3 = y ** 3;
  const a = 1.5 - x + x * y;
  const b = 2.25 - x + x * y2;
  const c = 2.625 - x + x * y3;
  const a_t = x_t * (y - 1) + x * y_t;
  const b_t = x_t * (y2 - 1) + x * (2 * y * y_t);
  const c_t = x_t * (y3 - 1) + x * (3 * y2 * y_t);
  return [a ** 2 + b ** 2 + c ** 2, 2 * (a * a_t + b * b_t + c * c_t)];
}
