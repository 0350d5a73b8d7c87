import fc from "fast-check";
import { inspect } from "node:util";
import { describe, expect, test } from "vitest";
import {
  add,
  arange,
  argmax,
  concat,
  div,
  type DType,
  dtypes,
  expand,
  eye,
  fromTypedArray,
  full,
  type Index,
  linspace,
  matmul,
  max,
  mean,
  mul,
  type NestedArray,
  neg,
  ones,
  onesLike,
  permute,
  reshape,
  slice,
  split,
  State,
  stack,
  sum,
  type Tensor,
  tensor,
  transpose,
  zeros,
} from "./index.js";

/** A shape of up to four axes of up to four, and numbers to fill it. */
const shapes = fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 4 });
const sizeOf = (shape: readonly number[]): number => shape.reduce((size, n) => size * n, 1);
const counted = (shape: readonly number[]): Tensor =>
  tensor(
    Float64Array.from({ length: sizeOf(shape) }, (_, i) => i + 1),
    { shape },
  );

/** A tensor with its axes in a random order, so that most are views. */
const views = shapes.chain((shape) =>
  fc
    .shuffledSubarray(
      shape.map((_, i) => i),
      { minLength: shape.length },
    )
    .map((order) => permute(counted(shape), order)),
);

describe("making tensors", () => {
  test("from numbers, nested arrays, booleans and typed arrays", () => {
    expect(tensor(3)).toMatchObject({ shape: [], dtype: "float32" });
    expect(tensor([[1, 2, 3]])).toMatchObject({ shape: [1, 3], dtype: "float32" });
    expect(tensor([true, false])).toMatchObject({ shape: [2], dtype: "bool" });
    expect(tensor([[], []]).shape).toEqual([2, 0]);
    expect(tensor(new Int32Array([1, 2]))).toMatchObject({ shape: [2], dtype: "int32" });
    expect(tensor([1, 2, 3, 4], { shape: [2, 2] }).toArray()).toEqual([
      [1, 2],
      [3, 4],
    ]);
  });

  test("with conversions: fractions are cut, anything but 0 is true", () => {
    expect(tensor([1.9, -1.9], { dtype: "int32" }).toArray()).toEqual([1, -1]);
    expect(tensor([0.1, 0], { dtype: "bool" }).toArray()).toEqual([1, 0]);
    expect(tensor([2, 0, NaN]).to("bool").toArray()).toEqual([1, 0, 1]);
    expect(tensor(Float64Array.of(0.1)).to("float32").item()).toBe(Math.fround(0.1));
  });

  test("filled, counted, spaced, and the identity", () => {
    expect(full([2], 7, { dtype: "int32" }).toArray()).toEqual([7, 7]);
    expect([zeros([1]).item(), ones([1]).item(), onesLike(zeros([2], { dtype: "uint8" })).dtype]).toEqual([
      0,
      1,
      "uint8",
    ]);
    expect(arange(5, 0, -2).toArray()).toEqual([5, 3, 1]);
    expect(arange(3).toArray()).toEqual([0, 1, 2]);
    expect(arange(2, 2).toArray()).toEqual([]);
    expect(linspace(0, 1, 5, { dtype: "float64" }).toArray()).toEqual([0, 0.25, 0.5, 0.75, 1]);
    expect(eye(2, 3).toArray()).toEqual([
      [1, 0, 0],
      [0, 1, 0],
    ]);
  });

  test("a copied array may change afterwards, and shapes given are not held", () => {
    const [data, shape] = [Float32Array.of(1, 2), [2]];
    const x = tensor(data, { shape });
    data[0] = 9;
    shape[0] = 5;
    expect([x.toArray(), x.shape]).toEqual([[1, 2], [2]]);
    expect(fromTypedArray(data).data).toBe(data);
  });

  test("size, ndim and item", () => {
    expect([zeros([2, 0]).size, zeros([2, 3]).ndim, tensor([[5]]).item()]).toEqual([0, 2, 5]);
  });
});

