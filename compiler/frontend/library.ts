/** The functions of a program, lowered when first asked for. */

import type { Diagnostic, Span } from "../api.ts";
import type {
  Call,
  ClassId,
  FunctionForm,
  FunctionId,
  ModuleVariable,
  ModuleVariableId,
  Variable,
} from "../ir/types.ts";
import type { Library, Rule } from "../passes/activity/program.ts";
import { createDerivations, type Derivations, isDerivative } from "../passes/derived/derive.ts";
import type { Modules } from "../passes/scratch/refuse.ts";
import { checkFunction, checkInitial, usesArguments } from "./check.ts";
import { type ClassNode, constructorOf, createClassTable } from "./classes.ts";
import { spanOf } from "./discover.ts";
import { type FunctionNode, isFunctionNode, resolveAlias } from "./functions.ts";
import { identifiersIn, lower } from "./lower/index.ts";
import { isMathId, mathForm } from "./mathFunctions.ts";
import {
  describeModuleVariable,
  initialLength,
  isStoredElsewhere,
  moduleVariableAt,
  variableOfInitial,
} from "./moduleVariables.ts";
import { type Program, ts } from "./project.ts";
import { readRule, ruleFunction, ruleTag } from "./rules.ts";
import type { TypeReader } from "./types.ts";

export interface FunctionLibrary extends Library {
  node(id: FunctionId): FunctionNode | undefined;
  classNode(id: ClassId): ClassNode | undefined;
  variableNode(id: ModuleVariableId): ts.VariableDeclaration | undefined;
  readonly modules: Modules;
  /** The type of a module's variable, as it is printed. */
  typeText(node: ts.VariableDeclaration): string;
  /** What the fence says of a function. */
  problems(id: FunctionId): readonly Diagnostic[];
  /** What was wrong with rules that were asked for, and with derivatives that are functions. */
  readonly diagnostics: readonly Diagnostic[];
  readonly derivations: Derivations;
}

