/** Calls: of generated tangents, of rules written by hand, of array methods that act on the shadow alike. */

import { mayBeNothing } from "../../frontend/types.ts";
import type { Atom, Call, Callee, Expression, Spread, Variable } from "../../ir/types.ts";
import { typeOf } from "../../ir/typing.ts";
import { isSupportName, tangentOf } from "../../rules/index.ts";
import type { Instance, Rule } from "../activity/program.ts";
import { callSite } from "../activity/solve.ts";
import { carries, heldFunction, parameterOf, regionOf, type Signature, type Value } from "../activity/values.ts";
import { type ArrayMethod, arrayMethod, partsFunctions, spreadFunctions } from "../builtins.ts";
import {
  type Context,
  type Convention,
  nothing,
  perLane,
  primalTemporary,
  refer,
  tangentOfAtom,
  tangentVariable,
  valueOf,
  zero,
  zeroFor,
} from "./context.ts";
import { type Dual, inactive, present, requireAtom, shadowSpread, tangentTree, zerosLike } from "./expressions.ts";
import { inlineCall } from "./inlining.ts";
import { callMember } from "./members.ts";
import { differentiateSort } from "./sorting.ts";
import { differentiateSpread } from "./spreads.ts";

export function differentiateCall(cx: Context, call: Call, result: () => Atom): Dual {
  const { callee } = call;
  const site = callSite(cx.one, call);
  switch (callee.kind) {
    case "function":
      if (site.rule !== undefined) return callRule(cx, call, site.rule);
      if (site.target !== undefined) return callInstance(cx, call, site.target);
      return inactive(cx, call);
    case "value":
      return callValue(cx, call, callee.function);
    case "method":
      return callMethod(cx, call, callee);
    case "super":
      return callMember(cx, call, site, refer(callee.this_));
    case "static":
      return callMember(cx, call, site, undefined);
    case "superConstructor":
      return inactive(cx, call);
    case "global":
      if (callee.name === "fgrad:stopGradient") {
        const [first] = call.arguments;
        return inactive(cx, cx.again ? call : first === undefined || first.kind === "spread" ? nothing : first);
      }
      if (callee.name === "Number") {
        const [first] = call.arguments;
        const operand = first === undefined || first.kind === "spread" ? undefined : first;
        return { primal: call, tangents: perLane(cx, () => operand && tangentTree(cx, operand)) };
      }
      if (spreadFunctions.has(callee.name) && carries(valueOf(cx, call)))
        return differentiateSpread(cx, call, callee.name);
      if (callee.name === "Object.create" && carries(valueOf(cx, call))) {
        const empty: Expression = { kind: "as", operand: { kind: "object", properties: [] }, type: "any" };
        return { primal: call, tangents: perLane(cx, () => empty) };
      }
      if (partsFunctions.has(callee.name) && carries(valueOf(cx, call))) return partsOf(cx, call, callee.name);
      if (isSupportName(callee.name)) return callSupport(cx, call, result);
      return inactive(cx, call);
  }
}

/** A function that an earlier derivative calls has its row among the rules. */
function callSupport(cx: Context, call: Call, result: () => Atom): Dual {
  if (!carries(valueOf(cx, call))) return inactive(cx, call);
  const atoms = call.arguments.map(requireAtom);
  const tangents = perLane(cx, () => {
    const tangent = tangentOf(
      call,
      atoms,
      atoms.map((atom) => tangentOfAtom(cx, atom)),
      result(),
    );
    return tangent && { ...(call.span && { span: call.span }), ...tangent };
  });
  return { primal: call, tangents };
}

/** How the tangent of a result comes back, when the user does not call the function. */
export function conventionOf(result: Value, crossing: boolean): Convention {
  if (!carries(result)) return "none";
  return result.region === undefined && !crossing ? "register" : "pair";
}

function callInstance(cx: Context, call: Call, target: Instance): Dual {
  const inlined = inlineCall(cx, call, target);
  if (inlined !== undefined) return inlined;
  const { name, convention, className } = cx.link.callee(target);
  const args: (Expression | Spread)[] = [];
  target.form.parameters.forEach((parameter, i) => {
    const value = target.parameters[i];
    const active = value !== undefined && carries(value);
    if (parameter.rest) {
      const rest = call.arguments.slice(i);
      args.push({ kind: "array", elements: rest });
      if (active) {
        args.push(
          ...perLane(cx, (): Expression => ({ kind: "array", elements: rest.map((part) => shadowOf(cx, part)) })),
        );
      }
      return;
    }
    const given = call.arguments[i];
    if (given === undefined) {
      // Left out; what follows is left out as well.
      return;
    }
    args.push(given);
    if (active) args.push(...shadowsOf(cx, given, value));
  });
  const { memberOf } = target.form;
  const callee: Callee =
    memberOf !== undefined && className !== undefined
      ? { kind: "static", class_: memberOf.class_, className, name }
      : { kind: "function", id: target.key, name };
  const primal: Call = { ...call, callee, arguments: args };
  return received(cx, primal, target.result, convention, cx.link.register(target));
}

