/** Random expressions. Numbers stay moderate, so that tangents can be compared; arrays have at least two elements. */

import { calledBack } from "./callbacks.ts";
import { closure } from "./functions.ts";
import { arrayTypes, isArrayType, mention, type Scope, type Type, visible, visibleCallables } from "./scope.ts";

/** An expression of a type, at most `depth` levels deep. */
export function expression(scope: Scope, type: Type, depth: number): string {
  if (type === "number") return number(scope, depth);
  if (type === "int") return integer(scope, depth);
  if (type === "boolean") return condition(scope, depth);
  if (type === "string") return text(scope, depth);
  if (type === "fn") return functionValue(scope, depth);
  if (type === "number | undefined") return maybe(scope, depth);
  if (isArrayType(type)) return array(scope, type, depth);
  if (type === "number[][]") return matrix(scope, depth);
  if (type.startsWith("[")) return tuple(scope, type, depth);
  return object(scope, type, depth);
}

const literals = ["0.5", "1.5", "2", "-1", "3", "0.25", "1", "0", "0.1", "-0.7", "1e-1"] as const;

type Make = () => string;

/** One of several ways, chosen by weight; ways of weight 0 are left out. */
function choose(scope: Scope, ways: readonly (readonly [number, Make])[]): string {
  const { random } = scope.body.module;
  const total = ways.reduce((sum, [weight]) => sum + weight, 0);
  let at = random.real() * total;
  for (const [weight, make] of ways) {
    at -= weight;
    if (at < 0) return make();
  }
  return ways[0]?.[1]() ?? "1";
}

/** A number that can carry a tangent. */
export function number(scope: Scope, depth: number): string {
  const { random, constants, tables, avoid } = scope.body.module;
  const inner = (): string => number(scope, depth - 1);
  if (depth <= 0) {
    return choose(scope, [
      [6, () => readPlace(scope) ?? random.pick(literals)],
      [1, () => random.pick(literals)],
      [constants.length > 0 ? 0.5 : 0, () => random.pick(constants)],
    ]);
  }
  return choose(scope, [
    [5, () => readPlace(scope) ?? inner()],
    [1, () => random.pick(literals)],
    [5, () => `(${inner()} ${random.pick(["+", "-", "*", "+", "-", "*", "*"])} ${inner()})`],
    [1, () => `(${inner()} / ${positive(scope, depth - 1)})`],
    [0.5, () => `(${inner()} % ${random.pick(["2", "3", "1.5", positive(scope, depth - 1)])})`],
    [0.5, () => `(${inner()}) ** ${random.pick(["2", "3", "-1", "0", "1", "4"])}`.replace(/^/, "(").concat(")")],
    [0.4, () => `(${positive(scope, depth - 1)} ** ${inner()})`],
    [0.5, () => `(- ${inner()})`],
    [3, () => mathCall(scope, depth)],
    [1.5, () => `(${condition(scope, depth - 1)} ? ${inner()} : ${inner()})`],
    [0.6, () => chosen(scope, depth)],
    [0.5, () => `(${maybe(scope, depth - 1)} ?? ${inner()})`],
    [1.5, () => assignment(scope, depth)],
    [0.5, () => step(scope) ?? inner()],
    [0.4, () => sequence(scope, depth)],
    [2.5, () => call(scope, "number", depth) ?? inner()],
    [0.8, () => methodCall(scope, "number", depth) ?? inner()],
    [0.3, () => `(${inner()} as number)`],
    [tables.length > 0 ? 0.5 : 0, () => `${random.pick(tables)}[${integer(scope, depth - 1)} % 3]!`],
    [0.8, () => taken(scope, depth) ?? inner()],
    [0.5, () => `${functionValue(scope, depth - 1)}(${inner()})`],
    [
      avoid.has("spreads") ? 0 : 0.3,
      () => `Math.${random.pick(["max", "min", "hypot"])}(...${array(scope, "number[]", depth - 1)})`,
    ],
    [0.4, () => `${element(scope, array(scope, random.pick(arrayTypes), depth - 1), depth)}`],
    [avoid.has("callbacks") ? 0 : 0.8, () => calledBack(scope, depth) ?? inner()],
  ]);
}

