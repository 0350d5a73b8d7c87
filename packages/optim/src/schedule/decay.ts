import { checkOptions } from "@adjoint/core";
import { checkAtLeast, checkThat, checkWhole, inside } from "./checks.js";
import { checkOptimizer, LRScheduler, type ScheduledOptimizer } from "./scheduler.js";

/** A function of the epoch, or one for each group. */
export type EpochFunction = ((epoch: number) => number) | readonly ((epoch: number) => number)[];

/** The function of each group. */
function functionOf(
  name: string,
  optimizer: ScheduledOptimizer,
  fn: EpochFunction,
): (group: number) => (epoch: number) => number {
  if (typeof fn === "function") return () => fn;
  const groups = checkOptimizer(name, optimizer).paramGroups.length;
  const right = Array.isArray(fn) && fn.length === groups && fn.every((each) => typeof each === "function");
  checkThat(right, name, "the factor", fn, `a function of the epoch, or ${groups} of them, one for each group`);
  const own = [...fn];
  return (group) => own[group];
}

/**
 * The first rate times a function of the epoch, `lr_k = lr_0·f(k)`; a list of functions has one for each group.
 *
 * @throws ArgumentError `OPTIMIZER_KIND`, `OPTION_INVALID`; in `step` `RATE_INVALID`.
 * @example A linear warm-up
 * ```ts
 * import { Parameter, tensor } from "@adjoint/core";
 * import { LambdaLR, SGD } from "@adjoint/optim";
 * const optimizer = new SGD([new Parameter(tensor([1]))], { lr: 0.1 });
 * const scheduler = new LambdaLR(optimizer, (epoch) => Math.min(1, (epoch + 1) / 5));
 * console.log(optimizer.lr.toFixed(2)); // → 0.02
 * scheduler.step();
 * console.log(optimizer.lr.toFixed(2)); // → 0.04
 * ```
 */
export class LambdaLR extends LRScheduler {
  constructor(optimizer: ScheduledOptimizer, factor: EpochFunction) {
    const factorOf = functionOf("LambdaLR", optimizer, factor);
    super(optimizer, ({ base, epoch, group }) => base * factorOf(group)(epoch), "LambdaLR");
  }
}

/**
 * The rate times a function of the epoch, in each epoch from the first on: `lr_k = lr_(k-1)·f(k)`.
 *
 * @throws ArgumentError `OPTIMIZER_KIND`, `OPTION_INVALID`; in `step` `RATE_INVALID`.
 * @example
 * ```ts
 * import { Parameter, tensor } from "@adjoint/core";
 * import { MultiplicativeLR, SGD } from "@adjoint/optim";
 * const optimizer = new SGD([new Parameter(tensor([1]))], { lr: 0.5 });
 * const scheduler = new MultiplicativeLR(optimizer, () => 0.5);
 * for (let epoch = 0; epoch < 3; epoch++) scheduler.step();
 * console.log(optimizer.lr); // → 0.0625
 * ```
 */
export class MultiplicativeLR extends LRScheduler {
  constructor(optimizer: ScheduledOptimizer, factor: EpochFunction) {
    const factorOf = functionOf("MultiplicativeLR", optimizer, factor);
    super(
      optimizer,
      ({ current, epoch, group }) => (epoch === 0 ? current : current * factorOf(group)(epoch)),
      "MultiplicativeLR",
    );
  }

  /** @internal It knows no rate of its own to begin with. */
  override restart(): void {
    this.goTo(0);
  }
}

/** Options of {@link StepLR} and {@link MultiStepLR}. */
export interface StepOptions {
  /** The factor of a decay (default 0.1). */
  readonly gamma?: number;
}

function gammaOf(name: string, options: StepOptions): number {
  checkOptions(name, options, "{ gamma: 0.1 }", ["gamma"]);
  const { gamma = 0.1 } = options;
  checkAtLeast(name, { gamma });
  return gamma;
}

/**
 * The rate times gamma (default 0.1) every `stepSize` epochs: `lr_k = lr_0·γ^⌊k / stepSize⌋`.
 *
 * @throws ArgumentError `OPTIMIZER_KIND`, `OPTION_INVALID`, `OPTION_UNKNOWN`, `OPTIONS_KIND`.
 * @example
 * ```ts
 * import { Parameter, tensor } from "@adjoint/core";
 * import { SGD, StepLR } from "@adjoint/optim";
 * const optimizer = new SGD([new Parameter(tensor([1]))], { lr: 1 });
 * const scheduler = new StepLR(optimizer, 2, { gamma: 0.5 });
 * const rates = [0, 1, 2, 3, 4].map(() => {
 *   const { lr } = optimizer;
 *   scheduler.step();
 *   return lr;
 * });
 * console.log(rates); // → [ 1, 1, 0.5, 0.5, 0.25 ]
 * ```
 */
