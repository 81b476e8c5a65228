/**
 * Names for what has none in the user's source. Temporaries are named after what they hold (`x * y` is `xy`,
 * `Math.sin(q)` is `sinQ`, `weights[i]` is `weight`), tangents after their primals, and no name captures another.
 * The same form always gets the same names.
 */

import type { FunctionForm, Variable } from "../ir/types.ts";
import { describe, nameOfType, singular } from "./describe.ts";
import { type Scope, scopesOf } from "./scopes.ts";

export interface Names {
  of(variable: Variable): string;
  /** Another name that nothing in the function has: for a label or flag that printing needs. */
  fresh(wanted: string): string;
  /** Whether the function has a variable of this name, so that a global of the same name is out of reach. */
  taken(name: string): boolean;
}

const IDENTIFIER = /^[\p{ID_Start}$_][\p{ID_Continue}$\u200c\u200d]*$/u;

/** Words that cannot be (or had better not be) the names of variables. */
const reservedWords: ReadonlySet<string> = new Set(
  (
    "abstract any arguments as async await boolean break case catch class const constructor continue debugger declare default " +
    "delete do else enum eval export extends false finally for from function get global globalThis if implements import in " +
    "Infinity instanceof interface is keyof let Math module NaN namespace never new null number object of package private " +
    "protected public readonly require return set static string super switch symbol this throw true try type typeof " +
    "undefined unique unknown using var void while with yield Array Object Number String Boolean Symbol Float32Array " +
    "Float64Array Error console Date JSON Map Set Promise Proxy Reflect RegExp isNaN isFinite name length event window " +
    "document process exports self top parent status"
  ).split(" "),
);

/** Names every variable of a form. `reserved`: every identifier of the user's file, and whatever else must be kept clear of. */
export function nameVariables(form: FunctionForm, reserved: ReadonlySet<string>): Names {
  const { root, variables, home, values, counters, iterables, words } = scopesOf(form);
  const given = new Map<number, string>();
  const byName = new Map<string, Variable[]>();
  const byId = new Map(variables.map((variable) => [variable.id, variable]));
  const fresh = new Set<string>();

  const give = (variable: Variable, name: string): string => {
    given.set(variable.id, name);
    byName.set(name, [...(byName.get(name) ?? []), variable]);
    return name;
  };
  const homeOf = (variable: Variable): Scope => home.get(variable.id) ?? root;

  /** Whether two variables of the same name would be seen together, or one hide the other where it is used. */
  const clash = (a: Variable, b: Variable, strict: boolean): boolean => {
    if (a.id === b.id) return false;
    const [inner, outer] = isWithin(homeOf(a), homeOf(b)) ? [a, b] : [b, a];
    if (!isWithin(homeOf(inner), homeOf(outer))) return false;
    return strict || homeOf(inner) === homeOf(outer) || usesWithin(homeOf(inner), outer.id);
  };
  const free = (variable: Variable, name: string, strict: boolean): boolean => {
    if (words.has(name) && !(variable.role === "tangent" && !strict)) return false;
    if (strict && (reserved.has(name) || reservedWords.has(name))) return false;
    return !(byName.get(name) ?? []).some((other) => clash(variable, other, strict));
  };
  /** Whether nothing in the function has a name, whatever the rest of the file holds. */
  const isOpen = (variable: Variable, name: string): boolean =>
    !words.has(name) && !(byName.get(name) ?? []).some((other) => clash(variable, other, true));
  const distinct = (variable: Variable, wanted: string, strict: boolean): string => {
    if (free(variable, wanted, strict)) return wanted;
    const stem = /\d$/.test(wanted) ? `${wanted}_` : wanted;
    for (let n = 2; ; n++) if (free(variable, `${stem}${n}`, true)) return `${stem}${n}`;
  };

  const nameOf = (variable: Variable): string => {
    const known = given.get(variable.id);
    if (known !== undefined) return known;
    // The user's names stand, and those of what the module declares.
    if (isGiven(variable)) return give(variable, variable.name);
    if (IDENTIFIER.test(variable.name) && !reservedWords.has(variable.name)) {
      return give(variable, distinct(variable, variable.name, variable.role !== "tangent"));
    }
    const { primal } = variable;
    if (primal !== undefined) return give(variable, distinct(variable, `${nameOf(primal)}_t`, true));
    const index = counts(variable) ? ["i", "j", "k"].find((name) => isOpen(variable, name)) : undefined;
    return give(
      variable,
      index ?? distinct(variable, counts(variable) ? "index" : wantedFor(variable), variable.wanted === undefined),
    );
  };
  /** Whether a variable is the index of a loop which the user wrote over the elements. */
  const counts = (variable: Variable): boolean =>
    counters.has(variable.id) && variable.reassigned && indexStarts.has(values.get(variable.id)?.[0]?.kind);
  const indexStarts: ReadonlySet<string | undefined> = new Set(["constant", "binary"]);
  const wantedFor = (variable: Variable): string => {
    if (variable.wanted !== undefined) return variable.wanted;
    const iterable = iterables.get(variable.id);
    if (iterable !== undefined) {
      const through = iterable.kind === "variable" ? nameWithin(iterable.variable) : describe(iterable, nameWithin);
      return singular(through ?? "") || "item";
    }
    // Until it has a name of its own, a variable that its own value mentions has none to give.
    given.set(variable.id, "");
    const [value, ...others] = values.get(variable.id) ?? [];
    // What gets one value on one way and another on the next is named after neither.
    const found = value === undefined || others.length > 0 ? undefined : describe(value, nameWithin);
    given.delete(variable.id);
    return found ?? nameOfType(variable.type);
  };
  const nameWithin = (variable: Variable): string => nameOf(byId.get(variable.id) ?? variable);

  for (const variable of variables) if (isGiven(variable)) nameOf(variable);
  for (const variable of variables) if (variable.role === "tangent" && IDENTIFIER.test(variable.name)) nameOf(variable);
  for (const variable of variables) nameOf(variable);

  const taken = (name: string): boolean => byName.has(name);
  return {
    of: (variable) => given.get(variable.id) ?? variable.name,
    taken,
    fresh: (wanted) => {
      const used = (name: string) =>
        taken(name) || fresh.has(name) || words.has(name) || reserved.has(name) || reservedWords.has(name);
      let name = wanted;
      for (let n = 2; used(name); n++) name = `${wanted}${n}`;
      fresh.add(name);
      return name;
    },
  };
}

const isGiven = ({ role, module }: Variable): boolean => role === "user" || module === true;

function isWithin(inner: Scope, outer: Scope): boolean {
  let at: Scope | undefined = inner;
  while (at !== undefined && at !== outer) at = at.parent;
  return at === outer;
}

function usesWithin(scope: Scope, id: number): boolean {
  return scope.uses.has(id) || scope.children.some((child) => usesWithin(child, id));
}
