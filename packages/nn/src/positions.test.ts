import { Generator, matmul, mul, sum, type Tensor, tensor, transpose, zeros } from "@adjoint/core";
import fc from "fast-check";
import { expect, test } from "vitest";
import { applyRotary, RotaryEmbedding, SinusoidalPositionalEncoding } from "./index.js";

const random = (seed: number, ...shape: number[]): Tensor =>
  new Generator(seed).normal(shape, 0, 1, { dtype: "float64" });

test("the products of turned queries and keys depend on their distance alone", () => {
  const place = fc.integer({ min: 0, max: 10_000 });
  fc.assert(
    fc.property(place, place, place, fc.boolean(), fc.constantFrom(2, 6, 8), (i, j, shift, interleaved, features) => {
      const [query, key] = [random(1, 1, features), random(2, 1, features)];
      const score = (a: number, b: number): number =>
        matmul(
          applyRotary(query, tensor([a]), { interleaved }),
          transpose(applyRotary(key, tensor([b]), { interleaved })),
        ).item();
      expect(score(i, j)).toBeCloseTo(score(i + shift, j + shift), 9);
    }),
    { numRuns: 50 },
  );
});

test("rotation keeps lengths, leaves place 0 alone, and is the formula of the paper", () => {
  const x = random(3, 2, 4, 6);
  for (const interleaved of [false, true]) {
    const y = new RotaryEmbedding(6, { interleaved, base: 100 }).forward(x);
    const length = (z: Tensor): number[] => [...sum(mul(z, z), { axis: -1 }).data];
    length(y).forEach((n, i) => expect(n).toBeCloseTo(length(x)[i], 12));
    expect(y.slice(null, 0).toArray()).toEqual(x.slice(null, 0).toArray());
    for (let t = 0; t < 4; t++) {
      for (let pair = 0; pair < 3; pair++) {
        const angle = t / 100 ** ((2 * pair) / 6);
        const [first, second] = interleaved ? [2 * pair, 2 * pair + 1] : [pair, pair + 3];
        const at = (z: Tensor, feature: number): number => z.slice(1, t, feature).item();
        const [a, b] = [at(x, first), at(x, second)];
        expect(at(y, first)).toBeCloseTo(a * Math.cos(angle) - b * Math.sin(angle), 12);
        expect(at(y, second)).toBeCloseTo(a * Math.sin(angle) + b * Math.cos(angle), 12);
      }
    }
  }
});

test("each sequence of a batch can have places of its own", () => {
  const x = random(4, 2, 3, 5, 4);
  const starts = [0, 7];
  const positions = tensor(starts.map((start) => [Array.from({ length: 5 }, (_, t) => start + t)]));
  const y = applyRotary(x, positions);
  starts.forEach((start, n) => {
    const alone = applyRotary(x.slice(n), tensor(Array.from({ length: 5 }, (_, t) => start + t)));
    expect(y.slice(n).toArray()).toEqual(alone.toArray());
  });
  expect(() => applyRotary(x, zeros([4]))).toThrow(
    "applyRotary: positions [4] for [2, 3, 5, 4]; they must broadcast with [2, 3, 5]",
  );
});

test("far places are as exact in float32 as near ones", () => {
  const x = random(5, 1, 8);
  const far = tensor([1_000_003]);
  const [single, double] = [applyRotary(x.to("float32"), far), applyRotary(x, far)];
  single.data.forEach((y, i) => expect(Math.abs(y - double.data[i])).toBeLessThan(1e-6));
});

test("sines and cosines are those of the paper, also for an odd number of features", () => {
  for (const features of [1, 4, 5]) {
    const { data } = new SinusoidalPositionalEncoding(features).forward(zeros([9, features], { dtype: "float64" }));
    data.forEach((p, at) => {
      const [t, feature] = [Math.floor(at / features), at % features];
      const angle = t / 10_000 ** ((feature - (feature % 2)) / features);
      expect(p).toBeCloseTo(feature % 2 === 0 ? Math.sin(angle) : Math.cos(angle), 12);
    });
  }
  expect(() => new SinusoidalPositionalEncoding(2, { maxLength: 3 }).forward(zeros([4, 2]))).toThrow(
    "SinusoidalPositionalEncoding: input [4, 2]; it must be [L, N, 2], or without N, with L up to 3",
  );
});
