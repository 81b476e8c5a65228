/** What the parts of lowering share: variables, the statements written so far, temporaries. */

import type { Diagnostic, Span } from "../../api.ts";
import type { Atom, Block, ClassId, Expression, Statement, Type, Variable } from "../../ir/types.ts";
import type { Derivations } from "../../passes/derived/derive.ts";
import { isModuleBody } from "../bodies.ts";
import type { ClassTable } from "../classes.ts";
import { functionId, functionOfSymbol, isFunctionNode, isTopLevel } from "../functions.ts";
import { mathAlias } from "../mathAlias.ts";
import { mathId } from "../mathFunctions.ts";
import { moduleDeclaration, moduleVariableId } from "../moduleVariables.ts";
import { type Program, ts } from "../project.ts";
import type { TypeReader } from "../types.ts";

export interface Usage {
  readonly reassigned: boolean;
  readonly captured: boolean;
}

export interface Context {
  readonly program: Program;
  readonly types: TypeReader;
  /** The function declared at the outermost level that is being lowered. */
  readonly root: ts.Node;
  readonly diagnostics: Diagnostic[];
  readonly variables: Map<ts.Symbol, Variable>;
  /** Variables of the module, shared by all its functions. */
  readonly moduleVariables: Map<ts.Symbol, Variable>;
  /** The objects that methods of object literals belong to. */
  readonly selves: Map<ts.Node, Variable>;
  /** Functions of `Math` that are used as values, by name. */
  readonly mathValues: Map<string, Variable>;
  readonly usage: ReadonlyMap<ts.Symbol, Usage>;
  /** Identifiers are numbered through a whole compilation. */
  readonly nextId: () => number;
  /** Where statements go. */
  out: Statement[];
  /** `this` of the function being lowered, in members of classes. */
  receiver: Variable | undefined;
  /** The class whose member is being lowered. */
  class_: ClassId | undefined;
  readonly classes: ClassTable;
  readonly derivations: Derivations;
  /** Labels put on loops, for jumps that lowering itself writes. */
  readonly labels: Set<string>;
  /** Parameters that stand for a function which is known, in the copy of a function that differentiates them. */
  readonly bound: ReadonlyMap<ts.Symbol, Bound>;
  /** The functions whose copies are being lowered. */
  readonly operators: ReadonlySet<ts.Node>;
  /** Parts of an optional chain that were evaluated to ask whether they are there, and the links that ask. */
  readonly evaluated: Map<ts.Node, Atom>;
  readonly asked: Set<ts.Node>;
}

/** A function given as an argument, and where. */
export interface Bound {
  readonly cx: Context;
  readonly expression: ts.Expression;
}

export const spanOf = (node: ts.Node): Span => ({
  file: node.getSourceFile().fileName,
  start: node.getStart(),
  end: node.getEnd(),
});

/** Runs `write` and returns the statements that it wrote. */
export function collect(cx: Context, write: () => void): Block {
  const outer = cx.out;
  const inner: Statement[] = [];
  cx.out = inner;
  write();
  cx.out = outer;
  return inner;
}

export const reference = (variable: Variable, span?: Span): Atom => ({
  kind: "variable",
  variable,
  ...(span !== undefined && { span }),
});

export function isAtom(value: Expression): value is Atom {
  return value.kind === "constant" || value.kind === "variable";
}

/** A new temporary for a value of a node. */
export function temporary(cx: Context, type: Type, node: ts.Node, reassigned = false): Variable {
  const id = cx.nextId();
  const expected = expectedType(cx, node);
  const text = expected?.text ?? typeText(cx, type, node);
  return {
    id,
    name: `%${id}`,
    role: "temporary",
    type: expected?.type ?? type,
    reassigned,
    captured: false,
    ...(text !== undefined && { typeText: text }),
    ...(expected !== undefined && { annotated: true }),
  };
}

