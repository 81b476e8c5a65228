import ts from "typescript";
import { evaluateClass } from "./classes.ts";
import { primalOf, truthy } from "./dual.ts";
import { evaluate, evaluateNamed } from "./evaluate.ts";
import { makeFunction } from "./functions.ts";
import { enumerableKeys, sourceText } from "./members.ts";
import { assignPattern, bind, reference, writeReference } from "./references.ts";
import { burn, isOracleFailure, OracleError } from "./run.ts";
import { boundNames, type Cell, childScope, declare, initialize, isAmbient, isLexical, type Scope } from "./scope.ts";

const { SyntaxKind } = ts;

/** How a statement ended, undefined when control simply goes on. */
type Completion =
  | undefined
  | { readonly kind: "break"; readonly label: string | undefined }
  | { readonly kind: "continue"; readonly label: string | undefined }
  | { readonly kind: "return"; readonly value: unknown };

/** Runs a function's statements in `scope`; the returned value. */
export function executeBody(statements: readonly ts.Statement[], scope: Scope): unknown {
  const completion = executeAll(statements, scope);
  return completion?.kind === "return" ? completion.value : undefined;
}

/** Name under which a module keeps its default export. */
export const DEFAULT_EXPORT = "*default*";

/** Blocks without declarations are by far the most frequent. */
const bindsNothing = new WeakMap<readonly ts.Statement[], boolean>();

function declaresNothing(statements: readonly ts.Statement[]): boolean {
  const known = bindsNothing.get(statements);
  if (known !== undefined) return known;
  const { ClassDeclaration, EnumDeclaration, ExportAssignment, FunctionDeclaration, VariableStatement } = SyntaxKind;
  const binding = [ClassDeclaration, EnumDeclaration, ExportAssignment, FunctionDeclaration, VariableStatement];
  const result = !statements.some((statement) => binding.includes(statement.kind));
  bindsNothing.set(statements, result);
  return result;
}

/** Declares the names that a block's statements bind in it, and gives functions their values. */
export function hoistBlock(statements: readonly ts.Statement[], scope: Scope): void {
  if (declaresNothing(statements)) return;
  for (const statement of statements) {
    if (isAmbient(statement)) continue;
    if (ts.isVariableStatement(statement) && isLexical(statement.declarationList)) {
      declareList(statement.declarationList, scope);
    } else if (ts.isClassDeclaration(statement)) {
      declare(scope, statement.name?.text ?? DEFAULT_EXPORT);
    } else if (ts.isEnumDeclaration(statement)) {
      initialize(scope, statement.name.text, {});
    } else if (ts.isFunctionDeclaration(statement) && statement.body !== undefined) {
      const name = statement.name?.text;
      initialize(scope, name ?? DEFAULT_EXPORT, makeFunction(statement, scope, { name: name ?? "default" }));
    } else if (ts.isExportAssignment(statement)) {
      declare(scope, DEFAULT_EXPORT);
    }
  }
}

/** Runs statements whose names were hoisted by the caller. */
export function executeHoisted(statements: readonly ts.Statement[], scope: Scope): Completion {
  for (const statement of statements) {
    const completion = execute(statement, scope);
    if (completion !== undefined) return completion;
  }
  return undefined;
}

function executeAll(statements: readonly ts.Statement[], scope: Scope): Completion {
  hoistBlock(statements, scope);
  return executeHoisted(statements, scope);
}

function declareList(list: ts.VariableDeclarationList, scope: Scope): void {
  const constant = (list.flags & ts.NodeFlags.Const) !== 0;
  for (const declaration of list.declarations) {
    for (const name of boundNames(declaration.name)) declare(scope, name, constant);
  }
}

type Executor = (node: never, scope: Scope, labels: readonly string[]) => Completion;

/** Hoisted, linked before, or types: nothing happens when their turn comes. */
const nothing = (): undefined => undefined;

