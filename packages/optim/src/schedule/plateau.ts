import { ArgumentError, checkOptions, Tensor } from "@adjoint/core";
import { produce } from "immer";
import { shown } from "../checks.js";
import { checkAtLeast, checkThat, checkWhole, inside, perGroup } from "./checks.js";
import { checkOptimizer, fromTorch, ratesOf, type ScheduledOptimizer, setRates } from "./scheduler.js";

/** Options of {@link ReduceLROnPlateau}. */
export interface PlateauOptions {
  /** Whether the metric is to fall (default) or to rise. */
  readonly mode?: "min" | "max";
  /** The factor of a reduction (default 0.1). */
  readonly factor?: number;
  /** How many epochs without an improvement are borne (default 10). */
  readonly patience?: number;
  /** How large an improvement must be to count (default 1e-4). */
  readonly threshold?: number;
  /** As a share of the best so far (default), or as a difference. */
  readonly thresholdMode?: "rel" | "abs";
  /** For how many epochs after a reduction none are counted (default 0). */
  readonly cooldown?: number;
  /** The least rate, for all groups or each (default 0). */
  readonly minLr?: number | readonly number[];
  /** Reductions that are smaller are left out (default 1e-8). */
  readonly eps?: number;
}

/** What {@link ReduceLROnPlateau} knows besides its options. */
export interface PlateauState {
  readonly lastEpoch: number; // steps done
  readonly best: number | null; // the best metric so far
  readonly numBadEpochs: number; // epochs since then
  readonly cooldownCounter: number; // epochs of cooling down that are left
  readonly lastLr: readonly number[]; // the rate of each group now
}

const names = ["mode", "factor", "patience", "threshold", "thresholdMode", "cooldown", "minLr", "eps"];

/** What PyTorch calls them. */
const torchNames = {
  last_epoch: "lastEpoch",
  best: "best",
  num_bad_epochs: "numBadEpochs",
  cooldown_counter: "cooldownCounter",
  _last_lr: "lastLr",
} as const;

/**
 * Multiplies the rates by a factor (default 0.1) when a metric has not improved for more than `patience` (default 10) epochs: call
 * `step(metric)` after each.
 *
 * @throws ArgumentError `OPTIMIZER_KIND`, `OPTION_INVALID`, `OPTION_UNKNOWN`, `OPTIONS_KIND`; in `step` `METRIC_KIND`.
 * @example
 * ```ts
 * import { Parameter, tensor } from "@adjoint/core";
 * import { ReduceLROnPlateau, SGD } from "@adjoint/optim";
 * const optimizer = new SGD([new Parameter(tensor([1]))], { lr: 1 });
 * const scheduler = new ReduceLROnPlateau(optimizer, { patience: 1, factor: 0.5 });
 * for (const loss of [3, 2, 2, 2]) scheduler.step(loss);
 * console.log(optimizer.lr); // → 0.5
 * ```
 */
export class ReduceLROnPlateau {
  readonly optimizer: ScheduledOptimizer; // whose rates it sets
  private readonly options: Required<PlateauOptions>;
  private readonly least: readonly number[];
  private state: PlateauState;

  constructor(optimizer: ScheduledOptimizer, options: PlateauOptions = {}) {
    const name = "ReduceLROnPlateau";
    this.optimizer = checkOptimizer(name, optimizer);
    checkOptions(name, options, "{ patience: 5 }", names);
    const defaults = { mode: "min", factor: 0.1, patience: 10, threshold: 1e-4, thresholdMode: "rel" } as const;
    const given = Object.fromEntries(Object.entries(options).filter(([, x]) => x !== undefined)) as PlateauOptions;
    this.options = { ...defaults, cooldown: 0, minLr: 0, eps: 1e-8, ...given };
    const { mode, factor, patience, threshold, thresholdMode, cooldown, minLr, eps } = this.options;
    checkThat(mode === "min" || mode === "max", name, "mode", mode, '"min" or "max"');
    checkThat(["rel", "abs"].includes(thresholdMode), name, "thresholdMode", thresholdMode, '"rel" or "abs"');
    checkThat(inside(factor, 0, 1) && factor < 1, name, "factor", factor, "a number from 0 to below 1");
    checkWhole(name, { patience, cooldown });
    checkAtLeast(name, { threshold, eps });
    this.least = perGroup(name, "minLr", minLr, optimizer.paramGroups.length);
    this.state = { lastEpoch: 0, best: null, numBadEpochs: 0, cooldownCounter: 0, lastLr: ratesOf(optimizer) };
  }

