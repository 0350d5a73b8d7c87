import { ArgumentError, lerp, noGrad, State, type Tensor } from "@adjoint/core";
import { checkOption, shown } from "./checks.js";
import { isIterable } from "./inputs.js";

/** The averages of states, as plain data: tensors by place, and how many have been taken in. */
export interface AverageStateDict {
  readonly nAveraged: number; // how often `update` was called
  readonly averages: readonly Tensor[]; // in the order of the states
}

/** Options of the averages. */
export interface EMAOptions {
  /** The share of the average that is kept in each update (default 0.999). */
  readonly decay?: number;
  /** Begin with a shorter memory, `min(decay, (1 + n) / (10 + n))` after n updates (default false), as for models in training from the start. */
  readonly warmup?: boolean;
}

/** A running average of parameters (and buffers): what a model evaluates with, while it is trained with others. */
abstract class Average {
  private readonly states: readonly State[];
  private readonly averages: readonly State[];
  private count = 0;

  /** @param states - what is averaged: `model.parameters()`, with `model.buffers()` where these are to be averaged too. */
  constructor(states: Iterable<State>) {
    const { name } = new.target;
    const list: readonly unknown[] = isIterable(states) ? [...states] : [null];
    if (list.length === 0 || !list.every((state) => state instanceof State)) {
      throw new ArgumentError(
        "PARAMETER_KIND",
        `${name}: ${shown(states)} is not a list of parameters, at least one; give model.parameters()`,
      );
    }
    this.states = list as State[];
    this.averages = this.states.map((state) => new State(state.detach()));
  }

  /** The share of the new contents in the next average, after `count` updates. */
  protected abstract share(count: number): number;

  /** How often `update` was called. */
  get nAveraged(): number {
    return this.count;
  }

  /** Takes in what the parameters hold now: call it after each step of the optimizer. */
  update(): void {
    const share = this.share(this.count);
    const next = noGrad(() =>
      this.states.map((state, i) => {
        if (state.dtype !== "float32" && state.dtype !== "float64") return state.detach();
        return lerp(this.averages[i], state, share).to(state.dtype);
      }),
    );
    this.averages.forEach((average, i) => average.assign(next[i]));
    this.count++;
  }

  /** The averages, in the order of the parameters. */
  values(): Tensor[] {
    return this.averages.map((average) => average.detach());
  }

  /** Puts the averages into the parameters for good, or into others of the same shapes. @throws ShapeError, ArgumentError. */
  copyTo(states: Iterable<State> = this.states): void {
    const targets = [...states];
    if (targets.length !== this.averages.length) {
      throw new ArgumentError(
        "STATE_DICT_MISMATCH",
        `${this.constructor.name}: ${targets.length} parameters for ${this.averages.length} averages; give as many`,
      );
    }
    targets.forEach((state, i) => state.assign(this.averages[i].detach()));
  }

  /**
   * Calls a function while the parameters hold their averages, and puts back what they held, also when it throws.
   *
   * @returns what the function gave
   */
  during<T>(evaluate: () => T): T {
    const before = this.states.map((state) => state.detach());
    const restore = (): void => this.states.forEach((state, i) => state.assign(before[i]));
    this.copyTo();
    let result: T;
    try {
      result = evaluate();
    } catch (error) {
      restore();
      throw error;
    }
    if (result instanceof Promise) return result.finally(restore) as T;
    restore();
    return result;
  }

  /** What it knows, to be kept. */
  stateDict(): AverageStateDict {
    return { nAveraged: this.count, averages: this.values() };
  }

  /** Takes up what {@link stateDict} gave. @throws ArgumentError `STATE_DICT_KIND`, `STATE_DICT_MISMATCH`; nothing is changed then. */
  loadStateDict(dict: AverageStateDict): void {
    const { nAveraged, averages } = (dict ?? {}) as Partial<AverageStateDict>;
    const { name } = this.constructor;
    if (!Number.isSafeInteger(nAveraged) || !Array.isArray(averages)) {
      throw new ArgumentError(
        "STATE_DICT_KIND",
        `${name}: loadStateDict takes { nAveraged, averages }, as stateDict() makes it, and not ${shown(dict)}`,
      );
    }
    const fits = (average: Tensor | undefined, i: number): boolean =>
      average?.shape?.join() === this.averages[i].shape.join() && average.dtype === this.averages[i].dtype;
    const wrong = this.averages.findIndex((_, i) => !fits((averages as readonly Tensor[])[i], i));
    if (wrong >= 0 || averages.length !== this.averages.length) {
      throw new ArgumentError(
        "STATE_DICT_MISMATCH",
        `${name}: the state dict does not fit: average ${Math.max(wrong, 0)} is ${shown(averages[wrong])}, ${averages.length} in all for ` +
          `${this.averages.length}`,
      );
    }
    this.averages.forEach((average, i) => average.assign((averages as readonly Tensor[])[i]));
    this.count = nAveraged as number;
  }
}

/**
 * The exponential moving average of parameters, `a ← d·a + (1 - d)·p`, which often does better than the parameters themselves. Polyak and
 * Juditsky, 1992; Tarvainen and Valpola, 2017, arXiv:1703.01780. It starts as the parameters are.
 *
 * @throws ArgumentError `PARAMETER_KIND`, `OPTION_INVALID`.
 * @example
 * ```ts
 * import { Parameter, tensor } from "@adjoint/core";
 * import { ExponentialMovingAverage } from "@adjoint/optim";
 * const x = new Parameter(tensor([0]));
 * const average = new ExponentialMovingAverage([x], { decay: 0.5 });
 * x.assign(tensor([8]));
 * average.update();
 * console.log(average.during(() => x.item()), x.item()); // → 4 8
 * ```
 */
export class ExponentialMovingAverage extends Average {
  private readonly decay: number;
  private readonly warmup: boolean;

  constructor(states: Iterable<State>, options: EMAOptions = {}) {
    super(states);
    const { decay = 0.999, warmup = false } = options ?? {};
    const isShare = typeof decay === "number" && decay >= 0 && decay <= 1;
    checkOption(isShare, "ExponentialMovingAverage", "decay", decay, "a number from 0 to 1");
    this.decay = decay;
    this.warmup = warmup;
  }

  protected share(count: number): number {
    return 1 - (this.warmup ? Math.min(this.decay, (1 + count) / (10 + count)) : this.decay);
  }
}

/**
 * The plain average of parameters over updates, `a ← a + (p - a) / (n + 1)`: stochastic weight averaging, with `update` after each epoch of the
 * last part of training at a high rate. Izmailov et al., 2018, arXiv:1803.05407. Run a batch of everything through batch normalisation
 * afterwards, in training and with the averages, to have its statistics anew.
 *
 * @throws ArgumentError `PARAMETER_KIND`.
 * @example
 * ```ts
 * import { Parameter, tensor } from "@adjoint/core";
 * import { StochasticWeightAverage } from "@adjoint/optim";
 * const x = new Parameter(tensor([0]));
 * const average = new StochasticWeightAverage([x]);
 * for (const content of [2, 4, 6]) {
 *   x.assign(tensor([content]));
 *   average.update();
 * }
 * average.copyTo();
 * console.log(x.item()); // → 4
 * ```
 */
export class StochasticWeightAverage extends Average {
  protected share(count: number): number {
    return 1 / (count + 1);
  }
}
