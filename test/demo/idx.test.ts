import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { isDataError, readIdx } from "../../fixtures/data/idx.ts";
import { idxFile, temporaryFolder } from "./folder.ts";

const GOOD = idxFile([2, 3], Uint8Array.of(1, 2, 3, 4, 5, 255));

function read(contents: Uint8Array, rank = 2) {
  const path = join(temporaryFolder(), "some-file");
  writeFileSync(path, contents);
  return readIdx(path, rank, "Get it again.");
}

function failure(contents: Uint8Array, rank = 2): string {
  try {
    read(contents, rank);
  } catch (error) {
    if (isDataError(error)) return error.message;
    throw error;
  }
  return "nothing went wrong";
}

/** The good file with one byte changed. */
function withByte(at: number, value: number): Uint8Array {
  const bytes = Uint8Array.from(GOOD);
  bytes[at] = value;
  return bytes;
}

describe("an IDX file", () => {
  it("is read as it is or gzipped", () => {
    for (const contents of [GOOD, gzipSync(GOOD)]) {
      const { dimensions, data } = read(contents);
      expect(dimensions).toEqual([2, 3]);
      expect([...data]).toEqual([1, 2, 3, 4, 5, 255]);
    }
  });

  it.each([
    ["truncated in its data", GOOD.subarray(0, -1), /truncated: 2 × 3 elements make 18 bytes, it has 17/],
    ["truncated in its head", GOOD.subarray(0, 7), /truncated: its head has 12 bytes, the file only 7/],
    ["empty", new Uint8Array(0), /truncated/],
    ["too long", Buffer.concat([GOOD, Buffer.of(0)]), /too long: 2 × 3 elements make 18 bytes, it has 19/],
    ["a text", Buffer.from("<!doctype html>"), /no IDX file: it begins with 3c 21 64 6f/],
    ["of another element type", withByte(2, 13), /32-bit floats; unsigned bytes are wanted/],
    ["of no element type", withByte(2, 77), /no element type 77/],
    ["of another rank", withByte(3, 1), /1 dimensions, 2 are wanted/],
    ["a truncated gzip file", gzipSync(GOOD).subarray(0, -9), /gzipped file is truncated or damaged/],
    ["truncated inside a gzip file", gzipSync(GOOD.subarray(0, -1)), /truncated: 2 × 3/],
    ["of dimensions beyond all memory", withByte(4, 255), /truncated/],
  ])("that is %s is refused by name and with a way out", (_, contents, problem) => {
    const message = failure(contents);
    expect(message).toMatch(/^\S*some-file: /);
    expect(message).toMatch(problem);
    expect(message).toContain("Get it again.");
  });

  it("that is missing, or a folder, is refused in the same way", () => {
    const folder = temporaryFolder();
    const missing = join(folder, "nothing-here");
    expect(() => readIdx(missing, 1, "Get it.")).toThrow(/nothing-here: there is no such file\.\n {2}Get it\./);
    expect(() => readIdx(folder, 1, "Get it.")).toThrow(/this is a folder, not a file/);
  });
});
