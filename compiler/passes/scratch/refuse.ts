/** Refuses memory of modules that would carry active values from one call to the next. */

import type { Diagnostic } from "../../api.ts";
import { report } from "../../diagnostics/messages.ts";
import { variableOfInitial } from "../../frontend/moduleVariables.ts";
import type { Expression, FunctionForm, ModuleVariableId, Variable } from "../../ir/types.ts";
import { expressionsOf, visitExpression, visitStatements } from "../../ir/walk.ts";
import { evaluate } from "../activity/evaluate.ts";
import type { Global, Instance } from "../activity/program.ts";
import { refusalsOf } from "../activity/refuse/refusals.ts";
import type { Solver } from "../activity/solve.ts";
import { carries, changes, holdsData, type Region, regionOf, type Value } from "../activity/values.ts";
import { declaredVariables } from "../variables.ts";
import { rootOf } from "./places.ts";
import { emptyFrame, type Run, type Surroundings, unknownArguments } from "./run.ts";
import { runFunction } from "./walk.ts";
import { type Callable, joined, objectsAt, overlaps, type Place, plain } from "./world.ts";

/** What must be known of the text of modules. */
export interface Modules {
  /** How many elements an array that a variable begins with has. */
  length(id: ModuleVariableId): number | undefined;
  /** Whether a variable, or what is in it, is stored into by the module outside of functions that start at these offsets. */
  /** Whether other modules of the program can have hold of it, and it is none of a package's. */
  open(id: ModuleVariableId): boolean;
  storedElsewhere(id: ModuleVariableId, compiled: ReadonlySet<number>, inside: boolean): boolean;
}

export function refuseScratch(
  solver: Solver,
  selected: readonly Instance[],
  instances: readonly Instance[],
  modules: Modules,
): Diagnostic[] {
  const globals = new Map<ModuleVariableId, Global>();
  for (const one of instances)
    for (const [id, global] of one.globals) if (carries(global.value)) globals.set(id, global);
  if (globals.size === 0) return [];
  const diagnostics = [...globals.values()].flatMap((global) => refuseBeginning(solver, global, instances));
  diagnostics.push(...instances.flatMap((one) => refuseElsewhere(solver, one, instances, modules)));
  for (const one of selected) diagnostics.push(...refuseEscape(solver, one, globals));
  if ([...globals.values()].some(changes)) diagnostics.push(...refuseReads(solver, selected, globals, modules));
  return diagnostics;
}

/** A shadow is made as its variable is; where that can't be followed, there is none. */
function refuseBeginning(solver: Solver, { variable, initial }: Global, instances: readonly Instance[]): Diagnostic[] {
  const user = instances.find((one) => one.globals.has(variable.id) && variableOfInitial(one.form.id) === undefined);
  if (user === undefined) return [];
  const cx = refusalsOf(solver, user);
  if (variable.begins !== undefined && !variable.scalar && initial === undefined)
    return [report.escapesToModule({ value: "a value", target: variable.name }, cx.place(undefined))];
  return initial === undefined ? [] : refuseCaptured(solver, variable.name, initial, user);
}

/** Functions made when the module was loaded must keep nothing active in the variables that they share. */
function refuseCaptured(solver: Solver, name: string, initial: Instance, user: Instance): Diagnostic[] {
  const seen = new Set<Instance>();
  const found: Diagnostic[] = [];
  const visit = (one: Instance): void => {
    if (seen.has(one)) return;
    seen.add(one);
    const forms = formsRun(solver, one);
    const own: Variable[] = forms.flatMap(({ parameters, body }) => [
      ...parameters.map(({ variable }) => variable),
      ...declaredVariables(body),
    ]);
    for (const variable of own) {
      const held = one.variables.get(variable);
      if (!variable.captured || held === undefined || !holdsData(held)) continue;
      const cx = refusalsOf(solver, user);
      const value = `a value that ${name} works with`;
      found.push(report.escapesToModule({ value, target: variable.name }, cx.place(undefined)));
    }
    for (const { known } of one.calls.values()) for (const next of known.values()) visit(next);
  };
  visit(initial);
  return found;
}

/** The function of an instance, and those written in it that it calls itself. */
function formsRun(solver: Solver, one: Instance): FunctionForm[] {
  const found = new Set<FunctionForm>([one.form]);
  for (const form of found) {
    const inExpression = (node: Expression): void => {
      if (node.kind !== "call" || node.callee.kind === "function") return;
      const callee =
        node.callee.kind === "value" ? node.callee.function : node.callee.kind === "method" ? node.callee.object : node;
      const region = regionOf(evaluate(solver, one, callee));
      const named = node.callee.kind === "method" ? region?.fields.get(node.callee.name) : undefined;
      for (const held of [region, named && regionOf(named)]) for (const inner of held?.closures ?? []) found.add(inner);
    };
    visitStatements(form.body, (statement) => {
      for (const expression of expressionsOf(statement)) visitExpression(expression, inExpression);
    });
  }
  return [...found];
}

/** Functions and objects that other code puts into a variable would not be in its shadow. */
function refuseElsewhere(
  solver: Solver,
  one: Instance,
  instances: readonly Instance[],
  modules: Modules,
): Diagnostic[] {
  return [...one.globals.values()].flatMap((global) => {
    const { variable, value } = global;
    const inside = holdsMemory(value);
    if (variable.fixed || variable.scalar || !carries(value) || (variable.constant && !inside)) return [];
    const starts = instances
      .filter(({ form }) => form.span.file === variable.span.file)
      .map(({ form }) => form.span.start);
    if (!modules.storedElsewhere(variable.id, new Set(starts), inside)) return [];
    const cx = refusalsOf(solver, one);
    return [report.escapesToModule({ value: "a value", target: variable.name }, cx.place(undefined))];
  });
}

