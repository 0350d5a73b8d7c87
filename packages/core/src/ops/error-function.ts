import { elementwise, type Unary } from "../op.js";
import type { Value } from "../value.js";
import { abs, add, div, minimum, mul, neg, sign, sqrt, square, sub } from "./arithmetic.js";
import { floor } from "./rounding.js";
import { eq, le, lt, where } from "./compare.js";
import { exp, log } from "./exponential.js";
import { quotient } from "./polynomial.js";

// Minimax, with a relative error below 6e-17; those of the highest power first, and all positive, so that nothing cancels.
const TAIL_OVER = [
  6.300449007347718e-5, 0.0011968125112252516, 0.011133296277656904, 0.06560701690890677, 0.26784957250294816,
  0.7829651243251433, 1.638870341630194, 2.378320144962927, 2.192715855958617, 1,
];
const TAIL_UNDER = [
  0.00011167255105538536, 0.002121294944287, 0.019789090139197364, 0.1173460571163608, 0.48456180021098916,
  1.44485154238076, 3.1324714728965266, 4.853845348968693, 5.125774580922444, 3.321095023054115, 1,
];

/** `e^(-x²)` for x ≥ 0, with x² in two parts, the first of which is exact: its rounding would be magnified. */
function gaussian(x: Value): Value {
  const coarse = div(floor(mul(x, 16)), 16);
  return mul(exp(neg(square(coarse))), exp(neg(mul(sub(x, coarse), add(x, coarse)))));
}

/**
 * The complement `1 - erf(x)`, to full precision also where it is tiny: `e^(-x²)` times a rational function of x above 0, and
 * `2 - erfc(-x)` below.
 *
 * @example
 * ```ts
 * import { erf, erfc } from "@adjoint/core";
 * console.log(erfc(0), erfc(20) > 0, 1 - erf(20)); // → 1 true 0
 * ```
 */
export const erfc: Unary = elementwise("erfc", {
  formula: (x) => {
    const size = minimum(abs(x), 28); // erfc(28) is 0
    const tail = mul(gaussian(size), quotient(size, TAIL_OVER, TAIL_UNDER));
    return where(lt(x, 0), sub(2, tail), tail);
  },
  partials: [(x) => mul(-2 / Math.sqrt(Math.PI), exp(neg(square(x))))],
  samples: [[0], [0.4], [-2], [5], [10], [-30]],
});

// Minimax as above: of x² below 0.75, and of the root of -ln(1 - x) from there to the double next to 1.
const CENTER_OVER = [
  0.011910656789176292, 0.5846639811994779, 4.428251553729851, 11.433706428213664, 12.614239471726565,
  6.142113097280544, 1.0845597967968246,
];
const CENTER_UNDER = [
  0.06765209328535532, 1.393726708145344, 7.27987265055497, 15.026267950467929, 14.218275377738863, 6.181979477788254,
  1,
];
const SIDE_OVER = [
  0.00043437399031713553, 0.013887058649466238, 0.1576344325073202, 0.8713598558072062, 2.663986246551697,
  4.793483303163399, 5.096962978042881, 2.9754346130521396, 0.7356081549831525,
];
const SIDE_UNDER = [
  5.270014002426279e-10, 0.00043431919624399096, 0.01341391515101289, 0.14391227491216976, 0.7349059521396314,
  2.0226454032169827, 3.1592343977792945, 2.6870819646425628, 1.0,
];

/**
 * The inverse of `erf`, from -∞ at -1 to ∞ at 1; NaN outside. `erf⁻¹(x) = x·R(x²)` near 0 and `±S(√-ln(1 - |x|))` elsewhere,
 * with rational functions R and S.
 *
 * @example
 * ```ts
 * import { erfinv, tensor } from "@adjoint/core";
 * console.log(erfinv(tensor([0, 0.5, -1]))); // → tensor([0.0000, 0.4769,   -inf])
 * ```
 */
export const erfinv: Unary = elementwise("erfinv", {
  formula: (x) => {
    const size = abs(x);
    const center = mul(x, quotient(sub(0.5625, square(x)), CENTER_OVER, CENTER_UNDER));
    const side = quotient(sub(sqrt(neg(log(sub(1, size)))), 1.1), SIDE_OVER, SIDE_UNDER);
    return where(le(size, 0.75), center, mul(sign(x), where(eq(size, 1), Infinity, side)));
  },
  partials: [(_x, y) => mul(Math.sqrt(Math.PI) / 2, exp(square(y)))],
  samples: [[0], [0.5], [-0.9], [0.99]],
  domain: [[-0.9, 0.9]],
});
