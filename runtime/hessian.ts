/** All second derivatives of a numeric function. */

import type { AnyFunction } from "./compiled.ts";
import { zeroDirection } from "./directions.ts";
import { dimension, write } from "./leaves.ts";
import { fromTheSame, requireSecondOrder, slopeAlongBasis } from "./second.ts";

/**
 * The Hessian of a numeric function: `hessian(f)(...args)` returns the value and a symmetric matrix with a row and a column for
 * each number that varies in the arguments, in order of parameters, fields and elements. `f` must have been compiled with
 * order 2; it runs n (n + 1) / 2 times for n numbers that vary. What is said of arguments and side effects at `gradient`
 * holds here.
 *
 * @throws TypeError when `f` was not compiled, or for first derivatives only, or when its result is no number; and whatever
 *   `f` throws
 */
export function hessian<F extends AnyFunction & ((...args: never[]) => number)>(
  f: F,
): (...args: Parameters<F>) => [value: number, matrix: Float64Array[]] {
  const derivatives = requireSecondOrder(f, "hessian");
  return (...args) => {
    const count = dimension(zeroDirection(derivatives.first, args).leaves);
    const matrix = Array.from({ length: count }, () => new Float64Array(count));
    const next = fromTheSame(args);
    let result = Number.NaN;
    for (let i = 0; i < Math.max(count, 1); i++) {
      const own = next();
      const direction = zeroDirection(derivatives.first, own);
      if (count > 0) write(direction.leaves, i, 1);
      const visit = (j: number, value: number, slope: number): void => {
        if (i === 0 && j <= 0) result = value;
        const [row, column] = [matrix[i], matrix[j]];
        if (row !== undefined) row[j] = slope;
        if (column !== undefined) column[i] = slope;
      };
      slopeAlongBasis(derivatives, own, direction.tangents, "hessian", visit, i);
    }
    return [result, matrix];
  };
}
