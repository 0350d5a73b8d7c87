import {
  add,
  ArgumentError,
  checkTensor,
  clamp,
  div,
  exp,
  gt,
  log,
  mul,
  ShapeError,
  square,
  sub,
  sum,
  type Tensor,
  unsqueeze,
  where,
  xlogy,
} from "@adjoint/core";
import { checkAmount, checkFlag, checkPositive } from "../checks.js";
import { Loss } from "./loss.js";
import { checkReduction, type Known, type LossOptions, reduce, type Reduction, reduction, settle } from "./options.js";
import { checkElements, checkShape, checkTargets } from "./targets.js";

/** Options of {@link klDiv}. */
export interface KLDivLossOptions {
  /** As for other losses (default `"mean"`, over all elements); `"batchmean"` divides the sum by the size of axis 0, as the mathematics does. */
  readonly reduction?: Reduction | "batchmean";
  /** The targets are logarithms of probabilities too (default false). */
  readonly logTarget?: boolean;
}

const klDivOptions: Known<KLDivLossOptions> = {
  reduction: ["mean", (caller, _name, x) => checkReduction(caller, x, ["mean", "sum", "none", "batchmean"])],
  logTarget: [false, checkFlag],
};

/**
 * The Kullback-Leibler divergence `y·(ln y - x)` of log-probabilities x from target probabilities y, element by element, 0 where
 * y is 0. Reduction `"batchmean"` is the divergence of distributions, averaged over a batch. Kullback and Leibler, 1951.
 *
 * @throws ShapeError `TARGET_SHAPE`, `INPUT_RANK` for the batchmean of a scalar; ArgumentError `REDUCTION_UNKNOWN`,
 * `OPTION_INVALID`, `OPERAND_KIND`, `OPTIONS_KIND`, `OPTION_UNKNOWN`.
 * @example
 * ```ts
 * import { log, tensor } from "@adjoint/core";
 * import { klDiv } from "@adjoint/nn";
 * const loss = klDiv(log(tensor([[0.5, 0.5]])), tensor([[1, 0]]), { reduction: "batchmean" });
 * console.log(loss.item().toFixed(4)); // → 0.6931
 * ```
 */
export function klDiv(x: Tensor, y: Tensor, options: KLDivLossOptions = {}): Tensor {
  const { logTarget, reduction } = settle("klDiv", options, klDivOptions);
  checkTargets("klDiv", x, y);
  const losses = logTarget ? mul(exp(y), sub(y, x)) : sub(xlogy(y, y), mul(y, x));
  if (reduction !== "batchmean") return reduce(losses, reduction);
  if (x.ndim === 0)
    throw new ShapeError("INPUT_RANK", "klDiv: the input is a scalar, and has no batch to average over");
  return div(sum(losses), x.shape[0]);
}

/**
 * The Kullback-Leibler divergence `y·(ln y - x)` of log-probabilities as a module, as {@link klDiv}.
 *
 * @throws ArgumentError `REDUCTION_UNKNOWN`, `OPTION_INVALID`, `OPTIONS_KIND`, `OPTION_UNKNOWN`; in `forward` as the function.
 * @example
 * ```ts
 * import { tensor } from "@adjoint/core";
 * import { KLDivLoss } from "@adjoint/nn";
 * const loss = new KLDivLoss({ logTarget: true, reduction: "sum" });
 * console.log(loss.forward(tensor([-2, -1]), tensor([0, -1])).item()); // → 2
 * ```
 */
export class KLDivLoss extends Loss<KLDivLossOptions> {
  /** @param options - those of {@link klDiv}. */
  constructor(options?: KLDivLossOptions) {
    super(klDivOptions, options);
  }

  forward(x: Tensor, y: Tensor): Tensor {
    return klDiv(x, y, this.withWeights);
  }
}

/** Options of {@link poissonNllLoss}. */
export interface PoissonNLLLossOptions extends LossOptions {
  /** The input is the logarithm of the rate (default true). */
  readonly logInput?: boolean;
  /** Add Stirling's approximation of the term of the targets alone (default false). */
  readonly full?: boolean;
  /** What is added to a rate before its logarithm (default 1e-8). */
  readonly eps?: number;
}

const poissonOptions: Known<PoissonNLLLossOptions> = {
  reduction,
  logInput: [true, checkFlag],
  full: [false, checkFlag],
  eps: [1e-8, checkAmount],
};

/**
 * The negative log-likelihood of counts y under Poisson distributions: `e^x - y·x` for logarithms x of rates, or `x - y·ln(x + ε)` for rates x,
 * without `ln y!`. With `full`, its approximation `y·ln y - y + ½·ln(2πy)` is added where y > 1.
 *
 * @throws ShapeError `TARGET_SHAPE`, ArgumentError `REDUCTION_UNKNOWN`, `OPTION_INVALID`, `OPERAND_KIND`, `OPTIONS_KIND`,
 * `OPTION_UNKNOWN`.
 * @example
 * ```ts
 * import { tensor } from "@adjoint/core";
 * import { poissonNllLoss } from "@adjoint/nn";
 * console.log(poissonNllLoss(tensor([0, 0]), tensor([1, 4])).item()); // → 1
 * ```
 */
export function poissonNllLoss(x: Tensor, y: Tensor, options: PoissonNLLLossOptions = {}): Tensor {
  const { logInput, full, eps, reduction } = settle("poissonNllLoss", options, poissonOptions);
  checkTargets("poissonNllLoss", x, y);
  const losses = logInput ? sub(exp(x), mul(y, x)) : sub(x, mul(y, log(add(x, eps))));
  return reduce(full ? add(losses, stirling(y)) : losses, reduction);
}

