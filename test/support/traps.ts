/** Tables of small programs: one row each, all compiled together, checked one by one. */

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { CompileResult, OutputFile } from "../../compiler/index.ts";
import { type Call, checkCall, compileFiles, errorsOf, told } from "./compile.ts";
import { typeErrors } from "./typecheck.ts";
import { careful, loose, makeWorkspace, type Program, type Sources, type Workspace } from "./workspace.ts";

/** A program with a function `f`, annotated in its source, and a call of it. */
export interface Trap extends Omit<Call, "function" | "args"> {
  readonly name: string;
  readonly source: Sources;
  /** `f` when absent. */
  readonly function?: string;
  readonly args: readonly unknown[];
  /** Further calls. */
  readonly more?: readonly (readonly unknown[])[];
  /** The source has type errors of its own. */
  readonly untyped?: true;
}

interface Compiled {
  readonly program: Program;
  readonly outputs: readonly OutputFile[];
  readonly errors: string;
}

/** Tests that every row compiles to a module that type-checks and computes what it should. */
export function describeTraps(theme: string, traps: readonly Trap[]): void {
  describe(theme, () => {
    let workspaces: Workspace[] = [];
    let compiled: ReadonlyMap<Trap, Compiled> = new Map();
    let errors: ReadonlyMap<Trap, string> = new Map();

    beforeAll(() => {
      const workspace = makeWorkspace(loose);
      workspaces = [workspace];
      compiled = compileAll(workspace, traps);
      errors = allTypeErrors(workspace, compiled);
    });
    afterAll(() => {
      for (const workspace of workspaces) workspace.dispose();
    });

    test.each(traps.map((trap) => [trap.name, trap] as const))("%s", (_, trap) => {
      const one = compiled.get(trap);
      if (one === undefined) throw new Error("not compiled");
      expect(one.errors).toBe("");
      for (const args of [trap.args, ...(trap.more ?? [])]) {
        checkCall(one.program, one.outputs, { ...trap, function: trap.function ?? "f", args });
      }
      expect(errors.get(trap) ?? "").toBe("");
    });

    test("the generated modules also type-check under stricter options", () => {
      const workspace = makeWorkspace(careful);
      workspaces.push(workspace);
      const again = compileAll(workspace, traps);
      const found = allTypeErrors(workspace, again);
      expect([...found].map(([trap, text]) => `${trap.name}\n${text}`).join("\n\n")).toBe("");
    });
  });
}

function compileAll(workspace: Workspace, traps: readonly Trap[]): Map<Trap, Compiled> {
  const programs = traps.map((trap, i) => workspace.add(`p${i}`, trap.source));
  const run = (entries: readonly string[]): CompileResult | undefined => {
    try {
      return compileFiles(entries, { tsconfig: workspace.tsconfig });
    } catch (error) {
      if (entries.length === 1) throw error;
      return undefined;
    }
  };
  const together = run(programs.map(({ entry }) => entry));
  return new Map(
    traps.map((trap, i) => {
      const program = programs[i];
      if (program === undefined) throw new Error("no program");
      let result = together;
      let crash = "";
      try {
        result ??= run([program.entry]);
      } catch (error) {
        crash = error instanceof Error ? (error.stack ?? error.message) : String(error);
      }
      const own = Object.keys(program.files);
      const failures = (result === undefined ? [] : errorsOf(result)).filter(
        ({ span }) => span === undefined || own.includes(span.file),
      );
      const outputs = result?.files.filter(({ source }) => own.includes(source)) ?? [];
      return [trap, { program, outputs, errors: crash || (failures.length > 0 ? told(failures) : "") }];
    }),
  );
}

/** Type errors of generated modules whose source has none. */
function allTypeErrors(workspace: Workspace, compiled: ReadonlyMap<Trap, Compiled>): Map<Trap, string> {
  const all = [...compiled.values()];
  const overlay = new Map(all.flatMap(({ outputs }) => outputs.map(({ path, code }) => [path, code] as const)));
  const sources = all.flatMap(({ program }) => Object.keys(program.files));
  const found = typeErrors(workspace.tsconfig, [...sources, ...overlay.keys()], overlay);
  const result = new Map<Trap, string>();
  for (const [trap, { outputs, program }] of compiled) {
    if (Object.keys(program.files).some((file) => found.has(file))) continue;
    const lines = outputs.flatMap(({ path, code }) => {
      const own = found.get(path);
      return own === undefined ? [] : [...own, "", code];
    });
    if (lines.length > 0) result.set(trap, lines.join("\n"));
  }
  return result;
}
