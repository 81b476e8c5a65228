// Runs a measurement: `node test/bench/run.mjs programs [--seconds S]`. Nothing must be built before.

import { bundle, folder } from "../../fixtures/demo/bundle.mjs";

const [name, ...args] = process.argv.slice(2);
if (name === undefined || !/^[a-z]+(-[a-z]+)*$/.test(name)) {
  console.error(
    "Usage: node test/bench/run.mjs NAME [OPTIONS]; NAME is scalar, programs, compile-time, kernels, lanes, models or limits",
  );
  process.exit(2);
}
const file = name.replace(/-(.)/g, (_, letter) => letter.toUpperCase());
// The other measurements compile their variants themselves.
const lanes = name === "lanes" && args.includes("--lanes") ? Number(args[args.indexOf("--lanes") + 1]) : 1;
const compiled = name === "models" || name === "lanes";
const plugins = compiled ? [(await bundle("compiler/esbuild.ts")).fgrad({ lanes })] : [];
const { main } = await bundle(`test/bench/${file}.ts`, plugins);
process.exitCode = await main(args, folder);
