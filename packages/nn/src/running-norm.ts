import {
  add,
  checkOptions,
  checkTensor,
  elementwise,
  mul,
  ones,
  Parameter,
  reshape,
  ShapeError,
  State,
  sub,
  tensor,
  type Tensor,
  type Ternary,
  type Value,
  zeros,
} from "@adjoint/core";
import { checkAmount, checkCount, checkShare, shapeText } from "./checks.js";
import { Module } from "./module.js";

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

/** What the normalisations of channels have in common that can keep running statistics: these, and a scale and shift. */
export abstract class RunningNorm extends Module {
  readonly weight: Parameter | null; // [features], starts at 1
  readonly bias: Parameter | null; // [features], starts at 0
  readonly runningMean: State | null; // [features], starts at 0
  readonly runningVar: State | null; // [features], starts at 1
  readonly numBatchesTracked: State | null; // [], int32
  readonly eps: number; // what is added to the variance before the root
  readonly momentum: number | null; // the share of each new batch in the running statistics; null: all count the same
  protected readonly features: number;

  constructor(features: number, options: RunningNormOptions, usual: boolean) {
    super();
    const { name } = new.target;
    checkOptions(name, options, "{ momentum: 0.1 }", ["eps", "momentum", "affine", "trackRunningStats"]);
    const { eps = 1e-5, momentum = 0.1, affine = usual, trackRunningStats = usual } = options;
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

  /** One number for each channel, as it lies beside `x`. */
  protected beside(channels: Tensor, x: Tensor): Tensor {
    return reshape(channels, [this.features, ...x.shape.slice(2).map(() => 1)]);
  }

  /** Moves the running statistics towards those of a batch. */
  protected track(average: Tensor, variance: Tensor, momentum: number | Tensor): void {
    const { runningMean, runningVar } = this;
    if (!runningMean || !runningVar) return;
    const nextMean = approach(runningMean, average, momentum).to(runningMean.dtype);
    const nextVar = approach(runningVar, variance, momentum).to(runningVar.dtype);
    runningMean.assign(nextMean);
    runningVar.assign(nextVar);
  }

  /** Checks an input of which channels are an axis. @throws ShapeError `INPUT_SHAPE`. */
  protected checkInput(x: Tensor, axis: number, ranks = this.ranks): void {
    const { name } = this.constructor;
    checkTensor(name, x);
    if (ranks.includes(x.ndim) && x.shape[axis] === this.features) return;
    throw new ShapeError(
      "INPUT_SHAPE",
      `${name}: ${shapeText(x.shape)} for ${this.features} channels; give ${this.ranks.join(" or ")} axes, ` +
        `[batch, ${this.features}, ...]`,
    );
  }

  protected override extraRepr(): string {
    const { features, eps, momentum, weight, runningMean } = this;
    return (
      `features=${features}, eps=${eps}, momentum=${momentum}, affine=${weight !== null}, ` +
      `trackRunningStats=${runningMean !== null}`
    );
  }
}
