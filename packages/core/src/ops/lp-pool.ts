import { checkFloating, checkOptions } from "../arguments.js";
import { compose, type Composed } from "../composed.js";
import { ones } from "../create.js";
import { ArgumentError, describe } from "../errors.js";
import type { Tensor } from "../tensor.js";
import { checkSpatial, type PerAxis, perAxis } from "../windows.js";
import { abs, add, mul, pow } from "./arithmetic.js";
import { eq, where } from "./compare.js";
import { avgPool } from "./pool.js";

/** Options of power-average pooling; a number stands for all spatial axes, an array gives one for each. */
export interface LpPoolOptions {
  /** The exponent p, any number but 0: 1 gives sums, 2 Euclidean norms, and with growing p comes the maximum. */
  readonly normType: number;
  /** Cells under a window. */
  readonly kernelSize: PerAxis;
  /** Cells from one window to the next (default: the kernel size, windows side by side). */
  readonly stride?: PerAxis;
  /** Round the number of windows up, so that the last may stand out over the end (default false). */
  readonly ceilMode?: boolean;
}

type LpPool = (x: Tensor, options: LpPoolOptions) => Tensor;

/**
 * The p-norm under windows over one axis: `[batch, channels, length]` to `[batch, channels, out]`; see {@link lpPool2d}.
 *
 * @example
 * ```ts
 * import { lpPool1d, tensor } from "@adjoint/core";
 * console.log(lpPool1d(tensor([[3, 4, 5, 12]]), { normType: 2, kernelSize: 2 }).toArray()); // → [ [ 5, 13 ] ]
 * ```
 */
export const lpPool1d: Composed<LpPool> = compose("lpPool1d", (x, options) => lpPool("lpPool1d", x, options, 1), {
  samples: () => [
    [ones([1, 4]), { normType: 3, kernelSize: 2, stride: 1 }],
    [ones([0, 1, 4]), { normType: 1, kernelSize: 2 }],
  ],
  domain: (x) => add(abs(x), 0.5),
});

/**
 * The power average under each window: `out[n, c, p, q] = (Σ x[n, c, p·stride + i, q·stride + j]^normType)^(1 / normType)` over
 * `0 ≤ i, j < kernelSize`.
 *
 * `x: [batch, channels, height, width]` (or without the batch axis; float32 or float64) gives `[batch, channels, …]`, with
 * sizes and ceil mode as in {@link maxPool2d} without padding and dilation; a window that stands out over the end is scaled up
 * to all its cells. Where the sum is 0 the gradient is 0; where it is negative, as it can be for odd exponents, the result is NaN.
 *
 * @throws ShapeError `INPUT_RANK`, `KERNEL_TOO_LARGE`; DTypeError `DTYPE_FLOATING`; ArgumentError `NORM_TYPE_INVALID`,
 * `KERNEL_SIZE_INVALID`, `STRIDE_INVALID`.
 * @example
 * ```ts
 * import { lpPool2d, tensor } from "@adjoint/core";
 * const x = tensor([[[1, 1, 2, 0], [1, 1, 0, 0]]]);
 * console.log(lpPool2d(x, { normType: 2, kernelSize: 2 }).toArray()); // → [ [ [ 2, 2 ] ] ]
 * ```
 */
export const lpPool2d: Composed<LpPool> = compose("lpPool2d", (x, options) => lpPool("lpPool2d", x, options, 2), {
  samples: () => [[ones([1, 1, 3, 4]), { normType: 2, kernelSize: 2, stride: [1, 2], ceilMode: true }]],
});

/**
 * The p-norm under windows over three axes: `[batch, channels, depth, height, width]` to the same; see {@link lpPool2d}.
 *
 * @example
 * ```ts
 * import { lpPool3d, ones } from "@adjoint/core";
 * console.log(lpPool3d(ones([1, 2, 4, 6, 6]), { normType: 2, kernelSize: 2 }).shape); // → [ 1, 2, 2, 3, 3 ]
 * ```
 */
export const lpPool3d: Composed<LpPool> = compose("lpPool3d", (x, options) => lpPool("lpPool3d", x, options, 3), {
  samples: () => [[ones([1, 2, 1, 2]), { normType: 2, kernelSize: [2, 1, 2] }]],
});

function lpPool(name: string, x: Tensor, options: LpPoolOptions, spatial: number): Tensor {
  checkOptions(name, options, "{ normType: 2, kernelSize: 2 }", ["normType", "kernelSize", "stride", "ceilMode"]);
  checkSpatial(name, x, spatial);
  checkFloating(name, x);
  const { normType, ...windows } = options;
  if (!Number.isFinite(normType) || normType === 0) {
    throw new ArgumentError(
      "NORM_TYPE_INVALID",
      `${name}: normType is ${describe(normType)}; use a finite number other than 0 (max pooling is the limit for large ones)`,
    );
  }
  const count = perAxis(name, "kernelSize", windows.kernelSize, spatial, 1).reduce((a, b) => a * b);
  const total = mul(avgPool(name, pow(x, normType), windows, spatial), count);
  // The slope of a root at 0 is infinite, and times the slope 0 of the powers not a number.
  const none = eq(total, 0);
  return where(none, 0, pow(where(none, 1, total), 1 / normType));
}
