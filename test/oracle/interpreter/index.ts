/**
 * An oracle for the compiler's tests that shares nothing with it: TypeScript source is interpreted as JavaScript runs,
 * with a dual number wherever a value may carry a tangent.
 */
import ts from "typescript";
import { noAliases, stopGradient, tangentOfValue, toDual, toPlain } from "./convert.ts";
import { recordedConsole } from "./globals.ts";
import { type Externals, type Files, resolveModule, runModules } from "./modules.ts";
import { isOracleFailure, OracleError, startRun } from "./run.ts";

/** A function of a program and what to call it with. */
export interface Program {
  /** Sources by path; imports are relative, or bare when the bare specifier is a key here or in `externals`. */
  readonly files: Files;
  readonly entry: string;
  /** The function to call: any expression valid at the end of the entry module, exported or not. */
  readonly function: string;
  /** Numbers, arrays, typed arrays, objects; copied before the call, aliases and shared buffers kept. */
  readonly args: readonly unknown[];
  /** Modules of the host by bare specifier, beside `fgrad` with `stopGradient`. Their functions get plain numbers. */
  readonly externals?: Externals;
  /** Loop iterations and calls allowed; 50 million when absent. */
  readonly fuel?: number;
}

/** A program with the direction to differentiate along. */
export interface DualProgram extends Program {
  /** One a parameter, in the shape of the argument; undefined, also inside, means inactive. */
  readonly tangents: readonly unknown[];
}

/** What a run did, in plain values. */
export interface PlainResult {
  readonly value: unknown;
  /** Arguments of each console call, in order. */
  readonly log: readonly (readonly unknown[])[];
  /** The arguments after the call, with whatever was written into them. */
  readonly argsAfter: readonly unknown[];
  /** Present when the function threw. */
  readonly thrown: { readonly error: unknown } | undefined;
}

/** As PlainResult, with tangents: number for number, array for array, undefined where there can be none. */
export interface DualResult extends PlainResult {
  readonly tangent: unknown;
  readonly argTangentsAfter: readonly unknown[];
  /** Where non-zero tangents were dropped, such as "string", "integer array", "operator &". */
  readonly losses: readonly string[];
}

const DEFAULT_FUEL = 50_000_000;
const ENTRY = "fgradOracleEntry";

/**
 * Interprets the program with dual numbers. A tangent that is exactly zero counts as inactive and stays zero whatever
 * it is multiplied by. What the function throws is a result; failures of the oracle itself are thrown as OracleError.
 */
export function runDual(program: DualProgram): DualResult {
  const run = startRun(program.fuel ?? DEFAULT_FUEL);
  const aliases = noAliases();
  const args = program.args.map((arg, i) => toDual(arg, program.tangents[i], aliases));
  const externals = { fgrad: { stopGradient }, ...program.externals };
  const outcome = settle(isOracleFailure, () => {
    const find = runModules(withEntry(program), externals, program.entry)(ENTRY) as () => unknown;
    return asFunction(find(), program)(...args);
  });
  return {
    value: toPlain(outcome.value),
    tangent: tangentOfValue(outcome.value),
    log: run.log,
    argsAfter: args.map((arg) => toPlain(arg)),
    argTangentsAfter: args.map((arg) => tangentOfValue(arg)),
    thrown: outcome.thrown,
    losses: run.losses,
  };
}

/** Runs the very program as JavaScript in this engine, types removed by TypeScript's own transpiler. */
export function runPlain(program: Program): PlainResult {
  const run = startRun(Number.POSITIVE_INFINITY);
  const seen = new Map<object, unknown>();
  const args = copyArguments(program.args, seen);
  const externals = { fgrad: { stopGradient: (x: unknown) => x }, ...program.externals };
  const outcome = settle(
    (error) => error instanceof OracleError,
    () => {
      const find = requireModules(withEntry(program), externals, program.entry)[ENTRY] as () => unknown;
      return asFunction(find(), program)(...args);
    },
  );
  return {
    value: toPlain(outcome.value),
    log: run.log,
    argsAfter: args.map((arg) => toPlain(arg)),
    thrown: outcome.thrown,
  };
}

function withEntry(program: Program): Files {
  const source = program.files[program.entry];
  if (source === undefined) throw new OracleError(`no file ${program.entry}`);
  return { ...program.files, [program.entry]: `${source}\nexport const ${ENTRY} = () => (${program.function});\n` };
}

function asFunction(f: unknown, program: Program): (...args: unknown[]) => unknown {
  if (typeof f !== "function") throw new OracleError(`${program.function} is not a function`);
  return f as (...args: unknown[]) => unknown;
}

function settle(
  isFailure: (error: unknown) => boolean,
  run: () => unknown,
): { readonly value: unknown; readonly thrown: { error: unknown } | undefined } {
  try {
    return { value: run(), thrown: undefined };
  } catch (error) {
    if (error instanceof OracleError) throw error;
    if (isFailure(error)) throw new OracleError(`the oracle failed: ${String(error)}`);
    return { value: undefined, thrown: { error: toPlain(error) } };
  }
}

/** Copies arguments for a plain run; typed arrays on one buffer stay on one buffer. */
function copyArguments(args: readonly unknown[], seen: Map<object, unknown>): unknown[] {
  const copy = (x: unknown): unknown => {
    if (typeof x !== "object" || x === null) return x;
    const known = seen.get(x);
    if (known !== undefined) return known;
    if (ArrayBuffer.isView(x) && !(x instanceof DataView)) {
      const buffer = copy(x.buffer) as ArrayBuffer;
      const view = x as Float32Array;
      const type = view.constructor as Float32ArrayConstructor;
      const made = new type(buffer, view.byteOffset, view.length);
      seen.set(x, made);
      return made;
    }
    if (x instanceof ArrayBuffer || x instanceof Map || x instanceof Set || x instanceof Date) {
      const made: unknown = structuredClone(x);
      seen.set(x, made);
      return made;
    }
    const made: object = Array.isArray(x) ? [] : (Object.create(Object.getPrototypeOf(x)) as object);
    seen.set(x, made);
    if (Array.isArray(x)) (made as unknown[]).length = x.length;
    for (const [key, part] of Object.entries(x)) Reflect.set(made, key, copy(part));
    return made;
  };
  return args.map(copy);
}

type Body = (require: (specifier: string) => unknown, exports: object, console: object) => void;

/** Transpiled modules by source: differences run the same program many times. */
const transpiled = new Map<string, Body>();

function transpile(fileName: string, source: string): Body {
  const known = transpiled.get(source);
  if (known !== undefined) return known;
  const { outputText } = ts.transpileModule(source, {
    fileName,
    compilerOptions: { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022, esModuleInterop: true },
  });
  const body = new Function("require", "exports", "console", outputText) as Body;
  transpiled.set(source, body);
  return body;
}

function requireModules(files: Files, externals: Externals, entry: string): Record<string, unknown> {
  const loaded = new Map<string, Record<string, unknown>>();
  const load = (path: string): Record<string, unknown> => {
    const known = loaded.get(path);
    if (known !== undefined) return known;
    const source = files[path];
    if (source === undefined) return { ...externals[path] };
    const exports: Record<string, unknown> = {};
    loaded.set(path, exports);
    const require = (specifier: string): unknown => {
      const found = resolveModule(files, externals, path, specifier);
      if (found === undefined) throw new OracleError(`${path}: no module ${specifier}`);
      return load(found);
    };
    transpile(path, source)(require, exports, recordedConsole);
    return exports;
  };
  return load(entry);
}
