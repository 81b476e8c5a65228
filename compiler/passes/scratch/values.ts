/** Expressions in an abstract run: what they may be, and what evaluating them reads. */

import type { Expression, FunctionForm, Spread, Variable } from "../../ir/types.ts";
import { typeOf } from "../../ir/typing.ts";
import type { Instance } from "../activity/program.ts";
import { regionOf } from "../activity/values.ts";
import { arrayMethod } from "../builtins.ts";
import { indexKey, isPlainType, read, readAll } from "./places.ts";
import { type Activation, leak } from "./run.ts";
import { runFunction } from "./walk.ts";
import {
  type Callable,
  type Content,
  functionsOf,
  isPlain,
  joined,
  meet,
  missing,
  plain,
  present,
  theObject,
  type World,
  withPlace,
} from "./world.ts";

export function readParts(at: Activation, given: readonly Content[], nodes: readonly (Expression | Spread)[]): void {
  given.forEach((part, i) => {
    const node = nodes[i];
    if (node !== undefined) readAll(at, part, node.kind === "spread" ? node.operand : node);
    // Whoever gets a function may call it, or not.
    if (part.functions.size === 0) return;
    const before = at.world;
    const any = joined(at.run.leaked, plain);
    callAny(at, [...part.functions.values()], [any, any, any, any], any);
    at.world = meet(before, at.world);
  });
}

export function content(at: Activation, expression: Expression): Content {
  if (expression.kind !== "variable") return plain;
  const { variable } = expression;
  if (variable.module === true) return plain;
  at.frame.read.add(variable.id);
  return at.frame.variables.get(variable.id) ?? at.frame.unknown;
}

export const either = (a: Content | undefined, b: Content): Content => (a === undefined ? b : joined(a, b));

export const all = ([first = plain, ...more]: readonly Content[]): Content => more.reduce(joined, first);

export const ofInstance = (instance: Instance): Callable => ({ instance, form: instance.form, frame: undefined });

export function closure(at: Activation, form: FunctionForm): Content {
  return functionsOf([{ instance: at.one, form, frame: at.frame }]);
}

export function evaluate(at: Activation, expression: Expression | Spread): Content {
  switch (expression.kind) {
    case "constant":
      return expression.value === undefined || expression.value === null ? missing : present;
    case "register":
      return present;
    case "opaque":
      for (const variable of expression.reads) readOpaque(at, variable, expression);
      return plain;
    case "variable": {
      const { variable } = expression;
      if (variable.holds !== undefined) {
        const target = at.run.around.moduleFunction(at.one, variable.holds);
        return target === undefined ? plain : functionsOf([ofInstance(target)]);
      }
      const place = at.run.around.tracked(at.one, variable);
      if (place !== undefined) return read(at, place, expression);
      return content(at, expression);
    }
    case "spread": {
      readAll(at, evaluate(at, expression.operand), expression.operand);
      return plain;
    }
    case "as":
      return evaluate(at, expression.operand);
    case "unary":
      evaluate(at, expression.operand);
      return present;
    case "binary":
      evaluate(at, expression.left);
      evaluate(at, expression.right);
      return present;
    case "math":
      for (const part of expression.arguments) evaluate(at, part);
      return present;
    case "logical": {
      const left = evaluate(at, expression.left);
      const before = at.world;
      const right = evaluate(at, expression.right);
      at.world = meet(before, at.world);
      return joined(left, right);
    }
    case "conditional": {
      evaluate(at, expression.test);
      const before = at.world;
      const whenTrue = evaluate(at, expression.whenTrue);
      const then = at.world;
      at.world = before;
      const whenFalse = evaluate(at, expression.whenFalse);
      at.world = meet(then, at.world);
      return joined(whenTrue, whenFalse);
    }
    case "element":
    case "field": {
      const object = evaluate(at, expression.object);
      if (expression.kind === "element") evaluate(at, expression.index);
      const getter = at.one.calls.get(expression);
      if (getter !== undefined && getter.known.size > 0)
        return callAny(at, [...getter.known.values()].map(ofInstance), [], object);
      if (expression.kind === "field" && expression.name === "length") return plain;
      const key = expression.kind === "field" ? `.${expression.name}` : (indexKey(expression.index) ?? "[?]");
      const found = [...object.objects].map((place) => read(at, place + key, expression));
      if (isPlainType(typeOf(expression))) return present;
      return object.other || found.length === 0 ? found.reduce(joined, joined(at.run.leaked, plain)) : all(found);
    }
    case "array":
      for (const part of expression.elements) leak(at.run, evaluate(at, part));
      return present;
    case "object":
      for (const part of expression.properties) leak(at.run, evaluate(at, part.kind === "spread" ? part : part.value));
      return plain;
    case "function":
      return closure(at, expression.function);
    case "new": {
      const given = expression.arguments.map((part) => evaluate(at, part));
      const made = at.one.calls.get(expression);
      if (made !== undefined && made.known.size > 0)
        callAny(at, [...made.known.values()].map(ofInstance), given, present);
      else readParts(at, given, expression.arguments);
      return present;
    }
    case "call":
      return call(at, expression);
  }
}

