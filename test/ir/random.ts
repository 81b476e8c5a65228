/**
 * Random differentiated functions for property tests, written down from a list of choices, so that fast-check can shrink them.
 * They have what the passes must respect: calls that log, write memory and change captured variables, reads that throw, loops,
 * jumps, handlers, arms, and tangents of all of it, in A-normal form.
 */

import type { Block, Expression, FunctionForm, Statement, Variable } from "../../compiler/ir/types.ts";
import * as ir from "./builders.ts";

/** Calling it gives the next choice below `bound`; zeros when the list is at its end. */
export type Choose = (bound: number) => number;

export function chooser(choices: readonly number[]): Choose {
  let at = 0;
  return (bound) => {
    const choice = choices[at] ?? 0;
    at++;
    return choice % bound;
  };
}

interface Value {
  readonly primal: Expression;
  /** Absent: zero. */
  readonly tangent: Expression | undefined;
}

interface Context {
  readonly choose: Choose;
  readonly visible: Variable[];
  readonly tangents: Map<Variable, Variable>;
  readonly arrays: readonly (readonly [Variable, Variable])[];
  readonly missing: Variable;
  readonly bump: Variable;
  out: Statement[];
  budget: number;
  depth: number;
  loops: number;
  names: number;
}

/** A function of (x, x_t, y, y_t, a, a_t, b, b_t, missing), its result's tangent left in the register. */
export function randomForm(choose: Choose): FunctionForm {
  const x = ir.variable("x", { reassigned: true });
  const y = ir.variable("y");
  const c = ir.variable("c", { reassigned: true, captured: true });
  const a = ir.variable("a", { type: ir.floats });
  const b = ir.variable("b", { type: ir.floats });
  const missing = ir.variable("missing", { type: ir.floats });
  const bump = ir.variable("bump", {
    type: { kind: "function", parameters: () => [], result: () => ({ kind: "number" }) },
  });
  const tangents = new Map([x, y, a, b].map((variable) => [variable, ir.tangent(variable)] as const));
  const of = (variable: Variable) => tangents.get(variable) ?? variable;
  const step = ir.variable("step");
  const bumping = ir.form(
    [step],
    [
      ir.assign(c, ir.add(c, step)),
      ir.assign(ir.element(a, 0), ir.add(c, 1)),
      ir.effect(ir.call("log", c)),
      ir.assign(ir.register, 0.25),
      ir.give(c),
    ],
  );
  const cx: Context = {
    choose,
    visible: [x, y, c],
    tangents,
    arrays: [
      [a, of(a)],
      [b, of(b)],
    ],
    missing,
    bump,
    out: [],
    budget: 40,
    depth: 0,
    loops: 0,
    names: 0,
  };
  cx.out.push(ir.letting(c, 1.5), { kind: "declareFunction", variable: bump, function: bumping });
  statements(cx, 3 + choose(5));
  giveBack(cx);
  return ir.form([x, of(x), y, of(y), a, of(a), b, of(b), missing], cx.out);
}

function name(cx: Context, prefix: string): string {
  cx.names++;
  return `${prefix}${cx.names}`;
}

function collect(cx: Context, write: () => void): Block {
  const outer = cx.out;
  const seen = cx.visible.length;
  const own: Statement[] = [];
  cx.out = own;
  cx.depth++;
  write();
  cx.depth--;
  cx.visible.length = seen;
  cx.out = outer;
  return own;
}

function statements(cx: Context, count: number): void {
  for (let i = 0; i < count && cx.budget > 0; i++) {
    const body = collectFlat(cx, () => statement(cx));
    cx.out.push(cx.choose(4) === 0 ? { kind: "block", body: [] } : ir.source("…", ...body));
    if (cx.out.at(-1)?.kind === "block") cx.out.splice(-1, 1, ...body);
  }
}

/** Like `collect`, for statements of the same scope. */
function collectFlat(cx: Context, write: () => void): Block {
  const outer = cx.out;
  const own: Statement[] = [];
  cx.out = own;
  write();
  cx.out = outer;
  return own;
}

