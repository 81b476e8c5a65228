import { describe, expect, it } from "vitest";
import { duration, type Screen, startProgress } from "../../fixtures/demo/progress.ts";

/** A screen that remembers, and a clock that is set by hand. */
function stage(isTTY: boolean, columns?: number) {
  const written: string[] = [];
  const clock = { time: 0 };
  const screen: Screen = { isTTY, columns, write: (text) => written.push(text) };
  return { screen, written, clock, now: () => clock.time };
}

describe("progress without a terminal", () => {
  it("is a plain line every two seconds, and one at the end", () => {
    const { screen, written, clock, now } = stage(false);
    const progress = startProgress(screen, "job", 100, now);
    for (let done = 1; done <= 100; done++) {
      clock.time = done * 50;
      progress.update(done, "loss 1.5");
    }
    progress.end();
    expect(written).toEqual([
      "  job  40 %  loss 1.5  20 steps/s  3.0 s left\n",
      "  job  80 %  loss 1.5  20 steps/s  1.0 s left\n",
      "  job 100 %  loss 1.5  20 steps/s  took 5.0 s\n",
    ]);
  });
});

describe("progress on a terminal", () => {
  it("renews one line, hides the cursor and gives it back once", () => {
    const { screen, written, clock, now } = stage(true, 120);
    const progress = startProgress(screen, "job", 8, now);
    clock.time = 1000;
    progress.update(4, "loss 1.5");
    clock.time = 1010;
    progress.update(5, "too soon");
    clock.time = 2000;
    progress.update(8, "loss 1.2");
    progress.end();
    progress.end();
    const text = written.join("");
    expect(text).toContain(`${"█".repeat(12)}${"·".repeat(12)}`);
    expect(text).toContain("4 steps/s  1.0 s left");
    expect(text).not.toContain("too soon");
    expect(text.split("\u001b[?25l")).toHaveLength(2);
    expect(text.split("\u001b[?25h")).toHaveLength(2);
    expect(text.endsWith("\n\u001b[?25h")).toBe(true);
    expect(text.split("\n")).toHaveLength(2);
  });

  it("never fills the line to its end, where it would wrap", () => {
    const { screen, written, now } = stage(true, 30);
    startProgress(screen, "a long name for a job", 2, now).update(1, "loss 1.5");
    expect(written.at(-1)?.replace("\r\u001b[2K", "")).toHaveLength(29);
  });
});

it("durations are said in words", () => {
  expect([40, 9940, 9960, 59_400, 125_000].map(duration)).toEqual(["0.0 s", "9.9 s", "10 s", "59 s", "2 min 5 s"]);
});
