import { compose, type Composed } from "../composed.js";
import { ones } from "../create.js";
import type { TypedArray } from "../dtype.js";
import { scratch } from "../scratch.js";
import type { OpFunction } from "../structural.js";
import type { Tensor } from "../tensor.js";
import type { ReduceOptions } from "./reduction.js";
import { type Choice, type IndexOptions, placing, selecting, type ValuesAndIndices, withIndices } from "./selection.js";

/** The element that would be at `rank` if the first `count` of `values` were sorted, which it partly does (C. Hoare's FIND, 1961). */
function nthSmallest(values: TypedArray, count: number, rank: number): number {
  let low = 0;
  let high = count - 1;
  while (low < high) {
    const pivot = values[(low + high) >> 1];
    let i = low;
    let j = high;
    while (i <= j) {
      while (values[i] < pivot) i++;
      while (values[j] > pivot) j--;
      if (i > j) break;
      const moved = values[i];
      values[i++] = values[j];
      values[j--] = moved;
    }
    if (rank <= j) high = j;
    else if (rank >= i) low = i;
    else break;
  }
  return values[rank];
}

/** The place of the first element that equals the median; the first NaN wins over all, unless NaNs are left out. */
function placeOfMedian(data: TypedArray, start: number, stride: number, count: number, leaveOut: boolean): number {
  const numbers = scratch("median", "float64", count);
  let found = 0;
  for (let k = 0, at = start; k < count; k++, at += stride) {
    const value = data[at];
    if (value === value) numbers[found++] = value;
    else if (!leaveOut) return k;
  }
  if (found === 0) return 0;
  const median = nthSmallest(numbers, found, (found - 1) >> 1);
  let place = 0;
  while (data[start + place * stride] !== median) place++;
  return place;
}

const middle: Choice = (data, start, stride, count) => placeOfMedian(data, start, stride, count, false);
const middleNumber: Choice = (data, start, stride, count) => placeOfMedian(data, start, stride, count, true);

/**
 * The median along some axes, or of all elements: the lower of the two in the middle when their number is even, NaN where one
 * is. Elements equal to it share the gradient evenly. For the mean of the two in the middle see `quantile`.
 *
 * @throws ShapeError `EMPTY_REDUCTION` over no elements, `AXIS_OUT_OF_RANGE`, `AXIS_REPEATED`.
 * @example
 * ```ts
 * import { median, tensor } from "@adjoint/core";
 * console.log(median(tensor([5, 1, 3, 2])).item()); // → 2
 * ```
 */
export const median: OpFunction<[x: Tensor, options?: ReduceOptions]> = selecting("median", middle);

/**
 * The median of the elements that are not NaN, along some axes or of all; NaN where there is none. The rest as {@link median}.
 *
 * @throws ShapeError `EMPTY_REDUCTION` over no elements, `AXIS_OUT_OF_RANGE`, `AXIS_REPEATED`.
 * @example
 * ```ts
 * import { nanmedian, tensor } from "@adjoint/core";
 * console.log(nanmedian(tensor([5, NaN, 3, 2])).item()); // → 3
 * ```
 */
export const nanmedian: OpFunction<[x: Tensor, options?: ReduceOptions]> = selecting("nanmedian", middleNumber);

const argmedian = placing("medianWithIndices", middle);

/**
 * The median of each line along an axis, and the index of the first element that equals it, which gets the whole gradient (PyTorch's
 * `median` with `dim`); {@link median} shares it among equal ones.
 *
 * @throws ShapeError `EMPTY_REDUCTION` over no elements, `AXIS_OUT_OF_RANGE`.
 * @example
 * ```ts
 * import { medianWithIndices, tensor } from "@adjoint/core";
 * const { values, indices } = medianWithIndices(tensor([[5, 1, 3], [2, 2, 9]]), 1);
 * console.log(values.toArray(), indices.toArray()); // → [ 3, 2 ] [ 2, 0 ]
 * ```
 */
export const medianWithIndices: Composed<(x: Tensor, axis: number, options?: IndexOptions) => ValuesAndIndices> =
  compose(
    "medianWithIndices",
    (x, axis, options = {}) => withIndices("medianWithIndices", argmedian, x, axis, options),
    {
      samples: () => [
        [ones([2, 4]), 1],
        [ones([3, 2]), 0, { keepDims: true }],
        [ones([]), 0],
      ],
    },
  );

const argnanmedian = placing("nanmedianWithIndices", middleNumber);

/**
 * The median of the elements of each line that are not NaN, NaN where there is none, and its index; the rest as
 * {@link medianWithIndices}.
 *
 * @throws ShapeError `EMPTY_REDUCTION` over no elements, `AXIS_OUT_OF_RANGE`.
 * @example
 * ```ts
 * import { nanmedianWithIndices, tensor } from "@adjoint/core";
 * console.log(nanmedianWithIndices(tensor([5, NaN, 3, 2]), 0).indices.item()); // → 2
 * ```
 */
export const nanmedianWithIndices: Composed<(x: Tensor, axis: number, options?: IndexOptions) => ValuesAndIndices> =
  compose(
    "nanmedianWithIndices",
    (x, axis, options = {}) => withIndices("nanmedianWithIndices", argnanmedian, x, axis, options),
    { samples: () => [[ones([2, 3]), 1]] },
  );
