import {
  adam,
  type CheckpointStore,
  exponentialDecay,
  fgd,
  gaussian,
  guided,
  type KeptCheckpoint,
  momentum,
  type Report,
  type TrainOptions,
  train,
} from "fgrad/optimizer";
import { describe, expect, test } from "vitest";
import { compiled, weighted } from "../handmade.ts";

interface Model {
  readonly w: Float32Array;
  readonly list: number[];
  b: number;
}

const energy = (m: Model): number =>
  m.w.reduce((t, x) => t + x * x, 0) + m.list.reduce((t, x) => t + x * x, 0) + m.b ** 2;

/** The squared length of all parameters, times a factor that is data. */
const loss = compiled((m: Model, factor: number): number => factor * energy(m), {
  active: [true, false],
  jvp: (m: Model, m_t: Model, factor: number) => [
    factor * energy(m),
    2 *
      factor *
      (m.w.reduce((t, x, i) => t + x * Number(m_t.w[i]), 0) +
        m.list.reduce((t, x, i) => t + x * Number(m_t.list[i]), 0) +
        m.b * m_t.b),
  ],
});

const fresh = (): Model => ({ w: Float32Array.of(1, -2, 0.5), list: [3, -1], b: 1.5 });
const batch = (i: number): [number] => [1 + (i % 3)];
type Options = TrainOptions<typeof loss> & { batch: typeof batch };
const base: Options = { steps: 40, batch, learningRate: 0.01, reportEvery: 10, directions: gaussian({ seed: 1 }) };

async function all<T>(reports: AsyncIterable<Report<T>>): Promise<Report<T>[]> {
  const seen: Report<T>[] = [];
  for await (const report of reports) seen.push(report);
  return seen;
}

/** Keeps every checkpoint. */
function memoryStore(): CheckpointStore & { readonly kept: Map<number, Uint8Array> } {
  const kept = new Map<number, Uint8Array>();
  return {
    kept,
    save: (bytes, step) => void kept.set(step, bytes.slice()),
    load(): KeptCheckpoint | undefined {
      const step = Math.max(...kept.keys());
      const bytes = kept.get(step);
      if (bytes === undefined) return undefined;
      // At an odd address, as files may come.
      const shifted = Buffer.alloc(bytes.length + 1);
      shifted.set(bytes, 1);
      return { bytes: shifted.subarray(1), name: `memory ${step}` };
    },
  };
}

