import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { gather, Generator, indexAdd, indexSelect, stack, takeAlongAxis, Tensor, tensor, vmap } from "../index.js";
import { broadcastPlaces } from "../testing/draw.js";
import { conform } from "../testing/index.js";
import { type Shape, sizeOf, stridesOf } from "../shape.js";
import { addAt, addRowsAt, pick, pickRows } from "./picking.js";
import { extremeAt, multiplyAt, putAt } from "./scattering.js";

const int = (data: number[] | number[][], dtype: "int32" | "uint8" = "int32") => tensor(data, { dtype });

/** A shape, the axis and the shape of indices into it, of any rank and with sizes 0. */
const places = fc
  .array(fc.integer({ min: 0, max: 4 }), { minLength: 1, maxLength: 4 })
  .chain((shape) =>
    fc
      .tuple(fc.nat(shape.length - 1), fc.tuple(...shape.map((n) => fc.nat(n))), fc.nat(5))
      .map(([axis, own, count]) => ({ shape, axis, own: own.with(axis, shape[axis] === 0 ? 0 : count) })),
  );

function randomIndices(own: Shape, length: number, generator: Generator): Tensor {
  const data = Int32Array.from({ length: sizeOf(own) }, () => generator.integer(-length, length));
  return new Tensor(data, own, "int32");
}

/** The flat place each index points to, coordinate by coordinate. */
function pointed(indices: Tensor, shape: Shape, axis: number): number[] {
  const strides = stridesOf(shape);
  const own = stridesOf(indices.shape);
  return Array.from(indices.data, (index, p) =>
    shape.reduce((sum, n, a) => {
      const at = Math.floor(p / own[a]) % indices.shape[a];
      return sum + strides[a] * (a === axis ? (index + n) % n : at);
    }, 0),
  );
}

test("gather and its transpose are the plain loops over all coordinates, in every dtype", () => {
  const generator = new Generator(3);
  fc.assert(
    fc.property(places, fc.constantFrom("float32", "float64", "int32", "uint8"), ({ shape, axis, own }, dtype) => {
      const x = generator.normal(shape, 0, 20).to(dtype);
      const indices = randomIndices(own, shape[axis], generator);
      const at = pointed(indices, shape, axis);
      expect(Array.from(gather(x, indices, axis).data)).toEqual(at.map((place) => x.data[place]));
      const g = generator.normal(own, 0, 20).to(dtype);
      const sums = new Float64Array(x.size);
      at.forEach((place, p) => (sums[place] += g.data[p]));
      expect(addAt(g, indices, axis, shape).data).toEqual(x.data.map((_, i) => sums[i]));
    }),
    { seed: 1 },
  );
});

test("indexSelect and its transpose do the same with whole slices", () => {
  const generator = new Generator(4);
  fc.assert(
    fc.property(places, fc.nat(5), ({ shape, axis }, count) => {
      const x = generator.normal(shape);
      const n = shape[axis] === 0 ? 0 : count;
      const vector = randomIndices([n], shape[axis], generator);
      const own = shape.with(axis, n);
      const thin = shape.map((_, a) => (a === axis ? n : 1));
      const wide = vector.reshape(thin).expand(own);
      expect(indexSelect(x, vector, axis).data).toEqual(gather(x, wide, axis).data);
      const g = generator.normal(own);
      expect(addRowsAt(g, vector, axis, shape[axis]).data).toEqual(addAt(g, wide, axis, shape).data);
      expect(takeAlongAxis(x, vector.reshape(thin), axis).data).toEqual(gather(x, wide, axis).data);
    }),
    { seed: 1 },
  );
});

test("takeAlongAxis broadcasts the tensor and the indices against each other", () => {
  const x = new Generator(1).normal([3, 1, 4]);
  const indices = randomIndices([1, 2, 2], 4, new Generator(2));
  const at = broadcastPlaces([1, 2, 2], [3, 2, 2]);
  const want = Array.from(at, (p, i) => x.data[4 * Math.floor(i / 4) + ((indices.data[p] + 4) % 4)]);
  expect(Array.from(takeAlongAxis(x, indices, 2).data)).toEqual(want);
});

test.each([pick, addAt, pickRows, addRowsAt, putAt, multiplyAt, extremeAt])(
  "the op behind the functions conforms: %o",
  (op) => {
    expect(conform(op).kind).toBe("structural");
  },
);

describe("vmap", () => {
  const x = new Generator(5).normal([3, 4, 2]);
  const vectors = int([
    [3, 0],
    [-1, 2],
    [1, 1],
  ]);
  const one = x.slice(0);

  test.each([0, 1])("over indices, and over indices and tensors, is a loop: axis %d", (axis) => {
    const fits = vectors.to("int32").reshape([3, 2]);
    const within = axis === 0 ? fits : int([[1, 0], [-1, 0], [1, 1]]); // prettier-ignore
    const loop = (f: (x: Tensor, i: Tensor) => Tensor, all: Tensor | null) =>
      stack([0, 1, 2].map((e) => f(all === null ? one : all.slice(e), within.slice(e)))).toArray();
    const select = (a: Tensor, i: Tensor): Tensor => indexSelect(a, i, axis);
    expect(vmap((i) => select(one, i))(within).toArray()).toEqual(loop(select, null));
    expect(vmap(select)(x, within).toArray()).toEqual(loop(select, x));
    const points = (a: Tensor, i: Tensor): Tensor =>
      gather(a, axis === 0 ? i.reshape([2, 1]) : i.reshape([1, 2]), axis);
    expect(vmap((i) => points(one, i))(within).toArray()).toEqual(loop(points, null));
    expect(vmap(points)(x, within).toArray()).toEqual(loop(points, x));
    const added = (a: Tensor, i: Tensor): Tensor => indexAdd(a, i, select(a, i), axis);
    expect(vmap((i) => added(one, i))(within).toArray()).toEqual(loop(added, null));
    expect(vmap(added)(x, within).toArray()).toEqual(loop(added, x));
  });

  test("nests: a table for each outer example, indices for each inner one", () => {
    const got = vmap((table) => vmap((i) => indexSelect(table, i, 0))(vectors))(x);
    expect(got.toArray()).toEqual(
      stack([0, 1, 2].map((e) => stack([0, 1, 2].map((i) => indexSelect(x.slice(e), vectors.slice(i), 0))))).toArray(),
    );
  });
});

test("sums at one place are rounded once: a thousand float32 times 0.1 are 100, and 2^24 and ones are exact", () => {
  const ones = tensor(new Float32Array(1001).fill(1));
  const start = tensor(new Float32Array(1001).fill(1).fill(2 ** 24, 0, 1));
  const at = tensor(new Int32Array(1001));
  for (const sum of [indexAdd(tensor([0]), at, start, 0), addAt(start, at, 0, [1])])
    expect(sum.item()).toBe(2 ** 24 + 1000);
  expect(indexAdd(tensor([0]), at, ones.mul(0.1), 0, { alpha: 10 }).item()).toBeCloseTo(1001, 3);
});

test("bools are added as a logical or, and uint8 indices serve like int32", () => {
  const flags = tensor([true, true, false]);
  expect(indexAdd(tensor([false, false]), int([0, 0, 1], "uint8"), flags, 0).data).toEqual(Uint8Array.of(1, 0));
});
