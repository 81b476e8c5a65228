/**
 * What becomes of each kind of TypeScript syntax in a differentiated function. The document beside this file is made
 * from this table; the tests compile every sample, and see to it that no kind of TypeScript's is missing.
 */

import { ts } from "./project.ts";

export type Fate =
  /** A tangent is computed through it. */
  | "differentiated"
  /** Stays as it is: where no active value meets it, or because it holds no value. */
  | "passed through"
  /** Refused where an active value meets it. */
  | "refused";

export interface SyntaxRow {
  readonly kind: string;
  readonly fate: Fate;
  /** The diagnostic, where it is refused. */
  readonly code?: string;
  /** The body of a function of the active numbers x and y in which it occurs, or a whole module that has such a function. */
  readonly sample?: string;
  readonly note?: string;
}

const differentiated = (kind: string, sample: string, note?: string): SyntaxRow => ({
  kind,
  fate: "differentiated",
  sample,
  ...(note !== undefined && { note }),
});
const passed = (kind: string, sample?: string, note?: string): SyntaxRow => ({
  kind,
  fate: "passed through",
  ...(sample !== undefined && { sample }),
  ...(note !== undefined && { note }),
});
const refused = (kind: string, code: string, sample: string, note?: string): SyntaxRow => ({
  kind,
  fate: "refused",
  code,
  sample,
  ...(note !== undefined && { note }),
});

/** A module around the differentiated function f. */
const module = (before: string, body: string): string =>
  `${before}\n/** @fgrad */\nexport function f(x: number, y: number): number {\n${body}\n}\n`;

