import { tensor, type Tensor } from "@adjoint/core";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { collate } from "./collate.js";
import { ArrayDataset, type Dataset, map, randomSplit, subset, TensorDataset } from "./dataset.js";

const table = (): TensorDataset<[Tensor, Tensor]> =>
  new TensorDataset(
    tensor([
      [0, 1],
      [2, 3],
      [4, 5],
    ]),
    tensor([7, 8, 9], { dtype: "int32" }),
  );

describe("TensorDataset", () => {
  test("gives row i of each tensor, with its dtype", () => {
    const data = table();
    expect(data.length).toBe(3);
    const [x, y] = data.get(1);
    expect([x.toArray(), y.item(), y.dtype, y.shape]).toEqual([[2, 3], 8, "int32", []]);
  });

  test("gathers the batch that collating the items gives, for every dtype and rank", () => {
    for (const dtype of ["float32", "float64", "int32", "uint8", "bool"] as const) {
      for (const shape of [[4], [4, 3], [4, 2, 3], [4, 0]]) {
        const size = shape.reduce((product, n) => product * n, 1);
        const source = tensor(
          Float64Array.from({ length: size }, (_, i) => i % 7),
          { shape, dtype },
        );
        const data = new TensorDataset(source);
        const indices = Int32Array.of(3, 0, 3);
        const [batch] = data.getBatch(indices);
        const [expected] = collate(Array.from(indices, (i) => data.get(i)));
        expect([batch.dtype, batch.shape, [...batch.data]]).toEqual([
          expected.dtype,
          expected.shape,
          [...expected.data],
        ]);
        expect(batch.dtype).toBe(dtype);
      }
    }
  });

  test("tensors of different first sizes are a ShapeError with their shapes", () => {
    expect(() => new TensorDataset(tensor([1, 2]), tensor([[1], [2], [3]]))).toThrow(
      expect.objectContaining({ code: "DATASET_SIZES", message: expect.stringContaining("[2], [3, 1]") }),
    );
    expect(() => new TensorDataset(tensor(1))).toThrow(expect.objectContaining({ code: "DATASET_SIZES" }));
  });

  test("nothing, no rows, and things that are not tensors are ArgumentErrors", () => {
    expect(() => new TensorDataset()).toThrow(expect.objectContaining({ code: "DATASET_KIND" }));
    expect(() => new TensorDataset([1, 2] as never)).toThrow(expect.objectContaining({ code: "DATASET_KIND" }));
    const none = tensor(new Float32Array(0), { shape: [0, 2] });
    expect(() => new TensorDataset(none)).toThrow(expect.objectContaining({ code: "DATASET_EMPTY" }));
  });
});

describe("indices", () => {
  const datasets: [string, Dataset<unknown>][] = [
    ["TensorDataset", table()],
    ["ArrayDataset", new ArrayDataset(["a", "b", "c"])],
    ["Subset", subset(table(), [2, 0, 1])],
    ["map", map(table(), ([x]) => x)],
  ];
  test.each(datasets)("outside a %s are IndexErrors", (_, data) => {
    for (const index of [-1, 3, 0.5, Number.NaN]) {
      expect(() => data.get(index)).toThrow(
        expect.objectContaining({
          name: "IndexError",
          code: "DATASET_INDEX",
          message: expect.stringContaining("0 to 2"),
        }),
      );
    }
  });

  test("outside a batch or a subset are IndexErrors too", () => {
    expect(() => table().getBatch(Int32Array.of(0, 3))).toThrow(expect.objectContaining({ code: "DATASET_INDEX" }));
    expect(() => subset(table(), [0, 3])).toThrow(expect.objectContaining({ code: "DATASET_INDEX" }));
    expect(() => subset(table(), [0]).getBatch!(Int32Array.of(1))).toThrow(
      expect.objectContaining({ code: "DATASET_INDEX" }),
    );
  });
});

describe("derived datasets", () => {
  test("a subset reads its items in its own order, in batches as well", () => {
    const some = subset(subset(table(), [2, 1]), [1, 0, 0]);
    expect(Array.from({ length: 3 }, (_, i) => some.get(i)[1].item())).toEqual([8, 9, 9]);
    expect([...some.getBatch!(Int32Array.of(2, 0))[1].data]).toEqual([9, 8]);
    expect(subset(new ArrayDataset([1]), [0]).getBatch).toBeUndefined();
  });

  test("map transforms an item when it is read, with its index", () => {
    const data = map(new ArrayDataset([10, 20]), (item, index) => item + index);
    expect([data.length, data.get(0), data.get(1)]).toEqual([2, 10, 21]);
    expect(() => map(data, 3 as never)).toThrow(expect.objectContaining({ code: "DATASET_KIND" }));
  });

  test("an empty or missing array is no dataset", () => {
    expect(() => new ArrayDataset([])).toThrow(expect.objectContaining({ code: "DATASET_EMPTY" }));
    expect(() => new ArrayDataset(null as never)).toThrow(expect.objectContaining({ code: "DATASET_KIND" }));
  });
});

describe("randomSplit", () => {
  const hundred = new ArrayDataset(Array.from({ length: 100 }, (_, i) => i));

  test("the parts have no item in common and together have all, the same for the same seed", () => {
    fc.assert(
      fc.property(fc.nat({ max: 100 }), fc.nat(), (first, seed) => {
        const parts = randomSplit(hundred, [first, 100 - first], { seed });
        expect(parts.map(({ length }) => length)).toEqual([first, 100 - first]);
        const all = parts.flatMap((part) => Array.from({ length: part.length }, (_, i) => part.get(i)));
        expect(all.toSorted((a, b) => a - b)).toEqual(hundred.items);
        expect(randomSplit(hundred, [first, 100 - first], { seed })).toEqual(parts);
      }),
      { numRuns: 20 },
    );
    const order = randomSplit(hundred, [100], { seed: 1 })[0].indices;
    expect([...order]).not.toEqual(hundred.items);
  });

  test.each([
    [
      [0.29, 0.71],
      [29, 71],
    ],
    [
      [1 / 3, 1 / 3, 1 / 3],
      [34, 33, 33],
    ],
    [
      [0.999, 0.001],
      [100, 0],
    ],
    [
      [1, 0],
      [100, 0],
    ],
  ])("fractions %j of 100 are %j", (fractions, counts) => {
    expect(randomSplit(hundred, fractions, { seed: 1 }).map(({ length }) => length)).toEqual(counts);
  });

  test.each([[[50, 49]], [[0.5, 0.4]], [[101, -1]], [[1.5, -0.5]], [[]], [[Number.NaN, 1]]])(
    "lengths %j of 100 are an ArgumentError",
    (lengths) => {
      expect(() => randomSplit(hundred, lengths)).toThrow(expect.objectContaining({ code: "SPLIT_LENGTHS" }));
    },
  );
});
