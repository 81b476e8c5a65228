/** Every rule and every argument where the derivative exists, against two oracles that know nothing of the rules. */
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { tangentOf } from "../../compiler/rules/index.ts";
import { mathRules } from "../../compiler/rules/math.ts";
import { binaryRules, unaryRules } from "../../compiler/rules/operators.ts";
import { supportNames } from "../../compiler/rules/support.ts";
import { dual, variable } from "./evaluate.ts";
import { derivative } from "./numeric.ts";
import { activities, operation, primal, tangent } from "./operations.ts";

interface Reference {
  readonly name: string;
  readonly args: readonly number[];
  /** Exact partial derivatives, correctly rounded; null where there is none. */
  readonly partials: readonly (number | null)[];
}

const references: readonly Reference[] = JSON.parse(readFileSync(new URL("./reference.json", import.meta.url), "utf8"));

/** Rules with a slope other than a whole constant, and what they need: domain per argument, tolerances. */
interface Domain {
  readonly name: string;
  /** One range an argument. */
  readonly domain: readonly (readonly [number, number])[];
  /** Absolute error that is due to the value itself, where the slope is computed from the value: 1 − y². */
  readonly absolute?: number;
  /** Relative error against the exact partial. */
  readonly relative?: number;
}

const all: readonly [number, number] = [-6, 6];
const domains: readonly Domain[] = [
  { name: "neg", domain: [all] },
  { name: "plus", domain: [all] },
  { name: "+", domain: [all, all] },
  { name: "-", domain: [all, all] },
  { name: "*", domain: [all, all] },
  { name: "/", domain: [all, [0.1, 6]] },
  {
    name: "%",
    domain: [
      [5.1, 5.9],
      [2.1, 2.5],
    ],
  },
  {
    name: "**",
    domain: [
      [0.1, 6],
      [-4, 4],
    ],
  },
  { name: "abs", domain: [[0.1, 6]] },
  { name: "acos", domain: [[-0.9, 0.9]] },
  { name: "acosh", domain: [[1.2, 9]] },
  { name: "asin", domain: [[-0.9, 0.9]] },
  { name: "asinh", domain: [all] },
  { name: "atan", domain: [all] },
  { name: "atan2", domain: [[0.1, 6], all] },
  { name: "atanh", domain: [[-0.9, 0.9]] },
  { name: "cbrt", domain: [[0.1, 6]] },
  { name: "cos", domain: [all] },
  { name: "cosh", domain: [all] },
  { name: "exp", domain: [all] },
  { name: "expm1", domain: [all], absolute: 2.3e-16 },
  { name: "fround", domain: [all] },
  { name: "hypot", domain: [[0.1, 6], all] },
  { name: "log", domain: [[0.1, 6]] },
  { name: "log10", domain: [[0.1, 6]] },
  { name: "log1p", domain: [[-0.9, 6]] },
  { name: "log2", domain: [[0.1, 6]] },
  {
    name: "max",
    domain: [
      [0.1, 6],
      [-6, -0.1],
    ],
  },
  {
    name: "min",
    domain: [
      [0.1, 6],
      [-6, -0.1],
    ],
  },
  {
    name: "pow",
    domain: [
      [0.1, 6],
      [-4, 4],
    ],
  },
  { name: "sin", domain: [all] },
  { name: "sinh", domain: [all] },
  { name: "sqrt", domain: [[0.1, 6]] },
  { name: "tan", domain: [[-1.4, 1.4]] },
  { name: "tanh", domain: [all], absolute: 4.5e-16 },
  { name: "direction", domain: [all, [6, 9]] },
  {
    name: "powSlope",
    domain: [
      [0.1, 6],
      [-4, 4],
      [1, 1],
    ],
  },
  { name: "atan2Tangent", domain: [[0.1, 6], all, all, all] },
];

/** A rule's slope is a step function, or its derivative has no differences to compare with. */
const withoutSlope = ["ceil", "clz32", "floor", "imul", "random", "round", "sign", "trunc"];

const names = [
  ...Object.keys(unaryRules).map((name) => (name === "-" ? "neg" : "plus")),
  ...Object.keys(binaryRules),
  ...Object.keys(mathRules),
  ...supportNames,
];

test("every rule has a row here or none to have", () => {
  expect([...domains.map(({ name }) => name), ...withoutSlope].sort()).toEqual([...names].sort());
});

test("every argument of every smooth rule has exact references", () => {
  const covered = new Set(
    references.flatMap(({ name, partials }) => partials.map((p, i) => `${name} ${p !== null && i}`)),
  );
  const elsewhere = ["neg", "plus", "fround", "max", "min", ...supportNames] as readonly string[];
  for (const { name, domain } of domains) {
    if (elsewhere.includes(name)) continue;
    for (const i of domain.keys()) expect(covered).toContain(`${name} ${i}`);
  }
});

const directions = [
  [1, 1],
  [-0.75, 2.5],
  [1e-3, -4],
] as const;