/** How each kind of statement is executed. */
const executors: Readonly<Partial<Record<ts.SyntaxKind, Executor>>> = {
  [SyntaxKind.ExpressionStatement]: (node: ts.ExpressionStatement, scope) => {
    evaluate(node.expression, scope);
    return undefined;
  },
  [SyntaxKind.VariableStatement]: (node: ts.VariableStatement, scope) => {
    if (!isAmbient(node)) executeDeclarations(node.declarationList, scope);
    return undefined;
  },
  [SyntaxKind.ReturnStatement]: (node: ts.ReturnStatement, scope) => ({
    kind: "return",
    value: node.expression === undefined ? undefined : evaluate(node.expression, scope),
  }),
  [SyntaxKind.IfStatement]: (node: ts.IfStatement, scope) => {
    if (truthy(evaluate(node.expression, scope))) return execute(node.thenStatement, scope);
    return node.elseStatement === undefined ? undefined : execute(node.elseStatement, scope);
  },
  [SyntaxKind.Block]: (node: ts.Block, scope) => executeAll(node.statements, childScope(scope)),
  [SyntaxKind.ForStatement]: executeFor,
  [SyntaxKind.ForOfStatement]: executeForEach,
  [SyntaxKind.ForInStatement]: executeForEach,
  [SyntaxKind.WhileStatement]: (node: ts.WhileStatement, scope, labels) => {
    while (truthy(evaluate(node.expression, scope))) {
      burn();
      const exit = leavesLoop(execute(node.statement, scope), labels);
      if (exit !== undefined) return exit.completion;
    }
    return undefined;
  },
  [SyntaxKind.DoStatement]: (node: ts.DoStatement, scope, labels) => {
    do {
      burn();
      const exit = leavesLoop(execute(node.statement, scope), labels);
      if (exit !== undefined) return exit.completion;
    } while (truthy(evaluate(node.expression, scope)));
    return undefined;
  },
  [SyntaxKind.BreakStatement]: (node: ts.BreakStatement) => ({ kind: "break", label: node.label?.text }),
  [SyntaxKind.ContinueStatement]: (node: ts.ContinueStatement) => ({ kind: "continue", label: node.label?.text }),
  [SyntaxKind.LabeledStatement]: (node: ts.LabeledStatement, scope, labels) => {
    const label = node.label.text;
    const completion = execute(node.statement, scope, [...labels, label]);
    return completion?.kind === "break" && completion.label === label ? undefined : completion;
  },
  [SyntaxKind.SwitchStatement]: executeSwitch,
  [SyntaxKind.ThrowStatement]: (node: ts.ThrowStatement, scope) => {
    throw evaluate(node.expression, scope);
  },
  [SyntaxKind.TryStatement]: executeTry,
  [SyntaxKind.ClassDeclaration]: (node: ts.ClassDeclaration, scope) => {
    if (isAmbient(node)) return undefined;
    const value = evaluateClass(node, scope, node.name?.text ?? "default");
    initialize(scope, node.name?.text ?? DEFAULT_EXPORT, value);
    return undefined;
  },
  [SyntaxKind.EnumDeclaration]: (node: ts.EnumDeclaration, scope) => {
    if (!isAmbient(node)) executeEnum(node, scope);
    return undefined;
  },
  [SyntaxKind.ExportAssignment]: (node: ts.ExportAssignment, scope) => {
    initialize(scope, DEFAULT_EXPORT, evaluateNamed(node.expression, scope, "default"));
    return undefined;
  },
  [SyntaxKind.ModuleDeclaration]: (node: ts.ModuleDeclaration) => {
    if (!isAmbient(node)) throw new OracleError("namespaces are not supported");
    return undefined;
  },
  [SyntaxKind.FunctionDeclaration]: nothing,
  [SyntaxKind.InterfaceDeclaration]: nothing,
  [SyntaxKind.TypeAliasDeclaration]: nothing,
  [SyntaxKind.EmptyStatement]: nothing,
  [SyntaxKind.ImportDeclaration]: nothing,
  [SyntaxKind.ExportDeclaration]: nothing,
};

const NO_LABELS: readonly string[] = [];

function execute(node: ts.Statement, scope: Scope, labels: readonly string[] = NO_LABELS): Completion {
  const executor = executors[node.kind];
  if (executor === undefined) throw new OracleError(`${SyntaxKind[node.kind]} is not supported: ${node.getText()}`);
  return executor(node as never, scope, labels);
}

function executeDeclarations(list: ts.VariableDeclarationList, scope: Scope): void {
  const mode = isLexical(list) ? "initialize" : "assign";
  for (const { name, initializer } of list.declarations) {
    if (initializer === undefined) {
      if (mode === "initialize") bind(name, undefined, scope, mode);
    } else {
      const value = evaluateNamed(initializer, scope, ts.isIdentifier(name) ? name.text : "");
      bind(name, value, scope, mode, ts.isIdentifier(name) ? undefined : sourceText(initializer));
    }
  }
}

/** Undefined when the loop goes on; otherwise how the loop statement itself completes. */
function leavesLoop(
  completion: Completion,
  labels: readonly string[],
): { readonly completion: Completion } | undefined {
  if (completion === undefined) return undefined;
  const own = completion.kind !== "return" && (completion.label === undefined || labels.includes(completion.label));
  if (!own) return { completion };
  return completion.kind === "continue" ? undefined : { completion: undefined };
}

