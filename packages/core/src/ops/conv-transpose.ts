import { compose, type Composed } from "../composed.js";
import { ones } from "../create.js";
import { ArgumentError, ShapeError } from "../errors.js";
import { formatShape } from "../shape.js";
import type { Tensor } from "../tensor.js";
import { paddingPairs, type PerAxis, perAxis, reach, type Window, type WindowPadding } from "../windows.js";
import { batched, channelError, checkBias, checkOperands, groupsOf, groupsText } from "./conv-arguments.js";
import { convolution } from "./convolution.js";

/** Options of the transposed convolutions; a number stands for all spatial axes, an array gives one for each. */
export interface ConvTransposeOptions {
  /** A number added to every output channel: `[outChannels]` (default none). */
  readonly bias?: Tensor | null;
  /** Cells in the output from one input cell to the next (default 1). */
  readonly stride?: PerAxis;
  /** Cells cut off around the output (default 0), also as `[before, after]` pairs. */
  readonly padding?: WindowPadding;
  /** Cells added behind the output, less than the larger of stride and dilation (default 0). */
  readonly outputPadding?: PerAxis;
  /** Cells from one tap of the kernel to the next (default 1). */
  readonly dilation?: PerAxis;
  /** Channels are split into this many groups, convolved apart (default 1). */
  readonly groups?: number;
}

type ConvolveTransposed = (x: Tensor, weight: Tensor, options?: ConvTransposeOptions) => Tensor;

/**
 * The transposed convolution over one axis; see {@link convTranspose2d}. `x: [batch, channels, length]` (or without
 * the batch axis), `weight: [channels, outChannels / groups, kernel]`.
 *
 * @example
 * ```ts
 * import { convTranspose1d, tensor } from "@adjoint/core";
 * const spread = convTranspose1d(tensor([[[1, 2]]]), tensor([[[1, 10, 100]]]), { stride: 2 });
 * console.log(spread.toArray()); // → [ [ [ 1, 10, 102, 20, 200 ] ] ]
 * ```
 */
export const convTranspose1d: Composed<ConvolveTransposed> = compose(
  "convTranspose1d",
  (x, weight, options = {}) => convolveTransposed("convTranspose1d", x, weight, options, 1),
  {
    samples: () => [
      [ones([1, 2]), ones([1, 1, 2]), { stride: 2, outputPadding: 1, bias: ones([1]) }],
      [ones([0, 1, 3]), ones([1, 1, 2])],
    ],
  },
);

/**
 * The transposed convolution: the transpose, as a linear map, of the convolution with the same weight, stride,
 * padding and dilation (its gradient with respect to the input). Every input cell adds a copy of the kernel to the
 * output, `stride` cells apart.
 *
 * `x: [batch, channels, height, width]` (or without the batch axis) and `weight: [channels, outChannels / groups,
 * kernelHeight, kernelWidth]` give `[batch, outChannels, …]` with `out = (in - 1)·stride - 2·padding +
 * dilation·(kernel - 1) + outputPadding + 1`. Zeiler et al., "Deconvolutional networks", 2010.
 *
 * @throws ShapeError `INPUT_RANK`, `WEIGHT_RANK`, `CONV_CHANNELS`, `BIAS_SHAPE`, `OUTPUT_EMPTY` (the padding cuts
 * everything off); ArgumentError `STRIDE_INVALID`, `PADDING_INVALID`, `OUTPUT_PADDING_INVALID`, `DILATION_INVALID`,
 * `GROUPS_INVALID`.
 * @example
 * ```ts
 * import { convTranspose2d, ones } from "@adjoint/core";
 * const x = ones([1, 3, 4, 4]);
 * console.log(convTranspose2d(x, ones([3, 2, 2, 2]), { stride: 2 }).shape); // → [ 1, 2, 8, 8 ]
 * ```
 */