describe("toArray", () => {
  test("nests as the shape says, and gives a number for a scalar", () => {
    expect(tensor(2).toArray()).toBe(2);
    expect(zeros([2, 0, 3]).toArray()).toEqual([[], []]);
    expect(tensor([[1], [0]], { dtype: "bool" }).toArray()).toEqual([[1], [0]]);
    expect(transpose(tensor([[1, 2, 3]])).toArray()).toEqual([[1], [2], [3]]);
  });

  test("is undone by tensor", () => {
    fc.assert(
      fc.property(shapes, (shape) => {
        const x = counted(shape);
        const back = tensor(x.toArray(), { shape, dtype: "float64" });
        expect(back.toArray()).toEqual(x.toArray());
      }),
    );
  });
});

describe("promotion of dtypes", () => {
  test("two tensors meet in the stronger dtype", () => {
    const order: DType[] = ["bool", "uint8", "int32", "float32", "float64"];
    expect(dtypes).toEqual(order);
    order.forEach((a, i) =>
      order.forEach((b, j) => {
        expect(add(ones([2], { dtype: a }), ones([2], { dtype: b })).dtype).toBe(order[Math.max(i, j)]);
      }),
    );
  });

  test("a number takes the dtype of the tensor, unless it is of a higher kind", () => {
    const plus = (dtype: DType, x: number): DType => add(ones([1], { dtype }), x).dtype;
    expect([plus("float32", 0.1), plus("float64", 1), plus("int32", 2), plus("uint8", 2)]).toEqual([
      "float32",
      "float64",
      "int32",
      "uint8",
    ]);
    expect([plus("int32", 0.5), plus("bool", 1), plus("bool", 0.5)]).toEqual(["float32", "int32", "float32"]);
  });

  test("a tensor of no axes counts only where it is of a higher kind", () => {
    const [scalar, vector] = [tensor(1, { dtype: "float64" }), ones([2])];
    expect(mul(vector, scalar).dtype).toBe("float32");
    expect(mul(ones([2], { dtype: "int32" }), scalar).dtype).toBe("float64");
    expect(mul(tensor(1), scalar).dtype).toBe("float64");
  });

  test("quotients are floating, comparisons bool, sums of integers int32", () => {
    const x = ones([2], { dtype: "uint8" });
    expect([div(x, x).dtype, x.mean().dtype, sum(x).dtype, max(x).dtype]).toEqual([
      "float32",
      "float32",
      "int32",
      "uint8",
    ]);
  });

  test("arithmetic of booleans stays 0 and 1", () => {
    const x = tensor([true, false]);
    expect(add(x, x).toArray()).toEqual([1, 0]);
    expect(neg(x).toArray()).toEqual([1, 0]);
    expect(String(add(x, x))).toBe("tensor([ true, false], dtype=bool)");
  });
});

describe("views", () => {
  test("share the elements of what they show", () => {
    const x = tensor([
      [1, 2, 3],
      [4, 5, 6],
    ]);
    expect(reshape(x, [6]).data).toBe(x.data);
    expect(x.detach().data).toBe(x.data);
    for (const y of [transpose(x), slice(x, [1]), slice(x, null, [null, null, 2]), expand(slice(x, [0, 1]), [2, 3])]) {
      expect((y.view?.base ?? y.data).buffer).toBe(x.data.buffer);
    }
  });

  test("are read in their own order", () => {
    const x = tensor([
      [1, 2, 3],
      [4, 5, 6],
    ]);
    expect([...transpose(x).data]).toEqual([1, 4, 2, 5, 3, 6]);
    expect([...slice(x, [null, null, -1], [0, 2]).data]).toEqual([4, 5, 1, 2]);
    expect([...expand(tensor([[1], [2]]), [2, 2]).data]).toEqual([1, 1, 2, 2]);
  });

  test("no op writes to what it shares", () => {
    const x = counted([3, 4]);
    const before = [...x.data];
    const all = [reshape(x, [12]), transpose(x), slice(x, [1, 3]), x.detach(), x.to("float64"), expand(x, [2, 3, 4])];
    for (const y of all) {
      neg(y);
      add(y, 1);
      sum(y);
      y.mul(y).exp();
      matmul(reshape(y, [1, y.size]), reshape(y, [y.size, 1]));
      concat([y, y]);
    }
    const state = new State(x);
    state.assign(zeros([3, 4], { dtype: "float64" }));
    expect([...x.data]).toEqual(before);
    expect(sum(state).item()).toBe(0);
  });

  test("survive an assign to the state they show", () => {
    const state = new State(counted([2, 2]));
    const view = transpose(state);
    state.assign(zeros([2, 2], { dtype: "float64" }));
    expect(view.toArray()).toEqual([
      [1, 3],
      [2, 4],
    ]);
  });
});

