/** How noisy estimates are: their second moment and their angle to the gradient, against theory. */

import { join } from "node:path";
import {
  activity,
  type Directions,
  forwardGradient,
  gaussian,
  orthogonal,
  projected,
  rademacher,
  rankOne,
  sphere,
} from "fgrad/optimizer";
import { shuffledBatches } from "../../../fixtures/data/mnist.ts";
import { floats, mark, release } from "../../../runtime/kernels/index.ts";
import { leavesOf } from "../../../runtime/leaves.ts";
import type { Context } from "../context.ts";
import { CLASSES, type ModelName, newModel, parameterCount } from "../models.ts";
import { entryFor } from "../store.ts";

/** One estimator on one model. */
export interface EstimatorRow {
  readonly model: ModelName;
  readonly name: string;
  readonly parameters: number;
  readonly samples: number;
  /** E‖g‖² / ‖∇f‖², with the standard error of its mean, and what theory says. */
  readonly moment: number;
  readonly momentError: number;
  readonly momentTheory: number | undefined;
  /** E|cos(g, ∇f)|, and what theory says. */
  readonly cosine: number;
  readonly cosineTheory: number | undefined;
  /** E[g·∇f] / ‖∇f‖² is 1 when the estimate is unbiased; with its standard error. */
  readonly along: number;
  readonly alongError: number;
}

export interface EstimatorsData {
  readonly rows: readonly EstimatorRow[];
}

interface Kind {
  readonly name: string;
  readonly directions: Directions;
  /** E‖g‖² / ‖∇f‖² for n parameters. */
  readonly moment: ((n: number) => number) | undefined;
  readonly cosine: ((n: number) => number) | undefined;
}

/** E|cos| of a direction of n coordinates, n large: √(2 / n) Γ(1) / Γ(½). */
const single = (n: number): number => Math.sqrt(2 / (Math.PI * n));

/** E|cos| of the projection on 8 directions: √(2 / n) Γ(9/2) / Γ(4). */
const eight = (n: number): number => (Math.sqrt(2 / n) * 11.631728396567448) / 6;

const kinds = (seed: number): readonly Kind[] => [
  { name: "normal", directions: gaussian({ seed }), moment: (n) => n + 2, cosine: single },
  { name: "±1", directions: rademacher({ seed }), moment: (n) => n, cosine: single },
  { name: "sphere", directions: sphere({ seed }), moment: (n) => n, cosine: single },
  { name: "rank-one, ±1", directions: rankOne({ seed }), moment: (n) => n, cosine: single },
  {
    name: "8 normal, averaged",
    directions: gaussian({ seed, samples: 8 }),
    moment: (n) => (n + 9) / 8,
    cosine: undefined,
  },
  {
    name: "8 ±1, averaged",
    directions: rademacher({ seed, samples: 8 }),
    moment: (n) => (n + 7) / 8,
    cosine: undefined,
  },
  { name: "8 orthogonal", directions: orthogonal({ seed, samples: 8 }), moment: (n) => n / 8, cosine: eight },
  {
    name: "8 projected",
    directions: projected({ seed, samples: 8 }),
    moment: (n) => 8 / n,
    cosine: eight,
  },
  { name: "activities, all alike", directions: activity({ seed }), moment: undefined, cosine: undefined },
  {
    name: "activities by sample",
    directions: activity({ seed, independent: true }),
    moment: undefined,
    cosine: undefined,
  },
];

/** Measures all estimators on logistic regression and on the perceptron, at their beginning, on one batch. */
export async function measureEstimators(context: Context): Promise<EstimatorsData> {
  const rows: EstimatorRow[] = [];
  for (const [model, samples] of [
    ["logistic", context.quick ? 400 : 3000],
    ["mlp", context.quick ? 4 : 40],
  ] as const) {
    for (const kind of kinds(5)) {
      const settings = { model, kind: kind.name, samples };
      const entry = entryFor<EstimatorRow, never>(join(context.folder, "runs"), "estimator", settings, context.again);
      const row =
        entry.result ??
        (await context.job(`${model}, ${kind.name}`, samples, (afterStep) =>
          measure(model, kind, samples, context, afterStep),
        ));
      if (entry.result === undefined) entry.finish(row);
      rows.push(row);
      context.keep("estimators", { rows });
    }
  }
  return { rows };
}

async function measure(
  name: ModelName,
  kind: Kind,
  samples: number,
  context: Context,
  afterStep: (done: number, value: number) => Promise<void> | undefined,
): Promise<EstimatorRow> {
  const start = mark();
  try {
    const model = newModel(name, 1);
    const { train } = context.sets();
    const batch = shuffledBatches(train, 64, 1)(0);
    const images = floats(batch.images.length);
    images.set(batch.images);
    const { labels } = batch;
    const exact = exactGradient(name, images, labels);
    const squares = exact.reduce((sum, part) => sum + dot(part, part), 0);
    const data = [images, labels] as const;
    let moment = 0;
    let momentSquares = 0;
    let along = 0;
    let alongSquares = 0;
    let cosine = 0;
    for (let step = 0; step < samples; step++) {
      const before = mark();
      const { gradient } = forwardGradient(model.loss, model.theta, {
        data: [...data],
        directions: kind.directions,
        step,
      });
      const parts = leavesOf({ gradient }).map((leaf) =>
        leaf.kind === "array" ? (leaf.values as Float32Array) : empty,
      );
      const own = parts.reduce((sum, part) => sum + dot(part, part), 0);
      const common = parts.reduce((sum, part, i) => sum + dot(part, exact[i] ?? empty), 0);
      moment += own / squares;
      momentSquares += (own / squares) ** 2;
      along += common / squares;
      alongSquares += (common / squares) ** 2;
      // Signs that are all alike don't change a softmax: an estimate may be 0.
      cosine += own === 0 ? 0 : Math.abs(common) / Math.sqrt(own * squares);
      release(before);
      await afterStep(step + 1, Number.NaN);
    }
    const n = parameterCount(model);
    const error = (sum: number, sumSquares: number): number =>
      Math.sqrt(Math.max(0, sumSquares / samples - (sum / samples) ** 2) / samples);
    // One layer, moved as a whole: the number of its outputs.
    const moved = kind.name === "activities, all alike" && name === "logistic" ? () => CLASSES : undefined;
    return {
      model: name,
      name: kind.name,
      parameters: n,
      samples,
      moment: moment / samples,
      momentError: error(moment, momentSquares),
      momentTheory: (kind.moment ?? moved)?.(n),
      cosine: cosine / samples,
      cosineTheory: kind.cosine?.(n),
      along: along / samples,
      alongError: error(along, alongSquares),
    };
  } finally {
    release(start);
  }
}

const empty = new Float32Array(0);

/** The gradient, as what a step of backpropagation at rate 1 takes away. */
function exactGradient(name: ModelName, images: Float32Array, labels: Uint8Array): Float32Array[] {
  const start = mark();
  const model = newModel(name, 1);
  const before = model.arrays.map((array) => array.slice());
  model.backpropagate(model.theta, images, labels, 1);
  const difference = model.arrays.map((array, i) => array.map((value, j) => (before[i]?.[j] ?? 0) - value));
  const gradient = difference.map((array) => array.slice());
  release(start);
  return gradient;
}

function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number);
  return sum;
}
