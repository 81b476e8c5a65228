import { beforeAll, expect, test } from "vitest";
import { floats, scope, useEngine } from "../../runtime/kernels/index.ts";
import { addRandom, fillNormal, fillSigns } from "../../runtime/random/index.ts";

beforeAll(() => void useEngine({ name: "wasm", memory: 2 ** 24 }));

const OFFSETS = [0, 1, 3, 15, 16, 17, 511, 512, 700, 2 ** 34 + 5, 2 ** 36 - 7, 2 ** 41 - 9];

test.each([
  ["normal", fillNormal],
  ["sign", fillSigns],
] as const)("%s numbers are the same bits on both engines", (distribution, fill) => {
  for (const offset of OFFSETS) {
    for (const length of [1, 5, 16, 100, 3100]) {
      scope(() => {
        const inside = floats(length);
        const outside = new Float32Array(length);
        fill(inside, 12345678901, -77, offset);
        fill(outside, 12345678901, -77, offset);
        expect(inside).toEqual(outside);
        addRandom(inside, 0.375, distribution, 12345678901, 5, offset);
        addRandom(outside, 0.375, distribution, 12345678901, 5, offset);
        expect(inside).toEqual(outside);
      });
    }
  }
});
