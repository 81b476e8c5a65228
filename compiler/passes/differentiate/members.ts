/** Members of classes: tangents of methods are methods, so that a call finds the one of the object's own class. */

import type {
  Assign,
  Call,
  ClassId,
  Expression,
  FieldAccess,
  FunctionForm,
  New,
  Source,
  Spread,
  Statement,
  Type,
  Variable,
} from "../../ir/types.ts";
import { typeOf } from "../../ir/typing.ts";
import { blocksOf } from "../../ir/walk.ts";
import { setterOf } from "../activity/methods.ts";
import type { CallSite, Instance } from "../activity/program.ts";
import { callSite, variableValue } from "../activity/solve.ts";
import { carries } from "../activity/values.ts";
import { received, shadowOf, shadowsOf } from "./calls.ts";
import { type Context, perLane, primalTemporary, refer, tangentVariable, valueOf } from "./context.ts";
import { type Dual, inactive, tangentTree } from "./expressions.ts";

/** One of the instances that a call may reach: they share pattern, name and convention. */
export function anyTarget(site: CallSite): Instance | undefined {
  return site.methods.values().next().value;
}

/** Whether a call of methods becomes one of functions, by the class of the object. */
const isChosen = (cx: Context, site: CallSite): boolean => site.methods.size > 1 && cx.link.choice !== undefined;

/** What a call of any of some methods is called. */
function calledName(cx: Context, site: CallSite, target: Instance): string {
  const { choice } = cx.link;
  const all = [...site.methods.values()];
  if (all.length > 1 && choice !== undefined) return choice(all);
  const { name } = cx.link.callee(target);
  // Of an alias in one class and a method in another.
  if (all.some((one) => cx.link.callee(one).name !== name))
    throw new Error(`methods of several names are called by ${name}`);
  return name;
}

/** Arguments interleaved with their tangents, the object's own tangent first. */
function interleaved(
  cx: Context,
  target: Instance,
  object: Expression | undefined,
  given: readonly (Expression | Spread)[],
  /** The object may be of several classes, and the tangent's type is of what they share. */
  several = false,
): (Expression | Spread)[] {
  const args: (Expression | Spread)[] = [];
  if (object !== undefined && target.receiver !== undefined && carries(target.receiver)) {
    args.push(
      ...perLane(cx, (): Expression => {
        const shadow = tangentTree(cx, object);
        if (shadow === undefined) throw new Error("an active object without a shadow");
        return several ? { kind: "as", operand: shadow, type: "any" } : shadow;
      }),
    );
  }
  target.form.parameters.forEach((parameter, i) => {
    const value = target.parameters[i];
    const active = value !== undefined && carries(value);
    if (parameter.rest) {
      const rest = given.slice(i);
      args.push({ kind: "array", elements: rest });
      if (active) {
        args.push(
          ...perLane(cx, (): Expression => ({ kind: "array", elements: rest.map((part) => shadowOf(cx, part)) })),
        );
      }
      return;
    }
    const part = given[i];
    if (part === undefined) return;
    args.push(part);
    if (active) args.push(...shadowsOf(cx, part, value));
  });
  return args;
}

/**
 * An object as the type checker must see it for a call of a tangent: as it is, where its type is of classes that have the
 * method, and as anything where it is not: an abstract class or an interface knows nothing of it.
 */
function asOwner(cx: Context, object: Expression, site: CallSite): Expression {
  const owners = new Set([...site.methods.values()].map(({ form }) => form.memberOf?.class_));
  return isChosen(cx, site) ? { kind: "as", operand: object, type: "any" } : ownedBy(cx, object, owners);
}

function ownedBy(cx: Context, object: Expression, owners: ReadonlySet<ClassId | undefined>): Expression {
  const { classes } = cx.library;
  const has = (type: Type): boolean => {
    if (type.kind === "union") return type.members.every(has);
    if (type.kind !== "object") return false;
    for (let at: ClassId | undefined = type.class_; at !== undefined; at = classes.base(at))
      if (owners.has(at)) return true;
    return false;
  };
  return has(typeOf(object)) ? object : { kind: "as", operand: object, type: "any" };
}

