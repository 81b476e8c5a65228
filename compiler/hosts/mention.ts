/**
 * Whether a text may concern the compiler at all: asked of every file before any is parsed, so it is cheap, and may say yes
 * too often but never no too often.
 */

const TAG = /@fgrad\b/;

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}

/**
 * Makes the test for one build: a text passes when it holds the tag `@fgrad`, or seems to declare one of the functions
 * that are selected from outside (`name`, `name:wrt`, `Class.method`).
 */
export function mentions(functions: readonly string[] = []): (text: string) => boolean {
  const names = functions.map((selection) => escaped(selection.split(":")[0]?.split(".")[0]?.trim() ?? ""));
  if (names.length === 0) return (text) => TAG.test(text);
  const declared = new RegExp(`\\b(?:function|const|let|var|class)\\s*\\*?\\s*(?:${names.join("|")})(?![\\w$])`);
  return (text) => TAG.test(text) || declared.test(text);
}
