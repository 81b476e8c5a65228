/**
 * Small functions that take or give tuples and objects are written out where they are called, so that what they would
 * allocate can become variables (see `simplify/scalars.ts`). Calls on numbers alone stay calls.
 */

import type { Block, Call, Expression, FunctionForm, Statement, Type, Variable } from "../../ir/types.ts";
import { blocksOf, expressionsOf, mapBlocks, mapExpressions, rewrite, visitExpression } from "../../ir/walk.ts";
import type { Instance } from "../activity/program.ts";
import { carries, find, type Value } from "../activity/values.ts";
import { countOf, sizeOf } from "../simplify/unroll.ts";
import { declaredVariables } from "../variables.ts";
import { shadowsOf } from "./calls.ts";
import { type Context, perLane, primalTemporary, refer } from "./context.ts";
import type { Dual } from "./expressions.ts";
import { differentiateInstanceForm } from "./functions.ts";
import { tangentText } from "./text.ts";

/** How long a function may be, and what it may come to with all that is written out in it. */
const mostStatements = 40;
const mostWritten = 300;
/** The same where it is called from this one place: its text only moves. */
const mostStatementsOnce = 200;
const mostWrittenOnce = 1000;
const mostDepth = 6;
const mostTurns = 8;

/** The call written out, or nothing where it stays a call. */
export function inlineCall(cx: Context, call: Call, target: Instance): Dual | undefined {
  const { form } = target;
  if (cx.again || cx.inlining.includes(target) || cx.inlining.length >= mostDepth) return undefined;
  if (form.span.file !== cx.one.form.span.file || form.memberOf !== undefined || form.overloaded) return undefined;
  // What it is made of may have no name, or another meaning, in another wrapper of the module.
  if (form.scope !== cx.one.form.scope) return undefined;
  if (call.arguments.length !== form.parameters.length || calls(target, target)) return undefined;
  if (call.arguments.some((part) => part.kind !== "variable" && part.kind !== "constant")) return undefined;
  const once = [...cx.one.calls.values()].filter((site) => site.target === target).length <= 1;
  if (!movesAggregates(target) || !isStraight(form, once ? mostStatementsOnce : mostStatements)) return undefined;

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
  const ended = withOneEnd(cx, target, flat(written.body));
  if (ended === undefined || sizeOf(ended.body) > (once ? mostWrittenOnce : mostWritten)) return undefined;
  const { body, given } = ended;

  const names = new Map<Variable, Expression>();
  for (const variable of declaredVariables(body))
    names.set(variable, { kind: "variable", variable: copied(cx, variable) });
  for (const [variable, copy] of names) {
    const primal = variable.primal && names.get(variable.primal);
    if (copy.kind !== "variable" || primal?.kind !== "variable") continue;
    names.set(variable, { ...copy, variable: { ...copy.variable, primal: primal.variable } });
  }
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
  const renamed = rename(body, names);
  const [primal, ...tangents] = given.map((element) => replaced(element, names));
  if (primal === undefined) return undefined;
  cx.out.push(...opening, ...renamed);
  return { primal, tangents: perLane(cx, (lane) => (carries(target.result) ? tangents[lane] : undefined)) };
}

/** Writing out one turn of a recursion would gain nothing. */
const calls = (one: Instance, target: Instance): boolean =>
  [...one.calls.values()].some((site) => site.target === target);

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
  // A view of any buffer may be assigned to it later, whatever the argument is a view of.
  const { type } = parameter;
  const view = parameter.reassigned && type.kind === "array" && type.constructor_ !== "Array";
  const variable: Variable = { ...copied(cx, parameter), ...(view && { annotated: true }) };
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

/** The statements ahead of the only return, and what it gives back: the value, and a tangent a lane. */
interface Ended {
  readonly body: readonly Statement[];
  readonly given: readonly Expression[];
}

/** A function that returns in several places leaves its result in variables instead. */
function withOneEnd(cx: Context, target: Instance, body: readonly Statement[]): Ended | undefined {
  const last = body.at(-1);
  const parts = last?.kind === "return" ? pairOf(last.value) : undefined;
  if (parts !== undefined && !body.slice(0, -1).some(returns)) return { body: body.slice(0, -1), given: parts };
  const { form } = target;
  if (form.typeParameters !== undefined) return undefined;
  const primal: Variable = {
    ...primalTemporary(cx, form.result, form.resultText),
    reassigned: true,
  };
  const text = tangentText(form.result, form.resultText, target.result);
  const tangents = perLane(cx, (): Variable => {
    const id = cx.nextId();
    const typeText = text === undefined ? {} : { typeText: text };
    return {
      ...{ id, name: `%${id}`, role: "tangent", type: form.result, reassigned: true, captured: false, primal },
      ...typeText,
    };
  });
  const results = [primal, ...(carries(target.result) ? tangents : [])];
  const written = endingIn(body, (value) => {
    if (value?.kind === "call" && cx.lanes === 1 && results.length === 2) {
      const [one, other] = results.map((result): Variable => {
        const id = cx.nextId();
        return { ...result, id, name: `%${id}`, reassigned: false };
      });
      if (one === undefined || other === undefined) return undefined;
      const tangent: Variable = { ...other, primal: one };
      return [{ kind: "declarePair", primal: one, tangent, value }, ...stores(results, [refer(one), refer(tangent)])];
    }
    const given = pairOf(value);
    return given && stores(results, given);
  });
  if (written === undefined) return undefined;
  return {
    body: [...results.map((variable): Statement => ({ kind: "declare", keyword: "let", variable })), ...written],
    given: results.map(refer),
  };
}

