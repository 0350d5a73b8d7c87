import { checkOptions } from "@adjoint/core";
import { checkAtLeast, checkThat, checkWhole, inside } from "./checks.js";
import { LRScheduler, type ScheduledOptimizer } from "./scheduler.js";

/** Options of the schedules by cosine. */
export interface CosineOptions {
  /** The least rate (default 0). */
  readonly etaMin?: number;
}

function etaMinOf(name: string, options: CosineOptions): number {
  checkOptions(name, options, "{ etaMin: 1e-4 }", ["etaMin"]);
  const { etaMin = 0 } = options;
  checkAtLeast(name, { etaMin });
  return etaMin;
}

/**
 * Half a wave from the first rate to `etaMin` (default 0) in `tMax` epochs, and back again: `η_k = η_min + (η_0 - η_min)·(1 +
 * cos(πk / T)) / 2`. Loshchilov and Hutter, 2016, arXiv:1608.03983, without its restarts.
 *
 * @throws ArgumentError `OPTIMIZER_KIND`, `OPTION_INVALID`, `OPTION_UNKNOWN`, `OPTIONS_KIND`.
 * @example
 * ```ts
 * import { Parameter, tensor } from "@adjoint/core";
 * import { CosineAnnealingLR, SGD } from "@adjoint/optim";
 * const optimizer = new SGD([new Parameter(tensor([1]))], { lr: 1 });
 * const scheduler = new CosineAnnealingLR(optimizer, 10);
 * for (let epoch = 0; epoch < 5; epoch++) scheduler.step();
 * console.log(optimizer.lr.toFixed(4)); // → 0.5000
 * ```
 */
export class CosineAnnealingLR extends LRScheduler {
  constructor(optimizer: ScheduledOptimizer, tMax: number, options: CosineOptions = {}) {
    checkWhole("CosineAnnealingLR", { tMax }, 1);
    const etaMin = etaMinOf("CosineAnnealingLR", options);
    const wave = (epoch: number): number => 1 + Math.cos((Math.PI * epoch) / tMax);
    super(
      optimizer,
      ({ current, base, epoch }) => {
        if (epoch === 0) return current;
        // The last epoch was at the bottom, where the ratio of two points of the wave would be x / 0.
        if ((epoch - 1 - tMax) % (2 * tMax) === 0)
          return current + ((base - etaMin) * (1 - Math.cos(Math.PI / tMax))) / 2;
        return (wave(epoch) / wave(epoch - 1)) * (current - etaMin) + etaMin;
      },
      "CosineAnnealingLR",
    );
  }
}

/** Options of {@link CosineAnnealingWarmRestarts}. */
export interface WarmRestartOptions extends CosineOptions {
  /** How many times longer each period is than the one before (default 1). */
  readonly tMult?: number;
}

/**
 * {@link CosineAnnealingLR} that begins anew after `t0` epochs, and again after `t0·tMult`, `t0·tMult²` … more. Loshchilov and
 * Hutter, 2016, arXiv:1608.03983. `step` may be given the epoch, with a fraction for a batch in it.
 *
 * @throws ArgumentError `OPTIMIZER_KIND`, `OPTION_INVALID`, `OPTION_UNKNOWN`, `OPTIONS_KIND`.
 * @example
 * ```ts
 * import { Parameter, tensor } from "@adjoint/core";
 * import { CosineAnnealingWarmRestarts, SGD } from "@adjoint/optim";
 * const optimizer = new SGD([new Parameter(tensor([1]))], { lr: 1 });
 * const scheduler = new CosineAnnealingWarmRestarts(optimizer, 4, { tMult: 2 });
 * const rates = [2, 4, 8].map((epoch) => {
 *   scheduler.step(epoch);
 *   return optimizer.lr.toFixed(2);
 * });
 * console.log(rates.join(" ")); // → 0.50 1.00 0.50
 * ```
 */
