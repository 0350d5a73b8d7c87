import { add, ArgumentError, checkOptions, checkTensor, gelu, type Generator, relu, type Tensor } from "@adjoint/core";
import { MultiheadAttention } from "./attention.js";
import type { MultiheadAttentionForward } from "./attention-mask.js";
import { checkCount, shown, checkFlags } from "./checks.js";
import { Dropout } from "./dropout.js";
import type { Field } from "./fields.js";
import { Linear } from "./linear.js";
import { Module } from "./module.js";
import { LayerNorm } from "./layer-norm.js";

/** Options of {@link TransformerEncoderLayer} and {@link TransformerDecoderLayer}. */
export interface TransformerLayerOptions {
  /** The features between the two linear maps (default 2048). */
  readonly dimFeedforward?: number;
  /** The probability of all dropouts, that of the attention weights too (default 0.1). */
  readonly dropout?: number;
  /** What stands between the two linear maps (default `"relu"`). */
  readonly activation?: "relu" | "gelu" | ((x: Tensor) => Tensor);
  /** What the normalisations add to the variance (default 1e-5). */
  readonly layerNormEps?: number;
  /** Batches are `[batch, length, features]` rather than `[length, batch, features]` (default false). */
  readonly batchFirst?: boolean;
  /** Normalise what goes into each part rather than the sum behind it (default false). */
  readonly normFirst?: boolean;
  /** Add biases in linear maps, projections and normalisations (default true). */
  readonly bias?: boolean;
  /** Where initial weights and dropout come from (default the generator that `manualSeed` sets). */
  readonly generator?: Generator;
}

/** The names of the options of the layers. */
export const layerOptionNames = [
  "dimFeedforward",
  "dropout",
  "activation",
  "layerNormEps",
  "batchFirst",
  "normFirst",
  "bias",
  "generator",
];

/**
 * What {@link TransformerEncoderLayer} takes beside the sequence. Masks mean what those of {@link MultiheadAttention} do: true is not
 * attended, and numbers are added to the scores.
 */
export interface EncoderLayerForward {
  /** `[length, length]` or `[batch·heads, length, length]` (default none). */
  readonly srcMask?: Tensor | null;
  /** `[batch, length]`, without a batch `[length]` (default none). */
  readonly srcKeyPaddingMask?: Tensor | null;
  /** Let each place attend only itself and those before, beside what the masks say (default false). */
  readonly isCausal?: boolean;
}

/** What {@link TransformerDecoderLayer} takes beside the two sequences. Masks mean what those of {@link MultiheadAttention} do. */
export interface DecoderForward {
  /** `[length, length]` or `[batch·heads, length, length]` (default none). */
  readonly tgtMask?: Tensor | null;
  /** `[length, memory length]` or `[batch·heads, length, memory length]` (default none). */
  readonly memoryMask?: Tensor | null;
  /** `[batch, length]`, without a batch `[length]` (default none). */
  readonly tgtKeyPaddingMask?: Tensor | null;
  /** `[batch, memory length]`, without a batch `[memory length]` (default none). */
  readonly memoryKeyPaddingMask?: Tensor | null;
  /** Let each place attend only itself and those before, beside what the masks say (default false). */
  readonly tgtIsCausal?: boolean;
  /** Let place `i` attend only the places `0 … i` of the memory, beside what the masks say (default false). */
  readonly memoryIsCausal?: boolean;
}

/** What the two layers have in common: attention to the sequence itself, and two linear maps. */
abstract class TransformerLayer<Inputs extends readonly unknown[]> extends Module<Inputs> {
  readonly selfAttn: MultiheadAttention; // attention of the sequence to itself
  readonly linear1: Linear; // dModel to dimFeedforward
  readonly dropout: Dropout; // behind the activation
  readonly linear2: Linear; // dimFeedforward to dModel
  readonly norm1: LayerNorm; // of the first part
  readonly norm2: LayerNorm; // of the second part
  readonly dropout1: Dropout; // behind the first part
  readonly dropout2: Dropout; // behind the second part
  readonly normFirst: boolean; // whether what goes into each part is normalised, rather than the sum behind it
  readonly activation: (x: Tensor) => Tensor; // between the two linear maps

