/**
 * Activity: which values carry tangents. A forward may-analysis over the whole program, flow-insensitive per variable,
 * unification-based for memory, context-sensitive per pattern of arguments.
 *
 * Takes lowered forms. Runs to a fixed point over loops, closures and calls, and guarantees for each instance: an
 * operation's result is active when an operand is and the operation has a derivative; memory that receives an active
 * value has a shadow; whatever would lose a tangent is reported.
 */

import type { Diagnostic } from "../../api.ts";
import { canCarry } from "../../frontend/types.ts";
import type {
  Block,
  Expression,
  FunctionForm,
  FunctionId,
  ModuleVariable,
  ModuleVariableId,
  Statement,
  Type,
  Variable,
} from "../../ir/types.ts";
import { typeOf } from "../../ir/typing.ts";
import { evaluate } from "./evaluate.ts";
import { callSetter } from "./methods.ts";
import { applyGraph, copyGraph, encode } from "./patterns.ts";
import type { Analysis, CallSite, Global, Instance, Library } from "./program.ts";
import { refuse } from "./refuse/walk.ts";
import {
  carries,
  changes,
  flow,
  flowBoth,
  isCount,
  makeRegion,
  makeValue,
  member,
  type Progress,
  type Region,
  regionOf,
  type Value,
} from "./values.ts";

/** One walk's surroundings. */
export interface Solver {
  readonly library: Library;
  readonly progress: Progress;
  /** The instance of a function for these arguments and this result, made when it is new. */
  instance(id: FunctionId, parameters: readonly Value[], result: Value, receiver?: Value): Instance | undefined;
}

/** A function selected by the user, with its parameters' values. */
export interface Root {
  readonly id: FunctionId;
  readonly name: string;
  readonly parameters: readonly Value[];
  readonly receiver: Value | undefined;
}

/** What the walks of one instance have to do with those of others. */
interface Task {
  readonly instance: Instance;
  /** Those whose calls lead here: what is found out here is told to them. */
  readonly callers: Set<Task>;
  readonly callees: Set<Task>;
  /** Its arguments and result as they were when its callers were told last. */
  told: string;
  due: boolean;
  running: boolean;
}

/** A variable of a module, with those whose functions mention it: what is found out of it is told to them. */
interface SharedGlobal extends Global {
  readonly users: Set<Instance>;
  told: string;
}

/** Patterns of one function, one inside the other, before its recursion is taken to make ever new ones. */
const mostNested = 4;

/** Walks of one instance, and nesting of calls that are looked into at once; both far beyond any program's need. */
const mostWalks = 2000;
const deepest = 60;

/**
 * Instances are walked when something that they depend on has changed: a new one at once, where it is called; a caller
 * again when a callee found out more. Those that no call leads to any more are left as they are.
 */
