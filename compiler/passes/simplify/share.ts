/**
 * Computes once what primal and tangent, or several tangents, have in common.
 *
 * Textbook: common subexpression elimination by value numbering over the dominator tree, which for structured code is
 * the nesting of blocks.
 * Takes for granted: atoms where A-normal form asks for them; a tangent's value may be a whole tree.
 * Guarantees: an expression is shared only where the earlier one has always been evaluated, and nothing in between could
 * have changed what it reads. Two computations of the user's own are shared only when one of them has a name anyway. The parts of
 * a tangent that are evaluated in any case get names first, so that they can be shared; `inline` takes away those that weren't.
 */

import { type Effects, effectsOf, hasEffect, statementEffects } from "../../ir/effects.ts";
import type { Block, Expression, FunctionForm, Statement, Variable } from "../../ir/types.ts";
import { typeOf } from "../../ir/typing.ts";
import { mapBlocks, mapChildren, mapExpressions, mapPlace, mapSame, rewrite } from "../../ir/walk.ts";
import { keyOf } from "./keys.ts";
import { enter, forget, type Known, lookup, within } from "./known.ts";
import { everywhere, freshIds, isGenerated, makesTangent, sharedNames, type Usage, usageOf } from "./usage.ts";

export function share(form: FunctionForm): FunctionForm {
  const fresh = freshIds(form);
  return everywhere(form, (own) => {
    const named = nameParts(own.body, fresh);
    const usages = usageOf({ ...own, body: named });
    const ambiguous = sharedNames(own);
    return shareBlock(named, within(undefined), { usages, ambiguous, aliases: new Map() });
  });
}

/** Names the compound operands of tangents that are evaluated in any case. */
function nameParts(block: Block, fresh: () => number): Block {
  const named: Statement[] = [];
  let changed = false;
  for (const statement of block) {
    const inside = mapBlocks(statement, (inner) => nameParts(inner, fresh));
    const before = named.length;
    named.push(makesTangent(inside) ? nameOperands(inside, fresh, named) : inside);
    if (named.length !== before + 1 || inside !== statement) changed = true;
  }
  return changed ? named : block;
}

function nameOperands(statement: Statement, fresh: () => number, out: Statement[]): Statement {
  const name = (expression: Expression): Expression => {
    if (isLeaf(expression)) return expression;
    const value = nameInside(expression);
    const effects = effectsOf(value);
    if (hasEffect(effects) || effects.allocates || isSign(value)) return value;
    const id = fresh();
    const variable: Variable = {
      id,
      name: `%${id}`,
      role: isTangentTree(value) ? "tangent" : "temporary",
      type: typeOf(value),
      reassigned: false,
      captured: false,
    };
    const span = value.span === undefined ? {} : { span: value.span };
    out.push({ kind: "declare", keyword: "const", variable, value, ...span });
    return { kind: "variable", variable, ...span };
  };
  const nameInside = (expression: Expression): Expression => {
    // Only the first operand of these is evaluated in any case.
    if (expression.kind === "conditional") return expression;
    if (expression.kind === "logical") return expression;
    return mapChildren(expression, name);
  };
  // A store's own operands come first, and may have an effect or be changed by one: then the tree stays whole.
  if (hasEffect(valueEffects(statement))) return statement;
  return mapExpressions(statement, nameInside);
}

function valueEffects(statement: Statement): Effects {
  if (statement.kind === "assign") return effectsOf(statement.value);
  return statement.kind === "declare" && statement.value !== undefined
    ? effectsOf(statement.value)
    : statementEffects(statement);
}

function isLeaf({ kind }: Expression): boolean {
  return kind === "constant" || kind === "variable" || kind === "register" || kind === "function" || kind === "opaque";
}

/** `-x` is not worth a name. */
function isSign(expression: Expression): boolean {
  return expression.kind === "unary";
}

function isTangentTree(expression: Expression): boolean {
  let found = false;
  const look = (node: Expression): Expression => {
    if (node.kind === "register" || (node.kind === "variable" && node.variable.role === "tangent")) found = true;
    return mapChildren(node, look);
  };
  look(expression);
  return found;
}

interface Facts {
  readonly usages: ReadonlyMap<number, Usage>;
  readonly ambiguous: ReadonlySet<string>;
  /** Variables that hold what another has held before, which is read in their stead. */
  readonly aliases: Map<number, Variable>;
}

function shareBlock(block: Block, known: Known, facts: Facts): Block {
  return mapSame(block, (statement) => shareStatement(statement, known, facts));
}

