import {
  ArgumentError,
  checkOptions,
  conv1d,
  conv2d,
  conv3d,
  type ConvOptions,
  type Generator,
  Parameter,
  type PerAxis,
  type Tensor,
} from "@adjoint/core";
import { checkCount, checkGenerator, shapeText, shown } from "./checks.js";
import { Module } from "./module.js";

/** Options of the convolution layers. */
export interface ConvLayerOptions extends Omit<ConvOptions, "bias"> {
  /** Add a number to every output channel (default true). */
  readonly bias?: boolean;
  /** Where the initial weights come from (default the generator that `manualSeed` sets). */
  readonly generator?: Generator;
}

const optionNames = ["bias", "stride", "padding", "dilation", "groups", "generator"];

/** What the convolution layers have in common: their weights, and how these start. */
abstract class ConvLayer extends Module {
  readonly weight: Parameter; // [outChannels, inChannels / groups, ...kernel]
  readonly bias: Parameter | null; // [outChannels]
  /** Stride, padding, dilation and groups. */
  readonly options: Omit<ConvOptions, "bias">;

  constructor(inChannels: number, outChannels: number, kernelSize: PerAxis, spatial: number, given: ConvLayerOptions) {
    super();
    const { name } = new.target;
    checkOptions(name, given, "{ stride: 2 }", optionNames);
    const { bias = true, generator: source, ...options } = given;
    const generator = checkGenerator(name, source);
    const { groups = 1 } = options;
    for (const [what, count] of Object.entries({ inChannels, outChannels, groups })) checkCount(name, what, count);
    if (inChannels % groups !== 0 || outChannels % groups !== 0) {
      throw new ArgumentError(
        "GROUPS_INVALID",
        `${name}: ${inChannels} and ${outChannels} channels in ${groups} groups; both must be multiples of the groups`,
      );
    }
    const shape = [outChannels, inChannels / groups, ...kernelOf(name, kernelSize, spatial)];
    const bound = 1 / Math.sqrt(shape.slice(1).reduce((product, n) => product * n, 1));
    this.weight = new Parameter(generator.uniform(shape, -bound, bound));
    this.bias = bias ? new Parameter(generator.uniform([outChannels], -bound, bound)) : null;
    this.options = options;
  }

  protected override extraRepr(): string {
    const [outChannels, inChannels, ...kernelSize] = this.weight.shape;
    const options = Object.entries(this.options).map(([name, x]) => `, ${name}=${shown(x)}`);
    return (
      `inChannels=${inChannels * (this.options.groups ?? 1)}, outChannels=${outChannels}, ` +
      `kernelSize=${shapeText(kernelSize)}${options.join("")}, bias=${this.bias !== null}`
    );
  }
}

function kernelOf(name: string, kernelSize: PerAxis, spatial: number): number[] {
  const sizes: unknown = typeof kernelSize === "number" ? new Array<number>(spatial).fill(kernelSize) : kernelSize;
  if (Array.isArray(sizes) && sizes.length === spatial) {
    return sizes.map((size: number) => checkCount(name, "kernelSize", size));
  }
  throw new ArgumentError(
    "SIZE_INVALID",
    `${name}: kernelSize is ${shown(kernelSize)}; the third argument is one number${spatial > 1 ? `, or ${spatial} of them` : ""}, ` +
      `before the options: new ${name}(1, 8, 3, { stride: 2 })`,
  );
}

/**
 * Convolutions of sequences with learned kernels: `[batch, inChannels, length]` to `[batch, outChannels, outLength]`. See
 * {@link Conv2d}.
 *
 * @example
 * ```ts
 * import { ones } from "@adjoint/core";
 * import { Conv1d } from "@adjoint/nn";
 * console.log(new Conv1d(2, 4, 3).forward(ones([1, 2, 10])).shape); // → [ 1, 4, 8 ]
 * ```
 */
export class Conv1d extends ConvLayer {
  constructor(inChannels: number, outChannels: number, kernelSize: PerAxis, options: ConvLayerOptions = {}) {
    super(inChannels, outChannels, kernelSize, 1, options);
  }

  forward(x: Tensor): Tensor {
    return conv1d(x, this.weight, { ...this.options, bias: this.bias });
  }
}

/**
 * Convolutions of images with learned kernels: `[batch, inChannels, height, width]` to `[batch, outChannels, outHeight,
 * outWidth]`, with `out = ⌊(in + 2·padding - dilation·(kernelSize - 1) - 1) / stride⌋ + 1`.
 *
 * Weight and bias start uniform in `±1/√fanIn`, where `fanIn = inChannels / groups · kernelHeight · kernelWidth`, as in PyTorch.
 *
 * @throws ArgumentError `SIZE_INVALID`, `GROUPS_INVALID`, `OPTIONS_KIND`, `OPTION_UNKNOWN`; in `forward` what `conv2d` throws.
 * @example
 * ```ts
 * import { ones } from "@adjoint/core";
 * import { Conv2d } from "@adjoint/nn";
 * const layer = new Conv2d(3, 8, 5, { stride: 2, padding: 2 });
 * console.log(layer.forward(ones([1, 3, 32, 32])).shape); // → [ 1, 8, 16, 16 ]
 * ```
 */
export class Conv2d extends ConvLayer {
  constructor(inChannels: number, outChannels: number, kernelSize: PerAxis, options: ConvLayerOptions = {}) {
    super(inChannels, outChannels, kernelSize, 2, options);
  }

  forward(x: Tensor): Tensor {
    return conv2d(x, this.weight, { ...this.options, bias: this.bias });
  }
}

/**
 * Convolutions of volumes with learned kernels: `[batch, inChannels, depth, height, width]` to `[batch, outChannels, outDepth,
 * outHeight, outWidth]`. See {@link Conv2d}.
 */
export class Conv3d extends ConvLayer {
  constructor(inChannels: number, outChannels: number, kernelSize: PerAxis, options: ConvLayerOptions = {}) {
    super(inChannels, outChannels, kernelSize, 3, options);
  }

  forward(x: Tensor): Tensor {
    return conv3d(x, this.weight, { ...this.options, bias: this.bias });
  }
}
