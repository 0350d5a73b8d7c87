import {
  add,
  ArgumentError,
  type AttentionOptions,
  attentionWeights,
  checkOptions,
  concat,
  expand,
  type Generator,
  matmul,
  mean,
  narrow,
  Parameter,
  permute,
  reshape,
  scaledDotProductAttention,
  ShapeError,
  type Tensor,
  transpose,
  zeros,
} from "@adjoint/core";
import { maskFor, type MultiheadAttentionForward } from "./attention-mask.js";
import { checkCount, checkFlags, checkGenerator, checkProbability, checkRole, shapeText, sameShape } from "./checks.js";
import { xavierNormal, xavierUniform } from "./init.js";
import { Linear } from "./linear.js";
import { Module } from "./module.js";

/** Options of {@link MultiheadAttention}. */
export interface MultiheadAttentionOptions {
  /** The probability with which a weight of the attention becomes 0 in training (default 0). */
  readonly dropout?: number;
  /** Add a bias in all projections (default true). */
  readonly bias?: boolean;
  /** Add a learned key and value to those of each sequence (default false). */
  readonly addBiasKv?: boolean;
  /** Add a key and a value of zeros to those of each sequence (default false). */
  readonly addZeroAttn?: boolean;
  /** The features of the keys (default `embedDim`). */
  readonly kdim?: number;
  /** The features of the values (default `embedDim`). */
  readonly vdim?: number;
  /** Batches are `[batch, length, features]` rather than `[length, batch, features]` (default false). */
  readonly batchFirst?: boolean;
  /** Where initial weights and dropout come from (default the generator that `manualSeed` sets). */
  readonly generator?: Generator;
}

const NAME = "MultiheadAttention";
const optionNames = ["dropout", "bias", "addBiasKv", "addZeroAttn", "kdim", "vdim", "batchFirst", "generator"];
const forwardNames = ["keyPaddingMask", "needWeights", "attnMask", "averageAttnWeights", "isCausal"];

/**
 * Attention in several heads: `concat(head₁, …, headₕ)·Wᴼᵀ + bᴼ`, where `headᵢ` is the scaled dot-product attention
 * `softmax(Qᵢ·Kᵢᵀ / √d)·Vᵢ` of the i-th part, of `d = embedDim / numHeads` features, of the projections `Q = query·W_Qᵀ + b_Q`,
 * `K = key·W_Kᵀ + b_K` and `V = value·W_Vᵀ + b_V`. Vaswani et al., 2017, arXiv:1706.03762.
 *
 * `query: [L, N, embedDim]`, `key: [S, N, kdim]` and `value: [S, N, vdim]` give the output `[L, N, embedDim]` and the weights
 * `[N, L, S]`, or `[N, heads, L, S]` without the mean (null when they are not needed). With `batchFirst` N comes first
 * everywhere; without a batch all do without N. A query whose keys are all masked gets weights of 0, where the softmax would be 0/0.
 *
 * The three projections start as one, Xavier uniform, when `kdim` and `vdim` are `embedDim`, else each by itself; all biases start
 * at 0, and the added key and value Xavier normal, as in PyTorch.
 *
 * @throws ArgumentError `SIZE_INVALID`, `HEADS_INVALID` unless `numHeads` divides `embedDim`, `PROBABILITY_INVALID`, `GENERATOR_KIND`,
 * `OPTION_INVALID`, `OPTIONS_KIND`, `OPTION_UNKNOWN`; in `forward` ShapeError `ATTENTION_SHAPES`, `MASK_SHAPE`, DTypeError `MASK_DTYPE`, ArgumentError
 * `OPERAND_KIND`.
 * @example
 * ```ts
 * import { ones } from "@adjoint/core";
 * import { MultiheadAttention } from "@adjoint/nn";
 * const attention = new MultiheadAttention(8, 2, { batchFirst: true });
 * const [query, memory] = [ones([3, 4, 8]), ones([3, 5, 8])];
 * const [output, weights] = attention.forward(query, memory, memory);
 * console.log(output.shape, weights?.shape); // → [ 3, 4, 8 ] [ 3, 4, 5 ]
 * const [causal] = attention.forward(query, query, query, { isCausal: true, needWeights: false });
 * console.log(causal.shape); // → [ 3, 4, 8 ]
 * ```
 */
