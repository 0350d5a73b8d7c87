import { checkFloating, checkNumber, checkOptions } from "../arguments.js";
import { compose, type Composed } from "../composed.js";
import { ones } from "../create.js";
import { broadcastShapes, normalizeAxis } from "../shape.js";
import type { Tensor } from "../tensor.js";
import { div, mul } from "./arithmetic.js";
import { lt, where } from "./compare.js";
import { norm, type NormOptions } from "./norm.js";
import { sum } from "./reduce.js";

/** Options of {@link normalize}. */
export interface NormalizeOptions {
  /** The exponent of the norm (default 2). */
  readonly p?: number;
  /** The axis along which vectors lie (default 1). */
  readonly axis?: number;
  /** The least number by which vectors are divided (default 1e-12). */
  readonly eps?: number;
}

/**
 * Vectors along an axis brought to length 1: `x / max(‖x‖ₚ, eps)`, in the shape of `x` (float32 or float64).
 *
 * @throws DTypeError `DTYPE_FLOATING`; ShapeError `AXIS_OUT_OF_RANGE`; ArgumentError `NORM_ORDER`, `NUMBER_INVALID`, `OPTIONS_KIND`,
 * `OPTION_UNKNOWN`.
 * @example
 * ```ts
 * import { normalize, tensor } from "@adjoint/core";
 * console.log(normalize(tensor([[3, 4], [0, 0]]), { p: 1 }).toArray());
 * // → [ [ 0.4285714328289032, 0.5714285969734192 ], [ 0, 0 ] ]
 * ```
 */
export const normalize: Composed<(x: Tensor, options?: NormalizeOptions) => Tensor> = compose(
  "normalize",
  (x, options = {}) => {
    checkOptions("normalize", options, "{ axis: -1 }", ["p", "axis", "eps"]);
    const { p = 2, axis = 1, eps = 1e-12 } = options;
    return unitVectors("normalize", x, { p, axis }, eps);
  },
  {
    samples: () => [[ones([2, 3])], [ones([2, 2]), { p: 3, axis: 0, eps: 1.5 }], [ones([0, 2]), { axis: -1 }]],
  },
);

/** Options of {@link cosineSimilarity}. */
export interface CosineSimilarityOptions {
  /** The axis along which vectors lie (default 1). */
  readonly axis?: number;
  /** The least number by which vectors are divided (default 1e-8). */
  readonly eps?: number;
}

/**
 * The cosine of the angle between vectors along an axis, which is dropped: `Σ (x / max(‖x‖, eps)) · (y / max(‖y‖, eps))`. The operands
 * (float32 or float64) broadcast; the axis is one of the result's before it is dropped.
 *
 * @throws DTypeError `DTYPE_FLOATING`; ShapeError `SHAPE_MISMATCH`, `AXIS_OUT_OF_RANGE`; ArgumentError `NUMBER_INVALID`, `OPTIONS_KIND`,
 * `OPTION_UNKNOWN`.
 * @example
 * ```ts
 * import { cosineSimilarity, tensor } from "@adjoint/core";
 * const x = tensor([[1, 0], [3, 4]], { dtype: "float64" });
 * console.log(cosineSimilarity(x, tensor([[5, 0]])).toArray()); // → [ 1, 0.6 ]
 * ```
 */
export const cosineSimilarity: Composed<(x: Tensor, y: Tensor, options?: CosineSimilarityOptions) => Tensor> = compose(
  "cosineSimilarity",
  (x, y, options = {}) => {
    checkOptions("cosineSimilarity", options, "{ axis: -1 }", ["axis", "eps"]);
    const { axis = 1, eps = 1e-8 } = options;
    checkFloating("cosineSimilarity", x);
    checkFloating("cosineSimilarity", y);
    const shape = broadcastShapes("cosineSimilarity", [x.shape, y.shape]);
    const fromEnd = normalizeAxis("cosineSimilarity", axis, shape.length, shape) - shape.length;
    const [a, b] = [x, y].map((z) => unitVectors("cosineSimilarity", z.expand(shape), { axis: fromEnd }, eps));
    return sum(mul(a, b), { axis: fromEnd });
  },
  {
    samples: () => [
      [ones([2, 3]), ones([2, 3])],
      [ones([2]), ones([1, 2]), { axis: -1, eps: 3 }],
    ],
  },
);

function unitVectors(name: string, x: Tensor, options: NormOptions, eps: number): Tensor {
  checkFloating(name, x);
  checkNumber(name, "eps", eps);
  const length = norm(x, { ...options, keepDims: true });
  return div(x, where(lt(length, eps), eps, length));
}