export function solve(
  roots: readonly Root[],
  library: Library,
): Analysis & { readonly selected: readonly (Instance | undefined)[]; readonly solver: Solver } {
  const tasks = new Map<string, Task>();
  const progress: Progress = { changed: false };
  const queue = new Set<Task>();
  const kept = new Set<Task>();
  const running: Task[] = [];

  const generals = new Map<FunctionId, Task>();
  /** Of a function whose recursion makes ever new patterns: the one that stands for all further ones. */
  const general = (id: FunctionId, given: readonly Value[]): Task | undefined => {
    let task = generals.get(id);
    if (task === undefined) {
      const nested = running.filter((one) => one.instance.form.id === id);
      task = nested.length < mostNested ? undefined : nested.at(-1);
      if (task === undefined) return undefined;
      generals.set(id, task);
    }
    const outer = progress.changed;
    progress.changed = false;
    const { parameters, receiver } = task.instance;
    const own = receiver === undefined ? parameters : [...parameters, receiver];
    if (task === running.at(-1)) {
      own.forEach((to, i) => {
        const from = given[i];
        if (from !== undefined && from.region !== undefined) flowBoth(to, from, progress);
        else if (from !== undefined) flow(to, from, progress);
      });
    } else applyGraph(given, own, progress);
    if (progress.changed) {
      task.due = true;
      if (!task.running) queue.add(task);
    }
    progress.changed ||= outer;
    return task;
  };

  const instance: Solver["instance"] = (id, parameters, result, receiver) => {
    const key = `${id}(${encode(valuesOf(parameters, result, receiver))})`;
    let task = tasks.get(key) ?? general(id, [...parameters, ...(receiver === undefined ? [] : [receiver])]);
    if (task === undefined) {
      const form = library.form(id);
      if (form === undefined) return undefined;
      const made = makeInstance(key, form, parameters, result, receiver, globalOf);
      task = { instance: made, callers: new Set(), callees: new Set(), told: "", due: true, running: false };
      tasks.set(key, task);
      byInstance.set(made, task);
    }
    const caller = running.at(-1);
    if (caller === undefined) kept.add(task);
    else if (caller !== task) {
      task.callers.add(caller);
      caller.callees.add(task);
    }
    if (caller?.instance === task.instance) flowBoth(result, task.instance.result, progress);
    if (task.due && !task.running) {
      if (running.length < deepest) settle(task);
      else queue.add(task);
    }
    return task.instance;
  };

  const solver: Solver = { library, progress, instance };

  const globals = new Map<ModuleVariableId, SharedGlobal | undefined>();
  const globalOf = (user: Instance, variable: Variable): Global | undefined => {
    const { global: id } = variable;
    if (id === undefined) return undefined;
    const known = globals.get(id) ?? (globals.has(id) ? undefined : makeGlobal(library.global(id)));
    globals.set(id, known);
    known?.users.add(user);
    return known;
  };
  const byInstance = new Map<Instance, Task>();
  /** Tells those that mention variables of modules what was found out of these. */
  const tellGlobals = ({ instance: { globals: mentioned } }: Task): void => {
    for (const id of mentioned.keys()) {
      const global = globals.get(id);
      if (global === undefined) continue;
      const found = encode([global.value]);
      if (found === global.told) continue;
      global.told = found;
      for (const user of global.users) {
        const other = byInstance.get(user);
        if (other === undefined) continue;
        other.due = true;
        if (!other.running) queue.add(other);
      }
    }
  };

  const settle = (task: Task): void => {
    for (const callee of task.callees) callee.callers.delete(task);
    task.callees.clear();
    const outer = progress.changed;
    running.push(task);
    task.running = true;
    const { parameters, result, receiver } = task.instance;
    for (let walk = 0; walk === 0 || progress.changed || task.due; walk++) {
      if (walk > mostWalks) throw new Error("the activity analysis does not come to an end");
      progress.changed = false;
      task.due = false;
      walkBlock(solver, task.instance, task.instance.form.body, result);
    }
    task.running = false;
    running.pop();
    progress.changed = outer;
    tellGlobals(task);
    const { instance: own } = task;
    if (!own.touches) {
      own.touches =
        [...own.globals.values()].some(changes) || [...task.callees].some(({ instance: callee }) => callee.touches);
    }
    const found = `${own.touches ? "*" : ""}${encode(valuesOf(parameters, result, receiver))}`;
    if (found === task.told) return;
    task.told = found;
    for (const caller of task.callers) {
      caller.due = true;
      if (!caller.running) queue.add(caller);
    }
  };

  // A root's own parameters may be found more active than asked for; then it is another instance that is meant.
  const selected = roots.map((root) => instance(root.id, root.parameters, makeValue(), root.receiver));
  for (const task of queue) {
    queue.delete(task);
    if (task.due && (task.callers.size > 0 || kept.has(task))) settle(task);
  }

  const reached = reachable(selected);
  const diagnostics: Diagnostic[] = [];
  const seen = new Set<string>();
  for (const one of reachable(selected, true)) {
    for (const diagnostic of refuse(solver, one)) {
      const key = `${diagnostic.code} ${diagnostic.span?.file} ${diagnostic.span?.start} ${diagnostic.message}`;
      if (!seen.has(key)) diagnostics.push(diagnostic);
      seen.add(key);
    }
  }
  return { instances: reached, diagnostics, selected, solver };
}

/** The selected instances and all that their calls lead to; on request also those that only get texts to read. */
function reachable(selected: readonly (Instance | undefined)[], readers = false): Instance[] {
  const found = new Set<Instance>();
  const visit = (one: Instance | undefined): void => {
    if (one === undefined || found.has(one)) return;
    found.add(one);
    for (const site of one.calls.values()) {
      visit(site.target);
      if (readers) visit(site.reader);
      for (const target of site.methods.values()) visit(target);
    }
    for (const target of one.moduleFunctions.values()) visit(target);
    for (const { initial, value } of one.globals.values()) if (carries(value)) visit(initial);
  };
  selected.forEach(visit);
  return [...found];
}

