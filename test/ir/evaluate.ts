/** Runs the intermediate form as JavaScript would run what is printed from it. */

import type { Block, Expression, FunctionForm, Place, Statement, Variable } from "../../compiler/ir/types.ts";

/** What happens outside of the function: calls of globals, and the register. */
export interface World {
  readonly globals: Readonly<Record<string, (...operands: readonly unknown[]) => unknown>>;
  readonly register: number[];
}

interface Cell {
  value: unknown;
}
interface Scope {
  readonly cells: Map<number, Cell>;
  readonly outer: Scope | undefined;
}
/** How a statement ended: jumps by name, or a value given back. */
type Completion =
  | undefined
  | { readonly kind: "return"; readonly value: unknown }
  | { readonly kind: "break" | "continue"; readonly label: string | undefined };

/** The function as something to call. */
export function compile(form: FunctionForm, world: World, outer?: Scope): (...values: readonly unknown[]) => unknown {
  return (...values) => {
    const scope = inside(outer);
    form.parameters.forEach(({ variable }, i) => {
      scope.cells.set(variable.id, { value: values[i] });
    });
    const completion = runBlock(form.body, scope, world);
    return completion?.kind === "return" ? completion.value : undefined;
  };
}

function inside(outer: Scope | undefined): Scope {
  return { cells: new Map(), outer };
}

function cellOf(variable: Variable, scope: Scope): Cell {
  for (let level: Scope | undefined = scope; level !== undefined; level = level.outer) {
    const cell = level.cells.get(variable.id);
    if (cell !== undefined) return cell;
  }
  throw new ReferenceError(`${variable.name} is not there`);
}

function runBlock(block: Block, scope: Scope, world: World): Completion {
  for (const statement of block) {
    const completion = run(statement, scope, world);
    if (completion !== undefined) return completion;
  }
  return undefined;
}

function run(statement: Statement, scope: Scope, world: World): Completion {
  const value = (expression: Expression) => evaluate(expression, scope, world);
  switch (statement.kind) {
    case "declare":
      scope.cells.set(statement.variable.id, { value: statement.value && value(statement.value) });
      return undefined;
    case "declarePair": {
      const pair = value(statement.value) as readonly unknown[];
      if (statement.primal !== undefined) scope.cells.set(statement.primal.id, { value: pair[0] });
      if (statement.tangent !== undefined) scope.cells.set(statement.tangent.id, { value: pair[1] });
      return undefined;
    }
    case "assign":
      store(statement.target, statement.value, scope, world);
      return undefined;
    case "effect":
      value(statement.value);
      return undefined;
    case "if":
      if (value(statement.test)) return runBlock(statement.then, inside(scope), world);
      return statement.else && runBlock(statement.else, inside(scope), world);
    case "loop":
      return loop(statement, scope, world, undefined);
    case "block":
      return runBlock(statement.body, inside(scope), world);
    case "source":
      return runBlock(statement.body, scope, world);
    case "labelled": {
      const { body, label } = statement;
      const completion = body.kind === "loop" ? loop(body, scope, world, label) : run(body, scope, world);
      return completion?.kind === "break" && completion.label === label ? undefined : completion;
    }
    case "break":
    case "continue":
      return { kind: statement.kind, label: statement.label };
    case "return":
      return { kind: "return", value: statement.value && value(statement.value) };
    case "throw":
      throw value(statement.value);
    case "try": {
      let completion: Completion;
      try {
        completion = runBlock(statement.block, inside(scope), world);
      } catch (error) {
        if (statement.handler === undefined) throw error;
        const own = inside(scope);
        if (statement.parameter !== undefined) own.cells.set(statement.parameter.id, { value: error });
        completion = runBlock(statement.handler, own, world);
      } finally {
        if (statement.finalizer !== undefined) runBlock(statement.finalizer, inside(scope), world);
      }
      return completion;
    }
    case "declareFunction":
      scope.cells.set(statement.variable.id, { value: compile(statement.function, world, scope) });
      return undefined;
    case "switch": {
      const chosen = value(statement.discriminant);
      let at = statement.cases.findIndex(({ test }) => test !== undefined && value(test) === chosen);
      if (at < 0) at = statement.cases.findIndex(({ test }) => test === undefined);
      if (at < 0) return undefined;
      const own = inside(scope);
      for (const { body } of statement.cases.slice(at)) {
        const completion = runBlock(body, own, world);
        if (completion?.kind === "break" && completion.label === undefined) return undefined;
        if (completion !== undefined) return completion;
      }
      return undefined;
    }
    default:
      throw new Error(`no evaluation of ${statement.kind}`);
  }
}