function executeFor(node: ts.ForStatement, outer: Scope, labels: readonly string[]): Completion {
  let scope = childScope(outer);
  const { initializer } = node;
  const fresh = initializer !== undefined && ts.isVariableDeclarationList(initializer) && isLexical(initializer);
  if (initializer !== undefined && ts.isVariableDeclarationList(initializer)) {
    if (fresh) declareList(initializer, scope);
    executeDeclarations(initializer, scope);
  } else if (initializer !== undefined) {
    evaluate(initializer, scope);
  }
  if (fresh) scope = copyCells(scope, outer);
  while (node.condition === undefined || truthy(evaluate(node.condition, scope))) {
    burn();
    const exit = leavesLoop(execute(node.statement, scope), labels);
    if (exit !== undefined) return exit.completion;
    // Closures made in this turn keep this turn's variables.
    if (fresh) scope = copyCells(scope, outer);
    if (node.incrementor !== undefined) evaluate(node.incrementor, scope);
  }
  return undefined;
}

function copyCells(from: Scope, parent: Scope): Scope {
  const scope = childScope(parent);
  for (const [name, cell] of from.cells) scope.cells.set(name, { ...cell } satisfies Cell);
  return scope;
}

function executeForEach(
  node: ts.ForOfStatement | ts.ForInStatement,
  outer: Scope,
  labels: readonly string[],
): Completion {
  if (ts.isForOfStatement(node) && node.awaitModifier !== undefined)
    throw new OracleError("for await is not supported");
  const source = evaluate(node.expression, outer);
  const items = ts.isForInStatement(node) ? liveKeys(source) : (source as Iterable<unknown>);
  for (const item of items) {
    burn();
    const scope = childScope(outer);
    const target = node.initializer;
    if (ts.isVariableDeclarationList(target)) {
      const lexical = isLexical(target);
      if (lexical) declareList(target, scope);
      for (const { name } of target.declarations) bind(name, item, scope, lexical ? "initialize" : "assign", ".for");
    } else if (ts.isArrayLiteralExpression(target) || ts.isObjectLiteralExpression(target)) {
      assignPattern(target, item, scope);
    } else {
      writeReference(reference(target, scope), item);
    }
    const exit = leavesLoop(execute(node.statement, scope), labels);
    if (exit !== undefined) return exit.completion;
  }
  return undefined;
}

/** The keys for-in visits; one deleted before its turn is skipped. */
function* liveKeys(source: unknown): Iterable<string> {
  const keys = enumerableKeys(source);
  for (const key of keys) if (enumerableKeys(source).includes(key)) yield key;
}

function executeSwitch(node: ts.SwitchStatement, outer: Scope): Completion {
  const subject = primalOf(evaluate(node.expression, outer));
  const scope = childScope(outer);
  const { clauses } = node.caseBlock;
  hoistBlock(
    clauses.flatMap((clause) => clause.statements),
    scope,
  );
  let start = clauses.findIndex(
    (clause) => ts.isCaseClause(clause) && primalOf(evaluate(clause.expression, scope)) === subject,
  );
  if (start < 0) start = clauses.findIndex(ts.isDefaultClause);
  if (start < 0) return undefined;
  for (const clause of clauses.slice(start)) {
    const completion = executeHoisted(clause.statements, scope);
    if (completion === undefined) continue;
    return completion.kind === "break" && completion.label === undefined ? undefined : completion;
  }
  return undefined;
}

function executeTry(node: ts.TryStatement, scope: Scope): Completion {
  const guarded = (): Completion => {
    try {
      return execute(node.tryBlock, scope);
    } catch (error) {
      if (isOracleFailure(error) || node.catchClause === undefined) throw error;
      const inner = childScope(scope);
      const name = node.catchClause.variableDeclaration?.name;
      if (name !== undefined) bind(name, error, inner, "initialize");
      return execute(node.catchClause.block, inner);
    }
  };
  if (node.finallyBlock === undefined) return guarded();
  let outcome: { readonly completion: Completion } | { readonly error: unknown };
  try {
    outcome = { completion: guarded() };
  } catch (error) {
    if (isOracleFailure(error)) throw error;
    outcome = { error };
  }
  const last = execute(node.finallyBlock, scope);
  if (last !== undefined) return last;
  if ("error" in outcome) throw outcome.error;
  return outcome.completion;
}

function executeEnum(node: ts.EnumDeclaration, outer: Scope): void {
  const members = evaluate(node.name, outer) as Record<string, unknown>;
  const scope = childScope(outer);
  let next: unknown = 0;
  for (const member of node.members) {
    const key = (member.name as ts.Identifier | ts.StringLiteral).text;
    const value = member.initializer === undefined ? next : evaluate(member.initializer, scope);
    members[key] = value;
    initialize(scope, key, value);
    if (typeof value !== "number") continue;
    members[String(value)] = key;
    next = value + 1;
  }
}
