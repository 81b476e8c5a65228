import { Dual, primalOf, strip, toNumber, toText, truthy } from "./dual.ts";
import { DualBuffer, DualFloat32Array, DualFloat64Array, DualFloats } from "./memory.ts";

type AnyFunction = (...args: never[]) => unknown;
type Override = (self: unknown, args: unknown[]) => unknown;

/** Functions that may be given duals: interpreted ones, and those of the host that only move values about. */
export const dualAware = new WeakSet<object>();

/** Functions of the host whose meaning depends on a number's value, restated for duals. */
export const overrides = new Map<unknown, Override>();

function ownFunctions(object: object): AnyFunction[] {
  return Object.values(Object.getOwnPropertyDescriptors(object))
    .flatMap((descriptor) => [descriptor.value, descriptor.get, descriptor.set])
    .filter((value) => typeof value === "function");
}

/** Marks every function of an object, and the object itself when it is one, as safe to be given duals. */
export function markAware(object: object): void {
  if (typeof object === "function") dualAware.add(object);
  for (const f of ownFunctions(object)) dualAware.add(f);
}

const iteratorPrototypes = [[][Symbol.iterator](), new Map().entries(), new Set().values(), ""[Symbol.iterator]()].map(
  (iterator) => Object.getPrototypeOf(iterator) as object,
);

for (const object of [
  ...[Array, Array.prototype, Object, Object.prototype, Map, Map.prototype, Set, Set.prototype, WeakMap.prototype],
  ...[Function.prototype, Reflect, Promise, Promise.prototype, ...iteratorPrototypes],
  ...[DualFloats.prototype, DualFloat32Array, DualFloat32Array.prototype, DualFloat64Array, DualFloat64Array.prototype],
  ...[DualBuffer, DualBuffer.prototype],
]) {
  markAware(object);
}
dualAware.add(WeakMap);
dualAware.add(WeakSet);

/** What all typed arrays of the host inherit from; those of interpreted programs hold integers. */
const integerPrototype = Object.getPrototypeOf(Int8Array.prototype) as object;
markAware(integerPrototype);

for (const prototype of [Array.prototype, integerPrototype]) {
  /** Methods that ask a callback for a truth value. */
  for (const name of ["filter", "some", "every", "find", "findIndex", "findLast", "findLastIndex"]) {
    const method = Reflect.get(prototype, name) as AnyFunction;
    overrides.set(method, (self, [f, thisArg]) => {
      const test = typeof f === "function" ? (...args: unknown[]) => truthy(f.apply(thisArg, args)) : f;
      return Reflect.apply(method, self, [test]);
    });
  }
  /** Methods that look for a value: a dual equals its primal. */
  for (const name of ["indexOf", "lastIndexOf", "includes"]) {
    const method = Reflect.get(prototype, name) as AnyFunction;
    overrides.set(method, (self, args) => {
      const target = Array.isArray(self) ? self.map(primalOf) : self;
      return Reflect.apply(method, target, args.map(primalOf));
    });
  }
}

/** Methods that store numbers into an array of integers, where a tangent ends. */
for (const name of ["fill", "set", "with", "map"]) {
  const method = Reflect.get(integerPrototype, name) as AnyFunction;
  const place = "integer array";
  overrides.set(method, (self, [first, ...rest]) => {
    const stored =
      typeof first === "function"
        ? (...args: unknown[]) => strip(first.apply(rest[0], args), place)
        : first instanceof DualFloats
          ? Array.from(first, (x) => strip(x, place))
          : Array.isArray(first)
            ? first.map((x) => strip(x, place))
            : strip(first, place);
    return Reflect.apply(method, self, [stored, ...rest.map((x) => strip(x, place))]);
  });
}

/** Without a comparator, elements are ordered by their text; the order itself has derivative zero. */
for (const name of ["sort", "toSorted"] as const) {
  const method = Reflect.get(Array.prototype, name) as AnyFunction | undefined;
  if (method === undefined) continue;
  overrides.set(method, (self, args) => {
    const byText = (a: unknown, b: unknown): number => {
      const [x, y] = [String(primalOf(a)), String(primalOf(b))];
      return x < y ? -1 : x > y ? 1 : 0;
    };
    return Reflect.apply(method, self, args[0] === undefined ? [byText] : args);
  });
}

/** Keys of maps and members of sets are compared by value, so they are inactive. */
for (const [prototype, name, place] of [
  [Map.prototype, "get", undefined],
  [Map.prototype, "has", undefined],
  [Map.prototype, "delete", undefined],
  [Map.prototype, "set", "map key"],
  [Set.prototype, "has", undefined],
  [Set.prototype, "delete", undefined],
  [Set.prototype, "add", "set member"],
] as const) {
  const method = Reflect.get(prototype, name) as AnyFunction;
  overrides.set(method, (self, [key, ...rest]) =>
    Reflect.apply(method, self, [place === undefined ? primalOf(key) : strip(key, place), ...rest]),
  );
}

