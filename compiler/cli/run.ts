/** `fgrad-compile`: reads the command, compiles, reports, writes. Returns the exit code and never ends the process. */
import { existsSync, readFileSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import type { CompileResult, CompilerHost, Diagnostic } from "../api.ts";
import type { Colors } from "../diagnostics/codeframe.ts";
import { type FormatContext, formatJson, formatPretty, shownPath, sortDiagnostics } from "../diagnostics/format.ts";
import { report } from "../diagnostics/messages.ts";
import { type Arguments, help, parseCommand } from "./arguments.ts";
import { artifactsOf } from "./artifacts.ts";
import { explanationText } from "./explain.ts";
import { findInputs, type Inputs } from "./inputs.ts";
import { watchFiles } from "./watch.ts";
import { type Artifact, writeAtomically } from "./write.ts";

/** What the command line tool has of the world. */
export interface Io {
  /** Generated code and pass logs. */
  readonly stdout: (text: string) => void;
  /** Messages. */
  readonly stderr: (text: string) => void;
  readonly directory: string;
  /** Colours of stderr. */
  readonly colors: Colors;
  readonly version: string;
  /** Ends `--watch`. */
  readonly signal: AbortSignal;
  /** Runs synchronous work which an interruption must not cut in two. */
  readonly uninterrupted: <T>(work: () => T) => T;
}

const DONE = 0;
const ERRORS = 1;
const WRONG_USAGE = 2;

/** The files that the compiler reads for messages, each at most once a run. */
function sources(): FormatContext["source"] {
  const texts = new Map<string, string | undefined>();
  return (file) => {
    if (!texts.has(file)) {
      try {
        texts.set(file, readFileSync(file, "utf8"));
      } catch {
        texts.set(file, undefined);
      }
    }
    return texts.get(file);
  };
}

/** The configuration that is meant by a file or, as for tsc, its folder. */
function configuration(named: string, { directory }: Io): string {
  const path = resolve(directory, named);
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ? join(path, "tsconfig.json") : path;
}

function compileSafely(host: CompilerHost, args: Arguments, files: readonly string[], io: Io): CompileResult {
  try {
    return host.compile({
      files,
      ...(args.tsconfig !== undefined && { tsconfig: configuration(args.tsconfig, io) }),
      functions: args.functions,
      lanes: args.lanes,
      order: args.order,
      ...(args.outdir !== undefined && { outdir: resolve(io.directory, args.outdir) }),
      logPasses: args.printAfter !== undefined || args.inspect !== undefined,
      sourcemap: args.sourcemap || args.inspect !== undefined,
      declaration: args.declaration,
      ...(args.explain.length > 0 && { explain: args.explain }),
      ...(args.rules.length > 0 && { rules: args.rules.map((file) => resolve(io.directory, file)) }),
    });
  } catch (cause) {
    const text = cause instanceof Error ? (cause.stack ?? cause.message) : String(cause);
    return { files: [], diagnostics: [report.crash({ text }, {})], log: [], activity: [], dependencies: files };
  }
}

/** The log of the passes that were asked for, in the order in which they ran. */
function passTexts(result: CompileResult, pass: string): string {
  return result.log
    .filter((entry) => pass === "all" || entry.pass === pass || entry.pass.startsWith(`${pass}/`))
    .map((entry) => `// ${entry.pass}: ${entry.subject}\n${entry.text.trimEnd()}\n\n`)
    .join("");
}

function plural(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? "" : "s"}`;
}

function summary(result: CompileResult, errors: number, started: number): string {
  const time = `${Math.round(performance.now() - started)} ms`;
  const files = result.files.filter((file) => file.functions.length > 0);
  const functions = files.reduce((sum, file) => sum + file.functions.length, 0);
  const done = `${plural(functions, "function")} compiled in ${plural(files.length, "file")}, ${time}`;
  return errors > 0 ? `${plural(errors, "error")}, ${done}` : done;
}

/** Writes the files of a run, and says in the report why not. */
function write(artifacts: readonly Artifact[], io: Io): readonly Diagnostic[] {
  const written = io.uninterrupted(() => writeAtomically(artifacts));
  if (written.ok) return [];
  const file = shownPath(written.path, io.directory);
  return [
    written.reason === "foreign"
      ? report.outputForeign({ file }, {})
      : report.outputUnwritable({ file, reason: written.message }, {}),
  ];
}

async function inspectionPage(args: Arguments, result: CompileResult, io: Io): Promise<readonly Artifact[]> {
  if (args.inspect === undefined) return [];
  const { inspectPage, PAGE_SIGNATURE } = await import("../inspect/page.ts");
  const path = resolve(io.directory, args.inspect);
  return [{ path, text: await inspectPage(result), signature: PAGE_SIGNATURE }];
}

/** Runs the check, prints its table, and returns the result without the files that failed it. */
async function checked(args: Arguments, result: CompileResult, io: Io): Promise<CompileResult> {
  const { checkAll } = await import("./check/check.ts");
  const { formatChecks } = await import("./check/table.ts");
  const tsconfig = args.tsconfig === undefined ? undefined : configuration(args.tsconfig, io);
  const checks = await checkAll(result.files, tsconfig);
  io.stderr(formatChecks(checks, args.format, io.colors));
  const failed = checks.flatMap((check) => (check.status === "failed" ? [check] : []));
  return {
    ...result,
    files: result.files.filter((file) => !failed.some((check) => check.file === file)),
    diagnostics: [
      ...result.diagnostics,
      ...failed.map(({ function: { name, span }, reason }) =>
        report.checkFailed({ function: name, reason }, { span, function: name }),
      ),
    ],
  };
}

const isError = ({ severity }: Diagnostic) => severity === "error";

/**
 * The files without a function to compile, when no file had one: to be asked for derivatives and to make none is a failure.
 * Rules written by hand are no reason to complain.
 */
function withoutFunctions(result: CompileResult, files: readonly string[], directory: string): readonly Diagnostic[] {
  if (result.files.some((file) => file.functions.length > 0)) return [];
  return files
    .filter((file) => !/@fgrad\s+rule\b/.test(readFileSync(file, "utf8")))
    .map((file) => report.nothingAnnotated({ file: shownPath(file, directory) }, {}));
}

/** One compilation from compiling to the summary. Returns its exit code and what it depends on. */
async function round(host: CompilerHost, args: Arguments, files: readonly string[], io: Io) {
  const started = performance.now();
  let result = compileSafely(host, args, files, io);
  if (args.printAfter !== undefined) io.stdout(passTexts(result, args.printAfter));
  if (args.explain.length > 0) io.stdout(explanationText(result, args.explain, io.directory, sources()));
  if (args.check && result.files.length > 0) result = await checked(args, result, io);

  const page = await inspectionPage(args, result, io);
  const outputs = result.files.map((file) => {
    const { map, ...rest } = file;
    return args.sourcemap && map !== undefined ? { ...rest, map } : rest;
  });
  if (args.stdout) {
    const headed = outputs.length > 1;
    for (const file of outputs) io.stdout(`${headed ? `// ${shownPath(file.path, io.directory)}\n` : ""}${file.code}`);
  }
  const failures = write([...(args.stdout ? [] : outputs.flatMap(artifactsOf)), ...page], io);

  const found = [...result.diagnostics, ...failures];
  const empty = found.some(isError) ? [] : withoutFunctions(result, files, io.directory);
  const diagnostics = sortDiagnostics([...found, ...empty]);
  const errors = diagnostics.filter(isError).length;
  const context: FormatContext = { source: sources(), directory: io.directory, colors: io.colors };
  for (const diagnostic of diagnostics) {
    if (args.quiet && !isError(diagnostic) && empty.length === 0) continue;
    io.stderr(args.format === "json" ? formatJson(diagnostic, context) : `${formatPretty(diagnostic, context)}\n`);
  }
  if (!args.quiet && args.format === "pretty") {
    io.stderr(`${summary(result, errors, started)}\n`);
    if (args.inspect !== undefined && failures.length === 0) io.stderr(`Open ${args.inspect} to look at it.\n`);
  }
  return { code: errors > 0 || empty.length > 0 ? ERRORS : DONE, dependencies: result.dependencies };
}

function usageError(problem: string, io: Io): number {
  io.stderr(`${io.colors.red("fgrad-compile:")} ${problem}\nSee fgrad-compile --help.\n`);
  return WRONG_USAGE;
}

/**
 * Runs a command line (without node and script).
 * Exit codes: 0 done, 1 the user's code has errors, 2 wrong usage; `--watch` ends with 0 when the signal comes.
 */
export async function runCli(
  argv: readonly string[],
  io: Io,
  createHost: () => CompilerHost | Promise<CompilerHost>,
): Promise<number> {
  const command = parseCommand(argv);
  if (command.kind === "help") {
    io.stdout(help());
    return DONE;
  }
  if (command.kind === "version") {
    io.stdout(`${io.version}\n`);
    return DONE;
  }
  if (command.kind === "wrong") return usageError(command.problem, io);

  const args = command.arguments;
  const find = (): Inputs => findInputs(args.inputs, io.directory, args.functions);
  const inputs = find();
  if (!inputs.ok) return usageError(inputs.problem, io);
  if (args.tsconfig !== undefined && !existsSync(configuration(args.tsconfig, io))) {
    return usageError(`${args.tsconfig} does not exist.`, io);
  }

  const host = await createHost();
  const first = await round(host, args, inputs.files, io);
  if (!args.watch) return first.code;
  if (!args.quiet && args.format === "pretty") io.stderr("Watching for changes; Ctrl-C ends.\n");
  await watchFiles({
    signal: io.signal,
    dependencies: [...inputs.files, ...first.dependencies],
    changed: async (paths) => {
      host.invalidate(paths);
      const now = find();
      if (!now.ok) {
        io.stderr(`${now.problem}\n`);
        return [];
      }
      return [...now.files, ...(await round(host, args, now.files, io)).dependencies];
    },
  });
  return DONE;
}