/** What the place of a literal makes of it: a tuple of a list, an object with fields that may be missing. */
function expectedType(cx: Context, node: ts.Node): { readonly type: Type; readonly text: string } | undefined {
  if (!ts.isExpression(node) || !makesLiteral(node)) return undefined;
  const wanted = cx.program.checker.getContextualType(node);
  if (wanted === undefined || isConstAssertion(node)) return undefined;
  const type = cx.types.of(wanted);
  const text = cx.types.text(wanted, node);
  if (type.kind !== "object" && type.kind !== "tuple" && type.kind !== "array") return undefined;
  // What a pattern on the other side expects need not be what the literal is.
  const { checker } = cx.program;
  if (!checker.isTypeAssignableTo(checker.getTypeAtLocation(node), wanted)) return undefined;
  return isClosed(wanted) && !/\bany\b/.test(text) ? { type, text } : undefined;

  function isClosed(part: ts.Type): boolean {
    // Of a type parameter it is not known here what it stands for.
    if (part.flags & ts.TypeFlags.TypeParameter) return false;
    const reference = part as Partial<ts.TypeReference>;
    const inner = reference.target === undefined ? [] : cx.program.checker.getTypeArguments(part as ts.TypeReference);
    return [...inner, ...(part.aliasTypeArguments ?? [])].every((one) => one === part || isClosed(one));
  }
}

/** Whether a value is a literal of its place, or may be one. */
function makesLiteral(node: ts.Expression): boolean {
  if (ts.isParenthesizedExpression(node)) return makesLiteral(node.expression);
  if (ts.isConditionalExpression(node)) return makesLiteral(node.whenTrue) || makesLiteral(node.whenFalse);
  return ts.isObjectLiteralExpression(node) || ts.isArrayLiteralExpression(node);
}

/** `[…] as const`. */
export const isConstAssertion = (node: ts.Expression): boolean =>
  ts.isAsExpression(node.parent) && node.parent.type.getText() === "const";

/** A temporary for a value that begins as another: as the left side of `a ?? b`, which may be nothing. */
export function temporaryFrom(cx: Context, node: ts.Expression, first: ts.Expression): Variable {
  const variable = temporary(cx, cx.types.at(node), node, true);
  const text = typeText(cx, cx.types.at(first), first);
  const own = variable.typeText;
  if (own === undefined || text === undefined || own === text) return variable;
  return { ...variable, typeText: [own, text].map((part) => (part.includes("=>") ? `(${part})` : part)).join(" | ") };
}

function typeText(cx: Context, type: Type, node: ts.Node): string | undefined {
  if (type.kind === "number" || type.kind === "boolean" || type.kind === "string") return type.kind;
  if (!ts.isExpression(node)) return undefined;
  return cx.types.text(withoutNumberLiterals(cx, cx.program.checker.getTypeAtLocation(node)), node);
}

/** The generated function returns a number where the user's was found to return `0 | 1`. */
export function withoutNumberLiterals(cx: Context, type: ts.Type): ts.Type {
  const members = type.isUnion() ? type.types : [type];
  const literal = members.some((member) => member.isNumberLiteral());
  return literal && !members.some((member) => member.isStringLiteral())
    ? cx.program.checker.getBaseTypeOfLiteralType(type)
    : type;
}

/** Names a value: a constant or variable as it is, anything else in a temporary. */
export function named(cx: Context, value: Expression, node: ts.Node): Atom {
  if (isAtom(value)) return value;
  const variable = temporary(cx, cx.types.at(node), node);
  cx.out.push({ kind: "declare", keyword: "const", variable, value, span: spanOf(node) });
  return reference(variable, spanOf(node));
}

/** A copy of a variable's present value, where what is evaluated next may change the variable. */
export function snapshot(cx: Context, atom: Atom, node: ts.Node, later: readonly ts.Node[]): Atom {
  if (atom.kind !== "variable" || atom.variable.role !== "user" || !atom.variable.reassigned) return atom;
  if (!later.some((other) => mayChange(cx, atom.variable, other))) return atom;
  const variable = temporary(cx, cx.types.at(node), node);
  cx.out.push({ kind: "declare", keyword: "const", variable, value: atom, span: spanOf(node) });
  return reference(variable, spanOf(node));
}

/** Whether evaluating a node may assign a variable: by name, or by a call when a closure has hold of it. */
function mayChange(cx: Context, variable: Variable, node: ts.Node): boolean {
  if (isCallLike(node) && (variable.captured || variable.module === true)) return true;
  const target = assignedIdentifier(node);
  if (target?.some((identifier) => lookup(cx, identifier) === variable) === true) return true;
  return ts.forEachChild(node, (child) => mayChange(cx, variable, child) || undefined) ?? false;
}

