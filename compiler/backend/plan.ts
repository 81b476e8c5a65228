/**
 * Plans the compiled modules: what each generated function is called and how it is called, in its own module and in
 * those that import it; where each module is written.
 */

import { basename, dirname, extname, join, relative, sep } from "node:path";
import type { CompileOptions, Diagnostic, Span } from "../api.ts";
import { report } from "../diagnostics/messages.ts";
import { variableOfInitial } from "../frontend/moduleVariables.ts";
import type { FunctionForm, FunctionId, ModuleVariableId } from "../ir/types.ts";
import type { Global, Instance, Rule } from "../passes/activity/program.ts";
import { carries, regionOf } from "../passes/activity/values.ts";
import { isDerivative } from "../passes/derived/derive.ts";
import { conventionOf } from "../passes/differentiate/calls.ts";
import type { Convention, Linkage } from "../passes/differentiate/context.ts";
import { calledNames } from "../passes/variables.ts";

/** A function to be generated. */
export interface Generated {
  readonly instance: Instance;
  readonly name: string;
  readonly convention: Convention;
  exported: boolean;
  /** A second function for the user's own calls, when the first has another convention. */
  readonly wrapper: string | undefined;
  wrapperExported: boolean;
  /** Called by a name of its own, or found by what is attached to it. */
  readonly kept: boolean;
  /** Selected by the user, under this name. */
  readonly selected: string | undefined;
}

/** The generated functions that the selected ones reach; the others were written out where they were called. */
export function neededFunctions(
  forms: ReadonlyMap<Generated, FunctionForm>,
  modules: ReadonlyMap<string, ModulePlan>,
): ReadonlySet<Generated> {
  const byName = new Map<string, Generated[]>();
  for (const module of modules.values()) {
    for (const generated of module.generated) {
      byName.set(generated.name, [...(byName.get(generated.name) ?? []), generated]);
      const handed = module.handedOut.get(generated.name);
      if (handed !== undefined) byName.set(handed, [generated]);
      const variable = variableOfInitial(generated.instance.form.id);
      const own = [generated.name, ...((variable && module.shadows.get(variable)?.names) ?? [])];
      for (const name of own.slice(1)) byName.set(name, [...(byName.get(name) ?? []), generated]);
      for (const other of modules.values()) {
        for (const [imported, name] of [...other.imports.values()].flatMap((names) => [...names])) {
          if (own.includes(imported) && name !== imported) byName.set(name, [...(byName.get(name) ?? []), generated]);
        }
      }
    }
  }
  const needed = new Set<Generated>();
  const visit = (generated: Generated): void => {
    if (needed.has(generated)) return;
    needed.add(generated);
    const form = forms.get(generated);
    if (form === undefined) return;
    for (const name of calledNames(form)) for (const target of byName.get(name) ?? []) visit(target);
  };
  for (const generated of forms.keys()) if (generated.selected !== undefined || generated.kept) visit(generated);
  return needed;
}

export interface ModulePlan {
  readonly file: string;
  readonly output: string;
  readonly generated: Generated[];
  /** Names in use: the user's and ours. */
  readonly reserved: Set<string>;
  /** Names that variables of its functions have taken. */
  readonly local: Set<string>;
  readonly register: string;
  /** It has tangents of classes, or leads to a module that has: whoever makes such objects must come here. */
  leadsToMembers: boolean;
  usesRegister: boolean;
  exportsRegister: boolean;
  /** By module: imported name → local name. */
  readonly imports: Map<string, Map<string, string>>;
  /** Functions in wrappers that are called from elsewhere: their name → the variable of the module that has them. */
  readonly handedOut: Map<string, string>;
  /** Shadows of its variables. */
  readonly shadows: Map<ModuleVariableId, Shadow>;
}

/** The shadow of a variable of a module. */
export interface Shadow {
  readonly global: Global;
  /** One a lane, or one in all where it is a function. */
  readonly names: string[];
  exported: boolean;
}

