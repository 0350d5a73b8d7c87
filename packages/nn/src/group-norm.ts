import {
  ArgumentError,
  checkOptions,
  checkTensor,
  ones,
  Parameter,
  reshape,
  ShapeError,
  type Tensor,
  zeros,
} from "@adjoint/core";
import { checkAmount, checkCount, shapeText } from "./checks.js";
import { Module } from "./module.js";
import { scaled, standardized } from "./standardize.js";

/** Options of {@link GroupNorm}. */
export interface GroupNormOptions {
  /** What is added to the variance before the root (default 1e-5). */
  readonly eps?: number;
  /** Scale and shift each channel by learned numbers (default true). */
  readonly affine?: boolean;
}

/**
 * `y = (x - mean) / √(variance + ε) · weight + bias` over groups of channels and all places of each example. Wu and He, 2018,
 * arXiv:1803.08494.
 *
 * `x: [batch, numChannels, ...]` gives y in the same shape. Weight starts at 1 and bias at 0, one number for each channel. One group is
 * layer normalisation of images, as many as channels are instance normalisation.
 *
 * @throws ArgumentError `SIZE_INVALID`, `GROUPS_INVALID`, `OPTION_INVALID`, `OPTIONS_KIND`, `OPTION_UNKNOWN`; in `forward` ShapeError
 * `INPUT_SHAPE`.
 * @example
 * ```ts
 * import { tensor } from "@adjoint/core";
 * import { GroupNorm } from "@adjoint/nn";
 * console.log(new GroupNorm(2, 4, { eps: 0 }).forward(tensor([[1, 3, 10, 30]])).toArray()); // → [ [ -1, 1, -1, 1 ] ]
 * ```
 */
export class GroupNorm extends Module {
  readonly weight: Parameter | null; // [numChannels], starts at 1
  readonly bias: Parameter | null; // [numChannels], starts at 0
  readonly numGroups: number; // groups of channels
  readonly numChannels: number; // channels of x
  readonly eps: number; // what is added to the variance before the root

  constructor(numGroups: number, numChannels: number, options: GroupNormOptions = {}) {
    super();
    checkOptions("GroupNorm", options, "{ eps: 1e-6 }", ["eps", "affine"]);
    const { eps = 1e-5, affine = true } = options;
    this.numGroups = checkCount("GroupNorm", "numGroups", numGroups);
    this.numChannels = checkCount("GroupNorm", "numChannels", numChannels);
    if (numChannels % numGroups !== 0) {
      throw new ArgumentError(
        "GROUPS_INVALID",
        `GroupNorm: ${numChannels} channels in ${numGroups} groups; the channels must be a multiple of the groups`,
      );
    }
    this.eps = checkAmount("GroupNorm", "eps", eps);
    this.weight = affine ? new Parameter(ones([numChannels])) : null;
    this.bias = affine ? new Parameter(zeros([numChannels])) : null;
  }

  forward(x: Tensor): Tensor {
    const { numChannels, numGroups, weight, bias } = this;
    checkTensor("GroupNorm", x);
    if (x.ndim < 2 || x.shape[1] !== numChannels) {
      throw new ShapeError("INPUT_SHAPE", `GroupNorm: ${shapeText(x.shape)}; give [batch, ${numChannels}, ...]`);
    }
    const inGroup = x.shape.slice(2).reduce((product, n) => product * n, numChannels / numGroups);
    const groups = standardized(reshape(x, [x.shape[0], numGroups, inGroup]), [2], this.eps);
    const beside = (channels: Tensor | null): Tensor | null =>
      channels && reshape(channels, [numChannels, ...x.shape.slice(2).map(() => 1)]);
    return scaled(reshape(groups, x.shape), beside(weight), beside(bias));
  }

  protected override extraRepr(): string {
    const { numGroups, numChannels, eps, weight } = this;
    return `numGroups=${numGroups}, numChannels=${numChannels}, eps=${eps}, affine=${weight !== null}`;
  }
}
