/** What the parts of the printer share. */

import type { Span } from "../../api.ts";
import type { Names } from "../names.ts";
import type { Style } from "../style.ts";
import type { SourceText } from "./verbatim.ts";

export interface PrintContext {
  readonly names: Names;
  readonly style: Style;
  /** The module that the form came from; without it, habits and indentation are taken from what the form holds. */
  readonly source: SourceText | undefined;
  /** The user's compiler takes an indexed value to be possibly undefined. */
  readonly uncheckedIndexedAccess: boolean;
  /** Plain JavaScript: no types are printed. */
  readonly javascript: boolean;
  /** Between the parentheses of a `for`, where `in` would end the initialisation. */
  readonly forInit: boolean;
  /** Each `<` in parentheses, so that TypeScript does not take it for the start of type arguments. */
  readonly careful: boolean;
  /** What `continue` becomes inside of loops whose update stands in their body: `break` out of a labelled block. */
  readonly jumps: { readonly here: string | undefined; readonly labels: ReadonlyMap<string, string> };
}

export const noJumps: PrintContext["jumps"] = { here: undefined, labels: new Map() };

/** The user's text at a span, when it is at hand. */
export function textOf(cx: PrintContext, span: Span | undefined): string | undefined {
  if (span === undefined || cx.source === undefined || cx.source.file !== span.file) return undefined;
  return cx.source.text.slice(span.start, span.end);
}
