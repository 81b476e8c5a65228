/** What a program under construction knows at a place: names with their types, and what may be said there. */

import type { Random } from "./random.ts";

/**
 * A type by its text: `number`, `boolean`, `string`, `number[]`, `Float64Array`, `Float32Array`, `[number, number]`,
 * `number[][]`, `number | undefined`, the name of an interface or class. `int` is a number that never carries a tangent,
 * is not negative, and may be an index; `fn` is a function from number to number.
 */
export type Type = string;

export interface Variable {
  readonly name: string;
  readonly type: Type;
  /** Declared by let or var, or a parameter. */
  readonly assignable: boolean;
}

/** A function that may be called by its name. */
export interface Callable {
  readonly name: string;
  readonly parameters: readonly Type[];
  /** Parameters from here on may be left out. */
  readonly required: number;
  readonly rest: boolean;
  readonly result: Type | "void";
}

export interface ClassShape {
  readonly name: string;
  /** Parameters of the constructor. */
  readonly parameters: readonly Type[];
  /** Public fields and accessors that can be read and written. */
  readonly fields: ReadonlyMap<string, Type>;
  readonly getters: ReadonlyMap<string, Type>;
  readonly methods: readonly Callable[];
  readonly statics: readonly Callable[];
}

/** Everything a program has outside its functions. */
export interface Module {
  readonly random: Random;
  /** Element reads are written with `!`. */
  readonly careful: boolean;
  /** Left out: `callbacks`, `classes`, `spreads`. */
  readonly avoid: ReadonlySet<string>;
  readonly interfaces: Map<string, ReadonlyMap<string, Type>>;
  readonly classes: Map<string, ClassShape>;
  readonly callables: Callable[];
  /** Constant tables and numbers of the module, read only. */
  readonly tables: string[];
  readonly constants: string[];
  /** Names that exist in the module. */
  readonly taken: Set<string>;
}

/** The function that is being written. */
export interface Body {
  readonly module: Module;
  readonly result: Type | "void";
  /** Statements that may still be written. */
  budget: number;
  /** How many loops and local functions surround the place. */
  nesting: number;
  /** Enclosing things that a break or continue may name. */
  readonly targets: Target[];
  /** `this` of a method: its fields. */
  readonly self: ReadonlyMap<string, Type> | undefined;
  /** A recursive call of the function itself, to be used at most once or twice. */
  recursion: { readonly callable: Callable; left: number; readonly counter: string } | undefined;
  /** A throw here is caught. */
  caught: number;
}

export interface Target {
  readonly label: string | undefined;
  readonly kind: "loop" | "switch" | "block";
}

export interface Scope {
  readonly body: Body;
  readonly variables: Variable[];
  readonly callables: Callable[];
  readonly parent: Scope | undefined;
  /** Names that were mentioned in this block, so that they can't be declared in it any more. */
  readonly mentioned: Set<string>;
}

export function childScope(parent: Scope, body: Body = parent.body): Scope {
  return { body, variables: [], callables: [], parent, mentioned: new Set() };
}

export function outerScope(body: Body): Scope {
  return { body, variables: [], callables: [], parent: undefined, mentioned: new Set() };
}

/** Visible variables that satisfy a test; a shadowed name is not visible. */
export function visible(scope: Scope, test: (variable: Variable) => boolean): Variable[] {
  const seen = new Set<string>();
  const found: Variable[] = [];
  for (let at: Scope | undefined = scope; at !== undefined; at = at.parent) {
    for (const callable of at.callables) seen.add(callable.name);
    for (const variable of at.variables) {
      if (seen.has(variable.name)) continue;
      seen.add(variable.name);
      if (test(variable)) found.push(variable);
    }
  }
  return found;
}

/** Functions that can be called here, those of the module included. */
export function visibleCallables(scope: Scope, test: (callable: Callable) => boolean): Callable[] {
  const seen = new Set<string>();
  const found: Callable[] = [];
  for (let at: Scope | undefined = scope; at !== undefined; at = at.parent) {
    for (const variable of at.variables) seen.add(variable.name);
    for (const callable of at.callables) {
      if (seen.has(callable.name)) continue;
      seen.add(callable.name);
      if (test(callable)) found.push(callable);
    }
  }
  return [...found, ...scope.body.module.callables.filter((callable) => !seen.has(callable.name) && test(callable))];
}

/** Notes that a name is used here and in all blocks around. */
export function mention(scope: Scope, name: string): string {
  for (let at: Scope | undefined = scope; at !== undefined; at = at.parent) at.mentioned.add(name);
  return name;
}

const pool =
  "x y z w u v p q r s t h k x_t y_t a_t value value_t returned returned_t tangent f_jvp g_jvp jvp t0 t1 t2 out dx sum sum_t item item_t length index i_t x_t2 primal slope held pair Math_ undefined_".split(
    " ",
  );

/** A name that can be declared here: sometimes one that shadows, sometimes one that a compiler would like to give. */
export function freshName(scope: Scope, wanted?: string): string {
  const { random, taken } = scope.body.module;
  for (let tries = 0; ; tries++) {
    const base = tries === 0 && wanted !== undefined ? wanted : random.pick(pool);
    const name = tries < 4 ? base : `${base}${random.below(1000)}`;
    const here = scope.variables.some((variable) => variable.name === name) || scope.mentioned.has(name);
    const called = scope.callables.some((callable) => callable.name === name);
    if (here || called) continue;
    if (taken.has(name) && random.chance(0.7)) continue;
    return name;
  }
}

export function declare(scope: Scope, name: string, type: Type, assignable: boolean): void {
  scope.variables.push({ name, type, assignable });
}

/** The type as TypeScript text. */
export function typeText(type: Type): string {
  if (type === "int") return "number";
  if (type === "fn") return "(v: number) => number";
  return type;
}

export const arrayTypes = ["number[]", "Float64Array", "Float32Array"] as const;
export const isArrayType = (type: Type): boolean => (arrayTypes as readonly string[]).includes(type);
