/**
 * What evaluating a piece of the intermediate form does and depends on, and from that whether two pieces may change places.
 *
 * Takes for granted: a variable that holds the shadow of an array or object has the role `tangent`, and nothing else reaches
 * a shadow's memory but a call; methods stay what they were when their object was made. A read of `a[i]` or `o.f` may
 * throw (a missing object, a getter): it keeps its place beside side effects, but may pass other such reads, and stores of
 * tangents.
 */

import type { Callee, Expression, Place, Statement, Variable } from "./types.ts";
import { isPrimitive, typeOf } from "./typing.ts";
import { blocksOf, childrenOf, expressionsOf, type Operand } from "./walk.ts";

/** Parts of memory, as bits: the program's arrays and objects, their shadows, the tangent register. */
export const memory = { primal: 1, shadow: 2, register: 4, all: 7 } as const;

/** What an evaluation does. Sets hold ids of variables; what else is there is joined over all parts. */
export interface Effects {
  readonly reads: ReadonlySet<number>;
  /** Assigned or declared. */
  readonly writes: ReadonlySet<number>;
  readonly memoryRead: number;
  readonly memoryWritten: number;
  /** Reads a variable that a call could change. */
  readonly readsShared: boolean;
  /** Writes a variable that a call could see. */
  readonly writesShared: boolean;
  /** Writes one of the user's variables: no exception may pass it. */
  readonly writesUser: boolean;
  /** Writes a variable that lives on: a user's, or one that is assigned more than once. No exception thrown on purpose may pass it. */
  readonly writesKept: boolean;
  /** Runs code that isn't seen here. */
  readonly calls: boolean;
  /** `access`: only by reading from something that isn't there. */
  readonly throws: "never" | "access" | "any";
  /** May jump out of itself: return, break, continue. */
  readonly leaves: boolean;
  /** Makes a new array, object or function: two evaluations are told apart. */
  readonly allocates: boolean;
}

/** The effects of nothing. */
export const nothing: Effects = {
  reads: new Set(),
  writes: new Set(),
  memoryRead: 0,
  memoryWritten: 0,
  readsShared: false,
  writesShared: false,
  writesUser: false,
  writesKept: false,
  calls: false,
  throws: "never",
  leaves: false,
  allocates: false,
};

const throwing: Effects = { ...nothing, throws: "any" };
const leaving: Effects = { ...nothing, leaves: true };
const calling: Effects = {
  ...nothing,
  memoryRead: memory.all,
  memoryWritten: memory.all,
  calls: true,
  throws: "any",
  allocates: true,
};
const accesses = { never: 0, access: 1, any: 2 } as const;

/** Everything that either does. */
export function join(first: Effects, second: Effects): Effects {
  if (first === nothing) return second;
  if (second === nothing) return first;
  return {
    reads: union(first.reads, second.reads),
    writes: union(first.writes, second.writes),
    memoryRead: first.memoryRead | second.memoryRead,
    memoryWritten: first.memoryWritten | second.memoryWritten,
    readsShared: first.readsShared || second.readsShared,
    writesShared: first.writesShared || second.writesShared,
    writesUser: first.writesUser || second.writesUser,
    writesKept: first.writesKept || second.writesKept,
    calls: first.calls || second.calls,
    throws: accesses[first.throws] >= accesses[second.throws] ? first.throws : second.throws,
    leaves: first.leaves || second.leaves,
    allocates: first.allocates || second.allocates,
  };
}

function union(first: ReadonlySet<number>, second: ReadonlySet<number>): ReadonlySet<number> {
  if (second.size === 0) return first;
  if (first.size === 0) return second;
  return new Set([...first, ...second]);
}

/** Whether the two may run in either order with the same result, the same side effects and the same exception. */
export function commutes(first: Effects, second: Effects): boolean {
  return independent(first, second) && independent(second, first);
}

function independent(first: Effects, second: Effects): boolean {
  if ((first.memoryWritten & (second.memoryRead | second.memoryWritten)) !== 0) return false;
  if (first.calls && (second.calls || second.readsShared || second.writesShared)) return false;
  if (first.throws === "any" && (second.throws !== "never" || second.writesKept)) return false;
  if (first.throws !== "never" && (visible(second, first.throws) || second.leaves)) return false;
  if (first.leaves && (hasEffect(second) || second.writes.size > 0)) return false;
  return disjoint(first.writes, second.reads) && disjoint(first.writes, second.writes);
}

