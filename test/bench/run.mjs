// Runs a measurement: `node test/bench/run.mjs scalar [--seconds S]`. Nothing must be built before.

import { bundle, folder } from "../../fixtures/demo/bundle.mjs";

const [name, ...args] = process.argv.slice(2);
if (name === undefined || !/^[a-z]+$/.test(name)) {
  console.error("Usage: node test/bench/run.mjs NAME [--seconds S]; NAME is a file of this folder: scalar");
  process.exit(2);
}
const { main } = await bundle(`test/bench/${name}.ts`);
process.exitCode = await main(args, folder);
