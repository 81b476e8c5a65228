import fc from "fast-check";
import { ts } from "ts-morph";
import { describe, expect, test } from "vitest";
import { printFunction } from "../../compiler/backend/print/print.ts";
import { defaultStyle, type Style } from "../../compiler/backend/style.ts";
import { binary, conditional, constant, math, unary } from "../../compiler/ir/build.ts";
import type { Expression, FunctionForm } from "../../compiler/ir/types.ts";
import { effect, form, giveBack, nowhere, number, read, variable } from "./forms.ts";
import { meant, parseExpression, structureOf } from "./structure.ts";

const [a, b, c] = [variable("a"), variable("b"), variable("c")];
const [x, y, z] = [read(a), read(b), read(c)];

/** An expression as it is printed behind `return`. */
function print(value: Expression, style: Partial<Style> = {}): string {
  const { text } = printFunction(form("f", [a, b, c], [giveBack(value)]), {
    reserved: new Set(),
    style: { ...defaultStyle, width: 10_000, ...style },
  });
  return /return ([\s\S]*);\n\}$/.exec(text)?.[1] ?? text;
}

const logical = (operator: "&&" | "||" | "??", left: Expression, right: Expression): Expression => ({
  kind: "logical",
  operator,
  left,
  right,
});
const get = (object: Expression, name: string, optional = false): Expression => ({
  kind: "field",
  object,
  name,
  optional,
});
const method = (object: Expression, name: string, ...values: Expression[]): Expression => ({
  kind: "call",
  callee: { kind: "method", object, name },
  arguments: values,
});
const arrow = (value: Expression): Expression => ({ kind: "function", function: functionOf("arrow", value) });
function functionOf(style: FunctionForm["style"], value: Expression): FunctionForm {
  const { resultText: _, ...rest } = form("", [], [giveBack(value)]);
  return { ...rest, style };
}

