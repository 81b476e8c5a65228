/** The tangent beside each statement. The tangent of a store comes before the store, while operands are as they were. */

import type { Span } from "../../api.ts";
import { isScalar, mayBeNothing } from "../../frontend/types.ts";
import { effectsOf } from "../../ir/effects.ts";
import type { Assign, Atom, Block, Declare, Expression, ForOf, Return, Statement, Variable } from "../../ir/types.ts";
import { typeOf } from "../../ir/typing.ts";
import { visitExpression } from "../../ir/walk.ts";
import { carries, regionOf } from "../activity/values.ts";
import {
  type Context,
  forTangents,
  isActive,
  missingTangent,
  nothing,
  perLane,
  primalTemporary,
  refer,
  tangentOfAtom,
  tangentVariable,
  valueOf,
  zero,
  zeroFor,
  zeroIn,
} from "./context.ts";
import {
  atomOf,
  type Dual,
  differentiate,
  isActivePlace,
  isLength,
  present,
  presentFor,
  shadowPlace,
} from "./expressions.ts";
import { differentiateFunction } from "./functions.ts";
import { storeBySetter, storesReadonly, storesToReceiver, superShadow } from "./members.ts";
import { tangentText } from "./text.ts";
import { needsTangent, verbatim } from "./verbatim.ts";

export function differentiateBlock(cx: Context, block: Block): Block {
  const outer = cx.out;
  const inner: Statement[] = [];
  cx.out = inner;
  for (const statement of block) differentiateStatement(cx, statement);
  cx.out = outer;
  return inner;
}

function differentiateStatement(cx: Context, statement: Statement): void {
  const block = (body: Block): Block => differentiateBlock(cx, body);
  switch (statement.kind) {
    case "source": {
      if (needsTangent(cx, statement) || storesToReceiver(cx, statement) || storesReadonly(statement)) {
        const origin = cx.again ? { ...statement.origin, rewritten: true } : statement.origin;
        cx.out.push({ ...statement, origin, body: block(statement.body) });
      } else cx.out.push(cx.again ? statement : verbatim(statement));
      return;
    }
    case "declare":
      return declare(cx, statement);
    case "assign":
      return assign(cx, statement);
    case "effect": {
      if (statement.value.kind === "call" && statement.value.callee.kind === "superConstructor") {
        cx.out.push(...superShadow(cx, statement.value, cx.buildingText));
        return;
      }
      // Of an operation for its effect, nobody asks for the tangent.
      if (statement.value.kind !== "call") {
        cx.out.push(statement);
        return;
      }
      const { primal, tangents } = differentiate(cx, statement.value, noResult);
      if (primal.kind !== "constant" && primal.kind !== "variable") cx.out.push({ ...statement, value: primal });
      for (const tangent of tangents) if (tangent?.kind === "call") cx.out.push({ ...statement, value: tangent });
      return;
    }
    case "if":
      cx.out.push({
        ...statement,
        then: block(statement.then),
        ...(statement.else !== undefined && { else: block(statement.else) }),
      });
      return;
    case "loop":
      cx.out.push({
        ...statement,
        init: block(statement.init),
        before: block(statement.before),
        update: block(statement.update),
        body: block(statement.body),
      });
      return;
    case "forOf":
      return forOf(cx, statement);
    case "forIn":
      cx.out.push({ ...statement, body: block(statement.body) });
      return;
    case "switch":
      cx.out.push({ ...statement, cases: statement.cases.map((clause) => ({ ...clause, body: block(clause.body) })) });
      return;
    case "labelled": {
      const inner = block([statement.body]);
      const last = inner[inner.length - 1];
      if (last === undefined) return;
      cx.out.push(...inner.slice(0, -1), { ...statement, body: last });
      return;
    }
    case "block":
      cx.out.push({ ...statement, body: block(statement.body) });
      return;
    case "return":
      return giveBack(cx, statement);
    case "try":
      cx.out.push({
        ...statement,
        block: block(statement.block),
        ...(statement.handler !== undefined && { handler: block(statement.handler) }),
        ...(statement.finalizer !== undefined && { finalizer: block(statement.finalizer) }),
      });
      return;
    case "declareFunction": {
      cx.out.push(statement);
      if (!isActive(cx, statement.variable)) return;
      const variable = tangentVariable(cx, statement.variable);
      cx.out.push({
        ...statement,
        variable,
        function: differentiateFunction(cx, statement.function, variable.name),
      });
      return;
    }
    default:
      cx.out.push(statement);
  }
}

