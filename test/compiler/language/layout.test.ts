import { describeTraps } from "../../support/traps.ts";

describeTraps("layout of the source", [
  {
    name: "CRLF",
    source:
      "/** @fgrad */\r\nexport function f(x: number): number {\r\n  // a comment\r\n  const y = x * x; // behind\r\n\r\n  /* in front */\r\n  return y * x;\r\n}\r\n",
    args: [1.5],
  },
  {
    name: "tabs",
    source:
      "/** @fgrad */\nexport function f(x: number): number {\n\tlet s = 0;\n\tfor (let i = 0; i < 3; i++) {\n\t\ts += x * i;\n\t}\n\treturn s;\n}\n",
    args: [1.5],
  },
  {
    name: "no semicolons",
    source:
      "const k = 2\n/** @fgrad */\nexport function f(x: number): number {\n  let s = x\n  const a = [s, k]\n  ;[a[0], a[1]] = [a[1], a[0]]\n  ;(s) += a[0] * x\n  return s\n}\n",
    args: [1.5],
  },
  {
    name: "all on one line",
    source:
      "/** @fgrad */ export function f(x: number): number { const y = x * x; if (y > 1) { return y; } else { return x; } }",
    args: [1.5],
    more: [[0.5]],
  },
  {
    name: "unusual breaks",
    source:
      "/** @fgrad */\nexport\nfunction\nf\n(\nx\n:\nnumber\n)\n:\nnumber\n{\nconst\ny\n=\nx\n*\nx\n;\nreturn (\ny\n+\nx\n)\n}\n",
    args: [1.5],
  },
  {
    name: "comments everywhere",
    source:
      "/* 0 */ /** @fgrad */ /* 1 */ export /* 2 */ function /* 3 */ f(/* 4 */ x /* 5 */ : /* 6 */ number /* 7 */ = /* 8 */ 2 /* 9 */) /* 10 */ : number /* 11 */ {\n  /* 12 */ const /* 13 */ y /* 14 */ = /* 15 */ x /* 16 */ * /* 17 */ x /* 18 */; // 19\n  // 20\n  return /* 21 */ y /* 22 */ * x; /* 23 */\n  // 24\n}\n// 25\n",
    args: [1.5],
  },
  {
    name: "comments in loops, ifs and switches",
    source:
      "/** @fgrad */\nexport function f(x: number): number {\n  let s = 0; // sum\n  // each\n  for (let i = 0; i < 3; i++) {\n    // odd\n    if (i % 2 === 1) {\n      s += x; // add\n    } // end of odd\n    else {\n      // even\n      s *= x;\n    }\n  }\n  switch (s > 1) {\n    // yes\n    case true:\n      s += 1; // one\n      break;\n    // no\n    default:\n      s -= 1;\n  }\n  return s; // done\n}\n",
    args: [1.5],
  },
  {
    name: "a byte order mark and a shebang-like first line",
    source: "\uFEFF// first\n/** @fgrad */\nexport function f(x: number): number {\n  return x * x;\n}\n",
    args: [1.5],
  },
  {
    name: "no newline at the end, and code behind the function on its line",
    source:
      "/** @fgrad */\nexport function f(x: number): number { return x * x; } export const after = 3; export const more = after",
    args: [1.5],
  },
  {
    name: "text with comment signs and template strings",
    source:
      "/** @fgrad */\nexport function f(x: number): number {\n  const a = '// no comment */'; const b = `/* ${a}\n  line two */`;\n  return x * (a.length + b.length);\n}\n",
    args: [1.5],
  },
  {
    name: "regular expressions and divisions",
    source:
      "/** @fgrad */\nexport function f(x: number): number {\n  const n = 'a/b/c'.split(/\\//).length; return x / n / x * x /n;\n}\n",
    args: [1.5],
  },
  {
    name: "parentheses in excess",
    source:
      "/** @fgrad */\nexport function f(x: number): number {\n  return ((((x)) * (((x + (1)))))) - (-(-(x)));\n}\n",
    args: [1.5],
  },
  {
    name: "wide expressions",
    source:
      "/** @fgrad */\nexport function f(alpha: number, beta: number, gamma: number): number {\n  return alpha * beta * gamma + alpha * alpha * Math.sin(beta * gamma) - Math.exp(-alpha * beta) * Math.cos(gamma / beta) + alpha ** 3 * beta ** 2 * gamma + (alpha - beta) / (gamma + alpha);\n}\n",
    args: [1.5, 2.5, 0.5],
  },
  {
    name: "literals keep their form",
    source:
      "/** @fgrad */\nexport function f(x: number): number {\n  return x * 1e-3 + 0xff * x - 1_000 * x + .5 * x;\n}\n",
    args: [1.5],
  },
  {
    name: "use strict and directives",
    source:
      "'use strict';\n/** @fgrad */\nexport function f(x: number): number {\n  'use strict';\n  return x * x;\n}\n",
    args: [1.5],
  },
  {
    name: "a line that starts with a regular expression or a template",
    source:
      "/** @fgrad */\nexport function f(x: number): number {\n  let n = 1\n  ;`ab`.length > 1 && n++\n  ;/a/.test('a') && n++\n  return x * n\n}\n",
    args: [1.5],
  },
  {
    name: "emoji and wide characters in texts and comments",
    source:
      "/** größer 🎉\n * @fgrad */\nexport function f(x: number): number {\n  // 🎉 ∂f/∂x\n  const s = '🎉é'; return x * s.length;\n}\n",
    args: [1.5],
  },
  {
    name: "two functions with one comment between",
    source:
      "/** @fgrad */\nexport function f(x: number): number {\n  return x * x;\n}\n/* between */\n/** @fgrad */\nexport function g(x: number): number {\n  return f(x) + 1;\n}\n// end\n",
    args: [1.5],
  },
  {
    name: "annotation by a tag on the const statement",
    source: "/**\n * Squares.\n * @fgrad\n */\nexport const f = (x: number): number =>\n  // inside\n  x * x;\n",
    args: [1.5],
  },
]);