describe("parentheses", () => {
  test.each<[string, Expression]>([
    ["(-a) ** 2", binary("**", unary("-", x), 2)],
    ["-(a ** 2)", unary("-", binary("**", x, 2))],
    ["a ** -b", binary("**", x, unary("-", y))],
    ["(a ** b) ** c", binary("**", binary("**", x, y), z)],
    ["a ** b ** c", binary("**", x, binary("**", y, z))],
    ["(-2) ** a", binary("**", -2, x)],
    ["a - (b - c)", binary("-", x, binary("-", y, z))],
    ["a - b - c", binary("-", binary("-", x, y), z)],
    ["a - -b", binary("-", x, unary("-", y))],
    ["a - -1", binary("-", x, -1)],
    ["-(-a)", unary("-", unary("-", x))],
    ["-(-1)", unary("-", constant(-1))],
    ["+(+a)", unary("+", unary("+", x))],
    ["-+a", unary("-", unary("+", x))],
    ["-a * b", binary("*", unary("-", x), y)],
    ["a * (b / c)", binary("*", x, binary("/", y, z))],
    ["a / b / c", binary("/", binary("/", x, y), z)],
    ["(a ?? b) || c", logical("||", logical("??", x, y), z)],
    ["a ?? (b && c)", logical("??", x, logical("&&", y, z))],
    ["(a && b) || c", logical("||", logical("&&", x, y), z)],
    ["a && (b && c)", logical("&&", x, logical("&&", y, z))],
    ["!(a < b)", unary("!", binary("<", x, y))],
    ["(a < b) === c", binary("===", binary("<", x, y), z)],
    ["(a < b) | (b > c)", binary("|", binary("<", x, y), binary(">", y, z))],
    ["a < b && b > c", logical("&&", binary("<", x, y), binary(">", y, z))],
    ["(-1).toFixed(a)", method(constant(-1), "toFixed", x)],
    ["(1).toFixed(a)", method(constant(1), "toFixed", x)],
    ["Math.sin(a).toFixed(b)", method(math("sin", x), "toFixed", y)],
    ["(a + b).toFixed()", method(binary("+", x, y), "toFixed")],
    ["(a?.b).c", get(get(x, "b", true), "c")],
    ["(a ? b : c) ? 1 : 2", conditional(conditional(x, y, z), 1, 2)],
    ["a ? b : c ? 1 : 2", conditional(x, y, conditional(z, 1, 2))],
    ["() => ({})", arrow({ kind: "object", properties: [] })],
    ["() => ({}.x)", arrow(get({ kind: "object", properties: [] }, "x"))],
    ["a ? b : (() => c)", conditional(x, y, arrow(z))],
    ["typeof (a + b)", unary("typeof", binary("+", x, y))],
    ["(a as number) + b", binary("+", { kind: "as", operand: x, type: "number" }, y)],
    ["(a + b) as number", { kind: "as", operand: binary("+", x, y), type: "number" }],
    ["[a, b] as [number, number]", { kind: "array", elements: [x, y], as: "[number, number]" }],
    ["(() => a)(b)", { kind: "call", callee: { kind: "value", function: arrow(x) }, arguments: [y] }],
    ["new (f().g)(a)", { kind: "new", constructor_: "f().g", arguments: [x] }],
    ["(a, b) + c", binary("+", opaque("a, b"), z)],
    ["(await a) ** b", binary("**", opaque("await a"), y)],
    [
      "f((a < b), c > (a, b))",
      {
        kind: "call",
        callee: { kind: "global", name: "f", pure: true },
        arguments: [binary("<", x, y), binary(">", z, opaque("a, b"))],
      },
    ],
    [
      "{ a, x: b, ...c }",
      {
        kind: "object",
        properties: [
          { kind: "property", name: "a", value: x },
          { kind: "property", name: "x", value: y },
          { kind: "spread", operand: z },
        ],
      },
    ],
    [
      '{ "a-b": a, 1: b }',
      {
        kind: "object",
        properties: [
          { kind: "property", name: "a-b", value: x },
          { kind: "property", name: "1", value: y },
        ],
      },
    ],
  ])("%s", (text, value) => {
    expect(print(value)).toBe(text);
  });

  test("the user's own stay, those of others do not appear", () => {
    const text = "(a * b) / c + 1";
    const at = (piece: string) => ({
      file: "/test.ts",
      start: text.indexOf(piece),
      end: text.indexOf(piece) + piece.length,
    });
    const product: Expression = { ...binary("*", x, y), span: at("a * b") };
    const quotient: Expression = { ...binary("/", product, z), span: at("(a * b) / c") };
    const sum: Expression = { ...binary("+", quotient, 1), span: at(text) };
    const options = { reserved: new Set<string>(), source: { file: "/test.ts", text } };
    expect(printFunction(form("f", [a, b, c], [giveBack(sum)]), options).text).toContain("return (a * b) / c + 1;");
    const elsewhere = { ...options, source: { file: "/other.ts", text } };
    expect(printFunction(form("f", [a, b, c], [giveBack(sum)]), elsewhere).text).toContain("return a * b / c + 1;");
  });

  test("an optional chain of the user's goes on", () => {
    const text = "a?.b.c + (a?.b).c";
    const chain = (start: number, end: number, offset: number): Expression => ({
      ...get({ ...get(x, "b", true), span: { file: "/test.ts", start: start + offset, end: start + offset + 4 } }, "c"),
      span: { file: "/test.ts", start, end },
    });
    const sum = binary("+", chain(0, 6, 0), chain(9, 17, 1));
    expect(print(sum)).toBe(text);
  });
});

function opaque(text: string): Expression {
  return { kind: "opaque", text, span: nowhere, type: number, reads: [], writes: [], pure: false, what: "test" };
}

