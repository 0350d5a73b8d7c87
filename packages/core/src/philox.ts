import { ArgumentError } from "./errors.js";
import { log, logOfParts } from "./portable.js";

/**
 * Philox4x32-10: a counter-based generator. Ten rounds of multiplication and xor turn
 * a 128-bit counter and a 64-bit key into 128 random bits, with no state in between, so
 * that any element of a stream can be had on its own, in any order, on any number of threads.
 *
 * Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011.
 *
 * @param counter - four 32-bit words, lowest first
 * @param key - two 32-bit words, lowest first
 * @param out - where the four random words go
 */
export function philox4x32(
  counter: readonly [number, number, number, number],
  key: readonly [number, number],
  out: Uint32Array,
): void {
  permute(counter[0], counter[1], counter[2], counter[3], key[0], key[1]);
  out[0] = words[0];
  out[1] = words[1];
  out[2] = words[2];
  out[3] = words[3];
}

/**
 * Fills `out` with uniform numbers in [0, 1): element i depends only on the seed and on
 * `offset + i`, so that a range filled in pieces equals the range filled at once.
 *
 * Float32 elements have 24 random bits, float64 elements 53; the two are separate streams.
 *
 * @param seed - a safe integer; every one gives a stream of its own
 * @param offset - the place of the first element in the stream, 0 to 2^53
 * @throws ArgumentError `RANDOM_SEED`, `RANDOM_OFFSET`
 */
export function fillUniform(out: Float32Array | Float64Array, seed: number, offset: number): void {
  checkStream(seed, offset, out.length);
  if (out instanceof Float32Array) fillUniform32(out, seed, offset);
  else fillUniform64(out, seed, offset);
}

/**
 * Fills `out` with standard normal numbers: `√(-2 ln u)·cos 2πv` at even places of the stream
 * and `√(-2 ln u)·sin 2πv` at odd ones, with u uniform in (0, 1] and v in [0, 1), 53 bits each.
 *
 * Element i depends only on the seed and on `offset + i`. Float32 elements are the rounded
 * float64 ones. Logarithm, sine and cosine are computed here from IEEE basic operations, because
 * `Math.log` and `Math.sin` may differ in the last bit from one JavaScript engine to the next.
 *
 * Box and Muller, "A note on the generation of random normal deviates", 1958.
 *
 * @param seed - a safe integer; every one gives a stream of its own
 * @param offset - the place of the first element in the stream, 0 to 2^53
 * @throws ArgumentError `RANDOM_SEED`, `RANDOM_OFFSET`
 */
export function fillNormal(out: Float32Array | Float64Array, seed: number, offset: number): void {
  checkStream(seed, offset, out.length);
  const keyLow = seed >>> 0;
  const keyHigh = highWord(seed);
  const first = Math.floor(offset / 2);
  const blocks = Math.floor((offset + out.length + 1) / 2) - first;
  let i = 2 * first - offset;
  for (let b = 0; b < blocks; b++, i += 2) {
    const block = first + b;
    permute(block >>> 0, highWord(block), STREAM_NORMAL, 0, keyLow, keyHigh);
    const radius = Math.sqrt(-2 * logUnit(TWO_53 - fraction53(words[0], words[1])));
    // Twice the turn in quarters is exact, so the quadrant is exact and the rest is at most 1/2.
    const quarters = fraction53(words[2], words[3]) * TWO_MINUS_51;
    const quadrant = Math.floor(quarters + 0.5);
    const angle = (quarters - quadrant) * HALF_PI;
    const swap = (quadrant & 1) === 1;
    const c = swap ? sinSmall(angle) : cosSmall(angle);
    const s = swap ? cosSmall(angle) : sinSmall(angle);
    if (i >= 0) out[i] = radius * (quadrant === 1 || quadrant === 2 ? -c : c);
    if (i + 1 < out.length) out[i + 1] = radius * (quadrant === 2 || quadrant === 3 ? -s : s);
  }
}

/**
 * Random numbers for one element after the other, each with a stream of its own: number t of the element at a position
 * depends on the seed, the position and t alone (the fourth counter word), so a sampler may draw as many as it needs, up to
 * 2^33, without an effect on other elements.
 */
