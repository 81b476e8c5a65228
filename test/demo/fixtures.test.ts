import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readModules } from "../oracle/files.ts";
import { runDual } from "../oracle/interpreter/index.ts";
import { directionalDerivative, expectClose, flatten } from "../oracle/numeric.ts";
import { expectSameBits } from "../oracle/sameBits.ts";

// The fixtures themselves: their examples lie where the functions are smooth, so that every oracle agrees on them.

const FOLDER = new URL("../../fixtures", import.meta.url).pathname;
const fixtures = readdirSync(FOLDER).filter((name) => /^[\w-]+\.ts$/.test(name));

interface Tagged {
  readonly name: string;
  /** Names after `wrt`; undefined: all. */
  readonly wrt: readonly string[] | undefined;
  readonly parameters: readonly string[];
}

/** The exported functions under a comment with the tag. */
function taggedIn(source: string): Tagged[] {
  const pattern = /@fgrad(?: wrt ([\w., ]+?))?\s*\*\/\s*export function (\w+)\(([^)]*)\)/g;
  return Array.from(source.matchAll(pattern), ([, wrt, name = "", list = ""]) => ({
    name,
    wrt: wrt?.split(/, */),
    parameters: Array.from(list.matchAll(/(\w+)\??(?::| =)/g), ([, parameter = ""]) => parameter),
  }));
}

/** A direction for one argument; the same numbers on every run. */
function direction(value: unknown, next: () => number): unknown {
  if (typeof value === "number") return next();
  if (value instanceof Float32Array || value instanceof Float64Array) return value.map(() => next());
  if (Array.isArray(value)) return value.map((item) => direction(item, next));
  if (typeof value !== "object" || value === null || ArrayBuffer.isView(value)) return undefined;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, direction(part, next)]));
}

function tangentsFor({ wrt, parameters }: Tagged, args: readonly unknown[]): unknown[] {
  let state = 0;
  const next = () => Math.fround(Math.cos(++state) + 0.1);
  return args.map((arg, i) => {
    const parameter = parameters[i] ?? "";
    const paths = wrt?.filter((path) => path.split(".")[0] === parameter);
    if (paths?.length === 0) return undefined;
    const fields = paths?.map((path) => path.split(".")[1]).filter((field) => field !== undefined) ?? [];
    const whole = direction(arg, next);
    if (fields.length === 0) return whole;
    return Object.fromEntries(Object.entries(whole as object).filter(([key]) => fields.includes(key)));
  });
}

describe.each(fixtures)("%s", (file) => {
  const path = join(FOLDER, file);
  const source = readFileSync(path, "utf8");
  const tagged = taggedIn(source);

  it("says what it is, and has tagged functions and examples", async () => {
    const module: { examples: readonly (readonly unknown[])[] } = await import(path);
    expect(source).toMatch(/^\/\/ \w/);
    expect(tagged.map(({ name }) => name)).toEqual(
      Object.keys(module).filter((name) => name !== "examples" && name !== "default"),
    );
    expect(module.examples.length).toBeGreaterThan(1);
  });

  it.each(tagged)("$name: interpreted, differentiated and differenced alike", async (one) => {
    const module: Record<string, unknown> & { examples: readonly (readonly unknown[])[] } = await import(path);
    const f = module[one.name] as (...args: unknown[]) => unknown;
    for (const args of module.examples) {
      const tangents = tangentsFor(one, args);
      const dual = runDual({ ...readModules(path), function: one.name, args, tangents });
      expect(dual.thrown).toBeUndefined();
      expect(dual.losses).toEqual([]);
      expectSameBits(dual.value, f(...structuredClone(args)));
      const slopes = directionalDerivative(f, args, tangents, { step: 1e-3 });
      const rounding = /Float32Array|fround/.test(source) ? 1e-4 : 1e-6;
      expectClose(
        flatten(dual.tangent),
        slopes.map(({ value }) => value),
        rounding,
        one.name,
      );
    }
  });
});
