/**
 * Derivatives as functions of the program: what `differentiate` makes of a function, in lowered form, so that it is
 * analysed, differentiated and called like one that the user wrote. A derivative within a derivative is then nothing
 * new, and its directions are ordinary values: no perturbation can be taken for another (Siskind & Pearlmutter,
 * Perturbation Confusion and Referential Transparency).
 *
 * The derivative of a function for some active parameters takes each of these followed by its tangent and returns
 * `[value, tangent]`, the tangent undefined where the result carries none.
 */

import type { Diagnostic, Span } from "../../api.ts";
import { report } from "../../diagnostics/messages.ts";
import type { Callee, ClassId, FunctionForm, FunctionId, Type } from "../../ir/types.ts";
import { encode } from "../activity/patterns.ts";
import type { Instance, Library, Rule } from "../activity/program.ts";
import { parameterValues } from "../activity/roots.ts";
import { type Solver, solve } from "../activity/solve.ts";
import { carries, makeValue, type Value } from "../activity/values.ts";
import { type Linkage, tangentType } from "../differentiate/context.ts";
import { differentiateInstance } from "../differentiate/index.ts";
import { type MemberChoice, normalise } from "../normalise.ts";
import { localVariables } from "../variables.ts";
import {
  asStatic,
  classMarked,
  memberCall,
  memberCalled,
  memberName,
  refuseMembers,
  selfOf,
  shadowType,
} from "./members.ts";

/** The sign in front of the key of an instance whose derivative a function is. */
const mark = "∂";

/** The name of a rule in a lowered form, until the module is known that names it. */
const ruleMark = "∂rule:";

/** A closure's derivative stands beside the tangents of the function around it, which have letters of their own. */
const closureMark = "∂closure:";
const closureLetters = ["_d", "_e", "_g", "_h"];

export const isDerivative = (id: FunctionId): boolean => id.startsWith(mark);

/** How many times a function was differentiated to give this one. */
export const derivativeOrder = (id: FunctionId): number => /^∂*/.exec(id)?.[0].length ?? 0;

/** The key of the instance whose derivative a function is. */
export const instanceKeyOf = (id: FunctionId): string => id.slice(mark.length);

/** The rule that a call calls, when its name is only a mark of it. */
export const ruleNamed = (name: string): FunctionId | undefined =>
  name.startsWith(ruleMark) ? name.slice(ruleMark.length) : undefined;

/** Why a derivative that the program asks for can't be a function of the program. */
export type Obstacle =
  | { readonly kind: "unclear"; readonly callee: string; readonly function: string }
  | { readonly kind: "form"; readonly callee: string; readonly reason: string; readonly advice: string };

/** A function whose derivative the program asks for, so that it must be there at run time as well. */
export interface Reached {
  /** Positions of the parameters along which it is differentiated. */
  readonly active: Set<number>;
  order: number;
}

/** The derivative of a function written where it is differentiated, to be put beside it in the user's own code. */
export interface ClosureDerivative {
  /** Where the function, or its name, stands. */
  readonly file: string;
  readonly start: number;
  readonly end: number;
  readonly named: boolean;
  readonly order: 1 | 2;
  readonly form: FunctionForm;
  readonly active: readonly boolean[];
  readonly second?: { readonly form: FunctionForm; readonly active: readonly boolean[] };
}

/** A function with the activity of its parameters. */
export interface Pattern {
  readonly id: FunctionId;
  readonly parameters: readonly Value[];
}

export interface Derivations {
  /** The id of a function's derivative; the derivative itself is made when its form is asked for. */
  derivative(of: Pattern): FunctionId;
  /** The same for a function that may not be lowered yet: all that can carry in some parameters is active. */
  derivativeFor(id: FunctionId, active: readonly boolean[]): FunctionId;
  /** The derivative of a closure: with respect to its own parameters, whatever it captures. */
  closure(form: FunctionForm, parameters: readonly Value[], span: Span): FunctionForm | undefined;
  form(id: FunctionId): FunctionForm | undefined;
  /** What a derivative was made of. */
  pattern(id: FunctionId): Pattern | undefined;
  readonly reached: Map<FunctionId, Reached>;
  /** By the place of the function: `FILE#start`. */
  readonly closures: Map<string, ClosureDerivative>;
  /** By the place of the call: `FILE#start-end`. */
  readonly obstacles: Map<string, Obstacle>;
  readonly diagnostics: Diagnostic[];
}

/** What derivations ask of the rest of the program. */
export interface Surroundings {
  readonly library: Library;
  readonly nextId: () => number;
  /** Names in use in a file. */
  identifiers(file: string): ReadonlySet<string>;
  /** The function that a rule is, when it has a body. */
  ruleFunction(rule: Rule): FunctionId | undefined;
}

interface Made {
  readonly instance: Instance;
  readonly solver: Solver;
  form?: FunctionForm;
}

