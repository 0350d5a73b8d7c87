import { ArgumentError, checkOptions } from "@adjoint/core";
import { checkAtLeast, checkThat, checkWhole, inside, perGroup } from "./checks.js";
import { checkOptimizer, LRScheduler, type Scheduled, type ScheduledOptimizer } from "./scheduler.js";

/** How the momentum moves against the rate. */
export interface CycleMomentumOptions {
  /** Move the momentum the other way (default true); it is `momentum`, or the first of `betas`. */
  readonly cycleMomentum?: boolean;
  /** The momentum at the highest rate (default 0.8, 0.85 in {@link OneCycleLR}), for all groups or each. */
  readonly baseMomentum?: number | readonly number[];
  /** The momentum at the lowest rate (default 0.9, 0.95 in {@link OneCycleLR}), for all groups or each. */
  readonly maxMomentum?: number | readonly number[];
}

/** Options of {@link CyclicLR}. */
export interface CyclicOptions extends CycleMomentumOptions {
  /** The steps of the way up (default 2000). */
  readonly stepSizeUp?: number;
  /** The steps of the way down (default those of the way up). */
  readonly stepSizeDown?: number;
  /** All cycles alike (the default), each half as high as the one before, or lower by gamma in each step. */
  readonly mode?: "triangular" | "triangular2" | "exp_range";
  /** The factor of `"exp_range"` (default 1). */
  readonly gamma?: number;
  /** A height of your own in the place of the mode, a function of the number of the cycle (from 1) or of the step. */
  readonly scaleFn?: (x: number) => number;
  /** What `scaleFn` is a function of (default the cycle). */
  readonly scaleMode?: "cycle" | "iterations";
}

const cyclicOptions = [
  ...["stepSizeUp", "stepSizeDown", "mode", "gamma", "scaleFn", "scaleMode"],
  ...["cycleMomentum", "baseMomentum", "maxMomentum"],
];

/** How high a cycle is, and whether by its number or by the step. */
function heightOf({ mode = "triangular", gamma = 1, scaleFn, scaleMode = "cycle" }: CyclicOptions): {
  readonly scale: (x: number) => number;
  readonly byStep: boolean;
} {
  const modes = ["triangular", "triangular2", "exp_range"];
  checkThat(modes.includes(mode), "CyclicLR", "mode", mode, '"triangular", "triangular2" or "exp_range"');
  checkThat(["cycle", "iterations"].includes(scaleMode), "CyclicLR", "scaleMode", scaleMode, '"cycle" or "iterations"');
  checkAtLeast("CyclicLR", { gamma });
  if (scaleFn !== undefined) {
    checkThat(typeof scaleFn === "function", "CyclicLR", "scaleFn", scaleFn, "a function");
    return { scale: scaleFn, byStep: scaleMode === "iterations" };
  }
  if (mode === "exp_range") return { scale: (step) => gamma ** step, byStep: true };
  return { scale: mode === "triangular" ? () => 1 : (cycle) => 1 / 2 ** (cycle - 1), byStep: false };
}

/**
 * Up from `baseLr` to `maxLr` in straight lines and down again, in steps of batches, and the momentum the other way. Smith, 2015,
 * arXiv:1506.01186. Call `step()` after each batch.
 *
 * @throws ArgumentError `OPTIMIZER_KIND`, `OPTION_INVALID`, `OPTION_UNKNOWN`, `OPTIONS_KIND`, `MOMENTUM_MISSING`.
 * @example
 * ```ts
 * import { Parameter, tensor } from "@adjoint/core";
 * import { CyclicLR, SGD } from "@adjoint/optim";
 * const optimizer = new SGD([new Parameter(tensor([1]))], { lr: 0.1, momentum: 0.9 });
 * const scheduler = new CyclicLR(optimizer, 0.1, 0.5, { stepSizeUp: 2 });
 * scheduler.step();
 * const [{ lr, momentum }] = optimizer.paramGroups;
 * console.log(lr.toFixed(2), momentum.toFixed(2)); // → 0.30 0.85
 * ```
 */
