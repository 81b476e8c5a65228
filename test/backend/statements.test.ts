import { describe, expect, test } from "vitest";
import { printFunction } from "../../compiler/backend/print/print.ts";
import { add, binary, constant, math, mul } from "../../compiler/ir/build.ts";
import type { Block, Expression, Statement, Variable } from "../../compiler/ir/types.ts";
import {
  assign,
  call,
  declare,
  effect,
  form,
  giveBack,
  number,
  origin,
  read,
  source,
  spanIn,
  variable,
  verbatim,
  when,
} from "./forms.ts";

const a = variable("a");
const [s, st] = [variable("s", "user", { reassigned: true }), variable("s_t", "tangent", { reassigned: true })];

/** The statements of a function whose source is `text`. */
function print(body: Block, text = "", file = "/test.ts"): string {
  const printed = printFunction(form("f", [a], body), { reserved: new Set(), source: { file, text } }).text;
  return printed.split("\n").slice(1, -1).join("\n");
}

/** Statements in front of a text that shows how it is formatted. */
const one = (statement: Statement, text?: string): string => print([statement], text).trim();

describe("assignments", () => {
  const at = (object: Variable, index: Expression) => ({ kind: "element", object: read(object), index }) as const;
  const xs = variable("xs");
  test.each<[string, Statement]>([
    ["s += a;", assign(s, binary("+", read(s), read(a)))],
    ["s -= a * 2;", assign(s, binary("-", read(s), mul(read(a), 2)))],
    ["s **= 2;", assign(s, binary("**", read(s), 2))],
    ["s >>>= 1;", assign(s, binary(">>>", read(s), 1))],
    ["s = a - s;", assign(s, binary("-", read(a), read(s)))],
    ["s = s + 1 + a;", assign(s, add(binary("+", read(s), 1), read(a)))],
    ["s = s < a;", assign(s, binary("<", read(s), read(a)))],
    ["s = -1;", assign(s, constant(-1))],
    ["xs[a] *= 3;", assign(at(xs, read(a)), binary("*", at(xs, read(a)), 3))],
    ["xs[a]! *= 3;", assign(at(xs, read(a)), binary("*", { ...at(xs, read(a)), nonNull: true }, 3))],
    ["xs[a + 1] *= 3;", assign(at(xs, binary("+", read(a), 1)), binary("*", at(xs, binary("+", read(a), 1)), 3))],
    ["xs[f()] = xs[f()] * 3;", assign(at(xs, call("f")), binary("*", at(xs, call("f")), 3))],
    [
      "xs.size += a;",
      assign(
        { kind: "field", object: read(xs), name: "size" },
        binary("+", { kind: "field", object: read(xs), name: "size" }, read(a)),
      ),
    ],
    ["returned_t[0] = a;", assign({ kind: "register", name: "returned_t", lane: 0 }, read(a))],
  ])("%s", (text, statement) => {
    expect(one(statement)).toBe(text);
  });

  test.each([["s++;"], ["++s;"], ["s += 1;"], ["s = s + 1;"]])("%s as the user wrote it", (text) => {
    const span = spanIn(text, text.slice(0, -1));
    expect(one(assign(s, binary("+", read(s), 1), span), text)).toBe(text);
  });
});

describe("declarations", () => {
  test("with their type where the user wrote it, or where nothing else tells it", () => {
    expect(one(declare(variable("x"), read(a)))).toBe("const x = a;");
    expect(one(declare(variable("x", "user", { annotated: true }), read(a)))).toBe("const x: number = a;");
    expect(one(declare(variable("x"), undefined, "let"))).toBe("let x: number;");
  });

  test("take the value that follows", () => {
    const x = variable("x", "user", { reassigned: true });
    expect(print([declare(x, undefined, "let"), assign(x, read(a))])).toBe("  let x = a;");
    expect(print([declare(x, undefined, "let"), assign(x, call("f", read(x)))])).toBe("  let x: number;\n  x = f(x);");
  });

  test("pairs, with a hole for the half that is not used", () => {
    const [p, t] = [variable("p"), variable("p_t", "tangent")];
    expect(one({ kind: "declarePair", primal: p, tangent: t, value: call("g_jvp", read(a)) })).toBe(
      "const [p, p_t] = g_jvp(a);",
    );
    expect(one({ kind: "declarePair", tangent: t, value: call("g_jvp", read(a)) })).toBe("const [, p_t] = g_jvp(a);");
    expect(one({ kind: "declarePair", primal: p, value: call("g_jvp", read(a)) })).toBe("const [p] = g_jvp(a);");
    expect(one({ kind: "declarePair", value: call("g_jvp", read(a)) })).toBe("g_jvp(a);");
  });
});

