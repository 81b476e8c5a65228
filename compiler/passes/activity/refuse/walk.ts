/**
 * The refusals of activity: one walk over an instance whose values are final, reporting each place where an active
 * value would lose its tangent. Nothing is lost silently but by `stopGradient` and `wrt`.
 */

import type { Diagnostic } from "../../../api.ts";
import { report } from "../../../diagnostics/messages.ts";
import type { Block, ElementAccess, Expression, FieldAccess, Spread, Statement } from "../../../ir/types.ts";
import { typeOf } from "../../../ir/typing.ts";
import { isMathRule } from "../../../rules/index.ts";
import { arithmetic, bitwise } from "../../operators.ts";
import { restOf } from "../calls.ts";
import { implementationsOf, isMixed } from "../methods.ts";
import type { Instance } from "../program.ts";
import { type Solver, variableValue } from "../solve.ts";
import { carries, regionCarries, regionOf, type Value } from "../values.ts";
import { refuseCall, refuseNew } from "./calls.ts";
import { type Refusals, refusalsOf } from "./refusals.ts";
import { decides, refuseOpaque, refuseStore, refuseUnsteady } from "./stores.ts";

/** Functions of `Math` that work on the bits of integers. */
const integerFunctions: ReadonlySet<string> = new Set(["imul", "clz32"]);

export function refuse(solver: Solver, one: Instance): Diagnostic[] {
  const cx = refusalsOf(solver, one);
  visitStatements(cx, one.form.body);
  refuseAssumptions(cx);
  refuseMixedMemory(cx);
  return cx.diagnostics;
}

function visitExpression(cx: Refusals, expression: Expression): void {
  const { span } = expression;
  switch (expression.kind) {
    case "unary": {
      visitExpression(cx, expression.operand);
      const operand = cx.value(expression.operand);
      if (expression.operator === "~" && operand.active) {
        cx.add(report.bitOperation({ value: cx.words(expression.operand), operator: "~" }, cx.place(span)));
      }
      if (expression.operator === "+" || expression.operator === "-") refuseObject(cx, expression.operand);
      if ((expression.operator === "+" || expression.operator === "-") && operand.tainted && !operand.active) {
        cx.add(report.stringRoundTrip({ value: cx.words(expression.operand) }, cx.place(span)));
      }
      return;
    }
    case "binary": {
      visitExpression(cx, expression.left);
      visitExpression(cx, expression.right);
      for (const side of [expression.left, expression.right]) {
        const one_ = cx.value(side);
        if (bitwise.has(expression.operator) && one_.active) {
          cx.add(report.bitOperation({ value: cx.words(side), operator: expression.operator }, cx.place(span)));
        }
        const numeric =
          bitwise.has(expression.operator) || (arithmetic.has(expression.operator) && expression.operator !== "+");
        if (numeric && one_.tainted) cx.add(report.stringRoundTrip({ value: cx.words(side) }, cx.place(span)));
      }
      if (arithmetic.has(expression.operator))
        for (const side of [expression.left, expression.right]) refuseObject(cx, side);
      if (arithmetic.has(expression.operator)) refuseUnsteady(cx, expression, [expression.left, expression.right]);
      return;
    }
    case "logical":
      for (const part of [expression.left, expression.right]) {
        visitExpression(cx, part);
        refuseShadowless(cx, part, cx.value(expression));
      }
      return;
    case "conditional":
      visitExpression(cx, expression.test);
      for (const part of [expression.whenTrue, expression.whenFalse]) {
        visitExpression(cx, part);
        refuseShadowless(cx, part, cx.value(expression));
      }
      return refuseUnsteady(cx, expression, [expression.test, expression.whenTrue, expression.whenFalse]);
    case "math":
      for (const argument of expression.arguments) visitExpression(cx, argument);
      refuseUnsteady(cx, expression, expression.arguments);
      if (integerFunctions.has(expression.name)) {
        const bits = expression.arguments.find((argument) => cx.value(argument).active);
        const operator = `Math.${expression.name}`;
        if (bits !== undefined) cx.add(report.bitOperation({ value: cx.words(bits), operator }, cx.place(span)));
      } else if (!isMathRule(expression.name) && expression.arguments.some((argument) => cx.value(argument).active)) {
        cx.add(report.unknownMathMember({ name: expression.name }, cx.place(span)));
      }
      if (expression.arguments.some((argument) => cx.value(argument).tainted)) {
        cx.add(report.stringRoundTrip({ value: cx.words(expression) }, cx.place(span)));
      }
      return;
    case "element":
      visitExpression(cx, expression.object);
      visitExpression(cx, expression.index);
      return refuseUnsteady(cx, expression, [expression.object, expression.index]);
    case "field": {
      visitExpression(cx, expression.object);
      // Other views of the same bytes would have no shadow.
      const object = cx.value(expression.object);
      refuseMixed(cx, expression, "getter");
      refuseMethodValue(cx, expression);
      if (expression.name === "buffer" && object.region?.constructor_ !== undefined && carries(object)) {
        cx.add(
          report.tangentLost(
            { value: cx.words(expression.object), construct: "its buffer, seen through another view" },
            cx.place(span),
          ),
        );
      }
      return;
    }
    case "array": {
      const region = regionOf(cx.value(expression));
      expression.elements.forEach((element, i) => {
        visitPart(cx, element);
        if (element.kind !== "spread") refuseShadowless(cx, element, region?.element ?? region?.fields.get(String(i)));
      });
      return;
    }
    case "object": {
      const region = regionOf(cx.value(expression));
      for (const property of expression.properties) {
        visitExpression(cx, property.kind === "spread" ? property.operand : property.value);
        if (property.kind !== "spread")
          refuseShadowless(cx, property.value, region?.element ?? region?.fields.get(property.name));
      }
      return;
    }
    case "new":
      for (const part of expression.arguments) visitPart(cx, part);
      return refuseNew(cx, expression);
    case "call":
      for (const part of expression.arguments) visitPart(cx, part);
      if (expression.callee.kind === "value") visitExpression(cx, expression.callee.function);
      if (expression.callee.kind === "method") visitExpression(cx, expression.callee.object);
      return refuseCall(cx, expression);
    case "function": {
      const region = regionOf(cx.value(expression));
      const forms = [...(region?.closures ?? []), ...[...(region?.functions ?? [])].map(cx.solver.library.form)];
      if (forms.some((form) => restOf(form) !== restOf(expression.function))) {
        cx.add(
          report.notYet({ construct: "A choice between functions with and without a rest parameter" }, cx.place(span)),
        );
      }
      return visitStatements(cx, expression.function.body);
    }
    case "opaque":
      return refuseOpaque(cx, expression);
    case "as":
      return visitExpression(cx, expression.operand);
    default:
      return;
  }
}

