import { ArgumentError, ShapeError } from "../errors.js";
import { formatShape } from "../shape.js";
import type { Tensor } from "../tensor.js";
import {
  checkSpatial,
  checkTensor,
  paddingPairs,
  type PerAxis,
  perAxis,
  reach,
  slidingWindows,
  type Window,
  type WindowPadding,
} from "../windows.js";
import { add } from "./arithmetic.js";
import { convolution } from "./convolution.js";
import { reshape, unsqueeze } from "./shape.js";

/** Options of the convolutions; a number stands for all spatial axes, an array gives one for each. */
export interface ConvOptions {
  /** A number added to every output channel: `[outChannels]` (default none). */
  readonly bias?: Tensor | null;
  /** Cells from one window to the next (default 1). */
  readonly stride?: PerAxis;
  /**
   * Cells of zeros around the input (default 0), also as `[before, after]` pairs; `"valid"` is 0, and `"same"` as many as keep
   * the size (stride 1 only; an odd one goes behind).
   */
  readonly padding?: WindowPadding | "same" | "valid";
  /** Cells from one tap of the kernel to the next (default 1). */
  readonly dilation?: PerAxis;
  /** Channels are split into this many groups, convolved apart (default 1). */
  readonly groups?: number;
}

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

/**
 * The convolution over one axis: `out[n, o, p] = bias[o] + Σ x[n, c, p·stride + k·dilation - padding] · weight[o, c, k]`.
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
export function conv1d(x: Tensor, weight: Tensor, options: ConvOptions = {}): Tensor {
  return convolve("conv1d", x, weight, options, 1);
}

/**
 * The convolution of images with kernels (not turned round, as in all of deep learning: a cross-correlation):
 *
 * `out[n, o, p, q] = bias[o] + Σ x[n, c, p·stride + i·dilation - padding, q·stride + j·dilation - padding] · weight[o, c, i, j]`
 *
 * over the channels `c` of the group of `o` and the taps `i, j`; outside the image are zeros.
 *
 * `x: [batch, channels, height, width]` (or without the batch axis) and `weight: [outChannels, channels / groups, kernelHeight,
 * kernelWidth]` give `[batch, outChannels, outHeight, outWidth]` with `out = ⌊(in + 2·padding - dilation·(kernel - 1) - 1) / stride⌋ + 1`.
 * Dumoulin and Visin, "A guide to convolution arithmetic", arXiv:1603.07285.
 *
 * @throws ShapeError `INPUT_RANK`, `WEIGHT_RANK`, `CONV_CHANNELS` (channels, weight and groups do not fit), `BIAS_SHAPE`,
 * `KERNEL_TOO_LARGE`; ArgumentError `STRIDE_INVALID`, `PADDING_INVALID`, `DILATION_INVALID`, `GROUPS_INVALID`.
 * @example
 * ```ts
 * import { conv2d, ones } from "@adjoint/core";
 * const x = ones([1, 1, 3, 3]);
 * const box = ones([1, 1, 3, 3]);
 * console.log(conv2d(x, box, { padding: 1 }).toArray());
 * // → [ [ [ [ 4, 6, 4 ], [ 6, 9, 6 ], [ 4, 6, 4 ] ] ] ]
 * console.log(conv2d(x, box, { padding: "same" }).shape, conv2d(x, box, { stride: [1, 2], padding: 1 }).shape);
 * // → [ 1, 1, 3, 3 ] [ 1, 1, 3, 2 ]
 * ```
 */
export function conv2d(x: Tensor, weight: Tensor, options: ConvOptions = {}): Tensor {
  return convolve("conv2d", x, weight, options, 2);
}

/**
 * The convolution over three axes: `x: [batch, channels, depth, height, width]` (or without the batch axis) and `weight:
 * [outChannels, channels / groups, kernelDepth, kernelHeight, kernelWidth]` give `[batch, outChannels, …]`. Formula, sizes and errors as in
 * {@link conv2d}.
 *
 * @example
 * ```ts
 * import { conv3d, ones } from "@adjoint/core";
 * console.log(conv3d(ones([2, 4, 4, 4]), ones([8, 2, 3, 3, 3])).shape); // → [ 8, 2, 2, 2 ]
 * ```
 */
export function conv3d(x: Tensor, weight: Tensor, options: ConvOptions = {}): Tensor {
  return convolve("conv3d", x, weight, options, 3);
}

/**
 * The transposed convolution over one axis; see {@link convTranspose2d}. `x: [batch, channels, length]` (or without the batch
 * axis), `weight: [channels, outChannels / groups, kernel]`.
 *
 * @example
 * ```ts
 * import { convTranspose1d, tensor } from "@adjoint/core";
 * const spread = convTranspose1d(tensor([[[1, 2]]]), tensor([[[1, 10, 100]]]), { stride: 2 });
 * console.log(spread.toArray()); // → [ [ [ 1, 10, 102, 20, 200 ] ] ]
 * ```
 */
export function convTranspose1d(x: Tensor, weight: Tensor, options: ConvTransposeOptions = {}): Tensor {
  return convolveTransposed("convTranspose1d", x, weight, options, 1);
}

