import { checkInteger, checkTensor } from "../arguments.js";
import { compose, type Composed } from "../composed.js";
import { ones } from "../create.js";
import { ShapeError } from "../errors.js";
import { checkShape, formatShape } from "../shape.js";
import type { Tensor } from "../tensor.js";
import { expand, reshape } from "./shape.js";

/**
 * `x` written down `repeats[k]` times along each axis `k`: `out[i] = x[i mod n]`. More counts than axes make new axes in front.
 *
 * @param repeats - a count for each axis of the result, or one count
 * @throws ShapeError `REPEATS_COUNT` for fewer counts than axes; ArgumentError `SHAPE_INVALID` for counts that are not integers >= 0.
 * @example
 * ```ts
 * import { repeat, tensor } from "@adjoint/core";
 * console.log(repeat(tensor([1, 2]), 2)); // → tensor([1, 2, 1, 2])
 * console.log(repeat(tensor([1, 2]), [2, 1]).toArray()); // → [ [ 1, 2 ], [ 1, 2 ] ]
 * ```
 */
export const repeat: Composed<(x: Tensor, repeats: number | readonly number[]) => Tensor> = compose(
  "repeat",
  (x, repeats) => {
    checkTensor("repeat", x);
    const counts = countsOf("repeat", repeats);
    if (counts.length >= x.ndim) return repeated("repeat", x, counts);
    throw new ShapeError(
      "REPEATS_COUNT",
      `repeat: ${formatShape(counts)} for ${formatShape(x.shape)}; give a count for each axis (tile fills up with 1)`,
    );
  },
  {
    samples: () => [
      [ones([2, 1]), [2, 1, 3]],
      [ones([]), 2],
      [ones([2]), 0],
    ],
  },
);

/**
 * `x` written down `repeats[k]` times along each axis, as {@link repeat}, where counts that are missing in front are 1.
 *
 * @throws ArgumentError `SHAPE_INVALID` for counts that are not integers >= 0.
 * @example
 * ```ts
 * import { tensor, tile } from "@adjoint/core";
 * console.log(tile(tensor([[1], [2]]), 2).toArray()); // → [ [ 1, 1 ], [ 2, 2 ] ]
 * ```
 */
export const tile: Composed<(x: Tensor, repeats: number | readonly number[]) => Tensor> = compose(
  "tile",
  (x, repeats) => {
    checkTensor("tile", x);
    const counts = countsOf("tile", repeats);
    return repeated("tile", x, [...new Array<number>(Math.max(0, x.ndim - counts.length)).fill(1), ...counts]);
  },
  {
    samples: () => [
      [ones([2, 2]), 2],
      [ones([0, 2]), [2, 2, 1]],
      [ones([]), []],
    ],
  },
);

function countsOf(name: string, repeats: number | readonly number[]): readonly number[] {
  return typeof repeats === "number" ? [checkInteger(name, "repeats", repeats, 0)] : checkShape(name, repeats);
}

function repeated(name: string, x: Tensor, counts: readonly number[]): Tensor {
  const sizes = [...new Array<number>(counts.length - x.ndim).fill(1), ...x.shape];
  const shape = sizes.map((n, axis) => n * counts[axis]);
  checkShape(name, shape);
  const apart = sizes.flatMap((n) => [1, n]);
  const side = sizes.flatMap((n, axis) => [counts[axis], n]);
  return reshape(expand(reshape(x, apart), side), shape);
}
