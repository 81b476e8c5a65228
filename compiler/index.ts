/**
 * The compiler. `compile` reads as the list of stations:
 *
 *     discover ─ check ─ lower ─ activity ─ differentiate ─ simplify ─ emit
 *
 * Data flows one way; each station is a function of its input alone. What each makes is entered in one log, which feeds
 * `--print-after`, the inspector and the tests.
 */

import { dirname, resolve } from "node:path";
import type {
  ActivityMark,
  CompileOptions,
  CompileResult,
  CompilerHost,
  Diagnostic,
  OutputFile,
  PassLogEntry,
  Span,
} from "./api.ts";
import { emit } from "./backend/emit.ts";
import { type Generated, neededFunctions, type Plan, plan } from "./backend/plan.ts";
import { report } from "./diagnostics/messages.ts";
import { checkSyntax } from "./frontend/check.ts";
import { readDefinedRules } from "./frontend/definedRules.ts";
import { discover, type Selection } from "./frontend/discover.ts";
import { functionId } from "./frontend/functions.ts";
import { createLibrary, type FunctionLibrary } from "./frontend/library.ts";
import {
  ConfigurationError,
  createProgramHost,
  findTsconfig,
  type Program,
  type ProgramHost,
} from "./frontend/project.ts";
import { createSources } from "./frontend/sources.ts";
import { createTypeReader } from "./frontend/types.ts";
import { printForm } from "./ir/print.ts";
import type { FunctionForm, FunctionId } from "./ir/types.ts";
import { verify } from "./ir/verify.ts";
import { explain } from "./passes/activity/explain.ts";
import { activityMarks, printActivity } from "./passes/activity/marks.ts";
import type { Instance } from "./passes/activity/program.ts";
import { type ClosureDerivative, isDerivative, tangentSuffix } from "./passes/derived/derive.ts";
import { linkDerivatives } from "./passes/derived/link.ts";
import { calledAsTheyAre } from "./passes/derived/roots.ts";
import { solveWanted, wantedFunctions } from "./passes/derived/wanted.ts";
import { differentiateInstance } from "./passes/differentiate/index.ts";
import { refuseScratch } from "./passes/scratch/refuse.ts";
import { simplify } from "./passes/simplify/simplify.ts";

export type {
  ActivityMark,
  CompiledFunction,
  CompileOptions,
  CompileResult,
  CompilerHost,
  Diagnostic,
  Explanation,
  ExplanationStep,
  OutputFile,
  PassLogEntry,
  Span,
} from "./api.ts";

/**
 * Compiles modules once. Hosts that compile again and again keep a `createHost()`.
 * @throws never for mistakes in the user's code: these are diagnostics in the result
 */
export function compile(options: CompileOptions): CompileResult {
  return createHost().compile(options);
}

/** A compiler that keeps its program between calls, so that a second compilation reads only what changed. */
export function createHost(): CompilerHost {
  const programs = createProgramHost();
  /** By the modules that are compiled together: the files of packages that they were found to lead to. */
  const known = new Map<string, Set<string>>();
  return {
    compile(options) {
      const together = [...options.files, ...(options.functions ?? [])].join("\n");
      const packages = known.get(together) ?? new Set<string>();
      known.set(together, packages);
      for (;;) {
        const { size } = packages;
        const result = compileWith(programs, options, packages);
        // Functions of packages are known by their declarations at first; with their sources it is done again.
        if (packages.size === size) return result;
      }
    },
    invalidate: (paths) => programs.invalidate(paths.map((path) => resolve(path))),
  };
}

