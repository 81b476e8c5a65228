import { afterAll, describe, expect, it } from "vitest";
import { readText } from "../support/workspace.ts";
import { diagnose, workspace } from "./load.ts";

afterAll(() => workspace.dispose());

/** The errors of a program: code, the text that they point at, and the message. */
function errors(source: string, order = 1): { code: string; at: string; message: string }[] {
  return diagnose(`import { jvp, gradient, jacobian, hvp } from "fgrad";\n${source}`, { order })
    .filter(({ severity }) => severity === "error")
    .map(({ code, message, span }) => ({
      code,
      message,
      at: span === undefined ? "" : readText(span.file).slice(span.start, span.end),
    }));
}

describe("what can't be done is refused, where it stands", () => {
  it("a function that is not known", () => {
    const [error, ...more] = errors(`/** @fgrad wrt x */
      export function f(x: number, g: (t: number) => number): number { return jvp(g, [x], [1])[1]; }`);
    expect(error).toMatchObject({ code: "FG2019", at: "jvp(g, [x], [1])" });
    expect(error?.message).toContain("What jvp differentiates here can't be seen: g.");
    expect(more).toEqual([]);
  });

  it("arguments that are not written out", () => {
    const [error] = errors(`function g(x: number): number { return x * x; }
      /** @fgrad */ export function f(x: number): number {
        const at: [number] = [x];
        return jvp(g, at, [1])[1];
      }`);
    expect(error).toMatchObject({ code: "FG2020", at: "jvp(g, at, [1])" });
  });

  it("a Jacobian of something active", () => {
    const [error] = errors(`function g(x: number): number { return x * x; }
      /** @fgrad */ export function f(x: number): number { return jacobian(g)(x)[1][0]![0]!; }`);
    expect(error).toMatchObject({ code: "FG2020", at: "jacobian(g)(x)" });
    expect(error?.message).toContain("jacobian can't be differentiated in this form: there is no way");
  });

  it("what the inner function leaves behind in a captured variable", () => {
    const [error] = errors(`/** @fgrad */ export function f(x: number): number {
      let last = 0;
      const d = jvp((y: number) => { last = y; return x * y; }, [x], [1])[1];
      return d + last;
    }`);
    expect(error?.code).toBe("FG3008");
    expect(error?.message).toContain("it is stored in last");
  });

  it("a tangent that the inner function would lose", () => {
    const [error] = errors(`function g(x: number): number { return Number(String(x)); }
      /** @fgrad */ export function f(x: number): number { return jvp(g, [x], [1])[1]; }`);
    expect(error?.code).toBe("FG3004");
  });

  it("a function that needs its own derivative", () => {
    const [error] = errors(`/** @fgrad wrt x */
      export function f(x: number, n: number): number {
        return n === 0 ? x * x : jvp(f, [x, n - 1], [1, undefined])[1];
      }`);
    expect(error?.code).toBe("FG2018");
  });
});
