import { State, type Tensor } from "@adjoint/core";
import { checkRole, shown } from "../checks.js";
import { Module } from "../module.js";
import {
  binaryCrossEntropy,
  type BinaryLogitsLossOptions,
  binaryLogitsLossOptions,
  type BinaryLossOptions,
  binaryLossOptions,
  binaryCrossEntropyWithLogits,
} from "./binary.js";
import { crossEntropy, type CrossEntropyOptions, crossEntropyOptions } from "./cross-entropy.js";
import { type ClassLossOptions, classLossOptions, nllLoss } from "./nll.js";
import { checkLossOptions, type LossOptions, lossOptions } from "./reduction.js";
import {
  huberLoss,
  type HuberLossOptions,
  huberLossOptions,
  l1Loss,
  mseLoss,
  smoothL1Loss,
  type SmoothL1LossOptions,
  smoothL1LossOptions,
} from "./regression.js";

/** A loss as a module: options first, then input and targets. */
abstract class Loss<Options extends LossOptions> extends Module<[input: Tensor, targets: Tensor]> {
  readonly options: Options; // those of the function of the same name

  constructor(options: Options, known: readonly string[]) {
    super();
    checkLossOptions(new.target.name, options, known);
    this.options = options;
  }

  protected override extraRepr(): string {
    return Object.entries(this.options)
      .map(([name, x]) => `${name}=${shown(x)}`)
      .join(", ");
  }
}

/** A loss over classes, whose weights are a buffer. */
abstract class ClassLoss<Options extends ClassLossOptions> extends Loss<Omit<Options, "weight">> {
  readonly weight: State | null; // [classes]

  constructor(given: Options, known: readonly string[]) {
    checkLossOptions(new.target.name, given, known);
    const { weight, ...options } = given;
    super(options, known);
    if (weight) checkRole(new.target.name, "weight", weight);
    this.weight = weight ? new State(weight.detach()) : null;
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
export class CrossEntropyLoss extends ClassLoss<CrossEntropyOptions> {
  /** @param options - those of the function of the same name. */
  constructor(options: CrossEntropyOptions = {}) {
    super(options, crossEntropyOptions);
  }

  forward(scores: Tensor, targets: Tensor): Tensor {
    return crossEntropy(scores, targets, this.weight ? { ...this.options, weight: this.weight } : this.options);
  }
}

/** {@link nllLoss} as a module. Class weights are a buffer, `weight`. */
export class NLLLoss extends ClassLoss<ClassLossOptions> {
  /** @param options - those of the function of the same name. */
  constructor(options: ClassLossOptions = {}) {
    super(options, classLossOptions);
  }

  forward(logProbabilities: Tensor, labels: Tensor): Tensor {
    return nllLoss(logProbabilities, labels, this.weight ? { ...this.options, weight: this.weight } : this.options);
  }
}

/** {@link mseLoss} as a module. */
export class MSELoss extends Loss<LossOptions> {
  /** @param options - those of the function of the same name. */
  constructor(options: LossOptions = {}) {
    super(options, lossOptions);
  }

  forward(x: Tensor, y: Tensor): Tensor {
    return mseLoss(x, y, this.options);
  }
}

/** {@link l1Loss} as a module. */
export class L1Loss extends Loss<LossOptions> {
  /** @param options - those of the function of the same name. */
  constructor(options: LossOptions = {}) {
    super(options, lossOptions);
  }

  forward(x: Tensor, y: Tensor): Tensor {
    return l1Loss(x, y, this.options);
  }
}

/** {@link huberLoss} as a module. */
export class HuberLoss extends Loss<HuberLossOptions> {
  /** @param options - those of the function of the same name. */
  constructor(options: HuberLossOptions = {}) {
    super(options, huberLossOptions);
  }

  forward(x: Tensor, y: Tensor): Tensor {
    return huberLoss(x, y, this.options);
  }
}

/** {@link smoothL1Loss} as a module. */
export class SmoothL1Loss extends Loss<SmoothL1LossOptions> {
  /** @param options - those of the function of the same name. */
  constructor(options: SmoothL1LossOptions = {}) {
    super(options, smoothL1LossOptions);
  }

  forward(x: Tensor, y: Tensor): Tensor {
    return smoothL1Loss(x, y, this.options);
  }
}

/** {@link binaryCrossEntropy} as a module. */
export class BCELoss extends Loss<BinaryLossOptions> {
  /** @param options - those of the function of the same name. */
  constructor(options: BinaryLossOptions = {}) {
    super(options, binaryLossOptions);
  }

  forward(p: Tensor, y: Tensor): Tensor {
    return binaryCrossEntropy(p, y, this.options);
  }
}

/** {@link binaryCrossEntropyWithLogits} as a module. */
export class BCEWithLogitsLoss extends Loss<BinaryLogitsLossOptions> {
  /** @param options - those of the function of the same name. */
  constructor(options: BinaryLogitsLossOptions = {}) {
    super(options, binaryLogitsLossOptions);
  }

  forward(x: Tensor, y: Tensor): Tensor {
    return binaryCrossEntropyWithLogits(x, y, this.options);
  }
}
