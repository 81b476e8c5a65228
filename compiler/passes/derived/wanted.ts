/** The functions that are compiled on behalf of the user: selected, of higher order, or called as derivatives. */

import type { Selection } from "../../frontend/discover.ts";
import { functionId } from "../../frontend/functions.ts";
import type { FunctionLibrary } from "../../frontend/library.ts";
import { canCarry } from "../../frontend/types.ts";
import type { FunctionId } from "../../ir/types.ts";
import { parameterValues, receiverValue } from "../activity/roots.ts";
import { type Root, solve } from "../activity/solve.ts";
import type { Derivations, Reached } from "./derive.ts";
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

/**
 * Solves for all that is wanted, and adds to it what turns out to be needed: functions whose derivatives the program asks
 * for, and derivatives that are called as they are.
 */
export function solveWanted(library: FunctionLibrary, wanted: Wanted[], order: number): ReturnType<typeof solve> {
  const { derivations } = library;
  const orders = new Map(wanted.flatMap(({ selection, id }) => (selection === undefined ? [] : [[id, order]])));
  for (;;) {
    const analysis = solve(wanted, library);
    const known = new Set(wanted.map(({ derivative }) => derivative));
    const missing = [...calledAsTheyAre(analysis.instances, derivations.closures.values())].filter(
      (id) => !known.has(id),
    );
    const added = missing.flatMap((id) => calledDerivative(derivations, library, id));
    for (const [id, reached] of derivations.reached) {
      const before = orders.get(id) ?? 0;
      if (before >= reached.order) continue;
      orders.set(id, reached.order);
      const own = wanted.find((other) => other.id === id)?.selection ?? selectionOf(library, id, reached);
      if (own !== undefined) added.push(...ofSelection(library, own, reached.order).slice(before));
    }
    if (added.length === 0) return analysis;
    wanted.push(...added);
  }
}

/** A function that is differentiated somewhere in the program counts as selected. */
function selectionOf(library: FunctionLibrary, id: FunctionId, reached: Reached): Selection | undefined {
  const node = library.node(id);
  const form = library.form(id);
  if (node === undefined || form === undefined) return undefined;
  const partly = form.parameters.some(({ variable }, i) => !reached.active.has(i) && canCarry(variable.type));
  const names = form.parameters.flatMap(({ variable }, i) => (reached.active.has(i) ? [variable.name] : []));
  const wrt = partly && names.every((name) => !name.startsWith("%")) ? names : undefined;
  return { node, name: form.name, fromOutside: false, span: form.span, ...(wrt !== undefined && { wrt }) };
}

function calledDerivative(derivations: Derivations, library: FunctionLibrary, id: FunctionId): Wanted[] {
  const pattern = derivations.pattern(id);
  const form = pattern && library.form(pattern.id);
  if (pattern === undefined || form === undefined) return [];
  if (form.memberOf !== undefined) {
    // A member's derivative is a function of its own kind, printed as it is.
    const own = library.form(id);
    if (own === undefined) return [];
    return [{ id, name: own.name, parameters: parameterValues(own, []), receiver: undefined, derivative: id }];
  }
  return [{ id: pattern.id, name: form.name, parameters: pattern.parameters, receiver: undefined, derivative: id }];
}
