import { describe, expect, test } from "vitest";
import { printBlock } from "../../../compiler/ir/print.ts";
import type { Block, FunctionForm, Variable } from "../../../compiler/ir/types.ts";
import { verify } from "../../../compiler/ir/verify.ts";
import { coalesce } from "../../../compiler/passes/simplify/coalesce.ts";
import { copies } from "../../../compiler/passes/simplify/copies.ts";
import { dead } from "../../../compiler/passes/simplify/dead.ts";
import { fold } from "../../../compiler/passes/simplify/fold.ts";
import { hoist } from "../../../compiler/passes/simplify/hoist.ts";
import { inline } from "../../../compiler/passes/simplify/inline.ts";
import { share } from "../../../compiler/passes/simplify/share.ts";
import { simplify } from "../../../compiler/passes/simplify/simplify.ts";
import * as ir from "../../ir/builders.ts";

const x = ir.variable("x");
const y = ir.variable("y");
const z = ir.variable("z", { reassigned: true });
const a = ir.variable("a", { type: ir.floats });
const [xt, yt, zt, at] = [ir.tangent(x), ir.tangent(y), ir.tangent(z), ir.tangent(a)];
const parameters = [x, xt, y, yt, z, zt, a, at];

/** A temporary, and the tangent of a temporary. */
const t = (name: string) => ir.temporary(name);
const s = (name: string): Variable => ({ ...ir.temporary(name), role: "tangent", primal: ir.temporary(`${name}p`) });

function ran(pass: (form: FunctionForm) => FunctionForm, ...body: Block): string[] {
  const result = pass(ir.form(parameters, body));
  expect(verify(result, "simplified")).toEqual([]);
  return printBlock(result.body).split("\n");
}

const all = (form: FunctionForm): FunctionForm => simplify(form).at(-1)?.form ?? form;

describe("fold", () => {
  const tangentOf = (value: ReturnType<typeof ir.add>): string => {
    const target = s("r_t");
    return ran(fold, ir.constant(target, value), ir.assign(ir.register, target))[0]?.replace("const r_t = ", "") ?? "";
  };
  test.each([
    ["x_t", ir.mul(1, xt)],
    ["x_t", ir.mul(xt, 1)],
    ["x_t", ir.div(xt, 1)],
    ["-x_t", ir.mul(xt, -1)],
    ["-x_t", ir.div(xt, -1)],
    ["x_t", ir.neg(ir.neg(xt))],
    ["x_t - y_t", ir.add(xt, ir.neg(yt))],
    ["x_t + y_t", ir.sub(xt, ir.neg(yt))],
    ["y_t - x_t", ir.add(ir.neg(xt), yt)],
    ["y_t - x_t", ir.neg(ir.sub(xt, yt))],
    ["x_t - (y * y_t)", ir.add(xt, ir.mul(ir.neg(y), yt))],
    ["(y * y_t) - (x * x_t)", ir.add(ir.mul(xt, ir.neg(x)), ir.mul(y, yt)), "(y * y_t) - (x_t * x)"],
    ["x * x_t", ir.mul(ir.neg(x), ir.neg(xt))],
    ["x_t - (2 * y_t)", ir.add(xt, ir.mul(-2, yt))],
    ["x_t", ir.add(xt, 0)],
    ["-x_t", ir.sub(0, xt)],
    ["(2 * x) * x_t", ir.add(ir.mul(xt, x), ir.mul(x, xt))],
    ["2 * x_t", ir.add(xt, xt)],
    ["(x_t + y_t) - z_t", ir.add(xt, ir.sub(yt, zt))],
    ["x_t * (y ** 2)", ir.mul(xt, ir.binary(y, "**", ir.sub(3, 1)))],
    ["0 * x_t", ir.mul(0, xt)],
  ])("makes %s", (expected, value, printed = expected) => {
    expect(tangentOf(value)).toBe(printed);
  });

  test("leaves the primal as it is, save that the negative of a number is a number", () => {
    const value = ir.add(ir.mul(1, x), ir.sub(0, ir.neg(ir.neg(y))));
    expect(ran(fold, ir.give(value))).toEqual(["return (1 * x) + (0 - (-(-y)))"]);
    expect(ran(fold, ir.give(ir.mul(x, ir.neg(2))))).toEqual(["return x * -2"]);
  });

  test("drops what a tangent known to be zero makes zero", () => {
    const nought = s("n_t");
    expect(
      ran(
        fold,
        ir.constant(nought, 0),
        ir.assign(ir.register, ir.add(ir.mul(nought, y), ir.mul(x, yt))),
        ir.give(x),
      ).slice(1),
    ).toEqual(["$returned_t[0] := x * y_t", "return x"]);
  });

  test("keeps calls in their order", () => {
    const value = ir.add(ir.neg(ir.mul(xt, ir.call("f"))), ir.mul(yt, ir.call("g")));
    expect(tangentOf(value)).toBe("(-(x_t * f!())) + (y_t * g!())");
  });

  test("says what is added to a variable", () => {
    const value = ir.add(zt, ir.add(ir.mul(xt, y), ir.mul(x, yt)));
    expect(ran(fold, ir.assign(zt, value))).toEqual(["z_t := z_t + ((x_t * y) + (x * y_t))"]);
  });
});

