import { checkFloating, checkNumber } from "../arguments.js";
import { compose, type Composed } from "../composed.js";
import { ones } from "../create.js";
import { elementwise, type Unary } from "../op.js";
import type { Tensor } from "../tensor.js";
import { div, sqrt, square, sub } from "./arithmetic.js";
import { eq, where } from "./compare.js";
import { mean, sum } from "./reduce.js";
import { countOf, type ReduceOptions, reduction } from "./reduction.js";

/** Options of `variance` and `std`. */
export interface VarianceOptions extends ReduceOptions {
  /** What is subtracted from the number of elements: 1 (default) for an unbiased estimate from a sample, 0 for the whole. */
  readonly correction?: number;
}

/** The variance in two passes: the mean of squares minus the square of the mean would lose everything far from 0. */
function spread(name: string, x: Tensor, options: VarianceOptions): Tensor {
  const { axes, keepDims } = reduction(name, x, options, ["correction"]);
  checkFloating(name, x);
  const { correction = 1 } = options;
  checkNumber(name, "correction", correction);
  const squares = square(sub(x, mean(x, { axis: axes, keepDims: true })));
  return div(sum(squares, { axis: axes, keepDims }), Math.max(0, countOf(x.shape, axes) - correction));
}

/**
 * The variance `Σ (x - x̄)² / (n - correction)` over some axes, or over all (PyTorch's `var`, which is a reserved word here). NaN
 * for no elements, and where n is 1 with the default correction of 1.
 *
 * @throws DTypeError `DTYPE_FLOATING`; ShapeError `AXIS_OUT_OF_RANGE`, `AXIS_REPEATED`; ArgumentError `NUMBER_INVALID`.
 * @example
 * ```ts
 * import { tensor, variance } from "@adjoint/core";
 * const x = tensor([1, 2, 3, 4]);
 * console.log(variance(x).item(), variance(x, { correction: 0 }).item()); // → 1.6666666269302368 1.25
 * ```
 */
export const variance: Composed<(x: Tensor, options?: VarianceOptions) => Tensor> = compose(
  "variance",
  (x, options = {}) => spread("variance", x, options),
  {
    samples: () => [
      [ones([2, 3])],
      [ones([2, 3, 2]), { axis: [0, 2], keepDims: true, correction: 0 }],
      [ones([0, 3]), { axis: 1 }],
    ],
  },
);

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
  (x, options = {}) => rootOrZero(spread("std", x, options)),
  {
    samples: () => [
      [ones([2, 3])],
      [ones([2, 3]), { axis: -1, keepDims: true, correction: 0 }],
      [ones([0, 2]), { axis: 1 }],
    ],
  },
);
