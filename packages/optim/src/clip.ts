import {
  abs,
  add,
  ArgumentError,
  checkOptions,
  div,
  elementwise,
  GradientError,
  max,
  maximum,
  minimum,
  mul,
  neg,
  noGrad,
  Parameter,
  pow,
  sqrt,
  square,
  stack,
  sum,
  Tensor,
  tensor,
  type Ternary,
  type Value,
} from "@adjoint/core";
import { type Rate, shown } from "./checks.js";
import { rule } from "./chain.js";
import { isIterable } from "./inputs.js";
import { type GradientTransformation, stateless } from "./transformation.js";

/** Options of the clipping by norm. */
export interface ClipNormOptions {
  /** The order p of the norm `(Σ|g|^p)^(1/p)` (default 2); Infinity for the largest absolute value. */
  readonly normType?: number;
}

/** Options of {@link clipGradNorm}. */
export interface ClipGradNormOptions extends ClipNormOptions {
  /** Refuse a norm that is NaN or infinite, which would make all gradients so (default false). */
  readonly errorIfNonfinite?: boolean;
}

/** `x` held between low and high. */
const held: Ternary = elementwise("clip", {
  formula: (x: Value, low: Value, high: Value) => minimum(maximum(x, low), high),
  samples: [
    [0.5, -1, 1],
    [3, -1, 1],
    [-3, -1, 1],
  ],
  domain: [
    [-3, 3],
    [-2, -1],
    [1, 2],
  ],
});

/**
 * Holds each element of the gradients between `-bound` and `bound`.
 *
 * @throws ArgumentError `BOUND_INVALID`.
 * @example
 * ```ts
 * import { Parameter, tensor } from "@adjoint/core";
 * import { clip } from "@adjoint/optim";
 * const x = new Parameter(tensor([0, 0]));
 * console.log(clip(1).update([tensor([30, -0.5])], [{}], [x]).updates[0]); // → tensor([ 1.0000, -0.5000])
 * ```
 */
export function clip(bound: Rate): GradientTransformation {
  checkBound("clip", bound);
  return rule({
    name: "clip",
    options: { bound },
    update: ({ gradient, bound }) => minimum(maximum(gradient, neg(bound)), bound),
  });
}

/**
 * Scales the gradient of each parameter by itself, so that its norm is at most `maxNorm`: `g·min(1, maxNorm / (‖g‖ + 1e-6))`.
 *
 * @throws ArgumentError `NORM_INVALID`, `OPTION_UNKNOWN`, `OPTIONS_KIND`.
 * @example
 * ```ts
 * import { Parameter, tensor } from "@adjoint/core";
 * import { clipByNorm } from "@adjoint/optim";
 * const x = new Parameter(tensor([0, 0]));
 * console.log(clipByNorm(1).update([tensor([30, 40])], [{}], [x]).updates[0]); // → tensor([0.6000, 0.8000])
 * ```
 */
export function clipByNorm(maxNorm: Rate, options: ClipNormOptions = {}): GradientTransformation {
  const normType = normTypeOf("clipByNorm", options);
  checkNorm("clipByNorm", maxNorm, normType);
  return stateless((gradients) => gradients.map((g) => g && scaled(g, factorFor(globalNorm([g], normType), maxNorm))));
}

/**
 * Scales all gradients of a group by one factor, so that their norm, taken over all together, is at most `maxNorm`:
 * `g·min(1, maxNorm / (norm + 1e-6))`. Pascanu et al., 2013, arXiv:1211.5063.
 *
 * @throws ArgumentError `NORM_INVALID`, `OPTION_UNKNOWN`, `OPTIONS_KIND`.
 * @example
 * ```ts
 * import { Parameter, tensor } from "@adjoint/core";
 * import { chain, clipByGlobalNorm, scaleByLearningRate } from "@adjoint/optim";
 * const clipped = chain(clipByGlobalNorm(1), scaleByLearningRate(0.1));
 * const x = new Parameter(tensor([0, 0]));
 * const { updates } = clipped.update([tensor([30, 40])], clipped.init([x]), [x]);
 * console.log(updates[0]); // → tensor([-0.0600, -0.0800])
 * ```
 */
export function clipByGlobalNorm(maxNorm: Rate, options: ClipNormOptions = {}): GradientTransformation {
  const normType = normTypeOf("clipByGlobalNorm", options);
  checkNorm("clipByGlobalNorm", maxNorm, normType);
  return stateless((gradients) => {
    const present = gradients.filter((g) => g !== null);
    if (present.length === 0) return gradients;
    const factor = factorFor(globalNorm(present, normType), maxNorm);
    return gradients.map((g) => g && scaled(g, factor));
  });
}

