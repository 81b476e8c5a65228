/**
 * Ways through the intermediate form: the parts of a node in evaluation order, and rebuilding a node with other parts.
 * Everything that rebuilds returns the very same node when no part has changed, so that what is known of a node
 * (its effects, say) can be kept beside it. A nested function is a leaf: who wants inside asks `formsOf`.
 */

import type { Block, Expression, FunctionForm, Place, Spread, Statement, SwitchCase, Variable } from "./types.ts";

/** An expression or a spread operand of a call or literal. */
export type Operand = Expression | Spread;
export type ExpressionMap = (expression: Expression) => Expression;

/** The direct operands of an expression in JavaScript's evaluation order. */
export function childrenOf(expression: Operand): readonly Expression[] {
  switch (expression.kind) {
    case "constant":
    case "variable":
    case "function":
    case "register":
    case "opaque":
      return [];
    case "unary":
    case "as":
    case "spread":
      return [expression.operand];
    case "binary":
    case "logical":
      return [expression.left, expression.right];
    case "conditional":
      return [expression.test, expression.whenTrue, expression.whenFalse];
    case "math":
      return expression.arguments;
    case "element":
      return [expression.object, expression.index];
    case "field":
      return [expression.object];
    case "array":
      return expression.elements.map(unspread);
    case "object":
      return expression.properties.map((property) => (property.kind === "spread" ? property.operand : property.value));
    case "new":
      return expression.arguments.map(unspread);
    case "call": {
      const { callee } = expression;
      const operands = expression.arguments.map(unspread);
      if (callee.kind === "value") return [callee.function, ...operands];
      if (callee.kind === "method") return [callee.object, ...operands];
      return operands;
    }
  }
}

function unspread(operand: Operand): Expression {
  return operand.kind === "spread" ? operand.operand : operand;
}

function mapOperand<T extends Operand>(operand: T, map: ExpressionMap): T | Operand {
  if (operand.kind !== "spread") return map(operand);
  const inner = map(operand.operand);
  return inner === operand.operand ? operand : { ...operand, operand: inner };
}

/** `items.map(map)`, or the same array when every item came back as it was. */
export function mapSame<T>(items: readonly T[], map: (item: T, index: number) => T): readonly T[] {
  let changed = false;
  const mapped = items.map((item, index) => {
    const result = map(item, index);
    if (result !== item) changed = true;
    return result;
  });
  return changed ? mapped : items;
}

/** The expression with each direct operand replaced by what `map` makes of it, asked in evaluation order. */
export function mapChildren(expression: Expression, map: ExpressionMap): Expression {
  switch (expression.kind) {
    case "constant":
    case "variable":
    case "function":
    case "register":
    case "opaque":
      return expression;
    case "unary":
    case "as": {
      const operand = map(expression.operand);
      return operand === expression.operand ? expression : { ...expression, operand };
    }
    case "binary":
    case "logical": {
      const left = map(expression.left);
      const right = map(expression.right);
      return left === expression.left && right === expression.right ? expression : { ...expression, left, right };
    }
    case "conditional": {
      const test = map(expression.test);
      const whenTrue = map(expression.whenTrue);
      const whenFalse = map(expression.whenFalse);
      const same = test === expression.test && whenTrue === expression.whenTrue && whenFalse === expression.whenFalse;
      return same ? expression : { ...expression, test, whenTrue, whenFalse };
    }
    case "math": {
      const operands = mapSame(expression.arguments, map);
      return operands === expression.arguments ? expression : { ...expression, arguments: operands };
    }
    case "element": {
      const object = map(expression.object);
      const index = map(expression.index);
      return object === expression.object && index === expression.index ? expression : { ...expression, object, index };
    }
    case "field": {
      const object = map(expression.object);
      return object === expression.object ? expression : { ...expression, object };
    }
    case "array": {
      const elements = mapSame(expression.elements, (element) => mapOperand(element, map));
      return elements === expression.elements ? expression : { ...expression, elements };
    }
    case "object": {
      const properties = mapSame(expression.properties, (property) => {
        const before = property.kind === "spread" ? property.operand : property.value;
        const after = map(before);
        if (after === before) return property;
        return property.kind === "spread" ? { ...property, operand: after } : { ...property, value: after };
      });
      return properties === expression.properties ? expression : { ...expression, properties };
    }
    case "new": {
      const operands = mapSame(expression.arguments, (operand) => mapOperand(operand, map));
      return operands === expression.arguments ? expression : { ...expression, arguments: operands };
    }
    case "call": {
      let { callee } = expression;
      if (callee.kind === "value") {
        const called = map(callee.function);
        if (called !== callee.function) callee = { ...callee, function: called };
      } else if (callee.kind === "method") {
        const object = map(callee.object);
        if (object !== callee.object) callee = { ...callee, object };
      }
      const operands = mapSame(expression.arguments, (operand) => mapOperand(operand, map));
      const same = callee === expression.callee && operands === expression.arguments;
      return same ? expression : { ...expression, callee, arguments: operands };
    }
  }
}

