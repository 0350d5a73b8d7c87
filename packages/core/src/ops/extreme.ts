import { ones } from "../create.js";
import { compose, type Composed } from "../composed.js";
import type { TypedArray } from "../dtype.js";
import type { OpFunction } from "../structural.js";
import type { Tensor } from "../tensor.js";
import type { ReduceOptions } from "./reduction.js";
import {
  type ArgOptions,
  type IndexOptions,
  placing,
  selecting,
  type ValuesAndIndices,
  withIndices,
} from "./selection.js";

/** The place of the first largest (sign 1) or smallest (sign -1) element; the first NaN wins over all. */
function indexOfExtreme(data: TypedArray, start: number, stride: number, count: number, sign: number): number {
  let best = 0;
  for (let i = 1, at = start + stride; i < count; i++, at += stride) {
    const x = data[at];
    const champion = data[start + best * stride];
    if (champion !== champion) return best;
    if (x !== x || sign * x > sign * champion) best = i;
  }
  return best;
}

/**
 * The largest element along some axes, or of all; NaN where one is. Equal largest elements share the gradient evenly. For
 * the larger of two tensors see `maximum`.
 *
 * @throws ShapeError `EMPTY_REDUCTION` over no elements, `AXIS_OUT_OF_RANGE`, `AXIS_REPEATED`.
 * @example
 * ```ts
 * import { max, tensor } from "@adjoint/core";
 * const x = tensor([[1, 5], [3, 2]]);
 * console.log(max(x).item(), max(x, { axis: 1 }).toArray()); // → 5 [ 5, 3 ]
 * ```
 */
export const max: OpFunction<[x: Tensor, options?: ReduceOptions]> = selecting(
  "max",
  (data, start, stride, count) => indexOfExtreme(data, start, stride, count, 1),
  "max",
);

/**
 * The smallest element along some axes, or of all; NaN where one is. Equal smallest elements share the gradient evenly. For
 * the smaller of two tensors see `minimum`.
 *
 * @throws ShapeError `EMPTY_REDUCTION` over no elements, `AXIS_OUT_OF_RANGE`, `AXIS_REPEATED`.
 * @example
 * ```ts
 * import { min, tensor } from "@adjoint/core";
 * const x = tensor([[1, 5], [3, 2]]);
 * console.log(min(x).item(), min(x, { axis: 0, keepDims: true }).toArray()); // → 1 [ [ 1, 2 ] ]
 * ```
 */
export const min: OpFunction<[x: Tensor, options?: ReduceOptions]> = selecting(
  "min",
  (data, start, stride, count) => indexOfExtreme(data, start, stride, count, -1),
  "min",
);

/**
 * The index (int32) of the first largest element along an axis, or in the flattened tensor; that of the first NaN where there is
 * one. It has no gradient.
 *
 * @throws ShapeError `EMPTY_REDUCTION` over no elements, `AXIS_OUT_OF_RANGE`.
 * @example
 * ```ts
 * import { argmax, tensor } from "@adjoint/core";
 * const x = tensor([[1, 5], [3, 2]]);
 * console.log(argmax(x).item(), argmax(x, { axis: 1 }).toArray()); // → 1 [ 1, 0 ]
 * ```
 */
export const argmax: OpFunction<[x: Tensor, options?: ArgOptions]> = placing(
  "argmax",
  (data, start, stride, count) => indexOfExtreme(data, start, stride, count, 1),
  "max",
);

/**
 * The index (int32) of the first smallest element along an axis, or in the flattened tensor; the rest as {@link argmax}.
 *
 * @throws ShapeError `EMPTY_REDUCTION` over no elements, `AXIS_OUT_OF_RANGE`.
 * @example
 * ```ts
 * import { argmin, tensor } from "@adjoint/core";
 * console.log(argmin(tensor([[1, 5], [3, 2]]), { axis: 1 }).toArray()); // → [ 0, 1 ]
 * ```
 */
export const argmin: OpFunction<[x: Tensor, options?: ArgOptions]> = placing(
  "argmin",
  (data, start, stride, count) => indexOfExtreme(data, start, stride, count, -1),
  "min",
);

/**
 * The largest element of each line along an axis, and its index: the first of equal ones, the first NaN where there is one. That
 * element gets the whole gradient (PyTorch's `max` with `dim`); {@link max} shares it among equal ones.
 *
 * @throws ShapeError `EMPTY_REDUCTION` over no elements, `AXIS_OUT_OF_RANGE`.
 * @example
 * ```ts
 * import { maxWithIndices, tensor } from "@adjoint/core";
 * const { values, indices } = maxWithIndices(tensor([[1, 5], [3, 2]]), 1);
 * console.log(values.toArray(), indices.toArray()); // → [ 5, 3 ] [ 1, 0 ]
 * ```
 */
export const maxWithIndices: Composed<(x: Tensor, axis: number, options?: IndexOptions) => ValuesAndIndices> = compose(
  "maxWithIndices",
  (x, axis, options = {}) => withIndices("maxWithIndices", argmax, x, axis, options),
  {
    samples: () => [
      [ones([2, 3]), 0],
      [ones([2, 3]), -1, { keepDims: true }],
      [ones([]), 0],
    ],
  },
);

/**
 * The smallest element of each line along an axis, and its index; the rest as {@link maxWithIndices}.
 *
 * @throws ShapeError `EMPTY_REDUCTION` over no elements, `AXIS_OUT_OF_RANGE`.
 * @example
 * ```ts
 * import { minWithIndices, tensor } from "@adjoint/core";
 * const { values, indices } = minWithIndices(tensor([[1, 5], [3, 2]]), 0);
 * console.log(values.toArray(), indices.toArray()); // → [ 1, 2 ] [ 0, 1 ]
 * ```
 */
export const minWithIndices: Composed<(x: Tensor, axis: number, options?: IndexOptions) => ValuesAndIndices> = compose(
  "minWithIndices",
  (x, axis, options = {}) => withIndices("minWithIndices", argmin, x, axis, options),
  { samples: () => [[ones([2, 3]), 1]] },
);
