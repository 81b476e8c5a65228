/**
 * The intermediate form as text, at any stage: one line a statement, for `--print-after`, the inspector and tests.
 * It looks like TypeScript but says more: `x := e` for an assignment, `@{ … }` around what one statement of the user
 * became, `` `…` `` for the user's own text, `$name[lane]` for the register. Every compound operand is in parentheses, so the tree shows.
 */

import type { Block, Callee, Expression, FunctionForm, Statement, Variable } from "./types.ts";
import { type Operand, placeOperands } from "./walk.ts";

/** The whole function; temporaries are printed by the names they have so far. */
export function printForm(form: FunctionForm): string {
  return `${printLines(form, "").join("\n")}\n`;
}

/** One block, a statement a line. */
export function printBlock(block: Block): string {
  return blockLines(block, "").join("\n");
}

/** One statement; more than one line where it holds blocks. */
export function printStatement(statement: Statement): string {
  return statementLines(statement, "").join("\n");
}

function printLines(form: FunctionForm, indent: string): string[] {
  const parameters = form.parameters.map(({ variable, rest, optional, default: value }) => {
    const initial = value === undefined ? "" : ` = ${printExpression(value)}`;
    return `${rest ? "..." : ""}${nameOf(variable)}${optional ? "?" : ""}${initial}`;
  });
  return [
    `${indent}function ${form.name}(${parameters.join(", ")}) {`,
    ...blockLines(form.body, `${indent}  `),
    `${indent}}`,
  ];
}

/** The name, and for a temporary that has none yet its number. */
function nameOf(variable: Variable): string {
  return variable.name === "" ? `%${variable.id}` : variable.name;
}

function blockLines(block: Block, indent: string): string[] {
  return block.flatMap((statement) => statementLines(statement, indent));
}

function braced(head: string, block: Block, indent: string, tail = ""): string[] {
  if (block.length === 0) return [`${indent}${head}{}${tail}`];
  return [`${indent}${head}{`, ...blockLines(block, `${indent}  `), `${indent}}${tail}`];
}

/** Text on one line, shortened. */
function brief(text: string): string {
  const line = text.replace(/\s+/g, " ").trim();
  return line.length > 60 ? `${line.slice(0, 59)}…` : line;
}

function statementLines(statement: Statement, indent: string): string[] {
  switch (statement.kind) {
    case "declare": {
      const value = statement.value === undefined ? "" : ` = ${printExpression(statement.value)}`;
      return [`${indent}${statement.keyword} ${nameOf(statement.variable)}${value}`];
    }
    case "declarePair": {
      const names = [statement.primal, statement.tangent].map((half) => (half === undefined ? "" : nameOf(half)));
      return [`${indent}const [${names.join(", ")}] = ${printExpression(statement.value)}`];
    }
    case "assign": {
      const { target } = statement;
      return [`${indent}${printExpression(target)} := ${printExpression(statement.value)}`];
    }
    case "effect":
      return [`${indent}${printExpression(statement.value)}`];
    case "if": {
      const then = braced(`if (${printExpression(statement.test)}) `, statement.then, indent);
      if (statement.else === undefined) return then;
      return [...then, ...braced("else ", statement.else, indent)];
    }
    case "loop": {
      const test = statement.test === undefined ? "" : ` (${printExpression(statement.test)})`;
      const inner = `${indent}  `;
      const part = (name: string, block: Block) => (block.length === 0 ? [] : braced(`${name} `, block, inner));
      return [
        `${indent}loop ${statement.form} {`,
        ...part("init", statement.init),
        ...part("before", statement.before),
        ...(test === "" ? [] : [`${inner}test${test}`]),
        ...part("body", statement.body),
        ...part("update", statement.update),
        `${indent}}`,
      ];
    }
    case "forOf": {
      const head = `for (${statement.keyword} ${nameOf(statement.variable)} of ${printExpression(statement.iterable)}) `;
      return braced(head, statement.body, indent);
    }
    case "forIn": {
      const head = `for (${statement.keyword} ${nameOf(statement.variable)} in ${printExpression(statement.object)}) `;
      return braced(head, statement.body, indent);
    }
    case "switch":
      return [
        `${indent}switch (${printExpression(statement.discriminant)}) {`,
        ...statement.cases.flatMap(({ test, body }) => [
          `${indent}  ${test === undefined ? "default" : `case ${printExpression(test)}`}:`,
          ...blockLines(body, `${indent}    `),
        ]),
        `${indent}}`,
      ];
    case "labelled": {
      const [first = "", ...rest] = statementLines(statement.body, indent);
      return [`${indent}${statement.label}: ${first.slice(indent.length)}`, ...rest];
    }
    case "break":
    case "continue":
      return [`${indent}${statement.kind}${statement.label === undefined ? "" : ` ${statement.label}`}`];
    case "return":
      return [`${indent}return${statement.value === undefined ? "" : ` ${printExpression(statement.value)}`}`];
    case "throw":
      return [`${indent}throw ${printExpression(statement.value)}`];
    case "try": {
      const parameter = statement.parameter === undefined ? "" : `(${nameOf(statement.parameter)}) `;
      return [
        ...braced("try ", statement.block, indent),
        ...(statement.handler === undefined ? [] : braced(`catch ${parameter}`, statement.handler, indent)),
        ...(statement.finalizer === undefined ? [] : braced("finally ", statement.finalizer, indent)),
      ];
    }
    case "block":
      return braced("", statement.body, indent);
    case "declareFunction":
      return printLines({ ...statement.function, name: nameOf(statement.variable) }, indent);
    case "source":
      return braced(`@ ${brief(statement.origin.text)} `, statement.body, indent);
    case "verbatim":
      return [`${indent}\`${brief(statement.origin.text)}\`${statement.pure ? " pure" : ""}`];
  }
}

