import { elementwise, type Unary } from "../op.js";
import { abs, add, div, minimum, mul, sign, sqrt, square, sub } from "./arithmetic.js";
import { gt, where } from "./compare.js";
import { exp, expm1, log, log1p } from "./exponential.js";

/**
 * The hyperbolic sine `(e^x - e^-x) / 2`, without cancellation near 0 and finite as far as the result is.
 *
 * @example
 * ```ts
 * import { sinh, tensor } from "@adjoint/core";
 * console.log(sinh(tensor([0, 1, -2]))); // → tensor([ 0.0000,  1.1752, -3.6269])
 * ```
 */
export const sinh: Unary = elementwise("sinh", {
  formula: (x) => {
    const size = abs(x);
    const small = expm1(minimum(size, 30));
    // e^x is 2·sinh x from here on, and overflows before it does.
    const root = exp(div(size, 2));
    return mul(
      sign(x),
      where(gt(size, 30), mul(mul(0.5, root), root), mul(0.5, add(small, div(small, add(small, 1))))),
    );
  },
  partials: [(x) => cosh(x)],
  samples: [[0], [1], [-1e-9], [-40], [710]],
});

/**
 * The hyperbolic cosine `(e^x + e^-x) / 2`, finite as far as the result is.
 *
 * @example
 * ```ts
 * import { cosh, tensor } from "@adjoint/core";
 * console.log(cosh(tensor([0, 1, -2]))); // → tensor([1.0000, 1.5431, 3.7622])
 * ```
 */
export const cosh: Unary = elementwise("cosh", {
  formula: (x) => {
    const root = exp(div(abs(x), 2));
    return add(mul(mul(0.5, root), root), div(div(0.5, root), root));
  },
  partials: [(x) => sinh(x)],
  samples: [[0], [1], [-1e-9], [-40], [710]],
});

/**
 * The inverse hyperbolic sine `ln(x + √(x² + 1))`, exact near 0 and without overflow.
 *
 * @example
 * ```ts
 * import { asinh, tensor } from "@adjoint/core";
 * console.log(asinh(tensor([0, 1, -2]))); // → tensor([ 0.0000,  0.8814, -1.4436])
 * ```
 */
export const asinh: Unary = elementwise("asinh", {
  formula: (x) => {
    const size = abs(x);
    const small = minimum(size, 1e8);
    const squared = square(small);
    const near = log1p(add(small, div(squared, add(1, sqrt(add(squared, 1))))));
    return mul(sign(x), where(gt(size, 1e8), add(log(size), Math.LN2), near));
  },
  partials: [(x) => div(1, sqrt(add(square(x), 1)))],
  samples: [[0], [1], [-1e-9], [-1e10]],
});

/**
 * The inverse hyperbolic cosine `ln(x + √(x² - 1))`, at least 0; NaN below 1. Exact near 1 and without overflow.
 *
 * @example
 * ```ts
 * import { acosh, tensor } from "@adjoint/core";
 * console.log(acosh(tensor([1, 2, 10]))); // → tensor([0.0000, 1.3170, 2.9932])
 * ```
 */
export const acosh: Unary = elementwise("acosh", {
  formula: (x) => {
    const above = sub(x, 1);
    const near = log1p(add(above, mul(sqrt(above), sqrt(add(x, 1)))));
    return where(gt(x, 1e17), add(log(x), Math.LN2), near);
  },
  partials: [(x) => div(1, mul(sqrt(sub(x, 1)), sqrt(add(x, 1))))],
  samples: [[2], [1.001], [1e10]],
  domain: [[1.2, 4]],
});

/**
 * The inverse hyperbolic tangent `½·ln((1 + x) / (1 - x))`; ±∞ at ±1 and NaN outside. Exact near 0.
 *
 * @example
 * ```ts
 * import { atanh, tensor } from "@adjoint/core";
 * console.log(atanh(tensor([-0.5, 0, 1]))); // → tensor([-0.5493,  0.0000,     inf])
 * ```
 */
export const atanh: Unary = elementwise("atanh", {
  formula: (x) => {
    const size = abs(x);
    return mul(mul(0.5, sign(x)), log1p(div(mul(2, size), sub(1, size))));
  },
  partials: [(x) => div(1, mul(sub(1, x), add(1, x)))],
  samples: [[0], [0.5], [-0.9], [1e-12]],
  domain: [[-0.9, 0.9]],
});