const noResult = (): Atom => {
  throw new Error("the value of a statement is not at hand");
};

function declare(cx: Context, statement: Declare): void {
  const { variable, value, keyword } = statement;
  if (value === undefined) {
    cx.out.push(statement);
    // What may be read before it is stored is read as nothing; its tangent then is zero.
    const unset = mayBeNothing(variable.type) && isScalar(variable.type) && { value: zeroFor(undefined) };
    if (isActive(cx, variable))
      forTangents(cx, variable, (tangent) => cx.out.push({ ...statement, variable: tangent, ...unset }));
    return;
  }
  const { primal, tangents } = differentiate(cx, value, () => refer(variable));
  if (variable.role === "temporary") cx.definitions.set(variable, value);
  cx.out.push({ ...statement, value: primal });
  if (!isActive(cx, variable)) return;
  const beside = tangents.map((tangent) => tangent && asPresent(cx, presentFor(tangent, value, variable), variable));
  forTangents(cx, variable, (tangent, lane) => {
    cx.out.push({ ...statement, keyword, variable: tangent, value: beside[lane] ?? zeroIn(tangent, value) });
  });
}

/** What a method takes out of a shadow is there when the array's own is, which the type checker can't see. */
function asPresent(cx: Context, tangent: Expression, { type }: Variable): Expression {
  if (tangent.kind !== "call" || tangent.callee.kind !== "method" || type.kind !== "union") return tangent;
  const members = type.members.filter(({ kind }) => kind !== "undefined" && kind !== "null");
  const [only] = members;
  if (only === undefined || members.length === type.members.length) return tangent;
  const text = tangentText(members.length === 1 ? only : { kind: "union", members }, undefined);
  if (text === undefined) return tangent;
  const held: Variable = { ...primalTemporary(cx, type), role: "tangent" };
  const span = tangent.span && { span: tangent.span };
  cx.out.push({ kind: "declare", keyword: "const", variable: held, value: tangent, ...span });
  return { kind: "as", operand: refer(held), type: text, ...span };
}

function assign(cx: Context, statement: Assign): void {
  const { target } = statement;
  const stores = storeBySetter(cx, statement) !== undefined;
  const setter = stores ? storeBySetter(cx, { ...statement, value: argument(cx, statement.value) }) : undefined;
  if (setter !== undefined) {
    cx.out.push({ kind: "effect", value: setter, ...(statement.span && { span: statement.span }) });
    return;
  }
  const built = storesToReceiver(cx, statement);
  const active =
    target.kind === "variable"
      ? isActive(cx, target.variable)
      : target.kind === "element"
        ? isActivePlace(cx, target.object, target.index)
        : target.kind === "field" && isActivePlace(cx, target.object, target.name);
  const dual = withNamedResult(cx, statement.value);
  if (!active) {
    if (!built) cx.out.push({ ...statement, value: dual.primal });
    return;
  }
  const maybe = target.kind === "variable" && isScalar(target.variable.type) && mayBeNothing(target.variable.type);
  // `primalFirst`: the tangent is read out of what the primal leaves; then both are named before either is stored.
  let { primal, tangents } = dual.primalFirst === true ? namedDual(cx, dual, statement.span, maybe) : dual;
  if (target.kind === "field" && isLength(cx, target)) {
    // The shadow is shortened (or lengthened) with its array.
    primal = atomFor(cx, primal);
    const length = primal;
    tangents = perLane(cx, () => length);
  }
  const store = (place: Assign["target"], lane: number): void => {
    const nought =
      place.kind === "variable" ? zeroIn(place.variable, statement.value) : zeroAt(target, statement.value);
    cx.out.push({ ...statement, target: place, value: tangents[lane] ?? nought });
  };
  // What is called may look at the tangent, or throw before there is anything to store.
  const after = !built && tangents.every((tangent) => tangent === undefined) && interferes(primal);
  if (after) cx.out.push({ ...statement, value: primal });
  if (target.kind === "variable")
    forTangents(cx, target.variable, (variable, lane) => store({ ...target, variable }, lane));
  else perLane(cx, (lane) => store(tangentPlace(cx, target), lane));
  if (!built && !after) cx.out.push({ ...statement, value: primal });
}

/** Whether evaluating a value runs code that could use the tangents around it, or ends in an exception. */
function interferes(value: Expression): boolean {
  const effects = effectsOf(value);
  return effects.calls || effects.throws === "any";
}

/** The zero for a place in memory: where a number that is missing is stored, as in variables. */
const zeroAt = (target: Assign["target"], value: Expression): Expression =>
  isScalar(typeOf(target)) ? zero : zeroFor(value);