describe("the exact partial derivatives, huge and tiny arguments included", () => {
  for (const { name, absolute = 0, relative = 4e-15 } of domains) {
    const rows = references.filter((row) => row.name === name);
    if (rows.length === 0) continue;
    test(name, () => {
      for (const { args, partials } of rows) {
        for (const active of activities(args.length)) {
          if (partials.some((partial, i) => partial === null && active[i])) continue;
          for (const direction of directions) {
            const terms = partials.map((partial, i) => (active[i] ? (partial ?? 0) * (direction[i] ?? 0) : 0));
            const sum = terms.reduce((a, b) => a + b, 0);
            const size = terms.reduce((a, b) => a + Math.abs(b), 0);
            const tangents = args.map((_, i) => (active[i] ? direction[i] : undefined));
            // An inactive argument is a variable or written as a constant: other formulas, one derivative.
            for (const constants of [[], active.map((it) => !it)]) {
              const actual = tangent(name, args, tangents, constants) ?? 0;
              const where = `${name}(${args}) along (${tangents}), constants ${constants}: ${actual}, not ${sum}`;
              if (Math.abs(sum) === Infinity) expect(actual, where).toBe(sum);
              else expect(Math.abs(actual - sum), where).toBeLessThanOrEqual(relative * size + absolute + 1e-307);
            }
          }
        }
      }
    });
  }
});

describe("differences of the function itself, at random points along random directions", () => {
  for (const { name, domain } of domains) {
    const numbers = (ranges: readonly (readonly [number, number])[]) =>
      fc.tuple(...ranges.map(([min, max]) => fc.double({ min, max, noNaN: true })));
    test(name, () => {
      // The last argument of powSlope is a value that follows from the others.
      const complete = (args: readonly number[]) =>
        name === "powSlope" ? [args[0] ?? 0, args[1] ?? 0, (args[0] ?? 0) ** (args[1] ?? 0)] : args;
      const given = numbers(domain);
      const along = numbers(domain.map(() => [-1, 1] as const));
      fc.assert(
        fc.property(given, along, fc.constantFrom(...activities(domain.length)), (args, direction, active) => {
          if (name === "powSlope" && !(active[0] || active[1])) return;
          const tangents = direction.map((d, i) => (active[i] ? d : undefined));
          const actual = tangent(name, complete(args), tangents) ?? 0;
          const moved = (s: number) => complete(args.map((x, i) => x + s * (tangents[i] ?? 0)));
          if (name === "fround") {
            expect(actual).toBe(Math.fround(tangents[0] ?? 0));
            return;
          }
          const { value, error } = derivative((s) => primal(name, moved(s)), 0.02);
          expect(Math.abs(actual - value)).toBeLessThanOrEqual(10 * error + 1e-8 * Math.max(1, Math.abs(value)));
        }),
        { numRuns: 60, seed: 7 },
      );
    });
  }
});

describe("the rules apply to what they make: second derivatives", () => {
  for (const { name, domain } of domains) {
    if (["fround", "%", "max", "min", "powSlope"].includes(name)) continue;
    test(name, () => {
      for (const weight of [0.2, 0.45, 0.83]) {
        for (const active of activities(domain.length)) {
          const args = domain.map(([min, max], i) => min + (max - min) * ((weight + 0.37 * i) % 1));
          const direction = active.map((it, i) => (it ? 0.7 - 0.5 * i : undefined));
          const first = (s: number) => {
            const at = args.map((x, i) => x + s * (direction[i] ?? 0));
            return tangent(name, at, direction) ?? 0;
          };
          expect
            .soft(second(name, args, direction), `${name}(${args}) along (${direction})`)
            .toBeCloseTo(derivative(first, 0.02).value, 6);
        }
      }
    });
  }

  test("of x ** y through its support function, with zero base too", () => {
    expect(second("**", [2.5, 1.7], [1, undefined])).toBeCloseTo(1.7 * 0.7 * 2.5 ** -0.3, 12);
    expect(second("**", [0, 2], [1, undefined])).toBe(2);
    expect(second("**", [0, 3], [1, undefined])).toBe(0);
    expect(second("**", [0, 1], [1, undefined])).toBe(0);
    expect(second("**", [0, 0], [1, undefined])).toBe(0);
    expect(second("**", [3, 0], [1, undefined])).toBe(0);
  });
});

/** The tangent of the rule's expression, with the tangents as constants: the second derivative along the direction. */
function second(name: string, args: readonly number[], direction: readonly (number | undefined)[]): number {
  const value = primal(name, args);
  const primals = new Map<number, number>();
  const tangents = new Map<number, number>();
  const bind = (text: string, at: number, tangentValue?: number) => {
    const it = variable(text);
    primals.set(it.variable.id, at);
    if (tangentValue !== undefined) tangents.set(it.variable.id, tangentValue);
    return it;
  };
  const atoms = args.map((x, i) => bind(`x${i}`, x, direction[i]));
  const dotted = direction.map((d, i) => (d === undefined ? undefined : bind(`x${i}_t`, d)));
  const result = bind("y", value, tangent(name, args, direction));
  const expression = tangentOf(operation(name, atoms), atoms, dotted, result);
  return (expression && dual(expression, primals, tangents)[1]) ?? 0;
}
