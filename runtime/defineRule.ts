/** Tangents written by hand for functions of others. */

import type { AnyFunction } from "./compiled.ts";
import type { Tangent } from "./tangent.ts";

/** Each parameter that can carry a tangent, followed by it; `undefined` where it is inactive at a call. */
type Interleaved<Parameters extends readonly unknown[]> = Parameters extends readonly [infer First, ...infer Rest]
  ? [Tangent<First>] extends [undefined]
    ? [First, ...Interleaved<Rest>]
    : [First, Tangent<First> | undefined, ...Interleaved<Rest>]
  : [];

/** The signature of a rule for `F`: value and tangent of the result, or nothing for a function without one. */
export type RuleFor<F extends AnyFunction> = (
  ...args: Interleaved<Parameters<F>>
) => ReturnType<F> extends void ? void : [value: ReturnType<F>, tangent: Tangent<ReturnType<F>>];

/**
 * Registers a tangent written by hand for a function that one can't annotate: `defineRule(external, external_jvp)`.
 * It stands in a module that the compiler is told of (`rules: ["rules.ts"]` in the options of plugin and API); there is
 * nothing to run. Function and rule are found by what these names mean, and held against each other by type.
 *
 * @param _f a function of any module, imported or declared
 * @param _rule an exported function with the signature of `RuleFor<F>`
 */
export function defineRule<F extends AnyFunction>(_f: F, _rule: RuleFor<NoInfer<F>>): void {}