const valuesOf = (parameters: readonly Value[], result: Value, receiver: Value | undefined): Value[] =>
  receiver === undefined ? [...parameters, result] : [...parameters, result, receiver];

function makeInstance(
  key: string,
  form: FunctionForm,
  parameters: readonly Value[],
  result: Value,
  receiver: Value | undefined,
  globalOf: (user: Instance, variable: Variable) => Global | undefined,
): Instance {
  const [own, this_, ...rest] = copyGraph([result, receiver ?? makeValue(), ...parameters]);
  const made: Instance = {
    key,
    form,
    parameters: rest,
    receiver: receiver === undefined ? undefined : this_,
    result: own ?? makeValue(),
    variables: new Map(),
    sites: new Map(),
    calls: new Map(),
    results: new Map(),
    moduleFunctions: new Map(),
    crossingFunctions: new Set(),
    globals: new Map(),
    globalOf: (variable) => globalOf(made, variable),
    touches: false,
  };
  form.parameters.forEach((parameter, i) => {
    made.variables.set(parameter.variable, rest[i] ?? makeValue());
  });
  if (form.receiver !== undefined) made.variables.set(form.receiver, made.receiver ?? makeValue());
  return made;
}

export function variableValue(one: Instance, variable: Variable): Value {
  let value = one.variables.get(variable);
  if (value === undefined) {
    const global = one.globalOf(variable);
    if (global !== undefined) {
      one.globals.set(global.variable.id, global);
      one.variables.set(variable, global.value);
      return global.value;
    }
    value = makeValue();
    if (variable.module === true && variable.holds === undefined) {
      const { type } = variable;
      if (
        type.kind === "array" ||
        type.kind === "tuple" ||
        type.kind === "object" ||
        type.kind === "unknown" ||
        type.kind === "union"
      ) {
        value.region = makeRegion({
          outside: { kind: "module", name: variable.name },
          constructor_: type.kind === "array" ? type.constructor_ : undefined,
        });
      }
    }
    one.variables.set(variable, value);
  }
  return value;
}

/** A variable that can hold active values; its memory was there before the call. */
function makeGlobal(variable: ModuleVariable | undefined): SharedGlobal | undefined {
  if (variable === undefined || (variable.scalar && variable.constant)) return undefined;
  const { type } = variable;
  if (!isFunctionType(type) && !canCarry(type)) return undefined;
  const value = makeValue();
  if (!variable.scalar) {
    value.region = makeRegion({ constructor_: type.kind === "array" ? type.constructor_ : undefined, open: true });
    value.region.globals.add(variable.id);
  }
  return { variable, value, initial: undefined, users: new Set(), told: encode([value]) };
}

/** Whether there may be a function in a value of a type; types may be recursive. */
function isFunctionType(type: Type, inside: ReadonlySet<Type> = new Set()): boolean {
  if (inside.has(type)) return false;
  const within = (part: Type): boolean => isFunctionType(part, new Set([...inside, type]));
  switch (type.kind) {
    case "function":
      return true;
    case "union":
      return type.members.some(within);
    case "array":
      return within(type.element);
    case "tuple":
      return type.elements.some(within);
    case "object":
      return type.methods === true || [...type.fields().values()].some(within);
    default:
      return false;
  }
}

/** The memory made at a place: the same at each visit. */
export function siteRegion(one: Instance, site: object, constructor_: string | undefined): Region {
  let region = one.sites.get(site);
  if (region === undefined) {
    region = makeRegion({ constructor_ });
    one.sites.set(site, region);
  }
  return region;
}

/**
 * A parameter as a call has it: what becomes of the number in it is no business of the argument's, and where there is
 * no argument a default may make it active.
 */
export function siteParameter(
  site: CallSite,
  position: number,
  given: Value | undefined,
  progress: Progress,
  type?: Type,
): Value {
  let value = site.given.get(position);
  if (value === undefined) {
    value = makeValue();
    site.given.set(position, value);
  }
  if (given !== undefined) flow(value, given, progress);
  else if (type !== undefined && holdsFunction(type)) value.missing = "only";
  // Of numbers that are left out there is nothing to tell apart.
  if (value.missing === "only" && (type === undefined || !holdsFunction(type))) value.missing = "no";
  return value;
}