/** Someone could tell, after an exception, that it has run; of one thrown by an access, who does not look at tangents. */
function visible(effects: Effects, throws: "access" | "any"): boolean {
  const written = throws === "access" ? effects.memoryWritten & memory.primal : effects.memoryWritten;
  return effects.calls || effects.writesUser || effects.writesShared || written !== 0;
}

/** Does something beside giving a value: writes, calls, throws on purpose or leaves. A mere access is none. */
export function hasEffect(effects: Effects): boolean {
  return (
    effects.calls ||
    effects.writes.size > 0 ||
    effects.memoryWritten !== 0 ||
    effects.throws === "any" ||
    effects.leaves
  );
}

/** Evaluating it any number of times, or not at all, makes no difference to anyone. */
export function isPure(effects: Effects): boolean {
  return !hasEffect(effects) && effects.throws === "never";
}

function disjoint(first: ReadonlySet<number>, second: ReadonlySet<number>): boolean {
  const [small, large] = first.size <= second.size ? [first, second] : [second, first];
  for (const id of small) if (large.has(id)) return false;
  return true;
}

/** Whether a call, or another function's run, could see the variable change or change it. */
export function isShared(variable: Variable): boolean {
  return (variable.captured || variable.module === true) && variable.reassigned;
}

function read(variable: Variable): Effects {
  return { ...nothing, reads: new Set([variable.id]), readsShared: isShared(variable) };
}

function write(variable: Variable): Effects {
  const shared = variable.captured || variable.module === true;
  const user = variable.role === "user";
  return {
    ...nothing,
    writes: new Set([variable.id]),
    writesShared: shared,
    writesUser: user,
    writesKept: user || variable.reassigned,
  };
}

const ofExpression = new WeakMap<Operand, Effects>();
const ofStatement = new WeakMap<Statement, Effects>();

/** The effects of evaluating an expression with all its operands. */
export function effectsOf(expression: Operand): Effects {
  const known = ofExpression.get(expression);
  if (known !== undefined) return known;
  const effects = childrenOf(expression).reduce(
    (sum, child) => join(sum, effectsOf(child)),
    operationEffects(expression),
  );
  ofExpression.set(expression, effects);
  return effects;
}

/** The effects of the operation alone, its operands being there already. */
export function operationEffects(expression: Operand): Effects {
  switch (expression.kind) {
    case "constant":
    case "as":
    case "logical":
    case "conditional":
      return nothing;
    case "math":
      return conversion(expression.arguments);
    case "variable":
      return read(expression.variable);
    case "unary":
      return expression.operator === "typeof" || expression.operator === "!" || expression.operator === "void"
        ? nothing
        : conversion([expression.operand]);
    case "binary":
      return expression.operator === "===" || expression.operator === "!=="
        ? nothing
        : conversion([expression.left, expression.right]);
    case "element":
    case "field":
      return access(expression);
    case "register":
      return { ...nothing, memoryRead: memory.register };
    case "spread":
      return { ...nothing, memoryRead: memory.primal | memory.shadow, throws: "access" };
    case "array":
      return { ...spreads(expression.elements), allocates: true };
    case "object":
      return { ...spreads(expression.properties), allocates: true };
    case "function":
      return { ...nothing, allocates: true };
    case "new":
      return builtIn.has(expression.constructor_) || expression.pure === true
        ? { ...nothing, memoryRead: memory.primal | memory.shadow, throws: "any", allocates: true }
        : calling;
    case "call":
      return callEffects(expression.callee, expression.arguments);
    case "opaque": {
      const touched = [...expression.reads.map(read), ...expression.writes.map(write)].reduce(join, nothing);
      if (!expression.pure) return join(touched, calling);
      return join(touched, { ...nothing, memoryRead: memory.primal, throws: "access", allocates: true });
    }
  }
}

/** Constructors that run no code of the user's. `new Float64Array(-1)` throws, `new Float64Array(a)` reads `a`. */
const builtIn: ReadonlySet<string> = new Set([
  ...["Array", "Float64Array", "Float32Array", "Int8Array", "Int16Array", "Int32Array", "Uint8Array", "Uint16Array"],
  ...["Uint32Array", "Uint8ClampedArray", "ArrayBuffer", "Error", "RangeError", "TypeError", "SyntaxError"],
]);