describe("train", () => {
  test("takes the steps of fgd, and reports the mean loss since the last report", async () => {
    const theta = fresh();
    const reference = fresh();
    const values = [...fgd(loss, reference, { ...base, steps: 35 })].map(({ value }) => value);
    const reports = await all(train(loss, theta, { ...base, steps: 35 }));
    expect(theta).toEqual(reference);
    expect(reports.map(({ step }) => step)).toEqual([10, 20, 30, 35]);
    expect(reports.map(({ ended }) => ended)).toEqual([undefined, undefined, undefined, "steps"]);
    const mean = (from: number, to: number) => values.slice(from, to).reduce((t, v) => t + v, 0) / (to - from);
    expect(reports[1]?.loss).toBeCloseTo(mean(10, 20), 12);
    expect(reports[3]?.loss).toBeCloseTo(mean(30, 35), 12);
    expect(reports[3]?.theta).toBe(theta);
  });

  test("trains a number, told in reports", async () => {
    const parabola = compiled((x: number): number => (x - 2) ** 2, {
      active: [true],
      jvp: (x: number, x_t: number) => [(x - 2) ** 2, 2 * (x - 2) * x_t],
    });
    const [report] = await all(train(parabola, 5, { steps: 400, reportEvery: 400, learningRate: 0.1 }));
    expect(report?.theta).toBeCloseTo(2, 5);
  });

  test("validates, tells the best, and ends when patience runs out", async () => {
    const measured = [5, 4, 4.5, 3.95, 3.99, 4, 4, 4];
    const steps: number[] = [];
    const theta = fresh();
    const kept: Float32Array[] = [];
    const validation = {
      every: 5,
      measure: async (m: Model, step: number) => {
        steps.push(step);
        kept.push(m.w.slice());
        return Number(measured[steps.length - 1]);
      },
      patience: 2,
      leastGain: 0.1,
      restoreBest: true,
    };
    const reports = await all(train(loss, theta, { ...base, reportEvery: 1000, validation }));
    expect(steps).toEqual([5, 10, 15, 20]);
    expect(reports.map((r) => r.validation)).toEqual([5, 4, 4.5, 3.95]);
    expect(reports.at(-1)).toMatchObject({ ended: "patience", step: 20, best: { step: 10, validation: 4 } });
    expect(theta.w).toEqual(kept[1]);
  });

  test("gives the event loop its turn, hears a signal, and shows progress", async () => {
    const controller = new AbortController();
    const store = memoryStore();
    const shown: number[] = [];
    let ends = 0;
    const progress = { update: (done: number) => void shown.push(done), end: () => void ends++ };
    setTimeout(() => controller.abort(new Error("enough")), 30);
    const theta = fresh();
    const options = { ...base, learningRate: 1e-6, steps: 1e9, reportEvery: 1e9, checkpoints: { store, every: 1e9 } };
    await expect(all(train(loss, theta, { ...options, progress, signal: controller.signal }))).rejects.toThrow(
      "enough",
    );
    expect(shown.length).toBeGreaterThan(0);
    expect(ends).toBe(1);
    expect([...store.kept.keys()]).toEqual([shown.at(-1)]);
  });

  test("ends at a loss or a measurement that is not finite, without keeping what it can't go on from", async () => {
    const store = memoryStore();
    const wild = { ...base, learningRate: 1e200, checkpoints: { store } };
    await expect(all(train(loss, fresh(), wild))).rejects.toThrow(
      /train: the (loss|slope) is .* at step \d.*as before this step/,
    );
    expect(store.kept.size).toBe(0);
    const validation = { every: 3, measure: () => Number.NaN };
    await expect(all(train(loss, fresh(), { ...base, validation, checkpoints: { store } }))).rejects.toThrow(
      /validation after 3 steps is NaN/,
    );
    expect(store.kept.size).toBe(0);
  });

  test("refuses settings that make no sense", async () => {
    const run = (more: Partial<Options>) => all(train(loss, fresh(), { ...base, ...more }));
    await expect(run({ steps: 1.5 })).rejects.toThrow(/steps/);
    await expect(run({ reportEvery: 0 })).rejects.toThrow(/reportEvery/);
    await expect(run({ validation: { every: 0, measure: () => 0 } })).rejects.toThrow(/validation.every/);
    await expect(run({ validation: { every: 1, measure: () => 0, patience: 0 } })).rejects.toThrow(/patience/);
    await expect(run({ checkpoints: { store: memoryStore(), every: -1 } })).rejects.toThrow(/checkpoints.every/);
  });
});

