/**
 * Differentiate: a linear walk that puts the tangent beside each active value.
 *
 * Takes a lowered instance whose activity is solved. Guarantees: the primal's statements stay, in their order, each
 * once; tangents read operands before they change; statements that no tangent touches are the user's own text.
 * Forward-mode differentiation by source transformation (Griewank & Walther, Evaluating Derivatives, 3.1).
 */

import type { FunctionForm } from "../../ir/types.ts";
import type { Instance, Library } from "../activity/program.ts";
import type { Solver } from "../activity/solve.ts";
import { withoutUnusedFunctions } from "../unused.ts";
import { localVariables } from "../variables.ts";
import type { Context, Convention, Linkage } from "./context.ts";
import { differentiateInstanceForm } from "./functions.ts";

export interface Request {
  readonly instance: Instance;
  readonly name: string;
  readonly convention: Convention;
  readonly link: Linkage;
  readonly reserved: ReadonlySet<string>;
  /** Directions carried at once. */
  readonly lanes: number;
  /** Whether what comes out is to be normalised and differentiated again. */
  readonly again?: boolean;
  /** What names of tangents end with; `_t` when absent. */
  readonly suffix?: string;
}

export function differentiateInstance(
  request: Request,
  library: Library,
  solver: Solver,
  nextId: () => number,
): FunctionForm {
  const { instance } = request;
  // The names of a derivative's own tangents stand in nobody's source.
  const own = request.suffix === undefined ? [] : [...localVariables(instance.form)].map(({ name }) => name);
  const cx: Context = {
    solver,
    library,
    one: instance,
    link: request.link,
    nextId,
    reserved: own.length === 0 ? request.reserved : new Set([...request.reserved, ...own]),
    tangents: new Map(),
    lanes: request.lanes,
    lane: 0,
    again: request.again === true,
    suffix: request.suffix ?? "_t",
    optional: new Set(),
    inlining: [instance],
    definitions: new Map(),
    out: [],
    convention: request.convention,
    building: undefined,
    buildingText: "",
    result: instance.result,
    resultType: instance.form.result,
  };
  return withoutUnusedFunctions(differentiateInstanceForm(cx, request.name, request.convention));
}
