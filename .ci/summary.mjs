// Prints "N passed, N failed" over Vitest's JSON reports in a folder. A step that failed without a failed test counts as one.

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const folder = process.argv[2] ?? ".";
let passed = 0;
let failed = 0;
for (const name of readdirSync(folder).filter((name) => name.endsWith(".json"))) {
  const report = JSON.parse(readFileSync(join(folder, name), "utf8"));
  passed += report.numPassedTests;
  failed += report.numFailedTests;
  // A test file that could not be loaded has no test to fail.
  failed += report.testResults.filter((file) => file.status === "failed" && file.assertionResults.length === 0).length;
}
const steps = join(folder, "failed-steps");
if (failed === 0 && existsSync(steps)) failed = readFileSync(steps, "utf8").trimEnd().split("\n").length;
if (passed === 0) failed = Math.max(1, failed);
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;
