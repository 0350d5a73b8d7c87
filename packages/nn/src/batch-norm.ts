import { add, div, mean, mul, noGrad, reciprocal, rsqrt, ShapeError, square, sub, type Tensor } from "@adjoint/core";
import { shapeText } from "./checks.js";
import { RunningNorm, type RunningNormOptions } from "./running-norm.js";
import { scaleShift } from "./standardize.js";

/**
 * `y = (x - mean) / √(variance + ε) · weight + bias` for each channel, over the batch and all places. Ioffe and Szegedy, 2015,
 * arXiv:1502.03167.
 *
 * In training the statistics are those of the batch, and the running ones move towards them; in evaluation they are the running
 * ones. The batch is divided by its biased variance, the running variance is unbiased, as in PyTorch.
 */
abstract class BatchNorm extends RunningNorm {
  constructor(features: number, options: RunningNormOptions = {}) {
    super(features, options, true);
  }

  forward(x: Tensor): Tensor {
    this.check(x);
    const { runningMean, runningVar } = this;
    if (!this.training && runningMean && runningVar) {
      const scale = this.scaled(rsqrt(add(runningVar, this.eps)));
      return scaleShift(x, this.beside(scale, x), this.beside(this.shifted(mul(runningMean, scale)), x));
    }
    const axis = x.shape.map((_, i) => i).filter((i) => i !== 1);
    const average = mean(x, { axis });
    const centred = sub(x, this.beside(average, x));
    const variance = mean(square(centred), { axis });
    if (this.training) noGrad(() => this.trackBatch(average, variance, x.size / this.features));
    const scale = this.beside(this.scaled(rsqrt(add(variance, this.eps))), x);
    return this.bias ? scaleShift(centred, scale, this.beside(this.bias, x)) : mul(centred, scale);
  }

  private scaled(scale: Tensor): Tensor {
    return this.weight ? mul(scale, this.weight) : scale;
  }

  private shifted(centre: Tensor): Tensor {
    return this.bias ? sub(this.bias, centre) : mul(centre, -1);
  }

  private trackBatch(average: Tensor, variance: Tensor, count: number): void {
    const { numBatchesTracked } = this;
    if (!numBatchesTracked) return;
    const batches = add(numBatchesTracked, 1);
    this.track(average, mul(variance, div(count, count - 1)), this.momentum ?? reciprocal(batches));
    numBatchesTracked.assign(batches);
  }

  private check(x: Tensor): void {
    this.checkInput(x, 1);
    if (!this.training || x.size !== this.features) return;
    throw new ShapeError(
      "BATCH_TOO_SMALL",
      `${this.constructor.name}: ${shapeText(x.shape)} has one value in each channel, which has no variance; give larger batches, or ` +
        "call eval()",
    );
  }
}

/**
 * Batch normalisation of vectors `[batch, features]` or sequences `[batch, features, length]`: `y = (x - mean) / √(variance + ε) ·
 * weight + bias` for each feature, with the statistics of the batch in training and the running ones in evaluation. See {@link
 * RunningNormOptions}. Ioffe and Szegedy, 2015, arXiv:1502.03167.
 *
 * The batch is divided by its biased variance; the running variance is unbiased, as in PyTorch.
 *
 * @throws ArgumentError `SIZE_INVALID`, `OPTION_INVALID`, `OPTIONS_KIND`, `OPTION_UNKNOWN`; in `forward` ShapeError `INPUT_SHAPE`,
 * `BATCH_TOO_SMALL` for a single value in each channel in training.
 * @example
 * ```ts
 * import { tensor } from "@adjoint/core";
 * import { BatchNorm1d } from "@adjoint/nn";
 * const layer = new BatchNorm1d(2, { eps: 0 });
 * console.log(layer.forward(tensor([[1, 10], [3, 30]])).toArray()); // → [ [ -1, -1 ], [ 1, 1 ] ]
 * console.log(String(layer.runningMean)); // → tensor([0.2000, 2.0000])
 * ```
 */
export class BatchNorm1d extends BatchNorm {
  protected readonly ranks = [2, 3];
}

/**
 * Batch normalisation of images `[batch, features, height, width]`. See {@link BatchNorm1d}.
 *
 * @example
 * ```ts
 * import { ones } from "@adjoint/core";
 * import { BatchNorm2d } from "@adjoint/nn";
 * console.log(new BatchNorm2d(3).forward(ones([2, 3, 4, 4])).shape); // → [ 2, 3, 4, 4 ]
 * ```
 */
export class BatchNorm2d extends BatchNorm {
  protected readonly ranks = [4];
}

/**
 * Batch normalisation of volumes `[batch, features, depth, height, width]`. See {@link BatchNorm1d}.
 *
 * @example
 * ```ts
 * import { ones } from "@adjoint/core";
 * import { BatchNorm3d } from "@adjoint/nn";
 * console.log(new BatchNorm3d(3).forward(ones([2, 3, 4, 4, 4])).shape); // → [ 2, 3, 4, 4, 4 ]
 * ```
 */
export class BatchNorm3d extends BatchNorm {
  protected readonly ranks = [5];
}