const holdsFunction = (type: Type): boolean =>
  type.kind === "function" || (type.kind === "union" && type.members.some(holdsFunction));

/** What `learn` finds out about parameters: memory behind one of which nothing was known is the argument's. */
export function withMemory(parameters: readonly Value[], given: readonly Value[], learn: () => void): void {
  const unknown = parameters.map(({ region }) => region === undefined);
  learn();
  parameters.forEach(({ region }, i) => {
    const value = given[i];
    if (unknown[i] === true && value !== undefined && value.region === undefined) value.region = region;
  });
}

export function callSite(one: Instance, call: object): CallSite {
  let site = one.calls.get(call);
  if (site === undefined) {
    site = {
      result: makeValue(),
      target: undefined,
      methods: new Map(),
      known: new Map(),
      rule: undefined,
      given: new Map(),
    };
    one.calls.set(call, site);
  }
  return site;
}

export function formResult(one: Instance, form: FunctionForm): Value {
  let value = one.results.get(form);
  if (value === undefined) {
    value = makeValue();
    one.results.set(form, value);
  }
  return value;
}

export function walkBlock(solver: Solver, one: Instance, block: Block, result: Value): void {
  for (const statement of block) walkStatement(solver, one, statement, result);
}

function walkStatement(solver: Solver, one: Instance, statement: Statement, result: Value): void {
  const { progress } = solver;
  const value = (expression: Expression): Value => evaluate(solver, one, expression);
  const block = (body: Block): void => walkBlock(solver, one, body, result);
  switch (statement.kind) {
    case "source":
    case "block":
      return block(statement.body);
    case "declare":
      if (statement.value !== undefined) flow(variableValue(one, statement.variable), value(statement.value), progress);
      return;
    case "assign": {
      const { target } = statement;
      const stored = value(statement.value);
      if (target.kind === "variable") flow(variableValue(one, target.variable), stored, progress);
      else if (target.kind === "element") {
        value(target.index);
        const region = regionOf(value(target.object));
        if (region !== undefined) flow(member(region, keyOf(target.index), progress), stored, progress);
      } else if (target.kind === "field") {
        const region = regionOf(value(target.object));
        if (region !== undefined && callSetter(solver, one, target, region, stored)) return;
        if (region !== undefined && !(target.name === "length" && isCount(value(target.object), typeOf(target.object))))
          flow(member(region, target.name, progress), stored, progress);
      }
      return;
    }
    case "effect":
      value(statement.value);
      return;
    case "if":
      value(statement.test);
      block(statement.then);
      if (statement.else !== undefined) block(statement.else);
      return;
    case "loop":
      block(statement.init);
      block(statement.before);
      if (statement.test !== undefined) value(statement.test);
      block(statement.update);
      block(statement.body);
      return;
    case "forOf": {
      const region = regionOf(value(statement.iterable));
      if (region !== undefined) {
        flow(variableValue(one, statement.variable), member(region, undefined, progress), progress);
      }
      return block(statement.body);
    }
    case "forIn":
      value(statement.object);
      return block(statement.body);
    case "switch":
      value(statement.discriminant);
      for (const clause of statement.cases) {
        if (clause.test !== undefined) value(clause.test);
        block(clause.body);
      }
      return;
    case "labelled":
      return walkStatement(solver, one, statement.body, result);
    case "return":
      if (statement.value !== undefined) flow(result, value(statement.value), progress);
      return;
    case "throw":
      value(statement.value);
      return;
    case "try":
      block(statement.block);
      if (statement.handler !== undefined) block(statement.handler);
      if (statement.finalizer !== undefined) block(statement.finalizer);
      return;
    case "declareFunction": {
      const made = evaluate(solver, one, { kind: "function", function: statement.function });
      flow(variableValue(one, statement.variable), made, progress);
      return;
    }
    default:
      return;
  }
}

/** The key that an index stands for, when it is a constant. */
export function keyOf(index: Expression): string | undefined {
  if (index.kind !== "constant") return undefined;
  if (typeof index.value === "number")
    return Number.isInteger(index.value) && index.value >= 0 ? String(index.value) : undefined;
  return typeof index.value === "string" ? index.value : undefined;
}
