/** Second derivatives of functions that were compiled with order 2: forward over forward. */

import { type AnyFunction, type CompiledTangent, compiledTangent, functionName, requireCompiled } from "./compiled.ts";
import { deepCopy, unchanged } from "./copy.ts";
import { alongBasis } from "./directions.ts";
import { interleave } from "./jvp.ts";

/** A function with its derivative and the derivative of that. */
export interface SecondOrder {
  readonly f: AnyFunction;
  readonly first: CompiledTangent;
  readonly second: CompiledTangent;
}

/**
 * Looks up both derivatives of `f` for `caller`.
 * @throws TypeError when `f` was not compiled, or for first derivatives only; the message says how to compile it
 */
export function requireSecondOrder(f: AnyFunction, caller: string): SecondOrder {
  const first = requireCompiled(f, caller);
  const second = compiledTangent(first.jvp);
  if (second === undefined) {
    throw new TypeError(
      `${caller}: ${functionName(f)} was compiled for first derivatives only. ` +
        "Compile it with --order 2, or with the plugin's option `order: 2`.",
    );
  }
  return { f, first, second };
}

/**
 * Differentiates the slope of `f` along `direction` with respect to each coordinate of the arguments from `from` on. The
 * caller's arguments end as after one call of `f`; `direction` stays as it is.
 * @param visit gets a coordinate, the value of `f`, and the derivative of the slope; the coordinate is -1 where none varies
 * @throws TypeError when the result of `f` is no number; and whatever `f` throws
 */
export function slopeAlongBasis(
  { f, first, second }: SecondOrder,
  args: readonly unknown[],
  direction: readonly unknown[],
  caller: string,
  visit: (index: number, value: number, slope: number) => void,
  from = 0,
): void {
  const interleaved = interleave(f, first, args, [deepCopy(direction)]);
  const only = primalPositions(first);
  alongBasis(
    first.jvp,
    second,
    interleaved,
    (index, pair, pairTangent) => {
      const [value] = pair as readonly unknown[];
      const [, slope] = (pairTangent ?? []) as readonly unknown[];
      if (typeof value !== "number") throw new TypeError(`${caller}: ${functionName(f)} must return a number.`);
      visit(index, value, typeof slope === "number" ? slope : 0);
    },
    { only, from },
  );
}

/** Where the arguments themselves stand among those of the derivative. */
function primalPositions({ active }: CompiledTangent): ReadonlySet<number> {
  const positions = new Set<number>();
  let at = 0;
  for (const isActive of active) {
    if (isActive) positions.add(at);
    at += isActive ? 2 : 1;
  }
  return positions;
}

/** Gives the caller's own arguments to the first of several runs, and what they held before to each other one. */
export function fromTheSame(args: readonly unknown[]): () => readonly unknown[] {
  const pristine = deepCopy(args);
  let runs = 0;
  return () => {
    runs += 1;
    if (runs === 1) return args;
    return unchanged(args, pristine) ? args : deepCopy(pristine);
  };
}
