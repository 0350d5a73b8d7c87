import { describe, expect, test } from "vitest";
import {
  gradients,
  hessian,
  scatter,
  scatterAdd,
  scatterReduce,
  type ScatterReduction,
  segmentMean,
  segmentSum,
  tensor,
  type Tensor,
} from "../index.js";
import { gradcheck } from "../testing/index.js";

const int = (data: number[] | number[][]) => tensor(data, { dtype: "int32" });
const double = (data: number[], requiresGrad = false) => tensor(data, { dtype: "float64", requiresGrad });

describe("scatter", () => {
  test("keeps the last of several elements at a place, which gets the gradient", () => {
    const x = double([1, 2, 3], true);
    const source = double([10, 20, 30], true);
    const y = scatter(x, int([1, 1, -1]), source, 0);
    expect(y.toArray()).toEqual([1, 20, 30]);
    y.sum().backward();
    expect([x.grad?.toArray(), source.grad?.toArray()]).toEqual([
      [1, 0, 0],
      [0, 1, 1],
    ]);
  });

  test("takes of a larger source what stands beside an index", () => {
    const x = tensor([[0, 0, 0], [0, 0, 0]]); // prettier-ignore
    const source = tensor([[1, 2, 3], [4, 5, 6]]); // prettier-ignore
    expect(scatter(x, int([[2, 0]]), source, 1).toArray()).toEqual([[2, 0, 1], [0, 0, 0]]); // prettier-ignore
    expect(scatterAdd(x, int([[2, 2]]), source, 1).toArray()).toEqual([[0, 0, 3], [0, 0, 0]]); // prettier-ignore
  });

  test.each([
    [0.5, "int32"],
    [256, "uint8"],
    [2, "bool"],
  ] as const)("refuses to write %s into %s", (value, dtype) => {
    const x = tensor([1, 0]).to(dtype);
    expect(() => scatter(x, int([0]), value, 0)).toThrow(expect.objectContaining({ code: "NUMBER_INVALID" }));
  });

  test("refuses elements of another dtype", () => {
    expect(() => scatterAdd(tensor([1]), int([0]), double([1]), 0)).toThrow(
      'scatterAdd: float64 elements for a tensor of float32; convert them with source.to("float32")',
    );
  });
});

describe("scatterReduce", () => {
  const at = int([0, 0, 2, 0]);
  const expected: readonly [ScatterReduction, number[], number[]][] = [
    ["sum", [17, 5, 11], [7, 5, 6]],
    ["prod", [80, 5, 30], [8, 5, 6]],
    ["mean", [17 / 4, 5, 5.5], [7 / 3, 5, 6]],
    ["amax", [10, 5, 6], [4, 5, 6]],
    ["amin", [1, 5, 5], [1, 5, 6]],
  ];
  test.each(expected)("%s with and without the element that is there", (reduce, withSelf, without) => {
    const [x, source] = [double([10, 5, 5]), double([2, 1, 6, 4])];
    expect(scatterReduce(x, at, source, 0, reduce).toArray()).toEqual(withSelf);
    expect(scatterReduce(x, at, source, 0, reduce, { includeSelf: false }).toArray()).toEqual(without);
  });

  test("rounds means of integers down", () => {
    const got = scatterReduce(int([0, 7]), int([0, 0]), int([-3, 0]), 0, "mean", { includeSelf: false });
    expect([got.dtype, got.toArray()]).toEqual(["int32", [-2, 7]]);
  });

  test.each(["amax", "amin"] as const)("%s shares the gradient among all that are equal, and NaN wins", (reduce) => {
    const x = double([3, 1], true);
    const source = double([3, 3, 0], true);
    const weight = double([1, 0]);
    const y = scatterReduce(x, int([0, 0, 1]), source, 0, reduce);
    y.mul(weight).sum().backward();
    expect(x.grad?.data[0]).toBeCloseTo(1 / 3);
    expect(source.grad?.data[0]).toBeCloseTo(1 / 3);
    const spoilt = scatterReduce(double([1, 2]), int([0, 0]), double([NaN, 5]), 0, reduce);
    expect(spoilt.toArray()).toEqual([NaN, 2]);
  });

  test("does not count an element that is left out, even if it equals the extreme", () => {
    const source = double([3, 3], true);
    const y = scatterReduce(double([3]), int([0, 0]), source, 0, "amax", { includeSelf: false });
    expect(gradients(y.sum(), [source])[0].toArray()).toEqual([0.5, 0.5]);
  });

  test.each([
    ["no zero", [2, 3, 4]],
    ["one", [2, 0, 4]],
    ["two", [0, 0, 4]],
    ["three", [0, 0, 0]],
  ])("first and second derivatives of a product are exact with %s", (_what, elements) => {
    const product = (source: Tensor): Tensor =>
      scatterReduce(double([5, 1]), int([0, 0, 0]), source, 0, "prod").slice(0);
    const source = double(elements);
    expect(gradcheck((s) => product(s), [source])).toBe(true);
    const want = elements.map((_, i) =>
      elements.map((__, j) => (i === j ? 0 : 5 * elements.filter((___, k) => k !== i && k !== j)[0])),
    );
    expect(hessian(product)(source).toArray()).toEqual(want);
  });
});

test("segments without rows are zeros, and rows keep their shape", () => {
  const values = tensor([[1, 2], [3, 4], [5, 6]]); // prettier-ignore
  const segments = int([3, 0, 3]);
  expect(segmentSum(values, segments, 5).toArray()).toEqual([[3, 4], [0, 0], [0, 0], [6, 8], [0, 0]]); // prettier-ignore
  expect(segmentMean(values, segments, 4).toArray()).toEqual([[3, 4], [0, 0], [0, 0], [3, 4]]); // prettier-ignore
  expect(() => segmentSum(values, int([0, 5, 0]), 5)).toThrow("segmentSum: segment 5 at place 1; there are 5 segments");
});
