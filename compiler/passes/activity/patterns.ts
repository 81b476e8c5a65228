/**
 * Activity patterns: what the caller's arguments look like to a callee. A function is analysed, and generated, once per
 * pattern. The pattern is the graph of values behind the arguments and the result, sharing included, written as text.
 */

import {
  find,
  flow,
  flowMissing,
  makeRegion,
  makeValue,
  member,
  noteRest,
  type Progress,
  parameterOf,
  type Region,
  signatureOf,
  type Template,
  type Value,
} from "./values.ts";

const templateNumbers = new WeakMap<object, number>();
let templateCount = 0;

function templateKey(template: Template): string {
  let number = templateNumbers.get(template.type);
  if (number === undefined) {
    number = ++templateCount;
    templateNumbers.set(template.type, number);
  }
  return `T${number}${template.paths === undefined ? "" : JSON.stringify(template.paths)}`;
}

/** The same text for graphs of the same shape, sharing and activity. */
export function encode(values: readonly Value[]): string {
  const numbers = new Map<Region, number>();
  const one = (value: Value): string => {
    const own = `${value.active ? "a" : "."}${value.tainted ? "t" : ""}${value.unsteady === undefined ? "" : "~"}${value.missing === "only" ? "-" : ""}`;
    return value.region === undefined ? own : own + region(find(value.region));
  };
  const region = (at: Region): string => {
    const known = numbers.get(at);
    if (known !== undefined) return `#${known}`;
    numbers.set(at, numbers.size);
    const parts: string[] = [];
    if (at.template !== undefined) parts.push(templateKey(at.template));
    if (at.outside !== undefined) parts.push(`!${at.outside.kind}:${at.outside.name}`);
    if (at.constructor_ !== undefined && at.constructor_ !== "Array") parts.push(at.constructor_);
    if (at.open) parts.push("o");
    if (at.views.size > 0) parts.push(`/${[...at.views].sort().join("/")}`);
    if (at.classes.size > 0) parts.push(`@${[...at.classes].sort().join("@")}`);
    if (at.element !== undefined) parts.push(`*${one(at.element)}`);
    for (const key of [...at.fields.keys()].sort()) {
      const value = at.fields.get(key);
      if (value !== undefined) parts.push(`${key}:${one(value)}`);
    }
    if (at.signature !== undefined) {
      const { touches, crossing, restAt } = at.signature;
      parts.push(
        `${touches ? "!" : ""}${crossing ? "x" : ""}${restAt === undefined ? "" : `…${restAt}`}(${at.signature.parameters.map(one).join(",")})=>${one(at.signature.result)}`,
      );
    }
    return `{${parts.join(" ")}}`;
  };
  return values.map(one).join(";");
}

/** A copy of a graph of values, for the analysis of a callee: closures of the caller appear as signatures alone. */
export function copyGraph(values: readonly Value[]): Value[] {
  const copies = new Map<Region, Region>();
  const registries = new Map<Template["byType"], Template["byType"]>();
  const template = (of: Template | undefined): Template | undefined => {
    if (of === undefined) return undefined;
    let byType = registries.get(of.byType);
    if (byType === undefined) {
      byType = new Map();
      registries.set(of.byType, byType);
      for (const [type, known] of of.byType) byType.set(type, region(find(known)));
    }
    return { type: of.type, paths: of.paths, byType };
  };
  const one = (value: Value): Value => {
    const copy = makeValue();
    copy.active = value.active;
    copy.tainted = value.tainted;
    copy.unsteady = value.unsteady;
    if (value.missing !== undefined) copy.missing = value.missing;
    if (value.region !== undefined) copy.region = region(find(value.region));
    return copy;
  };
  const region = (at: Region): Region => {
    const known = copies.get(at);
    if (known !== undefined) return known;
    const copy = makeRegion({ constructor_: at.constructor_, outside: at.outside, open: at.open });
    copies.set(at, copy);
    copy.template = template(at.template);
    for (const one of at.classes) copy.classes.add(one);
    for (const one of at.views) copy.views.add(one);
    if (at.element !== undefined) copy.element = one(at.element);
    for (const [key, value] of at.fields) copy.fields.set(key, one(value));
    if (at.signature !== undefined) {
      const { parameters, result, restAt, touches, crossing } = at.signature;
      copy.signature = { parameters: parameters.map(one), result: one(result), restAt, touches, crossing };
    }
    return copy;
  };
  return values.map(one);
}

