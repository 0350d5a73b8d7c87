import { elementwise, type Unary } from "../op.js";
import type { Value } from "../value.js";
import { abs, add, div, floor, maximum, minimum, mul, neg, sign, sqrt, square, sub } from "./arithmetic.js";
import { eq, gt, le, lt, where } from "./compare.js";
import { erf, exp, log } from "./exponential.js";
import { polynomial } from "./polynomial.js";

const quotient = (x: Value, over: readonly number[], under: readonly number[]): Value =>
  div(polynomial(x, over), polynomial(x, under));

// Cody's coefficients, those of the highest power first.
const MIDDLE_OVER = [
  2.1531153547440383e-8, 0.5641884969886701, 8.883149794388377, 66.11919063714163, 298.6351381974001, 881.952221241769,
  1712.0476126340707, 2051.0783778260716, 1230.3393547979972,
];
const MIDDLE_UNDER = [
  1, 15.744926110709835, 117.6939508913125, 537.1811018620099, 1621.3895745666903, 3290.7992357334597,
  4362.619090143247, 3439.3676741437216, 1230.3393548037495,
];
const TAIL_OVER = [
  0.016315387137302097, 0.30532663496123236, 0.36034489994980445, 0.12578172611122926, 0.016083785148742275,
  0.0006587491615298378,
];
const TAIL_UNDER = [
  1, 2.568520192289822, 1.8729528499234604, 0.5279051029514285, 0.06051834131244132, 0.0023352049762686918,
];

/** `e^(-x²)` for x ≥ 0, with x² in two parts, the first of which is exact: its rounding would be magnified. */
function gaussian(x: Value): Value {
  const coarse = div(floor(mul(x, 16)), 16);
  return mul(exp(neg(square(coarse))), exp(neg(mul(sub(x, coarse), add(x, coarse)))));
}

/**
 * The complement `1 - erf(x)`, to full precision also where it is tiny. Cody, Rational Chebyshev approximations for the error
 * function, 1969.
 *
 * @example
 * ```ts
 * import { erf, erfc } from "@adjoint/core";
 * console.log(erfc(0), erfc(20) > 0, 1 - erf(20)); // → 1 true 0
 * ```
 */
export const erfc: Unary = elementwise("erfc", {
  formula: (x) => {
    const size = minimum(abs(x), 30);
    const middle = quotient(minimum(size, 4), MIDDLE_OVER, MIDDLE_UNDER);
    const large = maximum(size, 4);
    const inverse = div(1, square(large));
    const series = mul(inverse, quotient(inverse, TAIL_OVER, TAIL_UNDER));
    const tail = div(sub(1 / Math.sqrt(Math.PI), series), large);
    const positive = mul(gaussian(size), where(gt(size, 4), tail, middle));
    return where(le(size, 0.46875), sub(1, erf(x)), where(lt(x, 0), sub(2, positive), positive));
  },
  partials: [(x) => mul(-2 / Math.sqrt(Math.PI), exp(neg(square(x))))],
  samples: [[0], [0.4], [-2], [5], [10], [-30]],
});

// Wichura's coefficients, those of the highest power first.
const CENTER_OVER = [
  2509.0809287301227, 33430.57558358813, 67265.7709270087, 45921.95393154987, 13731.69376550946, 1971.5909503065513,
  133.14166789178438, 3.3871328727963665,
];
const CENTER_UNDER = [
  5226.495278852854, 28729.085735721943, 39307.89580009271, 21213.794301586597, 5394.196021424751, 687.1870074920579,
  42.31333070160091, 1,
];
const SIDE_OVER = [
  0.0007745450142783414, 0.022723844989269184, 0.2417807251774506, 1.2704582524523684, 3.6478483247632045,
  5.769497221460691, 4.630337846156546, 1.4234371107496835,
];
const SIDE_UNDER = [
  1.0507500716444169e-9, 0.0005475938084995345, 0.015198666563616457, 0.14810397642748008, 0.6897673349851,
  1.6763848301838038, 2.053191626637759, 1,
];
const EDGE_OVER = [
  2.0103343992922881e-7, 2.7115555687434876e-5, 0.0012426609473880784, 0.026532189526576124, 0.29656057182850487,
  1.7848265399172913, 5.463784911164114, 6.657904643501103,
];
const EDGE_UNDER = [
  2.0442631033899397e-15, 1.421511758316446e-7, 1.8463183175100548e-5, 0.0007868691311456133, 0.014875361290850615,
  0.1369298809227358, 0.599832206555888, 1,
];

/**
 * The inverse of `erf`, from -∞ at -1 to ∞ at 1; NaN outside. It is the normal quantile of `(1 + x) / 2`, over √2. Wichura, Algorithm
 * AS 241, 1988.
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
    const half = div(x, 2);
    const center = mul(half, quotient(sub(0.180625, square(half)), CENTER_OVER, CENTER_UNDER));
    const depth = sqrt(neg(log(div(sub(1, size), 2))));
    const side = quotient(sub(depth, 1.6), SIDE_OVER, SIDE_UNDER);
    const edge = quotient(sub(depth, 5), EDGE_OVER, EDGE_UNDER);
    const outside = mul(sign(x), where(le(depth, 5), side, edge));
    const quantile = where(le(size, 0.85), center, outside);
    return where(eq(size, 1), mul(x, Infinity), mul(quantile, Math.SQRT1_2));
  },
  partials: [(_x, y) => mul(Math.sqrt(Math.PI) / 2, exp(square(y)))],
  samples: [[0], [0.5], [-0.9], [0.99]],
  domain: [[-0.9, 0.9]],
});
