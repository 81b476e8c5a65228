/** Types of tangents as TypeScript text: the primal's own where it fits, else its shape with what is active. */

import type { Type } from "../../ir/types.ts";
import { carries, find, type Signature, type Value } from "../activity/values.ts";

type ObjectType = Extract<Type, { kind: "object" }>;

/**
 * The type of a value's tangent; `value` says which fields are active, without it all are that can be. What has no type that
 * could be written down (of a type parameter, of several shapes that are told apart by looking at the primal) is `any`.
 * `pairs`: functions return their tangents, one a lane, beside the value, and never by a register.
 */
export function tangentText(
  type: Type,
  text: string | undefined,
  value?: Value,
  pairs = false,
  lanes = 1,
): string | undefined {
  const signature = value?.region && find(value.region).signature;
  if (type.kind === "function" && signature !== undefined) return functionText(type, signature, lanes, pairs) ?? "any";
  if (type.kind === "number" && type.generic === true) return "number";
  if (type.kind === "never") return "any";
  if (text !== undefined && isNumeric(type) && isWhole(type, value)) return text;
  return partText(type, value, [], pairs) ?? (value !== undefined && carries(value) ? "any" : text);
}

const mayBeMissing = (type: Type): boolean =>
  type.kind === "union" && type.members.some(({ kind }) => kind === "undefined");

function partText(type: Type, value: Value | undefined, inside: readonly Type[], pairs: boolean): string | undefined {
  const found = shapeText(type, value, inside, pairs);
  return found === undefined && value !== undefined && carries(value) && type.kind !== "number" ? "any" : found;
}

function shapeText(type: Type, value: Value | undefined, inside: readonly Type[], pairs: boolean): string | undefined {
  switch (type.kind) {
    case "number":
      return "number";
    case "array": {
      if (type.constructor_ === "Float32Array" || type.constructor_ === "Float64Array") return type.constructor_;
      const element =
        type.constructor_ === "Array" ? partText(type.element, elementOf(value), inside, pairs) : undefined;
      return element === undefined ? undefined : `${needsParentheses(element) ? `(${element})` : element}[]`;
    }
    case "tuple": {
      const elements = type.elements.map((element, i) => partText(element, fieldOf(value, String(i)), inside, pairs));
      if (elements.every((element) => element === undefined)) return undefined;
      const written = elements.map((element, i) => {
        const rest = type.elements.slice(i);
        return `${element ?? "undefined"}${rest.every(mayBeMissing) ? "?" : ""}`;
      });
      return `[${written.join(", ")}]`;
    }
    case "unknown":
      return value !== undefined && carries(value) ? "any" : undefined;
    case "function": {
      const signature = value?.region && find(value.region).signature;
      return signature === undefined ? undefined : (functionText(type, signature, 1, pairs) ?? "any");
    }
    case "object": {
      return type.generic === true || inside.includes(type) || hasMore(type, value)
        ? "any"
        : fieldsText(type, value, inside, pairs);
    }
    case "union": {
      const parts = type.members.map((member) =>
        member.kind === "undefined" || member.kind === "null" ? member.kind : partText(member, value, inside, pairs),
      );
      const known = [...new Set(parts.filter((part) => part !== undefined))];
      const carrying = known.filter((part) => part !== "undefined" && part !== "null");
      if (carrying.length === 0) return undefined;
      if (carrying.length > 1 || carrying.includes("any")) return "any";
      // A number that is missing has the tangent 0; beside a text or a truth value stands nothing.
      const inert = parts.includes(undefined) ? ["undefined"] : [];
      // A function that may be missing is there where the one beside it is.
      if (known.length > 1 && carrying.some((part) => part.includes("=>"))) return "any";
      return (carrying.includes("number") ? [...carrying, ...inert] : known).join(" | ");
    }
    default:
      return undefined;
  }
}

function fieldsText(type: ObjectType, value: Value | undefined, inside: readonly Type[], pairs: boolean): string {
  const parts: string[] = [];
  for (const [name, field] of type.fields()) {
    if (!isActiveField(value, name)) continue;
    const part = partText(field, fieldOf(value, name), [...inside, type], pairs);
    const optional = field.kind === "union" && field.members.some((member) => member.kind === "undefined");
    if (part !== undefined) parts.push(`${keyText(name)}${optional ? "?" : ""}: ${part}`);
  }
  return parts.length === 0 ? "{}" : `{ ${parts.join("; ")} }`;
}

/** The type of the tangent of `this`. */
export const receiverText = (type: Type, value: Value, pairs = false): string =>
  type.kind === "object" ? fieldsText(type, value, [], pairs) : (tangentText(type, undefined, value, pairs) ?? "{}");

/** Whether an object may have active fields that its type says nothing of: those of a class behind an interface, or a base. */
function hasMore(type: ObjectType, value: Value | undefined): boolean {
  const region = value?.region && find(value.region);
  if (region === undefined) return false;
  // Classes whose objects have met share what is known of their fields.
  if (type.class_ !== undefined && [...region.classes].every((one) => one === type.class_)) return false;
  const fields = type.fields();
  return !fields.has("*") && [...region.fields].some(([name, field]) => !fields.has(name) && carries(field));
}

