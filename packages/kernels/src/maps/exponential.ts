/**
 * exp, expm1, log, log1p and tanh on vectors of four floats, without fused multiply-add, so that every machine gives
 * the same bits.
 *
 * The polynomials are minimax fits in the relative error of the whole function, found by linear programming on 400
 * Chebyshev nodes with coefficients rounded to float32 one by one, lowest power first, the others refitted each time.
 */
import type { FloatLanes } from "./float-lanes.js";
import type { Lane } from "./lanes.js";

const LOG2_E = Math.LOG2E;

/** ln 2 in two parts; the first has 9 significant bits, so that its product with an exponent is exact. */
const LN2_HIGH = 355 / 512;
const LN2_LOW = -0.00021219444005469057;

/** Adding 1.5·2²³ rounds to an integer, which the low bits of the sum then hold. */
const ROUNDER = 1.5 * 2 ** 23;

/** `(eʳ - 1 - r)/r²` on `|r| <= ln 2/2`: 2^-28 of eʳ, 2^-26 of eʳ - 1 (degree 4); 2^-31 of eʳ - 1 (degree 5). */
const EXP_TAIL = [0.49999994, 0.166665211, 0.0416682586, 0.00836866628, 0.00138211751];
const EXPM1_TAIL = [0.5, 0.166666657, 0.0416664928, 0.00833354611, 0.00139323389, 0.000197612506];

/** `(tanh(x) - x)/x³` in powers of x² below the bound: 2^-28 of tanh(x). */
const TANH_BOUND = 0.26;
const TANH_SMALL = [-0.333332151, 0.133226886, -0.0512252785];

/** `(½(e^(2r) - 1) - r)/r²` on `|r| <= ln 2/4`: 2^-28 of e^(2r). */
const TANH_EXP = [0.999999881, 0.666660845, 0.333346128, 0.133898795, 0.0442260467];

/** `(ln(1 + f) - f + f²/2)/f³` on `√½ - 1 <= f <= √2 - 1`: 2^-27 of ln(1 + f). */
const LOG_TAIL = [
  0.333333313, -0.250008225, 0.200012535, -0.166233271, 0.142012253, -0.131599963, 0.12764892, -0.0763879791,
];

/** Splits `x = k·ln 2 + r` with `|r| <= ln 2/2`; the low bits of `rounded` hold k. */
function splitExponent(f: FloatLanes, x: Lane): { rounded: Lane; r: Lane } {
  const rounder = f.constant(ROUNDER);
  const rounded = f.add(f.mul(x, f.constant(LOG2_E)), rounder);
  const k = f.sub(rounded, rounder);
  const r = f.sub(f.sub(x, f.mul(k, f.constant(LN2_HIGH))), f.mul(k, f.constant(LN2_LOW)));
  return { rounded, r };
}

/** 2 to the integer that the low bits of `rounded` hold, plus `bias`; it must be a normal number. */
export function powerOfTwo(f: FloatLanes, rounded: Lane, bias = 0): Lane {
  const exponent = f.graph.shift("i32x4Shl", rounded, 23);
  return f.graph.apply("i32x4Add", exponent, f.graph.bits32((127 + bias) << 23));
}

/** `eʳ - 1` for `|r| <= ln 2/2`. */
function expm1Polynomial(f: FloatLanes, r: Lane, tail: readonly number[]): Lane {
  return f.add(f.mul(f.mul(r, r), f.polynomial(r, tail)), r);
}

/** `eˣ`, within 1.1 ulp; gradual underflow, ∞ above 88.72. */
export function exp(f: FloatLanes, input: Lane): Lane {
  // e^89 overflows and e^-104 underflows to 0; between them 2^k needs two factors, since k runs from -150 to 128.
  const x = f.atLeast(f.atMost(input, 89), -104);
  const { rounded, r } = splitExponent(f, x);
  const mantissa = f.add(expm1Polynomial(f, r, EXP_TAIL), f.constant(1));
  const half = f.graph.shift("i32x4ShrS", rounded, 1);
  const rest = f.graph.apply("i32x4Sub", rounded, half);
  return f.mul(f.mul(mantissa, powerOfTwo(f, half)), powerOfTwo(f, rest));
}

/** `eˣ - 1`, within 1.6 ulp. */
export function expm1(f: FloatLanes, input: Lane): Lane {
  // Below -18 the result is -1. Half the result is computed: 2^128 is not a float.
  const x = f.atLeast(f.atMost(input, 89), -20);
  const { rounded, r } = splitExponent(f, x);
  const scale = powerOfTwo(f, rounded, -1);
  const product = f.mul(scale, expm1Polynomial(f, r, EXPM1_TAIL));
  const sum = f.add(product, f.sub(scale, f.constant(0.5)));
  // The sum has lost the sign of -0.
  return f.withSign(f.add(sum, sum), input);
}