  constructor(dModel: number, nhead: number, options: TransformerLayerOptions) {
    super();
    const { name } = new.target;
    checkOptions(name, options, "{ dimFeedforward: 64 }", layerOptionNames);
    const { dimFeedforward = 2048, activation = "relu", normFirst = false } = options;
    checkFlags(new.target.name, { normFirst });
    for (const [what, count] of Object.entries({ dModel, nhead, dimFeedforward })) checkCount(name, what, count);
    this.selfAttn = attentionOf(dModel, nhead, options);
    this.linear1 = linearOf(dModel, dimFeedforward, options);
    this.dropout = dropoutOf(options);
    this.linear2 = linearOf(dimFeedforward, dModel, options);
    this.norm1 = normOf(dModel, options);
    this.norm2 = normOf(dModel, options);
    this.dropout1 = dropoutOf(options);
    this.dropout2 = dropoutOf(options);
    this.normFirst = normFirst;
    this.activation = activationOf(name, activation);
  }

  /** A part beside a way around it: `norm(x + part(x))`, or `x + part(norm(x))` with `normFirst`. */
  protected around(x: Tensor, norm: LayerNorm, dropout: Dropout, part: (x: Tensor) => Tensor): Tensor {
    checkTensor(this.constructor.name, x);
    if (this.normFirst) return add(x, dropout.forward(part(norm.forward(x))));
    return norm.forward(add(x, dropout.forward(part(x))));
  }

  /** Attention of the sequence to itself, the first part. */
  protected attendItself(x: Tensor, options: MultiheadAttentionForward): Tensor {
    const part = (y: Tensor): Tensor => this.selfAttn.forward(y, y, y, { ...options, needWeights: false })[0];
    return this.around(x, this.norm1, this.dropout1, part);
  }

  /** The two linear maps, the last part. */
  protected feedForward(x: Tensor, norm: LayerNorm, dropout: Dropout): Tensor {
    const part = (y: Tensor): Tensor =>
      this.linear2.forward(this.dropout.forward(this.activation(this.linear1.forward(y))));
    return this.around(x, norm, dropout, part);
  }
}

/**
 * A layer of a transformer's encoder: attention of a sequence to itself, then two linear maps with an activation between them, each
 * beside a way around it: `y = norm₁(x + attention(x))`, `norm₂(y + W₂·activation(W₁·y + b₁) + b₂)`; with `normFirst`
 * `y = x + attention(norm₁(x))`, `y + W₂·activation(W₁·norm₂(y) + b₁) + b₂`. Vaswani et al., 2017, arXiv:1706.03762.
 *
 * `src: [length, batch, dModel]`, or `[batch, length, dModel]` with `batchFirst`, or `[length, dModel]`, gives the same shape.
 *
 * @throws ArgumentError `SIZE_INVALID`, `HEADS_INVALID`, `PROBABILITY_INVALID`, `ACTIVATION_UNKNOWN`, `GENERATOR_KIND`, `OPTION_INVALID`, `OPTIONS_KIND`,
 * `OPTION_UNKNOWN`; in `forward` what {@link MultiheadAttention} throws.
 * @example
 * ```ts
 * import { ones } from "@adjoint/core";
 * import { TransformerEncoderLayer } from "@adjoint/nn";
 * const layer = new TransformerEncoderLayer(8, 2, { dimFeedforward: 16, activation: "gelu", batchFirst: true });
 * console.log(layer.forward(ones([3, 5, 8]), { isCausal: true }).shape); // → [ 3, 5, 8 ]
 * ```
 */
export class TransformerEncoderLayer extends TransformerLayer<[src: Tensor, options?: EncoderLayerForward]> {
  constructor(dModel: number, nhead: number, options: TransformerLayerOptions = {}) {
    super(dModel, nhead, options);
  }

  forward(src: Tensor, options: EncoderLayerForward = {}): Tensor {
    checkOptions("TransformerEncoderLayer", options, "{ isCausal: true }", [
      "srcMask",
      "srcKeyPaddingMask",
      "isCausal",
    ]);
    const { srcMask: attnMask, srcKeyPaddingMask: keyPaddingMask, isCausal } = options;
    return this.feedForward(this.attendItself(src, { attnMask, keyPaddingMask, isCausal }), this.norm2, this.dropout2);
  }
}