export function readOpaque(at: Activation, variable: Variable, node: Expression): void {
  const place = at.run.around.tracked(at.one, variable);
  const held = place === undefined ? content(at, { kind: "variable", variable }) : read(at, place, node);
  readAll(at, held, node);
}

export function call(at: Activation, node: Extract<Expression, { kind: "call" }>): Content {
  const { callee } = node;
  const site = at.one.calls.get(node);
  const object = callee.kind === "method" ? evaluate(at, callee.object) : plain;
  const functions = callee.kind === "value" ? evaluate(at, callee.function) : plain;
  const given = node.arguments.map((part) => evaluate(at, part));
  if (site !== undefined && site.known.size > 0) {
    const this_ =
      callee.kind === "super" || callee.kind === "superConstructor"
        ? content(at, { kind: "variable", variable: callee.this_ })
        : object;
    return callAny(at, [...site.known.values()].map(ofInstance), given, this_);
  }
  if (callee.kind === "function" || callee.kind === "static") {
    // Without a body that is known: all that it is given may be looked at.
    readParts(at, given, node.arguments);
    return plain;
  }
  if (callee.kind === "value") return callValue(at, functions, given, node);
  if (callee.kind === "method") {
    const held = all([...object.objects].map((place) => read(at, `${place}.${callee.name}`, node)));
    const region = regionOf(at.run.around.value(at.one, callee.object));
    const method = arrayMethod(region?.constructor_, callee.name);
    const field = region?.fields.get(callee.name);
    if (field !== undefined && regionOf(field)?.signature !== undefined)
      return callValue(at, object.other ? plain : held, given, node);
    return callArray(at, object, callee.name, method, given, node);
  }
  readParts(at, given, node.arguments);
  const passes = callee.kind === "global" && /^(Object\.freeze|fgrad:stopGradient)$/.test(callee.name);
  return passes ? (given[0] ?? plain) : plain;
}

export function callArray(
  at: Activation,
  object: Content,
  name: string,
  method: ReturnType<typeof arrayMethod>,
  given: readonly Content[],
  node: Extract<Expression, { kind: "call" }>,
): Content {
  const callee = node.callee.kind === "method" ? node.callee.object : node;
  readParts(at, given, node.arguments);
  for (const part of given) leak(at.run, part);
  if (object.objects.size === 0) return joined(at.run.leaked, plain);
  const only = theObject(object);
  // What is put into it is left there, as by a store.
  if (method?.writes === true) {
    for (const place of object.objects) {
      const [value = node] = node.arguments;
      const part = value.kind === "spread" ? value.operand : value;
      at.run.stores.push({ place: `${place}[?]`, one: at.one, value: part, span: part.span });
    }
  }
  if (name === "fill" && node.arguments.length === 1 && only !== undefined) {
    noteElements(at, object);
    at.world = withPlace(at.world, `${only}[*]`, plain);
    return object;
  }
  if (method?.writes === true) noteElements(at, object);
  if (name === "push" || name === "unshift" || name === "set") return plain;
  readAll(at, object, callee);
  return method?.result === "self" || method?.result === "view" ? object : joined(at.run.leaked, plain);
}

export function noteElements(at: Activation, { objects }: Content): void {
  for (const place of objects) at.run.stale.add(`${place}[?]`);
}

export function callValue(
  at: Activation,
  functions: Content,
  given: readonly Content[],
  node: Extract<Expression, { kind: "call" }>,
): Content {
  const known = functions.functions.size > 0 && !functions.other;
  if (!known) {
    readParts(at, given, node.arguments);
    for (const part of given) leak(at.run, part);
  }
  const callables = [...functions.functions.values(), ...(known ? [] : unknownCallables(at))];
  const before = at.world;
  const result = callAny(at, callables, given, plain);
  // What is not known may do nothing of all this.
  if (!known) at.world = meet(before, at.world);
  return known ? result : joined(result, plain);
}

/** What a function that is not known may be. */
export const unknownCallables = ({ run: { leaked, around } }: Activation): Callable[] => [
  ...leaked.functions.values(),
  ...around.loaded,
];

export function callAny(
  at: Activation,
  callables: readonly Callable[],
  given: readonly Content[],
  this_: Content,
): Content {
  const before = at.world;
  let after: World;
  let result: Content | undefined;
  const { run: all } = at;
  for (const callable of callables) {
    const follows =
      callable.frame !== undefined ||
      callable.instance.touches ||
      !isPlain(all.leaked) ||
      [...given, this_].some((part) => !isPlain(part));
    if (!follows) {
      after = meet(after, before);
      result = result === undefined ? plain : joined(result, plain);
      continue;
    }
    const end = runFunction(all, callable, given, this_, before);
    after = meet(after, end.world);
    result = result === undefined ? end.result : joined(result, end.result);
  }
  if (callables.length > 0) at.world = after;
  return result ?? plain;
}