function spreads(operands: readonly { readonly kind: string }[]): Effects {
  const spread = operands.some(({ kind }) => kind === "spread");
  return spread ? { ...nothing, memoryRead: memory.primal | memory.shadow, throws: "access" } : nothing;
}

function callEffects(callee: Callee, operands: readonly Operand[]): Effects {
  if (callee.kind !== "global" || !callee.pure) return calling;
  const numeric = operands.every((operand) => operand.kind !== "spread" && isPrimitive(typeOf(operand)));
  return numeric ? nothing : { ...nothing, memoryRead: memory.primal | memory.shadow, allocates: true };
}

/** Reading `a[i]` or `o.f`, and what a store there touches. */
function access(place: Expression & { readonly kind: "element" | "field" }): Effects {
  const area = areaOf(place);
  return { ...nothing, memoryRead: area, throws: area === memory.shadow || place.optional ? "never" : "access" };
}

/** Which memory a place lies in, by the variable at its root. */
function areaOf(place: Expression): number {
  let root: Expression = place;
  while (root.kind === "element" || root.kind === "field" || root.kind === "as")
    root = root.kind === "as" ? root.operand : root.object;
  if (root.kind !== "variable") return memory.primal | memory.shadow;
  return root.variable.role === "tangent" ? memory.shadow : memory.primal;
}

/** Arithmetic on an object asks it for a number, which may run anything; bigint arithmetic may throw. */
function conversion(operands: readonly Expression[]): Effects {
  let effects = nothing;
  for (const operand of operands) {
    const type = typeOf(operand);
    if (isPrimitive(type)) continue;
    if (type.kind === "bigint") effects = join(effects, throwing);
    else effects = join(effects, type.kind === "unknown" ? { ...nothing, throws: "access" } : calling);
  }
  return effects;
}

/** The effects of storing to a place, its operands being there already. */
export function storeEffects(place: Place): Effects {
  switch (place.kind) {
    case "variable":
      return write(place.variable);
    case "register":
      return { ...nothing, memoryWritten: memory.register };
    case "element":
    case "field": {
      const area = areaOf(place);
      return { ...nothing, memoryWritten: area, throws: area === memory.shadow ? "never" : "access" };
    }
  }
}

/** The effects of running a statement to its end, with everything in it. */
export function statementEffects(statement: Statement): Effects {
  const known = ofStatement.get(statement);
  if (known !== undefined) return known;
  let effects = ownEffects(statement);
  for (const expression of expressionsOf(statement)) effects = join(effects, effectsOf(expression));
  for (const block of blocksOf(statement)) for (const inner of block) effects = join(effects, statementEffects(inner));
  ofStatement.set(statement, effects);
  return effects;
}

function ownEffects(statement: Statement): Effects {
  switch (statement.kind) {
    case "declare":
    case "declareFunction":
    case "forOf":
    case "forIn": {
      // Walking over an iterable may run its iterator.
      const walk = statement.kind === "forOf" ? calling : nothing;
      return join(write(statement.variable), walk);
    }
    case "declarePair":
      return [statement.primal, statement.tangent].reduce(
        (sum, half) => (half === undefined ? sum : join(sum, write(half))),
        { ...nothing, memoryRead: memory.primal | memory.shadow, throws: "access" } as Effects,
      );
    case "assign":
      return storeEffects(statement.target);
    case "try":
      return statement.parameter === undefined ? nothing : write(statement.parameter);
    case "break":
    case "continue":
    case "return":
      return leaving;
    case "throw":
      return throwing;
    case "loop":
      // It may never end, which whoever follows must not precede with an effect.
      return throwing;
    case "verbatim": {
      const touched = [...statement.reads.map(read), ...statement.writes.map(write)].reduce(join, nothing);
      if (statement.pure) return join(touched, { ...nothing, memoryRead: memory.primal, throws: "access" });
      return join(touched, { ...calling, leaves: true });
    }
    case "effect":
    case "if":
    case "switch":
    case "labelled":
    case "block":
    case "source":
      return nothing;
  }
}
