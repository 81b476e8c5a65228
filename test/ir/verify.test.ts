import { describe, expect, test } from "vitest";
import { printForm } from "../../compiler/ir/print.ts";
import type { Block } from "../../compiler/ir/types.ts";
import { type Stage, verify } from "../../compiler/ir/verify.ts";
import * as ir from "./builders.ts";

const x = ir.variable("x");
const problems = (stage: Stage, ...body: Block): string => verify(ir.form([x], body), stage).join("\n");

describe("verify", () => {
  test("has nothing to say about sound functions", () => {
    const i = ir.variable("i", { reassigned: true });
    const sum = ir.variable("sum", { reassigned: true });
    expect(
      problems(
        "lowered",
        ir.letting(sum, 0),
        {
          kind: "labelled",
          label: "out",
          body: ir.counting(i, 3, [ir.assign(sum, ir.add(sum, x)), { kind: "continue", label: "out" }]),
        },
        ir.give(sum),
      ),
    ).toBe("");
  });

  test("finds what is not declared, declared twice, hidden, or out of scope", () => {
    const y = ir.variable("y");
    expect(problems("lowered", ir.give(y))).toContain("y is not in scope");
    expect(problems("lowered", ir.constant(y, 1), ir.constant(y, 2))).toContain("y is declared twice");
    expect(problems("lowered", { kind: "block", body: [ir.constant(y, 1)] }, ir.give(y))).toContain(
      "y is not in scope",
    );
    const hiding = ir.variable("x");
    expect(problems("lowered", { kind: "block", body: [ir.constant(hiding, 1), ir.give(x)] })).toContain("x is hidden");
  });

  test("finds assignments that may not be", () => {
    const y = ir.variable("y");
    expect(problems("lowered", ir.constant(y, 1), ir.assign(y, 2))).toMatch(/a const is assigned/);
    expect(problems("lowered", ir.assign(x, 2))).toContain("not marked as reassigned");
    expect(problems("lowered", { kind: "declare", keyword: "const", variable: y })).toContain("has no value");
  });

  test("finds jumps to nowhere", () => {
    expect(problems("lowered", { kind: "break" })).toContain("nothing to leave");
    expect(problems("lowered", { kind: "break", label: "l" })).toContain("a label that is not there");
    const inside: Block = [{ kind: "continue", label: "l" }];
    expect(problems("lowered", { kind: "labelled", label: "l", body: { kind: "block", body: inside } })).toContain(
      "a continue goes to no loop",
    );
  });

  test("asks for atoms until functions are simplified, but in tangents", () => {
    const nested = ir.mul(ir.add(x, 1), x);
    expect(problems("lowered", ir.give(nested))).toContain("an operand is no atom");
    expect(problems("simplified", ir.give(nested))).toBe("");
    expect(problems("differentiated", ir.constant(ir.tangent(x), nested))).toBe("");
    expect(problems("differentiated", ir.constant(ir.tangent(x), ir.mul(ir.call("f"), x)))).toContain("no atom");
  });

  test("asks that the register is read after a call, before the next", () => {
    const [v, v_t, w] = [ir.variable("v"), ir.variable("v_t"), ir.variable("w")];
    const called = ir.constant(v, ir.call("f"));
    const read = ir.constant(v_t, ir.register);
    expect(problems("differentiated", called, read)).toBe("");
    expect(problems("differentiated", read)).toContain("not read right after");
    expect(problems("differentiated", called, read, ir.constant(w, ir.register))).toContain("not read right after");
  });

  test("looks into nested functions", () => {
    const y = ir.variable("y");
    const inner = ir.form([ir.variable("z")], [ir.give(y)]);
    const f = ir.variable("g");
    expect(problems("lowered", { kind: "declareFunction", variable: f, function: inner })).toContain(
      "y is not in scope",
    );
  });
});

describe("printForm", () => {
  test("shows a function, a statement a line", () => {
    const a = ir.variable("a", { type: ir.floats });
    const i = ir.variable("i", { reassigned: true });
    const text = printForm(
      ir.form(
        [x, a],
        [
          ir.source(
            "for (let i = 0; i < x; i++) a[i] = -x;",
            ir.counting(i, x, [ir.assign(ir.element(a, i), ir.neg(ir.math("max", x, -0)))]),
          ),
          ir.when(x, [ir.give(1)], [ir.assign(ir.register, ir.conditional(x, 1, 2))]),
        ],
      ),
    );
    expect(text).toBe(`function f(x, a) {
  @ for (let i = 0; i < x; i++) a[i] = -x; {
    loop for {
      init {
        let i = 0
      }
      test (i < x)
      body {
        a[i] := -Math.max(x, -0)
      }
      update {
        i := i + 1
      }
    }
  }
  if (x) {
    return 1
  }
  else {
    $returned_t[0] := x ? 1 : 2
  }
}
`);
  });
});
