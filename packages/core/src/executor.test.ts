import fc from "fast-check";
import { expect, test } from "vitest";
import {
  add,
  cast,
  expand,
  Generator,
  gt,
  matmul,
  mul,
  permute,
  silu,
  slice,
  sub,
  type Tensor,
  transpose,
  where,
  withExecutor,
} from "./index.js";

const generator = new Generator(5);

/** The largest difference between what the two executors compute, relative to 1 + |value|. */
function disagreement(compute: () => Tensor): number {
  const reference = withExecutor("reference", compute);
  const fast = withExecutor("wasm", compute);
  expect(fast.shape).toEqual(reference.shape);
  expect(fast.dtype).toBe(reference.dtype);
  const { data } = fast;
  let worst = 0;
  reference.data.forEach((want, i) => {
    if (!Object.is(want, data[i])) worst = Math.max(worst, Math.abs(want - data[i]) / (1 + Math.abs(want)));
  });
  return worst;
}

test("the executors agree on every way in which two tensors broadcast", () => {
  const size = fc.integer({ min: 0, max: 9 });
  const sizes = fc.array(size, { minLength: 0, maxLength: 5 });
  fc.assert(
    fc.property(sizes, fc.infiniteStream(fc.boolean()), fc.nat(3), (shape, repeated, missing) => {
      const narrow = shape.map((n) => (repeated.next().value ? 1 : n)).slice(Math.min(missing, shape.length));
      const x = generator.normal(shape);
      const y = generator.normal(narrow);
      expect(disagreement(() => mul(add(x, y), sub(y, x)))).toBeLessThan(1e-5);
    }),
  );
});

test("the executors agree on transposed, permuted, repeated, reversed and strided views", () => {
  const x = generator.normal([12, 17, 30]);
  const views = [
    transpose(x),
    permute(x, [2, 0, 1]),
    slice(x, [null, null, -1], [1, 9, 2], [3, 20]),
    slice(x, 3, null, [null, null, -2]),
    expand(generator.normal([12, 1, 30]), [12, 17, 30]),
    transpose(expand(generator.normal([17, 1]), [17, 200])),
  ];
  for (const view of views) {
    expect(disagreement(() => silu(view))).toBeLessThan(1e-5);
    expect(disagreement(() => add(view, 1))).toBe(0);
  }
  expect(disagreement(() => add(x, slice(x, 0, [0, 1])))).toBe(0);
});

test("the executors agree on comparisons, conditions and mixed dtypes", () => {
  const x = generator.normal([50, 60]);
  const double = generator.normal([50, 60], 0, 1, { dtype: "float64" });
  const counts = cast(mul(x, 10), "int32");
  expect(disagreement(() => gt(x, 0))).toBe(0);
  expect(disagreement(() => gt(x, double))).toBe(0);
  expect(disagreement(() => where(gt(x, 0), x, 0))).toBe(0);
  expect(disagreement(() => add(x, double))).toBe(0);
  expect(disagreement(() => mul(counts, counts))).toBe(0);
  expect(disagreement(() => add(counts, x))).toBeLessThan(1e-6);
  expect(disagreement(() => mul(x, slice(double, 0, 0)))).toBeLessThan(1e-6);
});

test("the executors agree on products of transposed, sliced and broadcast matrices", () => {
  const a = generator.normal([3, 40, 20]);
  const b = generator.normal([20, 30]);
  const close = 1e-4;
  expect(disagreement(() => matmul(a, b))).toBeLessThan(close);
  expect(disagreement(() => matmul(transpose(b), transpose(a)))).toBeLessThan(close);
  expect(disagreement(() => matmul(slice(a, 1, [5, 25]), slice(b, null, [3, 9])))).toBeLessThan(close);
  expect(disagreement(() => matmul(slice(a, 0, [null, null, 2]), b))).toBeLessThan(close);
  expect(disagreement(() => matmul(expand(slice(a, [0, 1]), [4, 40, 20]), b))).toBeLessThan(close);
});
