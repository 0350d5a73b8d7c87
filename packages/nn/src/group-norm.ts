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
import { checkAmount, checkCount, settings, shapeText, checkFlags } from "./checks.js";
import { Module } from "./module.js";
import { type Affine, besideChannels, productOf, scaled, standardize } from "./standardize.js";

/** Options of {@link GroupNorm}. */
export interface GroupNormOptions {
  /** What is added to the variance before the root (default 1e-5). */
  readonly eps?: number;
  /** Scale and shift each channel by learned numbers (default true). */
  readonly affine?: boolean;
}

/** Options of the function {@link groupNorm}; weight and bias have a number for each channel. */
export interface GroupNormFunctionOptions extends Affine {
  /** What is added to the variance before the root (default 1e-5). */
  readonly eps?: number;
}

/**
 * `y = (x - mean) / √(variance + ε) · weight + bias` over groups of channels and all places of each example, `x: [batch, channels,
 * ...]`. See {@link GroupNorm}.
 *
 * @throws ArgumentError `SIZE_INVALID`, `GROUPS_INVALID`, `OPTION_INVALID`, `OPERAND_KIND`, `OPTIONS_KIND`, `OPTION_UNKNOWN`; ShapeError
 * `INPUT_SHAPE`, `PARAMETER_SHAPE`.
 * @example
 * ```ts
 * import { tensor } from "@adjoint/core";
 * import { groupNorm } from "@adjoint/nn";
 * console.log(groupNorm(tensor([[1, 3, 10, 30]]), 2, { eps: 0 }).toArray()); // → [ [ -1, 1, -1, 1 ] ]
 * ```
 */
export function groupNorm(x: Tensor, numGroups: number, options: GroupNormFunctionOptions = {}): Tensor {
  checkOptions("groupNorm", options, "{ eps: 1e-6 }", ["weight", "bias", "eps"]);
  return inGroups("groupNorm", x, numGroups, options);
}

function inGroups(caller: string, x: Tensor, numGroups: number, options: GroupNormFunctionOptions): Tensor {
  const { weight, bias, eps = 1e-5 } = options;
  checkTensor(caller, x);
  if (x.ndim < 2) throw new ShapeError("INPUT_SHAPE", `${caller}: ${shapeText(x.shape)}; give [batch, channels, ...]`);
  const [batch, channels] = x.shape;
  checkGroups(caller, numGroups, channels);
  const groups = reshape(x, [batch, numGroups, (channels / numGroups) * productOf(x.shape.slice(2))]);
  const { y } = standardize(groups, [2], checkAmount(caller, "eps", eps));
  return scaled(caller, reshape(y, x.shape), { weight, bias }, [channels], besideChannels(x));
}

/** @throws ArgumentError `SIZE_INVALID`, `GROUPS_INVALID`. */
function checkGroups(caller: string, numGroups: number, channels: number): void {
  if (channels % checkCount(caller, "numGroups", numGroups) === 0) return;
  throw new ArgumentError(
    "GROUPS_INVALID",
    `${caller}: ${channels} channels in ${numGroups} groups; the channels must be a multiple of the groups`,
  );
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
    checkFlags("GroupNorm", { affine });
    this.numChannels = checkCount("GroupNorm", "numChannels", numChannels);
    checkGroups("GroupNorm", numGroups, numChannels);
    this.numGroups = numGroups;
    this.eps = checkAmount("GroupNorm", "eps", eps);
    this.weight = affine ? new Parameter(ones([numChannels])) : null;
    this.bias = affine ? new Parameter(zeros([numChannels])) : null;
  }

  forward(x: Tensor): Tensor {
    const { name } = this.constructor;
    checkTensor(name, x);
    if (x.ndim < 2 || x.shape[1] !== this.numChannels) {
      throw new ShapeError("INPUT_SHAPE", `${name}: ${shapeText(x.shape)}; give [batch, ${this.numChannels}, ...]`);
    }
    return inGroups(name, x, this.numGroups, this);
  }

  protected override extraRepr(): string {
    const { numGroups, numChannels, eps, weight } = this;
    return settings({ numGroups, numChannels, eps, affine: weight !== null });
  }
}
