/**
 * Every message of the compiler, as content: one row each. A row is added by writing it here; its typed function
 * (`report.unknownWrt({ … }, { span })`) follows from the placeholders in its text, so that a missing one does not compile.
 *
 * Codes: FG1xxx usage, discovery and annotation · FG2xxx language · FG3xxx activity (a tangent would be lost) ·
 * FG4xxx rules · FG9xxx internal. A code is never given a second meaning.
 */
import type { Diagnostic, Severity, Span } from "../api.ts";

/** Whose move it is: the user's, ours later (the language is not covered yet), or ours at once (an invariant broke). */
export type MessageKind = "user" | "unsupported" | "internal";

/** A row of the catalogue. `{name}` in a text is a parameter. */
export interface Message {
  readonly code: string;
  readonly severity: Severity;
  readonly kind: MessageKind;
  readonly text: string;
  readonly hint: string;
}

function error<const Code extends string, const Text extends string, const Hint extends string>(
  code: Code,
  text: Text,
  hint: Hint,
) {
  return { code, severity: "error", kind: "user", text, hint } as const;
}

function warning<const Code extends string, const Text extends string, const Hint extends string>(
  code: Code,
  text: Text,
  hint: Hint,
) {
  return { code, severity: "warning", kind: "user", text, hint } as const;
}

function unsupported<const Code extends string, const Text extends string, const Hint extends string>(
  code: Code,
  text: Text,
  hint: Hint,
) {
  return { code, severity: "error", kind: "unsupported", text, hint } as const;
}

function internal<const Code extends string, const Text extends string, const Hint extends string>(
  code: Code,
  text: Text,
  hint: Hint,
) {
  return { code, severity: "error", kind: "internal", text, hint } as const;
}

const CUT = "wrap the value in stopGradient(…) if its tangent may be dropped here";

