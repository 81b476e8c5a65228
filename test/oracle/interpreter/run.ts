/**
 * What one run of the interpreter records beside its result. Runs are synchronous and never overlap, so the current run
 * is module state; `startRun` begins a fresh one.
 */
export interface Run {
  /** One entry a place where a non-zero tangent was dropped, such as "string" or "bit operation &". */
  readonly losses: string[];
  /** Calls of console methods, arguments already plain. */
  readonly log: unknown[][];
  /** Loop iterations and calls that may still be made. */
  fuel: number;
}

let current: Run = { losses: [], log: [], fuel: 0 };

/** Begins a run with `fuel` loop iterations and calls, and returns its records, which fill while it runs. */
export function startRun(fuel: number): Run {
  current = { losses: [], log: [], fuel };
  return current;
}

/** Notes that a tangent was lost at `place`. */
export function recordLoss(place: string): void {
  current.losses.push(place);
}

/** Notes a call of a console method. */
export function recordLog(values: unknown[]): void {
  current.log.push(values);
}

/** Spends one unit of fuel; throws OracleError when none is left, so that a wrong loop cannot hang the tests. */
export function burn(): void {
  current.fuel -= 1;
  if (current.fuel < 0) throw new OracleError("out of fuel: the program loops too long for the oracle");
}

/** The interpreter itself cannot go on (unsupported syntax, no fuel). Programs under test cannot catch it. */
export class OracleError extends Error {
  override readonly name = "OracleError";
}

/**
 * True for failures of the oracle itself. It needs far more stack than the program it interprets, so a full stack is its
 * own failure and never the program's.
 */
export function isOracleFailure(error: unknown): boolean {
  return error instanceof OracleError || (error instanceof RangeError && error.message.includes("call stack"));
}
