import { checkInteger, checkRank } from "../arguments.js";
import { compose, type Composed } from "../composed.js";
import { ones } from "../create.js";
import { ShapeError } from "../errors.js";
import { formatShape } from "../shape.js";
import type { Tensor } from "../tensor.js";
import { permute, reshape } from "./shape.js";

const AXES = "[…, channels, height, width]";

/**
 * Channels spread out over space: `out[…, c, h·r + i, w·r + j] = x[…, (c·r + i)·r + j, h, w]` with the factor `r`; from `[…,
 * channels·r², height, width]` to `[…, channels, height·r, width·r]`. Shi et al., 2016, arXiv:1609.05158.
 *
 * @throws ShapeError `RANK_INVALID`, `SHUFFLE_SHAPE` unless r² divides the channels; ArgumentError `INTEGER_INVALID`.
 * @example
 * ```ts
 * import { pixelShuffle, tensor } from "@adjoint/core";
 * console.log(pixelShuffle(tensor([[[1]], [[2]], [[3]], [[4]]]), 2).toArray()); // → [ [ [ 1, 2 ], [ 3, 4 ] ] ]
 * ```
 */
export const pixelShuffle: Composed<(x: Tensor, upscaleFactor: number) => Tensor> = compose(
  "pixelShuffle",
  (x, upscaleFactor) => {
    checkRank("pixelShuffle", x, AXES, 3);
    const r = checkInteger("pixelShuffle", "upscaleFactor", upscaleFactor, 1, LARGEST_FACTOR);
    const [channels, height, width] = x.shape.slice(-3);
    const front = x.shape.slice(0, -3);
    if (channels % (r * r) !== 0) {
      throw new ShapeError(
        "SHUFFLE_SHAPE",
        `pixelShuffle: ${formatShape(x.shape)} has ${channels} channels; for the factor ${r} there must be a multiple of ${r * r}`,
      );
    }
    const apart = reshape(x, [...front, channels / (r * r), r, r, height, width]);
    return reshape(behind(apart, [0, 3, 1, 4, 2]), [...front, channels / (r * r), height * r, width * r]);
  },
  {
    samples: () => [
      [ones([1, 4, 2, 1]), 2],
      [ones([0, 4, 1, 1]), 1],
    ],
  },
);

/**
 * Blocks of space stacked as channels: `out[…, (c·r + i)·r + j, h, w] = x[…, c, h·r + i, w·r + j]` with the factor `r`; from `[…,
 * channels, height·r, width·r]` to `[…, channels·r², height, width]`. The inverse of {@link pixelShuffle}.
 *
 * @throws ShapeError `RANK_INVALID`, `SHUFFLE_SHAPE` unless r divides height and width; ArgumentError `INTEGER_INVALID`.
 * @example
 * ```ts
 * import { pixelUnshuffle, tensor } from "@adjoint/core";
 * console.log(pixelUnshuffle(tensor([[[1, 2], [3, 4]]]), 2).toArray()); // → [ [ [ 1 ] ], [ [ 2 ] ], [ [ 3 ] ], [ [ 4 ] ] ]
 * ```
 */
export const pixelUnshuffle: Composed<(x: Tensor, downscaleFactor: number) => Tensor> = compose(
  "pixelUnshuffle",
  (x, downscaleFactor) => {
    checkRank("pixelUnshuffle", x, AXES, 3);
    const r = checkInteger("pixelUnshuffle", "downscaleFactor", downscaleFactor, 1, LARGEST_FACTOR);
    const [channels, height, width] = x.shape.slice(-3);
    const front = x.shape.slice(0, -3);
    if (height % r !== 0 || width % r !== 0) {
      throw new ShapeError(
        "SHUFFLE_SHAPE",
        `pixelUnshuffle: the height and width of ${formatShape(x.shape)} are not both multiples of the factor ${r}; pad or cut it`,
      );
    }
    const apart = reshape(x, [...front, channels, height / r, r, width / r, r]);
    return reshape(behind(apart, [0, 2, 4, 1, 3]), [...front, channels * r * r, height / r, width / r]);
  },
  { samples: () => [[ones([1, 2, 4]), 2]] },
);

/** Its square is still an integer. */
const LARGEST_FACTOR = 2 ** 26;

/** The last axes in another order. */
function behind(x: Tensor, order: readonly number[]): Tensor {
  const front = x.ndim - order.length;
  return permute(x, [...x.shape.slice(0, front).keys(), ...order.map((axis) => front + axis)]);
}
