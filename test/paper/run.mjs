// Runs the paper's experiments with nothing built before: `npm run paper -- [NAME …] [--quick]`; `--help` says more.

import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import { bundle, folder } from "../../fixtures/demo/bundle.mjs";

const here = (path) => relative(process.cwd(), path) || ".";
const { fgrad } = await bundle("compiler/esbuild.ts");
const { main } = await bundle("test/paper/main.ts", [fgrad()]);
const results = fileURLToPath(new URL("./results", import.meta.url));
process.exitCode = await main(process.argv.slice(2), here(`${folder}/paper`), results);
