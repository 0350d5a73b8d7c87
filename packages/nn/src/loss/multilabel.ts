import {
  add,
  any,
  arange,
  cast,
  cumsum,
  div,
  eq,
  gather,
  logicalAnd,
  logSigmoid,
  lt,
  mean,
  mul,
  neg,
  relu,
  type State,
  sub,
  sum,
  type Tensor,
  unsqueeze,
  where,
} from "@adjoint/core";
import { checkRole } from "../checks.js";
import { checkLabelRange, checkLabels, checkScores } from "./labels.js";
import { Loss } from "./loss.js";
import { type Known, type LossOptions, lossOptions, reduce, reduction, settle } from "./options.js";
import { checkTargets, weighted } from "./targets.js";

/**
 * The hinge between the labels of an example and all other classes, `1/C·Σ_{y in labels} Σ_{c not in labels} max(0, 1 - x_y + x_c)`, of scores
 * `[batch, C]` or `[C]`. The labels have the shape of the scores: those of each example first, then -1, from which on the rest
 * is not read.
 *
 * @throws IndexError `LABEL_OUT_OF_RANGE`, DTypeError `LABEL_DTYPE`, ShapeError `TARGET_SHAPE`, `INPUT_RANK`, ArgumentError `REDUCTION_UNKNOWN`,
 * `OPERAND_KIND`, `OPTIONS_KIND`, `OPTION_UNKNOWN`.
 * @example
 * ```ts
 * import { tensor } from "@adjoint/core";
 * import { multilabelMarginLoss } from "@adjoint/nn";
 * const scores = tensor([[0.1, 0.2, 0.4, 0.8]]);
 * const labels = tensor([[3, 0, -1, 1]], { dtype: "int32" });
 * console.log(multilabelMarginLoss(scores, labels).item().toFixed(4)); // → 0.8500
 * ```
 */
export function multilabelMarginLoss(scores: Tensor, labels: Tensor, options: LossOptions = {}): Tensor {
  const name = "multilabelMarginLoss";
  const { reduction } = settle(name, options, lossOptions);
  checkScores(name, scores, 2);
  checkLabels(name, scores, labels, scores.shape);
  const classes = scores.shape[scores.ndim - 1];
  checkLabelRange(name, labels, classes, -1, "to end the list");
  const isListed = eq(cumsum(cast(lt(labels, 0), "int32"), labels.ndim - 1), 0);
  const listed = where(isListed, cast(labels, "int32"), 0);
  // [..., labels, classes]: whether the label is listed and is the class.
  const isOwn = logicalAnd(unsqueeze(isListed, -1), eq(unsqueeze(listed, -1), arange(classes, { dtype: "int32" })));
  const isOther = eq(any(isOwn, { axis: -2, keepDims: true }), 0);
  const hinges = relu(add(sub(unsqueeze(scores, -2), unsqueeze(gather(scores, listed, -1), -1)), 1));
  const counted = where(logicalAnd(unsqueeze(isListed, -1), isOther), hinges, 0);
  return reduce(div(sum(counted, { axis: [-2, -1] }), classes), reduction);
}

/**
 * The hinge between the labels of each example and all other classes as a module, `1/C·Σ_y Σ_c max(0, 1 - x_y + x_c)`, as
 * {@link multilabelMarginLoss}, which says the shapes.
 *
 * @throws ArgumentError `REDUCTION_UNKNOWN`, `OPTIONS_KIND`, `OPTION_UNKNOWN`; in `forward` as the function.
 * @example
 * ```ts
 * import { tensor } from "@adjoint/core";
 * import { MultiLabelMarginLoss } from "@adjoint/nn";
 * const labels = tensor([1, -1, 0, 0], { dtype: "int32" });
 * console.log(new MultiLabelMarginLoss().forward(tensor([0, 2, 1.5, 0]), labels).item()); // → 0.125
 * ```
 */
export class MultiLabelMarginLoss extends Loss<LossOptions, [scores: Tensor, labels: Tensor]> {
  /** @param options - those of {@link multilabelMarginLoss}. */
  constructor(options?: LossOptions) {
    super(lossOptions, options);
  }

  forward(scores: Tensor, labels: Tensor): Tensor {
    return multilabelMarginLoss(scores, labels, this.withWeights);
  }
}

/** Options of {@link multilabelSoftMarginLoss}. */
export interface MultiLabelSoftMarginLossOptions extends LossOptions {
  /** A weight for each class, `[classes]` (default: all 1). */
  readonly weight?: Tensor;
}

const softMarginOptions: Known<MultiLabelSoftMarginLossOptions> = { reduction, weight: [undefined, checkRole] };

/**
 * The binary cross-entropy of every class, averaged over the classes: `-1/C·Σ_c w_c·(y_c·ln σ(x_c) + (1 - y_c)·ln σ(-x_c))`, of scores x and
 * targets y from 0 to 1, both `[..., C]`.
 *
 * @throws ShapeError `TARGET_SHAPE`, `WEIGHT_SHAPE`, `INPUT_RANK`, ArgumentError `REDUCTION_UNKNOWN`, `OPERAND_KIND`, `OPTIONS_KIND`,
 * `OPTION_UNKNOWN`.
 * @example
 * ```ts
 * import { tensor } from "@adjoint/core";
 * import { multilabelSoftMarginLoss } from "@adjoint/nn";
 * console.log(multilabelSoftMarginLoss(tensor([[-1000, 1000]]), tensor([[1, 1]])).item()); // → 500
 * ```
 */
export function multilabelSoftMarginLoss(x: Tensor, y: Tensor, options: MultiLabelSoftMarginLossOptions = {}): Tensor {
  const name = "multilabelSoftMarginLoss";
  const { weight, reduction } = settle(name, options, softMarginOptions);
  checkScores(name, x);
  checkTargets(name, x, y);
  const losses = neg(add(mul(y, logSigmoid(x)), mul(sub(1, y), logSigmoid(neg(x)))));
  return reduce(mean(weighted(name, losses, weight), { axis: -1 }), reduction);
}

/**
 * The binary cross-entropy of every class, averaged over the classes, as a module, as {@link multilabelSoftMarginLoss}. Class weights are
 * a buffer, `weight`.
 *
 * @throws ArgumentError `REDUCTION_UNKNOWN`, `OPERAND_KIND`, `OPTIONS_KIND`, `OPTION_UNKNOWN`; in `forward` as the function.
 * @example
 * ```ts
 * import { tensor } from "@adjoint/core";
 * import { MultiLabelSoftMarginLoss } from "@adjoint/nn";
 * const loss = new MultiLabelSoftMarginLoss({ weight: tensor([1, 3]) });
 * console.log(loss.forward(tensor([[1000, -1000]]), tensor([[1, 1]])).item()); // → 1500
 * ```
 */
export class MultiLabelSoftMarginLoss extends Loss<MultiLabelSoftMarginLossOptions> {
  declare readonly weight: State | null; // [classes]

  /** @param options - those of {@link multilabelSoftMarginLoss}. */
  constructor(options?: MultiLabelSoftMarginLossOptions) {
    super(softMarginOptions, options);
  }

  forward(x: Tensor, y: Tensor): Tensor {
    return multilabelSoftMarginLoss(x, y, this.withWeights);
  }
}
