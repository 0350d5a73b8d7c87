import {
  add,
  ArgumentError,
  checkOptions,
  checkTensor,
  type Generator,
  matmul,
  Parameter,
  relu,
  ShapeError,
  split,
  Tensor,
  transpose,
  zeros,
} from "@adjoint/core";
import { checkCount, checkGenerator, checkOneOf, shapeText, shown } from "./checks.js";
import { blended, candidate, gated, kept, sigmoidSum, tanhSum } from "./gates.js";
import { Module } from "./module.js";

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

/** The activations of a plain recurrent network. */
export type Nonlinearity = "tanh" | "relu";

/** The state of an LSTM: its output h and its memory c, both `[batch, hiddenSize]`. */
export type LSTMState = readonly [h: Tensor, c: Tensor];

/** A step from what the weights make of the input (biases added) and the state to the next state. */
export type Step<State> = (projected: Tensor, state: State, recurrent: (h: Tensor) => Tensor) => State;

/** `h' = tanh(x + W·h)`, or a rectifier in its place. */
export const rnnStep =
  (nonlinearity: Nonlinearity): Step<Tensor> =>
  (x, h, recurrent) =>
    nonlinearity === "relu" ? relu(add(x, recurrent(h))) : tanhSum(x, recurrent(h));

/** The step of a GRU; the gates lie as r, z, n. */
export const gruStep: Step<Tensor> = (x, h, recurrent) => {
  const size = h.shape[h.ndim - 1];
  const [xGates, xNew] = split(x, [2 * size, size], -1);
  const [hGates, hNew] = split(recurrent(h), [2 * size, size], -1);
  const [r, z] = split(sigmoidSum(xGates, hGates), size, -1);
  return blended(candidate(xNew, r, hNew), h, z);
};

/** The step of an LSTM; the gates lie as i, f, g, o. */
export const lstmStep: Step<LSTMState> = (x, [h, c], recurrent) => {
  const [i, f, g, o] = split(add(x, recurrent(h)), c.shape[c.ndim - 1], -1);
  const next = kept(f, c, gated(i, g));
  return [gated(o, next), next];
};

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

  /** What the weights make of the input. */
  protected projected(x: Tensor): Tensor {
    return affine(x, this.weightIh, this.biasIh);
  }

  /** What the weights make of a state. */
  protected recurrent(): (h: Tensor) => Tensor {
    return (h) => affine(h, this.weightHh, this.biasHh);
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
export function checkState(name: string, state: Tensor, shape: readonly number[]): void {
  if (!(state instanceof Tensor)) {
    throw new ArgumentError("STATE_KIND", `${name}: the state is ${shown(state)}; give a tensor ${shapeText(shape)}`);
  }
  if (state.ndim === shape.length && state.shape.every((n, i) => n === shape[i])) return;
  throw new ShapeError("STATE_SHAPE", `${name}: state ${shapeText(state.shape)}; give ${shapeText(shape)}`);
}

/** Checks that a state is a pair, as that of an LSTM is. @throws ArgumentError `STATE_KIND`. */
export function checkPair(name: string, state: unknown): asserts state is LSTMState {
  if (Array.isArray(state) && state.length === 2) return;
  throw new ArgumentError("STATE_KIND", `${name}: the state is ${shown(state)}; give a pair of tensors, [h, c]`);
}

/**
 * One step of a plain recurrent network, `h' = tanh(x·W_ihᵀ + b_ih + h·W_hhᵀ + b_hh)`, or with a rectifier. Elman, 1990.
 *
 * `x: [batch, inputSize]` and a state `[batch, hiddenSize]` (zeros when left out) give the next state; both may go without the batch
 * axis. Weights start uniform in `±1/√hiddenSize`, as in PyTorch.
 *
 * @throws ArgumentError `SIZE_INVALID`, `CHOICE_UNKNOWN`, `OPTIONS_KIND`, `OPTION_UNKNOWN`; in `forward` ShapeError `INPUT_SHAPE`,
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
    const state = this.stateFor(x, h);
    return rnnStep(this.nonlinearity)(this.projected(x), state, this.recurrent());
  }

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
 * @throws ArgumentError `SIZE_INVALID`, `OPTIONS_KIND`, `OPTION_UNKNOWN`; in `forward` ShapeError `INPUT_SHAPE`, `STATE_SHAPE`,
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
    const state = this.stateFor(x, h);
    return gruStep(this.projected(x), state, this.recurrent());
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
 * @throws ArgumentError `SIZE_INVALID`, `OPTIONS_KIND`, `OPTION_UNKNOWN`; in `forward` ShapeError `INPUT_SHAPE`, `STATE_SHAPE`,
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
    if (state !== undefined) checkPair("LSTMCell", state);
    const h = this.stateFor(x, state?.[0]);
    return lstmStep(this.projected(x), [h, this.stateFor(x, state?.[1])], this.recurrent());
  }
}
