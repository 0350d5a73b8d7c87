import { checkChoice, checkOptions, checkRank, checkTensor, checkTensors } from "../arguments.js";
import { compose, type Composed } from "../composed.js";
import { ones } from "../create.js";
import { broadcastShapes, expandedShape } from "../shape.js";
import type { Tensor } from "../tensor.js";
import { expand, reshape } from "./shape.js";

/**
 * `x` repeated along axes of size 1 and new ones in front to be of the shape `shape`; -1 keeps a size. Another name of {@link expand}.
 *
 * @throws ShapeError `SHAPE_MISMATCH` when a size that is not 1 would have to change; ArgumentError `SHAPE_INVALID`.
 * @example
 * ```ts
 * import { broadcastTo, tensor } from "@adjoint/core";
 * console.log(broadcastTo(tensor([1, 2]), [2, 2]).toArray()); // → [ [ 1, 2 ], [ 1, 2 ] ]
 * ```
 */
export const broadcastTo: Composed<(x: Tensor, shape: readonly number[]) => Tensor> = compose(
  "broadcastTo",
  (x, shape) => {
    checkTensor("broadcastTo", x);
    return expand(x, expandedShape("broadcastTo", x.shape, shape));
  },
  {
    samples: () => [
      [ones([2, 1]), [3, -1, 2]],
      [ones([]), [0]],
    ],
  },
);

/**
 * The tensors repeated to the one shape in which they would meet in an elementwise op. Nothing is copied.
 *
 * @throws ShapeError `SHAPE_MISMATCH` when they do not broadcast; ArgumentError `EMPTY_LIST`, `OPERAND_KIND`.
 * @example
 * ```ts
 * import { broadcastTensors, tensor } from "@adjoint/core";
 * const [a, b] = broadcastTensors([tensor([[1], [2]]), tensor([3, 4])]);
 * console.log(a.toArray(), b.toArray()); // → [ [ 1, 1 ], [ 2, 2 ] ] [ [ 3, 4 ], [ 3, 4 ] ]
 * ```
 */
export const broadcastTensors: Composed<(tensors: readonly Tensor[]) => Tensor[]> = compose(
  "broadcastTensors",
  (tensors) => {
    checkTensors("broadcastTensors", tensors);
    const shape = broadcastShapes(
      "broadcastTensors",
      tensors.map((x) => x.shape),
    );
    return tensors.map((x) => expand(x, shape));
  },
  { samples: () => [[[ones([2, 1]), ones([3]), ones([])]], [[ones([0, 1]), ones([1, 2])]]] },
);

/** Options of {@link meshgrid}. */
export interface MeshgridOptions {
  /** Whether the first vector runs along axis 0 (`"ij"`, the default) or along axis 1, as x does in a picture (`"xy"`). */
  readonly indexing?: "ij" | "xy";
}

/**
 * The coordinates of all points of a grid: `out[k]` holds at each point its coordinate from the `k`-th vector. The result has an axis
 * for each vector. Nothing is copied.
 *
 * @param vectors - `[n]` each; a scalar counts as one point
 * @throws ShapeError `RANK_INVALID`; ArgumentError `EMPTY_LIST`, `OPERAND_KIND`, `CHOICE_INVALID`.
 * @example
 * ```ts
 * import { meshgrid, tensor } from "@adjoint/core";
 * const [x, y] = meshgrid([tensor([1, 2, 3]), tensor([4, 5])], { indexing: "xy" });
 * console.log(x.toArray(), y.toArray()); // → [ [ 1, 2, 3 ], [ 1, 2, 3 ] ] [ [ 4, 4, 4 ], [ 5, 5, 5 ] ]
 * ```
 */
export const meshgrid: Composed<(vectors: readonly Tensor[], options?: MeshgridOptions) => Tensor[]> = compose(
  "meshgrid",
  (vectors, options = {}) => {
    checkTensors("meshgrid", vectors);
    checkOptions("meshgrid", options, '{ indexing: "xy" }', ["indexing"]);
    const indexing = checkChoice("meshgrid", "indexing", options.indexing ?? "ij", ["ij", "xy"]);
    for (const x of vectors) checkRank("meshgrid", x, "[n], or [] for one point", 0, 1);
    const swapped = indexing === "xy" && vectors.length > 1;
    const along = vectors.map((_, k) => (swapped && k < 2 ? 1 - k : k));
    const shape = along.map((k) => vectors[k].size);
    return vectors.map((x, k) =>
      expand(
        reshape(
          x,
          along.map((_, axis) => (axis === along[k] ? x.size : 1)),
        ),
        shape,
      ),
    );
  },
  {
    samples: () => [
      [[ones([2]), ones([3]), ones([])]],
      [[ones([2]), ones([3])], { indexing: "xy" }],
      [[ones([0]), ones([2])]],
    ],
  },
);
