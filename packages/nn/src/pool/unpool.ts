import {
  checkTensor,
  maxUnpool1d,
  maxUnpool2d,
  maxUnpool3d,
  type MaxUnpoolOptions,
  type PerAxis,
  type Tensor,
} from "@adjoint/core";
import { WindowPool } from "./windows.js";

/** Options of the layers that undo max pooling. */
export type MaxUnpoolLayerOptions = Omit<MaxUnpoolOptions, "kernelSize" | "outputSize">;

/** The partial inverse of max pooling over some axes. */
abstract class MaxUnpool extends WindowPool<
  MaxUnpoolOptions,
  [x: Tensor, indices: Tensor, outputSize?: PerAxis],
  Tensor
> {
  private readonly unpool: typeof maxUnpool1d;
  private readonly spatial: number;

  constructor(unpool: typeof maxUnpool1d, spatial: number, kernelSize: PerAxis, options: MaxUnpoolLayerOptions) {
    super(spatial, { kernelSize }, options, ["padding"]);
    this.unpool = unpool;
    this.spatial = spatial;
  }

  /**
   * @param x - the largest elements
   * @param indices - where they were, in the shape of `x`
   * @param outputSize - the sizes of what was pooled, or its whole shape, where the windows left cells over
   */
  /** The values at their places, zeros elsewhere. */
  forward(x: Tensor, indices: Tensor, outputSize?: PerAxis): Tensor {
    checkTensor(this.constructor.name, x);
    if (outputSize === undefined) return this.unpool(x, indices, this.options);
    const isShape = Array.isArray(outputSize) && outputSize.length === x.ndim;
    const sizes = isShape ? (outputSize as readonly number[]).slice(-this.spatial) : outputSize;
    return this.unpool(x, indices, { ...this.options, outputSize: sizes });
  }
}

/**
 * The elements over one axis put back to where they were before max pooling: `[batch, channels, length]` to a longer sequence. See
 * {@link MaxUnpool2d}.
 *
 * @throws ArgumentError `SIZE_INVALID`, `OPTIONS_KIND`, `OPTION_UNKNOWN`; in `forward` what `maxUnpool1d` throws.
 * @example
 * ```ts
 * import { tensor } from "@adjoint/core";
 * import { MaxPool1d, MaxUnpool1d } from "@adjoint/nn";
 * const [values, indices] = new MaxPool1d(2, { returnIndices: true }).forward(tensor([[1, 3, 4, 2]]));
 * console.log(new MaxUnpool1d(2).forward(values, indices).toArray()); // → [ [ 0, 3, 4, 0 ] ]
 * ```
 */
export class MaxUnpool1d extends MaxUnpool {
  constructor(kernelSize: PerAxis, options: MaxUnpoolLayerOptions = {}) {
    super(maxUnpool1d, 1, kernelSize, options);
  }
}

/**
 * The partial inverse of {@link MaxPool2d}: zeros with the elements of `x` at the positions that its `returnIndices` gives.
 *
 * `x: [batch, channels, height, width]`, or without the batch axis, and `indices`, int32 of the same shape, give `[batch, channels, …]`
 * with `out = (in - 1)·stride - 2·padding + kernelSize`, unless `forward` is given the sizes. Zeiler et al., 2011.
 *
 * @throws ArgumentError `SIZE_INVALID`, `OPTIONS_KIND`, `OPTION_UNKNOWN`; in `forward` what `maxUnpool2d` throws.
 * @example
 * ```ts
 * import { tensor } from "@adjoint/core";
 * import { MaxPool2d, MaxUnpool2d } from "@adjoint/nn";
 * const x = tensor([[[1, 3, 0], [4, 2, 0]]]);
 * const [values, indices] = new MaxPool2d(2, { returnIndices: true }).forward(x);
 * console.log(new MaxUnpool2d(2).forward(values, indices, x.shape).toArray()); // → [ [ [ 0, 0, 0 ], [ 4, 0, 0 ] ] ]
 * ```
 */
export class MaxUnpool2d extends MaxUnpool {
  constructor(kernelSize: PerAxis, options: MaxUnpoolLayerOptions = {}) {
    super(maxUnpool2d, 2, kernelSize, options);
  }
}

/**
 * The elements over three axes put back to where they were before max pooling: `[batch, channels, depth, height, width]` to a larger
 * volume. See {@link MaxUnpool2d}.
 *
 * @throws ArgumentError `SIZE_INVALID`, `OPTIONS_KIND`, `OPTION_UNKNOWN`; in `forward` what `maxUnpool3d` throws.
 * @example
 * ```ts
 * import { ones } from "@adjoint/core";
 * import { MaxPool3d, MaxUnpool3d } from "@adjoint/nn";
 * const [values, indices] = new MaxPool3d(2, { returnIndices: true }).forward(ones([1, 4, 4, 4]));
 * console.log(new MaxUnpool3d(2).forward(values, indices).shape); // → [ 1, 4, 4, 4 ]
 * ```
 */
export class MaxUnpool3d extends MaxUnpool {
  constructor(kernelSize: PerAxis, options: MaxUnpoolLayerOptions = {}) {
    super(maxUnpool3d, 3, kernelSize, options);
  }
}
