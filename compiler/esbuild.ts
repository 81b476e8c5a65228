/** The esbuild plugin: differentiates the functions of a bundle that are annotated with `@fgrad`. */
import { readFileSync } from "node:fs";
import { extname, resolve } from "node:path";
import type { Loader, OnLoadResult, PartialMessage, Plugin, PluginBuild } from "esbuild";
import type { CompileResult, CompilerHost, Diagnostic, OutputFile } from "./api.ts";
import { messages, report } from "./diagnostics/messages.ts";
import { toMessage } from "./esbuild/messages.ts";
import { installed, MODULES, rescan, type Scan, type ScanOptions } from "./esbuild/scan.ts";
import { mentions } from "./hosts/mention.ts";
import { stamp } from "./hosts/stamp.ts";

/** Options of the plugin; every one may be left out. Paths are relative to the build's working directory. */
export interface FgradOptions {
  /** A tsconfig.json; without it the one of the build, or the nearest one. */
  readonly tsconfig?: string;
  /** Functions selected from outside: `name`, `name:wrt1,wrt2`, `Class.method`. Looked for in installed packages too. */
  readonly functions?: readonly string[];
  /** Modules to compile that the build can't be seen to reach, because another plugin leads to them. */
  readonly files?: readonly string[];
  /** Modules that register rules for functions of others by `defineRule`. */
  readonly rules?: readonly string[];
  /** Directions carried at once; 1 by default. */
  readonly lanes?: number;
  /** Order of the derivatives; 1 by default. */
  readonly order?: number;
}

type HostMaker = () => Promise<CompilerHost>;

const LOADERS: Readonly<Record<string, Loader>> = {
  ".ts": "ts",
  ".mts": "ts",
  ".cts": "ts",
  ".tsx": "tsx",
  ".js": "js",
  ".mjs": "js",
  ".cjs": "js",
  ".jsx": "jsx",
};

const NOTHING: CompileResult = { files: [], diagnostics: [], log: [], activity: [], dependencies: [] };

function readText(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}

/** The compiled code, its map inside so that esbuild chains it. */
function contents({ code, map }: OutputFile): string {
  if (map === undefined) return code;
  const data = Buffer.from(map, "utf8").toString("base64");
  return `${code}\n//# sourceMappingURL=data:application/json;base64,${data}\n`;
}