/** One axis of nested arrays by an index, as JavaScript's own arrays have it. */
function indexed(data: NestedArray, [index, ...rest]: readonly Index[]): NestedArray {
  if (index === undefined) return data;
  const list = data as readonly NestedArray[];
  if (typeof index === "number") return indexed(list.at(index) as NestedArray, rest);
  const [start = null, stop = null, step = 1] = index ?? [];
  const places = list.map((_, i) => i);
  const cut = step > 0 ? places.slice(start ?? 0, stop ?? undefined) : backwards(places, start, stop);
  return cut.filter((_, i) => i % Math.abs(step) === 0).map((i) => indexed(list[i], rest));
}

/** Places from `start` down to `stop`, as Python counts them. */
function backwards(places: readonly number[], start: number | null, stop: number | null): number[] {
  const n = places.length;
  const from = start === null ? n - 1 : start < 0 ? start + n : Math.min(start, n - 1);
  const to = stop === null ? -1 : stop < 0 ? Math.max(stop + n, -1) : stop;
  return places.filter((i) => i <= from && i > to).reverse();
}

describe("properties", () => {
  test("reshape keeps the elements in their order", () => {
    fc.assert(
      fc.property(views, (x) => {
        const back = reshape(
          reshape(x, [-1, 1].slice(0, x.size === 0 ? 0 : 2).concat(x.size === 0 ? [0] : [])),
          x.shape,
        );
        expect(back.toArray()).toEqual(x.toArray());
      }),
    );
  });

  test("permute is undone by the inverse order", () => {
    fc.assert(
      fc.property(
        views.chain((x) =>
          fc.tuple(
            fc.constant(x),
            fc.shuffledSubarray(
              x.shape.map((_, i) => i),
              { minLength: x.ndim },
            ),
          ),
        ),
        ([x, order]) => {
          const inverse = order.map((_, i) => order.indexOf(i));
          const there = permute(x, order);
          expect(there.shape).toEqual(order.map((axis) => x.shape[axis]));
          expect(permute(there, inverse).toArray()).toEqual(x.toArray());
        },
      ),
    );
  });

  test("addition commutes under broadcasting", () => {
    const pairs = shapes.chain((shape) =>
      fc.tuple(
        fc.constant(shape),
        fc.integer({ min: 0, max: shape.length }),
        fc.array(fc.boolean(), { minLength: shape.length, maxLength: shape.length }),
      ),
    );
    fc.assert(
      fc.property(pairs, ([shape, dropped, ones]) => {
        const x = counted(shape);
        const y = counted(shape.map((n, i) => (ones[i] ? 1 : n)).slice(dropped));
        expect(add(x, y).shape).toEqual(shape);
        expect(add(x, y).toArray()).toEqual(add(y, x).toArray());
        expect(add(x, y).toArray()).toEqual(add(x, expand(y, shape)).toArray());
      }),
    );
  });

  test("slices are those of JavaScript's arrays", () => {
    const bound = fc.option(fc.integer({ min: -6, max: 6 }));
    const range = fc.tuple(bound, bound, fc.constantFrom(-3, -2, -1, 1, 2, 3));
    const picks = views.chain((x) =>
      fc.tuple(
        fc.constant(x),
        fc.tuple(
          ...x.shape.map((n): fc.Arbitrary<Index> =>
            n === 0 ? range : fc.oneof(range, fc.constant(null), fc.integer({ min: -n, max: n - 1 })),
          ),
        ),
      ),
    );
    fc.assert(
      fc.property(picks, ([x, indices]) => {
        expect(slice(x, ...indices).toArray()).toEqual(indexed(x.toArray(), indices));
      }),
      { numRuns: 500 },
    );
  });

  test("the sum over any axes of any view is the sum of its elements, one axis after the other", () => {
    const reductions = views.chain((x) =>
      fc.tuple(fc.constant(x), fc.subarray(x.shape.map((_, i) => i)), fc.boolean()),
    );
    fc.assert(
      fc.property(reductions, ([x, axes, keepDims]) => {
        const oneByOne = [...axes].reverse().reduce((y, axis) => naiveSum(y, axis, keepDims), x);
        const got = sum(x, { axis: axes, keepDims });
        expect(got.shape).toEqual(oneByOne.shape);
        expect(got.toArray()).toEqual(oneByOne.toArray());
      }),
      { numRuns: 300 },
    );
  });

  test("the maximum is the element at argmax, along any axis of any view", () => {
    const picks = views
      .filter((x) => x.ndim > 0 && x.size > 0)
      .chain((x) => fc.tuple(fc.constant(x), fc.nat(x.ndim - 1)));
    fc.assert(
      fc.property(picks, ([x, axis]) => {
        const shuffled = mul(x.mul(7).sin(), 10);
        const places = argmax(shuffled, { axis });
        const lines = permute(shuffled, [...x.shape.keys()].filter((i) => i !== axis).concat(axis));
        const flat = reshape(lines, [places.size, x.shape[axis]]).toArray() as number[][];
        expect([...max(shuffled, { axis }).data]).toEqual(flat.map((line) => Math.max(...line)));
        expect([...places.data]).toEqual(flat.map((line) => line.indexOf(Math.max(...line))));
      }),
    );
  });

  test("concat is undone by split, and stack by indexing", () => {
    const lists = fc.tuple(
      shapes.filter((shape) => shape.length > 0),
      fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 1, maxLength: 4 }),
      fc.nat(3),
    );
    fc.assert(
      fc.property(lists, ([shape, sizes, where]) => {
        const axis = where % shape.length;
        const parts = sizes.map((n) => counted(shape.map((size, i) => (i === axis ? n : size))));
        const joined = concat(parts, axis);
        split(joined, sizes, axis).forEach((part, i) => expect(part.toArray()).toEqual(parts[i].toArray()));
        const same = [counted(shape), neg(counted(shape))];
        expect(slice(stack(same, 0), 1).toArray()).toEqual(same[1].toArray());
      }),
    );
  });

  test("a matrix product is that of the textbook, for views as well", () => {
    const sizes = fc.tuple(fc.nat(4), fc.nat(4), fc.nat(4), fc.boolean(), fc.boolean());
    fc.assert(
      fc.property(sizes, ([m, k, n, turnA, turnB]) => {
        const a = turnA ? transpose(counted([k, m])) : counted([m, k]);
        const b = turnB ? transpose(counted([n, k])) : counted([k, n]);
        const want = Array.from({ length: m }, (_, i) =>
          Array.from({ length: n }, (_, j) =>
            Array.from({ length: k }, (_, p) => a.data[i * k + p] * b.data[p * n + j]).reduce((s, x) => s + x, 0),
          ),
        );
        expect(matmul(a, b).toArray()).toEqual(want);
      }),
    );
  });
});

