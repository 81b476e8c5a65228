/** Compiles a batch of programs, and holds each against itself, the oracle and the type checker. */

import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import ts from "typescript";
import { type CompileResult, type CompilerHost, createHost, type Diagnostic } from "../../compiler/index.ts";
import { ask, compare } from "./compare.ts";
import { makeTypeChecker } from "./typecheck.ts";

export interface Sample {
  readonly files: Readonly<Record<string, string>>;
  readonly calls: readonly { readonly args: readonly unknown[]; readonly tangents: readonly unknown[] }[];
}

/**
 * - `passed`;
 * - `invalid`: the program has type errors of its own; `endless`: it runs too long; `unknown`: the oracle can't say;
 * - `singular`: all agrees but a tangent that is infinite, NaN or badly conditioned;
 * - everything else is a bug: `refused`, `crash`, `types` (the output does not type-check), `primal`, `tangent`, `twice`.
 */
export type Verdict =
  | { readonly kind: "passed" | "invalid" | "endless" | "unknown" | "singular"; readonly text?: string }
  | {
      readonly kind: "refused" | "crash" | "types" | "primal" | "tangent" | "twice" | "hangs";
      /** What kind of failure: equal for equal bugs, as far as one can tell. */
      readonly key: string;
      readonly text: string;
      readonly output: string;
    };

export const isBug = (verdict: Verdict): verdict is Extract<Verdict, { key: string }> => "key" in verdict;

export interface More {
  /** Compile everything again, and compare. */
  readonly twice?: boolean;
  /** Directions that a run carries. */
  readonly lanes?: number;
  /** 2: the derivative of the derivative is made and looked at as well. */
  readonly order?: number;
}

export interface Checker {
  check(samples: readonly Sample[], more?: More): Promise<Verdict[]>;
  dispose(): void;
}

/** A checker that keeps its compiler and type checker. `careful`: with noUncheckedIndexedAccess. */
export function makeChecker(careful: boolean): Checker {
  const folder = join(realpathSync(mkdtempSync(join(tmpdir(), "fgrad-"))), "fgrad-fuzz");
  mkdirSync(folder, { recursive: true });
  const strict = {
    strict: true,
    noUncheckedIndexedAccess: careful,
    exactOptionalPropertyTypes: careful,
    allowImportingTsExtensions: true,
  };
  const tsconfig = join(folder, "tsconfig.json");
  const text = {
    target: "ES2022",
    lib: ["ES2022"],
    module: "ESNext",
    moduleResolution: "Bundler",
    noEmit: true,
    types: [],
  };
  writeFileSync(tsconfig, JSON.stringify({ compilerOptions: { ...text, ...strict } }));
  const types = makeTypeChecker({
    ...strict,
    target: ts.ScriptTarget.ES2022,
    lib: ["lib.es2022.d.ts"],
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    noEmit: true,
    types: [],
    skipLibCheck: true,
  });
  let host = createHost();
  let batches = 0;

  const compile = (samples: readonly Sample[], on: CompilerHost, { lanes = 1, order = 1 }: More): CompileResult[] => {
    const options = { tsconfig, lanes, order, sourcemap: false, declaration: false };
    const paths: string[][] = samples.map((sample, i) =>
      Object.entries(sample.files).map(([name, source]) => {
        const path = join(folder, `p${i}`, name);
        mkdirSync(dirname(path), { recursive: true });
        writeFileSync(path, source);
        return path;
      }),
    );
    on.invalidate(paths.flat());
    const entries = samples.map((_, i) => join(folder, `p${i}`, "main.ts"));
    let together: CompileResult | undefined;
    try {
      together = on.compile({ ...options, files: entries });
    } catch {
      together = undefined;
    }
    return samples.map((_, i) => {
      const own = new Set(paths[i]);
      let result = together;
      if (result === undefined) {
        const alone = createHost();
        try {
          result = alone.compile({ ...options, files: [entries[i] ?? ""] });
        } catch (error) {
          const where = error instanceof Error ? (error.stack ?? error.message) : String(error);
          const message = `the compiler threw ${where.split("\n").slice(0, 4).join("\n")}`;
          const thrown: Diagnostic = { code: "FG9999", severity: "error", message };
          return { files: [], diagnostics: [thrown], log: [], activity: [], dependencies: [] };
        }
      }
      return {
        ...result,
        files: result.files.filter(({ source }) => own.has(source)),
        diagnostics: result.diagnostics.filter(({ span }) => span === undefined || own.has(span.file)),
      };
    });
  };

  return {
    dispose: () => rmSync(dirname(folder), { recursive: true, force: true }),
    async check(samples, more = {}) {
      if (++batches % 40 === 0) host = createHost();
      // Files of an earlier, larger batch must not linger.
      rmSync(folder, { recursive: true, force: true });
      mkdirSync(folder, { recursive: true });
      writeFileSync(tsconfig, JSON.stringify({ compilerOptions: { ...text, ...strict } }));
      const results = compile(samples, host, more);
      const again = more.twice === true ? compile(samples, createHost(), more) : undefined;
      const all = new Map([
        [join(folder, "console.d.ts"), "declare const console: { log(...values: unknown[]): void };"],
      ]);
      samples.forEach((sample, i) => {
        const outputs = results[i]?.files ?? [];
        for (const [name, source] of Object.entries(sample.files)) all.set(join(folder, `p${i}`, name), source);
        for (const { path, code } of outputs) all.set(path, code);
      });
      const errors = types(all);
      return Promise.all(
        samples.map(async (sample, i): Promise<Verdict> => {
          const result = results[i];
          if (result === undefined) return { kind: "invalid" };
          const compiled = result.files.flatMap(({ path }) => errors(path));
          // A module that type-checks with tangents did so without them.
          if (compiled.length > 0 || !result.files.some(({ path }) => path.endsWith("main.fgrad.ts"))) {
            const sources = Object.keys(sample.files).map((name) => join(folder, `p${i}`, name));
            const own = sources.flatMap(errors);
            if (own.length > 0) return { kind: "invalid", text: own.join("\n") };
          }
          return judge(sample, result, compiled, again?.[i], more);
        }),
      );
    },
  };
}

