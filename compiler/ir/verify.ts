/**
 * The invariants of the intermediate form, checked after each pass in tests and in debugging: a pass that breaks one is
 * found where it broke it. What is asked of every stage, and what of some:
 *
 * - each variable is declared once, is in scope where it is named, and no nearer variable hides its name;
 * - `const` has a value and is never assigned, a variable that isn't `reassigned` gets its value once;
 * - jumps have a loop, a switch or a label to go to;
 * - *lowered*, *differentiated*: operands are atoms, but in tests, optional chains and tangents;
 * - *differentiated*, *simplified*: the register is read once, before any other call.
 */

import { effectsOf, hasEffect } from "./effects.ts";
import { printExpression, printStatement } from "./print.ts";
import type { Block, Expression, FunctionForm, Statement, Variable } from "./types.ts";
import { childrenOf, declaredBy, expressionsOf, placeOperands, visitExpression, visitStatements } from "./walk.ts";

export type Stage = "lowered" | "differentiated" | "simplified";

interface Scope {
  readonly variables: Map<string, Variable>;
  readonly outer: Scope | undefined;
}

interface Jumps {
  readonly breakable: boolean;
  readonly loop: boolean;
  readonly labels: ReadonlyMap<string, "loop" | "other">;
}

interface Context {
  readonly stage: Stage;
  readonly problems: string[];
  readonly declared: Set<number>;
  readonly keywords: Map<number, string>;
  readonly writes: Map<number, number>;
  readonly form: FunctionForm;
}

const outside: Jumps = { breakable: false, loop: false, labels: new Map() };

/** What is wrong with a function at a stage, a sentence each; empty when all is well. */
export function verify(form: FunctionForm, stage: Stage): string[] {
  const problems: string[] = [];
  verifyForm(form, stage, problems, undefined);
  return problems;
}

function verifyForm(form: FunctionForm, stage: Stage, problems: string[], outer: Scope | undefined): void {
  const cx: Context = { stage, problems, declared: new Set(), keywords: new Map(), writes: new Map(), form };
  const scope = child(outer);
  if (form.receiver !== undefined) scope.variables.set("this", form.receiver);
  for (const { variable, default: value } of form.parameters) {
    if (value !== undefined) verifyExpression(cx, value, scope);
    declare(cx, scope, variable, "parameter");
    written(cx, variable);
  }
  // `var` belongs to the whole function.
  visitStatements(form.body, (statement) => {
    if (statement.kind === "declare" && statement.keyword === "var") {
      const label = labelOf(statement.variable);
      if (!scope.variables.has(label)) scope.variables.set(label, statement.variable);
    }
  });
  verifyBlock(cx, form.body, child(scope), outside);
}

function child(outer: Scope | undefined): Scope {
  return { variables: new Map(), outer };
}

function report(cx: Context, problem: string, where?: Statement | Expression): void {
  const text = where === undefined ? "" : `: ${brief(where)}`;
  cx.problems.push(`${cx.form.name || "(anonymous)"}: ${problem}${text}`);
}

function brief(node: Statement | Expression): string {
  const text = isStatement(node) ? printStatement(node) : printExpression(node);
  return text.split("\n")[0] ?? "";
}

const statementKinds: ReadonlySet<string> = new Set<Statement["kind"]>([
  ...(["declare", "declarePair", "assign", "effect", "if", "loop", "forOf", "forIn", "switch", "labelled"] as const),
  ...(["break", "continue", "return", "throw", "try", "block", "declareFunction", "source", "verbatim"] as const),
]);

function isStatement(node: Statement | Expression): node is Statement {
  return statementKinds.has(node.kind);
}

/** Temporaries are told apart by their numbers: the names that some have are wishes for the printer. */
const labelOf = (variable: Variable): string =>
  (variable.primal ?? variable).role === "temporary" ? `%${variable.id}` : variable.name;

function declare(cx: Context, scope: Scope, variable: Variable, keyword: string): void {
  const known = scope.variables.get(labelOf(variable));
  if (known !== undefined && known.id !== variable.id)
    report(cx, `${variable.name} is the name of two variables in one scope`);
  if (cx.declared.has(variable.id) && keyword !== "var") report(cx, `${variable.name} is declared twice`);
  cx.declared.add(variable.id);
  cx.keywords.set(variable.id, keyword);
  scope.variables.set(labelOf(variable), variable);
}

function written(cx: Context, variable: Variable): void {
  const times = (cx.writes.get(variable.id) ?? 0) + 1;
  cx.writes.set(variable.id, times);
  if (times === 2 && !variable.reassigned)
    report(cx, `${variable.name} is assigned again, though it is not marked as reassigned`);
}

function find(scope: Scope | undefined, name: string): Variable | undefined {
  for (let level = scope; level !== undefined; level = level.outer) {
    const found = level.variables.get(name);
    if (found !== undefined) return found;
  }
  return undefined;
}

function verifyReference(cx: Context, variable: Variable, scope: Scope): void {
  const found = find(scope, labelOf(variable));
  if (found === undefined) {
    if (variable.module !== true) report(cx, `${variable.name} is not in scope`);
  } else if (found.id !== variable.id) {
    report(cx, `${variable.name} is hidden by another variable of that name`);
  }
}

