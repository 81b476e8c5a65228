/** Checks a compiled derivative against the function itself. */

import { type AnyFunction, type CompiledTangent, functionName, requireCompiled } from "./compiled.ts";
import { deepCopy, unchanged } from "./copy.ts";
import { zeroDirection } from "./directions.ts";
import { push } from "./jvp.ts";
import { dimension, flatten, type Leaf, leavesOf, unflatten } from "./leaves.ts";
import { type Derivative, differentiate } from "./numeric.ts";
import { randomNormal } from "./random/index.ts";
import { isRecord } from "./tangent.ts";

export interface CheckOptions {
  /** How many random directions; 4 by default. */
  readonly directions?: number;
  /** The largest relative error that passes; 1e-6 by default, 5e-5 where a Float32Array is among arguments and results. */
  readonly tolerance?: number;
  /** Seed of the directions; 0 by default. */
  readonly seed?: number;
  /** Positions (from 0) of the arguments to vary; by default all that were compiled as active. */
  readonly parameters?: readonly number[];
  /** Whether to throw an error with the report's message when the check fails. */
  readonly throws?: boolean;
}

/** What a check found along one direction, for the output that fits worst. */
export interface CheckedDirection {
  /** The direction: all numbers that were varied, in order of arguments, fields and elements. */
  readonly direction: Float64Array;
  /** The output: "result", "result[3]" (the fourth number in it), or what is written to an argument: "argument 2[3]". */
  readonly output: string;
  /** The derivative that the compiled function gives. */
  readonly tangent: number;
  /** The derivative by finite differences. */
  readonly numeric: number;
  /** How far off the finite differences may be, by their own estimate. */
  readonly uncertainty: number;
  /** What |tangent − numeric| exceeds the uncertainty by, relative to the derivatives of this output. */
  readonly error: number;
  /** Whether the finite differences are good enough to tell. */
  readonly resolved: boolean;
}

export interface CheckReport {
  /** The compiled function gives the same value, no direction is wrong, and at least one could be told. */
  readonly ok: boolean;
  /** The largest error of all directions. */
  readonly maxError: number;
  readonly tolerance: number;
  readonly directions: readonly CheckedDirection[];
  /** The verdict in a sentence. */
  readonly message: string;
}

/**
 * Compares the compiled derivative of `f` at `args` with extrapolated central differences along random directions, the same
 * ones for the same seed. All that `f` gives is compared: its result and what it writes into its arguments. It runs on copies,
 * so that `args` stay as they are.
 *
 * @throws TypeError when `f` was not compiled; Error with the report's message when `throws` is set and the check fails; what `f`
 *   throws at `args` (where it throws near them, it counts as outside of its domain)
 */
export function checkTangent<F extends AnyFunction>(
  f: F,
  args: Readonly<Parameters<F>>,
  options: CheckOptions = {},
): CheckReport {
  const compiled = requireCompiled(f, "checkTangent");
  const { directions: count = 4, seed = 0, throws = false } = options;
  const subject: Subject = { f, compiled, args, parameters: options.parameters };
  const runs = Array.from({ length: count }, (_, i) => run(subject, sampleDirection(subject, seed, i)));
  const tolerance = options.tolerance ?? (runs.some((r) => r.noise > Number.EPSILON) ? 5e-5 : 1e-6);
  const scales = largestDerivatives(runs);
  const report = summarize(
    f,
    runs.map((r) => judge(r, scales)),
    tolerance,
    runs.every((r) => r.sameValue),
  );
  if (throws && !report.ok) throw new Error(report.message);
  return report;
}

interface Subject {
  readonly f: AnyFunction;
  readonly compiled: CompiledTangent;
  readonly args: readonly unknown[];
  readonly parameters: readonly number[] | undefined;
}

/** Both derivatives of every output along one direction. */
interface Run {
  readonly direction: Float64Array;
  readonly outputs: readonly string[];
  readonly tangents: Float64Array;
  readonly numerics: readonly Derivative[];
  readonly noise: number;
  readonly sameValue: boolean;
}

