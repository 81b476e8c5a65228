/** The activity of a selected function's parameters: all that can carry, or what `wrt` names. */

import { canCarry } from "../../frontend/types.ts";
import type { FunctionForm } from "../../ir/types.ts";
import { makeRegion, type Value, valueOfType } from "./values.ts";

export function parameterValues(form: FunctionForm, wrt: readonly string[] | undefined): Value[] {
  return form.parameters.map((parameter) => {
    const { variable } = parameter;
    if (wrt === undefined) return canCarry(variable.type) ? valueOfType(variable.type, undefined) : inactive(form, variable);
    const below = wrt.flatMap((path) => {
      const [head, ...rest] = path.split(".");
      return head === variable.name ? [rest] : [];
    });
    if (below.length === 0) return inactive(form, variable);
    return valueOfType(variable.type, below.some((path) => path.length === 0) ? undefined : below);
  });
}

/** Memory of an inactive parameter has no shadow; a store of an active value into it is refused. */
function inactive(form: FunctionForm, variable: FunctionForm["parameters"][number]["variable"]): Value {
  const { type } = variable;
  const holdsMemory = type.kind === "array" || type.kind === "tuple" || type.kind === "object" || type.kind === "union";
  const name = variable.role === "user" ? variable.name : `a parameter of ${form.name}`;
  const region = holdsMemory
    ? makeRegion({ outside: { kind: "parameter", name }, constructor_: type.kind === "array" ? type.constructor_ : undefined })
    : undefined;
  return { active: false, tainted: false, region };
}