function verifyExpression(cx: Context, expression: Expression, scope: Scope): void {
  visitExpression(expression, (node) => {
    if (node.kind === "variable") verifyReference(cx, node.variable, scope);
    if (node.kind === "function") verifyForm(node.function, cx.stage, cx.problems, scope);
    if (node.kind === "opaque") adopt(scope, node.writes);
  });
}

/** The user's text may declare variables of its own; a declaration hides what had the name before. */
function adopt(scope: Scope, variables: readonly Variable[], declares = false): void {
  for (const variable of variables) {
    const found = find(scope, labelOf(variable));
    if (found === undefined || (declares && found.id !== variable.id)) scope.variables.set(labelOf(variable), variable);
  }
}

/** Functions and what closures may name ahead of its declaration are known from the start of a block. */
function announce(cx: Context, block: Block, scope: Scope): void {
  for (const statement of block) {
    if (statement.kind === "source") announce(cx, statement.body, scope);
    if (statement.kind === "declareFunction") declare(cx, scope, statement.variable, "function");
    if (statement.kind === "declare" || statement.kind === "declarePair") {
      for (const variable of declaredBy(statement))
        if (variable.captured) scope.variables.set(labelOf(variable), variable);
    }
    if (statement.kind === "verbatim" && declaring.test(statement.origin.text)) {
      for (const variable of statement.writes) {
        if (variable.captured && find(scope, labelOf(variable)) === undefined)
          scope.variables.set(labelOf(variable), variable);
      }
    }
  }
}

const declaring = /^(const|let|var|function|class|enum)\b/;

function verifyBlock(cx: Context, block: Block, scope: Scope, jumps: Jumps): void {
  announce(cx, block, scope);
  const register: RegisterState = { called: false, read: new Set() };
  for (const statement of block) verifyStatement(cx, statement, scope, jumps, register);
}

/** Whether the register holds what a call has left there and nobody has read. */
interface RegisterState {
  called: boolean;
  readonly read: Set<number>;
}

/** Calls and reads of the register in evaluation order: between a call and the read of its tangent there is no other call. */
function verifyRegister(cx: Context, statement: Statement, state: RegisterState): void {
  const visit = (node: Expression): void => {
    for (const operand of childrenOf(node)) visit(operand);
    if (node.kind === "register") {
      const fresh = state.called && !state.read.has(node.lane);
      if (!fresh) report(cx, "the register is not read right after the call that sets it", statement);
      state.read.add(node.lane);
    } else if (node.kind === "call" && effectsOf(node).calls) {
      state.called = true;
      state.read.clear();
    }
  };
  for (const expression of expressionsOf(statement)) visit(expression);
}

function verifyStatement(cx: Context, statement: Statement, scope: Scope, jumps: Jumps, state: RegisterState): void {
  if (statement.kind === "source") {
    for (const inner of statement.body) verifyStatement(cx, inner, scope, jumps, state);
    return;
  }
  verifyRegister(cx, statement, state);
  if (cx.stage !== "simplified") verifyAtoms(cx, statement);
  const inside = (block: Block, next: Jumps = jumps) => verifyBlock(cx, block, child(scope), next);
  const expressions = () => {
    for (const expression of expressionsOf(statement)) verifyExpression(cx, expression, scope);
  };
  switch (statement.kind) {
    case "declare":
      // A function in the value may name the variable that it is held by.
      if (statement.value?.kind === "function") scope.variables.set(statement.variable.name, statement.variable);
      expressions();
      if (statement.keyword === "const" && statement.value === undefined) report(cx, "a const has no value", statement);
      declare(cx, scope, statement.variable, statement.keyword);
      if (statement.value !== undefined) written(cx, statement.variable);
      return;
    case "declarePair":
      expressions();
      for (const variable of declaredBy(statement)) {
        declare(cx, scope, variable, "const");
        written(cx, variable);
      }
      return;
    case "assign": {
      expressions();
      if (statement.target.kind !== "variable") return;
      const { variable } = statement.target;
      verifyReference(cx, variable, scope);
      if (cx.keywords.get(variable.id) === "const") report(cx, "a const is assigned", statement);
      if (cx.declared.has(variable.id)) written(cx, variable);
      return;
    }
    case "effect":
    case "return":
    case "throw":
      expressions();
      return;
    case "if":
      expressions();
      inside(statement.then);
      if (statement.else !== undefined) inside(statement.else);
      return;
    case "loop":
      verifyLoop(cx, statement, scope, jumps);
      return;
    case "forOf":
    case "forIn": {
      expressions();
      const own = child(scope);
      declare(cx, own, statement.variable, statement.keyword);
      written(cx, statement.variable);
      verifyBlock(cx, statement.body, child(own), looping(jumps));
      return;
    }
    case "switch": {
      expressions();
      const own = child(scope);
      for (const { body } of statement.cases) announce(cx, body, own);
      for (const { body } of statement.cases) {
        const register: RegisterState = { called: false, read: new Set() };
        for (const inner of body) verifyStatement(cx, inner, own, { ...jumps, breakable: true }, register);
      }
      return;
    }
    case "labelled": {
      const kind = unwrapped(statement.body) ? "loop" : "other";
      const next = { ...jumps, labels: new Map([...jumps.labels, [statement.label, kind] as const]) };
      inside([statement.body], next);
      return;
    }
    case "break":
    case "continue":
      verifyJump(cx, statement, jumps);
      return;
    case "try": {
      inside(statement.block);
      const own = child(scope);
      if (statement.parameter !== undefined) {
        declare(cx, own, statement.parameter, "parameter");
        written(cx, statement.parameter);
      }
      if (statement.handler !== undefined) verifyBlock(cx, statement.handler, own, jumps);
      if (statement.finalizer !== undefined) inside(statement.finalizer);
      return;
    }
    case "block":
      inside(statement.body);
      return;
    case "declareFunction":
      verifyForm(statement.function, cx.stage, cx.problems, scope);
      return;
    case "verbatim":
      adopt(scope, statement.writes, declaring.test(statement.origin.text));
      return;
  }
}