export function shadowOf(cx: Context, part: Expression | Spread): Expression | Spread {
  return part.kind === "spread" ? shadowSpread(cx, part) : (tangentTree(cx, part) ?? zeroFor(part));
}

/** One shadow a lane; of a function, one for all. */
export function shadowsOf(cx: Context, part: Expression | Spread, value: Value): (Expression | Spread)[] {
  const shadows = perLane(cx, () => shadowOf(cx, part));
  return value.region?.signature !== undefined && !value.active ? shadows.slice(0, 1) : shadows;
}

/** The result of a call by its convention. */
export function received(cx: Context, primal: Call, result: Value, convention: Convention, register: string): Dual {
  const span = primal.span && { span: primal.span };
  switch (convention) {
    case "none":
    case "shadow":
      return inactive(cx, primal);
    case "register": {
      const tangents = perLane(cx, (lane): Expression => ({ kind: "register", name: register, lane, ...span }));
      return { primal, tangents, primalFirst: true };
    }
    case "pair":
    case "public":
      return cx.lanes === 1 ? receivedPair(cx, primal, carries(result)) : receivedTuple(cx, primal, carries(result));
  }
}

function receivedPair(cx: Context, primal: Call, active: boolean): Dual {
  const value = primalTemporary(cx, { kind: "unknown" });
  const tangent = active ? tangentVariable(cx, value) : undefined;
  cx.out.push({
    kind: "declarePair",
    primal: value,
    value: primal,
    ...(tangent !== undefined && { tangent }),
    ...(primal.span && { span: primal.span }),
  });
  return { primal: refer(value), tangents: [tangent && refer(tangent)] };
}

function receivedTuple(cx: Context, primal: Call, active: boolean): Dual {
  const span = primal.span && { span: primal.span };
  const whole = primalTemporary(cx, { kind: "unknown" });
  cx.out.push({ kind: "declare", keyword: "const", variable: whole, value: primal, ...span });
  const part = (index: number): Expression => ({
    kind: "element",
    object: refer(whole),
    index: { kind: "constant", value: index },
    ...span,
  });
  return { primal: part(0), tangents: perLane(cx, (lane) => (active ? part(lane + 1) : undefined)), primalFirst: true };
}

/** With several lanes a list of tangents follows each argument; what comes back is the value, and a tangent a lane. */
function callRule(cx: Context, call: Call, rule: Rule): Dual {
  const { name, tangents } = cx.lanes > 1 && rule.several !== undefined ? rule.several : rule;
  const args: (Expression | Spread)[] = [];
  call.arguments.forEach((part, i) => {
    args.push(part);
    const wanted = tangents[i] ?? "none";
    if (wanted === "none") return;
    const lanes = perLane(cx, (): Expression => {
      const tangent = part.kind === "spread" ? undefined : tangentTree(cx, part);
      return tangent ?? (wanted === "optional" || part.kind === "spread" ? nothing : zeroFor(part));
    });
    args.push(cx.lanes > 1 ? { kind: "array", elements: lanes } : (lanes[0] ?? nothing));
  });
  const callee: Callee = { kind: "global", name: cx.link.rule({ ...rule, name }), pure: false };
  const primal: Call = { ...call, callee, arguments: args };
  if (rule.result === "none") return inactive(cx, primal);
  return received(cx, primal, callSite(cx.one, call).result, "pair", "");
}

/** A function in a variable, called by the convention of all that may be in it. */
function callValue(cx: Context, call: Call, callee: Expression): Dual {
  const region = regionOf(valueOf(cx, callee));
  const signature = region?.signature;
  const tangent = tangentTree(cx, callee);
  if (signature === undefined || tangent === undefined) return inactive(cx, call);
  return callSignature(cx, call, signature, { kind: "value", function: tangent });
}

function callSignature(cx: Context, call: Call, signature: Signature, callee: Callee): Dual {
  const args: (Expression | Spread)[] = [];
  const { restAt = call.arguments.length } = signature;
  call.arguments.slice(0, restAt).forEach((part, i) => {
    args.push(part);
    const value = parameterOf(signature, i);
    if (carries(value)) args.push(...shadowsOf(cx, part, value));
  });
  if (signature.restAt !== undefined) {
    const rest = call.arguments.slice(restAt);
    const shadow = (): Expression => ({ kind: "array", elements: rest.map((part) => shadowOf(cx, part)) });
    args.push({ kind: "array", elements: rest });
    if (carries(parameterOf(signature, restAt))) args.push(...perLane(cx, shadow));
  }
  const convention = conventionOf(signature.result, signature.crossing || cx.again);
  return received(cx, { ...call, callee, arguments: args }, signature.result, convention, cx.link.register(undefined));
}

