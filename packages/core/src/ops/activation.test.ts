import { expect, test } from "vitest";
import { elu, gradients, hardswish, leakyRelu, relu, tensor } from "../index.js";

// At a kink, or where only the second derivative jumps, difference quotients cannot decide: the convention does.
test("at 0 the derivative is that of the side of negative numbers, as in PyTorch", () => {
  const x = tensor([0], { dtype: "float64", requiresGrad: true });
  const derivative = (y: typeof x): number => gradients(y.sum(), [x])[0].item();
  expect(derivative(relu(x))).toBe(0);
  expect(derivative(leakyRelu(x, { negativeSlope: 0.3 }))).toBe(0.3);
  expect(derivative(elu(x))).toBe(1);
  expect(derivative(elu(x, { alpha: 2 }))).toBe(2);
  const kinks = tensor([-3, 3], { dtype: "float64", requiresGrad: true });
  expect(gradients(hardswish(kinks).sum(), [kinks])[0].toArray()).toEqual([-0.5, 1.5]);
});
