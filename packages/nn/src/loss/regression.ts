import {
  abs,
  div,
  type Binary,
  elementwise,
  lt,
  mul,
  square,
  sub,
  type Tensor,
  type Ternary,
  type Value,
  where,
} from "@adjoint/core";
import { checkAmount, checkPositive } from "../checks.js";
import { Loss } from "./loss.js";
import { type Known, type LossOptions, lossOptions, reduce, reduction, settle } from "./options.js";
import { checkTargets } from "./targets.js";

/** `(x - y)²`, element by element. */
export const squaredError: Binary = elementwise("squaredError", {
  formula: (x: Value, y: Value) => square(sub(x, y)),
  samples: [
    [1, 3],
    [2, 2],
  ],
});

/** `|x - y|`, element by element, with derivative 0 where they are equal. */
export const absoluteError: Binary = elementwise("absoluteError", {
  formula: (x: Value, y: Value) => abs(sub(x, y)),
  samples: [
    [1, 3],
    [2, 2],
  ],
});

/**
 * `e²/2` for `e = x - y` within delta, and `delta·(|e| - delta/2)` beyond. The square is that of e and not of |e|, whose
 * derivative at x = y is 0 and would take the curvature there with it.
 */
export const huberError: Ternary = elementwise("huberError", {
  formula: (x: Value, y: Value, delta: Value) => {
    const error = sub(x, y);
    const beyond = mul(delta, sub(abs(error), mul(0.5, delta)));
    return where(lt(abs(error), delta), mul(0.5, square(error)), beyond);
  },
  samples: [
    [1, 3, 1],
    [2, 2, 1],
    [2, 2.5, 1],
  ],
  domain: [
    [-3, 3],
    [-3, 3],
    [0.5, 2],
  ],
});

/**
 * The squared error `(x - y)²`, its mean over all elements unless another reduction is asked for.
 *
 * @throws ShapeError `TARGET_SHAPE` unless the shapes are the same, ArgumentError `REDUCTION_UNKNOWN`,
 * `OPERAND_KIND`, `OPTIONS_KIND`, `OPTION_UNKNOWN`.
 * @example
 * ```ts
 * import { tensor } from "@adjoint/core";
 * import { mseLoss } from "@adjoint/nn";
 * console.log(mseLoss(tensor([1, 2]), tensor([1, 4])).item()); // → 2
 * ```
 */
export function mseLoss(x: Tensor, y: Tensor, options: LossOptions = {}): Tensor {
  const { reduction } = settle("mseLoss", options, lossOptions);
  checkTargets("mseLoss", x, y);
  return reduce(squaredError(x, y), reduction);
}

/**
 * The squared error `(x - y)²` as a module, as {@link mseLoss}.
 *
 * @throws ArgumentError `REDUCTION_UNKNOWN`, `OPTIONS_KIND`, `OPTION_UNKNOWN`; in `forward` as the function.
 * @example
 * ```ts
 * import { tensor } from "@adjoint/core";
 * import { MSELoss } from "@adjoint/nn";
 * console.log(new MSELoss().forward(tensor([1, 2]), tensor([1, 4])).item()); // → 2
 * ```
 */
export class MSELoss extends Loss<LossOptions> {
  /** @param options - those of the function of the same name. */
  constructor(options?: LossOptions) {
    super(lossOptions, options);
  }

  forward(x: Tensor, y: Tensor): Tensor {
    return mseLoss(x, y, this.withWeights);
  }
}

/**
 * The absolute error `|x - y|`, with derivative 0 where they are equal.
 *
 * @throws ShapeError `TARGET_SHAPE`, ArgumentError `REDUCTION_UNKNOWN`,
 * `OPERAND_KIND`, `OPTIONS_KIND`, `OPTION_UNKNOWN`.
 * @example
 * ```ts
 * import { tensor } from "@adjoint/core";
 * import { l1Loss } from "@adjoint/nn";
 * console.log(l1Loss(tensor([1, 2]), tensor([1, 4])).item()); // → 1
 * ```
 */
export function l1Loss(x: Tensor, y: Tensor, options: LossOptions = {}): Tensor {
  const { reduction } = settle("l1Loss", options, lossOptions);
  checkTargets("l1Loss", x, y);
  return reduce(absoluteError(x, y), reduction);
}

/**
 * The absolute error `|x - y|` as a module, as {@link l1Loss}.
 *
 * @throws ArgumentError `REDUCTION_UNKNOWN`, `OPTIONS_KIND`, `OPTION_UNKNOWN`; in `forward` as the function.
 * @example
 * ```ts
 * import { tensor } from "@adjoint/core";
 * import { L1Loss } from "@adjoint/nn";
 * console.log(new L1Loss({ reduction: "sum" }).forward(tensor([1, 2]), tensor([1, 4])).item()); // → 2
 * ```
 */
export class L1Loss extends Loss<LossOptions> {
  /** @param options - those of the function of the same name. */
  constructor(options?: LossOptions) {
    super(lossOptions, options);
  }

