/** A small program whose function `f`, in `main.ts`, is run by the oracle and by the engine. */
export interface Example {
  readonly name: string;
  /** `main.ts`, or all files. */
  readonly source: string | Readonly<Record<string, string>>;
  readonly args: readonly unknown[];
  readonly tangents: readonly unknown[];
  /** The analytic tangent of the result, where one is written down. */
  readonly tangent?: unknown;
  /** False where differences cannot check the tangent: rounding to Float32, a jump, an exception. */
  readonly numeric?: false;
  /** The largest step of the differences. */
  readonly step?: number;
  /** Where a tangent is lost, if anywhere. */
  readonly losses?: readonly string[];
}