/** `packages`: files of packages to read; those found to be missing are added, and then it is done again. */
function compileWith(programs: ProgramHost, options: CompileOptions, packages: Set<string>): CompileResult {
  const paths = options.files.map((file) => resolve(file));
  const rulePaths = (options.rules ?? []).map((file) => resolve(file));
  const diagnostics: Diagnostic[] = [];
  const log: PassLogEntry[] = [];
  const fail = (): CompileResult => ({ files: [], diagnostics, log, activity: [], dependencies: paths });

  let program: Program;
  try {
    const tsconfig = options.tsconfig ?? findTsconfig(dirname(paths[0] ?? "."));
    program = programs.open([...paths, ...rulePaths], tsconfig === undefined ? undefined : resolve(tsconfig), [
      ...packages,
    ]);
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    diagnostics.push(report.tsconfigUnreadable({ file: error.path, reason: error.message }, {}));
    return fail();
  }
  const sourceFiles = paths.flatMap((path) => {
    const file = program.file(path);
    if (file === undefined) diagnostics.push(report.fileNotFound({ file: path, directory: process.cwd() }, {}));
    return file === undefined ? [] : [file];
  });
  for (const file of sourceFiles) diagnostics.push(...checkSyntax(file, program));
  const broken = new Set(diagnostics.map((diagnostic) => diagnostic.span?.file));

  // discover
  const types = createTypeReader(program.checker);
  const sound = sourceFiles.filter((file) => !broken.has(file.fileName));
  const discovery = discover(program, sound, options.functions ?? [], types);
  diagnostics.push(...discovery.diagnostics);
  const note = (pass: string, subject: string, file: string, text: () => string): void => {
    if (options.logPasses === true) log.push({ pass, subject, file, text: text() });
  };
  for (const { name, wrt, node } of discovery.selections) {
    note("discover", name, node.getSourceFile().fileName, () =>
      wrt === undefined ? name : `${name} wrt ${wrt.join(", ")}`,
    );
  }

  for (const path of rulePaths) {
    const file = program.file(path);
    if (file === undefined) diagnostics.push(report.fileNotFound({ file: path, directory: process.cwd() }, {}));
    else for (const [id, rule] of readDefinedRules(program, types, [file], diagnostics)) program.rules.set(id, rule);
  }

  const order = options.order ?? 1;
  if (order > 1 && (options.lanes ?? 1) > 1) {
    diagnostics.push(
      report.optionInvalid({ option: "order", value: String(order), expected: "1 where lanes are more than 1" }, {}),
    );
    return fail();
  }

  // check, lower (on demand), activity
  let id = 0;
  const nextId = (): number => ++id;
  const library = createLibrary(program, types, nextId);
  const checked = discovery.selections.filter(({ node }) => {
    const problems = library.problems(functionId(node));
    diagnostics.push(...problems);
    return problems.length === 0;
  });
  const wanted = wantedFunctions(library, checked, order);
  const analysis = solveWanted(library, wanted, order);
  const readMore = (): boolean => {
    const { size } = packages;
    for (const path of program.wanted) packages.add(path);
    return packages.size > size;
  };
  if (readMore()) return fail();
  for (const instance of analysis.instances) {
    if (!checked.some(({ node }) => functionId(node) === instance.form.id))
      diagnostics.push(...library.problems(instance.form.id));
  }
  diagnostics.push(...library.diagnostics, ...analysis.diagnostics);
  const entries = analysis.selected.filter((one) => one !== undefined);
  diagnostics.push(...refuseScratch(analysis.solver, entries, analysis.instances, library.modules));
  if ((options.lanes ?? 1) > 1) diagnostics.push(...derivativesInLanes(analysis.instances, library));
  if ((options.lanes ?? 1) > 1) diagnostics.push(...rulesInLanes(analysis.instances, options.lanes ?? 1));

  const selected = new Map<Instance, string>();
  const selections = new Map<Instance, Selection>();
  const derivatives = new Map<FunctionId, Instance>();
  wanted.forEach(({ selection, derivative }, i) => {
    const instance = analysis.selected[i];
    if (instance === undefined) return;
    if (derivative !== undefined) derivatives.set(derivative, instance);
    if (selection === undefined) return;
    selected.set(instance, selection.name);
    selections.set(instance, selection);
  });
  for (const instance of analysis.instances) {
    const subject = subjectOf(instance);
    note("lower", subject, instance.form.span.file, () => printForm(instance.form));
    note("activity", subject, instance.form.span.file, () => printActivity(instance));
    if (options.logPasses === true) {
      diagnostics.push(...verified("lower", subject, instance.form, verify(instance.form, "lowered")));
    }
  }
  const dependencies = [...new Set([...paths, ...analysis.instances.map((one) => one.form.span.file)])];
  const activity: ActivityMark[] = analysis.instances.flatMap((instance) => activityMarks(instance));
  const explanations = (options.explain ?? []).flatMap((name) =>
    analysis.instances.flatMap((instance) => explain(analysis.solver, instance, name)),
  );
  const explained = options.explain === undefined ? {} : { explanations };
  const errors = diagnostics.filter((diagnostic) => diagnostic.severity === "error");
  if (errors.some((error) => error.span === undefined)) {
    return { files: [], diagnostics, log, activity, dependencies, ...explained };
  }

  // differentiate, simplify
  const named = new Set([...selections].filter(([, { fromOutside }]) => fromOutside).map(([instance]) => instance));
  const sources = createSources(program, library, named);
  const planned = plan(analysis.instances, selected, derivatives, sources, options);
  // To classes in packages it may be that declarations lead, and then their scripts are to be copied.
  if (readMore()) return fail();
  diagnostics.push(...planned.diagnostics);
  const forms = new Map<Generated, FunctionForm>();
  const refused = filesWithErrors(errors, analysis.instances);
  for (const module of planned.modules.values()) {
    for (const generated of module.generated) {
      const { instance, name, convention } = generated;
      const link = planned.linkage(module.file, instance.form.scope);
      if (refused.has(module.file)) continue;
      const subject = subjectOf(instance);
      try {
        const request = {
          ...{ instance, name, convention, link, reserved: module.reserved, lanes: options.lanes ?? 1 },
          ...(isDerivative(instance.form.id) && { suffix: tangentSuffix(instance.form) }),
        };
        const unlinked = differentiateInstance(request, library, analysis.solver, nextId);
        const differentiated = linkDerivatives(unlinked, {
          derivative: link.derivative,
          className: link.className,
          rule: (id) => ifKnown(library.rule(id), link.rule),
        });
        note("differentiate", subject, module.file, () => printForm(differentiated));
        const stages = simplify(differentiated, nextId);
        for (const step of stages) note(`simplify/${step.pass}`, subject, module.file, () => printForm(step.form));
        const form = stages.at(-1)?.form ?? differentiated;
        // Invariants are checked at the end; where one is broken, or the passes are looked at, each stage is.
        const last = verify(form, "simplified");
        const broken: Diagnostic[] = [];
        if (last.length > 0 || options.logPasses === true) {
          broken.push(...verified("differentiate", subject, differentiated, verify(differentiated, "differentiated")));
          for (const step of stages) {
            // What follows a broken invariant is broken too.
            if (broken.length === 0)
              broken.push(...verified(step.pass, subject, form, verify(step.form, "simplified")));
          }
        }
        diagnostics.push(...broken);
        forms.set(generated, form);
      } catch (error) {
        const text = error instanceof Error ? error.message : String(error);
        diagnostics.push(report.crash({ text }, { span: instance.form.span, function: instance.form.name }));
      }
    }
  }

  const needed = neededFunctions(forms, planned.modules);
  for (const generated of [...forms.keys()]) if (!needed.has(generated)) forms.delete(generated);

  // emit
  const failed = filesWithErrors(
    diagnostics.filter(({ severity }) => severity === "error"),
    analysis.instances,
  );
  const files: OutputFile[] = emit({
    plan: planned,
    forms,
    options,
    source: sources.view,
    place: sources.place,
    declared: sources.declared,
    uncheckedIndexedAccess: program.options.noUncheckedIndexedAccess === true,
    wrt: (instance) => selections.get(instance)?.wrt,
    closures: (file) => closuresOf(file, library, planned.linkage(file), nextId),
    program: program.raw,
    base: (class_) => library.classes.base(class_),
  }).filter((file) => !failed.has(file.source));
  for (const file of files) note("emit", file.path, file.source, () => file.code);
  return { files, diagnostics: inSourceOrder(diagnostics), log, activity, dependencies, ...explained };
}