const smooth = "sin cos tanh atan sinh asinh exp1 expm1 erf1 abs cbrt1 floor sign fround round trunc ceil".split(" ");

function mathCall(scope: Scope, depth: number): string {
  const { random } = scope.body.module;
  const inner = (): string => number(scope, depth - 1);
  const name = random.pick([
    ...smooth,
    "sin",
    "cos",
    "tanh",
    "atan",
    "max",
    "min",
    "hypot",
    "atan2",
    "sqrt",
    "log",
    "pow",
    "log1p",
    "log2",
  ]);
  switch (name) {
    case "max":
    case "min":
      return `Math.${name}(${inner()}, ${inner()}${random.chance(0.2) ? `, ${inner()}` : ""})`;
    case "hypot":
      return `Math.hypot(${inner()}, ${inner()}${random.chance(0.3) ? ", 1" : ""})`;
    case "atan2":
      return `Math.atan2(${inner()}, ${positive(scope, depth - 1)})`;
    case "sqrt":
    case "log":
    case "log1p":
    case "log2":
      return `Math.${name}(${positive(scope, depth - 1)})`;
    case "pow":
      return `Math.pow(${positive(scope, depth - 1)}, ${inner()})`;
    case "exp1":
      return `Math.exp(Math.sin(${inner()}))`;
    case "expm1":
    case "sinh":
      return `Math.${name}(Math.cos(${inner()}))`;
    case "erf1":
      return `(1 / (1 + Math.exp(-Math.atan(${inner()}))))`;
    case "cbrt1":
      return `Math.cbrt(${positive(scope, depth - 1)})`;
    default:
      return `Math.${name}(${inner()})`;
  }
}

/** A number above zero, for denominators and logarithms. */
function positive(scope: Scope, depth: number): string {
  const { random } = scope.body.module;
  const x = number(scope, Math.max(0, depth - 1));
  return random.pick([
    `(1.5 + Math.sin(${x}))`,
    `(1 + Math.abs(${x}))`,
    `(2 + Math.tanh(${x}))`,
    "2.5",
    `(${x} > 0.1 ? 1.25 : 0.75)`,
  ]);
}

/** An index into any array, which has at least two elements. */
function indexInto(scope: Scope, target: string, depth: number): string {
  const { random } = scope.body.module;
  if (random.chance(0.5) || !/^[\w.]+$/.test(target)) return random.pick(["0", "1"]);
  return `${integer(scope, depth - 1)} % ${target}.length`;
}

const mark = (scope: Scope, force = false): string => (force || scope.body.module.careful ? "!" : "");

function element(scope: Scope, target: string, depth: number): string {
  return `${target}[${indexInto(scope, target, depth)}]${mark(scope)}`;
}

interface Holder {
  readonly text: string;
  readonly type: Type;
  readonly assignable: boolean;
}

/** Variables, and the fields of variables that hold objects, two levels down. */
export function holders(scope: Scope, test: (type: Type) => boolean): Holder[] {
  const { interfaces, classes } = scope.body.module;
  const found: Holder[] = [];
  const add = (text: string, type: Type, assignable: boolean, level: number): void => {
    if (test(type)) found.push({ text, type, assignable });
    const fields = interfaces.get(type) ?? classes.get(type)?.fields;
    if (fields === undefined || level >= 2) return;
    for (const [name, inner] of fields) add(`${text}.${name}`, inner, true, level + 1);
    for (const [name, inner] of classes.get(type)?.getters ?? []) add(`${text}.${name}`, inner, false, level + 1);
  };
  for (const variable of visible(scope, () => true)) add(variable.name, variable.type, variable.assignable, 0);
  for (const [name, type] of scope.body.self ?? []) add(`this.${name}`, type, true, 1);
  return found;
}

