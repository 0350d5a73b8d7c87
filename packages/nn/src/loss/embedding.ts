import {
  add,
  ArgumentError,
  clamp,
  div,
  eq,
  minimum,
  mul,
  ShapeError,
  sqrt,
  square,
  sub,
  sum,
  type Tensor,
  where,
} from "@adjoint/core";
import { checkFlag, checkNumber, checkPositive, checkRole, shapeText, shown } from "../checks.js";
import { pairwiseDistance } from "../distance.js";
import { Loss } from "./loss.js";
import { type Known, type LossOptions, reduce, reduction, settle } from "./options.js";
import { checkShape, checkTargets, EPSILON } from "./targets.js";

/** Options of {@link cosineEmbeddingLoss}. */
export interface CosineEmbeddingLossOptions extends LossOptions {
  /** The cosine below which vectors count as different, from -1 to 1 (default 0). */
  readonly margin?: number;
}

const cosineOptions: Known<CosineEmbeddingLossOptions> = { reduction, margin: [0, checkNumber] };

/**
 * The loss of the cosine between vectors: `1 - cos(x1, x2)` where the target y is 1, and `max(0, cos(x1, x2) - margin)` where it is -1.
 * Vectors `[batch, features]` with targets `[batch]`, or `[features]` with a scalar.
 *
 * @throws ShapeError `TARGET_SHAPE`, `INPUT_RANK`, ArgumentError `REDUCTION_UNKNOWN`, `NUMBER_INVALID`, `OPERAND_KIND`, `OPTIONS_KIND`,
 * `OPTION_UNKNOWN`.
 * @example
 * ```ts
 * import { tensor } from "@adjoint/core";
 * import { cosineEmbeddingLoss } from "@adjoint/nn";
 * const [a, b] = [tensor([[1, 0], [1, 0]]), tensor([[0, 2], [3, 0]])];
 * console.log(cosineEmbeddingLoss(a, b, tensor([1, -1]), { reduction: "none" }).toArray()); // → [ 1, 1 ]
 * ```
 */
export function cosineEmbeddingLoss(
  x1: Tensor,
  x2: Tensor,
  y: Tensor,
  options: CosineEmbeddingLossOptions = {},
): Tensor {
  const name = "cosineEmbeddingLoss";
  const { margin, reduction } = settle(name, options, cosineOptions);
  checkTargets(name, x1, x2, "x2");
  if (x1.ndim !== 1 && x1.ndim !== 2) {
    throw new ShapeError("INPUT_RANK", `${name}: ${shapeText(x1.shape)}; give [batch, features] or [features]`);
  }
  checkRole(name, "targets", y);
  checkShape(name, x1, y, x1.shape.slice(0, -1));
  // Vectors of zeros have the cosine 0.
  const lengths = mul(...([x1, x2].map((x) => add(sum(square(x), { axis: -1 }), EPSILON)) as [Tensor, Tensor]));
  const cosine = div(sum(mul(x1, x2), { axis: -1 }), sqrt(lengths));
  const apart = where(eq(y, -1), clamp(sub(cosine, margin), { min: 0 }), 0);
  return reduce(where(eq(y, 1), sub(1, cosine), apart), reduction);
}

/**
 * The loss of the cosine between vectors as a module: `1 - cos` for targets 1, `max(0, cos - margin)` for -1, as
 * {@link cosineEmbeddingLoss}.
 *
 * @throws ArgumentError `REDUCTION_UNKNOWN`, `NUMBER_INVALID`, `OPTIONS_KIND`, `OPTION_UNKNOWN`; in `forward` as the function.
 * @example
 * ```ts
 * import { tensor } from "@adjoint/core";
 * import { CosineEmbeddingLoss } from "@adjoint/nn";
 * const loss = new CosineEmbeddingLoss({ margin: 0.5 });
 * console.log(loss.forward(tensor([1, 0]), tensor([2, 0]), tensor(-1)).item()); // → 0.5
 * ```
 */
export class CosineEmbeddingLoss extends Loss<CosineEmbeddingLossOptions, [x1: Tensor, x2: Tensor, y: Tensor]> {
  /** @param options - those of the function of the same name. */
  constructor(options?: CosineEmbeddingLossOptions) {
    super(cosineOptions, options);
  }