export class ElementStream {
  private readonly keyLow: number;
  private readonly keyHigh: number;
  private low = 0;
  private high = 0;
  private block = 0;
  private spare = -1;

  /** @param seed - a safe integer; @param first - the first position that is asked for; @param count - how many are */
  constructor(seed: number, first: number, count: number) {
    checkStream(seed, first, count);
    this.keyLow = seed >>> 0;
    this.keyHigh = highWord(seed);
  }

  /** Goes to the beginning of the stream of a position. */
  begin(position: number): void {
    this.low = position >>> 0;
    this.high = highWord(position);
    this.block = 0;
    this.spare = -1;
  }

  /** 53 random bits: an integer from 0 to 2^53 - 1. */
  bits(): number {
    const { spare } = this;
    this.spare = -1;
    if (spare >= 0) return spare;
    permute(this.low, this.high, STREAM_ELEMENT, this.block++, this.keyLow, this.keyHigh);
    this.spare = fraction53(words[2], words[3]);
    return fraction53(words[0], words[1]);
  }

  /** A uniform number in [0, 1), two for each Philox block. */
  uniform(): number {
    return this.bits() * TWO_MINUS_53;
  }

  /** A number from the exponential distribution of rate 1, `-ln u` with u in (0, 1]. */
  exponential(): number {
    return 0 - logUnit(TWO_53 - this.bits());
  }

  /** A standard normal number, by the polar method (Marsaglia and Bray, 1964). */
  normal(): number {
    for (;;) {
      const x = 2 * this.uniform() - 1;
      const y = 2 * this.uniform() - 1;
      const square = x * x + y * y;
      if (square < 1 && square > 0) return x * Math.sqrt((-2 * log(square)) / square);
    }
  }
}

// The third counter word tells the streams apart: otherwise float32 element 4k and
// float64 element 2k of one generator would be made of the same bits.
const STREAM_UNIFORM32 = 0;
const STREAM_UNIFORM64 = 1;
const STREAM_NORMAL = 2;
const STREAM_ELEMENT = 3;

const TWO_53 = 2 ** 53;
const TWO_MINUS_24 = 2 ** -24;
const TWO_MINUS_51 = 2 ** -51;
const TWO_MINUS_53 = 2 ** -53;
const HALF_PI = Math.PI / 2;

/** The four words of the last `permute`; one buffer, so that a fill allocates nothing. */
const words = new Uint32Array(4);

function checkStream(seed: number, offset: number, length: number): void {
  if (!Number.isSafeInteger(seed)) {
    throw new ArgumentError("RANDOM_SEED", `random: the seed is ${String(seed)}; give an integer of at most 2^53 - 1`);
  }
  if (!Number.isSafeInteger(offset) || offset < 0 || offset > TWO_53 - length) {
    throw new ArgumentError(
      "RANDOM_OFFSET",
      `random: ${length} numbers from offset ${String(offset)} leave the stream; stay within 0 to 2^53`,
    );
  }
}

/** The upper word of a safe integer in two's complement: all safe seeds get different keys. */
function highWord(x: number): number {
  return Math.floor(x / 4294967296) >>> 0;
}

/** Ten Philox rounds; the result is left in `words`. All arguments are read as 32-bit words. */
function permute(c0: number, c1: number, c2: number, c3: number, k0: number, k1: number): void {
  let x0 = c0 | 0;
  let x1 = c1 | 0;
  let x2 = c2 | 0;
  let x3 = c3 | 0;
  let key0 = k0 | 0;
  let key1 = k1 | 0;
  for (let round = 0; round < 10; round++) {
    const high0 = mulHigh(x0, 0xd251, 0x1f53);
    const high1 = mulHigh(x2, 0xcd9e, 0x8d57);
    const low0 = Math.imul(x0, 0xd2511f53);
    const low1 = Math.imul(x2, 0xcd9e8d57);
    x0 = high1 ^ x1 ^ key0;
    x1 = low1;
    x2 = high0 ^ x3 ^ key1;
    x3 = low0;
    key0 = (key0 + 0x9e3779b9) | 0;
    key1 = (key1 + 0xbb67ae85) | 0;
  }
  words[0] = x0;
  words[1] = x1;
  words[2] = x2;
  words[3] = x3;
}