/** `ln y!` where y > 1, else 0. Smaller y are replaced before the logarithm, whose derivative at 0 is infinite. */
function stirling(y: Tensor): Tensor {
  const isLarge = gt(y, 1);
  const large = where(isLarge, y, 1);
  return where(isLarge, add(sub(xlogy(large, large), large), mul(0.5, log(mul(2 * Math.PI, large)))), 0);
}

/**
 * The negative log-likelihood `e^x - y·x` of counts under Poisson distributions as a module, as {@link poissonNllLoss}.
 *
 * @throws ArgumentError `REDUCTION_UNKNOWN`, `OPTION_INVALID`, `OPTIONS_KIND`, `OPTION_UNKNOWN`; in `forward` as the function.
 * @example
 * ```ts
 * import { tensor } from "@adjoint/core";
 * import { PoissonNLLLoss } from "@adjoint/nn";
 * const loss = new PoissonNLLLoss({ logInput: false });
 * console.log(loss.forward(tensor([1, 2]), tensor([3, 0])).item()); // → 1.5
 * ```
 */
export class PoissonNLLLoss extends Loss<PoissonNLLLossOptions> {
  /** @param options - those of {@link poissonNllLoss}. */
  constructor(options?: PoissonNLLLossOptions) {
    super(poissonOptions, options);
  }

  forward(x: Tensor, y: Tensor): Tensor {
    return poissonNllLoss(x, y, this.withWeights);
  }
}

/** Options of {@link gaussianNllLoss}. */
export interface GaussianNLLLossOptions extends LossOptions {
  /** Add the constant `½·ln 2π` (default false). */
  readonly full?: boolean;
  /** The least variance (default 1e-6). */
  readonly eps?: number;
}

const gaussianOptions: Known<GaussianNLLLossOptions> = {
  reduction,
  full: [false, checkFlag],
  eps: [1e-6, checkPositive],
};

/**
 * The negative log-likelihood `½·(ln v + (x - y)²/v)` of targets y under normal distributions with means x and variances v, the variances
 * held above eps. Nix and Weigend, 1994.
 *
 * The variances have the shape of x, or that with 1 as its last axis, or without the last axis. A variance below eps gets the gradient that
 * eps would get, as in PyTorch: it can leave again.
 *
 * @throws ShapeError `TARGET_SHAPE`, ArgumentError `VARIANCE_NEGATIVE`, `REDUCTION_UNKNOWN`, `OPTION_INVALID`, `OPERAND_KIND`,
 * `OPTIONS_KIND`, `OPTION_UNKNOWN`.
 * @example
 * ```ts
 * import { tensor } from "@adjoint/core";
 * import { gaussianNllLoss } from "@adjoint/nn";
 * console.log(gaussianNllLoss(tensor([1, 2]), tensor([1, 4]), tensor([1, 1])).item()); // → 1
 * ```
 */
export function gaussianNllLoss(x: Tensor, y: Tensor, variance: Tensor, options: GaussianNLLLossOptions = {}): Tensor {
  const { full, eps, reduction } = settle("gaussianNllLoss", options, gaussianOptions);
  checkTargets("gaussianNllLoss", x, y);
  const given = besideMeans(x, variance);
  const held = add(given, sub(clamp(given, { min: eps }), given).detach());
  const losses = mul(0.5, add(log(held), div(square(sub(x, y)), held)));
  return reduce(full ? add(losses, 0.5 * Math.log(2 * Math.PI)) : losses, reduction);
}

/** Variances, checked, in a shape that broadcasts to that of the means x. */
function besideMeans(x: Tensor, variance: Tensor): Tensor {
  checkTensor("gaussianNllLoss (variance)", variance);
  checkElements(
    variance,
    (v) => !(v < 0),
    (v, place) =>
      new ArgumentError("VARIANCE_NEGATIVE", `gaussianNllLoss: variance ${v} at place ${place}; use exp or softplus`),
  );
  if (x.ndim > 0 && variance.ndim === x.ndim - 1) {
    checkShape("gaussianNllLoss", x, variance, x.shape.slice(0, -1), "variance");
    return unsqueeze(variance, -1);
  }
  const isShared = x.ndim > 0 && variance.shape[variance.ndim - 1] === 1;
  checkShape("gaussianNllLoss", x, variance, isShared ? x.shape.with(-1, 1) : x.shape, "variance");
  return variance;
}

/**
 * The negative log-likelihood `½·(ln v + (x - y)²/v)` under normal distributions as a module, as {@link gaussianNllLoss}.
 *
 * @throws ArgumentError `REDUCTION_UNKNOWN`, `OPTION_INVALID`, `OPTIONS_KIND`, `OPTION_UNKNOWN`; in `forward` as the function.
 * @example
 * ```ts
 * import { tensor } from "@adjoint/core";
 * import { GaussianNLLLoss } from "@adjoint/nn";
 * console.log(new GaussianNLLLoss().forward(tensor([1, 2]), tensor([1, 4]), tensor([1, 1])).item()); // → 1
 * ```
 */
export class GaussianNLLLoss extends Loss<GaussianNLLLossOptions, [x: Tensor, y: Tensor, variance: Tensor]> {
  /** @param options - those of {@link gaussianNllLoss}. */
  constructor(options?: GaussianNLLLossOptions) {
    super(gaussianOptions, options);
  }

  forward(x: Tensor, y: Tensor, variance: Tensor): Tensor {
    return gaussianNllLoss(x, y, variance, this.withWeights);
  }
}
