/** Whole random programs: a module with an annotated function, helpers, and a second module that it imports. */

import { makeClass } from "./classes.ts";
import { expression, place } from "./expressions.ts";
import { functionals, moduleFunction } from "./functions.ts";
import { someIdioms } from "./idioms.ts";
import { makeRandom, type Random } from "./random.ts";
import { type Body, declare, freshName, type Module, outerScope, type Scope, type Type, typeText } from "./scope.ts";
import { block, statements } from "./statements.ts";

export interface RandomProgram {
  readonly seed: number;
  /** `main.ts`, with the annotated function `f`, and perhaps `lib.ts`. */
  readonly files: Readonly<Record<string, string>>;
  /** Some calls: arguments with directions, in the same shape; undefined for a parameter without a tangent. */
  readonly calls: readonly { readonly args: readonly unknown[]; readonly tangents: readonly unknown[] }[];
}

/** The program of a seed. `careful`: it type-checks under noUncheckedIndexedAccess too. */
export function makeProgram(seed: number, careful: boolean, avoid: ReadonlySet<string> = new Set()): RandomProgram {
  const random = makeRandom(seed);
  const module: Module = {
    random,
    careful,
    avoid,
    interfaces: new Map(),
    classes: new Map(),
    callables: [],
    tables: [],
    constants: [],
    taken: new Set(["f", "K0", "TABLE0"]),
  };
  const shapes = makeInterfaces(module);
  const library: string[] = [];
  if (random.chance(0.35)) {
    for (let i = 0; i < 1 + random.below(2); i++) library.push(moduleFunction(module, name(module, "far", i), true));
  }
  const imported = module.callables.map((callable) => callable.name);
  const lines: string[] = [];
  if (random.chance(0.5)) {
    lines.push(`const K0 = ${random.pick(["0.7", "1.3", "-0.4"])};`);
    module.constants.push("K0");
  }
  if (random.chance(0.3)) {
    lines.push("const TABLE0: readonly number[] = [0.3, -0.8, 1.1];");
    module.tables.push("TABLE0");
  }
  lines.push(...functionals(module));
  if (!avoid.has("idioms")) lines.push(...someIdioms(module));
  const classes = random.chance(0.3) && !avoid.has("classes") ? 1 + random.below(2) : 0;
  for (let i = 0; i < classes; i++) lines.push(makeClass(module, `C${i}`));
  for (let i = 0; i < random.below(4); i++)
    lines.push(moduleFunction(module, name(module, "g", i), random.chance(0.2)));
  const main = mainFunction(module);
  const imports =
    library.length === 0
      ? []
      : [`import { ${[...imported, ...shapes.names.map((one) => `type ${one}`)].join(", ")} } from "./lib.ts";`];
  const own = library.length === 0 ? shapes.text : [];
  return {
    seed,
    files: {
      "main.ts": `${[...imports, ...own, ...lines, main.text].join("\n\n")}\n`,
      ...(library.length > 0 && { "lib.ts": `${[...shapes.text, ...library].join("\n\n")}\n` }),
    },
    calls: [0, 1].map(() => makeCall(random, module, main.parameters, main.active)),
  };
}

function name(module: Module, base: string, i: number): string {
  const made = module.random.chance(0.2) && !module.taken.has(`${base}_jvp`) ? `${base}_jvp` : `${base}${i}`;
  module.taken.add(made);
  return made;
}

function makeInterfaces(module: Module): { names: string[]; text: string[] } {
  const { random, interfaces } = module;
  const text: string[] = [];
  for (let i = 0; i < random.below(3); i++) {
    const own = `P${i}`;
    const fields = new Map<string, Type>();
    const kinds: Type[] = [
      "number",
      "number",
      "number",
      "number[]",
      "Float64Array",
      "[number, number]",
      "string",
      "number | undefined",
      ...interfaces.keys(),
    ];
    for (const field of ["x", "y", "w", "value"].slice(0, 1 + random.below(4)))
      fields.set(field, field === "x" ? "number" : random.pick(kinds));
    interfaces.set(own, fields);
    text.push(`export interface ${own} ${block([...fields].map(([field, type]) => `${field}: ${typeText(type)};`))}`);
  }
  return { names: [...interfaces.keys()], text };
}

interface Main {
  readonly text: string;
  readonly parameters: readonly Type[];
  readonly active: readonly boolean[];
}

