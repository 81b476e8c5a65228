import { readdirSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { createHost } from "../../compiler/index.ts";
import { readModules } from "../oracle/files.ts";
import { checkCall, errorsOf, told } from "../support/compile.ts";
import { direction, directionsFor, slopes } from "../support/directions.ts";
import { packages } from "../support/workspace.ts";

const root = resolve(import.meta.dirname, "../..");
const modulesIn = (folder: string): string[] =>
  readdirSync(join(root, folder))
    .filter((name) => /^[\w-]+\.ts$/.test(name))
    .map((name) => join(root, folder, name));
const host = createHost();

// The oracle interprets the plain kernels: the programs that it is compared with must run them too, to the bit.
beforeEach(() => void vi.stubGlobal("WebAssembly", undefined));
afterEach(() => void vi.unstubAllGlobals());

describe.each([...modulesIn("fixtures"), ...modulesIn("fixtures/models")].map((path) => [relative(root, path), path]))(
  "%s",
  (_, path) => {
    const result = host.compile({ files: [path], logPasses: true });
    const compiled = result.files.find(({ source }) => source === path);

    test("every pass keeps the invariants of the intermediate form", () => {
      expect(told(errorsOf(result))).toBe("");
      const passes = new Set(result.log.map(({ pass }) => pass));
      for (const pass of ["discover", "lower", "activity", "differentiate", "emit"]) expect(passes).toContain(pass);
      expect([...passes].some((pass) => pass.startsWith("simplify/"))).toBe(true);
    });

    test.each((compiled?.functions ?? []).map((one) => [one.name, one] as const))("%s", async (name, found) => {
      const module: { readonly examples: readonly (readonly unknown[])[] } = await import(path);
      const program = readModules(path, packages);
      const wrt = /@fgrad wrt ([\w., ]+)/.exec(textBefore(program.files[path] ?? "", found.span.start))?.[1];
      expect(module.examples.length).toBeGreaterThan(0);
      for (const args of module.examples) {
        const active = found.parameters.map((parameter) => parameter.active);
        const dotted = wrt?.includes(".") === true;
        const tangents = dotted ? [alongPaths(wrt, found.parameters, args)] : directionsFor(args, active);
        checkCall(program, result.files, { function: name, args, tangents, tolerance: 1e-12 });
      }
    });
  },
);

/** The comment in front of a function. */
function textBefore(text: string, start: number): string {
  const from = text.lastIndexOf("/**", start);
  return text.slice(from, start);
}

/** A direction in the fields that `wrt` names. */
function alongPaths(
  wrt: string,
  parameters: readonly { readonly name: string }[],
  args: readonly unknown[],
): unknown[] {
  const next = slopes();
  const paths = wrt.split(",").map((path) => path.trim().split("."));
  const within = (value: unknown, below: readonly (readonly string[])[]): unknown => {
    if (below.some((path) => path.length === 0)) return direction(value, next);
    const keys = [...new Set(below.map(([key]) => key ?? ""))];
    const fields = keys.map((key) => {
      const part: unknown = Reflect.get(value as object, key);
      return [
        key,
        within(
          part,
          below.filter(([first]) => first === key).map((path) => path.slice(1)),
        ),
      ] as const;
    });
    return Object.fromEntries(fields);
  };
  return args.map((arg, i) => {
    const below = paths.filter(([head]) => head === parameters[i]?.name).map((path) => path.slice(1));
    return below.length === 0 ? undefined : within(arg, below);
  });
}
