/**
 * Whether memory of modules that takes active values is written before it is read, in each call: an abstract run of the
 * selected functions over all that they call. Must-information on what was written, may-information on what is where.
 *
 * Takes a solved program. Guarantees: where nothing is reported, no read of a shadow sees what an earlier call left there.
 */

import type { Assign, Block, Expression, Statement } from "../../ir/types.ts";
import { setterOf } from "../activity/methods.ts";
import { fullLoop } from "./loops.ts";
import { indexKey, readAll, write } from "./places.ts";
import {
  type Activation,
  emptyFrame,
  giveUp,
  type Jump,
  leak,
  mostRuns,
  mostTurns,
  type Run,
  unknownArguments,
} from "./run.ts";
import { callAny, closure, content, either, evaluate, ofInstance } from "./values.ts";
import {
  type Callable,
  type Content,
  isPlain,
  joined,
  meet,
  missing,
  note,
  plain,
  sameWorld,
  theObject,
  type World,
  withoutIndex,
  withPlace,
} from "./world.ts";

/** Runs a function; what the world is afterwards, and what it gives back. */
export function runFunction(
  run: Run,
  callee: Callable,
  given: readonly Content[],
  receiver: Content,
  world: World,
): { world: World; result: Content } {
  const { instance: one, form } = callee;
  if (world === undefined) return { world, result: plain };
  run.runs += 1;
  if (run.running.includes(form) || run.runs > mostRuns) {
    if (one.touches || ![...given, receiver].every(isPlain)) giveUp(run, one);
    return { world, result: run.leaked };
  }
  run.running.push(form);
  const frame = callee.frame ?? emptyFrame();
  let end: { world: World; result: Content } = { world, result: plain };
  const absent = given === unknownArguments ? plain : missing;
  form.parameters.forEach(({ variable, rest }, i) => {
    const content = rest ? given.slice(i).reduce(joined, plain) : (given[i] ?? absent);
    if (rest) leak(run, content);
    note(frame, variable.id, rest ? plain : content);
  });
  if (form.receiver !== undefined) note(frame, form.receiver.id, receiver);
  for (let turn = 0; turn < mostTurns; turn++) {
    const { version } = frame;
    const at: Activation = {
      ...{ run, one, frame, world, returned: undefined, result: undefined, jumps: [] },
    };
    block(at, form.body);
    const ends = at.world === undefined ? (at.result ?? plain) : joined(at.result ?? plain, missing);
    end = { world: meet(at.world, at.returned), result: ends };
    if (frame.version === version) break;
    if (turn + 1 === mostTurns) giveUp(run, one);
  }
  run.running.pop();
  return end;
}

function block(at: Activation, statements: Block): void {
  for (const statement of statements) run(at, statement);
}

function run(at: Activation, statement: Statement): void {
  switch (statement.kind) {
    case "source":
    case "block":
      return block(at, statement.body);
    case "declare":
      if (statement.value !== undefined) note(at.frame, statement.variable.id, evaluate(at, statement.value));
      at.world = withoutIndex(at.world, statement.variable.id);
      return;
    case "assign":
      return assign(at, statement);
    case "effect":
      evaluate(at, statement.value);
      return;
    case "if": {
      evaluate(at, statement.test);
      const holds = decided(at, statement.test);
      const before = at.world;
      if (holds === false) at.world = undefined;
      else block(at, statement.then);
      const then = at.world;
      at.world = holds === true ? undefined : before;
      if (at.world !== undefined && statement.else !== undefined) block(at, statement.else);
      at.world = meet(then, at.world);
      return;
    }
    case "loop": {
      block(at, statement.init);
      const first = statement.form === "do";
      const written = fullLoop(statement, (expression) => at.run.around.value(at.one, expression));
      const decide = (): World => {
        block(at, statement.before);
        if (statement.test !== undefined) evaluate(at, statement.test);
        return statement.test === undefined ? undefined : at.world;
      };
      loop(at, () => {
        const early = first ? undefined : decide();
        block(at, statement.body);
        const jump = at.jumps.at(-1);
        if (jump !== undefined) at.world = meet(at.world, jump.continued);
        block(at, statement.update);
        return first ? decide() : early;
      });
      if (written === undefined) return;
      // All elements up to the end were written, one in each turn.
      for (const { array, count } of written) {
        const only = theObject(evaluate(at, array));
        if (only === undefined) continue;
        const length = at.run.around.length(only);
        if (count === "length" || (length !== undefined && count >= length))
          at.world = withPlace(at.world, `${only}[*]`, plain);
      }
      return;
    }
    case "forOf":
      readAll(at, evaluate(at, statement.iterable), statement.iterable);
      note(at.frame, statement.variable.id, joined(at.run.leaked, plain));
      loop(at, () => {
        const out = at.world;
        block(at, statement.body);
        const jump = at.jumps.at(-1);
        if (jump !== undefined) at.world = meet(at.world, jump.continued);
        return out;
      });
      return;
    case "forIn":
      evaluate(at, statement.object);
      loop(at, () => {
        const out = at.world;
        block(at, statement.body);
        const jump = at.jumps.at(-1);
        if (jump !== undefined) at.world = meet(at.world, jump.continued);
        return out;
      });
      return;
    case "switch": {
      evaluate(at, statement.discriminant);
      const jump: Jump = { label: undefined, breakable: true, loop: false, broken: undefined, continued: undefined };
      at.jumps.push(jump);
      let before = at.world;
      at.world = undefined;
      for (const clause of statement.cases) {
        const through = at.world;
        if (clause.test !== undefined) {
          at.world = before;
          evaluate(at, clause.test);
          before = at.world;
        }
        at.world = meet(through, before);
        block(at, clause.body);
      }
      at.jumps.pop();
      const skipped = statement.cases.some(({ test }) => test === undefined) ? undefined : before;
      at.world = meet(meet(at.world, jump.broken), skipped);
      return;
    }
    case "labelled": {
      const jump: Jump = {
        ...{ label: statement.label, breakable: false, loop: false, broken: undefined, continued: undefined },
      };
      at.jumps.push(jump);
      run(at, statement.body);
      at.jumps.pop();
      at.world = meet(at.world, jump.broken);
      return;
    }
    case "break":
    case "continue":
      return leave(at, statement.kind, statement.label);
    case "return":
      if (statement.value !== undefined) at.result = either(at.result, evaluate(at, statement.value));
      at.returned = meet(at.returned, at.world);
      at.world = undefined;
      return;
    case "throw":
      evaluate(at, statement.value);
      at.world = undefined;
      return;
    case "try": {
      const before = at.world;
      at.run.tries += 1;
      block(at, statement.block);
      at.run.tries -= 1;
      const after = at.world;
      // Where it was thrown is not known: of what was written inside, nothing may have been, and anything may be in it.
      const inside = before && new Map([...before].map(([place, held]) => [place, joined(held, at.run.leaked)]));
      at.world = inside;
      if (statement.parameter !== undefined) note(at.frame, statement.parameter.id, plain);
      if (statement.handler !== undefined) block(at, statement.handler);
      else at.world = undefined;
      at.world = meet(after, at.world);
      if (statement.finalizer === undefined) return;
      const through = at.world;
      at.world = inside;
      block(at, statement.finalizer);
      at.world = through && at.world && new Map([...through, ...at.world]);
      return;
    }
    case "declareFunction":
      note(at.frame, statement.variable.id, closure(at, statement.function));
      return;
    case "declarePair":
    case "verbatim":
      return;
  }
}

