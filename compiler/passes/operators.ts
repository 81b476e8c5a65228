/** Kinds of operators. */

import type { BinaryOperator } from "../ir/types.ts";

/** Operators with a derivative. */
export const arithmetic: ReadonlySet<BinaryOperator> = new Set<BinaryOperator>(["+", "-", "*", "/", "%", "**"]);

/** Operators that work on 32 bits: a tangent does not survive them. */
export const bitwise: ReadonlySet<BinaryOperator> = new Set<BinaryOperator>(["&", "|", "^", "<<", ">>", ">>>"]);
