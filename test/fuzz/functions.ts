/** Random functions: arrows and local functions that capture, functions of a module, recursive ones. */

import { args, condition, expression, integer, number } from "./expressions.ts";
import {
  type Body,
  type Callable,
  childScope,
  declare,
  freshName,
  type Module,
  outerScope,
  type Scope,
  type Type,
  typeText,
} from "./scope.ts";
import { block, statements } from "./statements.ts";

/** An arrow from number to number that may capture, and change, what is around it. */
export function closure(scope: Scope, depth: number): string {
  const { random } = scope.body.module;
  const body: Body = {
    ...scope.body,
    result: "number",
    budget: 2,
    nesting: scope.body.nesting + 1,
    targets: [],
    recursion: undefined,
  };
  const inner = childScope(scope, body);
  const name = freshName(inner, random.pick(["v", "n", "x"]));
  declare(inner, name, "number", true);
  const head = `(${name}: number)${random.chance(0.5) ? ": number" : ""} =>`;
  if (random.chance(0.6)) return `${head} ${number(inner, Math.max(0, depth - 1))}`;
  return `${head} ${functionBody(inner, 2)}`;
}

/** The statements of a function in braces, which end by returning its result. */
export function functionBody(scope: Scope, size: number): string {
  const lines = statements(scope, size);
  if (scope.body.result !== "void") lines.push(`return ${expression(scope, scope.body.result, 2)};`);
  return block(lines);
}

interface Signature {
  readonly text: string;
  readonly callable: Callable;
}

/** Parameters with their types, some with defaults, the last one sometimes a rest parameter. */
export function signature(scope: Scope, name: string, types: readonly Type[], result: Type | "void"): Signature {
  const { random } = scope.body.module;
  const list: string[] = [];
  let required = types.length;
  types.forEach((type, i) => {
    const last = i === types.length - 1;
    const fallback = type === "number" && (required < types.length || last) && random.chance(0.25);
    if (fallback) required = Math.min(required, i);
    // A parameter behind an optional one needs a default as well.
    const text = fallback || required < i ? ` = ${expression(scope, type, 1)}` : "";
    const own = freshName(scope);
    list.push(`${own}: ${typeText(type)}${text}`);
    declare(scope, own, type, type !== "int");
  });
  const rest = required === types.length && random.chance(0.1);
  if (rest) {
    const own = freshName(scope, "rest");
    list.push(`...${own}: number[]`);
    declare(scope, own, "rest", false);
  }
  return { text: list.join(", "), callable: { name, parameters: types, required, rest, result } };
}

/** A function inside a function, declared or as an arrow. */
export function localFunction(scope: Scope): string[] {
  const { random } = scope.body.module;
  const name = freshName(scope, random.pick(["add", "g", "h", "step"]));
  const result: Type | "void" = random.pick(["number", "number", "void", "[number, number]"]);
  scope.mentioned.add(name);
  const body: Body = {
    ...scope.body,
    result,
    budget: 4,
    nesting: scope.body.nesting + 1,
    targets: [],
    recursion: undefined,
  };
  const inner = childScope(scope, body);
  inner.mentioned.add(name);
  const types = someTypes(scope.body.module, 2);
  const made = signature(inner, name, types, result);
  const text = functionBody(inner, random.below(3));
  scope.callables.push(made.callable);
  const returns = random.chance(0.6) ? `: ${result}` : "";
  const { parameters, required, rest } = made.callable;
  // A function that nobody calls has no arguments whose memory it could change.
  const used = `${name}(${args(scope, parameters, required, rest, 2)});`;
  if (random.chance(0.5)) return [`function ${name}(${made.text})${returns} ${text}`, used];
  return [`const ${name} = (${made.text})${returns} => ${text};`, used];
}

function someTypes(module: Module, most: number): Type[] {
  const { random, interfaces } = module;
  const kinds: Type[] = [
    "number",
    "number",
    "number",
    "int",
    "number[]",
    "Float64Array",
    "[number, number]",
    "fn",
    ...interfaces.keys(),
  ];
  return Array.from({ length: random.below(most + 1) }, () => random.pick(kinds));
}

function newBody(module: Module, result: Type | "void", budget: number): Body {
  return { module, result, budget, nesting: 1, targets: [], self: undefined, recursion: undefined, caught: 0 };
}

/** A function of a module, which may call those written before it. */
export function moduleFunction(module: Module, name: string, exported: boolean): string {
  const { random, interfaces } = module;
  const result = random.pick<Type | "void">([
    "number",
    "number",
    "number",
    "void",
    "[number, number]",
    "number[]",
    "Float64Array",
    ...interfaces.keys(),
  ]);
  const body = newBody(module, result, 6);
  const scope = outerScope(body);
  const recursive = result !== "void" && random.chance(0.15);
  const counter = recursive ? "depth" : undefined;
  if (counter !== undefined) declare(scope, counter, "int", false);
  const made = signature(scope, name, someTypes(module, 3), result);
  const callable: Callable =
    counter === undefined
      ? made.callable
      : { ...made.callable, parameters: ["int", ...made.callable.parameters], required: made.callable.required + 1 };
  const lines: string[] = [];
  if (counter !== undefined) {
    // Callers give counts of their own, so it is bounded here.
    lines.push(`if (${counter} <= 0 || ${counter} > 5) return ${expression(scope, result, 1)};`);
    body.recursion = { callable, left: 2, counter };
  }
  lines.push(...statements(scope, 1 + random.below(4)));
  if (result !== "void") lines.push(`return ${expression(scope, result, 2)};`);
  module.callables.push(callable);
  const text = counter === undefined ? made.text : `${counter}: number${made.text === "" ? "" : `, ${made.text}`}`;
  const before = exported ? "export " : "";
  if (!recursive && random.chance(0.2)) {
    return `${before}const ${name} = (${text}): ${result === "void" ? "void" : typeText(result)} => ${block(lines)};`;
  }
  return `${before}function ${name}(${text}): ${result === "void" ? "void" : typeText(result)} ${block(lines)}`;
}

/** A function that makes functions, and one that takes one. */
export function functionals(module: Module): string[] {
  const { random } = module;
  const lines: string[] = [];
  if (random.chance(0.4)) {
    lines.push("function twice(g: (v: number) => number, v: number): number {\n  return g(g(v) * 0.5);\n}");
    module.callables.push({ name: "twice", parameters: ["fn", "number"], required: 2, rest: false, result: "number" });
    module.taken.add("twice");
  }
  if (random.chance(0.4)) {
    lines.push(
      "function scaled(k: number): (v: number) => number {\n  let calls = 0;\n  return (v: number): number => {\n    calls++;\n    return k * v + calls;\n  };\n}",
    );
    module.callables.push({ name: "scaled", parameters: ["number"], required: 1, rest: false, result: "fn" });
    module.taken.add("scaled");
  }
  return lines;
}

/** A condition that is sometimes about a counter. */
export function someTest(scope: Scope): string {
  return scope.body.module.random.chance(0.2) ? `(${integer(scope, 1)} > 1)` : condition(scope, 2);
}
