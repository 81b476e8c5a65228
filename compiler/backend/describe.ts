/** A short name for the value of an expression, made of the names of its operands. */

import type { Binary, Call, Expression, MathCall, Type, Variable } from "../ir/types.ts";

type NameOf = (variable: Variable) => string;

/** Longer names are replaced by what the operation yields: `product`. */
const LONGEST = 16;

const tangentSuffix = /_t\d*$/;
const capital = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1);
const decapital = (name: string): string => name.charAt(0).toLowerCase() + name.slice(1);

const IDENTIFIER = /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u;

const numberWords = ["Zero", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine", "Ten"];

/** `weights` → `weight`, `xs` → `x`, `indices` → `index`, `entries` → `entry`; empty when the name is no plural. */
export function singular(name: string): string {
  if (/ices$/.test(name)) return name.replace(/ices$/, "ex");
  if (/ies$/.test(name)) return name.replace(/ies$/, "y");
  if (/(?:ss|us|is|[A-Z]s)$/.test(name) || !/^..*s$/.test(name)) return "";
  return name.slice(0, -1);
}

/** What a value of a type is called when nothing else is known of it. */
export function nameOfType(type: Type): string {
  switch (type.kind) {
    case "array":
      return "values";
    case "tuple":
      return "tuple";
    case "object":
      return /^[A-Z]\w*$/.test(type.name) ? decapital(type.name) : "record";
    case "boolean":
      return "flag";
    case "string":
      return "text";
    case "function":
      return "callback";
    default:
      return "value";
  }
}

/** A name for an expression's value; nothing for what has no name to start from. */
export function describe(value: Expression, nameOf: NameOf): string | undefined {
  const name = described(value, nameOf);
  // A field may be called "2nd".
  return name === undefined || IDENTIFIER.test(name) ? name : undefined;
}

function described(value: Expression, nameOf: NameOf): string | undefined {
  if (value.kind === "variable") {
    const name = nameOf(value.variable);
    return name === "" ? undefined : `old${capital(name)}`;
  }
  const tangent = mentionsTangent(value);
  const found = operation(value, (variable) => nameOf(variable).replace(tangentSuffix, ""));
  return found === undefined || !tangent ? found : `${found}_t`;
}

function mentionsTangent(value: Expression): boolean {
  switch (value.kind) {
    case "variable":
      return value.variable.role === "tangent";
    case "unary":
    case "as":
      return mentionsTangent(value.operand);
    case "binary":
    case "logical":
      return mentionsTangent(value.left) || mentionsTangent(value.right);
    case "conditional":
      return mentionsTangent(value.whenTrue) || mentionsTangent(value.whenFalse);
    case "element":
    case "field":
      return mentionsTangent(value.object);
    default:
      return false;
  }
}

/** The name of an operand inside a longer name. */
function part(value: Expression, nameOf: NameOf): string | undefined {
  if (value.kind === "variable") return nameOf(value.variable) || undefined;
  if (value.kind === "constant" && typeof value.value === "number") {
    const { value: number, text } = value;
    const constant = text === undefined ? undefined : /^Math\.([A-Z][A-Z0-9_]*)$/.exec(text)?.[1];
    if (constant !== undefined) return constant.toLowerCase();
    const word = numberWords[Math.abs(number)];
    return word === undefined ? undefined : decapital(number < 0 ? `minus${word}` : word);
  }
  if (value.kind === "element" || value.kind === "field" || value.kind === "math" || value.kind === "as") {
    return operation(value, nameOf);
  }
  if (value.kind === "unary" || (value.kind === "binary" && isShort(value))) return operation(value, nameOf);
  return undefined;
}

const isShort = (value: Binary): boolean =>
  [value.left, value.right].every((side) => side.kind === "variable" || side.kind === "constant");

function operation(value: Expression, nameOf: NameOf): string | undefined {
  switch (value.kind) {
    case "binary":
      return binary(value, nameOf);
    case "unary": {
      const operand = part(value.operand, nameOf);
      if (value.operator === "-") return fitting(operand && `minus${capital(operand)}`) ?? "negated";
      return value.operator === "!" ? "isNot" : undefined;
    }
    case "math":
      return math(value, nameOf);
    case "element": {
      const object = part(value.object, nameOf);
      const index = value.index;
      if (object === undefined) return "item";
      if (index.kind === "constant") return `${object}${String(index.value).replace(/\W/g, "")}`;
      const one = singular(object);
      if (one !== "") return one;
      const at = part(index, nameOf);
      return fitting(at && `${object}${capital(at)}`) ?? `${object}Item`;
    }
    case "field": {
      const object = part(value.object, nameOf);
      const name = wordOf(value.name);
      if (name === "") return object && `${object}Field`;
      if (name.length > 2 && name !== "length") return name;
      return fitting(object && `${object}${capital(name)}`) ?? name;
    }
    case "call":
      return call(value, nameOf);
    case "as":
      return operation(value.operand, nameOf);
    case "conditional":
    case "logical":
      return "choice";
    case "array":
      return "items";
    case "object":
      return "record";
    case "new":
      return /Array$/.test(value.constructor_) ? "values" : decapital(value.constructor_.replace(/^.*\W/, ""));
    case "function":
      return value.function.name || "callback";
    default:
      return undefined;
  }
}

/** The name of a field without what can't be in a variable's: of `#mass`, `"half-life"`, `"2nd"`. */
const wordOf = (field: string): string =>
  field.replace(/[^\p{ID_Continue}$]+(.)?/gu, (_, next: string | undefined, at: number) =>
    at === 0 ? (next ?? "") : (next ?? "").toUpperCase(),
  );

const fitting = (name: string | undefined): string | undefined =>
  name !== undefined && name.length <= LONGEST ? name : undefined;

function binary(value: Binary, nameOf: NameOf): string | undefined {
  const left = part(value.left, nameOf);
  const right = part(value.right, nameOf);
  const between = (word: string): string | undefined =>
    left === undefined || right === undefined ? undefined : fitting(`${left}${word}${capital(right)}`);
  switch (value.operator) {
    case "*":
      if (left !== undefined && left === right) return fitting(`${left}Squared`) ?? "square";
      if (left?.length === 1 && right?.length === 1) return `${left}${right}`;
      return between("") ?? "product";
    case "**":
      if (right === "two") return fitting(left && `${left}Squared`) ?? "square";
      if (right === "three") return fitting(left && `${left}Cubed`) ?? "cube";
      return between("To") ?? "power";
    case "+":
      return between("Plus") ?? "sum";
    case "-":
      return between("Minus") ?? "difference";
    case "/":
      return between("Over") ?? "quotient";
    case "%":
      return between("Mod") ?? "remainder";
    case "<":
    case "<=":
    case ">":
    case ">=":
    case "==":
    case "!=":
    case "===":
    case "!==":
    case "in":
    case "instanceof":
      return "test";
    default:
      return "bits";
  }
}

function math(value: MathCall, nameOf: NameOf): string {
  const [only, ...more] = value.arguments;
  const operand = only === undefined || more.length > 0 ? undefined : part(only, nameOf);
  return fitting(operand && `${value.name}${capital(operand)}`) ?? mathNames[value.name] ?? `${value.name}Value`;
}

const mathNames: Readonly<Record<string, string>> = {
  sqrt: "root",
  cbrt: "cubeRoot",
  hypot: "distance",
  atan2: "angle",
  pow: "power",
  random: "random",
  abs: "size",
};

function call(value: Call, nameOf: NameOf): string | undefined {
  const { callee } = value;
  const name =
    callee.kind === "value"
      ? callee.function.kind === "variable"
        ? nameOf(callee.function.variable)
        : undefined
      : callee.kind === "superConstructor"
        ? undefined
        : callee.name.replace(/^.*\W/, "");
  const bare = (name ?? "").replace(/_(jvp|d)(_\w*|\d*)$/, "").replace(/^get_/, "");
  return bare === "" ? undefined : `${bare}Value`;
}
