import { checkBoolean, checkFloating, checkNumber, checkOptions, checkRank, checkTensor } from "../arguments.js";
import { compose, type Composed } from "../composed.js";
import { ones } from "../create.js";
import { isFloating } from "../dtype.js";
import { ArgumentError, describe, DTypeError, ShapeError } from "../errors.js";
import { defaultGenerator, Generator } from "../random.js";
import { broadcastShapes, formatShape } from "../shape.js";
import { Tensor } from "../tensor.js";
import { add, mul } from "./arithmetic.js";
import { eq, logicalNot, logicalOr, lt, where } from "./compare.js";
import { max } from "./extreme.js";
import { any } from "./logic.js";
import { matmul } from "./matmul.js";
import { expand, reshape, transpose, unsqueeze } from "./shape.js";
import { softmax } from "./softmax.js";

/** Options of {@link scaledDotProductAttention}. */
export interface AttentionOptions {
  /**
   * `[…, L, S]`, broadcast: a bool mask, in which true means that the key takes part, or a floating one, which is added to the
   * scores (default none). The masks of attention modules mean the opposite by true.
   */
  readonly attnMask?: Tensor | null;
  /** The probability with which a weight becomes 0; the others are divided by `1 - dropoutP` (default 0). */
  readonly dropoutP?: number;
  /** Whether query `i` sees only the keys `0 … i` (default false); not together with a mask. */
  readonly isCausal?: boolean;
  /** By what the products are multiplied (default `1 / √E`). */
  readonly scale?: number | null;
  /** Whether several heads of queries share a head of keys and values, the axis `-3` (default false). */
  readonly enableGqa?: boolean;
  /** Where the random numbers of the dropout come from (default the generator that `manualSeed` sets). */
  readonly generator?: Generator;
}

const OPTIONS = ["attnMask", "dropoutP", "isCausal", "scale", "enableGqa", "generator"];
const NAME = "scaledDotProductAttention";

/**
 * Attention: for each query the mean of the values, weighted by how well their keys fit: `softmax(query · keyᵀ · scale + mask) · value`.
 *
 * A query whose keys are all masked gets zeros, without a gradient. Vaswani et al., 2017, arXiv:1706.03762.
 *
 * @param query - `[…, L, E]`, float32 or float64; the front axes of the three broadcast
 * @param key - `[…, S, E]`
 * @param value - `[…, S, V]`
 * @returns `[…, L, V]`
 * @throws ShapeError `RANK_INVALID`, `ATTENTION_SHAPES`, `SHAPE_MISMATCH`; DTypeError `DTYPE_FLOATING`, `MASK_DTYPE`; ArgumentError
 * `MASK_AND_CAUSAL`, `NUMBER_INVALID`, `BOOLEAN_INVALID`, `GENERATOR_KIND`, `OPERAND_KIND`, `OPTIONS_KIND`, `OPTION_UNKNOWN`.
 * @example
 * ```ts
 * import { scaledDotProductAttention, tensor } from "@adjoint/core";
 * const keys = tensor([[10, 0], [0, 10]]);
 * const values = tensor([[1], [2]]);
 * console.log(scaledDotProductAttention(tensor([[0, 9], [1, 1]]), keys, values).toArray()); // → [ [ 2 ], [ 1.5 ] ]
 * console.log(scaledDotProductAttention(keys, keys, values, { isCausal: true }).toArray()); // → [ [ 1 ], [ 2 ] ]
 * ```
 */
export const scaledDotProductAttention: Composed<
  (query: Tensor, key: Tensor, value: Tensor, options?: AttentionOptions) => Tensor
> = compose(
  NAME,
  (query, key, value, options = {}) => {
    checkOptions(NAME, options, "{ isCausal: true }", OPTIONS);
    const shared = checkBoolean(NAME, "enableGqa", options.enableGqa ?? false);
    checkShapes(NAME, { query, key, value }, shared);
    return matmul(weights(NAME, query, key, options), shared ? repeatHeads(value, query) : value);
  },
  {
    samples: () => [
      [ones([2, 1]), ones([1, 2, 1]), ones([2, 1]), { isCausal: true }],
      [ones([2, 1]), ones([2, 1]), ones([2, 1]), { attnMask: ones([1, 2]), scale: 2 }],
      [
        ones([2, 2, 1]),
        ones([1, 2, 1]),
        ones([1, 2, 1]),
        { attnMask: new Tensor(Uint8Array.of(0, 0, 1, 0), [2, 2], "bool"), enableGqa: true },
      ],
      [ones([0, 2]), ones([2, 2]), ones([2, 1])],
    ],
  },
);

/**
 * By what each query weights the values in {@link scaledDotProductAttention}: `softmax(query · keyᵀ · scale + mask)`, after the
 * dropout. The product with the values is the attention.
 *
 * @param query - `[…, L, E]`
 * @param key - `[…, S, E]`
 * @returns `[…, L, S]`; rows have the sum 1, or 0 where all keys are masked
 * @throws what `scaledDotProductAttention` throws.
 * @example
 * ```ts
 * import { attentionWeights, tensor } from "@adjoint/core";
 * const x = tensor([[1, 0], [0, 1]]);
 * console.log(attentionWeights(x, x, { isCausal: true, scale: 0 }).toArray()); // → [ [ 1, 0 ], [ 0.5, 0.5 ] ]
 * ```
 */
export const attentionWeights: Composed<(query: Tensor, key: Tensor, options?: AttentionOptions) => Tensor> = compose(
  "attentionWeights",
  (query, key, options = {}) => {
    const name = "attentionWeights";
    checkOptions(name, options, "{ isCausal: true }", OPTIONS);
    checkShapes(name, { query, key }, checkBoolean(name, "enableGqa", options.enableGqa ?? false));
    return weights(name, query, key, options);
  },
  {
    samples: () => [
      [ones([2, 1]), ones([1, 2, 1]), { isCausal: true }],
      [ones([2, 2, 1]), ones([1, 2, 1]), { attnMask: ones([1, 2]), enableGqa: true, scale: 2 }],
    ],
  },
);

