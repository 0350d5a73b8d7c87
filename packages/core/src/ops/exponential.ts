import { elementwise, type Unary } from "../op.js";
import { instructions } from "../scalar.js";
import type { Value } from "../value.js";
import { abs, div, mul, pow, sub } from "./arithmetic.js";
import { round } from "./rounding.js";
import { le, where } from "./compare.js";

/**
 * The exponential `e^x`.
 *
 * @example
 * ```ts
 * import { exp, tensor } from "@adjoint/core";
 * console.log(exp(tensor([0, 1, -1]))); // → tensor([1.0000, 2.7183, 0.3679])
 * ```
 */
export const exp: Unary = elementwise("exp", { formula: instructions.exp, samples: [[0], [1], [-1], [-100]] });

/**
 * `2^x`, always floating; exact for integers.
 *
 * @example
 * ```ts
 * import { exp2, tensor } from "@adjoint/core";
 * console.log(exp2(tensor([-1, 0.5, 10]))); // → tensor([   0.5000,    1.4142, 1024.0000])
 * ```
 */
export const exp2: Unary = elementwise("exp2", {
  formula: (x) => pow(2, x),
  result: "float",
  samples: [[0], [1], [-1], [-100]],
});

/**
 * The natural logarithm `ln x`; -∞ at 0 and NaN below.
 *
 * @example
 * ```ts
 * import { log, tensor } from "@adjoint/core";
 * console.log(log(tensor([1, 0, -1]))); // → tensor([   0, -inf,  nan])
 * ```
 */
export const log: Unary = elementwise("log", {
  formula: instructions.log,
  samples: [[1], [0.1], [100]],
  domain: [[0.2, 4]],
});

/**
 * `e^x - 1`, exact also where x is so small that `e^x` rounds to 1.
 *
 * @example
 * ```ts
 * import { exp, expm1 } from "@adjoint/core";
 * console.log(expm1(1e-20), exp(1e-20) - 1); // → 1e-20 0
 * ```
 */
export const expm1: Unary = elementwise("expm1", { formula: instructions.expm1, samples: [[0], [1e-10], [1], [-1]] });

/**
 * `ln(1 + x)`, exact also where x is so small that `1 + x` rounds to 1; -∞ at -1 and NaN below.
 *
 * @example
 * ```ts
 * import { log, log1p } from "@adjoint/core";
 * console.log(log1p(1e-20), log(1 + 1e-20)); // → 1e-20 0
 * ```
 */
export const log1p: Unary = elementwise("log1p", {
  formula: instructions.log1p,
  samples: [[0], [1e-10], [1], [-0.5]],
  domain: [[-0.7, 3]],
});

/** `ln x` in other units; next to an integer it is that integer, so that it is exact at powers of the base. */
function logarithm(x: Value, unit: number): Value {
  const y = mul(log(x), unit);
  const whole = round(y);
  return where(le(abs(sub(y, whole)), abs(mul(whole, 4e-16))), whole, y);
}

/**
 * The logarithm to the base 2, `ln x / ln 2`; -∞ at 0 and NaN below.
 *
 * @example
 * ```ts
 * import { log2, tensor } from "@adjoint/core";
 * console.log(log2(tensor([1, 8, 10]))); // → tensor([0.0000, 3.0000, 3.3219])
 * ```
 */
export const log2: Unary = elementwise("log2", {
  formula: (x) => logarithm(x, Math.LOG2E),
  partials: [(x) => div(Math.LOG2E, x)],
  samples: [[1], [2], [10]],
  domain: [[0.2, 4]],
});

/**
 * The logarithm to the base 10, `ln x / ln 10`; -∞ at 0 and NaN below.
 *
 * @example
 * ```ts
 * import { log10, tensor } from "@adjoint/core";
 * console.log(log10(tensor([1, 100, 1000]))); // → tensor([0, 2, 3])
 * ```
 */
export const log10: Unary = elementwise("log10", {
  formula: (x) => logarithm(x, Math.LOG10E),
  partials: [(x) => div(Math.LOG10E, x)],
  samples: [[1], [2], [10]],
  domain: [[0.2, 4]],
});

/**
 * The error function `2/√π ∫₀ˣ e^(-t²) dt`, from -1 to 1.
 *
 * @example
 * ```ts
 * import { erf, tensor } from "@adjoint/core";
 * console.log(erf(tensor([0, 0.5]))); // → tensor([0.0000, 0.5205])
 * ```
 */
export const erf: Unary = elementwise("erf", { formula: instructions.erf, samples: [[0], [0.5], [-2], [10]] });
