/**
 * The refusals of activity: one walk over an instance whose values are final, reporting each place where an active
 * value would lose its tangent. Nothing is lost silently but by `stopGradient` and `wrt`.
 */

import type { Diagnostic, Span } from "../../api.ts";
import { type Place as MessagePlace, report } from "../../diagnostics/messages.ts";
import { integerArrays } from "../../frontend/types.ts";
import type {
  Block,
  Call,
  ClassId,
  Expression,
  FunctionId,
  New,
  Opaque,
  Place,
  Statement,
  Variable,
} from "../../ir/types.ts";
import { typeOf } from "../../ir/typing.ts";
import { declaredBy, visitStatements } from "../../ir/walk.ts";
import { isMathRule, isSupportName } from "../../rules/index.ts";
import {
  arrayMethod,
  inertGlobals,
  inertMethods,
  isReporting,
  parsingGlobals,
  readingMethods,
  spreadFunctions,
  textGlobals,
  textMethods,
} from "../builtins.ts";
import { isDerivative, type Obstacle } from "../derived/derive.ts";
import { arithmetic, bitwise } from "../operators.ts";
import { restOf } from "./calls.ts";
import { evaluate } from "./evaluate.ts";
import { implementationsOf } from "./methods.ts";
import type { Instance } from "./program.ts";
import { callSite, type Solver, variableValue } from "./solve.ts";
import { carries, regionCarries, regionOf, type Value } from "./values.ts";

function obstructed(obstacle: Obstacle, place: MessagePlace): Diagnostic {
  return obstacle.kind === "unclear"
    ? report.derivativeUnclear(obstacle, place)
    : report.derivativeForm(obstacle, place);
}

