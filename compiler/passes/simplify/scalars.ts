/**
 * Scalars: arrays, tuples and objects that never leave a function become variables, one a part.
 *
 * Takes differentiated forms. A variable qualifies when all that is ever put into it are literals of one shape (or other
 * such variables), and all that is done with it are reads and stores of parts known by name. Guarantees that nothing is
 * allocated for it any more, and that its parts change when they did. Scalar replacement of aggregates.
 */

import type {
  Block,
  ElementAccess,
  Expression,
  FieldAccess,
  FunctionForm,
  Statement,
  Type,
  Variable,
} from "../../ir/types.ts";
import {
  blocksOf,
  childrenOf,
  expressionsOf,
  formsOf,
  mapBlocks,
  mapExpressions,
  mapForms,
  rewrite,
  withBody,
} from "../../ir/walk.ts";
import { mention } from "../variables.ts";

/** A variable's parts, and what holds for all variables that it is copied from or to. */
interface Candidate {
  readonly variable: Variable;
  readonly kind: "array" | "object";
  keys: readonly string[] | undefined;
  /** Parts that are stored on their own. */
  stored: ReadonlySet<string>;
}

const mostParts = 16;
const mostRounds = 8;

export function scalars(form: FunctionForm, nextId: () => number): FunctionForm {
  let current = form;
  for (let round = 0; round < mostRounds; round++) {
    const next = oneRound(current, nextId);
    if (next === current) break;
    current = next;
  }
  return current;
}

function oneRound(form: FunctionForm, nextId: () => number): FunctionForm {
  const inner = withBody(form, mapBodies(form.body, nextId));
  const candidates = find(inner);
  if (candidates.size === 0) return inner;
  const parts = new Map<Variable, Map<string, Variable>>();
  for (const { variable, kind, keys, stored } of candidates.values()) {
    parts.set(
      variable,
      new Map((keys ?? []).map((key) => [key, partOf(variable, kind, key, stored.has(key), nextId)])),
    );
  }
  // The tangent of a part is the tangent of the part of the primal, where that is taken apart as well.
  for (const [variable, own] of parts) {
    const primal = variable.primal === undefined ? undefined : parts.get(variable.primal);
    for (const [key, part] of own) {
      const beside = primal?.get(key);
      if (beside !== undefined) own.set(key, { ...part, primal: beside });
    }
  }
  return withBody(inner, split(inner.body, parts, nextId));
}

/** Nested functions are functions of their own. */
function mapBodies(block: Block, nextId: () => number): Block {
  let changed = false;
  const mapped = block.map((statement) => {
    const next = mapForms(
      mapBlocks(statement, (body) => mapBodies(body, nextId)),
      (form) => scalars(form, nextId),
    );
    if (next !== statement) changed = true;
    return next;
  });
  return changed ? mapped : block;
}

function partOf(
  variable: Variable,
  kind: Candidate["kind"],
  key: string,
  stored: boolean,
  nextId: () => number,
): Variable {
  const id = nextId();
  const base = variable.name.startsWith("%") ? "" : variable.name.replace(/_t\d*$/, "");
  const word = /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(key) ? key.charAt(0).toUpperCase() + key.slice(1) : key;
  const name = base === "" || !/^[\w$]+$/.test(word) ? `%${id}` : kind === "array" ? `${base}${key}` : `${base}${word}`;
  return {
    id,
    name: variable.role === "tangent" ? `%${id}` : name,
    role: variable.role === "tangent" ? "tangent" : "temporary",
    type: partType(variable.type, key),
    reassigned: variable.reassigned || stored,
    captured: false,
    typeText: "number",
  };
}

function partType(type: Type, key: string): Type {
  if (type.kind === "array") return type.element;
  if (type.kind === "tuple") return type.elements[Number(key)] ?? { kind: "number" };
  if (type.kind === "object") return type.fields().get(key) ?? { kind: "number" };
  return { kind: "number" };
}

type Literal = Extract<Expression, { kind: "array" | "object" }>;

/** The parts of a literal by key, or nothing when it has some that are not known by name. */
function partsOf(literal: Literal): ReadonlyMap<string, Expression> | undefined {
  const parts = new Map<string, Expression>();
  if (literal.kind === "array") {
    for (const [i, element] of literal.elements.entries()) {
      if (element.kind === "spread") return undefined;
      parts.set(String(i), element);
    }
  } else {
    for (const property of literal.properties) {
      if (property.kind === "spread" || parts.has(property.name)) return undefined;
      parts.set(property.name, property.value);
    }
  }
  return parts.size > mostParts ? undefined : parts;
}

function keyOfAccess(access: ElementAccess | FieldAccess): string | undefined {
  if (access.optional === true) return undefined;
  if (access.kind === "field") return access.name;
  const { index } = access;
  return index.kind === "constant" &&
    typeof index.value === "number" &&
    Number.isInteger(index.value) &&
    index.value >= 0
    ? String(index.value)
    : undefined;
}

