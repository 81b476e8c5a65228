/** The functions that are compiled on behalf of the user: selected, of higher order, or called as derivatives. */

import type { Selection } from "../../frontend/discover.ts";
import { functionId } from "../../frontend/functions.ts";
import type { FunctionLibrary } from "../../frontend/library.ts";
import type { FunctionId } from "../../ir/types.ts";
import { parameterValues, receiverValue } from "../activity/roots.ts";
import { type Root, solve } from "../activity/solve.ts";
import type { Derivations } from "./derive.ts";
import { calledAsTheyAre, parametersOfOrder, wrtOfDerivative } from "./roots.ts";

/** A function to be compiled. */
export interface Wanted extends Root {
  readonly selection?: Selection;
  /** The derivative that its compiled form is. */
  readonly derivative?: FunctionId;
}

/** The selected functions and, up to an order, the derivatives of their derivatives. */
export function wantedFunctions(library: FunctionLibrary, selections: readonly Selection[], order: number): Wanted[] {
  return selections.flatMap((selection) => ofSelection(library, selection, order));
}

function ofSelection(library: FunctionLibrary, selection: Selection, order: number): Wanted[] {
  const base = library.form(functionId(selection.node));
  if (base === undefined) return [];
  const { wrt } = selection;
  const wanted: Wanted[] = [];
  let { id } = base;
  let form = base;
  let own = selection;
  for (let k = 1; k <= order; k++) {
    const parameters = k === 1 ? parameterValues(base, wrt) : parametersOfOrder(base, wrt, k);
    const receiver = k === 1 ? receiverValue(base, wrt) : undefined;
    const derivative = library.derivations.derivative({ id, parameters });
    wanted.push({ id, name: own.name, parameters, receiver, selection: own, derivative });
    if (k === order) break;
    const next = library.form(derivative);
    if (next === undefined) break;
    const beside = wrtOfDerivative(own.wrt, form, parameters, next);
    own = { ...own, name: `${own.name}_jvp`, ...(beside !== undefined && { wrt: beside }) };
    id = derivative;
    form = next;
  }
  return wanted;
}

/** Solves for all that is wanted; what turns out to be called as a derivative is added to it. */
export function solveWanted(library: FunctionLibrary, wanted: Wanted[]): ReturnType<typeof solve> {
  for (;;) {
    const analysis = solve(wanted, library);
    const known = new Set(wanted.map(({ derivative }) => derivative));
    const missing = [...calledAsTheyAre(analysis.instances)].filter((id) => !known.has(id));
    const added = missing.flatMap((id) => calledDerivative(library.derivations, library, id));
    if (added.length === 0) return analysis;
    wanted.push(...added);
  }
}

function calledDerivative(derivations: Derivations, library: FunctionLibrary, id: FunctionId): Wanted[] {
  const pattern = derivations.pattern(id);
  const form = pattern && library.form(pattern.id);
  if (pattern === undefined || form === undefined) return [];
  return [{ id: pattern.id, name: form.name, parameters: pattern.parameters, receiver: undefined, derivative: id }];
}