export class MultiheadAttention extends Module<
  [query: Tensor, key: Tensor, value: Tensor, options?: MultiheadAttentionForward],
  readonly [output: Tensor, weights: Tensor | null]
> {
  readonly inProjWeight: Parameter | null; // [3·embedDim, embedDim]; null where keys or values have other features
  readonly qProjWeight: Parameter | null; // [embedDim, embedDim], only where inProjWeight is null, as the next two
  readonly kProjWeight: Parameter | null; // [embedDim, kdim]
  readonly vProjWeight: Parameter | null; // [embedDim, vdim]
  readonly inProjBias: Parameter | null; // [3·embedDim]
  readonly biasK: Parameter | null; // [1, 1, embedDim], the added key
  readonly biasV: Parameter | null; // [1, 1, embedDim], the added value
  readonly outProj: Linear; // of the heads beside each other
  readonly embedDim: number; // the features of queries and outputs
  readonly kdim: number; // the features of keys
  readonly vdim: number; // the features of values
  readonly numHeads: number; // how many parts of the features attend by themselves
  readonly dropout: number; // the probability with which a weight becomes 0 in training
  readonly batchFirst: boolean; // whether the batch is axis 0 rather than 1
  readonly addZeroAttn: boolean; // whether a key and a value of zeros are added
  private readonly generator: Generator;

  constructor(embedDim: number, numHeads: number, options: MultiheadAttentionOptions = {}) {
    super();
    checkOptions(NAME, options, "{ batchFirst: true }", optionNames);
    const { dropout = 0, bias = true, kdim = embedDim, vdim = embedDim } = options;
    const { addBiasKv = false, addZeroAttn = false, batchFirst = false } = options;
    checkFlags(NAME, { bias, addBiasKv, addZeroAttn, batchFirst });
    for (const [what, count] of Object.entries({ embedDim, numHeads, kdim, vdim })) checkCount(NAME, what, count);
    if (embedDim % numHeads !== 0) {
      throw new ArgumentError(
        "HEADS_INVALID",
        `${NAME}: ${embedDim} features in ${numHeads} heads; the features must be a multiple of the heads`,
      );
    }
    const generator = checkGenerator(NAME, options.generator);
    const weight = (rows: number, columns: number): Parameter =>
      xavierUniform(new Parameter(zeros([rows, columns])), { generator });
    const added = (): Parameter | null =>
      addBiasKv ? xavierNormal(new Parameter(zeros([1, 1, embedDim])), { generator }) : null;
    const packed = kdim === embedDim && vdim === embedDim;
    this.inProjWeight = packed ? weight(3 * embedDim, embedDim) : null;
    this.qProjWeight = packed ? null : weight(embedDim, embedDim);
    this.kProjWeight = packed ? null : weight(embedDim, kdim);
    this.vProjWeight = packed ? null : weight(embedDim, vdim);
    this.inProjBias = bias ? new Parameter(zeros([3 * embedDim])) : null;
    this.biasK = added();
    this.biasV = added();
    this.outProj = new Linear(embedDim, embedDim, { bias, generator });
    this.outProj.bias?.assign(zeros([embedDim]));
    this.dropout = checkProbability(NAME, "dropout", dropout);
    this.embedDim = embedDim;
    this.kdim = kdim;
    this.vdim = vdim;
    this.numHeads = numHeads;
    this.batchFirst = batchFirst;
    this.addZeroAttn = addZeroAttn;
    this.generator = generator;
  }

  forward(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    options: MultiheadAttentionForward = {},
  ): readonly [output: Tensor, weights: Tensor | null] {
    checkOptions(NAME, options, "{ isCausal: true }", forwardNames);
    this.check(query, key, value);
    const { needWeights = true, averageAttnWeights = true } = options;
    const [q, k, v] = [query, key, value].map((x, which) => this.projected(x, which));
    const [keys, values] = [this.extended(k, this.biasK), this.extended(v, this.biasV)];
    const how: AttentionOptions = {
      ...maskFor(q, k.shape[k.ndim - 2], keys.shape[k.ndim - 2], options),
      dropoutP: this.training ? this.dropout : 0,
      generator: this.generator,
    };
    const weights = needWeights ? attentionWeights(q, keys, how) : null;
    const heads = weights ? matmul(weights, values) : scaledDotProductAttention(q, keys, values, how);
    const output = this.outProj.forward(this.joined(heads, query));
    return [output, weights && averageAttnWeights ? mean(weights, { axis: -3 }) : weights];
  }

  private check(query: Tensor, key: Tensor, value: Tensor): void {
    for (const [role, x] of Object.entries({ query, key, value })) checkRole(NAME, role, x);
    const { embedDim, kdim, vdim, batchFirst } = this;
    const length = query.ndim === 3 && batchFirst ? 1 : 0;
    const as = (x: Tensor, like: Tensor, features: number): boolean =>
      sameShape(x.shape, like.shape.with(length, x.shape[length]).with(-1, features));
    const ranks = query.ndim === 2 || query.ndim === 3;
    if (
      ranks &&
      as(query, query, embedDim) &&
      as(key, query, kdim) &&
      as(value, key, vdim) &&
      value.shape[length] === key.shape[length]
    )
      return;
    const shapes = [query, key, value].map(({ shape }) => shapeText(shape));
    const axes = (axis: string, features: number): string =>
      `[${batchFirst ? `N, ${axis}` : `${axis}, N`}, ${features}]`;
    throw new ShapeError(
      "ATTENTION_SHAPES",
      `${NAME}: query ${shapes[0]}, key ${shapes[1]}, value ${shapes[2]}; they must be ${axes("L", embedDim)}, ` +
        `${axes("S", kdim)} and ${axes("S", vdim)}, or all without N`,
    );
  }

  /** The heads `[N, heads, length, size]` of the queries (0), the keys (1) or the values (2). */
  private projected(x: Tensor, which: number): Tensor {
    const { inProjWeight, inProjBias, embedDim, numHeads } = this;
    // Parts of the weight rather than of the product: a gradient of a part is put into zeros of the size of the whole.
    const part = (whole: Tensor): Tensor => narrow(whole, 0, which * embedDim, embedDim);
    const separate = [this.qProjWeight, this.kProjWeight, this.vProjWeight][which];
    const product = matmul(x, transpose(inProjWeight ? part(inProjWeight) : (separate as Parameter)));
    const y = inProjBias ? add(product, part(inProjBias)) : product;
    const heads = reshape(y, [...x.shape.slice(0, -1), numHeads, embedDim / numHeads]);
    return permute(heads, x.ndim === 2 ? [1, 0, 2] : this.batchFirst ? [0, 2, 1, 3] : [1, 2, 0, 3]);
  }

  /** The heads beside each other again, in the layout of the queries. */
  private joined(heads: Tensor, { ndim, shape }: Tensor): Tensor {
    const order = ndim === 2 ? [1, 0, 2] : this.batchFirst ? [0, 2, 1, 3] : [2, 0, 1, 3];
    return reshape(permute(heads, order), shape);
  }

  /** Keys or values, with a learned one and one of zeros behind them. */
  private extended(x: Tensor, learned: Parameter | null): Tensor {
    const [heads, , size] = x.shape.slice(-3);
    const one = x.shape.with(-2, 1);
    const all = [x];
    if (learned) all.push(expand(reshape(learned, [heads, 1, size]), one));
    if (this.addZeroAttn) all.push(zeros(one, { dtype: x.dtype }));
    return all.length > 1 ? concat(all, -2) : x;
  }

  protected override extraRepr(): string {
    return `embedDim=${this.embedDim}, numHeads=${this.numHeads}`;
  }
}
