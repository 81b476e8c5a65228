/** Where each variable of a form is declared, and where it is used: what naming needs to know. */

import type { Block, Expression, FunctionForm, Loop, Statement, Variable } from "../ir/types.ts";
import { childrenOf } from "../ir/walk.ts";

export interface Scope {
  readonly parent: Scope | undefined;
  readonly children: Scope[];
  /** Ids of the variables mentioned in the scope itself, outside of its children. */
  readonly uses: Set<number>;
}

export interface Scopes {
  /** Around the function: module variables live there. */
  readonly root: Scope;
  /** Every variable of the form in the order in which the printed text first mentions it. */
  readonly variables: readonly Variable[];
  readonly home: ReadonlyMap<number, Scope>;
  /** The value that each variable starts with, or the values that it gets instead, in the order of the text. */
  readonly values: ReadonlyMap<number, readonly Expression[]>;
  /** Variables declared in the head of a `for`. */
  readonly counters: ReadonlySet<number>;
  /** What a variable runs through: the iterable of `for (const x of xs)`. */
  readonly iterables: ReadonlyMap<number, Expression>;
  /** Names printed as they stand: functions, globals, registers, labels, and every word of opaque text. */
  readonly words: ReadonlySet<string>;
}

/** A loop's initialisation: what is printed ahead of it, and what between the parentheses. */
export function splitInit(loop: Loop): { readonly ahead: Block; readonly header: Block } {
  const flat = transparent(loop.init);
  const last = flat[flat.length - 1];
  let from = flat.length;
  if (last?.kind === "declare") {
    while (from > 0) {
      const statement = flat[from - 1];
      if (statement?.kind !== "declare" || statement.keyword !== last.keyword) break;
      from -= 1;
    }
  } else {
    while (from > 0 && isSimple(flat[from - 1])) from -= 1;
  }
  // Declarations and assignments do not go together between the parentheses.
  return { ahead: flat.slice(0, from), header: flat.slice(from) };
}

/** A statement that can stand in a comma list. */
export function isSimple(statement: Statement | undefined): boolean {
  return statement?.kind === "assign" || statement?.kind === "effect";
}

/** A block with its `source` wrappers taken off. */
export function transparent(block: Block): Block {
  return block.some((statement) => statement.kind === "source")
    ? block.flatMap((statement) => (statement.kind === "source" ? transparent(statement.body) : [statement]))
    : block;
}

/** Whether a loop's initialisation must be printed ahead of it, in a block of its own, to keep its names to itself. */
export function needsBlock(ahead: Block): boolean {
  return ahead.some(
    (statement) =>
      (statement.kind === "declare" && statement.keyword !== "var" && statement.variable.role !== "temporary") ||
      statement.kind === "declareFunction",
  );
}

/** The innermost scope that two are in. */
function around(one: Scope, other: Scope): Scope {
  const outer = new Set<Scope>();
  for (let at: Scope | undefined = one; at !== undefined; at = at.parent) outer.add(at);
  let at = other;
  while (!outer.has(at) && at.parent !== undefined) at = at.parent;
  return at;
}

const WORD = /[\p{ID_Start}$_][\p{ID_Continue}$\u200c\u200d]*/gu;

