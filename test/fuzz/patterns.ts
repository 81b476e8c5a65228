/** Random destructuring: declarations, assignments, swaps. */

import { array, expression, held, number, place } from "./expressions.ts";
import { declare, freshName, type Scope } from "./scope.ts";

/** A statement that takes something apart. */
export function destructuring(scope: Scope): string[] {
  const { random, interfaces } = scope.body.module;
  const kind = random.pick([
    "swap",
    "swap",
    "tuple",
    "array",
    "assign",
    ...(interfaces.size > 0 ? ["object", "object"] : []),
  ]);
  const keyword = random.pick(["const", "let"]);
  const names = (count: number): string[] => {
    const list: string[] = [];
    for (let i = 0; i < count; i++) {
      const name = freshName(scope);
      list.push(list.includes(name) ? `${name}${i}_` : name);
    }
    return list;
  };
  const define = (name: string): void => {
    scope.mentioned.add(name);
    declare(scope, name, "number", keyword === "let");
  };
  switch (kind) {
    case "swap": {
      const [first, second] = [place(scope, true), place(scope, true)];
      if (first === undefined || second === undefined) return [];
      const target = (text: string): string => text.replace(/!$/, "");
      return [`[${target(first)}, ${target(second)}] = [${second}, ${first}];`];
    }
    case "tuple": {
      const value = expression(scope, "[number, number]", 2);
      const [p = "p", q = "q"] = names(2);
      if (new RegExp(`\\b(${p}|${q})\\b`).test(value)) return [];
      if (random.chance(0.3)) {
        define(q);
        return [`${keyword} [, ${q}]: [number, number] = ${value};`];
      }
      define(p);
      define(q);
      return [`${keyword} [${p}, ${q}]: [number, number] = ${value};`];
    }
    case "array": {
      const value = array(scope, "number[]", 2);
      const fallback = number(scope, 1);
      const [p = "p", q = "q"] = names(2);
      if (new RegExp(`\\b(${p}|${q})\\b`).test(value + fallback)) return [];
      define(p);
      if (random.chance(0.4)) {
        scope.mentioned.add(q);
        return [`${keyword} [${p} = ${fallback}, ...${q}] = ${value};`, `console.log(${q}.length);`];
      }
      define(q);
      return [`${keyword} [${p} = ${fallback}, ${q} = ${random.pick([p, "0.5"])}] = ${value};`];
    }
    case "assign": {
      const [first, second] = [place(scope, true), place(scope, true)];
      if (first === undefined || second === undefined) return [];
      const value = expression(scope, "[number, number]", 2);
      return [
        `[${first.replace(/!$/, "")}, ${second.replace(/!$/, "")}] = ${value.startsWith("[") ? `(${value} as [number, number])` : value};`,
      ];
    }
    default: {
      const type = random.pick([...interfaces.keys()]);
      const one = held(scope, (other) => other === type);
      const fields = [...(interfaces.get(type) ?? [])].filter(
        ([, part]) => part === "number" || part === "number | undefined",
      );
      if (one === undefined || fields.length === 0) return [];
      const parts: string[] = [];
      const defined: string[] = [];
      for (const [field, part] of fields) {
        const name = freshName(scope);
        if (defined.includes(name) || one.text.split(".")[0] === name) continue;
        defined.push(name);
        parts.push(`${field}: ${name}${part === "number" ? "" : ` = ${random.pick(["0.5", "2"])}`}`);
      }
      if (parts.length === 0) return [];
      for (const name of defined) define(name);
      return [`${keyword} { ${parts.join(", ")} } = ${one.text};`];
    }
  }
}