function weights(name: string, query: Tensor, key: Tensor, options: AttentionOptions): Tensor {
  const scale = checkNumber(name, "scale", options.scale ?? Math.max(1, query.shape[query.ndim - 1]) ** -0.5);
  const keys = options.enableGqa ? repeatHeads(key, query) : key;
  return dropped(name, masked(name, matmul(mul(query, scale), transpose(keys)), options), options);
}

function checkShapes(name: string, roles: Readonly<Record<string, Tensor>>, shared: boolean): void {
  const least = shared ? 3 : 2;
  const axes = shared ? "[…, heads, length, size]" : "[…, length, size]";
  for (const [role, x] of Object.entries(roles)) {
    checkRank(`${name}: the ${role}`, x, axes, least);
    checkFloating(`${name}: the ${role}`, x);
  }
  const shapes = Object.entries(roles).map(([role, { shape }]) => `${role} ${formatShape(shape)}`);
  const [query, key, value = key] = Object.values(roles);
  const [size, length] = [query.shape[query.ndim - 1], key.shape[key.ndim - 2]];
  if (key.shape[key.ndim - 1] !== size || value.shape[value.ndim - 2] !== length) {
    const wanted = roles.value ? "[…, L, E], […, S, E] and […, S, V]" : "[…, L, E] and […, S, E]";
    throw new ShapeError("ATTENTION_SHAPES", `${name}: ${shapes.join(", ")}; they must be ${wanted}`);
  }
  const fronts = Object.values(roles).map((x) => x.shape.slice(0, -least));
  const heads = [key, value].map((x) => query.shape[query.ndim - 3] / x.shape[x.ndim - 3]);
  if (shared && !heads.every((n) => Number.isInteger(n) && n >= 1)) {
    throw new ShapeError(
      "ATTENTION_SHAPES",
      `${name}: ${shapes.join(", ")}; the heads of the query must be a multiple of the others`,
    );
  }
  broadcastShapes(`${name}: front axes`, fronts);
}

/** Each head of keys or values for several of the query. */
function repeatHeads(x: Tensor, query: Tensor): Tensor {
  const front = x.shape.slice(0, -3);
  const [heads, length, size] = x.shape.slice(-3);
  const all = query.shape[query.ndim - 3];
  if (all === heads) return x;
  return reshape(expand(unsqueeze(x, -3), [...front, heads, all / heads, length, size]), [...front, all, length, size]);
}

/** The softmax of the scores of the keys that take part. */
function masked(name: string, scores: Tensor, { attnMask, isCausal }: AttentionOptions): Tensor {
  const causal = checkBoolean(name, "isCausal", isCausal ?? false);
  if (attnMask === undefined || attnMask === null) {
    return softmax(causal ? where(lowerTriangle(scores), scores, -Infinity) : scores);
  }
  checkMask(name, attnMask, scores);
  if (causal) {
    throw new ArgumentError("MASK_AND_CAUSAL", `${name}: there is a mask and isCausal; give a mask that is both`);
  }
  const isBool = attnMask.dtype === "bool";
  const mask = attnMask.ndim === 0 ? reshape(attnMask, [1]) : attnMask;
  if (mask.shape[mask.ndim - 1] === 0) return softmax(isBool ? where(mask, scores, 0) : add(scores, mask));
  // Where no key takes part, the softmax would be 0/0, and so would its gradient. The mask, which is mostly smaller than the
  // scores, tells it: there all keys are let in, and their weights are 0 in the end.
  const along = { axis: -1, keepDims: true };
  const none = isBool ? logicalNot(any(mask, along)) : eq(max(mask, along), -Infinity);
  const kept = isBool ? where(logicalOr(mask, none), scores, -Infinity) : add(scores, where(none, 0, mask));
  return where(none, 0, softmax(kept));
}

function checkMask(name: string, mask: Tensor, scores: Tensor): void {
  checkTensor(`${name}: the mask`, mask);
  if (mask.dtype !== "bool" && !isFloating(mask.dtype)) {
    throw new DTypeError(
      "MASK_DTYPE",
      `${name}: the mask is ${mask.dtype}; use a bool or floating tensor, as x.to("bool") gives`,
    );
  }
  broadcastShapes(`${name}: scores and mask`, [scores.shape, mask.shape]);
}

/** Query `i` and key `j ≤ i`, as a mask for the scores. */
function lowerTriangle(scores: Tensor): Tensor {
  const [rows, columns] = scores.shape.slice(-2);
  const out = new Uint8Array(rows * columns);
  for (let i = 0; i < rows; i++) out.fill(1, i * columns, i * columns + Math.min(columns, i + 1));
  return new Tensor(out, [rows, columns], "bool");
}

function dropped(name: string, x: Tensor, { dropoutP = 0, generator = defaultGenerator }: AttentionOptions): Tensor {
  checkNumber(name, "dropoutP", dropoutP, 0, 1);
  if (!(generator instanceof Generator)) {
    throw new ArgumentError("GENERATOR_KIND", `${name}: generator is ${describe(generator)}; use new Generator(seed)`);
  }
  if (dropoutP === 0) return x;
  if (dropoutP === 1) return mul(x, 0);
  const dtype = x.dtype === "float64" ? "float64" : "float32";
  return where(lt(generator.uniform(x.shape, 0, 1, { dtype }), dropoutP), 0, mul(x, 1 / (1 - dropoutP)));
}
