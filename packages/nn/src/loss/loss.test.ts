import {
  AdjointError,
  gradients,
  jvp,
  logSoftmax,
  ones,
  stack,
  sub,
  sum,
  tensor,
  type Tensor,
  vmap,
  zeros,
} from "@adjoint/core";
import { describe, expect, test } from "vitest";
import { expectClose } from "../conformance/checks.js";
import { labels, normal, uniform } from "../conformance/cases.js";
import * as nn from "../index.js";

const integers = (...list: number[]): Tensor => tensor(list, { dtype: "int32" });

describe("labels that differ from example to example of a vmap", () => {
  const weight = uniform([4], 0.5, 2);
  const scores = [normal([3, 4]), normal([3, 4], 1)];
  const losses: Readonly<Record<string, readonly [loss: (x: Tensor, y: Tensor) => Tensor, y: readonly Tensor[]]>> = {
    crossEntropy: [(x, y) => nn.crossEntropy(x, y), [integers(0, 3, -100), integers(1, 1, 2)]],
    "crossEntropy with weights": [
      (x, y) => nn.crossEntropy(x, y, { weight, labelSmoothing: 0.1 }),
      [integers(0, 3, -100), integers(1, 1, 2)],
    ],
    nllLoss: [(x, y) => nn.nllLoss(x, y, { weight, ignoreIndex: 1 }), [integers(0, 3, 1), integers(1, 1, 2)]],
    focalLoss: [(x, y) => nn.focalLoss(x, y, { weight }), [integers(0, 3, -100), integers(1, 1, 2)]],
    multiMarginLoss: [(x, y) => nn.multiMarginLoss(x, y, { weight }), [integers(0, 3, 1), integers(1, 1, 2)]],
    multilabelMarginLoss: [
      (x, y) => nn.multilabelMarginLoss(x, y),
      [sub(labels([3, 4], 5), 1), sub(labels([3, 4], 5, 1), 1)],
    ],
    ctcLoss: [(x, y) => nn.ctcLoss(x, y, 3, 2), [integers(1, 3), integers(2, 2)]],
  };
  test.each(Object.keys(losses))("give the same as a loop: %s", (name) => {
    const [loss, targets] = losses[name];
    const together = vmap((x: Tensor, y: Tensor) => loss(x, y))(stack(scores), stack([...targets]));
    expectClose(together, stack(scores.map((x, i) => loss(x, targets[i]))), name);
  });

  test("may have lengths that differ too, where the targets have rows", () => {
    const x = stack([normal([4, 2, 3]), normal([4, 2, 3], 1)]);
    const rows = tensor([1, 2, 2, 1], { shape: [2, 2], dtype: "int32" });
    const steps = tensor([4, 3, 2, 4], { shape: [2, 2], dtype: "int32" });
    const counts = tensor([2, 0, 1, 2], { shape: [2, 2], dtype: "int32" });
    const loss = (a: Tensor, n: Tensor, m: Tensor): Tensor => nn.ctcLoss(a, rows, n, m, { reduction: "none" });
    const want = [0, 1].map((i) => loss(x.slice(i), steps.slice(i), counts.slice(i)));
    expectClose(vmap(loss)(x, steps, counts), stack(want), "lengths");
  });

  test("are checked all the same", () => {
    const run = (): Tensor =>
      vmap((y: Tensor) => nn.nllLoss(scores[0], y))(stack([integers(0, 1, 2), integers(0, 4, 2)]));
    expect(run).toThrow("nllLoss: label 4 at ");
  });
});

describe("scores of ten thousand in float32", () => {
  const big = tensor([1e4, -1e4, 0, -1e4, 1e4, 0], { shape: [2, 3], requiresGrad: true });
  const bits = tensor([1, 0, 1, 1, 0, 0], { shape: [2, 3] });
  const signs = sub(bits.mul(2), 1);
  const rare = tensor([-1e4, -1, 0, 0, -1e4, -2], { shape: [2, 3], requiresGrad: true });
  const label = integers(1, 0);
  const losses: Readonly<Record<string, readonly [x: Tensor, loss: (x: Tensor) => Tensor]>> = {
    crossEntropy: [big, (x) => nn.crossEntropy(x, label)],
    "crossEntropy, smoothed": [big, (x) => nn.crossEntropy(x, label, { labelSmoothing: 0.1, weight: ones([3]) })],
    "crossEntropy of probabilities": [big, (x) => nn.crossEntropy(x, bits)],
    nllLoss: [rare, (x) => nn.nllLoss(x, label)],
    klDiv: [rare, (x) => nn.klDiv(x, bits)],
    "klDiv of logarithms": [rare, (x) => nn.klDiv(x, rare.detach(), { logTarget: true })],
    binaryCrossEntropyWithLogits: [big, (x) => nn.binaryCrossEntropyWithLogits(x, bits, { posWeight: tensor([2]) })],
    softMarginLoss: [big, (x) => nn.softMarginLoss(x, signs)],
    multilabelSoftMarginLoss: [big, (x) => nn.multilabelSoftMarginLoss(x, bits)],
    multiMarginLoss: [big, (x) => nn.multiMarginLoss(x, label, { p: 2 })],
    focalLoss: [big, (x) => nn.focalLoss(x, bits, { gamma: 0.5 })],
    "focalLoss of labels": [big, (x) => nn.focalLoss(x, label, { gamma: 0.5 })],
    cosineEmbeddingLoss: [big, (x) => nn.cosineEmbeddingLoss(x, bits, integers(1, -1))],
    ctcLoss: [big, (x) => nn.ctcLoss(logSoftmax(x), integers(1), 2, 1)],
  };
  test.each(Object.keys(losses))("have a finite loss and finite derivatives: %s", (name) => {
    const [x, loss] = losses[name];
    const value = loss(x);
    const [g] = gradients(value, [x], { createGraph: true });
    const [second] = g.requiresGrad ? gradients(sum(g.mul(g)), [x], { allowUnused: true }) : [g];
    const { tangent } = jvp(loss, [x.detach()], [ones([2, 3])]);
    for (const result of [value, g, second, tangent]) {
      expect(result.dtype).toBe("float32");
      expect([...result.data].every(Number.isFinite), String(result)).toBe(true);
    }
    expect(Math.abs(sum(g).item() - tangent.item())).toBeLessThanOrEqual(1e-5 * (1 + sum(g.abs()).item()));
  });
});