describe("constants", () => {
  test.each<[string, Expression]>([
    ["-0", constant(-0)],
    ["0", constant(0)],
    ["NaN", constant(Number.NaN)],
    ["Infinity", constant(Number.POSITIVE_INFINITY)],
    ["-Infinity", constant(Number.NEGATIVE_INFINITY)],
    ["1e+21", constant(1e21)],
    ["1e-7", constant(1e-7)],
    ["0xff", constant(255, "0xff")],
    ["a * 1.8e-5", binary("*", x, constant(1.8e-5, "1.8e-5"))],
    ["a - Math.LN2", binary("-", x, constant(Math.LN2, "Math.LN2"))],
    ["undefined", { kind: "constant", value: undefined }],
    ['"it\'s"', { kind: "constant", value: "it's" }],
    ['"line\\n"', { kind: "constant", value: "line\n" }],
  ])("%s", (text, value) => {
    expect(print(value)).toBe(text);
  });

  test("stay what they are where the user has hidden the global", () => {
    const hidden = variable("Infinity");
    const nan = variable("NaN");
    const hiding = form("f", [hidden, nan], [giveBack(binary("+", constant(Number.NEGATIVE_INFINITY), Number.NaN))]);
    const { text } = printFunction(hiding, { reserved: new Set() });
    expect(text).toContain("return -1 / 0 + 0 / 0;");
  });

  test("strings take the file's quotes", () => {
    expect(print({ kind: "constant", value: 'say "no"' }, { quote: "'" })).toBe("'say \"no\"'");
    expect(print({ kind: "constant", value: "it's" }, { quote: "'" })).toBe('"it\'s"');
  });
});

const leaf: fc.Arbitrary<Expression> = fc.oneof(
  fc.constantFrom(x, y, z),
  fc.constantFrom<Expression>(
    { kind: "variable", variable: a, nonNull: true },
    { kind: "register", name: "returned_t", lane: 0 },
    { kind: "constant", value: "text" },
    { kind: "constant", value: true },
    { kind: "constant", value: null },
  ),
  fc.constantFrom(0, -0, 1, -1, 2, 0.5, 1e300, 1e-9).map((value) => constant(value)),
  fc
    .constantFrom(
      "p.q",
      "f(1)",
      "x = 1",
      "f(), b",
      "`t`",
      "a?.b",
      "x => x",
      "function () {}",
      "{ p: 1 }",
      "typeof a",
      "await a",
    )
    .map(opaque),
);

const { tree } = fc.letrec<{ tree: Expression }>((tie) => {
  const operand = tie("tree");
  const operands = fc.array(operand, { maxLength: 3 });
  return {
    tree: fc.oneof(
      { maxDepth: 6, depthSize: "large" },
      { weight: 3, arbitrary: leaf },
      {
        weight: 2,
        arbitrary: fc
          .tuple(fc.constantFrom("-", "+", "!", "~", "typeof", "void"), operand)
          .map(([sign, value]) => unary(sign, value)),
      },
      {
        weight: 6,
        arbitrary: fc
          .tuple(
            fc.constantFrom(
              "+",
              "-",
              "*",
              "/",
              "%",
              "**",
              "&",
              "|",
              "^",
              "<<",
              ">>",
              ">>>",
              "<",
              "<=",
              ">",
              ">=",
              "==",
              "!=",
              "===",
              "!==",
              "in",
              "instanceof",
            ),
            operand,
            operand,
          )
          .map(([operator, left, right]) => binary(operator, left, right)),
      },
      {
        weight: 3,
        arbitrary: fc
          .tuple(fc.constantFrom("&&", "||", "??"), operand, operand)
          .map(([operator, left, right]) => logical(operator, left, right)),
      },
      {
        weight: 2,
        arbitrary: fc.tuple(operand, operand, operand).map(([test, yes, no]) => conditional(test, yes, no)),
      },
      { weight: 1, arbitrary: operands.map((values) => math("max", ...values)) },
      {
        weight: 1,
        arbitrary: fc
          .tuple(operand, operand, fc.boolean(), fc.boolean())
          .map(
            ([object, index, optional, nonNull]): Expression => ({ kind: "element", object, index, optional, nonNull }),
          ),
      },
      {
        weight: 1,
        arbitrary: fc.tuple(operand, fc.boolean()).map(([object, optional]) => get(object, "field", optional)),
      },
      { weight: 1, arbitrary: operands.map((elements): Expression => ({ kind: "array", elements })) },
      {
        weight: 1,
        arbitrary: fc.tuple(operand, operand).map(
          ([p, q]): Expression => ({
            kind: "object",
            properties: [
              { kind: "property", name: "p", value: p },
              { kind: "spread", operand: q },
            ],
          }),
        ),
      },
      {
        weight: 1,
        arbitrary: operands.map((values): Expression => ({ kind: "new", constructor_: "Thing", arguments: values })),
      },
      {
        weight: 1,
        arbitrary: fc.tuple(operand, operands, fc.boolean()).map(
          ([object, values, optional]): Expression => ({
            kind: "call",
            callee: { kind: "method", object, name: "go", optional },
            arguments: values,
          }),
        ),
      },
      {
        weight: 1,
        arbitrary: fc.tuple(operand, operands).map(
          ([called, values]): Expression => ({
            kind: "call",
            callee: { kind: "value", function: called },
            arguments: values,
          }),
        ),
      },
      {
        weight: 1,
        arbitrary: fc
          .tuple(fc.constantFrom("arrow" as const, "expression" as const), operand)
          .map(([style, value]): Expression => ({ kind: "function", function: functionOf(style, value) })),
      },
      { weight: 1, arbitrary: operand.map((value): Expression => ({ kind: "as", operand: value, type: "Type" })) },
    ),
  };
});

