import { recordLoss } from "./run.ts";

/**
 * A number with its derivative along the one direction of the run. Numbers whose tangent is exactly zero stay plain
 * JavaScript numbers, so a zero tangent is zero by construction: it is never multiplied by an infinite partial.
 */
export class Dual {
  readonly value: number;
  readonly tangent: number;

  constructor(value: number, tangent: number) {
    this.value = value;
    this.tangent = tangent;
  }

  /** Lets the host's own coercions (array indices, lengths, comparators) see the primal. */
  valueOf(): number {
    return this.value;
  }

  /** The primal as text; the tangent is recorded as lost. */
  toString(): string {
    recordLoss("string");
    return String(this.value);
  }

  /** As `toString`, for JSON. */
  toJSON(): number {
    recordLoss("JSON");
    return this.value;
  }
}

/** A dual, or the plain number when the tangent is zero. */
export function dual(value: number, tangent: number): number | Dual {
  return tangent === 0 ? value : new Dual(value, tangent);
}

/** The value without its tangent; anything but a dual is returned as it is. */
export function primalOf(x: unknown): unknown {
  return x instanceof Dual ? x.value : x;
}

/** The tangent of a value, zero for anything but a dual. */
export function tangentOf(x: unknown): number {
  return x instanceof Dual ? x.tangent : 0;
}

/** The value without its tangent, recording the loss at `place`. */
export function strip(x: unknown, place: string): unknown {
  if (!(x instanceof Dual)) return x;
  recordLoss(place);
  return x.value;
}

/** JavaScript's ToBoolean. */
export function truthy(x: unknown): boolean {
  return Boolean(x instanceof Dual ? x.value : x);
}

/** JavaScript's ToPrimitive, where a user's valueOf may answer with a dual. */
export function toPrimitive(x: unknown, hint: "default" | "number" | "string"): unknown {
  if (x instanceof Dual || x === null || (typeof x !== "object" && typeof x !== "function")) return x;
  const object = x as Record<PropertyKey, unknown>;
  const exotic = object[Symbol.toPrimitive];
  if (typeof exotic === "function") return exotic.call(x, hint);
  const order = hint === "string" ? ["toString", "valueOf"] : ["valueOf", "toString"];
  for (const name of order) {
    const method = object[name];
    if (typeof method !== "function") continue;
    const result: unknown = method.call(x);
    if (result instanceof Dual || result === null || (typeof result !== "object" && typeof result !== "function")) {
      return result;
    }
  }
  throw new TypeError("Cannot convert object to primitive value");
}

/** JavaScript's ToNumber, keeping a tangent. */
export function toNumber(x: unknown): number | Dual {
  if (typeof x === "number" || x instanceof Dual) return x;
  const primitive = toPrimitive(x, "number");
  // Unary plus, unlike Number(), refuses bigint and symbol as ToNumber does.
  return primitive instanceof Dual ? primitive : +(primitive as number);
}

/** JavaScript's ToString; recorded as a loss when a dual is concerned. */
export function toText(x: unknown): string {
  const primitive = strip(toPrimitive(x, "string"), "string");
  return `${primitive as string}`;
}

/** JavaScript's ToPropertyKey; an index has derivative zero, so nothing is recorded. */
export function toKey(x: unknown): PropertyKey {
  if (typeof x === "string" || typeof x === "symbol" || typeof x === "number") return x;
  const primitive = primalOf(toPrimitive(x, "string"));
  return typeof primitive === "symbol" ? primitive : `${primitive as string}`;
}

/** partial · tangent, exactly zero when the tangent is. */
export function term(partial: number, tangent: number): number {
  return tangent === 0 ? 0 : partial * tangent;
}
