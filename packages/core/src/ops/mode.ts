import { compose, type Composed } from "../composed.js";
import { ones } from "../create.js";
import type { Tensor } from "../tensor.js";
import { type Choice, type IndexOptions, placing, type ValuesAndIndices, withIndices } from "./selection.js";

/** The place of the last element that equals the most frequent one; every NaN counts as different from all others. */
const mostFrequent: Choice = (data, start, stride, count) => {
  const sorted = Float64Array.from({ length: count }, (_, k) => data[start + k * stride]).sort();
  let mode = sorted[0];
  let most = 0;
  for (let k = 0, first = 0; k < count; k++) {
    if (sorted[k] !== sorted[first]) first = k;
    if (k - first >= most) [mode, most] = [sorted[k], k - first + 1];
  }
  let place = count - 1;
  while (place > 0 && data[start + place * stride] !== mode) place--;
  return place;
};

const argmode = placing("mode", mostFrequent);

/**
 * The most frequent element of each line along an axis (default the last), the smallest of several, and the index of the last
 * element that equals it, which gets the gradient.
 *
 * @throws ShapeError `EMPTY_REDUCTION` over no elements, `AXIS_OUT_OF_RANGE`.
 * @example
 * ```ts
 * import { mode, tensor } from "@adjoint/core";
 * const { values, indices } = mode(tensor([[3, 1, 3], [2, 1, 0]]));
 * console.log(values.toArray(), indices.toArray()); // → [ 3, 0 ] [ 2, 2 ]
 * ```
 */
export const mode: Composed<(x: Tensor, axis?: number, options?: IndexOptions) => ValuesAndIndices> = compose(
  "mode",
  (x, axis = -1, options = {}) => withIndices("mode", argmode, x, axis, options),
  { samples: () => [[ones([2, 3]), 0], [ones([])]] },
);