/** `tanh x = (e - ½)/(e + ½)`, `e = ½·e^(2|x|)`, with the sign of x, but a polynomial where |x| is small; within 1.5 ulp. */
export function tanh(f: FloatLanes, input: Lane): Lane {
  const x = f.atMost(f.abs(input), 10);
  const square = f.mul(x, x);
  // Below 0.26 the rounding of e, of its sum and of the quotient would add up to more than 2 ulp.
  const small = f.add(f.mul(f.mul(x, square), f.polynomial(square, TANH_SMALL)), x);
  const rounder = f.constant(ROUNDER);
  const rounded = f.add(f.mul(x, f.constant(2 * LOG2_E)), rounder);
  // ln 2 in one part will do: where k·ln 2 is rounded, k >= 3, tanh x is flat.
  const r = f.sub(x, f.mul(f.sub(rounded, rounder), f.constant(Math.LN2 / 2)));
  const half = f.constant(0.5);
  const mantissa = f.add(expm1Polynomial(f, r, TANH_EXP), half);
  const e = f.mul(mantissa, powerOfTwo(f, rounded));
  // Not e + ½: from e = 2²³ on, e - ½ is rounded, and the quotient needs both rounded alike.
  const numerator = f.sub(e, half);
  const large = f.div(numerator, f.add(numerator, f.constant(1)));
  return f.withSign(f.graph.select(f.compare("Lt", x, f.constant(TANH_BOUND)), small, large), input);
}

/** Splits positive `x = 2^exponent · mantissa` with the mantissa in `[√½, √2)`. */
function splitMantissa(f: FloatLanes, x: Lane): { exponent: Lane; mantissa: Lane } {
  const { graph } = f;
  const root = graph.bits32(0x3f3504f3);
  const shifted = graph.apply("i32x4Sub", x, root);
  const exponent = graph.apply("f32x4ConvertI32x4S", graph.shift("i32x4ShrS", shifted, 23));
  const fraction = graph.apply("v128And", shifted, graph.bits32(0x007fffff));
  return { exponent, mantissa: graph.apply("i32x4Add", fraction, root) };
}

/** `exponent·ln 2 + ln(1 + m)` for `√½ - 1 <= m <= √2 - 1`. */
function logSum(f: FloatLanes, exponent: Lane, m: Lane): Lane {
  const square = f.mul(m, m);
  const cubic = f.mul(f.mul(square, m), f.polynomial(m, LOG_TAIL));
  const small = f.add(cubic, f.mul(exponent, f.constant(LN2_LOW)));
  const correction = f.sub(f.mul(square, f.constant(0.5)), small);
  return f.add(f.mul(exponent, f.constant(LN2_HIGH)), f.sub(m, correction));
}

/** The logarithm `result` of x with its special values: NaN below 0, -∞ at ±0, ∞ at ∞, NaN at NaN. */
function logSpecials(f: FloatLanes, x: Lane, result: Lane): Lane {
  const { graph } = f;
  const infinity = f.constant(Infinity);
  const zero = f.constant(0);
  const finite = graph.select(f.compare("Lt", x, infinity), result, x);
  // All bits set is a NaN, so "not zero" or'ed onto -∞ is -∞ for zero and NaN for the rest.
  const invalid = graph.apply("v128Or", f.compare("Ne", x, zero), f.constant(-Infinity));
  return graph.select(f.compare("Gt", x, zero), finite, invalid);
}

/** `ln x`, within 0.9 ulp, subnormal x included. */
export function log(f: FloatLanes, x: Lane): Lane {
  const { graph } = f;
  const subnormal = f.compare("Lt", x, f.constant(2 ** -126));
  const normal = graph.select(subnormal, f.mul(x, f.constant(2 ** 23)), x);
  const { exponent, mantissa } = splitMantissa(f, normal);
  const unscaled = f.sub(exponent, graph.apply("v128And", subnormal, f.constant(23)));
  return logSpecials(f, x, logSum(f, unscaled, f.sub(mantissa, f.constant(1))));
}

/** `ln(1 + x)`, within 1.5 ulp: the rounding error of 1 + x is carried along. */
export function log1p(f: FloatLanes, x: Lane): Lane {
  const { graph } = f;
  const one = f.constant(1);
  const u = f.add(one, x);
  // Knuth's exact sum: 1 + x = u + error.
  const part = f.sub(u, one);
  const error = f.add(f.sub(one, f.sub(u, part)), f.sub(x, part));
  const { exponent, mantissa } = splitMantissa(f, u);
  // 2^-exponent, kept normal: beyond 2^24 the error is below half an ulp of u and its scale does not matter.
  const bounded = graph.apply("i32x4MinS", u, graph.bits32(0x4f000000));
  const exponentBits = graph.apply("i32x4Sub", bounded, graph.bits32(0x3f3504f3));
  const scale = graph.apply("i32x4Sub", one, graph.apply("v128And", exponentBits, graph.bits32(0xff800000)));
  const m = f.add(f.sub(mantissa, one), f.mul(error, scale));
  return f.withSign(logSpecials(f, u, logSum(f, exponent, m)), x);
}