function statement(cx: Context): void {
  cx.budget--;
  const kinds = cx.depth < 3 ? 11 : 6;
  switch (cx.choose(kinds)) {
    case 0:
    case 1: {
      const held = ir.variable(name(cx, "v"), { reassigned: cx.choose(2) === 0 });
      const value = operation(cx);
      cx.out.push(held.reassigned ? ir.letting(held, value.primal) : ir.constant(held, value.primal));
      if (cx.choose(5) > 0) {
        const slope = ir.tangent(held);
        cx.tangents.set(held, slope);
        const tangent = value.tangent ?? ir.expression(0);
        cx.out.push(held.reassigned ? ir.letting(slope, tangent) : ir.constant(slope, tangent));
      }
      cx.visible.push(held);
      return;
    }
    case 2: {
      const target = pick(
        cx,
        cx.visible.filter(({ reassigned }) => reassigned),
      );
      if (target === undefined) return;
      const value = cx.choose(2) === 0 ? favourite(cx) : operation(cx);
      const primal = hold(cx, value.primal);
      const slope = cx.tangents.get(target);
      if (slope !== undefined) cx.out.push(ir.assign(slope, value.tangent ?? 0));
      cx.out.push(ir.assign(target, primal));
      return;
    }
    case 3: {
      const [array, shadow] = pick(cx, cx.arrays) ?? [cx.missing, cx.missing];
      const index = ir.expression(cx.choose(3));
      const value = operation(cx);
      const primal = cx.choose(2) === 0 ? value.primal : hold(cx, value.primal);
      const element = ir.element(array, index);
      const stored = ir.assign(ir.element(shadow, index), value.tangent ?? 0);
      // A call's tangent has been read by now, but the call must not be moved behind the store.
      if (primal.kind === "call") cx.out.push(ir.assign(element, hold(cx, primal)), stored);
      else cx.out.push(stored, ir.assign(element, primal));
      return;
    }
    case 4:
      if (cx.choose(3) === 0) operand(cx);
      else cx.out.push(ir.effect(ir.call("log", operand(cx).primal)));
      return;
    case 5: {
      if (cx.loops > 0 && cx.choose(2) === 0) {
        const jump: Statement = { kind: cx.choose(2) === 0 ? "break" : "continue" };
        cx.out.push(ir.when(test(cx), [jump]));
      } else if (cx.choose(3) === 0) {
        cx.out.push(
          ir.when(
            test(cx),
            collect(cx, () => giveBack(cx)),
          ),
        );
      } else cx.out.push(ir.effect(ir.callValue(cx.bump, operand(cx).primal)));
      return;
    }
    case 6:
    case 7: {
      const choice = test(cx);
      const yes = collect(cx, () => statements(cx, 1 + cx.choose(2)));
      const no = collect(cx, () => statements(cx, cx.choose(3)));
      cx.out.push(ir.when(choice, yes, no.length === 0 ? undefined : no));
      return;
    }
    case 8:
    case 9: {
      const index = ir.variable(name(cx, "i"), { reassigned: true });
      cx.loops++;
      const body = collect(cx, () => {
        cx.visible.push({ ...index });
        statements(cx, 1 + cx.choose(3));
      });
      cx.loops--;
      cx.out.push(guarded(index, body, cx.choose(4)));
      return;
    }
    default: {
      const block = collect(cx, () => {
        const late = hold(cx, cx.choose(2) === 0 ? ir.element(cx.missing, 1) : operation(cx).primal);
        statements(cx, 1 + cx.choose(2));
        cx.out.push(ir.effect(ir.call("log", late)));
        if (cx.choose(2) === 0) cx.out.push({ kind: "throw", value: ir.expression(cx.choose(9)) });
      });
      const loops = cx.loops;
      const handler = collect(cx, () => {
        for (const seen of cx.visible) if (seen.role === "user") cx.out.push(ir.effect(ir.call("log", seen)));
        statements(cx, 1);
      });
      cx.loops = loops;
      cx.out.push({ kind: "try", block, handler });
    }
  }
}

/** A loop whose index the body may change, but which ends all the same. */
function guarded(index: Variable, body: Block, count: number): Statement {
  const rounds = ir.variable(`${index.name}r`, { reassigned: true });
  const counted = ir.counting(rounds, count, body);
  if (counted.kind !== "loop") return counted;
  return {
    ...counted,
    init: [...counted.init, ir.letting(index, 0)],
    update: [...counted.update, ir.assign(index, ir.add(index, 1))],
  };
}

function pick<T>(cx: Context, items: readonly T[]): T | undefined {
  return items.length === 0 ? undefined : items[cx.choose(items.length)];
}