export class StepLR extends LRScheduler {
  constructor(optimizer: ScheduledOptimizer, stepSize: number, options: StepOptions = {}) {
    checkWhole("StepLR", { stepSize }, 1);
    const gamma = gammaOf("StepLR", options);
    super(
      optimizer,
      ({ current, epoch }) => (epoch > 0 && epoch % stepSize === 0 ? current * gamma : current),
      "StepLR",
    );
  }
}

/**
 * The rate times gamma (default 0.1) at each of the milestones, which are numbers of epochs; one that is listed twice counts twice.
 *
 * @throws ArgumentError `OPTIMIZER_KIND`, `OPTION_INVALID`, `OPTION_UNKNOWN`, `OPTIONS_KIND`.
 * @example
 * ```ts
 * import { Parameter, tensor } from "@adjoint/core";
 * import { MultiStepLR, SGD } from "@adjoint/optim";
 * const optimizer = new SGD([new Parameter(tensor([1]))], { lr: 1 });
 * const scheduler = new MultiStepLR(optimizer, [1, 3], { gamma: 0.5 });
 * for (let epoch = 0; epoch < 3; epoch++) scheduler.step();
 * console.log(optimizer.lr); // → 0.25
 * ```
 */
export class MultiStepLR extends LRScheduler {
  constructor(optimizer: ScheduledOptimizer, milestones: readonly number[], options: StepOptions = {}) {
    const right = Array.isArray(milestones) && milestones.every((epoch) => Number.isSafeInteger(epoch));
    checkThat(right, "MultiStepLR", "milestones", milestones, "a list of numbers of epochs, [30, 80]");
    const gamma = gammaOf("MultiStepLR", options);
    const own = [...milestones];
    super(
      optimizer,
      ({ current, epoch }) => {
        const times = own.filter((milestone) => milestone === epoch).length;
        return times === 0 ? current : current * gamma ** times;
      },
      "MultiStepLR",
    );
  }
}

/** Options of {@link ConstantLR}. */
export interface ConstantOptions {
  /** The factor at the beginning (default 1/3). */
  readonly factor?: number;
  /** For how many epochs (default 5). */
  readonly totalIters?: number;
}

/**
 * The rate times a factor (default 1/3) for the first `totalIters` (default 5) epochs, and as it is from then on.
 *
 * @throws ArgumentError `OPTIMIZER_KIND`, `OPTION_INVALID`, `OPTION_UNKNOWN`, `OPTIONS_KIND`.
 * @example
 * ```ts
 * import { Parameter, tensor } from "@adjoint/core";
 * import { ConstantLR, SGD } from "@adjoint/optim";
 * const optimizer = new SGD([new Parameter(tensor([1]))], { lr: 1 });
 * const scheduler = new ConstantLR(optimizer, { factor: 0.5, totalIters: 1 });
 * console.log(optimizer.lr); // → 0.5
 * scheduler.step();
 * console.log(optimizer.lr); // → 1
 * ```
 */
export class ConstantLR extends LRScheduler {
  constructor(optimizer: ScheduledOptimizer, options: ConstantOptions = {}) {
    checkOptions("ConstantLR", options, "{ factor: 0.5 }", ["factor", "totalIters"]);
    const { factor = 1 / 3, totalIters = 5 } = options;
    checkThat(inside(factor, Number.MIN_VALUE, 1), "ConstantLR", "factor", factor, "a number above 0, at most 1");
    checkWhole("ConstantLR", { totalIters });
    super(
      optimizer,
      ({ current, epoch }) => {
        if (epoch === 0) return current * factor;
        return epoch === totalIters ? current * (1 / factor) : current;
      },
      "ConstantLR",
    );
  }
}

/** Options of {@link LinearLR}. */
export interface LinearOptions {
  /** The factor of the first epoch (default 1/3). */
  readonly startFactor?: number;
  /** The factor at the end (default 1). */
  readonly endFactor?: number;
  /** After how many epochs that is (default 5). */
  readonly totalIters?: number;
}

