/** What a callback may do to the array that is walked over: make it longer, or shorter, so that elements go missing. */

import { functionOfSymbol, unwrapped } from "../functions.ts";
import { ts } from "../project.ts";
import { type Context, isAssignmentOperator, symbolOf } from "./context.ts";

export type LengthEffect = "none" | "grows" | "shrinks";

const growing: ReadonlySet<string> = new Set(["push", "unshift"]);
const shrinking: ReadonlySet<string> = new Set(["pop", "shift", "splice"]);
const strongest = (a: LengthEffect, b: LengthEffect): LengthEffect =>
  a === "shrinks" || b === "shrinks" ? "shrinks" : a === "grows" || b === "grows" ? "grows" : "none";

/** What a callback, and what it calls, may do to arrays. `reachable`: the array at hand may be among them. */
export function changesLengths(cx: Context, callback: ts.Expression, reachable: boolean): LengthEffect {
  if (!reachable) return "none";
  const node = unwrapped(callback);
  if (ts.isFunctionLike(node)) return effectOf(cx, node, new Set());
  return effectOfCallee(cx, node, new Set());
}

function effectOf(cx: Context, node: ts.Node, seen: Set<ts.Node>): LengthEffect {
  if (seen.has(node)) return "none";
  seen.add(node);
  let effect: LengthEffect = "none";
  const visit = (at: ts.Node): void => {
    if (ts.isCallExpression(at)) effect = strongest(effect, effectOfCallee(cx, unwrapped(at.expression), seen));
    if (ts.isDeleteExpression(at)) effect = "shrinks";
    if (ts.isBinaryExpression(at) && isAssignmentOperator(at.operatorToken.kind)) {
      const target = unwrapped(at.left);
      if (ts.isPropertyAccessExpression(target) && target.name.text === "length") effect = "shrinks";
      // A store behind the end makes an array longer.
      if (ts.isElementAccessExpression(target)) effect = strongest(effect, "grows");
    }
    ts.forEachChild(at, visit);
  };
  visit(node);
  return effect;
}

function effectOfCallee(cx: Context, callee: ts.Expression, seen: Set<ts.Node>): LengthEffect {
  const { checker } = cx.program;
  if (ts.isPropertyAccessExpression(callee)) {
    const name = callee.name.text;
    const symbol = checker.getSymbolAtLocation(callee.name);
    const own = symbol && functionOfSymbol(symbol, checker);
    if (own !== undefined) return effectOf(cx, own.body, seen);
    if (shrinking.has(name)) return "shrinks";
    return growing.has(name) || !isBuiltin(symbol) ? "grows" : "none";
  }
  if (!ts.isIdentifier(callee)) return ts.isFunctionLike(callee) ? effectOf(cx, callee, seen) : "grows";
  const symbol = symbolOf(checker, callee);
  const own = symbol && functionOfSymbol(symbol, checker);
  if (own !== undefined) return effectOf(cx, own.body, seen);
  return isBuiltin(symbol) ? "none" : "grows";
}

/** `Math.sin`, `xs.slice`: functions of the language, which change no array but by the names above. */
function isBuiltin(symbol: ts.Symbol | undefined): boolean {
  const declarations = symbol?.declarations ?? [];
  return (
    declarations.length > 0 &&
    declarations.every((one) => /[/\\]lib\.[^/\\]*\.d\.ts$/.test(one.getSourceFile().fileName))
  );
}

/** `new Array(n)`, `Array(n)`, `[1, , 3]`: arrays with holes, as they are written. */
export function mayHaveHoles(node: ts.Expression): boolean {
  const at = unwrapped(node);
  if (ts.isArrayLiteralExpression(at)) return at.elements.some(ts.isOmittedExpression);
  if (!ts.isNewExpression(at) && !ts.isCallExpression(at)) return false;
  return ts.isIdentifier(at.expression) && at.expression.text === "Array" && at.arguments?.length === 1;
}