export interface Plan {
  readonly modules: ReadonlyMap<string, ModulePlan>;
  readonly diagnostics: readonly Diagnostic[];
  /** `scope`: the wrappers of the module that the calling function stands in. */
  linkage(
    file: string,
    scope?: string,
  ): Linkage & {
    derivative(id: FunctionId): string | undefined;
    /** A class by its name in the module, of its file. */
    className(class_: { readonly file: string; readonly className: string }): string;
  };
  /** What the function that a derivative is called in its own module. */
  derivativeName(id: FunctionId): string | undefined;
  /** Whether the function for the user's calls is exported. */
  isExported(instance: Instance): boolean;
}

/** What planning must know of the source files. */
export interface Sources {
  identifiers(file: string): ReadonlySet<string>;
  /** Whether a module is JavaScript with `require` and `module.exports`. */
  commonjs(file: string): boolean;
  /** The modules that a module imports; on request, scripts behind declarations that were not read are asked for. */
  leads(file: string, inPackages: boolean): readonly string[];
  /** How a module can import a rule: the specifier and the name there, or nothing when it is at home there. */
  importRule(from: string, rule: Rule): { readonly specifier: string; readonly name: string } | undefined;
  /** Whether the primal is exported, or is to be reachable because it was selected by name. */
  exported(instance: Instance): boolean;
}

