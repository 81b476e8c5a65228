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
import { mapBlocks, mapExpressions, mapForms, rewrite, visitExpression, withBody } from "../../ir/walk.ts";
import { plainText, tangentText } from "../differentiate/text.ts";
import { type Candidate, findCandidates, keyOfAccess, literalOf, partsOf, unwrapped } from "./candidates.ts";
import { withCountedLoops } from "./unroll.ts";

const mostRounds = 8;
const nothing = /\b(undefined|null)\b/;

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
  const written = withCountedLoops(inner, nextId);
  const candidates = findCandidates(written);
  if (candidates.size === 0) return written;
  const parts = new Map<Variable, Map<string, Variable>>();
  for (const { variable, kind, keys, stored } of candidates.values()) {
    parts.set(variable, new Map(keys.map((key) => [key, partOf(variable, kind, key, stored.has(key), nextId)])));
  }
  // The tangent of a part is the tangent of the part of the primal, where that is taken apart as well.
  for (const [variable, own] of parts) {
    const primal = variable.primal === undefined ? undefined : parts.get(variable.primal);
    for (const [key, part] of own) {
      const beside = primal?.get(key);
      if (beside !== undefined) own.set(key, { ...part, primal: beside });
    }
  }
  return withBody(written, split(written.body, parts, nextId));
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
  const type = partType(variable.type, key);
  const text = variable.role === "tangent" ? tangentText(type, undefined) : plainText(type);
  return {
    id,
    name: variable.role === "tangent" ? `%${id}` : name,
    role: variable.role === "tangent" ? "tangent" : "temporary",
    type,
    reassigned: variable.reassigned || stored,
    captured: false,
    typeText: text ?? "any",
  };
}

function partType(type: Type, key: string): Type {
  if (type.kind === "array") return type.element;
  if (type.kind === "tuple") return type.elements[Number(key)] ?? { kind: "number" };
  if (type.kind === "object") return type.fields().get(key) ?? { kind: "number" };
  if (type.kind === "union") {
    const [only, ...more] = type.members.filter(({ kind }) => kind !== "undefined" && kind !== "null");
    if (only !== undefined && more.length === 0) return partType(only, key);
  }
  return { kind: "number" };
}

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
      const mark = node.nonNull === true && nothing.test(part.typeText ?? "") && { nonNull: true };
      return { kind: "variable", variable: part, ...(node.span && { span: node.span }), ...mark };
    });
  const given = (value: Expression | undefined): ReadonlyMap<string, Expression> | undefined => {
    const bare = value && unwrapped(value);
    if (bare === undefined) return undefined;
    if (bare.kind === "conditional") {
      const [yes, no] = [given(bare.whenTrue), given(bare.whenFalse)];
      if (yes === undefined || no === undefined) return undefined;
      return new Map(
        [...yes].map(([key, whenTrue]) => [key, { ...bare, whenTrue, whenFalse: no.get(key) ?? whenTrue } as const]),
      );
    }
    const literal = literalOf(bare);
    if (literal !== undefined) return partsOf(literal);
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
          const part = own.get(key);
          if (part !== undefined && mentions(now, targets, part)) {
            const id = nextId();
            const copy: Variable = { ...part, id, name: `%${id}`, reassigned: false };
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

/** Whether an expression reads one of the variables, other than by being that one alone. */
function mentions(expression: Expression, variables: ReadonlySet<Variable>, self: Variable): boolean {
  if (expression.kind === "variable" && expression.variable === self) return false;
  let found = false;
  visitExpression(expression, (node) => {
    if (node.kind === "variable" && variables.has(node.variable)) found = true;
  });
  return found;
}