/** Kinds that have something to say for themselves; the rest follows from TypeScript's own classes of kinds. */
const rows: readonly SyntaxRow[] = [
  differentiated("NumericLiteral", "return x * 0x10 + y * 1_000.5e-3;"),
  differentiated("Identifier", "return x;"),
  differentiated(
    "PrivateIdentifier",
    module(
      "class P { #v: number; constructor(v: number) { this.#v = v; } get() { return this.#v; } }",
      "return new P(x).get() * y;",
    ),
  ),
  differentiated("ParenthesizedExpression", "return (x + y) * 2;"),
  differentiated("BinaryExpression", "return x * y - x / y + x % 3 + x ** 2;", "bit operators: FG3007"),
  differentiated("PrefixUnaryExpression", "let z = x; ++z; return -z + +y;", "~: FG3007"),
  differentiated("PostfixUnaryExpression", "let z = x; const old = z++; return old * z + y;"),
  differentiated("ConditionalExpression", "return x > y ? x * x : y;"),
  differentiated(
    "CallExpression",
    module("const g = (a: number) => a * a;", "return g(x) + Math.sin(y);"),
    "unknown callees: FG3001 to FG3003",
  ),
  differentiated(
    "NewExpression",
    module(
      "class P { v: number; constructor(v: number) { this.v = v; } }",
      "const a = new Float64Array(2); a[0] = x; return a[0]! + new P(y).v;",
    ),
    "other classes of the library: FG2012, FG2016",
  ),
  differentiated("PropertyAccessExpression", "const o = { a: x }; return o.a * y;"),
  differentiated("ElementAccessExpression", "const a = [x, y]; return a[0]! * a[1]!;"),
  differentiated("ArrayLiteralExpression", "const a = [x, y, 1]; let s = 0; for (const v of a) s += v; return s;"),
  differentiated("ObjectLiteralExpression", "const o = { a: x, b: { c: y } }; return o.a * o.b.c;"),
  differentiated("PropertyAssignment", "const o = { a: x }; return o.a + y;"),
  differentiated("ShorthandPropertyAssignment", "const o = { x, y }; return o.x * o.y;"),
  differentiated("SpreadAssignment", "const o = { a: x }; const p = { ...o, b: y }; return p.a * p.b;"),
  differentiated("SpreadElement", "const a = [x, y]; const b = [...a, 1]; return b[0]! * b[1]!;"),
  differentiated("FunctionExpression", "const g = function (a: number) { return a * x; }; return g(y);"),
  differentiated("ArrowFunction", "const g = (a: number) => a * x; return g(y);"),
  differentiated("AsExpression", "return (x as number) * y;"),
  differentiated("TypeAssertionExpression", "return <number>x * y;"),
  differentiated("NonNullExpression", "const a: (number | undefined)[] = [x]; return a[0]! * y;"),
  differentiated("SatisfiesExpression", "return (x satisfies number) * y;"),
  differentiated("VoidExpression", "let z = x; void (z = z * y); return z;"),
  differentiated("OmittedExpression", "const [, b] = [x, y]; return b! * x;"),
  differentiated(
    "ThisKeyword",
    module("class P { v = 2; scaled(a: number) { return this.v * a; } }", "return new P().scaled(x) * y;"),
  ),
  differentiated(
    "SuperKeyword",
    module(
      "class A { v: number; constructor(v: number) { this.v = v; } g() { return this.v; } } class B extends A { constructor(v: number) { super(v * 2); } override g() { return super.g() + 1; } }",
      "return new B(x).g() * y;",
    ),
  ),
  differentiated("VariableStatement", "const a = x, b = y; return a * b;"),
  differentiated("VariableDeclarationList", "let a = x; a *= y; return a;"),
  differentiated("VariableDeclaration", "var a = x * y; return a;"),
  differentiated(
    "ObjectBindingPattern",
    "const { a, b: { c = 1 } } = { a: x, b: { c: y } as { c?: number } }; return a * c;",
  ),
  differentiated("ArrayBindingPattern", "const [a, b] = [x, y]; return a * b;"),
  differentiated("BindingElement", "const [a = 1] = [x]; return a * y;"),
  differentiated("ExpressionStatement", "let a = 0; a = x * y; return a;"),
  differentiated("ReturnStatement", "return x * y;"),
  differentiated("IfStatement", "if (x > 0) return x * y; else return y;"),
  differentiated("Block", "let a = x; { const b = a * y; a = b; } return a;"),
  differentiated("ForStatement", "let s = 1; for (let i = 0; i < 3; i++) s *= x + y; return s;"),
  differentiated("WhileStatement", "let s = x; while (s < 10) s = s * 2 + y * y; return s;"),
  differentiated("DoStatement", "let s = x; do { s = s * 2 + y * y; } while (s < 10); return s;"),
  differentiated(
    "ForOfStatement",
    "let s = 0; for (const v of [x, y]) s += v * v; return s;",
    "over arrays; for await: FG2003",
  ),
  differentiated("ForInStatement", "const a = [x, y]; let s = 0; for (const i in a) s += a[Number(i)]!; return s;"),
  differentiated("BreakStatement", "let s = x; for (;;) { s *= 2; if (s > 9 || s <= 0) break; } return s * y;"),
  differentiated(
    "ContinueStatement",
    "let s = 0; for (let i = 0; i < 4; i++) { if (i === 1) continue; s += x * y; } return s;",
  ),
  differentiated(
    "LabeledStatement",
    "let s = 0; outer: for (let i = 0; i < 3; i++) for (let j = 0; j < 3; j++) { if (j > i) continue outer; s += x * y; } return s;",
  ),
  differentiated(
    "SwitchStatement",
    "let s = 0; switch (Math.sign(x)) { case 1: s = x; case 2: s += y; break; default: s = 1; } return s;",
  ),
  differentiated("CaseBlock", "switch (1 as number) { case 1: return x * y; } return y;"),
  differentiated("CaseClause", "switch (1 as number) { case 1: return x * y; default: return x; }"),
  differentiated("DefaultClause", "switch (3 as number) { case 1: return x; default: return x * y; }"),
  differentiated(
    "TryStatement",
    "let s = x; try { s *= y; if (s > 5) throw new Error('big'); } catch { s = y; } finally { s += 1; } return s;",
  ),
  differentiated("CatchClause", "try { if (x > 5) throw new Error('big'); return x * y; } catch (e) { return y; }"),
  differentiated(
    "ThrowStatement",
    "if (x > 1e9) throw new RangeError(`${x} is too large`); return x * y;",
    "a thrown active value: FG3011",
  ),
  differentiated("FunctionDeclaration", "function g(a: number) { return a * x; } return g(y);"),
  differentiated("Parameter", "const g = (a: number, b = 2, ...c: number[]) => a * b + c[0]!; return g(x, y, x);"),
  differentiated(
    "ClassDeclaration",
    module("class P { v: number; constructor(v: number) { this.v = v; } }", "return new P(x).v * y;"),
    "constructors with effects beside #private fields: FG2016",
  ),
  differentiated(
    "Constructor",
    module(
      "class P { v: number; constructor(a: number, b: number) { const c = a * b; this.v = c; } }",
      "return new P(x, y).v;",
    ),
  ),
  differentiated(
    "PropertyDeclaration",
    module(
      "class P { v = 1; w: number; constructor(w: number) { this.w = w; } }",
      "const p = new P(x); p.v = y; return p.v * p.w;",
    ),
  ),
  differentiated(
    "MethodDeclaration",
    module(
      "class P { v: number; constructor(v: number) { this.v = v; } times(a: number) { return this.v * a; } }",
      "return new P(x).times(y);",
    ),
  ),
  differentiated(
    "GetAccessor",
    module(
      "class P { v: number; constructor(v: number) { this.v = v; } get square() { return this.v * this.v; } }",
      "return new P(x).square * y;",
    ),
  ),
  differentiated(
    "SetAccessor",
    module(
      "class P { v = 0; set half(a: number) { this.v = a / 2; } }",
      "const p = new P(); p.half = x; return p.v * y;",
    ),
  ),
  differentiated(
    "HeritageClause",
    module(
      "class A { v: number; constructor(v: number) { this.v = v; } } class B extends A {}",
      "return new B(x).v * y;",
    ),
  ),
  differentiated(
    "ExpressionWithTypeArguments",
    module(
      "class A { v: number; constructor(v: number) { this.v = v; } } class B extends A {}",
      "return new B(x).v * y;",
    ),
  ),
  differentiated("CommaToken", "let a = 0; return (a = x, a * y);"),
  differentiated("EqualsToken", "let a: number; let b: number; a = b = x; return a * b * y;"),
  differentiated("PlusEqualsToken", "let a = 1; a += x * y; return a;"),
  differentiated("MinusEqualsToken", "let a = 1; a -= x * y; return a;"),
  differentiated("AsteriskEqualsToken", "let a = x; a *= y; return a;"),
  differentiated("SlashEqualsToken", "let a = x; a /= y; return a;"),
  differentiated("PercentEqualsToken", "let a = x; a %= y; return a;"),
  differentiated("AsteriskAsteriskEqualsToken", "let a = x; a **= y; return a;"),
  differentiated("BarBarEqualsToken", "let a = x; a ||= y; return a;"),
  differentiated("AmpersandAmpersandEqualsToken", "let a = x; a &&= y; return a;"),
  differentiated("QuestionQuestionEqualsToken", "let a: number | undefined; a ??= x; return a * y;"),
  differentiated("AmpersandAmpersandToken", "return (x && y) * x;"),
  differentiated("BarBarToken", "return (x || y) * y;"),
  differentiated("QuestionQuestionToken", "const a: number | undefined = x; return (a ?? y) * y;"),
  differentiated("QuestionDotToken", "const o: { a: number } | undefined = { a: x }; return (o?.a ?? 1) * y;"),
  differentiated("PlusToken", "return x + y;"),
  differentiated("MinusToken", "return x - y;"),
  differentiated("AsteriskToken", "return x * y;"),
  differentiated("SlashToken", "return x / y;"),
  differentiated("PercentToken", "return x % y;"),
  differentiated("AsteriskAsteriskToken", "return x ** y;"),
  differentiated("PlusPlusToken", "let a = x; a++; return a * y;"),
  differentiated("MinusMinusToken", "let a = x; --a; return a * y;"),

  passed("StringLiteral", "const s = 'a' + 'b'; return x * s.length;"),
  passed("NoSubstitutionTemplateLiteral", "const s = `ab`; return x * s.length;"),
  passed(
    "TemplateExpression",
    "const s = `${x} m`; console.log(s); return x * y;",
    "a number read back from it: FG3004",
  ),
  passed("TemplateSpan", "console.log(`${y}!`); return x * y;"),
  passed("TaggedTemplateExpression", "const s = String.raw`a`; return x * s.length;", "with active values: FG3014"),
  passed("RegularExpressionLiteral", "const n = /a/.test('a') ? 2 : 3; return x * n;"),
  passed("BigIntLiteral", "const n = 3n; return x * Number(n);"),
  passed("TrueKeyword", "const on = true; return on ? x : y;"),
  passed("FalseKeyword", "const on = false; return on ? x : y;"),
  passed("NullKeyword", "const o: null | number = null; return o === null ? x : y;"),
  passed("TypeOfExpression", "return typeof x === 'number' ? x : y;"),
  passed(
    "DeleteExpression",
    "const o: { a?: number } = { a: 1 }; delete o.a; return x * y;",
    "on active objects: FG3014",
  ),
  passed("EmptyStatement", "; return x * y;"),
  passed("DebuggerStatement", "if (x > 1e9) debugger; return x * y;"),
  passed("InterfaceDeclaration", "interface P { a: number } const p: P = { a: x }; return p.a * y;"),
  passed("TypeAliasDeclaration", "type N = number; const a: N = x; return a * y;"),
  passed("EnumDeclaration", module("enum E { A = 2 }", "return x * y * E.A;"), "its members carry no tangent"),
  passed("EnumMember", module("enum E { A = 2, B }", "return x * y * E.B;")),
  passed("ClassExpression", module("const P = class { v = 2; };", "return x * y * new P().v;")),
  passed("ModuleDeclaration", module("namespace N { export const a = 2; }", "return x * y * N.a;")),
  passed("ModuleBlock", module("namespace N { export const a = 3; }", "return x * y * N.a;")),
  passed("ClassStaticBlockDeclaration", module("class P { static v = 1; static { P.v = 2; } }", "return x * y * P.v;")),
  passed(
    "ComputedPropertyName",
    "const o = { ['a' + 'b']: 2 }; return x * Object.keys(o).length;",
    "with active values: FG3014",
  ),
  passed("MetaProperty", "return import.meta.url === '' ? x : y;"),
  passed("Decorator", undefined, "on a differentiated function: FG2008"),
  passed("JsxElement", undefined, "JSX makes no numbers; with active values: FG3014"),

  refused(
    "AwaitExpression",
    "FG2003",
    module("async function g(a: number) { await null; return a; }", "let r = 0; void g(x); return r + x;"),
  ),
  refused(
    "YieldExpression",
    "FG2004",
    module("function* g(a: number) { yield a * a; }", "return g(x).next().value as number;"),
  ),
  refused("WithStatement", "FG2006", "", "strict mode has none; in .js files it is refused"),
];

