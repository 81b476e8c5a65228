/** Compiles a batch of programs, and holds each against itself, the oracle and the type checker. */

import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import ts from "typescript";
import { type CompileResult, type CompilerHost, createHost, type Diagnostic } from "../../compiler/index.ts";
import { jvp } from "../../runtime/index.ts";
import { type DualResult, runDual } from "../oracle/interpreter/index.ts";
import { OracleError } from "../oracle/interpreter/run.ts";
import { bitDifference, describeDifference, firstDifference } from "../oracle/sameBits.ts";
import { limited, load, TookTooLong, toJavaScript } from "./run.ts";
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

interface More {
  /** Compile everything again, and compare. */
  readonly twice?: boolean;
  /** Directions that a run carries; only the first is looked at. */
  readonly lanes?: number;
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

  const compile = (samples: readonly Sample[], on: CompilerHost, lanes: number): CompileResult[] => {
    const options = { tsconfig, lanes, sourcemap: false, declaration: false };
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
      const lanes = more.lanes ?? 1;
      const results = compile(samples, host, lanes);
      const again = more.twice === true ? compile(samples, createHost(), lanes) : undefined;
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
          return judge(sample, result, compiled, again?.[i]);
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
  const duals: DualResult[] = [];
  const entry = "main.ts";
  for (const { args, tangents } of sample.calls) {
    try {
      const files = sample.files;
      duals.push(runDual({ files, entry, function: "f", args, tangents, fuel: 60_000 }));
    } catch (error) {
      if (!(error instanceof OracleError)) throw error;
      return { kind: error.message.includes("fuel") ? "endless" : "unknown", text: error.message };
    }
  }
  if (untyped.length > 0) {
    return {
      kind: "types",
      key: `types ${untyped[0]?.split("   ")[0]?.slice(0, 100)}`,
      text: untyped.join("\n"),
      output,
    };
  }
  return run(sample, result, duals, output);
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

async function run(
  sample: Sample,
  result: CompileResult,
  duals: readonly DualResult[],
  output: string,
): Promise<Verdict> {
  const scripts = new Map<string, string>();
  for (const [name, text] of Object.entries(sample.files)) scripts.set(name, await toJavaScript(text));
  for (const { path, code } of result.files) scripts.set(basename(path), await toJavaScript(code));
  let singular = false;
  for (const [i, { args, tangents }] of sample.calls.entries()) {
    const dual = duals[i];
    if (dual === undefined) continue;
    const original = call(scripts, "main.ts", args);
    const oracle = bitDifference([dual.value, dual.thrown, dual.log, dual.argsAfter], outcome(original));
    if (oracle !== undefined)
      return { kind: "unknown", text: `the oracle's primal differs: ${describeDifference(oracle)}` };
    const copied = copy([args, tangents]) as [unknown[], unknown[]];
    const untouched = call(scripts, "main.fgrad.ts", args);
    const compiled = call(scripts, "main.fgrad.ts", copied, (f, [primals, slopes]) => {
      return (jvp as (f: unknown, primals: unknown, slopes: unknown) => unknown)(f, primals, slopes);
    });
    if (original.endless || untouched.endless || compiled.endless) {
      return original.endless
        ? { kind: "endless" }
        : { kind: "hangs", key: "hangs", text: "the compiled function does not end", output };
    }
    const [value, tangent] = (compiled.value ?? []) as readonly unknown[];
    const [primals, slopes] = compiled.args as [unknown[], unknown[]];
    const bug = (kind: "primal" | "tangent", text: string): Verdict => {
      const at = `f(${show(args)}) along ${show(tangents)}`;
      return { kind, key: kind, text: `${text}\n${at}`, output };
    };
    const module = bitDifference(outcome(untouched), outcome(original), "the compiled module's primal");
    if (module !== undefined) return bug("primal", describeDifference(module));
    const primal = bitDifference(outcome({ ...compiled, value, args: primals }), outcome(original), "primal");
    const thrown = compiled.thrown === undefined ? "" : `\nthrown: ${String(compiled.thrown.error)}`;
    if (primal !== undefined) return bug("primal", describeDifference(primal) + thrown);
    const wanted = [
      dual.tangent,
      tangents.map((given, k) => (given === undefined ? undefined : dual.argTangentsAfter[k])),
    ];
    const size = magnitude(wanted);
    // Beside what is no number or memory there is nothing to compare: of a missing number the tangent is 0 or none.
    const beside = [value, primals];
    const [ours, theirs] = [bare([tangent, slopes], beside), bare(wanted, beside)];
    const apart = firstDifference(ours, theirs, close(1e-9, size), "tangent");
    if (apart === undefined) {
      if (!Number.isFinite(size)) singular = true;
      continue;
    }
    // Where something is not finite or cancels, several answers may be right.
    const far = firstDifference(ours, theirs, close(1e-4, size), "tangent");
    if (far === undefined || !Number.isFinite(size) || size > 1e12 || dual.losses.length > 0 || extreme(dual))
      singular = true;
    else return bug("tangent", describeDifference(apart));
  }
  return { kind: singular ? "singular" : "passed" };
}

interface Outcome {
  readonly value: unknown;
  readonly thrown: { readonly error: unknown } | undefined;
  readonly log: unknown[][];
  readonly args: unknown;
  readonly endless: boolean;
}

const outcome = ({ value, thrown, log, args }: Outcome): unknown[] => [value, thrown, log, args];

function call(
  scripts: ReadonlyMap<string, string>,
  entry: string,
  given: readonly unknown[],
  apply: (f: unknown, args: unknown[]) => unknown = (f, args) => (f as (...args: unknown[]) => unknown)(...args),
): Outcome {
  const args = copy(given) as unknown[];
  const { exports, log } = load(scripts, entry);
  try {
    return { value: limited(() => apply(exports.f, args)), thrown: undefined, log, args, endless: false };
  } catch (error) {
    return { value: undefined, thrown: { error }, log, args, endless: error instanceof TookTooLong };
  }
}

/** A copy in which what was one stays one. */
function copy(value: unknown): unknown {
  return structuredClone(value);
}

const close =
  (relative: number, size: number) =>
  (actual: number, expected: number): boolean =>
    Object.is(actual, expected) ||
    actual === expected ||
    (Number.isNaN(actual) && Number.isNaN(expected)) ||
    Math.abs(actual - expected) <= relative * Math.max(1, Number.isFinite(size) ? size : 1);

function magnitude(tangent: unknown): number {
  if (typeof tangent === "number") return Number.isNaN(tangent) ? Number.POSITIVE_INFINITY : Math.abs(tangent);
  if (ArrayBuffer.isView(tangent)) return magnitude(Array.from(tangent as Float64Array));
  if (typeof tangent !== "object" || tangent === null) return 0;
  return Math.max(0, ...Object.values(tangent).map(magnitude));
}

const extreme = ({ value, argsAfter }: DualResult): boolean => !(magnitude([value, argsAfter]) < 1e12);

/** Tangents without the places that hold none, so that an absent one and `undefined` are alike. */
function bare(tangent: unknown, primal: unknown): unknown {
  if (typeof primal !== "number" && (typeof primal !== "object" || primal === null)) return undefined;
  const beside = (key: string): unknown => Reflect.get(Object(primal), key);
  if (Array.isArray(tangent)) {
    return Array.from(tangent as unknown[], (part, i) => {
      const inner = bare(part, beside(String(i)));
      return isEmpty(inner) ? undefined : inner;
    });
  }
  if (typeof tangent !== "object" || tangent === null || Object.getPrototypeOf(tangent) !== Object.prototype)
    return tangent;
  const fields = Object.entries(tangent).map(([key, part]) => [key, bare(part, beside(key))] as const);
  return Object.fromEntries(fields.filter(([, part]) => !isEmpty(part)));
}

const isEmpty = (part: unknown): boolean =>
  part === undefined ||
  part === null ||
  (Array.isArray(part) && part.every(isEmpty)) ||
  (typeof part === "object" && Object.getPrototypeOf(part) === Object.prototype && Object.keys(part).length === 0);

export function show(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) =>
    ArrayBuffer.isView(part)
      ? { [part.constructor.name]: Array.from(part as Float64Array) }
      : part === undefined
        ? null
        : part,
  );
}
