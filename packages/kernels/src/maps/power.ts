/** pow and mod on vectors of four floats, computed in doubles. */
import { FloatLanes } from "./float-lanes.js";
import { eachHalf, narrow, widen } from "./halves.js";
import type { Lane } from "./lanes.js";

/** `log₂((1 + s)/(1 - s))/s` in powers of s² for `(1 + s)/(1 - s)` in `[√½, √2]`, least maximum of relative error: 2^-45. */
const LOG2 = [
  2.8853900817778504, 0.9617966941130631, 0.5770779424095723, 0.4122092494341578, 0.31990578319005725,
  0.28289919810458164,
];

/** `2^x` on `|x| <= 1/2`: 2^-34. */
const EXP2 = [
  0.9999999999616247, 0.6931471807287213, 0.24022651198739908, 0.05550410352841655, 0.009618027174350193,
  0.0013333922851637863, 0.00015469316857912613, 1.5201900729513092e-5,
];

/** The doubles next to √½ and 1, as bits, and the fraction bits of a double. */
const ROOT_HALF_BITS = 0x3fe6a09e667f3bcdn;
const ONE_BITS = 0x3ff0000000000000n;
const FRACTION_BITS = 0x000fffffffffffffn;
/** 2⁵², whose low bits take a small integer that then reads as 2⁵² plus that integer. */
const TWO_52 = 2 ** 52;

/** `log₂ x` of doubles that come from float32: 0 gives -∞ and ∞ gives ∞. */
function log2(d: FloatLanes, x: Lane): Lane {
  const { graph } = d;
  const shifted = graph.apply("i64x2Add", x, graph.bits64(ONE_BITS - ROOT_HALF_BITS));
  const biased = graph.apply("v128Or", graph.shift("i64x2ShrU", shifted, 52), d.constant(TWO_52));
  const exponent = d.sub(biased, d.constant(TWO_52 + 1023));
  const fraction = graph.apply("v128And", shifted, graph.bits64(FRACTION_BITS));
  const mantissa = graph.apply("i64x2Add", fraction, graph.bits64(ROOT_HALF_BITS));
  const s = d.div(d.sub(mantissa, d.constant(1)), d.add(mantissa, d.constant(1)));
  const sum = d.add(exponent, d.mul(s, d.polynomial(d.mul(s, s), LOG2)));
  const finite = graph.select(d.compare("Lt", x, d.constant(Infinity)), sum, x);
  return graph.select(d.compare("Eq", x, d.constant(0)), d.constant(-Infinity), finite);
}

/** `2^x` as a double; beyond the range of float32 any value that rounds to 0 or ∞ there. */
function exp2(d: FloatLanes, input: Lane): Lane {
  const { graph } = d;
  const rounder = d.constant(1.5 * TWO_52);
  const x = d.atLeast(d.atMost(input, 130), -152);
  const rounded = d.add(x, rounder);
  const mantissa = d.polynomial(d.sub(x, d.sub(rounded, rounder)), EXP2);
  const scale = graph.apply("i64x2Add", graph.shift("i64x2Shl", rounded, 52), graph.bits64(ONE_BITS));
  return d.mul(mantissa, scale);
}

/** `xʸ = 2^(y·log₂|x|)` with the signs and special values of IEEE 754's pow, within 0.51 ulp. */
export function pow(f: FloatLanes, x: Lane, y: Lane): Lane {
  const { graph } = f;
  const d = new FloatLanes(graph, "f64x2");
  const [zero, one] = [f.constant(0), f.constant(1)];
  const and = (a: Lane, b: Lane): Lane => graph.apply("v128And", a, b);
  const or = (a: Lane, b: Lane): Lane => graph.apply("v128Or", a, b);
  const magnitude = f.abs(x);
  const power = (base: Lane, exponent: Lane): Lane => exp2(d, d.mul(exponent, log2(d, base)));
  const size = narrow(f, eachHalf(power, widen(f, magnitude), widen(f, y)));
  const half = f.mul(y, f.constant(0.5));
  const isFractional = f.compare("Ne", f.unary("Floor", y), y);
  const isOdd = graph.apply("v128Andnot", f.compare("Ne", f.unary("Floor", half), half), isFractional);
  const signed = graph.apply("v128Xor", size, and(isOdd, f.signOf(x)));
  const isNegative = and(f.compare("Lt", x, zero), f.compare("Gt", x, f.constant(-Infinity)));
  // A mask or'ed onto a number sets all its bits, which is a NaN.
  const valued = or(signed, and(isNegative, isFractional));
  const isInfinite = f.compare("Eq", f.abs(y), f.constant(Infinity));
  const toInfinity = and(isInfinite, f.compare("Eq", magnitude, one));
  const isOne = or(or(f.compare("Eq", y, zero), f.compare("Eq", x, one)), toInfinity);
  return graph.select(isOne, one, valued);
}

/** `xʸ` for the exponents that need no logarithm, within 2 ulp; null for others. */
export function powConstant(f: FloatLanes, x: Lane, exponent: number): Lane | null {
  const inverse = (): Lane => f.div(f.constant(1), x);
  if (exponent === 0) return f.constant(1);
  if (exponent === 1) return x;
  if (exponent === 2) return f.mul(x, x);
  if (exponent === 3) return f.mul(f.mul(x, x), x);
  if (exponent === -1) return inverse();
  // 1/(x·x) would overflow for x = 1e20, whose result 1e-40 is a float.
  if (exponent === -2) return f.mul(inverse(), inverse());
  if (exponent === 0.5) return squareRoot(f, x);
  return null;
}

/** `x^½`, which differs from √x at -0 (0) and -∞ (∞). */
function squareRoot(f: FloatLanes, x: Lane): Lane {
  const root = f.unary("Sqrt", f.add(x, f.constant(0)));
  return f.graph.select(f.compare("Eq", x, f.constant(-Infinity)), f.constant(Infinity), root);
}

/**
 * `x - ⌊x/y⌋·y` with the sign of y, exact but for the last rounding: quotients of floats below 2²⁸ that are not integers
 * are at least 2^-52 of themselves away from one, so a double never rounds them to one. Larger quotients, for which
 * ⌊x/y⌋·y does not fit a double, and infinite y take the exact remainder of the engine lane by lane.
 */
export function mod(f: FloatLanes, x: Lane, y: Lane): Lane {
  const { graph } = f;
  const d = new FloatLanes(graph, "f64x2");
  const remainder = (a: Lane, b: Lane): Lane => d.sub(a, d.mul(d.unary("Floor", d.div(a, b)), b));
  const fast = f.withSign(narrow(f, eachHalf(remainder, widen(f, x), widen(f, y))), y);
  const isLarge = f.compare("Ge", f.abs(f.div(x, y)), f.constant(2 ** 28));
  const isInfinite = f.compare("Eq", f.abs(y), f.constant(Infinity));
  return graph.fallback("mod", graph.apply("v128Or", isLarge, isInfinite), fast, [x, y]);
}