/**
 * The transposed convolution: the transpose, as a linear map, of the convolution with the same weight, stride, padding and dilation
 * (its gradient with respect to the input). Every input cell adds a copy of the kernel to the output, `stride` cells apart.
 *
 * `x: [batch, channels, height, width]` (or without the batch axis) and `weight: [channels, outChannels / groups, kernelHeight,
 * kernelWidth]` give `[batch, outChannels, …]` with `out = (in - 1)·stride - 2·padding + dilation·(kernel - 1) + outputPadding + 1`.
 * Zeiler et al., "Deconvolutional networks", 2010.
 *
 * @throws ShapeError `INPUT_RANK`, `WEIGHT_RANK`, `CONV_CHANNELS`, `BIAS_SHAPE`, `OUTPUT_EMPTY` (the padding cuts everything off);
 * ArgumentError `STRIDE_INVALID`, `PADDING_INVALID`, `OUTPUT_PADDING_INVALID`, `DILATION_INVALID`, `GROUPS_INVALID`.
 * @example
 * ```ts
 * import { convTranspose2d, ones } from "@adjoint/core";
 * const x = ones([1, 3, 4, 4]);
 * console.log(convTranspose2d(x, ones([3, 2, 2, 2]), { stride: 2 }).shape); // → [ 1, 2, 8, 8 ]
 * ```
 */
export function convTranspose2d(x: Tensor, weight: Tensor, options: ConvTransposeOptions = {}): Tensor {
  return convolveTransposed("convTranspose2d", x, weight, options, 2);
}

/**
 * The transposed convolution over three axes; see {@link convTranspose2d}. `x: [batch, channels, depth, height, width]` (or without
 * the batch axis), `weight: [channels, outChannels / groups, …]`.
 *
 * @example
 * ```ts
 * import { convTranspose3d, ones } from "@adjoint/core";
 * const x = ones([1, 2, 2, 2, 2]);
 * console.log(convTranspose3d(x, ones([2, 1, 3, 3, 3]), { stride: 2, padding: 1, outputPadding: 1 }).shape);
 * // → [ 1, 1, 4, 4, 4 ]
 * ```
 */
export function convTranspose3d(x: Tensor, weight: Tensor, options: ConvTransposeOptions = {}): Tensor {
  return convolveTransposed("convTranspose3d", x, weight, options, 3);
}

function convolve(name: string, x: Tensor, weight: Tensor, options: ConvOptions, spatial: number): Tensor {
  checkOperands(name, x, weight, spatial);
  const groups = groupsOf(name, options.groups);
  const [filters, channels] = weight.shape;
  const given = x.shape[x.ndim - spatial - 1];
  if (given !== channels * groups || filters % groups !== 0) {
    throw channelError(
      name,
      `the input has ${given} channels; the weight ${formatShape(weight.shape)} with ${groupsText(groups)} takes ${channels * groups} ` +
        `and gives ${filters}`,
      "the weight must be [outChannels, channels / groups, …] with outChannels a multiple of groups",
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

function convolveTransposed(
  name: string,
  x: Tensor,
  weight: Tensor,
  options: ConvTransposeOptions,
  spatial: number,
): Tensor {
  checkOperands(name, x, weight, spatial);
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

/** Runs on an input with a batch axis, puts the bias on, and takes an axis that was added away. */
function batched(x: Tensor, spatial: number, bias: Tensor | null | undefined, run: (images: Tensor) => Tensor): Tensor {
  const single = x.ndim === spatial + 1;
  const plain = run(single ? unsqueeze(x, 0) : x);
  const out = bias ? add(plain, reshape(bias, [bias.size, ...new Array<number>(spatial).fill(1)])) : plain;
  return single ? reshape(out, out.shape.slice(1)) : out;
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

function checkOperands(name: string, x: Tensor, weight: Tensor, spatial: number): void {
  checkSpatial(name, x, spatial);
  checkTensor(name, "the weight", weight);
  if (weight.ndim === spatial + 2) return;
  throw new ShapeError(
    "WEIGHT_RANK",
    `${name}: the weight has shape ${formatShape(weight.shape)}; it must have ${spatial + 2} axes: two of channels and ${spatial} of the kernel`,
  );
}

function groupsOf(name: string, groups = 1): number {
  return perAxis(name, "groups", groups, 1, 1)[0];
}

const groupsText = (groups: number): string => (groups === 1 ? "1 group" : `${groups} groups`);

function channelError(name: string, what: string, fix: string): ShapeError {
  return new ShapeError("CONV_CHANNELS", `${name}: ${what}; ${fix}`);
}

function checkBias(name: string, bias: Tensor | null | undefined, filters: number): void {
  if (bias === null || bias === undefined) return;
  checkTensor(name, "the bias", bias);
  if (bias.ndim === 1 && bias.size === filters) return;
  throw new ShapeError(
    "BIAS_SHAPE",
    `${name}: the bias has shape ${formatShape(bias.shape)}; it must have one number for each of the ${filters} output channels`,
  );
}