export class CosineAnnealingWarmRestarts extends LRScheduler {
  constructor(optimizer: ScheduledOptimizer, t0: number, options: WarmRestartOptions = {}) {
    const name = "CosineAnnealingWarmRestarts";
    checkOptions(name, options, "{ tMult: 2 }", ["tMult", "etaMin"]);
    const { tMult = 1, etaMin = 0 } = options;
    checkWhole(name, { t0, tMult }, 1);
    checkAtLeast(name, { etaMin });
    super(
      optimizer,
      ({ base, epoch }) => {
        const [time, period] = placeIn(epoch, t0, tMult);
        return etaMin + ((base - etaMin) * (1 + Math.cos((Math.PI * time) / period))) / 2;
      },
      name,
    );
  }

  /**
   * Goes to the next epoch, or to the one that is given.
   *
   * @throws ArgumentError `OPTION_INVALID` for a negative epoch.
   */
  override step(epoch: number = this.lastEpoch + 1): void {
    checkAtLeast("CosineAnnealingWarmRestarts", { epoch });
    this.goTo(epoch);
  }
}

/** How far an epoch is in its period, and how long that is. */
function placeIn(epoch: number, first: number, factor: number): [time: number, period: number] {
  if (factor === 1) return [epoch % first, first];
  let [time, period] = [epoch, first];
  for (; time >= period; period *= factor) time -= period;
  return [time, period];
}

/** Options of {@link WarmupCosineLR}. */
export interface WarmupCosineOptions extends CosineOptions {
  /** The factor of the very first step (default 0). */
  readonly startFactor?: number;
}

/**
 * A straight line up to the rate in `warmupSteps`, then half a cosine wave down to `etaMin` (default 0) at `totalSteps`, where it
 * stays: the usual schedule of transformers. It counts steps: call `step()` after each batch.
 *
 * `η_k = η_0·(s + (1 - s)·k / w)` for `k < w`, and `η_min + (η_0 - η_min)·(1 + cos(π·(k - w) / (n - w))) / 2` from there to n, with
 * the start factor s (default 0).
 *
 * @throws ArgumentError `OPTIMIZER_KIND`, `OPTION_INVALID`, `OPTION_UNKNOWN`, `OPTIONS_KIND`.
 * @example
 * ```ts
 * import { Parameter, tensor } from "@adjoint/core";
 * import { AdamW, WarmupCosineLR } from "@adjoint/optim";
 * const optimizer = new AdamW([new Parameter(tensor([1]))], { lr: 1 });
 * const scheduler = new WarmupCosineLR(optimizer, 2, 6);
 * const rates = [0, 1, 2, 3, 4, 5, 6].map(() => {
 *   const { lr } = optimizer;
 *   scheduler.step();
 *   return lr.toFixed(2);
 * });
 * console.log(rates.join(" ")); // → 0.00 0.50 1.00 0.85 0.50 0.15 0.00
 * ```
 */
export class WarmupCosineLR extends LRScheduler {
  constructor(
    optimizer: ScheduledOptimizer,
    warmupSteps: number,
    totalSteps: number,
    options: WarmupCosineOptions = {},
  ) {
    const name = "WarmupCosineLR";
    checkOptions(name, options, "{ etaMin: 1e-5 }", ["etaMin", "startFactor"]);
    const { etaMin = 0, startFactor = 0 } = options;
    checkAtLeast(name, { etaMin });
    checkThat(inside(startFactor, 0, 1), name, "startFactor", startFactor, "a number from 0 to 1");
    checkWhole(name, { warmupSteps });
    checkWhole(name, { totalSteps }, warmupSteps + 1);
    super(
      optimizer,
      ({ base, epoch }) => {
        if (epoch < warmupSteps) return base * (startFactor + ((1 - startFactor) * epoch) / warmupSteps);
        const done = Math.min(1, (epoch - warmupSteps) / (totalSteps - warmupSteps));
        return etaMin + ((base - etaMin) * (1 + Math.cos(Math.PI * done))) / 2;
      },
      name,
    );
  }
}
