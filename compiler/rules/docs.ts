/** The rule table as Markdown, for the documentation. */
import { conventions, rows } from "./conventions.ts";
import type { Rule } from "./rule.ts";

/** Two tables: the partial derivatives of every function, and the conventions at singular points. */
export function rulesMarkdown(): string {
  return [
    "<!-- Generated from the rule table in compiler/rules. -->",
    "",
    "In the formulas, *y* is the value of a function of *x*, *z* that of a function of *x* and *y*, *r* that of any number",
    "of arguments. What is already known to be zero is left out of the generated code. Where a slope is itself infinite in",
    "the middle of the domain (`exp`, `sinh`, `cosh`, products with an infinite factor), the arithmetic of IEEE 754 holds.",
    "",
    ...table(
      ["Function", "Partial derivatives"],
      rows.map(({ text, rule }) => [code(text), partials(rule)]),
    ),
    "",
    ...table(
      ["Function", "Where", "Derivative", "Why"],
      conventions.map((row) => [code(row.function), row.at, row.derivative, row.why]),
    ),
    "",
  ].join("\n");
}

function partials(rule: Rule): string {
  if (rule.partials.every((partial) => partial === "0")) return "0";
  return rule.partials.map((partial, i) => `∂/∂${rule.parameters[i] ?? ""} = ${partial}`).join(", ");
}

function table(head: readonly string[], body: readonly (readonly string[])[]): string[] {
  return [head, head.map(() => "---"), ...body].map((cells) => `| ${cells.map(escape).join(" | ")} |`);
}

function code(text: string): string {
  return `\`${text}\``;
}

function escape(text: string): string {
  return text.replaceAll("|", "\\|");
}
