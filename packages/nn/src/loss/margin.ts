import { add, clamp, logSigmoid, mul, ne, neg, sub, type Tensor, where } from "@adjoint/core";
import { checkNumber } from "../checks.js";
import { Loss } from "./loss.js";
import { type Known, type LossOptions, lossOptions, reduce, reduction, settle } from "./options.js";
import { checkTargets } from "./targets.js";

/** Options of the losses with a margin. */
export interface MarginLossOptions extends LossOptions {
  /** The distance that is wanted (default 1 for {@link hingeEmbeddingLoss}, 0 for the others). */
  readonly margin?: number;
}

const hingeEmbeddingOptions: Known<MarginLossOptions> = { reduction, margin: [1, checkNumber] };

/**
 * The hinge of distances x: `x` where the target y is 1, and `max(0, margin - x)` where it is -1; the shapes are the same.
 *
 * @throws ShapeError `TARGET_SHAPE`, ArgumentError `REDUCTION_UNKNOWN`, `NUMBER_INVALID`, `OPERAND_KIND`, `OPTIONS_KIND`,
 * `OPTION_UNKNOWN`.
 * @example
 * ```ts
 * import { tensor } from "@adjoint/core";
 * import { hingeEmbeddingLoss } from "@adjoint/nn";
 * console.log(hingeEmbeddingLoss(tensor([2, 0.5]), tensor([1, -1]), { reduction: "none" }).toArray()); // → [ 2, 0.5 ]
 * ```
 */
export function hingeEmbeddingLoss(x: Tensor, y: Tensor, options: MarginLossOptions = {}): Tensor {
  const { margin, reduction } = settle("hingeEmbeddingLoss", options, hingeEmbeddingOptions);
  checkTargets("hingeEmbeddingLoss", x, y);
  // Other targets than 1 and -1 get both parts, as in PyTorch.
  const apart = where(ne(y, 1), clamp(sub(margin, x), { min: 0 }), 0);
  return reduce(add(apart, where(ne(y, -1), x, 0)), reduction);
}

/**
 * The hinge of distances as a module: `x` for targets 1, `max(0, margin - x)` for -1, as {@link hingeEmbeddingLoss}.
 *
 * @throws ArgumentError `REDUCTION_UNKNOWN`, `NUMBER_INVALID`, `OPTIONS_KIND`, `OPTION_UNKNOWN`; in `forward` as the function.
 * @example
 * ```ts
 * import { tensor } from "@adjoint/core";
 * import { HingeEmbeddingLoss } from "@adjoint/nn";
 * console.log(new HingeEmbeddingLoss({ margin: 2 }).forward(tensor([1, 1]), tensor([1, -1])).item()); // → 1
 * ```
 */
export class HingeEmbeddingLoss extends Loss<MarginLossOptions> {
  /** @param options - those of the function of the same name. */
  constructor(options?: MarginLossOptions) {
    super(hingeEmbeddingOptions, options);
  }

  forward(x: Tensor, y: Tensor): Tensor {
    return hingeEmbeddingLoss(x, y, this.withWeights);
  }
}

const marginRankingOptions: Known<MarginLossOptions> = { reduction, margin: [0, checkNumber] };

/**
 * The hinge of an order, `max(0, -y·(x1 - x2) + margin)`: with target y = 1 the first should be larger by the margin (default 0), with -1
 * the second. All shapes are the same.
 *
 * @throws ShapeError `TARGET_SHAPE`, ArgumentError `REDUCTION_UNKNOWN`, `NUMBER_INVALID`, `OPERAND_KIND`, `OPTIONS_KIND`,
 * `OPTION_UNKNOWN`.
 * @example
 * ```ts
 * import { tensor } from "@adjoint/core";
 * import { marginRankingLoss } from "@adjoint/nn";
 * console.log(marginRankingLoss(tensor([3, 1]), tensor([2, 2]), tensor([1, 1])).item()); // → 0.5
 * ```
 */
export function marginRankingLoss(x1: Tensor, x2: Tensor, y: Tensor, options: MarginLossOptions = {}): Tensor {
  const { margin, reduction } = settle("marginRankingLoss", options, marginRankingOptions);
  checkTargets("marginRankingLoss", x1, x2, "x2");
  checkTargets("marginRankingLoss", x1, y);
  return reduce(clamp(add(mul(neg(y), sub(x1, x2)), margin), { min: 0 }), reduction);
}

/**
 * The hinge of an order, `max(0, -y·(x1 - x2) + margin)`, as a module, as {@link marginRankingLoss}.
 *
 * @throws ArgumentError `REDUCTION_UNKNOWN`, `NUMBER_INVALID`, `OPTIONS_KIND`, `OPTION_UNKNOWN`; in `forward` as the function.
 * @example
 * ```ts
 * import { tensor } from "@adjoint/core";
 * import { MarginRankingLoss } from "@adjoint/nn";
 * const loss = new MarginRankingLoss({ margin: 1 });
 * console.log(loss.forward(tensor([3, 1]), tensor([2, 2]), tensor([1, 1])).item()); // → 1
 * ```
 */
export class MarginRankingLoss extends Loss<MarginLossOptions, [x1: Tensor, x2: Tensor, y: Tensor]> {
  /** @param options - those of the function of the same name. */
  constructor(options?: MarginLossOptions) {
    super(marginRankingOptions, options);
  }

  forward(x1: Tensor, x2: Tensor, y: Tensor): Tensor {
    return marginRankingLoss(x1, x2, y, this.withWeights);
  }
}

/**
 * The logistic loss `ln(1 + e^(-y·x))` of scores x and targets y of 1 and -1, in the same shape; finite for large scores too.
 *
 * @throws ShapeError `TARGET_SHAPE`, ArgumentError `REDUCTION_UNKNOWN`, `OPERAND_KIND`, `OPTIONS_KIND`, `OPTION_UNKNOWN`.
 * @example
 * ```ts
 * import { tensor } from "@adjoint/core";
 * import { softMarginLoss } from "@adjoint/nn";
 * console.log(softMarginLoss(tensor([1000, -1000]), tensor([1, 1])).item()); // → 500
 * ```
 */
export function softMarginLoss(x: Tensor, y: Tensor, options: LossOptions = {}): Tensor {
  const { reduction } = settle("softMarginLoss", options, lossOptions);
  checkTargets("softMarginLoss", x, y);
  return reduce(neg(logSigmoid(mul(y, x))), reduction);
}

/**
 * The logistic loss `ln(1 + e^(-y·x))` as a module, as {@link softMarginLoss}.
 *
 * @throws ArgumentError `REDUCTION_UNKNOWN`, `OPTIONS_KIND`, `OPTION_UNKNOWN`; in `forward` as the function.
 * @example
 * ```ts
 * import { tensor } from "@adjoint/core";
 * import { SoftMarginLoss } from "@adjoint/nn";
 * console.log(new SoftMarginLoss().forward(tensor([0]), tensor([1])).item().toFixed(4)); // → 0.6931
 * ```
 */
export class SoftMarginLoss extends Loss<LossOptions> {
  /** @param options - those of the function of the same name. */
  constructor(options?: LossOptions) {
    super(lossOptions, options);
  }

  forward(x: Tensor, y: Tensor): Tensor {
    return softMarginLoss(x, y, this.withWeights);
  }
}