/** A method called on an object, on `super`, or on a class. */
export function callMember(cx: Context, call: Call, site: CallSite, object: Expression | undefined): Dual {
  const target = anyTarget(site);
  if (target === undefined) return inactive(cx, call);
  const { convention } = cx.link.callee(target);
  const name = calledName(cx, site, target);
  const { callee } = call;
  const args = interleaved(cx, target, object, call.arguments, isChosen(cx, site));
  const renamed =
    callee.kind === "method"
      ? { ...callee, object: asOwner(cx, callee.object, site), name }
      : callee.kind === "super"
        ? { ...callee, name, accessor: false }
        : callee.kind === "static"
          ? { ...callee, name }
          : callee;
  return received(
    cx,
    { ...call, callee: renamed, arguments: args },
    target.result,
    convention,
    cx.link.register(target),
  );
}

/** A read that runs a getter. Nothing when it runs none that matters. */
export function readGetter(cx: Context, access: FieldAccess): Dual | undefined {
  const site = cx.one.calls.get(access);
  const target = site && anyTarget(site);
  if (site === undefined || target === undefined) return undefined;
  const { convention } = cx.link.callee(target);
  const name = calledName(cx, site, target);
  const call: Call = {
    kind: "call",
    callee: { kind: "method", object: asOwner(cx, access.object, site), name },
    arguments: interleaved(cx, target, access.object, [], isChosen(cx, site)),
    ...(access.span && { span: access.span }),
  };
  return received(cx, call, target.result, convention, cx.link.register(target));
}

/** A store that runs a setter: the call of its tangent, or nothing when it runs none that matters. */
export function storeBySetter(cx: Context, statement: Assign): Call | undefined {
  const { target: place, value } = statement;
  if (place.kind !== "field") return undefined;
  const site = cx.one.calls.get(setterOf(place));
  const target = site && anyTarget(site);
  if (site === undefined || target === undefined) return undefined;
  const name = calledName(cx, site, target);
  return {
    kind: "call",
    callee: { kind: "method", object: asOwner(cx, place.object, site), name },
    arguments: interleaved(cx, target, place.object, [value], isChosen(cx, site)),
    ...(statement.span && { span: statement.span }),
  };
}

/** `new Class(…)`: the object is built as ever; its shadow is built from the tangents of the arguments. */
export function constructed(cx: Context, expression: New, result: () => Expression): Dual {
  const target = anyTarget(callSite(cx.one, expression));
  if (target === undefined || !carries(valueOf(cx, expression))) return inactive(cx, expression);
  const { name } = cx.link.callee(target);
  const span = expression.span && { span: expression.span };
  const whole = target.form.memberOf?.construction === "whole";
  const shadow = (object: Expression): Call => ({
    kind: "call",
    callee: { kind: "method", object: ownedBy(cx, object, new Set([expression.class_])), name },
    arguments: interleaved(cx, target, undefined, expression.arguments),
    ...span,
  });
  if (cx.lanes === 1 && !whole) return { primal: expression, tangents: [shadow(result())] };
  const made = primalTemporary(cx, { kind: "unknown" });
  if (whole) {
    // In one step with what the constructor does, in the order that the arguments were evaluated in.
    cx.out.push({ kind: "declare", keyword: "const", variable: made, value: unbuilt(cx, expression), ...span });
    const shadows = primalTemporary(cx, { kind: "unknown" });
    const variable: Variable = { ...shadows, role: "tangent", primal: made };
    cx.out.push({ kind: "declare", keyword: "const", variable, value: shadow(refer(made)), ...span });
    const of = (lane: number): Expression =>
      cx.lanes === 1
        ? refer(variable)
        : { kind: "element", object: refer(variable), index: { kind: "constant", value: lane }, ...span };
    return { primal: refer(made), tangents: perLane(cx, of) };
  }
  const all = primalTemporary(cx, { kind: "unknown" });
  cx.out.push({ kind: "declare", keyword: "const", variable: made, value: expression, ...span });
  cx.out.push({ kind: "declare", keyword: "const", variable: all, value: shadow(refer(made)), ...span });
  const lane = (index: number): Expression => ({
    kind: "element",
    object: refer(all),
    index: { kind: "constant", value: index },
    ...span,
  });
  return { primal: refer(made), tangents: perLane(cx, lane) };
}

