/** The functions that formulas of the table are written with. */
import { binary, math, type Operand, pureCall } from "../ir/build.ts";
import type { Call, Expression } from "../ir/types.ts";
import type { SupportName } from "./support.ts";

export const abs = (x: Operand): Expression => math("abs", x);
export const cos = (x: Operand): Expression => math("cos", x);
export const cosh = (x: Operand): Expression => math("cosh", x);
export const ln = (x: Operand): Expression => math("log", x);
export const round = (x: Operand): Expression => math("round", x);
export const fround = (x: Operand): Expression => math("fround", x);
export const sign = (x: Operand): Expression => math("sign", x);
export const sin = (x: Operand): Expression => math("sin", x);
export const sinh = (x: Operand): Expression => math("sinh", x);
export const sqrt = (x: Operand): Expression => math("sqrt", x);
export const less = (a: Operand, b: Operand): Expression => binary("<", a, b);
export const greater = (a: Operand, b: Operand): Expression => binary(">", a, b);
export const equal = (a: Operand, b: Operand): Expression => binary("===", a, b);

/** A call of a support function, by the name it has in the table. */
export const supported = (name: SupportName, ...operands: Operand[]): Call => pureCall(name, ...operands);
