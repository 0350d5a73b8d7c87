import { Generator, mul, square, sum, tensor, type Tensor } from "@adjoint/core";
import { conform, type Conformable, gradcheck, gradgradcheck } from "@adjoint/core/testing";
import { describe, expect, test } from "vitest";
import { approach } from "./running-norm.js";
import { scaleShift, shiftScale, withoutShare } from "./standardize.js";
import { glu, softmin } from "./activation/softmax.js";
import { leak } from "./activation/prelu.js";
import { dropToAlpha } from "./alpha-dropout.js";
import { dropBelow } from "./dropout.js";
import { BatchNorm1d, binaryCrossEntropyWithLogits, crossEntropy, LSTMCell, nllLoss } from "./index.js";
import { binaryError, binaryScoreError } from "./loss/binary.js";
import { logAddExp3 } from "./loss/ctc.js";
import { focalError, focalScoreError } from "./loss/focal.js";
import { labelCrossEntropy, labelShares, residual } from "./loss/label-cross-entropy.js";
import { absoluteError, huberError, squaredError } from "./loss/regression.js";

const ops: Readonly<Record<string, Conformable>> = {
  approach,
  scaleShift,
  shiftScale,
  withoutShare,
  dropBelow,
  dropToAlpha,
  glu,
  leak,
  softmin,
  binaryError,
  binaryScoreError,
  labelCrossEntropy,
  labelShares,
  residual,
  logAddExp3,
  focalScoreError,
  focalError,
  absoluteError,
  huberError,
  squaredError,
};

describe("the ops of nn conform", () => {
  test.each(Object.keys(ops))("%s", (name) => {
    expect(conform(ops[name]).checks.length).toBeGreaterThan(0);
  });
});

const generator = new Generator(3);
const x = (...shape: number[]): Tensor => generator.normal(shape, 0, 1, { dtype: "float64" });
const labels = tensor([0, 2, -100, 1], { dtype: "int32" });
const places = tensor(
  [
    [0, 2],
    [1, -100],
  ],
  { dtype: "int32" },
);
const weight = tensor([1, 2, 0.5], { dtype: "float64" });

const scalars: Readonly<Record<string, readonly [fn: (...inputs: Tensor[]) => Tensor, ...inputs: Tensor[]]>> = {
  "cross-entropy of labels, mean": [(a) => crossEntropy(a, labels), x(4, 3)],
  "cross-entropy of labels, sum over places": [(a) => crossEntropy(a, places, { reduction: "sum" }), x(2, 3, 2)],
  "cross-entropy of labels, unreduced": [(a) => crossEntropy(a, labels, { reduction: "none" }), x(4, 3)],
  "weighted and smoothed cross-entropy": [(a) => crossEntropy(a, labels, { weight, labelSmoothing: 0.1 }), x(4, 3)],
  "cross-entropy of probabilities": [(a, q) => crossEntropy(a, square(q), { weight }), x(4, 3), x(4, 3)],
  "negative log-likelihood": [(a) => nllLoss(a, labels, { weight }), x(4, 3)],
  "binary cross-entropy of scores": [(a) => binaryCrossEntropyWithLogits(a, tensor([0, 1, 0.3])), x(3)],
};

describe("first and second derivatives agree with differences", () => {
  test.each(Object.keys(scalars))("%s", (name) => {
    const [fn, ...inputs] = scalars[name];
    expect(() => gradcheck(fn, inputs)).not.toThrow();
    expect(() => gradgradcheck(fn, inputs)).not.toThrow();
  });

  test("batch normalisation in training", () => {
    const layer = new BatchNorm1d(2).to("float64");
    const weights = x(3, 2);
    const fn = (a: Tensor): Tensor => sum(mul(square(layer.forward(a)), weights));
    expect(() => gradcheck(fn, [x(3, 2)])).not.toThrow();
    expect(() => gradgradcheck(fn, [x(3, 2)])).not.toThrow();
  });

  test("an LSTM cell", () => {
    const cell = new LSTMCell(2, 3).to("float64");
    const fn = (a: Tensor, h: Tensor, c: Tensor): Tensor[] => [...cell.forward(a, [h, c])];
    expect(() => gradcheck(fn, [x(2, 2), x(2, 3), x(2, 3)])).not.toThrow();
  });
});