export function createDerivations(around: Surroundings): Derivations {
  const patterns = new Map<FunctionId, () => Pattern | undefined>();
  const patternOf = (id: FunctionId): Pattern | undefined => patterns.get(id)?.();
  const made = new Map<FunctionId, Made | undefined>();
  const solving = new Set<FunctionId>();
  const diagnostics: Diagnostic[] = [];

  /** Enters what a solved program has instances of; the one that was asked for under its own id as well. */
  const enter = (analysis: ReturnType<typeof solve>, asked: FunctionId | undefined): void => {
    const [root] = analysis.selected;
    for (const instance of analysis.instances) {
      const pattern = { id: instance.form.id, parameters: instance.parameters };
      for (const own of [mark + instance.key, ...(instance === root && asked !== undefined ? [asked] : [])]) {
        if (made.get(own) !== undefined) continue;
        if (!patterns.has(own)) patterns.set(own, () => pattern);
        made.set(own, { instance, solver: analysis.solver });
      }
    }
  };

  const solvePattern = (id: FunctionId, pattern: Pattern): void => {
    const { library } = around;
    solving.add(id);
    const base = library.form(pattern.id);
    const root = { id: pattern.id, name: base?.name ?? "", parameters: pattern.parameters, receiver: undefined };
    const analysis = solve([root], library);
    solving.delete(id);
    const all = [...analysis.diagnostics, ...refusals(analysis.instances, base?.name ?? "", around)];
    diagnostics.push(...all);
    made.set(id, undefined);
    if (!all.some(({ severity }) => severity === "error")) enter(analysis, id);
  };

  return {
    diagnostics,
    reached: new Map(),
    closures: new Map(),
    obstacles: new Map(),
    pattern: patternOf,
    derivative(of) {
      const id = `${mark}${of.id}(${encode([...of.parameters, makeValue()])})`;
      if (!patterns.has(id)) patterns.set(id, () => of);
      return id;
    },
    derivativeFor(base, active) {
      const id = `${mark}${base}|${active.map(Number).join("")}`;
      let known: Pattern | undefined;
      const pattern = (): Pattern | undefined => {
        const form = known === undefined ? around.library.form(base) : undefined;
        if (form !== undefined) known = { id: base, parameters: activeParameters(form, active) };
        return known;
      };
      if (!patterns.has(id)) patterns.set(id, pattern);
      return id;
    },
    form(id) {
      const pattern = patternOf(id);
      if (pattern === undefined) return undefined;
      if (solving.has(id)) {
        const base = around.library.form(pattern.id);
        diagnostics.push(report.derivativeOfItself({ function: base?.name ?? "the function" }, { span: base?.span }));
        return undefined;
      }
      if (!made.has(id)) solvePattern(id, pattern);
      const found = made.get(id);
      if (found !== undefined) found.form ??= write(around, found.instance, found.solver, id);
      return found?.form;
    },
    closure(form, parameters, span) {
      const id = closureMark + form.id;
      const library: Library = { ...around.library, form: (at) => (at === id ? form : around.library.form(at)) };
      const analysis = solve([{ id, name: form.name, parameters, receiver: undefined }], library);
      const [instance] = analysis.selected;
      const all = [...analysis.diagnostics, ...refusals(analysis.instances, form.name, around)];
      if (instance !== undefined) all.push(...escapes(instance, span));
      diagnostics.push(...all);
      if (instance === undefined || all.some(({ severity }) => severity === "error")) return undefined;
      enter({ ...analysis, instances: analysis.instances.filter((other) => other !== instance) }, undefined);
      return write({ ...around, library }, instance, analysis.solver, id);
    },
  };
}

/** The activity of parameters: of some all that can carry, of the others nothing. */
export function activeParameters(form: FunctionForm, active: readonly boolean[]): Value[] {
  const none = parameterValues(form, []);
  return parameterValues(form, undefined).map((value, i) => (active[i] === true ? value : (none[i] ?? makeValue())));
}

/** What activity allows but a derivative in lowered form can't hold yet. */
function refusals(instances: readonly Instance[], name: string, around: Surroundings): Diagnostic[] {
  return instances.flatMap((instance) => {
    const { form } = instance;
    const place = { span: form.span, function: name };
    const members = refuseMembers(instance, around.library);
    if (members.length > 0) return members;
    const [global] = [...instance.globals.values()].filter(({ value }) => carries(value));
    if (global !== undefined) {
      const construct = `${global.variable.name}, a variable of the module that holds active values, inside of a derivative that is differentiated again,`;
      return [report.notYet({ construct }, place)];
    }
    return [...instance.calls.values()].flatMap(({ rule }) => {
      if (rule === undefined || around.ruleFunction(rule) !== undefined) return [];
      return [report.ruleOrder({ rule: rule.name, order: "2" }, place)];
    });
  });
}

/** A closure must leave no tangent behind in what it captures: nobody would look for it there. */
function escapes(instance: Instance, span: Span): Diagnostic[] {
  const own = new Set(instance.form.parameters.map(({ variable }) => variable));
  const declared = localVariables(instance.form);
  return [...instance.variables].flatMap(([variable, value]) => {
    if (own.has(variable) || declared.has(variable) || !carries(value)) return [];
    return [report.escapesToModule({ value: "a value", target: variable.name }, { span })];
  });
}

