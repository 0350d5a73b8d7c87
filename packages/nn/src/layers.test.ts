import { Generator, manualSeed, ones, Parameter, tensor, type Tensor, zeros } from "@adjoint/core";
import { describe, expect, test } from "vitest";
import {
  AvgPool2d,
  BatchNorm1d,
  BatchNorm2d,
  Conv2d,
  crossEntropy,
  Dropout,
  Flatten,
  Identity,
  Linear,
  LSTMCell,
  MaxPool2d,
  mseLoss,
  ReLU,
  Sequential,
  Sigmoid,
  Tanh,
} from "./index.js";

const extremes = (x: Tensor): [number, number] => [Math.min(...x.data), Math.max(...x.data)];

describe("layers", () => {
  test("start with the same weights from the same generator", () => {
    const make = (): Linear => new Linear(3, 2, { generator: new Generator(5) });
    expect(make().weight.toArray()).toEqual(make().weight.toArray());
    manualSeed(1);
    const first = new Conv2d(1, 2, 3).weight.toArray();
    manualSeed(1);
    expect(new Conv2d(1, 2, 3).weight.toArray()).toEqual(first);
  });

  test("start uniform in ±1/√fanIn", () => {
    for (const [weight, fanIn] of [
      [new Linear(100, 200).weight, 100],
      [new Conv2d(8, 40, [2, 5], { groups: 2 }).weight, 40],
    ] as const) {
      const bound = 1 / Math.sqrt(fanIn);
      const [low, high] = extremes(weight);
      expect(Math.max(-low, high)).toBeLessThanOrEqual(bound);
      expect(Math.min(-low, high)).toBeGreaterThan(0.97 * bound);
    }
  });

  test("Conv2d takes kernels per axis, strides, padding and groups", () => {
    const layer = new Conv2d(4, 6, [3, 1], { stride: [2, 1], padding: [1, 0], groups: 2, bias: false });
    expect(layer.weight.shape).toEqual([6, 2, 3, 1]);
    expect(layer.bias).toBeNull();
    expect(layer.forward(ones([2, 4, 8, 5])).shape).toEqual([2, 6, 4, 5]);
  });

  test("pools, flattens and activates", () => {
    const x = tensor([
      [
        [
          [1, -2],
          [-3, 4],
        ],
      ],
    ]);
    expect(new MaxPool2d(2).forward(x).toArray()).toEqual([[[[4]]]]);
    expect(new AvgPool2d(2).forward(x).toArray()).toEqual([[[[0]]]]);
    expect(new Flatten().forward(x).toArray()).toEqual([[1, -2, -3, 4]]);
    expect(new ReLU().forward(x).toArray()).toEqual([
      [
        [
          [1, 0],
          [0, 4],
        ],
      ],
    ]);
    expect(new Sigmoid().forward(zeros([1])).item()).toBe(0.5);
    expect(new Tanh().forward(ones([1])).item()).toBeCloseTo(Math.tanh(1), 6);
    expect(new Identity().forward(x)).toBe(x);
  });

  test("refuse sizes that make no sense", () => {
    expect(() => new Linear(0, 2)).toThrow(expect.objectContaining({ code: "SIZE_INVALID" }));
    expect(() => new Linear(2, 1.5)).toThrow("outFeatures is 1.5");
    expect(() => new Conv2d(1, 1, [3, 3, 3])).toThrow(expect.objectContaining({ code: "SIZE_INVALID" }));
    expect(() => new Conv2d(3, 4, 3, { groups: 2 })).toThrow(expect.objectContaining({ code: "GROUPS_INVALID" }));
    expect(() => new Dropout(1.2)).toThrow(expect.objectContaining({ code: "PROBABILITY_INVALID" }));
    expect(() => new LSTMCell(2, -1)).toThrow(expect.objectContaining({ code: "SIZE_INVALID" }));
  });

  test("an LSTM cell starts from zeros, takes single examples, and names what does not fit", () => {
    const cell = new LSTMCell(2, 3);
    const [h, c] = cell.forward(ones([4, 2]));
    expect([h.shape, c.shape]).toEqual([
      [4, 3],
      [4, 3],
    ]);
    const [single] = cell.forward(ones([2]));
    single.data.forEach((x, i) => expect(x).toBeCloseTo(h.data[i], 6));
    expect(() => cell.forward(ones([4, 3]))).toThrow(expect.objectContaining({ code: "INPUT_SHAPE" }));
    expect(() => cell.forward(ones([4, 2]), [ones([3, 3]), ones([4, 3])])).toThrow(
      expect.objectContaining({ code: "STATE_SHAPE" }),
    );
  });
});

describe("Dropout", () => {
  test("drops about the share p, keeps the mean, and draws anew each time", () => {
    const layer = new Dropout(0.3, { generator: new Generator(2) });
    const y = layer.forward(ones([10_000]));
    const dropped = y.data.filter((x) => x === 0).length;
    expect(Math.abs(dropped / 10_000 - 0.3)).toBeLessThan(0.02);
    expect(Math.abs(y.mean().item() - 1)).toBeLessThan(0.03);
    expect(layer.forward(ones([10_000])).toArray()).not.toEqual(y.toArray());
  });

  test("passes the gradient where it passed the element, also with p = 1", () => {
    const x = new Parameter(ones([50]));
    const y = new Dropout(0.5, { generator: new Generator(4) }).forward(x);
    y.sum().backward();
    expect(x.grad?.toArray()).toEqual(y.toArray());
    const other = new Parameter(ones([50]));
    new Dropout(1).forward(other).sum().backward();
    expect(other.grad?.toArray()).toEqual(new Array(50).fill(0));
  });

  test("does nothing in evaluation", () => {
    const x = ones([5]);
    expect(new Sequential(new Dropout(0.9)).eval().forward(x)).toBe(x);
  });
});