  forward(x: Tensor, y: Tensor): Tensor {
    return l1Loss(x, y, this.withWeights);
  }
}

/** Options of {@link huberLoss}. */
export interface HuberLossOptions extends LossOptions {
  /** The error from which on it is counted linearly (default 1). */
  readonly delta?: number;
}

const huberLossOptions: Known<HuberLossOptions> = { reduction, delta: [1, checkPositive] };

/**
 * Huber's error: for `d = |x - y|`, `d²/2` below delta (default 1) and `delta·(d - delta/2)` from there on. Huber, 1964.
 *
 * @throws ShapeError `TARGET_SHAPE`, ArgumentError `REDUCTION_UNKNOWN`, `OPERAND_KIND`, `OPTIONS_KIND`, `OPTION_UNKNOWN`,
 * `OPTION_INVALID` unless delta is positive.
 * @example
 * ```ts
 * import { tensor } from "@adjoint/core";
 * import { huberLoss } from "@adjoint/nn";
 * console.log(huberLoss(tensor([1, 2]), tensor([2, 5]), { reduction: "none" }).toArray()); // → [ 0.5, 2.5 ]
 * ```
 */
export function huberLoss(x: Tensor, y: Tensor, options: HuberLossOptions = {}): Tensor {
  const { delta, reduction } = settle("huberLoss", options, huberLossOptions);
  checkTargets("huberLoss", x, y);
  return reduce(huberError(x, y, delta), reduction);
}

/**
 * Huber's error, `d²/2` for `d = |x - y|` below delta and linear beyond, as a module: {@link huberLoss}.
 *
 * @throws ArgumentError `OPTION_INVALID`, `REDUCTION_UNKNOWN`, `OPTIONS_KIND`, `OPTION_UNKNOWN`; in `forward` as the function.
 * @example
 * ```ts
 * import { tensor } from "@adjoint/core";
 * import { HuberLoss } from "@adjoint/nn";
 * console.log(new HuberLoss({ delta: 2 }).forward(tensor([1]), tensor([5])).item()); // → 6
 * ```
 */
export class HuberLoss extends Loss<HuberLossOptions> {
  /** @param options - those of the function of the same name. */
  constructor(options?: HuberLossOptions) {
    super(huberLossOptions, options);
  }

  forward(x: Tensor, y: Tensor): Tensor {
    return huberLoss(x, y, this.withWeights);
  }
}

/** Options of {@link smoothL1Loss}. */
export interface SmoothL1LossOptions extends LossOptions {
  /** The error from which on it is counted linearly, without its square (default 1). */
  readonly beta?: number;
}

const smoothL1LossOptions: Known<SmoothL1LossOptions> = { reduction, beta: [1, checkAmount] };

/**
 * Huber's error by beta (default 1): for `d = |x - y|`, `d²/(2·beta)` below beta and `d - beta/2` from there on. With beta 0 it is
 * the absolute error. Girshick, 2015, arXiv:1504.08083.
 *
 * @throws ShapeError `TARGET_SHAPE`, ArgumentError `REDUCTION_UNKNOWN`, `OPERAND_KIND`, `OPTIONS_KIND`, `OPTION_UNKNOWN`,
 * `OPTION_INVALID` for a negative beta.
 * @example
 * ```ts
 * import { tensor } from "@adjoint/core";
 * import { smoothL1Loss } from "@adjoint/nn";
 * console.log(smoothL1Loss(tensor([1]), tensor([2]), { beta: 2 }).item()); // → 0.25
 * ```
 */
export function smoothL1Loss(x: Tensor, y: Tensor, options: SmoothL1LossOptions = {}): Tensor {
  const { beta, reduction } = settle("smoothL1Loss", options, smoothL1LossOptions);
  checkTargets("smoothL1Loss", x, y);
  return reduce(beta === 0 ? absoluteError(x, y) : div(huberError(x, y, beta), beta), reduction);
}

/**
 * The absolute error, rounded within beta: `d²/(2·beta)` for `d = |x - y|` below beta, `d - beta/2` beyond, as a module: {@link smoothL1Loss}.
 *
 * @throws ArgumentError `OPTION_INVALID`, `REDUCTION_UNKNOWN`, `OPTIONS_KIND`, `OPTION_UNKNOWN`; in `forward` as the function.
 * @example
 * ```ts
 * import { tensor } from "@adjoint/core";
 * import { SmoothL1Loss } from "@adjoint/nn";
 * console.log(new SmoothL1Loss().forward(tensor([1]), tensor([5])).item()); // → 3.5
 * ```
 */
export class SmoothL1Loss extends Loss<SmoothL1LossOptions> {
  /** @param options - those of the function of the same name. */
  constructor(options?: SmoothL1LossOptions) {
    super(smoothL1LossOptions, options);
  }

  forward(x: Tensor, y: Tensor): Tensor {
    return smoothL1Loss(x, y, this.withWeights);
  }
}
