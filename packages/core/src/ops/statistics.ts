import { checkFloating, checkNumber } from "../arguments.js";
import { compose, type Composed } from "../composed.js";
import { ones } from "../create.js";
import { allocate, type TypedArray } from "../dtype.js";
import { elementwise, type Unary } from "../op.js";
import { reducedShape, sizeOf } from "../shape.js";
import { defineOp, type OpFunction } from "../structural.js";
import type { Tensor } from "../tensor.js";
import { mul, sqrt, sub } from "./arithmetic.js";
import { eq, where } from "./compare.js";
import { mean, sum } from "./reduce.js";
import {
  batchReduction,
  countOf,
  eachResult,
  type ReduceOptions,
  type Reduction,
  reduction,
  restore,
} from "./reduction.js";

/** Options of `variance` and `std`. */
export interface VarianceOptions extends ReduceOptions {
  /** What is subtracted from the number of elements: 1 (default) for an unbiased estimate from a sample, 0 for the whole. */
  readonly correction?: number;
}

interface Variance extends Reduction {
  readonly correction: number;
}

function checkVariance(name: string, x: Tensor, options: VarianceOptions): Variance {
  const attributes = reduction(name, x, options, ["correction"]);
  checkFloating(name, x);
  const { correction = 1 } = options;
  return { ...attributes, correction: checkNumber(name, "correction", correction) };
}

/** What the squares are divided by; a correction larger than the number of elements leaves 0. */
function divisorOf(x: Tensor, { axes, correction }: Variance): number {
  return Math.max(0, countOf(x.shape, axes) - correction);
}

/** `∂variance/∂x = 2 (x - x̄) / divisor`. */
function slopes(x: Tensor, attributes: Variance): Tensor {
  return mul(sub(x, mean(x, { axis: attributes.axes, keepDims: true })), 2 / divisorOf(x, attributes));
}

/**
 * `Σ (x - x̄)²` in two passes: the sum of squares less the square of the sum would lose everything far from 0. What rounding left in
 * the mean is taken out again (T. Chan, G. Golub and R. LeVeque, The American Statistician 37, 1983).
 */
function squaredDeviations(data: TypedArray, start: number, stride: number, count: number): number {
  let total = 0;
  for (let k = 0, at = start; k < count; k++, at += stride) total += data[at];
  const average = total / count;
  let squares = 0;
  let rest = 0;
  for (let k = 0, at = start; k < count; k++, at += stride) {
    const deviation = data[at] - average;
    squares += deviation * deviation;
    rest += deviation;
  }
  return squares - (rest * rest) / count;
}

/**
 * The variance `Σ (x - x̄)² / (n - correction)` over some axes, or over all (PyTorch's `var`, which is a reserved word here). NaN
 * for no elements, and where n is 1 with the default correction of 1.
 *
 * @throws DTypeError `DTYPE_FLOATING`; ShapeError `AXIS_OUT_OF_RANGE`, `AXIS_REPEATED`; ArgumentError `NUMBER_INVALID`.
 * @example
 * ```ts
 * import { tensor, variance } from "@adjoint/core";
 * const x = tensor([1, 2, 3, 6]);
 * console.log(variance(x, { correction: 0 }).item(), variance(tensor([1, 2, 3])).item()); // → 3.5 1
 * ```
 */
export const variance: OpFunction<[x: Tensor, options?: VarianceOptions]> = defineOp<
  [x: Tensor, options?: VarianceOptions],
  Variance
>({
  name: "variance",
  call: (x, options = {}) => ({ inputs: [x], attributes: checkVariance("variance", x, options) }),
  shape: ([x], { axes, keepDims }) => reducedShape(x.shape, axes, keepDims),
  forward: ([x], attributes, shape, dtype) => {
    const out = allocate(dtype, sizeOf(shape));
    const divisor = divisorOf(x, attributes);
    eachResult(x, attributes.axes, (data, start, stride, count, result) => {
      out[result] = squaredDeviations(data, start, stride, count) / divisor;
    });
    return out;
  },
  vjp: (g, { inputs: [x], attributes }) => [mul(slopes(x, attributes), restore(g, x, attributes.axes))],
  jvp: ([t], { inputs: [x], attributes }) => {
    const { axes, keepDims } = attributes;
    return t && sum(mul(slopes(x, attributes), t), { axis: axes, keepDims });
  },
  batch: batchReduction((x, options) => variance(x, options)),
  samples: () => [
    [ones([2, 3])],
    [ones([2, 3, 2]), { axis: [0, 2], keepDims: true, correction: 0 }],
    [ones([0, 3]), { axis: 1 }],
    [ones([]), { correction: 0 }],
  ],
});

/** The root, whose derivative at 0 is taken as 0. */
const rootOrZero: Unary = elementwise("rootOrZero", {
  formula: (x) => where(eq(x, 0), 0, sqrt(where(eq(x, 0), 1, x))),
  samples: [[0], [1], [4]],
});

/**
 * The standard deviation, `√variance`, over some axes, or over all. Where all elements are equal it is 0 with the gradient 0.
 *
 * @throws DTypeError `DTYPE_FLOATING`; ShapeError `AXIS_OUT_OF_RANGE`, `AXIS_REPEATED`; ArgumentError `NUMBER_INVALID`.
 * @example
 * ```ts
 * import { std, tensor } from "@adjoint/core";
 * console.log(std(tensor([[1, 2, 3], [5, 5, 5]]), { axis: 1 }).toArray()); // → [ 1, 0 ]
 * ```
 */
export const std: Composed<(x: Tensor, options?: VarianceOptions) => Tensor> = compose(
  "std",
  (x, options = {}) => {
    const { axes, keepDims, correction } = checkVariance("std", x, options);
    return rootOrZero(variance(x, { axis: axes, keepDims, correction }));
  },
  {
    samples: () => [
      [ones([2, 3])],
      [ones([2, 3]), { axis: -1, keepDims: true, correction: 0 }],
      [ones([0, 2]), { axis: 1 }],
    ],
  },
);
