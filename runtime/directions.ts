/** One function, the same arguments, several directions: what `gradient`, `jacobian` and their like stand on. */

import type { AnyFunction, CompiledTangent } from "./compiled.ts";
import { deepCopy, unchanged } from "./copy.ts";
import { push } from "./jvp.ts";
import { dimension, type Leaf, leavesOf, write } from "./leaves.ts";
import { zeroTangent } from "./tangent.ts";

/** A zero direction for all arguments that vary: one entry an argument, and its coordinates. */
export interface Direction {
  readonly tangents: unknown[];
  readonly leaves: readonly Leaf[];
}

/** The zero direction of a function's active arguments; arguments that can't vary have the tangent undefined. */
export function zeroDirection(compiled: CompiledTangent, primals: readonly unknown[]): Direction {
  const last = compiled.active.length - 1;
  const tangents = primals.map((primal, i) => {
    const declared = compiled.rest === true ? Math.min(i, last) : i;
    return compiled.active[declared] === true ? zeroTangent(primal, compiled.paths?.[declared]) : undefined;
  });
  return { tangents, leaves: leavesOf(tangents) };
}

/**
 * Runs `f` along every basis direction of its active arguments, one run after another, and calls `visit` after each run. At
 * least one run takes place, along the zero direction (`index` -1) where nothing varies.
 *
 * The first run is given the caller's own arguments, so that these end as after one call of `f`. Each further run starts from
 * what the arguments held before: from copies when the first run has changed them, else from the arguments themselves.
 */
export function alongBasis(
  f: AnyFunction,
  compiled: CompiledTangent,
  primals: readonly unknown[],
  visit: (index: number, value: unknown, tangent: unknown) => void,
): void {
  const direction = zeroDirection(compiled, primals);
  const count = dimension(direction.leaves);
  if (count === 0) {
    visit(-1, ...push(f, compiled, primals, direction.tangents));
  } else if (primals.every((primal) => typeof primal !== "object" && typeof primal !== "function")) {
    for (let index = 0; index < count; index++) {
      write(direction.leaves, index, 1);
      visit(index, ...push(f, compiled, primals, direction.tangents));
      write(direction.leaves, index, 0);
    }
  } else {
    alongBasisInMemory(f, compiled, primals, count, visit);
  }
}

/** The same for arguments that live in memory, where `f` may change both them and their tangents. */
function alongBasisInMemory(
  f: AnyFunction,
  compiled: CompiledTangent,
  primals: readonly unknown[],
  count: number,
  visit: (index: number, value: unknown, tangent: unknown) => void,
): void {
  const pristine = deepCopy(primals);
  let mutates = false;
  for (let index = 0; index < count; index++) {
    const args = mutates ? deepCopy(pristine) : primals;
    const { leaves, tangents } = zeroDirection(compiled, args);
    write(leaves, index, 1);
    const [value, tangent] = push(f, compiled, args, tangents);
    if (index === 0) mutates = !unchanged(primals, pristine);
    visit(index, value, tangent);
  }
}