/** The upper 32 bits of the 64-bit product x·(high·2^16 + low): a double would lose its last bits. */
function mulHigh(x: number, high: number, low: number): number {
  const xl = x & 0xffff;
  const xh = x >>> 16;
  const middle = (Math.imul(xh, low) + (Math.imul(xl, low) >>> 16)) | 0;
  const carry = (Math.imul(xl, high) + (middle & 0xffff)) | 0;
  return (Math.imul(xh, high) + (middle >>> 16) + (carry >>> 16)) | 0;
}

/** An integer in [0, 2^53) from two words: 26 bits of the first above 27 bits of the second. */
function fraction53(a: number, b: number): number {
  return (a >>> 6) * 134217728 + (b >>> 5);
}

function fillUniform32(out: Float32Array, seed: number, offset: number): void {
  const keyLow = seed >>> 0;
  const keyHigh = highWord(seed);
  const length = out.length;
  let block = Math.floor(offset / 4);
  let lane = offset - 4 * block;
  let i = 0;
  while (i < length) {
    permute(block >>> 0, highWord(block), STREAM_UNIFORM32, 0, keyLow, keyHigh);
    if (lane === 0 && i + 4 <= length) {
      out[i] = (words[0] >>> 8) * TWO_MINUS_24;
      out[i + 1] = (words[1] >>> 8) * TWO_MINUS_24;
      out[i + 2] = (words[2] >>> 8) * TWO_MINUS_24;
      out[i + 3] = (words[3] >>> 8) * TWO_MINUS_24;
      i += 4;
    } else {
      for (; lane < 4 && i < length; lane++) out[i++] = (words[lane] >>> 8) * TWO_MINUS_24;
      lane = 0;
    }
    block++;
  }
}

function fillUniform64(out: Float64Array, seed: number, offset: number): void {
  const keyLow = seed >>> 0;
  const keyHigh = highWord(seed);
  const first = Math.floor(offset / 2);
  const blocks = Math.floor((offset + out.length + 1) / 2) - first;
  let i = 2 * first - offset;
  for (let b = 0; b < blocks; b++, i += 2) {
    const block = first + b;
    permute(block >>> 0, highWord(block), STREAM_UNIFORM64, 0, keyLow, keyHigh);
    if (i >= 0) out[i] = fraction53(words[0], words[1]) * TWO_MINUS_53;
    if (i + 1 < out.length) out[i + 1] = fraction53(words[2], words[3]) * TWO_MINUS_53;
  }
}

/** ln(m / 2^53) for an integer m from 1 to 2^53. */
function logUnit(m: number): number {
  const high = Math.floor(m / 4294967296);
  const exponent = high > 0 ? 63 - Math.clz32(high) : 31 - Math.clz32(m);
  return logOfParts(m * POWERS[exponent], exponent - 53);
}

/** 2^-e for e from 0 to 53, exact in every engine. */
const POWERS = Float64Array.from({ length: 54 }, (_, e) => 1 / 2 ** e);

/** sin x for |x| ≤ π/4, its Taylor polynomial of degree 17. */
function sinSmall(x: number): number {
  const z = x * x;
  let sum = 1 / 355687428096000;
  sum = sum * z - 1 / 1307674368000;
  sum = sum * z + 1 / 6227020800;
  sum = sum * z - 1 / 39916800;
  sum = sum * z + 1 / 362880;
  sum = sum * z - 1 / 5040;
  sum = sum * z + 1 / 120;
  sum = sum * z - 1 / 6;
  return x + x * z * sum;
}

/** cos x for |x| ≤ π/4, its Taylor polynomial of degree 16. */
function cosSmall(x: number): number {
  const z = x * x;
  let sum = 1 / 20922789888000;
  sum = sum * z - 1 / 87178291200;
  sum = sum * z + 1 / 479001600;
  sum = sum * z - 1 / 3628800;
  sum = sum * z + 1 / 40320;
  sum = sum * z - 1 / 720;
  sum = sum * z + 1 / 24;
  sum = sum * z - 1 / 2;
  return 1 + z * sum;
}
