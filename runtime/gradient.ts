/** Exact derivatives of compiled functions, one run a direction of the basis. */

import { type AnyFunction, describe, functionName, requireCompiled } from "./compiled.ts";
import { alongBasis, zeroDirection } from "./directions.ts";
import { dimension, flatten, leavesOf, write } from "./leaves.ts";
import type { Tangents } from "./tangent.ts";

/**
 * The exact gradient of a function with a numeric result: `gradient(f)(...args)` returns its value and, per parameter,
 * the partial derivatives in the shape of `Tangent` (a Float32Array for a Float32Array, an object for an object …). Parameters
 * that were compiled as inactive have the gradient undefined.
 *
 * `f` runs ceil(n / lanes) times for n numbers that vary (`--lanes` says how many directions a run carries). When it changes its arguments, every run sees them as they were, and yours
 * end as after one call; other side effects (logging, say) happen on each run. When one array is passed for two parameters,
 * each gradient is the partial derivative with respect to that parameter.
 *
 * @throws TypeError when `f` was not compiled, or its result is no number; and whatever `f` throws
 */
export function gradient<F extends (...args: never[]) => number>(
  f: F,
): (...args: Parameters<F>) => [value: number, gradients: Tangents<Parameters<F>>] {
  const compiled = requireCompiled(f, "gradient");
  return (...args) => {
    const gradients = zeroDirection(compiled, args);
    let result = Number.NaN;
    alongBasis(f, compiled, args, (index, value, slope) => {
      if (typeof value !== "number" || typeof slope !== "number") throw notNumeric(f, value);
      if (index <= 0) result = value;
      if (index >= 0) write(gradients.leaves, index, slope);
    });
    return [result, gradients.tangents as Tangents<Parameters<F>>];
  };
}

function notNumeric(f: AnyFunction, value: unknown): TypeError {
  const result = value === undefined ? "nothing" : describe(value);
  return new TypeError(`gradient: ${functionName(f)} returned ${result}, not a number. Use jacobian(f) or jvp(f, …).`);
}

/**
 * The exact Jacobian: `jacobian(f)(...args)` returns the value and a matrix with a row for each number in the result and a
 * column for each number that varies in the arguments, both in order of parameters, fields and elements. `f` is run as by
 * `gradient`.
 *
 * @throws TypeError when `f` was not compiled; and whatever `f` throws
 */
export function jacobian<F extends AnyFunction>(
  f: F,
): (...args: Parameters<F>) => [value: ReturnType<F>, matrix: Float64Array[]] {
  const compiled = requireCompiled(f, "jacobian");
  return (...args) => {
    const columns = dimension(zeroDirection(compiled, args).leaves);
    let result: unknown;
    let rows: Float64Array[] = [];
    alongBasis(f, compiled, args, (index, value, tangent) => {
      const column = flatten(leavesOf([tangent]));
      if (index <= 0) {
        result = value;
        rows = Array.from(column, () => new Float64Array(columns));
      }
      if (index >= 0) for (const [i, row] of rows.entries()) row[index] = column[i] ?? Number.NaN;
    });
    return [result as ReturnType<F>, rows];
  };
}