export function scopesOf(form: FunctionForm): Scopes {
  const root: Scope = { parent: undefined, children: [], uses: new Set() };
  const variables: Variable[] = [];
  const seen = new Set<number>();
  const home = new Map<number, Scope>();
  const values = new Map<number, Expression[]>();
  const counters = new Set<number>();
  const iterables = new Map<number, Expression>();
  const words = new Set<string>();

  const inside = (parent: Scope): Scope => {
    const scope: Scope = { parent, children: [], uses: new Set() };
    parent.children.push(scope);
    return scope;
  };
  const use = (variable: Variable, scope: Scope): void => {
    scope.uses.add(variable.id);
    if (!seen.has(variable.id)) variables.push(variable);
    seen.add(variable.id);
  };
  const declare = (variable: Variable, scope: Scope): void => {
    // A function that is printed with and without its tangent declares its variables twice.
    const known = home.get(variable.id);
    home.set(variable.id, known === undefined ? scope : around(known, scope));
    use(variable, scope);
  };
  const initialised = new Set<number>();
  const give = (variable: Variable, value: Expression): void => {
    if (initialised.has(variable.id)) return;
    values.set(variable.id, [...(values.get(variable.id) ?? []), value]);
  };
  const addWords = (text: string): void => {
    for (const [word] of text.matchAll(WORD)) words.add(word);
  };

  function expression(value: Expression, scope: Scope, around: Scope): void {
    if (value.kind === "variable") use(value.variable, scope);
    else if (value.kind === "register") words.add(value.name);
    else if (value.kind === "new") addWords(value.constructor_);
    else if (value.kind === "function") functionForm(value.function, scope);
    else if (value.kind === "opaque") {
      addWords(value.text);
      for (const variable of [...value.reads, ...value.writes]) use(variable, scope);
    } else if (value.kind === "call" && (value.callee.kind === "function" || value.callee.kind === "global")) {
      addWords(value.callee.name);
    }
    for (const child of childrenOf(value)) expression(child, scope, around);
  }

  function functionForm(inner: FunctionForm, outer: Scope): void {
    const scope = inside(outer);
    if (inner.name !== "") words.add(inner.name);
    for (const parameter of inner.parameters) {
      declare(parameter.variable, scope);
      if (parameter.default !== undefined) expression(parameter.default, scope, scope);
    }
    block(inner.body, scope, scope);
  }

  /** `around` is the scope of the function at hand, where `var` lives. */
  function block(statements: Block, scope: Scope, around: Scope): void {
    for (const statement of statements) visit(statement, scope, around);
  }

  function visit(statement: Statement, scope: Scope, around: Scope): void {
    switch (statement.kind) {
      case "declare":
        declare(statement.variable, statement.keyword === "var" ? around : scope);
        if (statement.value !== undefined) {
          give(statement.variable, statement.value);
          initialised.add(statement.variable.id);
          expression(statement.value, scope, around);
        }
        return;
      case "declarePair":
        for (const variable of [statement.primal, statement.tangent]) {
          if (variable === undefined) continue;
          declare(variable, scope);
          give(variable, statement.value);
        }
        expression(statement.value, scope, around);
        return;
      case "assign":
        if (statement.target.kind === "variable") give(statement.target.variable, statement.value);
        expression(statement.target, scope, around);
        expression(statement.value, scope, around);
        return;
      case "effect":
      case "throw":
        expression(statement.value, scope, around);
        return;
      case "return":
        if (statement.value !== undefined) expression(statement.value, scope, around);
        return;
      case "if":
        expression(statement.test, scope, around);
        block(statement.then, inside(scope), around);
        if (statement.else !== undefined) block(statement.else, inside(scope), around);
        return;
      case "loop": {
        const { ahead, header } = splitInit(statement);
        const outer = needsBlock(ahead) ? inside(scope) : scope;
        block(ahead, outer, around);
        const head = inside(outer);
        block(header, head, around);
        for (const each of header) if (each.kind === "declare") counters.add(each.variable.id);
        const body = inside(head);
        block(statement.before, body, around);
        if (statement.test !== undefined) expression(statement.test, body, around);
        block(statement.body, body, around);
        block(statement.update, body, around);
        return;
      }
      case "forOf":
      case "forIn": {
        const through = statement.kind === "forOf" ? statement.iterable : statement.object;
        expression(through, scope, around);
        const head = inside(scope);
        declare(statement.variable, statement.keyword === "var" ? around : head);
        if (statement.kind === "forOf") iterables.set(statement.variable.id, through);
        block(statement.body, inside(head), around);
        return;
      }
      case "switch": {
        expression(statement.discriminant, scope, around);
        const cases = inside(scope);
        for (const { test, body } of statement.cases) {
          if (test !== undefined) expression(test, cases, around);
          block(body, cases, around);
        }
        return;
      }
      case "labelled":
        words.add(statement.label);
        visit(statement.body, scope, around);
        return;
      case "break":
      case "continue":
        return;
      case "try": {
        block(statement.block, inside(scope), around);
        if (statement.handler !== undefined) {
          const head = inside(scope);
          if (statement.parameter !== undefined) declare(statement.parameter, head);
          block(statement.handler, inside(head), around);
        }
        if (statement.finalizer !== undefined) block(statement.finalizer, inside(scope), around);
        return;
      }
      case "block":
        block(statement.body, inside(scope), around);
        return;
      case "declareFunction":
        declare(statement.variable, scope);
        functionForm(statement.function, scope);
        return;
      case "source":
        block(statement.body, scope, around);
        return;
      case "verbatim":
        addWords(statement.origin.text);
        for (const variable of statement.reads) use(variable, scope);
        for (const variable of statement.writes) declareIfNew(variable, scope);
        return;
    }
  }

  /** A verbatim statement may declare what it writes; a name that is declared elsewhere keeps its home. */
  function declareIfNew(variable: Variable, scope: Scope): void {
    if (variable.module === true || home.has(variable.id)) use(variable, scope);
    else declare(variable, scope);
  }

  functionForm(form, root);
  return { root, variables, home, values, counters, iterables, words };
}
