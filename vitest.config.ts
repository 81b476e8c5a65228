import { defineConfig } from "vitest/config";

const here = (path: string) => new URL(path, import.meta.url).pathname;

export default defineConfig({
  resolve: {
    alias: [
      { find: /^fgrad$/, replacement: here("./runtime/index.ts") },
      { find: /^fgrad\/kernels$/, replacement: here("./runtime/kernels/index.ts") },
      { find: /^fgrad\/optimizer$/, replacement: here("./runtime/optimizer/index.ts") },
      { find: /^fgrad\/node$/, replacement: here("./runtime/node/index.ts") },
      { find: /^fgrad\/random$/, replacement: here("./runtime/random/index.ts") },
      { find: /^fgrad\/compiler$/, replacement: here("./compiler/index.ts") },
      { find: /^fgrad\/esbuild$/, replacement: here("./compiler/esbuild.ts") },
    ],
  },
  test: {
    include: ["test/**/*.test.ts"],
    exclude: ["test/browser/**"],
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
