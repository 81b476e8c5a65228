/** TypeScript in colours: Shiki with one grammar, no WebAssembly, and classes instead of colours, so that a page has two themes. */
import { createCssVariablesTheme, createHighlighterCore } from "shiki/core";
import { createJavaScriptRegexEngine } from "shiki/engine/javascript";

/** A piece of a line with one class: `keyword`, `string`, … or none for plain text. */
export interface Token {
  readonly text: string;
  readonly kind: string | undefined;
}

/** Splits a text into lines of tokens; without the line breaks. */
export type Highlight = (code: string) => readonly (readonly Token[])[];

const PREFIX = "--code-";

/** `var(--code-token-keyword)` → `keyword`. */
function kindOf(color: string | undefined): string | undefined {
  return color?.match(/token-([\w-]+)/)?.[1];
}

/** Loads the highlighter. Equal texts are tokenized once. */
export async function createHighlight(): Promise<Highlight> {
  const theme = createCssVariablesTheme({ name: "fgrad", variablePrefix: PREFIX, fontStyle: false });
  const highlighter = await createHighlighterCore({
    themes: [theme],
    langs: [import("shiki/langs/typescript.mjs")],
    engine: createJavaScriptRegexEngine(),
  });
  const known = new Map<string, readonly (readonly Token[])[]>();
  return (code) => {
    const before = known.get(code);
    if (before) return before;
    const { tokens } = highlighter.codeToTokens(code, { lang: "typescript", theme: "fgrad" });
    const lines = tokens.map((line) => line.map(({ content, color }) => ({ text: content, kind: kindOf(color) })));
    known.set(code, lines);
    return lines;
  };
}