describe("copies", () => {
  test("replaces names of constants and of variables with one value, also in loops", () => {
    const [t1, t2, i] = [t("t1"), t("t2"), ir.variable("i", { reassigned: true })];
    const lines = ran(
      copies,
      ir.constant(t1, x),
      ir.constant(t2, 3),
      ir.counting(i, t2, [ir.assign(z, ir.mul(t1, t2))]),
    );
    expect(lines).toContain("    z := x * 3");
    expect(lines).toContain("  test (i < 3)");
  });

  test("replaces a name of a reassigned variable until that could have changed", () => {
    const [t1, t2] = [t("t1"), t("t2")];
    const lines = ran(
      copies,
      ir.constant(t1, z),
      ir.constant(t2, ir.mul(t1, 2)),
      ir.assign(z, ir.add(t1, 1)),
      ir.give(ir.add(t1, t2)),
    );
    expect(lines.slice(1)).toEqual(["const t2 = z * 2", "z := z + 1", "return t1 + t2"]);
  });

  test("does not look past a call when a closure has hold of the variable", () => {
    const shared = ir.variable("c", { reassigned: true, captured: true });
    const t1 = t("t1");
    const lines = ran(copies, ir.letting(shared, 1), ir.constant(t1, shared), ir.effect(ir.call("f")), ir.give(t1));
    expect(lines.at(-1)).toBe("return t1");
  });

  test("stays away from a name that another variable has", () => {
    const inner = ir.variable("x");
    const t1 = t("t1");
    const lines = ran(copies, ir.constant(t1, x), {
      kind: "block",
      body: [ir.constant(inner, 2), ir.effect(ir.call("f", t1, inner))],
    });
    expect(lines).toContain("  f!(t1, x)");
  });
});

describe("share", () => {
  test("lets tangent and primal have one cosine, whichever way the factors stand", () => {
    const [t1, t2] = [t("t1"), t("t2")];
    const lines = ran(
      share,
      ir.constant(t1, ir.math("cos", x)),
      ir.constant(t2, ir.mul(x, y)),
      ir.assign(ir.register, ir.add(ir.mul(ir.math("cos", x), xt), ir.mul(ir.mul(y, x), yt))),
      ir.give(ir.add(t1, t2)),
    );
    expect(lines.join("\n")).toContain("t1 * x_t");
    expect(lines.join("\n")).toContain("t2 * y_t");
    expect(lines.filter((line) => line.includes("cos"))).toHaveLength(1);
  });

  test("numbers values: what is computed from a repeated value is itself repeated", () => {
    const [t1, t2, t3, t4] = [t("t1"), t("t2"), t("t3"), t("t4")];
    const lines = ran(
      share,
      ir.constant(t1, ir.mul(x, 2)),
      ir.constant(t2, ir.add(t1, 1)),
      ir.constant(s("u_t"), ir.add(ir.mul(xt, t1), t2)),
      ir.constant(t3, ir.mul(x, 2)),
      ir.constant(t4, ir.add(t3, 1)),
      ir.give(ir.add(t4, t2)),
    );
    expect(lines).toContain("const t3 = t1");
    expect(lines).toContain("const t4 = t2");
  });

  test("reads an element again once something may have been stored there", () => {
    const [t1, t2, t3] = [t("t1"), t("t2"), t("t3")];
    const lines = ran(
      share,
      ir.constant(t1, ir.element(a, 0)),
      ir.assign(ir.element(at, 0), ir.mul(t1, xt)),
      ir.constant(t2, ir.element(a, 0)),
      ir.assign(ir.element(a, 1), ir.mul(t1, t2)),
      ir.constant(t3, ir.element(a, 0)),
      ir.assign(ir.element(at, 1), ir.mul(t3, xt)),
      ir.give(t3),
    );
    expect(lines).toContain("const t2 = t1");
    expect(lines).toContain("const t3 = a[0]");
  });

  test("does not take from an arm what may not have run", () => {
    const [t1, t2] = [t("t1"), t("t2")];
    const lines = ran(
      share,
      ir.when(ir.binary(x, "<", y), [ir.constant(t1, ir.math("exp", x)), ir.effect(ir.call("f", t1, t1))]),
      ir.constant(t2, ir.math("exp", x)),
      ir.assign(ir.register, ir.mul(t2, xt)),
      ir.give(t2),
    );
    expect(lines).toContain("const t2 = Math.exp(x)");
  });

  test("leaves the user's own repetitions alone when nothing else needs them", () => {
    const [t1, t2] = [t("t1"), t("t2")];
    const lines = ran(share, ir.constant(t1, ir.mul(x, y)), ir.constant(t2, ir.mul(x, y)), ir.give(ir.add(t1, t2)));
    expect(lines[1]).toBe("const t2 = x * y");
  });
});

