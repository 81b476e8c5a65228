/**
 * A compiler for tests of the hosts: instead of differentiating, it appends the lines of a module that start with `//! `.
 * `//reach FILE` names a module that must be compiled too; the word ERROR is an error, the word WARN a warning.
 */
import { existsSync, readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import type {
  CompiledFunction,
  CompileOptions,
  CompileResult,
  CompilerHost,
  Diagnostic,
  OutputFile,
} from "../../compiler/api.ts";
import { report } from "../../compiler/diagnostics/messages.ts";

export interface FakeHost extends CompilerHost {
  readonly calls: CompileOptions[];
  readonly invalidated: string[];
}

function functionsIn(file: string, text: string): CompiledFunction[] {
  return [...text.matchAll(/@fgrad\b[^*]*\*\/\s*export function (\w+)\(([^)]*)\): ([\w[\]]+)/g)].map((match) => {
    const [whole, name = "", list = "", result = ""] = match;
    const parameters = list
      .split(/,\s*(?=\w+: )/)
      .filter((text) => text !== "")
      .map((parameter) => {
        const [id = "", type = ""] = parameter.split(": ");
        return { name: id.replace("...", ""), active: true, type, optional: false, rest: id.startsWith("...") };
      });
    const start = match.index + whole.indexOf("function") + 9;
    return {
      name,
      jvp: `${name}_jvp`,
      exported: true,
      parameters,
      result,
      span: { file, start, end: start + name.length },
      generated: { start: 0, end: 0 },
    };
  });
}

function marks(file: string, text: string): Diagnostic[] {
  return [...text.matchAll(/\b(?:ERROR|WARN)\b/g)].map((match) => {
    const span = { file, start: match.index, end: match.index + match[0].length };
    const notes = [{ message: "seen from here", span: { file, start: 0, end: 1 } }];
    return match[0] === "ERROR"
      ? report.notYet({ construct: "ERROR" }, { span, notes, function: "f" })
      : report.repeatedWrt({ name: "WARN" }, { span });
  });
}

export function fakeHost(): FakeHost {
  const calls: CompileOptions[] = [];
  const invalidated: string[] = [];
  return {
    calls,
    invalidated,
    invalidate: (paths) => void invalidated.push(...paths),
    compile(options): CompileResult {
      calls.push(options);
      const files: OutputFile[] = [];
      const diagnostics: Diagnostic[] = [];
      const seen = new Set<string>();
      const visit = (file: string) => {
        if (seen.has(file) || !existsSync(file)) return;
        seen.add(file);
        const text = readFileSync(file, "utf8");
        const found = marks(file, text);
        diagnostics.push(...found);
        if (found.some((diagnostic) => diagnostic.severity === "error")) return;
        for (const match of text.matchAll(/^\/\/reach (.*)$/gm)) visit(resolve(dirname(file), match[1] ?? ""));
        const added = [...text.matchAll(/^\/\/! (.*)$/gm)].map((match) => match[1]).join("\n");
        if (added === "") return;
        const replace = options.naming === "replace";
        files.push({
          source: file,
          path: replace ? file : file.replace(/\.ts$/, ".fgrad.ts"),
          code: `${text}${added}\n`,
          ...(options.sourcemap !== false && {
            map: JSON.stringify({
              version: 3,
              sources: [file],
              names: [],
              mappings: `AAAA${";AACA".repeat(text.split("\n").length - 1)}`,
            }),
          }),
          ...(options.declaration === true && { declaration: "export {};\n" }),
          functions: functionsIn(file, text),
        });
      };
      for (const file of options.files) visit(resolve(file));
      const log = options.logPasses
        ? ["lower", "simplify/fold", "emit"].map((pass) => ({
            pass,
            subject: "f(x)",
            file: "f.ts",
            text: `after ${pass}`,
          }))
        : [];
      return { files, diagnostics, log, activity: [], dependencies: [...seen] };
    },
  };
}
