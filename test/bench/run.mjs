// Runs a measurement: `node test/bench/run.mjs programs [--seconds S]`. Nothing must be built before.

import { bundle, folder } from "../../fixtures/demo/bundle.mjs";

const [name, ...args] = process.argv.slice(2);
if (name === undefined || !/^[a-z]+(-[a-z]+)*$/.test(name)) {
  console.error("Usage: node test/bench/run.mjs NAME [OPTIONS]; NAME is scalar, programs or compile-time");
  process.exit(2);
}
const file = name.replace(/-(.)/g, (_, letter) => letter.toUpperCase());
const { main } = await bundle(`test/bench/${file}.ts`);
process.exitCode = await main(args, folder);
