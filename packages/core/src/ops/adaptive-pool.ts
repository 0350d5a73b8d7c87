import { ArgumentError } from "../errors.js";
import type { Tensor } from "../tensor.js";
import { checkSpatial } from "../windows.js";
import type { Places } from "./pool-loops.js";
import type { MaxPoolResult } from "./pool.js";
import { averagesUnder, largestUnder, planeGather } from "./pooling.js";

/** The size of the result along each spatial axis (null keeps that of the input), or one number for all. */
export type OutputSize = number | readonly (number | null)[];

/**
 * The mean under `outputSize` windows over one axis; see {@link adaptiveAvgPool2d}.
 *
 * @example
 * ```ts
 * import { adaptiveAvgPool1d, tensor } from "@adjoint/core";
 * console.log(adaptiveAvgPool1d(tensor([[1, 2, 3, 4, 5]]), 2).toArray()); // → [ [ 2, 4 ] ]
 * ```
 */
export function adaptiveAvgPool1d(x: Tensor, outputSize: OutputSize): Tensor {
  return adaptiveAverage("adaptiveAvgPool1d", x, outputSize, 1);
}

/**
 * The mean under windows that share the input out evenly: along an axis of `n` cells, window `p` of `m` covers the
 * cells `⌊p·n/m⌋ ≤ i < ⌈(p + 1)·n/m⌉`, which may overlap by a cell. With `outputSize` 1 it is the mean over the
 * image.
 *
 * `x: [batch, channels, height, width]` (or without the batch axis) gives `[batch, channels, …outputSize]`.
 *
 * @throws ShapeError `INPUT_RANK`; ArgumentError `OUTPUT_SIZE_INVALID`.
 * @example
 * ```ts
 * import { adaptiveAvgPool2d, tensor } from "@adjoint/core";
 * const x = tensor([[[1, 2, 3], [4, 5, 6]]]);
 * console.log(adaptiveAvgPool2d(x, 1).toArray(), adaptiveAvgPool2d(x, [1, 2]).toArray());
 * // → [ [ [ 3.5 ] ] ] [ [ [ 3, 4 ] ] ]
 * ```
 */
export function adaptiveAvgPool2d(x: Tensor, outputSize: OutputSize): Tensor {
  return adaptiveAverage("adaptiveAvgPool2d", x, outputSize, 2);
}

/**
 * The mean under `outputSize` windows over three axes; see {@link adaptiveAvgPool2d}.
 *
 * @example
 * ```ts
 * import { adaptiveAvgPool3d, ones } from "@adjoint/core";
 * console.log(adaptiveAvgPool3d(ones([1, 2, 4, 5, 6]), [1, null, 2]).shape); // → [ 1, 2, 1, 5, 2 ]
 * ```
 */
export function adaptiveAvgPool3d(x: Tensor, outputSize: OutputSize): Tensor {
  return adaptiveAverage("adaptiveAvgPool3d", x, outputSize, 3);
}

/**
 * The largest element under `outputSize` windows over one axis; see {@link adaptiveMaxPool2d}.
 *
 * @example
 * ```ts
 * import { adaptiveMaxPool1d, tensor } from "@adjoint/core";
 * console.log(adaptiveMaxPool1d(tensor([[1, 2, 3, 4, 5]]), 2).toArray()); // → [ [ 3, 5 ] ]
 * ```
 */
export function adaptiveMaxPool1d(x: Tensor, outputSize: OutputSize): Tensor {
  return adaptiveLargest("adaptiveMaxPool1d", x, outputSize, 1).values;
}

/**
 * The largest element under each of the windows of {@link adaptiveAvgPool2d}; the gradient goes to the first of equal
 * ones.
 *
 * @throws ShapeError `INPUT_RANK`; ArgumentError `OUTPUT_SIZE_INVALID`.
 * @example
 * ```ts
 * import { adaptiveMaxPool2d, tensor } from "@adjoint/core";
 * console.log(adaptiveMaxPool2d(tensor([[[1, 2, 3], [4, 5, 6]]]), [2, 1]).toArray()); // → [ [ [ 3 ], [ 6 ] ] ]
 * ```
 */
export function adaptiveMaxPool2d(x: Tensor, outputSize: OutputSize): Tensor {
  return adaptiveLargest("adaptiveMaxPool2d", x, outputSize, 2).values;
}

/**
 * The largest element under `outputSize` windows over three axes; see {@link adaptiveMaxPool2d}.
 *
 * @example
 * ```ts
 * import { adaptiveMaxPool3d, ones } from "@adjoint/core";
 * console.log(adaptiveMaxPool3d(ones([1, 2, 4, 5, 6]), 2).shape); // → [ 1, 2, 2, 2, 2 ]
 * ```
 */
export function adaptiveMaxPool3d(x: Tensor, outputSize: OutputSize): Tensor {
  return adaptiveLargest("adaptiveMaxPool3d", x, outputSize, 3).values;
}

function adaptiveAverage(name: string, x: Tensor, outputSize: OutputSize, spatial: number): Tensor {
  const places = adaptivePlaces(name, x, outputSize, spatial);
  return averagesUnder(x, {
    places,
    divisors: places.map(({ starts, ends }) => starts.map((start, p) => ends[p] - start)),
  });
}

function adaptiveLargest(name: string, x: Tensor, outputSize: OutputSize, spatial: number): MaxPoolResult {
  const places = adaptivePlaces(name, x, outputSize, spatial);
  const indices = largestUnder(x, places);
  return { values: planeGather(x, indices, x.shape.slice(-spatial)), indices };
}

function adaptivePlaces(name: string, x: Tensor, outputSize: OutputSize, spatial: number): Places[] {
  checkSpatial(name, x, spatial);
  const sizes = x.shape.slice(-spatial);
  const list = typeof outputSize === "number" ? new Array<number>(spatial).fill(outputSize) : outputSize;
  const wanted = Array.isArray(list) ? list.map((n: number | null, axis) => n ?? sizes[axis]) : [];
  if (wanted.length !== spatial || !wanted.every((n) => Number.isInteger(n) && n >= 1)) {
    throw new ArgumentError(
      "OUTPUT_SIZE_INVALID",
      `${name}: outputSize ${JSON.stringify(outputSize)}; use an integer >= 1, or ${spatial} of them (null keeps a size)`,
    );
  }
  return sizes.map((input, axis) => {
    const count = wanted[axis];
    const starts = Array.from({ length: count }, (_, p) => Math.floor((p * input) / count));
    const ends = Array.from({ length: count }, (_, p) => Math.ceil(((p + 1) * input) / count));
    return { input, starts, ends, step: 1 };
  });
}