function shareStatement(original: Statement, known: Known, facts: Facts): Statement {
  const statement = mapExpressions(original, (expression) => unaliased(expression, facts));
  const inner = (statements: Block, outer: Known, ...lost: readonly Effects[]): Block => {
    const scope = within(outer);
    for (const effects of lost) forget(scope, effects);
    return shareBlock(statements, scope, facts);
  };
  const whole = statementEffects(statement);
  switch (statement.kind) {
    case "source": {
      const body = shareBlock(statement.body, known, facts);
      return body === statement.body ? statement : { ...statement, body };
    }
    case "loop": {
      const shared = shareLoop(statement, known, facts);
      forget(known, whole);
      return shared;
    }
    case "if":
    case "block":
    case "labelled": {
      const shared = mapBlocks(statement, (body) => inner(body, known));
      forget(known, whole);
      return shared;
    }
    case "forOf":
    case "forIn":
    case "switch":
    case "try": {
      // Which part ran before is not known in all of them, so each starts without what any of them changes.
      const shared = mapBlocks(statement, (body) => inner(body, known, whole));
      forget(known, whole);
      return shared;
    }
    default: {
      const shared = shareValues(statement, known, facts);
      forget(known, whole);
      if (shared.kind === "declare" && shared.value !== undefined)
        remember(shared.variable, shared.value, known, facts);
      return shared;
    }
  }
}

function shareLoop(statement: Extract<Statement, { readonly kind: "loop" }>, known: Known, facts: Facts): Statement {
  const scope = within(known);
  const init = shareBlock(statement.init, scope, facts);
  forget(scope, statementEffects(statement));
  const ahead = within(scope);
  const before = shareBlock(statement.before, ahead, facts);
  // The body of a `do` runs ahead of what comes before its test.
  const body = shareBlock(statement.body, within(statement.form === "do" ? scope : ahead), facts);
  const update = shareBlock(statement.update, within(scope), facts);
  const parts = { init, before, body, update };
  const same =
    init === statement.init && before === statement.before && body === statement.body && update === statement.update;
  return same ? statement : { ...statement, ...parts };
}

function unaliased(expression: Expression, { aliases, usages }: Facts): Expression {
  if (aliases.size === 0) return expression;
  return rewrite(expression, (node) => {
    const variable = node.kind === "variable" ? aliases.get(node.variable.id) : undefined;
    if (node.kind !== "variable" || variable === undefined) return node;
    const usage = usages.get(variable.id);
    if (usage !== undefined) usage.reads++;
    return { ...node, variable };
  });
}

/** Replaces what a statement computes by what is at hand: all of a tangent's parts, the whole of another's value. */
function shareValues(statement: Statement, known: Known, facts: Facts): Statement {
  if (makesTangent(statement)) {
    const replace = (expression: Expression): Expression =>
      reuse(expression, known, facts, () => true) ?? mapChildren(expression, replace);
    if (statement.kind === "assign") {
      const target = mapPlace(statement.target, (part) => mapChildren(part, replace));
      const value = replace(statement.value);
      return target === statement.target && value === statement.value ? statement : { ...statement, target, value };
    }
    return mapExpressions(statement, replace);
  }
  if (statement.kind !== "declare" && statement.kind !== "assign" && statement.kind !== "return") return statement;
  if (statement.value === undefined) return statement;
  const own = statement.kind === "declare" ? facts.usages.get(statement.variable.id) : undefined;
  const value = reuse(statement.value, known, facts, (holder) => isNamedAnyway(holder) || isNamedAnyway(own));
  return value === undefined ? statement : { ...statement, value };
}

/** Whether a value keeps a name of its own in what is printed. */
function isNamedAnyway(usage: Usage | undefined): boolean {
  if (usage === undefined) return false;
  return usage.variable.role === "user" || usage.reads > 1 || usage.tangentReads > 0;
}

function reuse(
  expression: Expression,
  known: Known,
  facts: Facts,
  allowed: (holder: Usage) => boolean,
): Expression | undefined {
  if (!isShareable(expression)) return undefined;
  const entry = lookup(known, keyOf(expression));
  const usage = entry && facts.usages.get(entry.holder.id);
  if (entry === undefined || usage === undefined || !allowed(usage)) return undefined;
  usage.reads++;
  return { kind: "variable", variable: entry.holder, ...(expression.span !== undefined && { span: expression.span }) };
}

function isShareable(expression: Expression): boolean {
  if (isLeaf(expression) || isSign(expression)) return false;
  const effects = effectsOf(expression);
  return !hasEffect(effects) && !effects.allocates;
}

/** Has one value from its declaration on. */
function isLasting(variable: Variable, usages: Facts["usages"]): boolean {
  return !variable.reassigned && (usages.get(variable.id)?.writes ?? 0) <= 1;
}

function remember(holder: Variable, value: Expression, known: Known, { usages, ambiguous, aliases }: Facts): void {
  const usage = usages.get(holder.id);
  if (holder.reassigned || usage === undefined || usage.writes !== 1 || ambiguous.has(holder.name)) return;
  if (
    value.kind === "variable" &&
    !value.nonNull &&
    isGenerated(holder) &&
    !usage.pinned &&
    !ambiguous.has(value.variable.name) &&
    isLasting(value.variable, usages)
  )
    aliases.set(holder.id, value.variable);
  if (!isShareable(value)) return;
  const key = keyOf(value);
  if (lookup(known, key) === undefined) enter(known, key, { holder, effects: effectsOf(value) });
}
