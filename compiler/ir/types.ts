/**
 * The intermediate form: structured statements over expressions, readonly, with spans.
 *
 * One form serves all stations; what each may assume is stated here and checked by `verify.ts`.
 *
 * - *lowered* (after `lower`): A-normal form. Operands of every operation are atoms (constants and variables), each
 *   intermediate value a temporary that is declared once, in JavaScript's evaluation order. The user's control
 *   flow stays (if, loops, switch, labels, try). Each statement of the user is a `source` statement around what it became.
 * - *differentiated*: the same with tangents beside primals. A `source` statement that no active value touches has
 *   become `verbatim`: the user's own text.
 * - *simplified*: temporaries used once are substituted back, so operands may be any expression.
 *
 * The statement kinds that remain after lowering are those of `Statement` below; the expressions those of `Expression`.
 */

import type { Span } from "../api.ts";

/** What a value is, as far as derivatives care. Object types may be recursive, so their fields are read by a function. */
export type Type =
  /** `generic`: a parameter of a type that extends it. */
  | { readonly kind: "number"; readonly generic?: boolean }
  | { readonly kind: "boolean" | "string" | "bigint" | "undefined" | "null" | "void" | "never" }
  /** Nothing is known; decided by what arrives at run time or at the call site. */
  | { readonly kind: "unknown" }
  /** `constructor`: Array, Float64Array, Float32Array, Int32Array, Uint8Array, … */
  | {
      readonly kind: "array";
      readonly constructor_: string;
      readonly element: Type;
      /** Declared so, as `ReadonlyArray`. */
      readonly readonly?: boolean;
    }
  | { readonly kind: "tuple"; readonly elements: readonly Type[]; readonly readonly?: boolean }
  | {
      readonly kind: "object";
      readonly name: string;
      readonly fields: () => ReadonlyMap<string, Type>;
      /** The class that it is an instance of, when the compiler can see it. */
      readonly class_?: ClassId;
      /** It has methods or accessors, which its tangent has not. */
      readonly methods?: boolean;
      /** A parameter of a type that extends it. */
      readonly generic?: boolean;
    }
  | { readonly kind: "function"; readonly parameters: () => readonly Type[]; readonly result: () => Type }
  /** Several of the above, `undefined` and `null` included. */
  | { readonly kind: "union"; readonly members: readonly Type[] }
  /** Never carries a tangent: Map, RegExp, Date, symbols, enums … */
  | { readonly kind: "inert"; readonly name: string };

export type VariableRole = "user" | "temporary" | "tangent";

export interface Variable {
  readonly id: number;
  /** As printed; no other variable visible at the same place has it. A user's variable keeps the user's name. */
  readonly name: string;
  readonly role: VariableRole;
  readonly type: Type;
  /** The type as TypeScript text, where a declaration without initialiser needs one. */
  readonly typeText?: string;
  /** What a variable without a name of its own is called, if the name is free. */
  readonly wanted?: string;
  /** The user wrote the type down, so the declaration is printed with it. */
  readonly annotated?: boolean;
  /** Assigned after its declaration (or a parameter that is assigned at all). */
  readonly reassigned: boolean;
  /** Read or written inside a nested function: a call may then see or change it. */
  readonly captured: boolean;
  /** Declared outside the function at hand: in its module, or imported. */
  readonly module?: boolean;
  /** A module's variable that holds a function whose body is known. */
  readonly holds?: FunctionId;
  /** Which of the program's modules' variables it is, wherever it is named. */
  readonly global?: ModuleVariableId;
  /** For a tangent: the variable whose tangent it is. */
  readonly primal?: Variable;
}

export type UnaryOperator = "-" | "+" | "!" | "~" | "typeof" | "void";
export type ArithmeticOperator = "+" | "-" | "*" | "/" | "%" | "**";
export type BitOperator = "&" | "|" | "^" | "<<" | ">>" | ">>>";
export type ComparisonOperator = "<" | "<=" | ">" | ">=" | "==" | "!=" | "===" | "!==" | "in" | "instanceof";
export type BinaryOperator = ArithmeticOperator | BitOperator | ComparisonOperator;
export type LogicalOperator = "&&" | "||" | "??";

interface Node {
  /** Where in the user's source it comes from; a tangent has the span of its primal. */
  readonly span?: Span;
}

export interface Constant extends Node {
  readonly kind: "constant";
  readonly value: number | string | boolean | null | undefined;
  /** As the user wrote it: `1e-3`, `0xff`, `1_000`. */
  readonly text?: string;
}
export interface VariableReference extends Node {
  readonly kind: "variable";
  readonly variable: Variable;
  /** Printed with a trailing `!`, as the user wrote it. */
  readonly nonNull?: boolean;
}
export type Atom = Constant | VariableReference;

