/** Calls and constructions that would lose the tangent of an argument. */

import type { Diagnostic, Span } from "../../../api.ts";
import { type Place as MessagePlace, report } from "../../../diagnostics/messages.ts";
import { integerArrays } from "../../../frontend/types.ts";
import type { Call, ClassId, Expression, FunctionId, New, Variable } from "../../../ir/types.ts";
import { typeOf } from "../../../ir/typing.ts";
import { declaredBy, visitStatements } from "../../../ir/walk.ts";
import { isSupportName } from "../../../rules/index.ts";
import {
  arrayMethod,
  inertGlobals,
  inertMethods,
  isReporting,
  parsingGlobals,
  partsFunctions,
  readingMethods,
  spreadFunctions,
  textGlobals,
  textMethods,
} from "../../builtins.ts";
import { isDerivative, type Obstacle } from "../../derived/derive.ts";
import { implementationsOf } from "../methods.ts";
import { callSite } from "../solve.ts";
import { carries, heldFunction, regionCarries, regionOf } from "../values.ts";
import type { Refusals } from "./refusals.ts";

function obstructed(obstacle: Obstacle, place: MessagePlace): Diagnostic {
  return obstacle.kind === "unclear"
    ? report.derivativeUnclear(obstacle, place)
    : report.derivativeForm(obstacle, place);
}

/** The functions whose bodies a call may run. */
function targetsOf(cx: Refusals, call: Call): FunctionId[] {
  const { callee } = call;
  if (callee.kind === "function") return [callee.id];
  if (callee.kind === "superConstructor") return [callee.class_];
  const region = callee.kind === "method" ? regionOf(cx.value(callee.object)) : undefined;
  return region === undefined || callee.kind !== "method"
    ? []
    : implementationsOf(cx.solver, region, callee.name, "method");
}

/** More arguments than parameters: JavaScript drops them, unless the function looks for them in `arguments`. */
function refuseExtra(cx: Refusals, id: FunctionId, parts: readonly Expression[], callee: string): boolean {
  if (!cx.solver.library.usesArguments(id)) return false;
  const lost = parts.find((part) => carries(cx.value(part)));
  if (lost !== undefined) cx.add(report.extraArgument({ value: cx.words(lost), callee }, cx.place(lost.span)));
  return lost !== undefined;
}

/** Whether arguments of `new` go on, by a constructor that is not written, to a class whose source is not at hand. */
function goesToForeign(cx: Refusals, class_: ClassId): boolean {
  const { classes, form } = cx.solver.library;
  const base = classes.base(class_);
  if (base === undefined || base === "foreign") return base === "foreign" && form(class_)?.parameters.length === 0;
  return form(class_)?.parameters.length === 0 && goesToForeign(cx, base);
}

export function refuseNew(cx: Refusals, expression: New): void {
  const { constructor_: made, span } = expression;
  const parts = expression.arguments.map((part) => (part.kind === "spread" ? part.operand : part));
  if (expression.class_ !== undefined) {
    if (refuseExtra(cx, expression.class_, parts, made)) return;
    const given = parts.find((part) => carries(cx.value(part)));
    if (given !== undefined && goesToForeign(cx, expression.class_))
      return cx.add(
        report.unknownCallee({ value: cx.words(given), callee: `the class that ${made} extends` }, cx.place(span)),
      );
    const fine =
      !carries(cx.value(expression)) || cx.solver.library.classes.construction(expression.class_) !== undefined;
    if (!fine)
      cx.add(
        report.classUse(
          { construct: `The constructor of ${made}, which does more than to set fields once beside #private fields,` },
          cx.place(span),
        ),
      );
    return;
  }
  const active = parts.find((part) => carries(cx.value(part)));
  if (/Error$/.test(made)) {
    const cause = parts.slice(1).find((part) => carries(cx.value(part)));
    if (cause !== undefined)
      cx.add(report.tangentLost({ value: cx.words(cause), construct: "the cause of an error" }, cx.place(span)));
    return;
  }
  const views = regionOf(cx.value(expression))?.views;
  if (views !== undefined && views.size > 1 && carries(cx.value(expression))) {
    const construct = `a buffer that is seen as ${[...views].sort().join(" and as ")}`;
    return cx.add(report.tangentLost({ value: cx.words(expression), construct }, cx.place(span)));
  }
  if (
    active === undefined ||
    made === "ArrayBuffer" ||
    made === "Array" ||
    made === "Float64Array" ||
    made === "Float32Array"
  )
    return;
  if (integerArrays.has(made)) {
    if (regionOf(cx.value(active)) !== undefined) {
      cx.add(
        report.integerArrayWrite({ value: cx.words(active), array: cx.words(expression), type: made }, cx.place(span)),
      );
    }
    return;
  }
  if (/^(Weak)?(Map|Set)$/.test(made)) return cx.add(report.collection({ collection: made }, cx.place(span)));
  if (made === "Proxy") return cx.add(report.proxy(cx.place(span)));
  if (made === "Function") return cx.add(report.evaluatedCode({ callee: "new Function" }, cx.place(span)));
  cx.add(report.classUse({ construct: `new ${made}(…) with the active value ${cx.words(active)}` }, cx.place(span)));
}

