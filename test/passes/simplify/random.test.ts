import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { printForm } from "../../../compiler/ir/print.ts";
import type { FunctionForm } from "../../../compiler/ir/types.ts";
import { verify } from "../../../compiler/ir/verify.ts";
import { simplify } from "../../../compiler/passes/simplify/simplify.ts";
import { compile } from "../../ir/evaluate.ts";
import { chooser, randomForm } from "../../ir/random.ts";

interface Outcome {
  readonly value: unknown;
  readonly thrown: unknown;
  readonly log: readonly unknown[];
  readonly arrays: readonly (readonly number[])[];
  readonly tangents: readonly number[];
}

/** Runs a function on one input, with a record of what it does outside. */
function observe(form: FunctionForm, [x, y]: readonly [number, number], present: boolean): Outcome {
  const log: unknown[] = [];
  const register = [0];
  const globals = {
    log: (value: unknown) => {
      log.push(value);
    },
    probe: (value: unknown) => {
      log.push(["probe", value]);
      register[0] = log.length / 4;
      if (log.length % 7 === 6) throw "probed";
      return Number(value) / 2 + log.length;
    },
  };
  const a = Float64Array.of(1.25, -0.5, x);
  const b = Float64Array.of(y, 2, 0);
  const shadows = [Float64Array.of(0.5, 1, 0), Float64Array.of(0, -1, 2)] as const;
  const run = compile(form, { globals, register });
  let value: unknown;
  let thrown: unknown;
  try {
    value = run(x, 0.75, y, -0.5, a, shadows[0], b, shadows[1], present ? Float64Array.of(4, 5, 6) : undefined);
  } catch (error) {
    thrown = error instanceof TypeError ? "TypeError" : error;
    if (error instanceof ReferenceError) throw error;
  }
  return {
    value,
    thrown,
    log,
    arrays: [[...a], [...b]],
    tangents: thrown === undefined ? [...register, ...shadows.flatMap((shadow) => [...shadow])] : [],
  };
}

const inputs: readonly (readonly [number, number])[] = [
  [0.7, -1.3],
  [0, 2],
  [-3, 0],
  [1, 1],
];

const close = (one: number, other: number): boolean =>
  Object.is(one, other) || Math.abs(one - other) <= 1e-9 * Math.max(1, Math.abs(one), Math.abs(other));

describe("simplify on random functions", () => {
  test("each pass keeps the primal's bits, effects and order, the tangent to rounding, and the invariants", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(1000), { minLength: 20, maxLength: 250 }), (choices) => {
        const form = randomForm(chooser(choices));
        expect(verify(form, "differentiated")).toEqual([]);
        let before = form;
        for (const { pass, form: after } of simplify(form)) {
          const both = () => `${printForm(before)}--- ${pass}\n${printForm(after)}`;
          const problems = verify(after, "simplified");
          if (problems.length > 0) throw new Error(`${problems.join("\n")}\n${both()}`);
          for (const input of inputs)
            for (const present of [true, false]) {
              const expected = observe(form, input, present);
              const { tangents, ...primal } = observe(after, input, present);
              const { tangents: wanted, ...wantedPrimal } = expected;
              if (JSON.stringify([primal], bits) !== JSON.stringify([wantedPrimal], bits))
                throw new Error(`${JSON.stringify([wantedPrimal, primal], bits, 1)}\n${both()}`);
              // A tangent known to be zero is zero, also where it was multiplied by an infinity.
              const same = (value: number, i: number) => {
                const other = wanted[i] ?? Number.NaN;
                return close(value, other) || (pass === "fold" && Number.isNaN(other));
              };
              const wrong = present && !tangents.every(same);
              if (wrong) throw new Error(`tangents ${wanted} became ${tangents}\n${both()}`);
            }
          before = after;
        }
      }),
      {
        interruptAfterTimeLimit: 240_000,
        numRuns: Number(process.env.RUNS ?? 300),
        ...(process.env.SEED === undefined ? { seed: 7 } : { seed: Number(process.env.SEED) }),
      },
    );
  });
});

/** Numbers that JSON doesn't tell apart. */
function bits(_key: string, value: unknown): unknown {
  if (typeof value !== "number") return value;
  return Object.is(value, -0) ? "-0" : Number.isFinite(value) ? value : String(value);
}
