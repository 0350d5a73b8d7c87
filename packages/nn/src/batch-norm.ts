import {
  add,
  checkOptions,
  checkTensor,
  div,
  elementwise,
  mean,
  mul,
  noGrad,
  ones,
  Parameter,
  reciprocal,
  reshape,
  rsqrt,
  ShapeError,
  square,
  State,
  sub,
  tensor,
  type Tensor,
  type Ternary,
  type Value,
  zeros,
} from "@adjoint/core";
import { checkCount } from "./checks.js";
import { Module } from "./module.js";

/** `x·scale + shift`, in one pass. */
export const scaleShift: Ternary = elementwise("scaleShift", {
  formula: (x: Value, scale: Value, shift: Value) => add(mul(x, scale), shift),
  samples: [
    [1, 2, 3],
    [-1, 0.5, 0],
  ],
});

/** The running average `r + momentum·(x - r)`, in one pass. */
export const approach: Ternary = elementwise("approach", {
  formula: (running: Value, x: Value, momentum: Value) => add(running, mul(momentum, sub(x, running))),
  samples: [
    [1, 2, 0.1],
    [-1, 0.5, 1],
  ],
});

/** Options of batch normalisation. */
export interface BatchNormOptions {
  /** What is added to the variance before the root (default 1e-5). */
  readonly eps?: number;
  /** The share of each new batch in the running statistics (default 0.1); null: all batches count the same. */
  readonly momentum?: number | null;
  /** Scale and shift each channel by learned numbers (default true). */
  readonly affine?: boolean;
  /** Keep running statistics for evaluation (default true); without them each batch is its own measure there too. */
  readonly trackRunningStats?: boolean;
}

/**
 * `y = (x - mean) / √(variance + ε) · weight + bias` for each channel, over the batch and all places. Ioffe and Szegedy, 2015,
 * arXiv:1502.03167.
 *
 * In training the statistics are those of the batch, and the running ones move towards them; in evaluation they are the running
 * ones. The batch is divided by its biased variance, the running variance is unbiased, as in PyTorch.
 */
abstract class BatchNorm extends Module {
  readonly weight: Parameter | null; // [features], starts at 1
  readonly bias: Parameter | null; // [features], starts at 0
  readonly runningMean: State | null; // [features], starts at 0
  readonly runningVar: State | null; // [features], starts at 1
  readonly numBatchesTracked: State | null; // [], int32
  readonly eps: number; // what is added to the variance before the root
  readonly momentum: number | null; // the share of each new batch in the running statistics; null: all count the same
  private readonly features: number;

  constructor(features: number, options: BatchNormOptions = {}) {
    super();
    checkOptions(new.target.name, options, "{ momentum: 0.1 }", ["eps", "momentum", "affine", "trackRunningStats"]);
    const { eps = 1e-5, momentum = 0.1, affine = true, trackRunningStats = true } = options;
    this.features = checkCount(new.target.name, "features", features);
    this.eps = eps;
    this.momentum = momentum;
    this.weight = affine ? new Parameter(ones([features])) : null;
    this.bias = affine ? new Parameter(zeros([features])) : null;
    this.runningMean = trackRunningStats ? new State(zeros([features])) : null;
    this.runningVar = trackRunningStats ? new State(ones([features])) : null;
    this.numBatchesTracked = trackRunningStats ? new State(tensor(0, { dtype: "int32" })) : null;
  }

  /** The ranks that an input can have. */
  protected abstract readonly ranks: readonly number[];

  forward(x: Tensor): Tensor {
    this.check(x);
    const { runningMean, runningVar } = this;
    const beside = (channels: Tensor): Tensor => reshape(channels, [this.features, ...x.shape.slice(2).map(() => 1)]);
    if (!this.training && runningMean && runningVar) {
      const scale = this.scaled(rsqrt(add(runningVar, this.eps)));
      return scaleShift(x, beside(scale), beside(this.shifted(mul(runningMean, scale))));
    }
    const axis = x.shape.map((_, i) => i).filter((i) => i !== 1);
    const average = mean(x, { axis });
    const centred = sub(x, beside(average));
    const variance = mean(square(centred), { axis });
    if (this.training) noGrad(() => this.track(average, variance, x.size / this.features));
    const scale = beside(this.scaled(rsqrt(add(variance, this.eps))));
    return this.bias ? scaleShift(centred, scale, beside(this.bias)) : mul(centred, scale);
  }

  private scaled(scale: Tensor): Tensor {
    return this.weight ? mul(scale, this.weight) : scale;
  }

  private shifted(centre: Tensor): Tensor {
    return this.bias ? sub(this.bias, centre) : mul(centre, -1);
  }

  private track(average: Tensor, variance: Tensor, count: number): void {
    const { runningMean, runningVar, numBatchesTracked } = this;
    if (!runningMean || !runningVar || !numBatchesTracked) return;
    const batches = add(numBatchesTracked, 1);
    const momentum = this.momentum ?? reciprocal(batches);
    const unbiased = mul(variance, div(count, count - 1));
    const nextMean = approach(runningMean, average, momentum).to(runningMean.dtype);
    const nextVar = approach(runningVar, unbiased, momentum).to(runningVar.dtype);
    numBatchesTracked.assign(batches);
    runningMean.assign(nextMean);
    runningVar.assign(nextVar);
  }

  private check(x: Tensor): void {
    const { name } = this.constructor;
    checkTensor(name, x);
    if (!this.ranks.includes(x.ndim) || x.shape[1] !== this.features) {
      throw new ShapeError(
        "INPUT_SHAPE",
        `${name}: [${x.shape.join(", ")}] for ${this.features} channels; give ${this.ranks.join(" or ")} axes, ` +
          `[batch, ${this.features}, ...]`,
      );
    }
    if (this.training && x.size === this.features) {
      throw new ShapeError(
        "BATCH_TOO_SMALL",
        `${name}: [${x.shape.join(", ")}] has one value in each channel, which has no variance; give larger batches, or call eval()`,
      );
    }
  }

  protected override extraRepr(): string {
    const { features, eps, momentum, weight, runningMean } = this;
    return (
      `features=${features}, eps=${eps}, momentum=${momentum}, affine=${weight !== null}, ` +
      `trackRunningStats=${runningMean !== null}`
    );
  }
}

/**
 * Batch normalisation of vectors `[batch, features]` or sequences `[batch, features, length]`. See {@link BatchNormOptions}.
 *
 * @throws ArgumentError `SIZE_INVALID`, `OPTIONS_KIND`, `OPTION_UNKNOWN`; in `forward` ShapeError `INPUT_SHAPE`, `BATCH_TOO_SMALL`.
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
