import { describe, expect, it } from "vitest";
import * as beale from "../../fixtures/beale.ts";
import * as lorenz from "../../fixtures/lorenz.ts";
import * as rosenbrock from "../../fixtures/rosenbrock.ts";
import { measure } from "./bench.ts";
import { Dual } from "./dual.ts";
import * as bealeDual from "./duals/beale.ts";
import * as lorenzDual from "./duals/lorenz.ts";
import * as rosenbrockDual from "./duals/rosenbrock.ts";
import * as bealeHand from "./hand/beale.ts";
import * as lorenzHand from "./hand/lorenz.ts";
import * as rosenbrockHand from "./hand/rosenbrock.ts";

type Numeric = (...args: number[]) => number;
type ByHand = (...args: number[]) => [number, number];
type OnDuals = (...args: Dual[]) => Dual;

describe("the tangents that compiled ones are measured against are right", () => {
  it.each<[string, readonly (readonly number[])[], unknown, unknown, unknown]>([
    ["beale", beale.examples, beale.beale, bealeHand.beale_jvp, bealeDual.beale],
    [
      "rosenbrock",
      rosenbrock.examples,
      rosenbrock.rosenbrock,
      rosenbrockHand.rosenbrock_jvp,
      rosenbrockDual.rosenbrock,
    ],
    ["lorenz", lorenz.examples, lorenz.lorenz, lorenzHand.lorenz_jvp, lorenzDual.lorenz],
  ])("%s", (_, examples, plain, byHand, onDuals) => {
    for (const args of examples) {
      const tangents = args.map((_, i) => Math.cos(i + 1));
      const value = (plain as Numeric)(...args);
      const shifted = (h: number) => (plain as Numeric)(...args.map((x, i) => x + h * (tangents[i] ?? 0)));
      const slope = (8 * (shifted(1e-4) - shifted(-1e-4)) - (shifted(2e-4) - shifted(-2e-4))) / 12e-4;
      const hand = (byHand as ByHand)(...args.flatMap((x, i) => [x, tangents[i] ?? 0]));
      const dual = (onDuals as OnDuals)(...args.map((x, i) => new Dual(x, tangents[i])));
      expect(hand[0]).toBe(value);
      expect(dual.value).toBeCloseTo(value, 9);
      expect(hand[1]).toBeCloseTo(slope, 5);
      expect(dual.tangent).toBeCloseTo(hand[1], 8);
    }
  });
});

it("variants that do not agree are not measured", () => {
  const variants = [
    { name: "right", run: (calls: number) => calls, tolerance: 0 },
    { name: "wrong", run: (calls: number) => calls + 1, tolerance: 1e-6 },
  ];
  expect(() => measure(variants, { seconds: 1, reference: "right" })).toThrow(/wrong comes to 101, right to 100/);
});