/** Classes of kinds that hold no value of their own. */
const classes: readonly { readonly is: (kind: ts.SyntaxKind, name: string) => boolean; readonly note: string }[] = [
  { is: (_, name) => /Trivia$/.test(name), note: "kept" },
  { is: (_, name) => /^JSDoc|^JSDoc|^FirstJSDoc/.test(name), note: "a comment" },
  { is: (_, name) => /^Jsx/.test(name), note: "see JsxElement" },
  { is: (kind) => kind >= ts.SyntaxKind.FirstTypeNode && kind <= ts.SyntaxKind.LastTypeNode, note: "a type" },
  {
    is: (_, name) =>
      /^(TypeParameter|PropertySignature|MethodSignature|CallSignature|ConstructSignature|IndexSignature|QualifiedName|TemplateLiteralTypeSpan|NamedTupleMember)$/.test(
        name,
      ),
    note: "a type",
  },
  { is: (_, name) => /Keyword$/.test(name), note: "part of its statement or type" },
  {
    is: (_, name) => /Token$/.test(name),
    note: "part of its expression or statement; comparisons have no derivative, bit operators on active values are FG3007",
  },
  {
    is: (_, name) =>
      /^(Import|Export|Named|Namespace|External|Module|SourceFile|Bundle|EndOf|Missing|Semicolon|Not|Partially|CommaList|Synthetic|SyntaxList|Unknown|Template|DefaultImport)/.test(
        name,
      ),
    note: "part of a module, or never in a file",
  },
];