export class CyclicLR extends LRScheduler {
  constructor(
    optimizer: ScheduledOptimizer,
    baseLr: number | readonly number[],
    maxLr: number | readonly number[],
    options: CyclicOptions = {},
  ) {
    const name = "CyclicLR";
    checkOptions(name, options, "{ stepSizeUp: 500 }", cyclicOptions);
    const { stepSizeUp: up = 2000, stepSizeDown: down = up } = options;
    checkAtLeast(name, { stepSizeUp: up, stepSizeDown: down }, Number.MIN_VALUE);
    const groups = checkOptimizer(name, optimizer).paramGroups.length;
    const [low, high] = [perGroup(name, "baseLr", baseLr, groups), perGroup(name, "maxLr", maxLr, groups)];
    const momenta = momentaOf(name, optimizer, options, [0.8, 0.9]);
    const { scale, byStep } = heightOf(options);
    super(
      optimizer,
      ({ epoch, group }) => {
        const cycle = Math.floor(1 + epoch / (up + down));
        const x = 1 + epoch / (up + down) - cycle;
        const turn = up / (up + down);
        const height = (x <= turn ? x / turn : (x - 1) / (turn - 1)) * scale(byStep ? epoch : cycle);
        const lr = low[group] + (high[group] - low[group]) * height;
        if (momenta === null) return lr;
        const { most, least } = momenta[group];
        return { lr, momentum: most - (most - least) * height };
      },
      name,
    );
  }
}

/** The highest and the lowest momentum of each group; null where it is left alone. */
function momentaOf(
  name: string,
  optimizer: ScheduledOptimizer,
  options: CycleMomentumOptions,
  defaults: readonly [base: number, max: number],
): readonly { readonly most: number; readonly least: number }[] | null {
  const { cycleMomentum = true, baseMomentum = defaults[0], maxMomentum = defaults[1] } = options;
  if (!cycleMomentum) return null;
  const [first] = optimizer.paramGroups;
  if (!("momentum" in first) && !("betas" in first)) {
    throw new ArgumentError(
      "MOMENTUM_MISSING",
      `${name}: the optimizer has neither momentum nor betas, so that none can be moved; give { cycleMomentum: false }`,
    );
  }
  const groups = optimizer.paramGroups.length;
  const least = perGroup(name, "baseMomentum", baseMomentum, groups);
  return perGroup(name, "maxMomentum", maxMomentum, groups).map((most, i) => ({ most, least: least[i] }));
}

/** Options of {@link OneCycleLR}: `totalSteps`, or `epochs` and `stepsPerEpoch`, must be given. */
export interface OneCycleOptions extends CycleMomentumOptions {
  /** The steps of the whole cycle. */
  readonly totalSteps?: number;
  /** The epochs of the whole cycle. */
  readonly epochs?: number;
  /** The steps of an epoch. */
  readonly stepsPerEpoch?: number;
  /** The share of the way up (default 0.3). */
  readonly pctStart?: number;
  /** Along half a cosine wave (default), or a straight line. */
  readonly annealStrategy?: "cos" | "linear";
  /** The first rate is the highest divided by this (default 25). */
  readonly divFactor?: number;
  /** The last rate is the first divided by this (default 1e4). */
  readonly finalDivFactor?: number;
  /** Down to the first rate in as many steps as up, then to the last one (default false: straight to the last). */
  readonly threePhase?: boolean;
}

const oneCycleOptions = [
  ...[
    "totalSteps",
    "epochs",
    "stepsPerEpoch",
    "pctStart",
    "annealStrategy",
    "divFactor",
    "finalDivFactor",
    "threePhase",
  ],
  ...["cycleMomentum", "baseMomentum", "maxMomentum"],
];

/** A part of a cycle: from one rate and momentum to others, up to a step. */
interface Phase {
  readonly end: number;
  readonly rates: readonly [from: number, to: number];
  /** From the highest momentum to the lowest (down), back, or neither. */
  readonly momentum: "down" | "up" | "stay";
}

function totalOf({ totalSteps, epochs, stepsPerEpoch }: OneCycleOptions): number {
  if (totalSteps === undefined) {
    if (epochs === undefined && stepsPerEpoch === undefined) {
      throw new ArgumentError(
        "OPTION_INVALID",
        "OneCycleLR: it does not know how long the cycle is; give { totalSteps: 1000 }, or { epochs: 10, stepsPerEpoch: 100 }",
      );
    }
    checkWhole("OneCycleLR", { "epochs (where there is no totalSteps)": epochs, stepsPerEpoch }, 1);
    return (epochs as number) * (stepsPerEpoch as number);
  }
  checkWhole("OneCycleLR", { totalSteps }, 1);
  return totalSteps;
}

