/**
 * Emit: simplified forms to compiled modules, with source map and declarations.
 *
 * Takes the plan and the forms; guarantees that the user's text is untouched but for rewritten import specifiers, and
 * that every name it adds is free in its module.
 */

import { dirname, extname, isAbsolute, relative, resolve, sep } from "node:path";
import type { CompiledFunction, CompileOptions, OutputFile } from "../api.ts";
import type { ts } from "../frontend/project.ts";
import type { Call, ClassId, Expression, FunctionForm, ModuleVariableId } from "../ir/types.ts";
import type { Instance } from "../passes/activity/program.ts";
import { carries } from "../passes/activity/values.ts";
import { type ClosureDerivative, derivativeOrder } from "../passes/derived/derive.ts";
import { isSupportName, type SupportName, supportFunctions } from "../rules/index.ts";
import { anchorsIn } from "./anchors.ts";
import { withNeededTypes } from "./assertions.ts";
import { declarationsOf } from "./declaration.ts";
import { type Attachment, assembleModule, attachmentStatement, type Insertion } from "./module.ts";
import { depthAt, type Place, typeOfFunction } from "./place.ts";
import { type Generated, inPackages, type ModulePlan, type Plan } from "./plan.ts";
import { type PrintedFunction, printFunction } from "./print/print.ts";
import { shadowsOf } from "./shadows.ts";
import { detectStyle } from "./style.ts";
import { supportCalls } from "./support.ts";

/** The text of a source file and what emit must know of its syntax. */
export interface SourceView {
  readonly text: string;
  readonly syntax: ts.SourceFile;
  /** JavaScript with `require` and `module.exports`. */
  readonly commonjs: boolean;
  /** Module specifiers: range of the literal, and the file that it leads to, where known. */
  readonly specifiers: readonly {
    readonly start: number;
    readonly end: number;
    readonly text: string;
    readonly target: string | undefined;
    /** The JavaScript behind a target that only declares. */
    readonly script?: string | undefined;
  }[];
}

export interface DeclaredVariable {
  /** Behind the statement that declares it. */
  readonly behind: number;
  readonly typeText: string;
  /** Declared with `export` in front. */
  readonly exported: boolean;
}

export interface EmitInput {
  readonly plan: Plan;
  /** Simplified forms. */
  readonly forms: ReadonlyMap<Generated, FunctionForm>;
  readonly options: CompileOptions;
  source(file: string): SourceView;
  place(instance: Instance): Place;
  readonly uncheckedIndexedAccess: boolean;
  wrt(instance: Instance): readonly string[] | undefined;
  /** Derivatives of functions that are written inside of a module's functions, simplified. */
  closures(file: string): readonly ClosureDerivative[];
  readonly program: ts.Program;
  /** The class that a class extends. */
  base(class_: ClassId): ClassId | undefined;
  /** Where a module's variable is declared: the whole of the statement, and its type as text. */
  declared(id: ModuleVariableId): DeclaredVariable | undefined;
}

export function emit(input: EmitInput): OutputFile[] {
  const modules = [...input.plan.modules.values()].filter((module) => isEmitted(input, module));
  const files = modules.map((module) => emitModule(input, module));
  if (input.options.declaration !== true) return files;
  const declarations = declarationsOf(
    files.map(({ path, code }) => ({ path, code })),
    input.program,
  );
  return files.map((file) => {
    const declaration = declarations.get(file.path);
    return declaration === undefined ? file : { ...file, declaration };
  });
}

/** Whether a module is compiled: something is generated in it, or on the way through it. */
const isEmitted = ({ forms }: EmitInput, module: ModulePlan): boolean =>
  module.generated.length === 0 ? module.leadsToMembers : module.generated.some((one) => forms.has(one));

