/**
 * Derivatives of members of classes as functions of the program: static methods of the class that take the object as
 * their first parameter, so that they may read what is private and are called by no dispatch.
 */

import type { Diagnostic } from "../../api.ts";
import { report } from "../../diagnostics/messages.ts";
import type { ClassId, FunctionForm, Membership, Type, Variable } from "../../ir/types.ts";
import { expressionsOf, visitExpression, visitStatements } from "../../ir/walk.ts";
import type { Instance, Library, TypeParameters } from "../activity/program.ts";

/** The sign in front of the key of an instance that a call of a member calls. */
const memberMark = "∂member:";

/** The name of a call of a member's derivative: of one instance, or of that for the class of the object. */
export const memberCall = (...keys: readonly string[]): string => keys.map((key) => memberMark + key).join("");

/** The keys of the instances that a call of a member may call. */
export const memberCalled = (name: string): readonly string[] =>
  name.startsWith(memberMark) ? name.slice(memberMark.length).split(memberMark) : [];

/** The name of a class in a lowered form, until the module is known that names it. */
const classMark = "∂class:";

export const classMarked = (class_: ClassId, className: string): string => `${classMark}${class_}:${className}`;

/** The class that a name is the mark of: the file where it stands, and what it is called there. */
export function classNamed(name: string): { readonly file: string; readonly className: string } | undefined {
  const [, file, className] = name.startsWith(classMark)
    ? (/^(.*)#\d+:(.*)$/.exec(name.slice(classMark.length)) ?? [])
    : [];
  return file === undefined || className === undefined ? undefined : { file, className };
}

/** What a member's derivative is called. */
export function memberName({ memberOf, name }: FunctionForm): string {
  const plain = name.replace(/^#/, "");
  if (memberOf?.role === "constructor") return "init_jvp";
  return memberOf?.role === "getter" || memberOf?.role === "setter"
    ? `${memberOf.role.slice(0, 3)}_${plain}_jvp`
    : `${plain}_jvp`;
}

/** A member's derivative as a static method of its class: `this` is its first parameter. */
export function asStatic(
  form: FunctionForm,
  self: Variable | undefined,
  membership: Membership,
  generic: TypeParameters | undefined,
): FunctionForm {
  const { receiver: _, ...rest } = form;
  const parameters =
    self === undefined
      ? form.parameters
      : [
          {
            variable: self,
            typeText: `${membership.className}${generic === undefined ? "" : `<${generic.names}>`}`,
            optional: false,
            rest: false,
          },
          ...form.parameters,
        ];
  const own = [generic?.text, form.typeParameters].filter((text) => text !== undefined && text !== "");
  const typeParameters = own.length > 0 && { typeParameters: own.join(", ") };
  return { ...rest, ...typeParameters, parameters, style: "method", memberOf: { ...membership, role: "static" } };
}

/** The object as a parameter. */
export function selfOf(form: FunctionForm, nextId: () => number): Variable | undefined {
  const { receiver } = form;
  if (receiver === undefined) return undefined;
  return { ...receiver, id: nextId(), name: "self", role: "temporary" };
}

/** The type of a constructor's tangent: the object's fields, of no class. */
export function shadowType(type: Type): Type {
  if (type.kind !== "object") return type;
  const { class_: _, ...rest } = type;
  return { ...rest, name: "" };
}

/** What members can't be yet, inside of a derivative that is differentiated again. */
export function refuseMembers(instance: Instance, library: Library): Diagnostic[] {
  const { form } = instance;
  const refused = (construct: string): Diagnostic[] => [
    report.notYet({ construct }, { span: form.span, function: form.name }),
  ];
  const inside = "inside of a derivative that is differentiated again";
  const { memberOf } = form;
  const others = [...instance.calls.values()].flatMap((site) => [...site.methods.values()]);
  for (const { form: other } of others) {
    if (other.memberOf === undefined || other.span.file === form.span.file) continue;
    if (!library.classes.isExported(other.memberOf.class_)) {
      return refused(`${other.memberOf.className}, which its module does not export, ${inside}`);
    }
  }
  if (memberOf === undefined) return [];
  const whole = `${memberOf.className || "A class"}.${form.name || "constructor"} ${inside}`;
  if (library.classes.isFunction(memberOf.class_)) return refused(`The class of functions of ${whole}`);
  if (memberOf.className === "") return refused(`A class without a name ${inside}`);
  return mentionsThisAsText(form) ? refused(`Text that names this, in ${whole},`) : [];
}

/** Whether source that is taken over as it is mentions the object. */
function mentionsThisAsText(form: FunctionForm): boolean {
  let found = false;
  visitStatements(form.body, (statement) => {
    for (const expression of expressionsOf(statement)) {
      visitExpression(expression, (node) => {
        if (node.kind !== "opaque") return;
        found ||= form.receiver !== undefined && [...node.reads, ...node.writes].includes(form.receiver);
      });
    }
  });
  return found;
}
