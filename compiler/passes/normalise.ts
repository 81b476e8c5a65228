/**
 * Normalise: a differentiated function as a lowered one again, so that it can be differentiated like any other.
 *
 * Takes a function as `differentiate` writes it for this purpose: pairs, no registers, statements of the user's whole.
 * Guarantees the *lowered* stage: operands are atoms in evaluation order, what runs only now and then stands in an
 * `if`, a pair is a temporary and two reads, tangents are variables like others. Every node is new, so that what is
 * found out of one is not mistaken for what is found out of another. A-normalisation (Flanagan et al., The Essence of
 * Compiling with Continuations).
 */

import type {
  Atom,
  Block,
  Callee,
  ElementAccess,
  Expression,
  FunctionForm,
  Place,
  Source,
  Spread,
  Statement,
  Type,
  Variable,
} from "../ir/types.ts";
import { typeOf } from "../ir/typing.ts";
import { mapBlocks, rewrite } from "../ir/walk.ts";
import { localVariables } from "./variables.ts";

/** A function, called for objects of a class. */
export interface MemberChoice {
  readonly callee: Callee;
  readonly className: string;
}

export interface Normalisation {
  readonly nextId: () => number;
  /** What a call calls, in terms of functions that can be looked up. */
  callee(callee: Callee): Callee;
  /**
   * The functions that a call of an object's member may call, when it is to be called as one: the object comes first, and
   * its class says which it is; none when the call stays what it is.
   */
  member?(name: string): readonly MemberChoice[];
  /** The object of a member that becomes a function: what stood for `this`, and the parameter that stands for it. */
  readonly self?: { readonly receiver: Variable; readonly parameter: Variable };
  /** The type of what a called function returns, when it is known. */
  resultOf(callee: Callee): Type;
}

interface Context {
  readonly given: Normalisation;
  /** Statements that differentiation left as they were are written anew too. */
  readonly whole: boolean;
  readonly variables: Map<Variable, Variable>;
  out: Statement[];
}

const zero: Atom = { kind: "constant", value: 0 };

/** The function as a lowered one. What it returns is read as text where TypeScript would take a pair for an array. */
export function normalise(form: FunctionForm, given: Normalisation): FunctionForm {
  const { self } = given;
  const variables = new Map(self === undefined ? [] : [[self.receiver, self.parameter]]);
  return normaliseForm({ given, whole: false, variables, out: [] }, form);
}

/** A copy of a lowered function with variables of its own; what it captures stays what it is. */
export function freshened(form: FunctionForm, nextId: () => number): FunctionForm {
  const variables = new Map<Variable, Variable>();
  for (const variable of localVariables(form)) {
    const id = nextId();
    const name = variable.name.startsWith("%") ? `%${id}` : variable.name;
    variables.set(variable, { ...variable, id, name });
  }
  const given: Normalisation = { nextId, callee: (callee) => ({ ...callee }), resultOf: () => ({ kind: "unknown" }) };
  return normaliseForm({ given, whole: true, variables, out: [] }, form);
}

function normaliseForm(cx: Context, form: FunctionForm): FunctionForm {
  return {
    ...form,
    parameters: form.parameters.map(({ default: value, ...parameter }) => ({
      ...parameter,
      variable: variableFor(cx, parameter.variable),
      ...(value !== undefined && { default: tree(cx, value) }),
    })),
    ...(form.receiver !== undefined && { receiver: variableFor(cx, form.receiver) }),
    body: cx.whole
      ? block(cx, form.body)
      : block(cx, form.body).map((statement) => withPairsNamed(statement, form.resultText)),
  };
}

/** A tangent becomes a variable like others, under the name that it has. */
function variableFor(cx: Context, variable: Variable): Variable {
  let made = cx.variables.get(variable);
  if (variable.role !== "tangent") return made ?? variable;
  if (made === undefined) {
    made = { ...variable, role: "temporary" };
    cx.variables.set(variable, made);
  }
  return made;
}

