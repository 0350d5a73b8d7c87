import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ArgumentError } from "./errors.js";
import { fillNormal, fillUniform, philox4x32 } from "./philox.js";

type Words4 = [number, number, number, number];

const ones = 0xffffffff;
const knownAnswers: [Words4, [number, number], Words4][] = [
  [
    [0, 0, 0, 0],
    [0, 0],
    [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8],
  ],
  [
    [ones, ones, ones, ones],
    [ones, ones],
    [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd],
  ],
  [
    [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
    [0xa4093822, 0x299f31d0],
    [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1],
  ],
];

/** Philox written plainly with big integers, as an oracle for the 16-bit halves. */
function philoxPlain(counter: Words4, key: [number, number]): number[] {
  let [c0, c1, c2, c3] = counter.map(BigInt) as [bigint, bigint, bigint, bigint];
  let [k0, k1] = key.map(BigInt) as [bigint, bigint];
  const low = 0xffffffffn;
  for (let round = 0; round < 10; round++) {
    const p0 = c0 * 0xd2511f53n;
    const p1 = c2 * 0xcd9e8d57n;
    [c0, c1, c2, c3] = [(p1 >> 32n) ^ c1 ^ k0, p1 & low, (p0 >> 32n) ^ c3 ^ k1, p0 & low];
    k0 = (k0 + 0x9e3779b9n) & low;
    k1 = (k1 + 0xbb67ae85n) & low;
  }
  return [c0, c1, c2, c3].map(Number);
}

function moments(values: ArrayLike<number>): { mean: number; variance: number; skew: number; kurtosis: number } {
  const n = values.length;
  let mean = 0;
  for (let i = 0; i < n; i++) mean += values[i]! / n;
  let [m2, m3, m4] = [0, 0, 0];
  for (let i = 0; i < n; i++) {
    const d = values[i]! - mean;
    m2 += (d * d) / n;
    m3 += (d * d * d) / n;
    m4 += (d * d * d * d) / n;
  }
  return { mean, variance: m2, skew: m3 / m2 ** 1.5, kurtosis: m4 / m2 ** 2 };
}

function correlation(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const [ma, mb] = [moments(a), moments(b)];
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i]! - ma.mean) * (b[i]! - mb.mean);
  return sum / a.length / Math.sqrt(ma.variance * mb.variance);
}

function uniform(seed: number, length: number, offset = 0): Float64Array {
  const out = new Float64Array(length);
  fillUniform(out, seed, offset);
  return out;
}

function normal(seed: number, length: number, offset = 0): Float64Array {
  const out = new Float64Array(length);
  fillNormal(out, seed, offset);
  return out;
}

describe("philox4x32", () => {
  test.each(knownAnswers)("gives the published answer of Random123 for counter %j and key %j", (counter, key, want) => {
    const out = new Uint32Array(4);
    philox4x32(counter, key, out);
    expect([...out]).toEqual(want);
  });

  test("equals the definition with big integers for any counter and key", () => {
    const word = fc.oneof(fc.nat({ max: ones }), fc.constantFrom(0, 1, 0xffff, 0x10000, 0x80000000, ones));
    fc.assert(
      fc.property(fc.tuple(word, word, word, word), fc.tuple(word, word), (counter, key) => {
        const out = new Uint32Array(4);
        philox4x32(counter, key, out);
        expect([...out]).toEqual(philoxPlain(counter, key));
      }),
    );
  });
});

