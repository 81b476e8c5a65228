/** Lowers constructors: parameter properties and field initialisers first, as the class has them, then the body. */

import type { Block, ClassId, Expression, FunctionForm, Parameter, Spread, Variable } from "../../ir/types.ts";
import { type ClassNode, classId, memberName } from "../classes.ts";
import { ts } from "../project.ts";
import { isReadonlyField } from "./assignments.ts";
import { type Context, collect, lookup, reference, spanOf, temporary } from "./context.ts";
import { lowerExpression } from "./expressions.ts";
import { inScope, lowerParameter, receiverOf } from "./functions.ts";
import { lowerStatements } from "./statements.ts";

/** The constructor of a class as a form, be it written or implied. */
export function lowerConstructor(cx: Context, node: ClassNode | ts.ConstructorDeclaration): FunctionForm {
  const holder = ts.isClassLike(node) ? node : (node.parent as ClassNode);
  const declared = holder.members.find(
    (member): member is ts.ConstructorDeclaration => ts.isConstructorDeclaration(member) && member.body !== undefined,
  );
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
    name: holder.name?.text ?? "",
    style: "method",
    parameters,
    receiver,
    memberOf: {
      ...{ class_: classId(holder), className: holder.name?.text ?? "", role: "constructor" },
      ...(construction !== undefined && { construction }),
      ...(cx.classes.isRelated(classId(holder)) && { related: true }),
    },
    result: { kind: "void" },
    ...inScope(holder),
    body,
    span: spanOf(declared ?? holder.name ?? holder),
  };
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
  const callee = { kind: "superConstructor", class_: base, this_: receiver } as const;
  cx.out.push({ kind: "effect", value: { kind: "call", callee, arguments: handed, span }, span });
  return parameters;
}

function inheritedParameters(cx: Context, base: ClassId): readonly ts.ParameterDeclaration[] {
  for (let at: ClassId | "foreign" | undefined = base; at !== undefined && at !== "foreign"; at = cx.classes.base(at)) {
    const members = cx.classes.node(at)?.members ?? [];
    const written = members.find((one) => ts.isConstructorDeclaration(one) && one.body !== undefined);
    if (written !== undefined && ts.isConstructorDeclaration(written)) return written.parameters;
  }
  return [];
}

const isSuperCall = (statement: ts.Statement): boolean =>
  ts.isExpressionStatement(statement) &&
  ts.isCallExpression(statement.expression) &&
  statement.expression.expression.kind === ts.SyntaxKind.SuperKeyword;

function initialise(cx: Context, node: ClassNode, constructor: ts.ConstructorDeclaration | undefined): void {
  for (const parameter of constructor?.parameters ?? []) {
    const own = ts.isParameterPropertyDeclaration(parameter, parameter.parent) && ts.isIdentifier(parameter.name);
    const variable = own && ts.isIdentifier(parameter.name) ? lookup(cx, parameter.name) : undefined;
    if (variable !== undefined)
      store(cx, parameter, variable.name, () => reference(variable, spanOf(parameter.name)), variable.name);
  }
  for (const member of node.members) {
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
