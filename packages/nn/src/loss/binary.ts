import {
  add,
  ArgumentError,
  type Binary,
  defineOp,
  div,
  elementwise,
  log,
  log1p,
  maximum,
  mul,
  neg,
  ones,
  type OpFunction,
  logSigmoid,
  sub,
  type Tensor,
  type Ternary,
  type Value,
} from "@adjoint/core";
import { checkLossOptions, type LossOptions, lossOptions, reduce } from "./reduction.js";
import { checkTargets } from "./targets.js";

/** Options of the binary losses. */
export interface BinaryLossOptions extends LossOptions {
  /** A factor for each element, broadcast (default 1). */
  readonly weight?: Tensor;
}

/**
 * `-(y·ln p + (1 - y)·ln(1 - p))`, the logarithms held above -100 as in PyTorch: at p = 0 they are infinite. The partials hold
 * `p·(1 - p)` above 1e-12, where the derived ones would divide 0 by 0.
 */
export const binaryError: Binary = elementwise("binaryCrossEntropy", {
  formula: (p: Value, y: Value) =>
    neg(add(mul(y, maximum(log(p), -100)), mul(sub(1, y), maximum(log1p(neg(p)), -100)))),
  partials: [
    (p, y) => div(sub(p, y), maximum(mul(p, sub(1, p)), 1e-12)),
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

/** The names of {@link BinaryLossOptions}. */
export const binaryLossOptions: readonly string[] = [...lossOptions, "weight"];

/** Probabilities as they are, each of them checked. An op, so that they are checked whenever they are computed anew. */
const checkedProbabilities: OpFunction<[p: Tensor]> = defineOp<[p: Tensor], undefined>({
  name: "probabilities",
  shape: ([p]) => p.shape,
  forward: ([p]) => {
    const { data } = p;
    for (let i = 0; i < data.length; i++) {
      if (data[i] >= 0 && data[i] <= 1) continue;
      throw new ArgumentError(
        "PROBABILITY_INVALID",
        `binaryCrossEntropy: ${data[i]} at place ${i} of p is not a probability from 0 to 1; for scores use ` +
          "binaryCrossEntropyWithLogits",
      );
    }
    return p;
  },
  vjp: (g) => [g],
  jvp: "linear",
  samples: () => [[ones([2])]],
});

/**
 * The cross-entropy `-(y·ln p + (1 - y)·ln(1 - p))` of probabilities p and targets y, both from 0 to 1. Scores that have not
 * been through a sigmoid go to {@link binaryCrossEntropyWithLogits}, which is exact for large ones too.
 *
 * @throws ShapeError `TARGET_SHAPE`, ArgumentError `PROBABILITY_INVALID` for a p outside 0 to 1, `REDUCTION_UNKNOWN`,
 * `OPERAND_KIND`, `OPTIONS_KIND`, `OPTION_UNKNOWN`.
 * @example
 * ```ts
 * import { tensor } from "@adjoint/core";
 * import { binaryCrossEntropy } from "@adjoint/nn";
 * console.log(binaryCrossEntropy(tensor([0.5, 0.5]), tensor([1, 0])).item().toFixed(4)); // → 0.6931
 * ```
 */
export function binaryCrossEntropy(p: Tensor, y: Tensor, options: BinaryLossOptions = {}): Tensor {
  checkLossOptions("binaryCrossEntropy", options, binaryLossOptions);
  checkTargets("binaryCrossEntropy", p, y);
  return weighted("binaryCrossEntropy", binaryError(checkedProbabilities(p), y), options);
}

/** Options of {@link binaryCrossEntropyWithLogits}. */
export interface BinaryLogitsLossOptions extends BinaryLossOptions {
  /** A factor for the positive part of the loss, broadcast: above 1 it trades precision for recall (default 1). */
  readonly posWeight?: Tensor;
}

/** The names of {@link BinaryLogitsLossOptions}. */
export const binaryLogitsLossOptions: readonly string[] = [...binaryLossOptions, "posWeight"];

/**
 * The cross-entropy of `σ(x)` and targets y from 0 to 1, from the scores (logits) x themselves.
 *
 * @throws ShapeError `TARGET_SHAPE`, ArgumentError `REDUCTION_UNKNOWN`, `OPERAND_KIND`, `OPTIONS_KIND`, `OPTION_UNKNOWN`.
 * @example
 * ```ts
 * import { tensor } from "@adjoint/core";
 * import { binaryCrossEntropyWithLogits } from "@adjoint/nn";
 * console.log(binaryCrossEntropyWithLogits(tensor([1000]), tensor([0])).item()); // → 1000
 * ```
 */
export function binaryCrossEntropyWithLogits(x: Tensor, y: Tensor, options: BinaryLogitsLossOptions = {}): Tensor {
  checkLossOptions("binaryCrossEntropyWithLogits", options, binaryLogitsLossOptions);
  checkTargets("binaryCrossEntropyWithLogits", x, y);
  const { posWeight = 1 } = options;
  return weighted("binaryCrossEntropyWithLogits", binaryScoreError(x, y, posWeight), options);
}

function weighted(name: string, losses: Tensor, { weight, reduction }: BinaryLossOptions): Tensor {
  return reduce(name, weight ? mul(losses, weight) : losses, reduction);
}
