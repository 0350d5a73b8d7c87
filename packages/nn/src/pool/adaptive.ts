import {
  adaptiveAvgPool1d,
  adaptiveAvgPool2d,
  adaptiveAvgPool3d,
  adaptiveMaxPoolWithIndices,
  checkOptions,
  type OutputSize,
  type Tensor,
} from "@adjoint/core";
import { checkPerAxis, settings } from "../checks.js";
import { Module } from "../module.js";
import type { MaxPooled } from "./max.js";

/** A pool to a size, whatever the size of the input. */
abstract class AdaptivePool<Output> extends Module<[x: Tensor], Output> {
  readonly outputSize: OutputSize; // null keeps the size of the input

  constructor(spatial: number, outputSize: OutputSize) {
    super();
    const sizes = Array.isArray(outputSize) ? outputSize.map((n: number | null) => (n === null ? 1 : n)) : outputSize;
    checkPerAxis(new.target.name, "outputSize", sizes, spatial);
    this.outputSize = outputSize;
  }

  protected override extraRepr(): string {
    return settings({ outputSize: this.outputSize });
  }
}

/**
 * The mean under `outputSize` windows over one axis: `[batch, channels, length]`, or without the batch axis, gives `[batch, channels,
 * outputSize]`. Formula as in {@link AdaptiveAvgPool2d}.
 *
 * @throws ArgumentError `SIZE_INVALID`; in `forward` what `adaptiveAvgPool1d` throws.
 * @example
 * ```ts
 * import { tensor } from "@adjoint/core";
 * import { AdaptiveAvgPool1d } from "@adjoint/nn";
 * console.log(new AdaptiveAvgPool1d(2).forward(tensor([[1, 2, 3, 4, 5]])).toArray()); // → [ [ 2, 4 ] ]
 * ```
 */
export class AdaptiveAvgPool1d extends AdaptivePool<Tensor> {
  constructor(outputSize: OutputSize) {
    super(1, outputSize);
  }

  forward(x: Tensor): Tensor {
    return adaptiveAvgPool1d(x, this.outputSize);
  }
}

/**
 * The mean under windows that share an image out evenly: along an axis of `n` cells, window `p` of `m` covers the cells `⌊p·n/m⌋ ≤ i <
 * ⌈(p + 1)·n/m⌉`.
 *
 * `x: [batch, channels, height, width]`, or without the batch axis, gives `[batch, channels, …outputSize]`, where one number stands for
 * both axes and null keeps the size of the input. With `outputSize` 1 it is the mean over the image. Lin et al., 2013, arXiv:1312.4400.
 *
 * @throws ArgumentError `SIZE_INVALID`; in `forward` what `adaptiveAvgPool2d` throws.
 * @example
 * ```ts
 * import { ones, tensor } from "@adjoint/core";
 * import { AdaptiveAvgPool2d } from "@adjoint/nn";
 * console.log(new AdaptiveAvgPool2d(1).forward(tensor([[[1, 2, 3], [4, 5, 6]]])).toArray()); // → [ [ [ 3.5 ] ] ]
 * console.log(new AdaptiveAvgPool2d([7, null]).forward(ones([1, 8, 20, 30])).shape); // → [ 1, 8, 7, 30 ]
 * ```
 */
export class AdaptiveAvgPool2d extends AdaptivePool<Tensor> {
  constructor(outputSize: OutputSize) {
    super(2, outputSize);
  }

  forward(x: Tensor): Tensor {
    return adaptiveAvgPool2d(x, this.outputSize);
  }
}

/**
 * The mean under `outputSize` windows over three axes: `[batch, channels, depth, height, width]`, or without the batch axis, gives
 * `[batch, channels, …outputSize]`. Formula as in {@link AdaptiveAvgPool2d}.
 *
 * @throws ArgumentError `SIZE_INVALID`; in `forward` what `adaptiveAvgPool3d` throws.
 * @example
 * ```ts
 * import { ones } from "@adjoint/core";
 * import { AdaptiveAvgPool3d } from "@adjoint/nn";
 * console.log(new AdaptiveAvgPool3d([1, null, 2]).forward(ones([1, 2, 4, 5, 6])).shape); // → [ 1, 2, 1, 5, 2 ]
 * ```
 */
export class AdaptiveAvgPool3d extends AdaptivePool<Tensor> {
  constructor(outputSize: OutputSize) {
    super(3, outputSize);
  }

  forward(x: Tensor): Tensor {
    return adaptiveAvgPool3d(x, this.outputSize);
  }
}

