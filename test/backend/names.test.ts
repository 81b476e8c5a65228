import { describe, expect, test } from "vitest";
import { nameVariables } from "../../compiler/backend/names.ts";
import { printFunction } from "../../compiler/backend/print/print.ts";
import { add, binary, constant, div, math, mul, pow, sub, unary } from "../../compiler/ir/build.ts";
import type { Block, Expression, Variable } from "../../compiler/ir/types.ts";
import { assign, call, declare, effect, form, giveBack, read, temporary, variable, verbatim } from "./forms.ts";

const [x, y, xs, weights, radius, i] = ["x", "y", "xs", "weights", "radius", "i"].map((name) => variable(name)) as [
  Variable,
  Variable,
  Variable,
  Variable,
  Variable,
  Variable,
];
const all = [x, y, xs, weights, radius, i];
const at = (object: Variable, index: Expression): Expression => ({ kind: "element", object: read(object), index });
const get = (object: Variable, name: string): Expression => ({ kind: "field", object: read(object), name });

/** The name of a temporary that holds a value. */
function nameOf(value: Expression, reserved: Iterable<string> = []): string {
  const held = temporary();
  return nameVariables(form("f", all, [declare(held, value), giveBack(read(held))]), new Set(reserved)).of(held);
}

describe("temporaries are named after what they hold", () => {
  test.each<[string, Expression]>([
    ["xy", mul(read(x), read(y))],
    ["radiusX", mul(read(radius), read(x))],
    ["xSquared", mul(read(x), read(x))],
    ["xSquared", pow(read(x), 2)],
    ["radiusCubed", pow(read(radius), 3)],
    ["xPlusY", add(read(x), read(y))],
    ["xMinusOne", sub(read(x), 1)],
    ["oneOverX", div(1, read(x))],
    ["minusX", unary("-", read(x))],
    ["sinX", math("sin", read(x))],
    ["expMinusX", math("exp", unary("-", read(x)))],
    ["root", math("sqrt", add(mul(read(x), read(x)), mul(read(y), read(y))))],
    ["distance", math("hypot", read(x), read(y))],
    ["sum", add(mul(read(x), read(y), read(radius)), pow(read(radius), 7.5))],
    ["weight", at(weights, read(i))],
    ["weights0", at(weights, constant(0))],
    ["xsLength", get(xs, "length")],
    ["velocity", get(x, "velocity")],
    ["gravityValue", call("gravity", read(x))],
    ["test", binary("<", read(x), read(y))],
    ["oldX", read(x)],
    ["record", { kind: "object", properties: [] }],
    ["items", { kind: "array", elements: [] }],
    ["values", { kind: "new", constructor_: "Float64Array", arguments: [constant(3)] }],
  ])("%s", (name, value) => {
    expect(nameOf(value)).toBe(name);
  });

  test("a plural's element that has its variable's name already gets another", () => {
    expect(nameOf(at(xs, read(i)))).toBe("x2");
  });

  test("names of the file, and words of the language, are kept clear of", () => {
    expect(nameOf(mul(read(x), read(y)), ["xy", "xy2"])).toBe("xy3");
    expect(nameOf(call("default.new", read(x)))).toBe("newValue");
    expect(nameOf(get(x, "class"))).toBe("class2");
  });

  test("what holds tangents says so", () => {
    const xt = variable("x_t", "tangent", { primal: x });
    const held = temporary();
    const body: Block = [declare(held, mul(read(xt), read(y))), giveBack(read(held))];
    expect(nameVariables(form("f", [x, xt, y], body), new Set()).of(held)).toBe("xy_t");
  });
});