/** A value as an argument beside which its tangent can stand: named, with its tangent, when it is no atom. */
function argument(cx: Context, value: Expression): Expression {
  if (value.kind === "constant" || value.kind === "variable") return value;
  const variable = primalTemporary(cx, typeOf(value));
  cx.one.variables.set(variable, valueOf(cx, value));
  declare(cx, { kind: "declare", keyword: "const", variable, value, ...(value.span && { span: value.span }) });
  return refer(variable);
}

/**
 * Value and tangents in variables, in the order in which they can be had. `maybe`: a number that may be missing, whose
 * tangent then is zero.
 */
function namedDual(cx: Context, dual: Dual, span: Span | undefined, maybe = false): Dual {
  const at = span && { span };
  const held = primalTemporary(cx, { kind: "number" });
  cx.out.push({ kind: "declare", keyword: "const", variable: held, value: dual.primal, ...at });
  const tangents = dual.tangents.map((value) => {
    if (value === undefined) return undefined;
    const variable: Variable = { ...primalTemporary(cx, { kind: "number" }), role: "tangent", primal: held };
    // What a method takes out of a shadow.
    const taken = maybe && value.kind === "call" && value.callee.kind === "method";
    const given: Expression = taken ? { kind: "logical", operator: "??", left: value, right: zero } : value;
    cx.out.push({ kind: "declare", keyword: "const", variable, value: given, ...at });
    return refer(variable);
  });
  return { primal: refer(held), tangents };
}

function tangentPlace(cx: Context, target: Assign["target"]): Assign["target"] {
  if (target.kind === "variable") return { ...target, variable: tangentVariable(cx, target.variable) };
  if (target.kind === "register") return target;
  const object = target.object.kind === "variable" ? tangentOfAtom(cx, target.object) : undefined;
  if (object === undefined) throw new Error("a store into active memory without a shadow");
  return shadowPlace(cx, target.kind === "field" ? { ...target, readonly: false } : target, present(object));
}

/** A value for a place that is no new variable: where a rule needs the result, it is named first. */
function withNamedResult(cx: Context, value: Expression): Dual {
  const held = primalTemporary(cx, { kind: "number" });
  let wanted = false;
  const dual = differentiate(cx, value, () => refer(held));
  for (const tangent of dual.tangents) {
    if (tangent === undefined) continue;
    visitExpression(tangent, (node) => {
      if (node.kind === "variable" && node.variable === held) wanted = true;
    });
  }
  if (!wanted) return dual;
  cx.out.push({
    kind: "declare",
    keyword: "const",
    variable: held,
    value: dual.primal,
    ...(value.span && { span: value.span }),
  });
  return { primal: refer(held), tangents: dual.tangents };
}

/** A walk over an active array, element by element as its iterator would, with the shadow beside it. */
function forOf(cx: Context, statement: ForOf): void {
  const region = regionOf(valueOf(cx, statement.iterable));
  const { variable, span } = statement;
  if (region === undefined || !isActive(cx, variable) || !carries({ active: false, tainted: false, region })) {
    const body = differentiateBlock(cx, statement.body);
    if (!isActive(cx, variable)) {
      cx.out.push({ ...statement, body });
      return;
    }
    const tangents: Declare[] = [];
    forTangents(cx, variable, (tangent) => {
      tangents.push({ kind: "declare", keyword: statement.keyword, variable: tangent, value: zeroFor(undefined) });
    });
    cx.out.push({ ...statement, body: [...tangents, ...body] });
    return;
  }
  const index: Variable = { ...primalTemporary(cx, { kind: "number" }), reassigned: true };
  const at = refer(index);
  let array = atomOf(cx, statement.iterable);
  let shadows = perLane(cx, () => tangentOfAtom(cx, array));
  if (array.kind === "variable" && array.variable.reassigned) {
    const held = primalTemporary(cx, array.variable.type);
    cx.out.push({ kind: "declare", keyword: "const", variable: held, value: array });
    shadows = shadows.map((shadow) => {
      if (shadow === undefined) return undefined;
      const heldShadow: Variable = { ...primalTemporary(cx, held.type), role: "tangent", primal: held };
      cx.out.push({ kind: "declare", keyword: "const", variable: heldShadow, value: shadow });
      return refer(heldShadow);
    });
    array = refer(held);
  }
  const element: Declare = {
    kind: "declare",
    keyword: statement.keyword,
    variable,
    value: {
      kind: "element",
      object: array,
      index: at,
      within: true,
      ...(statement.iterable.span && { span: statement.iterable.span }),
    },
    ...(span && { span }),
  };
  const slopes: Declare[] = [];
  forTangents(cx, variable, (tangent, lane) => {
    const shadow = shadows[lane];
    if (shadow === undefined) return;
    const read = { kind: "element", object: shadow, index: at, within: true } as const;
    slopes.push({
      kind: "declare",
      keyword: statement.keyword,
      variable: tangent,
      value: { ...read, ...(statement.iterable.span && { span: statement.iterable.span }) },
      ...(span && { span }),
    });
  });
  cx.out.push({
    kind: "loop",
    form: "for",
    init: [{ kind: "declare", keyword: "let", variable: index, value: { kind: "constant", value: 0 } }],
    before: [],
    test: { kind: "binary", operator: "<", left: at, right: { kind: "field", object: array, name: "length" } },
    update: [
      {
        kind: "assign",
        target: { kind: "variable", variable: index },
        value: { kind: "binary", operator: "+", left: at, right: { kind: "constant", value: 1 } },
      },
    ],
    body: [element, ...slopes, ...differentiateBlock(cx, statement.body)],
    ...(span && { span }),
  });
}

