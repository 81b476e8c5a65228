/** Classes of a program: their members by name, what they extend, who extends them. */

import type { ClassId, Construction, FunctionId, Membership } from "../ir/types.ts";
import { canBeBuiltWhole, isPureConstruction } from "./construction.ts";
import { functionId, functionOfSymbol, isFunctionNode, resolveAlias, storedFunction } from "./functions.ts";
import { type Program, ts } from "./project.ts";
import { type FunctionClass, functionClassOf, functionNamed, prototypeMember, prototypesIn } from "./prototypes.ts";

export type ClassNode = ts.ClassDeclaration | ts.ClassExpression | FunctionClass;

export type MemberRole = "method" | "getter" | "setter";

export interface ClassTable {
  node(id: ClassId): ClassNode | undefined;
  /** The class that a class extends: one of the program's, or `foreign` for any other. */
  base(id: ClassId): ClassId | "foreign" | undefined;
  /** A member of the class or of what it extends. */
  member(id: ClassId, name: string, role: MemberRole): FunctionId | undefined;
  static_(id: ClassId, name: string): FunctionId | undefined;
  /** The class and all that extend it, as far as the program's files show. */
  descendants(id: ClassId): readonly ClassId[];
  /** Whether a class, or one that it extends, mentions a name: else its objects have no such member. */
  mentions(id: ClassId, name: string): boolean;
  /** Whether building an instance has no effect but to store into it. */
  isPureConstruction(id: ClassId): boolean;
  /** Whether other modules can import it by its name. */
  isExported(id: ClassId): boolean;
  /** Whether it is a function with a prototype. */
  isFunction(id: ClassId): boolean;
  /** The type parameters of a generic class, as they are declared and as they are mentioned. */
  typeParameters(id: ClassId): { readonly text: string; readonly names: string } | undefined;
  /** How instances get their shadows; nothing where they can't have any. */
  construction(id: ClassId): Construction | undefined;
  /** Whether it extends another class of the program, or is extended by one. */
  isRelated(id: ClassId): boolean;
}

/** `FILE#offset`, as functions are named. */
export const classId = (node: ClassNode): ClassId =>
  ts.isClassLike(node) ? functionId(node) : `${node.getSourceFile().fileName}#${node.body.getStart()}`;

/** The constructor of a class, where it is written. */
export function constructorOf(node: ClassNode): ts.ConstructorDeclaration | FunctionClass | undefined {
  if (!ts.isClassLike(node)) return node;
  return node.members.find(
    (member): member is ts.ConstructorDeclaration => ts.isConstructorDeclaration(member) && member.body !== undefined,
  );
}

/** The class that a function is a member of, and what it is there. */
export function memberOfClass(
  node: ts.Node,
): { readonly class_: ClassNode; readonly className: string; readonly role: Membership["role"] } | undefined {
  const member = prototypeMember(node);
  if (member !== undefined) {
    const { class_, role } = member;
    return { class_, className: classNameOf(class_), role };
  }
  const { parent } = node;
  if (parent === undefined || !ts.isClassLike(parent)) return undefined;
  const modifiers = ts.canHaveModifiers(node) ? (ts.getModifiers(node) ?? []) : [];
  const static_ = modifiers.some((one) => one.kind === ts.SyntaxKind.StaticKeyword);
  const role = ts.isGetAccessor(node)
    ? "getter"
    : ts.isSetAccessor(node)
      ? "setter"
      : ts.isConstructorDeclaration(node)
        ? "constructor"
        : static_
          ? "static"
          : "method";
  return { class_: parent, className: classNameOf(parent), role };
}

/** The name of a class in its module; empty where it has none. */
export const classNameOf = (node: ClassNode): string =>
  ts.isClassLike(node) ? (node.name?.text ?? "") : (functionClassOf(node)?.name ?? node.name?.text ?? "");

