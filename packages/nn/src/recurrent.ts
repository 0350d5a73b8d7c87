import {
  add,
  ArgumentError,
  checkOptions,
  checkTensor,
  type Generator,
  matmul,
  mul,
  Parameter,
  sigmoid,
  ShapeError,
  split,
  tanh,
  Tensor,
  transpose,
  zeros,
} from "@adjoint/core";
import { checkCount, checkGenerator, shown } from "./checks.js";
import { Module } from "./module.js";

/** Options of the recurrent cells. */
export interface CellOptions {
  /** Add biases (default true). */
  readonly bias?: boolean;
  /** Where the initial weights come from (default the generator that `manualSeed` sets). */
  readonly generator?: Generator;
}

/** The state of an LSTM: its output h and its memory c, both `[batch, hiddenSize]`. */
export type LSTMState = readonly [h: Tensor, c: Tensor];

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
export class LSTMCell extends Module<[x: Tensor, state?: LSTMState], LSTMState> {
  readonly weightIh: Parameter; // [4·hiddenSize, inputSize]
  readonly weightHh: Parameter; // [4·hiddenSize, hiddenSize]
  readonly biasIh: Parameter | null; // [4·hiddenSize]
  readonly biasHh: Parameter | null; // [4·hiddenSize]
  readonly inputSize: number; // features of x
  readonly hiddenSize: number; // features of h and of c

  constructor(inputSize: number, hiddenSize: number, options: CellOptions = {}) {
    super();
    checkOptions("LSTMCell", options, "{ bias: false }", ["bias", "generator"]);
    const { bias = true } = options;
    const generator = checkGenerator("LSTMCell", options.generator);
    this.inputSize = checkCount("LSTMCell", "inputSize", inputSize);
    this.hiddenSize = checkCount("LSTMCell", "hiddenSize", hiddenSize);
    const bound = 1 / Math.sqrt(hiddenSize);
    const uniform = (...shape: number[]): Parameter => new Parameter(generator.uniform(shape, -bound, bound));
    this.weightIh = uniform(4 * hiddenSize, inputSize);
    this.weightHh = uniform(4 * hiddenSize, hiddenSize);
    this.biasIh = bias ? uniform(4 * hiddenSize) : null;
    this.biasHh = bias ? uniform(4 * hiddenSize) : null;
  }

  forward(x: Tensor, state?: LSTMState): LSTMState {
    const [h, c] = this.checked(x, state);
    let gates = add(matmul(x, transpose(this.weightIh)), matmul(h, transpose(this.weightHh)));
    if (this.biasIh && this.biasHh) gates = add(gates, add(this.biasIh, this.biasHh));
    const [i, f, g, o] = split(gates, this.hiddenSize, -1);
    const next = add(mul(sigmoid(f), c), mul(sigmoid(i), tanh(g)));
    return [mul(sigmoid(o), tanh(next)), next];
  }

  private checked(x: Tensor, state: LSTMState | undefined): LSTMState {
    checkTensor("LSTMCell", x);
    if (x.ndim < 1 || x.ndim > 2 || x.shape[x.ndim - 1] !== this.inputSize) {
      throw new ShapeError(
        "INPUT_SHAPE",
        `LSTMCell: input [${x.shape.join(", ")}]; give [batch, ${this.inputSize}] or [${this.inputSize}]`,
      );
    }
    const shape = [...x.shape.slice(0, -1), this.hiddenSize];
    if (state === undefined) {
      const start = zeros(shape, { dtype: this.weightHh.dtype });
      return [start, start];
    }
    if (!Array.isArray(state) || state.length !== 2 || !state.every((part) => part instanceof Tensor)) {
      throw new ArgumentError("STATE_KIND", `LSTMCell: the state is ${shown(state)}; give a pair of tensors, [h, c]`);
    }
    for (const part of state as LSTMState) {
      if (part.ndim === shape.length && part.shape.every((n, i) => n === shape[i])) continue;
      throw new ShapeError(
        "STATE_SHAPE",
        `LSTMCell: state [${part.shape.join(", ")}] beside input [${x.shape.join(", ")}]; give [${shape.join(", ")}]`,
      );
    }
    return state;
  }

  protected override extraRepr(): string {
    return `inputSize=${this.inputSize}, hiddenSize=${this.hiddenSize}, bias=${this.biasIh !== null}`;
  }
}