function naiveSum(x: Tensor, axis: number, keepDims: boolean): Tensor {
  const outer = sizeOf(x.shape.slice(0, axis));
  const inner = sizeOf(x.shape.slice(axis + 1));
  const out = new Float64Array(outer * inner);
  x.data.forEach((value, i) => {
    out[Math.floor(i / (inner * x.shape[axis])) * inner + (i % inner)] += value;
  });
  const shape = x.shape.flatMap((n, i) => (i !== axis ? [n] : keepDims ? [1] : []));
  return tensor(out, { shape });
}

describe("reductions of special numbers", () => {
  test("float32 sums do not lose small terms", () => {
    const x = full([1 << 20], 0.1);
    expect(Math.abs(sum(x).item() - (1 << 20) * Math.fround(0.1))).toBeLessThan(0.01);
  });

  test("of nothing are 0 or NaN, and NaN wins in max", () => {
    expect([sum(zeros([0])).item(), mean(zeros([0])).item()]).toEqual([0, NaN]);
    expect(sum(zeros([0, 2]), { axis: 0 }).toArray()).toEqual([0, 0]);
    expect(max(tensor([1, NaN, 2])).item()).toBeNaN();
    expect(argmax(tensor([1, NaN, 2])).item()).toBe(1);
  });
});

