import { checkBoolean, checkOptions } from "../arguments.js";
import { compose, type Composed } from "../composed.js";
import { ones } from "../create.js";
import { ArgumentError, describe, ShapeError } from "../errors.js";
import { formatShape } from "../shape.js";
import type { Tensor } from "../tensor.js";
import { checkSpatial, countOf, type PerAxis, perAxis, reach, slidingWindows, type Window } from "../windows.js";
import type { Places } from "./pool-loops.js";
import { averagesUnder, largestUnder, planeGather } from "./pooling.js";

/** Options of max pooling; a number stands for all spatial axes, an array gives one for each. */
export interface MaxPoolOptions {
  /** Cells under a window. */
  readonly kernelSize: PerAxis;
  /** Cells from one window to the next (default: the kernel size, windows side by side). */
  readonly stride?: PerAxis;
  /** Cells of -∞ on each side, at most half the kernel (default 0). */
  readonly padding?: PerAxis;
  /** Cells from one cell under a window to the next (default 1). */
  readonly dilation?: PerAxis;
  /** Round the number of windows up, so that the last may stand out over the end (default false). */
  readonly ceilMode?: boolean;
}

/** Options of average pooling; a number stands for all spatial axes, an array gives one for each. */
export interface AvgPoolOptions {
  /** Cells under a window. */
  readonly kernelSize: PerAxis;
  /** Cells from one window to the next (default: the kernel size, windows side by side). */
  readonly stride?: PerAxis;
  /** Cells of zeros on each side, at most half the kernel (default 0). */
  readonly padding?: PerAxis;
  /** Round the number of windows up, so that the last may stand out over the end (default false). */
  readonly ceilMode?: boolean;
  /** Count the cells of the padding in the divisor (default true). */
  readonly countIncludePad?: boolean;
  /** Divide every sum by this instead of the number of cells. */
  readonly divisorOverride?: number;
}

type MaxPool = (x: Tensor, options: MaxPoolOptions) => Tensor;
type AvgPool = (x: Tensor, options: AvgPoolOptions) => Tensor;

/**
 * The largest elements under windows over one axis: `[batch, channels, length]` to `[batch, channels, out]`; see
 * {@link maxPool2d}.
 *
 * @example
 * ```ts
 * import { maxPool1d, tensor } from "@adjoint/core";
 * console.log(maxPool1d(tensor([[1, 3, 2, 5, 4]]), { kernelSize: 3, stride: 2 }).toArray()); // → [ [ 3, 5 ] ]
 * ```
 */
export const maxPool1d: Composed<MaxPool> = compose(
  "maxPool1d",
  (x, options) => maxPool("maxPool1d", x, options, 1).values,
  {
    samples: () => [
      [ones([2, 5]), { kernelSize: 3, stride: 2, padding: 1 }],
      [ones([0, 1, 4]), { kernelSize: 2 }],
    ],
  },
);

/**
 * The largest element under each window: `out[n, c, p, q] = max x[n, c, p·stride + i·dilation - padding, q·stride +
 * j·dilation - padding]` over `0 ≤ i, j < kernelSize`.
 *
 * `x: [batch, channels, height, width]` (or without the batch axis) gives `[batch, channels, …]` with `out = ⌊(in +
 * 2·padding - dilation·(kernelSize - 1) - 1) / stride⌋ + 1`. In ceil mode the quotient is rounded up, but no window
 * starts behind the input and its padding in front. The gradient goes to the first of equal largest elements in
 * row-major order, as in PyTorch; a NaN is larger than anything.
 *
 * @throws ShapeError `INPUT_RANK`, `KERNEL_TOO_LARGE`; ArgumentError `KERNEL_SIZE_INVALID`, `STRIDE_INVALID`,
 * `PADDING_INVALID`, `DILATION_INVALID`.
 * @example
 * ```ts
 * import { maxPool2d, tensor } from "@adjoint/core";
 * const x = tensor([[[1, 2, 5, 6], [3, 4, 8, 7]]], { requiresGrad: true });
 * const y = maxPool2d(x, { kernelSize: 2 });
 * console.log(y.toArray()); // → [ [ [ 4, 8 ] ] ]
 * y.sum().backward();
 * console.log(x.grad?.toArray()); // → [ [ [ 0, 0, 0, 0 ], [ 0, 1, 1, 0 ] ] ]
 * ```
 */
export const maxPool2d: Composed<MaxPool> = compose(
  "maxPool2d",
  (x, options) => maxPool("maxPool2d", x, options, 2).values,
  { samples: () => [[ones([1, 1, 3, 4]), { kernelSize: 2, dilation: [1, 2], stride: 1 }]] },
);

