/** The product of a Hessian and a vector. */

import type { AnyFunction } from "./compiled.ts";
import { zeroDirection } from "./directions.ts";
import { write } from "./leaves.ts";
import { requireSecondOrder, slopeAlongBasis } from "./second.ts";
import type { GivenTangents, Tangents } from "./tangent.ts";

/**
 * The Hessian of a numeric function times a vector, without the Hessian: `hvp(f)(args, v)` returns the value of `f` and, per
 * parameter, the rate at which the gradient changes along `v`, in the shape of `Tangent`. `f` must have been compiled with
 * order 2; it runs once for each number that varies. What is said of arguments and side effects at `gradient` holds here.
 *
 * @throws TypeError when `f` was not compiled, or for first derivatives only, or when its result is no number; what `jvp`
 *   throws of a direction that does not fit; and whatever `f` throws
 */
export function hvp<F extends AnyFunction & ((...args: never[]) => number)>(
  f: F,
): (
  args: Readonly<Parameters<F>>,
  v: GivenTangents<Parameters<F>>,
) => [value: number, product: Tangents<Parameters<F>>] {
  const derivatives = requireSecondOrder(f, "hvp");
  return (args, v) => {
    const product = zeroDirection(derivatives.first, args);
    let result = Number.NaN;
    slopeAlongBasis(derivatives, args, v as readonly unknown[], "hvp", (index, value, slope) => {
      if (index <= 0) result = value;
      if (index >= 0) write(product.leaves, index, slope);
    });
    return [result, product.tangents as Tangents<Parameters<F>>];
  };
}
