/**
 * Prints a function of the intermediate form as TypeScript: in the user's formatting, with names for what has none,
 * and with the place in the source that each piece came from.
 */

import type { FunctionForm } from "../../ir/types.ts";
import { nameVariables } from "../names.ts";
import { defaultStyle, detectStyle, type Style } from "../style.ts";
import { noJumps, type PrintContext } from "./context.ts";
import { type Doc, indent, type Mapping, mapped, render } from "./document.ts";
import { functionDeclaration, functionExpression, jsDoc, memberDeclaration } from "./functions.ts";
import type { SourceText } from "./verbatim.ts";

export interface PrintOptions {
  /** Names that generated ones must keep clear of: every identifier of the user's file, and generated functions' names. */
  readonly reserved: ReadonlySet<string>;
  /** The module that the function is from; `file` as in the form's spans. */
  readonly source?: SourceText;
  /** By default, that of the source. */
  readonly style?: Style;
  /** The user's compiler takes an indexed value to be possibly undefined (`noUncheckedIndexedAccess`). */
  readonly uncheckedIndexedAccess?: boolean;
  /** Prints no types: the module is JavaScript. */
  readonly javascript?: boolean;
  /** Written in front of the function, behind its comment: `export `. */
  readonly prefix?: string;
  /** Written behind the function. */
  readonly suffix?: string;
  /** Levels of indentation; by default one inside of a class, and none elsewhere. */
  readonly depth?: number;
}

export interface PrintedFunction {
  readonly name: string;
  /** Without indentation or a line break at the end. */
  readonly text: string;
  /** In the order of the text. */
  readonly mappings: readonly Mapping[];
  /** Where the function itself starts in `text`, behind its comment. */
  readonly start: number;
  /** A function declaration, which can be called before it is reached. */
  readonly hoisted: boolean;
}

/** Prints a function that is declared at the outermost level of a module. */
export function printFunction(form: FunctionForm, options: PrintOptions): PrintedFunction {
  const { source } = options;
  const style = options.style ?? (source === undefined ? defaultStyle : detectStyle(source.text));
  const cx: PrintContext = {
    names: nameVariables(form, options.reserved),
    style,
    source,
    uncheckedIndexedAccess: options.uncheckedIndexedAccess === true && options.javascript !== true,
    javascript: options.javascript === true,
    forInit: false,
    careful: false,
    jumps: noJumps,
  };
  const bound = form.name !== "" && (form.style === "arrow" || form.style === "expression");
  const member = form.memberOf !== undefined && form.style === "method";
  const value = member
    ? memberDeclaration(cx, form)
    : bound
      ? functionExpression(cx, { ...form, name: "" })
      : functionDeclaration(cx, form);
  const declared: Doc = bound ? [`const ${form.name} = `, value, style.semicolons ? ";" : ""] : value;
  const plain: Doc = mapped(form.span, [options.prefix ?? "", declared, options.suffix ?? ""]);
  const depth = options.depth ?? (member ? 1 : 0);
  const inside = (doc: Doc): Doc => Array.from({ length: depth }).reduce<Doc>((inner) => indent(inner), doc);
  const whole = inside(plain);
  const layout = { width: style.width, indent: style.indent, tabWidth: 4, newline: style.newline };
  const pad = style.indent.repeat(depth);
  const comment =
    pad + (form.doc === undefined ? "" : `${render(inside(jsDoc(form.doc)), layout).text}${style.newline}${pad}`);
  const { text, mappings } = render(whole, layout);
  return {
    name: form.name,
    text: comment + text,
    mappings: mappings.map((mapping) => ({ ...mapping, generated: mapping.generated + comment.length })),
    start: comment.length,
    hoisted: !bound,
  };
}