async function judge(
  sample: Sample,
  result: CompileResult,
  untyped: readonly string[],
  again: CompileResult | undefined,
  { lanes = 1, order = 1 }: More,
): Promise<Verdict> {
  const output = result.files.map(({ path, code }) => `// ${basename(path)}\n${code}`).join("\n");
  const failed = result.diagnostics.filter(({ severity }) => severity === "error");
  const [first] = failed;
  if (first !== undefined) {
    const kind = first.code.startsWith("FG9") ? "crash" : "refused";
    const told = failed.map(({ code, message, span }) => `${code} ${message}${quote(sample, span)}`).join("\n");
    const key = `${first.code} ${kind === "crash" ? gist(first.message) : ""}`;
    return { kind, key, text: told, output };
  }
  const changed = again?.files.find(({ code }, i) => code !== result.files[i]?.code);
  if (changed !== undefined) return { kind: "twice", key: "twice", text: changed.code, output };
  if (!result.files.some(({ path }) => path.endsWith("main.fgrad.ts")))
    return { kind: "invalid", text: "nothing to compile" };
  const told = ask(sample, lanes);
  if (!Array.isArray(told)) return told;
  if (untyped.length > 0) {
    return {
      kind: "types",
      key: `types ${untyped[0]?.split("   ")[0]?.slice(0, 100)}`,
      text: untyped.join("\n"),
      output,
    };
  }
  return compare(sample, result, told, output, order);
}

/** A message without what differs from program to program. */
function gist(message: string): string {
  const [, told = message] = /of [^:]*: [^:]*: ([^:]*)/.exec(message) ?? [];
  return (
    told
      .replace(/^\S+ (?=is )/, "… ")
      .replace(/\d+/g, "N")
      .split("\n")[0]
      ?.slice(0, 100) ?? ""
  );
}

function quote(sample: Sample, span: Diagnostic["span"]): string {
  const text = span && sample.files[basename(span.file)];
  return span === undefined || text === undefined ? "" : `   ${text.slice(span.start, span.end)}`;
}