/** A method taken from its object is called with whatever `this`: by `bind`, `call`, or an array's callback. */
function refuseMethodValue(cx: Refusals, { object, name, span }: FieldAccess): void {
  const held = cx.value(object);
  const region = regionOf(held);
  if (region === undefined || !carries(held)) return;
  if (implementationsOf(cx.solver, region, name, "method").length === 0) return;
  const construct = `.${name}, a method that is read and not called`;
  cx.add(report.tangentLost({ value: cx.words(object), construct }, cx.place(span)));
}

/** An object of which nothing is known, in a place of others that have shadows: it has none. */
function refuseShadowless(cx: Refusals, part: Expression, slot: Value | undefined): void {
  const region = slot && regionOf(slot);
  if (region === undefined || region.signature !== undefined || !regionCarries(region)) return;
  const held = cx.value(part);
  const { kind } = typeOf(part);
  if (held.region !== undefined || held.missing === "only" || (kind !== "object" && kind !== "array")) return;
  const construct = "a place of objects with tangents, where it has none";
  cx.add(report.tangentLost({ value: cx.words(part), construct }, cx.place(part.span)));
}

/** An object becomes a number by code of its own. */
function refuseObject(cx: Refusals, operand: Expression): void {
  const held = cx.value(operand);
  const region = regionOf(held);
  if (region === undefined || held.active || !carries(held)) return;
  const converts = ["valueOf", "toString"].some(
    (name) => region.fields.has(name) || implementationsOf(cx.solver, region, name, "method").length > 0,
  );
  if (!converts) return;
  const construct = "the conversion of an object to a number";
  cx.add(report.tangentLost({ value: cx.words(operand), construct }, cx.place(operand.span)));
}

/** An element or argument: a spread walks what it spreads. */
function visitPart(cx: Refusals, part: Expression | Spread): void {
  visitExpression(cx, part.kind === "spread" ? part.operand : part);
  if (part.kind === "spread") refuseIteration(cx, part.operand);
}

/** What an object of a class gives out, it gives out by a generator. */
function refuseIteration(cx: Refusals, iterable: Expression): void {
  const held = cx.value(iterable);
  const region = regionOf(held);
  if (region === undefined || !carries(held)) return;
  if (region.classes.size === 0 && typeOf(iterable).kind !== "object") return;
  const construct = "an iteration by the object's own [Symbol.iterator]";
  cx.add(report.tangentLost({ value: cx.words(iterable), construct }, cx.place(iterable.span)));
}

function visitStatements(cx: Refusals, block: Block | undefined): void {
  for (const statement of block ?? []) visitStatement(cx, statement);
}

