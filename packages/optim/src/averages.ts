import { ArgumentError, cast, checkOptions, isFloating, lerp, noGrad, ShapeError, State, Tensor } from "@adjoint/core";
import { checkOption, shown } from "./checks.js";
import { isIterable } from "./inputs.js";

/** What an average becomes, from what it was, what the parameter holds now, and how many have been taken in. */
export type AverageFunction = (average: Tensor, current: Tensor, nAveraged: number) => Tensor;

/** The averages of states, as plain data: tensors by place, and how many have been taken in. */
export interface AverageStateDict {
  readonly nAveraged: number; // how often `update` was called
  readonly averages: readonly Tensor[]; // in the order of the states
}

/**
 * Running averages of parameters (and buffers): what a model evaluates with, while it is trained with others. The first update copies, and
 * each later one is `a ← f(a, p, n)` for the n contents so far; integers are copied always. As in `AveragedModel` of PyTorch's `swa_utils`.
 *
 * @throws ArgumentError `PARAMETER_KIND`, `FUNCTION_KIND`.
 * @example
 * ```ts
 * import { maximum, Parameter, tensor } from "@adjoint/core";
 * import { AveragedParameters } from "@adjoint/optim";
 * const x = new Parameter(tensor([3, 1]));
 * const largest = new AveragedParameters([x], (average, current) => maximum(average, current));
 * largest.update();
 * x.assign(tensor([2, 2]));
 * largest.update();
 * console.log(largest.values()[0]); // → tensor([3, 2])
 * ```
 */
export class AveragedParameters {
  private readonly states: readonly State[];
  private readonly averages: readonly State[];
  private readonly average: AverageFunction;
  private count = 0;

  /**
   * @param states - what is averaged: `model.parameters()`, with `model.buffers()` where these are to be averaged too
   * @param average - what an average becomes
   */
  constructor(states: Iterable<State>, average: AverageFunction) {
    const { name } = new.target;
    this.states = statesOf(name, states);
    this.averages = this.states.map((state) => new State(state.detach()));
    if (typeof average !== "function") {
      throw new ArgumentError(
        "FUNCTION_KIND",
        `${name}: the average is ${shown(average)}; give (average, current, n) => …`,
      );
    }
    this.average = average;
  }

  /** How often `update` was called. */
  get nAveraged(): number {
    return this.count;
  }

  /**
   * Takes in what the parameters hold now: call it after each step of the optimizer.
   *
   * @throws ShapeError `UPDATE_SHAPE` when the function makes something else; nothing is changed then.
   */
  update(): void {
    const next = noGrad(() =>
      this.states.map((state, i) => {
        if (this.count === 0 || !isFloating(state.dtype)) return state.detach();
        const made: unknown = this.average(this.averages[i].detach(), state.detach(), this.count);
        if (made instanceof Tensor && made.shape.join() === state.shape.join()) return cast(made, state.dtype);
        throw new ShapeError(
          "UPDATE_SHAPE",
          `${this.constructor.name}: the average of parameter ${i} came out as ${shown(made)}; give a tensor [${state.shape.join(", ")}]`,
        );
      }),
    );
    assignAll(this.averages, next);
    this.count++;
  }

  /** The averages, in the order of the parameters. */
  values(): Tensor[] {
    return this.averages.map((average) => average.detach());
  }

  /**
   * Puts the averages into the parameters for good, or into others of the same shapes.
   *
   * @throws ArgumentError `PARAMETER_KIND`, `STATE_DICT_MISMATCH`; nothing is changed then.
   */
  copyTo(states: Iterable<State> = this.states): void {
    const { name } = this.constructor;
    const targets = statesOf(name, states);
    checkFits(name, targets, this.averages);
    assignAll(targets, this.averages);
  }

  /**
   * Calls a function while the parameters hold their averages, and puts back what they held, also when it throws. A Promise is waited for.
   *
   * @returns what the function gave
   * @throws ArgumentError `FUNCTION_KIND`.
   */
  during<T>(evaluate: () => T): T {
    if (typeof evaluate !== "function") {
      throw new ArgumentError(
        "FUNCTION_KIND",
        `${this.constructor.name}: during takes a function, not ${shown(evaluate)}`,
      );
    }
    const before = this.states.map((state) => state.detach());
    const restore = (): void => assignAll(this.states, before);
    this.copyTo();
    let isWaiting = false;
    try {
      const result = evaluate();
      isWaiting = result instanceof Promise;
      return result instanceof Promise ? (result.finally(restore) as T) : result;
    } finally {
      if (!isWaiting) restore();
    }
  }

