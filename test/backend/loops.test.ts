/** Loops whose update or test needs statements, against what the form means: random control flow on a tape of decisions. */

import { transformSync } from "esbuild";
import fc from "fast-check";
import { expect, test } from "vitest";
import { printFunction } from "../../compiler/backend/print/print.ts";
import type { Block, Expression, Loop, Statement, Variable } from "../../compiler/ir/types.ts";
import { assign, call, declare, effect, form, giveBack, read, temporary, variable, verbatim, when } from "./forms.ts";

const constant = (value: number): Expression => ({ kind: "constant", value });
const log = (n: number): Statement => effect(call("log", constant(n)));
const decide = call("decide");

/** Calls of `log` and `decide` until the decisions are used up. */
interface World {
  readonly log: (n: number) => void;
  readonly decide: () => boolean;
  readonly seen: number[];
}

function world(decisions: readonly boolean[]): World {
  const seen: number[] = [];
  let at = 0;
  return {
    seen,
    log: (n) => {
      seen.push(n);
      if (seen.length > 200) throw new Error("end");
    },
    decide: () => {
      const decision = decisions[at];
      at += 1;
      seen.push(decision ? -1 : -2);
      if (decision === undefined) throw new Error("end");
      return decision;
    },
  };
}

/** How a statement ended: normally, or by a jump. */
type Completion = { readonly kind: "break" | "continue"; readonly label?: string } | undefined;

class Interpreter {
  readonly world: World;
  readonly values = new Map<number, unknown>();

  constructor(of: World) {
    this.world = of;
  }

  evaluate(value: Expression): unknown {
    if (value.kind === "constant") return value.value;
    if (value.kind === "variable") return this.values.get(value.variable.id);
    if (value.kind === "unary" && value.operator === "!") return !this.evaluate(value.operand);
    if (value.kind === "call" && value.callee.kind === "global") {
      if (value.callee.name === "decide") return this.world.decide();
      return this.world.log(Number(value.arguments.map((each) => this.evaluate(each as Expression))[0]));
    }
    throw new Error(`no ${value.kind} here`);
  }

  block(statements: Block): Completion {
    for (const statement of statements) {
      const completion = this.run(statement, []);
      if (completion !== undefined) return completion;
    }
    return undefined;
  }

  run(statement: Statement, labels: readonly string[]): Completion {
    switch (statement.kind) {
      case "declare":
        this.values.set(statement.variable.id, statement.value && this.evaluate(statement.value));
        return undefined;
      case "effect":
        this.evaluate(statement.value);
        return undefined;
      case "if":
        return this.block(this.evaluate(statement.test) ? statement.then : (statement.else ?? []));
      case "block":
        return this.block(statement.body);
      case "verbatim": {
        const [, number] = /log\((\d+)\)/.exec(statement.origin.text) ?? [];
        const taken = this.world.decide();
        if (number !== undefined && taken) this.world.log(Number(number));
        return taken ? { kind: "continue" } : undefined;
      }
      case "labelled": {
        const completion = this.run(statement.body, [...labels, statement.label]);
        return completion?.kind === "break" && completion.label === statement.label ? undefined : completion;
      }
      case "switch": {
        const completion = this.block(this.evaluate(statement.discriminant) ? (statement.cases[0]?.body ?? []) : []);
        return completion?.kind === "break" && completion.label === undefined ? undefined : completion;
      }
      case "break":
      case "continue":
        return { kind: statement.kind, ...(statement.label !== undefined && { label: statement.label }) };
      case "loop":
        return this.loop(statement, labels);
      default:
        throw new Error(`no ${statement.kind} here`);
    }
  }

  loop(form_: Loop, labels: readonly string[]): Completion {
    this.block(form_.init);
    for (let first = true; ; first = false) {
      if (!(first && form_.form === "do")) {
        this.block(form_.before);
        if (form_.test !== undefined && !this.evaluate(form_.test)) return undefined;
      }
      const completion = this.block(form_.body);
      if (completion !== undefined) {
        const mine = completion.label === undefined || labels.includes(completion.label);
        if (!mine) return completion;
        if (completion.kind === "break") return completion.label === undefined ? undefined : completion;
      }
      this.block(form_.update);
    }
  }
}