function emitModule(input: EmitInput, module: ModulePlan): OutputFile {
  const { options, plan } = input;
  const lanes = options.lanes ?? 1;
  const source = input.source(module.file);
  const javascript = isJavaScript(module.file);
  const style = detectStyle(source.text);
  const { global } = anchorsIn(source.syntax);
  const exportsAtEnd: { name: string; variable: string }[] = [];
  const declarations: string[] = [];
  const openings = new Map<number, string[]>();
  const support = new Map<SupportName, string>();
  const supportName = (name: SupportName): string => {
    let local = support.get(name);
    if (local === undefined) {
      local = name as string;
      for (let i = 1; module.reserved.has(local); i++) local = `${name}${i}`;
      module.reserved.add(local);
      support.set(name, local);
    }
    return local;
  };

  const printed = new Map<string, { generated: Generated; form: FunctionForm }>();
  const insertions: Insertion[] = [];
  for (const generated of module.generated) {
    const plainForm = input.forms.get(generated);
    if (plainForm === undefined) continue;
    const form = supportCalls(withNeededTypes(plainForm), (name) =>
      isSupportName(name) ? supportName(name) : undefined,
    );
    const place = input.place(generated.instance);
    const functions: PrintedFunction[] = [print(form, generated, generated.exported, generated.wrapper === undefined)];
    printed.set(form.name, { generated, form });
    if (generated.wrapper !== undefined) {
      const outer = wrapperOf(generated, form, plan.linkage(module.file).register(undefined), lanes);
      functions.push(print(outer, generated, input.forms.size > 0 && exportsWrapper(generated), true));
      printed.set(outer.name, { generated, form: outer });
    }
    const derivativeName = plan.derivativeName(generated.instance.form.id);
    const attachments = attachmentsOf(input, generated, derivativeName ?? place.reference);
    if (place.wrapper !== undefined) {
      const lines = openings.get(place.wrapper) ?? [];
      openings.set(place.wrapper, lines);
      for (const { name } of functions) {
        const variable = module.handedOut.get(name);
        if (variable !== undefined) lines.push(`${variable} = ${name}`);
      }
      // Behind the statement it might never be reached.
      if (place.hoisted) lines.push(...attachments.splice(0).map((one) => attachmentStatement(one, style, global)));
      if (place.behindClass !== undefined) {
        const reached = attachments.map((one) => ({ ...one, jvp: module.handedOut.get(one.jvp) ?? one.jvp }));
        attachments.splice(0, attachments.length, ...reached);
      }
    }
    const inside = place.behindClass !== undefined;
    insertions.push({
      at: place.at,
      hoisted: place.hoisted,
      functions,
      attachments: inside ? [] : attachments,
      ...(place.alias !== undefined && { alias: place.alias }),
      ...(place.wrapper !== undefined && { indentation: style.indent.repeat(depthAt(source.text, place)) }),
    });
    if (inside && attachments.length > 0) {
      insertions.push({ at: place.behindClass, hoisted: false, functions: [], attachments });
    }
  }

  function print(form: FunctionForm, generated: Generated, exported: boolean, isPublic: boolean): PrintedFunction {
    const place = input.place(generated.instance);
    const { prototype } = place;
    const leaves = exported && form.memberOf === undefined;
    const variable = module.handedOut.get(form.name);
    if (variable !== undefined) {
      declarations.push(`let ${variable}${javascript ? "" : `: ${typeOfFunction(form)}`}`);
      if (leaves && !source.commonjs) declarations.push(`export { ${variable} as ${form.name} }`);
    }
    if (leaves && source.commonjs) exportsAtEnd.push({ name: form.name, variable: variable ?? form.name });
    const said = isPublic && generated.selected !== undefined ? docOf(generated, form) : undefined;
    const doc = said === undefined || !javascript ? said : [said, ...typesInDoc(form)].join("\n");
    const overrides = input.program.getCompilerOptions().noImplicitOverride === true && isInherited(input, form);
    return printFunction(
      {
        ...form,
        overrides,
        style: form.memberOf === undefined || prototype !== undefined ? "declaration" : "method",
        ...(doc !== undefined && { doc }),
      },
      {
        reserved: module.reserved,
        source: { file: module.file, text: source.text },
        uncheckedIndexedAccess: input.uncheckedIndexedAccess,
        javascript,
        ...(leaves && !source.commonjs && variable === undefined && { prefix: "export " }),
        ...((form.memberOf === undefined || prototype !== undefined) && { depth: depthAt(source.text, place) }),
        ...(prototype !== undefined && {
          prefix: `${global("Object")}.defineProperty(${prototype}, ${JSON.stringify(form.name)}, { value: `,
          suffix: ` })${style.semicolons ? ";" : ""}`,
        }),
      },
    );
  }

  function exportsWrapper(generated: Generated): boolean {
    return generated.wrapperExported;
  }

  const beginnings = [...openings].flatMap(([at, lines]) => {
    const before = `${style.newline}${/[\r\n]([ \t]*)\S/.exec(source.text.slice(at))?.[1] ?? ""}`;
    return lines.length === 0
      ? []
      : [{ start: at, end: at, text: lines.map((line) => before + line.replace(/;?$/, ";")).join("") }];
  });
  const closures = input.closures(module.file).flatMap((closure) => {
    const first = textOfClosure(closure.form);
    const { second } = closure;
    const value = second === undefined ? first : attached(first, textOfClosure(second.form), second.active, false);
    const head = "Object.defineProperty(";
    const whole = attached("", value, closure.active, closure.named);
    return [
      { start: closure.start, end: closure.start, text: head },
      { start: closure.end, end: closure.end, text: whole.slice(head.length) },
    ];
  });
  function textOfClosure(form: FunctionForm): string {
    const named = supportCalls(withNeededTypes(form), (name) => (isSupportName(name) ? supportName(name) : undefined));
    // An arrow function has no `this` of its own; it is printed as a constant, and taken out of that.
    const arrow = form.style === "arrow";
    const { text } = printFunction(
      { ...named, name: arrow ? "derivative" : "", style: arrow ? "arrow" : "declaration" },
      {
        reserved: module.reserved,
        source: { file: module.file, text: source.text },
        uncheckedIndexedAccess: input.uncheckedIndexedAccess,
        javascript,
      },
    );
    return arrow ? text.replace(/^const derivative = /, "").replace(/;$/, "") : text;
  }

  // Names in generated text are no one else's, so that looking for the word says whether it is used.
  const generatedText = [
    ...insertions.flatMap((insertion) => insertion.functions.map(({ text }) => text)),
    JSON.stringify(closures),
  ].join("\n");
  const words = new Set(generatedText.match(/[\p{ID_Start}$_][\p{ID_Continue}$]*/gu));
  const shadows = shadowsOf(input, module, words, javascript);
  const edits = [...closures, ...shadows.edits];
  const keepsRegister = module.usesRegister && (words.has(module.register) || module.exportsRegister);

  const assembled = assembleModule({
    source: module.file,
    text: source.text,
    syntax: source.syntax,
    output: module.output,
    insertions,
    edits: [...beginnings, ...edits],
    imports: importsOf(module, words, plan, source, options),
    importRewrites: rewritesOf(input, module, source),
    registers: keepsRegister
      ? [{ name: module.register, lanes, exported: module.exportsRegister && !source.commonjs }]
      : [],
    support: [...support].map(([name, local]) => supportText(supportFunctions[name].source(local), javascript)),
    exportsAtEnd: source.commonjs
      ? [
          ...(module.exportsRegister ? [{ name: module.register, variable: module.register }] : []),
          ...exportsAtEnd,
          ...shadows.exported.map((name) => ({ name, variable: name })),
        ]
      : exportsAtEnd,
    ...(!source.commonjs && { listed: shadows.exported }),
    maybeScript: module.handedOut.size > 0,
    declarations,
    sourcemap: options.sourcemap !== false,
  });

  const functions = assembled.functions.flatMap(({ name, start, end }): CompiledFunction[] => {
    const entry = printed.get(name);
    if (entry?.generated.selected === undefined) return [];
    const { generated, form } = entry;
    if (generated.wrapper !== undefined && name !== generated.wrapper) return [];
    return [
      {
        name: entry.generated.selected,
        jvp: name,
        exported: exportedPublic(input, generated),
        parameters: generated.instance.form.parameters.map((parameter, i) => ({
          name: parameter.variable.name,
          active: isActive(generated.instance, i),
          type: parameter.typeText,
          optional: parameter.optional || parameter.default !== undefined,
          rest: parameter.rest,
        })),
        result: form.resultText ?? "unknown",
        ...(cutsTangents(generated.instance) && { cuts: true }),
        span: generated.instance.form.span,
        generated: { start, end },
      },
    ];
  });
  return {
    source: module.file,
    path: module.output,
    code: assembled.code,
    functions,
    ...(assembled.map !== undefined && { map: assembled.map }),
  };
}

