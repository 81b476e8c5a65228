/** The rule table as Markdown, for the documentation. */
import { type Convention, conventions, rows } from "./conventions.ts";
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
      ["Functions", "Where", "Derivative", "Why"],
      grouped().map(([functions, row]) => [functions.map(code).join(", "), row.at, row.derivative, row.why]),
    ),
    "",
  ].join("\n");
}

function partials(rule: Rule): string {
  if (rule.partials.every((partial) => partial === "0")) return "0";
  return rule.partials.map((partial, i) => `∂/∂${rule.parameters[i] ?? ""} = ${partial}`).join(", ");
}

/** Conventions that several functions share, told once. */
function grouped(): (readonly [functions: readonly string[], Convention])[] {
  const groups = new Map<string, [string[], Convention]>();
  for (const row of conventions) {
    const key = JSON.stringify([row.at, row.derivative, row.why]);
    const group = groups.get(key);
    if (group) group[0].push(row.function);
    else groups.set(key, [[row.function], row]);
  }
  return [...groups.values()];
}

function table(head: readonly string[], body: readonly (readonly string[])[]): string[] {
  return [head, head.map(() => "---"), ...body].map((cells) => `| ${cells.map(inCell).join(" | ")} |`);
}

function code(text: string): string {
  return `\`${text}\``;
}

function inCell(text: string): string {
  return text.replaceAll("|", "\\|");
}
