import { checkBoolean, checkFloating, checkNumber, checkOptions, checkRank, checkTensor } from "../arguments.js";
import { compose, type Composed } from "../composed.js";
import { ones } from "../create.js";
import { isFloating } from "../dtype.js";
import { ArgumentError, describe, DTypeError, ShapeError } from "../errors.js";
import { defaultGenerator, Generator } from "../random.js";
import { broadcastShapes, formatShape } from "../shape.js";
import { Tensor } from "../tensor.js";
import { add, mul } from "./arithmetic.js";
import { eq, lt, where } from "./compare.js";
import { max } from "./extreme.js";
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
    checkShapes(query, key, value, shared);
    const [keys, values] = shared ? [key, value].map((x) => repeatHeads(x, query)) : [key, value];
    const scale = checkNumber(NAME, "scale", options.scale ?? Math.max(1, query.shape[query.ndim - 1]) ** -0.5);
    const scores = matmul(mul(query, scale), transpose(keys));
    return matmul(dropped(masked(scores, options), options), values);
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

function checkShapes(query: Tensor, key: Tensor, value: Tensor, shared: boolean): void {
  const least = shared ? 3 : 2;
  const axes = shared ? "[…, heads, length, size]" : "[…, length, size]";
  for (const [role, x] of Object.entries({ query, key, value })) {
    checkRank(`${NAME}: the ${role}`, x, axes, least);
    checkFloating(`${NAME}: the ${role}`, x);
  }
  const shapes = `query ${formatShape(query.shape)}, key ${formatShape(key.shape)}, value ${formatShape(value.shape)}`;
  const [size, length] = [query.shape[query.ndim - 1], key.shape[key.ndim - 2]];
  if (key.shape[key.ndim - 1] !== size || value.shape[value.ndim - 2] !== length) {
    throw new ShapeError("ATTENTION_SHAPES", `${NAME}: ${shapes}; they must be […, L, E], […, S, E] and […, S, V]`);
  }
  const fronts = [query, key, value].map((x) => x.shape.slice(0, -least));
  const heads = [key, value].map((x) => query.shape[query.ndim - 3] / x.shape[x.ndim - 3]);
  if (shared && !heads.every((n) => Number.isInteger(n) && n >= 1)) {
    throw new ShapeError(
      "ATTENTION_SHAPES",
      `${NAME}: ${shapes}; the heads of the query must be a multiple of the others`,
    );
  }
  broadcastShapes(`${NAME}: front axes`, fronts);
}

/** Each head of keys or values for several of the query. */
function repeatHeads(x: Tensor, query: Tensor): Tensor {
  const front = x.shape.slice(0, -3);
  const [heads, length, size] = x.shape.slice(-3);
  const all = query.shape[query.ndim - 3];
  if (all === heads) return x;
  return reshape(expand(unsqueeze(x, -3), [...front, heads, all / heads, length, size]), [...front, all, length, size]);
}

/** The weights of the keys: the softmax of the scores of those that take part. */
function masked(scores: Tensor, { attnMask, isCausal }: AttentionOptions): Tensor {
  const causal = checkBoolean(NAME, "isCausal", isCausal ?? false);
  if (attnMask === undefined || attnMask === null) {
    return softmax(causal ? where(lowerTriangle(scores), scores, -Infinity) : scores);
  }
  checkMask(attnMask, scores);
  if (causal) {
    throw new ArgumentError("MASK_AND_CAUSAL", `${NAME}: there is a mask and isCausal; give a mask that is both`);
  }
  const kept = attnMask.dtype === "bool" ? where(attnMask, scores, -Infinity) : add(scores, attnMask);
  if (kept.shape[kept.ndim - 1] === 0) return softmax(kept);
  // Where no key takes part, the softmax would be 0/0, and so would its gradient.
  const none = eq(max(kept, { axis: -1, keepDims: true }), -Infinity);
  return where(none, 0, softmax(where(none, 0, kept)));
}

function checkMask(mask: Tensor, scores: Tensor): void {
  checkTensor(`${NAME}: the mask`, mask);
  if (mask.dtype !== "bool" && !isFloating(mask.dtype)) {
    throw new DTypeError(
      "MASK_DTYPE",
      `${NAME}: the mask is ${mask.dtype}; use a bool or floating tensor, as x.to("bool") gives`,
    );
  }
  broadcastShapes(`${NAME}: scores and mask`, [scores.shape, mask.shape]);
}

/** Query `i` and key `j ≤ i`, as a mask for the scores. */
function lowerTriangle(scores: Tensor): Tensor {
  const [rows, columns] = scores.shape.slice(-2);
  const out = new Uint8Array(rows * columns);
  for (let i = 0; i < rows; i++) out.fill(1, i * columns, i * columns + Math.min(columns, i + 1));
  return new Tensor(out, [rows, columns], "bool");
}

function dropped(weights: Tensor, { dropoutP = 0, generator = defaultGenerator }: AttentionOptions): Tensor {
  checkNumber(NAME, "dropoutP", dropoutP, 0, 1);
  if (!(generator instanceof Generator)) {
    throw new ArgumentError("GENERATOR_KIND", `${NAME}: generator is ${describe(generator)}; use new Generator(seed)`);
  }
  if (dropoutP === 0) return weights;
  if (dropoutP === 1) return mul(weights, 0);
  const dtype = weights.dtype === "float64" ? "float64" : "float32";
  const random = generator.uniform(weights.shape, 0, 1, { dtype });
  return where(lt(random, dropoutP), 0, mul(weights, 1 / (1 - dropoutP)));
}