  /** What it knows, to be kept. */
  stateDict(): AverageStateDict {
    return { nAveraged: this.count, averages: this.values() };
  }

  /** Takes up what {@link stateDict} gave. @throws ArgumentError `STATE_DICT_KIND`, `STATE_DICT_MISMATCH`; nothing is changed then. */
  loadStateDict(dict: AverageStateDict): void {
    const { nAveraged = NaN, averages } = (dict ?? {}) as Partial<AverageStateDict>;
    const { name } = this.constructor;
    if (!Number.isSafeInteger(nAveraged) || nAveraged < 0 || !Array.isArray(averages)) {
      throw new ArgumentError(
        "STATE_DICT_KIND",
        `${name}: loadStateDict takes { nAveraged, averages }, as stateDict() makes it, and not ${shown(dict)}`,
      );
    }
    const next: readonly Tensor[] = averages;
    checkFits(name, this.averages, next);
    assignAll(this.averages, next);
    this.count = nAveraged;
  }
}

/** States as an array. @throws ArgumentError `PARAMETER_KIND`. */
function statesOf(name: string, states: Iterable<State>): readonly State[] {
  const list: readonly unknown[] = isIterable(states) ? [...states] : [];
  const found = list.filter((state) => state instanceof State);
  if (list.length > 0 && found.length === list.length) return found;
  throw new ArgumentError(
    "PARAMETER_KIND",
    `${name}: ${shown(states)} is not a list of parameters, at least one; give model.parameters()`,
  );
}

/** @throws ArgumentError `STATE_DICT_MISMATCH` unless there is a tensor of the right shape and dtype for each state. */
function checkFits(name: string, states: readonly State[], next: readonly unknown[]): void {
  const length = Math.max(states.length, next.length);
  for (let i = 0; i < length; i++) {
    const [state, x]: [State | undefined, unknown] = [states[i], next[i]];
    if (state && x instanceof Tensor && x.shape.join() === state.shape.join() && x.dtype === state.dtype) continue;
    throw new ArgumentError(
      "STATE_DICT_MISMATCH",
      `${name}: average ${i} is ${shown(x)} for ${shown(state)}, ${next.length} in all for ${states.length}; give as many, of the same shapes and dtypes`,
    );
  }
}

function assignAll(states: readonly State[], next: readonly Tensor[]): void {
  states.forEach((state, i) => state.assign(next[i].detach()));
}

/** Options of {@link ExponentialMovingAverage}. */
export interface EMAOptions {
  /** The share of the average that is kept in each update (default 0.999). */
  readonly decay?: number;
  /** Begin with a shorter memory, `min(decay, (1 + n) / (10 + n))` after n updates (default false), as for models in training from the start. */
  readonly warmup?: boolean;
}

/**
 * The exponential moving average of parameters, `a ← d·a + (1 - d)·p`, which often does better than the parameters themselves. Polyak and
 * Juditsky, 1992; Tarvainen and Valpola, 2017, arXiv:1703.01780. The first update copies.
 *
 * @throws ArgumentError `PARAMETER_KIND`, `OPTION_INVALID`, `OPTION_UNKNOWN`, `OPTIONS_KIND`.
 * @example
 * ```ts
 * import { Parameter, tensor } from "@adjoint/core";
 * import { ExponentialMovingAverage } from "@adjoint/optim";
 * const x = new Parameter(tensor([0]));
 * const average = new ExponentialMovingAverage([x], { decay: 0.5 });
 * average.update();
 * x.assign(tensor([8]));
 * average.update();
 * console.log(average.during(() => x.item()), x.item()); // → 4 8
 * ```
 */
export class ExponentialMovingAverage extends AveragedParameters {
  /** @param states - what is averaged; @param options - see {@link EMAOptions}. */
  constructor(states: Iterable<State>, options: EMAOptions = {}) {
    const name = "ExponentialMovingAverage";
    checkOptions(name, options, "{ decay: 0.999 }", ["decay", "warmup"]);
    const { decay = 0.999, warmup = false } = options;
    const isShare = typeof decay === "number" && decay >= 0 && decay <= 1;
    checkOption(isShare, name, "decay", decay, "a number from 0 to 1");
    checkOption(typeof warmup === "boolean", name, "warmup", warmup, "true or false");
    super(states, (average, current, n) => {
      const share = warmup ? Math.min(decay, (1 + n) / (10 + n)) : decay;
      return lerp(average, current, 1 - share);
    });
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
export class StochasticWeightAverage extends AveragedParameters {
  /** @param states - what is averaged. */
  constructor(states: Iterable<State>) {
    super(states, (average, current, n) => lerp(average, current, 1 / (n + 1)));
  }
}
