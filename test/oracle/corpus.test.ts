import { describe, expect, test } from "vitest";
import { type Program, runDual, runPlain } from "./interpreter/index.ts";
import { closeTo, directionalDerivative, expectClose, flatten } from "./numeric.ts";
import { classes } from "./programs/classes.ts";
import { control } from "./programs/control.ts";
import type { Example } from "./programs/example.ts";
import { functions } from "./programs/functions.ts";
import { memory } from "./programs/memory.ts";
import { modules } from "./programs/modules.ts";
import { numbers } from "./programs/numbers.ts";
import { expectSameBits } from "./sameBits.ts";

const corpus: Readonly<Record<string, readonly Example[]>> = {
  numbers,
  control,
  functions,
  classes,
  memory,
  modules,
};

function programOf(example: Example): Program {
  const files = typeof example.source === "string" ? { "main.ts": example.source } : example.source;
  return { files, entry: "main.ts", function: "f", args: example.args };
}

/** Differences of the program as the engine runs it. */
function checkByDifferences(example: Example, tangent: unknown): void {
  const program = programOf(example);
  const run = (...args: unknown[]): unknown => runPlain({ ...program, args }).value;
  const estimates = directionalDerivative(run, example.args, example.tangents, { step: example.step ?? 0.05 });
  const actual = flatten(tangent);
  expect(actual).toHaveLength(estimates.length);
  estimates.forEach(({ value, error }, i) => {
    const got = actual[i] ?? Number.NaN;
    const close = closeTo(got, value, Math.max(1e-8, 10 * error));
    if (!close) throw new Error(`tangent ${i}: got ${got}, differences give ${value} ± ${error}`);
    expect(error).toBeLessThan(1e-5 * Math.max(1, Math.abs(value)));
  });
}

for (const [area, examples] of Object.entries(corpus)) {
  describe(area, () => {
    test.each(examples.map((example) => [example.name, example] as const))("%s", (_, example) => {
      const program = programOf(example);
      const plain = runPlain(program);
      const dual = runDual({ ...program, tangents: example.tangents });
      expectSameBits(dual.thrown, plain.thrown, "thrown");
      expectSameBits(dual.value, plain.value, "value");
      expectSameBits(dual.argsAfter, plain.argsAfter, "argsAfter");
      expectSameBits(dual.log, plain.log, "log");
      expect(dual.losses).toEqual(example.losses ?? []);
      if ("tangent" in example) expectClose(dual.tangent, example.tangent, 1e-13, "tangent");
      if (example.numeric !== false) checkByDifferences(example, dual.tangent);
    });
  });
}