describe("dead", () => {
  test("takes out a tangent that only feeds itself, with its loop's share", () => {
    const [sum, i] = [ir.variable("sum", { reassigned: true }), ir.variable("i", { reassigned: true })];
    const slope = ir.tangent(sum);
    const lines = ran(
      dead,
      ir.letting(sum, 0),
      ir.letting(slope, 0),
      ir.counting(i, 3, [ir.assign(slope, ir.add(slope, xt)), ir.assign(sum, ir.add(sum, x))]),
      ir.give(sum),
    );
    expect(lines.join("\n")).not.toContain("sum_t");
    expect(lines).toContain("    sum := sum + x");
  });

  test("keeps calls, stores and what may throw", () => {
    const lines = ran(
      dead,
      ir.constant(t("t1"), ir.call("f")),
      ir.constant(t("t2"), ir.element(a, 0)),
      ir.constant(t("t3"), ir.mul(x, y)),
      ir.assign(ir.element(a, 1), x),
      ir.give(x),
    );
    expect(lines).toEqual(["f!()", "a[0]", "a[1] := x", "return x"]);
  });

  test("takes out arms that have become empty, and turns the test when only the other is left", () => {
    const held = { ...s("u_t"), reassigned: true };
    const chosen = ir.temporary("k", { reassigned: true });
    const lines = ran(
      dead,
      ir.letting(held),
      ir.letting(chosen, 0),
      ir.when(ir.binary(x, "<", y), [ir.assign(held, xt)], [ir.assign(held, yt)]),
      ir.when(ir.binary(x, "<", y), [ir.assign(held, xt)], [ir.assign(chosen, 1)]),
      ir.give(chosen),
    );
    expect(lines).toEqual(["let k = 0", "if (!(x < y)) {", "  k := 1", "}", "return k"]);
  });

  test("takes out a shadow that is only stored into", () => {
    const shadow: Variable = { ...s("w_t"), type: ir.floats };
    const lines = ran(
      dead,
      ir.constant(shadow, { kind: "new", constructor_: "Float64Array", arguments: [ir.expression(3)] }),
      ir.assign(ir.element(shadow, 0), xt),
      ir.give(x),
    );
    expect(lines).toEqual(["return x"]);
  });
});

describe("hoist", () => {
  test("takes what does not vary, with what it needs, out of both loops", () => {
    const [i, j, t1, t2] = [
      ir.variable("i", { reassigned: true }),
      ir.variable("j", { reassigned: true }),
      t("t1"),
      t("t2"),
    ];
    const lines = ran(
      hoist,
      ir.counting(i, 3, [
        ir.counting(j, 3, [
          ir.constant(t1, ir.mul(x, 2)),
          ir.constant(t2, ir.div(1, t1)),
          ir.assign(zt, ir.mul(t2, xt)),
          ir.assign(z, ir.add(ir.mul(t1, t2), j)),
        ]),
      ]),
      ir.give(z),
    );
    expect(lines[0]).toBe("const t1 = x * 2");
    expect(lines[1]).toBe("const t2 = 1 / t1");
  });

  test("leaves what varies, what the user computes for himself, and reads of memory", () => {
    const i = ir.variable("i", { reassigned: true });
    const [t1, t2, t3] = [t("t1"), t("t2"), t("t3")];
    const lines = ran(
      hoist,
      ir.counting(i, 3, [
        ir.constant(t1, ir.div(z, y)),
        ir.constant(t2, ir.div(x, y)),
        ir.constant(t3, ir.div(ir.element(a, 0), y)),
        ir.assign(zt, ir.mul(ir.mul(t1, t3), xt)),
        ir.assign(z, ir.add(t1, t2)),
      ]),
      ir.give(z),
    );
    expect(lines[0]).toBe("loop for {");
  });
});

