/** The usual shape of a small program. */

/** A module with an annotated function `f` that gives a number back; `before` stands in front of it. */
export function numeric(parameters: string, body: string, before = ""): string {
  return `${before}/** @fgrad */\nexport function f(${parameters}): number {\n${body}\n}\n`;
}

/** As `numeric`, with the type of the result inferred. */
export function inferred(parameters: string, body: string, before = ""): string {
  return `${before}/** @fgrad */\nexport function f(${parameters}) {\n${body}\n}\n`;
}