function test(cx: Context): Expression {
  const left = operand(cx).primal;
  const right = operand(cx).primal;
  return hold(cx, ir.binary(left, "<", right), { kind: "boolean" });
}

/** The value in a temporary of its own, unless it is an atom that can't change. */
function hold(cx: Context, value: Expression, type: Variable["type"] = { kind: "number" }): Expression {
  if (value.kind === "constant" || (value.kind === "variable" && !value.variable.reassigned)) return value;
  // Read where it is used, be it changed by then or not: this says what it means as well.
  if (value.kind === "variable" && cx.choose(2) === 0) return value;
  const held = ir.temporary(name(cx, "t"), { type });
  cx.out.push(ir.constant(held, value));
  // Some are used again, or only, much later.
  if (type.kind === "number" && cx.choose(4) === 0) cx.visible.push(held);
  return ir.expression(held);
}

function holdTangent(cx: Context, value: Expression | undefined, primal: Expression): Expression | undefined {
  if (value === undefined || value.kind === "constant" || (value.kind === "variable" && !value.variable.reassigned))
    return value;
  const of = primal.kind === "variable" ? primal.variable : ir.temporary("");
  const held: Variable = { ...ir.temporary(name(cx, "s")), role: "tangent", primal: of };
  cx.out.push(ir.constant(held, value));
  return ir.expression(held);
}

/** An operand that keeps its value whatever comes next. */
function operand(cx: Context): Value {
  const value = operation(cx);
  const primal = hold(cx, value.primal);
  return { primal, tangent: holdTangent(cx, value.tangent, primal) };
}

function leaf(cx: Context): Value {
  const choice = cx.choose(4);
  if (choice === 0) return { primal: ir.expression([-1, 0, 1, 2, 0.5, 3][cx.choose(6)] ?? 1), tangent: undefined };
  const held = pick(cx, cx.visible);
  if (held === undefined) return { primal: ir.expression(1), tangent: undefined };
  const slope = cx.tangents.get(held);
  return { primal: ir.expression(held), tangent: slope && ir.expression(slope) };
}

function sum(left: Expression | undefined, right: Expression | undefined): Expression | undefined {
  if (left === undefined || right === undefined) return left ?? right;
  return ir.add(left, right);
}

const scale = (tangent: Expression | undefined, factor: Expression): Expression | undefined =>
  tangent && ir.mul(tangent, factor);

/** One operation on operands; what comes before it has been written. */
function operation(cx: Context): Value {
  cx.budget--;
  if (cx.budget <= 0 || cx.choose(5) === 0) return leaf(cx);
  if (cx.choose(4) === 0) return favourite(cx);
  switch (cx.choose(14)) {
    case 11: {
      const on = test(cx);
      const [left, right] = [operand(cx), operand(cx)];
      const tangent = ir.conditional(on, left.tangent ?? 0, right.tangent ?? 0);
      return { primal: ir.conditional(on, left.primal, right.primal), tangent };
    }
    case 12: {
      const [left, right] = [operand(cx), operand(cx)];
      return { primal: ir.logical(left.primal, cx.choose(2) === 0 ? "&&" : "||", right.primal), tangent: undefined };
    }
    case 0:
    case 1: {
      const [left, right] = [operand(cx), operand(cx)];
      const tangent = sum(scale(left.tangent, right.primal), scale(right.tangent, left.primal));
      return { primal: ir.mul(left.primal, right.primal), tangent };
    }
    case 2: {
      const [left, right] = [operand(cx), operand(cx)];
      return { primal: ir.add(left.primal, right.primal), tangent: sum(left.tangent, right.tangent) };
    }
    case 3: {
      const [left, right] = [operand(cx), operand(cx)];
      const tangent = sum(left.tangent, right.tangent && ir.neg(right.tangent));
      return { primal: ir.sub(left.primal, right.primal), tangent };
    }
    case 4: {
      const [left, right] = [operand(cx), operand(cx)];
      const primal = hold(cx, ir.div(left.primal, right.primal));
      const inner = sum(left.tangent, right.tangent && ir.neg(ir.mul(primal, right.tangent)));
      return { primal, tangent: inner && ir.div(inner, right.primal) };
    }
    case 5: {
      const of = operand(cx);
      return { primal: ir.math("sin", of.primal), tangent: scale(of.tangent, ir.math("cos", of.primal)) };
    }
    case 6: {
      const of = operand(cx);
      const primal = hold(cx, ir.math("exp", of.primal));
      return { primal, tangent: of.tangent && ir.mul(primal, of.tangent) };
    }
    case 7: {
      const of = operand(cx);
      const tangent = of.tangent && ir.logical(of.tangent, "&&", ir.div(of.tangent, of.primal));
      return { primal: ir.math("log", of.primal), tangent };
    }
    case 8: {
      const array = pick(cx, [...cx.arrays, [cx.missing, undefined] as const]);
      const index = cx.choose(2) === 0 ? ir.expression(cx.choose(3)) : ir.expression(1);
      if (array === undefined) return leaf(cx);
      const [object, shadow] = array;
      return { primal: ir.element(object, index), tangent: shadow && ir.element(shadow, index) };
    }
    case 9: {
      const given = operand(cx);
      const primal = hold(
        cx,
        cx.choose(2) === 0 ? ir.callValue(cx.bump, given.primal) : ir.call("probe", given.primal),
      );
      return { primal, tangent: holdTangent(cx, ir.register, primal) };
    }
    case 10:
      return choice(cx);
    default: {
      const left = operand(cx);
      const joined = ir.temporary(name(cx, "l"), { reassigned: true });
      cx.out.push(ir.letting(joined, left.primal));
      const right = collect(cx, () => cx.out.push(ir.assign(joined, operand(cx).primal)));
      cx.out.push(ir.when(cx.choose(2) === 0 ? joined : ir.not(joined), right));
      return { primal: ir.expression(joined), tangent: undefined };
    }
  }
}

