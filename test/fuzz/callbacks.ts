/** Array methods that take a function. */

import { condition, expression, held, number } from "./expressions.ts";
import { childScope, declare, freshName, isArrayType, type Scope } from "./scope.ts";

/** A number made by an array method with a callback, when there is an array. */
export function calledBack(scope: Scope, depth: number): string | undefined {
  const { random } = scope.body.module;
  const list = held(scope, isArrayType);
  if (list === undefined || scope.body.nesting > 2) return undefined;
  const { text } = list;
  const method = random.pick([
    "reduce",
    "reduce",
    "map",
    "filter",
    "find",
    "findIndex",
    "some",
    "every",
    "reduceRight",
  ]);
  const sum = method === "reduce" || method === "reduceRight";
  const start = sum ? number(scope, Math.max(0, depth - 1)) : "";
  const inner = childScope(scope);
  scope.body.nesting++;
  const first = declared(inner, sum ? "sum" : "item");
  const second = sum ? declared(inner, "item") : undefined;
  const index = random.chance(0.3) ? freshName(inner, "i") : undefined;
  if (index !== undefined) declare(inner, index, "int", false);
  const parameters = [first, second, index].filter((name) => name !== undefined).join(", ");
  const value = number(inner, Math.max(0, depth - 1));
  const test = condition(inner, 1);
  scope.body.nesting--;
  switch (method) {
    case "reduce":
    case "reduceRight":
      return `${text}.${method}((${parameters}) => ${value} * 0.5, ${start})`;
    case "map":
      return `${text}.map((${parameters}) => ${value})[0]!`;
    case "filter":
      return `${text}.filter((${parameters}) => ${test}).length`;
    case "find":
      return `(${text}.find((${parameters}) => ${test}) ?? 0.5)`;
    case "findIndex":
      return `${text}.findIndex((${parameters}) => ${test})`;
    default:
      return `(${text}.${method}((${parameters}) => ${test}) ? ${expression(scope, "number", 0)} : 0.5)`;
  }
}

function declared(scope: Scope, wanted: string): string {
  const name = freshName(scope, wanted);
  declare(scope, name, "number", false);
  return name;
}