/** Labels and kinds of jumps that are allowed where a statement stands. */
interface Around {
  readonly loop: boolean;
  readonly breakable: boolean;
  readonly labels: readonly string[];
  readonly depth: number;
}

const names = ["outer", "middle", "inner", "last"];

function statements(around: Around): fc.Arbitrary<Block> {
  return fc.array(statement(around), { minLength: 1, maxLength: around.depth > 1 ? 2 : 3 });
}

function statement(around: Around): fc.Arbitrary<Statement> {
  const plain: fc.Arbitrary<Statement>[] = [fc.integer({ min: 1, max: 99 }).map(log)];
  const jumps: Statement[] = around.labels.flatMap((label): Statement[] => [
    { kind: "break", label },
    { kind: "continue", label },
  ]);
  if (around.breakable) jumps.push({ kind: "break" });
  if (around.loop) jumps.push({ kind: "continue" }, { kind: "continue" });
  if (jumps.length > 0) {
    const jump = fc.constantFrom(...jumps).map((then): Statement => when(decide, [then]));
    plain.push(jump, jump);
  }
  if (around.loop) {
    plain.push(fc.integer({ min: 1, max: 99 }).map((n) => verbatim(`if (decide()) {\n  log(${n});\n  continue;\n}`)));
  }
  if (around.depth >= 3) return fc.oneof(...plain);
  const deeper = { ...around, depth: around.depth + 1 };
  return fc.oneof(
    { weight: 4, arbitrary: fc.oneof(...plain) },
    {
      weight: 1,
      arbitrary: statements(deeper).map((then): Statement => when(decide, then, [log(7)])),
    },
    {
      weight: 1,
      arbitrary: statements({ ...deeper, breakable: true }).map((body): Statement => {
        return { kind: "switch", discriminant: decide, cases: [{ test: { kind: "constant", value: true }, body }] };
      }),
    },
    { weight: 4, arbitrary: loops(around) },
  );
}

function loops(around: Around): fc.Arbitrary<Statement> {
  return fc
    .record({
      labelled: fc.boolean(),
      kind: fc.constantFrom<Loop["form"]>("for", "while", "do"),
      before: fc.boolean(),
      update: fc.constantFrom("none", "simple", "statements"),
      init: fc.constantFrom("none", "let", "captured", "mixed"),
    })
    .chain(({ labelled, kind, before, update, init }) => {
      const label = names[around.depth] ?? "label";
      const inside = {
        loop: true,
        breakable: true,
        labels: labelled ? [...around.labels, label] : around.labels,
        depth: around.depth + 1,
      };
      return statements(inside).map((body): Statement => {
        const test = temporary();
        const held = temporary();
        const count = variable("i", "user", { captured: init === "captured", reassigned: true });
        const start = temporary();
        const inits: Record<typeof init, Block> = {
          none: [],
          let: [declare(count, constant(3), "let")],
          captured: [declare(count, constant(4), "let")],
          mixed: [declare(start, constant(5)), declare(count, read(start), "let")],
        };
        const updates: Record<typeof update, Block> = {
          none: [],
          simple: [log(100), log(101)],
          statements: [declare(held, constant(102)), effect(call("log", read(held)))],
        };
        const loop: Loop = {
          kind: "loop",
          form: kind,
          init: kind === "for" ? inits[init] : [],
          before: before ? [declare(test, decide)] : [],
          test: before ? read(test) : decide,
          update: kind === "for" ? updates[update] : [],
          body,
        };
        return labelled ? { kind: "labelled", label, body: loop } : loop;
      });
    });
}

