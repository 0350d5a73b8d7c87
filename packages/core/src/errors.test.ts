import { describe, expect, test } from "vitest";
import * as core from "./index.js";
import {
  add,
  AdjointError,
  arange,
  argmax,
  backward,
  concat,
  defineOp,
  elementwise,
  exp,
  expand,
  flatten,
  fromTypedArray,
  full,
  gather,
  Generator,
  gradients,
  indexSelect,
  jvp,
  leakyRelu,
  linspace,
  lower,
  matmul,
  max,
  mul,
  noGrad,
  oneHot,
  ones,
  pad,
  Parameter,
  permute,
  reshape,
  slice,
  softmax,
  split,
  squeeze,
  stack,
  State,
  sum,
  type Tensor,
  tensor,
  transpose,
  unsqueeze,
  value,
  zeros,
} from "./index.js";

/** The code and message of the AdjointError that `run` throws. */
function thrown(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (!(error instanceof AdjointError)) throw error;
    expect(error.name).toBe(error.constructor.name);
    return `${error.name} ${error.code} ${error.message}`;
  }
  throw new Error("nothing was thrown");
}

const x = ones([2, 3]);
const leaf = tensor([1, 2], { requiresGrad: true });
/** Calls with arguments that TypeScript would refuse. */
const wrong = (fn: unknown, ...args: readonly unknown[]): unknown =>
  Reflect.apply(fn as () => unknown, undefined, args);
const int = (data: number[]): Tensor => tensor(data, { dtype: "int32" });

describe("a mistake in making a tensor", () => {
  test.for([
    ["ragged arrays", () => tensor([[1, 2], [3]])],
    ["strings among numbers", () => wrong(tensor, [1, "2"])],
    ["nothing", () => wrong(tensor, undefined)],
    ["null", () => wrong(tensor, null)],
    ["a shape that does not fit", () => tensor([1, 2, 3], { shape: [2, 2] })],
    ["a typed array that does not fit", () => fromTypedArray(new Float32Array(3), [2, 2])],
    ["a negative size", () => zeros([2, -1])],
    ["a shape that is a number", () => wrong(zeros, 3)],
    ["an unknown dtype", () => wrong(full, [2], 0, { dtype: "float16" })],
    ["a gradient of integers", () => tensor([1], { dtype: "int32", requiresGrad: true })],
    ["a range without end", () => arange(0, 1, 0)],
    ["a fractional count", () => linspace(0, 1, 2.5)],
    ["a negative deviation", () => new Generator(1).normal([2], 0, -1)],
    ["a seed that is no integer", () => new Generator(0.5)],
  ] as const)("%s", ([what, run]) => {
    expect(thrown(run)).toMatchSnapshot(what);
  });
});
