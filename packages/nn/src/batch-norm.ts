import { add, checkOptions, checkTensor, noGrad, reciprocal, ShapeError, State, type Tensor } from "@adjoint/core";
import { checkShare, shapeText } from "./checks.js";
import { type ChannelNorm, normalizeChannels, RunningNorm, type RunningNormOptions } from "./running-norm.js";
import type { Affine } from "./standardize.js";

/** Options of the function {@link batchNorm}; weight and bias have a number for each channel. */
export interface BatchNormFunctionOptions extends Affine {
  /** Whether the statistics are those of the batch, and the running ones move towards them (default false). */
  readonly training?: boolean;
  /** The share of the batch in the running statistics (default 0.1). */
  readonly momentum?: number;
  /** What is added to the variance before the root (default 1e-5). */
  readonly eps?: number;
}

/**
 * `y = (x - mean) / √(variance + ε) · weight + bias` for each channel of `x: [batch, channels, ...]`, over the batch and all places.
 * In training the running statistics that are States move; other tensors cannot. See {@link BatchNorm1d}.
 *
 * @param runningMean - [channels], or null in training
 * @param runningVar - [channels], or null in training
 * @throws ShapeError `INPUT_SHAPE`, `BATCH_TOO_SMALL`, `PARAMETER_SHAPE`; ArgumentError `STATISTICS_MISSING`, `OPERAND_KIND`,
 * `OPTION_INVALID`, `OPTIONS_KIND`, `OPTION_UNKNOWN`.
 * @example
 * ```ts
 * import { tensor } from "@adjoint/core";
 * import { batchNorm } from "@adjoint/nn";
 * const x = tensor([[1, 10], [3, 30]]);
 * console.log(batchNorm(x, null, null, { training: true, eps: 0 }).toArray()); // → [ [ -1, -1 ], [ 1, 1 ] ]
 * console.log(batchNorm(x, tensor([1, 10]), tensor([4, 100]), { eps: 0 }).toArray()); // → [ [ 0, 0 ], [ 1, 2 ] ]
 * ```
 */
export function batchNorm(
  x: Tensor,
  runningMean: Tensor | null,
  runningVar: Tensor | null,
  options: BatchNormFunctionOptions = {},
): Tensor {
  checkOptions("batchNorm", options, "{ training: true }", ["weight", "bias", "training", "momentum", "eps"]);
  const { training = false, momentum = 0.1, ...rest } = options;
  checkTensor("batchNorm", x);
  if (x.ndim < 2) throw new ShapeError("INPUT_SHAPE", `batchNorm: ${shapeText(x.shape)}; give [batch, channels, ...]`);
  const given = { ...rest, runningMean, runningVar, usesInput: training };
  return overBatch("batchNorm", x, { ...given, momentum: checkShare("batchNorm", "momentum", momentum) });
}

function overBatch(caller: string, x: Tensor, given: ChannelNorm): Tensor {
  const axis = x.shape.map((_, i) => i).filter((i) => i !== 1);
  return normalizeChannels(caller, x, axis, given);
}

/** What the classes have in common: only the ranks of their inputs differ. */
abstract class BatchNorm extends RunningNorm {
  constructor(features: number, options: RunningNormOptions = {}) {
    super(features, options, true);
  }

  forward(x: Tensor): Tensor {
    this.checkInput(x, 1);
    const { weight, bias, runningMean, runningVar, eps, usesInput, numBatchesTracked } = this;
    const batches = this.training && numBatchesTracked ? noGrad(() => add(numBatchesTracked, 1)) : null;
    const momentum = this.momentum ?? (batches ? reciprocal(batches.to("float64")) : 0);
    const given = { weight, bias, runningMean, runningVar, eps, usesInput, momentum };
    const y = overBatch(this.constructor.name, x, given);
    if (batches && numBatchesTracked instanceof State) numBatchesTracked.assign(batches);
    return y;
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