describe("control flow", () => {
  const test_ = binary("<", read(a), 0);
  test("else-if in a row, also where the user's statement is around it", () => {
    const inner = source(origin("if (…) …"), when(test_, [giveBack(constant(2))], [giveBack(constant(3))]));
    expect(print([when(test_, [giveBack(constant(1))], [inner])])).toBe(
      [
        "  if (a < 0) {",
        "    return 1;",
        "  } else if (a < 0) {",
        "    return 2;",
        "  } else {",
        "    return 3;",
        "  }",
      ].join("\n"),
    );
  });

  test("what must run before a second test keeps it from the row", () => {
    const held = variable("held");
    const rest: Block = [declare(held, call("f")), when(binary("<", read(held), 0), [giveBack(constant(2))])];
    expect(print([when(test_, [giveBack(constant(1))], rest)])).toContain(
      "  } else {\n    const held = f();\n    if (held < 0) {",
    );
  });

  test("no braces where the user had none and one statement is left", () => {
    const text = "  if (a < 0) return 1;\n  if (a < 0) {\n    return 1;\n  }\n";
    const bare = source(origin("return 1;", { span: spanIn(text, "return 1;") }), giveBack(constant(1)));
    const braced = source(origin("return 1;", { span: spanIn(text, "return 1;", 1) }), giveBack(constant(1)));
    expect(print([when(test_, [bare])], text)).toBe("  if (a < 0) return 1;");
    expect(print([when(test_, [braced])], text)).toBe("  if (a < 0) {\n    return 1;\n  }");
    const two = { ...bare, body: [declare(variable("t", "tangent"), read(a)), ...bare.body] };
    expect(print([when(test_, [two])], text)).toBe("  if (a < 0) {\n    const t = a;\n    return 1;\n  }");
  });

  test("switch: fall-through, default, blocks", () => {
    const body: Statement = {
      kind: "switch",
      discriminant: read(a),
      cases: [
        { test: constant(1), body: [effect(call("one")), { kind: "break" }] },
        { test: constant(2), body: [] },
        { body: [{ kind: "block", body: [declare(variable("x"), read(a))] }] },
      ],
    };
    expect(print([body])).toBe(
      [
        "  switch (a) {",
        "    case 1:",
        "      one();",
        "      break;",
        "    case 2:",
        "    default: {",
        "      const x = a;",
        "    }",
        "  }",
      ].join("\n"),
    );
  });

  test("try, and what is thrown", () => {
    const caught = variable("%9", "temporary", { type: { kind: "unknown" } });
    const thrown: Statement = {
      kind: "throw",
      value: { kind: "new", constructor_: "Error", arguments: [{ kind: "constant", value: "no" }] },
    };
    const body: Statement = {
      kind: "try",
      block: [thrown],
      parameter: caught,
      handler: [effect(call("f", read(caught)))],
      finalizer: [effect(call("g"))],
    };
    expect(print([body])).toBe(
      [
        "  try {",
        '    throw new Error("no");',
        "  } catch (value) {",
        "    f(value);",
        "  } finally {",
        "    g();",
        "  }",
      ].join("\n"),
    );
  });

  test("labels stand at their loop, ahead of which the initialisation is computed", () => {
    const [t, i] = [variable("%8", "temporary"), variable("i", "user", { reassigned: true })];
    const loop: Statement = {
      kind: "loop",
      form: "for",
      init: [declare(t, math("floor", read(a))), declare(i, read(t), "let")],
      before: [],
      test: binary("<", read(i), 3),
      update: [assign(i, binary("+", read(i), 2))],
      body: [{ kind: "break", label: "rows" }],
    };
    expect(print([{ kind: "labelled", label: "rows", body: loop }])).toBe(
      [
        "  const floorA = Math.floor(a);",
        "  rows: for (let i = floorA; i < 3; i += 2) {",
        "    break rows;",
        "  }",
      ].join("\n"),
    );
  });

  test("statements that would be read as blocks get parentheses", () => {
    expect(one(effect({ kind: "object", properties: [] }))).toBe("({});");
    const { resultText: _, ...inner } = form("", [], [], { style: "expression" });
    expect(
      one(
        effect({
          kind: "call",
          callee: { kind: "value", function: { kind: "function", function: inner } },
          arguments: [],
        }),
      ),
    ).toBe("(function () {}());");
  });
});

