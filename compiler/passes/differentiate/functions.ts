/** Functions and their parameters: each active parameter is followed by its tangent. */

import { variableOfInitial } from "../../frontend/moduleVariables.ts";
import type { Expression, FunctionForm, Parameter, Statement, Type } from "../../ir/types.ts";
import { formResult, variableValue } from "../activity/solve.ts";
import { carries, regionOf, type Value } from "../activity/values.ts";
import { conventionOf } from "./calls.ts";
import {
  type Context,
  type Convention,
  forTangents,
  isActive,
  missingTangent,
  nothing,
  perLane,
  refer,
  tangentVariable,
  valueOf,
  zero,
} from "./context.ts";
import { shadowBase } from "./members.ts";
import { differentiateBlock } from "./statements.ts";
import { receiverText, tangentText } from "./text.ts";

/** A function nested in the instance at hand, called by the convention of its signature. */
export function differentiateFunction(cx: Context, form: FunctionForm, name: string): FunctionForm {
  const region = regionOf(valueOf(cx, { kind: "function", function: form }));
  const result = formResult(cx.one, form);
  const convention = conventionOf(
    region?.signature?.result ?? result,
    region?.signature?.crossing === true || cx.again,
  );
  return write(cx, form, name, convention, region?.signature?.result ?? result);
}

/** The instance's own function. */
export function differentiateInstanceForm(cx: Context, name: string, convention: Convention): FunctionForm {
  return write(cx, cx.one.form, name, convention, cx.one.result);
}

function write(cx: Context, form: FunctionForm, name: string, convention: Convention, result: Value): FunctionForm {
  const { convention: before, building, buildingText, result: outerResult, resultType } = cx;
  const outer = { convention: before, building, buildingText, result: outerResult, resultType };
  cx.convention = convention;
  cx.result = result;
  cx.resultType = form.result;
  const parameters = form.parameters.flatMap((parameter) => parametersOf(cx, parameter));
  const { receiver } = form;
  const builds = convention === "shadow" ? receiver : undefined;
  if (form.memberOf !== undefined) {
    // An object that is built as a whole is stored into as any other is.
    cx.building = form.memberOf.construction === "whole" ? undefined : builds;
    cx.buildingText =
      receiver === undefined ? "{}" : receiverText(receiver.type, variableValue(cx.one, receiver), cx.again);
  }
  const body: Statement[] = builds === undefined ? [] : shadowBase(cx, form, cx.buildingText);
  body.push(...differentiateBlock(cx, form.body));
  if (builds !== undefined) {
    if (isActive(cx, builds)) {
      const shadows = perLane(cx, () => refer(tangentVariable(cx, builds)));
      const [only] = shadows;
      const value: Expression | undefined = shadows.length === 1 ? only : { kind: "array", elements: shadows };
      if (value !== undefined) body.push({ kind: "return", value });
    } else {
      // Nothing of the object is active, and nobody asks for its shadow.
      const empty = perLane(cx, (): Expression => ({ kind: "object", properties: [] }));
      body.push({
        kind: "return",
        value: cx.lanes === 1 ? { kind: "object", properties: [] } : { kind: "array", elements: empty },
      });
    }
  } else if (receiver !== undefined && isActive(cx, receiver)) {
    const typeText = receiverText(receiver.type, variableValue(cx.one, receiver), cx.again);
    const shadows = perLane(cx, () => tangentVariable(cx, receiver));
    parameters.unshift(...shadows.map((variable) => ({ variable, typeText, optional: false, rest: false })));
  }
  if (convention === "public" && mayEndWithoutValue(form.result) && !endsInReturn(body)) {
    body.push({
      kind: "return",
      value: { kind: "array", elements: [nothing, ...perLane(cx, () => missingTangent(cx))] },
    });
  }
  Object.assign(cx, outer);
  const resultText = resultTextOf(cx, form, convention, result);
  const { resultText: _, ...rest } = form;
  return { ...rest, name, parameters, body, ...(resultText !== undefined && { resultText }) };
}

function parametersOf(cx: Context, parameter: Parameter): Parameter[] {
  const { variable } = parameter;
  // A rest parameter arrives as an array, so that its tangent can follow it.
  const plain: Parameter = { ...parameter, rest: false };
  if (!isActive(cx, variable)) return [parameter.rest ? plain : parameter];
  const text = tangentText(variable.type, undefined, variableValue(cx.one, variable));
  const scalar = text === "number";
  const optional = parameter.optional || parameter.default !== undefined;
  const { default: _, ...rest } = plain;
  const typeText =
    tangentText(variable.type, parameter.typeText, variableValue(cx.one, variable), cx.again, cx.lanes) ??
    parameter.typeText;
  const beside: Parameter[] = [];
  forTangents(cx, variable, (tangent) => {
    if (optional && !scalar) cx.optional.add(tangent);
    beside.push({
      ...rest,
      variable: tangent,
      typeText,
      optional: optional && !scalar,
      ...(optional && scalar && { default: zero }),
    });
  });
  return [plain, ...beside];
}

function resultTextOf(cx: Context, form: FunctionForm, convention: Convention, result: Value): string | undefined {
  const text = form.overloaded === true ? "any" : form.resultText;
  if (convention === "shadow") {
    const shadow =
      form.receiver === undefined
        ? "{}"
        : receiverText(form.receiver.type, variableValue(cx.one, form.receiver), cx.again);
    return cx.lanes === 1 ? shadow : `[${perLane(cx, () => shadow).join(", ")}]`;
  }
  if (convention === "none" || convention === "register") return text;
  if (text === undefined)
    return form.style === "arrow" ? `[${["any", ...perLane(cx, () => "any")].join(", ")}]` : undefined;
  if (text === "void") return `[undefined, ${perLane(cx, () => "undefined").join(", ")}]`;
  // The shadow of a module's variable holds what functions put into it.
  const beside =
    form.overloaded === true || variableOfInitial(form.id) !== undefined
      ? "any"
      : carries(result)
        ? (tangentText(form.result, text, result, false, cx.lanes) ?? text)
        : "undefined";
  return `[${text}, ${perLane(cx, () => beside).join(", ")}]`;
}

/** A function that must give back a number never comes to its end without one. */
const mayEndWithoutValue = (result: Type): boolean =>
  result.kind === "union"
    ? result.members.some(mayEndWithoutValue)
    : result.kind === "void" || result.kind === "undefined" || result.kind === "unknown";

/** Whether the end of a body can't be reached, as far as is plain to see. */
function endsInReturn(body: readonly Statement[]): boolean {
  const last = body[body.length - 1];
  if (last === undefined) return false;
  switch (last.kind) {
    case "return":
    case "throw":
      return true;
    case "source":
    case "block":
      return endsInReturn(last.body);
    case "verbatim":
      return /^(return|throw)\b/.test(last.origin.text);
    case "if":
      return last.else !== undefined && endsInReturn(last.then) && endsInReturn(last.else);
    case "switch":
      return last.cases.some((clause) => clause.test === undefined) && endsInReturn(last.cases.at(-1)?.body ?? []);
    case "try":
      return (
        (last.finalizer !== undefined && endsInReturn(last.finalizer)) ||
        (endsInReturn(last.block) && (last.handler === undefined || endsInReturn(last.handler)))
      );
    default:
      return false;
  }
}
