import { elementwise, type Unary } from "../op.js";
import type { Value } from "../value.js";
import { abs, add, div, minimum, mul, square, sub } from "./arithmetic.js";
import { round } from "./rounding.js";
import { eq, lt, where } from "./compare.js";
import { log } from "./exponential.js";
import { polynomial, quotient } from "./polynomial.js";
import { cos, sin } from "./trigonometric.js";

/** `|sin πx|`, from the distance to the next integer, which is exact. */
const sineOfTurns = (x: Value): Value => abs(sin(mul(Math.PI, sub(x, round(x)))));

// Minimax, with relative errors of 3e-17 on [0, 7] and 4e-14 of the small correction; those of the highest power first.
const NEAR_OVER = [
  1.7215715653185315e-9, 2.667396948514139e-6, 0.00024096900219797558, 0.0065872859206550175, 0.07660474443487054,
  0.4401340160883548, 1.338683525579314, 2.180247016488901, 1.7873970230966523, 0.5772156649015329,
];
const NEAR_UNDER = [
  5.506627287010323e-7, 7.450347425211101e-5, 0.0028307795588631006, 0.045027975093618375, 0.35611406687824537,
  1.5283135630507978, 3.6966094308663684, 5.004123379090691, 3.521471289186124, 1.0,
];
const CORRECTION = [
  0.0007728030323727266, -0.0005943223341140847, 0.0007936457625177633, -0.0027777777680578755, 0.08333333333333033,
];

/** `ln Γ(z)` for z ≥ 0. */
function lgammaAbove(z: Value): Value {
  const isNear = lt(z, 8);
  const logarithm = log(where(isNear, minimum(z, 1), z));
  // ln Γ(1 + v) is v·(v - 1) times a function without zeros, which keeps all digits next to its own zeros, at 0 and 1.
  const v = where(lt(z, 1), z, sub(z, 1));
  const near = sub(sub(0, logarithm), mul(mul(v, sub(1, v)), quotient(v, NEAR_OVER, NEAR_UNDER)));
  const inverse = div(1, z);
  const correction = mul(inverse, polynomial(square(inverse), CORRECTION));
  const stirling = add(mul(sub(z, 0.5), sub(logarithm, 1)), Math.log(2 * Math.PI) / 2 - 0.5);
  return where(isNear, near, add(stirling, correction));
}

/**
 * The logarithm of the gamma function, `ln |Γ(x)|`, ∞ at 0, at negative integers and at ±∞. Rational functions below 8,
 * Stirling's series above, and Euler's reflection `Γ(x)·Γ(1 - x) = π / sin πx` for negative x. Its derivative is `digamma`.
 *
 * @example
 * ```ts
 * import { lgamma, tensor } from "@adjoint/core";
 * console.log(lgamma(tensor([1, 5, -0.5]))); // → tensor([0.0000, 3.1781, 1.2655])
 * ```
 */
export const lgamma: Unary = elementwise("lgamma", {
  formula: (x) => {
    const below = lt(x, 0);
    const above = lgammaAbove(where(below, sub(1, x), x));
    const reflected = sub(log(div(Math.PI, sineOfTurns(x))), above);
    return where(eq(abs(x), Infinity), Infinity, where(below, reflected, above));
  },
  partials: [(x) => digamma(x)],
  samples: [[1], [2], [0.3], [-0.5], [-2.3], [20], [1e10]],
  domain: [[0.2, 12]],
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
