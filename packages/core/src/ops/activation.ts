import { elementwise, type Unary, type UnaryWithOptions } from "../op.js";
import { abs, add, div, maximum, minimum, mul, neg, sub } from "./arithmetic.js";
import { gt, le, where } from "./compare.js";
import { exp, expm1, log1p } from "./exponential.js";
import type { Value } from "../value.js";
import { tanh } from "./trigonometric.js";

/**
 * The rectifier `max(0, x)`, with derivative 0 at 0. NaN stays NaN.
 *
 * @example
 * ```ts
 * import { relu, tensor } from "@adjoint/core";
 * console.log(relu(tensor([-1, 0, 2]))); // → tensor([0, 0, 2])
 * ```
 */
export const relu: Unary = elementwise("relu", { formula: (x) => where(le(x, 0), 0, x), samples: [[0], [1], [-1]] });

/**
 * The logistic function `σ(x) = 1 / (1 + e^-x)`. Its derivative is `σ·(1 - σ)`: the derived form
 * divides ∞ by ∞ at x = -1000.
 *
 * @example
 * ```ts
 * import { sigmoid, tensor } from "@adjoint/core";
 * console.log(sigmoid(tensor([0, 2, -1000]))); // → tensor([0.5000, 0.8808, 0.0000])
 * ```
 */
export const sigmoid: Unary = elementwise("sigmoid", {
  formula: (x) => div(1, add(1, exp(neg(x)))),
  partials: [(_x, y) => mul(y, sub(1, y))],
  samples: [[0], [1], [-1], [1000], [-1000]],
});

/**
 * A smooth rectifier, `ln(1 + e^(βx)) / β`, computed as `(max(0, βx) + ln(1 + e^-|βx|)) / β` so that it does not overflow at x = 1000.
 * Above `beta · x = threshold` it is x itself (defaults 1 and 20). Its derivative is the sigmoid; the derived form has a kink at 0.
 *
 * @throws ArgumentError `OPTION_UNKNOWN`, `OPTION_KIND`.
 * @example
 * ```ts
 * import { softplus, tensor } from "@adjoint/core";
 * console.log(softplus(tensor([0, 1000, -1000]))); // → tensor([   0.6931, 1000.0000,    0.0000])
 * console.log(softplus(tensor([0, 1]), { beta: 2 })); // → tensor([0.3466, 1.0635])
 * ```
 */
export const softplus: UnaryWithOptions<{ beta: number; threshold: number }> = elementwise("softplus", {
  formula: (x, { beta, threshold }) => {
    const scaled = mul(x, beta);
    return where(gt(scaled, threshold), x, div(smoothRelu(scaled), beta));
  },
  partials: [(x, beta, threshold) => where(gt(mul(x, beta), threshold), 1, sigmoid(mul(x, beta)))],
  options: { beta: 1, threshold: 20 },
  samples: [[0], [1], [-1], [1000], [-1000]],
});

/** `ln(1 + e^x)` */
const smoothRelu = (x: Value): Value => add(maximum(x, 0), log1p(exp(neg(abs(x)))));

/**
 * `ln σ(x)`, computed as `min(0, x) - ln(1 + e^-|x|)`, where `ln` of the sigmoid would be -∞ at x = -1000. Its derivative
 * is `σ(-x)`; the derived form has a kink at 0.
 *
 * @example
 * ```ts
 * import { logSigmoid, tensor } from "@adjoint/core";
 * console.log(logSigmoid(tensor([0, -1000]))); // → tensor([   -0.6931, -1000.0000])
 * ```
 */
export const logSigmoid: Unary = elementwise("logSigmoid", {
  formula: (x) => sub(minimum(x, 0), log1p(exp(neg(abs(x))))),
  partials: [(x) => sigmoid(neg(x))],
  samples: [[0], [1], [-1], [1000], [-1000]],
});

/**
 * Sigmoid linear unit, `x · σ(x)`. Elfwing et al., 2017, arXiv:1702.03118.
 *
 * @example
 * ```ts
 * import { silu, tensor } from "@adjoint/core";
 * console.log(silu(tensor([-1, 0, 1]))); // → tensor([-0.2689,  0.0000,  0.7311])
 * ```
 */
