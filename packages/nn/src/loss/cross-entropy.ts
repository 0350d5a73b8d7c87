import { add, isFloating, logSoftmax, mul, ne, neg, reshape, ShapeError, sum, type Tensor } from "@adjoint/core";
import { checkProbability, checkRole } from "../checks.js";
import { checkLabels, checkScores, classAxis } from "./labels.js";
import { labelCrossEntropy } from "./label-cross-entropy.js";
import { type ClassLossOptions, classLossOptions, labelLosses, reduceWeighted } from "./nll.js";
import { checkLossOptions, checkReduction, type Reduction, reduce } from "./reduction.js";
import { checkClassWeight } from "./weight.js";

/** Options of {@link crossEntropy}. */
export interface CrossEntropyOptions extends ClassLossOptions {
  /** The share of each target that is spread evenly over the classes, from 0 to 1 (default 0). Szegedy et al., 2015, arXiv:1512.00567. */
  readonly labelSmoothing?: number;
}

/** The names of {@link CrossEntropyOptions}. */
export const crossEntropyOptions: readonly string[] = [...classLossOptions, "labelSmoothing"];

/**
 * The cross-entropy `-Σ_c w_c·q_c·ln softmax(x)_c` of targets q and scores (logits) x, `[batch, classes]` or `[batch, classes,
 * d1, ...]` or `[classes]`.
 *
 * Targets are labels (int32 or uint8, the shape of x without the classes), or probabilities in the shape of x. The mean is
 * over the examples that are not ignored, weighted with the weights of their labels, as in PyTorch.
 *
 * @throws IndexError `LABEL_OUT_OF_RANGE`, DTypeError `LABEL_DTYPE`, ShapeError `TARGET_SHAPE`, `WEIGHT_SHAPE`, ArgumentError
 * `REDUCTION_UNKNOWN`, `PROBABILITY_INVALID`, `OPERAND_KIND`, `OPTIONS_KIND`, `OPTION_UNKNOWN`.
 * @example
 * ```ts
 * import { tensor } from "@adjoint/core";
 * import { crossEntropy } from "@adjoint/nn";
 * const scores = tensor([[2, 0, 0], [0, 2, 0]], { requiresGrad: true });
 * const loss = crossEntropy(scores, tensor([0, 2], { dtype: "int32" }));
 * loss.backward();
 * console.log(loss.item().toFixed(4)); // → 1.2395
 * ```
 */
export function crossEntropy(scores: Tensor, targets: Tensor, options: CrossEntropyOptions = {}): Tensor {
  checkLossOptions("crossEntropy", options, crossEntropyOptions);
  checkScores("crossEntropy", scores);
  checkRole("crossEntropy", "targets", targets);
  const { weight, ignoreIndex = -100, labelSmoothing = 0, reduction = "mean" } = options;
  checkReduction("crossEntropy", reduction);
  checkProbability("crossEntropy", "labelSmoothing", labelSmoothing);
  if (weight) checkClassWeight("crossEntropy", weight, scores.shape[classAxis(scores)]);
  if (isFloating(targets.dtype) && targets.ndim >= scores.ndim) {
    return probabilityLoss(scores, targets, labelSmoothing, reduction, weight);
  }
  checkLabels("crossEntropy", scores, targets);
  if (weight === undefined && labelSmoothing === 0)
    return labelCrossEntropy(scores, targets, { reduction, ignoreIndex });
  return smoothedLoss(scores, targets, labelSmoothing, reduction, ignoreIndex, weight);
}

/** Weights as they lie beside scores: along their axis of classes. */
function besideClasses(weight: Tensor, scores: Tensor): Tensor {
  const axis = classAxis(scores);
  return reshape(weight, [weight.size, ...scores.shape.slice(axis + 1).map(() => 1)]);
}

function probabilityLoss(
  scores: Tensor,
  targets: Tensor,
  smoothing: number,
  reduction: Reduction,
  weight: Tensor | undefined,
): Tensor {
  if (targets.ndim !== scores.ndim || targets.shape.some((n, i) => n !== scores.shape[i])) {
    throw new ShapeError(
      "TARGET_SHAPE",
      `crossEntropy: probabilities [${targets.shape.join(", ")}] for [${scores.shape.join(", ")}]; the shapes must be the same`,
    );
  }
  const axis = classAxis(scores);
  const classes = scores.shape[axis];
  const smoothed = smoothing === 0 ? targets : add(mul(targets, 1 - smoothing), smoothing / classes);
  const shares = weight ? mul(smoothed, besideClasses(weight, scores)) : smoothed;
  return reduce("crossEntropy", neg(sum(mul(shares, logSoftmax(scores, { axis })), { axis })), reduction);
}

/** The loss of labels with class weights or smoothing: `(1 - s)·w_y·(-ln p_y) + s/C·Σ_c w_c·(-ln p_c)`. */
function smoothedLoss(
  scores: Tensor,
  labels: Tensor,
  smoothing: number,
  reduction: Reduction,
  ignoreIndex: number,
  weight: Tensor | undefined,
): Tensor {
  const axis = classAxis(scores);
  const logProbabilities = logSoftmax(scores, { axis });
  const { losses, shares } = labelLosses("crossEntropy", logProbabilities, labels, ignoreIndex, weight);
  if (smoothing === 0) return reduceWeighted({ losses, shares }, reduction);
  const weighted = weight ? mul(logProbabilities, besideClasses(weight, scores)) : logProbabilities;
  const spread = mul(neg(sum(weighted, { axis })), ne(labels, ignoreIndex));
  const total = add(mul(losses, 1 - smoothing), mul(spread, smoothing / scores.shape[axis]));
  return reduceWeighted({ losses: total, shares }, reduction);
}
