/**
 * Members of classes: a call may reach a method of any class that the object may be of, and all of these follow one
 * pattern, so that the call can be made by name. Accessors are calls that look like reads and stores.
 */

import type { ClassId, FieldAccess, FunctionId } from "../../ir/types.ts";
import { applyGraph, applyOwn, markCrossing } from "./patterns.ts";
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
  const found = new Set<FunctionId>();
  for (const one of classesOf(solver, region_)) {
    const id = solver.library.classes.member(one, name, role);
    if (id !== undefined) found.add(id);
  }
  return [...found];
}

/** The classes that an object may be of; of a parameter's, also those that extend them. */
function classesOf(solver: Solver, region_: Region): ReadonlySet<ClassId> {
  const region = find(region_);
  return region.template === undefined ? region.classes : descendants(solver, region.classes);
}

/** The accessors that a read or a store may run; through `this`, those of the class at hand and of what extends it. */
function accessorsOf(solver: Solver, one: Instance, access: FieldAccess, region: Region, role: "getter" | "setter") {
  const { object, name } = access;
  const { receiver, memberOf } = one.form;
  const own = object.kind === "variable" && object.variable === receiver ? memberOf?.class_ : undefined;
  const near = own === undefined ? undefined : new Set(solver.library.classes.descendants(own));
  const classes = [...classesOf(solver, region)].filter((class_) => near?.has(class_) !== false);
  const table = solver.library.classes;
  const found = new Set(classes.flatMap((class_) => table.member(class_, name, role) ?? []));
  // An object of a class that does not know the name at all is not what is meant: its type tells it apart.
  const plain = classes.some(
    (class_) => table.member(class_, name, role) === undefined && table.mentions(class_, name),
  );
  return { ids: [...found], mixed: found.size > 0 && plain };
}

/** Whether what one class has an accessor for is a plain field of another that the object may be of. */
export function isMixed(solver: Solver, one: Instance, access: FieldAccess, region: Region, role: "getter" | "setter") {
  const key = role === "getter" ? access : setterOf(access);
  return callSite(one, key).methods.size > 0 && accessorsOf(solver, one, access, region, role).mixed;
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
  site.known.clear();
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
    const apply = target === one ? applyOwn : applyGraph;
    withMemory(parameters, values, () => apply(found, all, solver.progress));
    site.known.set(id, target);
    if (all.some(carries) || target.touches) site.methods.set(id, target);
  }
  return site.result;
}

export function callGetter(solver: Solver, one: Instance, access: FieldAccess, region: Region): Value | undefined {
  const { ids } = accessorsOf(solver, one, access, region, "getter");
  if (ids.length === 0) return undefined;
  return callMember(solver, one, callSite(one, access), ids, [], { active: false, tainted: false, region });
}

const setters = new WeakMap<FieldAccess, object>();

/** What stands for the store into a place among the calls: as a read, the place may call a getter. */
export function setterOf(access: FieldAccess): object {
  let key = setters.get(access);
  if (key === undefined) {
    key = {};
    setters.set(access, key);
  }
  return key;
}

/** Whether a store into a field runs a setter; then it is analysed as a call. */
export function callSetter(solver: Solver, one: Instance, access: FieldAccess, region: Region, stored: Value): boolean {
  const { ids } = accessorsOf(solver, one, access, region, "setter");
  if (ids.length === 0) return false;
  callMember(solver, one, callSite(one, setterOf(access)), ids, [stored], { active: false, tainted: false, region });
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
