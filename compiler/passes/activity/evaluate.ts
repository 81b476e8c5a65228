/** The abstract value of an expression. Reports nothing: it is evaluated many times before all is known. */

import { initialId } from "../../frontend/moduleVariables.ts";
import type {
  Expression,
  FunctionExpression,
  FunctionForm,
  ModuleVariableId,
  Spread,
  Variable,
} from "../../ir/types.ts";
import { typeOf } from "../../ir/typing.ts";
import { mathHasDerivative } from "../../rules/index.ts";
import { unsteadyGlobals } from "../builtins.ts";
import { arithmetic } from "../operators.ts";
import { variablesOf } from "../variables.ts";
import { evaluateCall, linkFunction, restOf } from "./calls.ts";
import { callGetter, construct } from "./methods.ts";
import { applyGraph, markCrossing } from "./patterns.ts";
import type { Instance } from "./program.ts";
import { formResult, keyOf, type Solver, siteRegion, variableValue, walkBlock } from "./solve.ts";
import {
  carries,
  find,
  flow,
  flowBoth,
  isCount,
  makeValue,
  member,
  noteRest,
  nothingIn,
  parameterOf,
  type Region,
  regionOf,
  signatureOf,
  unify,
  type Value,
} from "./values.ts";

export function evaluate(solver: Solver, one: Instance, expression: Expression): Value {
  const { progress } = solver;
  const value = (part: Expression): Value => evaluate(solver, one, part);
  switch (expression.kind) {
    case "constant":
      return expression.value === undefined || expression.value === null ? nothingIn() : makeValue();
    case "register":
      return makeValue();
    case "variable":
      return variableReference(solver, one, expression.variable);
    case "unary": {
      const operand = value(expression.operand);
      const result = makeValue();
      if (expression.operator === "-" || expression.operator === "+") result.active = operand.active;
      return unsteadyFrom(result, [operand]);
    }
    case "binary": {
      const left = value(expression.left);
      const right = value(expression.right);
      const result = makeValue();
      if (!arithmetic.has(expression.operator)) return unsteadyFrom(result, [left, right]);
      result.tainted = left.tainted || right.tainted;
      if (makesText(one, expression.left) || makesText(one, expression.right)) {
        result.tainted ||= expression.operator === "+" && (carries(left) || carries(right));
      } else result.active = left.active || right.active;
      return unsteadyFrom(result, [left, right]);
    }
    case "logical":
      return join(solver, value(expression.left), value(expression.right));
    case "conditional":
      value(expression.test);
      return join(solver, value(expression.whenTrue), value(expression.whenFalse));
    case "math": {
      const values = expression.arguments.map(value);
      const result = makeValue();
      result.active = values.some((argument) => argument.active) && mathHasDerivative(expression.name);
      return unsteadyFrom(result, values);
    }
    case "element": {
      value(expression.index);
      const object = value(expression.object);
      const got = read(solver, object, keyOf(expression.index));
      // Of what was chosen by chance, or is another at each call.
      const unsteady = object.unsteady ?? value(expression.index).unsteady;
      return unsteady === undefined || carries(got) ? got : { ...got, unsteady };
    }
    case "field": {
      const object = value(expression.object);
      const region = regionOf(object);
      const got = region && callGetter(solver, one, expression, region);
      if (got !== undefined) return got;
      if (region === undefined && errorTexts.has(expression.name) && typeOf(expression).kind !== "number") {
        return { active: false, tainted: true, region: undefined };
      }
      const counts = expression.name === "length" && isCount(object, typeOf(expression.object));
      return counts ? makeValue() : read(solver, object, expression.name);
    }
    case "array": {
      const region = siteRegion(one, expression, "Array");
      const spread = expression.elements.some((element) => element.kind === "spread");
      expression.elements.forEach((element, i) => {
        if (element.kind === "spread") spreadInto(solver, one, element, member(region, undefined, progress));
        else flow(member(region, spread ? undefined : String(i), progress), value(element), progress);
      });
      return { active: false, tainted: false, region };
    }
    case "object": {
      const region = siteRegion(one, expression, undefined);
      for (const property of expression.properties) {
        if (property.kind === "property")
          flow(member(region, property.name, progress), value(property.value), progress);
        else {
          const from = regionOf(value(property.operand));
          if (from === undefined) continue;
          if (from.element !== undefined)
            flow(member(region, undefined, progress), member(from, undefined, progress), progress);
          for (const key of [...from.fields.keys()]) {
            flow(member(region, key, progress), member(from, key, progress), progress);
          }
          if (from.template?.type.kind === "object") {
            for (const key of from.template.type.fields().keys()) {
              const known = key === "*" ? undefined : key;
              flow(member(region, known, progress), member(from, known, progress), progress);
            }
          }
        }
      }
      return { active: false, tainted: false, region };
    }
    case "new": {
      const values = expression.arguments.map((argument) =>
        argument.kind === "spread" ? value(argument.operand) : value(argument),
      );
      const region = siteRegion(one, expression, expression.constructor_);
      if (expression.class_ !== undefined) return construct(solver, one, expression, expression.class_, region, values);
      if (expression.constructor_ === "Array" && values.length > 1) {
        for (const argument of values) flow(member(region, undefined, progress), argument, progress);
      }
      const from = values[0] && regionOf(values[0]);
      // A typed array made from another array copies its elements; made from a buffer or a length, it is new.
      if (from?.constructor_ === "ArrayBuffer" && expression.constructor_.endsWith("Array")) {
        look(solver, region, from, expression.constructor_);
      } else if (
        from !== undefined &&
        expression.constructor_ !== "Array" &&
        expression.constructor_.endsWith("Array")
      ) {
        flow(member(region, undefined, progress), member(from, undefined, progress), progress);
      }
      const tainted = values.some((argument) => argument.tainted || argument.active);
      // Text that goes into a thing of unknown kind can be read from any part of it.
      if (tainted && !expression.constructor_.endsWith("Array")) {
        flow(member(region, undefined, progress), { active: false, tainted: true, region: undefined }, progress);
      }
      const clock = expression.constructor_ === "Date" && values.length === 0;
      return { active: false, tainted, region, ...(clock && { unsteady: "new Date()" }) };
    }
    case "call":
      return evaluateCall(solver, one, expression);
    case "function":
      return closure(solver, one, expression);
    case "opaque": {
      const result = makeValue();
      const { type } = expression;
      // Not called here, but by whom it is given to; `Date` stands for itself beside `instanceof`.
      if (expression.text !== "Date" && unsteadyGlobals.has(expression.text)) result.unsteady = `${expression.text}()`;
      const textual = type.kind === "string" || type.kind === "unknown";
      result.tainted = textual && expression.reads.some((variable) => carries(variableValue(one, variable)));
      return result;
    }
    case "as":
      return value(expression.operand);
  }
}