/** The class that a symbol stands for, when its source is at hand. */
export function classOfSymbol(symbol: ts.Symbol, checker: ts.TypeChecker): ClassNode | undefined {
  for (const declaration of resolveAlias(symbol, checker).declarations ?? []) {
    if (ts.isClassLike(declaration)) {
      const ambient =
        declaration.getSourceFile().isDeclarationFile ||
        (ts.getCombinedModifierFlags(declaration as ts.Declaration) & ts.ModifierFlags.Ambient) !== 0;
      if (!ambient) return declaration;
    }
    if (ts.isVariableDeclaration(declaration) && declaration.initializer !== undefined) {
      if (ts.isClassExpression(declaration.initializer)) return declaration.initializer;
    }
  }
  const function_ = functionOfSymbol(symbol, checker);
  return function_ && functionClassOf(function_)?.node;
}

/** Members are known by the name as written: `#x` is another than `x`. */
export function memberName(name: ts.PropertyName): string | undefined {
  if (ts.isIdentifier(name) || ts.isPrivateIdentifier(name) || ts.isStringLiteral(name)) return name.text;
  return undefined;
}

/** The class that an expression names. */
export function classNamed(expression: ts.Expression, checker: ts.TypeChecker): ClassNode | undefined {
  const name = ts.isPropertyAccessExpression(expression) ? expression.name : expression;
  const symbol = checker.getSymbolAtLocation(name);
  const found = symbol && classOfSymbol(symbol, checker);
  if (found !== undefined || ts.isIdentifier(expression)) return found;
  const stored = storedFunction(expression, checker) ?? functionNamed(expression);
  return stored && functionClassOf(stored)?.node;
}

function ownOfPrototype(node: FunctionClass, name: string, role: MemberRole): FunctionId | undefined {
  const found = functionClassOf(node)?.members.find((one) => one.name === name && one.role === role);
  return found && functionId(found.node);
}

