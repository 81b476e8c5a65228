/** The command line of `npm run paper`. */

import { parseArgs } from "node:util";

/** All experiments, in the order in which they run. */
export const EXPERIMENTS = ["fig1", "fig2", "fig3", "fig4", "fig5", "fig6", "estimators", "accuracy"] as const;

export type ExperimentName = (typeof EXPERIMENTS)[number];

/** What the flags say. */
export interface Options {
  readonly experiments: readonly ExperimentName[];
  /** A version of about ten minutes: fewer steps and seeds. */
  readonly quick: boolean;
  /** How many seeds bands are drawn from. */
  readonly seeds: number;
  /** Measure again what was measured before. */
  readonly again: boolean;
  /** No run of figures 3 to 5 takes more steps than this. */
  readonly most: number;
  /** Folder of IDX files; undefined: the npm package's. */
  readonly data: string | undefined;
}

export const USAGE = `Usage: npm run paper -- [NAME …] [--quick] [--again] [--seeds N] [--steps N] [--data DIR]

Measures the experiments of "Gradients without Backpropagation" again, draws them, and writes out/paper/report.html.
What was measured once with the same settings is not measured again; what was broken off goes on where it stood.

  NAME         ${EXPERIMENTS.join(", ")}; all when none is named.
               "report" measures nothing, and writes the report from what there is.
  --quick      about ten minutes for all: fewer steps, fewer seeds
  --again      measures anew what was measured before with the same settings
  --seeds N    seeds a band is drawn from, from 1 (default 5, with --quick 2)
  --steps N    at most N steps in the runs of figures 3 to 5, from 1
  --data DIR   folder with the four MNIST files (IDX, gzipped or not); without it the npm package's
  --help       show this text`;

/** What a command line asks for: to run, to show the usage, or it is wrong. */
export type Parsed =
  | { readonly kind: "run"; readonly options: Options }
  | { readonly kind: "help" }
  | { readonly kind: "wrong"; readonly problem: string };

/** Reads the arguments that follow the program's name. */
export function parseOptions(args: readonly string[]): Parsed {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        quick: { type: "boolean", default: false },
        again: { type: "boolean", default: false },
        seeds: { type: "string" },
        steps: { type: "string" },
        data: { type: "string" },
        help: { type: "boolean", short: "h" },
      },
    });
    if (values.help === true) return { kind: "help" };
    if (values.data === "") return { kind: "wrong", problem: "--data wants the name of a folder." };
    const seeds = values.seeds ?? (values.quick ? "2" : "5");
    if (!/^[1-9]\d{0,3}$/.test(seeds)) {
      return { kind: "wrong", problem: `--seeds wants a whole number from 1 to 9999, not "${seeds}".` };
    }
    const most = values.steps === undefined ? Number.POSITIVE_INFINITY : Number(values.steps);
    if (values.steps !== undefined && !/^[1-9]\d{0,8}$/.test(values.steps)) {
      return { kind: "wrong", problem: `--steps wants a whole number from 1, not "${values.steps}".` };
    }
    const unknown = positionals.find((name) => name !== "report" && !isExperiment(name));
    if (unknown !== undefined) {
      return { kind: "wrong", problem: `There is no experiment "${unknown}": ${EXPERIMENTS.join(", ")}, report.` };
    }
    const named = EXPERIMENTS.filter((name) => positionals.includes(name));
    const experiments = positionals.length === 0 ? EXPERIMENTS : named;
    return {
      kind: "run",
      options: { experiments, quick: values.quick, seeds: Number(seeds), most, again: values.again, data: values.data },
    };
  } catch (error) {
    return { kind: "wrong", problem: error instanceof Error ? error.message : String(error) };
  }
}

function isExperiment(name: string): name is ExperimentName {
  return (EXPERIMENTS as readonly string[]).includes(name);
}
