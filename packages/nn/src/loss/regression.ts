import {
  abs,
  ArgumentError,
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
import { shown } from "../checks.js";
import { checkLossOptions, type LossOptions, lossOptions, reduce } from "./reduction.js";
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
  checkLossOptions("mseLoss", options, lossOptions);
  checkTargets("mseLoss", x, y);
  return reduce("mseLoss", squaredError(x, y), options.reduction);
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
  checkLossOptions("l1Loss", options, lossOptions);
  checkTargets("l1Loss", x, y);
  return reduce("l1Loss", absoluteError(x, y), options.reduction);
}

/** Options of {@link huberLoss}. */
export interface HuberLossOptions extends LossOptions {
  /** The error from which on it is counted linearly (default 1). */
  readonly delta?: number;
}

/** The names of {@link HuberLossOptions}. */
export const huberLossOptions: readonly string[] = [...lossOptions, "delta"];

/**
 * Huber's error: for `d = |x - y|`, `d²/2` below delta (default 1) and `delta·(d - delta/2)` from there on.
 *
 * @throws ShapeError `TARGET_SHAPE`, ArgumentError `REDUCTION_UNKNOWN`, `OPERAND_KIND`, `OPTIONS_KIND`, `OPTION_UNKNOWN`,
 * `DELTA_INVALID` unless delta is positive.
 * @example
 * ```ts
 * import { tensor } from "@adjoint/core";
 * import { huberLoss } from "@adjoint/nn";
 * console.log(huberLoss(tensor([1, 2]), tensor([2, 5]), { reduction: "none" }).toArray()); // → [ 0.5, 2.5 ]
 * ```
 */
export function huberLoss(x: Tensor, y: Tensor, options: HuberLossOptions = {}): Tensor {
  checkLossOptions("huberLoss", options, huberLossOptions);
  const { delta = 1, reduction } = options;
  checkTargets("huberLoss", x, y);
  if (typeof delta !== "number" || !(delta > 0)) {
    throw new ArgumentError("DELTA_INVALID", `huberLoss: delta is ${shown(delta)}; give a positive number`);
  }
  return reduce("huberLoss", huberError(x, y, delta), reduction);
}

/** Options of {@link smoothL1Loss}. */
export interface SmoothL1LossOptions extends LossOptions {
  /** The error from which on it is counted linearly, without its square (default 1). */
  readonly beta?: number;
}

/** The names of {@link SmoothL1LossOptions}. */
export const smoothL1LossOptions: readonly string[] = [...lossOptions, "beta"];

/**
 * Huber's error by beta (default 1): for `d = |x - y|`, `d²/(2·beta)` below beta and `d - beta/2` from there on. With beta 0 it is
 * the absolute error.
 *
 * @throws ShapeError `TARGET_SHAPE`, ArgumentError `REDUCTION_UNKNOWN`, `OPERAND_KIND`, `OPTIONS_KIND`, `OPTION_UNKNOWN`,
 * `BETA_INVALID` for a negative beta.
 * @example
 * ```ts
 * import { tensor } from "@adjoint/core";
 * import { smoothL1Loss } from "@adjoint/nn";
 * console.log(smoothL1Loss(tensor([1]), tensor([2]), { beta: 2 }).item()); // → 0.25
 * ```
 */
export function smoothL1Loss(x: Tensor, y: Tensor, options: SmoothL1LossOptions = {}): Tensor {
  checkLossOptions("smoothL1Loss", options, smoothL1LossOptions);
  const { beta = 1, reduction } = options;
  checkTargets("smoothL1Loss", x, y);
  if (typeof beta !== "number" || !(beta >= 0)) {
    throw new ArgumentError("BETA_INVALID", `smoothL1Loss: beta is ${shown(beta)}; give a number of at least 0`);
  }
  const errors = beta === 0 ? absoluteError(x, y) : div(huberError(x, y, beta), beta);
  return reduce("smoothL1Loss", errors, reduction);
}