/** Whether what is in a variable is more than an array of numbers that stays the same array. */
function holdsMemory(value: Value): boolean {
  const region = regionOf(value);
  if (region === undefined) return false;
  const parts = [...region.fields.values(), ...(region.element === undefined ? [] : [region.element])];
  return region.signature !== undefined || parts.some((part) => part.region !== undefined);
}

/** What a selected function gives back, or leaves in what it was given, would be overwritten by the next call. */
function refuseEscape(solver: Solver, one: Instance, globals: ReadonlyMap<ModuleVariableId, Global>): Diagnostic[] {
  const given = [one.result, ...one.parameters, ...(one.receiver === undefined ? [] : [one.receiver])];
  const ids = new Set<ModuleVariableId>();
  const seen = new Set<Region>();
  const visit = (value: Value): void => {
    const region = regionOf(value);
    if (region === undefined || seen.has(region)) return;
    seen.add(region);
    for (const id of region.globals) ids.add(id);
    if (region.element !== undefined) visit(region.element);
    for (const field of region.fields.values()) visit(field);
  };
  given.forEach(visit);
  return [...ids].flatMap((id) => {
    const global = globals.get(id);
    if (global === undefined || !changes(global)) return [];
    const cx = refusalsOf(solver, one);
    const value = `what ${one.form.name || "the function"} gives back`;
    return [report.escapesToModule({ value, target: global.variable.name }, cx.place(undefined))];
  });
}

function refuseReads(
  solver: Solver,
  selected: readonly Instance[],
  globals: ReadonlyMap<ModuleVariableId, Global>,
  modules: Modules,
): Diagnostic[] {
  const ids = [...globals].filter(([, global]) => changes(global)).map(([id]) => id);
  const placeOf = new Map<ModuleVariableId, Place>(ids.map((id, i) => [id, `g${i}`]));
  const around: Surroundings = {
    value: (one, expression) => evaluate(solver, one, expression),
    tracked: (one, variable) => {
      const global = one.globalOf(variable);
      return global && placeOf.get(global.variable.id);
    },
    loaded: [...globals].flatMap(([id, global]) => loadedFunctions(global, placeOf.get(id))),
    moduleFunction: (one, id) => one.moduleFunctions.get(id),
    length: (place) => {
      const id = /^g\d+$/.test(place) ? ids[Number(place.slice(1))] : undefined;
      return id === undefined ? undefined : modules.length(id);
    },
  };
  const run: Run = {
    around,
    seen: new Set(),
    stale: new Set(),
    stores: [],
    reads: new Map(),
    leaked: plain,
    running: [],
    tries: 0,
    runs: 0,
  };
  for (let before = -1; before !== run.stale.size + run.leaked.objects.size + run.leaked.functions.size; ) {
    before = run.stale.size + run.leaked.objects.size + run.leaked.functions.size;
    run.reads.clear();
    run.seen.clear();
    run.stores.length = 0;
    for (const instance of selected) {
      const callable: Callable = { instance, form: instance.form, frame: undefined };
      runFunction(run, callable, unknownArguments, plain, new Map());
    }
  }
  // What nothing reads here is left for somebody else.
  for (const { place, one, span } of run.stores) {
    const root = rootOf(place);
    const id = ids[Number(root.slice(1))];
    if (!run.seen.has(root) || (id !== undefined && modules.open(id)))
      run.reads.set(`${place} unread`, { place, one, span });
  }
  const told = new Set<Place>();
  return [...run.reads.values()].flatMap(({ place, one, span }) => {
    if (told.has(place)) return [];
    told.add(place);
    const store = run.stores.find((other) => overlaps(other.place, place));
    const cx = refusalsOf(solver, store?.one ?? one);
    const name = globals.get(ids[Number(/^g(\d+)/.exec(place)?.[1])] ?? "")?.variable.name ?? "a variable";
    const value = store === undefined ? "a value" : cx.words(store.value);
    return [report.escapesToModule({ value, target: name }, cx.place(store?.span ?? span))];
  });
}

/** Functions in what a variable begins with, and those of modules that are named there. */
function loadedFunctions({ initial }: Global, place: Place | undefined): Callable[] {
  if (initial === undefined) return [];
  const found: Callable[] = [];
  const seen = new Set<Instance>();
  const frame = emptyFrame(place === undefined ? plain : joined(plain, objectsAt([place])));
  const visit = (one: Instance): void => {
    if (seen.has(one)) return;
    seen.add(one);
    for (const other of one.moduleFunctions.values())
      found.push({ instance: other, form: other.form, frame: undefined });
    visitStatements(one.form.body, (statement) => {
      if (statement.kind === "declareFunction") found.push({ instance: one, form: statement.function, frame });
      for (const expression of expressionsOf(statement)) {
        visitExpression(expression, (node) => {
          if (node.kind === "function") found.push({ instance: one, form: node.function, frame });
        });
      }
    });
    for (const { known } of one.calls.values()) for (const next of known.values()) visit(next);
  };
  visit(initial);
  return found;
}
