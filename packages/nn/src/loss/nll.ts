import {
  cast,
  div,
  gather,
  indexSelect,
  mul,
  ne,
  neg,
  reshape,
  squeeze,
  sum,
  type Tensor,
  unsqueeze,
} from "@adjoint/core";
import { checkLabels, checkScores, classAxis, lookupLabels } from "./labels.js";
import { checkLossOptions, checkReduction, type LossOptions, lossOptions } from "./reduction.js";
import { checkClassWeight } from "./weight.js";

/** Options of the losses over classes. */
export interface ClassLossOptions extends LossOptions {
  /** A weight for each class, `[classes]`; the mean is then the weighted one (default: all 1). */
  readonly weight?: Tensor;
  /** The label that leaves an example out (default -100). */
  readonly ignoreIndex?: number;
}

/** The names of {@link ClassLossOptions}. */
export const classLossOptions: readonly string[] = [...lossOptions, "weight", "ignoreIndex"];

/** The losses of examples, the share each has in the mean, 0 for those left out. */
interface Weighted {
  readonly losses: Tensor;
  readonly shares: Tensor;
}

/**
 * The negative log-likelihood `-w_y·ln p_y` of the labels y, from log-probabilities `[batch, classes]` and labels `[batch]`, or
 * `[batch, classes, d1, ...]` and `[batch, d1, ...]`, or `[classes]` and a scalar. Labels are int32 or uint8.
 *
 * The mean divides by the sum of the weights of the labels.
 *
 * @throws IndexError `LABEL_OUT_OF_RANGE`, DTypeError `LABEL_DTYPE`, ShapeError `TARGET_SHAPE`, `WEIGHT_SHAPE`, ArgumentError
 * `REDUCTION_UNKNOWN`, `OPERAND_KIND`, `OPTIONS_KIND`, `OPTION_UNKNOWN`.
 * @example
 * ```ts
 * import { logSoftmax, tensor } from "@adjoint/core";
 * import { nllLoss } from "@adjoint/nn";
 * const logProbabilities = logSoftmax(tensor([[0, 0], [0, 0]]));
 * console.log(nllLoss(logProbabilities, tensor([0, 1], { dtype: "int32" })).item().toFixed(4)); // → 0.6931
 * ```
 */
export function nllLoss(logProbabilities: Tensor, labels: Tensor, options: ClassLossOptions = {}): Tensor {
  checkLossOptions("nllLoss", options, classLossOptions);
  checkScores("nllLoss", logProbabilities);
  checkLabels("nllLoss", logProbabilities, labels);
  const { weight, ignoreIndex = -100, reduction = "mean" } = options;
  checkReduction("nllLoss", reduction);
  const found = labelLosses("nllLoss", logProbabilities, labels, ignoreIndex, weight);
  return reduceWeighted(found, reduction);
}

/** The losses of the labels, with the weights of their classes applied. */
export function labelLosses(
  name: string,
  logProbabilities: Tensor,
  labels: Tensor,
  ignoreIndex: number,
  weight: Tensor | undefined,
): Weighted {
  const axis = classAxis(logProbabilities);
  const classes = logProbabilities.shape[axis];
  const known = lookupLabels(labels, name, classes, ignoreIndex);
  const counted = cast(ne(labels, ignoreIndex), logProbabilities.dtype);
  const picked = squeeze(gather(logProbabilities, unsqueeze(known, axis), axis), axis);
  const shares =
    weight === undefined
      ? counted
      : mul(
          counted,
          reshape(indexSelect(checkClassWeight(name, weight, classes), reshape(known, [-1]), 0), labels.shape),
        );
  return { losses: mul(neg(picked), shares), shares };
}

/** Puts losses together; the mean is the weighted one. */
export function reduceWeighted({ losses, shares }: Weighted, reduction: "mean" | "sum" | "none"): Tensor {
  if (reduction === "none") return losses;
  return reduction === "sum" ? sum(losses) : div(sum(losses), sum(shares));
}