export function plan(
  instances: readonly Instance[],
  selected: ReadonlyMap<Instance, string>,
  /** Derivatives that are called, or differentiated again, as functions: of which instance each is. */
  derivatives: ReadonlyMap<FunctionId, Instance>,
  sources: Sources,
  options: CompileOptions,
): Plan {
  const modules = new Map<string, ModulePlan>();
  const diagnostics: Diagnostic[] = [];
  const files = [...new Set(instances.map((one) => one.form.span.file))];
  const outputs = outputPaths(files, options, (file) => sources.commonjs(file));
  const home = new Map<Instance, Generated>();
  const called = calledInstances(instances);
  const inPairs = new Set(derivatives.values());

  const moduleOf = (file: string): ModulePlan => {
    let module = modules.get(file);
    if (module === undefined) {
      const reserved = new Set(sources.identifiers(file));
      module = {
        file,
        output: outputs(file),
        generated: [],
        reserved,
        local: new Set(),
        register: take(reserved, "returned_t"),
        leadsToMembers: false,
        usesRegister: false,
        exportsRegister: false,
        imports: new Map(),
        handedOut: new Map(),
        shadows: new Map(),
      };
      modules.set(file, module);
    }
    return module;
  };

  // The user's own names first: they must be the usual ones wherever that can be.
  const single = files.length <= 1;
  const members = new Map<string, string>();
  const pairs = new Set(
    instances.flatMap((one) => [...one.crossingFunctions].map((id) => one.moduleFunctions.get(id))),
  );
  const ordered = [...instances].sort((a, b) => Number(selected.has(b)) - Number(selected.has(a)));
  for (const instance of ordered) {
    const module = moduleOf(instance.form.span.file);
    const selection = selected.get(instance);
    const { memberOf } = instance.form;
    const base = identifierFor(memberOf === undefined ? (selection ?? instance.form.name) : memberBase(instance));
    const inner =
      memberOf?.role === "constructor"
        ? "shadow"
        : conventionOf(instance.result, pairs.has(instance) || (memberOf !== undefined && !single));
    const isCalled = called.has(instance);
    let publicName: string | undefined;
    if (selection !== undefined) {
      const wanted = `${base}_jvp`;
      publicName = take(module.reserved, wanted);
      if (publicName !== wanted) {
        const span: Span = instance.form.span;
        diagnostics.push(
          report.nameTaken({ wanted, function: selection, picked: publicName }, { span, function: selection }),
        );
      }
    }
    const asItIs = derivatives.get(instance.form.id) === instance;
    if (publicName === undefined && inPairs.has(instance) && !asItIs) {
      publicName = take(module.reserved, `${base}_jvp${patternSuffix(instance)}`);
    }
    const initial = variableOfInitial(instance.form.id) !== undefined;
    const separate = publicName === undefined || (isCalled && inner !== "pair");
    const generated: Generated = {
      instance,
      name: !separate
        ? (publicName ?? base)
        : memberOf === undefined
          ? take(module.reserved, initial ? `make_${base}` : `${base}_d${patternSuffix(instance)}`)
          : asItIs
            ? take(module.reserved, base)
            : sharedName(members, instance, `${base}_d${patternSuffix(instance)}`),
      convention: separate ? inner : "public",
      exported: selection !== undefined && !separate && sources.exported(instance),
      wrapperExported: selection !== undefined && separate && sources.exported(instance),
      kept: inPairs.has(instance),
      wrapper: separate ? publicName : undefined,
      selected: selection,
    };
    module.generated.push(generated);
    home.set(instance, generated);
  }

  if (options.naming !== "replace") markWays(modules, moduleOf, sources);

  const publicFunction = (id: FunctionId): Generated | undefined => {
    const instance = derivatives.get(id);
    return instance && home.get(instance);
  };
  /** How a module's function is named where `scope` is: by its own name, or by the variable that it is handed out in. */
  const nameAt = (scope: string, target: FunctionForm, name: string): string => {
    const own = target.scope ?? "";
    if (own === "" || own === scope || scope.startsWith(`${own}/`)) return name;
    const { handedOut, reserved } = moduleOf(target.span.file);
    const known = handedOut.get(name) ?? take(reserved, name);
    handedOut.set(name, known);
    return known;
  };
  for (const generated of home.values()) {
    const { form } = generated.instance;
    if (generated.selected !== undefined) nameAt("", form, generated.wrapper ?? generated.name);
  }

  const linkage: Plan["linkage"] = (file, scope = "") => {
    const module = moduleOf(file);
    return {
      derivative(id) {
        const generated = publicFunction(id);
        if (generated === undefined) return undefined;
        const name = generated.wrapper ?? generated.name;
        const { memberOf, span } = generated.instance.form;
        const targetFile = span.file;
        if (memberOf !== undefined) {
          const { className } = memberOf;
          return `${targetFile === file ? className : importName(module, targetFile, className)}.${name}`;
        }
        const { form } = generated.instance;
        if (targetFile === file) return nameAt(scope, form, name);
        nameAt("", form, name);
        if (generated.wrapper === undefined) generated.exported = true;
        else generated.wrapperExported = true;
        return importName(module, targetFile, name);
      },
      className: (class_) =>
        class_.file === file ? class_.className : importName(module, class_.file, class_.className),
      callee(target) {
        const generated = home.get(target);
        if (generated === undefined) throw new Error(`no function is generated for ${target.key}`);
        const { convention } = generated;
        const targetFile = target.form.span.file;
        // A member is found through its object.
        const { memberOf, id } = target.form;
        if (memberOf !== undefined && isDerivative(id)) {
          const name = targetFile === file ? memberOf.className : importName(module, targetFile, memberOf.className);
          return { name: generated.name, convention, className: name };
        }
        if (memberOf !== undefined) return { name: generated.name, convention };
        if (targetFile === file) return { name: nameAt(scope, target.form, generated.name), convention };
        generated.exported = true;
        nameAt("", target.form, generated.name);
        return { name: importName(module, targetFile, generated.name), convention };
      },
      rule(rule) {
        const from = sources.importRule(file, rule);
        return from === undefined ? rule.name : importName(module, from.specifier, from.name);
      },
      note: (name) => module.local.add(name),
      shadow(global, lane) {
        const owner = moduleOf(global.variable.span.file);
        const { names } = shadowIn(owner, global, options.lanes ?? 1);
        const name = names[lane] ?? names[0] ?? "";
        if (owner === module) return name;
        shadowIn(owner, global, options.lanes ?? 1).exported = true;
        return importName(module, owner.file, name);
      },
      register(target) {
        const targetFile = target?.form.span.file ?? file;
        const owner = moduleOf(targetFile);
        owner.usesRegister = true;
        if (targetFile === file) return module.register;
        owner.exportsRegister = true;
        return importName(module, targetFile, owner.register);
      },
    };
  };
  const derivativeName = (id: FunctionId): string | undefined => {
    const generated = publicFunction(id);
    return generated && (generated.wrapper ?? generated.name);
  };
  return { modules, diagnostics, linkage, derivativeName, isExported: sources.exported };
}