export function refuseCall(cx: Refusals, call: Call): void {
  const { callee, span } = call;
  const parts = call.arguments.map((part) => (part.kind === "spread" ? part.operand : part));
  const active = parts.find((part) => carries(cx.value(part)));
  const obstacle = active === undefined ? undefined : cx.solver.library.obstacle(call);
  if (obstacle !== undefined) return cx.add(obstructed(obstacle, cx.place(span)));
  const extra = active === undefined ? [] : targetsOf(cx, call);
  for (const id of extra) {
    if (refuseExtra(cx, id, parts, call.callee.kind === "function" ? call.callee.name : cx.words(call))) return;
  }
  const tainted = parts.find((part) => cx.value(part).tainted);
  switch (callee.kind) {
    case "function": {
      const { rule } = callSite(cx.one, call);
      if (rule !== undefined) {
        parts.forEach((part, i) => {
          if (carries(cx.value(part)) && (rule.tangents[i] ?? "none") === "none") {
            cx.add(report.ruleWithoutTangent({ parameter: cx.words(part), rule: rule.name }, cx.place(span)));
          }
        });
        return;
      }
      const spread = call.arguments.find((part) => part.kind === "spread");
      const form = cx.solver.library.form(callee.id);
      const restAt = form?.parameters.findIndex((parameter) => parameter.rest) ?? -1;
      if (spread !== undefined && active !== undefined && (restAt < 0 || call.arguments.indexOf(spread) < restAt)) {
        cx.add(
          report.notYet(
            { construct: `A spread argument in the call of ${callee.name}` },
            cx.place(spread.span ?? span),
          ),
        );
      }
      // Why a derivative is no function is told where it was found.
      if (form === undefined && active !== undefined && !isDerivative(callee.id)) {
        cx.add(report.unknownCallee({ value: cx.words(active), callee: callee.name }, cx.place(span)));
      }
      return;
    }
    case "value": {
      const region = regionOf(cx.value(callee.function));
      const found = region !== undefined && (region.closures.size > 0 || region.functions.size > 0);
      // What a variable of the module holds is not known from how it is called.
      const foreign = region?.outside?.kind === "module" && !found;
      // Of a parameter of unknown type it is not known that it is a function that has a tangent.
      const untyped = !found && region?.template?.type.kind === "unknown";
      const known = found || (region?.signature !== undefined && !foreign && !untyped);
      if (region?.outside !== undefined && foreign) cx.reportedOutside.add(region.outside);
      if (!known && active === undefined && carries(cx.value(callee.function))) {
        const construct = "a call of a method under a computed name";
        return cx.add(report.tangentLost({ value: cx.words(callee.function), construct }, cx.place(span)));
      }
      if (known || active === undefined || cx.value(callee.function).missing === "only") return;
      const ambient = cx.solver.library.ambient(call);
      const callee_ = cx.words(callee.function);
      if (ambient !== undefined)
        cx.add(report.ambientCallee({ value: cx.words(active), callee: callee_, file: ambient }, cx.place(span)));
      else if (typeOf(callee.function).kind === "unknown")
        cx.add(report.anyCallee({ value: cx.words(active), callee: callee_ }, cx.place(span)));
      else cx.add(report.functionValue({ value: cx.words(active), callee: callee_ }, cx.place(span)));
      return;
    }
    case "method": {
      const holder = cx.value(callee.object);
      const region = regionOf(holder);
      if (textMethods.has(callee.name)) return;
      if (holder.tainted && readingMethods.has(callee.name)) {
        cx.add(report.stringRoundTrip({ value: cx.words(callee.object) }, cx.place(span)));
        return;
      }
      if (inertMethods.has(callee.name)) return;
      if (region !== undefined && implementationsOf(cx.solver, region, callee.name, "method").length > 0) return;
      const field = region && heldFunction(region, callee.name);
      if (field !== undefined && regionOf(field)?.signature !== undefined) return;
      const method = region === undefined ? undefined : arrayMethod(region.constructor_, callee.name);
      if (method !== undefined) {
        if (region?.constructor_ !== undefined && integerArrays.has(region.constructor_) && active !== undefined) {
          const writes = parts.find(
            (part, i) => (method.arguments[i] ?? method.rest) !== "index" && carries(cx.value(part)),
          );
          if (writes !== undefined) {
            const names = { value: cx.words(writes), array: cx.words(callee.object), type: region.constructor_ };
            cx.add(report.integerArrayWrite(names, cx.place(span)));
          }
        }
        parts.forEach((part, i) => {
          if (method.arguments[i] === "comparator") refuseComparator(cx, part, span);
        });
        return;
      }
      if (region === undefined && holder.missing === "only") return;
      // A function that some other makes, of which nothing is known, and that is called with active values.
      const given = regionOf(cx.value(call))?.signature;
      if (given !== undefined && [...given.parameters, given.result].some(carries)) {
        const names = { value: `what is made by .${callee.name}(…)`, callee: cx.words(call) };
        return cx.add(report.functionValue(names, cx.place(span)));
      }
      const lost = carries(holder) ? callee.object : active;
      if (lost !== undefined) {
        cx.add(
          report.tangentLost({ value: cx.words(lost), construct: `a call of .${callee.name}(…)` }, cx.place(span)),
        );
      }
      return;
    }
    case "global": {
      const { name: called } = callee;
      if (called === "fgrad:stopGradient" || isReporting(called) || inertGlobals.has(called)) return;
      if (spreadFunctions.has(called) || partsFunctions.has(called)) return;
      if (textGlobals.has(called)) return;
      if (parsingGlobals.has(called) || called === "Number") {
        const through = tainted ?? (called === "Number" ? undefined : active);
        if (through !== undefined) cx.add(report.stringRoundTrip({ value: cx.words(through) }, cx.place(span)));
        return;
      }
      if (active === undefined || isSupportName(called)) return;
      if (called === "eval" || called === "Function")
        return cx.add(report.evaluatedCode({ callee: called }, cx.place(span)));
      if (called.startsWith("Math.")) {
        return cx.add(report.notYet({ construct: `${called} with a spread argument` }, cx.place(span)));
      }
      const ambient = cx.solver.library.ambient(call);
      if (ambient !== undefined)
        cx.add(report.ambientCallee({ value: cx.words(active), callee: called, file: ambient }, cx.place(span)));
      else cx.add(report.unknownCallee({ value: cx.words(active), callee: called }, cx.place(span)));
      return;
    }
  }
}

/** Only the order that a comparator gives is used; it must not change anything active besides. */
function refuseComparator(cx: Refusals, comparator: Expression, span: Span | undefined): void {
  for (const { body } of regionOf(cx.value(comparator))?.closures ?? []) {
    const own = new Set<Variable>();
    visitStatements(body, (statement) => {
      for (const variable of declaredBy(statement)) own.add(variable);
      if (statement.kind !== "assign") return;
      const { target } = statement;
      const object =
        target.kind === "element" || target.kind === "field" ? regionOf(cx.value(target.object)) : undefined;
      const changed =
        target.kind === "variable"
          ? !own.has(target.variable) && carries(cx.value(target))
          : object && regionCarries(object);
      if (changed !== true) return;
      const construct = "a comparator, of which only the order is used";
      cx.add(report.tangentLost({ value: cx.words(statement), construct }, cx.place(statement.span ?? span)));
    });
  }
}