test("any loop runs as its form says", () => {
  const top = statements({ loop: false, breakable: false, labels: [], depth: 0 });
  fc.assert(
    fc.property(top, fc.array(fc.boolean(), { maxLength: 40 }), fc.boolean(), (body, decisions, semicolons) => {
      const { text } = printFunction(form("f", [], body, { resultText: "void" }), {
        reserved: new Set(["log", "decide"]),
        source: { file: "/other.ts", text: semicolons ? "let a = 1;\nlet b = 2;\n" : "let a = 1\nlet b = 2\n" },
      });
      const wanted = world(decisions);
      const outcome = attempt(() => new Interpreter(wanted).block(body));
      const { log: logged, decide: decided, seen } = world(decisions);
      const run = compiled(text);
      expect({ outcome: attempt(() => run(logged, decided)), seen, text }).toEqual({
        outcome,
        seen: wanted.seen,
        text,
      });
    }),
    { numRuns: 300 },
  );
});

function attempt(run: () => unknown): string {
  try {
    run();
    return "done";
  } catch (error) {
    return error instanceof Error ? error.message : "thrown";
  }
}

function compiled(text: string): (log: World["log"], decide: World["decide"]) => unknown {
  const { code } = transformSync(text, { loader: "ts" });
  return new Function("log", "decide", `"use strict"; ${code}; return f();`) as never;
}

/** A loop over i with closures that keep it, and an update of several statements. */
function keeping(update: Block, i: Variable, body: Block): string {
  const loop: Loop = {
    kind: "loop",
    form: "for",
    init: [declare(i, constant(0), "let")],
    before: [],
    test: { kind: "binary", operator: "<", left: read(i), right: constant(3) },
    update,
    body,
  };
  return printFunction(form("f", [], [loop]), { reserved: new Set() }).text;
}

test("closures made in the body do not see the counter of the next round", () => {
  const i = variable("i", "user", { reassigned: true, captured: true });
  const step = temporary();
  const next = assign(i, { kind: "binary", operator: "+", left: read(i), right: read(step) });
  const { resultText: _, ...inner } = form("", [], [giveBack(read(i))], { style: "arrow" });
  const keep = effect(call("log", { kind: "function", function: inner } as Expression));
  const text = keeping([declare(step, constant(1)), next], i, [keep]);
  const kept: (() => number)[] = [];
  compiled(text)(
    (n) => kept.push(n as never),
    () => true,
  );
  expect(kept.map((each) => each())).toEqual([0, 1, 2]);
});

test("an update of several statements, and continue", () => {
  const i = variable("i", "user", { reassigned: true });
  const step = temporary();
  const next = assign(i, { kind: "binary", operator: "+", left: read(i), right: read(step) });
  const text = keeping([declare(step, constant(1)), next], i, [
    when(decide, [{ kind: "continue" }]),
    effect(call("log", read(i))),
  ]);
  expect(text).toMatchInlineSnapshot(`
    "function f(): number {
      for (let i = 0; i < 3; ) {
        body: {
          if (decide()) {
            break body;
          }
          log(i);
        }
        const value = 1;
        i += value;
      }
    }"
  `);
});

test("a test that needs statements", () => {
  const held = temporary();
  const loop = (kind: Loop["form"]): string => {
    const body: Block = [log(1)];
    const of: Loop = {
      kind: "loop",
      form: kind,
      init: [],
      before: [declare(held, decide)],
      test: { kind: "binary", operator: "<", left: read(held), right: constant(3) },
      update: [],
      body,
    };
    return printFunction(form("f", [], [of], { resultText: "void" }), { reserved: new Set() }).text;
  };
  expect(loop("while")).toMatchInlineSnapshot(`
    "function f(): void {
      for (;;) {
        const decideValue = decide();
        if (!(decideValue < 3)) {
          break;
        }
        log(1);
      }
    }"
  `);
  expect(loop("do")).toMatchInlineSnapshot(`
    "function f(): void {
      for (;;) {
        log(1);
        const decideValue = decide();
        if (!(decideValue < 3)) {
          break;
        }
      }
    }"
  `);
});
