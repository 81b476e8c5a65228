/** How long steps take: all variants take turns, so that what disturbs one disturbs all. */

import { floats, mark, release, scope } from "../../runtime/kernels/index.ts";
import { fgd, gaussian, rademacher } from "../../runtime/optimizer/index.ts";
import { fillUniform } from "../../runtime/random/index.ts";
import { CLASSES, type Model, type ModelName, newModel, PIXELS } from "./models.ts";
import { directionsOf, type Method } from "./train.ts";

/** What is timed: the loss alone ("base runtime"), and steps of training, update included. */
export type Timed = "forward" | Method | "normal, never stored" | "sign, never stored";

/** Milliseconds of processor time. */
export interface StepTime {
  readonly name: Timed;
  readonly least: number;
  readonly median: number;
}

const RATE = 1e-9;

/**
 * Times one step of each variant of a model, taking turns.
 * @param seconds how long, at least; every variant has at least 5 turns
 */
export async function timeSteps(
  name: ModelName,
  variants: readonly Timed[],
  batch: number,
  seconds: number,
  afterTurn: (share: number) => Promise<void> | undefined,
): Promise<StepTime[]> {
  const start = mark();
  try {
    const model = newModel(name, 1);
    const images = floats(batch * PIXELS);
    fillUniform(images, 1, 0);
    const labels = Uint8Array.from({ length: batch }, (_, i) => i % CLASSES);
    const steps = variants.map((variant) => stepOf(variant, model, images, labels));
    for (const step of steps) step();
    const samples = variants.map(() => [] as number[]);
    const begun = performance.now();
    for (let turn = 0; ; turn++) {
      const share = Math.min(turn / 5, (performance.now() - begun) / (1000 * seconds));
      if (share >= 1) break;
      for (let v = 0; v < steps.length; v++) {
        const chosen = (turn + v) % steps.length;
        const used = process.cpuUsage();
        // Short steps are timed by the dozen.
        const many = repeats[chosen] ?? 1;
        for (let i = 0; i < many; i++) steps[chosen]?.();
        const { user, system } = process.cpuUsage(used);
        samples[chosen]?.push((user + system) / 1000 / many);
        if (turn === 0)
          repeats[chosen] = Math.max(1, Math.min(100, Math.round(5 / Math.max(0.05, (user + system) / 1000))));
      }
      await afterTurn(share);
    }
    return variants.map((variant, v) => {
      const sorted = (samples[v] ?? []).toSorted((a, b) => a - b);
      return { name: variant, least: sorted[0] ?? Number.NaN, median: sorted[sorted.length >> 1] ?? Number.NaN };
    });
  } finally {
    repeats.length = 0;
    release(start);
  }
}

const repeats: number[] = [];

/** One step of a variant, ready to be called again and again. */
export function stepOf(variant: Timed, model: Model, images: Float32Array, labels: Uint8Array): () => unknown {
  if (variant === "forward") return () => scope(() => model.loss(model.theta, images, labels));
  if (variant === "backpropagation") return () => model.backpropagate(model.theta, images, labels, RATE);
  const directions =
    variant === "normal, never stored"
      ? gaussian({ seed: 1, stored: false })
      : variant === "sign, never stored"
        ? rademacher({ seed: 1, stored: false })
        : directionsOf(variant, 1);
  const descent = fgd(model.loss, model.theta, { learningRate: RATE, directions, batch: () => [images, labels] });
  return () => descent.next();
}