/** A zero direction at `args`, and of it the part that is to vary. */
function directionAt({ compiled, parameters }: Subject, args: readonly unknown[]) {
  const { tangents } = zeroDirection(compiled, args);
  const varied = tangents.map((t, i) => (parameters === undefined || parameters.includes(i) ? t : undefined));
  return { tangents, varied };
}

function sampleDirection(subject: Subject, seed: number, sample: number): Float64Array {
  const { varied } = directionAt(subject, subject.args);
  const leaves = leavesOf([...subject.args], varied);
  const direction = flatten(leaves);
  for (const leaf of leaves) {
    const size = rootMeanSquare(leaf);
    for (let i = leaf.offset; i < leaf.offset + leaf.length; i++) {
      const own = Math.abs(direction[i] ?? 0);
      const normal = randomNormal(seed, sample, i);
      // Steps too small for the number would drown in rounding.
      const step = Math.sign(normal) * Math.max(Math.abs(normal), 0.5);
      direction[i] = step * Math.max(Number.isFinite(own) ? own : 0, size, 0.1);
    }
  }
  return direction;
}

/** The size of what lies around a number, so that steps fit where single elements are 0. */
function rootMeanSquare(leaf: Leaf): number {
  if (leaf.kind === "field") return 0;
  let squares = 0;
  for (const x of leaf.values) if (Number.isFinite(x)) squares += x * x;
  return Math.sqrt(squares / Math.max(1, leaf.length));
}

function run(subject: Subject, direction: Float64Array): Run {
  const { f, compiled, args } = subject;
  const after = deepCopy([...args]);
  const { tangents, varied } = directionAt(subject, after);
  unflatten(leavesOf(tangents, varied), direction);
  const given = deepCopy(tangents);
  const [value, tangent] = push(f, compiled, after, tangents);
  const written = after.map((arg, i) => !unchanged(arg, args[i]) || !unchanged(tangents[i], given[i]));
  const outcome = (result: unknown, finals: readonly unknown[]) => [
    result,
    ...finals.map((a, i) => (written[i] ? a : 0)),
  ];
  const guide = [tangent, ...tangents.map((t, i) => (written[i] ? t : undefined))];
  const atZero = flatten(leavesOf(outcome(value, after), guide));
  const noise = touchesFloat32([...args, ...guide]) ? 2 ** -24 : Number.EPSILON;

  const evaluate = (t: number): unknown[] => {
    const copies = deepCopy([...args]);
    const leaves = leavesOf(copies, directionAt(subject, copies).varied);
    if (t !== 0)
      unflatten(
        leaves,
        flatten(leaves).map((x, i) => x + t * (direction[i] ?? 0)),
      );
    return outcome((f as (...args: readonly unknown[]) => unknown)(...copies), copies);
  };
  const along = (t: number): Float64Array => {
    try {
      const leaves = leavesOf(evaluate(t), guide);
      const fits = leaves.every((leaf) => leaf.kind === "field" || leaf.values.length === leaf.length);
      if (fits) return flatten(leaves);
    } catch {
      // Outside of the domain.
    }
    return new Float64Array(atZero.length).fill(Number.NaN);
  };
  return {
    direction,
    outputs: outputNames(guide),
    tangents: flatten(leavesOf(guide)),
    numerics: differentiate(along, atZero, noise),
    noise,
    sameValue: sameOutcome(outcome(value, after), evaluate(0), compiled.order ?? 1),
  };
}

/** Slopes among the values of a derivative may be put together in another order when they are differentiated again. */
function sameOutcome(ours: unknown[], original: unknown[], order: number): boolean {
  if (order === 1 || unchanged(ours, original)) return unchanged(ours, original);
  const [a, b] = [flatten(leavesOf(ours)), flatten(leavesOf(original))];
  return a.length === b.length && a.every((x, i) => closeTo(x, b[i] ?? Number.NaN));
}

const closeTo = (a: number, b: number): boolean =>
  Object.is(a, b) || Math.abs(a - b) <= 1e-12 * Math.max(1, Math.abs(a), Math.abs(b));

