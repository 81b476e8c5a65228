/** Random statements, as lists of lines. Every loop ends: its counter is its own. */

import {
  array,
  assign,
  call,
  condition,
  expression,
  held,
  integer,
  methodCall,
  number,
  place,
  text,
} from "./expressions.ts";
import { localFunction, someTest } from "./functions.ts";
import { loop } from "./loops.ts";
import { destructuring } from "./patterns.ts";
import { arrayTypes, childScope, declare, freshName, isArrayType, type Scope, type Type, typeText } from "./scope.ts";

/** At most `count` statements in this scope, as long as the function's budget lasts. */
export function statements(scope: Scope, count: number): string[] {
  const lines: string[] = [];
  for (let i = 0; i < count && scope.body.budget > 0; i++) {
    scope.body.budget--;
    lines.push(...statement(scope));
  }
  return lines;
}

/** Lines in braces. */
export function block(lines: readonly string[]): string {
  return lines.length === 0 ? "{}" : `{\n${lines.map((line) => `  ${line.replaceAll("\n", "\n  ")}`).join("\n")}\n}`;
}

/** A block with a scope of its own. */
export function inner(scope: Scope, count: number): string[] {
  return statements(childScope(scope), count);
}

type Make = () => string[];

function statement(scope: Scope): string[] {
  const { random, classes } = scope.body.module;
  const { nesting, targets } = scope.body;
  const deep = nesting > 3;
  const ways: readonly (readonly [number, Make])[] = [
    [5, () => declaration(scope)],
    [5, () => write(scope)],
    [1, () => rebind(scope)],
    [deep ? 0 : 2.5, () => branch(scope)],
    [deep ? 0 : 3, () => loop(scope)],
    [deep ? 0 : 1, () => choice(scope)],
    [1.5, () => destructuring(scope)],
    [deep ? 0 : 1.2, () => localFunction(scope)],
    [deep ? 0 : 1, () => attempt(scope)],
    [0.7, () => arrayEffect(scope)],
    [0.7, () => callStatement(scope)],
    [0.4, () => [`console.log(${text(scope, 1)}, ${number(scope, 1)});`]],
    [0.5, () => inactive(scope)],
    [deep ? 0 : 0.5, () => [block(inner(scope, 2))]],
    [deep ? 0 : 0.4, () => labelledBlock(scope)],
    [0.5, () => logical(scope)],
    [0.4, () => early(scope)],
    [targets.length > 0 ? 1 : 0, () => jump(scope)],
    [classes.size > 0 ? 0.6 : 0, () => instance(scope)],
    [0.15, () => [`if (${condition(scope, 1)} && ${condition(scope, 1)}) throw new RangeError("far");`]],
  ];
  let at = random.real() * ways.reduce((sum, [weight]) => sum + weight, 0);
  for (const [weight, make] of ways) {
    at -= weight;
    if (at < 0) return make();
  }
  return [];
}

const valueTypes: readonly Type[] = [
  ...["number", "number", "number", "number", "number[]", "Float64Array", "Float32Array", "[number, number]"],
  ...["[number, number, number]", "number[][]", "int", "boolean", "string", "fn", "number | undefined"],
];