/** Replaces every node of an expression from the leaves up. */
export function rewrite(expression: Expression, map: ExpressionMap): Expression {
  return map(mapChildren(expression, (child) => rewrite(child, map)));
}

/** Calls `visit` with the expression and everything in it, each before its operands. */
export function visitExpression(expression: Expression, visit: (node: Expression) => void): void {
  visit(expression);
  for (const child of childrenOf(expression)) visitExpression(child, visit);
}

/** The operands of a place that is assigned to: object and index, object, or none. */
export function placeOperands(place: Place): readonly Expression[] {
  return place.kind === "element" || place.kind === "field" ? childrenOf(place) : [];
}

/** The place with other operands; a variable or the register stays. */
export function mapPlace(place: Place, map: ExpressionMap): Place {
  if (place.kind === "element") {
    const object = map(place.object);
    const index = map(place.index);
    return object === place.object && index === place.index ? place : { ...place, object, index };
  }
  if (place.kind === "field") {
    const object = map(place.object);
    return object === place.object ? place : { ...place, object };
  }
  return place;
}

/** The expressions that stand directly in a statement, in evaluation order; an assigned variable is none of them. */
export function expressionsOf(statement: Statement): readonly Expression[] {
  switch (statement.kind) {
    case "declare":
    case "return":
      return statement.value === undefined ? [] : [statement.value];
    case "declarePair":
    case "effect":
    case "throw":
      return [statement.value];
    case "assign":
      return [...placeOperands(statement.target), statement.value];
    case "if":
      return [statement.test];
    case "loop":
      return statement.test === undefined ? [] : [statement.test];
    case "forOf":
      return [statement.iterable];
    case "forIn":
      return [statement.object];
    case "switch":
      return [statement.discriminant, ...statement.cases.flatMap(({ test }) => (test === undefined ? [] : [test]))];
    case "break":
    case "continue":
    case "labelled":
    case "try":
    case "block":
    case "declareFunction":
    case "source":
    case "verbatim":
      return [];
  }
}

/** The statement with its direct expressions (see `expressionsOf`) replaced. */
export function mapExpressions(statement: Statement, map: ExpressionMap): Statement {
  switch (statement.kind) {
    case "declare":
    case "return": {
      if (statement.value === undefined) return statement;
      const value = map(statement.value);
      return value === statement.value ? statement : { ...statement, value };
    }
    case "declarePair":
    case "effect":
    case "throw": {
      const value = map(statement.value);
      return value === statement.value ? statement : { ...statement, value };
    }
    case "assign": {
      const target = mapPlace(statement.target, map);
      const value = map(statement.value);
      return target === statement.target && value === statement.value ? statement : { ...statement, target, value };
    }
    case "if": {
      const test = map(statement.test);
      return test === statement.test ? statement : { ...statement, test };
    }
    case "loop": {
      if (statement.test === undefined) return statement;
      const test = map(statement.test);
      return test === statement.test ? statement : { ...statement, test };
    }
    case "forOf": {
      const iterable = map(statement.iterable);
      return iterable === statement.iterable ? statement : { ...statement, iterable };
    }
    case "forIn": {
      const object = map(statement.object);
      return object === statement.object ? statement : { ...statement, object };
    }
    case "switch": {
      const discriminant = map(statement.discriminant);
      const cases = mapSame(statement.cases, (branch): SwitchCase => {
        if (branch.test === undefined) return branch;
        const test = map(branch.test);
        return test === branch.test ? branch : { ...branch, test };
      });
      const same = discriminant === statement.discriminant && cases === statement.cases;
      return same ? statement : { ...statement, discriminant, cases };
    }
    case "break":
    case "continue":
    case "labelled":
    case "try":
    case "block":
    case "declareFunction":
    case "source":
    case "verbatim":
      return statement;
  }
}

