/** A compilation as the compiler would give it, small and written by hand, to look at the page with. */
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { addSegment, GenMapping, toEncodedMap } from "@jridgewell/gen-mapping";
import type { ActivityMark, CompiledFunction, CompileResult, OutputFile, PassLogEntry } from "../../compiler/api.ts";

const SOURCE = `/** Beale's function. @fgrad */
export function beale(x: number, y: number): number {
  const a = 1.5 - x + x * y;
  const b = 2.25 - x + x * y ** 2;
  const c = 2.625 - x + x * y ** 3;
  return a * a + b * b + c * c;
}

/** Energy of a spring chain; \`stiffness\` stays fixed. @fgrad wrt positions */
export function energy(positions: Float64Array, stiffness: number): number {
  let sum = 0;
  for (let i = 1; i < positions.length; i++) {
    const stretch = positions[i]! - positions[i - 1]! - 1;
    if (stretch < 0) continue; // slack springs hold nothing
    sum += 0.5 * stiffness * stretch ** 2;
  }
  return sum;
}

const label = "<chains & \\"springs\\">";
`;

const TANGENTS = `export function beale_jvp(x: number, x_t: number, y: number, y_t: number): [number, number] {
  const a = 1.5 - x + x * y;
  const a_t = -x_t + x_t * y + x * y_t;
  const y2 = y ** 2;
  const b = 2.25 - x + x * y2;
  const b_t = -x_t + x_t * y2 + x * 2 * y * y_t;
  const c = 2.625 - x + x * y ** 3;
  const c_t = -x_t + x_t * y ** 3 + x * 3 * y2 * y_t;
  return [a * a + b * b + c * c, 2 * (a * a_t + b * b_t + c * c_t)];
}

export function energy_jvp(positions: Float64Array, positions_t: Float64Array, stiffness: number): [number, number] {
  let sum = 0, sum_t = 0;
  for (let i = 1; i < positions.length; i++) {
    const stretch = positions[i]! - positions[i - 1]! - 1;
    const stretch_t = positions_t[i]! - positions_t[i - 1]!;
    if (stretch < 0) continue; // slack springs hold nothing
    sum += 0.5 * stiffness * stretch ** 2;
    sum_t += stiffness * stretch * stretch_t;
  }
  return [sum, sum_t];
}
`;

const WORD = /[A-Za-z_$][\w$]*|\d[\d.]*|[^\s\w]/g;

/** Which line of the source a generated line comes from: the one that declares or assigns the same name. */
function origin(line: string, sourceLines: readonly string[], near: number): number {
  const key = line
    .trim()
    .replace(/_(?:t|jvp)\b/g, "")
    .split(/\s+/)
    .slice(0, 3)
    .join(" ")
    .replace("y2", "b")
    .replace(/\(.*/, "");
  const found = sourceLines.findIndex((text, i) => i >= near && text.trim().startsWith(key.slice(0, 12)));
  return found === -1 ? near : found;
}

function makeMap(source: string, code: string, path: string): string {
  const map = new GenMapping({ file: "chains.fgrad.ts" });
  const sourceLines = source.split("\n");
  let near = 0;
  for (const [line, text] of code.split("\n").entries()) {
    if (line < sourceLines.length && text === sourceLines[line]) near = line;
    else {
      if (text.includes("beale_jvp")) near = 1;
      near = origin(text, sourceLines, near);
    }
    const original = sourceLines[near] ?? "";
    const used = new Map<string, number>();
    for (const match of text.matchAll(WORD)) {
      const word = match[0].replace(/_(?:t|jvp)$/, "").replace("y2", "y");
      let column = original.indexOf(word, used.get(match[0]) ?? 0);
      if (column === -1) column = original.indexOf(word);
      if (column === -1) addSegment(map, line, match.index);
      else {
        used.set(match[0], column + 1);
        addSegment(map, line, match.index, path, near, column);
      }
    }
  }
  return JSON.stringify(toEncodedMap(map));
}

function activity(file: string): ActivityMark[] {
  const end = SOURCE.indexOf("const label");
  const active = /\b(?:x|y|a|b|c|positions|stretch|sum)\b/g;
  const inactive = /\b(?:i|stiffness|length)\b/g;
  const marks = (pattern: RegExp, on: boolean) =>
    [...SOURCE.slice(0, end).matchAll(pattern)]
      .filter(({ index }) => !/\/\*\*.*$/.test(SOURCE.slice(0, index).split("\n").at(-1) ?? ""))
      .map((match) => ({ span: { file, start: match.index, end: match.index + match[0].length }, active: on }));
  return [...marks(active, true), ...marks(inactive, false)];
}

const LOWERED = `function beale(x, y) {
  %0 := 1.5 - x
  %1 := x * y
  a := %0 + %1
  %2 := y ** 2
  return a * a + %2
}`;

function passes(file: string): PassLogEntry[] {
  const entry = (pass: string, subject: string, text: string) => ({ pass, subject, file, text });
  const differentiated = LOWERED.replace(
    "a := %0 + %1",
    "a := %0 + %1\n  %0_t := -x_t\n  %1_t := x_t * y + x * y_t\n  a_t := %0_t + %1_t",
  );
  const simplified = differentiated.replace("  %0_t := -x_t\n", "").replace("a_t := %0_t", "a_t := -x_t");
  const energy = "function energy(positions) {\n  sum := 0\n  for i in 1..positions.length { sum := sum + 1 }\n}";
  return [
    entry("discover", file, "beale\nenergy wrt positions"),
    entry("lower", "beale(x, y)", LOWERED),
    entry("lower", "energy(positions)", energy),
    entry("activity", "beale(x, y)", LOWERED),
    entry("differentiate", "beale(x, y)", differentiated),
    entry("differentiate", "energy(positions)", energy.replace("sum := 0", "sum := 0\n  sum_t := 0")),
    entry("simplify/fold", "beale(x, y)", simplified),
    entry("emit", "beale(x, y)", "const a_t = -x_t + x_t * y + x * y_t;"),
  ];
}

/** The compilation; its source lies in a temporary folder. */
export function sample(): CompileResult {
  const folder = mkdtempSync(join(tmpdir(), "fgrad-inspect-"));
  const source = join(folder, "chains.ts");
  writeFileSync(source, SOURCE);
  const code = SOURCE + TANGENTS;
  const compiled = (name: string): CompiledFunction => {
    const start = SOURCE.indexOf(`function ${name}`) + 9;
    const generated = code.indexOf(`function ${name}_jvp`);
    return {
      name,
      jvp: `${name}_jvp`,
      exported: true,
      parameters: [],
      result: "number",
      span: { file: source, start, end: start + name.length },
      generated: { start: generated, end: code.indexOf("\n}", generated) + 2 },
    };
  };
  const file: OutputFile = {
    source,
    path: join(folder, "chains.fgrad.ts"),
    code,
    map: makeMap(SOURCE, code, source),
    functions: [compiled("beale"), compiled("energy")],
  };
  return { files: [file], diagnostics: [], log: passes(source), activity: activity(source), dependencies: [source] };
}
