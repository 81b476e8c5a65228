/**
 * What goes into the compiler and what comes out: the contract between the pipeline and its hosts
 * (command line, esbuild plugin, inspector, tests).
 */

/** A half-open range of UTF-16 offsets in a source file. */
export interface Span {
  readonly file: string;
  readonly start: number;
  readonly end: number;
}

export type Severity = "error" | "warning";

/** One located message. Codes: FG1xxx selection, FG2xxx language, FG3xxx activity, FG4xxx rules, FG9xxx internal. */
export interface Diagnostic {
  readonly code: string;
  readonly severity: Severity;
  /** What is wrong, in words a user understands; no code, no position. */
  readonly message: string;
  /** The way out. */
  readonly hint?: string;
  readonly span?: Span;
  /** The selected function whose compilation met it. */
  readonly function?: string;
  readonly notes?: readonly { readonly message: string; readonly span?: Span }[];
}

export interface CompileOptions {
  /** Paths of the modules to compile. Modules that they reach are compiled as needed. */
  readonly files: readonly string[];
  /** Path of a tsconfig.json; without it the nearest one above the first file, or strict defaults. */
  readonly tsconfig?: string;
  /** Functions selected from outside: `name`, `name:wrt1,wrt2`, `Class.method`. */
  readonly functions?: readonly string[];
  /** Modules that register rules for functions of others by `defineRule`. */
  readonly rules?: readonly string[];
  /** Directions carried at once; 1 by default. */
  readonly lanes?: number;
  /** Order of the derivatives; 1 by default. */
  readonly order?: number;
  /**
   * `suffix` (default): a compiled module is NAME.fgrad.ts and imports other compiled modules as such;
   * `replace`: it stands in for the original (bundler plugins), import specifiers stay.
   */
  readonly naming?: "suffix" | "replace";
  /** With `suffix`: write there, rewriting relative imports. */
  readonly outdir?: string;
  /** Whether `--print-after` and the inspector need the texts of every pass. */
  readonly logPasses?: boolean;
  readonly sourcemap?: boolean;
  readonly declaration?: boolean;
  /** Names of variables whose activity is to be explained. */
  readonly explain?: readonly string[];
}

/** A compiled module: the user's module untouched, with tangents added. */
export interface OutputFile {
  /** Absolute path of the module it was made from. */
  readonly source: string;
  /** Absolute path where it belongs. */
  readonly path: string;
  readonly code: string;
  /** Source map, version 3, as JSON. */
  readonly map?: string;
  readonly declaration?: string;
  /** Selected functions compiled in this module (empty for a module that was only reached). */
  readonly functions: readonly CompiledFunction[];
}

export interface CompiledFunction {
  /** As selected: `beale`, `Pendulum.step`. */
  readonly name: string;
  /** The generated function's exported (or module-local) name: `beale_jvp`. */
  readonly jvp: string;
  readonly exported: boolean;
  readonly parameters: readonly {
    readonly name: string;
    readonly active: boolean;
    readonly type: string;
    readonly optional: boolean;
    readonly rest: boolean;
  }[];
  readonly result: string;
  /** A tangent is cut on its way by stopGradient, so that numeric differences give something else. */
  readonly cuts?: boolean;
  readonly span: Span;
  /** Span of the generated function in the output code. */
  readonly generated: { readonly start: number; readonly end: number };
}

/** The state after one pass, for one function and activity pattern. One log feeds --print-after, the inspector and the tests. */
export interface PassLogEntry {
  /** The station: discover, check, lower, activity, differentiate, simplify (and its parts, `simplify/fold`), emit. */
  readonly pass: string;
  /** The function with its activity pattern: `beale(x, y)`; the file for passes over files. */
  readonly subject: string;
  readonly file: string;
  readonly text: string;
}

/** Whether a value at a place in the source carries a tangent; feeds colours in the inspector. */
export interface ActivityMark {
  readonly span: Span;
  readonly active: boolean;
}

/** Why a variable carries a tangent, or why not. */
export interface Explanation {
  readonly function: string;
  readonly name: string;
  readonly active: boolean;
  readonly steps: readonly ExplanationStep[];
}

/** One place where a variable, or what it is made of, gets a value. */
export interface ExplanationStep {
  readonly span?: Span;
  /** The source there. */
  readonly text?: string;
  readonly reason: string;
}

export interface CompileResult {
  /** Without files that have errors. */
  readonly files: readonly OutputFile[];
  readonly diagnostics: readonly Diagnostic[];
  readonly log: readonly PassLogEntry[];
  readonly activity: readonly ActivityMark[];
  /** As asked for by `explain`, also where there are errors. */
  readonly explanations?: readonly Explanation[];
  /** Every source file that the result depends on, absolute. */
  readonly dependencies: readonly string[];
}

/**
 * A compiler with a life of its own: keeps one ts-morph project between calls.
 * `compile` may be called again after `invalidate(paths)` has named the files that changed on disk.
 */
export interface CompilerHost {
  compile(options: CompileOptions): CompileResult;
  /** Forget what was read of these files (absolute paths). */
  invalidate(paths: readonly string[]): void;
}
