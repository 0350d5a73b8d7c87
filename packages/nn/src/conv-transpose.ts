import {
  checkOptions,
  checkTensor,
  convTranspose1d,
  convTranspose2d,
  convTranspose3d,
  type ConvTransposeOptions,
  type PerAxis,
  type Shape,
  ShapeError,
  type Tensor,
} from "@adjoint/core";
import { checkPerAxis, shapeText } from "./checks.js";
import { ConvLayer, type ConvWeightOptions } from "./conv-layer.js";

/** Options of the transposed convolution layers. */
export interface ConvTransposeLayerOptions extends ConvWeightOptions {
  /** Cells cut off around the output (default 0), also as `[before, after]` pairs. */
  readonly padding?: ConvTransposeOptions["padding"];
  /** Cells added behind the output, less than the larger of stride and dilation (default 0). */
  readonly outputPadding?: PerAxis;
  /** As in PyTorch, zeros and nothing else. */
  readonly paddingMode?: "zeros";
}

/** What `forward` of the transposed convolution layers takes beside the input. */
export interface OutputSizeOptions {
  /**
   * The sizes that the output is to have, one number for all spatial axes, or one for each, or a whole shape: of the up to `stride`
   * sizes that the convolution brings to that of the input, this one. Without it, `outputPadding` decides.
   */
  readonly outputSize?: number | Shape;
}

const direction = { isTransposed: true, options: ["outputPadding"], modes: ["zeros"] };

/** The layers of one to three spatial axes, each with its function. */
abstract class ConvTranspose extends ConvLayer<[x: Tensor, options?: OutputSizeOptions]> {
  readonly outputPadding: readonly number[]; // cells added behind the output
  private readonly convolve: typeof convTranspose2d;

  constructor(
    convolve: typeof convTranspose2d,
    spatial: number,
    inChannels: number,
    outChannels: number,
    kernelSize: PerAxis,
    options: ConvTransposeLayerOptions,
  ) {
    super(direction, spatial, inChannels, outChannels, kernelSize, options);
    this.convolve = convolve;
    this.outputPadding = checkPerAxis(new.target.name, "outputPadding", options.outputPadding ?? 0, spatial, 0);
  }

  forward(x: Tensor, options: OutputSizeOptions = {}): Tensor {
    const { name } = this.constructor;
    checkTensor(name, x);
    checkOptions(name, options, "{ outputSize: [8, 8] }", ["outputSize"]);
    const { stride, padding, dilation, groups, bias } = this;
    const spatial = stride.length;
    const { outputSize: size } = options;
    const fits = x.ndim === spatial + 1 || x.ndim === spatial + 2;
    const outputPadding =
      size !== undefined && fits ? this.reaching(size, x.shape.slice(-spatial)) : this.outputPadding;
    return this.convolve(x, this.weight, { stride, padding, dilation, groups, bias, outputPadding });
  }

  /** The output padding with which inputs of some sizes give outputs of others. */
  private reaching(outputSize: number | Shape, sizes: Shape): number[] {
    const { name } = this.constructor;
    const { stride, padding, dilation, kernelSize } = this;
    const spatial = sizes.length;
    // PyTorch also takes the shape of the whole output.
    const isWhole = Array.isArray(outputSize) && outputSize.length > spatial && outputSize.length <= spatial + 2;
    const wanted = checkPerAxis(name, "outputSize", isWhole ? outputSize.slice(-spatial) : outputSize, spatial);
    const least = sizes.map(
      (n, i) => (n - 1) * stride[i] - padding[i][0] - padding[i][1] + dilation[i] * (kernelSize[i] - 1) + 1,
    );
    if (wanted.every((n, i) => n >= least[i] && n < least[i] + stride[i])) return wanted.map((n, i) => n - least[i]);
    const most = least.map((n, i) => n + stride[i] - 1);
    throw new ShapeError(
      "OUTPUT_SIZE",
      `${name}: outputSize ${shapeText(wanted)} for an input of ${shapeText(sizes)}; give ${shapeText(least)} to ${shapeText(most)}`,
    );
  }
}

/**
 * Transposed convolutions of sequences: `[batch, inChannels, length]` to `[batch, outChannels, outLength]`. See
 * {@link ConvTranspose2d}.
 *
 * @throws as {@link ConvTranspose2d}.
 * @example
 * ```ts
 * import { ones } from "@adjoint/core";
 * import { ConvTranspose1d } from "@adjoint/nn";
 * console.log(new ConvTranspose1d(2, 4, 3, { stride: 2 }).forward(ones([1, 2, 5])).shape); // → [ 1, 4, 11 ]
 * ```
 */
export class ConvTranspose1d extends ConvTranspose {
  constructor(inChannels: number, outChannels: number, kernelSize: PerAxis, options: ConvTransposeLayerOptions = {}) {
    super(convTranspose1d, 1, inChannels, outChannels, kernelSize, options);
  }
}

/**
 * Transposed convolutions of images: every input cell adds a copy of the learned kernel to the output, `stride` cells apart. They
 * are the transpose, as a linear map, of the convolution with the same options, and make images larger: `[batch, inChannels, height,
 * width]` to `[batch, outChannels, outHeight, outWidth]`, or both without the batch, with `out = (in - 1)·stride - 2·padding +
 * dilation·(kernelSize - 1) + outputPadding + 1`.
 *
 * Weight and bias start uniform in `±1/√fanIn`, where `fanIn = outChannels / groups · kernelHeight · kernelWidth`, as in PyTorch.
 * Zeiler et al., 2010.
 *
 * @throws ArgumentError `SIZE_INVALID`, `GROUPS_INVALID`, `CHOICE_UNKNOWN`, `GENERATOR_KIND`, `OPTION_INVALID`, `OPTIONS_KIND`, `OPTION_UNKNOWN`; in
 * `forward` ShapeError `OUTPUT_SIZE`, and what `convTranspose2d` throws.
 * @example
 * ```ts
 * import { ones } from "@adjoint/core";
 * import { ConvTranspose2d } from "@adjoint/nn";
 * const layer = new ConvTranspose2d(3, 8, 3, { stride: 2, padding: 1 });
 * console.log(layer.forward(ones([1, 3, 4, 4])).shape); // → [ 1, 8, 7, 7 ]
 * console.log(layer.forward(ones([1, 3, 4, 4]), { outputSize: 8 }).shape); // → [ 1, 8, 8, 8 ]
 * ```
 */
export class ConvTranspose2d extends ConvTranspose {
  constructor(inChannels: number, outChannels: number, kernelSize: PerAxis, options: ConvTransposeLayerOptions = {}) {
    super(convTranspose2d, 2, inChannels, outChannels, kernelSize, options);
  }
}

/**
 * Transposed convolutions of volumes: `[batch, inChannels, depth, height, width]` to `[batch, outChannels, outDepth, outHeight,
 * outWidth]`. See {@link ConvTranspose2d}.
 *
 * @throws as {@link ConvTranspose2d}.
 * @example
 * ```ts
 * import { ones } from "@adjoint/core";
 * import { ConvTranspose3d } from "@adjoint/nn";
 * console.log(new ConvTranspose3d(2, 1, 2, { stride: 2 }).forward(ones([1, 2, 3, 3, 3])).shape); // → [ 1, 1, 6, 6, 6 ]
 * ```
 */
export class ConvTranspose3d extends ConvTranspose {
  constructor(inChannels: number, outChannels: number, kernelSize: PerAxis, options: ConvTransposeLayerOptions = {}) {
    super(convTranspose3d, 3, inChannels, outChannels, kernelSize, options);
  }
}
