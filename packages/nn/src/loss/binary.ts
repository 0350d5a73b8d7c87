import {
  add,
  type Binary,
  div,
  elementwise,
  log,
  log1p,
  logSigmoid,
  maximum,
  mul,
  neg,
  type State,
  sub,
  type Tensor,
  type Ternary,
  type Value,
} from "@adjoint/core";
import { checkRole } from "../checks.js";
import { Loss } from "./loss.js";
import { type Known, type LossOptions, reduce, reduction, settle } from "./options.js";
import { checkProbabilities, checkTargets, checkWeight, EPSILON, weighted } from "./targets.js";

/**
 * `-(y·ln p + (1 - y)·ln(1 - p))`, the logarithms held above -100 as in PyTorch: at p = 0 they are infinite. The partials hold
 * `p·(1 - p)` above 1e-12, where the derived ones would divide 0 by 0.
 */
export const binaryError: Binary = elementwise("binaryCrossEntropy", {
  formula: (p: Value, y: Value) =>
    neg(add(mul(y, maximum(log(p), -100)), mul(sub(1, y), maximum(log1p(neg(p)), -100)))),
  partials: [
    (p, y) => div(sub(p, y), maximum(mul(p, sub(1, p)), EPSILON)),
    (p) => sub(maximum(log1p(neg(p)), -100), maximum(log(p), -100)),
  ],
  samples: [
    [0.5, 1],
    [0.2, 0],
    [0.9, 0.3],
  ],
  domain: [
    [0.05, 0.95],
    [0, 1],
  ],
});

/** `(1 - y)·x + (1 + (w - 1)·y)·ln(1 + e^-x)`, which at x = -1000 has no logarithm of 0. */
export const binaryScoreError: Ternary = elementwise("binaryCrossEntropyWithLogits", {
  formula: (x: Value, y: Value, w: Value) => add(mul(sub(1, y), x), mul(add(1, mul(sub(w, 1), y)), neg(logSigmoid(x)))),
  samples: [
    [0, 1, 1],
    [1000, 0, 1],
    [-1000, 1, 2],
    [3, 0.4, 0.5],
  ],
});

/** Options of the binary losses. */
export interface BinaryLossOptions extends LossOptions {
  /** A factor for each element, broadcast (default 1). */
  readonly weight?: Tensor;
}

const binaryLossOptions: Known<BinaryLossOptions> = { reduction, weight: [undefined, checkRole] };

/**
 * The cross-entropy `-(y·ln p + (1 - y)·ln(1 - p))` of probabilities p and targets y, both from 0 to 1. Scores that have not
 * been through a sigmoid go to {@link binaryCrossEntropyWithLogits}, which is exact for large ones too.
 *
 * @throws ShapeError `TARGET_SHAPE`, `WEIGHT_SHAPE`, ArgumentError `PROBABILITY_INVALID` for a p outside 0 to 1,
 * `REDUCTION_UNKNOWN`, `OPERAND_KIND`, `OPTIONS_KIND`, `OPTION_UNKNOWN`.
 * @example
 * ```ts
 * import { tensor } from "@adjoint/core";
 * import { binaryCrossEntropy } from "@adjoint/nn";
 * console.log(binaryCrossEntropy(tensor([0.5, 0.5]), tensor([1, 0])).item().toFixed(4)); // → 0.6931
 * ```
 */
export function binaryCrossEntropy(p: Tensor, y: Tensor, options: BinaryLossOptions = {}): Tensor {
  const name = "binaryCrossEntropy";
  const { weight, reduction } = settle(name, options, binaryLossOptions);
  checkTargets(name, p, y);
  checkProbabilities(name, p, "for scores use binaryCrossEntropyWithLogits");
  return reduce(weighted(name, binaryError(p, y), weight), reduction);
}

