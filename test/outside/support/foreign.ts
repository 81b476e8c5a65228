/** Compiles functions of installed packages, and checks values to the bit and derivatives against differences. */

import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";
import { expect } from "vitest";
import { type CompileResult, createHost } from "../../../compiler/index.ts";
import { jvp } from "../../../runtime/index.ts";
import { directionalDerivative, flatten } from "../../oracle/numeric.ts";
import { expectSameBits } from "../../oracle/sameBits.ts";
import { directionsFor } from "../../support/directions.ts";

export const installed = resolve(import.meta.dirname, "../../../node_modules");

const host = createHost();

/** A folder where packages can be imported. */
export interface Place {
  readonly folder: string;
  write(files: Readonly<Record<string, string>>): string[];
  dispose(): void;
}

export function makePlace(): Place {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "fgrad-outside-")));
  symlinkSync(installed, join(folder, "node_modules"));
  return {
    folder,
    write: (files) =>
      Object.entries(files).map(([name, text]) => {
        const path = join(folder, name);
        mkdirSync(dirname(path), { recursive: true });
        writeFileSync(path, text);
        return path;
      }),
    dispose: () => rmSync(folder, { recursive: true, force: true }),
  };
}

export function compile(files: readonly string[], functions: readonly string[] = [], outdir?: string): CompileResult {
  return host.compile({ files, functions, ...(outdir !== undefined && { outdir }) });
}

/** Errors as a person reads them: code and message. */
export const errorsOf = (result: CompileResult): string[] =>
  result.diagnostics.filter(({ severity }) => severity === "error").map(({ code, message }) => `${code} ${message}`);

export type Exports = Readonly<Record<string, (...args: unknown[]) => unknown>>;

let bundles = 0;

/** A module as it runs: bundled, with all that it imports. */
export async function load(place: Place, path: string): Promise<Exports> {
  const outfile = join(place.folder, `bundle${++bundles}.mjs`);
  await build({
    entryPoints: [path],
    outfile,
    bundle: true,
    format: "esm",
    platform: "node",
    logLevel: "silent",
    alias: { fgrad: resolve(import.meta.dirname, "../../../runtime/index.ts") },
  });
  return (await import(pathToFileURL(outfile).href)) as Exports;
}

const written = new WeakSet<CompileResult>();

/** Writes what was compiled, once, and loads the module made from `source`. */
export async function loadCompiled(place: Place, result: CompileResult, source: string): Promise<Exports> {
  for (const { path, code } of written.has(result) ? [] : result.files) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, code);
  }
  written.add(result);
  const compiled = result.files.find((file) => file.source === source);
  if (compiled === undefined) throw new Error(`nothing was compiled for ${source}:\n${errorsOf(result).join("\n")}`);
  return load(place, compiled.path);
}

/** Lines of the modules that functions were taken from. */
export const linesCompiled = (result: CompileResult): number =>
  result.files.reduce((sum, { code }) => sum + code.split("\n").length, 0);

export interface Check {
  readonly args: readonly unknown[];
  /** Relative; 1e-8 when absent. */
  readonly tolerance?: number;
  /** The largest step of the differences. */
  readonly step?: number;
}

/** The value's bits are the original's, and the tangent is what differences give, along several directions. */
export function checkFunction(
  original: (...args: unknown[]) => unknown,
  compiled: (...args: unknown[]) => unknown,
  { args, tolerance = 1e-8, step = 0.01 }: Check,
): void {
  const fresh = (): unknown[] => structuredClone(args) as unknown[];
  const expected = original(...fresh());
  expectSameBits(compiled(...fresh()), expected, "the compiled module's primal");
  const varying = args.map((arg) => typeof arg !== "string" && typeof arg !== "boolean");
  for (const tangents of directionsFor(args, varying)) {
    const [value, tangent] = jvp(compiled as (...args: never[]) => unknown, fresh() as never, tangents as never);
    expectSameBits(value, expected, "value");
    const slopes = directionalDerivative(original, args, tangents, { step });
    const found = flatten(tangent);
    expect(found.length).toBe(slopes.length);
    found.forEach((slope, i) => {
      const { value: wanted = Number.NaN, error = 0 } = slopes[i] ?? {};
      const allowed = tolerance * Math.max(1, Math.abs(wanted)) + 4 * error;
      expect(Math.abs(slope - wanted), `${slope} beside ${wanted}`).toBeLessThanOrEqual(allowed);
    });
  }
}
