import { add, div, mul, ShapeError, sub, sum, type Tensor } from "@adjoint/core";
import { checkAmount, shapeText } from "../checks.js";
import { Loss } from "./loss.js";
import { type Known, type LossOptions, reduce, reduction, settle } from "./options.js";
import { checkProbabilities, checkTargets } from "./targets.js";

/** Options of {@link diceLoss}. */
export interface DiceLossOptions extends LossOptions {
  /** What is added above and below the line, which makes an empty prediction of an empty target right (default 1). */
  readonly smooth?: number;
  /** The axes over which a region extends (default all but the first); `[2, 3]` for the classes of `[batch, classes, height, width]`. */
  readonly axis?: number | readonly number[];
}

const diceOptions: Known<DiceLossOptions> = { reduction, smooth: [1, checkAmount], axis: [[], () => {}] };

/**
 * One minus Dice's coefficient of how far two regions overlap, `1 - (2·Σ p·y + s)/(Σ p + Σ y + s)`, of probabilities p and targets y from 0 to 1,
 * both `[batch, ...]`: a loss for each example, then their mean. Scores go through `sigmoid` or `softmax` first. Milletari et al.,
 * 2016, arXiv:1606.04797.
 *
 * @throws ShapeError `TARGET_SHAPE`, `INPUT_RANK`, `AXIS_OUT_OF_RANGE`, `AXIS_REPEATED`; ArgumentError `PROBABILITY_INVALID` for a p outside 0 to 1,
 * `REDUCTION_UNKNOWN`, `OPTION_INVALID`, `OPERAND_KIND`, `OPTIONS_KIND`, `OPTION_UNKNOWN`.
 * @example
 * ```ts
 * import { tensor } from "@adjoint/core";
 * import { diceLoss } from "@adjoint/nn";
 * const p = tensor([[1, 1, 0, 0]]);
 * console.log(diceLoss(p, tensor([[1, 0, 0, 0]]), { smooth: 0 }).item().toFixed(4)); // → 0.3333
 * ```
 */
export function diceLoss(p: Tensor, y: Tensor, options: DiceLossOptions = {}): Tensor {
  const { smooth, axis, reduction } = settle("diceLoss", options, diceOptions);
  checkTargets("diceLoss", p, y);
  checkProbabilities("diceLoss", p, "scores go through sigmoid or softmax first");
  const isDefault = Array.isArray(axis) && axis.length === 0;
  if (isDefault && p.ndim < 2) {
    throw new ShapeError(
      "INPUT_RANK",
      `diceLoss: ${shapeText(p.shape)} is no batch of regions; give [batch, ...] or axis`,
    );
  }
  const region = { axis: isDefault ? p.shape.slice(1).map((_, i) => i + 1) : axis };
  const common = add(mul(2, sum(mul(p, y), region)), smooth);
  return reduce(sub(1, div(common, add(sum(add(p, y), region), smooth))), reduction);
}

/**
 * One minus Dice's coefficient, `1 - (2·Σ p·y + s)/(Σ p + Σ y + s)`, as a module, as {@link diceLoss}.
 *
 * @throws ArgumentError `REDUCTION_UNKNOWN`, `OPTION_INVALID`, `OPTIONS_KIND`, `OPTION_UNKNOWN`; in `forward` as the function.
 * @example
 * ```ts
 * import { tensor } from "@adjoint/core";
 * import { DiceLoss } from "@adjoint/nn";
 * console.log(new DiceLoss().forward(tensor([[1, 1]]), tensor([[1, 0]])).item()); // → 0.25
 * ```
 */
export class DiceLoss extends Loss<DiceLossOptions, [p: Tensor, y: Tensor]> {
  /** @param options - those of the function of the same name. */
  constructor(options?: DiceLossOptions) {
    super(diceOptions, options);
  }

  forward(p: Tensor, y: Tensor): Tensor {
    return diceLoss(p, y, this.withWeights);
  }
}
