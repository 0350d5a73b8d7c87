/**
 * Logarithm and exponential from IEEE basic operations alone. `Math.log` and `Math.exp` may differ in the last bit from one
 * JavaScript engine to the next; random numbers must not.
 */

/** A double and its two words, to take numbers apart and put powers of two together. */
const double = new Float64Array(1);
const halves = new Uint32Array(double.buffer);
double[0] = 1;
/** Which of the words has the exponent. */
const UPPER = halves[1] !== 0 ? 1 : 0;

/** 1/k: once-rounded constants, the same in every engine. */
const INVERSES = Float64Array.from({ length: 20 }, (_, k) => (k === 0 ? 0 : 1 / k));

/** `ln(f·2^exponent)` for f in [1, 2), as e·ln 2 + 2·artanh((f - 1)/(f + 1)) with f brought into [√½, √2). */
export function logOfParts(f: number, exponent: number): number {
  const high = f > Math.SQRT2;
  const near = high ? f * 0.5 : f;
  const s = (near - 1) / (near + 1);
  const z = s * s;
  let sum = 1 / 21;
  for (let k = 19; k >= 1; k -= 2) sum = sum * z + INVERSES[k];
  return (high ? exponent + 1 : exponent) * Math.LN2 + 2 * s * sum;
}

/** ln x for x ≥ 0, to about two units in the last place. */
export function log(x: number): number {
  if (!(x > 0)) return x === 0 ? -Infinity : NaN;
  if (x === Infinity) return x;
  if (x < 2 ** -1022) return log(x * 2 ** 54) - 54 * Math.LN2;
  double[0] = x;
  const exponent = (halves[UPPER] >>> 20) - 1023;
  halves[UPPER] = (halves[UPPER] & 0xfffff) | 0x3ff00000;
  return logOfParts(double[0], exponent);
}

/** 2^k for an integer k from -1022 to 1023. */
function powerOfTwo(k: number): number {
  halves[UPPER] = (k + 1023) << 20;
  halves[1 - UPPER] = 0;
  return double[0];
}

/** The first 32 bits of ln 2, so that products with small integers are exact, and the rest. */
const LN2_HIGH = 0.6931471803691238;
const LN2_LOW = 1.9082149292705877e-10;

/** e^x, to about two units in the last place: 2^k·e^r with |r| ≤ ln 2 / 2, and the Taylor polynomial of degree 14. */
export function exp(x: number): number {
  if (!(x > -746)) return x !== x ? NaN : 0;
  if (x > 710) return Infinity;
  const k = Math.floor(x / Math.LN2 + 0.5);
  const r = x - k * LN2_HIGH - k * LN2_LOW;
  let sum = 1;
  for (let n = 14; n >= 1; n--) sum = 1 + sum * r * INVERSES[n];
  // In two steps, so that what is below the smallest normal number is rounded once.
  const half = k >> 1;
  return sum * powerOfTwo(half) * powerOfTwo(k - half);
}