const isCallLike = (node: ts.Node): boolean =>
  ts.isCallExpression(node) ||
  ts.isNewExpression(node) ||
  ts.isTaggedTemplateExpression(node) ||
  ts.isAwaitExpression(node) ||
  ts.isYieldExpression(node);

export const isAssignmentOperator = (kind: ts.SyntaxKind): boolean =>
  kind >= ts.SyntaxKind.FirstAssignment && kind <= ts.SyntaxKind.LastAssignment;

/** The identifiers that a node itself assigns. */
export function assignedIdentifier(node: ts.Node): ts.Identifier[] | undefined {
  if (ts.isBinaryExpression(node) && isAssignmentOperator(node.operatorToken.kind)) return targetsOf(node.left);
  if (ts.isPrefixUnaryExpression(node) || ts.isPostfixUnaryExpression(node)) {
    const { operator } = node;
    if (operator === ts.SyntaxKind.PlusPlusToken || operator === ts.SyntaxKind.MinusMinusToken) {
      return targetsOf(node.operand);
    }
  }
  if ((ts.isForOfStatement(node) || ts.isForInStatement(node)) && !ts.isVariableDeclarationList(node.initializer)) {
    return targetsOf(node.initializer);
  }
  return undefined;
}

function targetsOf(node: ts.Node): ts.Identifier[] {
  if (ts.isIdentifier(node)) return [node];
  if (ts.isParenthesizedExpression(node) || ts.isNonNullExpression(node) || ts.isAsExpression(node)) {
    return targetsOf(node.expression);
  }
  if (ts.isArrayLiteralExpression(node)) return node.elements.flatMap(targetsOf);
  if (ts.isSpreadElement(node)) return targetsOf(node.expression);
  if (ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.EqualsToken) return targetsOf(node.left);
  if (ts.isObjectLiteralExpression(node)) {
    return node.properties.flatMap((property) => {
      if (ts.isShorthandPropertyAssignment(property)) return [property.name];
      if (ts.isPropertyAssignment(property)) return targetsOf(property.initializer);
      return ts.isSpreadAssignment(property) ? targetsOf(property.expression) : [];
    });
  }
  return [];
}

/** The symbol that an identifier means as a value. */
export function symbolOf(checker: ts.TypeChecker, identifier: ts.Identifier): ts.Symbol | undefined {
  const { parent } = identifier;
  if (ts.isShorthandPropertyAssignment(parent) && parent.name === identifier) {
    return checker.getShorthandAssignmentValueSymbol(parent);
  }
  if (ts.isExportSpecifier(parent)) return checker.getExportSpecifierLocalTargetSymbol(parent);
  // Of a parameter that is a field as well, the parameter.
  if (ts.isParameter(parent) && parent.name === identifier && ts.isParameterPropertyDeclaration(parent, parent.parent))
    return checker.getSymbolsOfParameterPropertyDeclaration(parent, identifier.text)[0];
  return checker.getSymbolAtLocation(identifier);
}

/**
 * How each local symbol of a function (or module) is used: found by one walk over it. `isInlined` tells the functions
 * whose body becomes part of the function around them.
 */
export function usageOf(
  checker: ts.TypeChecker,
  root: ts.Node,
  isInlined: (node: ts.Node) => boolean = () => false,
): Map<ts.Symbol, Usage> {
  const usage = new Map<ts.Symbol, Usage>();
  const owner = new Map<ts.Symbol, ts.Node>();
  const note = (symbol: ts.Symbol, change: Partial<Usage>) => {
    const old = usage.get(symbol) ?? { reassigned: false, captured: false };
    usage.set(symbol, {
      reassigned: old.reassigned || change.reassigned === true,
      captured: old.captured || change.captured === true,
    });
  };
  const visit = (node: ts.Node, inside: ts.Node): void => {
    if (ts.isTypeNode(node)) return;
    if (ts.isIdentifier(node) && !isPropertyName(node)) {
      const symbol = symbolOf(checker, node);
      if (symbol !== undefined) {
        const declared =
          owner.get(symbol) ?? functionAround(symbol.valueDeclaration ?? symbol.declarations?.[0], isInlined);
        if (declared !== undefined) owner.set(symbol, declared);
        note(symbol, { captured: declared !== undefined && declared !== inside });
      }
    }
    for (const identifier of [...(assignedIdentifier(node) ?? []), ...repeatedlyDeclared(node)]) {
      const symbol = symbolOf(checker, identifier);
      if (symbol !== undefined) note(symbol, { reassigned: true });
    }
    const own = (isFunctionNode(node) && !isInlined(node)) || ts.isClassStaticBlockDeclaration(node);
    const next = own ? node : inside;
    ts.forEachChild(node, (child) => visit(child, next));
  };
  visit(root, root);
  return usage;
}