/** Whether a statement stores where only a constructor may. */
export function storesReadonly(statement: Statement): boolean {
  if (statement.kind === "assign") return statement.target.kind === "field" && statement.target.readonly === true;
  return blocksOf(statement).some((block) => block.some(storesReadonly));
}

/** An object of the class whose constructor has not run. */
function unbuilt(cx: Context, expression: New): Expression {
  const text = `${expression.constructor_}.prototype`;
  const span = expression.span ?? { file: "", start: 0, end: 0 };
  const prototype: Expression = {
    ...{ kind: "opaque", text, span, type: { kind: "unknown" }, what: text },
    ...{ reads: [], writes: [], pure: true },
  };
  const callee = { kind: "global", name: "Object.create", pure: true } as const;
  const made: Expression = { kind: "call", callee, arguments: [prototype], span };
  // Differentiated again, the shadow has this type too, and is no object of the class.
  return { kind: "as", operand: made, type: (cx.again ? undefined : expression.instance) ?? "any", span };
}

/** Whether a statement of a constructor stores into the object, which is built already when its shadow is made. */
export function storesToReceiver(cx: Context, statement: Statement): boolean {
  const receiver = cx.building;
  if (receiver === undefined) return false;
  if (statement.kind === "assign" && statement.target.kind === "field") {
    return statement.target.object.kind === "variable" && statement.target.object.variable === receiver;
  }
  if (
    statement.kind === "effect" &&
    statement.value.kind === "call" &&
    statement.value.callee.kind === "superConstructor"
  ) {
    return true;
  }
  return blocksOf(statement).some((block) => block.some((inner) => storesToReceiver(cx, inner)));
}

/** The statements of a constructor that make the shadow. */
export function shadowBase(cx: Context, form: FunctionForm, typeText: string): Statement[] {
  const { receiver } = form;
  if (receiver === undefined || !carries(variableValue(cx.one, receiver))) return [];
  if (form.body.some(isSuperStatement)) return [];
  return perLane(cx, () => ({
    kind: "declare",
    keyword: "const",
    variable: tangentVariable(cx, receiver),
    value: { kind: "as", operand: { kind: "object", properties: [] }, type: typeText },
  }));
}

function isSuperStatement(statement: Statement): boolean {
  if (statement.kind === "source") return (statement as Source).body.some(isSuperStatement);
  return (
    statement.kind === "effect" && statement.value.kind === "call" && statement.value.callee.kind === "superConstructor"
  );
}

/** `super(…)`: the base's part of the shadow. */
export function superShadow(cx: Context, call: Call, typeText: string): Statement[] {
  if (call.callee.kind !== "superConstructor") return [];
  const receiver = call.callee.this_;
  if (!carries(variableValue(cx.one, receiver))) return [];
  const target = anyTarget(callSite(cx.one, call));
  const declare = (value: Expression): Statement => ({
    kind: "declare",
    keyword: "const",
    variable: tangentVariable(cx, receiver),
    value: { kind: "as", operand: value, type: typeText },
  });
  if (target === undefined) return perLane(cx, () => declare({ kind: "object", properties: [] }));
  const via = call.callee.via === undefined ? {} : { via: call.callee.via };
  const base: Call = {
    kind: "call",
    callee: { kind: "super", class_: call.callee.class_, name: cx.link.callee(target).name, this_: receiver, ...via },
    arguments: interleaved(cx, target, undefined, call.arguments),
  };
  if (cx.lanes === 1) return [declare(base)];
  const all = primalTemporary(cx, { kind: "unknown" });
  const parts = perLane(cx, (lane) =>
    declare({ kind: "element", object: refer(all), index: { kind: "constant", value: lane } }),
  );
  return [{ kind: "declare", keyword: "const", variable: all, value: base }, ...parts];
}