/**
 * A layer of a transformer's decoder: attention of a sequence to itself, attention to the memory, which is what an encoder gave,
 * and two linear maps with an activation between them, each beside a way around it as in {@link TransformerEncoderLayer}. Vaswani et
 * al., 2017, arXiv:1706.03762.
 *
 * `tgt: [length, batch, dModel]` and `memory: [memory length, batch, dModel]`, or with `batchFirst` the batch in front, or both without
 * a batch, give the shape of `tgt`.
 *
 * @throws as {@link TransformerEncoderLayer}.
 * @example
 * ```ts
 * import { ones } from "@adjoint/core";
 * import { TransformerDecoderLayer } from "@adjoint/nn";
 * const layer = new TransformerDecoderLayer(8, 2, { dimFeedforward: 16, batchFirst: true });
 * console.log(layer.forward(ones([3, 4, 8]), ones([3, 5, 8]), { tgtIsCausal: true }).shape); // → [ 3, 4, 8 ]
 * ```
 */
export class TransformerDecoderLayer extends TransformerLayer<[tgt: Tensor, memory: Tensor, options?: DecoderForward]> {
  readonly multiheadAttn: MultiheadAttention; // attention to the memory
  readonly norm3: LayerNorm; // of the third part
  readonly dropout3: Dropout; // behind the third part

  constructor(dModel: number, nhead: number, options: TransformerLayerOptions = {}) {
    super(dModel, nhead, options);
    this.multiheadAttn = attentionOf(dModel, nhead, options);
    this.norm3 = normOf(dModel, options);
    this.dropout3 = dropoutOf(options);
  }

  /** @internal In PyTorch's order, in which optimizers number the parameters. */
  override fields(): Iterable<Field> {
    const { selfAttn, multiheadAttn, linear1, dropout, linear2, norm1, norm2, norm3, ...others } = this;
    return Object.entries({ selfAttn, multiheadAttn, linear1, dropout, linear2, norm1, norm2, norm3, ...others });
  }

  forward(tgt: Tensor, memory: Tensor, options: DecoderForward = {}): Tensor {
    checkOptions("TransformerDecoderLayer", options, "{ tgtIsCausal: true }", decoderForwardNames);
    const x = this.attendItself(tgt, {
      attnMask: options.tgtMask,
      keyPaddingMask: options.tgtKeyPaddingMask,
      isCausal: options.tgtIsCausal,
    });
    const how = {
      attnMask: options.memoryMask,
      keyPaddingMask: options.memoryKeyPaddingMask,
      isCausal: options.memoryIsCausal,
      needWeights: false,
    };
    const toMemory = (y: Tensor): Tensor => this.multiheadAttn.forward(y, memory, memory, how)[0];
    return this.feedForward(this.around(x, this.norm2, this.dropout2, toMemory), this.norm3, this.dropout3);
  }
}

/** The names of {@link DecoderForward}. */
export const decoderForwardNames = [
  "tgtMask",
  "memoryMask",
  "tgtKeyPaddingMask",
  "memoryKeyPaddingMask",
  "tgtIsCausal",
  "memoryIsCausal",
];

function attentionOf(dModel: number, nhead: number, options: TransformerLayerOptions): MultiheadAttention {
  const { dropout = 0.1, bias, batchFirst, generator } = options;
  return new MultiheadAttention(dModel, nhead, { dropout, bias, batchFirst, generator });
}

function linearOf(from: number, to: number, { bias, generator }: TransformerLayerOptions): Linear {
  return new Linear(from, to, { bias, generator });
}

function dropoutOf({ dropout = 0.1, generator }: TransformerLayerOptions): Dropout {
  return new Dropout(dropout, { generator });
}

/** A normalisation with the options of a layer. */
export function normOf(dModel: number, { layerNormEps: eps, bias }: TransformerLayerOptions): LayerNorm {
  return new LayerNorm(dModel, { eps, bias });
}

function activationOf(name: string, activation: TransformerLayerOptions["activation"]): (x: Tensor) => Tensor {
  if (typeof activation === "function") return activation;
  if (activation === "relu") return relu;
  if (activation === "gelu") return gelu;
  throw new ArgumentError(
    "ACTIVATION_UNKNOWN",
    `${name}: activation is ${shown(activation)}; use "relu", "gelu" or a function of a tensor`,
  );
}