/** The catalogue. */
export const messages = {
  // FG1xxx: what was asked for
  fileNotFound: error("FG1001", "The file {file} does not exist.", "Check the path; it is relative to {directory}."),
  noFileMatches: error("FG1002", "No file matches {pattern}.", "Quote the pattern so that the shell leaves it alone."),
  tsconfigUnreadable: error(
    "FG1003",
    "The configuration {file} can't be read: {reason}",
    "Name another one with -p FILE.",
  ),
  syntaxError: error("FG1004", "Syntax error: {text}", "Make the file parse as TypeScript first."),
  nothingAnnotated: warning(
    "FG1005",
    "No function in {file} is annotated with @fgrad.",
    "Write /** @fgrad */ above a function, or select one from outside with --function NAME.",
  ),
  functionNotFound: error(
    "FG1006",
    "There is no function {name} in {files}.",
    "{suggestion}Functions are selected as NAME, NAME:wrt1,wrt2 or CLASS.METHOD.",
  ),
  functionAmbiguous: error(
    "FG1007",
    "The name {name} stands for more than one function.",
    "Annotate the one that is meant with /** @fgrad */, or compile its file alone.",
  ),
  selectionMalformed: error(
    "FG1008",
    "The selection {text} can't be understood.",
    "Write NAME, NAME:wrt1,wrt2 or CLASS.METHOD.",
  ),
  tagMisplaced: error(
    "FG1009",
    "@fgrad stands on {construct}, which is no function.",
    "Put it on a function declaration, on a const that holds a function, or on a method.",
  ),
  tagMalformed: error(
    "FG1010",
    "@fgrad does not understand: {text}",
    "Write @fgrad, @fgrad wrt a, b or @fgrad rule NAME.",
  ),
  unknownWrt: error("FG1011", "{function} has no parameter {name}.", "{suggestion}wrt may name: {known}."),
  unknownWrtPath: error("FG1012", "{path} does not exist in the type {type}.", "{suggestion}It has: {known}."),
  repeatedWrt: warning("FG1013", "{name} is named twice after wrt.", "Name it once."),
  noActiveParameter: error(
    "FG1014",
    "No parameter of {function} can carry a tangent.",
    "Tangents live in number, number[], Float32Array, Float64Array and objects made of those.",
  ),
  inactiveWrt: error(
    "FG1015",
    "The parameter {name} is of type {type}, which carries no tangent.",
    "Leave it out of wrt, or make it a number, number[], Float32Array, Float64Array or an object made of those.",
  ),
  nameTaken: warning(
    "FG1016",
    "The name {wanted} is taken, so the tangent of {function} is called {picked}.",
    "Rename your {wanted} to get the usual name.",
  ),
  noBody: error("FG1017", "{function} is declared without a body.", "Annotate the implementation."),
  resultInactive: warning(
    "FG1018",
    "Nothing that {function} returns or writes carries a tangent.",
    "Its result is of type {type}; return or write a number that depends on an active parameter.",
  ),
  nameless: error("FG1019", "A function without a name can't be compiled.", "Give it a name."),
  optionInvalid: error("FG1020", "The option {option} is {value}.", "It must be {expected}."),
  outputForeign: error(
    "FG1021",
    "{file} exists and was not written by fgrad, so it stays as it is.",
    "Move it away, or write elsewhere with --outdir DIR.",
  ),
  outputUnwritable: error(
    "FG1022",
    "{file} can't be written: {reason}",
    "Check that the folder is writable and has room.",
  ),
  foundTooLate: error(
    "FG1023",
    "{file} was found only after {module}, which it needs compiled, had been bundled.",
    "Another plugin led to it. Name it at the start: fgrad({ files: [{file}] }).",
  ),
  typeUnknown: error(
    "FG1024",
    "The type of {name} is not known: it is {type}.",
    "Write its type down, by an annotation or in JSDoc.",
  ),

  // FG2xxx: the language
  notYet: unsupported("FG2001", "{construct} is not differentiated yet.", `Write it another way, or ${CUT}.`),
  unknownSyntax: unsupported(
    "FG2002",
    "fgrad does not know the syntax {kind}.",
    "Keep it in a function of its own that takes no active values.",
  ),
  asyncFunction: error(
    "FG2003",
    "{function} is async: a derivative can't be carried across an await.",
    "Await the data outside, and differentiate the part that computes.",
  ),
  generatorFunction: error(
    "FG2004",
    "{function} is a generator: a derivative can't be carried across a yield.",
    "Differentiate the computation of one step, and call it from the generator.",
  ),
  evaluatedCode: error("FG2005", "Code made from a string can't be differentiated: {callee}.", "Write the code out."),
  withStatement: error("FG2006", "A with statement hides which variables are meant.", "Name the object at each use."),
  proxy: error(
    "FG2007",
    "A Proxy may run any code at any access.",
    "Pass the object itself to the differentiated code.",
  ),
  decorator: error(
    "FG2008",
    "A decorator may replace {name} by anything.",
    "Take the decorator off the differentiated code, or call an undecorated function.",
  ),
  bigintArithmetic: error("FG2009", "A bigint carries no tangent: {expression}.", `Compute with number, or ${CUT}.`),
  computedMathMember: error(
    "FG2010",
    "Which function of Math is meant here is known only at run time: {expression}.",
    "Name the function: Math.sin(x).",
  ),
  unknownMathMember: error(
    "FG2011",
    "Math.{name} has no derivative in the table of rules.",
    `Use another function, or ${CUT}.`,
  ),
  collection: unsupported(
    "FG2012",
    "A {collection} does not carry tangents yet.",
    "Keep the values in an array or an object.",
  ),
  argumentsObject: error(
    "FG2013",
    "The object arguments hides which parameter is meant.",
    "Name the parameters, or use a rest parameter.",
  ),
  deletedProperty: unsupported(
    "FG2014",
    "An object that carries tangents can't lose a property by delete.",
    "Set the property to another value.",
  ),
  computedProperty: unsupported(
    "FG2015",
    "Which property is meant is known only at run time: {expression}.",
    "Name the property, or keep the values in an array.",
  ),
  classUse: unsupported("FG2016", "{construct} is not differentiated yet.", "Use a plain object and functions."),
  unsupportedType: unsupported(
    "FG2017",
    "A value of type {type} does not carry tangents yet: {name}.",
    "Use number, number[], Float32Array, Float64Array, a tuple or an object made of those.",
  ),

  derivativeOfItself: unsupported(
    "FG2018",
    "{function} needs its own derivative to be computed: there is no end to the orders that this takes.",
    "Write the recursion over the order out, a function for each.",
  ),
  derivativeUnclear: error(
    "FG2019",
    "What {callee} differentiates here can't be seen: {function}.",
    "Pass a function of the program by its name, or write the function in place.",
  ),
  derivativeForm: unsupported(
    "FG2020",
    "{callee} can't be differentiated in this form: {reason}",
    "{advice} Outside of differentiated functions it can be called in every form.",
  ),

  // FG3xxx: a tangent would be lost
  unknownCallee: error(
    "FG3001",
    "The tangent of {value} is lost: the source of {callee} can't be found.",
    `Write a rule for {callee}, or ${CUT}.`,
  ),
  ambientCallee: error(
    "FG3002",
    "The tangent of {value} is lost: {callee} is only declared ({file}), without a body to differentiate.",
    `Write a rule for {callee}, or ${CUT}.`,
  ),
  anyCallee: error(
    "FG3003",
    "The tangent of {value} is lost: {callee} is of type any, so what it calls is unknown.",
    `Give {callee} a type, or ${CUT}.`,
  ),
  stringRoundTrip: error(
    "FG3004",
    "The tangent of {value} is lost when it becomes a string.",
    `Keep it a number, or ${CUT}.`,
  ),
  integerArrayWrite: error(
    "FG3005",
    "The tangent of {value} is lost: {array} is of type {type}, which holds integers only.",
    `Use a Float32Array or Float64Array, or ${CUT}.`,
  ),
  capturedModuleVariable: error(
    "FG3006",
    "The tangent of {value} is lost: {variable} is a variable of the module, which has no tangent beside it.",
    `Pass {variable} as a parameter and return its new value, or ${CUT}.`,
  ),
  bitOperation: error(
    "FG3007",
    "The tangent of {value} is lost in the bit operation {operator}.",
    `Use Math.trunc or Math.floor to round, or ${CUT}.`,
  ),
  escapesToModule: error(
    "FG3008",
    "The tangent of {value} is lost: it is stored in {target}, which outlives the call.",
    `Return it instead, or ${CUT}.`,
  ),
  anyValue: error(
    "FG3009",
    "Whether {value} carries a tangent is unknown: its type is any.",
    `Give it a type, or ${CUT}.`,
  ),
  inactiveTarget: error(
    "FG3010",
    "The tangent of {value} is lost: it is written into {target}, which is not active.",
    `Name {target} after wrt so that its tangent has a place, or ${CUT}.`,
  ),
  thrownValue: error(
    "FG3011",
    "The tangent of {value} is lost when it is thrown.",
    `Throw an error without it, or ${CUT}.`,
  ),
  functionValue: unsupported(
    "FG3012",
    "The tangent of {value} is lost: which function {callee} is at run time is not known.",
    `Call the function by its name, or ${CUT}.`,
  ),
  numberConversion: error(
    "FG3013",
    "The tangent of {value} is lost in {callee}.",
    `Leave the conversion out, or ${CUT}.`,
  ),
  tangentLost: error("FG3014", "The tangent of {value} is lost in {construct}.", `Write it another way, or ${CUT}.`),
  becomesOther: error(
    "FG3015",
    "The tangent of {value} is lost when it becomes {type}.",
    `Keep it a number, or ${CUT}.`,
  ),
  escapingFunction: unsupported(
    "FG3016",
    "{function} uses the active value {value} and leaves the function that made it.",
    `Call it where it is made, or ${CUT}.`,
  ),
  unsteadyValue: error(
    "FG3017",
    "{value} has no derivative: it depends on {source}, which is another number at each call.",
    `Pass the number in as a parameter, or draw it from a generator with a seed; or ${CUT}.`,
  ),
  extraArgument: error(
    "FG3018",
    "The tangent of {value} is lost: {callee} takes it by the object arguments.",
    `Give {callee} a parameter for it, or ${CUT}.`,
  ),

  // FG4xxx: rules written by hand
  ruleMissing: error(
    "FG4001",
    "{function} names the rule {rule}, but there is no such function.",
    "{suggestion}Export {rule} from the module of {function}.",
  ),
  ruleMistyped: error("FG4002", "The rule {rule} does not fit {function}: {reason}", "Its type must be {expected}."),
  ruleNotExported: error(
    "FG4003",
    "The rule {rule} of {function} is not exported.",
    "Export both from the same module.",
  ),
  ruleNotFunction: error("FG4004", "The rule {rule} of {function} is no function.", "Write it as a function."),
  ruleWithoutTangent: error(
    "FG4005",
    "{parameter} is active in this call, but the rule {rule} takes no tangent for it.",
    `Add a parameter for it to {rule}, or ${CUT}.`,
  ),
  ruleModuleEmpty: warning("FG4006", "{file} registers no rule.", "Call defineRule(external, external_jvp) in it."),
  ruleSymbolUnknown: error(
    "FG4007",
    "What defineRule is given here can't be followed to a declaration: {expression}.",
    "Pass an imported function by its name.",
  ),
  ruleOrder: unsupported(
    "FG4008",
    "The rule {rule} can't be used for derivatives of order {order}.",
    "Compile with --order 1.",
  ),
  ruleLanes: unsupported(
    "FG4009",
    "The rule {rule} can't carry {lanes} directions at once.",
    "Compile with --lanes 1, or write a rule for lists of tangents: `@fgrad rule {rule}, {rule}s`.",
  ),

  // FG9xxx: our own mistakes
  invariant: internal(
    "FG9001",
    "The compiler made a mistake in {pass}: {text}",
    "Please report it together with the function. Nothing was written for this file.",
  ),
  crash: internal(
    "FG9002",
    "The compiler stopped at a mistake of its own: {text}",
    "Please report it together with the function. Nothing was written for this file.",
  ),
  checkFailed: internal(
    "FG9003",
    "The tangent of {function} is not what numeric differences give: {reason}",
    "If a rule written by hand is involved, look there first; else please report it together with the function.",
  ),
} as const satisfies Record<string, Message>;

