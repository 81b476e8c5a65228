/** Random loops of every kind. */

import { array, condition, held, number, place } from "./expressions.ts";
import { childScope, declare, freshName, isArrayType, type Scope } from "./scope.ts";
import { block, statements } from "./statements.ts";

/** A loop of at most a few rounds. */
export function loop(scope: Scope): string[] {
  const { random } = scope.body.module;
  const label = random.chance(0.3) ? `${random.pick(["outer", "again", "l"])}${random.below(1000)}` : undefined;
  const before = label === undefined ? "" : `${label}: `;
  scope.body.nesting++;
  scope.body.targets.push({ label, kind: "loop" });
  const lines = oneLoop(
    scope,
    random.pick(["for", "for", "for", "of", "of", "while", "do", "in", "test", "entries", "two"]),
  );
  scope.body.targets.pop();
  scope.body.nesting--;
  const at = lines.findIndex((line) => /^(for|while|do)\b/.test(line));
  return lines.map((line, i) => (i === at ? `${before}${line}` : line));
}

type Kind = "for" | "of" | "while" | "do" | "in" | "test" | "entries" | "two";

function oneLoop(scope: Scope, kind: Kind): string[] {
  const { random } = scope.body.module;
  const size = 1 + random.below(3);
  const rounds = 2 + random.below(3);
  const within = childScope(scope);
  switch (kind) {
    case "for": {
      const name = freshName(within, random.pick(["i", "j", "k"]));
      declare(within, name, "int", false);
      const stop = held(scope, isArrayType);
      const test =
        stop !== undefined && random.chance(0.3)
          ? `${name} < ${stop.text}.length && ${name} < 4`
          : `${name} < ${rounds}`;
      if (stop !== undefined && stop.text === name) return [];
      if (random.chance(0.15)) return [`for (let ${name} = ${rounds}; ${name}-- > 0; ) ${block(inside(within, size))}`];
      return [
        `for (let ${name} = 0; ${test}; ${random.pick([`${name}++`, `++${name}`, `${name} += 1`])}) ${block(inside(within, size))}`,
      ];
    }
    case "two": {
      const name = freshName(within, "i");
      const start = number(scope, 1);
      declare(within, name, "int", false);
      const second = freshName(within, "w");
      if (new RegExp(`\\b${second}\\b|\\b${name}\\b`).test(start)) return [];
      declare(within, second, "number", true);
      return [
        `for (let ${name} = 0, ${second} = ${start}; ${name} < ${rounds}; ${name}++, ${second} *= 0.5) ${block(inside(within, size))}`,
      ];
    }
    case "of": {
      const list = array(scope, random.pick(["number[]", "Float64Array"]), 2);
      const name = freshName(within, "item");
      if (new RegExp(`\\b${name}\\b`).test(list)) return [];
      const assignable = random.chance(0.4);
      declare(within, name, "number", assignable);
      return [
        `for (${assignable ? "let" : "const"} ${name} of ${list}) ${block(bounded(scope, inside(within, size)))}`,
      ];
    }
    case "entries": {
      const list = array(scope, "number[]", 1);
      const [index, name] = [freshName(within, "i"), `${freshName(within, "item")}0`];
      if (new RegExp(`\\b(${name}|${index})\\b`).test(list)) return [];
      declare(within, index, "int", false);
      declare(within, name, "number", false);
      return [`for (const [${index}, ${name}] of ${list}.entries()) ${block(bounded(scope, inside(within, size)))}`];
    }
    case "in": {
      const list = held(scope, isArrayType);
      const target = place(scope, true);
      if (list === undefined || target === undefined) return oneLoop(scope, "for");
      const name = `${freshName(within, "key")}_in`;
      return [
        `for (const ${name} in ${list.text}) ${block([`${target} += Math.sin(${list.text}[${name}]!);`, ...inside(within, 1)])}`,
      ];
    }
    case "while":
    case "do":
    case "test": {
      const counter = `n${random.below(1000)}`;
      declare(within, counter, "int", false);
      const extra = random.chance(0.4) ? ` && ${condition(scope, 1)}` : "";
      // Counted at the start, so that a continue can't skip it.
      const body = [`${counter}++;`, ...inside(within, size)];
      if (kind === "do") return [`let ${counter} = 0;`, `do ${block(body)} while (${counter} < ${rounds}${extra});`];
      if (kind === "test")
        return [`let ${counter} = 0;`, `while (${counter}++ < ${rounds}${extra}) ${block(body.slice(1))}`];
      return [`let ${counter} = 0;`, `while (${counter} < ${rounds}${extra}) ${block(body)}`];
    }
  }
}

function inside(scope: Scope, size: number): string[] {
  return statements(childScope(scope), size);
}

/** A loop over an array that it makes longer must end. */
function bounded(scope: Scope, lines: readonly string[]): string[] {
  if (!lines.some((line) => /push|unshift|splice|\.length\] =|\w\(/.test(line))) return [...lines];
  const guards = held(scope, isArrayType);
  return guards === undefined ? [...lines] : [`if (${guards.text}.length > 9) break;`, ...lines];
}
