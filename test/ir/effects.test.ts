import { describe, expect, test } from "vitest";
import { commutes, effectsOf, isPure, statementEffects } from "../../compiler/ir/effects.ts";
import type { Expression, Statement } from "../../compiler/ir/types.ts";
import * as ir from "./builders.ts";

const x = ir.variable("x");
const z = ir.variable("z", { reassigned: true });
const shared = ir.variable("c", { reassigned: true, captured: true });
const a = ir.variable("a", { type: ir.floats });
const at = ir.tangent(a);
const zt = ir.tangent(z);
const thing = ir.variable("o", { type: { kind: "inert", name: "Date" } });
const big = ir.variable("n", { type: { kind: "bigint" } });

type Piece = Expression | Statement;
const statements = new Set(["assign", "declare", "effect", "return", "throw", "break"]);
const effects = (piece: Piece) =>
  statements.has(piece.kind) ? statementEffects(piece as Statement) : effectsOf(piece as Expression);

describe("commutes", () => {
  test.each<[string, boolean, Piece, Piece]>([
    ["sums of what never changes", true, ir.add(x, 1), ir.assign(z, x)],
    ["a read and a write of one variable", false, ir.add(z, 1), ir.assign(z, x)],
    ["a read of memory and a store", false, ir.element(a, 0), ir.assign(ir.element(a, 1), x)],
    ["two reads of memory", true, ir.element(a, 0), ir.element(a, 1)],
    ["a read of memory and a store into a shadow", true, ir.element(a, 0), ir.assign(ir.element(at, 1), x)],
    ["a read of a shadow and a store into it", false, ir.element(at, 0), ir.assign(ir.element(at, 1), x)],
    ["a call and a sum", true, ir.call("f"), ir.add(x, 1)],
    ["a call and a read of memory", false, ir.call("f"), ir.element(a, 0)],
    ["a call and a local that changes", true, ir.call("f"), ir.add(z, 1)],
    ["a call and a captured variable", false, ir.call("f"), ir.add(shared, 1)],
    ["two calls", false, ir.call("f"), ir.call("g")],
    ["a call and the register", false, ir.call("f"), ir.register],
    ["a read that may throw and a write of the user's", false, ir.element(a, 0), ir.assign(z, x)],
    ["a read that may throw and a tangent's write", true, ir.element(a, 0), ir.assign(zt, x)],
    ["a call that may throw and a tangent's write", false, ir.call("f"), ir.assign(zt, x)],
    ["a sum and a jump", true, ir.add(x, 1), { kind: "break" }],
    ["a read that may throw and a jump", false, ir.element(a, 0), { kind: "break" }],
    ["a store and a return", false, ir.assign(ir.element(a, 0), x), ir.give(x)],
  ])("%s: %s", (_, expected, first, second) => {
    expect(commutes(effects(first), effects(second))).toBe(expected);
    expect(commutes(effects(second), effects(first))).toBe(expected);
  });
});

test("arithmetic on objects may run anything, on bigints may throw", () => {
  expect(effectsOf(ir.mul(thing, 2)).calls).toBe(true);
  expect(effectsOf(ir.binary(thing, "===", 2)).calls).toBe(false);
  expect(effectsOf(ir.div(big, big)).throws).toBe("any");
  expect(isPure(effectsOf(ir.math("sin", ir.div(x, z))))).toBe(true);
});