function touchesFloat32(value: unknown): boolean {
  if (value instanceof Float32Array) return true;
  if (Array.isArray(value)) return value.some(touchesFloat32);
  return isRecord(value) && Object.values(value).some(touchesFloat32);
}

/** Per output, the largest derivative along any direction: what an error is measured against. */
function largestDerivatives(runs: readonly Run[]): Float64Array {
  const scales = new Float64Array(runs[0]?.tangents.length ?? 0);
  for (const { tangents, numerics } of runs) {
    for (let o = 0; o < scales.length; o++) {
      for (const d of [tangents[o], numerics[o]?.value]) {
        if (d !== undefined && Number.isFinite(d)) scales[o] = Math.max(scales[o] ?? 0, Math.abs(d));
      }
    }
  }
  return scales;
}

function judge(run: Run, scales: Float64Array): CheckedDirection {
  let worst: CheckedDirection | undefined;
  for (const [o, { value: numeric, uncertainty, size }] of run.numerics.entries()) {
    const tangent = run.tangents[o] ?? Number.NaN;
    const scale = Math.max(Math.abs(tangent), Math.abs(numeric), 0.1 * (scales[o] ?? 0));
    const allowed = 4 * uncertainty;
    const resolved = allowed <= 1e-3 * scale || uncertainty <= 1e-6 * size || (tangent === 0 && uncertainty === 0);
    const error = errorOf(tangent, numeric, allowed, scale);
    if (worst === undefined || error > worst.error || (error === worst.error && resolved && !worst.resolved)) {
      worst = {
        direction: run.direction,
        output: run.outputs[o] ?? "result",
        tangent,
        numeric,
        uncertainty,
        error,
        resolved,
      };
    }
  }
  const nothing = { output: "result", tangent: 0, numeric: 0, uncertainty: 0, error: 0, resolved: true };
  return worst ?? { direction: run.direction, ...nothing };
}

function errorOf(tangent: number, numeric: number, allowed: number, scale: number): number {
  if (allowed === Number.POSITIVE_INFINITY) return 0;
  if (!Number.isFinite(tangent)) return Number.POSITIVE_INFINITY;
  const excess = Math.abs(tangent - numeric) - allowed;
  return excess > 0 ? excess / scale : 0;
}

/** Names of the numbers in a result (undefined: it carries no tangent) and in the arguments that were written to. */
function outputNames(guide: readonly unknown[]): string[] {
  return guide.flatMap((tangent, i) => {
    const name = i === 0 ? "result" : `argument ${i}`;
    const count = dimension(leavesOf([tangent]));
    return typeof tangent === "number" ? [name] : Array.from({ length: count }, (_, j) => `${name}[${j}]`);
  });
}

function summarize(
  f: AnyFunction,
  directions: readonly CheckedDirection[],
  tolerance: number,
  sameValue: boolean,
): CheckReport {
  const worst = directions.reduce<CheckedDirection | undefined>((a, b) => (a && a.error >= b.error ? a : b), undefined);
  const maxError = worst?.error ?? 0;
  const name = functionName(f);
  const report = { maxError, tolerance, directions };
  if (!sameValue) {
    return {
      ok: false,
      ...report,
      message: `checkTangent: the compiled derivative of ${name} changes its value or what it writes.`,
    };
  }
  if (worst !== undefined && maxError > tolerance) {
    const message =
      `checkTangent: the derivative of ${name} is wrong: along one direction the ${worst.output} changes by ` +
      `${worst.tangent} as compiled, by ${worst.numeric} ± ${worst.uncertainty} by finite differences ` +
      `(relative error ${maxError.toExponential(1)}, tolerance ${tolerance.toExponential(1)}).`;
    return { ok: false, ...report, message };
  }
  if (directions.length > 0 && !directions.some((d) => d.resolved)) {
    const message = `checkTangent: finite differences can't tell whether the derivative of ${name} is right: here it is not smooth.`;
    return { ok: false, ...report, message };
  }
  return {
    ok: true,
    ...report,
    message: `checkTangent: the derivative of ${name} is right to ${tolerance.toExponential(1)}.`,
  };
}