export function refuse(solver: Solver, one: Instance): Diagnostic[] {
  const diagnostics: Diagnostic[] = [];
  const name = one.form.name;
  const head = one.form.span;
  const firstLine = solver.library.text(head).split(/\r?\n/, 1)[0] ?? "";
  const wholeFunction: Span = { ...head, end: head.start + Math.max(1, firstLine.length) };
  const place = (span: Span | undefined) => ({ span: span ?? wholeFunction, function: name });
  const words = (node: { readonly span?: Span }): string => {
    const text = node.span === undefined ? "a value" : solver.library.text(node.span).replace(/\s+/g, " ");
    return text.length > 60 ? `${text.slice(0, 57)}…` : text;
  };
  const value = (expression: Expression): Value => evaluate(solver, one, expression);
  const add = (diagnostic: Diagnostic): void => {
    diagnostics.push(diagnostic);
  };

  const visitExpression = (expression: Expression): void => {
    const { span } = expression;
    switch (expression.kind) {
      case "unary": {
        visitExpression(expression.operand);
        const operand = value(expression.operand);
        if (expression.operator === "~" && operand.active) {
          add(report.bitOperation({ value: words(expression.operand), operator: "~" }, place(span)));
        }
        if ((expression.operator === "+" || expression.operator === "-") && operand.tainted && !operand.active) {
          add(report.stringRoundTrip({ value: words(expression.operand) }, place(span)));
        }
        return;
      }
      case "binary": {
        visitExpression(expression.left);
        visitExpression(expression.right);
        for (const side of [expression.left, expression.right]) {
          const one = value(side);
          if (bitwise.has(expression.operator) && one.active) {
            add(report.bitOperation({ value: words(side), operator: expression.operator }, place(span)));
          }
          const numeric =
            bitwise.has(expression.operator) || (arithmetic.has(expression.operator) && expression.operator !== "+");
          if (numeric && one.tainted) add(report.stringRoundTrip({ value: words(side) }, place(span)));
        }
        if (arithmetic.has(expression.operator)) refuseUnsteady(expression, [expression.left, expression.right]);
        return;
      }
      case "logical":
        visitExpression(expression.left);
        return visitExpression(expression.right);
      case "conditional":
        visitExpression(expression.test);
        visitExpression(expression.whenTrue);
        visitExpression(expression.whenFalse);
        return refuseUnsteady(expression, [expression.test, expression.whenTrue, expression.whenFalse]);
      case "math":
        expression.arguments.forEach(visitExpression);
        refuseUnsteady(expression, expression.arguments);
        if (!isMathRule(expression.name) && expression.arguments.some((argument) => value(argument).active)) {
          add(report.unknownMathMember({ name: expression.name }, place(span)));
        }
        if (expression.arguments.some((argument) => value(argument).tainted)) {
          add(report.stringRoundTrip({ value: words(expression) }, place(span)));
        }
        return;
      case "element":
        visitExpression(expression.object);
        return visitExpression(expression.index);
      case "field": {
        visitExpression(expression.object);
        // Other views of the same bytes would have no shadow.
        const object = value(expression.object);
        if (expression.name === "buffer" && object.region?.constructor_ !== undefined && carries(object)) {
          add(
            report.tangentLost(
              { value: words(expression.object), construct: "its buffer, seen through another view" },
              place(span),
            ),
          );
        }
        return;
      }
      case "array":
        for (const element of expression.elements)
          visitExpression(element.kind === "spread" ? element.operand : element);
        return;
      case "object":
        for (const property of expression.properties) {
          visitExpression(property.kind === "spread" ? property.operand : property.value);
        }
        return;
      case "new":
        for (const part of expression.arguments) visitExpression(part.kind === "spread" ? part.operand : part);
        return refuseNew(expression);
      case "call":
        for (const part of expression.arguments) visitExpression(part.kind === "spread" ? part.operand : part);
        return refuseCall(expression);
      case "function": {
        const region = regionOf(value(expression));
        const forms = [...(region?.closures ?? []), ...[...(region?.functions ?? [])].map(solver.library.form)];
        if (forms.some((form) => restOf(form) !== restOf(expression.function))) {
          add(
            report.notYet({ construct: "A choice between functions with and without a rest parameter" }, place(span)),
          );
        }
        return expression.function.body.forEach(visitStatement);
      }
      case "opaque":
        return refuseOpaque(expression);
      case "as":
        return visitExpression(expression.operand);
      default:
        return;
    }
  };

  /** A random number or a clock beside an active value, or deciding about one. */
  const refuseUnsteady = (whole: { readonly span?: Span }, parts: readonly Expression[], active = false): void => {
    const source = parts.map(value).find((part) => part.unsteady !== undefined && !carries(part))?.unsteady;
    if (source === undefined || !(active || parts.some((part) => carries(value(part))))) return;
    add(report.unsteadyValue({ value: words(whole), source }, place(whole.span)));
  };

  /** Whether statements give an active variable or place a value, or return one. */
  const decides = (block: Block): boolean => {
    let found = false;
    visitStatements(block, (statement) => {
      if (statement.kind === "assign") {
        const { target } = statement;
        found ||= target.kind !== "register" && carries(value(target));
      }
      if (statement.kind === "return") found ||= carries(one.result);
    });
    return found;
  };

  const refuseOpaque = (expression: Opaque): void => {
    const place_ = place(expression.span);
    const harmless =
      expression.pure &&
      (expression.type.kind === "string" || expression.type.kind === "boolean" || expression.type.kind === "undefined");
    for (const variable of expression.reads) {
      if (!carries(variableValue(one, variable)) || harmless) continue;
      add(report.tangentLost({ value: variable.name, construct: expression.what }, place_));
      return;
    }
    for (const variable of expression.writes) {
      if (carries(variableValue(one, variable))) {
        add(report.tangentLost({ value: variable.name, construct: expression.what }, place_));
        return;
      }
    }
  };

  /** The functions whose bodies a call may run. */
  const targetsOf = (call: Call): FunctionId[] => {
    const { callee } = call;
    if (callee.kind === "function") return [callee.id];
    if (callee.kind === "superConstructor") return [callee.class_];
    const region = callee.kind === "method" ? regionOf(value(callee.object)) : undefined;
    return region === undefined || callee.kind !== "method"
      ? []
      : implementationsOf(solver, region, callee.name, "method");
  };

  /** More arguments than parameters: JavaScript drops them, unless the function looks for them in `arguments`. */
  const refuseExtra = (id: FunctionId, parts: readonly Expression[], callee: string): boolean => {
    if (!solver.library.usesArguments(id)) return false;
    const lost = parts.find((part) => carries(value(part)));
    if (lost !== undefined) add(report.extraArgument({ value: words(lost), callee }, place(lost.span)));
    return lost !== undefined;
  };

  /** Whether arguments of `new` go on, by a constructor that is not written, to a class whose source is not at hand. */
  const goesToForeign = (class_: ClassId): boolean => {
    const { classes, form } = solver.library;
    const base = classes.base(class_);
    if (base === undefined || base === "foreign") return base === "foreign" && form(class_)?.parameters.length === 0;
    return form(class_)?.parameters.length === 0 && goesToForeign(base);
  };

  const refuseNew = (expression: New): void => {
    const { constructor_: made, span } = expression;
    const parts = expression.arguments.map((part) => (part.kind === "spread" ? part.operand : part));
    if (expression.class_ !== undefined) {
      if (refuseExtra(expression.class_, parts, made)) return;
      const given = parts.find((part) => carries(value(part)));
      if (given !== undefined && goesToForeign(expression.class_))
        return add(
          report.unknownCallee({ value: words(given), callee: `the class that ${made} extends` }, place(span)),
        );
      const fine = !carries(value(expression)) || solver.library.classes.isPureConstruction(expression.class_);
      if (!fine)
        add(
          report.classUse(
            { construct: `The constructor of ${made}, which does more than to set fields once,` },
            place(span),
          ),
        );
      return;
    }
    const active = parts.find((part) => carries(value(part)));
    if (
      active === undefined ||
      /Error$/.test(made) ||
      made === "Array" ||
      made === "Float64Array" ||
      made === "Float32Array"
    )
      return;
    if (integerArrays.has(made)) {
      if (regionOf(value(active)) !== undefined) {
        add(report.integerArrayWrite({ value: words(active), array: words(expression), type: made }, place(span)));
      }
      return;
    }
    if (/^(Weak)?(Map|Set)$/.test(made)) return add(report.collection({ collection: made }, place(span)));
    if (made === "Proxy") return add(report.proxy(place(span)));
    if (made === "Function") return add(report.evaluatedCode({ callee: "new Function" }, place(span)));
    add(report.classUse({ construct: `new ${made}(…) with the active value ${words(active)}` }, place(span)));
  };

  const refuseCall = (call: Call): void => {
    const { callee, span } = call;
    const parts = call.arguments.map((part) => (part.kind === "spread" ? part.operand : part));
    const active = parts.find((part) => carries(value(part)));
    const obstacle = active === undefined ? undefined : solver.library.obstacle(call);
    if (obstacle !== undefined) return add(obstructed(obstacle, place(span)));
    const extra = active === undefined ? [] : targetsOf(call);
    for (const id of extra) {
      if (refuseExtra(id, parts, call.callee.kind === "function" ? call.callee.name : words(call))) return;
    }
    const tainted = parts.find((part) => value(part).tainted);
    switch (callee.kind) {
      case "function": {
        const { rule } = callSite(one, call);
        if (rule !== undefined) {
          parts.forEach((part, i) => {
            if (carries(value(part)) && (rule.tangents[i] ?? "none") === "none") {
              add(report.ruleWithoutTangent({ parameter: words(part), rule: rule.name }, place(span)));
            }
          });
          return;
        }
        const spread = call.arguments.find((part) => part.kind === "spread");
        const form = solver.library.form(callee.id);
        const restAt = form?.parameters.findIndex((parameter) => parameter.rest) ?? -1;
        if (spread !== undefined && active !== undefined && (restAt < 0 || call.arguments.indexOf(spread) < restAt)) {
          add(
            report.notYet({ construct: `A spread argument in the call of ${callee.name}` }, place(spread.span ?? span)),
          );
        }
        // Why a derivative is no function is told where it was found.
        if (form === undefined && active !== undefined && !isDerivative(callee.id)) {
          add(report.unknownCallee({ value: words(active), callee: callee.name }, place(span)));
        }
        return;
      }
      case "value": {
        visitExpression(callee.function);
        const region = regionOf(value(callee.function));
        const found = region !== undefined && (region.closures.size > 0 || region.functions.size > 0);
        // What a variable of the module holds is not known from how it is called.
        const foreign = region?.outside?.kind === "module" && !found;
        const known = found || (region?.signature !== undefined && !foreign);
        if (region?.outside !== undefined && foreign) reportedOutside.add(region.outside);
        if (known || active === undefined || value(callee.function).missing === true) return;
        const ambient = solver.library.ambient(call);
        const callee_ = words(callee.function);
        if (ambient !== undefined)
          add(report.ambientCallee({ value: words(active), callee: callee_, file: ambient }, place(span)));
        else if (typeOf(callee.function).kind === "unknown")
          add(report.anyCallee({ value: words(active), callee: callee_ }, place(span)));
        else add(report.functionValue({ value: words(active), callee: callee_ }, place(span)));
        return;
      }
      case "method": {
        visitExpression(callee.object);
        const holder = value(callee.object);
        const region = regionOf(holder);
        if (textMethods.has(callee.name)) return;
        if (holder.tainted && readingMethods.has(callee.name)) {
          add(report.stringRoundTrip({ value: words(callee.object) }, place(span)));
          return;
        }
        if (inertMethods.has(callee.name)) return;
        if (region !== undefined && implementationsOf(solver, region, callee.name, "method").length > 0) return;
        const field = region?.fields.get(callee.name);
        if (field !== undefined && regionOf(field)?.signature !== undefined) return;
        const method = region === undefined ? undefined : arrayMethod(region.constructor_, callee.name);
        if (method !== undefined) {
          if (region?.constructor_ !== undefined && integerArrays.has(region.constructor_) && active !== undefined) {
            const writes = parts.find(
              (part, i) => (method.arguments[i] ?? method.rest) !== "index" && carries(value(part)),
            );
            if (writes !== undefined) {
              const names = { value: words(writes), array: words(callee.object), type: region.constructor_ };
              add(report.integerArrayWrite(names, place(span)));
            }
          }
          parts.forEach((part, i) => {
            if (method.arguments[i] === "comparator") refuseComparator(part, span);
          });
          return;
        }
        const lost = carries(holder) ? callee.object : active;
        if (lost !== undefined) {
          add(report.tangentLost({ value: words(lost), construct: `a call of .${callee.name}(…)` }, place(span)));
        }
        return;
      }
      case "global": {
        const { name: called } = callee;
        if (called === "fgrad:stopGradient" || isReporting(called) || inertGlobals.has(called)) return;
        if (spreadFunctions.has(called) || called === "structuredClone") return;
        if (textGlobals.has(called)) return;
        if (parsingGlobals.has(called) || called === "Number") {
          const through = tainted ?? (called === "Number" ? undefined : active);
          if (through !== undefined) add(report.stringRoundTrip({ value: words(through) }, place(span)));
          return;
        }
        if (active === undefined || isSupportName(called)) return;
        if (called === "eval" || called === "Function")
          return add(report.evaluatedCode({ callee: called }, place(span)));
        if (called.startsWith("Math.")) {
          return add(report.notYet({ construct: `${called} with a spread argument` }, place(span)));
        }
        const ambient = solver.library.ambient(call);
        if (ambient !== undefined)
          add(report.ambientCallee({ value: words(active), callee: called, file: ambient }, place(span)));
        else add(report.unknownCallee({ value: words(active), callee: called }, place(span)));
        return;
      }
    }
  };

  /** Only the order that a comparator gives is used; it must not change anything active besides. */
  const refuseComparator = (comparator: Expression, span: Span | undefined): void => {
    for (const { body } of regionOf(value(comparator))?.closures ?? []) {
      const own = new Set<Variable>();
      visitStatements(body, (statement) => {
        for (const variable of declaredBy(statement)) own.add(variable);
        if (statement.kind !== "assign") return;
        const { target } = statement;
        const object =
          target.kind === "element" || target.kind === "field" ? regionOf(value(target.object)) : undefined;
        const changed =
          target.kind === "variable"
            ? !own.has(target.variable) && carries(value(target))
            : object && regionCarries(object);
        if (changed !== true) return;
        const construct = "a comparator, of which only the order is used";
        add(report.tangentLost({ value: words(statement), construct }, place(statement.span ?? span)));
      });
    }
  };

  const refuseStore = (target: Place, stored: Expression, span: Span | undefined): void => {
    const held = value(stored);
    if (target.kind !== "register") refuseUnsteady({ ...(span && { span }) }, [stored], carries(value(target)));
    if (target.kind === "variable") {
      if (target.variable.module === true && carries(held)) {
        add(report.escapesToModule({ value: words(stored), target: target.variable.name }, place(span)));
      }
      return;
    }
    if (target.kind === "register") return;
    visitExpression(target.object);
    if (target.kind === "element") visitExpression(target.index);
    const object = value(target.object);
    const region = regionOf(object);
    if (!carries(held)) return;
    if (region === undefined) {
      add(report.tangentLost({ value: words(stored), construct: `a store into ${words(target.object)}` }, place(span)));
      return;
    }
    if (region.constructor_ !== undefined && integerArrays.has(region.constructor_)) {
      const names = { value: words(stored), array: words(target.object), type: region.constructor_ };
      add(report.integerArrayWrite(names, place(span)));
    } else if (region.outside?.kind === "module") {
      add(report.escapesToModule({ value: words(stored), target: region.outside.name }, place(span)));
      reportedOutside.add(region.outside);
    } else if (region.outside?.kind === "parameter") {
      add(report.inactiveTarget({ value: words(stored), target: region.outside.name }, place(span)));
      reportedOutside.add(region.outside);
    }
  };
  const reportedOutside = new Set<object>();

  const visitStatement = (statement: Statement): void => {
    switch (statement.kind) {
      case "source":
      case "block":
        return statement.body.forEach(visitStatement);
      case "declare":
        if (statement.value !== undefined) visitExpression(statement.value);
        return;
      case "assign":
        visitExpression(statement.value);
        return refuseStore(statement.target, statement.value, statement.span);
      case "effect":
        return visitExpression(statement.value);
      case "if":
        visitExpression(statement.test);
        refuseUnsteady(
          statement.test,
          [statement.test],
          decides(statement.then) || (statement.else !== undefined && decides(statement.else)),
        );
        statement.then.forEach(visitStatement);
        return statement.else?.forEach(visitStatement);
      case "loop":
        statement.init.forEach(visitStatement);
        statement.before.forEach(visitStatement);
        if (statement.test !== undefined) visitExpression(statement.test);
        statement.update.forEach(visitStatement);
        return statement.body.forEach(visitStatement);
      case "forOf": {
        visitExpression(statement.iterable);
        return statement.body.forEach(visitStatement);
      }
      case "forIn":
        visitExpression(statement.object);
        return statement.body.forEach(visitStatement);
      case "switch":
        visitExpression(statement.discriminant);
        for (const clause of statement.cases) {
          if (clause.test !== undefined) visitExpression(clause.test);
          clause.body.forEach(visitStatement);
        }
        return;
      case "labelled":
        return visitStatement(statement.body);
      case "return":
        if (statement.value === undefined) return;
        visitExpression(statement.value);
        return refuseUnsteady(statement.value, [statement.value], carries(one.result));
      case "throw":
        visitExpression(statement.value);
        if (carries(value(statement.value))) {
          add(report.thrownValue({ value: words(statement.value) }, place(statement.span)));
        }
        return;
      case "try":
        statement.block.forEach(visitStatement);
        statement.handler?.forEach(visitStatement);
        return statement.finalizer?.forEach(visitStatement);
      case "declareFunction":
        return statement.function.body.forEach(visitStatement);
      default:
        return;
    }
  };
  one.form.body.forEach(visitStatement);

  // Memory without a shadow that became one with memory that has one, without a store that could be blamed.
  for (const [variable, held] of one.variables) {
    const region = regionOf(held);
    if (region?.outside === undefined || reportedOutside.has(region.outside) || !regionCarries(region)) continue;
    if (diagnostics.length > 0) continue;
    // The user's own name for it, where there is one.
    const named = [...one.variables].find(
      ([other, value]) =>
        other.role === "user" && other !== variable && other.module !== true && regionOf(value) === region,
    );
    const name = named?.[0].name ?? (variable.role === "user" ? variable.name : "a value");
    const target = region.outside.name;
    add(
      region.outside.kind === "module"
        ? report.capturedModuleVariable({ value: name, variable: target }, place(undefined))
        : report.inactiveTarget({ value: name, target }, place(undefined)),
    );
    reportedOutside.add(region.outside);
  }
  return diagnostics;
}
