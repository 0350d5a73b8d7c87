import { compose, type Composed } from "../composed.js";
import { ones } from "../create.js";
import { ArgumentError } from "../errors.js";
import { formatShape } from "../shape.js";
import type { Tensor } from "../tensor.js";
import { paddingPairs, type PerAxis, perAxis, reach, slidingWindows, type WindowPadding } from "../windows.js";
import {
  batched,
  channelError,
  channelsText,
  checkBias,
  checkOperands,
  groupsOf,
  groupsText,
  lacksChannels,
} from "./conv-arguments.js";
import { convolution } from "./convolution.js";

/** Options of the convolutions; a number stands for all spatial axes, an array gives one for each. */
export interface ConvOptions {
  /** A number added to every output channel: `[outChannels]` (default none). */
  readonly bias?: Tensor | null;
  /** Cells from one window to the next (default 1). */
  readonly stride?: PerAxis;
  /**
   * Cells of zeros around the input (default 0), also as `[before, after]` pairs; `"valid"` is 0, and `"same"` as
   * many as keep the size (stride 1 only; an odd one goes behind).
   */
  readonly padding?: WindowPadding | "same" | "valid";
  /** Cells from one tap of the kernel to the next (default 1). */
  readonly dilation?: PerAxis;
  /** Channels are split into this many groups, convolved apart (default 1). */
  readonly groups?: number;
}

type Convolve = (x: Tensor, weight: Tensor, options?: ConvOptions) => Tensor;

/**
 * The convolution over one axis: `out[n, o, p] = bias[o] + Σ x[n, c, p·stride + k·dilation - padding] · weight[o, c,
 * k]`.
 *
 * `x: [batch, channels, length]` (or `[channels, length]`) and `weight: [outChannels, channels / groups, kernel]` give
 * `[batch, outChannels, out]`, with `out` as in {@link conv2d}, which also lists the errors.
 *
 * @example
 * ```ts
 * import { conv1d, tensor } from "@adjoint/core";
 * const differences = conv1d(tensor([[[1, 2, 4, 8]]]), tensor([[[-1, 1]]]));
 * console.log(differences.toArray()); // → [ [ [ 1, 2, 4 ] ] ]
 * ```
 */
export const conv1d: Composed<Convolve> = compose(
  "conv1d",
  (x, weight, options = {}) => convolve("conv1d", x, weight, options, 1),
  {
    samples: () => [
      [ones([2, 1, 4]), ones([1, 1, 3]), { stride: 2, padding: 1 }],
      [ones([1, 3]), ones([2, 1, 2]), { padding: "same" }],
    ],
  },
);

/**
 * The convolution of images with kernels (not turned round, as in all of deep learning: a cross-correlation):
 *
 * `out[n, o, p, q] = bias[o] + Σ x[n, c, p·stride + i·dilation - padding, q·stride + j·dilation - padding] ·
 * weight[o, c, i, j]`
 *
 * over the channels `c` of the group of `o` and the taps `i, j`; outside the image are zeros.
 *
 * `x: [batch, channels, height, width]` (or without the batch axis) and `weight: [outChannels, channels / groups,
 * kernelHeight, kernelWidth]` give `[batch, outChannels, outHeight, outWidth]` with `out = ⌊(in + 2·padding -
 * dilation·(kernel - 1) - 1) / stride⌋ + 1`. Dumoulin and Visin, "A guide to convolution arithmetic",
 * arXiv:1603.07285.
 *
 * @throws ShapeError `INPUT_RANK`, `WEIGHT_RANK`, `CONV_CHANNELS` (channels, weight and groups do not fit),
 * `BIAS_SHAPE`, `KERNEL_TOO_LARGE`; ArgumentError `STRIDE_INVALID`, `PADDING_INVALID`, `DILATION_INVALID`,
 * `GROUPS_INVALID`.
 * @example
 * ```ts
 * import { conv2d, ones } from "@adjoint/core";
 * const x = ones([1, 3, 3]);
 * const box = ones([1, 1, 3, 3]);
 * console.log(conv2d(x, box, { padding: 1 }).toArray());
 * // → [ [ [ 4, 6, 4 ], [ 6, 9, 6 ], [ 4, 6, 4 ] ] ]
 * console.log(conv2d(x, box, { padding: "same" }).shape, conv2d(x, box, { stride: [1, 2], padding: 1 }).shape);
 * // → [ 1, 3, 3 ] [ 1, 3, 2 ]
 * ```
 */