function unwrapped(value: Expression): Expression {
  return value.kind === "as" ? unwrapped(value.operand) : value;
}

function find(form: FunctionForm): Map<Variable, Candidate> {
  const candidates = new Map<Variable, Candidate>();
  const escaped = new Set<Variable>(form.parameters.map((parameter) => parameter.variable));
  const bare: Variable[] = [];

  const give = (variable: Variable, given: Expression): void => {
    const value = unwrapped(given);
    if (value.kind === "array" || value.kind === "object") {
      const parts = partsOf(value);
      const known = candidates.get(variable);
      const keys = parts && [...parts.keys()];
      if (keys === undefined || variable.captured) escaped.add(variable);
      else if (known === undefined) {
        candidates.set(variable, { variable, kind: value.kind, keys, stored: new Set() });
      } else if (known.keys === undefined) known.keys = keys;
      else if (known.kind !== value.kind || !sameKeys(known.keys, keys)) escaped.add(variable);
      for (const part of parts?.values() ?? []) inExpression(part);
      return;
    }
    if (value.kind === "variable") {
      bare.push(variable, value.variable);
      link(variable, value.variable);
      link(value.variable, variable);
      return;
    }
    escaped.add(variable);
    inExpression(value);
  };
  const links = new Map<Variable, Set<Variable>>();
  const link = (a: Variable, b: Variable): void => {
    const set = links.get(a) ?? new Set();
    set.add(b);
    links.set(a, set);
  };

  const inExpression = (value: Expression): void => {
    if ((value.kind === "element" || value.kind === "field") && value.object.kind === "variable") {
      const key = keyOfAccess(value);
      if (key === undefined) escaped.add(value.object.variable);
      else read(value.object.variable, key);
      if (value.kind === "element") inExpression(value.index);
      return;
    }
    if (value.kind === "variable") {
      escaped.add(value.variable);
      return;
    }
    if (value.kind === "opaque") for (const variable of [...value.reads, ...value.writes]) escaped.add(variable);
    childrenOf(value).forEach(inExpression);
  };
  const reads = new Map<Variable, Set<string>>();
  const read = (variable: Variable, key: string): void => {
    const set = reads.get(variable) ?? new Set();
    set.add(key);
    reads.set(variable, set);
  };
  const stores = new Map<Variable, Set<string>>();

  const inStatement = (statement: Statement): void => {
    for (const nested of formsOf(statement)) mention(nested.body, (variable) => escaped.add(variable));
    if (statement.kind === "verbatim") {
      if (statement.lowered !== undefined) statement.lowered.forEach(inStatement);
      else for (const variable of [...statement.reads, ...statement.writes]) escaped.add(variable);
      return;
    }
    if (statement.kind === "declare") {
      if (statement.keyword === "var") escaped.add(statement.variable);
      if (statement.value !== undefined) give(statement.variable, statement.value);
      return;
    }
    if (statement.kind === "assign") {
      const { target } = statement;
      if (target.kind === "variable") {
        give(target.variable, statement.value);
        return;
      }
      if ((target.kind === "element" || target.kind === "field") && target.object.kind === "variable") {
        const key = keyOfAccess(target);
        if (key === undefined || key === "length") escaped.add(target.object.variable);
        else {
          read(target.object.variable, key);
          const stored = stores.get(target.object.variable) ?? new Set();
          stores.set(target.object.variable, stored.add(key));
        }
        if (target.kind === "element") inExpression(target.index);
        inExpression(statement.value);
        return;
      }
    }
    for (const value of expressionsOf(statement)) inExpression(value);
    for (const block of blocksOf(statement)) block.forEach(inStatement);
  };
  form.body.forEach(inStatement);

  // A variable qualifies with all that it is copied from and to, or not at all.
  for (const variable of bare) if (!candidates.has(variable) && !links.has(variable)) escaped.add(variable);
  for (let changed = true; changed; ) {
    changed = false;
    for (const variable of new Set([...candidates.keys(), ...links.keys()])) {
      if (escaped.has(variable)) continue;
      const group = [...(links.get(variable) ?? [])];
      const own = candidates.get(variable);
      const keys = own?.keys ?? group.map((other) => candidates.get(other)?.keys).find((found) => found !== undefined);
      const kind = own?.kind ?? group.map((other) => candidates.get(other)?.kind).find((found) => found !== undefined);
      const fits =
        keys !== undefined &&
        kind !== undefined &&
        !variable.captured &&
        variable.module !== true &&
        group.every((other) => {
          const theirs = candidates.get(other)?.keys;
          return !escaped.has(other) && (theirs === undefined || sameKeys(theirs, keys));
        }) &&
        (group.length === 0 || !stores.has(variable)) &&
        group.every((other) => !stores.has(other)) &&
        [...(reads.get(variable) ?? [])].every((key) => keys.includes(key) || (kind === "array" && key === "length"));
      if (!fits && (own !== undefined || keys !== undefined || group.length > 0)) {
        // Not known yet is not the same as unfit: a copy learns its shape from its neighbours.
        if (keys === undefined && group.some((other) => !escaped.has(other) && candidates.has(other))) continue;
        escaped.add(variable);
        changed = true;
      } else if (fits && own === undefined && kind !== undefined) {
        candidates.set(variable, { variable, kind, keys, stored: new Set() });
        changed = true;
      }
    }
  }
  for (const [variable, candidate] of candidates) {
    if (escaped.has(variable)) candidates.delete(variable);
    else candidate.stored = stores.get(variable) ?? new Set();
  }
  return candidates;
}

