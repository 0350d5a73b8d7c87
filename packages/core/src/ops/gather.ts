import { checkTensor } from "../arguments.js";
import { compose, type Composed } from "../composed.js";
import { ones } from "../create.js";
import { ShapeError } from "../errors.js";
import { broadcastShapes, formatShape } from "../shape.js";
import type { Tensor } from "../tensor.js";
import { asLine, checkAlong, checkPlaces, inShape } from "./indices.js";
import { integers, pick, pickRows } from "./picking.js";
import { lineAxis } from "./reduction.js";
import { expand, reshape } from "./shape.js";

/**
 * The elements at `indices` along an axis: with axis 0, `out[i][j] = x[indices[i][j]][j]`. The result has the shape of the
 * indices (int32 or uint8, negative ones count from the end), of the rank of `x` and no longer than it along the other axes.
 *
 * @throws IndexError `INDEX_OUT_OF_RANGE`; DTypeError `INDEX_DTYPE`; ShapeError `SHAPE_MISMATCH`, `AXIS_OUT_OF_RANGE`;
 * ArgumentError `OPERAND_KIND`.
 * @example
 * ```ts
 * import { gather, tensor } from "@adjoint/core";
 * const scores = tensor([[1, 2, 3], [4, 5, 6]]);
 * const labels = tensor([[2], [0]], { dtype: "int32" });
 * console.log(gather(scores, labels, 1).toArray()); // → [ [ 3 ], [ 4 ] ]
 * ```
 */
export const gather: Composed<(x: Tensor, indices: Tensor, axis: number) => Tensor> = compose(
  "gather",
  (x, indices, axis) => {
    const at = checkPlaces("gather", x, indices, axis);
    return inShape(pick(asLine(x), asLine(indices), at), indices.shape);
  },
  {
    samples: () => [
      [ones([3, 2]), integers([2, 2], 0, 2, 1, 1), 0],
      [ones([2, 3]), integers([2, 4], 0, -1, 1, 0, 1, 1, 1, 2), 1],
      [ones([3, 2, 2]), integers([2, 1, 1], 1, 0), 1],
      [ones([2, 0]), integers([0, 0]), 0],
      [ones([]), integers([], 0), 0],
    ],
  },
);

/**
 * The elements at `indices` along an axis, as {@link gather}, where `x` and the indices broadcast on all other axes:
 * `takeAlongAxis(x, argsort(x, { axis }), axis)` is `x` sorted. Without an axis both are flattened first. PyTorch's
 * `take_along_dim`.
 *
 * @throws IndexError `INDEX_OUT_OF_RANGE`; DTypeError `INDEX_DTYPE`; ShapeError `SHAPE_MISMATCH`, `AXIS_OUT_OF_RANGE`;
 * ArgumentError `OPERAND_KIND`.
 * @example
 * ```ts
 * import { takeAlongAxis, tensor } from "@adjoint/core";
 * const x = tensor([[1, 2, 3], [4, 5, 6]]);
 * console.log(takeAlongAxis(x, tensor([[2, 0]], { dtype: "int32" }), 1).toArray()); // → [ [ 3, 1 ], [ 6, 4 ] ]
 * ```
 */
export const takeAlongAxis: Composed<(x: Tensor, indices: Tensor, axis?: number) => Tensor> = compose(
  "takeAlongAxis",
  (x: Tensor, indices: Tensor, axis?: number) => {
    const name = "takeAlongAxis";
    checkTensor(name, x);
    if (axis === undefined) return takeFlat(name, x, indices);
    const at = lineAxis(name, x, axis);
    const line = asLine(x);
    checkAlong(name, indices, line.shape[at]);
    const places = asLine(indices);
    if (places.ndim !== line.ndim) {
      throw new ShapeError(
        "SHAPE_MISMATCH",
        `${name}: indices ${formatShape(indices.shape)} for ${formatShape(x.shape)}: the ranks must be equal; reshape the indices`,
      );
    }
    const count = places.shape[at];
    if (places.shape.every((n, i) => i === at || n === 1)) {
      // The same places in every line: whole slices are taken.
      return inShape(
        pickRows(line, reshape(places, [count]), at),
        x.ndim === 0 ? indices.shape : line.shape.with(at, count),
      );
    }
    const shape = broadcastShapes(name, [line.shape.with(at, 1), places.shape.with(at, 1)]);
    return pick(expand(line, shape.with(at, line.shape[at])), expand(places, shape.with(at, count)), at);
  },
  {
    samples: () => [
      [ones([2, 3]), integers([1, 2], 2, -1), 1],
      [ones([2, 1, 3]), integers([1, 2, 2], 2, 0, 1, 1), 2],
      [ones([2, 2]), integers([3], 3, 0, 0)],
      [ones([2, 0]), integers([2, 0]), 0],
      [ones([]), integers([], 0), 0],
    ],
  },
);

/**
 * The elements at `indices` in the flattened tensor, in the shape of the indices (int32 or uint8, negative ones count from the
 * end): `out[…] = flatten(x)[indices[…]]`.
 *
 * @throws IndexError `INDEX_OUT_OF_RANGE`; DTypeError `INDEX_DTYPE`; ArgumentError `OPERAND_KIND`.
 * @example
 * ```ts
 * import { take, tensor } from "@adjoint/core";
 * console.log(take(tensor([[1, 2], [3, 4]]), tensor([[3, 0]], { dtype: "int32" })).toArray()); // → [ [ 4, 1 ] ]
 * ```
 */
export const take: Composed<(x: Tensor, indices: Tensor) => Tensor> = compose(
  "take",
  (x, indices) => reshape(takeFlat("take", x, indices), indices.shape),
  {
    samples: () => [
      [ones([2, 3]), integers([2, 2], 5, 0, 0, -2)],
      [ones([]), integers([], 0)],
      [ones([0]), integers([0])],
    ],
  },
);

/** The elements at indices in the flattened tensor, as a vector. */
function takeFlat(name: string, x: Tensor, indices: Tensor): Tensor {
  checkTensor(name, x);
  checkAlong(name, indices, x.size);
  return pickRows(reshape(x, [x.size]), reshape(indices, [indices.size]), 0);
}
