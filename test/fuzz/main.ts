/**
 * Differential fuzzing: random programs, compiled, run against themselves, the dual-number oracle and the type checker.
 * `npm run fuzz -- [--minutes N] [--programs N] [--seed S] [--only SEED] [--batch N] [--jobs N] [--order 2] [--quick]`. The seeds are
 * those from S on, one a program; of `parts` processes each takes every so-manieth batch.
 */

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { isBug, type More, makeChecker, type Sample, type Verdict } from "./check.ts";
import { show } from "./compare.ts";
import { makeProgram, type RandomProgram } from "./program.ts";
import { shrink } from "./shrink.ts";

/** What a block of 200 seeds is compiled for. */
const kinds: readonly More[] = [{}, {}, { lanes: 2 }, {}, {}, { lanes: 3 }];

/** Runs until the time is over; returns the exit code: 1 when something was found. */
export async function main(argv: readonly string[], folder: string): Promise<number> {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      minutes: { type: "string", default: "1" },
      programs: { type: "string", default: "Infinity" },
      seed: { type: "string", default: String(Date.now() % 1e9) },
      only: { type: "string" },
      batch: { type: "string", default: "40" },
      avoid: { type: "string", default: "" },
      invalid: { type: "boolean", default: false },
      quick: { type: "boolean", default: false },
      order: { type: "string", default: "1" },
      part: { type: "string", default: "1" },
      parts: { type: "string", default: "1" },
    },
  });
  const order = Number(values.order);
  const found = join(folder, "fuzz");
  mkdirSync(found, { recursive: true });
  const first = Number(values.only ?? values.seed);
  const batch = values.only === undefined ? Number(values.batch) : 1;
  const parts = values.only === undefined ? Number(values.parts) : 1;
  const most = values.only === undefined ? Number(values.programs) / parts : 1;
  const started = performance.now();
  const seconds = (): number => (performance.now() - started) / 1000;
  const checkers = [makeChecker(false), makeChecker(true)] as const;
  const counts = new Map<string, number>();
  const seen = new Map<string, number>();
  const avoid = new Set(values.avoid.split(","));
  const invalid = new Map<string, number>();
  let programs = 0;
  if (values.part === "1") console.log(`seed ${first}`);
  const step = batch * parts;
  const start = first + (values.only === undefined ? (Number(values.part) - 1) * batch : 0);
  for (let at = start, round = 0; programs < most && seconds() < Number(values.minutes) * 60; at += step, round++) {
    // The seed alone says which kind it is, so that --only repeats it.
    const careful = Math.floor(at / 1000) % 2 === 1;
    const made = Array.from({ length: batch }, (_, i) =>
      makeProgram(at + i, Math.floor((at + i) / 1000) % 2 === 1, avoid),
    );
    const checker = checkers[careful ? 1 : 0];
    const more = order > 1 ? { order } : (kinds[Math.floor(at / 200) % kinds.length] ?? {});
    const verdicts = await checker.check(made, { ...more, twice: round % 10 === 0 });
    for (const [i, verdict] of verdicts.entries()) {
      const program = made[i];
      if (program === undefined) continue;
      programs++;
      counts.set(verdict.kind, (counts.get(verdict.kind) ?? 0) + 1);
      if (verdict.kind === "unknown" && (counts.get("unknown") ?? 0) < 6)
        console.log(`seed ${program.seed}: ${verdict.text}`);
      if (verdict.kind === "invalid") {
        const [reason = ""] = (verdict.text ?? "").split("\n");
        const code = reason.startsWith("TS") ? reason.slice(0, 160) : reason;
        invalid.set(code, (invalid.get(code) ?? 0) + 1);
      }
      if (values.only !== undefined) console.log(verdict.text ?? verdict.kind);
      if (!isBug(verdict)) continue;
      const times = (seen.get(verdict.key) ?? 0) + 1;
      seen.set(verdict.key, times);
      // Wrong numbers may have many causes under one key: each is made small.
      const wrong = verdict.kind === "tangent" || verdict.kind === "primal";
      if (values.quick || (times > 1 && !wrong) || times > 5) {
        console.log(`seed ${program.seed}: ${verdict.key} ${verdict.text.slice(0, 300)}`);
        continue;
      }
      const small = await shrink(program, verdict.key, checker, more);
      const path = join(found, `${program.seed}.txt`);
      writeFileSync(path, reportOf(program, small.sample, small.verdict));
      console.log(
        `\n=== seed ${program.seed}: ${verdict.key} (${path})\n${reportOf(program, small.sample, small.verdict, true)}`,
      );
    }
    if (round % 25 === 24) console.log(line(programs, seconds(), counts));
  }
  for (const checker of checkers) checker.dispose();
  console.log(line(programs, seconds(), counts));
  if (values.invalid) for (const [reason, times] of invalid) console.log(`${times} invalid: ${reason}`);
  for (const [key, times] of seen) console.log(`${times} × ${key}`);
  return seen.size > 0 ? 1 : 0;
}

function line(programs: number, seconds: number, counts: ReadonlyMap<string, number>): string {
  const kinds = [...counts].map(([kind, count]) => `${kind} ${count}`).join(", ");
  return `${programs} programs in ${seconds.toFixed(0)} s (${(programs / seconds).toFixed(1)} a second): ${kinds}`;
}

function reportOf(program: RandomProgram, sample: Sample, verdict: Verdict, brief = false): string {
  const files = Object.entries(sample.files).map(([name, text]) => `// ${name}\n${text}`);
  const calls = sample.calls.map(({ args, tangents }) => `f(${show(args)}) along ${show(tangents)}`);
  const original = Object.entries(program.files).map(([name, text]) => `// ${name} as generated\n${text}`);
  const output = isBug(verdict) ? [verdict.text, verdict.output] : [];
  return [...files, ...calls, ...output, ...(brief ? [] : original)].join("\n");
}