/**
 * A factor of the rate that goes in a straight line from `startFactor` (default 1/3) to `endFactor` (default 1) in `totalIters`
 * (default 5) epochs: a warm-up.
 *
 * @throws ArgumentError `OPTIMIZER_KIND`, `OPTION_INVALID`, `OPTION_UNKNOWN`, `OPTIONS_KIND`.
 * @example
 * ```ts
 * import { Parameter, tensor } from "@adjoint/core";
 * import { LinearLR, SGD } from "@adjoint/optim";
 * const optimizer = new SGD([new Parameter(tensor([1]))], { lr: 1 });
 * const scheduler = new LinearLR(optimizer, { startFactor: 0.5, totalIters: 2 });
 * scheduler.step();
 * console.log(optimizer.lr); // → 0.75
 * ```
 */
export class LinearLR extends LRScheduler {
  constructor(optimizer: ScheduledOptimizer, options: LinearOptions = {}) {
    checkOptions("LinearLR", options, "{ startFactor: 0.1 }", ["startFactor", "endFactor", "totalIters"]);
    const { startFactor: start = 1 / 3, endFactor: end = 1, totalIters: total = 5 } = options;
    checkThat(inside(start, Number.MIN_VALUE, 1), "LinearLR", "startFactor", start, "a number above 0, at most 1");
    checkThat(inside(end, 0, 1), "LinearLR", "endFactor", end, "a number from 0 to 1");
    checkWhole("LinearLR", { totalIters: total });
    super(
      optimizer,
      ({ current, epoch }) => {
        if (epoch === 0) return current * start;
        if (epoch > total) return current;
        return current * (1 + (end - start) / (total * start + (epoch - 1) * (end - start)));
      },
      "LinearLR",
    );
  }
}

/**
 * The rate times gamma in each epoch: `lr_k = lr_0·γ^k`.
 *
 * @throws ArgumentError `OPTIMIZER_KIND`, `OPTION_INVALID`.
 * @example
 * ```ts
 * import { Parameter, tensor } from "@adjoint/core";
 * import { ExponentialLR, SGD } from "@adjoint/optim";
 * const optimizer = new SGD([new Parameter(tensor([1]))], { lr: 1 });
 * const scheduler = new ExponentialLR(optimizer, 0.5);
 * for (let epoch = 0; epoch < 3; epoch++) scheduler.step();
 * console.log(optimizer.lr); // → 0.125
 * ```
 */
export class ExponentialLR extends LRScheduler {
  constructor(optimizer: ScheduledOptimizer, gamma: number) {
    checkAtLeast("ExponentialLR", { gamma });
    super(optimizer, ({ current, epoch }) => (epoch === 0 ? current : current * gamma), "ExponentialLR");
  }
}

/** Options of {@link PolynomialLR}. */
export interface PolynomialOptions {
  /** After how many epochs the rate is 0 (default 5). */
  readonly totalIters?: number;
  /** The power (default 1: a straight line). */
  readonly power?: number;
}

/**
 * A power of the epochs that are left: `lr_k = lr_0·(1 - k / totalIters)^power`, and 0 from `totalIters` (default 5) on.
 *
 * @throws ArgumentError `OPTIMIZER_KIND`, `OPTION_INVALID`, `OPTION_UNKNOWN`, `OPTIONS_KIND`.
 * @example
 * ```ts
 * import { Parameter, tensor } from "@adjoint/core";
 * import { PolynomialLR, SGD } from "@adjoint/optim";
 * const optimizer = new SGD([new Parameter(tensor([1]))], { lr: 1 });
 * const scheduler = new PolynomialLR(optimizer, { totalIters: 4, power: 2 });
 * for (let epoch = 0; epoch < 2; epoch++) scheduler.step();
 * console.log(optimizer.lr); // → 0.25
 * ```
 */
export class PolynomialLR extends LRScheduler {
  constructor(optimizer: ScheduledOptimizer, options: PolynomialOptions = {}) {
    checkOptions("PolynomialLR", options, "{ power: 2 }", ["totalIters", "power"]);
    const { totalIters: total = 5, power = 1 } = options;
    checkWhole("PolynomialLR", { totalIters: total }, 1);
    checkAtLeast("PolynomialLR", { power });
    super(
      optimizer,
      ({ current, epoch }) =>
        epoch === 0 || epoch > total ? current : current * ((1 - epoch / total) / (1 - (epoch - 1) / total)) ** power,
      "PolynomialLR",
    );
  }
}
