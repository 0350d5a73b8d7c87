import {
  avgPool1d,
  avgPool2d,
  avgPool3d,
  type AvgPoolOptions,
  lpPool1d,
  lpPool2d,
  lpPool3d,
  type LpPoolOptions,
  type PerAxis,
  type Tensor,
} from "@adjoint/core";
import { checkNumber } from "../checks.js";
import { WindowPool } from "./windows.js";

/** Options of the average pools. */
export type AvgPoolLayerOptions = Omit<AvgPoolOptions, "kernelSize">;

/** Means under windows that slide over some axes. */
abstract class AvgPool extends WindowPool<AvgPoolOptions, [x: Tensor], Tensor> {
  constructor(spatial: number, kernelSize: PerAxis, options: AvgPoolLayerOptions) {
    super(spatial, { kernelSize }, options, ["padding", "ceilMode", "countIncludePad", "divisorOverride"]);
  }
}

/**
 * The mean under windows over one axis: `[batch, channels, length]`, or without the batch axis, to a shorter sequence. Formula, sizes
 * and options are those of {@link AvgPool2d}.
 *
 * @throws ArgumentError `SIZE_INVALID`, `OPTIONS_KIND`, `OPTION_UNKNOWN`; in `forward` what `avgPool1d` throws.
 * @example
 * ```ts
 * import { tensor } from "@adjoint/core";
 * import { AvgPool1d } from "@adjoint/nn";
 * console.log(new AvgPool1d(2, { stride: 1 }).forward(tensor([[2, 4, 6]])).toArray()); // → [ [ 3, 5 ] ]
 * ```
 */
export class AvgPool1d extends AvgPool {
  constructor(kernelSize: PerAxis, options: AvgPoolLayerOptions = {}) {
    super(1, kernelSize, options);
  }

  forward(x: Tensor): Tensor {
    return avgPool1d(x, this.options);
  }
}

/**
 * The mean under each window of an image: `out[n, c, p, q] = Σ x[n, c, p·stride + i - padding, q·stride + j - padding] / cells` over
 * `0 ≤ i, j < kernelSize`.
 *
 * `x: [batch, channels, height, width]`, or without the batch axis, gives `[batch, channels, …]`, with the sizes of {@link MaxPool2d}
 * without dilation. The windows lie side by side unless a stride is given; padding counts as zeros, unless `countIncludePad` is false.
 *
 * @throws ArgumentError `SIZE_INVALID`, `OPTIONS_KIND`, `OPTION_UNKNOWN`; in `forward` what `avgPool2d` throws.
 * @example
 * ```ts
 * import { tensor } from "@adjoint/core";
 * import { AvgPool2d } from "@adjoint/nn";
 * console.log(new AvgPool2d(2).forward(tensor([[[1, 3], [5, 7]]])).toArray()); // → [ [ [ 4 ] ] ]
 * ```
 */
export class AvgPool2d extends AvgPool {
  constructor(kernelSize: PerAxis, options: AvgPoolLayerOptions = {}) {
    super(2, kernelSize, options);
  }

  forward(x: Tensor): Tensor {
    return avgPool2d(x, this.options);
  }
}

/**
 * The mean under windows over three axes: `[batch, channels, depth, height, width]`, or without the batch axis, to a smaller volume.
 * Formula, sizes and options are those of {@link AvgPool2d}.
 *
 * @throws ArgumentError `SIZE_INVALID`, `OPTIONS_KIND`, `OPTION_UNKNOWN`; in `forward` what `avgPool3d` throws.
 * @example
 * ```ts
 * import { ones } from "@adjoint/core";
 * import { AvgPool3d } from "@adjoint/nn";
 * console.log(new AvgPool3d(2).forward(ones([1, 2, 4, 6, 6])).shape); // → [ 1, 2, 2, 3, 3 ]
 * ```
 */
export class AvgPool3d extends AvgPool {
  constructor(kernelSize: PerAxis, options: AvgPoolLayerOptions = {}) {
    super(3, kernelSize, options);
  }

