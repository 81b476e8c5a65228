/**
 * Functions that run once, when their module does: wrappers in the style of before 2015. What is declared in such a
 * body belongs to the module as what stands at its outermost level does.
 *
 * `(function () { … })()`, the factory that a wrapper of that kind is handed and calls, and the modules that a bundler
 * keeps in a list.
 */

import { ts } from "./project.ts";

type Wrapper = ts.FunctionExpression | ts.ArrowFunction;

const known = new WeakMap<ts.Node, boolean>();

/** Whether a node is a module, or a function whose body runs once, with the module. */
export function isModuleBody(node: ts.Node): node is ts.SourceFile | Wrapper {
  if (ts.isSourceFile(node)) return true;
  if (!ts.isFunctionExpression(node) && !ts.isArrowFunction(node)) return false;
  let once = known.get(node);
  if (once === undefined) {
    known.set(node, false);
    once = ts.isBlock(node.body) && isPlain(node) && runsOnce(node);
    known.set(node, once);
  }
  return once;
}

/** Whether a block or file holds the statements of a module: those of its own, or of a body that runs once. */
export function holdsModule(block: ts.Node): boolean {
  return ts.isSourceFile(block) || (ts.isBlock(block) && !ts.isSourceFile(block.parent) && isModuleBody(block.parent));
}

/** The module, or the wrapper in it, that a node stands in. */
export function bodyAround(node: ts.Node): ts.SourceFile | Wrapper {
  let at = node.parent;
  while (!isModuleBody(at)) at = at.parent;
  return at;
}

/** The wrappers around a node, from the outermost in. */
export function wrappersAround(node: ts.Node): Wrapper[] {
  const body = bodyAround(node);
  return ts.isSourceFile(body) ? [] : [...wrappersAround(body), body];
}

/** The call that runs a wrapper: `(function () { … })(…)`, also by `call`. */
export function callOfWrapper(node: ts.Node): ts.CallExpression | undefined {
  const at = outOfParentheses(node);
  const { parent } = at;
  if (ts.isCallExpression(parent) && parent.expression === at) return parent;
  if (!ts.isPropertyAccessExpression(parent) || parent.name.text !== "call") return undefined;
  const call = parent.parent;
  return ts.isCallExpression(call) && call.expression === parent ? call : undefined;
}

/** What a wrapper is handed for a parameter that it never assigns. */
export function argumentFor(parameter: ts.ParameterDeclaration): ts.Expression | undefined {
  const wrapper = parameter.parent;
  if (!isModuleBody(wrapper) || ts.isSourceFile(wrapper)) return undefined;
  const call = callOfWrapper(wrapper);
  if (call === undefined || call.arguments.some(ts.isSpreadElement)) return undefined;
  const byCall = unparenthesized(call.expression) !== wrapper;
  return call.arguments[wrapper.parameters.indexOf(parameter) + (byCall ? 1 : 0)];
}

/** The wrapper in an expression that calls it, and the value that its last statement gives back. */
export function valueOfWrapper(node: ts.Expression): ts.Expression | undefined {
  const call = unparenthesized(node);
  if (!ts.isCallExpression(call)) return undefined;
  const callee = unparenthesized(call.expression);
  const wrapper =
    ts.isPropertyAccessExpression(callee) && callee.name.text === "call" ? unparenthesized(callee.expression) : callee;
  if (!isModuleBody(wrapper) || ts.isSourceFile(wrapper) || !ts.isBlock(wrapper.body)) return undefined;
  const returns = returnsIn(wrapper.body);
  const [only] = returns;
  return returns.length === 1 && only?.parent === wrapper.body ? only.expression : undefined;
}

function returnsIn(body: ts.Node): ts.ReturnStatement[] {
  const found: ts.ReturnStatement[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isReturnStatement(node)) found.push(node);
    if (!ts.isFunctionLike(node)) ts.forEachChild(node, visit);
  };
  ts.forEachChild(body, visit);
  return found;
}

function outOfParentheses(node: ts.Node): ts.Node {
  let at = node;
  while (ts.isParenthesizedExpression(at.parent)) at = at.parent;
  return at;
}