/**
 * Marks modules with tangents of classes and all that lead to them, so that a program has one class of a name and not two:
 * those on the way are copied with their imports rewritten, though nothing is generated in them.
 */
function markWays(
  modules: ReadonlyMap<string, ModulePlan>,
  moduleOf: (file: string) => ModulePlan,
  sources: Sources,
): void {
  const withMembers = [...modules.values()].filter(({ generated }) =>
    generated.some(({ instance }) => instance.form.memberOf !== undefined),
  );
  if (withMembers.length === 0) return;
  const packaged = withMembers.some(({ file }) => inPackages(file));
  const importers = new Map<string, string[]>();
  const seen = new Set<string>();
  const explore = (file: string): void => {
    if (seen.has(file)) return;
    seen.add(file);
    for (const next of sources.leads(file, packaged)) {
      importers.set(next, [...(importers.get(next) ?? []), file]);
      explore(next);
    }
  };
  for (const file of [...modules.keys()]) explore(file);
  const mark = (file: string): void => {
    const module = moduleOf(file);
    if (module.leadsToMembers) return;
    module.leadsToMembers = true;
    importers.get(file)?.forEach(mark);
  };
  for (const { file } of withMembers) mark(file);
}

function shadowIn(module: ModulePlan, global: Global, lanes: number): Shadow {
  const { id, name } = global.variable;
  const known = module.shadows.get(id);
  if (known !== undefined) return known;
  const callable = regionOf(global.value)?.signature !== undefined && !global.value.active;
  const wanted = callable
    ? [`${name}_jvp`]
    : Array.from({ length: lanes }, (_, lane) => `${name}_t${lanes === 1 ? "" : lane}`);
  const made: Shadow = {
    global,
    names: wanted.map((one) => take(module.reserved, one, module.local)),
    exported: false,
  };
  module.shadows.set(id, made);
  return made;
}

/** The local name of something imported, taking care of names in use. */
function importName(module: ModulePlan, from: string, name: string): string {
  let names = module.imports.get(from);
  if (names === undefined) {
    names = new Map();
    module.imports.set(from, names);
  }
  let local = names.get(name);
  if (local === undefined) {
    local = take(module.reserved, name, module.local);
    names.set(name, local);
  }
  return local;
}

function take(reserved: Set<string>, wanted: string, local?: ReadonlySet<string>): string {
  let name = wanted;
  for (let i = 1; reserved.has(name) || local?.has(name) === true; i++) name = `${wanted}${i}`;
  reserved.add(name);
  return name;
}

const identifierFor = (name: string): string => name.replace(/[^\p{ID_Continue}$]+/gu, "_") || "anonymous";

