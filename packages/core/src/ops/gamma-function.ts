import { elementwise, type Unary } from "../op.js";
import type { Value } from "../value.js";
import { abs, add, div, mul, round, square, sub } from "./arithmetic.js";
import { eq, lt, where } from "./compare.js";
import { log } from "./exponential.js";
import { polynomial } from "./polynomial.js";
import { cos, sin } from "./trigonometric.js";

/** `|sin πx|`, from the distance to the next integer, which is exact. */
const sineOfTurns = (x: Value): Value => abs(sin(mul(Math.PI, sub(x, round(x)))));

// Lanczos's coefficients for g = 7, as Godfrey computed them.
const LANCZOS = [
  676.5203681218851, -1259.1392167224028, 771.3234287776531, -176.6150291621406, 12.507343278686905,
  -0.13857109526572012, 9.984369578019572e-6, 1.5056327351493116e-7,
];

/** `ln Γ(x)` for x ≥ ½. */
function lgammaAbove(x: Value): Value {
  const z = sub(x, 1);
  const series = LANCZOS.reduce(
    (sum: Value, c, i) => add(sum, div(c, add(z, i + 1))),
    add(mul(z, 0), 0.9999999999998099),
  );
  const t = add(z, 7.5);
  return add(sub(mul(add(z, 0.5), sub(log(t), 1)), 7 - Math.log(Math.sqrt(2 * Math.PI))), log(series));
}

/**
 * The logarithm of the gamma function, `ln |Γ(x)|`, ∞ at 0, at negative integers and at ±∞. Lanczos's approximation above ½ and
 * Euler's reflection `Γ(x)·Γ(1 - x) = π / sin πx` below. Its derivative is `digamma`.
 *
 * @example
 * ```ts
 * import { lgamma, tensor } from "@adjoint/core";
 * console.log(lgamma(tensor([1, 5, -0.5]))); // → tensor([0.0000, 3.1781, 1.2655])
 * ```
 */
export const lgamma: Unary = elementwise("lgamma", {
  formula: (x) => {
    const below = lt(x, 0.5);
    const above = lgammaAbove(where(below, sub(1, x), x));
    const reflected = sub(sub(Math.log(Math.PI), log(sineOfTurns(x))), above);
    const finite = where(eq(mul(sub(x, 1), sub(x, 2)), 0), 0, where(below, reflected, above)); // exactly 0 at 1 and 2
    return where(eq(abs(x), Infinity), Infinity, finite);
  },
  partials: [(x) => digamma(x)],
  samples: [[1], [2], [0.3], [-0.5], [-2.3], [20], [1e10]],
  domain: [[0.2, 6]],
});

/** `ψ(x) - ln x + 1/(2x)` in powers of 1/x², the highest first: the Bernoulli numbers, `-B₂ₖ / 2k`. */
const STIRLING = [-1 / 12, 691 / 32760, -1 / 132, 1 / 240, -1 / 252, 1 / 120, -1 / 12, 0];

/**
 * The derivative of `lgamma`, `ψ(x) = Γ'(x) / Γ(x)`: ∓∞ at ±0 and NaN at negative integers. The recurrence `ψ(x) = ψ(x + 1) - 1/x`, up
 * to where Stirling's series is exact, and the reflection `ψ(x) = ψ(1 - x) - π·cot πx` below 0.
 *
 * @example
 * ```ts
 * import { digamma, tensor } from "@adjoint/core";
 * console.log(digamma(tensor([1, 5, -0.5]))); // → tensor([-0.5772,  1.5061,  0.0365])
 * ```
 */
export const digamma: Unary = elementwise("digamma", {
  formula: (x) => {
    const below = lt(x, 0);
    const z = where(below, sub(1, x), x);
    const far = add(z, 10);
    const steps = Array.from({ length: 10 }, (_, k) => div(1, k === 0 ? z : add(z, k))).reduceRight((sum, step) =>
      add(sum, step),
    );
    const inverse = div(1, square(far));
    const series = add(sub(log(far), div(0.5, far)), polynomial(inverse, STIRLING));
    const turn = where(below, sub(x, round(x)), 0.25);
    const cotangent = where(eq(turn, 0), NaN, div(mul(Math.PI, cos(mul(Math.PI, turn))), sin(mul(Math.PI, turn))));
    return sub(sub(series, steps), where(below, cotangent, 0));
  },
  samples: [[1], [2], [0.3], [-0.5], [-2.3], [20], [1e10]],
  domain: [[0.3, 6]],
});
