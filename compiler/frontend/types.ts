/** TypeScript's types as derivatives see them. */

import type { Type } from "../ir/types.ts";
import { arrayByUse } from "./arraysByUse.ts";
import { classId } from "./classes.ts";
import { ts } from "./project.ts";
import { functionClassOf } from "./prototypes.ts";

export const number: Type = { kind: "number" };
export const unknown: Type = { kind: "unknown" };

/** Typed arrays whose elements can carry a tangent. */
export const floatArrays: ReadonlySet<string> = new Set(["Float32Array", "Float64Array"]);

/** Typed arrays of integers: never active. */
export const integerArrays: ReadonlySet<string> = new Set([
  "Int8Array",
  "Uint8Array",
  "Uint8ClampedArray",
  "Int16Array",
  "Uint16Array",
  "Int32Array",
  "Uint32Array",
  "BigInt64Array",
  "BigUint64Array",
]);

export interface TypeReader {
  /** The type of an expression or declaration at a node. */
  at(node: ts.Node): Type;
  of(type: ts.Type): Type;
  /** As TypeScript text, fit for a declaration near `node`. */
  text(type: ts.Type, node: ts.Node): string;
}

export function createTypeReader(checker: ts.TypeChecker): TypeReader {
  const known = new Map<ts.Type, Type>();

  const of = (type: ts.Type): Type => {
    const seen = known.get(type);
    if (seen !== undefined) return seen;
    // A list of itself, in itself.
    known.set(type, unknown);
    const result = compute(type);
    known.set(type, result);
    return result;
  };

  const compute = (type: ts.Type): Type => {
    const { flags } = type;
    if (flags & ts.TypeFlags.EnumLike) return { kind: "inert", name: "enum" };
    if (flags & ts.TypeFlags.NumberLike) return number;
    if (flags & ts.TypeFlags.BooleanLike) return { kind: "boolean" };
    if (flags & ts.TypeFlags.StringLike) return { kind: "string" };
    if (flags & ts.TypeFlags.BigIntLike) return { kind: "bigint" };
    if (flags & ts.TypeFlags.ESSymbolLike) return { kind: "inert", name: "symbol" };
    if (flags & ts.TypeFlags.Undefined) return { kind: "undefined" };
    if (flags & ts.TypeFlags.Void) return { kind: "void" };
    if (flags & ts.TypeFlags.Null) return { kind: "null" };
    if (flags & ts.TypeFlags.Never) return { kind: "never" };
    if (flags & (ts.TypeFlags.Any | ts.TypeFlags.Unknown)) return unknown;
    if (type.isUnion()) return union(type.types.map(of));
    if (flags & ts.TypeFlags.TypeParameter) {
      const constraint = checker.getBaseConstraintOfType(type);
      const bound = constraint === undefined || constraint === type ? unknown : of(constraint);
      return bound.kind === "number" || bound.kind === "object" ? { ...bound, generic: true } : bound;
    }
    // A number with a brand.
    if (type.isIntersection() && type.types.some((one) => one.flags & ts.TypeFlags.NumberLike)) return number;
    if (checker.isTupleType(type)) return tuple(type as ts.TypeReference);
    if (checker.isArrayType(type)) {
      const element = checker.getTypeArguments(type as ts.TypeReference)[0];
      const fixed = type.symbol?.getName() === "ReadonlyArray" && { readonly: true };
      return { kind: "array", constructor_: "Array", element: element === undefined ? unknown : of(element), ...fixed };
    }
    const name = type.symbol?.getName() ?? "";
    if ((floatArrays.has(name) || integerArrays.has(name)) && !isProgramClass(type)) {
      return { kind: "array", constructor_: name, element: name.startsWith("Big") ? { kind: "bigint" } : number };
    }
    const signature = type.getCallSignatures()[0];
    if (signature !== undefined) {
      return {
        kind: "function",
        parameters: () =>
          signature.getParameters().map((parameter) => {
            const at = parameter.valueDeclaration;
            return at === undefined ? unknown : of(checker.getTypeOfSymbolAtLocation(parameter, at));
          }),
        result: () => of(signature.getReturnType()),
      };
    }
    if (flags & (ts.TypeFlags.Object | ts.TypeFlags.Intersection | ts.TypeFlags.NonPrimitive))
      return object(type, name);
    const constraint = checker.getBaseConstraintOfType(type);
    return constraint === undefined || constraint === type ? unknown : of(constraint);
  };

  /** A class of the program's own, whatever it is called. */
  const isProgramClass = (type: ts.Type): boolean => {
    const declared = type.symbol?.valueDeclaration;
    return declared !== undefined && ts.isClassLike(declared) && !declared.getSourceFile().isDeclarationFile;
  };

  const tuple = (type: ts.TypeReference): Type => {
    const target = type.target as ts.TupleType;
    const elements = checker.getTypeArguments(type).map(of);
    const fixed = target.elementFlags.every((flag) => flag & (ts.ElementFlags.Required | ts.ElementFlags.Optional));
    if (fixed) return { kind: "tuple", elements, ...(target.readonly && { readonly: true }) };
    return { kind: "array", constructor_: "Array", element: union(elements) };
  };

  const object = (type: ts.Type, name: string): Type => {
    if (fromLibrary(type)) return { kind: "inert", name };
    let fields: ReadonlyMap<string, Type> | undefined;
    const declared = type.symbol?.valueDeclaration;
    const function_ = declared && functionClassOf(declared)?.node;
    const class_ = declared !== undefined && ts.isClassLike(declared) && !declared.getSourceFile().isDeclarationFile;
    return {
      kind: "object",
      name,
      ...(class_ && { class_: classId(declared) }),
      ...(function_ !== undefined && { class_: classId(function_) }),
      ...(hasMethods(type) && { methods: true }),
      fields: () => {
        if (fields !== undefined) return fields;
        const found = new Map<string, Type>();
        for (const property of checker.getPropertiesOfType(type)) {
          const declaration = property.valueDeclaration ?? property.declarations?.[0];
          if (property.flags & (ts.SymbolFlags.Method | ts.SymbolFlags.Accessor)) continue;
          const named =
            declaration !== undefined && ts.isPropertyDeclaration(declaration) ? declaration.name : undefined;
          const own = of(
            declaration === undefined
              ? checker.getTypeOfSymbol(property)
              : checker.getTypeOfSymbolAtLocation(property, declaration),
          );
          const optional = (property.flags & ts.SymbolFlags.Optional) !== 0;
          found.set(
            named !== undefined && ts.isPrivateIdentifier(named) ? named.text : property.getName(),
            optional ? union([own, { kind: "undefined" }]) : own,
          );
        }
        const index = checker.getIndexTypeOfType(type, ts.IndexKind.String);
        if (index !== undefined) found.set("*", of(index));
        fields = found;
        return found;
      },
    };
  };

  const hasMethods = (type: ts.Type): boolean =>
    checker
      .getPropertiesOfType(type)
      .some((one) => (one.flags & (ts.SymbolFlags.Method | ts.SymbolFlags.Accessor)) !== 0);

  // A type that one of the library's makes of the user's, as `Record` does, is no type of the library's.
  const fromLibrary = (type: ts.Type): boolean =>
    type.symbol?.getName() !== "__type" &&
    (type.symbol?.declarations?.some((declaration) => {
      const file = declaration.getSourceFile();
      return file.hasNoDefaultLib || /[/\\]lib\.[^/\\]*\.d\.ts$/.test(file.fileName);
    }) ??
      false);

  return {
    at(node) {
      const type = of(checker.getTypeAtLocation(node));
      return type === unknown ? (arrayByUse(checker, node) ?? type) : type;
    },
    of,
    text(type, node) {
      const flags = ts.TypeFormatFlags.NoTruncation | ts.TypeFormatFlags.UseAliasDefinedOutsideCurrentScope;
      if (!/\.[cm]?jsx?$/.test(node.getSourceFile().fileName)) return checker.typeToString(type, node, flags);
      // JavaScript is printed without types; these are for people, and need no way to where they are declared.
      return checker.typeToString(type, undefined, flags);
    },
  };
}

