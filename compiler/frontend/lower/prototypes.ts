/** Methods that a program gives to numbers: `Number.prototype.toRadians = function () { return this * Math.PI / 180 }`. */

import type { Expression } from "../../ir/types.ts";
import { type Program, ts } from "../project.ts";
import { type Context, spanOf, temporary } from "./context.ts";
import { lowerAtom, lowerExpression } from "./expressions.ts";

const given = new WeakMap<ts.Program, ReadonlyMap<string, ts.Expression>>();

/** What methods of numbers give back, by name: expressions in `this` and `Math` alone. */
function methodsOf(program: Program): ReadonlyMap<string, ts.Expression> {
  const known = given.get(program.raw);
  if (known !== undefined) return known;
  const found = new Map<string, ts.Expression>();
  for (const file of program.files()) {
    if (file.isDeclarationFile || !file.text.includes("Number.prototype.")) continue;
    for (const statement of file.statements) {
      const assignment = ts.isExpressionStatement(statement) ? statement.expression : undefined;
      if (assignment === undefined || !ts.isBinaryExpression(assignment)) continue;
      const name = /^Number\.prototype\.(\w+)$/.exec(assignment.left.getText())?.[1];
      const value = name === undefined ? undefined : returned(assignment.right);
      if (name !== undefined && value !== undefined) found.set(name, value);
    }
  }
  given.set(program.raw, found);
  return found;
}

/** The expression that a function without parameters gives back, when it needs nothing but `this` and `Math`. */
function returned(node: ts.Expression): ts.Expression | undefined {
  if (!ts.isFunctionExpression(node) || node.parameters.length > 0 || node.body.statements.length !== 1)
    return undefined;
  const [only] = node.body.statements;
  const value = only !== undefined && ts.isReturnStatement(only) ? only.expression : undefined;
  const closed = (at: ts.Node): boolean => {
    if (ts.isIdentifier(at)) return at.text === "Math" || ts.isPropertyAccessExpression(at.parent);
    if (ts.isFunctionLike(at)) return false;
    return ts.forEachChild(at, (child) => (closed(child) ? undefined : true)) === undefined;
  };
  return value !== undefined && closed(value) ? value : undefined;
}

/** `x.toRadians()` as what it computes; nothing for other calls, and where `x` may be no number. */
export function lowerNumberMethod(cx: Context, node: ts.CallExpression): Expression | undefined {
  const callee = node.expression;
  if (!ts.isPropertyAccessExpression(callee) || node.arguments.length > 0 || ts.isOptionalChain(node)) return undefined;
  const value = methodsOf(cx.program).get(callee.name.text);
  if (value === undefined) return undefined;
  const type = cx.types.at(callee.expression);
  if (type.kind !== "number" && (type.kind !== "unknown" || isMethodOfClass(cx.program, callee.name.text)))
    return undefined;
  const atom = lowerAtom(cx, callee.expression);
  const receiver = temporary(cx, { kind: "number" }, callee.expression);
  cx.out.push({ kind: "declare", keyword: "const", variable: receiver, value: atom, span: spanOf(callee.expression) });
  const outer = cx.receiver;
  cx.receiver = receiver;
  const lowered = lowerExpression(cx, value);
  cx.receiver = outer;
  return { ...lowered, span: spanOf(node) };
}

/** Whether a class of the program has a method of that name. */
function isMethodOfClass(program: Program, name: string): boolean {
  return program.files().some((file) => {
    if (file.isDeclarationFile || !file.text.includes(`${name}(`)) return false;
    const visit = (node: ts.Node): boolean =>
      (ts.isMethodDeclaration(node) && node.name.getText() === name) ||
      (ts.forEachChild(node, (child) => visit(child) || undefined) ?? false);
    return visit(file);
  });
}
