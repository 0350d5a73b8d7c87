import { div, mul, type State, sub, sum, type Tensor } from "@adjoint/core";
import { checkLabels, checkScores, type ClassLossOptions, classLossOptions, pickLabels } from "./labels.js";
import { Loss } from "./loss.js";
import { type Reduction, settle } from "./options.js";

/**
 * The negative log-likelihood `-w_y·ln p_y` of the labels y, from log-probabilities `[batch, classes]` and labels `[batch]`, or
 * `[batch, classes, d1, ...]` and `[batch, d1, ...]`, or `[classes]` and a scalar. Labels are int32 or uint8.
 *
 * The mean divides by the sum of the weights of the labels.
 *
 * @throws IndexError `LABEL_OUT_OF_RANGE`, DTypeError `LABEL_DTYPE`, ShapeError `TARGET_SHAPE`, `WEIGHT_SHAPE`, `INPUT_RANK`,
 * ArgumentError `REDUCTION_UNKNOWN`, `NUMBER_INVALID`, `OPERAND_KIND`, `OPTIONS_KIND`, `OPTION_UNKNOWN`.
 * @example
 * ```ts
 * import { logSoftmax, tensor } from "@adjoint/core";
 * import { nllLoss } from "@adjoint/nn";
 * const logProbabilities = logSoftmax(tensor([[0, 0], [0, 0]]));
 * console.log(nllLoss(logProbabilities, tensor([0, 1], { dtype: "int32" })).item().toFixed(4)); // → 0.6931
 * ```
 */
export function nllLoss(logProbabilities: Tensor, labels: Tensor, options: ClassLossOptions = {}): Tensor {
  const settled = settle("nllLoss", options, classLossOptions);
  checkScores("nllLoss", logProbabilities);
  checkLabels("nllLoss", logProbabilities, labels);
  const { picked, shares } = pickLabels("nllLoss", logProbabilities, labels, settled);
  return reduceWeighted(mul(sub(0, picked), shares), shares, settled.reduction);
}

/** Puts losses together; the mean is the weighted one. */
export function reduceWeighted(losses: Tensor, shares: Tensor, reduction: Reduction): Tensor {
  if (reduction === "none") return losses;
  return reduction === "sum" ? sum(losses) : div(sum(losses), sum(shares));
}

/**
 * The negative log-likelihood `-w_y·ln p_y` of labels, as {@link nllLoss}, which says the shapes. Class weights are a buffer,
 * `weight`.
 *
 * @throws ArgumentError `REDUCTION_UNKNOWN`, `NUMBER_INVALID`, `OPERAND_KIND`, `OPTIONS_KIND`, `OPTION_UNKNOWN`; in `forward` as the
 * function.
 * @example
 * ```ts
 * import { tensor } from "@adjoint/core";
 * import { NLLLoss } from "@adjoint/nn";
 * const loss = new NLLLoss({ reduction: "none" });
 * console.log(loss.forward(tensor([[-1, -2], [-3, -4]]), tensor([0, 1], { dtype: "int32" })).toArray()); // → [ 1, 4 ]
 * ```
 */
export class NLLLoss extends Loss<ClassLossOptions, [logProbabilities: Tensor, labels: Tensor]> {
  declare readonly weight: State | null; // [classes]

  /** @param options - those of the function of the same name. */
  constructor(options?: ClassLossOptions) {
    super(classLossOptions, options);
  }

  forward(logProbabilities: Tensor, labels: Tensor): Tensor {
    return nllLoss(logProbabilities, labels, this.withWeights);
  }
}
