#!/usr/bin/env node
/** The bin `fgrad-compile`: joins the command line tool to this process. */
import { readFileSync } from "node:fs";
import { createColors } from "picocolors";
import { type Io, runCli } from "./cli/run.ts";

const INTERRUPTED = 130;

/** The version of the package that this file belongs to: package.json stands one folder up, from dist/ two. */
function packageVersion(): string {
  for (const path of ["../package.json", "../../package.json"]) {
    try {
      const { name, version }: { name?: unknown; version?: unknown } = JSON.parse(
        readFileSync(new URL(path, import.meta.url), "utf8"),
      );
      if (name === "fgrad") return String(version);
    } catch {
      // Not at this level.
    }
  }
  return "unknown";
}

/** Colours, unless the stream is no terminal or the user wants none (https://no-color.org). */
function wantsColor(): boolean {
  const { NO_COLOR, FORCE_COLOR, TERM } = process.env;
  if (NO_COLOR) return false;
  if (FORCE_COLOR !== undefined) return FORCE_COLOR !== "0";
  return process.stderr.isTTY === true && TERM !== "dumb";
}

/** While files are renamed, an interruption waits; afterwards it ends the process as it would have. */
function uninterrupted<T>(work: () => T): T {
  const wait = () => process.exit(INTERRUPTED);
  process.on("SIGINT", wait).on("SIGTERM", wait);
  try {
    return work();
  } finally {
    setImmediate(() => process.off("SIGINT", wait).off("SIGTERM", wait));
  }
}

// A reader such as `head` may close the pipe; that is no error.
for (const stream of [process.stdout, process.stderr]) {
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") process.exit(0);
    throw error;
  });
}

const argv = process.argv.slice(2);
const stop = new AbortController();
if (argv.includes("--watch")) {
  process.on("SIGINT", () => stop.abort()).on("SIGTERM", () => stop.abort());
}

const io: Io = {
  stdout: (text) => process.stdout.write(text),
  stderr: (text) => process.stderr.write(text),
  directory: process.cwd(),
  colors: createColors(wantsColor()),
  version: packageVersion(),
  signal: stop.signal,
  uninterrupted: argv.includes("--watch") ? (work) => work() : uninterrupted,
};

process.exitCode = await runCli(argv, io, async () => (await import("./index.ts")).createHost());