/** The derivatives of functions written inside of a module's functions, as they are printed. */
function closuresOf(
  file: string,
  library: FunctionLibrary,
  link: ReturnType<Plan["linkage"]>,
  nextId: () => number,
): ClosureDerivative[] {
  const names = {
    derivative: link.derivative,
    className: link.className,
    rule: (id: FunctionId) => ifKnown(library.rule(id), link.rule),
  };
  const printable = (form: FunctionForm): FunctionForm =>
    simplify(linkDerivatives(form, names), nextId).at(-1)?.form ?? form;
  return [...library.derivations.closures.values()].flatMap((closure) => {
    if (closure.file !== file) return [];
    const { second } = closure;
    const again = second === undefined ? {} : { second: { ...second, form: printable(second.form) } };
    return [{ ...closure, form: printable(closure.form), ...again }];
  });
}

const ifKnown = <T, R>(value: T | undefined, use: (value: T) => R): R | undefined =>
  value === undefined ? undefined : use(value);

/** A derivative that is called as it is carries one direction, and so can't be the one that carries several. */
function derivativesInLanes(instances: readonly Instance[], library: FunctionLibrary): Diagnostic[] {
  const { closures } = library.derivations;
  return [...calledAsTheyAre(instances, closures.values())].map((id) => {
    const form = library.form(id);
    const construct = `A call of the derivative of ${form?.name.replace(/_jvp$/, "") ?? "a function"}, in functions that carry several directions,`;
    return report.notYet({ construct }, { span: form?.span });
  });
}