/** Options of the adaptive max pools. */
export interface AdaptiveMaxPoolOptions<Indices extends boolean = boolean> {
  /** Give the positions of the largest elements too (default false). */
  readonly returnIndices?: Indices;
}

/** Largest elements under windows that share the input out. */
abstract class AdaptiveMaxPool<Indices extends boolean> extends AdaptivePool<MaxPooled<Indices>> {
  readonly returnIndices: boolean; // the result is [values, indices]
  private readonly sizes: readonly (number | null)[];

  constructor(spatial: number, outputSize: OutputSize, options: AdaptiveMaxPoolOptions) {
    super(spatial, outputSize);
    checkOptions(new.target.name, options, "{ returnIndices: true }", ["returnIndices"]);
    this.returnIndices = options.returnIndices ?? false;
    this.sizes = typeof outputSize === "number" ? new Array<number>(spatial).fill(outputSize) : outputSize;
  }

  forward(x: Tensor): MaxPooled<Indices> {
    const { values, indices } = adaptiveMaxPoolWithIndices(x, this.sizes);
    return (this.returnIndices ? [values, indices] : values) as MaxPooled<Indices>;
  }
}

/**
 * The largest element under `outputSize` windows over one axis: `[batch, channels, length]`, or without the batch axis, gives `[batch,
 * channels, outputSize]`, as in {@link AdaptiveMaxPool2d}.
 *
 * @throws ArgumentError `SIZE_INVALID`, `OPTIONS_KIND`, `OPTION_UNKNOWN`; in `forward` what `adaptiveMaxPoolWithIndices` throws.
 * @example
 * ```ts
 * import { tensor } from "@adjoint/core";
 * import { AdaptiveMaxPool1d } from "@adjoint/nn";
 * console.log(new AdaptiveMaxPool1d(2).forward(tensor([[1, 2, 3, 4, 5]])).toArray()); // → [ [ 3, 5 ] ]
 * ```
 */
export class AdaptiveMaxPool1d<Indices extends boolean = false> extends AdaptiveMaxPool<Indices> {
  constructor(outputSize: OutputSize, options: AdaptiveMaxPoolOptions<Indices> = {}) {
    super(1, outputSize, options);
  }
}

/**
 * The largest element under each of the windows that share an image out evenly, those of {@link AdaptiveAvgPool2d}.
 *
 * `x: [batch, channels, height, width]`, or without the batch axis, gives `[batch, channels, …outputSize]`, where one number stands for
 * both axes and null keeps the size of the input; with `returnIndices` `[values, indices]`. The gradient goes to the first of equal
 * elements.
 *
 * @throws ArgumentError `SIZE_INVALID`, `OPTIONS_KIND`, `OPTION_UNKNOWN`; in `forward` what `adaptiveMaxPoolWithIndices` throws.
 * @example
 * ```ts
 * import { tensor } from "@adjoint/core";
 * import { AdaptiveMaxPool2d } from "@adjoint/nn";
 * const layer = new AdaptiveMaxPool2d([2, 1], { returnIndices: true });
 * const [values, indices] = layer.forward(tensor([[[1, 2, 3], [4, 6, 5]]]));
 * console.log(values.toArray(), indices.toArray()); // → [ [ [ 3 ], [ 6 ] ] ] [ [ [ 2 ], [ 4 ] ] ]
 * ```
 */
export class AdaptiveMaxPool2d<Indices extends boolean = false> extends AdaptiveMaxPool<Indices> {
  constructor(outputSize: OutputSize, options: AdaptiveMaxPoolOptions<Indices> = {}) {
    super(2, outputSize, options);
  }
}

/**
 * The largest element under `outputSize` windows over three axes: `[batch, channels, depth, height, width]`, or without the batch axis,
 * gives `[batch, channels, …outputSize]`, as in {@link AdaptiveMaxPool2d}.
 *
 * @throws ArgumentError `SIZE_INVALID`, `OPTIONS_KIND`, `OPTION_UNKNOWN`; in `forward` what `adaptiveMaxPoolWithIndices` throws.
 * @example
 * ```ts
 * import { ones } from "@adjoint/core";
 * import { AdaptiveMaxPool3d } from "@adjoint/nn";
 * console.log(new AdaptiveMaxPool3d(2).forward(ones([1, 2, 4, 5, 6])).shape); // → [ 1, 2, 2, 2, 2 ]
 * ```
 */
export class AdaptiveMaxPool3d<Indices extends boolean = false> extends AdaptiveMaxPool<Indices> {
  constructor(outputSize: OutputSize, options: AdaptiveMaxPoolOptions<Indices> = {}) {
    super(3, outputSize, options);
  }
}
