/** What an abstract run of a program carries along: what was found out, and where it is. */

import type { Span } from "../../api.ts";
import type { Expression, FunctionForm, Variable } from "../../ir/types.ts";
import type { Instance } from "../activity/program.ts";
import type { Value } from "../activity/values.ts";
import { type Callable, type Content, type Frame, joined, type Place, plain, type World } from "./world.ts";

/** What a run has to do with the rest of the program. */
export interface Surroundings {
  value(one: Instance, expression: Expression): Value;
  /** The objects of a module that change: by their places. */
  tracked(one: Instance, variable: Variable): Place | undefined;
  /** Functions that were made, or named, when modules were loaded, and may be in their variables. */
  readonly loaded: readonly Callable[];
  /** The function behind a name of a module's. */
  moduleFunction(one: Instance, id: string): Instance | undefined;
  /** How many elements an array begins with, where that is known. */
  length(place: Place): number | undefined;
}

export interface Run {
  readonly around: Surroundings;
  /** Places that some call leaves something in that depends on active values, or other memory or functions. */
  readonly stale: Set<Place>;
  /** Variables of which something that is left so is read. */
  readonly seen: Set<Place>;
  /** Where it is stored there. */
  readonly stores: {
    readonly place: Place;
    readonly one: Instance;
    readonly value: Expression;
    readonly span: Span | undefined;
  }[];
  /** Where something is read that an earlier call may have left. */
  readonly reads: Map<string, { readonly place: Place; readonly one: Instance; readonly span: Span | undefined }>;
  /** What was stored where it can't be followed. */
  leaked: Content;
  readonly running: FunctionForm[];
  /** `try` statements around what is run. */
  tries: number;
  /** Runs of functions, so that a program of many calls comes to an end. */
  runs: number;
}

/** Far beyond any program's need. */
export const mostRuns = 20_000;
export const mostTurns = 20;
export const deepest = 4;

export interface Activation {
  readonly run: Run;
  readonly one: Instance;
  readonly frame: Frame;
  world: World;
  returned: World;
  result: Content | undefined;
  readonly jumps: Jump[];
}

export interface Jump {
  readonly label: string | undefined;
  readonly breakable: boolean;
  readonly loop: boolean;
  broken: World;
  continued: World;
}

/** Arguments of which nothing is known: those of a selected function. */
export const unknownArguments: readonly Content[] = [];

export const emptyFrame = (unknown: Content = plain): Frame => ({
  ...{ variables: new Map(), unknown, read: new Set(), version: 0 },
});

/** A function that can't be followed: it may read whatever it, or what it calls, mentions. */
export function giveUp(run: Run, one: Instance): void {
  for (const place of run.stale) run.reads.set(`${one.key} ${place}`, { place, one, span: undefined });
}

export function leak(run: Run, content: Content): void {
  run.leaked = joined(run.leaked, content);
}
