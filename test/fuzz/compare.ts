/** Holds a compiled program against itself and the oracle: bits, effects, every lane, and the second derivative. */

import { basename } from "node:path";
import type { CompileResult } from "../../compiler/index.ts";
import { type AnyFunction, compiledTangent } from "../../runtime/compiled.ts";
import { interleave, pushAll } from "../../runtime/jvp.ts";
import { type DualResult, runDual } from "../oracle/interpreter/index.ts";
import { OracleError } from "../oracle/interpreter/run.ts";
import { bitDifference, describeDifference, firstDifference } from "../oracle/sameBits.ts";
import type { Sample, Verdict } from "./check.ts";
import { limited, load, TookTooLong, toJavaScript } from "./run.ts";

/** Iterations and calls that a program may take. */
const FUEL = 60_000;

/** What one call gives by the oracle, along each direction. */
export type Told = readonly DualResult[];

/** The directions of a call: the given one, and for further lanes others of the same shape. */
export const directionsOf = ({ tangents }: Sample["calls"][number], lanes: number): (readonly unknown[])[] =>
  Array.from({ length: lanes }, (_, lane) => (lane === 0 ? tangents : (another(tangents, lane) as unknown[])));

/** Runs the oracle on every call. Gives back what it can't say. */
export function ask(sample: Sample, lanes: number): Told[] | Exclude<Verdict, { key: string }> {
  const { files } = sample;
  try {
    return sample.calls.map((one) =>
      directionsOf(one, lanes).map((tangents) =>
        runDual({ files, entry: "main.ts", function: "f", args: one.args, tangents, fuel: FUEL }),
      ),
    );
  } catch (error) {
    if (!(error instanceof OracleError)) throw error;
    return { kind: error.message.includes("fuel") ? "endless" : "unknown", text: error.message };
  }
}

/** Runs what was compiled, and compares. `order` 2 looks at the derivative of the derivative too. */
export async function compare(
  sample: Sample,
  result: CompileResult,
  told: readonly Told[],
  output: string,
  order: number,
): Promise<Verdict> {
  const scripts = new Map<string, string>();
  for (const [name, text] of Object.entries(sample.files)) scripts.set(name, await toJavaScript(text));
  for (const { path, code } of result.files) scripts.set(basename(path), await toJavaScript(code));
  let singular = false;
  for (const [i, one] of sample.calls.entries()) {
    const duals = told[i] ?? [];
    const verdict = compareCall(scripts, one, duals, output);
    if (verdict.kind === "singular") singular = true;
    else if (verdict.kind !== "passed") return verdict;
    if (order < 2) continue;
    const second = compareSecond(scripts, sample, result, one, output);
    if (second.kind === "singular") singular = true;
    else if (second.kind !== "passed") return second;
  }
  return { kind: singular ? "singular" : "passed" };
}

type Call = Sample["calls"][number];

function compareCall(scripts: ReadonlyMap<string, string>, one: Call, duals: Told, output: string): Verdict {
  const { args } = one;
  const [dual] = duals;
  if (dual === undefined) return { kind: "passed" };
  const directions = directionsOf(one, duals.length);
  const original = call(scripts, "main.ts", args);
  const oracle = bitDifference([dual.value, dual.thrown, dual.log, dual.argsAfter], outcome(original));
  if (oracle !== undefined)
    return { kind: "unknown", text: `the oracle's primal differs: ${describeDifference(oracle)}` };
  const untouched = call(scripts, "main.fgrad.ts", args);
  const compiled = call(scripts, "main.fgrad.ts", [args, directions], (f, [primals, slopes]) => {
    const own = compiledTangent(f as AnyFunction);
    if (own === undefined) throw new Error("not compiled");
    return pushAll(f as AnyFunction, own, primals as unknown[], slopes as unknown[][]);
  });
  if (original.endless || untouched.endless || compiled.endless) {
    return original.endless
      ? { kind: "endless" }
      : { kind: "hangs", key: "hangs", text: "the compiled function does not end", output };
  }
  const [value, slopes] = (compiled.value ?? []) as readonly [unknown?, unknown[]?];
  const [primals, after] = compiled.args as [unknown[], unknown[][]];
  const bug = (kind: "primal" | "tangent", text: string, tangents: readonly unknown[]): Verdict => {
    const at = `f(${show(args)}) along ${show(tangents)}`;
    return { kind, key: kind, text: `${text}\n${at}`, output };
  };
  const module = bitDifference(outcome(untouched), outcome(original), "the compiled module's primal");
  if (module !== undefined) return bug("primal", describeDifference(module), one.tangents);
  const primal = bitDifference(outcome({ ...compiled, value, args: primals }), outcome(original), "primal");
  const thrown = compiled.thrown === undefined ? "" : `\nthrown: ${String(compiled.thrown.error)}`;
  if (primal !== undefined) return bug("primal", describeDifference(primal) + thrown, one.tangents);
  let singular = false;
  for (const [lane, told] of duals.entries()) {
    const given = directions[lane] ?? [];
    const wanted = [told.tangent, given.map((one, k) => (one === undefined ? undefined : told.argTangentsAfter[k]))];
    const agreed = agree([slopes?.[lane], after[lane]], wanted, [value, primals], told);
    if (agreed === "singular") singular = true;
    else if (agreed !== "same") return bug("tangent", (lane > 0 ? `lane ${lane}, ` : "") + agreed, given);
  }
  return { kind: singular ? "singular" : "passed" };
}