/** What a member's tangent is called after: accessors and constructors have names of their own. */
function memberBase(instance: Instance): string {
  const { memberOf, name } = instance.form;
  const plain = name.replace(/^#/, "");
  switch (memberOf?.role) {
    case "constructor":
      // Of a class and its base, each has its own, with parameters of its own.
      return `init_${memberOf.className}`;
    case "getter":
      return `get_${plain}`;
    case "setter":
      return `set_${plain}`;
    default:
      return plain;
  }
}

/** One name for the same member of different classes called by one pattern: that is what makes a call find its method. */
function sharedName(members: Map<string, string>, instance: Instance, wanted: string): string {
  // A constructor's tangent is called on an object of its very class.
  const { memberOf } = instance.form;
  const scope = memberOf?.role === "constructor" ? `${memberOf.class_} ` : "";
  const pattern = `${scope}${wanted} ${instance.key.slice(instance.key.indexOf("("))}`;
  const known = members.get(pattern);
  if (known !== undefined) return known;
  const used = new Set(members.values());
  let name = wanted;
  for (let i = 1; used.has(name); i++) name = `${wanted}${i}`;
  members.set(pattern, name);
  return name;
}

/** Names the active parameters where not all that could be are: `_x_y`. */
function patternSuffix(instance: Instance): string {
  const flags = instance.form.parameters.map((_, i) => {
    const value = instance.parameters[i];
    return value !== undefined && carries(value);
  });
  const { receiver } = instance;
  if (receiver !== undefined && instance.form.memberOf?.role !== "constructor") {
    if (!carries(receiver)) return flags.some((active) => active) ? `_${activeNames(instance, flags).join("_")}` : "";
    if (flags.every((active) => active)) return "";
    return `_this${activeNames(instance, flags)
      .map((name) => `_${name}`)
      .join("")}`;
  }
  if (flags.every((active) => active)) return "";
  const names = activeNames(instance, flags);
  return names.length === 0 ? "" : `_${names.join("_")}`;
}

function activeNames(instance: Instance, flags: readonly boolean[]): string[] {
  return instance.form.parameters.filter((_, i) => flags[i]).map(({ variable }) => variable.name.replace("%", ""));
}

function calledInstances(instances: readonly Instance[]): Set<Instance> {
  const called = new Set<Instance>();
  for (const one of instances) {
    for (const site of one.calls.values()) {
      if (site.target !== undefined) called.add(site.target);
      for (const target of site.methods.values()) called.add(target);
    }
    for (const target of one.moduleFunctions.values()) called.add(target);
  }
  return called;
}

export const inPackages = (file: string): boolean => file.split(sep).includes("node_modules");

/** Where each compiled module is written. */
function outputPaths(
  files: readonly string[],
  options: CompileOptions,
  commonjs: (file: string) => boolean,
): (file: string) => string {
  if (options.naming === "replace") return (file) => file;
  const own = files.filter((file) => !inPackages(file));
  const root = own.length > 0 ? commonFolder(own) : outsidePackages(commonFolder(files));
  const target = options.outdir ?? root;
  return (file) => {
    if (inPackages(file)) {
      const name = movedName(file, commonjs(file));
      const inside = file.slice(file.lastIndexOf(`${sep}node_modules${sep}`) + `${sep}node_modules${sep}`.length);
      return join(target, "fgrad_modules", dirname(inside), name);
    }
    const name = compiledName(file);
    const beside = options.outdir === undefined ? dirname(file) : join(target, relative(root, dirname(file)));
    return join(beside, name);
  };
}

/** A module away from its package.json, which says what `.js` is, says it by its own name. */
function movedName(file: string, commonjs: boolean): string {
  return commonjs ? compiledName(file).replace(/\.js$/, ".cjs") : compiledName(file);
}

/** The folder in which packages are installed: nothing is written inside of them. */
function outsidePackages(folder: string): string {
  const parts = folder.split(sep);
  const at = parts.indexOf("node_modules");
  return at === -1 ? folder : parts.slice(0, at).join(sep) || sep;
}

/** `beale.ts` → `beale.fgrad.ts`, `lib.mjs` → `lib.fgrad.mjs`. */
export function compiledName(file: string): string {
  const extension = extname(file);
  return `${basename(file, extension)}.fgrad${extension}`;
}

function commonFolder(files: readonly string[]): string {
  const [first, ...rest] = files.map((file) => dirname(file).split(sep));
  if (first === undefined) return ".";
  let length = first.length;
  for (const parts of rest) {
    let i = 0;
    while (i < length && parts[i] === first[i]) i++;
    length = i;
  }
  return first.slice(0, length).join(sep) || sep;
}
