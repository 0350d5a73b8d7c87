import {
  add,
  ArgumentError,
  type Binary,
  elementwise,
  expm1,
  isFloating,
  logSigmoid,
  logSoftmax,
  maximum,
  mul,
  neg,
  pow,
  sigmoid,
  type State,
  sub,
  type Tensor,
  type Ternary,
  type Value,
} from "@adjoint/core";
import { checkAmount, checkNumber, checkRole } from "../checks.js";
import { checkLabels, checkScores, classAxis, pickLabels } from "./labels.js";
import { Loss } from "./loss.js";
import { reduceWeighted } from "./nll.js";
import { type Known, type LossOptions, reduce, reduction, settle } from "./options.js";
import { checkTargets, weighted } from "./targets.js";

/** Where the base of the power is held: at 0, which it is for scores of 1000, a gamma below 1 has an infinite derivative. */
const LEAST = 1e-18;

/** `(1 - q)^γ` times the binary cross-entropy of scores x and targets y, `1 - q = y·σ(-x) + (1 - y)·σ(x)`. */
export const focalScoreError: Ternary = elementwise("focalLoss", {
  formula: (x: Value, y: Value, gamma: Value) => {
    const missed = add(mul(y, sigmoid(neg(x))), mul(sub(1, y), sigmoid(x)));
    return mul(pow(maximum(missed, LEAST), gamma), sub(mul(sub(1, y), x), logSigmoid(x)));
  },
  samples: [
    [0, 1, 2],
    [1000, 0, 2],
    [1000, 1, 0.5],
    [3, 0.4, 1.5],
  ],
  domain: [
    [-3, 3],
    [0, 1],
    [0, 3],
  ],
});

/** `-(1 - e^x)^γ·x` for log-probabilities x. */
export const focalError: Binary = elementwise("focalLoss", {
  formula: (x: Value, gamma: Value) => neg(mul(pow(maximum(neg(expm1(x)), LEAST), gamma), x)),
  samples: [
    [-1, 2],
    [-1000, 2],
    [-1e-30, 0.5],
  ],
  domain: [
    [-3, -0.1],
    [0, 3],
  ],
});

/** Options of {@link focalLoss}. */
export interface FocalLossOptions extends LossOptions {
  /** For targets of 0 and 1, the weight of the positive ones, `1 - alpha` that of the others (default 0.25); negative: no weights. */
  readonly alpha?: number;
  /** How much the well classified count less; with 0 it is the cross-entropy (default 2). */
  readonly gamma?: number;
  /** For labels a weight for each class, `[classes]`, with which the mean is weighted; for others a factor, broadcast (default 1). */
  readonly weight?: Tensor;
  /** The label that leaves an example out (default -100). */
  readonly ignoreIndex?: number;
}

const focalOptions: Known<FocalLossOptions> = {
  reduction,
  alpha: [0.25, checkNumber],
  gamma: [2, checkAmount],
  weight: [undefined, checkRole],
  ignoreIndex: [-100, checkNumber],
};

/**
 * The focal loss `-α·(1 - q)^γ·ln q` of the probability q that scores x give to the truth: the cross-entropy, in which what is
 * classified well counts less. Lin et al., 2017, arXiv:1708.02002.
 *
 * Floating targets of 0 to 1 in the shape of x are classes that do not exclude each other: q is `σ(x)` or `1 - σ(x)`, as in torchvision's
 * `sigmoid_focal_loss`, whose reduction however is `"none"` by default. Labels (int32 or uint8, the shape of x without the classes) are one of
 * the classes of `[batch, classes, ...]`: q is that of the softmax, as in {@link crossEntropy}, and `weight` is the place of α.
 *
 * @throws IndexError `LABEL_OUT_OF_RANGE`, DTypeError `LABEL_DTYPE`, ShapeError `TARGET_SHAPE`, `WEIGHT_SHAPE`, `INPUT_RANK`, ArgumentError
 * `OPTION_INVALID` for a negative gamma and for alpha beside labels, `NUMBER_INVALID`, `REDUCTION_UNKNOWN`, `OPERAND_KIND`, `OPTIONS_KIND`,
 * `OPTION_UNKNOWN`.
 * @example
 * ```ts
 * import { tensor } from "@adjoint/core";
 * import { focalLoss } from "@adjoint/nn";
 * console.log(focalLoss(tensor([0, 3]), tensor([1, 1])).item().toFixed(4)); // → 0.0217
 * console.log(focalLoss(tensor([[0, 0]]), tensor([1], { dtype: "int32" })).item().toFixed(4)); // → 0.1733
 * ```
 */
export function focalLoss(x: Tensor, targets: Tensor, options: FocalLossOptions = {}): Tensor {
  const settled = settle("focalLoss", options, focalOptions);
  const { alpha, gamma, weight, reduction } = settled;
  checkScores("focalLoss", x);
  checkRole("focalLoss", "targets", targets);
  if (isFloating(targets.dtype)) {
    checkTargets("focalLoss", x, targets);
    const losses = weighted("focalLoss", focalScoreError(x, targets, gamma), weight);
    return reduce(alpha < 0 ? losses : mul(losses, add(mul(targets, 2 * alpha - 1), 1 - alpha)), reduction);
  }
  checkLabels("focalLoss", x, targets);
  if (options.alpha !== undefined) {
    throw new ArgumentError("OPTION_INVALID", "focalLoss: alpha is for targets of 0 and 1; for labels give weight");
  }
  const { picked, shares } = pickLabels("focalLoss", logSoftmax(x, { axis: classAxis(x) }), targets, settled);
  return reduceWeighted(mul(focalError(picked, gamma), shares), shares, reduction);
}

/**
 * The focal loss `-α·(1 - q)^γ·ln q` as a module, as {@link focalLoss}, which says the shapes. The weight is a buffer, `weight`.
 *
 * @throws ArgumentError `OPTION_INVALID`, `NUMBER_INVALID`, `REDUCTION_UNKNOWN`, `OPERAND_KIND`, `OPTIONS_KIND`, `OPTION_UNKNOWN`; in `forward` as
 * the function.
 * @example
 * ```ts
 * import { tensor } from "@adjoint/core";
 * import { FocalLoss } from "@adjoint/nn";
 * const loss = new FocalLoss({ alpha: 0.5, gamma: 1 });
 * console.log(loss.forward(tensor([0]), tensor([1])).item().toFixed(4)); // → 0.1733
 * ```
 */
export class FocalLoss extends Loss<FocalLossOptions, [x: Tensor, targets: Tensor]> {
  declare readonly weight: State | null; // [classes], or broadcast

  /** @param options - those of the function of the same name. */
  constructor(options?: FocalLossOptions) {
    super(focalOptions, options);
  }

  forward(x: Tensor, targets: Tensor): Tensor {
    return focalLoss(x, targets, this.withWeights);
  }
}
