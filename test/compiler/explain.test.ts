import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createHost, type Explanation } from "../../compiler/index.ts";
import { makeWorkspace, type Workspace } from "../support/workspace.ts";

// Why a tangent is zero: each value by the places that give it.

let workspace: Workspace;
beforeAll(() => {
  workspace = makeWorkspace();
});
afterAll(() => workspace.dispose());
const host = createHost();

const source = `
import { stopGradient } from "fgrad";
const table = [1, 2, 3];
/** @fgrad wrt x */
export function f(x: number, n: number, mode: string): number {
  const count = Math.floor(x) + n;
  let sum = 0;
  for (let i = 0; i < count; i++) sum += x * table[i % 3]!;
  const frozen = stopGradient(sum);
  const scale = mode === "fast" ? 2 : 1;
  const size = table.length;
  const above = x > n;
  return sum * scale + frozen + size + (above ? 1 : 0);
}
`;

function explained(name: string): Explanation {
  const program = workspace.add("explain", source);
  const result = host.compile({ files: [program.entry], tsconfig: workspace.tsconfig, explain: [name] });
  const [first, ...more] = result.explanations ?? [];
  expect(more).toEqual([]);
  if (first === undefined) throw new Error(`${name} is not explained`);
  return first;
}

const reasons = (name: string): string[] => explained(name).steps.map(({ text, reason }) => `${text ?? ""}: ${reason}`);

describe("explanations", () => {
  it("follow an inactive value to where its tangent is zero by mathematics, or never was", () => {
    expect(explained("count").active).toBe(false);
    expect(reasons("count")).toEqual([
      "count = Math.floor(x) + n: neither Math.floor(x) nor n is active",
      "Math.floor(x): Math.floor is flat between its jumps: its derivative is zero",
      ": n is a parameter that is not active: it is not named after wrt",
    ]);
  });

  it("follow an active value to the parameters that it depends on", () => {
    expect(explained("sum").active).toBe(true);
    expect(reasons("sum").at(-1)).toBe(": x is an active parameter");
  });

  it.each([
    ["frozen", "stopGradient cuts the tangent here"],
    ["scale", "mode is a parameter of a type that carries no tangent"],
    ["size", "a length is a count, which has no derivative"],
    ["above", "a comparison has no derivative"],
  ])("say of %s: %s", (name, reason) => {
    expect(explained(name).active).toBe(false);
    expect(explained(name).steps.map((step) => step.reason)).toContain(reason);
  });
});
