import { checkOptions, checkTensor, ShapeError, squeeze, type Tensor, unsqueeze } from "@adjoint/core";
import { checkShare, shapeText } from "./checks.js";
import { type ChannelNorm, normalizeChannels, RunningNorm, type RunningNormOptions } from "./running-norm.js";
import type { Affine } from "./standardize.js";

/** Options of the function {@link instanceNorm}; tensors have a number for each channel. */
export interface InstanceNormFunctionOptions extends Affine {
  /** The running mean (default none). */
  readonly runningMean?: Tensor | null;
  /** The running variance (default none). */
  readonly runningVar?: Tensor | null;
  /** Whether the statistics are those of the input, and the running ones move towards them (default true). */
  readonly useInputStats?: boolean;
  /** The share of the input in the running statistics (default 0.1). */
  readonly momentum?: number;
  /** What is added to the variance before the root (default 1e-5). */
  readonly eps?: number;
}

const optionNames = ["runningMean", "runningVar", "weight", "bias", "useInputStats", "momentum", "eps"];

/**
 * `y = (x - mean) / √(variance + ε) · weight + bias` for each channel of each example of `x: [batch, channels, ...]`, over all places.
 * Running statistics that are States move towards the means over the batch; other tensors cannot. See {@link InstanceNorm1d}.
 *
 * @throws ShapeError `INPUT_SHAPE`, `BATCH_TOO_SMALL`, `PARAMETER_SHAPE`; ArgumentError `STATISTICS_MISSING`, `OPERAND_KIND`,
 * `OPTION_INVALID`, `OPTIONS_KIND`, `OPTION_UNKNOWN`.
 * @example
 * ```ts
 * import { tensor } from "@adjoint/core";
 * import { instanceNorm } from "@adjoint/nn";
 * const x = tensor([[[1, 3]], [[10, 30]]]);
 * console.log(instanceNorm(x, { weight: tensor([2]), eps: 0 }).toArray()); // → [ [ [ -2, 2 ] ], [ [ -2, 2 ] ] ]
 * ```
 */
export function instanceNorm(x: Tensor, options: InstanceNormFunctionOptions = {}): Tensor {
  checkOptions("instanceNorm", options, "{ eps: 1e-6 }", optionNames);
  const { useInputStats: usesInput = true, momentum = 0.1, ...given } = options;
  checkTensor("instanceNorm", x);
  if (x.ndim < 3) {
    throw new ShapeError("INPUT_SHAPE", `instanceNorm: ${shapeText(x.shape)}; give [batch, channels, ...], places too`);
  }
  return overPlaces("instanceNorm", x, {
    ...given,
    usesInput,
    momentum: checkShare("instanceNorm", "momentum", momentum),
  });
}

function overPlaces(caller: string, x: Tensor, given: ChannelNorm): Tensor {
  const axis = x.shape.map((_, i) => i).slice(2);
  return normalizeChannels(caller, x, axis, given);
}

/** What the classes have in common: only the ranks of their inputs differ, the first without a batch. */
abstract class InstanceNorm extends RunningNorm {
  constructor(features: number, options: RunningNormOptions = {}) {
    super(features, options, false);
  }

  forward(x: Tensor): Tensor {
    const isBatch = x?.ndim === this.ranks[1];
    this.checkInput(x, isBatch ? 1 : 0);
    const { weight, bias, runningMean, runningVar, eps, usesInput, momentum } = this;
    const given = { weight, bias, runningMean, runningVar, eps, usesInput, momentum: momentum ?? 0 };
    const y = overPlaces(this.constructor.name, isBatch ? x : unsqueeze(x, 0), given);
    return isBatch ? y : squeeze(y, 0);
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
  protected readonly ranks = [2, 3];
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
  protected readonly ranks = [3, 4];
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
  protected readonly ranks = [4, 5];
}