/** The types of a function as JavaScript says them; of what is `any`, nothing. */
function typesInDoc(form: FunctionForm): string[] {
  const known = (text: string | undefined): text is string =>
    text !== undefined && text !== "" && !/\b(any|unknown)\b/.test(text);
  const named = form.parameters.every(({ variable }) => variable.role !== "temporary");
  const parameters = form.parameters.flatMap(({ variable, typeText, optional }) =>
    named && known(typeText) ? [`@param {${typeText}} ${optional ? `[${variable.name}]` : variable.name}`] : [],
  );
  return known(form.resultText) ? [...parameters, `@returns {${form.resultText}}`] : parameters;
}

const isJavaScript = (file: string): boolean => /\.[cm]?jsx?$/.test(file);

/** A support function's text; in JavaScript without the types, which are all `number`. */
function supportText(text: string, javascript: boolean): string {
  return (javascript ? text.replace(/: number\b/g, "") : text).trimEnd();
}

/** A function with its derivative put beside it, as an expression. */
function attached(primal: string, jvp: string, active: readonly boolean[], again: boolean): string {
  const more = again ? ", configurable: true" : "";
  return `Object.defineProperty(${primal}, Symbol.for("fgrad.jvp"), { value: { jvp: ${jvp}, active: [${active.join(", ")}] }${more} })`;
}