const sameKeys = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((key) => b.includes(key));

/** The statements with every candidate in its parts. */
function split(block: Block, parts: ReadonlyMap<Variable, ReadonlyMap<string, Variable>>, nextId: () => number): Block {
  const place = (access: ElementAccess | FieldAccess): Variable | "length" | undefined => {
    if (access.object.kind !== "variable") return undefined;
    const own = parts.get(access.object.variable);
    const key = own && keyOfAccess(access);
    if (own === undefined || key === undefined) return undefined;
    return own.get(key) ?? (key === "length" ? "length" : undefined);
  };
  const inExpression = (value: Expression): Expression =>
    rewrite(value, (node) => {
      if (node.kind !== "element" && node.kind !== "field") return node;
      const part = place(node);
      if (part === undefined || node.object.kind !== "variable") return node;
      if (part === "length") return { kind: "constant", value: parts.get(node.object.variable)?.size ?? 0 };
      return { kind: "variable", variable: part, ...(node.span && { span: node.span }) };
    });
  const given = (value: Expression | undefined): ReadonlyMap<string, Expression> | undefined => {
    const bare = value && unwrapped(value);
    if (bare === undefined) return undefined;
    if (bare.kind === "array" || bare.kind === "object") return partsOf(bare);
    if (bare.kind !== "variable") return undefined;
    const from = parts.get(bare.variable);
    return from && new Map([...from].map(([key, variable]) => [key, { kind: "variable", variable } as const]));
  };

  return block.flatMap((statement): Statement[] => {
    if (statement.kind === "verbatim") {
      const { lowered } = statement;
      const mentions = [...statement.reads, ...statement.writes].some((variable) => parts.has(variable));
      if (!mentions || lowered === undefined) return [statement];
      const origin = { ...statement.origin, rewritten: true };
      return [
        {
          kind: "source",
          origin,
          body: split(lowered, parts, nextId),
          ...(statement.span && { span: statement.span }),
        },
      ];
    }
    const span = statement.span && { span: statement.span };
    if (statement.kind === "declare") {
      const own = parts.get(statement.variable);
      if (own !== undefined) {
        const values = given(statement.value);
        return [...own].map(([key, variable]): Statement => {
          const value = values?.get(key);
          const keyword = variable.reassigned || value === undefined ? "let" : "const";
          return {
            kind: "declare",
            keyword,
            variable,
            ...(value !== undefined && { value: inExpression(value) }),
            ...span,
          };
        });
      }
    }
    if (statement.kind === "assign") {
      const { target } = statement;
      const own = target.kind === "variable" ? parts.get(target.variable) : undefined;
      if (own !== undefined) {
        const values = given(statement.value);
        // The parts of a literal are atoms read before any store, but one of them may be a part that is stored here.
        const held = new Map<string, Expression>();
        const ahead: Statement[] = [];
        const targets = new Set(own.values());
        for (const [key, value] of values ?? []) {
          const now = inExpression(value);
          if (now.kind === "variable" && targets.has(now.variable) && own.get(key) !== now.variable) {
            const id = nextId();
            const copy: Variable = { ...now.variable, id, name: `%${id}`, reassigned: false };
            ahead.push({ kind: "declare", keyword: "const", variable: copy, value: now, ...span });
            held.set(key, { kind: "variable", variable: copy });
          } else held.set(key, now);
        }
        const stores = [...own].flatMap(([key, variable]): Statement[] => {
          const value = held.get(key);
          if (value === undefined || (value.kind === "variable" && value.variable === variable)) return [];
          return [{ kind: "assign", target: { kind: "variable", variable, ...span }, value, ...span }];
        });
        return [...ahead, ...stores];
      }
      if (target.kind === "element" || target.kind === "field") {
        const part = place(target);
        if (part !== undefined && part !== "length") {
          return [
            {
              ...statement,
              target: { kind: "variable", variable: part, ...span },
              value: inExpression(statement.value),
            },
          ];
        }
      }
    }
    return [
      mapExpressions(
        mapBlocks(statement, (body) => split(body, parts, nextId)),
        inExpression,
      ),
    ];
  });
}
