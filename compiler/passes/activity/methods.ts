/**
 * Members of classes: a call may reach a method of any class that the object may be of, and all of these follow one
 * pattern, so that the call can be made by name. Accessors are calls that look like reads and stores.
 */

import type { ClassId, FieldAccess, FunctionId } from "../../ir/types.ts";
import { applyGraph, markCrossing } from "./patterns.ts";
import type { CallSite, Instance } from "./program.ts";
import { callSite, type Solver, siteParameter, siteRegion, withMemory } from "./solve.ts";
import { carries, find, flow, member, type Region, type Value } from "./values.ts";

/** The functions that a name may stand for on an object: one for each class that has its own. */
export function implementationsOf(
  solver: Solver,
  region_: Region,
  name: string,
  role: "method" | "getter" | "setter",
): FunctionId[] {
  const region = find(region_);
  if (region.classes.size === 0) return [];
  const found = new Set<FunctionId>();
  // A parameter of a class's type may be of any class that extends it.
  const classes = region.template === undefined ? region.classes : descendants(solver, region.classes);
  for (const one of classes) {
    const id = solver.library.classes.member(one, name, role);
    if (id !== undefined) found.add(id);
  }
  return [...found];
}

function descendants(solver: Solver, classes: ReadonlySet<ClassId>): Set<ClassId> {
  return new Set([...classes].flatMap((one) => solver.library.classes.descendants(one)));
}

/** Analyses a call of any of some functions with one object and one list of arguments. */
export function callMember(
  solver: Solver,
  one: Instance,
  site: CallSite,
  ids: readonly FunctionId[],
  values: readonly Value[],
  receiver: Value | undefined,
  /** With a spread argument, which parameters are left out is not known. */
  spread = false,
): Value {
  site.methods.clear();
  for (const id of ids) {
    const form = solver.library.form(id);
    if (form === undefined) continue;
    const parameters = form.parameters.map((parameter, i) => {
      if (!parameter.rest)
        return siteParameter(
          site,
          i,
          values[i],
          solver.progress,
          parameter.variable.reassigned || spread ? undefined : parameter.variable.type,
        );
      const rest = siteRegion(one, site, "Array");
      for (const value of values.slice(i)) flow(member(rest, undefined, solver.progress), value, solver.progress);
      return { active: false, tainted: false, region: rest };
    });
    const all = [...parameters, site.result, ...(receiver === undefined ? [] : [receiver])];
    if (form.span.file !== one.form.span.file) markCrossing(all, solver.progress);
    const target = solver.instance(id, parameters, site.result, receiver);
    if (target === undefined) continue;
    const found = [...target.parameters, target.result, ...(target.receiver === undefined ? [] : [target.receiver])];
    withMemory(parameters, values, () => applyGraph(found, all, solver.progress));
    if (all.some(carries)) site.methods.set(id, target);
  }
  return site.result;
}

export function callGetter(solver: Solver, one: Instance, access: FieldAccess, region: Region): Value | undefined {
  const ids = implementationsOf(solver, region, access.name, "getter");
  if (ids.length === 0) return undefined;
  return callMember(solver, one, callSite(one, access), ids, [], { active: false, tainted: false, region });
}

/** Whether a store into a field runs a setter; then it is analysed as a call. */
export function callSetter(solver: Solver, one: Instance, access: FieldAccess, region: Region, stored: Value): boolean {
  const ids = implementationsOf(solver, region, access.name, "setter");
  if (ids.length === 0) return false;
  callMember(solver, one, callSite(one, access), ids, [stored], { active: false, tainted: false, region });
  return true;
}

/** `new Class(…)`: a new object, and the constructor run on it. */
export function construct(
  solver: Solver,
  one: Instance,
  expression: object,
  class_: ClassId,
  region: Region,
  values: readonly Value[],
): Value {
  const made = find(region);
  if (!made.classes.has(class_)) {
    made.classes.add(class_);
    solver.progress.changed = true;
  }
  made.constructor_ = undefined;
  const object: Value = { active: false, tainted: false, region: made };
  callMember(solver, one, callSite(one, expression), [class_], values, object, true);
  return object;
}
