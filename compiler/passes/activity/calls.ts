/** The abstract value of a call: a known function, a function in a variable, a method of an array, a global. */

import type { Call, Expression, FunctionForm, FunctionId, Parameter, Spread, Type } from "../../ir/types.ts";
import { isSupportName } from "../../rules/index.ts";
import { arrayMethod, spreadFunctions, textGlobals, textMethods, unsteadyGlobals } from "../builtins.ts";
import { evaluate } from "./evaluate.ts";
import { callMember, implementationsOf } from "./methods.ts";
import { applyGraph, applyOwn, markCrossing } from "./patterns.ts";
import type { Instance, Rule } from "./program.ts";
import { callSite, type Solver, siteParameter, siteRegion, variableValue, withMemory } from "./solve.ts";
import {
  carries,
  flow,
  heldFunction,
  makeRegion,
  makeValue,
  member,
  noteRest,
  type Progress,
  parameterOf,
  type Region,
  regionOf,
  type Signature,
  signatureOf,
  type Value,
} from "./values.ts";

export function evaluateCall(solver: Solver, one: Instance, call: Call): Value {
  const { callee } = call;
  const site = callSite(one, call);
  switch (callee.kind) {
    case "function":
      return callFunction(solver, one, call, callee.id);
    case "value": {
      const region = regionOf(evaluate(solver, one, callee.function));
      const values = argumentValues(solver, one, call.arguments);
      if (region === undefined) return site.result;
      return callRegion(solver, one, region, values);
    }
    case "method":
      return callMethod(solver, one, call, callee.object, callee.name);
    case "super": {
      const id = solver.library.classes.member(callee.class_, callee.name, callee.accessor ? "getter" : "method");
      const values = argumentValues(solver, one, call.arguments);
      return id === undefined
        ? site.result
        : callMember(solver, one, site, [id], values, variableValue(one, callee.this_), spreads(call));
    }
    case "superConstructor": {
      const values = argumentValues(solver, one, call.arguments);
      callMember(solver, one, site, [callee.class_], values, variableValue(one, callee.this_), spreads(call));
      return makeValue();
    }
    case "static": {
      const id = solver.library.classes.static_(callee.class_, callee.name);
      const values = argumentValues(solver, one, call.arguments);
      return id === undefined ? site.result : callMember(solver, one, site, [id], values, undefined, spreads(call));
    }
    case "global": {
      const values = argumentValues(solver, one, call.arguments);
      const [first] = values;
      const unsteady = unsteadyGlobals.has(callee.name) ? `${callee.name}()` : values.find(isUnsteady)?.unsteady;
      if (unsteady !== undefined) site.result.unsteady = unsteady;
      if (callee.name === "fgrad:stopGradient") return stopped(one, call, first);
      if (callee.name === "Number" && first !== undefined) {
        site.result.active = first.active;
        site.result.tainted = first.tainted;
      }
      if (spreadFunctions.has(callee.name)) {
        site.result.active = values.some((value) => value.active);
        return site.result;
      }
      if (callee.name === "Object.freeze" && first !== undefined) return first;
      // An object whose constructor is run by a function of its own.
      if (callee.name === "Object.create") {
        return { active: false, tainted: false, region: siteRegion(one, call, undefined) };
      }
      const from = first && regionOf(first);
      if (callee.name === "fgrad:without" && from !== undefined) {
        const copy = siteRegion(one, call, undefined);
        fieldsInto(copy, from, namesIn(call.arguments.slice(1)), solver.progress);
        return { active: false, tainted: false, region: copy };
      }
      if ((callee.name === "Object.values" || callee.name === "Object.entries") && from !== undefined) {
        const list = siteRegion(one, call, "Array");
        const item = member(list, undefined, solver.progress);
        const held = member(from, undefined, solver.progress);
        if (callee.name === "Object.values") flow(item, held, solver.progress);
        else {
          item.region ??= makeRegion({ constructor_: "Array" });
          flow(member(item.region, "1", solver.progress), held, solver.progress);
        }
        return { active: false, tainted: false, region: list };
      }
      // What holds for the parts of a copy holds for those of the original.
      if (callee.name === "structuredClone" && first !== undefined) return first;
      if (isSupportName(callee.name)) site.result.active = values.some((value) => value.active);
      if (textGlobals.has(callee.name)) site.result.tainted = values.some((value) => carries(value) || value.tainted);
      return site.result;
    }
  }
}

const isUnsteady = (value: Value): boolean => value.unsteady !== undefined;