describe("the user's formatting", () => {
  test("comments and empty lines, the first line of a block apart", () => {
    const body = [
      source(
        origin("let s = a;", { comments: ["// first"], trailing: "// behind", spaced: true }),
        declare(s, read(a), "let"),
        declare(st, constant(1), "let"),
      ),
      source(
        origin("s += a;", { comments: ["/* second */"], spaced: true }),
        assign(st, binary("+", read(st), 2)),
        assign(s, binary("+", read(s), read(a))),
      ),
      verbatim("log(s);", { comments: ["// third"], trailing: "/* end */" }),
    ];
    expect(print(body)).toBe(
      [
        "  // first",
        "  let s = a; // behind",
        "  let s_t = 1;",
        "",
        "  /* second */",
        "  s_t += 2;",
        "  s += a;",
        "  // third",
        "  log(s); /* end */",
      ].join("\n"),
    );
  });

  test("comments behind the last statement of a block, once", () => {
    const text = "function f() {\n  if (a < 0) return 1; // why\n\n  // nothing\n  /* else */\n}\n";
    const inner = source(
      origin("return 1;", { span: spanIn(text, "return 1;"), trailing: "// why" }),
      giveBack(constant(1)),
    );
    const outer = source(
      origin("if (a < 0) return 1;", { span: spanIn(text, "if (a < 0) return 1;"), trailing: "// why" }),
      when(binary("<", read(a), 0), [inner]),
    );
    expect(print([outer], text)).toBe(["  if (a < 0) return 1; // why", "", "  // nothing", "  /* else */"].join("\n"));
  });

  test("a comment behind a statement does not break its line", () => {
    const long = "// ".padEnd(120, "x");
    expect(print([source(origin("return a;", { trailing: long }), giveBack(binary("+", read(a), 1)))])).toBe(
      `  return a + 1; ${long}`,
    );
  });

  test("verbatim statements move, the insides of their literals and comments stay", () => {
    const statement = [
      "if (ready) {",
      "      log(`first",
      "  second ${",
      "        x}`);",
      "      /* as",
      "  it is */",
      "      /**",
      "       * doc",
      "       */",
      "    }",
    ].join("\n");
    const text = `function f() {\n  {\n    ${statement}\n  }\n}\n`;
    const printed = print([{ kind: "block", body: [verbatim(statement, { span: spanIn(text, statement) })] }], text);
    expect(printed).toBe(`  {\n    ${statement}\n  }`);
    const higher = print([verbatim(statement, { span: spanIn(text, statement) })], text);
    expect(higher).toBe(
      [
        "  if (ready) {",
        "    log(`first",
        "  second ${",
        "      x}`);",
        "    /* as",
        "  it is */",
        "    /**",
        "     * doc",
        "     */",
        "  }",
      ].join("\n"),
    );
  });

  test("tabs, single quotes, no semicolons", () => {
    const text = "import x from 'x'\n\nfunction g() {\n\tconst y = 1\n\treturn y\n}\n";
    const body = [declare(variable("w"), { kind: "constant", value: "text" }), effect(call("g"))];
    expect(print(body, text)).toBe("\tconst w = 'text'\n\tg()");
  });

  test("without semicolons, no line is read as going on with the one before", () => {
    const text = "const x = 1\nconst y = 2\n";
    const minus: Expression = {
      kind: "call",
      callee: { kind: "method", object: constant(-1), name: "toFixed" },
      arguments: [],
    };
    expect(print([effect(call("g")), effect(minus)], text)).toBe("  g()\n  ;(-1).toFixed()");
    expect(print([effect(minus)], text)).toBe("  (-1).toFixed()");
    expect(print([verbatim("const b = a\n;"), verbatim("[x, y] = [y, x]")], text)).toBe(
      "  const b = a\n  ;[x, y] = [y, x]",
    );
  });

  test("with semicolons, they are added where the user left one out", () => {
    expect(print([verbatim("log(a)"), effect({ kind: "object", properties: [] })], "a();\nb();\nconst c = 1;\n")).toBe(
      "  log(a);\n  ({});",
    );
  });

  test("long lines break as a formatter breaks them", () => {
    const long = variable("aVeryLongNameOfAVariable");
    const product = mul(read(long), read(long), read(long));
    const sum = add(add(product, product), product);
    expect(print([declare(s, sum), giveBack(sum), when(binary("<", sum, 0), [])])).toMatchInlineSnapshot(`
      "  const s =
          aVeryLongNameOfAVariable * aVeryLongNameOfAVariable * aVeryLongNameOfAVariable +
          aVeryLongNameOfAVariable * aVeryLongNameOfAVariable * aVeryLongNameOfAVariable +
          aVeryLongNameOfAVariable * aVeryLongNameOfAVariable * aVeryLongNameOfAVariable;
        return (
          aVeryLongNameOfAVariable * aVeryLongNameOfAVariable * aVeryLongNameOfAVariable +
          aVeryLongNameOfAVariable * aVeryLongNameOfAVariable * aVeryLongNameOfAVariable +
          aVeryLongNameOfAVariable * aVeryLongNameOfAVariable * aVeryLongNameOfAVariable
        );
        if (
          aVeryLongNameOfAVariable * aVeryLongNameOfAVariable * aVeryLongNameOfAVariable +
            aVeryLongNameOfAVariable * aVeryLongNameOfAVariable * aVeryLongNameOfAVariable +
            aVeryLongNameOfAVariable * aVeryLongNameOfAVariable * aVeryLongNameOfAVariable <
          0
        ) {}"
    `);
    const many = call("f", ...Array.from({ length: 6 }, () => read(long)));
    expect(print([declare(s, many), giveBack({ kind: "array", elements: [product, product] })])).toMatchInlineSnapshot(`
      "  const s = f(
          aVeryLongNameOfAVariable,
          aVeryLongNameOfAVariable,
          aVeryLongNameOfAVariable,
          aVeryLongNameOfAVariable,
          aVeryLongNameOfAVariable,
          aVeryLongNameOfAVariable,
        );
        return [
          aVeryLongNameOfAVariable * aVeryLongNameOfAVariable * aVeryLongNameOfAVariable,
          aVeryLongNameOfAVariable * aVeryLongNameOfAVariable * aVeryLongNameOfAVariable,
        ];"
    `);
  });
});