function mainFunction(module: Module): Main {
  const { random, interfaces } = module;
  const result = random.pick<Type | "void">([
    "number",
    "number",
    "number",
    "number",
    "[number, number]",
    "number[]",
    "Float64Array",
    "void",
    ...interfaces.keys(),
  ]);
  const body: Body = {
    module,
    result,
    budget: 22,
    nesting: 0,
    targets: [],
    self: undefined,
    recursion: undefined,
    caught: 0,
  };
  const scope = outerScope(body);
  const kinds: Type[] = [
    "number",
    "number",
    "number[]",
    "Float64Array",
    "Float32Array",
    "[number, number]",
    "number[][]",
    "int",
    "string",
    ...interfaces.keys(),
  ];
  const types: Type[] = ["number", ...Array.from({ length: random.below(4) }, () => random.pick(kinds))];
  if (result === "void" && !types.some((type) => type.includes("[]") || type.endsWith("Array")))
    types.push("Float64Array");
  const inert = types.map((type) => type === "int" || type === "string");
  const names: string[] = [];
  for (const type of types) {
    const own = freshName(scope);
    names.push(own);
    declare(scope, own, type, type !== "int");
  }
  const written = statements(scope, 4 + random.below(9));
  if (result === "number") written.push(`return ${total(scope)};`);
  else if (result !== "void") written.push(`return ${expression(scope, result, 3)};`);
  const wrt = inert.some(Boolean) ? ` wrt ${names.filter((_, i) => inert[i] === false).join(", ")}` : "";
  const list = names.map((own, i) => `${own}: ${typeText(types[i] ?? "number")}`).join(", ");
  const text = random.chance(0.85)
    ? `/** @fgrad${wrt} */\nexport function f(${list}): ${result} ${block(written)}`
    : `/** @fgrad${wrt} */\nexport const f = (${list}): ${result} => ${block(written)};`;
  return { text, parameters: types, active: inert.map((flag) => !flag) };
}

/** A sum over what was computed, so that little of it goes unseen. */
function total(scope: Scope): string {
  const parts = Array.from({ length: 4 }, (_, i) => `${2 ** i} * ${place(scope, false) ?? "1"}`);
  return [...parts, expression(scope, "number", 3)].join(" + ");
}

const round = (x: number): number => Math.round(x * 1000) / 1000;

function makeCall(random: Random, module: Module, types: readonly Type[], active: readonly boolean[]) {
  const args: unknown[] = [];
  const tangents: unknown[] = [];
  const sparse = random.chance(0.3);
  const slope = (): number => (sparse && random.chance(0.5) ? 0 : round(2 * random.real() - 1));
  types.forEach((type, i) => {
    // Now and then the same memory under two names.
    const twin = random.chance(0.15)
      ? types.findIndex((other, j) => j < i && other === type && typeof args[j] === "object")
      : -1;
    const arg = twin >= 0 ? args[twin] : makeValue(random, module, type);
    args.push(arg);
    tangents.push(active[i] === true ? (twin >= 0 ? tangents[twin] : makeTangent(arg, slope)) : undefined);
  });
  return { args, tangents };
}

function makeValue(random: Random, module: Module, type: Type): unknown {
  const number = (): number => (random.chance(0.1) ? random.pick([0, 1, -1, 0.5, 2]) : round(4 * random.real() - 2));
  const length = 2 + random.below(2);
  if (type === "int") return random.below(4);
  if (type === "string") return random.pick(["a", "b"]);
  if (type === "number") return number();
  if (type === "number | undefined") return random.chance(0.5) ? number() : undefined;
  if (type === "number[]") return Array.from({ length }, number);
  if (type === "Float64Array") return Float64Array.from({ length }, number);
  if (type === "Float32Array") return Float32Array.from({ length }, number);
  if (type === "number[][]") return Array.from({ length: 2 }, () => Array.from({ length: 2 }, number));
  if (type.startsWith("[")) return type.slice(1, -1).split(", ").map(number);
  const fields = module.interfaces.get(type) ?? new Map<string, Type>();
  return Object.fromEntries([...fields].map(([field, part]) => [field, makeValue(random, module, part)]));
}

function makeTangent(value: unknown, slope: () => number): unknown {
  if (typeof value === "number") return slope();
  if (value instanceof Float32Array || value instanceof Float64Array) return value.map(slope);
  if (Array.isArray(value)) return value.map((item: unknown) => makeTangent(item, slope));
  if (typeof value !== "object" || value === null) return undefined;
  const entries = Object.entries(value).map(([key, part]) => [key, makeTangent(part, slope)] as const);
  return Object.fromEntries(entries.filter(([, part]) => part !== undefined));
}
