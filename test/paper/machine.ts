/** On what and when something was measured. */

import { execFileSync } from "node:child_process";
import { cpus, loadavg, totalmem } from "node:os";
import { engine } from "../../runtime/kernels/index.ts";

/** The machine, the versions and the load under which figures came about. */
export interface Machine {
  readonly date: string;
  readonly cpu: string;
  readonly cores: number;
  readonly gigabytes: number;
  readonly node: string;
  readonly engine: string;
  /** Mean number of processes that wanted to run in the last minute. */
  readonly load: number;
  readonly commit: string;
}

/** This machine, now. */
export function thisMachine(): Machine {
  const { name, fused } = engine();
  return {
    date: new Date().toISOString(),
    cpu: cpus()[0]?.model ?? "unknown",
    cores: cpus().length,
    gigabytes: Math.round(totalmem() / 2 ** 30),
    node: process.version,
    engine: name === "wasm" && fused ? "wasm, fused multiply-add" : name,
    load: Math.round(10 * (loadavg()[0] ?? 0)) / 10,
    commit: commit(),
  };
}

function commit(): string {
  try {
    return execFileSync("git", ["rev-parse", "--short", "HEAD"], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    }).trim();
  } catch {
    return "unknown";
  }
}
