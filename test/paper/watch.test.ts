import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { moveImages } from "./shifts.ts";
import { canonical, entryFor, packed, unpack } from "./store.ts";
import { type RunState, type Watched, watch } from "./watch.ts";

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "fgrad-paper-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

describe("results by their settings", () => {
  it("are found again, in whatever order the settings are given", () => {
    const folder = temporaryFolder();
    entryFor<number, never>(folder, "run", { rate: 0.1, seed: 1, not: undefined }).finish(42);
    expect(entryFor<number, never>(folder, "run", { seed: 1, rate: 0.1 }).result).toBe(42);
    expect(entryFor<number, never>(folder, "run", { seed: 2, rate: 0.1 }).result).toBeUndefined();
    expect(canonical({ b: [1, { d: null, c: "x" }], a: true })).toBe('{"a":true,"b":[1,{"c":"x","d":null}]}');
  });

  it("keep where they stand until they are finished; what breaks off in the middle counts for nothing", () => {
    const folder = temporaryFolder();
    const find = () => entryFor<string, { done: number }>(folder, "run", { seed: 1 });
    find().keep({ done: 7 });
    expect(find().state).toEqual({ done: 7 });
    const [name = ""] = readdirSync(folder);
    const text = readFileSync(join(folder, name), "utf8");
    writeFileSync(join(folder, name), text.slice(0, -3));
    expect(find().state).toBeUndefined();
    find().finish("done");
    expect(find()).toMatchObject({ result: "done", state: undefined });
    expect(readdirSync(folder)).toHaveLength(1);
  });

  it("hold the bits of parameters, −0, NaN and infinities included", () => {
    const array = Float32Array.of(1.1, -0, Number.NaN, Number.POSITIVE_INFINITY, 1e-45);
    const copy = new Float32Array(5);
    unpack(packed([array]), [copy]);
    expect(new Uint32Array(copy.buffer)).toEqual(new Uint32Array(array.buffer));
    expect(() => unpack(packed([array]), [new Float32Array(4)])).toThrow(RangeError);
    expect(() => unpack([], [copy])).toThrow(RangeError);
  });
});

/** Steps whose result depends on all steps before. */
function steps(theta: Float32Array): Watched {
  return {
    steps: 20,
    looks: 4,
    arrays: [theta],
    begin: () => (i) => {
      theta[0] = Math.sin(3 * (theta[0] as number) + i);
      return theta[0] as number;
    },
    evaluate: () => ({ loss: theta[0] as number, accuracy: 0.5 }),
  };
}

describe("a run", () => {
  it("that is broken off at any step ends as one that is not", async () => {
    const whole = Float32Array.of(0.5);
    const ignore = () => undefined;
    const expected = await watch(steps(whole), { state: undefined, keep: ignore, afterStep: ignore });
    expect(expected.looks.map(({ step }) => step)).toEqual([0, 5, 10, 15, 20]);
    for (const end of [1, 4, 5, 13]) {
      let state: RunState | undefined;
      const keep = (next: RunState) => {
        state = next;
      };
      const stop = (done: number) => {
        if (done === end) throw new Error("stop");
        return undefined;
      };
      const keepEvery = -1;
      await expect(watch(steps(Float32Array.of(0.5)), { state, keep, afterStep: stop, keepEvery })).rejects.toThrow();
      const theta = Float32Array.of(99);
      const found = await watch(steps(theta), { state, keep, afterStep: ignore });
      expect(theta).toEqual(whole);
      const untimed = (looks: typeof found.looks) => looks.map((look) => ({ ...look, seconds: 0 }));
      expect(untimed(found.looks)).toEqual(untimed(expected.looks));
    }
  });

  it("ends where a loss is not finite, and says so", async () => {
    const theta = Float32Array.of(1);
    const watched = { ...steps(theta), begin: () => (i: number) => (i === 3 ? Number.NaN : 1) };
    const ignore = () => undefined;
    expect(await watch(watched, { state: undefined, keep: ignore, afterStep: ignore })).toMatchObject({ diverged: 3 });
  });
});

describe("moved images", () => {
  const side = 5;
  const from = Float32Array.from({ length: 40 * side * side }, (_, i) => (i % 25 === 12 ? 1 : -0.5));

  it("keep their ink where it does not leave, and go to all places within reach", () => {
    const to = new Float32Array(from.length);
    moveImages(from, to, side, 2, 1, 0);
    const places = new Set<number>();
    for (let i = 0; i < 40; i++) {
      const image = to.subarray(i * 25, (i + 1) * 25);
      expect(image.filter((value) => value === 1)).toHaveLength(1);
      expect(image.filter((value) => value === -0.5)).toHaveLength(24);
      places.add(image.indexOf(1));
    }
    expect(places.size).toBeGreaterThan(12);
    const again = new Float32Array(from.length);
    moveImages(from, again, side, 2, 1, 0);
    expect(again).toEqual(to);
    moveImages(from, again, side, 2, 1, 1);
    expect(again).not.toEqual(to);
  });

  it("stay where they are when there is no reach", () => {
    const to = new Float32Array(from.length);
    moveImages(from, to, side, 0, 1, 0);
    expect(to).toEqual(from);
  });
});
