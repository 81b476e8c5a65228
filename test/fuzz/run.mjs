// Starts the fuzzer with nothing built before: `node test/fuzz/run.mjs [--minutes N] [--seed S] [--only SEED]`.

import { bundle, folder } from "../../fixtures/demo/bundle.mjs";

const { main } = await bundle("test/fuzz/main.ts");
process.exitCode = await main(process.argv.slice(2), folder);