function collect(cx: Context, write: () => void): Statement[] {
  const outer = cx.out;
  const inner: Statement[] = [];
  cx.out = inner;
  write();
  cx.out = outer;
  return inner;
}

function block(cx: Context, body: Block): Statement[] {
  return collect(cx, () => {
    for (const inner of body) statement(cx, inner);
  });
}

function statement(cx: Context, from: Statement): void {
  const inside = (body: Block): Block => block(cx, body);
  const span = from.span && { span: from.span };
  switch (from.kind) {
    case "source":
      cx.out.push(source(cx, from));
      return;
    case "declare": {
      const value = from.value && operation(cx, from.value);
      cx.out.push({ ...from, variable: variableFor(cx, from.variable), ...(value !== undefined && { value }) });
      return;
    }
    case "declarePair":
      return pair(cx, from);
    case "assign": {
      const target = place(cx, from.target);
      cx.out.push({ ...from, target, value: operation(cx, from.value) });
      return;
    }
    case "effect":
      cx.out.push({ ...from, value: operation(cx, from.value) });
      return;
    case "if": {
      const { else: otherwise, ...rest } = from;
      cx.out.push({
        ...rest,
        test: tree(cx, from.test),
        then: inside(from.then),
        ...(otherwise !== undefined && { else: inside(otherwise) }),
      });
      return;
    }
    case "loop": {
      const [init, before] = [inside(from.init), inside(from.before)];
      const test = from.test && tree(cx, from.test);
      const [update, body] = [inside(from.update), inside(from.body)];
      cx.out.push({ ...from, init, before, update, body, ...(test !== undefined && { test }) });
      return;
    }
    case "forOf": {
      const iterable = atom(cx, from.iterable);
      cx.out.push({ ...from, variable: variableFor(cx, from.variable), iterable, body: inside(from.body) });
      return;
    }
    case "forIn": {
      const object = atom(cx, from.object);
      cx.out.push({ ...from, variable: variableFor(cx, from.variable), object, body: inside(from.body) });
      return;
    }
    case "switch":
      cx.out.push({
        ...from,
        discriminant: tree(cx, from.discriminant),
        cases: from.cases.map(({ test, body }) => ({
          body: inside(body),
          ...(test !== undefined && { test: tree(cx, test) }),
        })),
      });
      return;
    case "labelled": {
      const inner = inside([from.body]);
      const last = inner.at(-1);
      if (last !== undefined) cx.out.push(...inner.slice(0, -1), { ...from, body: last });
      return;
    }
    case "return": {
      const value = from.value && operation(cx, from.value);
      cx.out.push({ kind: "return", ...span, ...(value !== undefined && { value }) });
      return;
    }
    case "throw":
      cx.out.push({ ...from, value: atom(cx, from.value) });
      return;
    case "try": {
      const mapped = mapBlocks(from, inside);
      const parameter = from.parameter && variableFor(cx, from.parameter);
      cx.out.push(parameter === undefined ? mapped : ({ ...mapped, parameter } as Statement));
      return;
    }
    case "block":
      cx.out.push(mapBlocks(from, inside));
      return;
    case "declareFunction": {
      const variable = variableFor(cx, from.variable);
      cx.out.push({ ...from, variable, function: normaliseForm(cx, from.function) });
      return;
    }
    case "verbatim":
      cx.out.push({
        ...from,
        reads: from.reads.map((one) => variableFor(cx, one)),
        writes: from.writes.map((one) => variableFor(cx, one)),
      });
      return;
    case "break":
    case "continue":
      cx.out.push(from);
  }
}

/** A statement of the user's, which is no mere text any more where it may name `this`. */
function source(cx: Context, from: Source): Source {
  const moved = cx.given.self !== undefined;
  if (!cx.whole && !moved && from.origin.rewritten !== true) return from;
  const origin = moved ? { ...from.origin, rewritten: true } : from.origin;
  return { ...from, origin, body: block(cx, from.body) };
}

