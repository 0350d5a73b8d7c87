import { ArgumentError, type Tensor } from "@adjoint/core";
import { checkPair, type LSTMState } from "./cells.js";
import { checkCount, checkOneOf } from "./checks.js";
import { Recurrent, type RecurrentOptions } from "./recurrent.js";
import { gruStep, lstmStep, type Nonlinearity, rnnStep, type States, type Step } from "./steps.js";

/** What the layers whose state is one tensor have in common. */
abstract class SingleState extends Recurrent<Tensor, Tensor> {
  protected readonly sizes: readonly number[] = [this.hiddenSize];

  protected take(h: Tensor | undefined): readonly (Tensor | undefined)[] {
    return [h];
  }

  /** The states as `forward` returns them. */
  protected give([h]: States): Tensor {
    return h;
  }
}

/** Options of {@link RNN}. */
export interface RNNOptions extends RecurrentOptions {
  /** The activation (default `"tanh"`). */
  readonly nonlinearity?: Nonlinearity;
}

/**
 * A plain recurrent network over whole sequences: {@link RNNCell} at each step, in one layer or several, one way or both.
 *
 * `x: [time, batch, inputSize]` (or `[batch, time, inputSize]` with `batchFirst`, or `[time, inputSize]`) and a first state
 * `[layers·directions, batch, hiddenSize]` (zeros when left out) give the output of the last layer, `[time, batch,
 * directions·hiddenSize]`, and the last state of all. Sequences of several lengths come as a {@link PackedSequence}, or with
 * `lengths`. Keys, layouts and initial weights, uniform in `±1/√hiddenSize`, are PyTorch's. Elman, 1990.
 *
 * @throws ArgumentError `SIZE_INVALID`, `PROBABILITY_INVALID`, `CHOICE_UNKNOWN`, `OPTION_INVALID`, `OPTIONS_KIND`, `OPTION_UNKNOWN`; in `forward` ShapeError
 * `INPUT_SHAPE`, `STATE_SHAPE`, ArgumentError `STATE_KIND`, `LENGTHS_INVALID`.
 * @example
 * ```ts
 * import { ones } from "@adjoint/core";
 * import { RNN } from "@adjoint/nn";
 * const [output, h] = new RNN(3, 4, { nonlinearity: "relu" }).forward(ones([5, 2, 3]));
 * console.log(output.shape, h.shape); // → [ 5, 2, 4 ] [ 1, 2, 4 ]
 * ```
 */
export class RNN extends SingleState {
  readonly nonlinearity: Nonlinearity; // the activation

  constructor(inputSize: number, hiddenSize: number, options: RNNOptions = {}) {
    super(1, inputSize, hiddenSize, options, 0, "nonlinearity");
    this.nonlinearity = checkOneOf("RNN", "nonlinearity", options.nonlinearity ?? "tanh", ["tanh", "relu"]);
  }

  protected get step(): Step {
    return rnnStep(this.nonlinearity);
  }
}

/**
 * A gated recurrent unit over whole sequences: {@link GRUCell} at each step, in one layer or several, one way or both. Shapes as in
 * {@link RNN}. Cho et al., 2014, arXiv:1406.1078.
 *
 * @throws as {@link RNN}.
 * @example
 * ```ts
 * import { ones } from "@adjoint/core";
 * import { GRU } from "@adjoint/nn";
 * const layer = new GRU(3, 4, { bidirectional: true, batchFirst: true });
 * const [output, h] = layer.forward(ones([2, 5, 3]), undefined, { lengths: [5, 3] });
 * console.log(output.shape, h.shape); // → [ 2, 5, 8 ] [ 2, 2, 4 ]
 * ```
 */
export class GRU extends SingleState {
  constructor(inputSize: number, hiddenSize: number, options: RecurrentOptions = {}) {
    super(3, inputSize, hiddenSize, options);
  }

  protected get step(): Step {
    return gruStep;
  }
}

/** Options of {@link LSTM}. */
export interface LSTMOptions extends RecurrentOptions {
  /** Project h to this many features (default 0: not at all). Sak et al., 2014, arXiv:1402.1128. */
  readonly projSize?: number;
}

/**
 * A long short-term memory over whole sequences: {@link LSTMCell} at each step, in one layer or several, one way or both. Shapes as in
 * {@link RNN}, with a state `[h, c]`. Hochreiter and Schmidhuber, 1997.
 *
 * @throws as {@link RNN}, and ArgumentError `SIZE_INVALID` unless `projSize` is below `hiddenSize`.
 * @example
 * ```ts
 * import { ones } from "@adjoint/core";
 * import { LSTM } from "@adjoint/nn";
 * const layer = new LSTM(3, 4, { numLayers: 2 });
 * const [output, [h, c]] = layer.forward(ones([5, 2, 3]));
 * console.log(output.shape, h.shape, c.shape); // → [ 5, 2, 4 ] [ 2, 2, 4 ] [ 2, 2, 4 ]
 * console.log(Object.keys(layer.stateDict()).slice(0, 2).join(" ")); // → weight_ih_l0 weight_hh_l0
 * ```
 */
export class LSTM extends Recurrent<LSTMState, LSTMState> {
  protected readonly sizes: readonly number[] = [this.outSize, this.hiddenSize];

  constructor(inputSize: number, hiddenSize: number, options: LSTMOptions = {}) {
    const { projSize = 0 } = options ?? {};
    super(4, inputSize, hiddenSize, options, checkCount("LSTM", "projSize", projSize, 0), "projSize");
    if (projSize < hiddenSize) return;
    throw new ArgumentError("SIZE_INVALID", `LSTM: projSize is ${projSize}; give less than hiddenSize, ${hiddenSize}`);
  }

  protected take(state: LSTMState | undefined): readonly (Tensor | undefined)[] {
    return checkPair("LSTM", state);
  }

  /** The states as `forward` returns them. */
  protected give([h, c]: States): LSTMState {
    return [h, c];
  }

  protected get step(): Step {
    return lstmStep;
  }
}
