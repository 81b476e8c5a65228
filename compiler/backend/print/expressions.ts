/** Prints expressions, with the parentheses that precedence asks for and those that the user wrote. */

import { ts } from "../../frontend/project.ts";
import type {
  Binary,
  Call,
  Conditional,
  ElementAccess,
  Expression,
  Logical,
  ObjectLiteral,
  Opaque,
  Place,
  Spread,
  Unary,
} from "../../ir/types.ts";
import type { PrintContext } from "./context.ts";
import { type Doc, edge, either, group, indent, join, line, mapped, render, softline } from "./document.ts";
import { functionExpression } from "./functions.ts";
import { constant, propertyName, wasParenthesised } from "./literals.ts";
import { binaryPrecedence, isComparison, logicalPrecedence, Precedence } from "./precedence.ts";
import { expressionIn, indentationAt, typeArgumentsIn, verbatim } from "./verbatim.ts";

/** An expression laid out, and how tightly it binds. */
interface Printed {
  readonly doc: Doc;
  readonly precedence: number;
}

/** An expression where any may stand but a comma list: an argument, an initial value. */
export function print(cx: PrintContext, value: Expression): Doc {
  return unmistakable(cx, (careful) => inner(careful, value));
}

/** An expression with the lines of its operators flush with each other, for places that indent by themselves. */
export function printFlush(cx: PrintContext, value: Expression): Doc {
  return unmistakable(cx, (careful) => {
    if (!isChain(value) || careful.forInit || careful.careful) return inner(careful, value);
    return group(mapped(value.span, chain(careful, value, false)));
  });
}

/** `= value`, broken behind the sign where that helps. */
export function printValue(cx: PrintContext, value: Expression): Doc {
  const breaks = isChain(value) || (value.kind === "conditional" && isChain(value.test));
  return breaks ? group(indent([line, printFlush(cx, value)])) : [" ", print(cx, value)];
}

/** An expression inside of another, where any may stand but a comma list. */
function inner(cx: PrintContext, value: Expression): Doc {
  return operand(cx, value, Precedence.assignment);
}

/**
 * TypeScript takes `a < b | c > (d)` for a call with type arguments, and has been seen to overlook much for it: missing
 * parentheses in `a < (b > (c))`, even `<<`. Where it would, each `<` gets parentheses around it, and something in
 * front of its right side that is no type.
 */
function unmistakable(cx: PrintContext, layOut: (cx: PrintContext) => Doc): Doc {
  const doc = layOut(cx);
  const text = flat(doc);
  if (cx.careful || !/<[\s\S]*(?<!=)>/.test(text)) return doc;
  const careful = layOut({ ...cx, careful: true });
  const right = typeArgumentsIn(flat(careful));
  const broken = text.replace(/> /g, ">\n");
  return typeArgumentsIn(text) === right && typeArgumentsIn(broken) === right ? doc : careful;
}

const flat = (doc: Doc): string =>
  render(doc, { width: Number.POSITIVE_INFINITY, indent: "", tabWidth: 1, newline: "\n" }).text;

/** Whether an expression is laid out as operands with operators between. */
export function isChain(value: Expression): value is Binary | Logical {
  return value.kind === "binary" || value.kind === "logical";
}

/** An operand that must bind at least as tightly as `least`. */
function operand(cx: PrintContext, value: Expression, least: number): Doc {
  const open = printed(cx, value);
  return open.precedence >= least ? open.doc : parenthesised(cx, value);
}

/** An operand of another expression: in parentheses as well where the user had them. */
function operandOf(cx: PrintContext, outer: Expression, value: Expression, least: number): Doc {
  const compound = isChain(value) || value.kind === "conditional";
  if (compound && wasParenthesised(cx, value, outer)) return parenthesised(cx, value);
  return operand(cx, value, least);
}

function parenthesised(cx: PrintContext, value: Expression): Doc {
  const { doc } = printed({ ...cx, forInit: false }, value);
  return opensTypeArguments(cx, value) ? doc : ["(", doc, ")"];
}

/** Whether an operand gets parentheses wherever it stands, as TypeScript might take it for the start of type arguments. */
function opensTypeArguments(cx: PrintContext, value: Expression): boolean {
  return cx.careful && value.kind === "binary" && /^<<?$/.test(value.operator);
}