describe("checkpoints", () => {
  const demanding = (store: CheckpointStore): Options => ({
    ...base,
    learningRate: exponentialDecay(0.02, 0.01),
    directions: guided({ memory: 0.9, samples: 2, seed: 3 }),
    optimizer: adam(),
    groups: [{ paths: ["b"], optimizer: momentum() }],
    clip: { norm: 3 },
    validation: { every: 7, measure: (m) => energy(m), patience: 50, restoreBest: true },
    checkpoints: { store, every: 3 },
  });

  test("go on from each of them to the same bits, and the same reports", async () => {
    const whole = memoryStore();
    const theta = fresh();
    const reports = await all(train(loss, theta, demanding(whole)));
    expect(whole.kept.size).toBe(14);
    for (const [step, bytes] of whole.kept) {
      const store = memoryStore();
      store.kept.set(step, bytes);
      const again: Model = { w: new Float32Array(3), list: [0, 0], b: 0 };
      const rest = await all(train(loss, again, demanding(store)));
      expect(again).toEqual(theta);
      // The last report is told again to whoever asks for a run that has ended.
      const expected = step === 40 ? reports.slice(-1) : reports.filter((report) => report.step > step);
      expect(rest.map(({ theta: _, ...report }) => report)).toEqual(expected.map(({ theta: _, ...report }) => report));
      expect(store.kept.get(40)).toEqual(whole.kept.get(40));
    }
  });

  test("are kept where a run is left, and lead on when it is made longer", async () => {
    const store = memoryStore();
    const theta = fresh();
    for await (const { step } of train(loss, theta, { ...base, checkpoints: { store } })) if (step === 20) break;
    expect([...store.kept.keys()]).toEqual([20]);
    const reference = fresh();
    await all(train(loss, reference, { ...base, steps: 60 }));
    for (const steps of [40, 60]) await all(train(loss, theta, { ...base, steps, checkpoints: { store } }));
    expect(theta).toEqual(reference);
  });

  test("of another run are refused, unless it is to go on differently", async () => {
    const store = memoryStore();
    await all(train(loss, fresh(), { ...base, optimizer: momentum(), checkpoints: { store } }));
    const go = (more: Partial<Options>, theta = fresh()) =>
      all(train(loss, theta, { ...base, steps: 50, optimizer: momentum(), checkpoints: { store }, ...more }));
    await expect(go({ directions: gaussian({ seed: 2 }) })).rejects.toThrow(
      /memory 40 was written by a run with other settings.*seed 1.*seed 2.*changed: true/s,
    );
    await expect(go({ learningRate: 0.02 })).rejects.toThrow(/learning rate at step 39 was 0.01; here it is 0.02/);
    await expect(go({ optimizer: momentum({ momentum: 0.5 }) })).rejects.toThrow(/momentum\(0.9/);
    await expect(go({ optimizer: adam(), checkpoints: { store, changed: true } })).rejects.toThrow(
      /other parameters or another optimizer: where this run has w, state 2/,
    );
    await expect(go({}, { ...fresh(), w: new Float32Array(4) })).rejects.toThrow(
      /w \(4 numbers of 32 bits\).*w \(3 numbers/,
    );
    const reports = await go({
      learningRate: 0.02,
      checkpoints: { store: { ...store, save: () => undefined }, changed: true },
    });
    expect(reports.at(-1)?.step).toBe(50);
  });

  test("that are damaged, cut short or foreign are refused", async () => {
    const store = memoryStore();
    await all(
      train(weighted, Float32Array.of(1, 2), { steps: 3, batch: () => [1], learningRate: 0.1, checkpoints: { store } }),
    );
    const whole = store.kept.get(3) ?? new Uint8Array();
    const go = (bytes: Uint8Array) => {
      const load = () => ({ bytes, name: "file" });
      const checkpoints = { store: { load, save: () => undefined } };
      return all(
        train(weighted, Float32Array.of(1, 2), { steps: 5, batch: () => [1], learningRate: 0.1, checkpoints }),
      );
    };
    expect(await go(whole)).toHaveLength(1);
    for (let at = 0; at < whole.length; at += 7) {
      const damaged = whole.slice();
      damaged[at] = (damaged[at] as number) ^ 4;
      await expect(go(damaged)).rejects.toThrow(at < 8 ? /file is no checkpoint of fgrad/ : /file is damaged/);
    }
    for (const length of [8, 15, 20, whole.length - 1]) {
      await expect(go(whole.subarray(0, length))).rejects.toThrow(/file is damaged.*Delete it/);
    }
    await expect(go(new Uint8Array(0))).rejects.toThrow(expect.objectContaining({ name: "CheckpointError" }));
    await expect(go(new TextEncoder().encode("{ a JSON file }"))).rejects.toThrow(/no checkpoint/);
  });
});