/**
 * The largest elements under windows over three axes: `[batch, channels, depth, height, width]` to the same; see
 * {@link maxPool2d}.
 *
 * @example
 * ```ts
 * import { maxPool3d, ones } from "@adjoint/core";
 * console.log(maxPool3d(ones([1, 2, 4, 6, 6]), { kernelSize: [2, 3, 3] }).shape); // → [ 1, 2, 2, 2, 2 ]
 * ```
 */
export const maxPool3d: Composed<MaxPool> = compose(
  "maxPool3d",
  (x, options) => maxPool("maxPool3d", x, options, 3).values,
  { samples: () => [[ones([1, 2, 3, 2]), { kernelSize: 2, ceilMode: true }]] },
);

/** Largest elements, and where they are. */
export type MaxPoolResult = {
  readonly values: Tensor; // [batch, channels, …], or without the batch axis
  /** Flat positions (int32) within the spatial axes of one channel, in the shape of `values`. */
  readonly indices: Tensor;
};

/** Options of max pooling over as many axes as the kernel size has numbers. */
export interface MaxPoolAxesOptions extends MaxPoolOptions {
  /** Cells under a window along each axis. */
  readonly kernelSize: readonly number[];
}

/**
 * Max pooling over as many axes as the kernel size (an array) has numbers, with the positions of the largest elements.
 * Formula, sizes and errors as in {@link maxPool2d}.
 *
 * @example
 * ```ts
 * import { maxPoolWithIndices, tensor } from "@adjoint/core";
 * const { values, indices } = maxPoolWithIndices(tensor([[1, 3, 2, 2]]), { kernelSize: [2] });
 * console.log(values.toArray(), indices.toArray()); // → [ [ 3, 2 ] ] [ [ 1, 2 ] ]
 * ```
 */
export const maxPoolWithIndices: Composed<(x: Tensor, options: MaxPoolAxesOptions) => MaxPoolResult> = compose(
  "maxPoolWithIndices",
  (x, options) => {
    checkOptions("maxPoolWithIndices", options, "{ kernelSize: [2, 2] }", MAX_POOL_OPTIONS);
    return maxPool("maxPoolWithIndices", x, options, countOf("maxPoolWithIndices", "kernelSize", options.kernelSize));
  },
  { samples: () => [[ones([1, 3, 4]), { kernelSize: [2, 2] }]] },
);

/**
 * The mean under windows over one axis: `[batch, channels, length]` to `[batch, channels, out]`; see {@link
 * avgPool2d}.
 *
 * @example
 * ```ts
 * import { avgPool1d, tensor } from "@adjoint/core";
 * const x = tensor([[2, 4, 6]]);
 * console.log(avgPool1d(x, { kernelSize: 2, stride: 1 }).toArray()); // → [ [ 3, 5 ] ]
 * console.log(avgPool1d(x, { kernelSize: 2, padding: 1, countIncludePad: false }).toArray()); // → [ [ 2, 5 ] ]
 * ```
 */
export const avgPool1d: Composed<AvgPool> = compose("avgPool1d", (x, options) => avgPool("avgPool1d", x, options, 1), {
  samples: () => [
    [ones([2, 5]), { kernelSize: 3, stride: 2, padding: 1 }],
    [ones([0, 1, 4]), { kernelSize: 2 }],
  ],
});

/**
 * The mean under each window: `out[n, c, p, q] = Σ x[n, c, p·stride + i - padding, q·stride + j - padding] / cells`
 * over `0 ≤ i, j < kernelSize`, where `cells` are all the cells of the window, or with `countIncludePad: false` those
 * on the input.
 *
 * `x: [batch, channels, height, width]` (or without the batch axis) gives `[batch, channels, …]`, with sizes and ceil
 * mode as in {@link maxPool2d} without dilation. What stands out over the padding in ceil mode is never counted.
 *
 * @throws ShapeError `INPUT_RANK`, `KERNEL_TOO_LARGE`; ArgumentError `KERNEL_SIZE_INVALID`, `STRIDE_INVALID`,
 * `PADDING_INVALID`, `DIVISOR_OVERRIDE_INVALID`.
 * @example
 * ```ts
 * import { avgPool2d, tensor } from "@adjoint/core";
 * const x = tensor([[[1, 2, 5, 6], [3, 4, 8, 7]]]);
 * console.log(avgPool2d(x, { kernelSize: 2 }).toArray()); // → [ [ [ 2.5, 6.5 ] ] ]
 * ```
 */
export const avgPool2d: Composed<AvgPool> = compose("avgPool2d", (x, options) => avgPool("avgPool2d", x, options, 2), {
  samples: () => [[ones([1, 1, 3, 3]), { kernelSize: 2, stride: 1, padding: 1, countIncludePad: false }]],
});

