/** What the measurements come to: times to a loss, factors, and which targets are met. */

import type { Run, TrainingData } from "../experiments/training.ts";
import type { StepTime, Timed } from "../timing.ts";
import type { Method } from "../train.ts";
import type { Results } from "./results.ts";

/** A line of the list of targets. */
export interface Check {
  readonly claim: string;
  readonly wanted: string;
  readonly measured: string;
  readonly met: boolean;
}

/** How long a step takes in parts of the loss alone. */
export function factorOf(times: readonly StepTime[], name: Timed): number {
  const least = (wanted: Timed): number => times.find((one) => one.name === wanted)?.least ?? Number.NaN;
  return least(name) / least("forward");
}

/** The cheapest of the forward gradients that were timed. */
export function cheapest(times: readonly StepTime[]): StepTime | undefined {
  const forward = times.filter(({ name }) => name !== "forward" && name !== "backpropagation");
  return forward.toSorted((a, b) => a.least - b.least)[0];
}

/** When backpropagation's mean loss on held-out digits is lowest, and when a forward gradient's is first as low; in seconds of processor time. */
export interface Times {
  readonly loss: number;
  readonly backward: number;
  /** Undefined when it never is. */
  readonly forward: number | undefined;
}

/** T_b and T_f of runs that are drawn together; undefined without backpropagation among them. */
export function timesTo(runs: readonly Run[], method: Method): Times | undefined {
  const backward = meanLooks(runs, "backpropagation");
  const best = backward.toSorted((a, b) => a.valid - b.valid)[0];
  if (best === undefined) return undefined;
  const first = meanLooks(runs, method).find(({ valid }) => valid <= best.valid);
  return { loss: best.valid, backward: best.seconds, forward: first?.seconds };
}

/** Looks of a method, averaged over seeds. */
export function meanLooks(
  runs: readonly Run[],
  method: Method,
): readonly { readonly step: number; readonly seconds: number; readonly valid: number; readonly accuracy: number }[] {
  const lists = runs.filter(({ settings }) => settings.method === method).map(({ result }) => result.looks);
  const count = lists.length === 0 ? 0 : Math.min(...lists.map(({ length }) => length));
  return Array.from({ length: count }, (_, i) => {
    const looks = lists.map((list) => list[i] as (typeof list)[number]);
    const mean = (y: (look: (typeof looks)[number]) => number): number =>
      looks.reduce((sum, look) => sum + y(look), 0) / looks.length;
    return {
      step: looks[0]?.step ?? 0,
      seconds: mean(({ seconds }) => seconds),
      valid: mean(({ valid }) => valid),
      accuracy: mean(({ accuracy }) => accuracy),
    };
  });
}

/** What is wanted, and what arithmetic alone gives a rank-one step: 2F − F₁ + ε flops, where backpropagation takes 3F − F₁. */
const LIMITS = {
  fig3: { R: 2.435, ratio: 0.55, least: 1.1, leastRatio: 0.55 },
  fig4: { R: 2.468, ratio: 0.59, least: 1.57, leastRatio: 0.61 },
  fig5: { R: 1.434, ratio: 0.65, least: 2.01, leastRatio: 0.67 },
} as const;

