import ts from "typescript";
import { Dual, primalOf, strip, toKey } from "./dual.ts";
import { DualFloats } from "./memory.ts";
import { constructorArguments, dualAware, overrides } from "./overrides.ts";
import { burn } from "./run.ts";
import type { PrivateName } from "./scope.ts";

type Callable = (this: unknown, ...args: unknown[]) => unknown;

/** The array index that a property key spells, or undefined. */
function elementIndex(key: PropertyKey): number | undefined {
  if (typeof key === "number") return key;
  if (typeof key === "symbol") return undefined;
  const index = Number(key);
  return String(index) === key || key === "-0" ? index : undefined;
}

/** object[key]; the host throws on undefined and null. */
export function getMember(object: unknown, rawKey: unknown): unknown {
  if (object === undefined || object === null) return (object as unknown as Record<string, unknown>)[String(rawKey)];
  const key = toKey(rawKey);
  if (object instanceof DualFloats) {
    const index = elementIndex(key);
    if (index !== undefined) return object.read(index);
  }
  return (primalOf(object) as Record<PropertyKey, unknown>)[key];
}

/** object[key] = value, as in strict mode. */
export function setMember(object: unknown, rawKey: unknown, value: unknown): void {
  if (object === undefined || object === null) {
    (object as unknown as Record<string, unknown>)[String(rawKey)] = value;
    return;
  }
  const key = toKey(rawKey);
  if (object instanceof DualFloats) {
    const index = elementIndex(key);
    if (index !== undefined) {
      object.write(index, value);
      return;
    }
  }
  const integers = ArrayBuffer.isView(object);
  const length = key === "length" && Array.isArray(object);
  const stored = integers ? strip(value, "integer array") : length ? primalOf(value) : value;
  (primalOf(object) as Record<PropertyKey, unknown>)[key] = stored;
}

/** key in object */
export function hasMember(object: unknown, rawKey: unknown): boolean {
  const key = toKey(rawKey);
  if (object instanceof DualFloats) {
    const index = elementIndex(key);
    if (index !== undefined) return Number.isInteger(index) && index >= 0 && index < object.length;
  }
  return key in (object as object);
}

/** delete object[key], as in strict mode. */
export function deleteMember(object: unknown, key: unknown): boolean {
  return delete (object as Record<PropertyKey, unknown>)[toKey(key)];
}

/** Keys that for-in visits, in order. */
export function enumerableKeys(object: unknown): string[] {
  const source = primalOf(object);
  if (source === undefined || source === null) return [];
  if (source instanceof DualFloats) return Array.from(source.keys(), String);
  const keys: string[] = [];
  for (const key in source as object) keys.push(key);
  return keys;
}

/** Calls a function; functions of the host that know nothing of duals get primals, and the loss is recorded. */
export function call(callee: unknown, self: unknown, args: unknown[], text: () => string): unknown {
  if (typeof callee !== "function") throw new TypeError(`${text()} is not a function`);
  burn();
  const override = overrides.get(callee);
  if (override !== undefined) return override(self, args);
  if (dualAware.has(callee)) return (callee as Callable).apply(self, args);
  const place = callee.name || "host function";
  return (callee as Callable).apply(
    hostValue(self, place),
    args.map((arg) => hostValue(arg, place)),
  );
}

/** new callee(...args) */
export function construct(callee: unknown, args: unknown[], newTarget: unknown, text: () => string): unknown {
  if (typeof callee !== "function") throw new TypeError(`${text()} is not a constructor`);
  burn();
  const known = dualAware.has(callee) ? args : args.map((arg) => hostValue(arg, callee.name));
  const prepare = constructorArguments.get(callee);
  return Reflect.construct(callee, prepare === undefined ? known : prepare(known), newTarget as new () => unknown);
}

function hostValue(x: unknown, place: string): unknown {
  if (x instanceof DualFloats) {
    if (x.tangent.some((t) => t !== 0)) strip(new Dual(0, 1), place);
    return x.primal;
  }
  if (Array.isArray(x) && x.some((item) => item instanceof Dual)) return x.map((item) => strip(item, place));
  return strip(x, place);
}

/** object.#name */
export function getPrivate(object: unknown, name: PrivateName, text: string): unknown {
  const cell = name.holders.get(object as object);
  if (cell === undefined) {
    throw new TypeError(`Cannot read private member ${text} from an object whose class did not declare it`);
  }
  if (name.get !== undefined) return name.get.call(object);
  if (name.set !== undefined) throw new TypeError(`'${text}' was defined without a getter`);
  return cell.value;
}

/** object.#name = value */
export function setPrivate(object: unknown, name: PrivateName, text: string, value: unknown): void {
  const cell = name.holders.get(object as object);
  if (cell === undefined) {
    throw new TypeError(`Cannot write private member ${text} to an object whose class did not declare it`);
  }
  if (name.set !== undefined) name.set.call(object, value);
  else if (name.get !== undefined) throw new TypeError(`'${text}' was defined without a setter`);
  else if (cell.constant) throw new TypeError(`Private method '${text}' is not writable`);
  else cell.value = value;
}

/** An expression as the engine's messages name it: without types, calls shortened. */
export function sourceText(node: ts.Node): string {
  if (ts.isCallExpression(node)) return `${sourceText(node.expression)}(...)`;
  const typed = ts.isAsExpression(node) || ts.isNonNullExpression(node) || ts.isSatisfiesExpression(node);
  return typed || ts.isParenthesizedExpression(node) ? sourceText(node.expression) : node.getText();
}
