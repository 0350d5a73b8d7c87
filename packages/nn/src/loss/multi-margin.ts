import {
  arange,
  ArgumentError,
  add,
  cast,
  div,
  eq,
  type State,
  gather,
  indexSelect,
  mul,
  relu,
  reshape,
  square,
  sub,
  sum,
  type Tensor,
  unsqueeze,
  where,
} from "@adjoint/core";
import { checkNumber, checkRole, shown } from "../checks.js";
import { checkLabelRange, checkLabels, checkScores } from "./labels.js";
import { Loss } from "./loss.js";
import { type Known, type LossOptions, reduce, reduction, settle } from "./options.js";
import { checkClassWeight } from "./targets.js";

/** Options of {@link multiMarginLoss}. */
export interface MultiMarginLossOptions extends LossOptions {
  /** The exponent of the hinge (default 1). */
  readonly p?: 1 | 2;
  /** By how much the score of the label should lie above the others (default 1). */
  readonly margin?: number;
  /** A weight for each class, `[classes]` (default: all 1). */
  readonly weight?: Tensor;
}

const multiMarginOptions: Known<MultiMarginLossOptions> = {
  reduction,
  p: [1, checkExponent],
  margin: [1, checkNumber],
  weight: [undefined, checkRole],
};

function checkExponent(caller: string, name: string, p: number): void {
  if (p === 1 || p === 2) return;
  throw new ArgumentError("OPTION_INVALID", `${caller}: ${name} is ${shown(p)}; give 1 or 2`);
}

/**
 * The hinge of a multi-class support vector machine, `w_y/C·Σ_{c ≠ y} max(0, margin - x_y + x_c)^p`, of scores x, `[batch, C]` or
 * `[C]`, and labels y, `[batch]` or a scalar. The mean is over the examples, whatever the weights.
 *
 * @throws IndexError `LABEL_OUT_OF_RANGE`, DTypeError `LABEL_DTYPE`, ShapeError `TARGET_SHAPE`, `WEIGHT_SHAPE`, `INPUT_RANK`, ArgumentError
 * `REDUCTION_UNKNOWN`, `NUMBER_INVALID`, `OPTION_INVALID` unless p is 1 or 2, `OPERAND_KIND`, `OPTIONS_KIND`, `OPTION_UNKNOWN`.
 * @example
 * ```ts
 * import { tensor } from "@adjoint/core";
 * import { multiMarginLoss } from "@adjoint/nn";
 * const scores = tensor([[0.5, 1, 0]]);
 * console.log(multiMarginLoss(scores, tensor([1], { dtype: "int32" }), { reduction: "sum" }).item().toFixed(4)); // → 0.1667
 * ```
 */
export function multiMarginLoss(scores: Tensor, labels: Tensor, options: MultiMarginLossOptions = {}): Tensor {
  const name = "multiMarginLoss";
  const { p, margin, weight, reduction } = settle(name, options, multiMarginOptions);
  checkScores(name, scores, 2);
  checkLabels(name, scores, labels);
  const classes = scores.shape[scores.ndim - 1];
  checkLabelRange(name, labels, classes);
  const own = unsqueeze(cast(labels, "int32"), -1);
  const hinges = relu(add(sub(scores, gather(scores, own, -1)), margin));
  const others = where(eq(arange(classes, { dtype: "int32" }), own), 0, p === 2 ? square(hinges) : hinges);
  const losses = div(sum(others, { axis: -1 }), classes);
  if (weight === undefined) return reduce(losses, reduction);
  checkClassWeight(name, weight, classes);
  return reduce(mul(losses, reshape(indexSelect(weight, reshape(own, [-1]), 0), labels.shape)), reduction);
}

/**
 * The multi-class hinge `w_y/C·Σ_{c ≠ y} max(0, margin - x_y + x_c)^p` as a module, as {@link multiMarginLoss}. Class weights are
 * a buffer, `weight`.
 *
 * @throws ArgumentError `REDUCTION_UNKNOWN`, `NUMBER_INVALID`, `OPTION_INVALID`, `OPERAND_KIND`, `OPTIONS_KIND`, `OPTION_UNKNOWN`; in `forward`
 * as the function.
 * @example
 * ```ts
 * import { tensor } from "@adjoint/core";
 * import { MultiMarginLoss } from "@adjoint/nn";
 * const loss = new MultiMarginLoss({ p: 2, margin: 2 });
 * console.log(loss.forward(tensor([[0, 1]]), tensor([1], { dtype: "int32" })).item()); // → 0.5
 * ```
 */
export class MultiMarginLoss extends Loss<MultiMarginLossOptions, [scores: Tensor, labels: Tensor]> {
  declare readonly weight: State | null; // [classes]

  /** @param options - those of the function of the same name. */
  constructor(options?: MultiMarginLossOptions) {
    super(multiMarginOptions, options);
  }

  forward(scores: Tensor, labels: Tensor): Tensor {
    return multiMarginLoss(scores, labels, this.withWeights);
  }
}