/** Where an error keeps its text, in which there may be any number. */
const errorTexts: ReadonlySet<string> = new Set(["message", "stack"]);

function variableReference(solver: Solver, one: Instance, variable: Parameters<typeof variableValue>[1]): Value {
  const value = variableValue(one, variable);
  if (variable.global !== undefined) evaluateInitial(solver, one, variable.global);
  if (variable.holds !== undefined && value.region === undefined) {
    const region = siteRegion(one, variable, undefined);
    region.functions.add(variable.holds);
    value.region = region;
    solver.progress.changed = true;
  }
  // Whoever calls it, by whatever name, calls it by the signature: here is where the function itself is known.
  const signature = variable.holds === undefined ? undefined : regionOf(value)?.signature;
  if (signature !== undefined && variable.holds !== undefined) linkFunction(solver, one, variable.holds, signature);
  return value;
}

/** What a module's variable begins with, as far as it matters: where functions and objects are made, or a shadow is. */
function evaluateInitial(solver: Solver, one: Instance, id: ModuleVariableId): void {
  const global = one.globals.get(id);
  if (global === undefined || global.variable.scalar || global.variable.begins === undefined) return;
  const { value, variable } = global;
  if (variable.begins === "data" && !carries(value)) return;
  if (variable.span.file !== one.form.span.file) markCrossing([value], solver.progress);
  const target = solver.instance(initialId(id), [], value);
  if (target === undefined) return;
  if (target !== one) applyGraph([target.result], [value], solver.progress);
  else flowBoth(target.result, value, solver.progress);
  global.initial = target;
}

