import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { bias_jvp, matmul_jvp, softmaxCrossEntropy_jvp } from "fgrad/kernels";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { beale } from "../../fixtures/beale.ts";
import { main } from "../../fixtures/demo/main.ts";
import { bealeAt, type Point, rosenbrockAt } from "../../fixtures/demo/valleys.ts";
import { type Logistic, loss } from "../../fixtures/models/logistic.ts";
import { rosenbrock } from "../../fixtures/rosenbrock.ts";
import { beale_jvp } from "../bench/hand/beale.ts";
import { rosenbrock_jvp } from "../bench/hand/rosenbrock.ts";
import { idxFile, temporaryFolder } from "./folder.ts";

// Nothing is compiled here: the functions carry tangents written by hand, in the compiler's convention.
const COMPILED = Symbol.for("fgrad.jvp");
const jvpAt = (jvp: typeof beale_jvp) => (p: Point, p_t: Point) => jvp(p[0], p_t[0], p[1], p_t[1]);

function loss_jvp(theta: Logistic, theta_t: Logistic, images: Float32Array, labels: Uint8Array): [number, number] {
  const [batch, classes] = [labels.length, theta.biases.length];
  const logits = new Float32Array(batch * classes);
  const logits_t = new Float32Array(batch * classes);
  const pixels = images.length / batch;
  matmul_jvp(images, undefined, theta.weights, theta_t.weights, logits, logits_t, batch, pixels, classes);
  bias_jvp(logits, logits_t, theta.biases, theta_t.biases, logits, logits_t, batch, classes);
  return softmaxCrossEntropy_jvp(logits, logits_t, labels, batch, classes);
}

Object.defineProperty(beale, COMPILED, { value: { jvp: beale_jvp, active: [true, true] } });
Object.defineProperty(rosenbrock, COMPILED, { value: { jvp: rosenbrock_jvp, active: [true, true] } });
Object.defineProperty(bealeAt, COMPILED, { value: { jvp: jvpAt(beale_jvp), active: [true] } });
Object.defineProperty(rosenbrockAt, COMPILED, { value: { jvp: jvpAt(rosenbrock_jvp), active: [true] } });
Object.defineProperty(loss, COMPILED, { value: { jvp: loss_jvp, active: [true, false, false] } });

/** A folder of digits that are easy to tell apart: each has ink in rows of its own. */
function easyDigits(): string {
  const folder = temporaryFolder();
  for (const [set, count] of [
    ["train", 200],
    ["t10k", 50],
  ] as const) {
    const labels = Uint8Array.from({ length: count }, (_, i) => i % 10);
    const images = new Uint8Array(count * 784);
    labels.forEach((label, i) => {
      images.fill(255, i * 784 + label * 56, i * 784 + label * 56 + 56);
    });
    writeFileSync(join(folder, `${set}-images-idx3-ubyte`), idxFile([count, 28, 28], images));
    writeFileSync(join(folder, `${set}-labels-idx1-ubyte`), idxFile([count], labels));
  }
  return folder;
}

let output = "";
const listeners = (["SIGINT", "SIGTERM"] as const).map((name) => [name, process.listeners(name)] as const);

beforeEach(() => {
  output = "";
  const keep = (...words: unknown[]) => {
    output += `${words.join(" ")}\n`;
  };
  vi.spyOn(console, "log").mockImplementation(keep);
  vi.spyOn(console, "error").mockImplementation(keep);
  vi.spyOn(process.stdout, "write").mockImplementation((text) => {
    output += String(text);
    return true;
  });
});

afterEach(() => {
  vi.restoreAllMocks();
  for (const [name, before] of listeners) {
    process.removeAllListeners(name);
    for (const listener of before) process.on(name, listener);
  }
});

describe("the demo", () => {
  it("goes down both valleys, learns, prints a table and draws the picture", async () => {
    const folder = temporaryFolder();
    expect(await main(["--data", easyDigits(), "--steps", "300"], folder, "0.1")).toBe(0);
    const final = (row: RegExp) => Number(row.exec(output)?.[1]?.replace("−", "-"));
    expect(final(/Beale +forward gradient +1,000 +14\.203 +(\S+)/)).toBeLessThan(1e-3);
    expect(final(/Rosenbrock +forward gradient +25,000 +104\.000 +(\S+)/)).toBeLessThan(1e-3);
    expect(final(/Test accuracy (\S+) %/)).toBeGreaterThan(50);
    expect(output).toContain(`Picture: ${folder}/demo.png`);
    expect(readdirSync(folder).toSorted()).toEqual(["demo.png", "demo.svg"]);
    expect(readFileSync(join(folder, "demo.png")).subarray(1, 4).toString()).toBe("PNG");
  });

  it("ends at Ctrl-C with 130, and leaves nothing half-written", async () => {
    const folder = temporaryFolder();
    const running = main(["--data", easyDigits(), "--steps", "1000000"], folder, "0.1");
    await vi.waitUntil(() => output.includes("Logistic regression"), { timeout: 20_000 });
    process.emit("SIGINT");
    expect(await running).toBe(130);
    expect(output).toMatch(/Stopped\. Nothing was written by this run.*\n$/);
    expect(readdirSync(folder)).toEqual([]);
  });

  it("names bad data and wrong flags", async () => {
    const folder = temporaryFolder();
    expect(await main(["--data", join(folder, "nowhere")], folder, "0.1")).toBe(1);
    expect(output).toContain("nowhere: there is no such folder.");
    expect(await main(["--step", "5"], folder, "0.1")).toBe(2);
    expect(output).toContain("Usage: npm run demo");
    expect(await main(["--help"], folder, "0.1")).toBe(0);
    expect(readdirSync(folder)).toEqual([]);
  });
});
