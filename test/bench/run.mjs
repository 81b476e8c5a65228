// Runs a measurement: `node test/bench/run.mjs NAME [--seconds S]`. Nothing must be built before.

import { bundle, folder } from "../../fixtures/demo/bundle.mjs";

const [name, ...args] = process.argv.slice(2);
if (name === undefined || !/^[a-z]+$/.test(name)) {
  console.error(
    "Usage: node test/bench/run.mjs NAME [--seconds S]; NAME is a file of this folder: scalar, kernels, models",
  );
  process.exit(2);
}
// The scalar functions compile their variants themselves.
const plugins = name === "scalar" ? [] : [(await bundle("compiler/esbuild.ts")).fgrad()];
const { main } = await bundle(`test/bench/${name}.ts`, plugins);
process.exitCode = await main(args, folder);