export interface Unary extends Node {
  readonly kind: "unary";
  readonly operator: UnaryOperator;
  readonly operand: Expression;
}
export interface Binary extends Node {
  readonly kind: "binary";
  readonly operator: BinaryOperator;
  readonly left: Expression;
  readonly right: Expression;
}
/** Only with a right side that needs no statement; otherwise lowered to `if`. */
export interface Logical extends Node {
  readonly kind: "logical";
  readonly operator: LogicalOperator;
  readonly left: Expression;
  readonly right: Expression;
}
/** Only with arms that need no statement; otherwise lowered to `if`. */
export interface Conditional extends Node {
  readonly kind: "conditional";
  readonly test: Expression;
  readonly whenTrue: Expression;
  readonly whenFalse: Expression;
}
/** A function of `Math` by its own name, with the table's rule: pure. */
export interface MathCall extends Node {
  readonly kind: "math";
  readonly name: string;
  readonly arguments: readonly Expression[];
}
/** `object[index]`; `optional` prints `?.[`, `nonNull` a trailing `!`. */
export interface ElementAccess extends Node {
  readonly kind: "element";
  readonly object: Expression;
  readonly index: Expression;
  /** The index is within the array: printed with a trailing `!` where noUncheckedIndexedAccess doubts it. */
  readonly within?: boolean;
  readonly optional?: boolean;
  readonly nonNull?: boolean;
}
export interface FieldAccess extends Node {
  readonly kind: "field";
  readonly object: Expression;
  readonly name: string;
  readonly optional?: boolean;
  readonly nonNull?: boolean;
  /** Stored into where only a constructor may. */
  readonly readonly?: boolean;
}
export interface Spread extends Node {
  readonly kind: "spread";
  readonly operand: Expression;
}
export interface ArrayLiteral extends Node {
  readonly kind: "array";
  readonly elements: readonly (Expression | Spread)[];
  /** Printed with `as TYPE`, so that a tuple stays a tuple. */
  readonly as?: string;
}
export interface ObjectLiteral extends Node {
  readonly kind: "object";
  readonly properties: readonly (
    | { readonly kind: "property"; readonly name: string; readonly value: Expression }
    | Spread
  )[];
}
export interface New extends Node {
  readonly kind: "new";
  /** `Float64Array`, `Array`, `Error`, a class of the user's. */
  readonly constructor_: string;
  /** A class of the program's. */
  readonly class_?: ClassId;
  /** Building an instance has no effect beside it. */
  readonly pure?: boolean;
  /** The type of the instance as TypeScript text. */
  readonly instance?: string;
  readonly typeArguments?: string;
  readonly arguments: readonly (Expression | Spread)[];
}
/** What a call calls. */
export type Callee =
  /** A function declaration that the compiler knows the body of, by the name it has at the place of the call. */
  | { readonly kind: "function"; readonly id: FunctionId; readonly name: string }
  /** A function held in a variable: a parameter, a closure. */
  | { readonly kind: "value"; readonly function: Expression }
  /** `object.name(…)`, of an array, a string, a class. */
  | { readonly kind: "method"; readonly object: Expression; readonly name: string; readonly optional?: boolean }
  /** `super.name(…)`, of the class that the class at hand extends. */
  | {
      readonly kind: "super";
      readonly class_: ClassId;
      readonly name: string;
      readonly this_: Variable;
      /** In a class that is a function, the name of what it extends: `Base.prototype.name.call(this, …)`. */
      readonly via?: string;
      /** A getter: read as `super.name`, without arguments. */
      readonly accessor?: boolean;
    }
  /** `super(…)` in a constructor. */
  | {
      readonly kind: "superConstructor";
      readonly class_: ClassId;
      readonly this_: Variable;
      /** In a class that is a function, the name of what it extends: `Base.call(this, …)`. */
      readonly via?: string;
    }
  /** `Class.name(…)` of a static method. */
  | { readonly kind: "static"; readonly class_: ClassId; readonly className: string; readonly name: string }
  /** Printed as it stands: `console.log`, `Number`, generated helpers. `pure`: no effect, depends on its arguments alone. */
  | { readonly kind: "global"; readonly name: string; readonly pure: boolean; readonly yields?: "number" };