function giveBack(cx: Context, statement: Return): void {
  const { value } = statement;
  const span = statement.span && { span: statement.span };
  if (cx.convention === "none" || (value === undefined && cx.convention === "register")) {
    if (value === undefined) cx.out.push(statement);
    else cx.out.push({ ...statement, value: differentiate(cx, value, noNamed(cx)).primal });
    return;
  }
  if (value === undefined) {
    const elements = [nothing, ...perLane(cx, () => missingTangent(cx))];
    cx.out.push({ ...statement, value: { kind: "array", elements } });
    return;
  }
  const active = carries(cx.result);
  const dual = withNamedResult(cx, value);
  // A call that gives a pair back is handed on as it is.
  const last = cx.out.at(-1);
  if (
    active &&
    cx.convention !== "register" &&
    last?.kind === "declarePair" &&
    last.tangent !== undefined &&
    isReference(dual.primal, last.primal) &&
    isReference(dual.tangents[0], last.tangent)
  ) {
    cx.out.pop();
    cx.out.push({ ...statement, value: last.value });
    return;
  }
  if (cx.convention === "register") {
    const register = cx.link.register(undefined);
    // A call by the same convention leaves its tangent where ours belongs.
    const [first] = dual.tangents;
    if (dual.primalFirst === true && first?.kind === "register" && first.name === register) {
      cx.out.push({ ...statement, value: dual.primal });
      return;
    }
    const { primal, tangents } =
      dual.primalFirst === true || interferes(dual.primal) ? namedDual(cx, dual, statement.span) : dual;
    perLane(cx, (lane) => {
      const target = { kind: "register", name: register, lane } as const;
      cx.out.push({ kind: "assign", target, value: tangents[lane] ?? zero, ...span });
    });
    cx.out.push({ ...statement, value: primal });
    return;
  }
  const primal = atomFor(cx, dual.primal);
  const slopes = dual.tangents.map((given): Expression => {
    const there = mayBeNothing(cx.resultType) ? given : present(given);
    const tangent = active ? (there ?? (cx.result.active ? zero : zeroFor(value))) : nothing;
    return tangent.kind === "constant" || tangent.kind === "variable" ? tangent : tangentFor(cx, tangent, primal);
  });
  cx.out.push({ ...statement, value: { kind: "array", elements: [primal, ...slopes], ...span } });
}

const isReference = (value: Expression | undefined, variable: Variable | undefined): boolean =>
  value?.kind === "variable" && value.variable === variable;

const noNamed = (cx: Context) => (): Atom => refer(primalTemporary(cx, { kind: "number" }));

function atomFor(cx: Context, value: Expression): Atom {
  if (value.kind === "constant" || value.kind === "variable") return value;
  const held = primalTemporary(cx, cx.resultType);
  cx.out.push({ kind: "declare", keyword: "const", variable: held, value, ...(value.span && { span: value.span }) });
  return refer(held);
}

function tangentFor(cx: Context, value: Expression, primal: Atom): Atom {
  const held: Variable = {
    ...primalTemporary(cx, cx.resultType),
    role: "tangent",
    ...(primal.kind === "variable" && { primal: primal.variable }),
  };
  cx.out.push({ kind: "declare", keyword: "const", variable: held, value, ...(value.span && { span: value.span }) });
  return refer(held);
}