describe("the loss of connectionist temporal classification", () => {
  const x = logSoftmax(normal([4, 3], 5));

  /** The sum over all paths, one by one. */
  function likelihood(targets: readonly number[], time: number): number {
    let total = 0;
    for (let code = 0; code < 3 ** time; code++) {
      const path = Array.from({ length: time }, (_, t) => Math.floor(code / 3 ** t) % 3);
      const read = path.filter((c, t) => c !== 0 && c !== path[t - 1]);
      if (read.join() === targets.join()) total += Math.exp(path.reduce((sum, c, t) => sum + x.data[3 * t + c], 0));
    }
    return total;
  }

  test.each([[[]], [[1]], [[2, 1]], [[1, 1]], [[1, 2, 1]]])("is that of all paths to %j", (targets) => {
    for (const time of [1, 2, 3, 4]) {
      const loss = nn.ctcLoss(x, integers(...targets), time, targets.length, { reduction: "sum" });
      const want = -Math.log(likelihood(targets, time));
      if (want === Infinity) expect(loss.item()).toBe(Infinity);
      else expect(loss.item()).toBeCloseTo(want, 12);
    }
  });

  test("is 0 for no steps and no targets, infinite where the steps are too few, and 0 there if wanted", () => {
    const rows = tensor([1, 1, 1, 1, 1, 1], { shape: [3, 2], dtype: "int32" });
    const run = (logits: Tensor, zeroInfinity: boolean): Tensor =>
      nn.ctcLoss(logSoftmax(logits), rows, [0, 0, 2], [0, 1, 2], { reduction: "none", zeroInfinity });
    expect([...run(zeros([4, 3, 3]), false).data]).toEqual([0, Infinity, Infinity]);
    const logits = zeros([4, 3, 3], { requiresGrad: true });
    const losses = run(logits, true);
    expect([...losses.data]).toEqual([0, 0, 0]);
    sum(losses).backward();
    expect([...(logits.grad as Tensor).data].every((g) => g === 0)).toBe(true);
  });

  test("takes log-probabilities of -∞", () => {
    const sure = tensor([0, -Infinity, -Infinity, 0], { shape: [2, 2], requiresGrad: true });
    const loss = nn.ctcLoss(sure, integers(1), 2, 1);
    loss.backward();
    expect(loss.item()).toBe(0);
    expect([...(sure.grad as Tensor).data].map((g) => g + 0)).toEqual([-1, 0, 0, -1]);
  });
});

test("weights are buffers with PyTorch's keys, and serve in the dtype of the model", () => {
  const loss = new nn.BCEWithLogitsLoss({ weight: ones([2]), posWeight: tensor([1, 3]), reduction: "sum" });
  expect(Object.keys(loss.stateDict())).toEqual(["weight", "pos_weight"]);
  expect(String(loss)).toBe('BCEWithLogitsLoss(reduction="sum")');
  const x = zeros([2], { dtype: "float64" });
  expect(loss.to("float64").forward(x, ones([2])).dtype).toBe("float64");
  loss.loadStateDict({ weight: ones([2]), pos_weight: zeros([2]) });
  expect(loss.forward(x, ones([2])).item()).toBe(0);
  expect(Object.keys(new nn.CrossEntropyLoss().stateDict())).toEqual([]);
});

test("an ignored label leaves a class of probability 0 alone", () => {
  const x = tensor([-Infinity, 0], { shape: [1, 2], requiresGrad: true });
  nn.nllLoss(x, integers(-100), { reduction: "sum" }).backward();
  expect([...(x.grad as Tensor).data]).toEqual([0, 0]);
});

