import { ones } from "../create.js";
import { allocate, isFloating } from "../dtype.js";
import { reducedShape, sizeOf } from "../shape.js";
import { defineOp, type OpFunction } from "../structural.js";
import type { Tensor } from "../tensor.js";
import { mul } from "./arithmetic.js";
import { cast } from "./cast.js";
import { gt, where } from "./compare.js";
import { delayed } from "./recurrence.js";
import { sum } from "./reduce.js";
import {
  asLines,
  batchReduction,
  eachResult,
  fromLines,
  type ReduceOptions,
  type Reduction,
  reduction,
  restore,
} from "./reduction.js";
import { cumprod } from "./scan.js";
import { flip } from "./slice.js";

/**
 * The product `Π x` over some axes, or over all; 1 over no elements, int32 for integers and booleans. The gradient of an element is
 * the product of the others, which is exact beside zeros.
 *
 * @throws ShapeError `AXIS_OUT_OF_RANGE`, `AXIS_REPEATED`.
 * @example
 * ```ts
 * import { prod, tensor } from "@adjoint/core";
 * const x = tensor([2, 0, 3], { requiresGrad: true });
 * prod(x).backward();
 * console.log(x.grad?.toArray()); // → [ 0, 6, 0 ]
 * ```
 */
export const prod: OpFunction<[x: Tensor, options?: ReduceOptions]> = defineOp<
  [x: Tensor, options?: ReduceOptions],
  Reduction
>({
  name: "prod",
  call: (x, options = {}) => ({ inputs: [x], attributes: reduction("prod", x, options) }),
  shape: ([x], { axes, keepDims }) => reducedShape(x.shape, axes, keepDims),
  dtype: ([x]) => (isFloating(x.dtype) ? x.dtype : "int32"),
  forward: ([x], { axes }, shape, dtype) => {
    const out = allocate(dtype, sizeOf(shape));
    eachResult(x, axes, (data, start, stride, count, result) => {
      let product = 1;
      for (let k = 0, at = start; k < count; k++, at += stride) product *= data[at];
      out[result] = product;
    });
    return out;
  },
  vjp: (g, { inputs: [x], attributes: { axes } }) => [mul(others(x, axes), restore(g, x, axes))],
  jvp: ([t], { inputs: [x], attributes: { axes, keepDims } }) =>
    t && sum(mul(others(x, axes), t), { axis: axes, keepDims }),
  batch: batchReduction((x, options) => prod(x, options)),
  samples: () => [
    [ones([3, 2]), { axis: 0 }],
    [ones([2, 1, 2]), { axis: [0, 2], keepDims: true }],
    [ones([0, 2]), { axis: 0 }],
    [ones([])],
  ],
  // Some elements are 0, also two in one product, where a gradient that divides by them fails.
  domain: (normal) => where(gt(normal, -0.5), normal, 0),
});

/** For each element the product of all others: of those before it times those behind it, in float64. */
function others(x: Tensor, axes: readonly number[]): Tensor {
  const lines = asLines(cast(x, "float64"), axes);
  const last = lines.ndim - 1;
  const before = delayed(cumprod(lines, last), last, 1);
  const behind = flip(delayed(cumprod(flip(lines, last), last), last, 1), last);
  return fromLines(mul(before, behind), x.shape, axes);
}
