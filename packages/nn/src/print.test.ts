import { inspect } from "node:util";
import { type Tensor } from "@adjoint/core";
import { describe, expect, test } from "vitest";
import * as nn from "./index.js";

class Block extends nn.Module {
  readonly layers = [new nn.Linear(2, 3, { bias: false }), new nn.ReLU()];
  readonly outerPart: nn.AnyModule[] = [];
  forward(x: Tensor): Tensor {
    return x;
  }
  protected override extraRepr(): string {
    return "depth=2";
  }
}

describe("a module prints", () => {
  test("what is in it, indented", () => {
    const model = new nn.Sequential(new nn.Flatten(), new nn.Sequential(new nn.Linear(784, 50), new nn.Dropout(0.3)));
    expect(String(model)).toBe(
      [
        "Sequential(",
        "  (0): Flatten(start=1, end=-1)",
        "  (1): Sequential(",
        "    (0): Linear(inFeatures=784, outFeatures=50, bias=true)",
        "    (1): Dropout(p=0.3)",
        "  )",
        ")",
      ].join("\n"),
    );
    expect(inspect(model)).toBe(String(model));
  });

  test("what it adds of its own, the keys of its fields, and does not run in circles", () => {
    const block = new Block();
    block.outerPart.push(block);
    expect(String(block)).toBe(
      [
        "Block(",
        "  depth=2",
        "  (layers.0): Linear(inFeatures=2, outFeatures=3, bias=false)",
        "  (layers.1): ReLU()",
        "  (outer_part.0): Block(…)",
        ")",
      ].join("\n"),
    );
  });

  test.each([
    [
      new nn.Conv2d(4, 6, [3, 1], { dilation: 2, padding: "same", groups: 2 }),
      'Conv2d(inChannels=4, outChannels=6, kernelSize=[3, 1], dilation=2, padding="same", groups=2, bias=true)',
    ],
    [new nn.MaxPool2d(2, { padding: 1 }), "MaxPool2d(kernelSize=2, padding=1)"],
    [new nn.AvgPool2d([2, 3]), "AvgPool2d(kernelSize=[2, 3])"],
    [new nn.LPPool1d(2, 3, { stride: 1 }), "LPPool1d(normType=2, kernelSize=3, stride=1)"],
    [new nn.AdaptiveAvgPool2d([1, null]), "AdaptiveAvgPool2d(outputSize=[1, null])"],
    [new nn.LeakyReLU(0.2), "LeakyReLU(negativeSlope=0.2)"],
    [new nn.Softmax(1), "Softmax(axis=1)"],
    [new nn.PReLU(), "PReLU(numParameters=1)"],
    [new nn.RReLU({ lower: 0, upper: 0.5 }), "RReLU(lower=0, upper=0.5)"],
    [
      new nn.BatchNorm1d(3, { affine: false }),
      "BatchNorm1d(features=3, eps=0.00001, momentum=0.1, affine=false, trackRunningStats=true)",
    ],
    [new nn.LSTMCell(2, 3), "LSTMCell(inputSize=2, hiddenSize=3, bias=true)"],
    [new nn.CrossEntropyLoss({ reduction: "sum" }), 'CrossEntropyLoss(reduction="sum")'],
    [new nn.Identity(), "Identity()"],
  ])("its sizes: %s", (module, text) => {
    expect(String(module)).toBe(text);
  });
});