/** What names of tangents end with, so that none is the name of another variable: the first letter that is free. */
export function tangentSuffix(form: FunctionForm, letters: readonly string[] = ["_t", "_u", "_v", "_w"]): string {
  const names = [...new Set([...localVariables(form)].map(({ name }) => name))].filter((name) => !name.startsWith("%"));
  const isFree = (suffix: string): boolean =>
    !names.some((name) => names.some((other) => other.startsWith(name + suffix)));
  const found = letters.find(isFree);
  if (found !== undefined) return found;
  for (let i = letters.length + 1; ; i++) if (isFree(`${letters[0]}${i}`)) return `${letters[0]}${i}`;
}

/** Writes the derivative of an instance as a lowered function. */
function write(around: Surroundings, instance: Instance, solver: Solver, id: FunctionId): FunctionForm {
  const { library, nextId } = around;
  const rules = new Map<string, FunctionId | undefined>();
  const link: Linkage = {
    callee: (target) => ({
      name: target.form.memberOf === undefined ? `${target.form.name}_jvp` : memberCall(target.key),
      convention: conventionFor(target.form),
    }),
    rule: (rule) => {
      const name = ruleMark + rule.id;
      rules.set(name, around.ruleFunction(rule));
      return name;
    },
    register: () => "",
    choice: (targets) => memberCall(...targets.map(({ key }) => key)),
    held: (target) => mark + target.key,
    shadow: (global) => `${global.variable.name}_t`,
  };
  const { memberOf } = instance.form;
  const plain = instance.form.name === "" ? "" : `${instance.form.name}_jvp`;
  const name = memberOf === undefined ? plain : memberName(instance.form);
  const reserved = around.identifiers(instance.form.span.file);
  const suffix = tangentSuffix(instance.form, id.startsWith(closureMark) ? closureLetters : undefined);
  const convention = conventionFor(instance.form);
  const request = { instance, name, convention, link, reserved, lanes: 1, again: true, suffix };
  const differentiated = differentiateInstance(request, library, solver, nextId);
  const called = [...instance.calls.values()].flatMap(({ target, methods }) => [
    ...methods.values(),
    ...(target === undefined ? [] : [target]),
  ]);
  const targets = new Map(called.map((target) => [target.key, target]));
  const member = (from: string): MemberChoice[] =>
    memberCalled(from)
      .flatMap((key) => targets.get(key) ?? [])
      .map((target) => ({
        callee: { kind: "function", id: mark + target.key, name: memberName(target.form) } as const,
        class_: target.form.memberOf,
        depth: depthOf(library, target.form.memberOf?.class_),
      }))
      // Of a class and one that it extends, the former is asked for first.
      .sort((a, b) => b.depth - a.depth)
      .map(({ callee, class_ }) => ({
        callee,
        className: class_ === undefined ? "" : classMarked(class_.class_, class_.className),
      }));
  const callee = (from: Callee): Callee => {
    if (from.kind === "function" && targets.has(from.id)) return { ...from, id: mark + from.id };
    const rule = from.kind === "global" ? rules.get(from.name) : undefined;
    return from.kind === "global" && rule !== undefined ? { kind: "function", id: rule, name: from.name } : from;
  };
  const resultOf = (from: Callee): Type => {
    if (from.kind !== "function") return { kind: "unknown" };
    const target = isDerivative(from.id) ? targets.get(instanceKeyOf(from.id)) : undefined;
    return target === undefined ? (library.form(from.id)?.result ?? { kind: "unknown" }) : pairType(target);
  };
  const { receiver } = instance.form;
  const parameter = selfOf(instance.form, nextId);
  const self = receiver !== undefined && parameter !== undefined ? { self: { receiver, parameter } } : {};
  const lowered = normalise(differentiated, { nextId, callee, member, resultOf, ...self });
  const form = { ...lowered, id, result: pairType(instance) };
  return memberOf === undefined
    ? form
    : asStatic(form, parameter, memberOf, library.classes.typeParameters(memberOf.class_));
}

/** How many classes a class extends. */
function depthOf(library: Library, class_: ClassId | undefined): number {
  let depth = 0;
  for (let at: ClassId | "foreign" | undefined = class_; at !== undefined && at !== "foreign"; depth++)
    at = library.classes.base(at);
  return depth;
}

const conventionFor = ({ memberOf }: FunctionForm): "shadow" | "public" =>
  memberOf?.role === "constructor" ? "shadow" : "public";

/** The type of what a derivative returns. */
function pairType(instance: Instance): Type {
  const { result, receiver } = instance.form;
  if (conventionFor(instance.form) === "shadow") return shadowType(receiver?.type ?? { kind: "unknown" });
  const nothing: Type = { kind: "undefined" };
  const value = result.kind === "void" ? nothing : result;
  return { kind: "tuple", elements: [value, carries(instance.result) ? tangentType(result) : nothing] };
}