  forward(x1: Tensor, x2: Tensor, y: Tensor): Tensor {
    return cosineEmbeddingLoss(x1, x2, y, this.withWeights);
  }
}

/** How far apart the vectors of two tensors lie. */
export type Distance = (x: Tensor, y: Tensor) => Tensor;

/** What the options of {@link tripletMarginLoss} and {@link tripletMarginWithDistanceLoss} have in common. */
export interface TripletOptions extends LossOptions {
  /** By how much the negative should be farther away than the positive (default 1). */
  readonly margin?: number;
  /** Take the negative's distance to the positive where that is the smaller one (default false). Balntas et al., 2016. */
  readonly swap?: boolean;
}

/** Options of {@link tripletMarginLoss}. */
export interface TripletMarginLossOptions extends TripletOptions {
  /** The exponent of the norm (default 2). */
  readonly p?: number;
  /** What is added to each difference, which keeps the gradient finite where both are the same (default 1e-6). */
  readonly eps?: number;
}

const tripletOptions: Known<TripletMarginLossOptions> = {
  reduction,
  margin: [1, checkNumber],
  p: [2, (caller, name, p) => p === Infinity || checkPositive(caller, name, p)],
  eps: [1e-6, checkNumber],
  swap: [false, checkFlag],
};

/**
 * The hinge of distances, `max(0, d(a, p) - d(a, n) + margin)`: the anchor a should be nearer to the positive p than to the negative n. All
 * are `[..., features]`, and `d(x, y) = ‖x - y + ε‖ₚ`.
 *
 * @throws ShapeError `TARGET_SHAPE`, `AXIS_OUT_OF_RANGE` for scalars; DTypeError `DTYPE_FLOATING`; ArgumentError `REDUCTION_UNKNOWN`,
 * `NUMBER_INVALID`, `OPTION_INVALID`, `OPERAND_KIND`, `OPTIONS_KIND`, `OPTION_UNKNOWN`.
 * @example
 * ```ts
 * import { tensor } from "@adjoint/core";
 * import { tripletMarginLoss } from "@adjoint/nn";
 * const [anchor, positive, negative] = [[[0, 0]], [[2, 0]], [[0, 1]]].map((x) => tensor(x));
 * console.log(tripletMarginLoss(anchor, positive, negative, { eps: 0 }).item()); // → 2
 * ```
 */
export function tripletMarginLoss(
  anchor: Tensor,
  positive: Tensor,
  negative: Tensor,
  options: TripletMarginLossOptions = {},
): Tensor {
  const { p, eps, ...others } = settle("tripletMarginLoss", options, tripletOptions);
  const distance: Distance = (x, y) => pairwiseDistance(x, y, { p, eps });
  return triplet("tripletMarginLoss", [anchor, positive, negative], distance, others);
}

function triplet(
  name: string,
  [anchor, positive, negative]: readonly [Tensor, Tensor, Tensor],
  distance: Distance,
  { margin, swap, reduction }: Required<TripletOptions>,
): Tensor {
  checkTargets(name, anchor, positive, "positive");
  checkTargets(name, anchor, negative, "negative");
  const own = distance(anchor, negative);
  const apart = swap ? minimum(own, distance(positive, negative)) : own;
  return reduce(clamp(add(sub(distance(anchor, positive), apart), margin), { min: 0 }), reduction);
}

/**
 * The hinge of distances, `max(0, d(a, p) - d(a, n) + margin)`, as a module, as {@link tripletMarginLoss}.
 *
 * @throws ArgumentError `REDUCTION_UNKNOWN`, `NUMBER_INVALID`, `OPTION_INVALID`, `OPTIONS_KIND`, `OPTION_UNKNOWN`; in `forward` as the
 * function.
 * @example
 * ```ts
 * import { tensor } from "@adjoint/core";
 * import { TripletMarginLoss } from "@adjoint/nn";
 * const loss = new TripletMarginLoss({ p: 1, eps: 0 });
 * console.log(loss.forward(tensor([0, 0]), tensor([2, 1]), tensor([0, 1])).item()); // → 3
 * ```
 */
