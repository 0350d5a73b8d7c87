import { compose, type Composed } from "../composed.js";
import { ones, tensor } from "../create.js";
import type { Tensor } from "../tensor.js";
import { cast } from "./cast.js";
import { eq, gt, ne } from "./compare.js";
import { sum } from "./reduce.js";
import { type ReduceOptions, reduction } from "./reduction.js";

/** In bool, but in uint8 for uint8, as in PyTorch. */
function asTruth(truth: Tensor, x: Tensor): Tensor {
  return x.dtype === "uint8" ? cast(truth, "uint8") : truth;
}

/**
 * Whether all elements along some axes, or all there are, differ from 0 (NaN does); true of no elements. The result is bool, of
 * uint8 tensors uint8, and carries no gradient.
 *
 * @throws ShapeError `AXIS_OUT_OF_RANGE`, `AXIS_REPEATED`.
 * @example
 * ```ts
 * import { all, tensor } from "@adjoint/core";
 * console.log(all(tensor([[1, 0], [2, 3]]), { axis: 1 }).toArray()); // → [ 0, 1 ]
 * ```
 */
export const all: Composed<(x: Tensor, options?: ReduceOptions) => Tensor> = compose(
  "all",
  (x, options = {}) => {
    const { axes, keepDims } = reduction("all", x, options);
    return asTruth(eq(sum(eq(x, 0), { axis: axes, keepDims }), 0), x);
  },
  { samples: () => [[tensor([true, false]), { axis: -1 }], [ones([0, 2])], [ones([])]] },
);

/**
 * Whether any element along some axes, or any there is, differs from 0 (NaN does); false of no elements. The result is bool, of
 * uint8 tensors uint8, and carries no gradient.
 *
 * @throws ShapeError `AXIS_OUT_OF_RANGE`, `AXIS_REPEATED`.
 * @example
 * ```ts
 * import { any, tensor } from "@adjoint/core";
 * console.log(any(tensor([[1, 0], [0, 0]]), { axis: 1 }).toArray()); // → [ 1, 0 ]
 * ```
 */
export const any: Composed<(x: Tensor, options?: ReduceOptions) => Tensor> = compose(
  "any",
  (x, options = {}) => {
    const { axes, keepDims } = reduction("any", x, options);
    return asTruth(gt(sum(ne(x, 0), { axis: axes, keepDims }), 0), x);
  },
  { samples: () => [[tensor([true, false]), { axis: 0, keepDims: true }], [ones([0, 2])], [ones([])]] },
);

/**
 * How many elements along some axes, or of all, differ from 0 (NaN does), as int32. The result carries no gradient.
 *
 * @throws ShapeError `AXIS_OUT_OF_RANGE`, `AXIS_REPEATED`.
 * @example
 * ```ts
 * import { countNonzero, tensor } from "@adjoint/core";
 * console.log(countNonzero(tensor([[1, 0], [2, 3]]), { axis: 0 }).toArray()); // → [ 2, 1 ]
 * ```
 */
export const countNonzero: Composed<(x: Tensor, options?: ReduceOptions) => Tensor> = compose(
  "countNonzero",
  (x, options = {}) => {
    const { axes, keepDims } = reduction("countNonzero", x, options);
    return sum(ne(x, 0), { axis: axes, keepDims });
  },
  { samples: () => [[ones([2, 3]), { axis: 1 }], [ones([0])], [ones([])]] },
);
