import {
  add,
  ArgumentError,
  checkOptions,
  checkTensor,
  type Generator,
  matmul,
  Parameter,
  ShapeError,
  Tensor,
  transpose,
  zeros,
} from "@adjoint/core";
import { checkCount, checkGenerator, checkOneOf, shapeText, shown, checkFlags, sameShape } from "./checks.js";
import { Module } from "./module.js";
import { gruStep, lstmStep, type Nonlinearity, rnnStep, type States, type Step } from "./steps.js";

/** Options of the recurrent cells. */
export interface CellOptions {
  /** Add biases (default true). */
  readonly bias?: boolean;
  /** Where the initial weights come from (default the generator that `manualSeed` sets). */
  readonly generator?: Generator;
}

/** Options of {@link RNNCell}. */
export interface RNNCellOptions extends CellOptions {
  /** The activation (default `"tanh"`). */
  readonly nonlinearity?: Nonlinearity;
}

/** The state of an LSTM: its output h and its memory c, both `[batch, hiddenSize]`. */
export type LSTMState = readonly [h: Tensor, c: Tensor];

/** What the cells have in common: weights, and how they start. */
abstract class Cell<Inputs extends readonly unknown[], Output> extends Module<Inputs, Output> {
  readonly weightIh: Parameter; // [gates·hiddenSize, inputSize]
  readonly weightHh: Parameter; // [gates·hiddenSize, hiddenSize]
  readonly biasIh: Parameter | null; // [gates·hiddenSize]
  readonly biasHh: Parameter | null; // [gates·hiddenSize]
  readonly inputSize: number; // features of x
  readonly hiddenSize: number; // features of the state

  constructor(gates: number, inputSize: number, hiddenSize: number, options: CellOptions, ...others: string[]) {
    super();
    const { name } = new.target;
    checkOptions(name, options, "{ bias: false }", ["bias", "generator", ...others]);
    const { bias = true } = options;
    checkFlags(name, { bias });
    const generator = checkGenerator(name, options.generator);
    this.inputSize = checkCount(name, "inputSize", inputSize);
    this.hiddenSize = checkCount(name, "hiddenSize", hiddenSize);
    const bound = 1 / Math.sqrt(hiddenSize);
    const uniform = (...shape: number[]): Parameter => new Parameter(generator.uniform(shape, -bound, bound));
    this.weightIh = uniform(gates * hiddenSize, inputSize);
    this.weightHh = uniform(gates * hiddenSize, hiddenSize);
    this.biasIh = bias ? uniform(gates * hiddenSize) : null;
    this.biasHh = bias ? uniform(gates * hiddenSize) : null;
  }

  /** The next states. */
  protected advance(step: Step, x: Tensor, states: States): States {
    return step.next(affine(x, this.weightIh, this.biasIh), affine(states[0], this.weightHh, this.biasHh), states);
  }

  /** The state that was given, checked; zeros where there is none. */
  protected stateFor(x: Tensor, h: Tensor | undefined): Tensor {
    const { name } = this.constructor;
    checkTensor(name, x);
    if (x.ndim < 1 || x.ndim > 2 || x.shape[x.ndim - 1] !== this.inputSize) {
      throw new ShapeError(
        "INPUT_SHAPE",
        `${name}: input ${shapeText(x.shape)}; give [batch, ${this.inputSize}] or [${this.inputSize}]`,
      );
    }
    const shape = [...x.shape.slice(0, -1), this.hiddenSize];
    if (h === undefined) return zeros(shape, { dtype: this.weightHh.dtype });
    checkState(name, h, shape);
    return h;
  }

  protected override extraRepr(): string {
    return `inputSize=${this.inputSize}, hiddenSize=${this.hiddenSize}, bias=${this.biasIh !== null}`;
  }
}

/** `x·Wᵀ + b`. */
export function affine(x: Tensor, weight: Tensor, bias: Tensor | null): Tensor {
  const y = matmul(x, transpose(weight));
  return bias ? add(y, bias) : y;
}

/** Checks a state. @throws ArgumentError `STATE_KIND`, ShapeError `STATE_SHAPE`. */
export function checkState(name: string, state: Tensor, shape: readonly number[], axes?: string): void {
  if (!(state instanceof Tensor)) {
    throw new ArgumentError("STATE_KIND", `${name}: the state is ${shown(state)}; give a tensor ${shapeText(shape)}`);
  }
  if (sameShape(state.shape, shape)) return;
  throw new ShapeError(
    "STATE_SHAPE",
    `${name}: state ${shapeText(state.shape)}; give ${shapeText(shape)}${axes ? `: ${axes}` : ""}`,
  );
}

/** The parts of the state of an LSTM, undefined where none is given. @throws ArgumentError `STATE_KIND`. */
export function checkPair(name: string, state: LSTMState | undefined): readonly (Tensor | undefined)[] {
  if (state === undefined) return [undefined, undefined];
  if (Array.isArray(state) && state.length === 2 && state.every((part) => part instanceof Tensor)) return state;
  throw new ArgumentError("STATE_KIND", `${name}: the state is ${shown(state)}; give a pair of tensors, [h, c]`);
}