/** `const [value, value_t] = f(…)` as a temporary and two reads. */
function pair(cx: Context, from: Extract<Statement, { kind: "declarePair" }>): void {
  const span = from.span && { span: from.span };
  const value = operation(cx, from.value);
  const type: Type = value.kind === "call" ? cx.given.resultOf(value.callee) : { kind: "unknown" };
  const whole = temporary(cx, type);
  cx.out.push({ kind: "declare", keyword: "const", variable: whole, value, ...span });
  [from.primal, from.tangent].forEach((half, i) => {
    if (half === undefined) return;
    const known = type.kind === "tuple" ? type.elements[i] : undefined;
    const held = variableFor(cx, half);
    const variable: Variable = held.type.kind === "unknown" && known !== undefined ? { ...held, type: known } : held;
    if (half.role === "tangent" || variable !== held) cx.variables.set(half, variable);
    const read: Expression = { kind: "element", object: refer(whole), index: { kind: "constant", value: i }, ...span };
    cx.out.push({ kind: "declare", keyword: "const", variable, value: read, ...span });
  });
}

const refer = (variable: Variable): Atom => ({ kind: "variable", variable });

function temporary(cx: Context, type: Type, reassigned = false): Variable {
  const id = cx.given.nextId();
  const text = type.kind === "number" || type.kind === "boolean" || type.kind === "string" ? type.kind : undefined;
  return {
    id,
    name: `%${id}`,
    role: "temporary",
    type,
    reassigned,
    captured: false,
    ...(text !== undefined && { typeText: text }),
  };
}

function atom(cx: Context, from: Expression): Atom {
  const value = operation(cx, from);
  if (value.kind === "constant" || value.kind === "variable") return value;
  const variable = temporary(cx, value.kind === "call" ? cx.given.resultOf(value.callee) : typeOf(value));
  cx.out.push({ kind: "declare", keyword: "const", variable, value, ...(from.span && { span: from.span }) });
  return { ...refer(variable), ...(from.span && { span: from.span }) };
}

function operands(cx: Context, parts: readonly (Expression | Spread)[]): (Expression | Spread)[] {
  return parts.map((part) => (part.kind === "spread" ? { ...part, operand: atom(cx, part.operand) } : atom(cx, part)));
}

/** One operation on atoms; what it needs goes ahead of it. */
function operation(cx: Context, from: Expression): Expression {
  switch (from.kind) {
    case "constant":
      return { ...from };
    case "variable":
      return { ...from, variable: variableFor(cx, from.variable) };
    case "unary":
    case "as":
      return { ...from, operand: atom(cx, from.operand) };
    case "binary": {
      const left = atom(cx, from.left);
      return { ...from, left, right: atom(cx, from.right) };
    }
    case "math":
      return { ...from, arguments: from.arguments.map((part) => atom(cx, part)) };
    case "conditional":
      return choice(cx, from, tree(cx, from.test), from.whenTrue, from.whenFalse);
    case "logical":
      return logical(cx, from);
    case "element":
    case "field":
      return isChain(from) ? tree(cx, from) : (place(cx, from) as Expression);
    case "array":
      return { ...from, elements: operands(cx, from.elements) };
    case "object":
      return {
        ...from,
        properties: from.properties.map((property) =>
          property.kind === "spread"
            ? { ...property, operand: atom(cx, property.operand) }
            : { ...property, value: atom(cx, property.value) },
        ),
      };
    case "new":
      return { ...from, arguments: operands(cx, from.arguments) };
    case "call":
      return call(cx, from);
    case "function":
      return { ...from, function: normaliseForm(cx, from.function) };
    case "opaque": {
      const [reads, writes] = [from.reads, from.writes].map((list) => list.map((one) => variableFor(cx, one)));
      return { ...from, reads: reads ?? [], writes: writes ?? [] };
    }
    case "register":
      throw new Error("a function that is differentiated again leaves its tangent in a register");
  }
}

