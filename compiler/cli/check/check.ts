/**
 * Compares compiled functions with numeric differences.
 *
 * Along a random direction v, the tangent must be the limit of D(h) = (f(x + hv) − f(x − hv)) / 2h. Richardson's step
 * (4 D(h/2) − D(h)) / 3 takes the error to O(h⁴). Where D(h) and D(h/2) lie far apart the function is not smooth (a kink
 * between the points), and the point says nothing; nor does it where the value jumps between the points.
 */
import { Script } from "node:vm";
import type { CompiledFunction, OutputFile } from "../../api.ts";
import { checkedName, type Importable, makeImportable, topLevelNames } from "./importable.ts";
import {
  declaredTypes,
  leaves,
  type Making,
  makeDirection,
  makeValue,
  moved,
  NoInput,
  parseType,
  seededRandom,
} from "./values.ts";

/** What came of a function's check. */
export type Check = { readonly file: OutputFile; readonly function: CompiledFunction } & (
  | {
      readonly status: "passed";
      /** Largest |tangent − difference| / max(1, |tangent|) of all points. */
      readonly error: number;
      readonly points: number;
    }
  | { readonly status: "failed"; readonly error: number; readonly reason: string }
  | { readonly status: "unchecked"; readonly reason: string }
);

type Outcome = Check extends infer C ? (C extends Check ? Omit<C, "file" | "function"> : never) : never;

interface Tangent {
  readonly jvp: (...args: unknown[]) => unknown;
  readonly active: readonly boolean[];
  readonly rest: boolean;
  readonly lanes: number;
  readonly order: number;
  readonly paths: Readonly<Record<number, readonly string[]>>;
}

type AnyFunction = (...args: unknown[]) => unknown;

const SYMBOL = Symbol.for("fgrad.jvp");
const CALL = Symbol.for("fgrad.check.call");
/** Milliseconds for one call: inputs that were made up may send a loop on forever. */
const LIMIT = 2000;
const LENGTHS = [3, 1, 2, 4];
const SEEDS = 4;

/** Steps and tolerance for what a function computes in. */
interface Precision {
  readonly step: number;
  readonly tolerance: number;
}
const DOUBLE: Precision = { step: 2 ** -10, tolerance: 1e-6 };
const SINGLE: Precision = { step: 2 ** -6, tolerance: 1e-2 };

function isFunction(value: unknown): value is AnyFunction {
  return typeof value === "function";
}

function tangentOf(primal: AnyFunction): Tangent | undefined {
  const found: unknown = Reflect.get(primal, SYMBOL);
  if (typeof found !== "object" || found === null) return undefined;
  const { jvp, active, rest, lanes, order, paths }: Partial<Record<keyof Tangent, unknown>> = found;
  if (!isFunction(jvp) || !Array.isArray(active)) return undefined;
  return {
    jvp,
    active: active.map(Boolean),
    rest: rest === true,
    lanes: typeof lanes === "number" ? lanes : 1,
    order: typeof order === "number" ? order : 1,
    paths: typeof paths === "object" && paths !== null ? { ...paths } : {},
  };
}

/** Calls with a time limit, which only the engine can enforce on a loop. */
function limited<T>(work: () => T): T {
  let result: { readonly value: T } | undefined;
  Reflect.set(globalThis, CALL, () => {
    result = { value: work() };
  });
  try {
    new Script("globalThis[Symbol.for('fgrad.check.call')]()").runInThisContext({ timeout: LIMIT });
  } finally {
    Reflect.deleteProperty(globalThis, CALL);
  }
  if (!result) throw new Error("it did not return");
  return result.value;
}

/** The numbers that a call returns and leaves in its active arguments. */
function outputs(primal: AnyFunction, tangent: Tangent, args: readonly unknown[]): number[] {
  const last = args.at(-1);
  const spread = tangent.rest && Array.isArray(last) ? [...args.slice(0, -1), ...last] : args;
  const value = limited(() => primal(...spread));
  return [value, ...args.filter((_arg, i) => tangent.active[i])].flatMap((part) =>
    leaves(part, undefined).map((leaf) => leaf.value),
  );
}