describe("coalesce", () => {
  const result = ir.variable("r");
  const slope = ir.tangent(result);

  test("gives the user's name to a value that its tangent needs", () => {
    const t1 = t("t1");
    const lines = ran(
      coalesce,
      ir.source(
        "const r = Math.exp(x);",
        ir.constant(t1, ir.math("exp", x)),
        ir.constant(slope, ir.mul(t1, xt)),
        ir.constant(result, t1),
      ),
      ir.give(result),
    );
    expect(lines).toEqual([
      "@ const r = Math.exp(x); {",
      "  const r = Math.exp(x)",
      "  const r_t = r * x_t",
      "}",
      "return r",
    ]);
  });

  test("not when the variable's old value is still needed", () => {
    const t1 = t("t1");
    const body = [
      ir.source(
        "z = y / z;",
        ir.constant(t1, ir.div(y, z)),
        ir.assign(zt, ir.div(ir.sub(yt, ir.mul(t1, zt)), z)),
        ir.assign(z, t1),
      ),
    ];
    expect(ran(coalesce, ...body)).toContain("  const t1 = y / z");
  });

  test("destructures into the user's names", () => {
    const [t1, s1] = [t("t1"), s("s1")];
    const lines = ran(
      coalesce,
      ir.source(
        "const r = g(x);",
        { kind: "declarePair", primal: t1, tangent: s1, value: ir.call("g_jvp", x, xt) },
        ir.constant(result, t1),
        ir.constant(slope, s1),
      ),
      ir.give(result),
    );
    expect(lines[1]).toBe("  const [r, r_t] = g_jvp!(x, x_t)");
    expect(lines).toHaveLength(4);
  });
});