describe("any expression is read back as the tree it was printed from", () => {
  test("behind return, at any width", () => {
    fc.assert(
      fc.property(tree, fc.constantFrom(20, 60, 10_000), fc.boolean(), (value, width, semicolons) => {
        const { text } = printFunction(form("f", [a, b, c], [giveBack(value)]), {
          reserved: new Set(),
          style: { ...defaultStyle, width, semicolons },
        });
        expect(returned(text)).toBe(meant(value));
      }),
      { numRuns: 600 },
    );
  });

  test("as a statement", () => {
    fc.assert(
      fc.property(tree, fc.boolean(), (value, semicolons) => {
        const { text } = printFunction(form("f", [a, b, c], [effect(x), effect(value)]), {
          reserved: new Set(),
          style: { ...defaultStyle, width: 80, semicolons },
        });
        const [, statement] = bodyOf(text);
        if (statement === undefined || !ts.isExpressionStatement(statement)) throw new Error(`no statement: ${text}`);
        expect(structureOf(statement.expression)).toBe(meant(value));
      }),
      { numRuns: 300 },
    );
  });

  test("in the head of a for", () => {
    fc.assert(
      fc.property(tree, tree, (value, test_) => {
        const i = variable("i");
        const loop = form(
          "f",
          [a, b, c],
          [
            {
              kind: "loop",
              form: "for",
              init: [{ kind: "declare", keyword: "let", variable: i, value }],
              before: [],
              test: test_,
              update: [],
              body: [],
            },
          ],
        );
        const { text } = printFunction(loop, { reserved: new Set() });
        const [statement] = bodyOf(text);
        if (statement === undefined || !ts.isForStatement(statement)) throw new Error(`no loop: ${text}`);
        const { initializer, condition } = statement;
        const first =
          initializer && ts.isVariableDeclarationList(initializer)
            ? initializer.declarations[0]?.initializer
            : undefined;
        expect(first && structureOf(first)).toBe(meant(value));
        expect(condition && structureOf(condition)).toBe(meant(test_));
      }),
      { numRuns: 300 },
    );
  });
});

function bodyOf(text: string): readonly ts.Statement[] {
  const file = ts.createSourceFile("f.ts", text, ts.ScriptTarget.Latest, true);
  const [declaration] = file.statements;
  if (file.statements.length !== 1 || declaration === undefined || !ts.isFunctionDeclaration(declaration)) {
    throw new Error(`no function: ${text}`);
  }
  return declaration.body?.statements ?? [];
}

function returned(text: string): string {
  const [statement] = bodyOf(text);
  if (statement === undefined || !ts.isReturnStatement(statement) || statement.expression === undefined) {
    throw new Error(`nothing returned: ${text}`);
  }
  return structureOf(statement.expression);
}

test("the printed text of an expression is what the parser was given", () => {
  expect(structureOf(parseExpression("a + b * c"))).toBe("(a + (b * c))");
});