describe("fills", () => {
  test("a stream filled in pieces is the stream filled at once", () => {
    const fills = [fillUniform, fillNormal];
    const arrays = [Float32Array, Float64Array];
    const offsets = fc.oneof(fc.nat({ max: 9 }), fc.constantFrom(2 ** 32 - 3, 2 ** 34 - 5, 2 ** 52 + 7));
    fc.assert(
      fc.property(
        fc.constantFrom(...fills),
        fc.constantFrom(...arrays),
        offsets,
        fc.nat({ max: 20 }),
        fc.nat({ max: 20 }),
        fc.maxSafeInteger(),
        (fill, array, offset, first, second, seed) => {
          const whole = new array(first + second);
          fill(whole, seed, offset);
          const parts = new array(first + second);
          fill(parts.subarray(0, first), seed, offset);
          fill(parts.subarray(first), seed, offset + first);
          expect(parts).toEqual(whole);
        },
      ),
    );
  });

  test("the first numbers of seed 0 never change", () => {
    const first = new Float32Array(4);
    fillUniform(first, 0, 0);
    // The words of the published answer for zeros, since stream, seed and offset are all zero.
    const want = knownAnswers[0]![2].map((word) => Math.floor(word / 256) / 2 ** 24);
    expect([...first]).toEqual(want);
    expect([...uniform(0, 3)]).toEqual([0.5166791668483329, 0.058986686401217514, 0.7909692950651087]);
    expect([...normal(0, 3)]).toEqual([0.1332806170287958, 0.18091184324734516, 0.6351802289783323]);
  });

  test("uniform numbers lie in [0, 1) with the moments of the uniform distribution", () => {
    const n = 400_000;
    const single = new Float32Array(n);
    fillUniform(single, 7, 0);
    for (const values of [single, uniform(7, n)]) {
      expect(values.every((x) => x >= 0 && x < 1)).toBe(true);
      const { mean, variance, skew, kurtosis } = moments(values);
      expect(Math.abs(mean - 0.5)).toBeLessThan((5 * Math.sqrt(1 / 12)) / Math.sqrt(n));
      expect(Math.abs(variance - 1 / 12)).toBeLessThan(6e-4);
      expect(Math.abs(skew)).toBeLessThan(0.015);
      expect(Math.abs(kurtosis - 1.8)).toBeLessThan(0.01);
    }
  });

  test("uniform numbers fill 1000 cells evenly", () => {
    const counts = new Float64Array(1000);
    for (const x of uniform(11, 1_000_000)) counts[Math.floor(x * 1000)]!++;
    const chiSquare = counts.reduce((sum, count) => sum + (count - 1000) ** 2 / 1000, 0);
    // 999 degrees of freedom: mean 999, deviation about 45.
    expect(chiSquare).toBeGreaterThan(999 - 5 * 45);
    expect(chiSquare).toBeLessThan(999 + 5 * 45);
  });

  test("normal numbers have mean 0, variance 1, skewness 0, kurtosis 3 and the right tails", () => {
    const n = 400_000;
    const values = normal(3, n);
    const { mean, variance, skew, kurtosis } = moments(values);
    expect(Math.abs(mean)).toBeLessThan(5 / Math.sqrt(n));
    expect(Math.abs(variance - 1)).toBeLessThan((5 * Math.SQRT2) / Math.sqrt(n));
    expect(Math.abs(skew)).toBeLessThan(5 * Math.sqrt(6 / n));
    expect(Math.abs(kurtosis - 3)).toBeLessThan(5 * Math.sqrt(24 / n));
    const beyond = values.filter((x) => Math.abs(x) > 2).length / n;
    expect(Math.abs(beyond - 0.0455003)).toBeLessThan(0.0017);
  });

  test("normal numbers are Box-Muller of the counter's words to the last few bits", () => {
    const values = normal(5, 20_000);
    const words = new Uint32Array(4);
    let worst = 0;
    for (let block = 0; block < 10_000; block++) {
      philox4x32([block, 0, 2, 0], [5, 0], words);
      const [a, b, c, d] = Array.from(words) as Words4;
      const u = 1 - (Math.floor(a / 64) * 2 ** 27 + Math.floor(b / 32)) / 2 ** 53;
      const v = (Math.floor(c / 64) * 2 ** 27 + Math.floor(d / 32)) / 2 ** 53;
      const radius = Math.sqrt(-2 * Math.log(u));
      const error = Math.hypot(
        values[2 * block]! - radius * Math.cos(2 * Math.PI * v),
        values[2 * block + 1]! - radius * Math.sin(2 * Math.PI * v),
      );
      worst = Math.max(worst, error / radius);
    }
    expect(worst).toBeLessThan(2e-15);
  });

  test("neighbouring seeds, offsets and streams are not correlated", () => {
    const n = 100_000;
    const bound = 5 / Math.sqrt(n);
    const single = new Float32Array(n);
    for (const seed of [0, 1, 2, 41, -1, 2 ** 32]) {
      const values = uniform(seed, n);
      fillUniform(single, seed, 0);
      expect(Math.abs(correlation(values, uniform(seed + 1, n)))).toBeLessThan(bound);
      expect(Math.abs(correlation(values, uniform(seed, n, 1)))).toBeLessThan(bound);
      expect(Math.abs(correlation(values, single))).toBeLessThan(bound);
      expect(Math.abs(correlation(normal(seed, n), normal(seed + 1, n)))).toBeLessThan(bound);
      expect(Math.abs(correlation(normal(seed, n), normal(seed, n, 1)))).toBeLessThan(bound);
      expect(Math.abs(correlation(normal(seed, n).map(Math.abs), values))).toBeLessThan(bound);
    }
  });

  test("seeds that differ only above 32 bits or in sign give different streams", () => {
    const seeds = [0, 1, -1, 2 ** 32, -(2 ** 32), 2 ** 32 - 1, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER];
    expect(new Set(seeds.map((seed) => uniform(seed, 1)[0])).size).toBe(seeds.length);
  });

  test.each([0.5, Number.NaN, Infinity, 2 ** 53])("seed %d is an ArgumentError", (seed) => {
    expect(() => uniform(seed, 1)).toThrow(expect.objectContaining({ code: "RANDOM_SEED" }));
    expect(() => normal(seed, 1)).toThrow(ArgumentError);
  });

  test.each([-1, 0.5, Number.NaN, 2 ** 53])("offset %d is an ArgumentError", (offset) => {
    expect(() => uniform(0, 1, offset)).toThrow(expect.objectContaining({ code: "RANDOM_OFFSET" }));
    expect(() => normal(0, 1, offset)).toThrow(ArgumentError);
  });

  test("the last numbers of a stream are there, and the ones after are an error", () => {
    const last = 2 ** 53 - 4;
    expect(uniform(1, 4, last).every((x) => x > 0 && x < 1)).toBe(true);
    expect(new Set(normal(1, 4, last)).size).toBe(4);
    expect(() => uniform(1, 5, last)).toThrow(ArgumentError);
  });
});
