/** One function, the same arguments, several directions: what `gradient`, `jacobian` and their like stand on. */

import type { AnyFunction, CompiledTangent } from "./compiled.ts";
import { deepCopy, unchanged } from "./copy.ts";
import { push, pushAll } from "./jvp.ts";
import { dimension, type Leaf, leavesOf, write } from "./leaves.ts";
import { zeroTangent } from "./tangent.ts";

/** Some of the basis directions. */
export interface BasisPart {
  /** Positions of the arguments that vary. */
  readonly only?: ReadonlySet<number>;
  /** The first coordinate. */
  readonly from?: number;
}

/** A zero direction for all arguments that vary: one entry an argument, and its coordinates. */
export interface Direction {
  readonly tangents: unknown[];
  readonly leaves: readonly Leaf[];
}

/**
 * The zero direction of a function's active arguments; arguments that can't vary have the tangent undefined.
 * @param only positions of the arguments that are to vary; all when absent
 */
export function zeroDirection(
  compiled: CompiledTangent,
  primals: readonly unknown[],
  only?: ReadonlySet<number>,
): Direction {
  const last = compiled.active.length - 1;
  const tangents = primals.map((primal, i) => {
    const declared = compiled.rest === true ? Math.min(i, last) : i;
    const varies = compiled.active[declared] === true && only?.has(i) !== false;
    return varies ? zeroTangent(primal, compiled.paths?.[declared]) : undefined;
  });
  return { tangents, leaves: leavesOf(tangents) };
}

/**
 * Runs `f` along every basis direction of its active arguments, as many in a run as it has lanes, and calls `visit` for each
 * direction. At least one run takes place, along the zero direction (`index` -1) where nothing varies.
 *
 * The first run is given the caller's own arguments, so that these end as after one call of `f`. Each further run starts from
 * what the arguments held before: from copies when the first run has changed them, else from the arguments themselves.
 * @param part which of the directions: those of some arguments, from a coordinate on; all when absent
 */
export function alongBasis(
  f: AnyFunction,
  compiled: CompiledTangent,
  primals: readonly unknown[],
  visit: (index: number, value: unknown, tangent: unknown) => void,
  part: BasisPart = {},
): void {
  const direction = zeroDirection(compiled, primals, part.only);
  const count = dimension(direction.leaves);
  if (count === 0) {
    visit(-1, ...push(f, compiled, primals, direction.tangents));
  } else if (primals.every((primal) => typeof primal !== "object" && typeof primal !== "function")) {
    const lanes = Array.from({ length: Math.min(compiled.lanes ?? 1, count) }, () =>
      zeroDirection(compiled, primals, part.only),
    );
    for (let from = part.from ?? 0; from < count; from += lanes.length) {
      const used = lanes.slice(0, count - from);
      used.forEach(({ leaves }, lane) => {
        write(leaves, from + lane, 1);
      });
      const [value, tangents] = pushAll(
        f,
        compiled,
        primals,
        used.map((lane) => lane.tangents),
      );
      used.forEach(({ leaves }, lane) => {
        visit(from + lane, value, tangents[lane]);
        write(leaves, from + lane, 0);
      });
    }
  } else {
    alongBasisInMemory(f, compiled, primals, count, visit, part);
  }
}

/** The same for arguments that live in memory, where `f` may change both them and their tangents. */
function alongBasisInMemory(
  f: AnyFunction,
  compiled: CompiledTangent,
  primals: readonly unknown[],
  count: number,
  visit: (index: number, value: unknown, tangent: unknown) => void,
  part: BasisPart,
): void {
  const pristine = deepCopy(primals);
  let mutates = false;
  const lanes = compiled.lanes ?? 1;
  const start = part.from ?? 0;
  for (let from = start; from < count; from += lanes) {
    const args = mutates ? deepCopy(pristine) : primals;
    const used = Array.from({ length: Math.min(lanes, count - from) }, (_, lane) => {
      const { leaves, tangents } = zeroDirection(compiled, args, part.only);
      write(leaves, from + lane, 1);
      return tangents;
    });
    const [value, tangents] = pushAll(f, compiled, args, used);
    if (from === start) mutates = !unchanged(primals, pristine);
    tangents.forEach((tangent, lane) => {
      visit(from + lane, value, tangent);
    });
  }
}
