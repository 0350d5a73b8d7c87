import { State, type Tensor } from "@adjoint/core";
import { Module } from "../module.js";
import {
  binaryCrossEntropy,
  type BinaryLogitsLossOptions,
  type BinaryLossOptions,
  binaryCrossEntropyWithLogits,
} from "./binary.js";
import { crossEntropy, type CrossEntropyOptions } from "./cross-entropy.js";
import { type ClassLossOptions, nllLoss } from "./nll.js";
import type { LossOptions } from "./reduction.js";
import {
  huberLoss,
  type HuberLossOptions,
  l1Loss,
  mseLoss,
  smoothL1Loss,
  type SmoothL1LossOptions,
} from "./regression.js";

/** A loss as a module: options first, then input and targets. */
abstract class Loss<Options extends LossOptions> extends Module<[input: Tensor, targets: Tensor]> {
  readonly options: Options; // those of the function of the same name

  /** @param options - those of the function of the same name. */
  constructor(options: Options = {} as Options) {
    super();
    this.options = options;
  }
}

/**
 * {@link crossEntropy} as a module. Class weights are a buffer, `weight`.
 *
 * @example
 * ```ts
 * import { tensor } from "@adjoint/core";
 * import { CrossEntropyLoss } from "@adjoint/nn";
 * const loss = new CrossEntropyLoss({ weight: tensor([1, 3]), reduction: "sum" });
 * const labels = tensor([1, 0], { dtype: "int32" });
 * console.log(loss.forward(tensor([[0, 0], [0, 0]]), labels).item().toFixed(4)); // → 2.7726
 * ```
 */
export class CrossEntropyLoss extends Loss<Omit<CrossEntropyOptions, "weight">> {
  readonly weight: State | null; // [classes]

  constructor({ weight, ...options }: CrossEntropyOptions = {}) {
    super(options);
    this.weight = weight ? new State(weight.detach()) : null;
  }

  forward(scores: Tensor, targets: Tensor): Tensor {
    return crossEntropy(scores, targets, this.weight ? { ...this.options, weight: this.weight } : this.options);
  }
}

/** {@link nllLoss} as a module. Class weights are a buffer, `weight`. */
export class NLLLoss extends Loss<Omit<ClassLossOptions, "weight">> {
  readonly weight: State | null; // [classes]

  constructor({ weight, ...options }: ClassLossOptions = {}) {
    super(options);
    this.weight = weight ? new State(weight.detach()) : null;
  }

  forward(logProbabilities: Tensor, labels: Tensor): Tensor {
    return nllLoss(logProbabilities, labels, this.weight ? { ...this.options, weight: this.weight } : this.options);
  }
}

/** {@link mseLoss} as a module. */
export class MSELoss extends Loss<LossOptions> {
  forward(x: Tensor, y: Tensor): Tensor {
    return mseLoss(x, y, this.options);
  }
}

/** {@link l1Loss} as a module. */
export class L1Loss extends Loss<LossOptions> {
  forward(x: Tensor, y: Tensor): Tensor {
    return l1Loss(x, y, this.options);
  }
}

/** {@link huberLoss} as a module. */
export class HuberLoss extends Loss<HuberLossOptions> {
  forward(x: Tensor, y: Tensor): Tensor {
    return huberLoss(x, y, this.options);
  }
}

/** {@link smoothL1Loss} as a module. */
export class SmoothL1Loss extends Loss<SmoothL1LossOptions> {
  forward(x: Tensor, y: Tensor): Tensor {
    return smoothL1Loss(x, y, this.options);
  }
}

/** {@link binaryCrossEntropy} as a module. */
export class BCELoss extends Loss<BinaryLossOptions> {
  forward(p: Tensor, y: Tensor): Tensor {
    return binaryCrossEntropy(p, y, this.options);
  }
}

/** {@link binaryCrossEntropyWithLogits} as a module. */
export class BCEWithLogitsLoss extends Loss<BinaryLogitsLossOptions> {
  forward(x: Tensor, y: Tensor): Tensor {
    return binaryCrossEntropyWithLogits(x, y, this.options);
  }
}