  forward(x: Tensor): Tensor {
    return avgPool3d(x, this.options);
  }
}

/** Options of the power-average pools. */
export type LpPoolLayerOptions = Omit<LpPoolOptions, "kernelSize" | "normType">;

/** Power averages under windows that slide over some axes. */
abstract class LPPool extends WindowPool<LpPoolOptions, [x: Tensor], Tensor> {
  constructor(spatial: number, normType: number, kernelSize: PerAxis, options: LpPoolLayerOptions) {
    super(spatial, { normType, kernelSize }, options, ["ceilMode"]);
    checkNumber(new.target.name, "normType", normType);
  }
}

/**
 * The p-norm under windows over one axis: `[batch, channels, length]`, or without the batch axis, to a shorter sequence. Formula,
 * sizes and options are those of {@link LPPool2d}.
 *
 * @throws ArgumentError `SIZE_INVALID`, `NUMBER_INVALID`, `OPTIONS_KIND`, `OPTION_UNKNOWN`; in `forward` what `lpPool1d` throws.
 * @example
 * ```ts
 * import { tensor } from "@adjoint/core";
 * import { LPPool1d } from "@adjoint/nn";
 * console.log(new LPPool1d(2, 2).forward(tensor([[3, 4, 5, 12]])).toArray()); // → [ [ 5, 13 ] ]
 * ```
 */
export class LPPool1d extends LPPool {
  constructor(normType: number, kernelSize: PerAxis, options: LpPoolLayerOptions = {}) {
    super(1, normType, kernelSize, options);
  }

  forward(x: Tensor): Tensor {
    return lpPool1d(x, this.options);
  }
}

/**
 * The p-norm under each window of an image: `out[n, c, p, q] = (Σ x[n, c, p·stride + i, q·stride + j]^normType)^(1 / normType)` over
 * `0 ≤ i, j < kernelSize`. `normType` 1 gives sums, and with growing ones comes the maximum.
 *
 * `x: [batch, channels, height, width]`, or without the batch axis, gives `[batch, channels, …]`, with the sizes of {@link MaxPool2d}
 * without padding and dilation. Where the sum is 0 the gradient is 0.
 *
 * @throws ArgumentError `SIZE_INVALID`, `NUMBER_INVALID`, `OPTIONS_KIND`, `OPTION_UNKNOWN`; in `forward` what `lpPool2d` throws.
 * @example
 * ```ts
 * import { tensor } from "@adjoint/core";
 * import { LPPool2d } from "@adjoint/nn";
 * console.log(new LPPool2d(2, 2).forward(tensor([[[1, 1, 2, 0], [1, 1, 0, 0]]])).toArray()); // → [ [ [ 2, 2 ] ] ]
 * ```
 */
export class LPPool2d extends LPPool {
  constructor(normType: number, kernelSize: PerAxis, options: LpPoolLayerOptions = {}) {
    super(2, normType, kernelSize, options);
  }

  forward(x: Tensor): Tensor {
    return lpPool2d(x, this.options);
  }
}

/**
 * The p-norm under windows over three axes: `[batch, channels, depth, height, width]`, or without the batch axis, to a smaller volume.
 * Formula, sizes and options are those of {@link LPPool2d}.
 *
 * @throws ArgumentError `SIZE_INVALID`, `NUMBER_INVALID`, `OPTIONS_KIND`, `OPTION_UNKNOWN`; in `forward` what `lpPool3d` throws.
 * @example
 * ```ts
 * import { ones } from "@adjoint/core";
 * import { LPPool3d } from "@adjoint/nn";
 * console.log(new LPPool3d(2, 2).forward(ones([1, 2, 4, 6, 6])).shape); // → [ 1, 2, 2, 3, 3 ]
 * ```
 */
export class LPPool3d extends LPPool {
  constructor(normType: number, kernelSize: PerAxis, options: LpPoolLayerOptions = {}) {
    super(3, normType, kernelSize, options);
  }

  forward(x: Tensor): Tensor {
    return lpPool3d(x, this.options);
  }
}