/** Functions among the values are called from another module. */
export function markCrossing(values: readonly Value[], progress: Progress): void {
  const seen = new Set<Region>();
  const visit = (value: Value): void => {
    const region = value.region && find(value.region);
    if (region === undefined || seen.has(region)) return;
    seen.add(region);
    if (region.signature !== undefined) {
      if (!region.signature.crossing) {
        region.signature.crossing = true;
        progress.changed = true;
      }
      region.signature.parameters.forEach(visit);
      visit(region.signature.result);
    }
    if (region.element !== undefined) visit(region.element);
    for (const value of region.fields.values()) visit(value);
  };
  values.forEach(visit);
}

/** Memory further down than this is taken to be like the memory that it is in: structures made by recursion have no end. */
const deepest = 16;

/** What the analysis of a callee found out about its arguments, told to the caller's values. */
export function applyGraph(found: readonly Value[], own: readonly Value[], progress: Progress): void {
  const met = new Map<Region, Region>();
  const inside: Region[] = [];
  const one = (from: Value, to: Value): void => {
    if (from.active && !to.active) {
      to.active = true;
      progress.changed = true;
    }
    if (from.tainted && !to.tainted) {
      to.tainted = true;
      progress.changed = true;
    }
    if (from.unsteady !== undefined && to.unsteady === undefined) {
      to.unsteady = from.unsteady;
      progress.changed = true;
    }
    flowMissing(to, from, progress);
    if (from.region !== undefined) region(find(from.region), to);
  };
  const region = (at: Region, holder: Value): void => {
    const before = met.get(at);
    if (before !== undefined) {
      flow(holder, { active: false, tainted: false, region: before }, progress);
      return;
    }
    if (holder.region === undefined) {
      const around = inside.length < deepest ? undefined : inside.at(-1);
      holder.region = around ?? makeRegion({ template: at.template, constructor_: at.constructor_ });
      progress.changed = true;
    }
    const target = find(holder.region);
    met.set(at, target);
    inside.push(target);
    for (const one of at.classes) {
      if (target.classes.has(one)) continue;
      target.classes.add(one);
      progress.changed = true;
    }
    for (const one of at.globals) {
      if (target.globals.has(one)) continue;
      target.globals.add(one);
      progress.changed = true;
    }
    if (at.open && !target.open) {
      target.open = true;
      progress.changed = true;
    }
    for (const one of at.views) {
      if (target.views.has(one)) continue;
      target.views.add(one);
      progress.changed = true;
    }
    if (at.element !== undefined) one(at.element, member(target, undefined, progress));
    for (const [key, value] of at.fields) one(value, member(target, key, progress));
    if (at.signature !== undefined) {
      const signature = signatureOf(target, progress);
      noteRest(signature, at.signature.restAt, progress);
      if ((at.signature.crossing && !signature.crossing) || (at.signature.touches && !signature.touches)) {
        signature.crossing ||= at.signature.crossing;
        signature.touches ||= at.signature.touches;
        progress.changed = true;
      }
      at.signature.parameters.forEach((parameter, i) => {
        one(parameter, parameterOf(signature, i));
      });
      one(at.signature.result, signature.result);
    }
    inside.pop();
  };
  found.forEach((value, i) => {
    const to = own[i];
    if (to !== undefined) one(value, to);
  });
}

/** A function that calls itself by the pattern that it was called by: what it found out about its arguments holds for these. */
export function applyOwn(found: readonly Value[], own: readonly Value[], progress: Progress): void {
  found.forEach((value, i) => {
    const to = own[i];
    if (to !== undefined) flow(to, value, progress);
  });
}