const exportedPublic = (input: EmitInput, generated: Generated): boolean =>
  generated.selected !== undefined && input.plan.isExported(generated.instance);

/** Whether a function, or one that it calls, cuts a tangent on purpose. */
function cutsTangents(instance: Instance, seen: Set<Instance> = new Set()): boolean {
  if (seen.has(instance)) return false;
  seen.add(instance);
  return [...instance.calls].some(([node, site]) => {
    const call = node as Partial<Call>;
    if (call.callee?.kind === "global" && call.callee.name === "fgrad:stopGradient") return true;
    const targets = [...site.methods.values(), ...(site.target === undefined ? [] : [site.target])];
    return targets.some((target) => cutsTangents(target, seen));
  });
}

function isActive(instance: Instance, index: number): boolean {
  const value = instance.parameters[index];
  return value !== undefined && carries(value);
}

/** Whether a class that the member's class extends has a tangent of the same name. */
function isInherited({ forms, base }: EmitInput, { memberOf, name }: FunctionForm): boolean {
  const owners = new Set<ClassId | undefined>();
  for (const other of forms.values()) if (other.name === name) owners.add(other.memberOf?.class_);
  let at = memberOf && base(memberOf.class_);
  while (at !== undefined && !owners.has(at)) at = base(at);
  return at !== undefined;
}

function docOf(generated: Generated, form: FunctionForm): string {
  const tangents = form.parameters
    .filter((parameter) => parameter.variable.role === "tangent")
    .map((parameter) => parameter.variable.name);
  return `Value of {@link ${generated.selected}} and its tangent along (${tangents.join(", ")}).`;
}

/** The function for the user's own calls around one that leaves its tangent in a register. */
function wrapperOf(generated: Generated, form: FunctionForm, register: string, lanes: number): FunctionForm {
  const { memberOf, receiver } = form;
  const args: Expression[] = form.parameters.map(({ variable }) => ({ kind: "variable", variable }));
  const call: Call = {
    kind: "call",
    callee:
      memberOf?.role === "method" && receiver !== undefined
        ? { kind: "method", object: { kind: "variable", variable: receiver }, name: generated.name }
        : memberOf !== undefined
          ? { kind: "static", class_: memberOf.class_, className: memberOf.className, name: generated.name }
          : { kind: "function", id: generated.instance.key, name: generated.name },
    arguments: args,
  };
  const slopes = Array.from(
    { length: lanes },
    (_, lane): Expression =>
      generated.convention === "register"
        ? { kind: "register", name: register, lane }
        : { kind: "constant", value: undefined },
  );
  const text = form.resultText;
  const slopeText = generated.convention === "register" ? "number" : "undefined";
  const pair =
    text === undefined
      ? undefined
      : `[${[text === "void" ? "undefined" : text, ...slopes.map(() => slopeText)].join(", ")}]`;
  const { resultText: _, ...rest } = form;
  return {
    ...rest,
    name: generated.wrapper ?? "",
    body:
      text === "void"
        ? [
            { kind: "effect", value: call },
            { kind: "return", value: { kind: "array", elements: [{ kind: "constant", value: undefined }, ...slopes] } },
          ]
        : [{ kind: "return", value: { kind: "array", elements: [call, ...slopes] } }],
    ...(pair !== undefined && { resultText: pair }),
  };
}

function attachmentsOf(input: EmitInput, generated: Generated, reference: string | undefined): Attachment[] {
  if (generated.selected === undefined || reference === undefined) return [];
  const { instance } = generated;
  const paths: Record<number, readonly string[]> = {};
  const wrt = input.wrt(instance) ?? [];
  instance.form.parameters.forEach((parameter, i) => {
    const below = wrt
      .filter((path) => path.startsWith(`${parameter.variable.name}.`))
      .map((path) => path.slice(path.indexOf(".") + 1));
    if (below.length > 0 && !wrt.includes(parameter.variable.name)) paths[i] = below;
  });
  return [
    {
      primal: reference,
      jvp: generated.wrapper ?? generated.name,
      active: instance.form.parameters.map((_, i) => isActive(instance, i)),
      ...(instance.form.parameters.at(-1)?.rest === true && { rest: true }),
      ...((input.options.lanes ?? 1) > 1 && { lanes: input.options.lanes ?? 1 }),
      ...(derivativeOrder(instance.form.id) > 0 && { order: derivativeOrder(instance.form.id) + 1 }),
      ...(Object.keys(paths).length > 0 && { paths }),
    },
  ];
}