type Placeholders<Text extends string> = Text extends `${string}{${infer Name}}${infer Rest}`
  ? (Name extends `${string} ${string}` | "" ? never : Name) | Placeholders<Rest>
  : never;

/** Where a diagnostic belongs and what goes with it. */
export interface Place {
  readonly span?: Span | undefined;
  readonly function?: string | undefined;
  readonly notes?: Diagnostic["notes"] | undefined;
}

type Reporter<Row extends Message> = [Placeholders<Row["text"] | Row["hint"]>] extends [never]
  ? (place: Place) => Diagnostic
  : (parameters: Readonly<Record<Placeholders<Row["text"] | Row["hint"]>, string>>, place: Place) => Diagnostic;

const PLACEHOLDER = /\{(\w+)\}/g;

function fill(text: string, parameters: Readonly<Record<string, string>>): string {
  return text.replace(PLACEHOLDER, (whole, name: string) => parameters[name] ?? whole);
}

function reporter(row: Message): (...args: [Place] | [Readonly<Record<string, string>>, Place]) => Diagnostic {
  return (...args) => {
    const [parameters, place] = args.length === 1 ? [{}, args[0]] : args;
    return {
      code: row.code,
      severity: row.severity,
      message: fill(row.text, parameters),
      hint: fill(row.hint, parameters),
      ...(place.span && { span: place.span }),
      ...(place.function !== undefined && { function: place.function }),
      ...(place.notes && place.notes.length > 0 && { notes: place.notes }),
    };
  };
}

/** One function a row: `report.unknownWrt({ function: "f", name: "z", suggestion: "", known: "x, y" }, { span })`. */
export const report = Object.fromEntries(Object.entries(messages).map(([name, row]) => [name, reporter(row)])) as {
  readonly [Name in keyof typeof messages]: Reporter<(typeof messages)[Name]>;
};

const kinds: ReadonlyMap<string, MessageKind> = new Map(Object.values(messages).map((row) => [row.code, row.kind]));

/** Whose move a diagnostic's code is; codes that are not in the catalogue count as internal. */
export function kindOf(code: string): MessageKind {
  return kinds.get(code) ?? "internal";
}
