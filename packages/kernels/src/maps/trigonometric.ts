/**
 * sin, cos, tan and atan on vectors of four floats. Fits as in exponential.ts.
 *
 * sin, cos and tan reduce their argument to `x - k·π/2` in double precision (Cody and Waite, 1980); beyond `|x| = 2²⁰`
 * they call the engine's function lane by lane, which reduces exactly.
 */
import { FloatLanes } from "./float-lanes.js";
import { eachHalf, lowWords, narrow, widen, type Halves } from "./halves.js";
import type { Lane } from "./lanes.js";

const REDUCTION_BOUND = 2 ** 20;

/** π/2 in two parts; the first has 33 bits, so that its product with k <= 2²⁰ is exact in a double. */
const HALF_PI_HIGH = 1.5707963267341256;
const HALF_PI_LOW = 6.077100506506192e-11;

/** Adding 1.5·2⁵² to a double rounds to an integer, which the low bits of the sum then hold. */
const ROUNDER = 1.5 * 2 ** 52;

/** `(sin(r) - r)/r³` in powers of r² on `|r| <= π/4`: 2^-28 of sin(r). */
const SIN_TAIL = [-0.166666552, 0.00833218917, -0.000195182845];

/** `(cos(r) - 1 + r²/2)/r⁴` in powers of r² on `|r| <= π/4`: 2^-33 of cos(r). */
const COS_TAIL = [0.0416666456, -0.00138873095, 2.44323273e-5];

/** `tan(r)/r` as a quotient of polynomials in r² on `|r| <= π/4`, in doubles: 2^-35. */
const TAN_NUMERATOR = [1.0000000000220306, -0.1113613764901116, 0.0010751503256830539];
const TAN_DENOMINATOR = [1, -0.4446947081643051, 0.015973366452515576];

/** `(atan(t) - t)/t³` in powers of t² on `[0, 1]`: 2^-28 of atan(t). */
const ATAN_TAIL = [
  -0.333332986, 0.199985296, -0.142640159, 0.10950879, -0.0839928836, 0.0578806773, -0.0310957115, 0.0108676227,
  -0.00178248412,
];

/** π/2 as the sum of two floats. */
const HALF_PI_FLOAT = Math.fround(Math.PI / 2);
const HALF_PI_REST = -4.3711390001862426e-8;

/** Splits each double `x = k·π/2 + r` with `|r| <= π/4`; the low bits of `rounded` hold k. */
function reduce(f: FloatLanes, x: Halves): { rounded: Halves; r: Halves } {
  const d = new FloatLanes(f.graph, "f64x2");
  const rounder = d.constant(ROUNDER);
  const rounded = eachHalf((half) => d.add(d.mul(half, d.constant(2 / Math.PI)), rounder), x);
  const remainder = (half: Lane, sum: Lane): Lane => {
    const k = d.sub(sum, rounder);
    return d.sub(d.sub(half, d.mul(k, d.constant(HALF_PI_HIGH))), d.mul(k, d.constant(HALF_PI_LOW)));
  };
  return { rounded, r: eachHalf(remainder, x, rounded) };
}

/** `sin(x + quarter·π/2)` from the reduced argument. */
function sineOfQuadrant(f: FloatLanes, x: Lane, quarter: 0 | 1): Lane {
  const { graph } = f;
  const { rounded, r: wide } = reduce(f, widen(f, x));
  const r = narrow(f, wide);
  const square = f.mul(r, r);
  const sineTail = f.mul(f.mul(r, square), f.polynomial(square, SIN_TAIL));
  const sine = f.withSign(f.add(sineTail, r), r);
  const cosineTail = f.mul(f.mul(square, square), f.polynomial(square, COS_TAIL));
  const cosine = f.add(f.sub(f.constant(1), f.mul(square, f.constant(0.5))), cosineTail);
  const words = lowWords(f, rounded);
  const k = quarter === 0 ? words : graph.apply("i32x4Add", words, graph.bits32(quarter));
  const isOdd = graph.shift("i32x4ShrS", graph.shift("i32x4Shl", k, 31), 31);
  const sign = graph.apply("v128And", graph.shift("i32x4Shl", k, 30), f.signBit);
  return graph.apply("v128Xor", graph.select(isOdd, cosine, sine), sign);
}

const isLarge = (f: FloatLanes, x: Lane): Lane => f.compare("Gt", f.abs(x), f.constant(REDUCTION_BOUND));

/** `sin x`, within 1.6 ulp. */
export function sin(f: FloatLanes, x: Lane): Lane {
  return f.graph.fallback("sin", isLarge(f, x), sineOfQuadrant(f, x, 0), [x]);
}

/** `cos x`, within 1.6 ulp. */
export function cos(f: FloatLanes, x: Lane): Lane {
  return f.graph.fallback("cos", isLarge(f, x), sineOfQuadrant(f, x, 1), [x]);
}

/** `tan x`, within 0.51 ulp: in doubles throughout, as its quotient would add up the errors of four roundings. */
export function tan(f: FloatLanes, x: Lane): Lane {
  const { graph } = f;
  const d = new FloatLanes(graph, "f64x2");
  const { rounded, r } = reduce(f, widen(f, x));
  const one = graph.bits64(1n);
  const quotient = (half: Lane, sum: Lane): Lane => {
    const square = d.mul(half, half);
    const sine = d.mul(half, d.polynomial(square, TAN_NUMERATOR));
    const cosine = d.polynomial(square, TAN_DENOMINATOR);
    // tan(r + π/2) = -1/tan(r).
    const isOdd = graph.apply("i64x2Eq", graph.apply("v128And", sum, one), one);
    return d.div(graph.select(isOdd, d.neg(cosine), sine), graph.select(isOdd, sine, cosine));
  };
  return graph.fallback("tan", isLarge(f, x), narrow(f, eachHalf(quotient, r, rounded)), [x]);
}

/** `atan x`, within 1.5 ulp; above 1 as `π/2 - atan(1/x)`. */
export function atan(f: FloatLanes, input: Lane): Lane {
  const x = f.abs(input);
  const t = f.div(f.atMost(x, 1), f.atLeast(x, 1));
  const square = f.mul(t, t);
  // Even and odd powers apart would nearly cancel.
  const small = f.add(f.mul(f.mul(t, square), f.horner(square, ATAN_TAIL)), t);
  const large = f.sub(f.constant(HALF_PI_FLOAT), f.sub(small, f.constant(HALF_PI_REST)));
  return f.withSign(f.graph.select(f.compare("Gt", x, f.constant(1)), large, small), input);
}
