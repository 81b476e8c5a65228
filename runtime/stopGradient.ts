/**
 * Returns `x` and cuts its tangent: the compiler treats the result as a constant. Beside `wrt`, this is the only way to lose
 * a derivative without an error. At run time it is the identity; the compiler knows it by its import from "fgrad".
 */
export function stopGradient<T>(x: T): T {
  return x;
}
