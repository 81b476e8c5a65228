/** The directional derivative of a compiled function. */

import { type AnyFunction, type CompiledTangent, functionName, parameterName, requireCompiled } from "./compiled.ts";
import { fitTangent, type GivenTangents, type Tangent } from "./tangent.ts";

/**
 * Runs `f` once and returns its value with the derivative along a direction: `[f(x), f′(x)·v]`.
 *
 * @param f a function that fgrad compiled
 * @param primals the arguments of `f`; optional ones may be left out
 * @param tangents the direction, one tangent an argument; `undefined` (or left out) where it does not vary. Arrays are handed to
 *   `f` as they are: where `f` writes into an argument, it writes the derivative into that argument's tangent.
 * @returns value and tangent of the result, in the shape of `Tangent`
 * @throws TypeError when `f` was not compiled, when a tangent has the wrong type, or belongs to a parameter that is not in
 *   the `wrt` of the @fgrad tag; RangeError when a tangent has the wrong length; and whatever `f` throws
 */
export function jvp<F extends AnyFunction>(
  f: F,
  primals: Readonly<Parameters<F>>,
  tangents: GivenTangents<Parameters<F>>,
): [value: ReturnType<F>, tangent: Tangent<ReturnType<F>>] {
  const compiled = requireCompiled(f, "jvp");
  return push(f, compiled, primals, tangents) as [ReturnType<F>, Tangent<ReturnType<F>>];
}

/** `jvp` without types, for callers that have looked up the derivative already. Checks and completes the tangents. */
export function push(
  f: AnyFunction,
  compiled: CompiledTangent,
  primals: readonly unknown[],
  tangents: readonly unknown[],
): [value: unknown, tangent: unknown] {
  const [value, [tangent]] = pushAll(f, compiled, primals, [tangents]);
  return [value, tangent];
}

/** Value and tangents along as many directions as the function was compiled for, or fewer, in one run. */
export function pushAll(
  f: AnyFunction,
  compiled: CompiledTangent,
  primals: readonly unknown[],
  directions: readonly (readonly unknown[])[],
): [value: unknown, tangents: unknown[]] {
  const [value, ...tangents] = call(compiled, interleave(f, compiled, primals, directions));
  const where = () => `The tangent that ${functionName(f)} returned`;
  return [value, directions.map((_, lane) => fitTangent(value, tangents[lane], undefined, where))];
}

/** Calls the derivative with arguments that `interleave` has made. */
export function call(
  compiled: CompiledTangent,
  interleaved: readonly unknown[],
): readonly [value: unknown, ...tangents: unknown[]] {
  const derivative = compiled.jvp as (...args: readonly unknown[]) => readonly [unknown, ...unknown[]];
  return derivative(...interleaved);
}

/**
 * Primals and tangents in the order in which the derivative takes them: behind each active argument one tangent a lane.
 * Active arguments without a tangent get zeros, and so do lanes without a direction; an omitted optional argument is passed as undefined, so that its default and the tangent of that are found by the callee.
 */
export function interleave(
  f: AnyFunction,
  compiled: CompiledTangent,
  primals: readonly unknown[],
  directions: readonly (readonly unknown[])[],
): unknown[] {
  const lanes = compiled.lanes ?? 1;
  const declared = compiled.active.length;
  const restAt = compiled.rest === true ? declared - 1 : Number.POSITIVE_INFINITY;
  const result: unknown[] = [];
  for (let i = 0; i < declared; i++) {
    const primal = i === restAt ? primals.slice(i) : primals[i];
    result.push(primal);
    for (let lane = 0; lane < lanes; lane++) {
      const tangents = directions[lane] ?? [];
      const given = i === restAt ? restTangents(primals, tangents, i) : tangents[i];
      if (compiled.active[i] === true) result.push(tangentOf(f, compiled, i, primal, given));
      else if (given !== undefined) throw inactiveTangent(f, i);
    }
  }
  return result;
}

function inactiveTangent(f: AnyFunction, index: number): TypeError {
  return new TypeError(
    `${functionName(f)} was compiled with ${parameterName(f, index)} inactive, but got a tangent for it. ` +
      "Add it to the `wrt` of the @fgrad tag, or pass undefined.",
  );
}

function tangentOf(f: AnyFunction, compiled: CompiledTangent, index: number, primal: unknown, given: unknown): unknown {
  if (primal === undefined && given === undefined) return undefined;
  if (typeof primal === "number" && typeof given === "number") return given;
  const where = () => `The tangent of ${parameterName(f, index)} of ${functionName(f)}`;
  return fitTangent(primal, given, compiled.paths?.[index], where);
}

function restTangents(primals: readonly unknown[], tangents: readonly unknown[], from: number): unknown {
  const given = primals.slice(from).map((_, i) => tangents[from + i]);
  return given.every((t) => t === undefined) ? undefined : given;
}
