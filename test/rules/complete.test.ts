/** The table is complete, and what is made from it follows it. */
import ts from "typescript";
import { expect, test } from "vitest";
import { math } from "../../compiler/ir/build.ts";
import { conventions, rows } from "../../compiler/rules/conventions.ts";
import { rulesMarkdown } from "../../compiler/rules/docs.ts";
import { mathHasDerivative, ruleOf, tangentOf } from "../../compiler/rules/index.ts";
import { isMathRule, mathRules } from "../../compiler/rules/math.ts";
import { isSupportName, supportFunctions, supportNames } from "../../compiler/rules/support.ts";
import { variable } from "./evaluate.ts";
import { operation } from "./operations.ts";

/** Later than ES2022, without a rule. */
const later = ["f16round", "sumPrecise"];

test("every function that Math has at run time has a row, or is refused by name", () => {
  const functions = Object.getOwnPropertyNames(Math).filter((name) => typeof Reflect.get(Math, name) === "function");
  expect(functions.filter((name) => !isMathRule(name) && !later.includes(name))).toEqual([]);
  expect(Object.keys(mathRules).filter((name) => !functions.includes(name))).toEqual([]);
  for (const name of [...later, "PI", "toString", "constructor", "__proto__"]) {
    expect(isMathRule(name)).toBe(false);
    expect(ruleOf(math(name, 1))).toBeUndefined();
    expect(() => tangentOf(math(name, 1), [variable("x")], [variable("x_t")], variable("y"))).toThrow(`Math.${name}`);
  }
});

test("flat functions have no derivative, all others have one", () => {
  const flat = Object.keys(mathRules).filter((name) => !mathHasDerivative(name));
  expect(flat).toEqual(["ceil", "clz32", "floor", "imul", "random", "round", "sign", "trunc"]);
  expect(mathHasDerivative("f16round")).toBe(false);
});

test("a row has one partial derivative an argument", () => {
  for (const { rule } of rows) expect(rule.partials).toHaveLength(rule.parameters.length);
  for (const name of supportNames) {
    const { rule } = supportFunctions[name];
    expect(rule.partials).toHaveLength(rule.parameters.length);
    expect(ruleOf(operation(name, []))).toBe(rule);
  }
  expect(isSupportName("toString")).toBe(false);
});

test("too few arguments give NaN, as in JavaScript", () => {
  const [x, x_t, y] = [variable("x"), variable("x_t"), variable("y")];
  for (const name of ["pow", "atan2"]) expect(tangentOf(math(name, x), [x], [x_t], y)).toBeDefined();
});

test("support functions are strict TypeScript that needs nothing else, under any name", () => {
  const text = supportNames.map((name) => supportFunctions[name].source(`${name}$1`)).join("");
  const options: ts.CompilerOptions = {
    strict: true,
    noUnusedLocals: true,
    noUnusedParameters: true,
    noUncheckedIndexedAccess: true,
    noEmit: true,
    target: ts.ScriptTarget.ES2022,
    lib: ["lib.es2022.d.ts"],
    types: [],
  };
  const host = ts.createCompilerHost(options);
  const { getSourceFile } = host;
  host.getSourceFile = (name, ...rest) =>
    name === "support.ts" ? ts.createSourceFile(name, text, ts.ScriptTarget.ES2022) : getSourceFile(name, ...rest);
  const program = ts.createProgram({ rootNames: ["support.ts"], options, host });
  const problems = ts.getPreEmitDiagnostics(program).map(({ messageText }) => messageText);
  expect(problems).toEqual([]);
  for (const name of supportNames) expect(text).toContain(`function ${name}$1(`);
});

test("the documents name every row and every convention", () => {
  const markdown = rulesMarkdown();
  for (const { text } of rows) expect(markdown).toContain(`\`${text}\``);
  for (const { at, derivative } of conventions) {
    expect(markdown).toContain(at.replaceAll("|", "\\|"));
    expect(markdown).toContain(derivative);
  }
  for (const line of markdown.split("\n").filter((it) => it.startsWith("|"))) {
    expect([4, 6]).toContain(line.replaceAll("\\|", "").split("|").length);
  }
});