/**
 * Scales the gradients of parameters in place, so that their norm, taken over all together, is at most `maxNorm`; gives the norm
 * before. Call it between `backward()` and `step()`.
 *
 * @throws ArgumentError `NORM_INVALID`, `PARAMETER_KIND`, `OPTION_UNKNOWN`, `OPTIONS_KIND`; GradientError `NORM_NONFINITE` where that is asked for;
 * nothing is changed then.
 * @example
 * ```ts
 * import { Parameter, tensor } from "@adjoint/core";
 * import { clipGradNorm } from "@adjoint/optim";
 * const w = new Parameter(tensor([0, 0]));
 * w.grad = tensor([30, 40]);
 * console.log(clipGradNorm([w], 1).item()); // → 50
 * console.log(String(w.grad)); // → tensor([0.6000, 0.8000])
 * ```
 */
export function clipGradNorm(
  parameters: Iterable<Parameter>,
  maxNorm: number,
  options: ClipGradNormOptions = {},
): Tensor {
  const normType = normTypeOf("clipGradNorm", options, ["errorIfNonfinite"]);
  checkNorm("clipGradNorm", maxNorm, normType);
  const moved = listOf("clipGradNorm", parameters).filter((parameter) => parameter.grad !== null);
  return noGrad(() => {
    if (moved.length === 0) return tensor(0);
    const norm = globalNorm(gradientsOf(moved), normType);
    if (options.errorIfNonfinite === true && !Number.isFinite(norm.item())) {
      throw new GradientError(
        "NORM_NONFINITE",
        `clipGradNorm: the norm of the gradients is ${norm.item()}; look for what overflows, or leave this step out`,
      );
    }
    const factor = factorFor(norm, maxNorm);
    for (const parameter of moved) parameter.grad = parameter.grad && scaled(parameter.grad, factor);
    return norm;
  });
}

/**
 * Holds each element of the gradients of parameters between `-bound` and `bound`, in place.
 *
 * @throws ArgumentError `BOUND_INVALID` for a negative bound, `PARAMETER_KIND`.
 * @example
 * ```ts
 * import { Parameter, tensor } from "@adjoint/core";
 * import { clipGradValue } from "@adjoint/optim";
 * const w = new Parameter(tensor([0, 0]));
 * w.grad = tensor([30, -0.5]);
 * clipGradValue([w], 1);
 * console.log(w.grad); // → tensor([ 1.0000, -0.5000])
 * ```
 */
export function clipGradValue(parameters: Iterable<Parameter>, bound: number): void {
  checkBound("clipGradValue", bound);
  const list = listOf("clipGradValue", parameters);
  noGrad(() => {
    for (const parameter of list) parameter.grad = parameter.grad && held(parameter.grad, -bound, bound);
  });
}

function gradientsOf(parameters: readonly Parameter[]): Tensor[] {
  return parameters.map(({ grad }) => grad).filter((g) => g !== null);
}

function globalNorm(gradients: readonly Tensor[], normType: number): Tensor {
  if (normType === Infinity) return max(stack(gradients.map((g) => max(abs(g)))));
  const powers = gradients.map((g) => sum(normType === 2 ? square(g) : pow(abs(g), normType)));
  const total = powers.reduce((a, b) => add(a, b));
  return normType === 2 ? sqrt(total) : pow(total, 1 / normType);
}

/** Beside a gradient of a single number the factor would decide the dtype. */
const scaled = (g: Tensor, factor: Tensor): Tensor => mul(g, factor.to(g.dtype));

function factorFor(norm: Tensor, maxNorm: Rate): Tensor {
  return minimum(div(maxNorm, add(norm, 1e-6)), 1);
}

function checkBound(name: string, given: Rate): void {
  const bound: unknown = given instanceof Tensor && given.size === 1 ? given.item() : given;
  if (typeof bound === "number" && bound >= 0) return;
  throw new ArgumentError("BOUND_INVALID", `${name}: bound is ${shown(bound)}; give a number of at least 0`);
}

function normTypeOf(name: string, options: ClipNormOptions, others: readonly string[] = []): number {
  checkOptions(name, options, "{ normType: 2 }", ["normType", ...others]);
  return options.normType ?? 2;
}

/** The parameters of which gradients are clipped, checked. */
function listOf(name: string, parameters: Iterable<Parameter>): Parameter[] {
  const list: readonly unknown[] = isIterable(parameters) ? [...parameters] : [null];
  if (list.every((parameter) => parameter instanceof Parameter)) return [...list];
  throw new ArgumentError(
    "PARAMETER_KIND",
    `${name}: ${shown(parameters)} is not a list of parameters; give model.parameters()`,
  );
}

function checkNorm(name: string, maxNorm: Rate, normType: number): void {
  const bound: unknown = maxNorm instanceof Tensor && maxNorm.size === 1 ? maxNorm.item() : maxNorm;
  if (typeof bound === "number" && bound >= 0 && typeof normType === "number" && normType > 0) return;
  throw new ArgumentError(
    "NORM_INVALID",
    `${name}: maxNorm is ${shown(bound)}, normType ${shown(normType)}; give a norm of at least 0, and an order above 0`,
  );
}