export interface Call extends Node {
  readonly kind: "call";
  readonly callee: Callee;
  readonly arguments: readonly (Expression | Spread)[];
  readonly typeArguments?: string;
}
export interface FunctionExpression extends Node {
  readonly kind: "function";
  readonly function: FunctionForm;
}
/** The place where a called tangent leaves the tangent of its numeric result, to be read before any other call. */
export interface Register extends Node {
  readonly kind: "register";
  /** The register's name in the module, and the lane. */
  readonly name: string;
  readonly lane: number;
}
/** A piece of the user's source that is printed as it stands: inactive, or refused where an active value meets it. */
export interface Opaque extends Node {
  readonly kind: "opaque";
  readonly text: string;
  readonly span: Span;
  readonly type: Type;
  readonly reads: readonly Variable[];
  readonly writes: readonly Variable[];
  /** Neither calls, nor writes memory, nor can throw on purpose. */
  readonly pure: boolean;
  /** What it is, for a diagnostic: `template literal`, `await expression`. */
  readonly what: string;
}
/** `value as TYPE`, for the type checker's sake alone. */
export interface TypeAssertion extends Node {
  readonly kind: "as";
  readonly operand: Expression;
  readonly type: string;
}
export type Expression =
  | Constant
  | VariableReference
  | Unary
  | Binary
  | Logical
  | Conditional
  | MathCall
  | ElementAccess
  | FieldAccess
  | ArrayLiteral
  | ObjectLiteral
  | New
  | Call
  | FunctionExpression
  | Register
  | Opaque
  | TypeAssertion;

export type Place = VariableReference | ElementAccess | FieldAccess | Register;

export type Block = readonly Statement[];

/** `const x = …`, `let x`, `var x`. */
export interface Declare extends Node {
  readonly kind: "declare";
  readonly keyword: "const" | "let" | "var";
  readonly variable: Variable;
  readonly value?: Expression;
}
/** `const [value, value_t] = g_jvp(…)`, the only destructuring left. A hole where a half is not used. */
export interface DeclarePair extends Node {
  readonly kind: "declarePair";
  readonly primal?: Variable;
  readonly tangent?: Variable;
  readonly value: Expression;
}
/** `place = value`; printed as `x += y` or `x++` where that is what it says. */
export interface Assign extends Node {
  readonly kind: "assign";
  readonly target: Place;
  readonly value: Expression;
}
/** An expression for its effect. */
export interface Effect extends Node {
  readonly kind: "effect";
  readonly value: Expression;
}
export interface If extends Node {
  readonly kind: "if";
  readonly test: Expression;
  readonly then: Block;
  readonly else?: Block;
}
/**
 * `for`, `while`, `do`. `before` is what must run each time ahead of the test; when it is not empty, the printer
 * makes it `for (;;) { before; if (!test) break; … }`. `continue` goes to `update`, as the user's loop does.
 */
export interface Loop extends Node {
  readonly kind: "loop";
  readonly form: "for" | "while" | "do";
  readonly init: Block;
  readonly before: Block;
  readonly test?: Expression;
  readonly update: Block;
  readonly body: Block;
}
/** `for (const x of iterable)`: an inactive iterable; active arrays become loops over an index. */
export interface ForOf extends Node {
  readonly kind: "forOf";
  readonly keyword: "const" | "let" | "var";
  readonly variable: Variable;
  readonly iterable: Expression;
  readonly body: Block;
}
export interface ForIn extends Node {
  readonly kind: "forIn";
  readonly keyword: "const" | "let" | "var";
  readonly variable: Variable;
  readonly object: Expression;
  readonly body: Block;
}
export interface SwitchCase {
  /** Absent for `default`. Cases whose test needs a statement are refused. */
  readonly test?: Expression;
  readonly body: Block;
}
export interface Switch extends Node {
  readonly kind: "switch";
  readonly discriminant: Expression;
  readonly cases: readonly SwitchCase[];
}
export interface Labelled extends Node {
  readonly kind: "labelled";
  readonly label: string;
  readonly body: Statement;
}
export interface Jump extends Node {
  readonly kind: "break" | "continue";
  readonly label?: string;
}
export interface Return extends Node {
  readonly kind: "return";
  readonly value?: Expression;
}
export interface Throw extends Node {
  readonly kind: "throw";
  readonly value: Expression;
}
export interface Try extends Node {
  readonly kind: "try";
  readonly block: Block;
  readonly parameter?: Variable;
  readonly handler?: Block;
  readonly finalizer?: Block;
}
export interface BlockStatement extends Node {
  readonly kind: "block";
  readonly body: Block;
}
/** A function declared inside a function. */
export interface DeclareFunction extends Node {
  readonly kind: "declareFunction";
  readonly variable: Variable;
  readonly function: FunctionForm;
}
/** What one statement of the user became. Transparent: its body belongs to the enclosing block's scope. */
export interface Source extends Node {
  readonly kind: "source";
  readonly origin: Origin;
  readonly body: Block;
}
/** A statement of the user's, printed as it stands. */
export interface Verbatim extends Node {
  readonly kind: "verbatim";
  readonly origin: Origin;
  readonly reads: readonly Variable[];
  /** Assigned, declared included. */
  readonly writes: readonly Variable[];
  /** Neither calls, nor writes memory, nor leaves the block. */
  readonly pure: boolean;
  /** What it was lowered to, for passes that have to look inside. */
  readonly lowered?: Block;
}
export type Statement =
  | Declare
  | DeclarePair
  | Assign
  | Effect
  | If
  | Loop
  | ForOf
  | ForIn
  | Switch
  | Labelled
  | Jump
  | Return
  | Throw
  | Try
  | BlockStatement
  | DeclareFunction
  | Source
  | Verbatim;