describe("batch normalisation", () => {
  test("averages all batches evenly with momentum null", () => {
    const layer = new BatchNorm1d(1, { momentum: null });
    for (const batch of [
      [[0], [2]],
      [[4], [6]],
      [[1], [1]],
    ])
      layer.forward(tensor(batch));
    expect(layer.runningMean?.item()).toBeCloseTo(7 / 3, 5);
    expect(layer.runningVar?.item()).toBeCloseTo(4 / 3, 5);
    expect(layer.numBatchesTracked?.item()).toBe(3);
  });

  test("is exact far from zero, where the mean of squares would lose the variance", () => {
    const y = new BatchNorm1d(1, { eps: 0 }).forward(tensor([[100_000], [100_001]]));
    expect(y.toArray()).toEqual([[-1], [1]]);
  });

  test("uses the batch in evaluation when it keeps no statistics", () => {
    const layer = new BatchNorm2d(1, { trackRunningStats: false, affine: false, eps: 0 }).eval();
    expect(layer.forward(tensor([[[[1, 3]]]])).toArray()).toEqual([[[[-1, 1]]]]);
    expect(layer.parameters()).toHaveLength(0);
    expect(layer.buffers()).toHaveLength(0);
  });

  test("changes nothing when the input does not fit", () => {
    const layer = new BatchNorm1d(2);
    expect(() => layer.forward(ones([3, 4]))).toThrow(expect.objectContaining({ code: "INPUT_SHAPE" }));
    expect(() => layer.forward(ones([1, 2]))).toThrow(expect.objectContaining({ code: "BATCH_TOO_SMALL" }));
    expect(() => new BatchNorm2d(2).forward(ones([3, 2]))).toThrow(expect.objectContaining({ code: "INPUT_SHAPE" }));
    expect(layer.numBatchesTracked?.item()).toBe(0);
  });
});

describe("losses", () => {
  const scores = ones([2, 3]);
  const label = (...labels: number[]): Tensor => tensor(labels, { dtype: "int32" });

  test("name a label that is out of range and its place", () => {
    for (const options of [{}, { labelSmoothing: 0.1 }]) {
      expect(() => crossEntropy(scores, label(0, 3), options)).toThrow(
        expect.objectContaining({
          code: "LABEL_OUT_OF_RANGE",
          message: expect.stringContaining("label 3 at [1]; there are 3 classes: use 0 to 2"),
        }),
      );
    }
    const places = tensor(
      [
        [0, 1],
        [-1, 0],
      ],
      { dtype: "int32" },
    );
    expect(() => crossEntropy(ones([2, 3, 2]), places)).toThrow("label -1 at [1, 0]");
  });

  test("refuse targets of other shapes and dtypes", () => {
    expect(() => crossEntropy(scores, label(0, 1, 2))).toThrow(expect.objectContaining({ code: "TARGET_SHAPE" }));
    expect(() => crossEntropy(scores, ones([2]))).toThrow(expect.objectContaining({ code: "LABEL_DTYPE" }));
    expect(() => crossEntropy(scores, ones([2, 4]))).toThrow(expect.objectContaining({ code: "TARGET_SHAPE" }));
    expect(() => crossEntropy(scores, label(0, 1), { weight: ones([2]) })).toThrow(
      expect.objectContaining({ code: "WEIGHT_SHAPE" }),
    );
    expect(() => mseLoss(ones([3, 1]), ones([3]))).toThrow(expect.objectContaining({ code: "TARGET_SHAPE" }));
    expect(() => mseLoss(ones([3]), ones([3]), { reduction: "average" as never })).toThrow(
      expect.objectContaining({ code: "REDUCTION_UNKNOWN" }),
    );
  });

  test("of labels in uint8 and of a single example are those of int32 and of a batch", () => {
    const x = tensor([[1, 2, 3]]);
    const want = crossEntropy(x, label(2)).item();
    expect(crossEntropy(x, tensor([2], { dtype: "uint8" })).item()).toBe(want);
    expect(crossEntropy(x.reshape([3]), tensor(2, { dtype: "int32" })).item()).toBe(want);
  });

  test("are exact for scores that overflow the exponential", () => {
    expect(crossEntropy(tensor([[1000, 0]]), label(0)).item()).toBe(0);
    expect(crossEntropy(tensor([[1000, 0]]), label(1)).item()).toBe(1000);
  });

  test("of ignored examples alone are NaN as a mean and 0 as a sum", () => {
    expect(crossEntropy(scores, label(-100, -100)).item()).toBeNaN();
    expect(crossEntropy(scores, label(-100, -100), { reduction: "sum" }).item()).toBe(0);
  });
});
