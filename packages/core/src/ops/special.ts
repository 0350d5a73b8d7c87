import { type Binary, elementwise, type Unary, type UnaryWithOptions } from "../op.js";
import type { Value } from "../value.js";
import { abs, add, div, floor, maximum, minimum, mul, neg, round, sign, sqrt, square, sub } from "./arithmetic.js";
import { eq, ge, gt, le, logicalAnd, lt, where } from "./compare.js";
import { erf, exp, log, log1p } from "./exponential.js";
import { sigmoid } from "./activation.js";
import { cos, sin } from "./trigonometric.js";

/** The polynomial with these coefficients, that of the highest power first, by Horner's rule. */
const polynomial = (x: Value, [first, ...rest]: readonly number[]): Value =>
  rest.reduce((sum: Value, coefficient) => add(mul(sum, x), coefficient), mul(0, x).add(first));

const quotient = (x: Value, over: readonly number[], under: readonly number[]): Value =>
  div(polynomial(x, over), polynomial(x, under));

// Cody's coefficients, those of the highest power first.
const MIDDLE_OVER = [
  2.15311535474403846343e-8, 5.6418849698867008918e-1, 8.88314979438837594118, 6.61191906371416294775e1,
  2.98635138197400131132e2, 8.81952221241769090411e2, 1.71204761263407058314e3, 2.05107837782607146532e3,
  1.23033935479799725272e3,
];
const MIDDLE_UNDER = [
  1, 1.57449261107098347253e1, 1.17693950891312499305e2, 5.37181101862009857509e2, 1.62138957456669018874e3,
  3.29079923573345962678e3, 4.3626190901432471582e3, 3.43936767414372163696e3, 1.23033935480374942043e3,
];
const TAIL_OVER = [
  1.63153871373020978498e-2, 3.05326634961232344035e-1, 3.60344899949804439429e-1, 1.25781726111229246204e-1,
  1.60837851487422766278e-2, 6.58749161529837803157e-4,
];
const TAIL_UNDER = [
  1, 2.56852019228982242072, 1.87295284992346047209, 5.27905102951428412248e-1, 6.05183413124413191178e-2,
  2.33520497626869185443e-3,
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
  2.5090809287301226727e3, 3.3430575583588128105e4, 6.7265770927008700853e4, 4.5921953931549871457e4,
  1.3731693765509461125e4, 1.9715909503065514427e3, 1.3314166789178437745e2, 3.387132872796366608,
];
const CENTER_UNDER = [
  5.226495278852854561e3, 2.8729085735721942674e4, 3.930789580009271061e4, 2.1213794301586595867e4,
  5.3941960214247511077e3, 6.871870074920579083e2, 4.2313330701600911252e1, 1,
];
const SIDE_OVER = [
  7.7454501427834140764e-4, 2.27238449892691845833e-2, 2.4178072517745061177e-1, 1.27045825245236838258,
  3.64784832476320460504, 5.7694972214606914055, 4.6303378461565452959, 1.42343711074968357734,
];
const SIDE_UNDER = [
  1.05075007164441684324e-9, 5.475938084995344946e-4, 1.51986665636164571966e-2, 1.4810397642748007459e-1,
  6.8976733498510000455e-1, 1.6763848301838038494, 2.05319162663775882187, 1,
];
const EDGE_OVER = [
  2.01033439929228813265e-7, 2.71155556874348757815e-5, 1.2426609473880784386e-3, 2.6532189526576123093e-2,
  2.9656057182850489123e-1, 1.7848265399172913358, 5.4637849111641143699, 6.6579046435011037772,
];
const EDGE_UNDER = [
  2.04426310338993978564e-15, 1.4215117583164458887e-7, 1.8463183175100546818e-5, 7.868691311456132591e-4,
  1.48753612908506148525e-2, 1.3692988092273580531e-1, 5.9983220655588793769e-1, 1,
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
    return log(div(held, sub(1, held)));
  },
  partials: [
    (x, eps) => {
      const outside = mul(ge(eps, 0), add(lt(x, eps), gt(x, sub(1, eps))));
      return where(outside, 0, div(1, mul(where(outside, 0.5, x), sub(1, where(outside, 0.5, x)))));
    },
  ],
  options: { eps: -1 },
  samples: [[0.5], [0.1], [0.9]],
  domain: [[0.05, 0.95]],
});

/**
 * The logarithm of a sum of exponentials, `ln(e^x + e^y)`, broadcast, without overflow. For that of one tensor see `logSumExp`.
 *
 * @throws ShapeError `SHAPE_MISMATCH` when the shapes do not broadcast.
 * @example
 * ```ts
 * import { logaddexp, tensor } from "@adjoint/core";
 * console.log(logaddexp(tensor([0, 1000]), tensor([0, 1000]))); // → tensor([   0.6931, 1000.6931])
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

/** `|sin πx|`, from the distance to the next integer, which is exact. */
const sineOfTurns = (x: Value): Value => abs(sin(mul(Math.PI, sub(x, round(x)))));

// Lanczos's coefficients for g = 7, as Godfrey computed them.
const LANCZOS = [
  676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059, 12.507343278686905,
  -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
];

/** `ln Γ(x)` for x ≥ ½. */
function lgammaAbove(x: Value): Value {
  const z = sub(x, 1);
  const series = LANCZOS.reduce(
    (sum: Value, c, i) => add(sum, div(c, add(z, i + 1))),
    mul(0, z).add(0.99999999999980993),
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
    return where(eq(abs(x), Infinity), Infinity, where(below, reflected, above));
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
    const steps = Array.from({ length: 10 }, (_, k) => div(1, add(z, k))).reduceRight((sum, step) => add(sum, step));
    const inverse = div(1, square(far));
    const series = add(sub(log(far), div(0.5, far)), polynomial(inverse, STIRLING));
    const turn = where(below, sub(x, round(x)), 0.25);
    const cotangent = where(eq(turn, 0), NaN, div(mul(Math.PI, cos(mul(Math.PI, turn))), sin(mul(Math.PI, turn))));
    return sub(sub(series, steps), where(below, cotangent, 0));
  },
  samples: [[1], [2], [0.3], [-0.5], [-2.3], [20], [1e10]],
  domain: [[0.3, 6]],
});
