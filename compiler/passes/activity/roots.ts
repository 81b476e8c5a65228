/** The activity of a selected function's parameters: all that can carry, or what `wrt` names. */

import { canCarry } from "../../frontend/types.ts";
import type { FunctionForm, Parameter, Type } from "../../ir/types.ts";
import { makeRegion, type Value, valueOfType } from "./values.ts";

export function parameterValues(form: FunctionForm, wrt: readonly string[] | undefined): Value[] {
  return form.parameters.map((parameter) => {
    const { variable } = parameter;
    const type: Type = parameter.use === "number" ? { kind: "number" } : variable.type;
    if (wrt === undefined) return canCarry(type) ? valueOfType(type, undefined) : inactive(form, parameter);
    const below = wrt.flatMap((path) => {
      const [head, ...rest] = path.split(".");
      return head === variable.name ? [rest] : [];
    });
    if (below.length === 0) return inactive(form, parameter);
    return valueOfType(type, below.some((path) => path.length === 0) ? undefined : below);
  });
}

/** `this` of a selected method: inactive unless `wrt` names it, or a part of it. */
export function receiverValue(form: FunctionForm, wrt: readonly string[] | undefined): Value | undefined {
  const { receiver } = form;
  if (receiver === undefined) return undefined;
  const below = (wrt ?? []).flatMap((path) => {
    const [head, ...rest] = path.split(".");
    return head === "this" ? [rest] : [];
  });
  if (below.length > 0) return valueOfType(receiver.type, below.some((path) => path.length === 0) ? undefined : below);
  const value = inactive(form, { variable: receiver });
  if (receiver.type.kind === "object" && receiver.type.class_ !== undefined)
    value.region?.classes.add(receiver.type.class_);
  return value;
}

/** Memory of an inactive parameter has no shadow; a store of an active value into it is refused. */
function inactive(form: FunctionForm, { variable, use }: Pick<Parameter, "variable" | "use">): Value {
  const { type } = variable;
  const holdsMemory =
    type.kind === "array" ||
    type.kind === "tuple" ||
    type.kind === "object" ||
    type.kind === "union" ||
    use === "memory";
  const name = variable.role === "user" ? variable.name : `a parameter of ${form.name}`;
  const region = holdsMemory
    ? makeRegion({
        outside: { kind: "parameter", name },
        constructor_: type.kind === "array" ? type.constructor_ : undefined,
      })
    : undefined;
  return { active: false, tainted: false, region };
}