const rootOf = (text: string): string => text.split(/[.[]/)[0] ?? text;

/** Something of this type that has a name. */
export function held(scope: Scope, test: (type: Type) => boolean, assignable = false): Holder | undefined {
  const all = holders(scope, test).filter((one) => !assignable || one.assignable);
  if (all.length === 0) return undefined;
  const one = scope.body.module.random.pick(all);
  mention(scope, rootOf(one.text));
  return one;
}

const holdsNumbers = (type: Type): boolean =>
  type === "number" || isArrayType(type) || type.startsWith("[") || type === "number[][]";

/** A numeric place: variable, field, element. `written`: one that may be assigned. */
export function place(scope: Scope, written: boolean): string | undefined {
  const { random } = scope.body.module;
  for (let tries = 0; tries < 3; tries++) {
    const one = held(scope, holdsNumbers);
    if (one === undefined) return undefined;
    if (one.type === "number") {
      if (!written || one.assignable) return one.text;
      continue;
    }
    if (one.type === "number[][]") {
      const row = `${one.text}[${random.pick(["0", "1"])}]${mark(scope)}`;
      return `${row}[${random.pick(["0", "1"])}]${mark(scope)}`;
    }
    if (one.type.startsWith("[")) return `${one.text}[${random.pick(["0", "1"])}]`;
    const at = `${one.text}[${indexInto(scope, one.text, 1)}]`;
    return `${at}${mark(scope)}`;
  }
  return undefined;
}

function readPlace(scope: Scope): string | undefined {
  return place(scope, false);
}

/** An assignment in the middle of an expression. */
export function assignment(scope: Scope, depth: number): string {
  const { random } = scope.body.module;
  const target = place(scope, true);
  if (target === undefined) return number(scope, depth - 1);
  return `(${assign(scope, target, random.pick(["=", "=", "+=", "-=", "*="]), depth - 1)})`;
}

/** `target op value`, damped where a loop might make it grow. */
export function assign(scope: Scope, target: string, operator: string, depth: number): string {
  const value = number(scope, depth);
  const grows = operator === "*=" || scope.body.nesting > 1;
  const bare = operator === "=" ? target.replace(/!$/, "") : target;
  return `${bare} ${operator} ${grows && operator !== "%=" ? `Math.sin(${value})` : value}`;
}

/** One side of `&&` or `||`, never a literal, of which the type checker knows better. */
function chosen(scope: Scope, depth: number): string {
  const left = readPlace(scope) ?? call(scope, "number", depth);
  if (left === undefined) return number(scope, depth - 1);
  return `(${left} ${scope.body.module.random.pick(["&&", "||"])} ${number(scope, depth - 1)})`;
}

/** An assignment and then a value. */
function sequence(scope: Scope, depth: number): string {
  const target = place(scope, true);
  if (target === undefined) return number(scope, depth - 1);
  return `(${assign(scope, target, "=", depth - 1)}, ${number(scope, depth - 1)})`;
}

function step(scope: Scope): string | undefined {
  const { random } = scope.body.module;
  const target = place(scope, true);
  if (target === undefined) return undefined;
  return random.pick([`${target}++`, `++${target}`, `${target}--`, `--${target}`]).replace(/^(.*)$/, "($1)");
}

/** A number that leaves or enters an array, or counts. */
function taken(scope: Scope, depth: number): string | undefined {
  const { random } = scope.body.module;
  const one = held(scope, (type) => type === "number[]");
  if (one === undefined) return undefined;
  const inner = number(scope, depth - 1);
  return random.pick([
    `(${one.text}.push(${inner}), ${one.text}.pop()!)`,
    `(${one.text}.unshift(${inner}), ${one.text}.shift()!)`,
    `${one.text}.at(-1)!`,
    `${one.text}.push(${inner})`,
    `(${one.text}.length > 2 ? ${one.text}.pop()! : ${inner})`,
    `${one.text}.splice(0, 1, ${inner})[0]!`,
    `${one.text}.concat([${inner}]).at(-1)!`,
  ]);
}

/** A whole number that is not negative. */
export function integer(scope: Scope, depth: number): string {
  const { random } = scope.body.module;
  const named = visible(scope, (variable) => variable.type === "int");
  const list = held(scope, isArrayType);
  if (named.length > 0 && random.chance(0.6)) return mention(scope, random.pick(named).name);
  if (depth <= 0) return random.pick(["0", "1", "2", "3"]);
  return choose(scope, [
    [2, () => random.pick(["0", "1", "2", "3"])],
    [1, () => `(${integer(scope, depth - 1)} + ${integer(scope, depth - 1)})`],
    [0.5, () => `(${integer(scope, depth - 1)} & 3)`],
    [0.5, () => `(${integer(scope, depth - 1)} << 1)`],
    [list === undefined ? 0 : 1, () => `${list?.text}.length`],
    [0.5, () => `(Math.floor(Math.abs(${number(scope, depth - 1)}) % 4) | 0)`],
    [0.4, () => `(${condition(scope, depth - 1)} ? 1 : 0)`],
    [0.3, () => `${text(scope, depth - 1)}.length`],
  ]);
}

export function condition(scope: Scope, depth: number): string {
  const { random } = scope.body.module;
  const named = visible(scope, (variable) => variable.type === "boolean");
  if (named.length > 0 && random.chance(0.2)) return mention(scope, random.pick(named).name);
  const below = Math.max(0, depth - 1);
  return choose(scope, [
    [4, () => `(${number(scope, below)} ${random.pick(["<", ">", "<=", ">="])} ${number(scope, below)})`],
    [1, () => compared(scope, below)],
    [0.4, () => `((${integer(scope, below)} % 2) === 0)`],
    [depth > 0 ? 0.5 : 0, () => `(!${condition(scope, below)})`],
    [depth > 0 ? 1 : 0, () => `(${condition(scope, below)} ${random.pick(["&&", "||"])} ${condition(scope, below)})`],
    [0.3, () => `((${text(scope, below)} + "") === "a")`],
    [0.2, () => `Number.isFinite(${number(scope, below)})`],
  ]);
}

/** A whole number beside another; constants alone would not type-check. */
function compared(scope: Scope, depth: number): string {
  const { random } = scope.body.module;
  const named = visible(scope, (variable) => variable.type === "int");
  const [only] = named;
  if (only === undefined) return `(${number(scope, depth)} < ${number(scope, depth)})`;
  const left = mention(scope, random.pick(named).name);
  return `(${left} ${random.pick(["<", ">", "===", "!=="])} ${integer(scope, depth)})`;
}

export function text(scope: Scope, depth: number): string {
  const { random } = scope.body.module;
  const one = held(scope, (type) => type === "string");
  if (one !== undefined && random.chance(0.6)) return one.text;
  if (depth <= 0) return random.pick(['"a"', '"b"', '"it\'s"']);
  return choose(scope, [
    [2, () => random.pick(['"a"', '"b"', "`c`"])],
    [1, () => `\`n\${${integer(scope, 0)}}\``],
    [0.5, () => `(${text(scope, depth - 1)} + ${text(scope, depth - 1)})`],
  ]);
}

function maybe(scope: Scope, depth: number): string {
  const { random } = scope.body.module;
  const one = held(scope, (type) => type === "number | undefined");
  if (one !== undefined && random.chance(0.7)) return one.text;
  const inner = number(scope, Math.max(0, depth - 1));
  return `(${condition(scope, Math.max(0, depth - 1))} ? ${inner} : undefined)`;
}

export function array(scope: Scope, type: Type, depth: number): string {
  const { random, careful, avoid } = scope.body.module;
  const one = held(scope, (held_) => held_ === type);
  const inner = (): string => number(scope, Math.max(0, depth - 1));
  const literal = (): string => {
    const list = `[${inner()}, ${inner()}${random.chance(0.5) ? `, ${inner()}` : ""}]`;
    if (type === "number[]") return random.chance(0.2) ? `new Array<number>(3).fill(${inner()})` : list;
    return random.chance(0.2) ? `new ${type}(${random.pick(["2", "3"])})` : `new ${type}(${list})`;
  };
  if (one !== undefined && random.chance(depth > 0 ? 0.4 : 0.8)) return one.text;
  if (depth <= 0) return literal();
  const again = (): string => array(scope, type, depth - 1);
  const other = (): string => array(scope, random.pick(arrayTypes), depth - 1);
  return choose(scope, [
    [3, literal],
    [1, () => `${again()}.slice(0, 2)`],
    [type === "number[]" ? 0 : 1, () => `${again()}.subarray(${random.pick(["0", "0, 2"])})`],
    [1, () => call(scope, type, depth) ?? literal()],
    [0.5, () => `(${condition(scope, depth - 1)} ? ${again()} : ${again()})`],
    [type === "number[]" ? 0.7 : 0, () => `[...${other()}, ${inner()}]`],
    [type === "number[]" ? 0.4 : 0, () => `[${inner()}, ...${again()}]`],
    [type === "number[]" ? 0.3 : 0, () => `Array.from(${other()})`],
    [type === "number[]" ? 0 : 0.4, () => `new ${type}(${other()})`],
    [type === "number[]" ? 0 : 0.4, () => `${type}.from(${other()})`],
    [0.3, () => `${again()}.fill(${inner()}${random.pick(["", ", 1", ", 0, 1"])})`],
    [0.3, () => `${again()}.reverse()`],
    [type === "number[]" ? 0.3 : 0, () => `${again()}.concat(${array(scope, "number[]", depth - 1)})`],
    [avoid.has("callbacks") ? 0 : 0.7, () => `${again()}.map((${careful ? "n: number" : "n"}) => n * ${inner()})`],
    [
      type === "number[]" && !avoid.has("callbacks") ? 0.3 : 0,
      () => `Array.from({ length: 3 }, (_, n) => ${inner()} * n)`,
    ],
  ]);
}

function matrix(scope: Scope, depth: number): string {
  const { random } = scope.body.module;
  const one = held(scope, (type) => type === "number[][]");
  if (one !== undefined && random.chance(0.6)) return one.text;
  const row = (): string => array(scope, "number[]", depth - 1);
  return random.pick([`[${row()}, ${row()}]`, `[${row()}, ${row()}, ${row()}]`]);
}

function tuple(scope: Scope, type: Type, depth: number): string {
  const { random } = scope.body.module;
  const one = held(scope, (held_) => held_ === type);
  if (one !== undefined && random.chance(0.5)) return one.text;
  if (depth > 0 && random.chance(0.3)) {
    const made = call(scope, type, depth);
    if (made !== undefined) return made;
  }
  const parts = type.slice(1, -1).split(", ");
  return `[${parts.map((part) => expression(scope, part, Math.max(0, depth - 1))).join(", ")}]`;
}

function object(scope: Scope, type: Type, depth: number): string {
  const { random, interfaces, classes } = scope.body.module;
  const one = held(scope, (held_) => held_ === type);
  if (one !== undefined && random.chance(0.6)) return one.text;
  const below = Math.max(0, depth - 1);
  const shape = classes.get(type);
  if (shape !== undefined) {
    return `new ${mention(scope, type)}(${shape.parameters.map((part) => expression(scope, part, below)).join(", ")})`;
  }
  if (depth > 0 && random.chance(0.25)) {
    const made = call(scope, type, depth);
    if (made !== undefined) return made;
  }
  if (one !== undefined && depth > 0 && random.chance(0.2)) {
    return `(${condition(scope, below)} ? ${one.text} : ${object(scope, type, below)})`;
  }
  const fields = [...(interfaces.get(type) ?? [])];
  const spread = one !== undefined && random.chance(0.3);
  const kept = fields.filter(() => !spread || random.chance(0.5));
  const parts = kept.map(([name, part]) => `${name}: ${expression(scope, part, below)}`);
  return `{ ${[...(spread ? [`...${one.text}`] : []), ...parts].join(", ")} }`;
}

function functionValue(scope: Scope, depth: number): string {
  const { random } = scope.body.module;
  const named = visible(scope, (variable) => variable.type === "fn");
  if (named.length > 0 && random.chance(0.6)) return mention(scope, random.pick(named).name);
  const fitting = visibleCallables(scope, ({ parameters, result, rest }) => {
    return result === "number" && !rest && parameters.length === 1 && parameters[0] === "number";
  });
  if (fitting.length > 0 && random.chance(0.4)) return mention(scope, random.pick(fitting).name);
  return `(${closure(scope, Math.max(0, depth))})`;
}

/** Arguments for a function. */
export function args(
  scope: Scope,
  parameters: readonly Type[],
  required: number,
  rest: boolean,
  depth: number,
): string {
  const { random } = scope.body.module;
  const count = rest ? parameters.length + random.below(3) : required + random.below(parameters.length - required + 1);
  const list: string[] = [];
  for (let i = 0; i < count; i++) {
    list.push(expression(scope, parameters[i] ?? "number", Math.max(0, depth - 1)));
  }
  if (rest && random.chance(0.3) && !scope.body.module.avoid.has("spreads"))
    list.push(`...${array(scope, "number[]", 0)}`);
  return list.join(", ");
}

/** A call with this result, when there is a function that gives it. */
export function call(scope: Scope, result: Type | "void", depth: number): string | undefined {
  const { random } = scope.body.module;
  const { recursion } = scope.body;
  if (recursion !== undefined && recursion.left > 0 && recursion.callable.result === result && random.chance(0.5)) {
    recursion.left--;
    const { name, parameters, required, rest } = recursion.callable;
    const others = args(scope, parameters.slice(1), required - 1, rest, depth);
    return `${mention(scope, name)}(${[`${recursion.counter} - 1`, ...(others === "" ? [] : [others])].join(", ")})`;
  }
  if (scope.body.nesting > 2) return undefined;
  const fitting = visibleCallables(scope, (callable) => callable.result === result);
  if (fitting.length === 0) return undefined;
  const { name, parameters, required, rest } = random.pick(fitting);
  return `${mention(scope, name)}(${args(scope, parameters, required, rest, depth)})`;
}

/** A call of a method of some object, or of a class. */
export function methodCall(scope: Scope, result: Type | "void", depth: number): string | undefined {
  const { random, classes } = scope.body.module;
  if (scope.body.nesting > 2) return undefined;
  const one = held(scope, (type) => classes.has(type));
  const shape = one === undefined ? undefined : classes.get(one.type);
  const methods = shape?.methods.filter((method) => method.result === result) ?? [];
  if (one !== undefined && methods.length > 0) {
    const { name, parameters, required, rest } = random.pick(methods);
    return `${one.text}.${name}(${args(scope, parameters, required, rest, depth)})`;
  }
  const statics = [...classes.values()].flatMap((known) => known.statics.map((callable) => ({ known, callable })));
  const fitting = statics.filter(({ callable }) => callable.result === result);
  if (fitting.length === 0) return undefined;
  const { known, callable } = random.pick(fitting);
  return `${known.name}.${callable.name}(${args(scope, callable.parameters, callable.required, callable.rest, depth)})`;
}
