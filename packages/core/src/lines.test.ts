import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  argmax,
  argmin,
  Generator,
  logSoftmax,
  logsumexp,
  max,
  min,
  softmax,
  sum,
  type Tensor,
  tensor,
  withExecutor,
} from "./index.js";

const generator = new Generator(11);

const both = (compute: () => Tensor): [reference: Tensor, fast: Tensor] => [
  withExecutor("reference", compute),
  withExecutor("wasm", compute),
];

/** The largest difference relative to 1 + |value|; NaN and infinities must be the same. */
function disagreement(compute: () => Tensor): number {
  const [reference, fast] = both(compute);
  expect(fast.shape).toEqual(reference.shape);
  let worst = 0;
  reference.data.forEach((want, i) => {
    const got = fast.data[i];
    if (!Object.is(got, want)) worst = Math.max(worst, Math.abs(got - want) / (1 + Math.abs(want)));
    if (Number.isFinite(want) !== Number.isFinite(got)) worst = Infinity;
  });
  return Number.isNaN(worst) ? Infinity : worst;
}

function expectSame(compute: () => Tensor): void {
  const [reference, fast] = both(compute);
  expect(fast.data).toEqual(reference.data);
}

/** Shapes with one axis in the middle of every kind of length: vectors, parts of them, blocks, and more than one block. */
const shapes = fc.tuple(
  fc.constantFrom(1, 2, 3, 9),
  fc.constantFrom(1, 2, 3, 4, 5, 7, 16, 63, 64, 65, 100, 300),
  fc.constantFrom(1, 1, 2, 3, 4, 5, 17, 64, 67),
);

const special = [NaN, Infinity, -Infinity, 0, -0, 1, -1, 3e38, -3e38, 1e-40];

/** Normal numbers, some of which are replaced by others. */
function draw(shape: readonly number[], replaced: readonly number[], every: number): Tensor {
  const data = generator.normal(shape).data as Float32Array;
  return tensor(
    data.map((x, i) => ((i * 7) % every === 0 ? replaced[(i * 3) % replaced.length] : x)),
    { dtype: "float32" },
  ).reshape(shape);
}

describe("the kernels on lines agree with plain loops", () => {
  test("in sums, extremes and their places, with NaN, infinities, zeros of both signs and overflow", () => {
    fc.assert(
      fc.property(shapes, fc.subarray(special), fc.integer({ min: 2, max: 40 }), (shape, replaced, every) => {
        const x = draw(shape, replaced.length > 0 ? replaced : [2], every);
        for (const axis of [0, 1, 2, [0, 1], [1, 2], [0, 2], undefined]) {
          for (const extreme of [max, min]) expectSame(() => extreme(x, { axis }));
          const scale = replaced.some((value) => Math.abs(value) > 1e30) ? 1e38 : 1;
          expect(disagreement(() => sum(x, { axis }))).toBeLessThan(1e-5 * scale);
        }
        for (const axis of [0, 1, 2, undefined]) {
          for (const place of [argmax, argmin]) expectSame(() => place(x, { axis }));
        }
      }),
      { numRuns: 50, seed: 3 },
    );
  });

  test("in softmax, logSoftmax and logsumexp, with NaN, infinities and masks", () => {
    fc.assert(
      fc.property(shapes, fc.subarray(special), fc.integer({ min: 2, max: 40 }), (shape, replaced, every) => {
        const x = draw(shape, replaced.length > 0 ? replaced : [-100], every);
        for (const axis of [0, 1, 2]) {
          for (const fn of [softmax, logSoftmax, logsumexp])
            expect(disagreement(() => fn(x, { axis }))).toBeLessThan(3e-6);
        }
      }),
      { numRuns: 50, seed: 4 },
    );
  });

  test("on lines longer than a block, and than all of their memory", () => {
    for (const length of [16_384, 40_001, 70_003]) {
      const x = generator.normal([2, length]);
      expectSame(() => max(x, { axis: 1 }));
      expectSame(() => argmin(x, { axis: 1 }));
      expect(disagreement(() => sum(x, { axis: 1 }))).toBeLessThan(1e-5);
      for (const fn of [softmax, logSoftmax, logsumexp]) expect(disagreement(() => fn(x))).toBeLessThan(3e-6);
    }
    const wide = generator.normal([40, 5000]);
    expectSame(() => max(wide, { axis: 0 }));
    expect(disagreement(() => sum(wide, { axis: 0 }))).toBeLessThan(1e-5);
  });
});

test("a float32 sum of ten million numbers near 1 is right to 7 digits along every axis", () => {
  const data = Float32Array.from({ length: 10_000_000 }, (_, i) => 1 + 0.001 * Math.sin(i * 12.9898));
  const exact = data.reduce((total, x) => total + x, 0);
  const x = tensor(data);
  for (const shape of [[10_000_000], [10_000, 1000], [1000, 10_000]]) {
    for (const axis of [0, shape.length - 1]) {
      const total = sum(sum(x.reshape(shape), { axis }).to("float64")).item();
      expect(Math.abs(total - exact) / exact).toBeLessThan(1e-7);
    }
  }
});

test("a sum is right where only a part of it overflows", () => {
  const x = tensor(Float32Array.from({ length: 64 }, (_, i) => (i < 32 ? 3e38 : -3e38)));
  expect(withExecutor("wasm", () => sum(x)).item()).toBe(0);
});

test("what is masked by -Infinity has a softmax of exactly 0", () => {
  const x = tensor(Float32Array.from({ length: 400 }, (_, i) => (i % 3 === 0 ? -Infinity : i % 10))).reshape([20, 20]);
  for (const axis of [0, 1]) {
    const y = withExecutor("wasm", () => softmax(x, { axis }));
    y.data.forEach((value, i) => expect(value === 0).toBe(i % 3 === 0));
  }
});