/** `var` may be declared again, read before its declaration, and reached again in a loop: each is an assignment. */
function repeatedlyDeclared(node: ts.Node): ts.Identifier[] {
  if (!ts.isVariableDeclaration(node) || !ts.isVariableDeclarationList(node.parent)) return [];
  if (node.parent.flags & ts.NodeFlags.BlockScoped) return [];
  const names = (name: ts.BindingName): ts.Identifier[] =>
    ts.isIdentifier(name)
      ? [name]
      : name.elements.flatMap((element) => (ts.isOmittedExpression(element) ? [] : names(element.name)));
  return names(node.name);
}

function functionAround(
  node: ts.Node | undefined,
  isInlined: (node: ts.Node) => boolean = () => false,
): ts.Node | undefined {
  let at = node?.parent;
  // A function's own name belongs to the scope around it; its parameters and locals to the function.
  while (at !== undefined && (!isFunctionNode(at) || isInlined(at)) && !ts.isSourceFile(at)) at = at.parent;
  return at;
}

/** The variable that an identifier means, or nothing for globals. */
export function lookup(cx: Context, identifier: ts.Identifier): Variable | undefined {
  const symbol = symbolOf(cx.program.checker, identifier);
  return symbol === undefined ? undefined : variableOfSymbol(cx, symbol, identifier);
}

export function variableOfSymbol(cx: Context, symbol: ts.Symbol, identifier: ts.Identifier): Variable | undefined {
  const known = cx.variables.get(symbol) ?? cx.moduleVariables.get(symbol);
  if (known !== undefined) return known;
  const declaration = symbol.valueDeclaration ?? symbol.declarations?.[0];
  if (declaration === undefined) return undefined;
  const file = declaration.getSourceFile();
  if (file.isDeclarationFile && !ts.isImportSpecifier(declaration) && !ts.isImportClause(declaration)) return undefined;
  const around = functionAround(declaration);
  const module = around === undefined || isModuleBody(around) || !isInside(declaration, cx.root);
  const usage = cx.usage.get(symbol) ?? { reassigned: false, captured: false };
  const constant = ts.isVariableDeclaration(declaration) && (declaration.parent.flags & ts.NodeFlags.Const) !== 0;
  const variable: Variable = {
    id: cx.nextId(),
    name: symbol.getName() === "default" ? identifier.text : symbol.getName(),
    role: "user",
    type: cx.types.at(
      ts.isParameter(declaration) || ts.isVariableDeclaration(declaration) ? declaration.name : identifier,
    ),
    reassigned: module ? isMutableModuleVariable(declaration) : usage.reassigned && !constant,
    captured: module ? false : usage.captured,
    ...(module && { module: true }),
    ...(module && (heldFunction(cx, symbol) ?? heldMath(cx, identifier) ?? globalOf(cx, symbol))),
    ...(!module && typeTextOf(cx, declaration)),
  };
  // One variable wherever the module's functions name it, as one may be written out in another.
  (module && isOutermost(declaration) ? cx.moduleVariables : cx.variables).set(symbol, variable);
  return variable;
}

function globalOf(cx: Context, symbol: ts.Symbol): { global: string } | undefined {
  const declaration = moduleDeclaration(symbol, cx.program.checker);
  return declaration && { global: moduleVariableId(declaration) };
}

const isOutermost = (declaration: ts.Declaration): boolean => {
  const around = functionAround(declaration);
  return around === undefined || ts.isSourceFile(around);
};

