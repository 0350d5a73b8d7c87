import { add, grad, gradients, mul, ones, square, sum, tensor, type Tensor, vmap } from "@adjoint/core";
import { gradcheck } from "@adjoint/core/testing";
import { expect, test } from "vitest";
import { Embedding, EmbeddingBag, functionalCall } from "./index.js";

const indices = (...list: number[]): Tensor => tensor(list, { dtype: "int32" });
const table = tensor([[3, 4], [0.3, 0.4], [1, 0], [0, 2]], { dtype: "float64" }); // prettier-ignore

/** The gradient of the sum of what a layer gives, with respect to its table. */
const gradient = (layer: Embedding | EmbeddingBag, out: Tensor): unknown =>
  gradients(sum(out), [layer.weight])[0].toArray();

test("the row of padding starts at 0 and gets no gradient, and known rows are kept as they are", () => {
  const layer = new Embedding(4, 2, { paddingIdx: -1 });
  expect(layer.paddingIdx).toBe(3);
  expect(layer.weight.toArray()).toMatchObject({ 3: [0, 0] });
  expect(gradient(layer, layer.forward(indices(3, 1, 3)))).toEqual([[0, 0], [1, 1], [0, 0], [0, 0]]); // prettier-ignore
  const known = Embedding.fromPretrained(table, { paddingIdx: 0, freeze: false });
  expect(known.weight.toArray()).toEqual(table.toArray());
  expect(known.weight.dtype).toBe("float64");
  expect(known.weight.requiresGrad).toBe(true);
  expect(EmbeddingBag.fromPretrained(table, { mode: "sum" }).weight.requiresGrad).toBe(false);
});

test("gradients of rows are divided by how often they were looked up", () => {
  const layer = new Embedding(3, 1, { scaleGradByFreq: true });
  const out = mul(layer.forward(indices(1, 1, 2)), tensor([[2], [4], [5]]));
  expect(gradient(layer, out)).toEqual([[0], [3], [5]]);
  const perExample = vmap((x: Tensor) => layer.forward(x));
  expect(perExample(tensor([[1, 1], [0, 2]], { dtype: "int32" })).shape).toEqual([2, 2, 1]); // prettier-ignore
  const bag = new EmbeddingBag(3, 1, { scaleGradByFreq: true, mode: "sum" });
  expect(gradient(bag, bag.forward(tensor([[1, 1, 2]], { dtype: "int32" })))).toEqual([[0], [1], [1]]);
});

test("rows that are too long are shortened in the weight itself, and only those that are looked up", () => {
  const layer = Embedding.fromPretrained(table, { maxNorm: 1, freeze: false });
  const out = layer.forward(indices(0, 1, 0));
  const rows = layer.weight.toArray() as number[][];
  expect(rows[0][0]).toBeCloseTo(0.6, 6);
  expect(Math.hypot(...rows[0])).toBeLessThan(1);
  expect(rows.slice(1)).toEqual((table.toArray() as number[][]).slice(1));
  expect(out.toArray()).toEqual([rows[0], rows[1], rows[0]]);
  expect(gradient(layer, out)).toEqual([[2, 2], [1, 1], [0, 0], [0, 0]]); // prettier-ignore
});

test("a weight that functionalCall puts in is not changed, and shortening is a part of the function", () => {
  const layer = Embedding.fromPretrained(table, { maxNorm: 1 });
  const loss = (weight: Tensor): Tensor => sum(square(functionalCall(layer, { weight }, indices(0, 1))));
  // The length of a shortened row does not depend on it.
  expect(Math.abs(grad(loss)(table).data[0])).toBeLessThan(1e-6);
  expect(layer.weight.toArray()).toEqual(table.toArray());
});

test("bags weigh their rows, with gradients for the weights", () => {
  const layer = EmbeddingBag.fromPretrained(table, { mode: "sum", paddingIdx: 1 });
  const words = indices(0, 1, 2, 0);
  const call = (weight: Tensor, perSampleWeights: Tensor): Tensor =>
    functionalCall(layer, { weight }, words, { offsets: indices(0, 2, 2), perSampleWeights });
  const weights = tensor([1, 2, 3, 4], { dtype: "float64" });
  expect(call(table, weights).toArray()).toEqual([[3, 4], [0, 0], [15, 16]]); // prettier-ignore
  expect(gradcheck(call, [table, weights])).toBe(true);
  const perExample = vmap((w: Tensor) => call(table, w));
  expect(perExample(add(weights, ones([2, 1]))).shape).toEqual([2, 3, 2]);
});

test("bags name what does not fit", () => {
  const bag =
    (options: object, ...inputs: [Tensor, object?]): (() => unknown) =>
    () =>
      new EmbeddingBag(4, 2, options).forward(...inputs);
  const code = (text: string): unknown => expect.objectContaining({ code: text });
  expect(bag({}, indices(0, 1))).toThrow(code("INPUT_SHAPE"));
  expect(bag({}, indices(0, 1), { offsets: indices(1) })).toThrow(code("OFFSETS_INVALID"));
  expect(bag({}, indices(0, 1), { offsets: indices(0, 2, 1) })).toThrow(code("OFFSETS_INVALID"));
  expect(bag({ includeLastOffset: true }, indices(0, 1), { offsets: indices(0, 1) })).toThrow(code("OFFSETS_INVALID"));
  expect(bag({}, indices(0, 1), { offsets: indices(0), perSampleWeights: ones([2]) })).toThrow(code("MODE_INVALID"));
  expect(bag({ mode: "max", scaleGradByFreq: true }, indices())).toThrow(code("MODE_INVALID"));
});

test("an index that is out of range changes nothing", () => {
  const layer = Embedding.fromPretrained(table, { maxNorm: 1 });
  expect(() => layer.forward(indices(0, 4))).toThrow(expect.objectContaining({ code: "INDEX_OUT_OF_RANGE" }));
  expect(layer.weight.toArray()).toEqual(table.toArray());
});
