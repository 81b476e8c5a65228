/** Puts a value in the place of the one reference to a variable, where that keeps the order of evaluation. */

import { commutes, effectsOf, isPure, statementEffects } from "../../ir/effects.ts";
import type { Expression, Statement, Variable } from "../../ir/types.ts";
import { mapChildren, mapExpressions } from "../../ir/walk.ts";

/**
 * The statement with `value` instead of the variable; nothing where what the statement evaluates ahead of the variable does
 * not commute with the value, or where the variable may be read another number of times than once.
 */
export function placeIn(statement: Statement, variable: Variable, value: Expression): Statement | undefined {
  const effects = effectsOf(value);
  let state: "looking" | "placed" | "blocked" = "looking";

  const pass = (other: ReturnType<typeof effectsOf>) => {
    if (state === "looking" && !commutes(effects, other)) state = "blocked";
  };
  const place = (node: Expression, certain: boolean): Expression => {
    if (state !== "looking") return node;
    if (node.kind === "variable" && node.variable.id === variable.id) {
      const placed = node.nonNull ? nonNull(value) : value;
      state = placed === undefined || (!certain && !isPure(effects)) ? "blocked" : "placed";
      return placed === undefined || state === "blocked" ? node : placed;
    }
    if (!effectsOf(node).reads.has(variable.id)) {
      pass(effectsOf(node));
      return node;
    }
    switch (node.kind) {
      case "function":
      case "opaque":
        state = "blocked";
        return node;
      case "logical":
      case "conditional": {
        // Only the first operand is evaluated in any case.
        let first = true;
        return mapChildren(node, (child) => {
          const placed = place(child, certain && first);
          first = false;
          return placed;
        });
      }
      default: {
        const optional =
          ((node.kind === "element" || node.kind === "field") && node.optional) ||
          (node.kind === "call" && node.callee.kind === "method" && node.callee.optional);
        let first = true;
        return mapChildren(node, (child) => {
          const placed = place(child, certain && (first || !optional));
          first = false;
          return placed;
        });
      }
    }
  };

  const placed = placeInStatement(statement, variable, value, (node) => place(node, true), pass);
  return (state as string) === "placed" || placed?.recursed ? placed?.statement : undefined;
}

interface Placed {
  readonly statement: Statement;
  /** The value has been placed by another `placeIn`. */
  readonly recursed?: true;
}

function placeInStatement(
  statement: Statement,
  variable: Variable,
  value: Expression,
  place: (node: Expression) => Expression,
  pass: (effects: ReturnType<typeof effectsOf>) => void,
): Placed | undefined {
  switch (statement.kind) {
    case "declare":
    case "declarePair":
    case "assign":
    case "effect":
    case "return":
    case "throw":
    case "if":
    case "forOf":
    case "forIn":
      return { statement: mapExpressions(statement, place) };
    case "switch": {
      const discriminant = place(statement.discriminant);
      return { statement: { ...statement, discriminant } };
    }
    case "loop": {
      // The initialiser runs once, ahead of all the rest.
      const effects = effectsOf(value);
      for (const [i, first] of statement.init.entries()) {
        const inside = statementEffects(first);
        if (!inside.reads.has(variable.id)) {
          if (!commutes(effects, inside)) return undefined;
          continue;
        }
        const placed = placeIn(first, variable, value);
        if (placed === undefined) return undefined;
        return { statement: { ...statement, init: statement.init.with(i, placed) }, recursed: true };
      }
      return undefined;
    }
    default:
      pass(statementEffects(statement));
      return undefined;
  }
}

function nonNull(value: Expression): Expression | undefined {
  if (value.kind === "variable" || value.kind === "element" || value.kind === "field")
    return { ...value, nonNull: true };
  return undefined;
}
