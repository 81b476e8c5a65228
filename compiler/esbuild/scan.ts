/**
 * Finds the modules of a build that concern the compiler before esbuild loads any of them. All of them must be known at
 * once: a module that two annotated ones reach is compiled for both, and it may be imported long before either.
 *
 * esbuild itself does the walking, with the user's options (aliases, tsconfig paths, conditions, externals) and without
 * their plugins, so that specifiers mean what they mean in the build. A rebuild walks again only when a module's imports
 * are no longer the same.
 */
import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import type { PluginBuild } from "esbuild";
import { stamp } from "../hosts/stamp.ts";

/** What is known of a module. */
interface Seen {
  readonly stamp: string;
  /** Everything that it may import. */
  readonly imports: string;
  /** Whether it holds the tag or a selected function. */
  readonly concerned: boolean;
}

/** The modules of a build by absolute path. */
export type Scan = ReadonlyMap<string, Seen>;

/** How to look at a module. */
export interface ScanOptions {
  /** Whether a text concerns the compiler. */
  readonly test: (text: string) => boolean;
  /** Whether installed packages are looked into. */
  readonly packages: boolean;
  /** Called when a module concerns the compiler. */
  readonly found: () => void;
}

/** Modules that may be compiled. */
export const MODULES = /\.[cm]?[jt]sx?$/;

const IMPORTS = /(?:\bfrom|\bimport|\brequire)\s*\(?\s*(["'`])(?:(?!\1).)*\1/g;

/** Whether a path is that of an installed package. */
export function installed(path: string): boolean {
  return /[\\/]node_modules[\\/]/.test(path);
}

function look(path: string, text: string, { test, found }: ScanOptions): Seen {
  const concerned = test(text);
  if (concerned) found();
  return { stamp: stamp(path), imports: (text.match(IMPORTS) ?? []).sort().join("\n"), concerned };
}

/** Walks the modules of a build. Problems are left for the build itself to report. */
export async function scan(build: PluginBuild, options: ScanOptions): Promise<Scan> {
  const modules = new Map<string, Seen>();
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
              modules.set(path, look(path, await readFile(path, "utf8").catch(() => ""), options));
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
  return modules;
}

/** Looks again at what changed since an earlier walk, and walks again when that may lead elsewhere. */
export async function rescan(build: PluginBuild, options: ScanOptions, before: Scan): Promise<Scan> {
  const after = new Map(before);
  for (const [path, known] of before) {
    if (known.stamp === stamp(path)) continue;
    let text: string;
    try {
      text = readFileSync(path, "utf8");
    } catch {
      return scan(build, options);
    }
    const now = look(path, text, options);
    if (now.imports !== known.imports) return scan(build, options);
    after.set(path, now);
  }
  return after.size > 0 ? after : scan(build, options);
}
