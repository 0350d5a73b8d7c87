import { afterAll, describe, expect, test } from "vitest";
import { gemm } from "./gemm.js";
import { gemmJavaScript, gemmReference, type GemmOptions } from "./gemm-javascript.js";
import { ALONE, gemmWasm } from "./gemm-wasm.js";
import { activeProgram, availableTiers, setTier, TIERS } from "./tier.js";

type Floats = Float32Array | Float64Array;
type Multiply = (options: GemmOptions<Floats>) => void;

/** Numbers in [-1, 1) that look random and are the same everywhere. */
function noise(array: Floats, seed: number): Floats {
  let state = seed * 2654435761 + 1;
  return array.map(() => {
    state = Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x6d2b79f5;
    return ((state ^ (state >>> 13)) >>> 0) / 2 ** 31 - 1;
  });
}

interface Case {
  m: number;
  n: number;
  k: number;
  double: boolean;
  transposeA?: boolean;
  transposeB?: boolean;
  accumulate?: boolean;
}

/** The largest error, in units of what rounding may give to k products summed in order, against the definition. */
function errorOf(multiply: Multiply, { m, n, k, double, ...layout }: Case): number {
  const make = (length: number): Floats => (double ? new Float64Array(length) : new Float32Array(length));
  const [a, b, out] = [noise(make(m * k), 1), noise(make(k * n), 2), noise(make(m * n), 3)];
  const want = out.slice();
  multiply({ m, n, k, a, b, out, ...layout });
  gemmReference({ m, n, k, a, b, out: want, ...layout });
  const epsilon = (double ? 2 ** -53 : 2 ** -24) * (2 + k / 4);
  let worst = 0;
  out.forEach((x, i) => (worst = Math.max(worst, Math.abs(x - want[i]) / epsilon)));
  return worst;
}

const layouts = [false, true].flatMap((transposeA) =>
  [false, true].flatMap((transposeB) => [false, true].map((accumulate) => ({ transposeA, transposeB, accumulate }))),
);

afterAll(() => setTier("auto"));

describe.each(TIERS.filter((name) => availableTiers().includes(name)))("matrix product, tier %s", (name) => {
  // Past the loops for small products, so that the tier's own code is met at every size.
  const multiply: Multiply = (options) => {
    setTier(name);
    const program = activeProgram();
    if (program) gemmWasm(program, options, ALONE);
    else gemmJavaScript(options);
  };

  test.each([false, true])("agrees with the definition for all small odd and even sizes (float64: %s)", (double) => {
    let worst = 0;
    for (let size = 1; size <= 17; size++) {
      for (const [m, n, k] of [
        [size, 5, 7],
        [6, size, 4],
        [5, 9, size],
        [size, size, size],
      ]) {
        for (const layout of layouts) worst = Math.max(worst, errorOf(multiply, { m, n, k, double, ...layout }));
      }
    }
    expect(worst).toBeLessThan(8);
  });

  test.each([false, true])(
    "agrees with the definition around the edges of tiles and blocks (float64: %s)",
    (double) => {
      let worst = 0;
      for (const [m, n, k] of [
        [23, 31, 255],
        [24, 32, 256],
        [25, 33, 257],
        [95, 16, 513],
        [97, 257, 20],
        [1, 300, 64],
        [300, 1, 64],
        [100, 50, 784],
        [2, 3, 2000],
      ]) {
        for (const layout of layouts) worst = Math.max(worst, errorOf(multiply, { m, n, k, double, ...layout }));
      }
      expect(worst).toBeLessThan(8);
    },
  );

  test("NaN and Infinity reach exactly the elements that they belong to", () => {
    const [m, n, k] = [13, 21, 9];
    const a = new Float32Array(m * k).fill(1);
    const b = new Float32Array(k * n).fill(2);
    a[3 * k + 4] = NaN;
    a[12 * k] = Infinity;
    b[2 * n + 20] = -Infinity;
    const out = new Float32Array(m * n);
    multiply({ m, n, k, a, b, out });
    out.forEach((x, at) => {
      const [i, j] = [Math.floor(at / n), at % n];
      const want = i === 3 ? NaN : j === 20 ? (i === 12 ? NaN : -Infinity) : i === 12 ? Infinity : 18;
      expect(x).toBe(want);
    });
  });

  test("operands and result may be views that start anywhere in a larger buffer", () => {
    const [m, n, k] = [7, 11, 13];
    const view = (length: number, seed: number): Float32Array => {
      const bytes = new ArrayBuffer(4 * (length + 8));
      return new Float32Array(bytes, 12, length).map((_, i) => Math.sin(seed + i));
    };
    const whole = new Float32Array(m * n + 6).fill(-7);
    const [a, b] = [view(m * k, 1), view(k * n, 2)];
    multiply({ m, n, k, a, b, out: whole.subarray(3, 3 + m * n) });
    const want = new Float32Array(m * n);
    gemmReference({ m, n, k, a, b, out: want });
    want.forEach((x, i) => expect(whole[3 + i]).toBeCloseTo(x, 5));
    expect([...whole.subarray(0, 3), ...whole.subarray(3 + m * n)]).toEqual([-7, -7, -7, -7, -7, -7]);
  });
});

describe("gemm", () => {
  test("an inner dimension of 0 gives zeros, or leaves the result under accumulate", () => {
    const out = Float32Array.of(1, 2, 3, 4);
    const empty = new Float32Array(0);
    gemm({ m: 2, n: 2, k: 0, a: empty, b: empty, out, accumulate: true });
    expect([...out]).toEqual([1, 2, 3, 4]);
    gemm({ m: 2, n: 2, k: 0, a: empty, b: empty, out });
    expect([...out]).toEqual([0, 0, 0, 0]);
  });

  test("a result without rows or columns is no work", () => {
    const empty = new Float64Array(0);
    expect(() => gemm({ m: 0, n: 5, k: 2, a: empty, b: new Float64Array(10), out: empty })).not.toThrow();
    expect(() => gemm({ m: 5, n: 0, k: 2, a: new Float64Array(10), b: empty, out: empty })).not.toThrow();
  });

  test("arrays that do not fit the sizes are an internal fault, not a read out of bounds", () => {
    const a = new Float32Array(5);
    expect(() => gemm({ m: 2, n: 2, k: 3, a, b: new Float32Array(6), out: new Float32Array(4) })).toThrow(
      /^internal: gemm/,
    );
  });

  test.each([
    [1, 1, 1],
    [4, 4, 4],
    [1, 784, 10],
    [64, 1, 300],
    [64, 64, 64],
    [100, 50, 784],
    [130, 260, 300],
  ])("agrees with the definition at %i x %i x %i, whichever way it takes", (m, n, k) => {
    for (const double of [false, true]) {
      for (const layout of layouts) expect(errorOf(gemm, { m, n, k, double, ...layout })).toBeLessThan(8);
    }
  });
});