/** One of a few that come again and again, so that there is something to share. */
function favourite(cx: Context): Value {
  const [x, y, c] = cx.visible;
  const [array, shadow] = cx.arrays[0] ?? [];
  if (x === undefined || y === undefined || c === undefined || array === undefined || shadow === undefined)
    return leaf(cx);
  const [xt, yt] = [cx.tangents.get(x) ?? x, cx.tangents.get(y) ?? y];
  switch (cx.choose(7)) {
    case 0:
      return { primal: ir.mul(x, y), tangent: ir.add(ir.mul(xt, y), ir.mul(x, yt)) };
    case 1:
      return { primal: ir.mul(c, y), tangent: ir.mul(c, yt) };
    case 2:
      return { primal: ir.element(array, 0), tangent: ir.element(shadow, 0) };
    case 3: {
      const primal = hold(cx, ir.div(y, x));
      return { primal, tangent: ir.div(ir.sub(yt, ir.mul(primal, xt)), x) };
    }
    case 4:
      return { primal: ir.math("sin", x), tangent: ir.mul(ir.math("cos", x), xt) };
    case 5: {
      const primal = hold(cx, ir.element(array, 0));
      const tangent = ir.add(ir.mul(ir.element(shadow, 0), y), ir.mul(primal, yt));
      return { primal: ir.mul(primal, y), tangent };
    }
    default:
      return { primal: ir.element(cx.missing, 0), tangent: undefined };
  }
}

/** `test ? … : …` as lowering writes it, with a tangent or without. */
function choice(cx: Context): Value {
  const chosen = ir.temporary(name(cx, "k"), { reassigned: true });
  const slope: Variable = { ...ir.temporary(name(cx, "ks")), role: "tangent", primal: chosen, reassigned: true };
  const both = cx.choose(2) === 0;
  const on = test(cx);
  const arm = () =>
    collect(cx, () => {
      const value = operation(cx);
      const primal = both ? hold(cx, value.primal) : value.primal;
      if (both) cx.out.push(ir.assign(slope, value.tangent ?? 0));
      cx.out.push(ir.assign(chosen, primal));
    });
  cx.out.push(ir.letting(chosen));
  if (both) cx.out.push(ir.letting(slope));
  const yes = arm();
  cx.out.push(ir.when(on, yes, arm()));
  return { primal: ir.expression(chosen), tangent: both ? ir.expression(slope) : undefined };
}

function giveBack(cx: Context): void {
  const value = operation(cx);
  const primal = value.primal.kind === "call" ? hold(cx, value.primal) : value.primal;
  cx.out.push(ir.assign(ir.register, value.tangent ?? 0), ir.give(primal));
}
