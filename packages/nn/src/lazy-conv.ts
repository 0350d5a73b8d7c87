import type { PerAxis } from "@adjoint/core";
import { shown } from "./checks.js";
import { Conv1d, Conv2d, Conv3d, type ConvLayerOptions } from "./conv.js";
import { ConvTranspose1d, ConvTranspose2d, ConvTranspose3d, type ConvTransposeLayerOptions } from "./conv-transpose.js";
import { inputsOf, Lazy, type Plan } from "./lazy.js";
import type { Module } from "./module.js";

/** What the lazy convolutions have in common. */
abstract class LazyConv<Options extends ConvLayerOptions | ConvTransposeLayerOptions> extends Lazy {
  constructor(
    Layer: new (inChannels: number, outChannels: number, kernelSize: PerAxis, options: Options) => Module,
    spatial: number,
    outChannels: number,
    kernelSize: PerAxis,
    options: Options,
    sizeIn: (groups?: number) => Plan["sizeIn"] = inputsOf,
  ) {
    const groups = options?.groups;
    const plan = {
      make: (inChannels: number) => new Layer(inChannels, outChannels, kernelSize, options),
      axis: -1 - spatial,
      sizeIn: sizeIn(groups),
      printed: `outChannels=${shown(outChannels)}, kernelSize=${shown(kernelSize)}`,
    };
    super(plan, options?.generator, groups);
  }
}

/** How many inputs there are by the weight of a transposed convolution `[inputs, outputs / groups, …]`. */
const firstOf = (): Plan["sizeIn"] => (get) => get("weight")[0];

/**
 * A {@link Conv1d} that takes its number of input channels from the first input. See {@link LazyConv2d}.
 *
 * @throws ArgumentError as {@link Conv1d}; `SIZE_UNKNOWN` when parameters are asked for too early.
 * @example
 * ```ts
 * import { ones } from "@adjoint/core";
 * import { LazyConv1d } from "@adjoint/nn";
 * const layer = new LazyConv1d(4, 3);
 * layer.forward(ones([1, 2, 8]));
 * console.log(layer.getParameter("weight").shape); // → [ 4, 2, 3 ]
 * ```
 */
export class LazyConv1d extends LazyConv<ConvLayerOptions> {
  constructor(outChannels: number, kernelSize: PerAxis, options: ConvLayerOptions = {}) {
    super(Conv1d, 1, outChannels, kernelSize, options);
  }
}

/**
 * A {@link Conv2d} that takes its number of input channels from the first input, or from the state dict that is loaded, and is a
 * Conv2d from then on. Before that it has no parameters, and asking a model for them throws.
 *
 * @throws ArgumentError as {@link Conv2d}; `SIZE_UNKNOWN` when parameters are asked for too early.
 * @example
 * ```ts
 * import { ones } from "@adjoint/core";
 * import { Flatten, LazyConv2d, LazyLinear, Sequential } from "@adjoint/nn";
 * const model = new Sequential(new LazyConv2d(4, 3), new Flatten(), new LazyLinear(10));
 * console.log(model.forward(ones([1, 3, 8, 8])).shape); // → [ 1, 10 ]
 * console.log(model.parameters().map(({ shape }) => shape)[2]); // → [ 10, 144 ]
 * ```
 */
export class LazyConv2d extends LazyConv<ConvLayerOptions> {
  constructor(outChannels: number, kernelSize: PerAxis, options: ConvLayerOptions = {}) {
    super(Conv2d, 2, outChannels, kernelSize, options);
  }
}

/**
 * A {@link Conv3d} that takes its number of input channels from the first input. See {@link LazyConv2d}.
 *
 * @throws ArgumentError as {@link Conv3d}; `SIZE_UNKNOWN` when parameters are asked for too early.
 * @example
 * ```ts
 * import { ones } from "@adjoint/core";
 * import { LazyConv3d } from "@adjoint/nn";
 * const layer = new LazyConv3d(4, 3);
 * layer.forward(ones([1, 2, 8, 8, 8]));
 * console.log(layer.getParameter("weight").shape); // → [ 4, 2, 3, 3, 3 ]
 * ```
 */
export class LazyConv3d extends LazyConv<ConvLayerOptions> {
  constructor(outChannels: number, kernelSize: PerAxis, options: ConvLayerOptions = {}) {
    super(Conv3d, 3, outChannels, kernelSize, options);
  }
}

/**
 * A {@link ConvTranspose1d} that takes its number of input channels from the first input. See {@link LazyConv2d}.
 *
 * @throws ArgumentError as {@link ConvTranspose1d}; `SIZE_UNKNOWN` when parameters are asked for too early.
 * @example
 * ```ts
 * import { ones } from "@adjoint/core";
 * import { LazyConvTranspose1d } from "@adjoint/nn";
 * const layer = new LazyConvTranspose1d(4, 3);
 * layer.forward(ones([1, 2, 8]));
 * console.log(layer.getParameter("weight").shape); // → [ 2, 4, 3 ]
 * ```
 */
export class LazyConvTranspose1d extends LazyConv<ConvTransposeLayerOptions> {
  constructor(outChannels: number, kernelSize: PerAxis, options: ConvTransposeLayerOptions = {}) {
    super(ConvTranspose1d, 1, outChannels, kernelSize, options, firstOf);
  }
}

/**
 * A {@link ConvTranspose2d} that takes its number of input channels from the first input. See {@link LazyConv2d}.
 *
 * @throws ArgumentError as {@link ConvTranspose2d}; `SIZE_UNKNOWN` when parameters are asked for too early.
 * @example
 * ```ts
 * import { ones } from "@adjoint/core";
 * import { LazyConvTranspose2d } from "@adjoint/nn";
 * const layer = new LazyConvTranspose2d(4, 3);
 * layer.forward(ones([1, 2, 8, 8]));
 * console.log(layer.getParameter("weight").shape); // → [ 2, 4, 3, 3 ]
 * ```
 */
export class LazyConvTranspose2d extends LazyConv<ConvTransposeLayerOptions> {
  constructor(outChannels: number, kernelSize: PerAxis, options: ConvTransposeLayerOptions = {}) {
    super(ConvTranspose2d, 2, outChannels, kernelSize, options, firstOf);
  }
}

/**
 * A {@link ConvTranspose3d} that takes its number of input channels from the first input. See {@link LazyConv2d}.
 *
 * @throws ArgumentError as {@link ConvTranspose3d}; `SIZE_UNKNOWN` when parameters are asked for too early.
 * @example
 * ```ts
 * import { ones } from "@adjoint/core";
 * import { LazyConvTranspose3d } from "@adjoint/nn";
 * const layer = new LazyConvTranspose3d(4, 3);
 * layer.forward(ones([1, 2, 4, 4, 4]));
 * console.log(layer.getParameter("weight").shape); // → [ 2, 4, 3, 3, 3 ]
 * ```
 */
export class LazyConvTranspose3d extends LazyConv<ConvTransposeLayerOptions> {
  constructor(outChannels: number, kernelSize: PerAxis, options: ConvTransposeLayerOptions = {}) {
    super(ConvTranspose3d, 3, outChannels, kernelSize, options, firstOf);
  }
}
