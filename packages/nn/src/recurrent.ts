import {
  add,
  arange,
  checkOptions,
  checkTensor,
  concat,
  type Generator,
  gt,
  Parameter,
  reshape,
  select,
  ShapeError,
  stack,
  swapAxes,
  Tensor,
  tensor,
  unbind,
  unsqueeze,
  where,
  zeros,
} from "@adjoint/core";
import { affine, checkState } from "./cells.js";
import { checkCount, checkGenerator, checkLayers, checkProbability, shapeText, checkFlags } from "./checks.js";
import { dropout } from "./dropout.js";
import { Module } from "./module.js";
import { checkLengths, PackedSequence, packPaddedSequence, padPackedSequence } from "./packed.js";
import { scan } from "./scan.js";
import type { States, Step } from "./steps.js";

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
  readonly lengths?: Lengths;
}

/** The length of each sequence. */
type Lengths = Tensor | readonly number[];

/** A sequence, padded or packed. */
export type Sequence = Tensor | PackedSequence;

const optionNames = ["numLayers", "bias", "batchFirst", "dropout", "bidirectional", "generator"];

/** What the recurrent layers have in common: everything but the step. */
export abstract class Recurrent<In, Out> extends Module<
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
    const { numLayers = 1, bias = true, batchFirst = false, bidirectional = false } = options;
    checkFlags(name, { bias, batchFirst, bidirectional });
    this.generator = checkGenerator(name, options.generator);
    this.inputSize = checkCount(name, "inputSize", inputSize);
    this.hiddenSize = checkCount(name, "hiddenSize", hiddenSize);
    this.numLayers = checkLayers(name, numLayers);
    this.dropout = checkProbability(name, "dropout", options.dropout ?? 0);
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
  protected abstract readonly step: Step;
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

  private weight(name: string): Parameter | null {
    return (Reflect.get(this, name) as Parameter | undefined) ?? null;
  }

  /** The output of the last layer at every step, and the last states of all layers, for a padded sequence. */
  forward(x: Tensor, state?: In, options?: SequenceOptions): readonly [output: Tensor, state: Out];
  /** The same for a packed sequence, packed again. */
  forward(x: PackedSequence, state?: In): readonly [output: PackedSequence, state: Out];
  /** The same for either. */
  forward(x: Sequence, state?: In, options?: SequenceOptions): readonly [output: Sequence, state: Out];
  forward(x: Sequence, state?: In, options: SequenceOptions = {}): readonly [Sequence, Out] {
    const { name } = this.constructor;
    checkOptions(name, options, "{ lengths }", ["lengths"]);
    if (x instanceof PackedSequence) {
      const [padded, lengths] = padPackedSequence(x);
      this.check(padded, 3, false);
      const [output, last] = this.run(padded, state, lengths);
      return [packPaddedSequence(output, lengths, { enforceSorted: false }), last];
    }
    checkTensor(name, x);
    this.check(x, 2, this.batchFirst);
    const isBatch = x.ndim === 3;
    const inTime = isBatch ? (this.batchFirst ? swapAxes(x, 0, 1) : x) : unsqueeze(x, 1);
    const [output, last] = this.run(inTime, state, options.lengths, isBatch);
    if (!isBatch) return [output.squeeze(1), last];
    return [this.batchFirst ? swapAxes(output, 0, 1) : output, last];
  }

  private check({ ndim, shape }: Tensor, least: number, batchFirst: boolean): void {
    const time = shape[batchFirst && ndim === 3 ? 1 : 0];
    if (ndim >= least && ndim <= 3 && shape[ndim - 1] === this.inputSize && time > 0) return;
    const order = batchFirst ? "batch, time" : "time, batch";
    throw new ShapeError(
      "INPUT_SHAPE",
      `${this.constructor.name}: input ${shapeText(shape)}; give [${order}, ${this.inputSize}] or [time, ${this.inputSize}], at least one step`,
    );
  }

  /** All layers, over `[time, batch, inputSize]`. */
  private run(x: Tensor, state: In | undefined, lengths: Lengths | undefined, isBatch = true): [Tensor, Out] {
    const [time, batch] = x.shape;
    const first = this.firstStates(x, state, isBatch);
    const isPresent = lengths === undefined ? null : this.presence(lengths, time, batch);
    // Else NaN in the padding would reach the gradients of the weights, as 0 times NaN.
    let y = isPresent ? where(isPresent, x, 0) : x;
    const last: Tensor[][] = this.sizes.map(() => []);
    for (let k = 0; k < this.numLayers; k++) {
      if (k > 0) y = dropout(y, { p: this.dropout, training: this.training, generator: this.generator });
      const outputs = this.suffixes(k).map((suffix, d) => {
        const start = first.map((each) => each[k * this.directions + d]);
        const states = this.runOne(y, start, suffix, isPresent);
        states.forEach((each, i) => last[i].push(select(each, 0, d === 1 ? 0 : -1)));
        return isPresent ? where(isPresent, states[0], 0) : states[0];
      });
      y = outputs.length === 1 ? outputs[0] : concat(outputs, -1);
    }
    const states = last.map((each) => stack(each));
    return [y, this.give(isBatch ? states : states.map((each) => each.squeeze(1)))];
  }

  /** One direction of one layer: the states after every step. */
  private runOne(x: Tensor, first: States, suffix: string, isPresent: Tensor | null): States {
    const [weightIh, weightHh] = [this.weight(`weightIh${suffix}`), this.weight(`weightHh${suffix}`)] as Parameter[];
    const [biasIh, biasHh] = [this.weight(`biasIh${suffix}`), this.weight(`biasHh${suffix}`)];
    const { step } = this;
    const isAdded = step.adds && biasIh !== null && biasHh !== null;
    const pass = {
      // The input of all steps in one product, which is many times faster than one for each.
      x: affine(x, weightIh, isAdded ? add(biasIh, biasHh) : biasIh),
      ...{ weightHh, biasHh: isAdded ? null : biasHh, weightHr: this.weight(`weightHr${suffix}`), isPresent, first },
    };
    return scan(step, pass, suffix.endsWith("Reverse"));
  }

  /** For each step, which sequences are not over yet: `[time, batch, 1]`. */
  private presence(lengths: Lengths, time: number, batch: number): Tensor {
    checkLengths(this.constructor.name, lengths, batch, time);
    const ends = lengths instanceof Tensor ? lengths : tensor(Int32Array.from(lengths), { shape: [batch] });
    return gt(reshape(ends, [1, batch, 1]), reshape(arange(time), [time, 1, 1]));
  }

  /** The first states, one for each layer and direction: zeros where none are given. */
  private firstStates({ shape }: Tensor, state: In | undefined, isBatch: boolean): Tensor[][] {
    const count = this.numLayers * this.directions;
    return this.take(state).map((given, i) => {
      const one = isBatch ? [shape[1], this.sizes[i]] : [this.sizes[i]];
      if (given === undefined) {
        const start = zeros([shape[1], this.sizes[i]], { dtype: this.weightHhL0.dtype });
        return new Array<Tensor>(count).fill(start);
      }
      checkState(this.constructor.name, given, [count, ...one], this.axesOfState(isBatch));
      return unbind(isBatch ? given : unsqueeze(given, 1));
    });
  }

  /** What the sizes of a state are, for a message. */
  private axesOfState(isBatch: boolean): string {
    const count = this.directions === 2 ? "2·numLayers" : "numLayers";
    if (!isBatch) return `[${count}, features]`;
    const [axis, given] = this.batchFirst ? [0, ""] : [1, "out"];
    return `[${count}, batch, features]; with${given} batchFirst the batch is axis ${axis} of the input`;
  }

  protected override extraRepr(): string {
    const { inputSize, hiddenSize, numLayers, batchFirst, bidirectional } = this;
    return (
      `inputSize=${inputSize}, hiddenSize=${hiddenSize}, numLayers=${numLayers}, batchFirst=${batchFirst}, ` +
      `dropout=${this.dropout}, bidirectional=${bidirectional}`
    );
  }
}
