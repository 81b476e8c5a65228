/**
 * Discover: which functions are to be compiled, and with respect to which parameters.
 *
 * Takes the files named by the user; finds the functions that carry `@fgrad` and those selected from outside.
 * Guarantees: each selection is a function with a body, its `wrt` names exist and can carry tangents.
 */

import type { Diagnostic, Span } from "../api.ts";
import { report } from "../diagnostics/messages.ts";
import { didYouMean } from "../diagnostics/suggest.ts";
import type { Type } from "../ir/types.ts";
import { isModuleBody } from "./bodies.ts";
import { memberOfClass } from "./classes.ts";
import {
  type FunctionNode,
  functionName,
  functionOfSymbol,
  isFunctionNode,
  unwrapped,
  variableOf,
} from "./functions.ts";
import { assignedPlace, literalPlace } from "./holders.ts";
import { moduleOf } from "./packages.ts";
import { type Program, ts } from "./project.ts";
import { RULE_TAG } from "./rules.ts";
import { canCarry, type TypeReader } from "./types.ts";

/** A function to be compiled on behalf of the user. */
export interface Selection {
  readonly node: FunctionNode;
  readonly name: string;
  /** Names of the active parameters, dotted where only a part is active; absent: all that can carry. */
  readonly wrt?: readonly string[];
  /** Selected by name from outside, not by an annotation. */
  readonly fromOutside: boolean;
  readonly span: Span;
}

/** A function with a tangent written by hand. */
export interface RuleAnnotation {
  readonly node: FunctionNode;
  readonly name: string;
  readonly rule: string;
  readonly span: Span;
}

export interface Discovery {
  readonly selections: readonly Selection[];
  readonly diagnostics: readonly Diagnostic[];
}

export const spanOf = (node: ts.Node): Span => ({
  file: node.getSourceFile().fileName,
  start: node.getStart(),
  end: node.getEnd(),
});

type Annotation =
  | { readonly kind: "compile"; readonly wrt?: readonly string[] }
  | { readonly kind: "rule"; readonly rule: string }
  | { readonly kind: "malformed"; readonly text: string };