const isChain = (from: Expression): boolean =>
  (from.kind === "element" || from.kind === "field") && (from.optional === true || isChain(from.object));

/** An element of a tangent is there when its primal's is. */
function isOfTangent({ object }: ElementAccess): boolean {
  let at = object;
  while (at.kind === "element" || at.kind === "field") at = at.object;
  if (at.kind !== "variable" || at.variable.role !== "tangent") return false;
  return at !== object || at.variable.type.kind !== "tuple";
}

function place<P extends Place>(cx: Context, from: P): Place {
  switch (from.kind) {
    case "variable":
      return { ...from, variable: variableFor(cx, from.variable) };
    case "element": {
      const object = atom(cx, from.object);
      return { ...from, object, index: atom(cx, from.index), ...(isOfTangent(from) && { within: true }) };
    }
    case "field":
      return { ...from, object: atom(cx, from.object) };
    case "register":
      throw new Error("a function that is differentiated again stores into a register");
  }
}

function call(cx: Context, from: Extract<Expression, { kind: "call" }>): Expression {
  const zeros = zerosOf(cx, from);
  if (zeros !== undefined) return zeros;
  const { callee } = from;
  if (callee.kind === "value") {
    const held = atom(cx, callee.function);
    return { ...from, callee: { ...callee, function: held }, arguments: operands(cx, from.arguments) };
  }
  const members = "name" in callee ? (cx.given.member?.(callee.name) ?? []) : [];
  if (members.length > 0) {
    const object = callee.kind === "method" ? [callee.object] : callee.kind === "super" ? [refer(callee.this_)] : [];
    return chosen(cx, from, members, operands(cx, [...object, ...from.arguments]));
  }
  if (callee.kind === "method") {
    const object = atom(cx, callee.object);
    return { ...from, callee: { ...callee, object }, arguments: operands(cx, from.arguments) };
  }
  return { ...from, callee: cx.given.callee(callee), arguments: operands(cx, from.arguments) };
}

/** Calls the function for the class of the first operand: `if (x instanceof B) r = f(x); else r = g(x);`. */
function chosen(
  cx: Context,
  from: Extract<Expression, { kind: "call" }>,
  [first, ...others]: readonly MemberChoice[],
  given: readonly (Expression | Spread)[],
): Expression {
  const span = from.span && { span: from.span };
  if (first === undefined) throw new Error("a call of no function");
  const whole: Expression = { ...from, callee: first.callee, arguments: given };
  const [object] = given;
  if (others.length === 0 || object === undefined || object.kind === "spread") return whole;
  const result = temporary(cx, cx.given.resultOf(first.callee), true);
  const target: Place = { kind: "variable", variable: result };
  const store = (value: Expression): Statement => ({ kind: "assign", target, value, ...span });
  const outer = cx.out;
  cx.out = [];
  const rest = chosen(cx, from, others, given);
  const otherwise = [...cx.out, store(rest)];
  cx.out = outer;
  const class_: Variable = {
    id: cx.given.nextId(),
    name: first.className,
    role: "user",
    type: { kind: "inert", name: "class" },
    reassigned: false,
    captured: false,
    module: true,
  };
  const test: Expression = { kind: "binary", operator: "instanceof", left: object, right: refer(class_), ...span };
  cx.out.push({ kind: "declare", keyword: "let", variable: result, ...span });
  cx.out.push({ kind: "if", test, then: [store(whole)], else: otherwise, ...span });
  return { ...refer(result), ...span };
}

