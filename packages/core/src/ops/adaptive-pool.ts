import { compose, type Composed } from "../composed.js";
import { ones } from "../create.js";
import { ArgumentError, ShapeError } from "../errors.js";
import { formatList, formatShape, type Shape } from "../shape.js";
import type { Tensor } from "../tensor.js";
import { checkSpatial, countOf } from "../windows.js";
import type { Places } from "./pool-loops.js";
import type { MaxPoolResult } from "./pool.js";
import { averagesUnder, largestUnder, planeGather } from "./pooling.js";

/** The size of the result along each spatial axis (null keeps that of the input), or one number for all. */
export type OutputSize = number | readonly (number | null)[];

type AdaptivePool = (x: Tensor, outputSize: OutputSize) => Tensor;

/**
 * The mean under `outputSize` windows over one axis; see {@link adaptiveAvgPool2d}.
 *
 * @example
 * ```ts
 * import { adaptiveAvgPool1d, tensor } from "@adjoint/core";
 * console.log(adaptiveAvgPool1d(tensor([[1, 2, 3, 4, 5]]), 2).toArray()); // → [ [ 2, 4 ] ]
 * ```
 */
export const adaptiveAvgPool1d: Composed<AdaptivePool> = compose(
  "adaptiveAvgPool1d",
  (x, outputSize) => adaptiveAverage("adaptiveAvgPool1d", x, outputSize, 1),
  {
    samples: () => [
      [ones([2, 5]), 3],
      [ones([0, 1, 4]), 2],
    ],
  },
);

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
export const adaptiveAvgPool2d: Composed<AdaptivePool> = compose(
  "adaptiveAvgPool2d",
  (x, outputSize) => adaptiveAverage("adaptiveAvgPool2d", x, outputSize, 2),
  { samples: () => [[ones([1, 1, 3, 4]), [2, 3]]] },
);

/**
 * The mean under `outputSize` windows over three axes; see {@link adaptiveAvgPool2d}.
 *
 * @example
 * ```ts
 * import { adaptiveAvgPool3d, ones } from "@adjoint/core";
 * console.log(adaptiveAvgPool3d(ones([1, 2, 4, 5, 6]), [1, null, 2]).shape); // → [ 1, 2, 1, 5, 2 ]
 * ```
 */
export const adaptiveAvgPool3d: Composed<AdaptivePool> = compose(
  "adaptiveAvgPool3d",
  (x, outputSize) => adaptiveAverage("adaptiveAvgPool3d", x, outputSize, 3),
  { samples: () => [[ones([1, 2, 3, 2]), [1, null, 1]]] },
);

/**
 * The largest element under `outputSize` windows over one axis; see {@link adaptiveMaxPool2d}.
 *
 * @example
 * ```ts
 * import { adaptiveMaxPool1d, tensor } from "@adjoint/core";
 * console.log(adaptiveMaxPool1d(tensor([[1, 2, 3, 4, 5]]), 2).toArray()); // → [ [ 3, 5 ] ]
 * ```
 */
export const adaptiveMaxPool1d: Composed<AdaptivePool> = compose(
  "adaptiveMaxPool1d",
  (x, outputSize) => adaptiveLargest("adaptiveMaxPool1d", x, outputSize, 1).values,
  {
    samples: () => [
      [ones([2, 5]), 3],
      [ones([0, 1, 4]), 2],
    ],
  },
);

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
export const adaptiveMaxPool2d: Composed<AdaptivePool> = compose(
  "adaptiveMaxPool2d",
  (x, outputSize) => adaptiveLargest("adaptiveMaxPool2d", x, outputSize, 2).values,
  { samples: () => [[ones([1, 1, 3, 4]), [2, 3]]] },
);

/**
 * The largest element under `outputSize` windows over three axes; see {@link adaptiveMaxPool2d}.
 *
 * @example
 * ```ts
 * import { adaptiveMaxPool3d, ones } from "@adjoint/core";
 * console.log(adaptiveMaxPool3d(ones([1, 2, 4, 5, 6]), 2).shape); // → [ 1, 2, 2, 2, 2 ]
 * ```
 */
export const adaptiveMaxPool3d: Composed<AdaptivePool> = compose(
  "adaptiveMaxPool3d",
  (x, outputSize) => adaptiveLargest("adaptiveMaxPool3d", x, outputSize, 3).values,
  { samples: () => [[ones([1, 2, 3, 2]), [1, null, 1]]] },
);

