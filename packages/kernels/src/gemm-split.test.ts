import { expect, test } from "vitest";
import { gemmReference, type GemmOptions } from "./gemm-javascript.js";
import { gemmBytes, gemmInParts } from "./gemm-split.js";

type Options = GemmOptions<Float32Array | Float64Array>;

test.each([
  ["rows", 40, 6, 7],
  ["columns", 6, 41, 7],
  ["the inner dimension", 6, 7, 42],
  ["all dimensions", 31, 32, 33],
])("a product that is split along %s is the whole product, in parts that fit", (_, m, n, k) => {
  for (const transposeA of [false, true]) {
    for (const transposeB of [false, true]) {
      for (const accumulate of [false, true]) {
        const a = new Float64Array(m * k).map((_, i) => Math.sin(i));
        const b = new Float64Array(k * n).map((_, i) => Math.cos(i));
        const out = new Float64Array(m * n).map((_, i) => i);
        const want = out.slice();
        const options = { m, n, k, a, b, transposeA, transposeB, accumulate };
        const sizes: number[] = [];
        const multiply = (part: Options): void => {
          sizes.push(gemmBytes(part));
          gemmReference(part);
        };
        gemmInParts({ ...options, out }, 3000, multiply);
        gemmReference({ ...options, out: want });
        out.forEach((x, i) => expect(x).toBeCloseTo(want[i], 10));
        expect(sizes.length).toBeGreaterThan(1);
        expect(Math.max(...sizes)).toBeLessThanOrEqual(3000);
      }
    }
  }
});

test("a product that fits is passed on as it is", () => {
  const [a, b, out] = [new Float32Array(4), new Float32Array(4), new Float32Array(4)];
  const options = { m: 2, n: 2, k: 2, a, b, out };
  const seen: Options[] = [];
  gemmInParts(options, 1e6, (part) => seen.push(part));
  expect(seen).toEqual([options]);
  expect(seen[0]).toBe(options);
});