export const conv2d: Composed<Convolve> = compose(
  "conv2d",
  (x, weight, options = {}) => convolve("conv2d", x, weight, options, 2),
  {
    samples: () => [
      [ones([1, 2, 3, 3]), ones([2, 1, 2, 2]), { bias: ones([2]), groups: 2, padding: [[1, 0], 1], dilation: [1, 2] }],
      [ones([0, 1, 3, 3]), ones([1, 1, 2, 2])],
    ],
  },
);

/**
 * The convolution over three axes: `x: [batch, channels, depth, height, width]` (or without the batch axis) and
 * `weight: [outChannels, channels / groups, kernelDepth, kernelHeight, kernelWidth]` give `[batch, outChannels, …]`.
 * Formula, sizes and errors as in {@link conv2d}.
 *
 * @example
 * ```ts
 * import { conv3d, ones } from "@adjoint/core";
 * console.log(conv3d(ones([2, 4, 4, 4]), ones([8, 2, 3, 3, 3])).shape); // → [ 8, 2, 2, 2 ]
 * ```
 */
export const conv3d: Composed<Convolve> = compose(
  "conv3d",
  (x, weight, options = {}) => convolve("conv3d", x, weight, options, 3),
  {
    samples: () => [[ones([1, 1, 2, 3, 2]), ones([1, 1, 2, 2, 1])]],
  },
);

function convolve(name: string, x: Tensor, weight: Tensor, options: ConvOptions, spatial: number): Tensor {
  checkOperands(name, x, weight, options, spatial);
  const groups = groupsOf(name, options.groups);
  const [filters, channels] = weight.shape;
  const given = x.shape[x.ndim - spatial - 1];
  if (given !== channels * groups || filters % groups !== 0) {
    throw channelError(
      name,
      `${channelsText(x, spatial)}; the weight ${formatShape(weight.shape)} with ${groupsText(groups)} takes ${channels * groups} ` +
        `and gives ${filters}`,
      lacksChannels(x, spatial, channels * groups)
        ? "for a batch of inputs of one channel give that axis: x.unsqueeze(1)"
        : "the weight must be [outChannels, channels / groups, …] with outChannels a multiple of groups",
    );
  }
  const kernel = weight.shape.slice(2);
  const stride = perAxis(name, "stride", options.stride ?? 1, spatial, 1);
  const dilation = perAxis(name, "dilation", options.dilation ?? 1, spatial, 1);
  const padding = convPadding(name, options.padding ?? 0, kernel, stride, dilation);
  const windows = slidingWindows(name, x.shape.slice(-spatial), { kernel, stride, dilation, padding });
  checkBias(name, options.bias, filters);
  return batched(x, spatial, options.bias, (images) =>
    convolution(images, weight, { computes: "output", groups, windows }),
  );
}

function convPadding(
  name: string,
  padding: WindowPadding | "same" | "valid",
  kernel: readonly number[],
  stride: readonly number[],
  dilation: readonly number[],
): [before: number, after: number][] {
  if (padding === "valid") return kernel.map(() => [0, 0]);
  if (padding !== "same") return paddingPairs(name, padding, kernel.length);
  if (stride.some((n) => n !== 1)) {
    throw new ArgumentError(
      "PADDING_INVALID",
      `${name}: padding "same" with stride [${stride.join(", ")}]; it keeps the size with stride 1 only, so give the padding in numbers`,
    );
  }
  return kernel.map((n, axis) => {
    const total = reach(n, dilation[axis]) - 1;
    return [Math.floor(total / 2), Math.ceil(total / 2)];
  });
}