/**
 * The cross-entropy `-(y·ln p + (1 - y)·ln(1 - p))` of probabilities as a module, as {@link binaryCrossEntropy}. The weight is a
 * buffer, `weight`.
 *
 * @throws ArgumentError `REDUCTION_UNKNOWN`, `OPERAND_KIND`, `OPTIONS_KIND`, `OPTION_UNKNOWN`; in `forward` as the function.
 * @example
 * ```ts
 * import { tensor } from "@adjoint/core";
 * import { BCELoss } from "@adjoint/nn";
 * console.log(new BCELoss().forward(tensor([0.5, 0.5]), tensor([1, 0])).item().toFixed(4)); // → 0.6931
 * ```
 */
export class BCELoss extends Loss<BinaryLossOptions, [p: Tensor, y: Tensor]> {
  declare readonly weight: State | null; // broadcast

  /** @param options - those of the function of the same name. */
  constructor(options?: BinaryLossOptions) {
    super(binaryLossOptions, options);
  }

  forward(p: Tensor, y: Tensor): Tensor {
    return binaryCrossEntropy(p, y, this.withWeights);
  }
}

/** Options of {@link binaryCrossEntropyWithLogits}. */
export interface BinaryLogitsLossOptions extends BinaryLossOptions {
  /** A factor for the positive part of the loss, broadcast: above 1 it trades precision for recall (default 1). */
  readonly posWeight?: Tensor;
}

const binaryLogitsLossOptions: Known<BinaryLogitsLossOptions> = {
  reduction,
  weight: [undefined, checkRole],
  posWeight: [undefined, checkRole],
};

/**
 * The cross-entropy `-(y·ln σ(x) + (1 - y)·ln(1 - σ(x)))` of targets y from 0 to 1, from the scores (logits) x themselves.
 *
 * @throws ShapeError `TARGET_SHAPE`, `WEIGHT_SHAPE`, ArgumentError `REDUCTION_UNKNOWN`, `OPERAND_KIND`, `OPTIONS_KIND`,
 * `OPTION_UNKNOWN`.
 * @example
 * ```ts
 * import { tensor } from "@adjoint/core";
 * import { binaryCrossEntropyWithLogits } from "@adjoint/nn";
 * console.log(binaryCrossEntropyWithLogits(tensor([1000]), tensor([0])).item()); // → 1000
 * ```
 */
export function binaryCrossEntropyWithLogits(x: Tensor, y: Tensor, options: BinaryLogitsLossOptions = {}): Tensor {
  const name = "binaryCrossEntropyWithLogits";
  const { weight, posWeight, reduction } = settle(name, options, binaryLogitsLossOptions);
  checkTargets(name, x, y);
  const losses = binaryScoreError(x, y, posWeight ? checkWeight(name, posWeight, x, "posWeight") : 1);
  return reduce(weighted(name, losses, weight), reduction);
}

/**
 * The cross-entropy `-(y·ln σ(x) + (1 - y)·ln(1 - σ(x)))` of scores as a module, as {@link binaryCrossEntropyWithLogits}. The weights are
 * buffers, `weight` and `pos_weight`.
 *
 * @throws ArgumentError `REDUCTION_UNKNOWN`, `OPERAND_KIND`, `OPTIONS_KIND`, `OPTION_UNKNOWN`; in `forward` as the function.
 * @example
 * ```ts
 * import { tensor } from "@adjoint/core";
 * import { BCEWithLogitsLoss } from "@adjoint/nn";
 * const loss = new BCEWithLogitsLoss({ posWeight: tensor([3]) });
 * console.log(loss.forward(tensor([-1000]), tensor([1])).item()); // → 3000
 * ```
 */
export class BCEWithLogitsLoss extends Loss<BinaryLogitsLossOptions> {
  declare readonly weight: State | null; // broadcast
  declare readonly posWeight: State | null; // broadcast

  /** @param options - those of the function of the same name. */
  constructor(options?: BinaryLogitsLossOptions) {
    super(binaryLogitsLossOptions, options);
  }

  forward(x: Tensor, y: Tensor): Tensor {
    return binaryCrossEntropyWithLogits(x, y, this.withWeights);
  }
}