describe("inline", () => {
  test("puts a chain back together in evaluation order", () => {
    const [t1, t2, t3] = [t("t1"), t("t2"), t("t3")];
    const lines = ran(
      inline,
      ir.constant(t1, ir.element(a, 0)),
      ir.constant(t2, ir.call("f")),
      ir.constant(t3, ir.add(t1, t2)),
      ir.give(ir.mul(t3, x)),
    );
    expect(lines).toEqual(["return (a[0] + f!()) * x"]);
  });

  test("not past what could change it, nor past a read that comes first", () => {
    const [t1, t2, t3] = [t("t1"), t("t2"), t("t3")];
    expect(ran(inline, ir.constant(t1, ir.element(a, 0)), ir.effect(ir.call("f")), ir.give(t1)).slice(0, 2)).toEqual([
      "const t1 = a[0]",
      "f!()",
    ]);
    expect(
      ran(inline, ir.constant(t2, ir.call("f")), ir.constant(t3, ir.element(a, 0)), ir.give(ir.add(t3, t2))),
    ).toEqual(["const t2 = f!()", "return a[0] + t2"]);
  });

  test("stores keep object, index, value in their order", () => {
    const [t1, t2] = [t("t1"), t("t2")];
    expect(
      ran(
        inline,
        ir.constant(t1, ir.call("index")),
        ir.constant(t2, ir.call("value")),
        ir.assign(ir.element(a, t1), t2),
      ),
    ).toEqual(["a[index!()] := value!()"]);
    const [t3, t4] = [t("t3"), t("t4")];
    expect(
      ran(
        inline,
        ir.constant(t3, ir.call("value")),
        ir.constant(t4, ir.call("index")),
        ir.assign(ir.element(a, t4), t3),
      ),
    ).toEqual(["const t3 = value!()", "a[index!()] := t3"]);
  });

  test("never into a loop, an arm, or an operand that may not be evaluated when it has an effect", () => {
    const i = ir.variable("i", { reassigned: true });
    const [t1, t2, t3, t4] = [t("t1"), t("t2"), t("t3"), t("t4")];
    expect(ran(inline, ir.constant(t1, ir.div(x, y)), ir.counting(i, 3, [ir.assign(z, t1)]))[0]).toBe(
      "const t1 = x / y",
    );
    expect(ran(inline, ir.constant(t2, ir.call("f")), ir.give(ir.conditional(x, t2, y)))).toHaveLength(2);
    expect(ran(inline, ir.constant(t3, ir.mul(x, y)), ir.give(ir.conditional(x, t3, y)))).toEqual([
      "return x ? (x * y) : y",
    ]);
    expect(ran(inline, ir.constant(t4, 5), ir.counting(i, t4, []))[0]).toBe("const t4 = 5");
  });

  test("restores choices, short circuits and declarations", () => {
    const [k, l] = [ir.temporary("k", { reassigned: true }), ir.temporary("l", { reassigned: true })];
    expect(
      ran(
        inline,
        ir.letting(k),
        ir.when(ir.binary(x, "<", y), [ir.assign(k, ir.mul(x, x))], [ir.assign(k, ir.call("f"))]),
        ir.give(ir.add(k, 1)),
      ),
    ).toEqual(["return ((x < y) ? (x * x) : f!()) + 1"]);
    expect(ran(inline, ir.letting(l, x), ir.when(ir.not(l), [ir.assign(l, ir.call("f"))]), ir.give(l))).toEqual([
      "return x || f!()",
    ]);
  });

  test("gives arms that stay the user's name", () => {
    const k = ir.temporary("k", { reassigned: true });
    const ks = { ...s("ks"), reassigned: true };
    const result = ir.variable("r");
    const slope = ir.tangent(result);
    const arm = (value: Variable, tangent: Variable) => [ir.assign(ks, tangent), ir.assign(k, value)];
    expect(
      ran(
        inline,
        ir.source(
          "const r = x < y ? x : y;",
          ir.letting(k),
          ir.letting(ks),
          ir.when(ir.binary(x, "<", y), arm(x, xt), arm(y, yt)),
          ir.constant(result, k),
          ir.constant(slope, ks),
        ),
        ir.give(result),
      ).slice(1, 4),
    ).toEqual(["  let r", "  let r_t", "  if (x < y) {"]);
  });

  test("stops where a line is full", () => {
    const names = Array.from({ length: 30 }, (_, i) => s(`slope${i}`));
    const body = names.map((name, i) => ir.constant(name, ir.add(names[i - 1] ?? xt, ir.mul(x, yt))));
    const last = names.at(-1) ?? xt;
    const lines = ran(inline, ...body, ir.assign(ir.register, last));
    expect(lines.length).toBeGreaterThan(2);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(160);
  });
});

describe("simplify", () => {
  test("makes Beale's first term what a person would have written", () => {
    const [t1, t2, r] = [t("t1"), t("t2"), ir.variable("r")];
    const [s1, s2] = [s("s1"), s("s2")];
    const slope = ir.tangent(r);
    const lines = ran(
      all,
      ir.source(
        "const r = 1.5 - x + x * y;",
        ir.constant(t1, ir.sub(1.5, x)),
        ir.constant(s1, ir.neg(xt)),
        ir.constant(t2, ir.mul(x, y)),
        ir.constant(s2, ir.add(ir.mul(xt, y), ir.mul(x, yt))),
        ir.constant(r, ir.add(t1, t2)),
        ir.constant(slope, ir.add(s1, s2)),
      ),
      ir.assign(ir.register, slope),
      ir.give(r),
    );
    expect(lines.slice(1, 3)).toEqual([
      "  const r = (1.5 - x) + (x * y)",
      "  const r_t = ((x_t * y) - x_t) + (x * y_t)",
    ]);
  });

  test("takes time in proportion to the size of a function", () => {
    const time = (count: number): number => {
      const body: Block = Array.from({ length: count }, (_, i) => {
        const [t1, r] = [t(`t${i}`), ir.variable(`r${i}`)];
        const slope = ir.tangent(r);
        return ir.source(
          "…",
          ir.constant(t1, ir.mul(x, ir.element(a, i))),
          ir.constant(slope, ir.add(ir.mul(xt, ir.element(a, i)), ir.mul(x, ir.element(at, i)))),
          ir.constant(r, ir.math("sin", t1)),
          ir.assign(ir.element(at, i), ir.mul(ir.math("cos", t1), slope)),
          ir.assign(ir.element(a, i), r),
        );
      });
      const form = ir.form(parameters, body);
      const start = performance.now();
      simplify(form);
      return performance.now() - start;
    };
    time(200);
    // Eight times the size; the rest is room for a busy machine.
    const small = time(500);
    expect(time(4000)).toBeLessThan(40 * small + 1000);
  });
});