  /** How many steps it has done. */
  get lastEpoch(): number {
    return this.state.lastEpoch;
  }

  /** The rate of each group, as it was after the last step. */
  getLastLr(): readonly number[] {
    return this.state.lastLr;
  }

  /**
   * Takes notice of the metric of an epoch, a number or a tensor of one.
   *
   * @throws ArgumentError `METRIC_KIND`; nothing is changed then.
   */
  step(metric: number | Tensor): void {
    const x: unknown = metric instanceof Tensor && metric.size === 1 ? metric.item() : metric;
    if (typeof x !== "number") {
      throw new ArgumentError(
        "METRIC_KIND",
        `ReduceLROnPlateau: the metric is ${shown(x)}; give step(loss), the number it watches, after each epoch`,
      );
    }
    let reduce = false;
    const { patience, cooldown } = this.options;
    const next = produce(this.state, (draft) => {
      draft.lastEpoch++;
      if (this.isBetter(x)) {
        draft.best = x;
        draft.numBadEpochs = 0;
      } else draft.numBadEpochs++;
      if (draft.cooldownCounter > 0) {
        draft.cooldownCounter--;
        draft.numBadEpochs = 0;
      }
      if (draft.numBadEpochs <= patience) return;
      reduce = true;
      draft.cooldownCounter = cooldown;
      draft.numBadEpochs = 0;
    });
    if (reduce) this.reduce();
    this.state = { ...next, lastLr: ratesOf(this.optimizer) };
  }

  private isBetter(x: number): boolean {
    const { mode, threshold, thresholdMode } = this.options;
    const { best } = this.state;
    if (best === null) return !Number.isNaN(x);
    const sign = mode === "min" ? -1 : 1;
    const bound = thresholdMode === "rel" ? best * (1 + sign * threshold) : best + sign * threshold;
    return mode === "min" ? x < bound : x > bound;
  }

  private reduce(): void {
    const { factor, eps } = this.options;
    const rates = ratesOf(this.optimizer).map((rate, i) => {
      const next = Math.max(rate * factor, this.least[i] ?? 0);
      return rate - next > eps ? next : rate;
    });
    setRates(this.optimizer, rates);
  }

  /** What it knows, as plain data. */
  stateDict(): PlateauState {
    return this.state;
  }

  /**
   * Takes up what {@link stateDict} gave, here or in PyTorch, and sets the rates.
   *
   * @throws ArgumentError `STATE_DICT_KIND`; nothing is changed then.
   */
  loadStateDict(dict: PlateauState): void {
    const given = fromTorch(dict, torchNames);
    const { lastEpoch, best, numBadEpochs, cooldownCounter, lastLr } = (given ?? {}) as Partial<PlateauState>;
    const counts = [lastEpoch, numBadEpochs, cooldownCounter].every((x) => Number.isSafeInteger(x));
    const right = counts && (best === null || typeof best === "number") && Array.isArray(lastLr);
    if (
      !right ||
      lastLr.length !== this.optimizer.paramGroups.length ||
      !lastLr.every((x) => Number.isFinite(x) && x >= 0)
    ) {
      throw new ArgumentError(
        "STATE_DICT_KIND",
        `ReduceLROnPlateau: loadStateDict takes what stateDict() gave for the same number of groups, and not ${shown(dict)}`,
      );
    }
    setRates(this.optimizer, lastLr);
    this.state = { ...given, lastLr: [...lastLr] };
  }
}
