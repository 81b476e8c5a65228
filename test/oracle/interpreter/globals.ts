import { toPlain } from "./convert.ts";
import { dualMath } from "./mathTable.ts";
import { DualBuffer, DualFloat32Array, DualFloat64Array } from "./memory.ts";
import { markAware } from "./overrides.ts";
import { recordLog } from "./run.ts";
import { initialize, type Scope } from "./scope.ts";

/** Globals that interpreted programs share with the host; those that meet duals are restated in overrides. */
const shared = {
  ...{ Object, Array, Number, String, Boolean, Symbol, BigInt, Function, Map, Set, WeakMap, WeakSet, Date, RegExp },
  ...{ Error, TypeError, RangeError, ReferenceError, SyntaxError, EvalError, URIError, AggregateError },
  ...{ Int8Array, Uint8Array, Uint8ClampedArray, Int16Array, Uint16Array, Int32Array, Uint32Array, DataView },
  ...{ BigInt64Array, BigUint64Array, JSON, Reflect, Promise, isNaN, isFinite, parseInt, parseFloat, structuredClone },
  ...{ NaN: Number.NaN, Infinity: Number.POSITIVE_INFINITY },
};

function recordingConsole(): object {
  const names = ["log", "info", "warn", "error", "debug"];
  const methods = names.map((name) => [name, (...args: unknown[]) => recordLog(args.map((arg) => toPlain(arg)))]);
  return Object.fromEntries(methods) as object;
}

const console = recordingConsole();
markAware(dualMath);
markAware(console);

/** `console` whose calls are recorded as plain values, for both ways of running. */
export { console as recordedConsole };

/** The outermost scope of a program. */
export function globalScope(): Scope {
  const frame = { self: { value: undefined }, homeObject: undefined, newTarget: undefined };
  const scope: Scope = {
    cells: new Map(),
    parent: undefined,
    privates: undefined,
    frame: { ...frame, onSuper: undefined, callee: undefined },
  };
  const names: Record<string, unknown> = {
    ...shared,
    Math: dualMath,
    console,
    ArrayBuffer: Object.assign(DualBuffer, { isView: ArrayBuffer.isView }),
    Float32Array: DualFloat32Array,
    Float64Array: DualFloat64Array,
  };
  for (const [name, value] of Object.entries({ ...names, globalThis: { ...names } })) initialize(scope, name, value);
  return scope;
}