/** Rules written by hand carry one direction, unless there is another one for several. */
function rulesInLanes(instances: readonly Instance[], lanes: number): Diagnostic[] {
  return instances.flatMap((instance) =>
    [...instance.calls].flatMap(([call, { rule }]) => {
      if (rule === undefined || rule.several !== undefined) return [];
      const span = "span" in call ? (call.span as Span | undefined) : undefined;
      return [report.ruleLanes({ rule: rule.name, lanes: String(lanes) }, { span, function: instance.form.name })];
    }),
  );
}

/** Files with errors, and those whose functions call functions of these. */
function filesWithErrors(errors: readonly Diagnostic[], instances: readonly Instance[]): Set<string> {
  const failed = new Set(errors.flatMap((error) => (error.span === undefined ? [] : [error.span.file])));
  for (let before = -1; before !== failed.size; ) {
    before = failed.size;
    for (const one of instances) {
      for (const site of one.calls.values()) {
        const targets = [...site.methods.values(), ...(site.target === undefined ? [] : [site.target])];
        if (targets.some((target) => failed.has(target.form.span.file))) failed.add(one.form.span.file);
      }
    }
  }
  return failed;
}

/** What the verifier has against a form; its first complaint is the one to look at. */
function verified(pass: string, subject: string, form: FunctionForm, broken: readonly string[]): Diagnostic[] {
  return broken
    .slice(0, 1)
    .map((text) => report.invariant({ pass: `${pass} of ${subject}`, text }, { span: form.span, function: form.name }));
}

function subjectOf(instance: Instance): string {
  const { form } = instance;
  return `${form.name}(${form.parameters.map((parameter) => parameter.variable.name).join(", ")})`;
}

function inSourceOrder(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  const key = (diagnostic: Diagnostic): string =>
    `${diagnostic.code} ${diagnostic.span?.file} ${diagnostic.span?.start} ${diagnostic.message}`;
  const seen = new Set<string>();
  return [...diagnostics]
    .filter((diagnostic) => !seen.has(key(diagnostic)) && seen.add(key(diagnostic)))
    .sort((a, b) => {
      const files = (a.span?.file ?? "").localeCompare(b.span?.file ?? "");
      return files !== 0 ? files : (a.span?.start ?? 0) - (b.span?.start ?? 0);
    });
}
