/** The command line: its flags, their help, and what is wrong with a command that can't be run. */
import { parseArgs } from "node:util";
import { nearest } from "../diagnostics/suggest.ts";

/** A command that can be run. */
export interface Arguments {
  /** Files and globs, as given. */
  readonly inputs: readonly string[];
  readonly tsconfig: string | undefined;
  readonly functions: readonly string[];
  readonly outdir: string | undefined;
  readonly stdout: boolean;
  readonly lanes: number;
  readonly order: number;
  /** A pass, `all`, or undefined. */
  readonly printAfter: string | undefined;
  /** Variables whose activity is to be explained. */
  readonly explain: readonly string[];
  /** Modules that register rules. */
  readonly rules: readonly string[];
  /** Path of the page to write, or undefined. */
  readonly inspect: string | undefined;
  readonly check: boolean;
  readonly watch: boolean;
  readonly sourcemap: boolean;
  readonly declaration: boolean;
  readonly format: "pretty" | "json";
  readonly quiet: boolean;
}

/** What the command line asks for. */
export type Command =
  | { readonly kind: "compile"; readonly arguments: Arguments }
  | { readonly kind: "help" }
  | { readonly kind: "version" }
  | { readonly kind: "wrong"; readonly problem: string };

interface Flag {
  readonly type: "string" | "boolean";
  readonly multiple?: boolean;
  readonly short?: string;
  /** Name of the value in the help. */
  readonly value?: string;
  readonly help: string;
}

const flags = {
  project: { type: "string", short: "p", value: "FILE", help: "the tsconfig.json to use; else the nearest one" },
  function: {
    type: "string",
    multiple: true,
    value: "F[:wrt]",
    help: "select a function: name, name:a,b, Class.method",
  },
  outdir: { type: "string", value: "DIR", help: "write there, with imports that still resolve" },
  stdout: { type: "boolean", help: "print the generated code, write nothing" },
  lanes: { type: "string", value: "K", help: "directions carried at once (1)" },
  order: { type: "string", value: "N", help: "order of the derivatives (1)" },
  "print-after": { type: "string", value: "PASS", help: "print the program after a pass, or after all" },
  explain: { type: "string", multiple: true, value: "NAME", help: "say why a variable carries a tangent, or why not" },
  rules: { type: "string", multiple: true, value: "FILE", help: "a module that registers rules by defineRule" },
  inspect: { type: "string", value: "[FILE.html]", help: "write a page that shows source beside code (fgrad.html)" },
  check: { type: "boolean", help: "compare every tangent with numeric differences" },
  watch: { type: "boolean", help: "compile again whenever a file changes" },
  "no-sourcemap": { type: "boolean", help: "leave the source map out" },
  "no-declaration": { type: "boolean", help: "leave the .d.ts out" },
  format: { type: "string", value: "pretty|json", help: "how messages are printed (pretty)" },
  quiet: { type: "boolean", help: "print errors only" },
  version: { type: "boolean", short: "v", help: "print the version" },
  help: { type: "boolean", short: "h", help: "print this help" },
} as const satisfies Record<string, Flag>;

const FLAGS: readonly (readonly [string, Flag])[] = Object.entries(flags);
const PASSES = ["discover", "check", "lower", "activity", "differentiate", "simplify", "emit"];
const DEFAULT_PAGE = "fgrad.html";
const MOST_LANES = 64;
const HIGHEST_ORDER = 8;

/** The help, made from the table of flags. */
export function help(): string {
  const rows = FLAGS.map(([name, flag]) => {
    const short = flag.short ? `-${flag.short}, ` : "    ";
    return [`  ${short}--${name}${flag.value ? ` ${flag.value}` : ""}`, flag.help] as const;
  });
  const width = Math.max(...rows.map(([usage]) => usage.length)) + 2;
  return `fgrad-compile adds derivatives to TypeScript functions marked /** @fgrad */.

Usage: fgrad-compile [FILE|GLOB …] [flags]

${rows.map(([usage, text]) => usage.padEnd(width) + text).join("\n")}

It writes NAME.fgrad.ts beside NAME.ts. Exit codes: 0 done, 1 the code has errors, 2 wrong usage.

Examples:
  fgrad-compile src/model.ts
  fgrad-compile 'src/**/*.ts' --outdir generated --check
  fgrad-compile lib/physics.ts --function 'step:state' --inspect
`;
}

