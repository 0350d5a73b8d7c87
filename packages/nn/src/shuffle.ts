import {
  checkTensor,
  flatten,
  pixelShuffle,
  pixelUnshuffle,
  ShapeError,
  swapAxes,
  type Tensor,
  unflatten,
} from "@adjoint/core";
import { checkCount, shapeText } from "./checks.js";
import { Module } from "./module.js";

/**
 * Channels spread out over space: `out[..., c, h·r + i, w·r + j] = x[..., (c·r + i)·r + j, h, w]` with the factor r, from `[...,
 * channels·r², height, width]` to `[..., channels, height·r, width·r]`. Shi et al., 2016, arXiv:1609.05158.
 *
 * @throws ArgumentError `SIZE_INVALID`; in `forward` what core's `pixelShuffle` throws.
 * @example
 * ```ts
 * import { ones } from "@adjoint/core";
 * import { PixelShuffle } from "@adjoint/nn";
 * console.log(new PixelShuffle(2).forward(ones([1, 12, 4, 4])).shape); // → [ 1, 3, 8, 8 ]
 * ```
 */
export class PixelShuffle extends Module {
  readonly upscaleFactor: number; // r

  constructor(upscaleFactor: number) {
    super();
    this.upscaleFactor = checkCount("PixelShuffle", "upscaleFactor", upscaleFactor);
  }

  forward(x: Tensor): Tensor {
    return pixelShuffle(x, this.upscaleFactor);
  }

  protected override extraRepr(): string {
    return `upscaleFactor=${this.upscaleFactor}`;
  }
}

/**
 * Blocks of space stacked as channels: `out[..., (c·r + i)·r + j, h, w] = x[..., c, h·r + i, w·r + j]` with the factor r, from `[...,
 * channels, height·r, width·r]` to `[..., channels·r², height, width]`. The inverse of {@link PixelShuffle}.
 *
 * @throws ArgumentError `SIZE_INVALID`; in `forward` what core's `pixelUnshuffle` throws.
 * @example
 * ```ts
 * import { ones } from "@adjoint/core";
 * import { PixelUnshuffle } from "@adjoint/nn";
 * console.log(new PixelUnshuffle(2).forward(ones([1, 3, 8, 8])).shape); // → [ 1, 12, 4, 4 ]
 * ```
 */
export class PixelUnshuffle extends Module {
  readonly downscaleFactor: number; // r

  constructor(downscaleFactor: number) {
    super();
    this.downscaleFactor = checkCount("PixelUnshuffle", "downscaleFactor", downscaleFactor);
  }

  forward(x: Tensor): Tensor {
    return pixelUnshuffle(x, this.downscaleFactor);
  }

  protected override extraRepr(): string {
    return `downscaleFactor=${this.downscaleFactor}`;
  }
}

/**
 * Channels dealt out from groups one after the other: `out[n, i·groups + g] = x[n, g·size + i]`, where each group has `size`
 * channels. `[batch, channels, ...]` in the same shape. Zhang et al., 2017, arXiv:1707.01083.
 *
 * @throws ArgumentError `SIZE_INVALID`; in `forward` ShapeError `INPUT_SHAPE`.
 * @example
 * ```ts
 * import { tensor } from "@adjoint/core";
 * import { ChannelShuffle } from "@adjoint/nn";
 * const x = tensor([[[1], [2], [3], [4]]]);
 * console.log(new ChannelShuffle(2).forward(x).toArray()); // → [ [ [ 1 ], [ 3 ], [ 2 ], [ 4 ] ] ]
 * ```
 */
export class ChannelShuffle extends Module {
  readonly groups: number; // of channels, that come in one after the other

  constructor(groups: number) {
    super();
    this.groups = checkCount("ChannelShuffle", "groups", groups);
  }

  forward(x: Tensor): Tensor {
    checkTensor("ChannelShuffle", x);
    const { groups } = this;
    const channels = x.shape[1];
    if (x.ndim < 3 || channels % groups !== 0) {
      throw new ShapeError(
        "INPUT_SHAPE",
        `ChannelShuffle: input ${shapeText(x.shape)} in ${groups} groups; give [batch, a multiple of ${groups}, ...]`,
      );
    }
    return flatten(swapAxes(unflatten(x, 1, [groups, channels / groups]), 1, 2), 1, 2);
  }

  protected override extraRepr(): string {
    return `groups=${this.groups}`;
  }
}
