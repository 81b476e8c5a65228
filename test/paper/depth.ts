/** What a process of its own measures of a perceptron of some depth: the time of a step, and the memory it took. */

import { floats, useEngine } from "../../runtime/kernels/index.ts";
import { fillUniform } from "../../runtime/random/index.ts";
import { CLASSES, newModel, PIXELS, parameterCount } from "./models.ts";
import { stepOf, type Timed } from "./timing.ts";

/** What was measured. */
export interface DepthMeasure {
  readonly depth: number;
  readonly variant: Timed;
  readonly parameters: number;
  /** Milliseconds of processor time of the quickest step, and of the one in the middle. */
  readonly least: number;
  readonly median: number;
  /** Bytes that the process held at most, less what it held before there was a model. */
  readonly peak: number;
}

const BATCH = 64;

/** Measures one variant in this process, which should be fresh. */
export function measureDepth(depth: number, variant: Timed, turns: number): DepthMeasure {
  useEngine({ memory: 2 ** 31 });
  const before = process.memoryUsage.rss();
  const model = newModel(`depth ${depth}`, 1);
  const images = floats(BATCH * PIXELS);
  fillUniform(images, 1, 0);
  const labels = Uint8Array.from({ length: BATCH }, (_, i) => i % CLASSES);
  const step = stepOf(variant, model, images, labels);
  const times: number[] = [];
  step();
  for (let turn = 0; turn < turns; turn++) {
    const used = process.cpuUsage();
    step();
    const { user, system } = process.cpuUsage(used);
    times.push((user + system) / 1000);
  }
  times.sort((a, b) => a - b);
  return {
    depth,
    variant,
    parameters: parameterCount(model),
    least: times[0] ?? Number.NaN,
    median: times[times.length >> 1] ?? Number.NaN,
    peak: 1024 * process.resourceUsage().maxRSS - before,
  };
}