/** `--inspect` may stand alone: gives it its value, so that the next file is not taken for one. */
function withInspectValue(argv: readonly string[]): string[] {
  const end = argv.indexOf("--");
  return argv.flatMap((argument, i) => {
    if (argument !== "--inspect" || (end !== -1 && i > end)) return [argument];
    return argv[i + 1]?.endsWith(".html") ? [argument] : [`--inspect=${DEFAULT_PAGE}`];
  });
}

/** The first flag that does not exist, or that has a value too many or too few. */
function flagProblem(tokens: ReturnType<typeof tokenize>["tokens"]): string | undefined {
  for (const token of tokens) {
    if (token.kind !== "option") continue;
    const flag = FLAGS.find(([name]) => name === token.name)?.[1];
    if (!flag) {
      const guess = nearest(
        token.rawName,
        FLAGS.map(([name]) => `--${name}`),
      );
      return `There is no flag ${token.rawName}.${guess ? ` Did you mean ${guess}?` : ""}`;
    }
    if (flag.type === "boolean" && token.value !== undefined) return `${token.rawName} takes no value.`;
    const missing = token.value === undefined || token.value === "" || (!token.inlineValue && /^-./.test(token.value));
    if (flag.type === "string" && missing)
      return `${token.rawName} needs a value: ${token.rawName} ${flag.value ?? ""}.`;
  }
  return undefined;
}

function tokenize(argv: readonly string[]) {
  return parseArgs({
    args: withInspectValue(argv),
    options: flags,
    allowPositionals: true,
    strict: false,
    tokens: true,
  });
}

function wholeNumber(text: string | undefined, most: number): number | undefined {
  if (text === undefined) return 1;
  const value = /^\d+$/.test(text) ? Number(text) : 0;
  return value >= 1 && value <= most ? value : undefined;
}

function conflict(parsed: Arguments): string | undefined {
  if (parsed.stdout && parsed.outdir !== undefined) return "--stdout and --outdir exclude each other.";
  if (parsed.stdout && parsed.watch) return "--stdout and --watch exclude each other.";
  if (parsed.stdout && parsed.printAfter !== undefined) return "--stdout and --print-after exclude each other.";
  return undefined;
}

/** Reads a command line (without node and script). */
export function parseCommand(argv: readonly string[]): Command {
  const wrong = (problem: string): Command => ({ kind: "wrong", problem });
  const { values, positionals, tokens } = tokenize(argv);
  const problem = flagProblem(tokens);
  if (problem !== undefined) return wrong(problem);
  if (values.help === true) return { kind: "help" };
  if (values.version === true) return { kind: "version" };

  const texts = (value: unknown): string[] =>
    (Array.isArray(value) ? value : []).filter((entry): entry is string => typeof entry === "string");
  const text = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined);
  const lanes = wholeNumber(text(values.lanes), MOST_LANES);
  if (lanes === undefined) return wrong(`--lanes must be a whole number from 1 to ${MOST_LANES}, not ${values.lanes}.`);
  const order = wholeNumber(text(values.order), HIGHEST_ORDER);
  if (order === undefined)
    return wrong(`--order must be a whole number from 1 to ${HIGHEST_ORDER}, not ${values.order}.`);
  const format = text(values.format) ?? "pretty";
  if (format !== "pretty" && format !== "json") return wrong(`--format must be pretty or json, not ${format}.`);
  const printAfter = text(values["print-after"]);
  if (printAfter !== undefined && printAfter !== "all" && !PASSES.includes(printAfter.split("/")[0] ?? "")) {
    return wrong(`There is no pass ${printAfter}. The passes are ${PASSES.join(", ")} (or all).`);
  }
  if (positionals.length === 0) return wrong("No file was named.");

  const parsed: Arguments = {
    inputs: positionals,
    tsconfig: text(values.project),
    functions: texts(values.function),
    explain: texts(values.explain),
    rules: texts(values.rules),
    outdir: text(values.outdir),
    stdout: values.stdout === true,
    lanes,
    order,
    printAfter,
    inspect: text(values.inspect),
    check: values.check === true,
    watch: values.watch === true,
    sourcemap: values["no-sourcemap"] !== true,
    declaration: values["no-declaration"] !== true,
    format,
    quiet: values.quiet === true,
  };
  const clash = conflict(parsed);
  return clash === undefined ? { kind: "compile", arguments: parsed } : wrong(clash);
}
