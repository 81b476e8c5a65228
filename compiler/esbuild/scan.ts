/**
 * Finds the modules of a build that concern the compiler before esbuild loads any of them. All of them must be known at
 * once: a module that two annotated ones reach is compiled for both, and it may be imported long before either.
 *
 * esbuild itself does the walking, with the user's options (aliases, tsconfig paths, conditions, externals) and without
 * their plugins, so that specifiers mean what they mean in the build.
 */
import { readFile } from "node:fs/promises";
import type { PluginBuild } from "esbuild";

/** What a walk found; absolute paths. */
export interface Scan {
  /** Modules that were looked at. */
  readonly seen: ReadonlySet<string>;
  /** Modules that hold the tag or a selected function. */
  readonly concerned: ReadonlySet<string>;
}

/** Modules that may be compiled. */
export const MODULES = /\.[cm]?[jt]sx?$/;

/** Whether a path is that of an installed package. */
export function installed(path: string): boolean {
  return /[\\/]node_modules[\\/]/.test(path);
}

/** Walks the modules of a build. Problems are left for the build itself to report. */
export async function scan(
  build: PluginBuild,
  test: (text: string) => boolean,
  options: { readonly packages: boolean; readonly found: () => void },
): Promise<Scan> {
  const seen = new Set<string>();
  const concerned = new Set<string>();
  await build.esbuild
    .build({
      ...build.initialOptions,
      write: false,
      metafile: false,
      sourcemap: false,
      minify: false,
      treeShaking: false,
      logLevel: "silent",
      plugins: [
        {
          name: "fgrad-scan",
          setup(walk) {
            walk.onLoad({ filter: MODULES, namespace: "file" }, async ({ path }) => {
              if (!options.packages && installed(path)) return { contents: "", loader: "empty" };
              seen.add(path);
              const text = await readFile(path, "utf8").catch(() => "");
              if (test(text)) {
                concerned.add(path);
                options.found();
              }
              return undefined;
            });
            walk.onLoad({ filter: /.*/ }, ({ path, namespace }) =>
              // A module falls through to esbuild's own loader; styles, pictures and data lead nowhere.
              namespace === "file" && MODULES.test(path) ? undefined : { contents: "", loader: "empty" },
            );
          },
        },
      ],
    })
    .catch(() => undefined);
  return { seen, concerned };
}
