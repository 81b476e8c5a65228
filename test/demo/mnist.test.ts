import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { batchesInOrder, type Digits, loadMnist, packagedMnist, shuffledBatches } from "../../fixtures/data/mnist.ts";
import { idxFile, temporaryFolder } from "./folder.ts";

const PIXELS = 28 * 28;

/** Digits whose first pixel is their number in the set, and whose label is its last decimal. */
function someDigits(count: number): Digits {
  const images = new Uint8Array(count * PIXELS);
  for (let i = 0; i < count; i++) images[i * PIXELS] = i;
  return { count, pixels: PIXELS, images, labels: Uint8Array.from({ length: count }, (_, i) => i % 10) };
}

type Names = (set: string, kind: "images" | "labels") => string;
const hyphened: Names = (set, kind) => `${set}-${kind}-idx${kind === "images" ? 3 : 1}-ubyte`;
const dotted: Names = (set, kind) => hyphened(set, kind).replace("-idx", ".idx");

function folderOf(names: Names, pack: (bytes: Buffer) => Uint8Array = (bytes) => bytes): string {
  const folder = temporaryFolder();
  for (const [set, count] of [
    ["train", 12],
    ["t10k", 5],
  ] as const) {
    const { images, labels } = someDigits(count);
    writeFileSync(join(folder, names(set, "images")), pack(idxFile([count, 28, 28], images)));
    writeFileSync(join(folder, names(set, "labels")), pack(idxFile([count], labels)));
  }
  return folder;
}

/** Which digit each row of a batch is, told by its first pixel. */
function members({ images, labels }: { images: Float32Array; labels: Uint8Array }): number[] {
  return Array.from(labels, (_, row) => Math.round(Math.abs((images[row * PIXELS] ?? 0) * 0.3081 + 0.1307) * 255));
}

describe("a folder of digits", () => {
  it.each([
    ["with hyphens", folderOf.bind(null, hyphened)],
    ["with dots", folderOf.bind(null, dotted)],
    ["gzipped, with hyphens", folderOf.bind(null, (s, k) => `${hyphened(s, k)}.gz`, gzipSync)],
    ["gzipped, with dots", folderOf.bind(null, (s, k) => `${dotted(s, k)}.gz`, gzipSync)],
  ] as const)("is read under the usual names %s", (_, make) => {
    const { train, test } = loadMnist(make());
    expect([train.count, test.count, train.pixels]).toEqual([12, 5, PIXELS]);
    expect(train.images[11 * PIXELS]).toBe(11);
    expect([...test.labels]).toEqual([0, 1, 2, 3, 4]);
  });

  it("that is missing, a file or empty is refused by name", () => {
    const folder = temporaryFolder();
    expect(() => loadMnist(join(folder, "nowhere"))).toThrow(/nowhere: there is no such folder/);
    writeFileSync(join(folder, "file"), "");
    expect(() => loadMnist(join(folder, "file"))).toThrow(/this is a file, not a folder/);
    mkdirSync(join(folder, "empty"));
    expect(() => loadMnist(join(folder, "empty"))).toThrow(/train-images-idx3-ubyte: there is no such file/);
  });

  it("whose files do not fit each other is refused", () => {
    const folder = folderOf(hyphened);
    const labels = join(folder, hyphened("t10k", "labels"));
    writeFileSync(labels, idxFile([4], new Uint8Array(4)));
    expect(() => loadMnist(folder)).toThrow(/t10k-labels-idx1-ubyte: 4 labels for the 5 images/);
    writeFileSync(labels, idxFile([5], Uint8Array.of(0, 1, 10, 2, 3)));
    expect(() => loadMnist(folder)).toThrow(/t10k-labels-idx1-ubyte: label 2 is 10/);
    writeFileSync(join(folder, hyphened("t10k", "images")), idxFile([5, 2, 2], new Uint8Array(20)));
    expect(() => loadMnist(folder)).toThrow(/t10k-images-idx3-ubyte: its images have 2 × 2 pixels/);
  });

  it("lies in the npm package, whole", () => {
    const folder = packagedMnist();
    expect(existsSync(join(folder, hyphened("train", "images")))).toBe(true);
    const { train, test } = loadMnist();
    expect([train.count, test.count]).toEqual([60_000, 10_000]);
    expect([...train.labels.subarray(0, 5)]).toEqual([5, 0, 4, 1, 9]);
    expect([...test.labels.subarray(0, 5)]).toEqual([7, 2, 1, 0, 4]);
  });
});

describe("batches", () => {
  it("hold normalised pixels", () => {
    const [batch] = batchesInOrder(someDigits(3), 3);
    expect(batch?.images[0]).toBe(Math.fround((0 - 0.1307) / 0.3081));
    expect(batch?.images[2 * PIXELS]).toBe(Math.fround((2 / 255 - 0.1307) / 0.3081));
  });

  it("in order come to every digit, the last batch being smaller", () => {
    const seen = Array.from(batchesInOrder(someDigits(7), 3), members);
    expect(seen).toEqual([[0, 1, 2], [3, 4, 5], [6]]);
  });

  it("of an epoch hold every digit once, in an order that is new each epoch", () => {
    const batches = shuffledBatches(someDigits(24), 4, 1);
    const epoch = (first: number) => Array.from({ length: 6 }, (_, i) => members(batches(first + i))).flat();
    const orders = [epoch(0), epoch(6)];
    for (const order of orders)
      expect(order.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 24 }, (_, i) => i));
    expect(orders[0]).not.toEqual(orders[1]);
  });

  it("are the same for the same seed, in whatever order they are asked for, with their labels", () => {
    const [one, other, third] = [1, 1, 2].map((seed) => shuffledBatches(someDigits(24), 4, seed));
    const late = one?.(13);
    const expected = late && members(late);
    expect([...(late?.labels ?? [])]).toEqual(expected?.map((digit) => digit % 10));
    one?.(2);
    other?.(7);
    const again = other?.(13);
    expect(again && members(again)).toEqual(expected);
    const differently = third?.(13);
    expect(differently && members(differently)).not.toEqual(expected);
  });

  it("larger than the set are refused", () => {
    expect(() => shuffledBatches(someDigits(3), 4, 1)).toThrow(/batch of 4 is larger than the 3 images/);
  });
});
