/**
 * Small functions that take or give tuples and objects are written out where they are called, so that what they would
 * allocate can become variables (see `simplify/scalars.ts`). Calls on numbers alone stay calls.
 */

import type { Block, Call, Expression, FunctionForm, Statement, Variable } from "../../ir/types.ts";
import { blocksOf, expressionsOf, mapBlocks, mapExpressions, rewrite, visitExpression } from "../../ir/walk.ts";
import type { Instance } from "../activity/program.ts";
import { carries, find, type Value } from "../activity/values.ts";
import { declaredVariables } from "../variables.ts";
import { shadowsOf } from "./calls.ts";
import { type Context, perLane } from "./context.ts";
import type { Dual } from "./expressions.ts";
import { differentiateInstanceForm } from "./functions.ts";

const mostStatements = 40;
const mostDepth = 4;

/** The call written out, or nothing where it stays a call. */
export function inlineCall(cx: Context, call: Call, target: Instance): Dual | undefined {
  const { form } = target;
  if (cx.again || cx.inlining.includes(target) || cx.inlining.length >= mostDepth) return undefined;
  if (form.span.file !== cx.one.form.span.file || form.memberOf !== undefined) return undefined;
  if (call.arguments.length !== form.parameters.length) return undefined;
  if (call.arguments.some((part) => part.kind !== "variable" && part.kind !== "constant")) return undefined;
  if (!movesAggregates(target) || !isStraight(form)) return undefined;

  const inner: Context = {
    ...cx,
    one: target,
    tangents: new Map(),
    definitions: new Map(),
    out: [],
    inlining: [...cx.inlining, target],
    result: target.result,
    resultType: form.result,
  };
  const written = differentiateInstanceForm(inner, "", "pair");
  const body = flat(written.body);
  const last = body.at(-1);
  const given = last?.kind === "return" ? last.value : undefined;
  if (last?.kind !== "return" || given?.kind !== "array" || given.elements.some((one) => one.kind === "spread")) {
    return undefined;
  }

  const names = new Map<Variable, Expression>();
  for (const variable of declaredVariables(body))
    names.set(variable, { kind: "variable", variable: copied(cx, variable) });
  const opening: Statement[] = [];
  let at = 0;
  form.parameters.forEach((_, i) => {
    const part = call.arguments[i];
    const value = target.parameters[i];
    if (part === undefined || part.kind === "spread") return;
    const active = value !== undefined && carries(value);
    for (const argument of [part, ...(active ? shadowsOf(cx, part, value) : [])]) {
      const parameter = written.parameters[at++];
      if (parameter !== undefined && argument.kind !== "spread") bind(cx, parameter.variable, argument, names, opening);
    }
  });
  const renamed = rename(body.slice(0, -1), names);
  const [primal, ...tangents] = given.elements.map((element) => replaced(element as Expression, names));
  if (primal === undefined) return undefined;
  cx.out.push(...opening, ...renamed);
  return { primal, tangents: perLane(cx, (lane) => (carries(target.result) ? tangents[lane] : undefined)) };
}

/** A parameter stands for its argument, unless one of them may change while the other should not. */
function bind(
  cx: Context,
  parameter: Variable,
  argument: Expression,
  names: Map<Variable, Expression>,
  opening: Statement[],
): void {
  const steady =
    argument.kind === "constant" ||
    (argument.kind === "variable" && !argument.variable.captured && argument.variable.module !== true);
  if (steady && !parameter.reassigned) {
    names.set(parameter, argument);
    return;
  }
  const variable = copied(cx, parameter);
  names.set(parameter, { kind: "variable", variable });
  opening.push({ kind: "declare", keyword: parameter.reassigned ? "let" : "const", variable, value: argument });
}