/** Whether a label stands on a loop. */
function unwrapped(statement: Statement): boolean {
  if (statement.kind === "labelled") return unwrapped(statement.body);
  return statement.kind === "loop" || statement.kind === "forOf" || statement.kind === "forIn";
}

function looping(jumps: Jumps): Jumps {
  return { ...jumps, breakable: true, loop: true };
}

function verifyLoop(
  cx: Context,
  loop: Extract<Statement, { readonly kind: "loop" }>,
  scope: Scope,
  jumps: Jumps,
): void {
  const head = child(scope);
  const none: RegisterState = { called: false, read: new Set() };
  for (const statement of loop.init) verifyStatement(cx, statement, head, outside, none);
  const ahead = child(head);
  const inLoop = looping(jumps);
  if (loop.form === "do") verifyBlock(cx, loop.body, child(head), inLoop);
  for (const statement of loop.before) verifyStatement(cx, statement, ahead, outside, none);
  if (loop.test !== undefined) verifyExpression(cx, loop.test, ahead);
  if (loop.form !== "do") verifyBlock(cx, loop.body, child(ahead), inLoop);
  verifyBlock(cx, loop.update, child(head), outside);
}

function verifyJump(
  cx: Context,
  jump: Extract<Statement, { readonly kind: "break" | "continue" }>,
  jumps: Jumps,
): void {
  if (jump.label === undefined) {
    if (jump.kind === "break" ? !jumps.breakable : !jumps.loop) report(cx, "a jump has nothing to leave", jump);
    return;
  }
  const target = jumps.labels.get(jump.label);
  if (target === undefined) report(cx, "a jump goes to a label that is not there", jump);
  else if (jump.kind === "continue" && target !== "loop") report(cx, "a continue goes to no loop", jump);
}

/** A condition that a value and its tangent are both chosen by: it keeps the tree that a test may be. */
const isSharedCondition = (statement: Statement): boolean =>
  statement.kind === "declare" && statement.variable.role === "temporary" && statement.variable.type.kind === "boolean";

/** Operands are atoms in A-normal form. */
function verifyAtoms(cx: Context, statement: Statement): void {
  if (statement.kind === "loop" || statement.kind === "if" || statement.kind === "switch") return;
  if (cx.stage === "differentiated" && isSharedCondition(statement)) return;
  const tangent = cx.stage === "differentiated" && isTangentStatement(statement);
  const parts = statement.kind === "assign" ? [...placeOperands(statement.target)] : [];
  for (const part of parts)
    if (!isAtomic(part) && !tangent) report(cx, "a place is made of more than atoms", statement);
  for (const expression of expressionsOf(statement)) {
    if (parts.includes(expression)) continue;
    if (containsOptional(expression)) continue;
    for (const operand of childrenOf(expression)) {
      if (
        isAtomic(operand) ||
        expression.kind === "as" ||
        (expression.kind === "conditional" && operand === expression.test)
      )
        continue;
      // Rules make arithmetic of several operations; on a value that may be no number it counts as an effect.
      if (tangent && operand.kind === "binary") continue;
      if (tangent && !hasEffect(effectsOf(operand))) continue;
      report(cx, "an operand is no atom", statement);
    }
  }
}

function isAtomic({ kind }: Expression): boolean {
  return kind === "constant" || kind === "variable" || kind === "function";
}

function isTangentStatement(statement: Statement): boolean {
  let found = false;
  const look = (node: Expression) => {
    if (node.kind === "register" || (node.kind === "variable" && node.variable.role === "tangent")) found = true;
  };
  for (const expression of expressionsOf(statement)) visitExpression(expression, look);
  for (const { role } of declaredBy(statement)) if (role === "tangent") found = true;
  if (statement.kind === "assign" && statement.target.kind !== "element" && statement.target.kind !== "field")
    found ||= statement.target.kind === "register" || statement.target.variable.role === "tangent";
  return found;
}

function containsOptional(expression: Expression): boolean {
  let found = false;
  visitExpression(expression, (node) => {
    if ((node.kind === "element" || node.kind === "field") && node.optional) found = true;
  });
  return found;
}
