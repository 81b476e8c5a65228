/**
 * Copy propagation: a generated variable that only names another variable or a constant gives way to it.
 *
 * Takes for granted: atoms where A-normal form asks for them; a variable that is not reassigned has one value.
 * Guarantees: only reads of generated variables are replaced; the copy's declaration stays for `dead` to remove. A copy of a
 * variable that is reassigned is replaced only as long as nothing in between could have assigned that variable.
 */

import { isShared, statementEffects } from "../../ir/effects.ts";
import type { Atom, Block, Expression, FunctionForm, Statement, Unary } from "../../ir/types.ts";
import { mapBlocks, mapExpressions, mapSame, rewrite, rewriteExpressions, visitStatements } from "../../ir/walk.ts";
import { everywhere, isGenerated, makesTangent, sharedNames, type Usage, usageOf } from "./usage.ts";

export function copies(form: FunctionForm): FunctionForm {
  return everywhere(form, (own) => {
    const usages = usageOf(own);
    const ambiguous = sharedNames(own);
    const lasting = lastingCopies(own, usages, ambiguous);
    const body = lasting.size === 0 ? own.body : rewriteExpressions(own.body, (node) => substitute(node, lasting));
    const signs = negatives(own, usages, ambiguous);
    return passing(signs.size === 0 ? body : withSigns(body, signs), usages, ambiguous);
  });
}

type Copies = ReadonlyMap<number, Atom>;

/** Variables that are the negative of another with one value: `-x * y_t` says more than `minusX * y_t`. */
function negatives(
  form: FunctionForm,
  usages: ReadonlyMap<number, Usage>,
  ambiguous: ReadonlySet<string>,
): ReadonlyMap<number, Unary> {
  const found = new Map<number, Unary>();
  visitStatements(form.body, (statement) => {
    if (statement.kind !== "declare" || statement.value?.kind !== "unary" || statement.value.operator !== "-") return;
    const { variable, value } = statement;
    const { operand } = value;
    const usage = usages.get(variable.id);
    if (operand.kind !== "variable" || operand.variable.reassigned || ambiguous.has(operand.variable.name)) return;
    if (!isGenerated(variable) || variable.reassigned || usage === undefined || usage.pinned || usage.writes !== 1)
      return;
    if (assignedOnce(operand.variable.id, usages)) found.set(variable.id, value);
  });
  return found;
}

function withSigns(block: Block, signs: ReadonlyMap<number, Unary>): Block {
  return mapSame(block, (statement) => {
    const inside = mapBlocks(statement, (inner) => withSigns(inner, signs));
    // The primal keeps its own words.
    if (!makesTangent(inside)) return inside;
    return mapExpressions(inside, (expression) =>
      rewrite(expression, (node) => (node.kind === "variable" ? (signs.get(node.variable.id) ?? node) : node)),
    );
  });
}

function substitute(expression: Expression, known: Copies): Expression {
  return rewrite(expression, (node) => {
    if (node.kind !== "variable") return node;
    let atom: Atom | undefined = known.get(node.variable.id);
    if (atom === undefined) return node;
    for (let next: Atom | undefined = atom; next !== undefined; ) {
      atom = next;
      next = next.kind === "variable" ? known.get(next.variable.id) : undefined;
    }
    const spanned: Atom = node.span === undefined || atom.kind === "constant" ? atom : { ...atom, span: node.span };
    return node.nonNull && spanned.kind === "variable" ? { ...spanned, nonNull: true } : spanned;
  });
}

/** What a statement declares to be a copy, where the copy itself may be replaced. */
function copyOf(statement: Statement, usages: ReadonlyMap<number, Usage>, ambiguous: ReadonlySet<string>) {
  if (statement.kind !== "declare") return undefined;
  const { variable, value } = statement;
  if (variable.reassigned || (value?.kind !== "constant" && value?.kind !== "variable")) return undefined;
  const constantTangent = variable.role === "tangent" && value.kind === "constant";
  if (!isGenerated(variable) && !constantTangent) return undefined;
  const usage = usages.get(variable.id);
  if (usage === undefined || usage.pinned || usage.writes !== 1) return undefined;
  if (value.kind === "variable" && (value.nonNull || ambiguous.has(value.variable.name))) return undefined;
  return { variable, value };
}

/** Copies of constants and of variables with one value: good wherever they are read. */
function lastingCopies(form: FunctionForm, usages: ReadonlyMap<number, Usage>, ambiguous: ReadonlySet<string>): Copies {
  const found = new Map<number, Atom>();
  visitStatements(form.body, (statement) => {
    const copy = copyOf(statement, usages, ambiguous);
    if (copy === undefined) return;
    const { variable, value } = copy;
    if (value.kind === "variable" && (value.variable.reassigned || !assignedOnce(value.variable.id, usages))) return;
    found.set(variable.id, value);
  });
  return found;
}

function assignedOnce(id: number, usages: ReadonlyMap<number, Usage>): boolean {
  return (usages.get(id)?.writes ?? 0) <= 1;
}

/** Copies of reassigned variables, along the statements of each block. */
function passing(block: Block, usages: ReadonlyMap<number, Usage>, ambiguous: ReadonlySet<string>): Block {
  const known = new Map<number, Atom>();
  const walk = (statements: Block): Block =>
    mapSame(statements, (statement) => {
      if (statement.kind === "source") {
        const body = walk(statement.body);
        return body === statement.body ? statement : { ...statement, body };
      }
      const inside = mapBlocks(statement, (inner) => passing(inner, usages, ambiguous));
      // A loop's test runs after its body: what the body changes must not be read there.
      const early = inside.kind === "loop";
      if (early) forget(known, inside);
      const replaced =
        known.size === 0 ? inside : mapExpressions(inside, (expression) => substitute(expression, known));
      if (!early) forget(known, replaced);
      const copy = copyOf(replaced, usages, ambiguous);
      if (copy?.value.kind === "variable" && copy.value.variable.reassigned) known.set(copy.variable.id, copy.value);
      return replaced;
    });
  return walk(block);
}

/** Drops the copies whose original a statement could assign. */
function forget(known: Map<number, Atom>, statement: Statement): void {
  if (known.size === 0) return;
  const { writes, calls } = statementEffects(statement);
  for (const [id, atom] of known) {
    if (atom.kind !== "variable") continue;
    if (writes.has(atom.variable.id) || (calls && isShared(atom.variable))) known.delete(id);
  }
}
