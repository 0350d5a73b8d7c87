import {
  add,
  type AttentionOptions,
  DTypeError,
  isFloating,
  logicalNot,
  logicalOr,
  ones,
  pad,
  reshape,
  type Shape,
  ShapeError,
  type Tensor,
  triu,
  where,
} from "@adjoint/core";
import { checkRole, shapeText, sameShape } from "./checks.js";

/**
 * Options of the `forward` of `MultiheadAttention`. In a mask of bool, true means that a key is not attended (the opposite
 * of what it means to `scaledDotProductAttention`); floating masks are added to the scores.
 */
export interface MultiheadAttentionForward {
  /** `[batch, keys]`, without a batch `[keys]`: keys that no query attends (default none). */
  readonly keyPaddingMask?: Tensor | null;
  /** Give the weights too (default true). */
  readonly needWeights?: boolean;
  /** `[queries, keys]`, or for each head `[batch·heads, queries, keys]` (default none). */
  readonly attnMask?: Tensor | null;
  /** Give the mean weights of the heads rather than those of each (default true). */
  readonly averageAttnWeights?: boolean;
  /** Let query `i` attend only the keys `0 … i`, beside what the masks say (default false). No mask is needed for it. */
  readonly isCausal?: boolean;
}

const NAME = "MultiheadAttention";

/** What a mask may look like, and how it is laid beside the scores. */
type Fit = readonly [given: Shape, as: Shape];

/** The masks as one in the sense of core, in which true means that a key takes part. All queries attend the keys from `own` on. */
export function maskFor(q: Tensor, own: number, keys: number, options: MultiheadAttentionForward): AttentionOptions {
  const { attnMask, keyPaddingMask, isCausal = false } = options;
  const [heads, queries] = q.shape.slice(-3);
  const batch = q.shape.slice(0, -3);
  const scores = [queries, own];
  const every: Fit = [
    [(batch[0] ?? 1) * heads, ...scores],
    [...batch, heads, ...scores],
  ];
  const masks = [
    ...fitted("attnMask", attnMask, q, [[scores, scores], every]),
    ...fitted("keyPaddingMask", keyPaddingMask, q, [
      [
        [...batch, own],
        [...batch, 1, 1, own],
      ],
    ]),
  ];
  if (masks.length === 0 && keys === own) return { isCausal };
  if (isCausal) masks.push(triu(ones(scores, { dtype: "bool" }), 1));
  if (masks.length === 0) return {};
  const mask = masks.reduce(both);
  const all =
    keys === own
      ? mask
      : pad(
          mask,
          mask.shape.map((_, axis) => [0, axis === mask.ndim - 1 ? keys - own : 0]),
        );
  return { attnMask: all.dtype === "bool" ? logicalNot(all) : all };
}

/** A mask that was given, in its place beside the scores. */
function fitted(role: string, mask: Tensor | null | undefined, q: Tensor, fits: readonly Fit[]): Tensor[] {
  if (mask === undefined || mask === null) return [];
  checkRole(NAME, role, mask);
  if (mask.dtype !== "bool" && !isFloating(mask.dtype)) {
    throw new DTypeError(
      "MASK_DTYPE",
      `${NAME}: ${role} is ${mask.dtype}; use bool (true: not attended) or floating numbers to add`,
    );
  }
  const fit = fits.find(([given]) => sameShape(mask.shape, given));
  if (fit) return [reshape(mask.dtype === "bool" ? mask : mask.to(q.dtype), fit[1])];
  const wanted = fits.map(([given]) => shapeText(given)).join(" or ");
  throw new ShapeError("MASK_SHAPE", `${NAME}: ${role} is ${shapeText(mask.shape)}; it must be ${wanted}`);
}

function both(a: Tensor, b: Tensor): Tensor {
  return a.dtype === "bool" && b.dtype === "bool" ? logicalOr(a, b) : add(toAdd(a), toAdd(b));
}

function toAdd(mask: Tensor): Tensor {
  return mask.dtype === "bool" ? where(mask, -Infinity, 0) : mask;
}