/**
 * {@link adaptiveMaxPool2d} over as many axes as the output size (an array) has numbers, with the positions of the largest
 * elements, as `maxPoolWithIndices` gives them.
 *
 * @throws as {@link adaptiveMaxPool2d}.
 * @example
 * ```ts
 * import { adaptiveMaxPoolWithIndices, tensor } from "@adjoint/core";
 * const { values, indices } = adaptiveMaxPoolWithIndices(tensor([[1, 3, 2, 5]]), [2]);
 * console.log(values.toArray(), indices.toArray()); // → [ [ 3, 5 ] ] [ [ 1, 3 ] ]
 * ```
 */
export const adaptiveMaxPoolWithIndices: Composed<
  (x: Tensor, outputSize: readonly (number | null)[]) => MaxPoolResult
> = compose(
  "adaptiveMaxPoolWithIndices",
  (x, outputSize) => {
    const spatial = countOf("adaptiveMaxPoolWithIndices", "outputSize", outputSize);
    return adaptiveLargest("adaptiveMaxPoolWithIndices", x, outputSize, spatial);
  },
  { samples: () => [[ones([1, 3, 4]), [2, null]]] },
);

function adaptiveAverage(name: string, x: Tensor, outputSize: OutputSize, spatial: number): Tensor {
  return averages(x, adaptivePlaces(name, x, outputSize, spatial));
}

/** The means over the last axes of `x`, shared out to `counts` cells each. */
export function averageShares(name: string, x: Tensor, counts: Shape): Tensor {
  checkCounts(name, counts);
  return averages(x, sharedOut(x.shape.slice(-counts.length), counts));
}

function averages(x: Tensor, places: Places[]): Tensor {
  const divisors = places.map(({ starts, ends }) => starts.map((start, p) => ends[p] - start));
  return averagesUnder(x, { places, divisors });
}

function adaptiveLargest(name: string, x: Tensor, outputSize: OutputSize, spatial: number): MaxPoolResult {
  const places = adaptivePlaces(name, x, outputSize, spatial);
  const indices = largestUnder(x, places);
  return { values: planeGather(x, indices, x.shape.slice(-spatial)), indices };
}

function adaptivePlaces(name: string, x: Tensor, outputSize: OutputSize, spatial: number): Places[] {
  checkSpatial(name, x, spatial);
  const sizes = x.shape.slice(-spatial);
  if (sizes.includes(0)) {
    throw new ShapeError(
      "INPUT_EMPTY",
      `${name}: the input ${formatShape(x.shape)} has no cells to pool; give it some`,
    );
  }
  return sharedOut(sizes, wantedSizes(name, outputSize, sizes));
}

function wantedSizes(name: string, outputSize: OutputSize, sizes: Shape): Shape {
  const count = sizes.length;
  const list = typeof outputSize === "number" ? new Array<number>(count).fill(outputSize) : outputSize;
  const wanted = Array.isArray(list)
    ? Array.from(list, (n: number | null, axis) => (n === null ? sizes[axis] : n))
    : [];
  if (wanted.length !== count || !wanted.every((n) => Number.isSafeInteger(n) && n >= 1)) {
    throw new ArgumentError(
      "OUTPUT_SIZE_INVALID",
      `${name}: outputSize ${formatList(outputSize)}; use an integer >= 1, or ${count} of them (null keeps a size)`,
    );
  }
  checkCounts(name, wanted);
  return wanted;
}

/** Windows along an axis are kept in a table. */
const LARGEST = 2 ** 24;

function checkCounts(name: string, counts: Shape): void {
  if (counts.every((n) => n <= LARGEST)) return;
  throw new ArgumentError(
    "SIZE_TOO_LARGE",
    `${name}: ${formatShape(counts)} windows are too many; pool to at most ${LARGEST} along an axis`,
  );
}

function sharedOut(sizes: Shape, counts: Shape): Places[] {
  return sizes.map((input, axis) => {
    const count = counts[axis];
    const starts = Array.from({ length: count }, (_, p) => Math.floor((p * input) / count));
    const ends = Array.from({ length: count }, (_, p) => Math.ceil(((p + 1) * input) / count));
    return { input, starts, ends, step: 1 };
  });
}
