/** Lowers constructors: parameter properties and field initialisers first, as the class has them, then the body. */

import type { Block, ClassId, Expression, FunctionForm, Parameter, Spread, Variable } from "../../ir/types.ts";
import { type ClassNode, classId, classNameOf, constructorOf, memberName } from "../classes.ts";
import { ts } from "../project.ts";
import { baseCall, baseCallIn, type FunctionClass, functionClassOf, isGuard, returnsThis } from "../prototypes.ts";
import { isReadonlyField } from "./assignments.ts";
import { lowerBaseCall } from "./baseCalls.ts";
import { type Context, collect, lookup, reference, spanOf, temporary } from "./context.ts";
import { lowerExpression } from "./expressions.ts";
import { inScope, lowerParameter, receiverOf } from "./functions.ts";
import { lowerStatements } from "./statements.ts";

/** The constructor of a class as a form, be it written or implied. */
export function lowerConstructor(cx: Context, node: ClassNode | ts.ConstructorDeclaration): FunctionForm {
  const holder = ts.isConstructorDeclaration(node) ? (node.parent as ClassNode) : node;
  const declared = constructorOf(holder);
  const className = classNameOf(holder);
  const outer = { receiver: cx.receiver, class_: cx.class_ };
  cx.class_ = classId(holder);
  const receiver = receiverOf(cx, holder);
  cx.receiver = receiver;
  const parameters: Parameter[] = [];
  const body = collect(cx, () => {
    if (declared === undefined) {
      parameters.push(...handOn(cx, holder, receiver));
      initialise(cx, holder, undefined);
      return;
    }
    for (const parameter of declared.parameters) parameters.push(lowerParameter(cx, parameter));
    if (!ts.isClassLike(holder)) {
      if (isHandedOn(holder)) {
        parameters.push(...handOn(cx, holder, receiver));
        return;
      }
      for (const statement of holder.body.statements) {
        const call = baseCallOfReturn(statement);
        const base = call && lowerBaseCall(cx, call);
        if (base !== undefined) cx.out.push({ kind: "effect", value: base, span: spanOf(statement) });
        else if (!isGuard(statement) && !returnsThis(statement)) lowerStatements(cx, [statement]);
      }
      return;
    }
    const statements = declared.body?.statements ?? [];
    const superAt = statements.findIndex(isSuperCall);
    lowerStatements(cx, statements.slice(0, superAt + 1));
    initialise(cx, holder, declared);
    lowerStatements(cx, statements.slice(superAt + 1));
  });
  Object.assign(cx, outer);
  const construction = cx.classes.construction(classId(holder));
  return {
    id: classId(holder),
    name: className,
    style: "method",
    parameters,
    receiver,
    memberOf: {
      ...{ class_: classId(holder), className, role: "constructor" },
      ...(construction !== undefined && { construction }),
      ...(cx.classes.isRelated(classId(holder)) && { related: true }),
    },
    result: { kind: "void" },
    ...inScope(holder),
    body,
    span: spanOf(declared ?? holder.name ?? holder),
  };
}

/** `return Base.call(this, …) || this` */
const baseCallOfReturn = (statement: ts.Statement): ts.CallExpression | undefined =>
  ts.isReturnStatement(statement) && statement.expression !== undefined ? baseCallIn(statement.expression) : undefined;

/** `return Base.apply(this, arguments) || this` and nothing else: as a constructor that is not written. */
function isHandedOn(holder: FunctionClass): boolean {
  const rest = holder.body.statements.filter((statement) => !isGuard(statement));
  const [only] = rest;
  const call =
    only && (baseCallOfReturn(only) ?? (ts.isExpressionStatement(only) ? baseCallIn(only.expression) : undefined));
  return rest.length === 1 && holder.parameters.length === 0 && call !== undefined && baseCall(call)?.applied === true;
}

/** A constructor that is not written hands its arguments on to the one of the class that is extended. */
function handOn(cx: Context, holder: ClassNode, receiver: Variable): Parameter[] {
  const base = cx.classes.base(classId(holder));
  if (base === undefined || base === "foreign") return [];
  const parameters = inheritedParameters(cx, base).map((parameter): Parameter => {
    const type = cx.types.at(parameter);
    return {
      variable: temporary(cx, type, parameter),
      typeText: parameter.type?.getText() ?? cx.types.text(cx.program.checker.getTypeAtLocation(parameter), parameter),
      optional: parameter.questionToken !== undefined || parameter.initializer !== undefined,
      rest: parameter.dotDotDotToken !== undefined,
    };
  });
  const span = spanOf(holder.name ?? holder);
  const handed = parameters.map(({ variable, rest }): Expression | Spread => {
    const operand = reference(variable);
    return rest ? { kind: "spread", operand } : operand;
  });
  const via = ts.isClassLike(holder) ? undefined : functionClassOf(holder)?.base?.getText();
  const callee = {
    ...({ kind: "superConstructor", class_: base, this_: receiver } as const),
    ...(via !== undefined && { via }),
  };
  cx.out.push({ kind: "effect", value: { kind: "call", callee, arguments: handed, span }, span });
  return parameters;
}

function inheritedParameters(cx: Context, base: ClassId): readonly ts.ParameterDeclaration[] {
  for (let at: ClassId | "foreign" | undefined = base; at !== undefined && at !== "foreign"; at = cx.classes.base(at)) {
    const class_ = cx.classes.node(at);
    const written = class_ && constructorOf(class_);
    if (written !== undefined) return written.parameters;
  }
  return [];
}

const isSuperCall = (statement: ts.Statement): boolean =>
  ts.isExpressionStatement(statement) &&
  ts.isCallExpression(statement.expression) &&
  statement.expression.expression.kind === ts.SyntaxKind.SuperKeyword;

function initialise(
  cx: Context,
  node: ClassNode,
  constructor: ts.ConstructorDeclaration | FunctionClass | undefined,
): void {
  for (const parameter of constructor?.parameters ?? []) {
    const own = ts.isParameterPropertyDeclaration(parameter, parameter.parent) && ts.isIdentifier(parameter.name);
    const variable = own && ts.isIdentifier(parameter.name) ? lookup(cx, parameter.name) : undefined;
    if (variable !== undefined)
      store(cx, parameter, variable.name, () => reference(variable, spanOf(parameter.name)), variable.name);
  }
  for (const member of ts.isClassLike(node) ? node.members : []) {
    if (!ts.isPropertyDeclaration(member) || member.initializer === undefined) continue;
    if ((ts.getModifiers(member) ?? []).some((one) => one.kind === ts.SyntaxKind.StaticKeyword)) continue;
    const name = memberName(member.name);
    const { initializer } = member;
    if (name !== undefined) store(cx, member, name, () => lowerExpression(cx, initializer), initializer.getText());
  }
}

function store(cx: Context, node: ts.Node, name: string, value: () => Expression, text: string): void {
  const { receiver } = cx;
  if (receiver === undefined) return;
  const span = spanOf(node);
  const body: Block = collect(cx, () => {
    const stored = value();
    cx.out.push({
      kind: "assign",
      target: {
        ...{ kind: "field", object: reference(receiver), name, span },
        ...(isReadonlyField(node) && { readonly: true }),
      },
      value: stored,
      span,
    });
  });
  const origin = { span, text: `this.${name} = ${text};`, comments: [], spaced: false };
  cx.out.push({ kind: "source", origin, body, span });
}
