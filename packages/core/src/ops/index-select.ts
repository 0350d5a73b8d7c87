import { checkNumber, checkOptions } from "../arguments.js";
import { compose, type Composed } from "../composed.js";
import { ones } from "../create.js";
import { ShapeError } from "../errors.js";
import { formatShape, sameShape } from "../shape.js";
import type { Tensor } from "../tensor.js";
import { add, mul } from "./arithmetic.js";
import { asLine, checkSource, checkVector, inShape } from "./indices.js";
import { addRowsAt, integers, pickRows } from "./picking.js";

/**
 * The slices at `indices` (a vector of int32 or uint8, negative ones count from the end) along an axis: rows of a table with
 * axis 0. A scalar counts as a vector of one.
 *
 * @throws IndexError `INDEX_OUT_OF_RANGE`; DTypeError `INDEX_DTYPE`; ShapeError `INDEX_RANK`, `AXIS_OUT_OF_RANGE`,
 * `SHAPE_MISMATCH` for a scalar and more than one index; ArgumentError `OPERAND_KIND`.
 * @example
 * ```ts
 * import { indexSelect, tensor } from "@adjoint/core";
 * const table = tensor([[1, 2], [3, 4], [5, 6]]);
 * console.log(indexSelect(table, tensor([2, 0], { dtype: "int32" }), 0).toArray()); // → [ [ 5, 6 ], [ 1, 2 ] ]
 * ```
 */
export const indexSelect: Composed<(x: Tensor, indices: Tensor, axis: number) => Tensor> = compose(
  "indexSelect",
  (x, indices, axis) => {
    const at = checkVector("indexSelect", x, indices, axis);
    if (x.ndim > 0) return pickRows(x, indices, at);
    if (indices.size === 1) return x;
    throw new ShapeError(
      "SHAPE_MISMATCH",
      `indexSelect: ${indices.size} indices into a scalar; give one, or reshape it`,
    );
  },
  {
    samples: () => [
      [ones([3, 2]), integers([3], 2, 0, 2), 0],
      [ones([2, 3, 2]), integers([1], -1), 1],
      [ones([2, 3]), integers([0]), -1],
      [ones([]), integers([1], 0), 0],
    ],
  },
);

/** Options of {@link indexAdd}. */
export interface IndexAddOptions {
  /** What the slices are multiplied by (default 1). */
  readonly alpha?: number;
}

/**
 * `x` with the slices of `source` added at `indices` (a vector) along an axis: `out = x`, then
 * `out[indices[j]] += alpha · source[j]` for each j with axis 0. Slices at the same index add up. The reverse of
 * {@link indexSelect}.
 *
 * @param source - as `x`, but as long along the axis as there are indices
 * @throws IndexError `INDEX_OUT_OF_RANGE`; DTypeError `INDEX_DTYPE`, `DTYPE_MISMATCH`; ShapeError `INDEX_RANK`,
 * `SHAPE_MISMATCH`, `AXIS_OUT_OF_RANGE`; ArgumentError `OPERAND_KIND`, `NUMBER_INVALID`, `OPTION_UNKNOWN`.
 * @example
 * ```ts
 * import { indexAdd, tensor, zeros } from "@adjoint/core";
 * const rows = tensor([[1, 2], [3, 4], [5, 6]]);
 * const at = tensor([1, 0, 1], { dtype: "int32" });
 * console.log(indexAdd(zeros([2, 2]), at, rows, 0).toArray()); // → [ [ 3, 4 ], [ 6, 8 ] ]
 * ```
 */
export const indexAdd: Composed<
  (x: Tensor, indices: Tensor, source: Tensor, axis: number, options?: IndexAddOptions) => Tensor
> = compose(
  "indexAdd",
  (x, indices, source, axis, options = {}) => {
    const at = checkVector("indexAdd", x, indices, axis);
    checkSource("indexAdd", source, x);
    checkOptions("indexAdd", options, "{ alpha: 2 }", ["alpha"]);
    const alpha = checkNumber("indexAdd", "alpha", options.alpha ?? 1);
    const line = asLine(x);
    const part = asLine(source);
    if (!sameShape(part.shape, line.shape.with(at, indices.size))) {
      throw new ShapeError(
        "SHAPE_MISMATCH",
        `indexAdd: ${formatShape(source.shape)} at ${indices.size} indices for ${formatShape(x.shape)} along axis ${axis}: along it the source must be as long as the indices, and equal to the other on all other axes`,
      );
    }
    const sums = addRowsAt(part, indices, at, line.shape[at]);
    return add(x, inShape(alpha === 1 ? sums : mul(sums, alpha), x.shape));
  },
  {
    samples: () => [
      [ones([3, 2]), integers([3], 2, 0, 2), ones([3, 2]), 0],
      [ones([2, 3]), integers([1], -1), ones([2, 1]), 1, { alpha: -0.5 }],
      [ones([2, 0]), integers([0]), ones([0, 0]), 0],
      [ones([]), integers([1], 0), ones([]), 0],
    ],
  },
);