export function createLibrary(program: Program, types: TypeReader, nextId: () => number): FunctionLibrary {
  const nodes = new Map<FunctionId, ts.Node | undefined>();
  const forms = new Map<FunctionId, FunctionForm | undefined>();
  const rules = new Map<FunctionId, Rule | undefined>();
  const problems = new Map<FunctionId, readonly Diagnostic[]>();
  const diagnostics: Diagnostic[] = [];

  const declaration = (id: FunctionId): ts.Node | undefined => {
    if (isMathId(id)) return undefined;
    if (nodes.has(id)) return nodes.get(id);
    const split = id.lastIndexOf("#");
    const file = program.file(id.slice(0, split));
    const found = file && at(file, Number(id.slice(split + 1)));
    nodes.set(id, found);
    return found;
  };
  const classes = createClassTable(program);
  /** A derivative belongs where its function is. */
  const declared = (given: FunctionId): FunctionId => {
    let id = given;
    if (isMathId(id)) return id;
    while (isDerivative(id)) id = derivations.pattern(id)?.id ?? "";
    return id;
  };
  const node = (given: FunctionId): FunctionNode | undefined => {
    const found = declaration(declared(given));
    return found !== undefined && isFunctionNode(found) ? found : undefined;
  };

  /** A function, or the constructor of a class. */
  const bodyOf = (id: FunctionId): FunctionNode | undefined => {
    const found = node(id);
    if (found !== undefined || isMathId(id)) return found;
    const class_ = classes.node(id);
    const constructor_ = class_ && constructorOf(class_);
    return constructor_ !== undefined && isFunctionNode(constructor_) ? constructor_ : undefined;
  };
  const variableNode = (id: ModuleVariableId): ts.VariableDeclaration | undefined => {
    const file = program.file(id.slice(0, id.lastIndexOf("#")));
    return file && moduleVariableAt(file, id);
  };
  /** What a variable of a module begins with, where the fence lets it through. */
  const initial = (id: FunctionId): ts.VariableDeclaration | undefined => {
    const variable = variableOfInitial(id);
    const found = variable === undefined ? undefined : variableNode(variable);
    return found?.initializer !== undefined && checkInitial(found.initializer, program) ? found : undefined;
  };
  const moduleVariables = new Map<ts.SourceFile, Map<ts.Symbol, Variable>>();
  const lowered = (found: FunctionNode | ClassNode | ts.VariableDeclaration, asConstructor = false) => {
    const file = found.getSourceFile();
    const shared = moduleVariables.get(file) ?? new Map<ts.Symbol, Variable>();
    moduleVariables.set(file, shared);
    return lower(program, types, classes, found, nextId, derivations, shared, asConstructor);
  };
  const globals = new Map<ModuleVariableId, ModuleVariable | undefined>();

  const names = new Map<string, ReadonlySet<string>>();
  const library: FunctionLibrary = {
    node,
    classNode: (given) => classes.node(declared(given)),
    classes,
    get diagnostics() {
      return [...diagnostics, ...derivations.diagnostics];
    },
    get derivations() {
      return derivations;
    },
    form(id) {
      if (isDerivative(id)) return derivations.form(id);
      if (forms.has(id)) return forms.get(id);
      const found = node(id) ?? initial(id);
      const class_ = found === undefined ? classes.node(id) : undefined;
      const ofMath = mathForm(id, nextId);
      const form = ofMath ?? (class_ !== undefined ? lowered(class_, true).form : found && lowered(found).form);
      forms.set(id, form);
      return form;
    },
    global(id) {
      if (globals.has(id)) return globals.get(id);
      const found = variableNode(id);
      const known = found && describeModuleVariable(found, types, spanOf(found));
      globals.set(id, known);
      return known;
    },
    variableNode,
    modules: {
      length(id) {
        const found = variableNode(id);
        return found && initialLength(found);
      },
      open(id) {
        const found = variableNode(id);
        const symbol = found && program.checker.getSymbolAtLocation(found.name);
        const file = found?.getSourceFile();
        const module = file && program.checker.getSymbolAtLocation(file);
        if (module === undefined || file?.fileName.includes("/node_modules/")) return false;
        return program.checker.getExportsOfModule(module).some((one) => resolveAlias(one, program.checker) === symbol);
      },
      storedElsewhere(id, compiled, inside) {
        const found = variableNode(id);
        return found !== undefined && isStoredElsewhere(found, compiled, inside);
      },
    },
    typeText: (found) => types.text(program.checker.getTypeAtLocation(found.name), found),
    rule(id) {
      if (isDerivative(id)) return undefined;
      const registered = program.rules.get(id);
      if (registered !== undefined) return registered;
      if (rules.has(id)) return rules.get(id);
      const found = declaration(id);
      const rule = found && readRule(program, types, id, found, diagnostics);
      rules.set(id, rule);
      return rule;
    },
    problems(id) {
      let known = problems.get(id);
      if (known === undefined) {
        const found = bodyOf(id);
        known = found === undefined ? [] : checkFunction(found, program);
        problems.set(id, known);
      }
      return known;
    },
    obstacle: (call: Call) =>
      call.span && derivations.obstacles.get(`${call.span.file}#${call.span.start}-${call.span.end}`),
    usesArguments(id) {
      const found = bodyOf(id);
      return found !== undefined && isFunctionNode(found) && usesArguments(found, program);
    },
    text: (span: Span) => program.file(span.file)?.text.slice(span.start, span.end) ?? "",
    ambient(call: Call) {
      if (call.span === undefined) return undefined;
      const file = program.file(call.span.file);
      const found = file && callAt(file, call.span);
      const symbol = found && program.checker.getSymbolAtLocation(found.expression);
      const resolved =
        symbol && (symbol.flags & ts.SymbolFlags.Alias ? program.checker.getAliasedSymbol(symbol) : symbol);
      const declared = resolved?.declarations?.[0];
      if (declared === undefined) return undefined;
      const bodiless = ts.isFunctionDeclaration(declared) && declared.body === undefined;
      return bodiless || declared.getSourceFile().isDeclarationFile ? declared.getSourceFile().fileName : undefined;
    },
  };
  const derivations = createDerivations({
    library,
    nextId,
    identifiers(path) {
      let known = names.get(path);
      if (known === undefined) {
        const file = program.file(path);
        known = file === undefined ? new Set() : identifiersIn(file);
        names.set(path, known);
      }
      return known;
    },
    ruleFunction: (rule) => ruleFunction(program, rule),
  });
  return library;
}

/** The function that starts at an offset. */
function at(file: ts.SourceFile, start: number): ts.Node | undefined {
  let found: ts.Node | undefined;
  const visit = (node: ts.Node): void => {
    if (found !== undefined || node.getFullStart() > start || node.getEnd() <= start) return;
    const candidate = isFunctionNode(node) || (ruleTag(node) !== undefined && ts.isFunctionLike(node));
    if (candidate && node.getStart() === start) found = node;
    else ts.forEachChild(node, visit);
  };
  ts.forEachChild(file, visit);
  return found;
}

function callAt(file: ts.SourceFile, span: Span): ts.CallExpression | undefined {
  let found: ts.CallExpression | undefined;
  const visit = (node: ts.Node): void => {
    if (node.getFullStart() > span.start || node.getEnd() < span.end) return;
    if (ts.isCallExpression(node) && node.getStart() === span.start && node.getEnd() === span.end) found = node;
    else ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}
