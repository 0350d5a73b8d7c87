import {
  avgPool2d,
  checkOptions,
  checkTensor,
  flatten,
  pad,
  reshape,
  ShapeError,
  square,
  type Tensor,
  unsqueeze,
} from "@adjoint/core";
import { checkAmount, checkCount, shapeText } from "./checks.js";
import { Module } from "./module.js";

/** Options of {@link LocalResponseNorm}. */
export interface LocalResponseNormOptions {
  /** The weight of the mean square (default 1e-4). */
  readonly alpha?: number;
  /** The power (default 0.75). */
  readonly beta?: number;
  /** What is added to it (default 1). */
  readonly k?: number;
}

/**
 * `y_c = x_c / (k + α·mean(x²))^β`, the mean over `size` channels around c, with zeros beyond the first and the last. Krizhevsky,
 * Sutskever and Hinton, 2012.
 *
 * `x: [batch, channels, ...]` with at least three axes gives y in the same shape.
 *
 * @throws ArgumentError `SIZE_INVALID`, `OPTION_INVALID`, `OPTIONS_KIND`, `OPTION_UNKNOWN`; in `forward` ShapeError `INPUT_SHAPE`.
 * @example
 * ```ts
 * import { ones } from "@adjoint/core";
 * import { LocalResponseNorm } from "@adjoint/nn";
 * const layer = new LocalResponseNorm(1, { alpha: 3, beta: 1 });
 * console.log(layer.forward(ones([1, 2, 1])).toArray()); // → [ [ [ 0.25 ], [ 0.25 ] ] ]
 * ```
 */
export class LocalResponseNorm extends Module {
  readonly size: number; // how many channels are looked at
  readonly alpha: number; // the weight of the mean square
  readonly beta: number; // the power
  readonly k: number; // what is added

  constructor(size: number, options: LocalResponseNormOptions = {}) {
    super();
    checkOptions("LocalResponseNorm", options, "{ alpha: 1e-3 }", ["alpha", "beta", "k"]);
    const { alpha = 1e-4, beta = 0.75, k = 1 } = options;
    this.size = checkCount("LocalResponseNorm", "size", size);
    this.alpha = checkAmount("LocalResponseNorm", "alpha", alpha);
    this.beta = checkAmount("LocalResponseNorm", "beta", beta);
    this.k = checkAmount("LocalResponseNorm", "k", k);
  }

  forward(x: Tensor): Tensor {
    checkTensor("LocalResponseNorm", x);
    if (x.ndim < 3) {
      throw new ShapeError("INPUT_SHAPE", `LocalResponseNorm: ${shapeText(x.shape)}; give [batch, channels, ...]`);
    }
    if (x.size === 0) return x;
    const { size } = this;
    const planes = flatten(unsqueeze(square(x), -1), 2);
    const around = [
      [0, 0],
      [Math.floor(size / 2), Math.floor((size - 1) / 2)],
      [0, 0],
    ] as const;
    const means = reshape(avgPool2d(pad(planes, around), { kernelSize: [size, 1], stride: 1 }), x.shape);
    return x.div(means.mul(this.alpha).add(this.k).pow(this.beta));
  }

  protected override extraRepr(): string {
    return `${this.size}, alpha=${this.alpha}, beta=${this.beta}, k=${this.k}`;
  }
}
