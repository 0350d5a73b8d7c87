import {
  add,
  div,
  mean,
  mul,
  noGrad,
  reshape,
  rsqrt,
  ShapeError,
  square,
  squeeze,
  sub,
  type Tensor,
  unsqueeze,
} from "@adjoint/core";
import { shapeText } from "./checks.js";
import { RunningNorm, type RunningNormOptions } from "./running-norm.js";
import { scaled } from "./standardize.js";

/**
 * `y = (x - mean) / √(variance + ε)` over the places of each channel of each example. Ulyanov, Vedaldi and Lempitsky, 2016,
 * arXiv:1607.08022.
 */
abstract class InstanceNorm extends RunningNorm {
  constructor(features: number, options: RunningNormOptions = {}) {
    super(features, options, false);
  }

  forward(x: Tensor): Tensor {
    const [batched] = this.ranks;
    if (x?.ndim === batched - 1) {
      this.checkInput(x, 0, [batched - 1]);
      return squeeze(this.normalized(unsqueeze(x, 0)), 0);
    }
    this.checkInput(x, 1);
    return this.normalized(x);
  }

  private normalized(x: Tensor): Tensor {
    const { runningMean, runningVar, weight, bias } = this;
    const affine = (y: Tensor): Tensor => scaled(y, weight && this.beside(weight, x), bias && this.beside(bias, x));
    if (!this.training && runningMean && runningVar) {
      const centred = sub(x, this.beside(runningMean, x));
      return affine(mul(centred, this.beside(rsqrt(add(runningVar, this.eps)), x)));
    }
    const places = x.shape.slice(2).reduce((product, n) => product * n, 1);
    if (this.training && places === 1) {
      throw new ShapeError(
        "BATCH_TOO_SMALL",
        `${this.constructor.name}: ${shapeText(x.shape)} has one place in each channel, which has no variance; give larger inputs, or ` +
          "call eval()",
      );
    }
    const axis = x.shape.map((_, i) => i).slice(2);
    const average = mean(x, { axis, keepDims: true });
    const centred = sub(x, average);
    const variance = mean(square(centred), { axis, keepDims: true });
    if (this.training && runningMean && x.shape[0] > 0) {
      const overBatch = (each: Tensor): Tensor => mean(reshape(each, [x.shape[0], this.features]), { axis: 0 });
      const unbiased = div(places, places - 1);
      noGrad(() => this.track(overBatch(average), mul(overBatch(variance), unbiased), this.momentum ?? 0));
    }
    return affine(mul(centred, rsqrt(add(variance, this.eps))));
  }
}

/**
 * Normalisation of each channel of each example over its places, `y = (x - mean) / √(variance + ε)`: sequences `[batch, features, length]`
 * or `[features, length]`. By default there are neither learned numbers nor running statistics, as in PyTorch; see {@link
 * RunningNormOptions}. Ulyanov, Vedaldi and Lempitsky, 2016, arXiv:1607.08022.
 *
 * @throws ArgumentError `SIZE_INVALID`, `OPTION_INVALID`, `OPTIONS_KIND`, `OPTION_UNKNOWN`; in `forward` ShapeError `INPUT_SHAPE`,
 * `BATCH_TOO_SMALL` for a single place in training.
 * @example
 * ```ts
 * import { tensor } from "@adjoint/core";
 * import { InstanceNorm1d } from "@adjoint/nn";
 * console.log(new InstanceNorm1d(1, { eps: 0 }).forward(tensor([[[1, 3]], [[10, 30]]])).toArray());
 * // → [ [ [ -1, 1 ] ], [ [ -1, 1 ] ] ]
 * ```
 */
export class InstanceNorm1d extends InstanceNorm {
  protected readonly ranks = [3];
}

/**
 * Normalisation of each channel of each image `[batch, features, height, width]`, or of one. See {@link InstanceNorm1d}.
 *
 * @example
 * ```ts
 * import { ones } from "@adjoint/core";
 * import { InstanceNorm2d } from "@adjoint/nn";
 * console.log(new InstanceNorm2d(3, { affine: true }).forward(ones([2, 3, 4, 4])).shape); // → [ 2, 3, 4, 4 ]
 * ```
 */
export class InstanceNorm2d extends InstanceNorm {
  protected readonly ranks = [4];
}

/**
 * Normalisation of each channel of each volume `[batch, features, depth, height, width]`, or of one. See {@link InstanceNorm1d}.
 *
 * @example
 * ```ts
 * import { ones } from "@adjoint/core";
 * import { InstanceNorm3d } from "@adjoint/nn";
 * console.log(new InstanceNorm3d(3).forward(ones([3, 4, 4, 4])).shape); // → [ 3, 4, 4, 4 ]
 * ```
 */
export class InstanceNorm3d extends InstanceNorm {
  protected readonly ranks = [5];
}