/** The derivative of the derivative, against the oracle on the derivative as it was generated. */
function compareSecond(
  scripts: ReadonlyMap<string, string>,
  sample: Sample,
  result: CompileResult,
  one: Call,
  output: string,
): Verdict {
  const { exports } = load(scripts, "main.fgrad.ts");
  const first = compiledTangent(exports.f as AnyFunction);
  if (first === undefined) return { kind: "passed" };
  const second = compiledTangent(first.jvp);
  if (second === undefined) return { kind: "crash", key: "no second", text: "no derivative of the derivative", output };
  const [primals, slopes] = structuredClone([one.args, one.tangents]) as [unknown[], unknown[]];
  const args = interleave(exports.f as AnyFunction, first, primals, [slopes]);
  const directions = args.map((arg, i) => (second.active[i] === true ? another(arg, 3 + i) : undefined));
  const generated = Object.fromEntries(result.files.map(({ path, code }) => [basename(path), code]));
  const files = { ...sample.files, ...generated };
  let dual: DualResult;
  try {
    const derivative = 'f[Symbol.for("fgrad.jvp")].jvp';
    dual = runDual({ files, entry: "main.fgrad.ts", function: derivative, args, tangents: directions, fuel: 4 * FUEL });
  } catch (error) {
    if (!(error instanceof OracleError)) throw error;
    return { kind: "unknown", text: `of the derivative: ${error.message}` };
  }
  const plain = call(scripts, "main.fgrad.ts", args, (f, own) =>
    (compiledTangent(f as AnyFunction)?.jvp as ((...args: unknown[]) => unknown) | undefined)?.(...own),
  );
  const oracle = bitDifference([dual.value, dual.thrown, dual.log, dual.argsAfter], outcome(plain));
  if (oracle !== undefined)
    return { kind: "unknown", text: `the oracle's primal of the derivative differs: ${describeDifference(oracle)}` };
  const compiled = call(scripts, "main.fgrad.ts", [args, directions], (f, [own, along]) => {
    const derivative = compiledTangent(f as AnyFunction)?.jvp ?? (() => undefined);
    const next = compiledTangent(derivative);
    if (next === undefined) throw new Error("not compiled");
    return pushAll(derivative, next, own as unknown[], [along as unknown[]]);
  });
  if (plain.endless) return { kind: "endless" };
  if (compiled.endless) return { kind: "hangs", key: "hangs", text: "the second derivative does not end", output };
  const [value, tangents] = (compiled.value ?? []) as readonly [unknown?, unknown[]?];
  const [after, along] = compiled.args as [unknown[], unknown[]];
  const bug = (text: string): Verdict => {
    const told = `order 2: ${text}\nf_jvp(${show(args)}) along ${show(directions)}`;
    return { kind: "tangent", key: "second", text: told, output };
  };
  // Slopes among its values may differ in the last bits.
  const size = magnitude([dual.value, dual.argsAfter]);
  const primal = firstDifference(
    outcome({ ...compiled, value, args: after }),
    outcome(plain),
    close(1e-9, size),
    "value",
  );
  if (primal !== undefined && size < 1e9) return bug(describeDifference(primal));
  const wanted = [
    dual.tangent,
    directions.map((given, k) => (given === undefined ? undefined : dual.argTangentsAfter[k])),
  ];
  const agreed = agree([tangents?.[0], along], wanted, [value, after], dual);
  return agreed === "same" ? { kind: "passed" } : agreed === "singular" ? { kind: "singular" } : bug(agreed);
}

/** Whether tangents are the same; where several answers may be right, that; or where they differ. */
function agree(ours: unknown, theirs: unknown, beside: unknown, dual: DualResult): string {
  const size = magnitude(theirs);
  // Beside what is no number or memory there is nothing to compare: of a missing number the tangent is 0 or none.
  const [actual, wanted] = [bare(ours, beside), bare(theirs, beside)];
  const apart = firstDifference(actual, wanted, close(1e-9, size), "tangent");
  if (apart === undefined) return Number.isFinite(size) ? "same" : "singular";
  // Where something is not finite or cancels, several answers may be right.
  const far = firstDifference(actual, wanted, close(1e-4, size), "tangent");
  if (far === undefined || !Number.isFinite(size) || size > 1e12 || dual.losses.length > 0 || extreme(dual))
    return "singular";
  return describeDifference(apart);
}

/** A direction of the same shape as a value: other numbers at every place. */
function another(value: unknown, lane: number): unknown {
  let at = 0;
  const seen = new Map<object, unknown>();
  const slope = (): number => Math.round(1000 * Math.cos(5 * lane + 2 * ++at)) / 1000;
  const visit = (part: unknown): unknown => {
    if (typeof part === "number") return slope();
    if (typeof part !== "object" || part === null) return undefined;
    const known = seen.get(part);
    if (known !== undefined) return known;
    if (part instanceof Float32Array || part instanceof Float64Array) {
      const made = part.map(slope);
      seen.set(part, made);
      return made;
    }
    const made: object = Array.isArray(part) ? [] : {};
    seen.set(part, made);
    for (const [key, inner] of Object.entries(part)) Reflect.set(made, key, visit(inner));
    return made;
  };
  return visit(value);
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
