import {
  ArgumentError,
  arange,
  checkOptions,
  checkTensor,
  concat,
  type Generator,
  gt,
  matmul,
  Parameter,
  reshape,
  ShapeError,
  stack,
  swapAxes,
  Tensor,
  tensor,
  transpose,
  unbind,
  unsqueeze,
  where,
  zeros,
} from "@adjoint/core";
import {
  affine,
  checkPair,
  checkState,
  gruStep,
  lstmStep,
  type LSTMState,
  type Nonlinearity,
  rnnStep,
} from "./cells.js";
import { checkCount, checkGenerator, checkLayers, checkOneOf, checkProbability, shapeText } from "./checks.js";
import { dropBelow } from "./dropout.js";
import { Module } from "./module.js";
import { checkedLengths, PackedSequence, packPaddedSequence, padPackedSequence } from "./packed.js";

/** Options of the recurrent layers. */
export interface RecurrentOptions {
  /** How many layers, each reading what the one below gives (default 1). */
  readonly numLayers?: number;
  /** Add biases (default true). */
  readonly bias?: boolean;
  /** The batch is axis 0 of input and output, and time axis 1 (default false: the other way round). States are not concerned. */
  readonly batchFirst?: boolean;
  /** In training, the probability that an element between two layers becomes 0 (default 0). */
  readonly dropout?: number;
  /** Read each sequence backwards too; both results side by side make the output (default false). */
  readonly bidirectional?: boolean;
  /** Where weights and dropout get their numbers from (default the generator that `manualSeed` sets). */
  readonly generator?: Generator;
}

/** What `forward` of a recurrent layer can be told. */
export interface SequenceOptions {
  /**
   * The length of each sequence of a padded batch: what comes after it is not read, the output there is 0, and the last state is that
   * at its own end.
   */
  readonly lengths?: Tensor | readonly number[];
}

/** A sequence, padded or packed. */
export type Sequence = Tensor | PackedSequence;

/** The states of all layers and directions: one tensor, or h and c of an LSTM. */
type States = readonly Tensor[];

/** What one direction of one layer computes with. */
interface Weights {
  readonly weightIh: Tensor;
  readonly weightHh: Tensor;
  readonly biasIh: Tensor | null;
  readonly biasHh: Tensor | null;
  readonly weightHr: Tensor | null;
}

const optionNames = ["numLayers", "bias", "batchFirst", "dropout", "bidirectional", "generator"];

/** What the recurrent layers have in common: everything but the step. */
abstract class Recurrent<In, Out> extends Module<
  [x: Sequence, state?: In, options?: SequenceOptions],
  readonly [Sequence, Out]
