import { maxPoolWithIndices, type MaxPoolOptions, type PerAxis, type Tensor } from "@adjoint/core";
import { WindowPool } from "./windows.js";

/** What a pool of largest elements gives: these alone, or with their positions in the spatial axes (int32). */
export type MaxPooled<Indices extends boolean> = Indices extends true ? [values: Tensor, indices: Tensor] : Tensor;

/** Options of the max pools. */
export interface MaxPoolLayerOptions<Indices extends boolean = boolean> extends Omit<MaxPoolOptions, "kernelSize"> {
  /** Give the positions of the largest elements too, as `MaxUnpool1d` to `MaxUnpool3d` take them (default false). */
  readonly returnIndices?: Indices;
}

/** Largest elements under windows that slide over some axes. */
abstract class MaxPool<Indices extends boolean> extends WindowPool<
  MaxPoolLayerOptions & MaxPoolOptions,
  [x: Tensor],
  MaxPooled<Indices>
> {
  private readonly spatial: number;

  constructor(spatial: number, kernelSize: PerAxis, options: MaxPoolLayerOptions) {
    super(spatial, { kernelSize }, options, ["padding", "dilation", "ceilMode", "returnIndices"]);
    this.spatial = spatial;
  }

  forward(x: Tensor): MaxPooled<Indices> {
    const { returnIndices = false, kernelSize: size, ...windows } = this.options;
    const kernelSize = typeof size === "number" ? new Array<number>(this.spatial).fill(size) : size;
    const { values, indices } = maxPoolWithIndices(x, { ...windows, kernelSize });
    return (returnIndices ? [values, indices] : values) as MaxPooled<Indices>;
  }
}

/**
 * The largest elements under windows over one axis: `[batch, channels, length]`, or without the batch axis, to a shorter sequence.
 * Formula, sizes and options are those of {@link MaxPool2d}.
 *
 * @throws ArgumentError `SIZE_INVALID`, `OPTIONS_KIND`, `OPTION_UNKNOWN`; in `forward` what `maxPoolWithIndices` throws.
 * @example
 * ```ts
 * import { tensor } from "@adjoint/core";
 * import { MaxPool1d } from "@adjoint/nn";
 * const layer = new MaxPool1d(3, { stride: 2 });
 * console.log(layer.forward(tensor([[1, 3, 2, 5, 4]])).toArray()); // → [ [ 3, 5 ] ]
 * ```
 */
export class MaxPool1d<Indices extends boolean = false> extends MaxPool<Indices> {
  constructor(kernelSize: PerAxis, options: MaxPoolLayerOptions<Indices> = {}) {
    super(1, kernelSize, options);
  }
}

/**
 * The largest element under each window of an image: `out[n, c, p, q] = max x[n, c, p·stride + i·dilation - padding, q·stride +
 * j·dilation - padding]` over `0 ≤ i, j < kernelSize`.
 *
 * `x: [batch, channels, height, width]`, or without the batch axis, gives `[batch, channels, …]` with `out = ⌊(in + 2·padding -
 * dilation·(kernelSize - 1) - 1) / stride⌋ + 1`, rounded up with `ceilMode`. The windows lie side by side unless a stride is given;
 * padding counts as -∞. With `returnIndices` the result is `[values, indices]`.
 *
 * @throws ArgumentError `SIZE_INVALID`, `OPTIONS_KIND`, `OPTION_UNKNOWN`; in `forward` what `maxPoolWithIndices` throws.
 * @example
 * ```ts
 * import { ones, tensor } from "@adjoint/core";
 * import { MaxPool2d } from "@adjoint/nn";
 * console.log(new MaxPool2d(2).forward(ones([1, 3, 8, 8])).shape); // → [ 1, 3, 4, 4 ]
 * const [values, indices] = new MaxPool2d(2, { returnIndices: true }).forward(tensor([[[1, 3], [4, 2]]]));
 * console.log(values.item(), indices.item()); // → 4 2
 * ```
 */
export class MaxPool2d<Indices extends boolean = false> extends MaxPool<Indices> {
  constructor(kernelSize: PerAxis, options: MaxPoolLayerOptions<Indices> = {}) {
    super(2, kernelSize, options);
  }
}

/**
 * The largest elements under windows over three axes: `[batch, channels, depth, height, width]`, or without the batch axis, to a
 * smaller volume. Formula, sizes and options are those of {@link MaxPool2d}.
 *
 * @throws ArgumentError `SIZE_INVALID`, `OPTIONS_KIND`, `OPTION_UNKNOWN`; in `forward` what `maxPoolWithIndices` throws.
 * @example
 * ```ts
 * import { ones } from "@adjoint/core";
 * import { MaxPool3d } from "@adjoint/nn";
 * console.log(new MaxPool3d([2, 3, 3]).forward(ones([1, 2, 4, 6, 6])).shape); // → [ 1, 2, 2, 2, 2 ]
 * ```
 */
export class MaxPool3d<Indices extends boolean = false> extends MaxPool<Indices> {
  constructor(kernelSize: PerAxis, options: MaxPoolLayerOptions<Indices> = {}) {
    super(3, kernelSize, options);
  }
}
