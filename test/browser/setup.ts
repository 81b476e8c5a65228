/** Without a browser these tests can't say anything: that is a failure where all tests must run, and a plain message elsewhere. */
import { findChromium } from "./chromium.ts";

export default function setup(): void {
  if (findChromium() !== undefined) return;
  process.stderr.write("No Chromium was found, so the tests in a browser were not run. Set CHROMIUM to its path.\n");
  process.exit(process.env.CI === "true" ? 1 : 0);
}