test("the focal loss without focus is the cross-entropy", () => {
  const [x, y, weight] = [normal([3, 4]), integers(1, -100, 3), uniform([4])];
  expectClose(nn.focalLoss(x, y, { gamma: 0, weight }), nn.crossEntropy(x, y, { weight }), "labels");
  const bits = uniform([3, 4]);
  const want = nn.binaryCrossEntropyWithLogits(x, bits);
  expectClose(nn.focalLoss(x, bits, { gamma: 0, alpha: -1 }), want, "bits");
});

test("a variance below eps is held there, with the gradient that lets it grow", () => {
  const v = tensor([0, 1e-9], { dtype: "float64", requiresGrad: true });
  const loss = nn.gaussianNllLoss(zeros([2]), ones([2]), v, { eps: 0.01, reduction: "sum" });
  loss.backward();
  expect(loss.item()).toBeCloseTo(Math.log(0.01) + 100, 10);
  for (const g of (v.grad as Tensor).data) expect(g).toBeCloseTo(0.5 * (100 - 1e4), 6);
});

describe("mistakes are named", () => {
  const [x, rows] = [zeros([2, 3]), zeros([2, 3], { dtype: "int32" })];
  const time = zeros([4, 2, 3]);
  const mistakes: readonly (readonly [message: string, run: () => unknown])[] = [
    ["OPTION_INVALID huberLoss: delta is 0; give a number above 0", () => nn.huberLoss(x, x, { delta: 0 })],
    ["OPTION_INVALID HuberLoss: delta is -1", () => new nn.HuberLoss({ delta: -1 })],
    ["OPTION_INVALID smoothL1Loss: beta is -1", () => nn.smoothL1Loss(x, x, { beta: -1 })],
    ['OPTION_INVALID klDiv: logTarget is "no"; give true or false', () => nn.klDiv(x, x, { logTarget: "no" as never })],
    ["REDUCTION_UNKNOWN mseLoss: unknown reduction", () => nn.mseLoss(x, x, { reduction: "batchmean" as never })],
    [
      "WEIGHT_SHAPE binaryCrossEntropy: weight [2] does not broadcast to [2, 3]",
      () => nn.binaryCrossEntropy(x, x, { weight: ones([2]) }),
    ],
    [
      "WEIGHT_SHAPE binaryCrossEntropyWithLogits: posWeight [4, 2, 3]",
      () => nn.binaryCrossEntropyWithLogits(x, x, { posWeight: ones([4, 2, 3]) }),
    ],
    ["VARIANCE_NEGATIVE gaussianNllLoss: variance -1 at place 0", () => nn.gaussianNllLoss(x, x, ones([2, 3]).neg())],
    ["TARGET_SHAPE gaussianNllLoss: variance [3]", () => nn.gaussianNllLoss(x, x, ones([3]))],
    [
      "OPTION_INVALID multiMarginLoss: p is 3; give 1 or 2",
      () => nn.multiMarginLoss(x, integers(0, 1), { p: 3 as never }),
    ],
    [
      "LABEL_OUT_OF_RANGE multilabelMarginLoss: label 3 at [0, 0]; there are 3 classes: use 0 to 2, or -1 to end the list",
      () => nn.multilabelMarginLoss(x, rows.add(3)),
    ],
    ["PROBABILITY_INVALID diceLoss: 2 at place 0", () => nn.diceLoss(x.add(2), x)],
    ["INPUT_RANK diceLoss: [2] is no batch of regions", () => nn.diceLoss(ones([2]), ones([2]))],
    [
      "OPTION_INVALID focalLoss: alpha is for targets of 0 and 1",
      () => nn.focalLoss(x, integers(0, 1), { alpha: 0.5 }),
    ],
    [
      "OPTION_INVALID tripletMarginWithDistanceLoss: distanceFunction is 2",
      () => nn.tripletMarginWithDistanceLoss(x, x, x, { distanceFunction: 2 as never }),
    ],
    [
      "LABEL_OUT_OF_RANGE ctcLoss: label 0 at [0, 0]; there are 3 classes: use 0 to 2, but for the blank 0",
      () => nn.ctcLoss(time, rows, [4, 4], [1, 1]),
    ],
    [
      "LENGTHS_INVALID ctcLoss: inputLengths is [5, 4]; give 2 integers from 0 to 4",
      () => nn.ctcLoss(time, rows, [5, 4], [1, 1]),
    ],
    ["LENGTHS_INVALID ctcLoss: targetLengths is 1; give 2", () => nn.ctcLoss(time, rows, [4, 4], 1)],
    [
      "TARGET_SHAPE ctcLoss: targets [2]; give [2, longest], or [sum of targetLengths]",
      () => nn.ctcLoss(time, integers(1, 2), [4, 4], [1, 2]),
    ],
    ["LABEL_OUT_OF_RANGE ctcLoss: blank 3 of 3 classes", () => nn.ctcLoss(time, rows, [4, 4], [1, 1], { blank: 3 })],
  ];
  test.each(mistakes)("%s", (message, run) => {
    let caught: unknown;
    try {
      run();
    } catch (error) {
      caught = error;
    }
    expect(caught).toBeInstanceOf(AdjointError);
    const { code, message: got } = caught as AdjointError;
    expect(`${code} ${got}`).toContain(message);
  });
});
