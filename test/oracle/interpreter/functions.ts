import ts from "typescript";
import { Dual } from "./dual.ts";
import { evaluate, evaluateNamed } from "./evaluate.ts";
import { dualAware } from "./overrides.ts";
import { bind } from "./references.ts";
import { OracleError } from "./run.ts";
import { boundNames, childScope, declare, type Frame, initialize, type Scope, varNames } from "./scope.ts";
import { executeBody } from "./statements.ts";

type FunctionNode =
  | ts.ArrowFunction
  | ts.FunctionExpression
  | ts.FunctionDeclaration
  | ts.MethodDeclaration
  | ts.GetAccessorDeclaration
  | ts.SetAccessorDeclaration;

interface Making {
  readonly name?: PropertyKey;
  readonly homeObject?: object;
}

/** A real function of the host that runs the node in `scope`, so that host methods can call it back. */
export function makeFunction(node: FunctionNode, scope: Scope, making: Making = {}): (...args: unknown[]) => unknown {
  const unsupported = suspends(node);
  const home = making.homeObject;
  let outer = scope;
  const run = (frame: Frame, args: unknown[]): unknown => {
    if (unsupported !== undefined) throw new OracleError(`${unsupported} functions are not supported`);
    return runBody(node, outer, frame, args);
  };
  const f = ts.isArrowFunction(node)
    ? (...args: unknown[]) => run(scope.frame, args)
    : function self(this: unknown, ...args: unknown[]): unknown {
        const newTarget: unknown = new.target;
        const frame = { self: { value: this }, homeObject: home, newTarget, onSuper: undefined, callee: self };
        const result = run(frame, args);
        // A dual is a number to the program, and a constructor ignores numbers it returns.
        return newTarget !== undefined && result instanceof Dual ? undefined : result;
      };
  if (ts.isFunctionExpression(node) && node.name !== undefined) {
    outer = childScope(scope);
    initialize(outer, node.name.text, f);
  }
  describe(f, making.name ?? ownName(node), node.parameters);
  dualAware.add(f);
  return f;
}

/** Sets `name` and `length` as the language does. */
export function describe(f: object, name: PropertyKey, parameters: readonly ts.ParameterDeclaration[]): void {
  const counted = realParameters(parameters);
  const first = counted.findIndex((p) => p.initializer !== undefined || p.dotDotDotToken !== undefined);
  Object.defineProperty(f, "length", { value: first < 0 ? counted.length : first, configurable: true });
  const text = typeof name === "symbol" ? `[${name.description ?? ""}]` : String(name);
  Object.defineProperty(f, "name", { value: text, configurable: true });
}

/** Binds parameters and runs the body of a function or constructor; `prepare` comes between the two. */
export function runBody(
  node: FunctionNode | ts.ConstructorDeclaration,
  outer: Scope,
  frame: Frame,
  args: readonly unknown[],
  prepare?: (parameters: Scope) => void,
): unknown {
  const scope = childScope(outer, frame);
  const parameters = realParameters(node.parameters);
  for (const parameter of parameters) for (const name of boundNames(parameter.name)) declare(scope, name);
  if (!ts.isArrowFunction(node) && usesArguments(node)) initialize(scope, "arguments", argumentsObject(args));
  parameters.forEach((parameter, i) => {
    const { initializer, name } = parameter;
    const label = ts.isIdentifier(name) ? name.text : "";
    let value = parameter.dotDotDotToken === undefined ? args[i] : args.slice(i);
    if (value === undefined && initializer !== undefined) value = evaluateNamed(initializer, scope, label);
    bind(name, value, scope, "initialize", value === null ? "null" : "undefined");
  });
  prepare?.(scope);
  const { body } = node;
  if (body === undefined) throw new OracleError("a function without a body was called");
  if (!ts.isBlock(body)) return evaluate(body, scope);
  const inner = childScope(scope);
  for (const name of hoisted(body)) if (!scope.cells.has(name)) initialize(inner, name, undefined);
  return executeBody(body.statements, inner);
}

function ownName(node: FunctionNode): string {
  return node.name !== undefined && ts.isIdentifier(node.name) ? node.name.text : "";
}

/** TypeScript's `this` parameter is a type annotation only. */
function realParameters(parameters: readonly ts.ParameterDeclaration[]): readonly ts.ParameterDeclaration[] {
  const first = parameters[0];
  return first !== undefined && ts.isIdentifier(first.name) && first.name.text === "this"
    ? parameters.slice(1)
    : parameters;
}

function suspends(node: FunctionNode): "async" | "generator" | undefined {
  if (!ts.isArrowFunction(node) && "asteriskToken" in node && node.asteriskToken !== undefined) return "generator";
  const modifiers = ts.getModifiers(node);
  return modifiers?.some((m) => m.kind === ts.SyntaxKind.AsyncKeyword) ? "async" : undefined;
}

function argumentsObject(args: readonly unknown[]): object {
  return (function collect(..._: unknown[]): IArguments {
    // biome-ignore lint/complexity/noArguments: an arguments object is what is wanted
    return arguments;
  })(...args);
}

function memo<K extends object, V>(compute: (key: K) => V): (key: K) => V {
  const known = new WeakMap<K, { readonly value: V }>();
  return (key) => {
    const found = known.get(key);
    if (found !== undefined) return found.value;
    const value = compute(key);
    known.set(key, { value });
    return value;
  };
}

const hoisted = memo((body: ts.Block) => varNames(body));
const usesArguments = memo((node: ts.Node) => node.getText().includes("arguments"));