/** A statement's place in the user's text. */
export interface Origin {
  readonly span: Span;
  readonly text: string;
  /** Comments in front of it, as written, one entry each. */
  readonly comments: readonly string[];
  /** A comment behind it on its last line. */
  readonly trailing?: string;
  /** The user left an empty line in front of it (or of its comments). */
  readonly spaced: boolean;
  /** Lowering made something else of it, so that the text must not be printed as it stands. */
  readonly rewritten?: boolean;
}

/** A function declaration known to the compiler: `FILE#start offset`. */
export type FunctionId = string;

/** A class declaration, named alike. */
export type ClassId = string;

/** A variable of a module, named alike. */
export type ModuleVariableId = string;

/** A variable of a module that can hold active values while a function runs. */
export interface ModuleVariable {
  readonly id: ModuleVariableId;
  readonly name: string;
  /** Of the declaration: `x = 0` of `let x = 0`. */
  readonly span: Span;
  readonly type: Type;
  /** It is never assigned again. */
  readonly constant: boolean;
  /** Nor is anything of the functions and objects in it, as far as its module goes. */
  readonly fixed: boolean;
  /** It holds a number or nothing that could carry. */
  readonly scalar: boolean;
  /** What it begins with: mere data, or something that is made of functions, objects of classes and calls. */
  readonly begins?: "data" | "made";
}

export interface Parameter {
  readonly variable: Variable;
  /** The type annotation as printed. */
  readonly typeText: string;
  readonly optional: boolean;
  readonly rest: boolean;
  /** Of an unknown type, but used as a number, or as something with parts. */
  readonly use?: "number" | "memory";
  /** That it is an array is told by its use alone. */
  readonly assumed?: boolean;
  /** A default value that is printed in the parameter list (inactive and without statements). */
  readonly default?: Expression;
}

export interface Membership {
  readonly class_: ClassId;
  readonly className: string;
  readonly role: "method" | "getter" | "setter" | "static" | "constructor";
  /** Of a constructor: how its shadow is built. */
  readonly construction?: Construction;
  /** The class extends another of the program's, or is extended by one. */
  readonly related?: boolean;
}

/**
 * How an object gets its shadow: `after` it was built as ever, from what its fields then hold; or the `whole` of the
 * constructor is run on an object without fields, with the shadow beside it.
 */
export type Construction = "after" | "whole";

export interface FunctionForm {
  readonly id: FunctionId;
  /** As printed: `beale`, `beale_jvp`; empty for an anonymous one. */
  readonly name: string;
  readonly style: "declaration" | "expression" | "arrow" | "method";
  readonly typeParameters?: string;
  readonly parameters: readonly Parameter[];
  /** `this`, in methods, accessors and constructors. */
  readonly receiver?: Variable;
  /** The class that it is a member of. */
  readonly memberOf?: Membership;
  /** The wrappers of its module that it stands in, named alike; absent at the outermost level. */
  readonly scope?: string;
  /** What its class extends has a member of this name, and the program says so of each: printed with `override`. */
  readonly overrides?: boolean;
  /** It has several signatures: what it gives back has a type of its own at each call. */
  readonly overloaded?: boolean;
  /** As printed; absent: inferred. */
  readonly resultText?: string;
  readonly result: Type;
  readonly body: Block;
  readonly span: Span;
  /** For a generated function: its JSDoc, without the comment signs. */
  readonly doc?: string;
}