/** A variable of the called function among those of the caller. */
function copied(cx: Context, variable: Variable): Variable {
  const { annotated: _, ...rest } = variable;
  const id = cx.nextId();
  const isTangent = variable.role === "tangent";
  const name = isTangent || variable.name.startsWith("%") ? `%${id}` : variable.name;
  return { ...rest, id, name, role: isTangent ? "tangent" : "temporary" };
}

/** Whether tuples, small arrays or objects go in or come out. Typed arrays stay what they are either way. */
function movesAggregates(target: Instance): boolean {
  return [target.result, ...target.parameters].some((value) => {
    const region = value.region && find(value.region);
    return region !== undefined && !/^(Float|Int|Uint|Big)/.test(region.constructor_ ?? "") && isSmall(value);
  });
}

/** Parts are known by name: no element that stands for all. */
function isSmall(value: Value): boolean {
  const region = value.region && find(value.region);
  return region !== undefined && region.element === undefined && region.signature === undefined;
}

/** One way through, with at most an `if` on it, and one return at its end. */
function isStraight(form: FunctionForm): boolean {
  if (form.parameters.some((parameter) => parameter.rest || parameter.optional || parameter.default !== undefined)) {
    return false;
  }
  let count = 0;
  const fine = (block: Block, top: boolean): boolean =>
    block.every((statement, i) => {
      if (statement.kind === "source") return fine(statement.body, top && i === block.length - 1);
      count++;
      switch (statement.kind) {
        case "return":
          return top && i === block.length - 1;
        case "declare":
          return statement.keyword !== "var" && expressionsOf(statement).every(isPlain);
        case "assign":
        case "effect":
        case "throw":
          return expressionsOf(statement).every(isPlain);
        case "if":
          return isPlain(statement.test) && blocksOf(statement).every((inner) => fine(inner, false));
        case "block":
          return fine(statement.body, false);
        default:
          return false;
      }
    });
  const last = flat(form.body).at(-1);
  return fine(form.body, true) && last?.kind === "return" && last.value !== undefined && count <= mostStatements;
}

/** Nothing that is bound to its place: closures, or text of the user's with names in it. */
function isPlain(expression: Expression): boolean {
  let plain = true;
  visitExpression(expression, (node) => {
    if (node.kind === "function" || node.kind === "opaque") plain = false;
  });
  return plain;
}

/** The statements without the frames of the user's own ones, whose text does not belong here. */
function flat(block: Block): Statement[] {
  return block.flatMap((statement): Statement[] => {
    if (statement.kind === "source") return flat(statement.body);
    if (statement.kind === "verbatim" && statement.lowered !== undefined) return flat(statement.lowered);
    return [mapBlocks(statement, flat)];
  });
}

function rename(block: Block, names: ReadonlyMap<Variable, Expression>): Statement[] {
  return block.map((statement) => {
    const mapped = mapExpressions(
      mapBlocks(statement, (inner) => rename(inner, names)),
      (expression) => replaced(expression, names),
    );
    if (mapped.kind === "declare") return { ...mapped, variable: variableFor(mapped.variable, names) };
    if (mapped.kind === "declarePair") {
      return {
        ...mapped,
        ...(mapped.primal !== undefined && { primal: variableFor(mapped.primal, names) }),
        ...(mapped.tangent !== undefined && { tangent: variableFor(mapped.tangent, names) }),
      };
    }
    if (mapped.kind === "assign" && mapped.target.kind === "variable") {
      return { ...mapped, target: { ...mapped.target, variable: variableFor(mapped.target.variable, names) } };
    }
    return mapped;
  });
}

function variableFor(variable: Variable, names: ReadonlyMap<Variable, Expression>): Variable {
  const found = names.get(variable);
  return found?.kind === "variable" ? found.variable : variable;
}

function replaced(expression: Expression, names: ReadonlyMap<Variable, Expression>): Expression {
  return rewrite(expression, (node) => {
    const found = node.kind === "variable" ? names.get(node.variable) : undefined;
    return found === undefined ? node : { ...found, ...(node.span && { span: node.span }) };
  });
}