/** All fields of an object but some. */
function fieldsInto(to: Region, from: Region, without: ReadonlySet<string>, progress: Progress): void {
  if (from.element !== undefined) flow(member(to, undefined, progress), member(from, undefined, progress), progress);
  const declared = from.template?.type.kind === "object" ? [...from.template.type.fields().keys()] : [];
  for (const key of new Set([...from.fields.keys(), ...declared])) {
    if (!without.has(key)) flow(member(to, key, progress), member(from, key, progress), progress);
  }
}

function namesIn(parts: readonly (Expression | Spread)[]): ReadonlySet<string> {
  return new Set(parts.flatMap((part) => (part.kind === "constant" ? [String(part.value)] : [])));
}

/** A value without its tangent; memory looks like other memory, so that nothing of the tangent's comes along. */
function stopped(one: Instance, call: Call, value: Value | undefined): Value {
  if (value?.region === undefined) return makeValue();
  const { constructor_ } = value.region;
  const region = siteRegion(one, call, constructor_);
  region.outside = { kind: "parameter", name: "stopGradient(…)" };
  return { active: false, tainted: false, region };
}

/** Values of positional arguments; from a spread on, each further parameter may get any of its elements. */
export function argumentValues(solver: Solver, one: Instance, parts: readonly (Expression | Spread)[]): Value[] {
  return parts.map((part) => {
    if (part.kind !== "spread") return evaluate(solver, one, part);
    const region = regionOf(evaluate(solver, one, part.operand));
    return region === undefined ? makeValue() : member(region, undefined, solver.progress);
  });
}

function callFunction(solver: Solver, one: Instance, call: Call, id: FunctionId): Value {
  const site = callSite(one, call);
  const values = argumentValues(solver, one, call.arguments);
  const rule = solver.library.rule(id);
  if (rule !== undefined) {
    const varies = values.some(carries);
    if (rule.result === "reference" && site.result.region === undefined) {
      // What it returns may be written to later, and then needs its shadow from here on.
      site.result.region = makeRegion();
      solver.progress.changed = true;
    }
    site.rule = varies || carries(site.result) ? rule : undefined;
    if (varies) applyRule(solver, rule, values, site.result);
    return site.result;
  }
  const form = solver.library.form(id);
  if (form === undefined) return site.result;
  const parameters = form.parameters.map((parameter, i) => {
    if (!parameter.rest) return siteParameter(site, i, values[i], solver.progress, left(parameter, call));
    const rest = siteRegion(one, call, "Array");
    for (const value of values.slice(i)) flow(member(rest, undefined, solver.progress), value, solver.progress);
    return { active: false, tainted: false, region: rest };
  });
  if (form.span.file !== one.form.span.file) markCrossing([...parameters, site.result], solver.progress);
  const target = solver.instance(id, parameters, site.result);
  if (target !== undefined) {
    const apply = target === one ? applyOwn : applyGraph;
    withMemory(parameters, values, () => {
      apply([...target.parameters, target.result], [...parameters, site.result], solver.progress);
    });
  }
  site.known.clear();
  if (target !== undefined) site.known.set(id, target);
  site.target = parameters.some(carries) || carries(site.result) || target?.touches === true ? target : undefined;
  site.reader = site.target === undefined && parameters.some(({ tainted }) => tainted) ? target : undefined;
  return site.result;
}

/** The type of a parameter that a call can leave out; with a spread argument, which one that is, is not known. */
const left = ({ variable }: Parameter, call: Call): Type | undefined =>
  variable.reassigned || spreads(call) ? undefined : variable.type;

const spreads = (call: Call): boolean => call.arguments.some((part) => part.kind === "spread");

function applyRule(solver: Solver, rule: Rule, values: readonly Value[], result: Value): void {
  const { progress } = solver;
  values.forEach((value, i) => {
    if (rule.tangents[i] !== "required") return;
    const region = regionOf(value);
    if (region !== undefined) activate(region, solver);
  });
  if (rule.result === "number" && !result.active) {
    result.active = true;
    progress.changed = true;
  }
  if (rule.result === "reference") {
    if (result.region === undefined) {
      result.region = makeRegion();
      progress.changed = true;
    }
    activate(result.region, solver);
  }
}

function activate(region: Region, solver: Solver): void {
  const element = member(region, undefined, solver.progress);
  if (!element.active) {
    element.active = true;
    solver.progress.changed = true;
  }
}

/** A call of whatever functions a region holds, by their common convention. */
export function callRegion(solver: Solver, one: Instance, region: Region, values: readonly Value[]): Value {
  const { progress } = solver;
  const signature = signatureOf(region, progress);
  for (const id of region.functions) noteRest(signature, restOf(solver.library.form(id)), progress);
  values.forEach((value, i) => {
    const { restAt } = signature;
    if (restAt === undefined || i < restAt) {
      flow(parameterOf(signature, i), value, progress);
      return;
    }
    const rest = parameterOf(signature, restAt);
    rest.region ??= makeRegion({ constructor_: "Array" });
    flow(member(rest.region, undefined, progress), value, progress);
  });
  for (const id of region.functions) linkFunction(solver, one, id, signature);
  return signature.result;
}

