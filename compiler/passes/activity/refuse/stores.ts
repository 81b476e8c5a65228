/** Stores, opaque source and unsteady values (random numbers, clocks) that would lose a tangent or make one wrong. */

import type { Span } from "../../../api.ts";
import { report } from "../../../diagnostics/messages.ts";
import { integerArrays } from "../../../frontend/types.ts";
import type { Block, Expression, Opaque, Place } from "../../../ir/types.ts";
import { visitStatements } from "../../../ir/walk.ts";
import { computedMember, unknownThis } from "../../builtins.ts";
import { variableValue } from "../solve.ts";
import { carries, regionOf } from "../values.ts";
import type { Refusals } from "./refusals.ts";

/** A random number or a clock beside an active value, or deciding about one. */
export function refuseUnsteady(
  cx: Refusals,
  whole: { readonly span?: Span },
  parts: readonly Expression[],
  active = false,
): void {
  const source = parts.map(cx.value).find((part) => part.unsteady !== undefined && !carries(part))?.unsteady;
  if (source === undefined || !(active || parts.some((part) => carries(cx.value(part))))) return;
  cx.add(report.unsteadyValue({ value: cx.words(whole), source }, cx.place(whole.span)));
}

/** Whether statements give an active variable or place a value, or return one. */
export function decides(cx: Refusals, block: Block): boolean {
  let found = false;
  visitStatements(block, (statement) => {
    if (statement.kind === "assign") {
      const { target } = statement;
      found ||= target.kind !== "register" && carries(cx.value(target));
    }
    if (statement.kind === "return") found ||= carries(cx.one.result);
  });
  return found;
}

export function refuseOpaque(cx: Refusals, expression: Opaque): void {
  const place_ = cx.place(expression.span);
  if (expression.what === unknownThis) return cx.add(report.notYet({ construct: unknownThis }, place_));
  const harmless =
    expression.pure &&
    (expression.type.kind === "string" || expression.type.kind === "boolean" || expression.type.kind === "undefined");
  for (const variable of expression.reads) {
    if (!carries(variableValue(cx.one, variable)) || harmless) continue;
    if (expression.what === computedMember) {
      cx.add(report.computedMathMember({ expression: cx.words(expression) }, place_));
      return;
    }
    cx.add(report.tangentLost({ value: variable.name, construct: expression.what }, place_));
    return;
  }
  for (const variable of expression.writes) {
    if (carries(variableValue(cx.one, variable))) {
      cx.add(report.tangentLost({ value: variable.name, construct: expression.what }, place_));
      return;
    }
  }
}

export function refuseStore(cx: Refusals, target: Place, stored: Expression, span: Span | undefined): void {
  const held = cx.value(stored);
  if (target.kind !== "register") refuseUnsteady(cx, { ...(span && { span }) }, [stored], carries(cx.value(target)));
  if (target.kind === "variable") {
    const shadowed = cx.one.globalOf(target.variable) !== undefined;
    if (target.variable.module === true && !shadowed && carries(held)) {
      cx.add(report.escapesToModule({ value: cx.words(stored), target: target.variable.name }, cx.place(span)));
    }
    return;
  }
  if (target.kind === "register") return;
  const object = cx.value(target.object);
  const region = regionOf(object);
  if (!carries(held)) return;
  if (region === undefined) {
    cx.add(
      report.tangentLost(
        { value: cx.words(stored), construct: `a store into ${cx.words(target.object)}` },
        cx.place(span),
      ),
    );
    return;
  }
  if (region.constructor_ !== undefined && integerArrays.has(region.constructor_)) {
    const names = { value: cx.words(stored), array: cx.words(target.object), type: region.constructor_ };
    cx.add(report.integerArrayWrite(names, cx.place(span)));
  } else if (region.outside?.kind === "module") {
    cx.add(report.escapesToModule({ value: cx.words(stored), target: region.outside.name }, cx.place(span)));
    cx.reportedOutside.add(region.outside);
  } else if (region.outside?.kind === "parameter") {
    cx.add(report.inactiveTarget({ value: cx.words(stored), target: region.outside.name }, cx.place(span)));
    cx.reportedOutside.add(region.outside);
  }
}