/** The same numbers from the compiled function, each with its tangent. */
function pairs(tangent: Tangent, args: readonly unknown[], directions: readonly unknown[]) {
  const along = directions.map((direction) => moved(direction, undefined, 0));
  const interleaved = args.flatMap((arg, i) => (tangent.active[i] ? [arg, along[i]] : [arg]));
  const result = limited(() => tangent.jvp(...interleaved));
  const [value, slope] = Array.isArray(result) ? result : [undefined, undefined];
  return [leaves(value, slope), ...args.map((arg, i) => (tangent.active[i] ? leaves(arg, along[i]) : []))].flat();
}

type Point = { readonly error: number } | { readonly skipped: string } | { readonly wrong: string };

function relative(a: number, b: number): number {
  return Math.abs(a - b) / Math.max(1, Math.abs(a), Math.abs(b));
}

function comparePoint(
  primal: AnyFunction,
  tangent: Tangent,
  args: readonly unknown[],
  directions: readonly unknown[],
  { step, tolerance }: Precision,
): Point {
  const at = (by: number) =>
    outputs(
      primal,
      tangent,
      args.map((arg, i) => moved(arg, directions[i], by)),
    );
  const value = at(0);
  if (!value.every(Number.isFinite)) return { skipped: "its result is not finite for the inputs that were made up" };
  if (!at(0).every((x, i) => Object.is(x, value[i]))) return { skipped: "it gives other results each time" };

  const made = pairs(
    tangent,
    args.map((arg) => moved(arg, undefined, 0)),
    directions,
  );
  // Slopes among the values of a derivative may differ in their last bits from those of the function that it is of.
  const isSame = (x: number, y: number | undefined): boolean =>
    Object.is(x, y) || (tangent.order > 1 && y !== undefined && relative(x, y) < 1e-12);
  if (made.length !== value.length || made.some((leaf, i) => !isSame(leaf.value, value[i]))) {
    return { wrong: "its value is not the original's" };
  }
  const difference = (h: number) => {
    const [ahead, behind] = [at(h), at(-h)];
    return value.map((_x, i) => ((ahead[i] ?? Number.NaN) - (behind[i] ?? Number.NaN)) / (2 * h));
  };
  const [wide, narrow] = [difference(step), difference(step / 2)];
  let error = 0;
  for (const [i, { tangent: slope }] of made.entries()) {
    const [coarse, fine] = [wide[i] ?? Number.NaN, narrow[i] ?? Number.NaN];
    // Smooth functions differ by O(h²) here, and one-sided slopes at a kink by O(1).
    if (!(relative(coarse, fine) < Math.sqrt(tolerance)))
      return { skipped: "it is not smooth at the points that were tried" };
    const expected = (4 * fine - coarse) / 3;
    if (slope === undefined) {
      if (Math.abs(expected) > tolerance) return { wrong: "a result that depends on the input carries no tangent" };
      continue;
    }
    const apart = Number.isNaN(slope) ? Number.POSITIVE_INFINITY : relative(slope, expected);
    if (apart > tolerance && jumps(difference, i, slope, { step, tolerance })) {
      return { skipped: "it jumps, or changes too fast, between the points that were tried" };
    }
    error = Math.max(error, apart);
  }
  return { error };
}

/** Each step is a quarter of the one before it. */
const NARROWER = 5;

/**
 * Whether the value jumps between the points (as that of an integrator does where its number of steps changes), so that a
 * difference says nothing: a jump by δ adds δ/2h to it. Of a smooth function narrower differences soon agree with each
 * other, and then the tangent is what they say, or wrong; at a jump they do so only when it lies outside, and then with the tangent.
 */
function jumps(
  difference: (h: number) => readonly number[],
  output: number,
  slope: number,
  { step, tolerance }: Precision,
): boolean {
  let before: number | undefined;
  let unknown = true;
  for (let k = 1; k <= NARROWER; k++) {
    const h = step / 4 ** k;
    const [coarse, fine] = [difference(h)[output] ?? Number.NaN, difference(h / 2)[output] ?? Number.NaN];
    const now = (4 * fine - coarse) / 3;
    if (before !== undefined && relative(now, before) <= tolerance) {
      if (relative(now, slope) <= tolerance) return true;
      unknown = false;
    }
    before = now;
  }
  return unknown;
}

function precisionOf(file: OutputFile, { parameters, result }: CompiledFunction): Precision {
  const single = [...parameters.map(({ type }) => type), result].some((type) => type.includes("Float32Array"));
  return single || /\bfround\b|\bFloat32Array\b/.test(file.code) ? SINGLE : DOUBLE;
}

