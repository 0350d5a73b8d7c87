import { checkTensor, conv1d, conv2d, conv3d, type ConvOptions, pad, type PerAxis, type Tensor } from "@adjoint/core";
import { ConvLayer, type ConvWeightOptions } from "./conv-layer.js";

/** Options of the convolution layers. */
export interface ConvLayerOptions extends ConvWeightOptions {
  /**
   * Cells around the input (default 0), also as `[before, after]` pairs; `"valid"` is 0, and `"same"` as many as keep the size
   * (stride 1 only; an odd one goes behind).
   */
  readonly padding?: ConvOptions["padding"];
  /** What these cells hold: zeros (the default), or elements of the input as in core's `pad`. */
  readonly paddingMode?: (typeof modes)[number];
}

const modes = ["zeros", "reflect", "replicate", "circular"] as const;
const direction = { isTransposed: false, options: [], modes };

/** The layers of one to three spatial axes, each with its function. */
abstract class Conv extends ConvLayer<[x: Tensor]> {
  readonly paddingMode: (typeof modes)[number]; // what the cells around the input hold
  private readonly convolve: typeof conv2d;

  constructor(
    convolve: typeof conv2d,
    spatial: number,
    inChannels: number,
    outChannels: number,
    kernelSize: PerAxis,
    options: ConvLayerOptions,
  ) {
    super(direction, spatial, inChannels, outChannels, kernelSize, options);
    this.convolve = convolve;
    this.paddingMode = options.paddingMode ?? "zeros";
  }

  forward(x: Tensor): Tensor {
    const { stride, padding, dilation, groups, bias, paddingMode: mode } = this;
    checkTensor(this.constructor.name, x);
    const front = x.ndim - padding.length;
    // An input of another rank is left to the convolution, which says what it takes.
    const isPadded = mode !== "zeros" && (front === 1 || front === 2);
    const outer = isPadded ? pad(x, [...new Array<[0, 0]>(front).fill([0, 0]), ...padding], { mode }) : x;
    const rest = isPadded ? 0 : padding;
    return this.convolve(outer, this.weight, { stride, padding: rest, dilation, groups, bias });
  }
}

/**
 * Convolutions of sequences with learned kernels: `[batch, inChannels, length]` to `[batch, outChannels, outLength]`. See
 * {@link Conv2d}.
 *
 * @throws as {@link Conv2d}.
 * @example
 * ```ts
 * import { ones } from "@adjoint/core";
 * import { Conv1d } from "@adjoint/nn";
 * console.log(new Conv1d(2, 4, 3).forward(ones([1, 2, 10])).shape); // → [ 1, 4, 8 ]
 * ```
 */
export class Conv1d extends Conv {
  constructor(inChannels: number, outChannels: number, kernelSize: PerAxis, options: ConvLayerOptions = {}) {
    super(conv1d, 1, inChannels, outChannels, kernelSize, options);
  }
}

/**
 * Convolutions of images with learned kernels, `out[o, p, q] = bias[o] + Σ x[c, p·stride + i·dilation - padding, …] · weight[o, c,
 * i, j]`: `[batch, inChannels, height, width]` to `[batch, outChannels, outHeight, outWidth]`, or both without the batch, with `out =
 * ⌊(in + 2·padding - dilation·(kernelSize - 1) - 1) / stride⌋ + 1`.
 *
 * Weight and bias start uniform in `±1/√fanIn`, where `fanIn = inChannels / groups · kernelHeight · kernelWidth`, as in PyTorch.
 * LeCun et al., 1989.
 *
 * @throws ArgumentError `SIZE_INVALID`, `GROUPS_INVALID`, `PADDING_INVALID` for `"same"` with strides, `CHOICE_UNKNOWN`,
 * `GENERATOR_KIND`, `OPTION_INVALID`, `OPTIONS_KIND`, `OPTION_UNKNOWN`; in `forward` what `conv2d` throws, and ArgumentError `PADDING_INVALID` for an
 * input too small for the padding mode.
 * @example
 * ```ts
 * import { ones } from "@adjoint/core";
 * import { Conv2d } from "@adjoint/nn";
 * const layer = new Conv2d(3, 8, 5, { stride: 2, padding: 2, paddingMode: "reflect" });
 * console.log(layer.forward(ones([1, 3, 32, 32])).shape); // → [ 1, 8, 16, 16 ]
 * ```
 */
export class Conv2d extends Conv {
  constructor(inChannels: number, outChannels: number, kernelSize: PerAxis, options: ConvLayerOptions = {}) {
    super(conv2d, 2, inChannels, outChannels, kernelSize, options);
  }
}

/**
 * Convolutions of volumes with learned kernels: `[batch, inChannels, depth, height, width]` to `[batch, outChannels, outDepth,
 * outHeight, outWidth]`. See {@link Conv2d}.
 *
 * @throws as {@link Conv2d}.
 * @example
 * ```ts
 * import { ones } from "@adjoint/core";
 * import { Conv3d } from "@adjoint/nn";
 * console.log(new Conv3d(1, 2, 3, { padding: "same" }).forward(ones([1, 1, 4, 4, 4])).shape); // → [ 1, 2, 4, 4, 4 ]
 * ```
 */
export class Conv3d extends Conv {
  constructor(inChannels: number, outChannels: number, kernelSize: PerAxis, options: ConvLayerOptions = {}) {
    super(conv3d, 3, inChannels, outChannels, kernelSize, options);
  }
}