/** The type of a function's tangent: active parameters followed by theirs, the result by its convention. */
export function functionText(
  type: Extract<Type, { kind: "function" }>,
  signature: Signature,
  lanes: number,
  pairs = false,
): string | undefined {
  // Of a generated function, whose tangents its type does not tell of.
  const more = signature.parameters.length > type.parameters().length;
  if (signature.restAt !== undefined || more) return undefined;
  const parameters = type.parameters().map((parameter, i) => {
    const name = `a${i === 0 ? "" : i}`;
    const value = signature.parameters[i];
    const own = plainText(parameter) ?? "any";
    const part = own === "any" || value === undefined ? undefined : partText(parameter, value, [], pairs);
    const beside = part === undefined ? "any" : isReadonly(parameter) ? `readonly ${part}` : part;
    const tangents = Array.from(
      { length: value !== undefined && carries(value) ? lanes : 0 },
      (_, lane) => `${name}_t${lanes === 1 ? "" : lane}: ${beside}`,
    );
    return [`${name}: ${own}`, ...tangents].join(", ");
  });
  const result = plainText(type.result());
  if (result === undefined) return undefined;
  const beside = carries(signature.result)
    ? (partText(type.result(), signature.result, [], pairs) ?? "any")
    : undefined;
  const pair = beside !== undefined && (pairs || signature.crossing || signature.result.region !== undefined);
  const given = pair ? `[${[result, ...Array.from({ length: lanes }, () => beside)].join(", ")}]` : result;
  return `(${parameters.join(", ")}) => ${given}`;
}

const isReadonly = (type: Type): boolean => (type.kind === "array" || type.kind === "tuple") && type.readonly === true;

/** A type made of numbers, texts and the like as TypeScript text. What objects are called here is not known. */
export function plainText(type: Type): string | undefined {
  switch (type.kind) {
    case "array": {
      if (type.constructor_ !== "Array") return type.constructor_;
      const element = plainText(type.element);
      if (element === undefined) return undefined;
      return `${isReadonly(type) ? "readonly " : ""}${needsParentheses(element) ? `(${element})` : element}[]`;
    }
    case "tuple": {
      const elements = type.elements.map(plainText);
      if (elements.some((element) => element === undefined)) return undefined;
      return `${isReadonly(type) ? "readonly " : ""}[${elements.join(", ")}]`;
    }
    case "union": {
      const members = type.members.map(plainText);
      return members.some((member) => member === undefined) ? undefined : members.join(" | ");
    }
    case "object":
    case "function":
    case "inert":
    case "never":
      return undefined;
    case "unknown":
      // A type parameter, or nothing known: the function that comes here fits it anyway.
      return "any";
    default:
      return type.kind;
  }
}

export const keyText = (name: string): string =>
  name === "*" ? "[key: string]" : /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(name) ? name : JSON.stringify(name);

const needsParentheses = (text: string): boolean => /[ |]/.test(text.replace(/\{[^{}]*\}|\[[^[\]]*\]/g, ""));

function fieldOf(value: Value | undefined, name: string): Value | undefined {
  const region = value?.region && find(value.region);
  return region?.fields.get(name) ?? region?.element;
}

const elementOf = (value: Value | undefined): Value | undefined => value?.region && find(value.region).element;

/** A field that nothing is known of is active where its object is so by the type of a parameter. */
function isActiveField(value: Value | undefined, name: string): boolean {
  const region = value?.region && find(value.region);
  if (region === undefined) return true;
  const field = region.fields.get(name) ?? region.element;
  if (field !== undefined) return carries(field);
  const { template } = region;
  return template !== undefined && (template.paths?.some((path) => path.length === 0 || path[0] === name) ?? true);
}

/** Whether every field of every object in a value is active, so that the primal's type fits its tangent. */
function isWhole(type: Type, value: Value | undefined, inside: readonly Type[] = []): boolean {
  if (value === undefined || value.region === undefined) return true;
  switch (type.kind) {
    case "object":
      if (inside.includes(type)) return true;
      if (hasMore(type, value)) return false;
      return [...type.fields()].every(
        ([name, field]) => isActiveField(value, name) && isWhole(field, fieldOf(value, name), [...inside, type]),
      );
    case "array":
      return isWhole(type.element, elementOf(value), inside);
    case "tuple":
      return type.elements.every((element, i) => isWhole(element, fieldOf(value, String(i)), inside));
    case "union":
      return type.members.every((member) => isWhole(member, value, inside));
    default:
      return true;
  }
}

/** Numbers all the way down, so that primal and tangent can have one type. */
function isNumeric(type: Type, inside: readonly Type[] = []): boolean {
  switch (type.kind) {
    case "number":
      return true;
    case "array":
      return isNumeric(type.element, inside);
    case "tuple":
      return type.elements.every((element) => isNumeric(element, inside));
    case "object":
      if (inside.includes(type)) return true;
      return (
        type.class_ === undefined &&
        type.generic !== true &&
        type.methods !== true &&
        [...type.fields().values()].every((field) => isNumeric(field, [...inside, type]))
      );
    case "union": {
      // Of what may be missing the tangent is missing too, unless it is a number.
      const [only, ...more] = type.members.filter(({ kind }) => kind !== "undefined" && kind !== "null");
      return only !== undefined && more.length === 0 && only.kind !== "number" && isNumeric(only, inside);
    }
    default:
      return false;
  }
}
