/** The project's documents: the examples in them, and the parts that are generated. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type MessageKind, messages } from "../../compiler/diagnostics/messages.ts";

/** The project's folder. */
export const root = new URL("../..", import.meta.url).pathname;

/** The text of a document, by its path in the project. */
export function readDocument(path: string): string {
  return readFileSync(join(root, path), "utf8");
}

/** The examples of a document: code blocks that begin with a comment which names a file. */
export function examplesOf(markdown: string): ReadonlyMap<string, string> {
  const blocks = markdown.matchAll(/^```\w+\n(\/\/ ([\w-]+\.\w+)\n[\s\S]*?)^```$/gm);
  return new Map(Array.from(blocks, ([, code = "", name = ""]) => [name, code]));
}

/** One example's code. @throws Error when there is none of this name */
export function example(markdown: string, name: string): string {
  const code = examplesOf(markdown).get(name);
  if (code === undefined) throw new Error(`There is no example ${name}.`);
  return code;
}

const GENERATED = /(<!-- generated: (\w+), [^\n]*-->\n)[\s\S]*?(<!-- end -->)/g;

/** The document with its generated parts made anew. @throws Error when a part has no maker, or a maker no part */
export function withParts(markdown: string, parts: Readonly<Record<string, string>>): string {
  const unused = new Set(Object.keys(parts));
  const text = markdown.replace(GENERATED, (_, begin: string, name: string, end: string) => {
    const part = parts[name];
    if (part === undefined) throw new Error(`Nothing makes the part ${name}.`);
    unused.delete(name);
    return `${begin}\n${part.trim()}\n\n${end}`;
  });
  if (unused.size > 0) throw new Error(`There is no place for ${[...unused].join(", ")}.`);
  return text;
}

/** A fenced block of code. */
export function fenced(language: string, text: string): string {
  return `\`\`\`${language}\n${text.trim()}\n\`\`\``;
}

const GROUPS = {
  FG1: "What was asked for",
  FG2: "The language",
  FG3: "A tangent would be lost",
  FG4: "Rules written by hand",
  FG9: "Mistakes of the compiler",
} as const;

const KINDS: Readonly<Record<MessageKind, string>> = {
  user: "",
  unsupported: "not yet covered",
  internal: "our mistake",
};

/** All messages of the compiler by their codes, as Markdown. */
export function diagnosticsMarkdown(): string {
  const sections = Object.entries(GROUPS).map(([prefix, title]) => {
    const rows = Object.values(messages).filter(({ code }) => code.startsWith(prefix));
    return [
      `## ${prefix}xxx: ${title}`,
      "",
      "| Code | Message | The way out | |",
      "| --- | --- | --- | --- |",
      ...rows.map(({ code, severity, kind, text, hint }) => {
        const remark = severity === "warning" ? "warning" : KINDS[kind];
        return `| ${code} | ${inCell(text)} | ${inCell(hint)} | ${remark} |`;
      }),
      "",
    ].join("\n");
  });
  return [
    "<!-- Generated from compiler/diagnostics/messages.ts by `npm run golden`. -->",
    "",
    "# Messages",
    "",
    "Every message has a code that is never given a second meaning. *Slanted* words stand for what is met in your code.",
    "All are errors but for those marked as warnings; nothing is written for a file with errors.",
    "",
    ...sections,
  ].join("\n");
}

function inCell(text: string): string {
  return text
    .replaceAll("{suggestion}", "")
    .replace(/\{(\w+)\}/g, "*$1*")
    .replaceAll("|", "\\|");
}
