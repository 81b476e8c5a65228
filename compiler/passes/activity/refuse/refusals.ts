/** What every refusal is made with: the instance looked at, and how its values, words and places are told. */

import type { Diagnostic, Span } from "../../../api.ts";
import type { Place as MessagePlace } from "../../../diagnostics/messages.ts";
import type { Expression } from "../../../ir/types.ts";
import { evaluate } from "../evaluate.ts";
import type { Instance } from "../program.ts";
import type { Solver } from "../solve.ts";
import type { Outside, Value } from "../values.ts";

export interface Refusals {
  readonly solver: Solver;
  readonly one: Instance;
  readonly diagnostics: Diagnostic[];
  /** Memory without a shadow that was told of already. */
  readonly reportedOutside: Set<Outside>;
  readonly value: (expression: Expression) => Value;
  /** The source text of a node, shortened. */
  readonly words: (node: { readonly span?: Span }) => string;
  readonly place: (span: Span | undefined) => MessagePlace;
  readonly add: (diagnostic: Diagnostic) => void;
}

export function refusalsOf(solver: Solver, one: Instance): Refusals {
  const diagnostics: Diagnostic[] = [];
  const { name, span: head } = one.form;
  const firstLine = solver.library.text(head).split(/\r?\n/, 1)[0] ?? "";
  const wholeFunction: Span = { ...head, end: head.start + Math.max(1, firstLine.length) };
  return {
    solver,
    one,
    diagnostics,
    reportedOutside: new Set(),
    value: (expression) => evaluate(solver, one, expression),
    words: (node) => {
      const text = node.span === undefined ? "a value" : solver.library.text(node.span).replace(/\s+/g, " ");
      return text.length > 60 ? `${text.slice(0, 57)}…` : text;
    },
    place: (span) => ({ span: span ?? wholeFunction, function: name }),
    add: (diagnostic) => {
      diagnostics.push(diagnostic);
    },
  };
}