/** What constructors that look at values are given instead. */
export const constructorArguments = new Map<unknown, (args: unknown[]) => unknown[]>([
  [Array, (args) => (args.length === 1 ? [primalOf(args[0])] : args)],
  [Set, ([items]) => [Array.from((items ?? []) as Iterable<unknown>, (item) => strip(item, "set member"))]],
  [
    Map,
    ([entries]) => [
      Array.from((entries ?? []) as Iterable<[unknown, unknown]>, ([key, value]) => [strip(key, "map key"), value]),
    ],
  ],
]);

type Callable = (this: unknown, ...args: unknown[]) => unknown;

function invoke(f: unknown, self: unknown, args: unknown[]): unknown {
  const override = overrides.get(f);
  return override === undefined ? (f as Callable).apply(self, args) : override(self, args);
}

overrides.set(Function.prototype.call, (f, [self, ...args]) => invoke(f, self, args));
overrides.set(Function.prototype.apply, (f, [self, args]) => invoke(f, self, Array.from((args ?? []) as unknown[])));

const bind = Function.prototype.bind as AnyFunction;
overrides.set(bind, (f, [self, ...first]) => {
  const bound = Reflect.apply(bind, f, [self, ...first]) as object;
  const override = overrides.get(f);
  if (override !== undefined) overrides.set(bound, (_, args) => override(self, [...first, ...args]));
  if (dualAware.has(f as object)) dualAware.add(bound);
  return bound;
});

/** Number(x) of a number is that number, so the tangent stays. */
overrides.set(Number, (_, args) => {
  const x = args.length === 0 ? 0 : args[0];
  return typeof x === "bigint" ? Number(x) : toNumber(x);
});
overrides.set(String, (_, args) =>
  args.length === 0 ? "" : typeof args[0] === "symbol" ? String(args[0]) : toText(args[0]),
);
overrides.set(Boolean, (_, [x]) => truthy(x));
overrides.set(Object, (_, [x]) => Object(primalOf(x)));
overrides.set(Object.is, (_, [a, b]) => Object.is(primalOf(a), primalOf(b)));
for (const [name, test] of Object.entries({ isNaN: Number.isNaN, isFinite: Number.isFinite })) {
  overrides.set(Reflect.get(globalThis, name), (_, [x]) => test(primalOf(toNumber(x))));
}
for (const test of [Number.isNaN, Number.isFinite, Number.isInteger, Number.isSafeInteger]) {
  overrides.set(test, (_, [x]) => test(primalOf(x)));
}
/** The properties of a float array are its elements. */
for (const method of [Object.keys, Object.values, Object.entries, Object.getOwnPropertyNames] as AnyFunction[]) {
  overrides.set(method, (_, [x]) =>
    Reflect.apply(method, Object, [x instanceof DualFloats ? { ...Array.from(x) } : x]),
  );
}
overrides.set(ArrayBuffer.isView, (_, [x]) => x instanceof DualFloats || ArrayBuffer.isView(x));
overrides.set(JSON.stringify, (_, [value, replacer, space]) =>
  JSON.stringify(indexed(value), replacer as undefined, primalOf(space) as number),
);
overrides.set(structuredClone, (_, [value]) => cloneDeep(value, new Map()));

/** JSON writes a typed array as an object of its indices. */
function indexed(x: unknown): unknown {
  if (x instanceof DualFloats) return { ...Array.from(x) };
  if (Array.isArray(x)) return x.map(indexed);
  if (typeof x !== "object" || x === null || x instanceof Dual || "toJSON" in x) return x;
  return Object.fromEntries(Object.entries(x).map(([key, value]) => [key, indexed(value)]));
}

function cloneDeep(x: unknown, seen: Map<object, unknown>): unknown {
  if (typeof x !== "object" || x === null || x instanceof Dual) return x;
  const known = seen.get(x);
  if (known !== undefined) return known;
  if (x instanceof DualFloats) {
    const copy = x.slice();
    seen.set(x, copy);
    return copy;
  }
  if (!Array.isArray(x) && Object.getPrototypeOf(x) !== Object.prototype) return structuredClone(x);
  const copy: unknown[] | Record<string, unknown> = Array.isArray(x) ? [] : {};
  seen.set(x, copy);
  for (const [key, value] of Object.entries(x)) Reflect.set(copy, key, cloneDeep(value, seen));
  return copy;
}