describe("printing", () => {
  test("aligns columns and nests brackets", () => {
    const x = tensor([
      [1, -20],
      [300, 4],
    ]);
    expect(String(x)).toMatchInlineSnapshot(`
      "tensor([[  1, -20],
              [300,   4]])"
    `);
    expect(inspect(x)).toBe(String(x));
    expect(
      String(
        tensor([
          [[1], [2]],
          [[3], [4]],
        ]),
      ),
    ).toMatchInlineSnapshot(`
      "tensor([[[1],
               [2]],

              [[3],
               [4]]])"
    `);
  });

  test("shows fractions, wide ranges and special numbers", () => {
    expect(String(tensor([1.5, 2, -0.25]))).toMatchInlineSnapshot(`"tensor([ 1.5000,  2.0000, -0.2500])"`);
    expect(String(tensor([1e-9, 1, 1e9]))).toMatchInlineSnapshot(`"tensor([1.0000e-9, 1.0000e+0, 1.0000e+9])"`);
    expect(String(tensor([NaN, Infinity, -Infinity, 0.5]))).toMatchInlineSnapshot(
      `"tensor([   nan,    inf,   -inf, 0.5000])"`,
    );
    expect(String(tensor([NaN, 1]))).toMatchInlineSnapshot(`"tensor([nan,   1])"`);
  });

  test("names dtype and requiresGrad where they are not the defaults", () => {
    expect(String(tensor([true, false]))).toMatchInlineSnapshot(`"tensor([ true, false], dtype=bool)"`);
    expect(String(tensor([1], { dtype: "float64", requiresGrad: true }))).toMatchInlineSnapshot(
      `"tensor([1], dtype=float64, requiresGrad)"`,
    );
    expect(String(tensor(3, { dtype: "int32" }))).toMatchInlineSnapshot(`"tensor(3, dtype=int32)"`);
  });

  test("shows the shape of what is empty", () => {
    expect(String(zeros([0, 3]))).toMatchInlineSnapshot(`"tensor([], shape=[0, 3])"`);
  });

  test("leaves out the middle of more than 1000 elements", () => {
    expect(String(arange(1001))).toMatchInlineSnapshot(
      `"tensor([   0,    1,    2, ...,  998,  999, 1000], shape=[1001])"`,
    );
    expect(String(reshape(arange(10_000), [100, 100]))).toMatchInlineSnapshot(`
      "tensor([[   0,    1,    2, ...,   97,   98,   99],
              [ 100,  101,  102, ...,  197,  198,  199],
              [ 200,  201,  202, ...,  297,  298,  299],
              ...,
              [9700, 9701, 9702, ..., 9797, 9798, 9799],
              [9800, 9801, 9802, ..., 9897, 9898, 9899],
              [9900, 9901, 9902, ..., 9997, 9998, 9999]], shape=[100, 100])"
    `);
  });

  test("breaks long rows", () => {
    expect(String(arange(40))).toMatchInlineSnapshot(`
      "tensor([ 0,  1,  2,  3,  4,  5,  6,  7,  8,  9, 10, 11, 12, 13, 14, 15, 16, 17,
              18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35,
              36, 37, 38, 39])"
    `);
  });
});
