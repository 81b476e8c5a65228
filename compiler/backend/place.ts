/** Where generated functions are put into a module, and how they stand there. */

import type { FunctionForm } from "../ir/types.ts";
import { detectStyle } from "./style.ts";

/** Where a generated function belongs. */
export interface Place {
  /** Offset behind the statement, or the member of a class, that declares the primal. */
  readonly at: number;
  /** The primal is a function declaration, or the place is inside a class. */
  readonly hoisted: boolean;
  /** How the module names the primal. */
  readonly reference: string | undefined;
  /** Declares the name by which a function expression calls itself, which its tangent needs too. */
  readonly alias?: string;
  /** For a member of a class that is a function: the object that it is put into. */
  readonly prototype?: string;
  /** For a member: offset behind the class. */
  readonly behindClass?: number;
  /** The offset where the wrapper around it begins, in a module that has wrappers. */
  readonly wrapper?: number;
}

/** The indentation of the line that an offset is on. */
const indentation = (text: string, at: number): string =>
  /^[ \t]*/.exec(text.slice(text.lastIndexOf("\n", at - 1) + 1))?.[0] ?? "";

/** How deep the statement that ends at a place is indented in its wrapper. */
export function depthAt(text: string, { at, wrapper }: Place): number {
  if (wrapper === undefined) return 0;
  const { indent } = detectStyle(text);
  return Math.floor(indentation(text, at).length / Math.max(indent.length, 1));
}

/** The type of a variable that holds a function. */
export function typeOfFunction({ parameters, resultText }: FunctionForm): string {
  const listed = parameters.map(({ variable, typeText, optional, default: fallback, rest }) => {
    const mark = optional || fallback !== undefined ? "?" : "";
    return `${rest ? "..." : ""}${variable.name}${rest ? "" : mark}: ${typeText === "" ? "any" : typeText}`;
  });
  return `(${listed.join(", ")}) => ${resultText ?? "any"}`;
}
