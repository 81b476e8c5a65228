/** Prints functions: their heads here, their bodies as any block. */

import type { Expression, FunctionForm, Parameter } from "../../ir/types.ts";
import { noJumps, type PrintContext, textOf } from "./context.ts";
import { type Doc, edge, either, group, hardline, indent, join, line, softline } from "./document.ts";
import { isChain, print, printFlush } from "./expressions.ts";
import { braces } from "./statements.ts";

/** `function f(…) { … }`, for a declaration of any style but an arrow's. */
export function functionDeclaration(cx: PrintContext, form: FunctionForm): Doc {
  const space = form.name === "" ? "" : " ";
  return [`function${space}${form.name}`, signature(cx, form), " ", body(cx, form)];
}

/** `f(…) { … }` in the body of a class. */
export function memberDeclaration(cx: PrintContext, form: FunctionForm): Doc {
  const word = form.memberOf?.role === "static" ? "static " : "";
  const head = `${word}${form.overrides === true && !cx.javascript ? "override " : ""}${form.name}`;
  return [head, signature(cx, form), " ", body(cx, form)];
}

/** A function as a value. */
export function functionExpression(cx: PrintContext, form: FunctionForm): Doc {
  if (form.style !== "arrow") {
    const name = form.name === "" || form.style === "method" ? " " : ` ${form.name}`;
    return ["function", name, signature(cx, form), " ", body(cx, form)];
  }
  const head: Doc = [signature(cx, form), " =>"];
  const concise = conciseValue(cx, form);
  if (concise === undefined) return [head, " ", body(cx, form)];
  const inner = { ...cx, jumps: noJumps };
  const value = print(inner, concise);
  if (edge(value, "first") === "{") return [head, " (", value, ")"];
  const breaks = isChain(concise) || concise.kind === "conditional";
  return breaks ? group([head, indent([line, printFlush(inner, concise)])]) : [head, " ", value];
}

function body(cx: PrintContext, form: FunctionForm): Doc {
  return braces({ ...cx, jumps: noJumps, forInit: false }, form.body);
}

/** The value of an arrow function that is nothing but an expression, unless the user wrote a block. */
function conciseValue(cx: PrintContext, form: FunctionForm): Expression | undefined {
  let [first, ...more] = form.body;
  if (first?.kind === "source" && more.length === 0) {
    if (first.origin.comments.length > 0 || first.origin.trailing !== undefined) return undefined;
    [first, ...more] = first.body;
  }
  if (first?.kind !== "return" || more.length > 0) return undefined;
  const written = textOf(cx, form.span);
  const block = written !== undefined && /=>\s*\{/.test(written) && written.endsWith("}");
  return block ? undefined : first.value;
}

function signature(cx: PrintContext, form: FunctionForm): Doc {
  const types = form.typeParameters === undefined || cx.javascript ? "" : `<${form.typeParameters}>`;
  const untyped = form.resultText === undefined || form.resultText === "" || cx.javascript;
  const result = untyped ? "" : `: ${form.resultText}`;
  if (form.parameters.length === 0) return [types, "()", result];
  const rest = form.parameters.some((parameter) => parameter.rest);
  const comma = either(cx.style.trailingCommas && !rest ? "," : "", "");
  const listed = join(
    [",", line],
    form.parameters.map((parameter) => parameterDoc(cx, parameter)),
  );
  return [types, group(["(", indent([softline, listed]), comma, softline, ")"]), result];
}

function parameterDoc(cx: PrintContext, parameter: Parameter): Doc {
  const name = cx.names.of(parameter.variable);
  const omissible = parameter.optional && parameter.default === undefined && !parameter.rest;
  const mark = omissible && !cx.javascript ? "?" : "";
  const type = parameter.typeText === "" || cx.javascript ? "" : `: ${parameter.typeText}`;
  const head = `${parameter.rest ? "..." : ""}${name}${mark}${type}`;
  return parameter.default === undefined ? head : [head, " = ", print(cx, parameter.default)];
}

/** A JSDoc comment around a text of one or more lines. */
export function jsDoc(text: string): Doc {
  const lines = text.replace(/\*\//g, "*\\/").split(/\r?\n/);
  if (lines.length === 1) return [`/** ${lines[0]} */`];
  return ["/**", lines.map((content): Doc => [hardline, ` * ${content}`.trimEnd()]), hardline, " */"];
}
