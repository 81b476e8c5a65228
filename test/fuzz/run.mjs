// Starts the fuzzer with nothing built before: `node test/fuzz/run.mjs [--minutes N] [--seed S] [--only SEED] [--jobs N]`.

import { spawn } from "node:child_process";
import { bundle, folder } from "../../fixtures/demo/bundle.mjs";

const given = process.argv.slice(2);
const at = given.indexOf("--jobs");
const jobs = at < 0 ? 1 : Number(given[at + 1]);
if (at >= 0) given.splice(at, 2);

if (jobs > 1) {
  if (!given.includes("--seed")) given.push("--seed", String(Date.now() % 1e9));
  const parts = Array.from({ length: jobs }, (_, i) => [...given, "--part", String(i + 1), "--parts", String(jobs)]);
  const codes = parts.map(
    (args) =>
      new Promise((done) => {
        spawn(process.execPath, [process.argv[1], ...args], { stdio: "inherit" }).on("close", done);
      }),
  );
  process.exitCode = (await Promise.all(codes)).every((code) => code === 0) ? 0 : 1;
} else {
  const { main } = await bundle("test/fuzz/main.ts");
  process.exitCode = await main(given, folder);
}