export const convTranspose2d: Composed<ConvolveTransposed> = compose(
  "convTranspose2d",
  (x, weight, options = {}) => convolveTransposed("convTranspose2d", x, weight, options, 2),
  {
    samples: () => [
      [ones([1, 2, 2, 2]), ones([2, 1, 1, 3]), { stride: 2, padding: [0, 1], groups: 2 }],
      [ones([1, 2, 1]), ones([1, 1, 2, 1]), { dilation: 2 }],
    ],
  },
);

/**
 * The transposed convolution over three axes; see {@link convTranspose2d}. `x: [batch, channels, depth, height,
 * width]` (or without the batch axis), `weight: [channels, outChannels / groups, …]`.
 *
 * @example
 * ```ts
 * import { convTranspose3d, ones } from "@adjoint/core";
 * const x = ones([1, 2, 2, 2, 2]);
 * console.log(convTranspose3d(x, ones([2, 1, 3, 3, 3]), { stride: 2, padding: 1, outputPadding: 1 }).shape);
 * // → [ 1, 1, 4, 4, 4 ]
 * ```
 */
export const convTranspose3d: Composed<ConvolveTransposed> = compose(
  "convTranspose3d",
  (x, weight, options = {}) => convolveTransposed("convTranspose3d", x, weight, options, 3),
  {
    samples: () => [[ones([1, 1, 2, 1, 2]), ones([1, 1, 1, 2, 2])]],
  },
);

function convolveTransposed(
  name: string,
  x: Tensor,
  weight: Tensor,
  options: ConvTransposeOptions,
  spatial: number,
): Tensor {
  checkOperands(name, x, weight, options, spatial);
  const groups = groupsOf(name, options.groups);
  const [channels, filters] = weight.shape;
  const given = x.shape[x.ndim - spatial - 1];
  if (given !== channels || channels % groups !== 0) {
    throw channelError(
      name,
      `the input has ${given} channels; the weight ${formatShape(weight.shape)} with ${groupsText(groups)} takes ${channels}`,
      "the weight must be [channels, outChannels / groups, …] with channels a multiple of groups",
    );
  }
  checkBias(name, options.bias, filters * groups);
  const windows = transposedWindows(name, x.shape.slice(-spatial), weight.shape.slice(2), options);
  return batched(x, spatial, options.bias, (images) =>
    convolution(weight, images, { computes: "input", groups, windows }),
  );
}

/** The windows of the convolution whose output has the sizes given here. */
function transposedWindows(
  name: string,
  sizes: readonly number[],
  kernel: readonly number[],
  options: ConvTransposeOptions,
): Window[] {
  const count = sizes.length;
  const stride = perAxis(name, "stride", options.stride ?? 1, count, 1);
  const dilation = perAxis(name, "dilation", options.dilation ?? 1, count, 1);
  const padding = paddingPairs(name, options.padding ?? 0, count);
  const extra = perAxis(name, "outputPadding", options.outputPadding ?? 0, count, 0);
  extra.forEach((n, axis) => {
    if (n < Math.max(stride[axis], dilation[axis])) return;
    throw new ArgumentError(
      "OUTPUT_PADDING_INVALID",
      `${name}: outputPadding ${n} with stride ${stride[axis]} and dilation ${dilation[axis]}; it must be less than the larger of them`,
    );
  });
  const made = sizes.map(
    (n, axis) =>
      (n - 1) * stride[axis] + reach(kernel[axis], dilation[axis]) - padding[axis][0] - padding[axis][1] + extra[axis],
  );
  if (made.some((n) => n < 1)) {
    throw new ShapeError(
      "OUTPUT_EMPTY",
      `${name}: input ${formatShape(sizes)} and kernel ${formatShape(kernel)} would give an output of ${formatShape(made)}; use less padding`,
    );
  }
  return sizes.map((output, axis) => ({
    input: made[axis],
    kernel: kernel[axis],
    output,
    stride: stride[axis],
    dilation: dilation[axis],
    before: padding[axis][0],
  }));
}