/** All targets on which something was measured. */
export function checksOf(results: Results): Check[] {
  const checks: Check[] = [];
  const { fig2, fig4, accuracy, estimators } = results;
  for (const { name, finals, diverged } of fig2?.data.valleys ?? []) {
    const median = finals[finals.length >> 1] ?? Number.NaN;
    const limit = name === "Beale" ? 1e-4 : 1e-5;
    checks.push({
      claim: `${name}: final height, median of ${finals.length + diverged.length} seeds; none diverges`,
      wanted: name === "Beale" ? "about 5e-5" : "about 5e-6",
      measured: `${median.toExponential(1)}; ${diverged.length} diverged`,
      met: median <= limit && diverged.length === 0,
    });
  }
  for (const name of ["fig3", "fig4", "fig5"] as const) {
    const data = results[name]?.data;
    if (data !== undefined && data.times.length > 0) checks.push(...factorChecks(data, LIMITS[name]));
  }
  const bottom = fig4?.data.panels.find(({ label }) => label.endsWith("0.0002"));
  if (bottom !== undefined) checks.push(...perceptronChecks(bottom.runs));
  for (const { name, wanted, result, steps } of accuracy?.data.targets ?? []) {
    const seconds = result.looks.at(-1)?.seconds ?? Number.NaN;
    checks.push({
      claim: `${name}: accuracy on the test digits, forward gradients alone`,
      wanted: `≥ ${(100 * wanted).toFixed(0)} % in 30 min on 2 cores`,
      measured: `${(100 * result.test).toFixed(2)} % in ${minutes(seconds)} on one (${steps.toLocaleString("en")} steps)`,
      met: result.test >= wanted && seconds < 1800,
    });
  }
  for (const { model, name, moment, momentError, momentTheory } of estimators?.data.rows ?? []) {
    if (momentTheory === undefined || model !== "logistic") continue;
    checks.push({
      claim: `Second moment of “${name}” on logistic regression`,
      wanted: `${figure(momentTheory)} in theory`,
      measured: `${figure(moment)} ± ${figure(2 * momentError)}`,
      met: Math.abs(moment - momentTheory) < 3.5 * momentError + 0.02 * momentTheory,
    });
  }
  return checks;
}

function factorChecks({ title, times }: TrainingData, limits: (typeof LIMITS)[keyof typeof LIMITS]): Check[] {
  const best = cheapest(times);
  if (best === undefined) return [];
  const factor = factorOf(times, best.name);
  const ratio = factor / factorOf(times, "backpropagation");
  return [
    {
      claim: `${title}: R_f of the cheapest estimator (${best.name})`,
      wanted: `below ${limits.R} (by arithmetic ${limits.least})`,
      measured: factor.toFixed(2),
      met: factor < limits.R,
    },
    {
      claim: `${title}: R_f / R_b against our own backpropagation`,
      wanted: `at most ${limits.ratio} (by arithmetic ${limits.leastRatio})`,
      measured: ratio.toFixed(2),
      met: ratio <= limits.ratio,
    },
  ];
}

function perceptronChecks(runs: readonly Run[]): Check[] {
  const check = (method: Method, wanted: string, name: string, loss: number, share: number): Check[] => {
    const most = Math.max(...runs.map(({ settings }) => settings.steps));
    const own = runs.filter(({ settings }) => settings.method === method && settings.steps === most);
    const [first] = own;
    if (first === undefined) return [];
    const mean = (of: (run: Run) => number): number => own.reduce((sum, run) => sum + of(run), 0) / own.length;
    const [testLoss, test] = [mean(({ result }) => result.testLoss), mean(({ result }) => result.test)];
    return [
      {
        claim: `Perceptron at η₀ = 2e-4, ${name}: loss and accuracy on the test digits after ${first.settings.steps.toLocaleString("en")} steps`,
        wanted,
        measured: `${testLoss.toFixed(3)} and ${test.toFixed(3)}`,
        met: Math.abs(testLoss - loss) < 0.06 && Math.abs(test - share) < 0.03,
      },
    ];
  };
  return [
    ...check("normal", "about 0.55 and 0.86", "forward gradient", 0.55, 0.86),
    ...check("backpropagation", "about 0.88 and 0.83", "backpropagation", 0.88, 0.83),
  ];
}

/** Seconds as a person says them. */
export function minutes(seconds: number): string {
  return seconds < 90 ? `${seconds.toFixed(seconds < 10 ? 1 : 0)} s` : `${(seconds / 60).toFixed(1)} min`;
}

/** A number with three digits that count. */
export function figure(value: number): string {
  if (value !== 0 && (Math.abs(value) >= 1e5 || Math.abs(value) < 1e-3))
    return value.toExponential(2).replace("e+", "e");
  return Math.abs(value) >= 1000 ? Math.round(value).toLocaleString("en") : String(Number(value.toPrecision(3)));
}
