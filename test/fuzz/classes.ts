/** Random classes: fields, a constructor, methods, accessors, private state, statics, inheritance. */

import { number } from "./expressions.ts";
import { functionBody } from "./functions.ts";
import type { Random } from "./random.ts";
import { type Body, type Callable, type ClassShape, declare, type Module, outerScope, type Type } from "./scope.ts";
import { block, statements } from "./statements.ts";

/** A class, sometimes extending one that was made before. */
export function makeClass(module: Module, name: string): string {
  const { random, classes } = module;
  const bases = [...classes.values()];
  const base = bases.length > 0 && random.chance(0.6) ? random.pick(bases) : undefined;
  const secret = random.chance(0.5) ? random.pick(["#m", "m_"]) : undefined;
  const own = new Map<string, Type>([[`${name.toLowerCase()}1`, "number"]]);
  if (random.chance(0.4))
    own.set(`${name.toLowerCase()}2`, random.pick(["number[]", "Float64Array", "[number, number]"]));
  const inside = new Map<string, Type>([...(base?.fields ?? []), ...own]);
  const hidden = new Map(inside);
  if (secret !== undefined) hidden.set(secret, "number");

  const body = (result: Type | "void", self: ReadonlyMap<string, Type> | undefined): Body => {
    return { module, result, budget: 3, nesting: 1, targets: [], self, recursion: undefined, caught: 0 };
  };
  const lines: string[] = [];
  for (const [field, type] of own) {
    lines.push(
      `${field}: ${type}${type === "number" && random.chance(0.5) ? "" : ` = ${initialValue(random, type, [])}`};`,
    );
  }
  if (secret !== undefined)
    lines.push(`${secret === "m_" ? "private " : ""}${secret} = ${random.pick(["0", "0.5", "1"])};`);

  // A constructor fills the object and does nothing else.
  const given = base?.parameters.map((type) => initialValue(random, type, ["a", "b"])).join(", ");
  const first = [
    ...(given === undefined ? [] : [`super(${given});`]),
    `this.${[...own.keys()][0]} = ${initialValue(random, "number", ["a", "b"])};`,
  ];
  lines.push(`constructor(a: number, b: number) ${block(first)}`);

  const getters = new Map(base?.getters ?? []);
  const fields = new Map(inside);
  const methods: Callable[] = [...(base?.methods ?? [])];
  if (random.chance(0.6)) {
    const overridden = methods.length > 0 && random.chance(0.5) ? methods[0] : undefined;
    const callable = overridden ?? {
      name: `m${name}`,
      parameters: ["number"],
      required: 1,
      rest: false,
      result: "number",
    };
    const scope = outerScope(body("number", hidden));
    declare(scope, "a", "number", true);
    const more = overridden === undefined ? "" : ` + super.${callable.name}(a)`;
    const text = statements(scope, random.below(3));
    lines.push(`${callable.name}(a: number): number ${block([...text, `return ${number(scope, 2)}${more};`])}`);
    if (overridden === undefined) methods.push(callable);
  }
  if (random.chance(0.4)) {
    const scope = outerScope(body("void", hidden));
    declare(scope, "a", "number", true);
    lines.push(`do${name}(a: number): void ${functionBody(scope, 2)}`);
    methods.push({ name: `do${name}`, parameters: ["number"], required: 1, rest: false, result: "void" });
  }
  if (random.chance(0.4)) {
    const scope = outerScope(body("number", hidden));
    lines.push(`get g${name}(): number ${functionBody(scope, random.below(2))}`);
    getters.set(`g${name}`, "number");
    if (random.chance(0.5)) {
      const setter = outerScope(body("void", hidden));
      declare(setter, "v", "number", true);
      lines.push(
        `set g${name}(v: number) ${block([`this.${[...own.keys()][0]} = v * 0.5;`, ...statements(setter, random.below(2))])}`,
      );
      getters.delete(`g${name}`);
      fields.set(`g${name}`, "number");
    }
  }
  const statics: Callable[] = [];
  if (random.chance(0.3)) {
    const scope = outerScope(body("number", undefined));
    declare(scope, "a", "number", true);
    lines.push(`static s${name}(a: number): number ${functionBody(scope, random.below(2))}`);
    statics.push({ name: `s${name}`, parameters: ["number"], required: 1, rest: false, result: "number" });
  }
  const shape: ClassShape = { name, parameters: ["number", "number"], fields, getters, methods, statics };
  classes.set(name, shape);
  module.taken.add(name);
  return `class ${name}${base === undefined ? "" : ` extends ${base.name}`} ${block(lines)}`;
}

/** An expression without calls that have an effect. */
function initialValue(random: Random, type: Type, names: readonly string[]): string {
  const leaf = (): string => random.pick([...names, ...names, "0.5", "2"]);
  const one = (): string =>
    random.pick([leaf(), `${leaf()} * ${leaf()}`, `Math.sin(${leaf()})`, `(${leaf()} - ${leaf()})`]);
  if (type === "number") return one();
  return type === "Float64Array" ? `new Float64Array([${one()}, ${one()}])` : `[${one()}, ${one()}]`;
}