function printed(cx: PrintContext, value: Expression): Printed {
  const { doc, precedence } = bare(cx, value);
  return { doc: mapped(value.span, doc, nameAt(value)), precedence };
}

/** The name in the source of what is printed: debuggers show it. */
function nameAt(value: Expression): string | undefined {
  return value.kind === "variable" && value.variable.role === "user" ? value.variable.name : undefined;
}

function bare(cx: PrintContext, value: Expression): Printed {
  switch (value.kind) {
    case "constant": {
      const { text, precedence } = constant(cx, value);
      return { doc: text, precedence };
    }
    case "variable": {
      const name = cx.names.of(value.variable);
      return value.nonNull === true && !cx.javascript
        ? member([name, "!"])
        : { doc: name, precedence: Precedence.primary };
    }
    case "unary":
      return unary(cx, value);
    case "binary":
    case "logical": {
      const precedence = value.kind === "binary" ? binaryPrecedence(value.operator) : logicalPrecedence(value.operator);
      if (opensTypeArguments(cx, value)) {
        return {
          doc: ["(", group(chain({ ...cx, forInit: false }, value, true)), ")"],
          precedence: Precedence.primary,
        };
      }
      const hidden = cx.forInit && value.kind === "binary" && value.operator === "in";
      if (hidden) return { doc: parenthesised(cx, value), precedence: Precedence.primary };
      return { doc: group(chain(cx, value, true)), precedence };
    }
    case "conditional":
      return { doc: conditional(cx, value), precedence: Precedence.conditional };
    case "math":
      return member([`Math.${value.name}`, args(cx, value.arguments)]);
    case "element": {
      const object = receiver(cx, value, value.object);
      const index = inner(cx, value.index);
      const asserted = value.nonNull === true || (value.nonNull === undefined && isPresent(cx, value));
      const mark = asserted && !cx.javascript ? "!" : "";
      return member([object, value.optional === true ? "?.[" : "[", index, "]", mark]);
    }
    case "field": {
      const object = receiver(cx, value, value.object);
      const mark = value.nonNull === true && !cx.javascript ? "!" : "";
      const named = /^[#\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(value.name);
      if (!named)
        return member([object, value.optional === true ? "?.[" : "[", propertyName(cx, value.name), "]", mark]);
      return member([object, value.optional === true ? "?." : ".", value.name, mark]);
    }
    case "array": {
      const list = items(cx, "[", value.elements, "]");
      if (value.as === undefined || cx.javascript) return { doc: list, precedence: Precedence.primary };
      return { doc: [list, " as ", value.as], precedence: Precedence.assignment };
    }
    case "object":
      return { doc: object(cx, value), precedence: Precedence.primary };
    case "new": {
      const made = value.constructor_.includes("(") ? `(${value.constructor_})` : value.constructor_;
      const types = value.typeArguments === undefined || cx.javascript ? "" : `<${value.typeArguments}>`;
      return member(["new ", made, types, args(cx, value.arguments)]);
    }
    case "call":
      return member(call(cx, value));
    case "function":
      return {
        doc: functionExpression(cx, value.function),
        precedence: value.function.style === "arrow" ? Precedence.assignment : Precedence.primary,
      };
    case "register":
      return member([value.name, "[", String(value.lane), "]", cx.uncheckedIndexedAccess ? "!" : ""]);
    case "opaque":
      return opaque(cx, value);
    case "as":
      if (cx.javascript) return bare(cx, value.operand);
      if (value.operand.kind === "array" && value.operand.as === value.type) return bare(cx, value.operand);
      return {
        doc: [operand(cx, value.operand, Precedence.unary), " as ", value.type],
        // Looser than it is: in `a as T < b` or `a as T ? b : c` the type would go on.
        precedence: Precedence.assignment,
      };
  }
}

const member = (doc: Doc): Printed => ({ doc, precedence: Precedence.member });

function unary(cx: PrintContext, value: Unary): Printed {
  const { operator } = value;
  const word = /^\w/.test(operator);
  const inner = operandOf(cx, value, value.operand, Precedence.unary);
  const sign = operator === "-" || operator === "+";
  // `--x` would be a decrement.
  const doc: Doc =
    sign && edge(inner, "first") === operator
      ? [operator, parenthesised(cx, value.operand)]
      : [operator, word ? " " : "", inner];
  return { doc, precedence: Precedence.unary };
}

/** Operands of one precedence in a row, a possible line break behind each operator. */
function chain(cx: PrintContext, value: Binary | Logical, indented: boolean): Doc {
  const precedence = value.kind === "binary" ? binaryPrecedence(value.operator) : logicalPrecedence(value.operator);
  const rest: Doc[] = [];
  let at: Binary | Logical = value;
  for (;;) {
    rest.unshift(` ${at.operator}`, line, rightOperand(cx, at));
    const { left }: Binary | Logical = at;
    const next = isChain(left) && continues(cx, at, left, precedence) ? left : undefined;
    if (next === undefined) return [leftOperand(cx, at), indented ? indent(rest) : rest];
    at = next;
  }
}

/** Whether the left operand is of the same row. */
function continues(cx: PrintContext, outer: Binary | Logical, left: Binary | Logical, precedence: number): boolean {
  if (outer.kind !== left.kind || wasParenthesised(cx, left, outer)) return false;
  if (left.kind === "logical" || outer.kind === "logical") return left.operator === outer.operator;
  if (isComparison(outer.operator) || precedence === Precedence.shift || outer.operator === "**") return false;
  return binaryPrecedence(left.operator) === precedence;
}

function leftOperand(cx: PrintContext, value: Binary | Logical): Doc {
  if (value.kind === "logical") return logicalOperand(cx, value, value.left, false);
  const precedence = binaryPrecedence(value.operator);
  if (value.operator === "**") return operandOf(cx, value, value.left, Precedence.postfix);
  return binaryOperand(cx, value, value.left, precedence);
}

function rightOperand(cx: PrintContext, value: Binary | Logical): Doc {
  if (value.kind === "logical") return logicalOperand(cx, value, value.right, true);
  const precedence = binaryPrecedence(value.operator);
  return binaryOperand(cx, value, value.right, value.operator === "**" ? precedence : precedence + 1);
}

function binaryOperand(cx: PrintContext, outer: Binary, value: Expression, least: number): Doc {
  const compared = value.kind === "binary" && isComparison(value.operator);
  const unclear = compared && (isComparison(outer.operator) || /^[&|^]$/.test(outer.operator));
  const doc = unclear ? parenthesised(cx, value) : operandOf(cx, outer, value, least);
  const escapes = cx.careful && value === outer.right && /^<<?$/.test(outer.operator) && flat(doc).includes(">");
  return escapes ? ["(0 || ", parenthesised(cx, value), ")"] : doc;
}

/** `??` never stands beside `||` or `&&` without parentheses, and `&&` inside of `||` gets them for the reader. */
function logicalOperand(cx: PrintContext, outer: Logical, value: Expression, right: boolean): Doc {
  if (value.kind === "logical" && value.operator !== outer.operator) return parenthesised(cx, value);
  return operandOf(cx, outer, value, logicalPrecedence(outer.operator) + (right ? 1 : 0));
}

function conditional(cx: PrintContext, value: Conditional): Doc {
  return group(arms(cx, value));
}

function arms(cx: PrintContext, value: Conditional): Doc {
  const test = operandOf(cx, value, value.test, Precedence.coalesce);
  const { whenFalse: last } = value;
  // Choices after each other break together.
  const more = last.kind === "conditional" && !wasParenthesised(cx, last, value);
  const otherwise = more ? mapped(last.span, arms(cx, last)) : arm(cx, value, last);
  return [test, indent([line, "? ", arm(cx, value, value.whenTrue), line, ": ", otherwise])];
}

/** `a ? (b) : c => d` could be read as an arrow function with the result type c. */
function arm(cx: PrintContext, outer: Conditional, value: Expression): Doc {
  const arrow = value.kind === "function" && value.function.style === "arrow";
  return arrow ? parenthesised(cx, value) : operandOf(cx, outer, value, Precedence.assignment);
}

/** The object of a member access or call. */
function receiver(cx: PrintContext, access: Expression, object: Expression): Doc {
  if (object.kind === "constant" && typeof object.value === "number" && object.text?.includes("Math.") !== true) {
    return parenthesised(cx, object);
  }
  // `(a?.b).c` is not `a?.b.c`, whose access to c is left out together with that to b.
  if (endsChain(object) && !(object.span !== undefined && access.span?.start === object.span.start)) {
    return parenthesised(cx, object);
  }
  return operand(cx, object, Precedence.member);
}

/** Whether an expression is an optional chain. */
function endsChain(value: Expression): boolean {
  if (value.kind === "element" || value.kind === "field") return value.optional === true || endsChain(value.object);
  if (value.kind !== "call" || value.callee.kind !== "method") return false;
  return value.callee.optional === true || endsChain(value.callee.object);
}

function call(cx: PrintContext, value: Call): Doc {
  const { callee } = value;
  const types = value.typeArguments === undefined || cx.javascript ? "" : `<${value.typeArguments}>`;
  const values = args(cx, value.arguments);
  switch (callee.kind) {
    case "function":
    case "global":
      if (callee.name === "fgrad:without") return without(cx, value.arguments);
      return [callee.name, types, values];
    case "value":
      return [receiver(cx, value, callee.function), types, values];
    case "method":
      return [receiver(cx, value, callee.object), callee.optional === true ? "?." : ".", callee.name, types, values];
    case "super":
      if (callee.via !== undefined) return [`${callee.via}.prototype.${callee.name}.call`, onThis(cx, value)];
      return callee.accessor === true ? `super.${callee.name}` : [`super.${callee.name}`, types, values];
    case "superConstructor":
      if (callee.via !== undefined) return [`${callee.via}.call`, onThis(cx, value)];
      return ["super", values];
    case "static":
      return [`${callee.className}.${callee.name}`, types, values];
  }
}

/** `(this, …)` */
function onThis(cx: PrintContext, value: Call): Doc {
  const { callee } = value;
  if (callee.kind !== "super" && callee.kind !== "superConstructor") return args(cx, value.arguments);
  return args(cx, [{ kind: "variable", variable: callee.this_ }, ...value.arguments]);
}

/** `(({ a: _, ...rest }) => rest)(o)`: a copy of an object without some of its fields. */
function without(cx: PrintContext, [object, ...names]: readonly (Expression | Spread)[]): Doc {
  const taken = names.map((name, i) => {
    const text = name.kind === "constant" ? JSON.stringify(String(name.value)) : "";
    return `${text}: _${i === 0 ? "" : i}, `;
  });
  return [`(({ ${taken.join("")}...rest }) => rest)`, args(cx, object === undefined ? [] : [object])];
}

/** Arguments in parentheses. A function at the end, or a single literal, keeps its own line breaks. */
function args(cx: PrintContext, values: readonly (Expression | Spread)[]): Doc {
  const last = values[values.length - 1];
  const literal = last?.kind === "object" || (last?.kind === "array" && last.as === undefined);
  const hugged = last !== undefined && (last.kind === "function" || (literal && values.length === 1));
  const listed = values.map((value) => item(cx, value));
  if (hugged) return ["(", join(", ", listed), ")"];
  return items(cx, "(", values, ")");
}

function items(cx: PrintContext, open: string, values: readonly (Expression | Spread)[], close: string): Doc {
  if (values.length === 0) return open + close;
  const listed = join(
    [",", line],
    values.map((value) => item(cx, value)),
  );
  return group([open, indent([softline, listed]), either(cx.style.trailingCommas ? "," : "", ""), softline, close]);
}

function item(cx: PrintContext, value: Expression | Spread): Doc {
  return value.kind === "spread" ? mapped(value.span, ["...", inner(cx, value.operand)]) : inner(cx, value);
}

function object(cx: PrintContext, value: ObjectLiteral): Doc {
  if (value.properties.length === 0) return "{}";
  const listed = value.properties.map((property): Doc => {
    if (property.kind === "spread") return mapped(property.span, ["...", inner(cx, property.operand)]);
    const { name, value: held } = property;
    const shorthand = held.kind === "variable" && held.nonNull !== true && cx.names.of(held.variable) === name;
    if (shorthand && name !== "__proto__") return inner(cx, held);
    return [propertyName(cx, name), ": ", inner(cx, held)];
  });
  const comma = either(cx.style.trailingCommas ? "," : "", "");
  return group(["{", indent([line, join([",", line], listed)]), comma, line, "}"]);
}

/** The user's text. How tightly it binds is read from it. */
function opaque(cx: PrintContext, value: Opaque): Printed {
  const base = cx.source?.file === value.span.file ? indentationAt(cx.source.text, value.span.start) : "";
  const doc = verbatim(value.text, value.span.file, value.span.start, base);
  return { doc, precedence: opaquePrecedence(value.text) };
}

function opaquePrecedence(text: string): number {
  if (/^[\w$.]+$/.test(text)) return Precedence.primary;
  const node = expressionIn(text);
  if (node === undefined) return Precedence.comma;
  if (
    ts.isIdentifier(node) ||
    ts.isLiteralExpression(node) ||
    ts.isTemplateExpression(node) ||
    ts.isParenthesizedExpression(node) ||
    ts.isArrayLiteralExpression(node)
  ) {
    return Precedence.primary;
  }
  if (ts.isObjectLiteralExpression(node) || ts.isFunctionExpression(node) || ts.isClassExpression(node)) {
    return Precedence.primary;
  }
  if (ts.isPropertyAccessExpression(node) || ts.isElementAccessExpression(node) || ts.isCallExpression(node)) {
    // An optional chain would swallow what follows it.
    return ts.isOptionalChain(node) ? Precedence.postfix : Precedence.member;
  }
  if (ts.isNewExpression(node)) return node.arguments === undefined ? Precedence.postfix : Precedence.member;
  if (ts.isTaggedTemplateExpression(node) || ts.isNonNullExpression(node)) return Precedence.member;
  return Precedence.comma;
}

/** A place that is assigned. */
export function printPlace(cx: PrintContext, place: Place, nonNull: boolean): Doc {
  if (place.kind === "register")
    return mapped(place.span, `${place.name}[${place.lane}]${nonNull && !cx.javascript ? "!" : ""}`);
  if (place.kind === "field" && place.readonly === true && !cx.javascript)
    return print(cx, { ...place, object: { kind: "as", operand: place.object, type: "any" }, nonNull });
  return print(cx, { ...place, nonNull });
}

/** Whether a place is printed the same as an expression, so that `place = place + x` can be `place += x`. */
export function samePlace(place: Place, value: Expression): boolean {
  if (place.kind !== value.kind) return false;
  if (place.kind === "variable") return value.kind === "variable" && place.variable.id === value.variable.id;
  if (place.kind === "register") {
    return value.kind === "register" && value.name === place.name && value.lane === place.lane;
  }
  if (place.kind === "field") {
    return (
      value.kind === "field" && value.name === place.name && !endsChain(value) && sameAtom(place.object, value.object)
    );
  }
  if (value.kind !== "element" || endsChain(value)) return false;
  return sameAtom(place.object, value.object) && sameAtom(place.index, value.index);
}

function sameAtom(a: Expression, b: Expression): boolean {
  if (a.kind === "variable") return b.kind === "variable" && a.variable.id === b.variable.id;
  if (a.kind === "constant") return b.kind === "constant" && Object.is(a.value, b.value);
  // `i + 1` and `this`; what is read from objects might have getters, which run once or twice.
  if (a.kind === "binary") {
    return b.kind === "binary" && a.operator === b.operator && sameAtom(a.left, b.left) && sameAtom(a.right, b.right);
  }
  if (a.kind === "opaque") return b.kind === "opaque" && a.pure && a.text === b.text;
  return false;
}

/** Under noUncheckedIndexedAccess: an element of a tangent is there when its primal is, which the type checker can't see. */
function isPresent(cx: PrintContext, { object, within }: ElementAccess): boolean {
  if (!cx.uncheckedIndexedAccess) return false;
  if (within === true) return true;
  let at = object;
  while (at.kind === "element" || at.kind === "field" || at.kind === "as")
    at = at.kind === "as" ? at.operand : at.object;
  if (at.kind !== "variable" || at.variable.role !== "tangent") return false;
  return at !== object || at.variable.type.kind !== "tuple";
}
