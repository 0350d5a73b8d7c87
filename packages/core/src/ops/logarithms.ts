import { type Binary, elementwise, type UnaryWithOptions } from "../op.js";
import type { Value } from "../value.js";
import { sigmoid } from "./activation.js";
import { abs, add, div, maximum, minimum, mul, neg, sub } from "./arithmetic.js";
import { eq, ge, gt, le, logicalAnd, lt, where } from "./compare.js";
import { exp, log, log1p } from "./exponential.js";

/**
 * The logarithm of the odds, `ln(x / (1 - x))`, the inverse of `sigmoid`: -∞ at 0, ∞ at 1, NaN outside. With `eps ≥ 0` (default -1:
 * without), x is first held between eps and 1 - eps, and outside the derivative is 0.
 *
 * @throws ArgumentError `OPTION_UNKNOWN`, `OPTION_KIND`.
 * @example
 * ```ts
 * import { logit, tensor } from "@adjoint/core";
 * console.log(logit(tensor([0.5, 0.1]))); // → tensor([ 0.0000, -2.1972])
 * console.log(logit(tensor([0, 1]), { eps: 0.1 })); // → tensor([-2.1972,  2.1972])
 * ```
 */
export const logit: UnaryWithOptions<{ eps: number }> = elementwise("logit", {
  formula: (x, { eps }) => {
    const held = where(ge(eps, 0), minimum(maximum(x, eps), sub(1, eps)), x);
    const rest = sub(1, held);
    // The logarithm of a quotient next to 1, at x = 0.50000001, would lose the digits of x - ½.
    return where(gt(held, 0.25), log1p(div(sub(mul(2, held), 1), rest)), log(div(held, rest)));
  },
  partials: [
    (x, eps) => {
      const outside = mul(ge(eps, 0), add(lt(x, eps), gt(x, sub(1, eps))));
      return where(outside, 0, div(1, mul(where(outside, 0.5, x), sub(1, where(outside, 0.5, x)))));
    },
  ],
  options: { eps: -1 },
  samples: [[0.5], [0.50000001], [0.1], [0.9]],
  domain: [[0.05, 0.95]],
});

/**
 * The logarithm of a sum of exponentials, `ln(e^x + e^y)`, broadcast, without overflow. For that of one tensor see `logSumExp`.
 *
 * @throws ShapeError `SHAPE_MISMATCH` when the shapes do not broadcast.
 * @example
 * ```ts
 * import { logaddexp, tensor } from "@adjoint/core";
 * console.log(logaddexp(tensor([0, 1000]), tensor([0, 1000]))); // → tensor([   0.6931, 1000.6932])
 * ```
 */
export const logaddexp: Binary = elementwise("logaddexp", {
  formula: (x: Value, y: Value) => add(maximum(x, y), log1p(exp(neg(abs(difference(x, y)))))),
  partials: [(x, y) => sigmoid(difference(x, y)), (x, y) => sigmoid(difference(y, x))],
  samples: [
    [1, 2],
    [0, 0],
    [1000, -1000],
    [-Infinity, -Infinity],
  ],
});

/** `x - y`, and 0 for equal infinities; NaN operands stay NaN in the maximum beside it. */
function difference(x: Value, y: Value): Value {
  const d = sub(x, y);
  return where(eq(d, d), d, 0);
}

/**
 * `x · ln y`, broadcast, and 0 at x = 0 even where the logarithm is infinite or NaN, unless y itself is NaN.
 *
 * @throws ShapeError `SHAPE_MISMATCH` when the shapes do not broadcast.
 * @example
 * ```ts
 * import { tensor, xlogy } from "@adjoint/core";
 * console.log(xlogy(tensor([0, 1, 2]), tensor([0, 1, 3]))); // → tensor([0.0000, 0.0000, 2.1972])
 * ```
 */
export const xlogy: Binary = elementwise("xlogy", {
  formula: (x: Value, y: Value) => where(logicalAnd(eq(x, 0), eq(y, y)), 0, mul(x, log(y))),
  partials: [
    (x, y) => {
      const dead = logicalAnd(eq(x, 0), le(y, 0));
      return where(dead, 0, log(where(dead, 1, y)));
    },
    (x, y) => div(x, y),
  ],
  samples: [
    [1, 2],
    [0, 3],
    [-2, 0.5],
  ],
  domain: [
    [-3, 3],
    [0.3, 3],
  ],
});
