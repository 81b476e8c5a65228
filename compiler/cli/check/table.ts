/** The report of `--check`. */
import { basename } from "node:path";
import type { Colors } from "../../diagnostics/codeframe.ts";
import type { Check } from "./check.ts";

function row(check: Check): readonly [string, string, string, string] {
  const { name } = check.function;
  const file = basename(check.file.source);
  switch (check.status) {
    case "passed":
      return [name, file, check.error.toExponential(1), `ok, ${check.points} points`];
    case "failed":
      return [name, file, Number.isFinite(check.error) ? check.error.toExponential(1) : "-", `WRONG: ${check.reason}`];
    case "unchecked":
      return [name, file, "-", `not checked: ${check.reason}`];
  }
}

function json(check: Check): string {
  const error = check.status !== "unchecked" && Number.isFinite(check.error) ? check.error : undefined;
  const { status } = check;
  const reason = status === "passed" ? undefined : check.reason;
  return `${JSON.stringify({ check: check.function.name, file: check.file.source, status, error, reason })}\n`;
}

/** A table with a row a function, or one JSON object a line. */
export function formatChecks(checks: readonly Check[], format: "pretty" | "json", colors: Colors): string {
  if (format === "json") return checks.map(json).join("");
  const rows = [["function", "file", "error", "result"] as const, ...checks.map(row)];
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((cells) => (cells[column] ?? "").length)));
  const lines = rows.map((cells, i) => {
    const text = cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd();
    if (i === 0) return colors.dim(text);
    const { status } = checks[i - 1] ?? {};
    return status === "failed" ? colors.red(text) : status === "unchecked" ? colors.yellow(text) : text;
  });
  return `${lines.join("\n")}\n\n`;
}