/**
 * One cycle over the whole training: up from `maxLr / divFactor` to `maxLr`, then down to a tiny rate, and the momentum the other
 * way. Smith and Topin, 2017, arXiv:1708.07120. Call `step()` after each batch, `totalSteps` times at most; the last call, after the
 * last batch, leaves the rates as they are (PyTorch extrapolates there).
 *
 * @throws ArgumentError `OPTIMIZER_KIND`, `OPTION_INVALID`, `OPTION_UNKNOWN`, `OPTIONS_KIND`, `MOMENTUM_MISSING`; in `step`
 * `SCHEDULE_OVER` beyond the last step.
 * @example
 * ```ts
 * import { Parameter, tensor } from "@adjoint/core";
 * import { Adam, OneCycleLR } from "@adjoint/optim";
 * const optimizer = new Adam([new Parameter(tensor([1]))]);
 * const scheduler = new OneCycleLR(optimizer, 0.5, { totalSteps: 11 });
 * console.log(optimizer.lr.toFixed(2)); // → 0.02
 * for (let step = 0; step < 10; step++) scheduler.step();
 * console.log(optimizer.lr.toFixed(8)); // → 0.00000200
 * ```
 */
export class OneCycleLR extends LRScheduler {
  constructor(optimizer: ScheduledOptimizer, maxLr: number | readonly number[], options: OneCycleOptions = {}) {
    const name = "OneCycleLR";
    checkOptions(name, options, "{ totalSteps: 1000 }", oneCycleOptions);
    const total = totalOf(options);
    const { annealStrategy = "cos" } = options;
    checkThat(["cos", "linear"].includes(annealStrategy), name, "annealStrategy", annealStrategy, '"cos" or "linear"');
    const groups = checkOptimizer(name, optimizer).paramGroups.length;
    const phases = perGroup(name, "maxLr", maxLr, groups).map((highest) => phasesOf(highest, total, options));
    const momenta = momentaOf(name, optimizer, options, [0.85, 0.95]);
    const along = annealStrategy === "linear" ? straight : wave;
    super(
      optimizer,
      (context) => {
        const { epoch, group } = context;
        if (epoch > total) {
          throw new ArgumentError(
            "SCHEDULE_OVER",
            `OneCycleLR: step ${epoch} of a cycle of ${total} steps; give as totalSteps how often step() is called, once after each batch`,
          );
        }
        // The step after the last batch has no rate of its own: a loop that steps after every batch must be able to end.
        return oneCycle(Math.min(epoch, total - 1), phases[group], momenta?.[group], along);
      },
      name,
    );
  }
}

const straight = (from: number, to: number, share: number): number => (to - from) * share + from;
const wave = (from: number, to: number, share: number): number =>
  to + ((from - to) / 2) * (Math.cos(Math.PI * share) + 1);

function phasesOf(highest: number, total: number, options: OneCycleOptions): Phase[] {
  const { pctStart = 0.3, divFactor = 25, finalDivFactor = 1e4, threePhase = false } = options;
  checkThat(inside(pctStart, 0, 1), "OneCycleLR", "pctStart", pctStart, "a number from 0 to 1");
  checkAtLeast("OneCycleLR", { divFactor, finalDivFactor }, Number.MIN_VALUE);
  const first = highest / divFactor;
  const last = first / finalDivFactor;
  const up: Phase = { end: pctStart * total - 1, rates: [first, highest], momentum: "down" };
  if (!threePhase) return [up, { end: total - 1, rates: [highest, last], momentum: "up" }];
  return [
    up,
    { end: 2 * pctStart * total - 2, rates: [highest, first], momentum: "up" },
    { end: total - 1, rates: [first, last], momentum: "stay" },
  ];
}

function oneCycle(
  epoch: number,
  phases: readonly Phase[],
  momenta: { readonly most: number; readonly least: number } | undefined,
  along: typeof straight,
): Scheduled {
  const found = phases.findIndex(({ end }) => epoch <= end);
  const k = found < 0 ? phases.length - 1 : found;
  const start = k === 0 ? 0 : phases[k - 1].end;
  const { end, rates, momentum } = phases[k];
  const share = (epoch - start) / (end - start);
  const lr = along(rates[0], rates[1], share);
  if (momenta === undefined) return lr;
  const { most, least } = momenta;
  if (momentum === "stay") return { lr, momentum: most };
  return { lr, momentum: momentum === "down" ? along(most, least, share) : along(least, most, share) };
}