/** One expression on one line. */
export function printExpression(expression: Operand): string {
  switch (expression.kind) {
    case "constant":
      return expression.text ?? printConstant(expression.value);
    case "variable":
      return `${nameOf(expression.variable)}${expression.nonNull ? "!" : ""}`;
    case "unary": {
      const gap = /^[a-z]/.test(expression.operator) ? " " : "";
      return `${expression.operator}${gap}${operand(expression.operand)}`;
    }
    case "binary":
    case "logical":
      return `${operand(expression.left)} ${expression.operator} ${operand(expression.right)}`;
    case "conditional":
      return `${operand(expression.test)} ? ${operand(expression.whenTrue)} : ${operand(expression.whenFalse)}`;
    case "math":
      return `Math.${expression.name}(${list(expression.arguments)})`;
    case "element": {
      const [object, index] = placeOperands(expression);
      const head = object === undefined ? "" : operand(object);
      const tail = index === undefined ? "" : printExpression(index);
      return `${head}${expression.optional ? "?." : ""}[${tail}]${expression.nonNull ? "!" : ""}`;
    }
    case "field":
      return `${operand(expression.object)}${expression.optional ? "?." : "."}${expression.name}${expression.nonNull ? "!" : ""}`;
    case "spread":
      return `...${operand(expression.operand)}`;
    case "array":
      return `[${list(expression.elements)}]${expression.as === undefined ? "" : ` as ${expression.as}`}`;
    case "object": {
      const properties = expression.properties.map((property) =>
        property.kind === "spread" ? printExpression(property) : `${property.name}: ${printExpression(property.value)}`,
      );
      return `{ ${properties.join(", ")} }`;
    }
    case "new":
      return `new ${expression.constructor_}${expression.typeArguments ?? ""}(${list(expression.arguments)})`;
    case "call":
      return `${printCallee(expression.callee)}${expression.typeArguments ?? ""}(${list(expression.arguments)})`;
    case "function":
      return printLines(expression.function, "").join("\n");
    case "register":
      return `$${expression.name}[${expression.lane}]`;
    case "opaque":
      return `\`${brief(expression.text)}\``;
    case "as":
      return `${operand(expression.operand)} as ${expression.type}`;
  }
}

function printCallee(callee: Callee): string {
  switch (callee.kind) {
    case "function":
      return callee.name;
    case "value":
      return operand(callee.function);
    case "method":
      return `${operand(callee.object)}${callee.optional ? "?." : "."}${callee.name}`;
    case "super":
      return `super.${callee.name}`;
    case "superConstructor":
      return "super";
    case "static":
      return `${callee.className}.${callee.name}`;
    case "global":
      return `${callee.name}${callee.pure ? "" : "!"}`;
  }
}

function list(operands: readonly Operand[]): string {
  return operands.map(printExpression).join(", ");
}

/** An operand in parentheses where it is compound. */
function operand(expression: Expression): string {
  const text = printExpression(expression);
  switch (expression.kind) {
    case "unary":
    case "binary":
    case "logical":
    case "conditional":
    case "as":
    case "function":
      return `(${text})`;
    default:
      return text;
  }
}

/** A constant as JavaScript writes it, `-0` and strings included. */
export function printConstant(value: number | string | boolean | null | undefined): string {
  if (typeof value === "string") return JSON.stringify(value);
  return Object.is(value, -0) ? "-0" : String(value);
}