/**
 * One step of a plain recurrent network, `h' = tanh(x·W_ihᵀ + b_ih + h·W_hhᵀ + b_hh)`, or with a rectifier. Elman, 1990.
 *
 * `x: [batch, inputSize]` and a state `[batch, hiddenSize]` (zeros when left out) give the next state; both may go without the batch
 * axis. Weights start uniform in `±1/√hiddenSize`, as in PyTorch.
 *
 * @throws ArgumentError `SIZE_INVALID`, `CHOICE_UNKNOWN`, `OPTION_INVALID`, `OPTIONS_KIND`, `OPTION_UNKNOWN`; in `forward` ShapeError `INPUT_SHAPE`,
 * `STATE_SHAPE`, ArgumentError `STATE_KIND`.
 * @example
 * ```ts
 * import { ones } from "@adjoint/core";
 * import { RNNCell } from "@adjoint/nn";
 * const cell = new RNNCell(3, 4, { nonlinearity: "relu" });
 * console.log(cell.forward(ones([2, 3])).shape); // → [ 2, 4 ]
 * ```
 */
export class RNNCell extends Cell<[x: Tensor, h?: Tensor], Tensor> {
  readonly nonlinearity: Nonlinearity; // the activation

  constructor(inputSize: number, hiddenSize: number, options: RNNCellOptions = {}) {
    super(1, inputSize, hiddenSize, options, "nonlinearity");
    this.nonlinearity = checkOneOf("RNNCell", "nonlinearity", options.nonlinearity ?? "tanh", ["tanh", "relu"]);
  }

  forward(x: Tensor, h?: Tensor): Tensor {
    return this.advance(rnnStep(this.nonlinearity), x, [this.stateFor(x, h)])[0];
  }

  /** Its sizes and options, as it is printed. */
  protected override extraRepr(): string {
    return `${super.extraRepr()}, nonlinearity=${this.nonlinearity}`;
  }
}

/**
 * One step of a gated recurrent unit. Cho et al., 2014, arXiv:1406.1078.
 *
 * With `r = σ(W_ir·x + b_ir + W_hr·h + b_hr)`, z alike, and `n = tanh(W_in·x + b_in + r·(W_hn·h + b_hn))`: `h' = (1 - z)·n + z·h`.
 *
 * `x: [batch, inputSize]` and a state `[batch, hiddenSize]` (zeros when left out) give the next state; both may go without the batch
 * axis. Weights start uniform in `±1/√hiddenSize`; layout and order of the gates (r, z, n) are PyTorch's.
 *
 * @throws ArgumentError `SIZE_INVALID`, `OPTION_INVALID`, `OPTIONS_KIND`, `OPTION_UNKNOWN`; in `forward` ShapeError `INPUT_SHAPE`, `STATE_SHAPE`,
 * ArgumentError `STATE_KIND`.
 * @example
 * ```ts
 * import { ones } from "@adjoint/core";
 * import { GRUCell } from "@adjoint/nn";
 * console.log(new GRUCell(3, 4).forward(ones([2, 3])).shape); // → [ 2, 4 ]
 * ```
 */
export class GRUCell extends Cell<[x: Tensor, h?: Tensor], Tensor> {
  constructor(inputSize: number, hiddenSize: number, options: CellOptions = {}) {
    super(3, inputSize, hiddenSize, options);
  }

  forward(x: Tensor, h?: Tensor): Tensor {
    return this.advance(gruStep, x, [this.stateFor(x, h)])[0];
  }
}

/**
 * One step of a long short-term memory. Hochreiter and Schmidhuber, 1997.
 *
 * With `[i, f, g, o] = x·W_ihᵀ + b_ih + h·W_hhᵀ + b_hh`:
 * `c' = σ(f)·c + σ(i)·tanh(g)` and `h' = σ(o)·tanh(c')`.
 *
 * `x: [batch, inputSize]` and a state of two `[batch, hiddenSize]` (zeros when left out) give the next state; all may go without
 * the batch axis. Weights start uniform in `±1/√hiddenSize`. Layout, order of the gates and both biases are PyTorch's.
 *
 * @throws ArgumentError `SIZE_INVALID`, `OPTION_INVALID`, `OPTIONS_KIND`, `OPTION_UNKNOWN`; in `forward` ShapeError `INPUT_SHAPE`, `STATE_SHAPE`,
 * ArgumentError `STATE_KIND`.
 * @example
 * ```ts
 * import { ones } from "@adjoint/core";
 * import { LSTMCell, type LSTMState } from "@adjoint/nn";
 * const cell = new LSTMCell(3, 4);
 * let state: LSTMState | undefined;
 * for (let time = 0; time < 5; time++) state = cell.forward(ones([2, 3]), state);
 * console.log(state?.[0].shape); // → [ 2, 4 ]
 * ```
 */
export class LSTMCell extends Cell<[x: Tensor, state?: LSTMState], LSTMState> {
  constructor(inputSize: number, hiddenSize: number, options: CellOptions = {}) {
    super(4, inputSize, hiddenSize, options);
  }

  forward(x: Tensor, state?: LSTMState): LSTMState {
    const [h, c] = this.advance(
      lstmStep,
      x,
      checkPair("LSTMCell", state).map((part) => this.stateFor(x, part)),
    );
    return [h, c];
  }
}