/** Whether `+` on it makes text. */
function makesText(one: Instance, operand: Expression): boolean {
  if (operand.kind === "constant") return typeof operand.value === "string";
  if (operand.kind === "variable") {
    const { type } = operand.variable;
    if (type.kind === "string") return true;
    return variableValue(one, operand.variable).tainted;
  }
  return operand.kind === "opaque" && operand.type.kind === "string";
}

/** Either of two values. The value itself is new each time, so only regions that become one are a change. */
function join(solver: Solver, a: Value, b: Value): Value {
  if (a.region !== undefined && b.region !== undefined) unify(a.region, b.region, solver.progress);
  const joined: Value = { active: a.active || b.active, tainted: a.tainted || b.tainted, region: a.region ?? b.region };
  if (a.missing === "only" && b.missing === "only") joined.missing = "only";
  return unsteadyFrom(joined, [a, b]);
}

/** What is made of an unsteady number is unsteady; an active one was reported where the two met. */
function unsteadyFrom(result: Value, operands: readonly Value[]): Value {
  const source = operands.find((one) => one.unsteady !== undefined)?.unsteady;
  if (source !== undefined && !result.active) result.unsteady = source;
  return result;
}

/** What a read gives: an element or field of a region; a character of a tainted string is tainted. */
export function read(solver: Solver, object: Value, key: string | undefined): Value {
  const region = regionOf(object);
  if (region !== undefined) return member(region, key, solver.progress);
  const result = makeValue();
  result.tainted = object.tainted;
  return result;
}

/** An array that looks into a buffer shares all that is in it with every other. */
function look(solver: Solver, array_: Region, buffer_: Region, constructor_: string): void {
  const { progress } = solver;
  const [array, buffer] = [find(array_), find(buffer_)];
  flowBoth(member(array, undefined, progress), member(buffer, undefined, progress), progress);
  const views = new Set([...array.views, ...buffer.views, constructor_]);
  for (const one of [array, buffer]) {
    if (views.size === one.views.size) continue;
    for (const view of views) one.views.add(view);
    progress.changed = true;
  }
}

export function spreadInto(solver: Solver, one: Instance, spread: Spread, element: Value): void {
  const from = regionOf(evaluate(solver, one, spread.operand));
  if (from !== undefined) flow(element, member(from, undefined, solver.progress), solver.progress);
}

/** A function written in the function at hand: its parameters and result are those of its region's signature. */
function closure(solver: Solver, one: Instance, expression: FunctionExpression): Value {
  const { progress } = solver;
  const form = expression.function;
  const region = siteRegion(one, form, undefined);
  if (!region.closures.has(form)) {
    region.closures.add(form);
    progress.changed = true;
  }
  const signature = signatureOf(region, progress);
  noteRest(signature, restOf(form), progress);
  form.parameters.forEach((parameter, i) => {
    flowBoth(variableValue(one, parameter.variable), parameterOf(signature, i), progress);
  });
  const result = formResult(one, form);
  walkBlock(solver, one, form.body, result);
  flowBoth(signature.result, result, progress);
  const touches = one.touches || mentioned(form).some((variable) => carries(variableValue(one, variable)));
  if (!signature.touches && touches) {
    signature.touches = true;
    progress.changed = true;
  }
  return { active: false, tainted: false, region };
}

const mentions = new WeakMap<FunctionForm, readonly Variable[]>();

/** The variables that a function's body mentions. */
function mentioned(form: FunctionForm): readonly Variable[] {
  let known = mentions.get(form);
  if (known === undefined) {
    known = [...variablesOf(form.body)];
    mentions.set(form, known);
  }
  return known;
}