const scriptExtension = /\.[cm]?[jt]sx?$/;

function importsOf(
  module: ModulePlan,
  words: ReadonlySet<string>,
  plan: Plan,
  source: SourceView,
  options: CompileOptions,
): string[] {
  return [...module.imports].flatMap(([from, all]) => {
    const names = [...all].filter(([, local]) => words.has(local));
    if (names.length === 0) return [];
    const target = plan.modules.get(from);
    const specifier = target === undefined ? specifierOf(from, module) : specifierTo(module, target, source, options);
    const list = [...names].map(([name, local]) => (name === local ? name : `${name} as ${local}`));
    if (source.commonjs) {
      const bound = [...names].map(([name, local]) => (name === local ? name : `${name}: ${local}`));
      return `const { ${bound.join(", ")} } = require(${JSON.stringify(specifier)});`;
    }
    return `import { ${list.join(", ")} } from ${JSON.stringify(specifier)};`;
  });
}

/** What is written for a module that is not compiled: its own specifier, or its path from here. */
function specifierOf(from: string, module: ModulePlan): string {
  return isAbsolute(from) ? relativeSpecifier(dirname(module.output), from, undefined) : from;
}

/** A specifier for another compiled module, in the manner of the user's own imports. */
function specifierTo(module: ModulePlan, target: ModulePlan, source: SourceView, options: CompileOptions): string {
  if (options.naming === "replace") {
    const known = source.specifiers.find((specifier) => specifier.target === target.file);
    if (known !== undefined) return known.text;
  }
  const manner =
    source.specifiers.find((specifier) => specifier.target === target.file) ??
    source.specifiers.find((s) => s.text.startsWith("."));
  return relativeSpecifier(dirname(module.output), target.output, manner?.text);
}

function relativeSpecifier(from: string, to: string, manner: string | undefined): string {
  let path = relative(from, to).split(sep).join("/");
  if (!path.startsWith(".")) path = `./${path}`;
  const extension = extname(to);
  const wanted =
    manner === undefined || !manner.startsWith(".") ? undefined : (scriptExtension.exec(manner)?.[0] ?? "");
  if (wanted === undefined) return path;
  const stem = path.slice(0, path.length - extension.length);
  return wanted === ""
    ? stem
    : stem + (wanted.endsWith("js") && extension.endsWith("ts") ? extension.replace("ts", "js") : extension);
}

/** Specifiers that no longer resolve from where the compiled module is, or that lead to a module with a compiled version. */
function rewritesOf(input: EmitInput, module: ModulePlan, source: SourceView) {
  const { plan, options } = input;
  if (options.naming === "replace") return [];
  const moved = dirname(module.output) !== dirname(module.file);
  return source.specifiers.flatMap(({ start, end, text, target, script }) => {
    // What is typed by declarations keeps them, unless its objects must be those that have tangents.
    const described = script === undefined ? undefined : plan.modules.get(script);
    const compiled = described?.leadsToMembers
      ? described
      : target === undefined
        ? undefined
        : plan.modules.get(target);
    if (compiled !== undefined && compiled !== module && isEmitted(input, compiled)) {
      return [
        {
          start,
          end,
          specifier: relativeSpecifier(
            dirname(module.output),
            compiled.output,
            text.startsWith(".") ? text : undefined,
          ),
        },
      ];
    }
    const home = script ?? target;
    if (moved && !text.startsWith(".") && inPackages(module.file) && home !== undefined && isJavaScript(home)) {
      // A package may have packages of its own, which are not found from elsewhere.
      return [{ start, end, specifier: relativeSpecifier(dirname(module.output), home, undefined) }];
    }
    if (!moved || !text.startsWith(".")) return [];
    const wanted = resolve(dirname(module.file), text);
    let path = relative(dirname(module.output), wanted).split(sep).join("/");
    if (!path.startsWith(".")) path = `./${path}`;
    return [{ start, end, specifier: path }];
  });
}
