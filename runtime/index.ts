/**
 * Derivatives of compiled functions. Nothing here differentiates: the compiler has done so at build time, and left each
 * function its derivative; these functions choose directions, call it, and put the answers together.
 */

// A derivative held against the function itself.
export { type CheckedDirection, type CheckOptions, type CheckReport, checkTangent } from "./checkTangent.ts";
// How compiled code and runtime meet.
export { type AnyFunction, type CompiledTangent, compiledTangent } from "./compiled.ts";
// Tangents written by hand for functions of others.
export { defineRule, type RuleFor } from "./defineRule.ts";
// All of a basis: exact gradients and Jacobians, one run a direction.
export { gradient, jacobian } from "./gradient.ts";
// Second derivatives, of functions compiled with order 2.
export { hessian } from "./hessian.ts";
export { hvp } from "./hvp.ts";
// One direction: value and slope in one run.
export { jvp } from "./jvp.ts";
// A tangent cut on purpose.
export { stopGradient } from "./stopGradient.ts";
// The shapes of tangents.
export { type GivenTangent, type GivenTangents, type Tangent, type Tangents, zeroTangent } from "./tangent.ts";