export const silu: Unary = elementwise("silu", {
  formula: (x) => mul(x, sigmoid(x)),
  samples: [[0], [1], [-1], [100], [-100]],
});

/**
 * `x · tanh(softplus(x))`. Misra, 2019, arXiv:1908.08681.
 *
 * @example
 * ```ts
 * import { mish, tensor } from "@adjoint/core";
 * console.log(mish(tensor([-1, 0, 1]))); // → tensor([-0.3034,  0.0000,  0.8651])
 * ```
 */
export const mish: Unary = elementwise("mish", {
  formula: (x) => mul(x, tanh(softplus(x))),
  samples: [[0], [1], [-1], [100], [-100]],
});

/**
 * The leaky rectifier: `x` above 0 and `negativeSlope · x` (default 0.01) elsewhere.
 *
 * @throws ArgumentError `OPTION_UNKNOWN`.
 * @example
 * ```ts
 * import { leakyRelu, tensor } from "@adjoint/core";
 * console.log(leakyRelu(tensor([-1, 2]), { negativeSlope: 0.2 })); // → tensor([-0.2000,  2.0000])
 * ```
 */
export const leakyRelu: UnaryWithOptions<{ negativeSlope: number }> = elementwise("leakyRelu", {
  formula: (x, { negativeSlope }) => where(le(x, 0), mul(x, negativeSlope), x),
  options: { negativeSlope: 0.01 },
  samples: [[1], [-1], [-3]],
});

/**
 * Exponential linear unit: `x` above 0 and `alpha · (e^x - 1)` (default alpha 1) elsewhere, with the exponent held at
 * or below 0 so that the unused branch does not overflow at x = 1000. The derivative at 0 is alpha. Clevert et al., 2015, arXiv:1511.07289.
 *
 * @throws ArgumentError `OPTION_UNKNOWN`.
 * @example
 * ```ts
 * import { elu, tensor } from "@adjoint/core";
 * console.log(elu(tensor([-1, 2]))); // → tensor([-0.6321,  2.0000])
 * ```
 */
export const elu: UnaryWithOptions<{ alpha: number }> = elementwise("elu", {
  formula: (x, { alpha }) => where(le(x, 0), mul(alpha, expm1(where(le(x, 0), x, 0))), x),
  options: { alpha: 1 },
  samples: [[1], [-1], [1000], [-1000]],
});

/**
 * Scaled exponential linear unit, `λ·x` above 0 and `λ·α·(e^x - 1)` elsewhere, with λ ≈ 1.0507 and α ≈ 1.6733, for which mean 0 and
 * variance 1 are a fixed point. Klambauer et al., 2017, arXiv:1706.02515.
 *
 * @example
 * ```ts
 * import { selu, tensor } from "@adjoint/core";
 * console.log(selu(tensor([-1, 2]))); // → tensor([-1.1113,  2.1014])
 * ```
 */
export const selu: Unary = elementwise("selu", {
  formula: (x) => mul(1.0507009873554805, elu(x, { alpha: 1.6732632423543772 })),
  samples: [[1], [-1], [1000], [-1000]],
});

/**
 * Continuously differentiable exponential linear unit: `x` above 0 and `alpha · (e^(x/alpha) - 1)` (default alpha 1) elsewhere, so
 * that the derivative at 0 is 1. Barron, 2017, arXiv:1704.07483.
 *
 * @throws ArgumentError `OPTION_UNKNOWN`, `OPTION_KIND`.
 * @example
 * ```ts
 * import { celu, tensor } from "@adjoint/core";
 * console.log(celu(tensor([-1, 2]), { alpha: 2 })); // → tensor([-0.7869,  2.0000])
 * ```
 */
export const celu: UnaryWithOptions<{ alpha: number }> = elementwise("celu", {
  formula: (x, { alpha }) => where(le(x, 0), mul(alpha, expm1(div(where(le(x, 0), x, 0), alpha))), x),
  options: { alpha: 1 },
  samples: [[1], [-1], [1000], [-1000]],
});