/**
 * The mean under windows over three axes: `[batch, channels, depth, height, width]` to the same; see {@link
 * avgPool2d}.
 *
 * @example
 * ```ts
 * import { avgPool3d, ones } from "@adjoint/core";
 * console.log(avgPool3d(ones([1, 2, 4, 6, 6]), { kernelSize: 2 }).shape); // → [ 1, 2, 2, 3, 3 ]
 * ```
 */
export const avgPool3d: Composed<AvgPool> = compose("avgPool3d", (x, options) => avgPool("avgPool3d", x, options, 3), {
  samples: () => [[ones([1, 2, 3, 2]), { kernelSize: 2, ceilMode: true, divisorOverride: 3 }]],
});

const MAX_POOL_OPTIONS = ["kernelSize", "stride", "padding", "dilation", "ceilMode"];
const AVG_POOL_OPTIONS = ["kernelSize", "stride", "padding", "ceilMode", "countIncludePad", "divisorOverride"];

function maxPool(name: string, x: Tensor, options: MaxPoolOptions, spatial: number): MaxPoolResult {
  checkOptions(name, options, "{ kernelSize: 2 }", MAX_POOL_OPTIONS);
  checkSpatial(name, x, spatial);
  const sizes = x.shape.slice(-spatial);
  const places = poolWindows(name, sizes, options).map(
    ({ input, kernel, output, stride, dilation, before }): Places => {
      const corners = Array.from({ length: output }, (_, p) => p * stride - before);
      return {
        input,
        starts: corners.map((corner) => (corner < 0 ? corner + dilation * Math.ceil(-corner / dilation) : corner)),
        ends: corners.map((corner) => Math.min(input, corner + reach(kernel, dilation))),
        step: dilation,
      };
    },
  );
  if (places.some(({ starts, ends }) => starts.some((start, p) => start >= ends[p]))) {
    throw new ShapeError(
      "KERNEL_TOO_LARGE",
      `${name}: with this dilation a window has no cell on the input ${formatShape(sizes)}; use less dilation or padding`,
    );
  }
  const indices = largestUnder(x, places);
  return { values: planeGather(x, indices, sizes), indices };
}

/** The means under windows over `spatial` axes, for functions that are called `name`. */
export function avgPool(name: string, x: Tensor, options: AvgPoolOptions, spatial: number): Tensor {
  checkOptions(name, options, "{ kernelSize: 2 }", AVG_POOL_OPTIONS);
  checkSpatial(name, x, spatial);
  const { divisorOverride } = options;
  const countIncludePad = checkBoolean(name, "countIncludePad", options.countIncludePad ?? true);
  if (divisorOverride !== undefined && !(Number.isFinite(divisorOverride) && divisorOverride !== 0)) {
    throw new ArgumentError(
      "DIVISOR_OVERRIDE_INVALID",
      `${name}: divisorOverride ${describe(divisorOverride)}; use a number other than 0`,
    );
  }
  const windows = poolWindows(name, x.shape.slice(-spatial), options);
  const places: Places[] = [];
  const divisors = windows.map(({ input, kernel, output, stride, before }, axis) => {
    const corners = Array.from({ length: output }, (_, p) => p * stride - before);
    const starts = corners.map((corner) => Math.max(0, corner));
    const ends = corners.map((corner) => Math.min(input, corner + kernel));
    places.push({ input, starts, ends, step: 1 });
    if (divisorOverride !== undefined) return corners.map(() => (axis === 0 ? divisorOverride : 1));
    if (!countIncludePad) return starts.map((start, p) => ends[p] - start);
    return corners.map((corner) => Math.min(corner + kernel, input + before) - corner);
  });
  return averagesUnder(x, { places, divisors });
}

/** The windows of a pooling, with the padding that both sides get alike. */
function poolWindows(name: string, sizes: readonly number[], options: MaxPoolOptions): Window[] {
  const count = sizes.length;
  const kernel = perAxis(name, "kernelSize", options.kernelSize, count, 1);
  const stride = perAxis(name, "stride", options.stride ?? kernel, count, 1);
  const dilation = perAxis(name, "dilation", options.dilation ?? 1, count, 1);
  const before = perAxis(name, "padding", options.padding ?? 0, count, 0);
  if (before.some((n, axis) => 2 * n > reach(kernel[axis], dilation[axis]))) {
    throw new ArgumentError(
      "PADDING_INVALID",
      `${name}: padding ${formatShape(before)} with the kernel ${formatShape(kernel)}; use at most half the kernel, or windows would lie in the padding alone`,
    );
  }
  const padding = before.map((n): [number, number] => [n, n]);
  const ceilMode = checkBoolean(name, "ceilMode", options.ceilMode ?? false);
  return slidingWindows(name, sizes, { kernel, stride, dilation, padding, ceilMode });
}