> {
  /** The weights of layer k are `weightIhLk`, `weightHhLk`, `biasIhLk`, `biasHhLk`, with `Reverse` at the end for the way back. */
  readonly [weights: `${"weight" | "bias"}${"Ih" | "Hh" | "Hr"}L${string}`]: Parameter;
  readonly inputSize: number; // features of x
  readonly hiddenSize: number; // features of the state
  readonly numLayers: number; // layers, one above the other
  readonly batchFirst: boolean; // whether the batch is axis 0
  readonly dropout: number; // between layers
  readonly bidirectional: boolean; // whether it goes both ways
  protected readonly outSize: number; // features of h
  private readonly generator: Generator;

  constructor(
    gates: number,
    inputSize: number,
    hiddenSize: number,
    options: RecurrentOptions,
    projSize = 0,
    ...others: string[]
  ) {
    super();
    const { name } = new.target;
    checkOptions(name, options, "{ numLayers: 2 }", [...optionNames, ...others]);
    const { numLayers = 1, bias = true, batchFirst = false, dropout = 0, bidirectional = false } = options;
    this.generator = checkGenerator(name, options.generator);
    this.inputSize = checkCount(name, "inputSize", inputSize);
    this.hiddenSize = checkCount(name, "hiddenSize", hiddenSize);
    this.numLayers = checkLayers(name, numLayers);
    this.dropout = checkProbability(name, "dropout", dropout);
    this.batchFirst = batchFirst;
    this.bidirectional = bidirectional;
    this.outSize = projSize || hiddenSize;
    const shapes = (width: number): Record<string, number[]> => ({
      weightIh: [gates * hiddenSize, width],
      weightHh: [gates * hiddenSize, this.outSize],
      ...(bias && { biasIh: [gates * hiddenSize], biasHh: [gates * hiddenSize] }),
      ...(projSize > 0 && { weightHr: [projSize, hiddenSize] }),
    });
    const bound = 1 / Math.sqrt(hiddenSize);
    for (let k = 0; k < numLayers; k++) {
      for (const suffix of this.suffixes(k)) {
        const width = k === 0 ? inputSize : this.outSize * this.directions;
        for (const [part, shape] of Object.entries(shapes(width))) {
          Reflect.set(this, part + suffix, new Parameter(this.generator.uniform(shape, -bound, bound)));
        }
      }
    }
  }

  /** One step, of h alone or of h and c. */
  protected abstract step(x: Tensor, states: States, recurrent: (h: Tensor) => Tensor): States;
  /** How the states are given: one tensor, or a pair. */
  protected abstract take(state: In | undefined): readonly (Tensor | undefined)[];
  protected abstract give(states: States): Out;
  /** The features of each state. */
  protected abstract readonly sizes: readonly number[];

  private get directions(): number {
    return this.bidirectional ? 2 : 1;
  }

  /** The ends of the names of the weights of a layer, one for each direction. */
  private suffixes(layer: number): string[] {
    return this.bidirectional ? [`L${layer}`, `L${layer}Reverse`] : [`L${layer}`];
  }

  private weights(suffix: string): Weights {
    const get = (part: string): Tensor | null => (Reflect.get(this, part + suffix) as Tensor | undefined) ?? null;
    const [weightIh, weightHh] = [get("weightIh"), get("weightHh")] as [Tensor, Tensor];
    return { weightIh, weightHh, biasIh: get("biasIh"), biasHh: get("biasHh"), weightHr: get("weightHr") };
  }

  forward(x: Tensor, state?: In, options?: SequenceOptions): readonly [output: Tensor, state: Out];
  forward(x: PackedSequence, state?: In): readonly [output: PackedSequence, state: Out];
  forward(x: Sequence, state?: In, options?: SequenceOptions): readonly [output: Sequence, state: Out];
  forward(x: Sequence, state?: In, options: SequenceOptions = {}): readonly [Sequence, Out] {
    const { name } = this.constructor;
    checkOptions(name, options, "{ lengths }", ["lengths"]);
    if (x instanceof PackedSequence) {
      const [padded, lengths] = padPackedSequence(x);
      const [output, last] = this.run(padded, state, lengths);
      return [packPaddedSequence(output, lengths, { enforceSorted: false }), last];
    }
    checkTensor(name, x);
    if (x.ndim < 2 || x.ndim > 3 || x.shape[x.ndim - 1] !== this.inputSize || x.shape[this.timeAxis(x)] === 0) {
      const order = this.batchFirst ? "batch, time" : "time, batch";
      throw new ShapeError(
        "INPUT_SHAPE",
        `${name}: input ${shapeText(x.shape)}; give [${order}, ${this.inputSize}] or [time, ${this.inputSize}], at least one step`,
      );
    }
    const isBatch = x.ndim === 3;
    const inTime = isBatch ? (this.batchFirst ? swapAxes(x, 0, 1) : x) : unsqueeze(x, 1);
    const [output, last] = this.run(inTime, state, options.lengths, isBatch);
    if (!isBatch) return [output.squeeze(1), last];
    return [this.batchFirst ? swapAxes(output, 0, 1) : output, last];
  }

  private timeAxis(x: Tensor): number {
    return this.batchFirst && x.ndim === 3 ? 1 : 0;
  }

  /** All layers, over `[time, batch, inputSize]`. */
  private run(x: Tensor, state: In | undefined, lengths: unknown, isBatch = true): [Tensor, Out] {
    const [time, batch] = x.shape;
    const first = this.firstStates(x, state, isBatch);
    const isPresent = lengths === undefined ? null : this.presence(lengths, time, batch);
    let y = x;
    const last: Tensor[][] = this.sizes.map(() => []);
    for (let k = 0; k < this.numLayers; k++) {
      if (k > 0) y = this.dropped(y);
      const outputs = this.suffixes(k).map((suffix, d) => {
        const start = first.map((each) => each[k * this.directions + d]);
        const [output, end] = this.runOne(y, start, this.weights(suffix), d === 1, isPresent);
        end.forEach((each, i) => last[i].push(each));
        return output;
      });
      y = outputs.length === 1 ? outputs[0] : concat(outputs, -1);
    }
    const states = last.map((each) => stack(each));
    return [y, this.give(isBatch ? states : states.map((each) => each.squeeze(1)))];
  }

  /** One direction of one layer. */
  private runOne(
    x: Tensor,
    start: States,
    { weightIh, weightHh, biasIh, biasHh, weightHr }: Weights,
    backwards: boolean,
    isPresent: readonly Tensor[] | null,
  ): [output: Tensor, end: States] {
    // The input of all steps in one product, which is many times faster than one for each.
    const projected = unbind(affine(x, weightIh, biasIh));
    const across = transpose(weightHh);
    const recurrent = (h: Tensor): Tensor => (biasHh ? matmul(h, across).add(biasHh) : matmul(h, across));
    const outputs = new Array<Tensor>(projected.length);
    let states = start;
    for (let i = 0; i < projected.length; i++) {
      const t = backwards ? projected.length - 1 - i : i;
      let next = this.step(projected[t], states, recurrent);
      if (weightHr) next = [matmul(next[0], transpose(weightHr)), ...next.slice(1)];
      if (isPresent) next = next.map((each, k) => where(isPresent[t], each, states[k]));
      outputs[t] = isPresent ? where(isPresent[t], next[0], 0) : next[0];
      states = next;
    }
    return [stack(outputs), states];
  }

  /** For each step, which sequences are not over yet: `[batch, 1]`. */
  private presence(lengths: unknown, time: number, batch: number): Tensor[] {
    const known = checkedLengths(this.constructor.name, lengths, batch, time);
    const ends = lengths instanceof Tensor ? lengths : tensor(Int32Array.from(known), { shape: [known.length] });
    return unbind(gt(reshape(ends, [1, batch, 1]), reshape(arange(time), [time, 1, 1])));
  }

  private dropped(x: Tensor): Tensor {
    if (!this.training || this.dropout === 0) return x;
    const dtype = x.dtype === "float64" ? "float64" : "float32";
    return dropBelow(x, this.generator.uniform(x.shape, 0, 1, { dtype }), this.dropout);
  }

  /** The first states, one for each layer and direction: zeros where none are given. */
  private firstStates({ shape }: Tensor, state: In | undefined, isBatch: boolean): Tensor[][] {
    const count = this.numLayers * this.directions;
    return this.take(state).map((given, i) => {
      const one = isBatch ? [shape[1], this.sizes[i]] : [this.sizes[i]];
      if (given === undefined) {
        const start = zeros([shape[1], this.sizes[i]], { dtype: this.weights("L0").weightHh.dtype });
        return new Array<Tensor>(count).fill(start);
      }
      checkState(this.constructor.name, given, [count, ...one]);
      return unbind(isBatch ? given : unsqueeze(given, 1));
    });
  }

  protected override extraRepr(): string {
    const { inputSize, hiddenSize, numLayers, batchFirst, dropout, bidirectional } = this;
    return (
      `inputSize=${inputSize}, hiddenSize=${hiddenSize}, numLayers=${numLayers}, batchFirst=${batchFirst}, ` +
      `dropout=${dropout}, bidirectional=${bidirectional}`
    );
  }
}

/** What the layers whose state is one tensor have in common. */
abstract class SingleState extends Recurrent<Tensor, Tensor> {
  protected readonly sizes: readonly number[] = [this.hiddenSize];

  protected take(h: Tensor | undefined): readonly (Tensor | undefined)[] {
    return [h];
  }

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
 * @throws ArgumentError `SIZE_INVALID`, `PROBABILITY_INVALID`, `CHOICE_UNKNOWN`, `OPTIONS_KIND`, `OPTION_UNKNOWN`; in `forward` ShapeError
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

  protected step(x: Tensor, [h]: States, recurrent: (h: Tensor) => Tensor): States {
    return [rnnStep(this.nonlinearity)(x, h, recurrent)];
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

  protected step(x: Tensor, [h]: States, recurrent: (h: Tensor) => Tensor): States {
    return [gruStep(x, h, recurrent)];
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
    if (state === undefined) return [undefined, undefined];
    checkPair("LSTM", state);
    return state;
  }

  protected give([h, c]: States): LSTMState {
    return [h, c];
  }

  protected step(x: Tensor, [h, c]: States, recurrent: (h: Tensor) => Tensor): States {
    return lstmStep(x, [h, c], recurrent);
  }
}