/** The position of a function's rest parameter. */
export function restOf(form: FunctionForm | undefined): number | undefined {
  const at = form?.parameters.findIndex(({ rest }) => rest) ?? -1;
  return at < 0 ? undefined : at;
}

/** A module's function used as a value: an instance that follows the signature. */
export function linkFunction(solver: Solver, one: Instance, id: FunctionId, signature: Signature): void {
  const form = solver.library.form(id);
  if (form === undefined) return;
  if (form.span.file !== one.form.span.file && !signature.crossing) {
    signature.crossing = true;
    solver.progress.changed = true;
  }
  noteRest(signature, restOf(form), solver.progress);
  const parameters = form.parameters.map((_, i) => parameterOf(signature, i));
  const target = solver.instance(id, parameters, signature.result);
  if (target === undefined) return;
  const apply = target === one ? applyOwn : applyGraph;
  apply([...target.parameters, target.result], [...parameters, signature.result], solver.progress);
  if (target.touches && !signature.touches) {
    signature.touches = true;
    solver.progress.changed = true;
  }
  one.moduleFunctions.set(id, target);
  if (signature.crossing) one.crossingFunctions.add(id);
}

/** A comparator written here gets elements; one of a module is called as it is, for the order alone. */
function compares(comparator: Value, element: Value, progress: Progress): void {
  const region = regionOf(comparator);
  if (region === undefined || region.closures.size === 0) return;
  const signature = signatureOf(region, progress);
  for (const i of [0, 1]) flow(parameterOf(signature, i), element, progress);
}

/** Whether what a method of an unknown object gives may hold numbers as text: a storage or a map hands out what it was told. */
function keeps(solver: Solver, object: Expression, holder: Value, values: readonly Value[]): boolean {
  const told = values.some(({ tainted }) => tainted);
  if (told && !holder.tainted && object.kind === "variable" && object.variable.type.kind !== "string") {
    holder.tainted = true;
    solver.progress.changed = true;
  }
  return holder.tainted || told;
}

function callMethod(solver: Solver, one: Instance, call: Call, object: Expression, name: string): Value {
  const { progress } = solver;
  const site = callSite(one, call);
  const holder = evaluate(solver, one, object);
  const values = argumentValues(solver, one, call.arguments);
  const region = regionOf(holder);
  if (textMethods.has(name)) {
    site.result.tainted = carries(holder) || holder.tainted;
    return site.result;
  }
  if (holder.unsteady !== undefined) site.result.unsteady = holder.unsteady;
  if (region === undefined) {
    site.result.tainted = keeps(solver, object, holder, values);
    return site.result;
  }
  const implementations = implementationsOf(solver, region, name, "method");
  if (implementations.length > 0) return callMember(solver, one, site, implementations, values, holder, spreads(call));
  const field = heldFunction(region, name);
  const held = field && regionOf(field);
  if (held !== undefined) return callRegion(solver, one, held, values);
  const method = arrayMethod(region.constructor_, name);
  if (method === undefined) {
    // What is told to an object of unknown kind may come back out of any of its methods.
    if (keeps(solver, object, holder, values) || region.element?.tainted === true) site.result.tainted = true;
    return site.result;
  }
  const element = () => member(region, undefined, progress);
  // Elements move, or are counted from elsewhere: what is known of one position holds for all.
  if (method.writes || method.result === "view") element();
  values.forEach((value, i) => {
    const role = method.arguments[i] ?? method.rest;
    if (role === "comparator") compares(value, element(), progress);
    if (role === "value" && method.writes) flow(element(), value, progress);
    if (role === "array" && method.writes) {
      const from = regionOf(value);
      if (from !== undefined) flow(element(), member(from, undefined, progress), progress);
    }
  });
  switch (method.result) {
    case "self":
    case "view":
      return holder;
    case "element":
      return element();
    case "inert":
      return site.result;
    case "copy": {
      const copy = siteRegion(one, call, region.constructor_);
      flow(member(copy, undefined, progress), element(), progress);
      if (!method.writes) {
        values.forEach((value, i) => {
          const role = method.arguments[i] ?? method.rest;
          const from = role === "array" ? regionOf(value) : undefined;
          if (role === "value" || (role === "array" && from === undefined))
            flow(member(copy, undefined, progress), value, progress);
          if (from !== undefined) flow(member(copy, undefined, progress), member(from, undefined, progress), progress);
        });
      }
      return { active: false, tainted: false, region: copy };
    }
  }
}
