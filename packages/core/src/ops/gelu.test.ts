import { expect, test } from "vitest";
import { gelu, tensor } from "../index.js";
import { conform } from "../testing/index.js";
import { tanhGelu } from "./gelu.js";

test("the approximation by tanh conforms as an op of its own", () => {
  expect(conform(tanhGelu).differentiable).toEqual([0]);
  expect(gelu(1, { approximate: "tanh" })).toBe(tanhGelu(1));
});

test("an unknown approximation is refused", () => {
  expect(() => gelu(tensor([1]), { approximate: "erf" as never })).toThrow(/gelu: approximate is "erf"/);
});