function compareFunction(file: OutputFile, compiled: CompiledFunction, primal: AnyFunction): Outcome {
  const tangent = tangentOf(primal);
  if (!tangent) return { status: "unchecked", reason: "its tangent is not attached to it" };
  if (tangent.lanes !== 1) return { status: "unchecked", reason: "it carries several directions at once" };
  const types = declaredTypes(file.code);
  const nodes = compiled.parameters.map(({ type }) => parseType(type));
  const precision = precisionOf(file, compiled);
  let error = 0;
  let points = 0;
  let skipped = "no input could be made";
  for (const length of LENGTHS) {
    for (let seed = 1; seed <= SEEDS; seed++) {
      const random = seededRandom(seed * 1000 + length);
      const making: Making = { random, length, whole: undefined, types };
      // By turns a count and the last index.
      const whole = length - (seed % 2);
      const args = nodes.map((node, i) => makeValue(node, tangent.active[i] ? making : { ...making, whole }));
      const directions = args.map((arg, i) =>
        tangent.active[i] ? makeDirection(arg, random, tangent.paths[i]) : undefined,
      );
      const point = comparePoint(primal, tangent, args, directions, precision);
      if ("wrong" in point) return { status: "failed", error: Number.POSITIVE_INFINITY, reason: `${point.wrong}.` };
      if ("skipped" in point) skipped = point.skipped;
      else [error, points] = [Math.max(error, point.error), points + 1];
    }
  }
  if (points === 0) return { status: "unchecked", reason: skipped };
  if (error <= precision.tolerance) return { status: "passed", error, points };
  return { status: "failed", error, reason: `they lie ${error.toExponential(1)} apart.` };
}

/** Runs work while the console says nothing: functions under check may log. */
function silently<T>(work: () => T): T {
  const methods = ["log", "info", "debug", "warn", "error", "table", "dir", "trace"] as const;
  const saved = methods.map((method) => console[method]);
  for (const method of methods) console[method] = () => {};
  try {
    return work();
  } finally {
    for (const [i, method] of methods.entries()) console[method] = saved[i] ?? console[method];
  }
}

function reasonOf(cause: unknown): string {
  if (cause instanceof NoInput) return cause.message;
  const { code, message }: { code?: unknown; message?: unknown } = cause instanceof Error ? cause : { message: cause };
  if (code === "ERR_SCRIPT_EXECUTION_TIMEOUT") return "it does not end for the inputs that were made up";
  return `it throws for the inputs that were made up: ${String(message).split("\n")[0]}`;
}

async function checkFile(file: OutputFile, importable: Importable): Promise<readonly Check[]> {
  let module: Readonly<Record<string, unknown>>;
  try {
    module = await import(importable.url(file));
  } catch (cause) {
    const reason = `its module can't be run here: ${cause instanceof Error ? cause.message.split("\n")[0] : String(cause)}`;
    return file.functions.map((compiled) => ({ file, function: compiled, status: "unchecked", reason }));
  }
  const local = topLevelNames(file.code);
  return file.functions.map((compiled): Check => {
    const found = module[checkedName(compiled.name)];
    if (!local.has(compiled.name) || !isFunction(found)) {
      return { file, function: compiled, status: "unchecked", reason: "it is not at the top level of its module" };
    }
    if (compiled.cuts === true) {
      const reason = "stopGradient cuts a tangent on its way, which differences can't see";
      return { file, function: compiled, status: "unchecked", reason };
    }
    try {
      return { file, function: compiled, ...silently(() => compareFunction(file, compiled, found)) };
    } catch (cause) {
      return { file, function: compiled, status: "unchecked", reason: reasonOf(cause) };
    }
  });
}

/** Checks every compiled function of these files, on the same inputs at every run. */
export async function checkAll(files: readonly OutputFile[], tsconfig: string | undefined): Promise<readonly Check[]> {
  if (files.length === 0) return [];
  const importable = makeImportable(files, tsconfig);
  try {
    const checks: Check[] = [];
    for (const file of files) if (file.functions.length > 0) checks.push(...(await checkFile(file, importable)));
    return checks;
  } finally {
    importable.dispose();
  }
}
