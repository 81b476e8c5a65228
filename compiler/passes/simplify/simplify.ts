/**
 * Makes of differentiated code what a person would have written: the passes, in order.
 *
 * Each pass takes a function in the intermediate form and returns one; none changes the bits, the side effects or the
 * order of evaluation of the primal.
 */

import type { FunctionForm } from "../../ir/types.ts";
import { coalesce } from "./coalesce.ts";
import { copies } from "./copies.ts";
import { dead } from "./dead.ts";
import { fold } from "./fold.ts";
import { hoist } from "./hoist.ts";
import { inline } from "./inline.ts";
import { scalars } from "./scalars.ts";
import { share } from "./share.ts";

const passes: readonly (readonly [name: string, pass: (form: FunctionForm) => FunctionForm])[] = [
  // Zeros and constants first, so that nothing is named for their sake.
  ["fold", fold],
  ["copies", copies],
  ["share", share],
  ["copies", copies],
  ["dead", dead],
  ["hoist", hoist],
  ["coalesce", coalesce],
  // Signs meet each other only when expressions are whole again.
  ["inline", inline],
  ["fold", fold],
];

/** The form after each pass, in order; the last one is the result. */
export function simplify(
  form: FunctionForm,
  nextId: () => number = fresh(),
): readonly { readonly pass: string; readonly form: FunctionForm }[] {
  const stages: { readonly pass: string; readonly form: FunctionForm }[] = [];
  // What never leaves the function is taken apart before anything else is looked at.
  let current = scalars(form, nextId);
  stages.push({ pass: "scalars", form: current });
  for (const [name, pass] of passes) {
    current = pass(current);
    stages.push({ pass: name, form: current });
  }
  return stages;
}

/** Numbers for new variables, above all that a compilation gives out. */
function fresh(): () => number {
  let id = 1e9;
  return () => ++id;
}
