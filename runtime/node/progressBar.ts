/** Progress of a training run: one line that renews itself on a terminal. */

import type { ProgressDisplay } from "../optimizer/index.ts";

/** Where it is shown: `process.stderr`, or a stand-in. */
export interface Screen {
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
  write(text: string): unknown;
}

export interface ProgressBarOptions {
  /** `process.stderr` by default, so that what a program prints stays clean. */
  readonly screen?: Screen;
  /** What stands before the bar. */
  readonly label?: string;
  /** A clock in milliseconds. */
  readonly now?: () => number;
}

const CLEAR_LINE = "\r\u001b[2K";
const INTERVAL = 80;
const WIDTH = 24;

/**
 * Shows the share of steps that are done, the loss (a moving mean), the speed, and the time that is left. Where the screen is no terminal, it
 * is silent.
 */
export function progressBar(options: ProgressBarOptions = {}): ProgressDisplay {
  const { screen = process.stderr, label = "", now = () => performance.now() } = options;
  if (screen.isTTY !== true) return { update: () => undefined, end: () => undefined };
  let started = Number.NaN;
  let first = 0;
  let shown = Number.NEGATIVE_INFINITY;
  let mean = Number.NaN;
  let open = false;
  return {
    update(done, total, loss) {
      const time = now();
      if (Number.isNaN(started)) [started, first, mean] = [time, done, loss];
      mean += 0.02 * (loss - mean);
      if (time - shown < INTERVAL && done < total) return;
      shown = time;
      open = true;
      const speed = time > started ? (1000 * (done - first)) / (time - started) : 0;
      const left = done < total && speed > 0 ? `, ${duration((total - done) / speed)} left` : "";
      const share = Math.floor((100 * done) / total);
      const line = `${label === "" ? "" : `${label} `}${bar(done / total)} ${share} %  loss ${mean.toPrecision(4)}  ${Math.round(speed)} steps/s${left}`;
      screen.write(CLEAR_LINE + line.slice(0, Math.max(10, (screen.columns ?? 80) - 1)));
    },
    end() {
      if (open) screen.write("\n");
      open = false;
    },
  };
}

function bar(share: number): string {
  const full = Math.round(share * WIDTH);
  return "█".repeat(full) + "·".repeat(WIDTH - full);
}

function duration(seconds: number): string {
  const whole = Math.ceil(seconds);
  if (whole < 60) return `${whole} s`;
  return whole < 3600
    ? `${Math.floor(whole / 60)} min ${whole % 60} s`
    : `${Math.floor(whole / 3600)} h ${Math.floor(whole / 60) % 60} min`;
}