function visitStatement(cx: Refusals, statement: Statement): void {
  switch (statement.kind) {
    case "source":
    case "block":
      return visitStatements(cx, statement.body);
    case "declare":
      if (statement.value !== undefined) visitExpression(cx, statement.value);
      return;
    case "assign":
      visitExpression(cx, statement.value);
      if (statement.target.kind === "element" || statement.target.kind === "field")
        visitExpression(cx, statement.target.object);
      if (statement.target.kind === "element") {
        visitExpression(cx, statement.target.index);
        refuseName(cx, statement.target);
      }
      if (statement.target.kind === "field") refuseMixed(cx, statement.target, "setter");
      if (statement.target.kind !== "register") refuseShadowless(cx, statement.value, cx.value(statement.target));
      return refuseStore(cx, statement.target, statement.value, statement.span);
    case "effect":
      return visitExpression(cx, statement.value);
    case "if":
      visitExpression(cx, statement.test);
      refuseUnsteady(
        cx,
        statement.test,
        [statement.test],
        decides(cx, statement.then) || (statement.else !== undefined && decides(cx, statement.else)),
      );
      visitStatements(cx, statement.then);
      return visitStatements(cx, statement.else);
    case "loop":
      visitStatements(cx, statement.init);
      visitStatements(cx, statement.before);
      if (statement.test !== undefined) {
        visitExpression(cx, statement.test);
        const active = decides(cx, statement.body) || decides(cx, statement.update);
        refuseUnsteady(cx, statement.test, [statement.test], active);
      }
      visitStatements(cx, statement.update);
      return visitStatements(cx, statement.body);
    case "forOf": {
      visitExpression(cx, statement.iterable);
      refuseIteration(cx, statement.iterable);
      return visitStatements(cx, statement.body);
    }
    case "forIn":
      visitExpression(cx, statement.object);
      return visitStatements(cx, statement.body);
    case "switch":
      visitExpression(cx, statement.discriminant);
      refuseUnsteady(
        cx,
        statement.discriminant,
        [statement.discriminant],
        statement.cases.some(({ body }) => decides(cx, body)),
      );
      for (const clause of statement.cases) {
        if (clause.test !== undefined) visitExpression(cx, clause.test);
        visitStatements(cx, clause.body);
      }
      return;
    case "labelled":
      return visitStatement(cx, statement.body);
    case "return":
      if (statement.value === undefined) return;
      visitExpression(cx, statement.value);
      refuseShadowless(cx, statement.value, cx.one.result);
      return refuseUnsteady(cx, statement.value, [statement.value], carries(cx.one.result));
    case "throw":
      visitExpression(cx, statement.value);
      if (carries(cx.value(statement.value))) {
        cx.add(report.thrownValue({ value: cx.words(statement.value) }, cx.place(statement.span)));
      }
      return;
    case "try":
      visitStatements(cx, statement.block);
      visitStatements(cx, statement.handler);
      return visitStatements(cx, statement.finalizer);
    case "declareFunction":
      return visitStatements(cx, statement.function.body);
    default:
      return;
  }
}

/** Parameters whose type was guessed from their use, and that were given something else. */
function refuseAssumptions(cx: Refusals): void {
  for (const { variable, assumed } of cx.one.form.parameters) {
    if (assumed !== true) continue;
    const region = regionOf(variableValue(cx.one, variable));
    // A parameter of the user's own function is what it is used as, wherever it goes.
    const shown = region?.template?.type.kind === "unknown" || region?.element !== undefined;
    const open = region?.constructor_ === undefined && shown;
    if ((open || region?.constructor_ === "Array") && region?.classes.size === 0) continue;
    const type = `used as an array, and given ${region?.constructor_ === undefined ? "something else" : `a ${region.constructor_}`}`;
    cx.add(report.typeUnknown({ name: variable.name, type }, cx.place(undefined)));
  }
}

/** Memory without a shadow that became one with memory that has one, without a store that could be blamed. */
function refuseMixedMemory(cx: Refusals): void {
  for (const [variable, held] of cx.one.variables) {
    const region = regionOf(held);
    if (region?.outside === undefined || cx.reportedOutside.has(region.outside) || !regionCarries(region)) continue;
    if (cx.diagnostics.length > 0) continue;
    // The user's own name for it, where there is one.
    const named = [...cx.one.variables].find(
      ([other, value]) =>
        other.role === "user" && other !== variable && other.module !== true && regionOf(value) === region,
    );
    const name = named?.[0].name ?? (variable.role === "user" ? variable.name : "a value");
    const target = region.outside.name;
    cx.add(
      region.outside.kind === "module"
        ? report.capturedModuleVariable({ value: name, variable: target }, cx.place(undefined))
        : report.inactiveTarget({ value: name, target }, cx.place(undefined)),
    );
    cx.reportedOutside.add(region.outside);
  }
}

/** A number that names a property can be read back from the name. */
function refuseName(cx: Refusals, { object, index, span }: ElementAccess): void {
  const name = cx.value(index);
  if (typeOf(object).kind !== "object" || !(carries(name) || name.tainted)) return;
  cx.add(report.tangentLost({ value: cx.words(index), construct: "the name of a property" }, cx.place(span)));
}

/** A name that is an accessor's in one class and a field's in another, on an object that may be of either. */
function refuseMixed(cx: Refusals, access: FieldAccess, role: "getter" | "setter"): void {
  const region = regionOf(cx.value(access.object));
  if (region === undefined || !isMixed(cx.solver, cx.one, access, region, role)) return;
  const construct = `${access.name}, which is a ${role} in one class and a field in another,`;
  cx.add(report.classUse({ construct }, cx.place(access.span)));
}