function callMethod(cx: Context, call: Call, callee: Extract<Callee, { kind: "method" }>): Dual {
  const held = valueOf(cx, callee.object);
  const region = regionOf(held);
  const methods = callSite(cx.one, call);
  if (methods.methods.size > 0) return callMember(cx, call, methods, callee.object);
  const shadow = tangentTree(cx, callee.object);
  if (region === undefined) return inactive(cx, call);
  const method = arrayMethod(region.constructor_, callee.name);
  if (shadow === undefined) {
    // A copy of an inactive array may take in something active.
    if (method?.result !== "copy" || !carries(valueOf(cx, call))) return inactive(cx, call);
    return { primal: call, tangents: perLane(cx, () => mirroredCall(cx, call, callee, method)), primalFirst: true };
  }
  const field = heldFunction(region, callee.name);
  const signature = field && regionOf(field)?.signature;
  if (signature !== undefined && field !== undefined && carries(field)) {
    const held: Expression = { kind: "field", object: present(shadow), name: callee.name };
    if (mayBeNothing(typeOf({ kind: "field", object: callee.object, name: callee.name })))
      return callSignature(cx, call, signature, { kind: "value", function: { ...held, nonNull: true } });
    return callSignature(cx, call, signature, { ...callee, object: present(shadow) });
  }
  if (method === undefined) return inactive(cx, call);
  if (method.arguments[0] === "comparator") return differentiateSort(cx, call, callee);
  const mirrored = (): Call => mirroredCall(cx, call, callee, method);
  if (method.result !== "inert") return { primal: call, tangents: perLane(cx, mirrored), primalFirst: true };
  for (const value of perLane(cx, mirrored))
    cx.out.push({ kind: "effect", value, ...(call.span && { span: call.span }) });
  return inactive(cx, call);
}

/** A copy, a list of parts or the object itself, and the same of the shadow. */
function partsOf(cx: Context, call: Call, name: string): Dual {
  const [first, ...rest] = call.arguments;
  if (first === undefined || first.kind === "spread") return inactive(cx, call);
  const tangents = perLane(cx, (): Expression | undefined => {
    const shadow = tangentTree(cx, first);
    if (shadow === undefined || name === "Object.freeze") return shadow;
    if (name === "structuredClone") return { ...call, arguments: [shadow] };
    const any: Expression = { kind: "as", operand: shadow, type: "any" };
    return name === "fgrad:without" ? { ...call, arguments: [any, ...rest] } : listed(cx, call, first, any);
  });
  return { primal: call, tangents };
}

/** `for (const key of Object.keys(o)) parts_t.push(o_t[key])`: the shadow may lack parts, or have them in another order. */
function listed(cx: Context, call: Call, object: Expression, shadow: Expression): Expression {
  const span = call.span && { span: call.span };
  const key: Variable = { ...primalTemporary(cx, { kind: "string" }, "string"), wanted: "key" };
  const part: Expression = {
    ...{ kind: "logical", operator: "??", right: zero },
    left: { kind: "element", object: shadow, index: refer(key) },
  };
  const entries = call.callee.kind === "global" && call.callee.name === "Object.entries";
  const value: Expression = entries ? { kind: "array", elements: [nothing, part] } : part;
  const type = { kind: "array", constructor_: "Array", element: { kind: "unknown" } } as const;
  const parts: Variable = {
    ...primalTemporary(cx, type, "any[]"),
    role: "tangent",
    annotated: true,
    wanted: entries ? "entries_t" : "values_t",
  };
  const keys: Call = { kind: "call", callee: { kind: "global", name: "Object.keys", pure: true }, arguments: [object] };
  const push: Call = {
    ...{ kind: "call", callee: { kind: "method", object: refer(parts), name: "push" } },
    arguments: [value],
  };
  cx.out.push(
    { kind: "declare", keyword: "const", variable: parts, value: { kind: "array", elements: [] }, ...span },
    {
      ...{ kind: "forOf", keyword: "const", variable: key, iterable: keys },
      body: [{ kind: "effect", value: push, ...span }],
      ...span,
    },
  );
  return refer(parts);
}

const zerosOf = (part: Expression): Expression => ({
  ...{ kind: "new", constructor_: "Float64Array" },
  arguments: [{ kind: "field", object: part, name: "length" }],
});

/** The same call on the shadow. */
function mirroredCall(cx: Context, call: Call, callee: Extract<Callee, { kind: "method" }>, method: ArrayMethod): Call {
  const region = regionOf(valueOf(cx, callee.object));
  const nought = (part: Expression): Expression => (region?.element?.active === true ? zero : zeroFor(part));
  return {
    ...call,
    callee: { ...callee, object: present(tangentTree(cx, callee.object)) ?? zerosLike(cx, callee.object) },
    arguments: call.arguments.map((part, i) => {
      const role = method.arguments[i] ?? method.rest ?? "index";
      if (part.kind === "spread") return shadowSpread(cx, part);
      if (role === "index") return part;
      const isArray = role === "array" && regionOf(valueOf(cx, part)) !== undefined;
      // What is no array that is known has a length all the same.
      if (callee.name === "set" && !isArray && role === "array" && tangentTree(cx, part) === undefined)
        return zerosOf(part);
      return tangentTree(cx, part) ?? (isArray ? zerosLike(cx, part) : nought(part));
    }),
  };
}
