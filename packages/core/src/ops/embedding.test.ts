import { describe, expect, test } from "vitest";
import { embedding, oneHot, tensor, vmap } from "../index.js";

const int = (data: number[] | number[][]) => tensor(data, { dtype: "int32" });

describe("oneHot", () => {
  test("gives rows of the identity matrix along a new last axis", () => {
    const labels = tensor([[1, 0]], { dtype: "uint8" });
    const rows = oneHot(labels, 3);
    expect([rows.shape, rows.dtype]).toEqual([[1, 2, 3], "float32"]);
    expect(rows.toArray()).toEqual([
      [
        [0, 1, 0],
        [1, 0, 0],
      ],
    ]);
    expect(oneHot(labels, 3, "int32").data).toEqual(Int32Array.of(0, 1, 0, 1, 0, 0));
  });

  test.each([3, -1])("label %d of 3 classes is an IndexError with its place", (label) => {
    expect(() => oneHot(int([0, label]), 3)).toThrow(
      expect.objectContaining({ name: "IndexError", message: `oneHot: label ${label} at place 1; use 0 to 2` }),
    );
  });

  test.each([0, 2.5, Number.NaN])("%d classes are an ArgumentError", (classes) => {
    expect(() => oneHot(int([0]), classes)).toThrow(
      expect.objectContaining({ name: "ArgumentError", code: "ONE_HOT_CLASSES" }),
    );
  });
});

describe("embedding", () => {
  test("gives no gradient to the row of the padding, and the others theirs", () => {
    const weight = tensor([[1], [2], [3]], { requiresGrad: true });
    const y = embedding(int([2, 0, 2]), weight, { paddingIndex: -1 });
    expect(y.toArray()).toEqual([[3], [1], [3]]);
    y.sum().backward();
    expect(weight.grad?.toArray()).toEqual([[1], [0], [0]]);
  });

  test("takes one table for all examples of a vmap, and one for each", () => {
    const weight = tensor([[1], [2], [3]]);
    const indices = int([[2, 0], [1, 1]]); // prettier-ignore
    const shared = vmap((i) => embedding(i, weight))(indices);
    expect(shared.toArray()).toEqual(embedding(indices, weight).toArray());
    const tables = weight.reshape([1, 3, 1]).mul(tensor([1, 10]).reshape([2, 1, 1]));
    const each = vmap((i, w) => embedding(i, w))(indices, tables);
    expect(each.toArray()).toEqual([
      [[3], [1]],
      [[20], [20]],
    ]);
  });

  test("negative indices are refused: a token has no negative number", () => {
    expect(() => embedding(int([-1]), tensor([[1]]))).toThrow("embedding: index -1 at place 0; the table has 1 rows");
  });
});
