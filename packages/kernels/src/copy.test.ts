import { expect, test } from "vitest";
import { copyIn, copyOut, type Copyable } from "./copy.js";
import { memoryViews, withScratch } from "./memory.js";

const types = [Float32Array, Float64Array, Int32Array, Uint8Array];

test.each(types.flatMap((type) => [0, 1, 3, 1000, 8191, 8192, 40_001].map((length) => ({ type, length }))))(
  "$length elements of $type.name come back as they went, and nothing around them changes",
  ({ type, length }) => {
    withScratch((arena) => {
      const size = length * type.BYTES_PER_ELEMENT;
      const address = arena.allocate(size + 16) + 8;
      const around = [address - 1, address + size];
      around.forEach((at) => (memoryViews().uint8[at] = 77));
      // Views that start inside a buffer, as subarrays do.
      const whole = new type(length + 5);
      for (let i = 0; i < whole.length; i++) whole[i] = (i * 31) % 251;
      const source: Copyable = whole.subarray(3, 3 + length);
      copyIn(address, source);
      const back = new type(length + 4).fill(9);
      copyOut(address, back.subarray(2, 2 + length));
      expect(back.subarray(2, 2 + length).every((x, i) => x === whole[i + 3])).toBe(true);
      expect([back[0], back[1], back[length + 2], back[length + 3]]).toEqual([9, 9, 9, 9]);
      expect(around.map((at) => memoryViews().uint8[at])).toEqual([77, 77]);
    });
  },
);
