import {
  add,
  eq,
  isFloating,
  logSoftmax,
  mul,
  neg,
  reshape,
  type State,
  sub,
  sum,
  type Tensor,
  where,
} from "@adjoint/core";
import { checkNumber, checkProbability, checkRole } from "../checks.js";
import { labelCrossEntropy } from "./label-cross-entropy.js";
import { checkLabels, checkScores, classAxis, type ClassLossOptions, pickLabels } from "./labels.js";
import { Loss } from "./loss.js";
import { reduceWeighted } from "./nll.js";
import { type Known, reduce, reduction, settle, type Settled } from "./options.js";
import { checkClassWeight, checkShape } from "./targets.js";

/** Options of {@link crossEntropy}. */
export interface CrossEntropyOptions extends ClassLossOptions {
  /** The share of each target that is spread evenly over the classes, from 0 to 1 (default 0). Szegedy et al., 2015, arXiv:1512.00567. */
  readonly labelSmoothing?: number;
}

const crossEntropyOptions: Known<CrossEntropyOptions> = {
  reduction,
  weight: [undefined, checkRole],
  ignoreIndex: [-100, checkNumber],
  labelSmoothing: [0, checkProbability],
};

/**
 * The cross-entropy `-Σ_c w_c·q_c·ln softmax(x)_c` of targets q and scores (logits) x, `[batch, classes]` or `[batch, classes,
 * d1, ...]` or `[classes]`.
 *
 * Targets are labels (int32 or uint8, the shape of x without the classes), or probabilities in the shape of x. The mean is
 * over the examples that are not ignored, weighted with the weights of their labels; with probabilities it is over all, as in
 * PyTorch.
 *
 * @throws IndexError `LABEL_OUT_OF_RANGE`, DTypeError `LABEL_DTYPE`, ShapeError `TARGET_SHAPE`, `WEIGHT_SHAPE`, `INPUT_RANK`,
 * ArgumentError `REDUCTION_UNKNOWN`, `PROBABILITY_INVALID`, `NUMBER_INVALID`, `OPERAND_KIND`, `OPTIONS_KIND`, `OPTION_UNKNOWN`.
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
  const settled = settle("crossEntropy", options, crossEntropyOptions);
  checkScores("crossEntropy", scores);
  checkRole("crossEntropy", "targets", targets);
  const { weight, ignoreIndex, labelSmoothing, reduction } = settled;
  if (weight) checkClassWeight("crossEntropy", weight, scores.shape[classAxis(scores)]);
  if (isFloating(targets.dtype) && targets.ndim >= scores.ndim) return probabilityLoss(scores, targets, settled);
  checkLabels("crossEntropy", scores, targets);
  if (weight || labelSmoothing > 0) return smoothedLoss(scores, targets, settled);
  return labelCrossEntropy(scores, targets, { reduction, ignoreIndex });
}

/** `Σ_c w_c·x_c`, the classes along their axis. */
function weightedSum(x: Tensor, weight: Tensor | undefined): Tensor {
  const axis = classAxis(x);
  const beside = weight && reshape(weight, [weight.size, ...x.shape.slice(axis + 1).map(() => 1)]);
  return sum(beside ? mul(x, beside) : x, { axis });
}

function probabilityLoss(scores: Tensor, targets: Tensor, options: Settled<CrossEntropyOptions>): Tensor {
  const { labelSmoothing, weight, reduction } = options;
  checkShape("crossEntropy", scores, targets, scores.shape, "probabilities");
  const axis = classAxis(scores);
  const spread = labelSmoothing / scores.shape[axis];
  const smoothed = labelSmoothing > 0 ? add(mul(targets, 1 - labelSmoothing), spread) : targets;
  return reduce(neg(weightedSum(mul(smoothed, logSoftmax(scores, { axis })), weight)), reduction);
}

/** The loss of labels with class weights or smoothing: `(1 - s)·w_y·(-ln p_y) + s/C·Σ_c w_c·(-ln p_c)`. */
function smoothedLoss(scores: Tensor, labels: Tensor, options: Settled<CrossEntropyOptions>): Tensor {
  const { labelSmoothing, weight, ignoreIndex, reduction } = options;
  const axis = classAxis(scores);
  const logProbabilities = logSoftmax(scores, { axis });
  const { picked, shares } = pickLabels("crossEntropy", logProbabilities, labels, options);
  const own = mul(sub(0, picked), shares); // neg would give -0
  if (labelSmoothing === 0) return reduceWeighted(own, shares, reduction);
  const spread = where(eq(labels, ignoreIndex), 0, neg(weightedSum(logProbabilities, weight)));
  const total = add(mul(own, 1 - labelSmoothing), mul(spread, labelSmoothing / scores.shape[axis]));
  return reduceWeighted(total, shares, reduction);
}

/**
 * The cross-entropy `-Σ_c w_c·q_c·ln softmax(x)_c` of targets and scores, as {@link crossEntropy}, which says the shapes. Class
 * weights are a buffer, `weight`.
 *
 * @throws ArgumentError `REDUCTION_UNKNOWN`, `PROBABILITY_INVALID`, `NUMBER_INVALID`, `OPERAND_KIND`, `OPTIONS_KIND`, `OPTION_UNKNOWN`;
 * in `forward` as the function.
 * @example
 * ```ts
 * import { tensor } from "@adjoint/core";
 * import { CrossEntropyLoss } from "@adjoint/nn";
 * const loss = new CrossEntropyLoss({ weight: tensor([1, 3]), reduction: "sum" });
 * const labels = tensor([1, 0], { dtype: "int32" });
 * console.log(loss.forward(tensor([[0, 0], [0, 0]]), labels).item().toFixed(4)); // → 2.7726
 * ```
 */
export class CrossEntropyLoss extends Loss<CrossEntropyOptions, [scores: Tensor, targets: Tensor]> {
  declare readonly weight: State | null; // [classes]

  /** @param options - those of the function of the same name. */
  constructor(options?: CrossEntropyOptions) {
    super(crossEntropyOptions, options);
  }

  forward(scores: Tensor, targets: Tensor): Tensor {
    return crossEntropy(scores, targets, this.withWeights);
  }
}
