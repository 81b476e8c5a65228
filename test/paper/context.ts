/** What experiments are given: how much to do, the digits, where results go, and how to tell how far they are. */

import { join } from "node:path";
import { writeWhole } from "../../fixtures/demo/files.ts";
import { newPause } from "../../fixtures/demo/pause.ts";
import { startProgress } from "../../fixtures/demo/progress.ts";
import { type Machine, thisMachine } from "./machine.ts";
import type { ExperimentName } from "./options.ts";
import type { RunResult, RunSettings, Sets } from "./train.ts";
import { trained } from "./train.ts";

/** Called after each step of a job; a promise is waited for. */
export type AfterStep = (done: number, value: number) => Promise<void> | undefined;

export interface Context {
  readonly quick: boolean;
  readonly seeds: number;
  /** Results of before don't count. */
  readonly again: boolean;
  /** No run of training takes more steps than this. */
  readonly most: number;
  /** `out/paper`. */
  readonly folder: string;
  /** The digits, loaded when they are first asked for. */
  readonly sets: () => Sets;
  /** Shows the progress of a job, and lets Ctrl-C through. */
  job<T>(label: string, total: number, work: (afterStep: AfterStep) => Promise<T>): Promise<T>;
  /** Trains with progress shown, or finds the result of before. */
  train(settings: RunSettings): Promise<RunResult>;
  /** Keeps what an experiment knows so far, for the report. */
  keep(name: ExperimentName, data: object): void;
}

/** The file of an experiment's data. */
export const dataFile = (folder: string, name: string): string => join(folder, `${name}.json`);

/** What an experiment's file holds. */
export interface Kept<T> {
  readonly machine: Machine;
  readonly quick: boolean;
  readonly data: T;
}

interface Setting {
  readonly quick: boolean;
  readonly seeds: number;
  readonly most: number;
  readonly again: boolean;
  readonly folder: string;
  readonly sets: () => Sets;
  readonly signal: AbortSignal;
}

export function newContext({ quick, seeds, most, again, folder, sets, signal }: Setting): Context {
  const job: Context["job"] = async (label, total, work) => {
    const progress = startProgress(process.stdout, label.padEnd(36), total);
    const pause = newPause();
    let average = Number.NaN;
    try {
      return await work((done, value) => {
        signal.throwIfAborted();
        average = Number.isNaN(average) ? value : average + 0.02 * (value - average);
        progress.update(done, Number.isFinite(average) ? `loss ${average.toPrecision(3)}` : "");
        return pause();
      });
    } finally {
      progress.end();
    }
  };
  return {
    quick,
    seeds,
    most,
    again,
    folder,
    sets,
    job,
    train: (settings) =>
      job(
        `${settings.model}, ${settings.method}, ${settings.rate}, seed ${settings.seed}`,
        settings.steps,
        (afterStep) => trained(settings, { sets: sets(), folder: join(folder, "runs"), afterStep, again }),
      ),
    keep: (name, data) =>
      writeWhole(dataFile(folder, name), `${JSON.stringify({ machine: thisMachine(), quick, data }, shortened)}\n`),
  };
}

/** Numbers as JSON keeps them: six digits that count are enough to draw. */
function shortened(_key: string, value: unknown): unknown {
  return typeof value === "number" && !Number.isInteger(value) ? Number(value.toPrecision(6)) : value;
}
