// Compiles the engine's AssemblyScript and embeds the result: `npm run build:wasm`, or with --check, which only compares.

import { readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import asc from "assemblyscript/asc";

const target = fileURLToPath(new URL("./binary.ts", import.meta.url));

/** The module's bytes, in base64. */
async function compile(...features) {
  const files = new Map();
  const { error, stderr } = await asc.main(
    [
      fileURLToPath(new URL("./assembly/index.ts", import.meta.url)),
      ...["--optimizeLevel", "3", "--shrinkLevel", "0", "--noAssert", "--importMemory", "--runtime", "stub"],
      ...["simd", ...features].flatMap((feature) => ["--enable", feature]),
      ...["--outFile", "engine.wasm"],
    ],
    { writeFile: (name, contents) => void files.set(name, contents) },
  );
  if (error !== null) throw new Error(`${error.message}\n${stderr.toString()}`);
  return Buffer.from(files.get("engine.wasm")).toString("base64");
}

const text = `// Made from runtime/engine/assembly by \`npm run build:wasm\`; a test compares the two.

/** The engine for hosts with SIMD. */
export const simd =
  "${await compile()}";

/** The same with fused multiply-add, for hosts with relaxed SIMD. */
export const relaxedSimd =
  "${await compile("relaxed-simd")}";
`;

if (process.argv.includes("--check")) {
  if ((await readFile(target, "utf8")) === text) process.exit(0);
  console.error("runtime/engine/binary.ts is not what runtime/engine/assembly compiles to: run `npm run build:wasm`.");
  process.exit(1);
}
await writeFile(target, text);