/** The blocks that stand directly in a statement, in textual order. */
export function blocksOf(statement: Statement): readonly Block[] {
  switch (statement.kind) {
    case "if":
      return statement.else === undefined ? [statement.then] : [statement.then, statement.else];
    case "loop":
      return [statement.init, statement.before, statement.body, statement.update];
    case "forOf":
    case "forIn":
    case "block":
    case "source":
      return [statement.body];
    case "switch":
      return statement.cases.map(({ body }) => body);
    case "labelled":
      return [[statement.body]];
    case "try":
      return [statement.block, statement.handler, statement.finalizer].flatMap((block) =>
        block === undefined ? [] : [block],
      );
    default:
      return [];
  }
}

/** The statement with its direct blocks (see `blocksOf`) replaced; `map` must give a labelled statement back as one. */
export function mapBlocks(statement: Statement, map: (block: Block) => Block): Statement {
  switch (statement.kind) {
    case "if": {
      const then = map(statement.then);
      const otherwise = statement.else === undefined ? undefined : map(statement.else);
      if (then === statement.then && otherwise === statement.else) return statement;
      return otherwise === undefined ? { ...statement, then } : { ...statement, then, else: otherwise };
    }
    case "loop": {
      const init = map(statement.init);
      const before = map(statement.before);
      const body = map(statement.body);
      const update = map(statement.update);
      const same =
        init === statement.init &&
        before === statement.before &&
        body === statement.body &&
        update === statement.update;
      return same ? statement : { ...statement, init, before, body, update };
    }
    case "forOf":
    case "forIn":
    case "block":
    case "source": {
      const body = map(statement.body);
      return body === statement.body ? statement : { ...statement, body };
    }
    case "switch": {
      const cases = mapSame(statement.cases, (branch) => {
        const body = map(branch.body);
        return body === branch.body ? branch : { ...branch, body };
      });
      return cases === statement.cases ? statement : { ...statement, cases };
    }
    case "labelled": {
      const mapped = map([statement.body]);
      const [only] = mapped;
      const body: Statement = only !== undefined && mapped.length === 1 ? only : { kind: "block", body: mapped };
      return body === statement.body ? statement : { ...statement, body };
    }
    case "try": {
      const block = map(statement.block);
      const handler = statement.handler === undefined ? undefined : map(statement.handler);
      const finalizer = statement.finalizer === undefined ? undefined : map(statement.finalizer);
      if (block === statement.block && handler === statement.handler && finalizer === statement.finalizer)
        return statement;
      return {
        ...statement,
        block,
        ...(handler === undefined ? {} : { handler }),
        ...(finalizer === undefined ? {} : { finalizer }),
      };
    }
    default:
      return statement;
  }
}

/** The functions that stand directly in a statement: a declared one, and function expressions in its own expressions. */
export function formsOf(statement: Statement): readonly FunctionForm[] {
  const forms: FunctionForm[] = statement.kind === "declareFunction" ? [statement.function] : [];
  for (const expression of expressionsOf(statement))
    visitExpression(expression, (node) => {
      if (node.kind === "function") forms.push(node.function);
    });
  return forms;
}

/** The statement with the functions that stand directly in it (see `formsOf`) replaced. */
export function mapForms(statement: Statement, map: (form: FunctionForm) => FunctionForm): Statement {
  if (statement.kind === "declareFunction") {
    const form = map(statement.function);
    return form === statement.function ? statement : { ...statement, function: form };
  }
  return mapExpressions(statement, (expression) =>
    rewrite(expression, (node) => {
      if (node.kind !== "function") return node;
      const form = map(node.function);
      return form === node.function ? node : { ...node, function: form };
    }),
  );
}

/** Calls `visit` with every statement of a block, each before those inside it; nested functions stay closed. */
export function visitStatements(block: Block, visit: (statement: Statement) => void): void {
  for (const statement of block) {
    visit(statement);
    for (const inner of blocksOf(statement)) visitStatements(inner, visit);
  }
}

/** Replaces every direct expression in a block and in the blocks inside it. */
export function rewriteExpressions(block: Block, map: ExpressionMap): Block {
  return mapSame(block, (statement) =>
    mapExpressions(
      mapBlocks(statement, (inner) => rewriteExpressions(inner, map)),
      map,
    ),
  );
}

/** The variables that a statement itself declares (not the blocks in it, save a transparent `source`'s). */
export function declaredBy(statement: Statement): readonly Variable[] {
  switch (statement.kind) {
    case "declare":
    case "declareFunction":
      return [statement.variable];
    case "declarePair":
      return [statement.primal, statement.tangent].flatMap((variable) => (variable === undefined ? [] : [variable]));
    case "source":
      return statement.body.flatMap(declaredBy);
    default:
      return [];
  }
}

/** The form with another body. */
export function withBody(form: FunctionForm, body: Block): FunctionForm {
  return body === form.body ? form : { ...form, body };
}