/** `a.map(() => 0)`, as differentiation writes it for an array without a shadow: zeros that may have a shadow in turn. */
function zerosOf(cx: Context, from: Extract<Expression, { kind: "call" }>): Expression | undefined {
  const { callee } = from;
  const [first] = from.arguments;
  if (callee.kind !== "method" || callee.name !== "map" || first?.kind !== "function" || first.function.id !== "")
    return undefined;
  const span = from.span && { span: from.span };
  const count = atom(cx, { kind: "field", object: callee.object, name: "length", ...span });
  const made = temporary(cx, { kind: "array", constructor_: "Array", element: { kind: "number" } });
  const value: Expression = {
    kind: "new",
    constructor_: "Array",
    typeArguments: "number",
    arguments: [count],
    ...span,
  };
  cx.out.push({ kind: "declare", keyword: "const", variable: made, value, ...span });
  const fill: Callee = { kind: "method", object: refer(made), name: "fill" };
  cx.out.push({ kind: "effect", value: { kind: "call", callee: fill, arguments: [zero], ...span }, ...span });
  return refer(made);
}

/** An expression that chooses: as it is where both arms are atoms, else by a variable and `if`. */
function choice(
  cx: Context,
  from: Expression,
  test: Expression,
  whenTrue: Expression,
  whenFalse: Expression,
): Expression {
  const span = from.span && { span: from.span };
  let [first, second]: readonly Expression[] = [zero, zero];
  const then = collect(cx, () => {
    first = operation(cx, whenTrue);
  });
  const otherwise = collect(cx, () => {
    second = operation(cx, whenFalse);
  });
  if (first === undefined || second === undefined) throw new Error("an arm without a value");
  if (then.length === 0 && otherwise.length === 0 && isAtom(first) && isAtom(second)) {
    return { kind: "conditional", test, whenTrue: first, whenFalse: second, ...span };
  }
  const result = temporary(cx, joined(typeOf(first), typeOf(second)), true);
  const target = { kind: "variable", variable: result } as const;
  cx.out.push({ kind: "declare", keyword: "let", variable: result, ...span });
  cx.out.push({
    kind: "if",
    test,
    then: [...then, { kind: "assign", target, value: first, ...span }],
    else: [...otherwise, { kind: "assign", target: { ...target }, value: second, ...span }],
    ...span,
  });
  return refer(result);
}

function logical(cx: Context, from: Extract<Expression, { kind: "logical" }>): Expression {
  const span = from.span && { span: from.span };
  const left = atom(cx, from.left);
  let right: Expression = zero;
  const body = collect(cx, () => {
    right = operation(cx, from.right);
  });
  if (body.length === 0 && isAtom(right)) return { ...from, left, right };
  const result = temporary(cx, joined(typeOf(left), typeOf(right)), true);
  const target = { kind: "variable", variable: result } as const;
  const test: Expression =
    from.operator === "&&"
      ? { ...target }
      : from.operator === "||"
        ? { kind: "unary", operator: "!", operand: { ...target } }
        : { kind: "binary", operator: "==", left: { ...target }, right: { kind: "constant", value: null } };
  cx.out.push({ kind: "declare", keyword: "let", variable: result, value: left, ...span });
  cx.out.push({ kind: "if", test, then: [...body, { kind: "assign", target, value: right, ...span }], ...span });
  return refer(result);
}

const isAtom = (value: Expression): value is Atom => value.kind === "constant" || value.kind === "variable";

const joined = (a: Type, b: Type): Type => (a.kind === b.kind ? a : a.kind === "unknown" ? b : a);

/** A condition or a chain of reads, which stays one tree. */
function tree(cx: Context, from: Expression): Expression {
  return rewrite(from, (node) =>
    node.kind === "variable"
      ? { ...node, variable: variableFor(cx, node.variable) }
      : { ...node, ...(node.kind === "element" && isOfTangent(node) && { within: true }) },
  );
}

/** `return [value, value_t]` says that it is a pair. */
function withPairsNamed(from: Statement, text: string | undefined): Statement {
  if (text === undefined) return from;
  if (from.kind === "return" && from.value?.kind === "array") return { ...from, value: { ...from.value, as: text } };
  return mapBlocks(from, (body) => body.map((inner) => withPairsNamed(inner, text)));
}
