/** Compiles programs as a user would, and checks what comes out against the program itself and against the oracle. */

import { type CompileResult, type CompilerHost, createHost, type OutputFile } from "../../compiler/index.ts";
import { jvp } from "../../runtime/index.ts";
import { runDual, runPlain } from "../oracle/interpreter/index.ts";
import { expectClose } from "../oracle/numeric.ts";
import { expectSameBits } from "../oracle/sameBits.ts";
import { directionsFor } from "./directions.ts";
import { type Program, readText } from "./workspace.ts";

/** What is called, and how. */
export interface Call {
  readonly function: string;
  readonly args: readonly unknown[];
  /** Directions; made by `directionsFor` when absent. */
  readonly tangents?: readonly (readonly unknown[])[];
  /** Relative to the greater of 1 and the tangents; 1e-12 when absent. */
  readonly tolerance?: number;
  /** Tangents that the program drops on purpose, in the oracle's words: by text in messages, by stopGradient. */
  readonly losses?: readonly string[];
}

let shared: CompilerHost | undefined;

/** Compiles with the host that all tests of a file share. */
export function compileFiles(
  files: readonly string[],
  more: { tsconfig?: string; logPasses?: boolean } = {},
): CompileResult {
  shared ??= createHost();
  return shared.compile({ files, declaration: true, ...more });
}

export const errorsOf = (result: CompileResult, file?: string): CompileResult["diagnostics"] =>
  result.diagnostics.filter(
    ({ severity, span }) => severity === "error" && (file === undefined || span === undefined || span.file === file),
  );

/** Diagnostics as a person reads them, for failure messages. */
export const told = (diagnostics: CompileResult["diagnostics"]): string =>
  diagnostics
    .map(({ code, message, span }) => {
      const text = span === undefined ? "" : readText(span.file).slice(span.start, span.end);
      return `${code} ${message}\n    ${text}`;
    })
    .join("\n");

/**
 * Runs the compiled function beside the original and the oracle. The primal must be equal to the bit, with the same
 * effects and errors; the tangent close to the oracle's.
 * @throws with the first difference, and the direction in which it was seen
 */
export function checkCall(program: Program, outputs: readonly OutputFile[], call: Call): void {
  const compiled = outputs.find(({ source }) => source === program.entry);
  if (compiled === undefined) throw new Error(`nothing was compiled for ${program.entry}`);
  const found = compiled.functions.find(({ name }) => name === call.function);
  if (found === undefined) throw new Error(`${call.function} was not compiled`);
  const files = { ...program.files, ...Object.fromEntries(outputs.map(({ path, code }) => [path, code])) };
  const { args, tolerance = 1e-12, losses = [] } = call;
  const plain = runPlain({ files: program.files, entry: program.entry, function: call.function, args });
  const untouched = runPlain({ files, entry: compiled.path, function: call.function, args });
  expectSameBits(untouched, plain, "the compiled module's primal");

  const last = found.parameters.at(-1);
  const active = args.map((_, i) => found.parameters[i]?.active ?? (last?.rest === true && last.active));
  for (const tangents of call.tangents ?? directionsFor(args, active)) {
    const at = `along ${JSON.stringify(tangents, (_, part: unknown) => (ArrayBuffer.isView(part) ? Array.from(part as Float64Array) : part))}`;
    const dual = runDual({ files: program.files, entry: program.entry, function: call.function, args, tangents });
    const ours = runPlain({
      files,
      entry: compiled.path,
      function: `(jvp, primals, tangents) => jvp(${call.function}, primals, tangents)`,
      args: [jvp, args, tangents],
    });
    const [value, tangent] = (ours.value ?? []) as readonly unknown[];
    try {
      expectSameBits(dual.value, plain.value, "the oracle's value");
      expectSameBits(ours.thrown, plain.thrown, "thrown");
      expectSameBits(value, plain.value, "value");
      expectSameBits(ours.log, plain.log, "log");
      expectSameBits(ours.argsAfter[1], plain.argsAfter, "arguments afterwards");
      expectClose(pruned(tangent), pruned(dual.tangent), tolerance, "tangent");
      const after = tangents.map((given, i) =>
        given === undefined ? undefined : within(given, dual.argTangentsAfter[i]),
      );
      expectClose(
        withoutNothing(ours.argsAfter[2]),
        withoutNothing(after),
        tolerance,
        "tangents of the arguments afterwards",
      );
      const lost = [...new Set(dual.losses)].filter((loss) => !losses.includes(loss));
      if (lost.length > 0) throw new Error(`lost silently: ${lost.join(", ")}`);
    } catch (error) {
      throw new Error(`${error instanceof Error ? error.message : String(error)}\n${at}\n\n${compiled.code}`);
    }
  }
}

/** What the oracle tells of fields that were given a direction; it knows tangents of the others too. */
function within(given: unknown, found: unknown): unknown {
  if (typeof given !== "object" || given === null || Object.getPrototypeOf(given) !== Object.prototype) return found;
  const fields = Object.entries(given).map(
    ([key, part]) => [key, within(part, Reflect.get(Object(found), key))] as const,
  );
  return Object.fromEntries(fields);
}

const pruned = (tangent: unknown): unknown => (isEmpty(withoutNothing(tangent)) ? undefined : withoutNothing(tangent));

/** Tangents without the places that hold none, so that an absent one and `undefined` are alike. */
function withoutNothing(tangent: unknown): unknown {
  if (Array.isArray(tangent)) {
    return Array.from(tangent as unknown[], (part) => {
      const inner = withoutNothing(part);
      return isEmpty(inner) ? undefined : inner;
    });
  }
  if (typeof tangent !== "object" || tangent === null || Object.getPrototypeOf(tangent) !== Object.prototype)
    return tangent;
  const fields = Object.entries(tangent).map(([key, part]) => [key, withoutNothing(part)] as const);
  return Object.fromEntries(fields.filter(([, part]) => !isEmpty(part)));
}

const isEmpty = (part: unknown): boolean =>
  part === undefined ||
  part === null ||
  (Array.isArray(part) && part.every(isEmpty)) ||
  (typeof part === "object" && Object.getPrototypeOf(part) === Object.prototype && Object.keys(part).length === 0);
