/** Reads and writes of places, by what is known of the world. */

import type { Assign, Expression, Type } from "../../ir/types.ts";
import { typeOf } from "../../ir/typing.ts";
import { carries, regionOf, type Value } from "../activity/values.ts";
import { type Activation, deepest, leak, type Run } from "./run.ts";
import {
  type Content,
  isBelow,
  isPlain,
  joined,
  objectsAt,
  overlaps,
  type Place,
  plain,
  present,
  withPlace,
} from "./world.ts";

/** How an element is named: by a number, by a text, by the variable that holds its index. */
export function indexKey(index: Expression): string | undefined {
  if (index.kind === "constant") return typeof index.value === "string" ? `.${index.value}` : `[${index.value}]`;
  return index.kind === "variable" && index.variable.module !== true && !index.variable.captured
    ? `[$${index.variable.id}]`
    : undefined;
}

/** What is known by the name of a variable's value is unknown when the call is over. */
export const lasting = (place: Place): Place => place.replace(/\[(\$\d+|\?|\*)\]/g, "[?]");

export function write(
  at: Activation,
  places: readonly Place[],
  stored: Content,
  { value, span }: Assign,
  certain: boolean,
): void {
  const held = at.run.around.value(at.one, value);
  const [only] = places;
  for (const place of places) {
    // What holds no tangent leaves none behind.
    if (!carries(held) && held.region === undefined && isPlain(stored)) continue;
    at.run.stale.add(lasting(place));
    at.run.stores.push({ place: lasting(place), one: at.one, value, span });
  }
  const single = only !== undefined && places.length === 1 && certain && !only.includes("[?]");
  // What can't be followed from here on.
  if (!single || only.includes("[") || at.run.tries > 0) leak(at.run, stored);
  if (at.world === undefined) return;
  const next = new Map(at.world);
  for (const place of places) {
    for (const [other, before] of at.world) {
      const same = overlaps(lasting(other), lasting(place));
      if (same && !(single && other === only)) next.set(other, joined(before, stored));
    }
  }
  at.world = single ? withPlace(next, only, stored) : next;
}

/** What may be in a place; reported where an earlier call may have left it there. */
export function read(at: Activation, place: Place, node: Expression): Content {
  const { run: all, world } = at;
  if (world === undefined) return plain;
  const known = lasting(place);
  const left = [...all.stale].filter((one) => overlaps(one, known));
  if (left.length > 0) noteRead(all, known);
  const own = world.get(place);
  if (own !== undefined) return own;
  const array = /^(.*)\[[^\]]*\]$/.exec(place)?.[1];
  const full = array === undefined ? undefined : world.get(`${array}[*]`);
  if (full !== undefined) return joined(full, all.leaked);

  for (const stale of left) if (world.get(stale) === undefined || stale === known) report(at, stale, node);
  // What carries no tangent anywhere has no shadow that could be left behind.
  if (isPlainType(typeOf(node))) return present;
  if (!carries(all.around.value(at.one, node))) return plain;
  if ((place.match(/[.[]/g)?.length ?? 0) > deepest) {
    report(at, place, node);
    return plain;
  }
  return objectsAt([place]);
}

export const noteRead = (run: Run, place: Place): void => {
  run.seen.add(rootOf(place));
};

/** The variable that a place is in. */
export const rootOf = (place: Place): Place => /^[^.[]*/.exec(place)?.[0] ?? place;

export const isPlainType = ({ kind }: Type): boolean => kind === "number" || kind === "boolean" || kind === "string";

export const isElementOf = (place: Place, array: Place): boolean =>
  place.startsWith(`${array}[`) && place.indexOf("]", array.length) === place.length - 1;

export function report(at: Activation, place: Place, node: Expression): void {
  const { span } = node;
  at.run.reads.set(`${place} ${span?.file} ${span?.start}`, { place, one: at.one, span });
}

/** Everything in an object is looked at, and may be kept elsewhere. */
export function readAll(at: Activation, { objects }: Content, node: Expression): void {
  for (const object of objects) {
    const full = at.world?.has(`${object}[*]`) === true;
    for (const place of at.run.stale) {
      if (isBelow(place, object)) noteRead(at.run, place);
      if (!isBelow(place, object) || (full && isElementOf(place, object))) continue;
      if (at.world?.has(place) !== true) report(at, place, node);
    }
    for (const [place, held] of at.world ?? []) if (isBelow(place, object)) leak(at.run, held);
    const region = regionOf(at.run.around.value(at.one, node));
    const parts: [string, Value | undefined][] = [...(region?.fields ?? []), ["[?]", region?.element]];
    for (const [key, held] of parts) {
      if (held?.region === undefined || !carries(held)) continue;
      if ((object.match(/[.[]/g)?.length ?? 0) >= deepest) {
        report(at, object, node);
        continue;
      }
      leak(at.run, objectsAt([object + (key === "[?]" ? key : /^\d+$/.test(key) ? `[${key}]` : `.${key}`)]));
    }
  }
}