function loop(
  statement: Extract<Statement, { readonly kind: "loop" }>,
  outer: Scope,
  world: World,
  label: string | undefined,
): Completion {
  const scope = inside(outer);
  runBlock(statement.init, scope, world);
  for (let first = true; ; first = false) {
    const round = inside(scope);
    if (statement.form !== "do" || !first) {
      runBlock(statement.before, round, world);
      if (statement.test !== undefined && !evaluate(statement.test, round, world)) return undefined;
    }
    const completion = runBlock(statement.body, inside(round), world);
    const mine = completion?.kind !== "return" && (completion?.label === undefined || completion.label === label);
    if (completion !== undefined && !(mine && completion.kind === "continue"))
      return mine && completion.kind === "break" ? undefined : completion;
    runBlock(statement.update, inside(scope), world);
  }
}

function store(target: Place, expression: Expression, scope: Scope, world: World): void {
  switch (target.kind) {
    case "variable": {
      const value = evaluate(expression, scope, world);
      cellOf(target.variable, scope).value = value;
      return;
    }
    case "register":
      world.register[target.lane] = Number(evaluate(expression, scope, world));
      return;
    case "element":
    case "field": {
      const object = evaluate(target.object, scope, world);
      const key = target.kind === "field" ? target.name : String(evaluate(target.index, scope, world));
      const value = evaluate(expression, scope, world);
      Reflect.set(Object(reachable(object)), key, value, object);
    }
  }
}

function reachable(object: unknown): unknown {
  if (object === undefined || object === null) throw new TypeError("nothing there");
  return object;
}

function evaluate(expression: Expression, scope: Scope, world: World): unknown {
  const value = (operand: Expression) => evaluate(operand, scope, world);
  switch (expression.kind) {
    case "constant":
      return expression.value;
    case "variable":
      return cellOf(expression.variable, scope).value;
    case "unary":
      return unary(expression.operator, value(expression.operand));
    case "binary": {
      const left = value(expression.left);
      return binary(expression.operator, Number(left), Number(value(expression.right)));
    }
    case "logical": {
      const left = value(expression.left);
      if (expression.operator === "&&") return left ? value(expression.right) : left;
      if (expression.operator === "||") return left ? left : value(expression.right);
      return left ?? value(expression.right);
    }
    case "conditional":
      return value(expression.test) ? value(expression.whenTrue) : value(expression.whenFalse);
    case "math": {
      const called: unknown = Reflect.get(Math, expression.name);
      if (typeof called !== "function") throw new Error(`Math.${expression.name}`);
      return called(...expression.arguments.map(value));
    }
    case "element": {
      const object = value(expression.object);
      const index = value(expression.index);
      return Reflect.get(Object(reachable(object)), String(index));
    }
    case "field":
      return Reflect.get(Object(reachable(value(expression.object))), expression.name);
    case "array":
      return expression.elements.map((part) => (part.kind === "spread" ? value(part.operand) : value(part)));
    case "new":
      return new Float64Array(Number(expression.arguments[0]?.kind === "spread" ? 0 : value(first(expression))));
    case "register":
      return world.register[expression.lane];
    case "as":
      return value(expression.operand);
    case "function":
      return compile(expression.function, world, scope);
    case "call": {
      const { callee } = expression;
      const called =
        callee.kind === "value"
          ? value(callee.function)
          : callee.kind === "global" || callee.kind === "function"
            ? world.globals[callee.name]
            : undefined;
      const operands = expression.arguments.map((part) => value(part.kind === "spread" ? part.operand : part));
      if (typeof called !== "function") throw new TypeError("not a function");
      return called(...operands);
    }
    case "object":
    case "opaque":
      throw new Error(`no evaluation of ${expression.kind}`);
  }
}

function first(expression: Extract<Expression, { readonly kind: "new" }>): Expression {
  const [length] = expression.arguments;
  return length === undefined || length.kind === "spread" ? { kind: "constant", value: 0 } : length;
}

function unary(operator: string, operand: unknown): unknown {
  switch (operator) {
    case "-":
      return -Number(operand);
    case "+":
      return Number(operand);
    case "!":
      return !operand;
    default:
      throw new Error(`no evaluation of ${operator}`);
  }
}

function binary(operator: string, left: number, right: number): unknown {
  switch (operator) {
    case "+":
      return left + right;
    case "-":
      return left - right;
    case "*":
      return left * right;
    case "/":
      return left / right;
    case "%":
      return left % right;
    case "**":
      return left ** right;
    case "<":
      return left < right;
    case ">":
      return left > right;
    case "<=":
      return left <= right;
    case "===":
      return left === right;
    default:
      throw new Error(`no evaluation of ${operator}`);
  }
}