/** Every kind of syntax, in TypeScript's order. */
export function syntaxTable(): readonly SyntaxRow[] {
  const known = new Map(rows.map((row) => [row.kind, row]));
  return syntaxKinds().map(({ kind, name }) => {
    const row = known.get(name);
    if (row !== undefined) return row;
    const class_ = classes.find(({ is }) => is(kind, name));
    return { kind: name, fate: "passed through", ...(class_ !== undefined && { note: class_.note }) };
  });
}

/** Kinds by their own names, not those that mark ranges. */
export function syntaxKinds(): readonly { readonly kind: ts.SyntaxKind; readonly name: string }[] {
  const names = new Map<number, string>();
  for (const [name, value] of Object.entries(ts.SyntaxKind)) {
    if (typeof value !== "number" || name === "Count") continue;
    const known = names.get(value);
    if (known === undefined || /^(First|Last)[A-Z]/.test(known)) names.set(value, name);
  }
  return [...names].sort(([a], [b]) => a - b).map(([kind, name]) => ({ kind, name }));
}

/** The document: one row a kind. */
export function syntaxMarkdown(): string {
  const lines = syntaxTable().map(({ kind, fate, code, note }) => {
    const text = code === undefined ? fate : `${fate} (${code})`;
    return `| ${kind} | ${text} | ${note ?? ""} |`;
  });
  return [
    "# Syntax",
    "",
    "What becomes of each kind of TypeScript syntax in a differentiated function. Made from `syntax.ts` beside it, whose samples",
    "the tests compile; `npm run golden` writes it again.",
    "",
    "*Differentiated*: a tangent is computed through it. *Passed through*: stays as it is, where no active value meets it or",
    "because it holds no value. *Refused*: an error where an active value meets it.",
    "",
    "| kind | fate | |",
    "| --- | --- | --- |",
    ...lines,
    "",
  ].join("\n");
}