describe("functions", () => {
  const { resultText: _, ...untyped } = form("", [variable("x")], [giveBack(read(a))], { style: "arrow" });
  test("arrow functions stay expressions, unless the user wrote a block or a comment needs one", () => {
    const value: Expression = { kind: "function", function: untyped };
    expect(one(declare(variable("g"), value))).toBe("const g = (x: number) => a;");
    const text = "const g = (x) => { return a; };";
    const written: Expression = {
      kind: "function",
      function: { ...untyped, span: spanIn(text, "(x) => { return a; }") },
    };
    expect(print([declare(variable("g"), written)], text)).toBe("  const g = (x: number) => {\n    return a;\n  };");
  });

  test("declared inside of another", () => {
    const g = variable("g", "user", { type: { kind: "function", parameters: () => [number], result: () => number } });
    expect(
      print([{ kind: "declareFunction", variable: g, function: { ...untyped, name: "g", style: "declaration" } }]),
    ).toBe("  function g(x: number) {\n    return a;\n  }");
  });

  test("a comment, type parameters, optional, default and rest parameters", () => {
    const generated = form("f", [], [], {
      doc: "Value of f.\nAnd more.",
      typeParameters: "T extends number",
      parameters: [
        { variable: variable("p"), typeText: "T", optional: true, rest: false },
        { variable: variable("q"), typeText: "number", optional: false, rest: false, default: constant(2) },
        { variable: variable("r"), typeText: "number[]", optional: false, rest: true },
      ],
    });
    const { text, start } = printFunction(generated, { reserved: new Set(), prefix: "export " });
    expect(text).toBe(
      "/**\n * Value of f.\n * And more.\n */\nexport function f<T extends number>(p?: T, q: number = 2, ...r: number[]): number {}",
    );
    expect(text.slice(start)).toMatch(/^export function/);
  });

  test("an arrow function of the module stays one", () => {
    const { text, hoisted } = printFunction({ ...untyped, name: "g_jvp" }, { reserved: new Set() });
    expect(text).toBe("const g_jvp = (x: number) => a;");
    expect(hoisted).toBe(false);
  });
});
