import {
  avgPool2d,
  type AvgPoolOptions,
  checkOptions,
  maxPool2d,
  type MaxPoolOptions,
  type PerAxis,
  type Tensor,
} from "@adjoint/core";
import { shown } from "./checks.js";
import { Module } from "./module.js";

/**
 * The largest element under each window of an image: `[batch, channels, height, width]` to a smaller image. The windows lie
 * side by side unless a stride is given.
 *
 * @throws ArgumentError `OPTIONS_KIND`, `OPTION_UNKNOWN`; in `forward` what `maxPool2d` throws.
 * @example
 * ```ts
 * import { ones } from "@adjoint/core";
 * import { MaxPool2d } from "@adjoint/nn";
 * console.log(new MaxPool2d(2).forward(ones([1, 3, 8, 8])).shape); // → [ 1, 3, 4, 4 ]
 * ```
 */
export class MaxPool2d extends Module {
  readonly options: MaxPoolOptions; // with the kernel size

  constructor(kernelSize: PerAxis, options: Omit<MaxPoolOptions, "kernelSize"> = {}) {
    super();
    checkOptions("MaxPool2d", options, "{ stride: 2 }", ["stride", "padding", "dilation", "ceilMode"]);
    this.options = { ...options, kernelSize };
  }

  forward(x: Tensor): Tensor {
    return maxPool2d(x, this.options);
  }

  protected override extraRepr(): string {
    return optionsText(this.options);
  }
}

/**
 * The mean under each window of an image: `[batch, channels, height, width]` to a smaller image. The windows lie side by side
 * unless a stride is given; padding counts as zeros.
 *
 * @throws ArgumentError `OPTIONS_KIND`, `OPTION_UNKNOWN`; in `forward` what `avgPool2d` throws.
 * @example
 * ```ts
 * import { tensor } from "@adjoint/core";
 * import { AvgPool2d } from "@adjoint/nn";
 * console.log(new AvgPool2d(2).forward(tensor([[[1, 3], [5, 7]]])).toArray()); // → [ [ [ 4 ] ] ]
 * ```
 */
export class AvgPool2d extends Module {
  readonly options: AvgPoolOptions; // with the kernel size

  constructor(kernelSize: PerAxis, options: Omit<AvgPoolOptions, "kernelSize"> = {}) {
    super();
    checkOptions("AvgPool2d", options, "{ stride: 2 }", [
      "stride",
      "padding",
      "ceilMode",
      "countIncludePad",
      "divisorOverride",
    ]);
    this.options = { ...options, kernelSize };
  }

  forward(x: Tensor): Tensor {
    return avgPool2d(x, this.options);
  }

  protected override extraRepr(): string {
    return optionsText(this.options);
  }
}

/** The options of a pool as it is printed, the kernel size first. */
function optionsText({ kernelSize, ...options }: MaxPoolOptions | AvgPoolOptions): string {
  return Object.entries({ kernelSize, ...options })
    .map(([name, x]) => `${name}=${shown(x)}`)
    .join(", ");
}