function unparenthesized(node: ts.Expression): ts.Expression {
  return ts.isParenthesizedExpression(node) ? unparenthesized(node.expression) : node;
}

const isPlain = (node: Wrapper): boolean =>
  !(node.modifiers ?? []).some((one) => one.kind === ts.SyntaxKind.AsyncKeyword) &&
  (ts.isArrowFunction(node) || node.asteriskToken === undefined);

function runsOnce(node: Wrapper): boolean {
  const call = callOfWrapper(node);
  if (call !== undefined) return isReachedOnce(call) && !callsItself(node);
  const at = outOfParentheses(node);
  const { parent } = at;
  if (isBundled(node, parent)) return true;
  if (!ts.isCallExpression(parent) || !parent.arguments.some((one) => one === at)) return false;
  if (!isReachedOnce(parent)) return false;
  const callee = unparenthesized(parent.expression);
  // A loader of modules runs what it is given once.
  if (ts.isIdentifier(callee) && callee.text === "define") return true;
  const byCall = ts.isPropertyAccessExpression(callee) && callee.name.text === "call";
  const wrapper = byCall ? unparenthesized(callee.expression) : callee;
  if (!isModuleBody(wrapper) || ts.isSourceFile(wrapper)) return false;
  const index = parent.arguments.indexOf(at as ts.Expression) - (byCall ? 1 : 0);
  const parameter = wrapper.parameters[index];
  return parameter !== undefined && ts.isIdentifier(parameter.name) && isOnlyCalled(wrapper, parameter.name.text);
}

/** A function expression may call itself by its own name. */
function callsItself(node: Wrapper): boolean {
  const name = node.name?.text;
  if (name === undefined) return false;
  const visit = (at: ts.Node): boolean =>
    (ts.isIdentifier(at) && at.text === name && at !== node.name) ||
    (ts.forEachChild(at, (child) => visit(child) || undefined) ?? false);
  return visit(node.body);
}

/** Whether an expression is evaluated at most once: no loop and no other function is around it in its module. */
function isReachedOnce(node: ts.Node): boolean {
  for (let at = node.parent; at !== undefined; at = at.parent) {
    if (ts.isIterationStatement(at, false) || ts.isClassLike(at)) return false;
    if (ts.isFunctionLike(at)) return isModuleBody(at);
    if (ts.isSourceFile(at)) return true;
  }
  return false;
}

/** Whether a wrapper does nothing with a parameter but call it, in branches of which one is taken, or hand it to `define`. */
function isOnlyCalled(wrapper: Wrapper, name: string): boolean {
  let fine = true;
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node) && node.text === name && !isPropertyName(node)) {
      const { parent } = node;
      const called = ts.isCallExpression(parent) && (parent.expression === node || isDefine(parent));
      fine &&= (called && isReachedOnce(parent)) || ts.isParameter(parent) || ts.isTypeOfExpression(parent);
    }
    ts.forEachChild(node, visit);
  };
  visit(wrapper);
  return fine;
}

const isDefine = (call: ts.CallExpression): boolean =>
  ts.isIdentifier(call.expression) && call.expression.text === "define";

const isPropertyName = (node: ts.Identifier): boolean =>
  (ts.isPropertyAccessExpression(node.parent) && node.parent.name === node) ||
  (ts.isPropertyAssignment(node.parent) && node.parent.name === node);

/** `[function (require, module, exports) { … }, { … }]` in the list that a bundler's loader is handed. */
function isBundled(node: Wrapper, parent: ts.Node): boolean {
  const names = node.parameters.map(({ name }) => name.getText());
  if (!names.includes("module") || !names.includes("exports")) return false;
  const list = ts.isArrayLiteralExpression(parent) ? outOfParentheses(parent).parent : parent;
  const holder = ts.isPropertyAssignment(list) ? outOfParentheses(list.parent).parent : list;
  const call = ts.isArrayLiteralExpression(holder) ? outOfParentheses(holder).parent : holder;
  return ts.isCallExpression(call) && isReachedOnce(call);
}
