/**
 * Lower: TypeScript's syntax to the intermediate form (A-normalisation).
 *
 * Takes a checked function. Guarantees the *lowered* stage of `ir/types.ts`: every operation on atoms, in evaluation
 * order, the user's statements as `source`. Knows nothing of activity.
 */

import type { Diagnostic } from "../../api.ts";
import type { FunctionForm, Variable } from "../../ir/types.ts";
import type { Derivations } from "../../passes/derived/derive.ts";
import type { ClassNode, ClassTable } from "../classes.ts";
import type { FunctionNode } from "../functions.ts";
import { type Program, ts } from "../project.ts";
import type { TypeReader } from "../types.ts";
import { isInlined } from "./arrayMethodsInline.ts";
import { lowerConstructor } from "./classes.ts";
import { type Context, usageOf } from "./context.ts";
import { lowerFunction } from "./functions.ts";
import { lowerInitial } from "./initial.ts";

export interface Lowered {
  readonly form: FunctionForm;
  readonly diagnostics: readonly Diagnostic[];
}

export function lower(
  program: Program,
  types: TypeReader,
  classes: ClassTable,
  node: FunctionNode | ClassNode | ts.VariableDeclaration,
  nextId: () => number,
  derivations: Derivations,
  /** Variables of the node's module that functions of it named before. */
  moduleVariables: Map<ts.Symbol, Variable>,
  /** As the constructor of a class; a function may be called without `new` as well. */
  asConstructor = false,
): Lowered {
  const diagnostics: Diagnostic[] = [];
  const cx: Context = {
    program,
    types,
    root: node,
    diagnostics,
    variables: new Map(),
    moduleVariables,
    mathValues: new Map(),
    selves: new Map(),
    usage: usageOf(program.checker, node, (inner) => isInlined(program.checker, types, inner)),
    nextId,
    out: [],
    receiver: undefined,
    class_: undefined,
    classes,
    derivations,
    labels: new Set(),
    bound: new Map(),
    operators: new Set(),
    evaluated: new Map(),
    asked: new Set(),
  };
  const form = ts.isVariableDeclaration(node)
    ? lowerInitial(cx, node)
    : asConstructor || ts.isClassLike(node) || ts.isConstructorDeclaration(node)
      ? lowerConstructor(cx, node as ClassNode | ts.ConstructorDeclaration)
      : lowerFunction(cx, node);
  return { form, diagnostics };
}

/** Every identifier in a file that is no property's name: names that generated code must keep away from. */
export function identifiersIn(file: ts.SourceFile): ReadonlySet<string> {
  const found = new Set<string>();
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node) && !namesProperty(node)) found.add(node.text);
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

function namesProperty(node: ts.Identifier): boolean {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent) || ts.isPropertyAssignment(parent) || ts.isPropertySignature(parent)) {
    return parent.name === node;
  }
  return false;
}