export function createClassTable(program: Program): ClassTable {
  const { checker } = program;
  const nodes = new Map<ClassId, ClassNode>();
  const children = new Map<ClassId, ClassId[]>();

  const baseNode = (node: ClassNode): ClassNode | "foreign" | undefined => {
    if (!ts.isClassLike(node)) {
      const base = functionClassOf(node)?.base;
      return base && (classNamed(base, checker) ?? "foreign");
    }
    const clause = node.heritageClauses?.find((one) => one.token === ts.SyntaxKind.ExtendsKeyword);
    const expression = clause?.types[0]?.expression;
    if (expression === undefined) return undefined;
    const symbol = checker.getSymbolAtLocation(expression);
    return (symbol && classOfSymbol(symbol, checker)) ?? "foreign";
  };

  const pure = new Map<ClassId, boolean>();
  const note = (node: ClassNode): void => {
    const id = classId(node);
    nodes.set(id, node);
    const base = baseNode(node);
    if (base === undefined || base === "foreign") return;
    const baseId = classId(base);
    children.set(baseId, [...(children.get(baseId) ?? []), id]);
  };
  let scanned = false;
  const scan = (): void => {
    if (scanned) return;
    scanned = true;
    for (const file of program.files()) {
      if (file.isDeclarationFile) continue;
      const visit = (node: ts.Node): void => {
        if (ts.isClassLike(node)) note(node);
        ts.forEachChild(node, visit);
      };
      visit(file);
      for (const { node } of prototypesIn(file).classes.values()) note(node);
    }
  };
  const nodeOf = (id: ClassId): ClassNode | undefined => {
    scan();
    return nodes.get(id);
  };

  const own = (
    node: ClassNode,
    name: string,
    matches: (member: ts.ClassElement) => boolean,
  ): FunctionId | undefined => {
    if (!ts.isClassLike(node)) return undefined;
    for (const member of node.members) {
      if (member.name === undefined || memberName(member.name) !== name || !matches(member)) continue;
      if (isFunctionNode(member)) return functionId(member);
    }
    return undefined;
  };
  const names = new WeakMap<ClassNode, ReadonlySet<string>>();
  const namesIn = (node: ClassNode): ReadonlySet<string> => {
    let known = names.get(node);
    if (known === undefined) {
      const found = new Set<string>();
      const visit = (part: ts.Node): void => {
        if (ts.isIdentifier(part) || ts.isPrivateIdentifier(part) || ts.isStringLiteral(part)) found.add(part.text);
        ts.forEachChild(part, visit);
      };
      visit(node);
      known = found;
      names.set(node, known);
    }
    return known;
  };
  const isStatic = (member: ts.ClassElement): boolean =>
    ts.canHaveModifiers(member) &&
    (ts.getModifiers(member) ?? []).some((one) => one.kind === ts.SyntaxKind.StaticKeyword);

  /** A class and those that it extends, the first last. */
  const chain = (id: ClassId): ClassNode[] => {
    const base = table.base(id);
    const node = nodeOf(id);
    return [...(base === undefined || base === "foreign" ? [] : chain(base)), ...(node === undefined ? [] : [node])];
  };
  const root = (id: ClassId): ClassId => {
    const base = table.base(id);
    return base === undefined || base === "foreign" ? id : root(base);
  };

  const table: ClassTable = {
    node: nodeOf,
    base(id) {
      const node = nodeOf(id);
      const base = node && baseNode(node);
      return base === undefined || base === "foreign" ? base : classId(base);
    },
    member(id, name, role) {
      const kinds = { method: ts.isMethodDeclaration, getter: ts.isGetAccessor, setter: ts.isSetAccessor };
      for (let at: ClassId | "foreign" | undefined = id; at !== undefined && at !== "foreign"; at = table.base(at)) {
        const node = nodeOf(at);
        const found =
          node !== undefined && !ts.isClassLike(node)
            ? ownOfPrototype(node, name, role)
            : node && own(node, name, (member) => kinds[role](member) && !isStatic(member));
        if (found !== undefined) return found;
      }
      return undefined;
    },
    static_(id, name) {
      for (let at: ClassId | "foreign" | undefined = id; at !== undefined && at !== "foreign"; at = table.base(at)) {
        const node = nodeOf(at);
        const found = node && own(node, name, (member) => ts.isMethodDeclaration(member) && isStatic(member));
        if (found !== undefined) return found;
      }
      return undefined;
    },
    isPureConstruction(id) {
      let known = pure.get(id);
      if (known === undefined) {
        const node = nodeOf(id);
        const base = table.base(id);
        // A class whose constructor builds instances of its own.
        pure.set(id, true);
        known =
          node !== undefined &&
          base !== "foreign" &&
          (base === undefined || table.isPureConstruction(base)) &&
          isPureConstruction(chain(id), (made) => {
            const symbol = checker.getSymbolAtLocation(made);
            const class_ = symbol && classOfSymbol(symbol, checker);
            return class_ === undefined || table.isPureConstruction(classId(class_));
          });
        pure.set(id, known);
      }
      return known;
    },
    isExported(id) {
      const node = nodeOf(id);
      if (node === undefined || !ts.isClassDeclaration(node)) return false;
      const modifiers = ts.getModifiers(node) ?? [];
      const has = (kind: ts.SyntaxKind): boolean => modifiers.some((one) => one.kind === kind);
      return has(ts.SyntaxKind.ExportKeyword) && !has(ts.SyntaxKind.DefaultKeyword);
    },
    isFunction(id) {
      const node = nodeOf(id);
      return node !== undefined && !ts.isClassLike(node);
    },
    typeParameters(id) {
      const list = nodeOf(id)?.typeParameters;
      if (list === undefined || list.length === 0) return undefined;
      return {
        text: list.map((one) => one.getText()).join(", "),
        names: list.map(({ name }) => name.text).join(", "),
      };
    },
    construction(id) {
      const family = table.descendants(root(id));
      const nodes_ = family.flatMap((one) => nodeOf(one) ?? []);
      // Methods may be others than those that are seen.
      if (nodes_.some((one) => functionClassOf(one)?.unclear === true)) return undefined;
      if (family.every((one) => table.isPureConstruction(one))) return "after";
      return table.base(root(id)) === undefined && nodes_.every(canBeBuiltWhole) ? "whole" : undefined;
    },
    mentions(id, name) {
      const base = table.base(id);
      return base === "foreign" || chain(id).some((node) => namesIn(node).has(name));
    },
    isRelated: (id) => table.base(id) !== undefined || table.descendants(id).length > 1,
    descendants(id) {
      scan();
      return [id, ...(children.get(id) ?? []).flatMap((child) => table.descendants(child))];
    },
  };
  return table;
}