const NAME = /^[\p{ID_Start}$_][\p{ID_Continue}$\u200c\u200d]*(\.[\p{ID_Start}$_#][\p{ID_Continue}$\u200c\u200d]*)*$/u;

const readTag = (tag: ts.JSDocTag): Annotation => readText((ts.getTextOfJSDocComment(tag.comment) ?? "").trim());

function readText(text: string): Annotation {
  const line = (text.split(/\r?\n/)[0] ?? "").trim();
  if (line === "") return { kind: "compile" };
  const rule = RULE_TAG.exec(line);
  if (rule?.[1] !== undefined) return { kind: "rule", rule: rule[1] };
  const wrt = /^wrt\s+(.+)$/.exec(line);
  if (wrt?.[1] !== undefined) {
    const names = wrt[1].split(/\s*,\s*|\s+/).filter((name) => name !== "");
    if (names.length > 0 && names.every((name) => NAME.test(name))) return { kind: "compile", wrt: names };
  }
  return { kind: "malformed", text: line };
}

/** The `@fgrad` tag of a function, looked up where people write it: above its statement or above the function itself. */
export function annotationOf(node: FunctionNode): { readonly annotation: Annotation; readonly span: Span } | undefined {
  for (const tag of tagsOf(node)) {
    if (tag.tagName.text === "fgrad" && !isProse(tag)) return { annotation: readTag(tag), span: tagSpan(tag) };
  }
  return tagOnTheLine(node);
}

/** A tag in a comment behind another statement on its line, which TypeScript takes for that statement's. */
function tagOnTheLine(node: FunctionNode): ReturnType<typeof annotationOf> {
  const { text, fileName } = node.getSourceFile();
  for (const place of placesOf(node)) {
    for (const { pos, end } of ts.getTrailingCommentRanges(text, place.getFullStart()) ?? []) {
      const found = /^\/\*\*(?:[^@]*?\s)?(@fgrad\b[^\n]*)/.exec(text.slice(pos, end - 2));
      if (found?.[1] === undefined || end > place.getStart()) continue;
      const annotation = readText(found[1].slice("@fgrad".length).trim());
      const start = pos + found[0].length - found[1].length;
      return { annotation, span: { file: fileName, start, end: start + found[1].trimEnd().length } };
    }
  }
  return undefined;
}

const tagsOf = (node: FunctionNode): ts.JSDocTag[] => placesOf(node).flatMap((place) => [...ts.getJSDocTags(place)]);

/** Where the comment of a function may stand. */
function placesOf(node: FunctionNode): ts.Node[] {
  const places: ts.Node[] = [node];
  const variable = variableOf(node);
  if (variable !== undefined) places.push(variable, variable.parent.parent);
  if (ts.isFunctionDeclaration(node) && node.name !== undefined) places.push(...overloadsOf(node, node.name.text));
  return places;
}

/** A sentence that speaks of the tag, in the middle of a line, is no annotation. */
function isProse(tag: ts.JSDocTag): boolean {
  const { text } = tag.getSourceFile();
  const before = text.slice(text.lastIndexOf("\n", tag.getStart()) + 1, tag.getStart());
  return !/^\s*(\/\*\*|\*)?\s*$/.test(before) && readTag(tag).kind === "malformed";
}

/** The signatures in front of an implementation: a tag on one of them means the implementation. */
function overloadsOf(node: ts.FunctionDeclaration, name: string): ts.Node[] {
  const { parent } = node;
  if (!ts.isSourceFile(parent) && !ts.isBlock(parent)) return [];
  return parent.statements.filter(
    (other) => ts.isFunctionDeclaration(other) && other.body === undefined && other.name?.text === name,
  );
}

function tagSpan(tag: ts.JSDocTag): Span {
  const text = tag.getText();
  const line = (text.split(/\r?\n/)[0] ?? "").replace(/\s*\*?\/?\s*$/, "");
  return { file: tag.getSourceFile().fileName, start: tag.getStart(), end: tag.getStart() + line.length };
}

export function discover(
  program: Program,
  files: readonly ts.SourceFile[],
  functions: readonly string[],
  types: TypeReader,
): Discovery {
  const diagnostics: Diagnostic[] = [];
  const selections = new Map<FunctionNode, Selection>();

  const select = (
    node: FunctionNode,
    name: string,
    wrt: readonly string[] | undefined,
    span: Span,
    fromOutside = true,
  ) => {
    if (checkSelection(node, name, wrt, span, types, diagnostics)) {
      selections.set(node, {
        node,
        name,
        fromOutside,
        span: spanOf(node),
        ...(wrt !== undefined && { wrt: [...new Set(wrt)] }),
      });
    }
  };

  for (const file of files) {
    if (!file.text.includes("@fgrad")) continue;
    const seen = new Set<ts.JSDocTag>();
    const visit = (node: ts.Node): void => {
      if (isFunctionNode(node)) {
        const found = annotationOf(node);
        if (found !== undefined) {
          const { annotation, span } = found;
          const name = qualifiedName(node);
          if (annotation.kind === "malformed")
            diagnostics.push(report.tagMalformed({ text: annotation.text }, { span }));
          else if (name === undefined) diagnostics.push(report.nameless({ span: spanOf(node) }));
          else if (annotation.kind === "compile") select(node, name, annotation.wrt, span, false);
        }
        for (const tag of tagsOf(node)) seen.add(tag);
      }
      ts.forEachChild(node, visit);
    };
    visit(file);
    reportMisplaced(file, seen, diagnostics);
  }

  for (const text of functions) selectByName(text, files, program, select, diagnostics);
  return { selections: [...selections.values()], diagnostics };
}

/** `@fgrad` on something that is no function with a body. */
function reportMisplaced(file: ts.SourceFile, seen: ReadonlySet<ts.JSDocTag>, diagnostics: Diagnostic[]): void {
  const reported = new Set<ts.JSDocTag>(seen);
  const visit = (node: ts.Node): void => {
    for (const tag of ownTags(node)) {
      if (tag.tagName.text !== "fgrad" || reported.has(tag) || isProse(tag)) continue;
      reported.add(tag);
      const place = { span: tagSpan(tag) };
      const bodiless = ts.isFunctionDeclaration(node) || ts.isMethodDeclaration(node) || ts.isMethodSignature(node);
      if (bodiless) diagnostics.push(report.noBody({ function: node.name?.getText() ?? "The function" }, place));
      else diagnostics.push(report.tagMisplaced({ construct: describe(node) }, place));
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
}

/** Tags of the comments that stand on this very node. */
function ownTags(node: ts.Node): readonly ts.JSDocTag[] {
  return ts
    .getJSDocCommentsAndTags(node)
    .flatMap((comment) => (ts.isJSDoc(comment) && comment.parent === node ? [...(comment.tags ?? [])] : []));
}

function describe(node: ts.Node): string {
  const kind = ts.SyntaxKind[node.kind] ?? "a statement";
  const words = kind
    .replace(/Declaration$|Statement$/, "")
    .replace(/([a-z])([A-Z])/g, "$1 $2")
    .toLowerCase();
  return /^[aeiou]/.test(words) ? `an ${words}` : `a ${words}`;
}

/** `f`, `Class.method`. */
export function qualifiedName(node: FunctionNode): string | undefined {
  const own = functionName(node);
  if (own === undefined) return undefined;
  const member = memberOfClass(node);
  if (member !== undefined) {
    const holder = member.className === "" ? variableOf(member.class_)?.name.getText() : member.className;
    return holder === undefined ? own : `${holder}.${own}`;
  }
  return own;
}

type Select = (node: FunctionNode, name: string, wrt: readonly string[] | undefined, span: Span) => void;

function selectByName(
  text: string,
  files: readonly ts.SourceFile[],
  program: Program,
  select: Select,
  diagnostics: Diagnostic[],
): void {
  const [name = "", list] = text.split(":", 2);
  const wrt = list?.split(",").map((entry) => entry.trim());
  if (!NAME.test(name) || (wrt !== undefined && !wrt.every((entry) => NAME.test(entry)))) {
    diagnostics.push(report.selectionMalformed({ text }, {}));
    return;
  }
  const found = new Map<FunctionNode, ts.SourceFile>();
  const known = new Set<string>();
  for (const file of files) {
    for (const [own, node] of namedFunctions(file)) {
      known.add(own);
      if (own === name) found.set(node, file);
    }
  }
  if (found.size === 0) {
    // Not declared here, but perhaps exported from here: a re-export.
    for (const file of files) {
      const symbol = moduleOf(file, program.checker);
      if (symbol === undefined) continue;
      for (const exported of program.checker.getExportsOfModule(symbol)) {
        known.add(exported.getName());
        if (exported.getName() !== name) continue;
        const node = functionOfSymbol(exported, program.checker);
        if (node !== undefined) found.set(node, node.getSourceFile());
      }
    }
  }
  if (found.size > 1) {
    const [first] = found.keys();
    const notes = [...found.keys()].map((node) => ({ message: `${name} is declared here.`, span: spanOf(node) }));
    diagnostics.push(
      report.functionAmbiguous({ name }, { ...(first !== undefined && { span: spanOf(first) }), notes }),
    );
    return;
  }
  const [node] = found.keys();
  if (node === undefined) {
    diagnostics.push(
      report.functionNotFound(
        { name, files: files.map((file) => file.fileName).join(", "), suggestion: didYouMean(name, [...known]) },
        {},
      ),
    );
    return;
  }
  select(node, name, wrt, spanOf(node));
}

/** The functions of a file that have a name, top level and methods first; nested ones too. */
function namedFunctions(file: ts.SourceFile): [string, FunctionNode][] {
  const found: [string, FunctionNode][] = [];
  const visit = (node: ts.Node): void => {
    if (isFunctionNode(node) && !ts.isConstructorDeclaration(node) && !isModuleBody(node)) {
      const names = new Set([qualifiedName(node), literalPlace(node)]);
      if (assignedPlace(node)?.getText() === "module.exports") names.add("default");
      for (const name of names) if (name !== undefined) found.push([name, node]);
    }
    if (ts.isExportAssignment(node)) {
      const value = unwrapped(node.expression);
      if (isFunctionNode(value)) found.push(["default", value]);
    }
    if (isFunctionNode(node) && !isModuleBody(node)) return;
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

function checkSelection(
  node: FunctionNode,
  name: string,
  wrt: readonly string[] | undefined,
  span: Span,
  types: TypeReader,
  diagnostics: Diagnostic[],
): boolean {
  const place = { span, function: name };
  const known = new Map<string, Type>();
  for (const parameter of node.parameters) {
    for (const identifier of boundNames(parameter.name)) known.set(identifier.text, types.at(identifier));
    if (ts.isIdentifier(parameter.name)) known.set(parameter.name.text, types.at(parameter));
  }
  if (wrt === undefined) {
    if ([...known.values()].some((type) => canCarry(type)) || memberOfClass(node) !== undefined) return true;
    diagnostics.push(report.noActiveParameter({ function: name }, place));
    return false;
  }
  let fine = true;
  const seen = new Set<string>();
  for (const path of wrt) {
    if (seen.has(path)) diagnostics.push(report.repeatedWrt({ name: path }, place));
    seen.add(path);
    const [head = "", ...rest] = path.split(".");
    if (head === "this" && memberOfClass(node) !== undefined) continue;
    let type = known.get(head);
    if (type === undefined) {
      const names = [...known.keys()];
      diagnostics.push(
        report.unknownWrt(
          { function: name, name: head, suggestion: didYouMean(head, names), known: names.join(", ") || "nothing" },
          place,
        ),
      );
      fine = false;
      continue;
    }
    let good = true;
    for (const field of type?.kind === "unknown" ? [] : rest) {
      const fields: ReadonlyMap<string, Type> = type?.kind === "object" ? type.fields() : new Map();
      const next = fields.get(field);
      if (next === undefined) {
        const names = [...fields.keys()];
        diagnostics.push(
          report.unknownWrtPath(
            {
              path,
              type: type === undefined ? "unknown" : typeName(type),
              suggestion: didYouMean(field, names),
              known: names.join(", ") || "no fields",
            },
            place,
          ),
        );
        good = false;
        break;
      }
      type = next;
    }
    if (good && type !== undefined && !canCarry(type)) {
      diagnostics.push(report.inactiveWrt({ name: path, type: typeName(type) }, place));
      good = false;
    }
    fine &&= good;
  }
  return fine;
}

/** The identifiers that a binding pattern declares. */
export function boundNames(name: ts.BindingName): ts.Identifier[] {
  if (ts.isIdentifier(name)) return [name];
  return name.elements.flatMap((element) => (ts.isOmittedExpression(element) ? [] : boundNames(element.name)));
}

/** A type in the words of a message. */
export function typeName(type: Type): string {
  switch (type.kind) {
    case "array":
      return type.constructor_ === "Array" ? `${typeName(type.element)}[]` : type.constructor_;
    case "tuple":
      return `[${type.elements.map(typeName).join(", ")}]`;
    case "object":
    case "inert":
      return type.name === "" || type.name === "__type" ? "object" : type.name;
    case "union":
      return type.members.map(typeName).join(" | ");
    default:
      return type.kind;
  }
}