describe("tangents", () => {
  test("keep the names they have, and take those of their primals otherwise", () => {
    const held = temporary();
    const tangent = variable("%held_t", "tangent", { primal: held });
    const body: Block = [declare(held, math("sin", read(x))), declare(tangent, read(y)), giveBack(read(tangent))];
    const names = nameVariables(form("f", [x, y], body), new Set());
    expect([names.of(held), names.of(tangent)]).toEqual(["sinX", "sinX_t"]);
  });

  test("of variables that hide each other hide each other as well", () => {
    const [outer, inner] = [variable("x"), variable("x")];
    const [outerT, innerT] = [
      variable("x_t", "tangent", { primal: outer }),
      variable("x_t", "tangent", { primal: inner }),
    ];
    const body: Block = [
      {
        kind: "block",
        body: [declare(inner, constant(1)), declare(innerT, constant(2)), effect(call("f", read(inner), read(innerT)))],
      },
      giveBack(read(outerT)),
    ];
    const names = nameVariables(form("f", [outer, outerT], body), new Set());
    expect([names.of(outerT), names.of(innerT)]).toEqual(["x_t", "x_t"]);
  });

  test("but not where the outer one is used inside", () => {
    const [outer, inner] = [variable("x"), variable("x")];
    const [outerT, innerT] = [
      variable("x_t", "tangent", { primal: outer }),
      variable("x_t", "tangent", { primal: inner }),
    ];
    const body: Block = [{ kind: "block", body: [declare(innerT, read(outerT)), effect(call("f", read(innerT)))] }];
    const names = nameVariables(form("f", [outer, outerT], body), new Set());
    expect(names.of(innerT)).not.toBe(names.of(outerT));
  });
});

describe("scopes", () => {
  test("blocks beside each other may use a name twice, nested ones may not", () => {
    const [first, second, nested] = [temporary(), temporary(), temporary()];
    const product = mul(read(x), read(y));
    const block = (of: Variable, more: Block = []): Block => [
      { kind: "block", body: [declare(of, product), effect(call("f", read(of))), ...more] },
    ];
    const body = [...block(first, block(nested)), ...block(second)];
    const names = nameVariables(form("f", [x, y], body), new Set());
    expect([first, nested, second].map(names.of)).toEqual(["xy", "xy2", "xy"]);
  });

  test("text that is printed as it stands keeps its words", () => {
    const held = temporary();
    const body: Block = [declare(held, mul(read(x), read(y))), verbatim("const xy = 1;"), giveBack(read(held))];
    expect(nameVariables(form("f", [x, y], body), new Set()).of(held)).toBe("xy2");
  });

  test("the counter of a loop over elements is i, whatever the rest of the file holds, unless the function has it", () => {
    const counter = temporary({ reassigned: true });
    const loop = (body: Block): Block => [
      {
        kind: "loop",
        form: "for",
        init: [declare(counter, constant(0), "let")],
        before: [],
        test: binary("<", read(counter), get(xs, "length")),
        update: [assign(counter, binary("+", read(counter), 1))],
        body,
      },
    ];
    const names = (body: Block) => nameVariables(form("f", [xs], loop(body)), new Set(["i"]));
    expect(names([]).of(counter)).toBe("i");
    expect(names([effect(call("g", read(i)))]).of(counter)).toBe("j");
    expect(names([verbatim("i();"), verbatim("j(k);")]).of(counter)).toBe("index");
    expect(printFunction(form("f", [xs], loop([])), { reserved: new Set() }).text).toContain(
      "for (let i = 0; i < xs.length; i++) {}",
    );
  });

  test("an element of a plural", () => {
    const element = temporary();
    const body: Block = [
      {
        kind: "forOf",
        keyword: "const",
        variable: element,
        iterable: read(weights),
        body: [effect(call("g", read(element)))],
      },
    ];
    expect(nameVariables(form("f", [weights], body), new Set()).of(element)).toBe("weight");
  });
});

test("the same form gets the same names", () => {
  const held = [temporary(), temporary(), temporary()] as const;
  const body: Block = [
    declare(held[0], mul(read(x), read(y))),
    declare(held[1], math("sin", read(held[0]))),
    declare(held[2], add(read(held[1]), read(held[0]))),
    giveBack(read(held[2])),
  ];
  const named = () => held.map(nameVariables(form("f", [x, y], body), new Set(["sum"])).of);
  expect(named()).toEqual(["xy", "sinXy", "sinXyPlusXy"]);
  expect(named()).toEqual(named());
});