function heldFunction(cx: Context, symbol: ts.Symbol): { holds: string } | undefined {
  const held = functionOfSymbol(symbol, cx.program.checker);
  return held !== undefined && isTopLevel(held) ? { holds: functionId(held) } : undefined;
}

/** `const { sin } = Math` of the module. */
function heldMath(cx: Context, identifier: ts.Identifier): { holds: string } | undefined {
  const name = mathAlias(cx.program.checker, identifier);
  return name === undefined ? undefined : { holds: mathId(cx.root.getSourceFile().fileName, name) };
}

function typeTextOf(cx: Context, declaration: ts.Declaration): { typeText: string; annotated?: true } | undefined {
  if ((ts.isVariableDeclaration(declaration) || ts.isParameter(declaration)) && declaration.type !== undefined) {
    return { typeText: declaration.type.getText(), annotated: true };
  }
  if (!ts.isVariableDeclaration(declaration) && !ts.isParameter(declaration) && !ts.isBindingElement(declaration))
    return undefined;
  const type = cx.program.checker.getTypeAtLocation(declaration.name);
  const text = cx.types.text(type, declaration);
  return /\bany\b/.test(text) ? undefined : { typeText: text };
}

function isMutableModuleVariable(declaration: ts.Declaration): boolean {
  return ts.isVariableDeclaration(declaration) && (declaration.parent.flags & ts.NodeFlags.Const) === 0;
}

function isInside(node: ts.Node, root: ts.Node): boolean {
  let at: ts.Node | undefined = node;
  while (at !== undefined && at !== root) at = at.parent;
  return at === root;
}

/** Variables of the function at hand, and of its module, that a piece of source reads and assigns. */
export function variablesIn(cx: Context, node: ts.Node): { reads: Variable[]; writes: Variable[] } {
  const reads = new Set<Variable>();
  const writes = new Set<Variable>();
  const visit = (at: ts.Node): void => {
    if (ts.isTypeNode(at)) return;
    if (ts.isIdentifier(at) && !isPropertyName(at)) {
      const variable = lookup(cx, at);
      if (variable !== undefined) {
        reads.add(variable);
        if (ts.isVariableDeclaration(at.parent) || ts.isParameter(at.parent) || ts.isBindingElement(at.parent)) {
          writes.add(variable);
        }
      }
    }
    for (const identifier of assignedIdentifier(at) ?? []) {
      const variable = lookup(cx, identifier);
      if (variable !== undefined) writes.add(variable);
    }
    ts.forEachChild(at, visit);
  };
  visit(node);
  return { reads: [...reads], writes: [...writes] };
}

function isPropertyName(identifier: ts.Identifier): boolean {
  const { parent } = identifier;
  return (
    (ts.isPropertyAccessExpression(parent) && parent.name === identifier) ||
    (ts.isPropertyAssignment(parent) && parent.name === identifier) ||
    (ts.isLabeledStatement(parent) && parent.label === identifier) ||
    (ts.isBreakOrContinueStatement(parent) && parent.label === identifier)
  );
}

const textOfNumber: ReadonlySet<string> = new Set(["toFixed", "toPrecision", "toExponential"]);
const conversions: ReadonlySet<string> = new Set(["String", "Number", "Boolean", "isNaN", "isFinite"]);

/** `x.toFixed(2)`, `String(x)`: what messages are made with. */
function tellsNumber(node: ts.Node): boolean {
  if (!ts.isCallExpression(node)) return false;
  const { expression } = node;
  if (ts.isPropertyAccessExpression(expression)) return textOfNumber.has(expression.name.text);
  return ts.isIdentifier(expression) && conversions.has(expression.text);
}

/** Whether evaluating a piece of source calls anything but `Math`, assigns, or otherwise has an effect. */
export function isPure(node: ts.Node): boolean {
  if (ts.isFunctionLike(node)) return true;
  if (isCallLike(node)) {
    const math =
      ts.isCallExpression(node) &&
      ts.isPropertyAccessExpression(node.expression) &&
      node.expression.expression.getText() === "Math" &&
      node.expression.name.text !== "random";
    if (!math && !tellsNumber(node)) return false;
  }
  if (assignedIdentifier(node) !== undefined || ts.isDeleteExpression(node)) return false;
  return ts.forEachChild(node, (child) => (isPure(child) ? undefined : true)) === undefined;
}