/** The type of what may be missing. */
export const orMissing = (type: Type): Type => union([type, { kind: "undefined" }]);

function union(members: readonly Type[]): Type {
  const flat = members.flatMap((member) => (member.kind === "union" ? member.members : [member]));
  const distinct: Type[] = [];
  for (const member of flat) {
    const same = distinct.some(
      (other) => other === member || (other.kind === member.kind && isPlain(member) && isPlain(other)),
    );
    if (!same) distinct.push(member);
  }
  const first = distinct[0];
  if (first === undefined) return { kind: "never" };
  return distinct.length === 1 ? first : { kind: "union", members: distinct };
}

const isPlain = (type: Type): boolean =>
  type.kind !== "array" &&
  type.kind !== "tuple" &&
  type.kind !== "object" &&
  type.kind !== "function" &&
  type.kind !== "inert" &&
  type.kind !== "union";

/** Whether a value of this type could hold a tangent anywhere. `unknown` could. */
export function canCarry(type: Type, inside: readonly Type[] = []): boolean {
  switch (type.kind) {
    case "number":
    case "unknown":
      return true;
    case "array":
      return !integerArrays.has(type.constructor_) && canCarry(type.element, inside);
    case "tuple":
      return type.elements.some((element) => canCarry(element, inside));
    case "union":
      return type.members.some((member) => canCarry(member, inside));
    case "object":
      if (inside.includes(type)) return false;
      return [...type.fields().values()].some((field) => canCarry(field, [...inside, type]));
    default:
      return false;
  }
}

/** Whether a value of this type is a number or nothing else that could hold a tangent. */
export function isScalar(type: Type): boolean {
  if (type.kind === "union")
    return type.members.some(isScalar) && type.members.every((m) => isScalar(m) || !canCarry(m));
  return type.kind === "number";
}

/** Whether a value of this type may be `undefined` or `null`. */
export const mayBeNothing = (type: Type): boolean =>
  type.kind === "union" && type.members.some(({ kind }) => kind === "undefined" || kind === "null");
