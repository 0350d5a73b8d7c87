import {
  add,
  ArgumentError,
  checkOptions,
  checkTensor,
  elementwise,
  mean,
  mul,
  noGrad,
  ones,
  Parameter,
  reshape,
  rsqrt,
  ShapeError,
  State,
  sub,
  tensor,
  type Tensor,
  type Ternary,
  type Value,
  zeros,
} from "@adjoint/core";
import { checkAmount, checkCount, checkShare, settings, shapeText, checkFlags } from "./checks.js";
import { Module } from "./module.js";
import { type Affine, besideChannels, checkShape, productOf, scaled, shiftScale, standardize } from "./standardize.js";

/** The running average `r + momentum·(x - r)`, in one pass. */
export const approach: Ternary = elementwise("approach", {
  formula: (running: Value, x: Value, momentum: Value) => add(running, mul(momentum, sub(x, running))),
  samples: [
    [1, 2, 0.1],
    [-1, 0.5, 1],
  ],
});

/** Options of the normalisations that can keep running statistics. */
export interface RunningNormOptions {
  /** What is added to the variance before the root (default 1e-5). */
  readonly eps?: number;
  /** The share of each new batch in the running statistics (default 0.1); null: all batches count the same. */
  readonly momentum?: number | null;
  /** Scale and shift each channel by learned numbers (default true; false for instances). */
  readonly affine?: boolean;
  /** Keep running statistics for evaluation (default true; false for instances); without them each batch is its own measure there too. */
  readonly trackRunningStats?: boolean;
}

/** How channels are normalised: everything has one number for each channel. */
export interface ChannelNorm extends Affine {
  /** What is added to the variance before the root (default 1e-5). */
  readonly eps?: number;
  readonly runningMean?: Tensor | null;
  readonly runningVar?: Tensor | null;
  /** Whether the statistics are those of the input; the running ones, where there are any, move towards them. */
  readonly usesInput: boolean;
  /** The share of the input in the running statistics. */
  readonly momentum: number | Tensor;
}

/**
 * `y = (x - mean) / √(variance + ε) · weight + bias` for each channel of `x: [batch, channels, ...]`: the statistics are those over some
 * axes, or the running ones.
 *
 * @throws ShapeError `BATCH_TOO_SMALL`, `PARAMETER_SHAPE`; ArgumentError `STATISTICS_MISSING`, `OPERAND_KIND`, `OPTION_INVALID`.
 */
export function normalizeChannels(caller: string, x: Tensor, axis: readonly number[], given: ChannelNorm): Tensor {
  const { eps = 1e-5, usesInput, momentum } = given;
  checkAmount(caller, "eps", eps);
  const channels = [x.shape[1]];
  const beside = besideChannels(x);
  const average = given.runningMean && checkShape(caller, "runningMean", given.runningMean, channels);
  const variance = given.runningVar && checkShape(caller, "runningVar", given.runningVar, channels);
  if (!usesInput) {
    if (!average || !variance) throw missing(caller);
    const scale = reshape(rsqrt(add(variance, eps)), beside);
    return scaled(caller, shiftScale(x, reshape(average, beside), scale), given, channels, beside);
  }
  const count = productOf(axis.map((i) => x.shape[i]));
  if (count === 1) throw tooSmall(caller, x);
  const found = standardize(x, axis, eps);
  const result = scaled(caller, found.y, given, channels, beside);
  if (x.size > 0 && (average || variance)) {
    noGrad(() => {
      move(average, found.mean, momentum);
      move(variance, mul(found.variance, count / (count - 1)), momentum);
    });
  }
  return result;
}

/** Moves a running statistic towards the mean of those of the examples. A tensor in its place, as in a functional call, stays. */
function move(running: Tensor | null | undefined, next: Tensor, momentum: number | Tensor): void {
  if (!(running instanceof State)) return;
  const perChannel = mean(reshape(next, [-1, running.size]), { axis: 0 });
  running.assign(approach(running, perChannel, momentum).to(running.dtype));
}

function missing(caller: string): ArgumentError {
  return new ArgumentError(
    "STATISTICS_MISSING",
    `${caller}: there are no running statistics to normalise with; give runningMean and runningVar, or use those of the input`,
  );
}

function tooSmall(caller: string, x: Tensor): ShapeError {
  return new ShapeError(
    "BATCH_TOO_SMALL",
    `${caller}: ${shapeText(x.shape)} has one value for each mean, and so no variance; give larger inputs, or call eval()`,
  );
}

/** What the normalisations of channels have in common that can keep running statistics: these, and a scale and shift. */
export abstract class RunningNorm extends Module {
  readonly weight: Parameter | null; // [features], starts at 1
  readonly bias: Parameter | null; // [features], starts at 0
  readonly runningMean: State | null; // [features], starts at 0
  readonly runningVar: State | null; // [features], starts at 1
  readonly numBatchesTracked: State | null; // [], int32
  readonly eps: number; // what is added to the variance before the root
  readonly momentum: number | null; // the share of each new batch in the running statistics; null: all count the same
  protected readonly features: number; // channels of x

  constructor(features: number, options: RunningNormOptions, usual: boolean) {
    super();
    const { name } = new.target;
    checkOptions(name, options, "{ momentum: 0.1 }", ["eps", "momentum", "affine", "trackRunningStats"]);
    const { eps = 1e-5, momentum = 0.1, affine = usual, trackRunningStats = usual } = options;
    checkFlags(name, { affine, trackRunningStats });
    this.features = checkCount(name, "features", features);
    this.eps = checkAmount(name, "eps", eps);
    this.momentum = momentum === null ? null : checkShare(name, "momentum", momentum);
    this.weight = affine ? new Parameter(ones([features])) : null;
    this.bias = affine ? new Parameter(zeros([features])) : null;
    this.runningMean = trackRunningStats ? new State(zeros([features])) : null;
    this.runningVar = trackRunningStats ? new State(ones([features])) : null;
    this.numBatchesTracked = trackRunningStats ? new State(tensor(0, { dtype: "int32" })) : null;
  }

  /** The ranks that an input can have. */
  protected abstract readonly ranks: readonly number[];

  /** Whether the statistics are those of the input. */
  protected get usesInput(): boolean {
    return this.training || this.runningMean === null;
  }

  /** Checks an input of which channels are an axis. @throws ShapeError `INPUT_SHAPE`. */
  protected checkInput(x: Tensor, axis: number): void {
    const { name } = this.constructor;
    checkTensor(name, x);
    if (this.ranks.includes(x.ndim) && x.shape[axis] === this.features) return;
    throw new ShapeError(
      "INPUT_SHAPE",
      `${name}: ${shapeText(x.shape)} for ${this.features} channels; give ${this.ranks.join(" or ")} axes, ` +
        `[batch, ${this.features}, ...]`,
    );
  }

  protected override extraRepr(): string {
    const { features, eps, momentum, weight, runningMean } = this;
    return settings({ features, eps, momentum, affine: weight !== null, trackRunningStats: runningMean !== null });
  }
}