export class TripletMarginLoss extends Loss<
  TripletMarginLossOptions,
  [anchor: Tensor, positive: Tensor, negative: Tensor]
> {
  /** @param options - those of the function of the same name. */
  constructor(options?: TripletMarginLossOptions) {
    super(tripletOptions, options);
  }

  forward(anchor: Tensor, positive: Tensor, negative: Tensor): Tensor {
    return tripletMarginLoss(anchor, positive, negative, this.withWeights);
  }
}

/** Options of {@link tripletMarginWithDistanceLoss}. */
export interface TripletMarginWithDistanceLossOptions extends TripletOptions {
  /** The distance between the vectors of two tensors (default {@link pairwiseDistance}). */
  readonly distanceFunction?: Distance;
}

const tripletDistanceOptions: Known<TripletMarginWithDistanceLossOptions> = {
  reduction,
  distanceFunction: [pairwiseDistance, checkDistance],
  margin: [1, checkNumber],
  swap: [false, checkFlag],
};

function checkDistance(caller: string, name: string, x: Distance): void {
  if (typeof x === "function") return;
  throw new ArgumentError("OPTION_INVALID", `${caller}: ${name} is ${shown(x)}; give a function of two tensors`);
}

/**
 * The hinge `max(0, d(a, p) - d(a, n) + margin)` with a distance d of your own, otherwise as {@link tripletMarginLoss}.
 *
 * @throws ShapeError `TARGET_SHAPE`, ArgumentError `REDUCTION_UNKNOWN`, `NUMBER_INVALID`, `OPTION_INVALID` for a distance that is no function,
 * `OPERAND_KIND`, `OPTIONS_KIND`, `OPTION_UNKNOWN`; what the distance throws.
 * @example
 * ```ts
 * import { cosineSimilarity, sub, tensor } from "@adjoint/core";
 * import { tripletMarginWithDistanceLoss } from "@adjoint/nn";
 * const [anchor, positive, negative] = [[[1, 0]], [[0, 1]], [[1, 0]]].map((x) => tensor(x));
 * const loss = tripletMarginWithDistanceLoss(anchor, positive, negative, {
 *   distanceFunction: (x, y) => sub(1, cosineSimilarity(x, y)),
 * });
 * console.log(loss.item()); // → 2
 * ```
 */
export function tripletMarginWithDistanceLoss(
  anchor: Tensor,
  positive: Tensor,
  negative: Tensor,
  options: TripletMarginWithDistanceLossOptions = {},
): Tensor {
  const name = "tripletMarginWithDistanceLoss";
  const { distanceFunction, ...others } = settle(name, options, tripletDistanceOptions);
  return triplet(name, [anchor, positive, negative], distanceFunction, others);
}

/**
 * The hinge `max(0, d(a, p) - d(a, n) + margin)` with a distance of your own as a module, as {@link tripletMarginWithDistanceLoss}.
 *
 * @throws ArgumentError `REDUCTION_UNKNOWN`, `NUMBER_INVALID`, `OPTION_INVALID`, `OPTIONS_KIND`, `OPTION_UNKNOWN`; in `forward` as the
 * function.
 * @example
 * ```ts
 * import { max, abs, sub, tensor } from "@adjoint/core";
 * import { TripletMarginWithDistanceLoss } from "@adjoint/nn";
 * const loss = new TripletMarginWithDistanceLoss({ distanceFunction: (x, y) => max(abs(sub(x, y)), { axis: -1 }) });
 * console.log(loss.forward(tensor([0, 0]), tensor([2, 1]), tensor([0, 1])).item()); // → 2
 * ```
 */
export class TripletMarginWithDistanceLoss extends Loss<
  TripletMarginWithDistanceLossOptions,
  [anchor: Tensor, positive: Tensor, negative: Tensor]
> {
  /** @param options - those of the function of the same name. */
  constructor(options?: TripletMarginWithDistanceLossOptions) {
    super(tripletDistanceOptions, options);
  }

  forward(anchor: Tensor, positive: Tensor, negative: Tensor): Tensor {
    return tripletMarginWithDistanceLoss(anchor, positive, negative, this.withWeights);
  }
}
