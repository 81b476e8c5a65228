/** Functions of `Math` as functions of a module, where they are used as values. */

import type { FunctionForm, FunctionId, Type, Variable } from "../ir/types.ts";

const number: Type = { kind: "number" };
const numbers: Type = { kind: "array", constructor_: "Array", element: number };

/** Those that take any number of arguments. */
const ofMany: ReadonlySet<string> = new Set(["max", "min", "hypot"]);

/** Whether `Math` has a function of that name whose result its arguments decide. */
export const isFunctionOfMath = (name: string): boolean =>
  name !== "random" && typeof Reflect.get(Math, name) === "function";

/** What a function of `Math` is known by where a file uses it as a value. */
export const mathId = (file: string, name: string): FunctionId => `${file}#Math.${name}`;

export const isMathId = (id: FunctionId): boolean => /#Math\.\w+$/.test(id);

/** The function behind such an id: `(a, b) => Math.atan2(a, b)`. */
export function mathForm(id: FunctionId, nextId: () => number): FunctionForm | undefined {
  const [, file, name] = /^(.*)#Math\.(\w+)$/.exec(id) ?? [];
  if (file === undefined || name === undefined || !isFunctionOfMath(name)) return undefined;
  const span = { file, start: 0, end: 0 };
  const variable = (called: string, type: Type): Variable => ({
    ...{ id: nextId(), name: called, role: "user", type, reassigned: false, captured: false },
  });
  const common = { id, name, style: "declaration", result: number, resultText: "number", span } as const;
  if (ofMany.has(name)) {
    const all = variable("values", numbers);
    const operand = { kind: "variable", variable: all } as const;
    const callee = { kind: "global", name: `Math.${name}`, pure: true } as const;
    return {
      ...common,
      parameters: [{ variable: all, typeText: "number[]", optional: false, rest: true }],
      body: [{ kind: "return", value: { kind: "call", callee, arguments: [{ kind: "spread", operand }] } }],
    };
  }
  const arity: unknown = Reflect.get(Object(Reflect.get(Math, name)), "length");
  const parameters = ["a", "b"]
    .slice(0, typeof arity === "number" ? arity : 1)
    .map((called) => variable(called, number));
  return {
    ...common,
    parameters: parameters.map((one) => ({ variable: one, typeText: "number", optional: false, rest: false })),
    body: [
      {
        kind: "return",
        value: { kind: "math", name, arguments: parameters.map((one) => ({ kind: "variable", variable: one })) },
      },
    ],
  };
}
