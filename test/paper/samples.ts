/** Small made-up results, in the shape of measured ones. */

import type { Kept } from "./context.ts";
import type { Run } from "./experiments/training.ts";
import type { Way } from "./experiments/valleys.ts";
import type { DataOf, Results } from "./report/results.ts";
import type { Timed } from "./timing.ts";
import type { Method, RunSettings } from "./train.ts";

const machine = {
  date: "2026-01-02T03:04:05.000Z",
  cpu: "Test <CPU>",
  cores: 2,
  gigabytes: 8,
  node: "v20.0.0",
  engine: "wasm",
  load: 0.1,
  commit: "abc",
};

const kept = <T>(data: T): Kept<T> & { published: boolean } => ({ machine, quick: true, published: false, data });

function run(method: Method, rate: number, seed: number, fall: number): Run {
  const settings: RunSettings = {
    model: "mlp",
    method,
    rate,
    decay: 1e-4,
    steps: 40,
    batch: 64,
    seed,
    looks: 4,
    held: 100,
  };
  const looks = [0, 10, 20, 30, 40].map((step) => ({
    step,
    seconds: step / 10,
    train: 2.3 - fall * step,
    valid: 2.4 - fall * step + 0.01 * seed,
    accuracy: 0.1 + step / 100,
    norm: 18 + step,
  }));
  return { settings, result: { looks, test: 0.5, testLoss: 1 } };
}

function training(title: string): DataOf["fig4"] {
  const methods: Method[] = ["normal", "backpropagation"];
  const names: Timed[] = ["forward", "normal", "rank-one", "backpropagation"];
  return {
    model: "mlp",
    title,
    panels: ["η₀ = 0.0002", "best rates"].map((label) => ({
      label,
      runs: [1, 2].flatMap((seed) => methods.map((method, i) => run(method, 2e-4, seed, 0.04 - 0.01 * i))),
    })),
    times: names.map((name, i) => ({ name, least: 1 + i, median: 1.5 + i })),
    sweep: methods.flatMap((method) => [1e-3, 1e-2].map((rate) => run(method, rate, 1, rate))),
    reported: [{ forward: 2.6, backward: 4.4, ratio: 0.6, note: "a & b" }],
  };
}

function way(seed: number): Way {
  const heights = [1, 2, 4].map((step) => ({ step, value: 10 / step ** seed }));
  return { seed, path: [0, 1, 3].map((x) => ({ x, y: 0.5 })), heights, final: 1e-5, seconds: 0.001 };
}

/** One result of each kind. */
export function sampleResults(): Results {
  const depths = [1, 10].flatMap((depth) =>
    (["forward", "normal", "sign, never stored", "rank-one", "backpropagation"] as const).map((variant, i) => ({
      depth,
      variant,
      parameters: 100 * depth,
      least: depth * (1 + i),
      median: depth * (1 + i),
      peak: 2 ** 20 * depth,
    })),
  );
  return {
    fig1: kept<DataOf["fig1"]>({
      point: [1.5, -0.1],
      gradient: [-3, 1],
      samples: Array.from({ length: 9 }, (_, i) => ({ v: [1, i], g: [-i, 2 - i] })),
      means: [1, 10, 100].map((n) => ({ n, mean: [-3 + 1 / n, 1] })),
      moment: { measured: 4.1, theory: 4, samples: 100 },
    }),
    fig2: kept<DataOf["fig2"]>({
      valleys: ["Beale", "Rosenbrock"].map((name) => ({
        name,
        start: [0, 0.5],
        minimum: [3, 0.5],
        learningRate: 0.01,
        steps: 4,
        forward: [way(1), way(2)],
        exact: [way(1)],
        finals: [1e-6, 2e-6, 3e-6],
        diverged: name === "Beale" ? [] : [4],
      })),
    }),
    fig3: kept(training("Logistic regression")),
    fig4: kept(training("Perceptron")),
    fig5: kept(training("Convolutional network")),
    fig6: kept<DataOf["fig6"]>({ measures: depths }),
    estimators: kept<DataOf["estimators"]>({
      rows: [
        {
          model: "logistic",
          name: "±1",
          parameters: 7850,
          samples: 100,
          moment: 7800,
          momentError: 90,
          momentTheory: 7850,
          cosine: 0.009,
          cosineTheory: 0.009,
          along: 1.01,
          alongError: 0.1,
        },
      ],
    }),
    accuracy: kept<DataOf["accuracy"]>({
      targets: [
        {
          name: "Perceptron",
          wanted: 0.45,
          estimator: "activities",
          parameters: 1000,
          steps: 40,
          settings: run("activity", 0.1, 1, 0).settings,
          result: run("activity", 0.1, 1, 0.02).result,
        },
      ],
    }),
  };
}