/** A declaration of some variable. */
export function declaration(scope: Scope, wanted?: Type): string[] {
  const { random, interfaces } = scope.body.module;
  const type = wanted ?? random.pick([...valueTypes, ...interfaces.keys()]);
  const assignable = random.chance(0.6) && type !== "int";
  if (type === "number" && random.chance(0.1)) return splitDeclaration(scope);
  const value = expression(scope, type, 3);
  const name = freshName(scope);
  const annotated =
    !["number", "boolean", "string"].includes(type) || random.chance(0.4) || /^[-\d.e"'`]+$/.test(value);
  const keyword = assignable ? "let" : "const";
  scope.mentioned.add(name);
  declare(scope, name, type, assignable);
  return [`${keyword} ${name}${annotated ? `: ${typeText(type)}` : ""} = ${strip(value)};`];
}

/** Without the parentheses around the whole. */
export function strip(value: string): string {
  if (!value.startsWith("(") || !value.endsWith(")")) return value;
  let level = 0;
  for (let i = 0; i < value.length - 1; i++) {
    if (value[i] === "(") level++;
    if (value[i] === ")") level--;
    if (level === 0) return value;
  }
  const bare = value.slice(1, -1);
  return /^[{[]|^function|,/.test(bare) || bare.includes(" => ") ? value : bare;
}

function splitDeclaration(scope: Scope): string[] {
  const test = condition(scope, 2);
  const name = freshName(scope);
  const [left, right] = [number(scope, 2), number(scope, 2)];
  if (scope.mentioned.has(name)) return [];
  scope.mentioned.add(name);
  declare(scope, name, "number", true);
  return [`let ${name}: number;`, `if (${test}) ${name} = ${left};`, `else ${name} = ${right};`];
}

function write(scope: Scope): string[] {
  const { random } = scope.body.module;
  const target = place(scope, true);
  if (target === undefined) return declaration(scope, "number");
  const bare = target.replace(/!$/, "");
  if (random.chance(0.12)) return [`${random.pick(["++", "--"])}${target};`];
  if (random.chance(0.12)) return [`${target}${random.pick(["++", "--"])};`];
  if (random.chance(0.15)) {
    const second = (place(scope, true) ?? target).replace(/!$/, "");
    return [`${bare} = ${second} = ${number(scope, 2)};`];
  }
  if (random.chance(0.15)) return [`${bare} = ${random.pick(["0", "1", "0.5", "-0"])};`];
  if (random.chance(0.1)) return [`${target} ${random.pick(["%=", "/="])} 1.7;`];
  if (random.chance(0.05)) return [`${target} ${random.pick(["||=", "&&="])} ${number(scope, 2)};`];
  return [`${assign(scope, target, random.pick(["=", "=", "=", "+=", "-=", "*="]), 3)};`];
}

/** An array, an object, a function or an optional number by another value: a second name for the same memory. */
function rebind(scope: Scope): string[] {
  const one = held(scope, (type) => type !== "number" && type !== "int" && type !== "rest", true);
  if (one === undefined) return declaration(scope);
  return [`${one.text} = ${expression(scope, one.type, 2)};`];
}

function branch(scope: Scope): string[] {
  const { random } = scope.body.module;
  const test = someTest(scope);
  const then = block(inner(scope, 1 + random.below(2)));
  if (random.chance(0.5)) return [`if (${strip(test)}) ${then}`];
  if (random.chance(0.3)) {
    const second = condition(scope, 1);
    return [`if (${test}) ${then} else if (${second}) ${block(inner(scope, 1))} else ${block(inner(scope, 1))}`];
  }
  return [`if (${test}) ${then} else ${block(inner(scope, 1 + random.below(2)))}`];
}

/** A switch over a whole number, whose cases may fall through. */
function choice(scope: Scope): string[] {
  const { random } = scope.body.module;
  const by = integer(scope, 2);
  const cases: string[] = [];
  const tests = ["0", "1", "2", "default"].filter(() => random.chance(0.8));
  if (random.chance(0.3)) tests.reverse();
  scope.body.nesting++;
  scope.body.targets.push({ label: undefined, kind: "switch" });
  for (const test of tests) {
    const lines = inner(scope, 1 + random.below(2));
    const end = random.chance(0.6) ? ["break;"] : [];
    const braces = lines.some((line) => /^(let|const|function|class)\b/.test(line)) || random.chance(0.5);
    const body = braces ? [block(lines), ...end] : [...lines, ...end];
    cases.push(
      `${test === "default" ? "default" : `case ${test}`}:${body.map((line) => `\n  ${line.replaceAll("\n", "\n  ")}`).join("")}`,
    );
  }
  scope.body.targets.pop();
  scope.body.nesting--;
  return [`switch (${by} % 4) ${block(cases)}`];
}

function attempt(scope: Scope): string[] {
  const { random } = scope.body.module;
  scope.body.caught++;
  const lines = inner(scope, 2);
  lines.splice(
    random.below(lines.length + 1),
    0,
    ...(random.chance(0.7) ? [`if (${condition(scope, 1)}) throw new Error(\`bad \${${integer(scope, 0)}}\`);`] : []),
  );
  scope.body.caught--;
  const after = random.chance(0.3) ? ` finally ${block(finalLines(scope))}` : "";
  if (after !== "" && random.chance(0.2)) return [`try ${block(lines)}${after}`];
  const handler = childScope(scope);
  const name = random.chance(0.4) ? freshName(handler, "error") : undefined;
  const caught = name === undefined ? [] : [`console.log(${name} instanceof Error ? ${name}.message : "");`];
  return [
    `try ${block(lines)} catch ${name === undefined ? "" : `(${name}) `}${block([...caught, ...statements(handler, 1)])}${after}`,
  ];
}

/** What a finally block does: no jump, which would swallow another. */
function finalLines(scope: Scope): string[] {
  const target = place(scope, true);
  return target === undefined ? [] : [`${assign(scope, target, "+=", 2)};`];
}

function arrayEffect(scope: Scope): string[] {
  const { random } = scope.body.module;
  const one = held(scope, isArrayType);
  if (one === undefined) return declaration(scope, random.pick(arrayTypes));
  const { text: list } = one;
  const any = (): string =>
    random.pick([
      `${list}.fill(${number(scope, 2)})`,
      `${list}.reverse()`,
      `${list}.copyWithin(0, 1)`,
      ...(scope.body.module.avoid.has("callbacks") ? [] : [`${list}.sort((p, q) => p - q)`]),
    ]);
  if (one.type !== "number[]") {
    const other = array(scope, random.pick(arrayTypes), 1);
    return [`${random.pick([any(), `${list}.set(${other}.slice(0, 2))`, `${list}.set([${number(scope, 1)}], 1)`])};`];
  }
  return [
    `${random.pick([any(), `${list}.push(${number(scope, 2)})`, `${list}.unshift(${number(scope, 1)}, ${number(scope, 1)})`, `if (${list}.length > 2) ${list}.pop()`, `if (${list}.length > 2) ${list}.shift()`, `${list}.splice(1, 1, ${number(scope, 1)}, ${number(scope, 1)})`, `${list}[${list}.length] = ${number(scope, 2)}`])};`,
  ];
}

function callStatement(scope: Scope): string[] {
  const { random } = scope.body.module;
  const result = random.pick(["void", "void", "number"]);
  const made = call(scope, result, 3) ?? methodCall(scope, result, 3);
  return made === undefined ? write(scope) : [`${made};`];
}

/** Code that no tangent touches, but that must run just the same. */
function inactive(scope: Scope): string[] {
  const { random } = scope.body.module;
  const name = freshName(scope, random.pick(["names", "counts", "tags"]));
  const tag = text(scope, 1);
  if (scope.mentioned.has(name)) return [];
  scope.mentioned.add(name);
  return random.pick([
    [
      `const ${name} = new Map<string, number>();`,
      `${name}.set(${tag}, (${name}.get("a") ?? 0) + ${integer(scope, 1)});`,
      `console.log([...${name}]);`,
    ],
    [
      `const ${name}: string[] = [${tag}];`,
      `${name}.push(\`\${${number(scope, 1)}}\`);`,
      `console.log(${name}.join());`,
    ],
    [`const ${name} = new Set([${integer(scope, 0)}, ${integer(scope, 0)}]);`, `console.log(${name}.size);`],
    [`const ${name} = new Int32Array(3);`, `${name}[1] = ${integer(scope, 1)};`, `console.log(${name});`],
  ]);
}

function labelledBlock(scope: Scope): string[] {
  const label = `done${scope.body.module.random.below(1000)}`;
  scope.body.targets.push({ label, kind: "block" });
  const within = childScope(scope);
  const lines = statements(within, 2);
  lines.push(`if (${condition(within, 1)}) break ${label};`, ...statements(within, 1));
  scope.body.targets.pop();
  return [`${label}: ${block(lines)}`];
}

/** An expression for its effect under a condition. */
function logical(scope: Scope): string[] {
  const { random } = scope.body.module;
  const target = place(scope, true);
  if (target === undefined) return [];
  const test = condition(scope, 2);
  const change = `(${assign(scope, target, random.pick(["=", "+="]), 2)})`;
  const other = place(scope, true);
  return random.pick([
    [`${test} && ${change};`],
    [`${test} || ${change};`],
    [`${test} ? ${change} : ${other ?? target}++;`],
    [`${change}, ${other ?? target}--;`],
  ]);
}

function early(scope: Scope): string[] {
  const { result } = scope.body;
  const test = `${condition(scope, 1)} && ${condition(scope, 1)}`;
  return [`if (${test}) return${result === "void" ? "" : ` ${expression(scope, result, 2)}`};`];
}

function jump(scope: Scope): string[] {
  const { random } = scope.body.module;
  const target = random.pick(scope.body.targets);
  const nearest = scope.body.targets.filter(({ kind }) => kind !== "block").at(-1);
  const label = target.label === undefined || (target === nearest && random.chance(0.5)) ? undefined : target.label;
  if (label === undefined && nearest === undefined) return [];
  const loops = scope.body.targets.some(({ kind }) => kind === "loop");
  const onLoop = label === undefined ? loops : target.kind === "loop";
  const word = onLoop && random.chance(0.5) ? "continue" : "break";
  return [`if (${condition(scope, 1)}) ${word}${label === undefined ? "" : ` ${label}`};`];
}

function instance(scope: Scope): string[] {
  const { random, classes } = scope.body.module;
  return declaration(scope, random.pick([...classes.keys()]));
}