function stores(results: readonly Variable[], given: readonly Expression[]): Statement[] {
  // Tangents first, as everywhere.
  return results
    .flatMap((variable, i): Statement[] => {
      const value = given[i];
      return value === undefined ? [] : [{ kind: "assign", target: { kind: "variable", variable }, value }];
    })
    .reverse();
}

function pairOf(value: Expression | undefined): readonly Expression[] | undefined {
  if (value?.kind !== "array") return undefined;
  return value.elements.flatMap((element) => (element.kind === "spread" ? [] : [element]));
}

/** The statements with what `give` makes of each return, where all returns are at the end of their way through. */
function endingIn(
  block: readonly Statement[],
  give: (value: Expression | undefined) => readonly Statement[] | undefined,
): readonly Statement[] | undefined {
  const at = block.findIndex(returns);
  const statement = block[at];
  // Running off the end would leave the result without a value.
  if (statement === undefined) return block.at(-1)?.kind === "throw" ? block : undefined;
  const ahead = block.slice(0, at);
  const rest = block.slice(at + 1);
  if (statement.kind === "return") {
    const given = give(statement.value);
    return given && [...ahead, ...given];
  }
  if (statement.kind !== "if") return undefined;
  const otherwise = statement.else ?? [];
  const ends = leaves(statement.then);
  if (!ends && !leaves(otherwise)) return undefined;
  const then = endingIn(ends ? statement.then : [...statement.then, ...rest], give);
  const other = endingIn(ends ? [...otherwise, ...rest] : otherwise, give);
  if (then === undefined || other === undefined) return undefined;
  return [...ahead, { ...statement, then, else: other }];
}

function returns(statement: Statement): boolean {
  return statement.kind === "return" || blocksOf(statement).some((block) => block.some(returns));
}

function leaves(block: Block): boolean {
  const last = block.at(-1);
  if (last?.kind === "if") return last.else !== undefined && leaves(last.then) && leaves(last.else);
  return last?.kind === "return" || last?.kind === "throw";
}

/** Whether tuples, small arrays or objects go in or come out. Typed arrays stay what they are either way. */
function movesAggregates(target: Instance): boolean {
  const small = [target.result, ...target.parameters].some((value) => isAggregate(value) && isSmall(value));
  // What comes out is new, or was known before; what loops of few turns look at has few parts.
  return small || isAggregate(target.result) || (target.parameters.some(isAggregate) && hasLoop(target.form.body));
}

function isAggregate(value: Value): boolean {
  const region = value.region && find(value.region);
  return (
    region !== undefined && region.signature === undefined && !/^(Float|Int|Uint|Big)/.test(region.constructor_ ?? "")
  );
}

function hasLoop(block: Block): boolean {
  return block.some((statement) => statement.kind === "loop" || blocksOf(statement).some(hasLoop));
}

/** Parts are known by name: no element that stands for all. */
function isSmall(value: Value): boolean {
  const region = value.region && find(value.region);
  return region !== undefined && region.element === undefined && region.signature === undefined;
}

/** Short, with ifs and loops of a few turns on the way, and returns only at the ends. */
function isStraight(form: FunctionForm, most: number): boolean {
  if (form.parameters.some((parameter) => parameter.rest || parameter.optional || parameter.default !== undefined)) {
    return false;
  }
  if (form.parameters.some(({ variable }) => isOfSeveral(variable.type))) return false;
  let count = 0;
  const fine = (block: Block, inLoop: boolean): boolean =>
    block.every((statement) => {
      if (statement.kind === "source") return fine(statement.body, inLoop);
      count++;
      switch (statement.kind) {
        case "return":
          return !inLoop && statement.value !== undefined && expressionsOf(statement).every(isPlain);
        case "declare":
          return statement.keyword !== "var" && expressionsOf(statement).every(isPlain);
        case "assign":
        case "effect":
        case "throw":
          return expressionsOf(statement).every(isPlain);
        case "if":
          return isPlain(statement.test) && blocksOf(statement).every((inner) => fine(inner, inLoop));
        case "loop": {
          const turns = countOf(statement, lengthOfTuple)?.values.length ?? Number.POSITIVE_INFINITY;
          return turns <= mostTurns && blocksOf(statement).every((inner) => fine(inner, true));
        }
        case "block":
          return fine(statement.body, inLoop);
        default:
          return false;
      }
    });
  return fine(form.body, false) && count <= most;
}

const lengthOfTuple = ({ type }: Variable): number | undefined =>
  type.kind === "tuple" ? type.elements.length : undefined;

/** A parameter of several types is narrowed in the body, as an argument that is known to be one of them can't be. */
function isOfSeveral(type: Type): boolean {
  return type.kind === "unknown" || (type.kind === "union" && type.members.length > 1);
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
    if (found === undefined || node.kind !== "variable") return node;
    const mark = node.nonNull === true && found.kind === "variable" && { nonNull: true };
    return { ...found, ...(node.span && { span: node.span }), ...mark };
  });
}