/** A question whether something is there, as far as it is known. */
function decided(at: Activation, test: Expression): boolean | undefined {
  if (test.kind !== "binary" || test.left.kind !== "variable") return undefined;
  const { operator, left, right } = test;
  const asked =
    (right.kind === "constant" && right.value === undefined) || (right.kind === "unary" && right.operator === "void");
  if (!asked || !/^[!=]==?$/.test(operator) || left.variable.module === true) return undefined;
  const { objects, functions, other, nothing } = content(at, left);
  const negated = operator.startsWith("!");
  if (!nothing) return negated;
  return objects.size === 0 && functions.size === 0 && !other ? !negated : undefined;
}

function leave(at: Activation, kind: "break" | "continue", label: string | undefined): void {
  for (let i = at.jumps.length - 1; i >= 0; i--) {
    const jump = at.jumps[i];
    if (jump === undefined) continue;
    const fits = label === undefined ? (kind === "break" ? jump.breakable : jump.loop) : jump.label === label;
    if (!fits) continue;
    // A labelled `continue` goes on with the loop right inside of the label.
    const target = label !== undefined && kind === "continue" ? at.jumps[i + 1] : jump;
    if (target !== undefined && kind === "continue") target.continued = meet(target.continued, at.world);
    else if (target !== undefined) target.broken = meet(target.broken, at.world);
    break;
  }
  at.world = undefined;
}

/** Runs turns of a loop until the world at its head stays the same. `turn` gives the world in which the loop ends. */
function loop(at: Activation, turn: () => World): void {
  let head = at.world;
  for (let i = 0; ; i++) {
    const jump: Jump = { label: undefined, breakable: true, loop: true, broken: undefined, continued: undefined };
    at.jumps.push(jump);
    at.world = head;
    const out = turn();
    at.jumps.pop();
    const next = meet(head, at.world);
    at.world = meet(out, jump.broken);
    if (sameWorld(next, head)) return;
    if (i > mostTurns) return giveUp(at.run, at.one);
    head = next;
  }
}

function assign(at: Activation, statement: Assign): void {
  const { target, value } = statement;
  if (target.kind === "register") return;
  if (target.kind === "variable") {
    const stored = evaluate(at, value);
    const place = at.run.around.tracked(at.one, target.variable);
    if (place === undefined) {
      note(at.frame, target.variable.id, stored);
      at.world = withoutIndex(at.world, target.variable.id);
      return;
    }
    return write(at, [place], stored, statement, true);
  }
  const object = evaluate(at, target.object);
  if (target.kind === "element") evaluate(at, target.index);
  const stored = evaluate(at, value);
  const setter = target.kind === "field" ? at.one.calls.get(setterOf(target)) : undefined;
  if (setter !== undefined && setter.known.size > 0) {
    callAny(at, [...setter.known.values()].map(ofInstance), [stored], object);
    return;
  }
  if (object.objects.size === 0) return leak(at.run, stored);
  const places = [...object.objects];
  // An array that is emptied has no elements of earlier calls.
  if (target.kind === "field" && target.name === "length") {
    const only = theObject(object);
    const empties = value.kind === "constant" && value.value === 0;
    if (empties && only !== undefined) at.world = withPlace(at.world, `${only}[*]`, plain);
    return;
  }
  const key = target.kind === "field" ? `.${target.name}` : indexKey(target.index);
  const certain = key !== undefined && theObject(object) !== undefined;
  if (object.other) leak(at.run, stored);
  write(
    at,
    places.map((place) => place + (key ?? "[?]")),
    stored,
    statement,
    certain,
  );
}
