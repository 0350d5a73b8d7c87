import {
  add,
  avgPool2d,
  checkOptions,
  checkTensor,
  div,
  flatten,
  mul,
  pad,
  pow,
  reshape,
  ShapeError,
  square,
  type Tensor,
  unsqueeze,
} from "@adjoint/core";
import { checkAmount, checkCount, settings, shapeText } from "./checks.js";
import { Module } from "./module.js";

/** Options of {@link LocalResponseNorm} and {@link localResponseNorm}. */
export interface LocalResponseNormOptions {
  /** The weight of the mean square (default 1e-4). */
  readonly alpha?: number;
  /** The power (default 0.75). */
  readonly beta?: number;
  /** What is added to it (default 1). */
  readonly k?: number;
}

const defaults = { alpha: 1e-4, beta: 0.75, k: 1 };

function checked(caller: string, size: number, options: LocalResponseNormOptions): typeof defaults {
  checkOptions(caller, options, "{ alpha: 1e-3 }", Object.keys(defaults));
  checkCount(caller, "size", size);
  const { alpha = defaults.alpha, beta = defaults.beta, k = defaults.k } = options;
  for (const [name, x] of Object.entries({ alpha, beta, k })) checkAmount(caller, name, x);
  return { alpha, beta, k };
}

/**
 * `y_c = x_c / (k + α·mean(x²))^β`, the mean over `size` channels around c, with zeros beyond the first and the last. See {@link
 * LocalResponseNorm}.
 *
 * @throws ArgumentError `SIZE_INVALID`, `OPTION_INVALID`, `OPTIONS_KIND`, `OPTION_UNKNOWN`; ShapeError `INPUT_SHAPE`.
 * @example
 * ```ts
 * import { ones } from "@adjoint/core";
 * import { localResponseNorm } from "@adjoint/nn";
 * console.log(localResponseNorm(ones([1, 2, 1]), 2, { alpha: 2, beta: 1 }).toArray()); // → [ [ [ 0.5 ], [ 0.3333333432674408 ] ] ]
 * ```
 */
export function localResponseNorm(x: Tensor, size: number, options: LocalResponseNormOptions = {}): Tensor {
  return amongNeighbours("localResponseNorm", x, size, checked("localResponseNorm", size, options));
}

function amongNeighbours(caller: string, x: Tensor, size: number, { alpha, beta, k }: typeof defaults): Tensor {
  checkTensor(caller, x);
  if (x.ndim < 3) {
    throw new ShapeError("INPUT_SHAPE", `${caller}: ${shapeText(x.shape)}; give [batch, channels, ...], places too`);
  }
  if (x.size === 0) return x;
  const planes = flatten(unsqueeze(square(x), -1), 2);
  const around = [
    [0, 0],
    [Math.floor(size / 2), Math.floor((size - 1) / 2)],
    [0, 0],
  ] as const;
  const means = reshape(avgPool2d(pad(planes, around), { kernelSize: [size, 1], stride: 1 }), x.shape);
  return div(x, pow(add(mul(means, alpha), k), beta));
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
    const { alpha, beta, k } = checked("LocalResponseNorm", size, options);
    this.size = size;
    this.alpha = alpha;
    this.beta = beta;
    this.k = k;
  }

  forward(x: Tensor): Tensor {
    return amongNeighbours(this.constructor.name, x, this.size, this);
  }

  protected override extraRepr(): string {
    const { size, alpha, beta, k } = this;
    return settings({ size, alpha, beta, k });
  }
}