/** What one build keeps from one run to the next. */
function setUp(build: PluginBuild, options: FgradOptions, compilerHost: HostMaker): void {
  const { initialOptions } = build;
  const directory = initialOptions.absWorkingDir ?? process.cwd();
  const at = (path: string) => resolve(directory, path);
  const test = mentions(options.functions);
  const packages = (options.functions?.length ?? 0) > 0;
  const tsconfig = options.tsconfig ?? initialOptions.tsconfig;

  /** Modules that only the build itself led to; they are known from the start of the next run. */
  const late = new Set<string>();
  const stamps = new Map<string, string>();
  let seen: Scan = new Map();
  let concerned = new Set<string>();
  let result = NOTHING;
  let outputs = new Map<string, OutputFile>();
  /** What esbuild was given in this run: compiled code, or undefined for the module as it is. */
  let served = new Map<string, string | undefined>();
  let unreported: readonly Diagnostic[] = [];

  // Loading the compiler overlaps with the walk; that it fails is told when it is needed.
  const found = () => void compilerHost().catch(() => undefined);
  const scanning: ScanOptions = { test, packages, found };

  const reportable = () =>
    // A file that mentions the tag without using it is no mistake in a bundle.
    result.diagnostics.filter(({ code }) => code !== messages.nothingAnnotated.code);

  const compile = async (): Promise<void> => {
    const files = [...concerned].sort();
    try {
      const host = await compilerHost();
      const changed = [...stamps.keys()].filter((path) => stamps.get(path) !== stamp(path));
      host.invalidate(changed);
      result = host.compile({
        files,
        naming: "replace",
        sourcemap: Boolean(initialOptions.sourcemap),
        ...(tsconfig !== undefined && { tsconfig: at(tsconfig) }),
        ...(options.functions && { functions: options.functions }),
        ...(options.rules && { rules: options.rules.map(at) }),
        ...(options.lanes !== undefined && { lanes: options.lanes }),
        ...(options.order !== undefined && { order: options.order }),
      });
    } catch (cause) {
      const text = cause instanceof Error ? (cause.stack ?? cause.message) : String(cause);
      result = { ...NOTHING, diagnostics: [report.crash({ text }, {})], dependencies: files };
    }
    unreported = reportable();
    outputs = new Map(result.files.map((file) => [file.source, file]));
    stamps.clear();
    for (const path of [...files, ...result.dependencies]) stamps.set(path, stamp(path));
  };

  const changedSince = (files: ReadonlySet<string>) =>
    files.size !== concerned.size ||
    [...files].some((path) => !concerned.has(path)) ||
    [...stamps].some(([path, before]) => before !== stamp(path));

  build.onStart(async () => {
    served = new Map();
    seen = await rescan(build, scanning, seen);
    for (const path of late) if (!test(readText(path) ?? "")) late.delete(path);
    const found = [...seen].flatMap(([path, { concerned }]) => (concerned ? [path] : []));
    const files = new Set([...found, ...(options.files ?? []).map(at), ...late]);
    if (!changedSince(files)) {
      unreported = reportable();
      return;
    }
    concerned = files;
    if (files.size === 0) [result, outputs] = [NOTHING, new Map()];
    else await compile();
  });

  /** The messages that come with a module: its own, and with the first one those that no module will bring. */
  const take = (path: string): readonly Diagnostic[] => {
    const mine = (diagnostic: Diagnostic) =>
      !concerned.has(diagnostic.span?.file ?? "") || diagnostic.span?.file === path;
    const taken = unreported.filter(mine);
    unreported = unreported.filter((diagnostic) => !mine(diagnostic));
    return taken;
  };

  const tell = (diagnostics: readonly Diagnostic[]) => {
    const told: { readonly errors: PartialMessage[]; readonly warnings: PartialMessage[] } = {
      errors: [],
      warnings: [],
    };
    for (const diagnostic of diagnostics) {
      const list = diagnostic.severity === "error" ? told.errors : told.warnings;
      list.push(toMessage(diagnostic, readText, directory));
    }
    return told;
  };

  /** Compiles again with a module that the walk did not find, unless what was given to esbuild would no longer fit. */
  const addLate = async (path: string): Promise<readonly Diagnostic[]> => {
    late.add(path);
    concerned = new Set([...concerned, path]);
    await compile();
    const stale = [...served].find(([file, code]) => outputs.get(file)?.code !== code);
    if (!stale) return [];
    return [
      report.foundTooLate({ file: JSON.stringify(path), module: stale[0] }, { span: { file: path, start: 0, end: 0 } }),
    ];
  };

  /** Takes the types out again of what was made from JavaScript, and nothing else: as TypeScript it would lose imports. */
  const inLanguage = async (loader: Loader, code: string): Promise<string> => {
    if (loader !== "js" && loader !== "jsx") return code;
    const stripped = await build.esbuild.transform(code, {
      loader: loader === "js" ? "ts" : "tsx",
      jsx: "preserve",
      target: "esnext",
      sourcemap: initialOptions.sourcemap ? "inline" : false,
      tsconfigRaw: { compilerOptions: { verbatimModuleSyntax: true } },
    });
    return stripped.code;
  };

  build.onLoad({ filter: MODULES, namespace: "file" }, async ({ path, suffix }): Promise<OnLoadResult | undefined> => {
    if (suffix !== "" || (installed(path) && !packages && !outputs.has(path))) return undefined;
    const tooLate = !seen.has(path) && !concerned.has(path) && test(readText(path) ?? "") ? await addLate(path) : [];
    const output = outputs.get(path);
    served.set(path, output?.code);
    if (!output && !concerned.has(path)) return undefined;

    const told = tell([...tooLate, ...take(path)]);
    const watchFiles = [...result.dependencies, ...(tsconfig === undefined ? [] : [at(tsconfig)])];
    const extension = extname(path);
    const loader = initialOptions.loader?.[extension] ?? LOADERS[extension] ?? "ts";
    if (!output || told.errors.length > 0) return { ...told, watchFiles };
    return { ...told, watchFiles, contents: await inLanguage(loader, contents(output)), loader };
  });

  build.onEnd(({ errors }) => {
    // What is put right may be a module that was missing, so the next run walks again.
    if (errors.length > 0) seen = new Map();
    // What belongs to a module that esbuild did not load in the end.
    return tell(unreported);
  });
}

/** Makes the plugin over any compiler. */
export function pluginOver(createHost: () => CompilerHost | Promise<CompilerHost>, options: FgradOptions): Plugin {
  let host: Promise<CompilerHost> | undefined;
  const compilerHost = () => {
    host ??= Promise.resolve().then(createHost);
    return host;
  };
  return { name: "fgrad", setup: (build) => setUp(build, options, compilerHost) };
}

/** The plugin: `plugins: [fgrad()]`. The compiler is loaded at the first module that needs it. */
export function fgrad(options: FgradOptions = {}): Plugin {
  return pluginOver(async () => (await import("./index.ts")).createHost(), options);
}
