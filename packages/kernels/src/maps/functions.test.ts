import { describe, expect, test } from "vitest";
import { compileMap } from "./compile.js";
import type { MapOp } from "./program.js";
import { SCALAR_FUNCTIONS } from "./scalar-functions.js";

type Op = Exclude<MapOp, "constant">;

/** The float32 kernel of one instruction over its vector inputs. */
function apply(op: Op, ...inputs: readonly Float32Array[]): Float32Array {
  const program = { inputs: inputs.length, steps: [{ op, args: inputs.map((_, i) => i) }], outputs: [inputs.length] };
  const kernel = compileMap(
    program,
    inputs.map(() => "vector"),
    "float32",
  );
  const output = new Float32Array(inputs[0].length);
  kernel?.run(
    inputs,
    inputs.map(() => 0),
    1,
    output.length,
    [output],
  );
  return output;
}

const word = new Float32Array(1);
const bits = new Uint32Array(word.buffer);

/** The distance of neighbouring floats at x. */
function ulp(x: number): number {
  word[0] = Math.abs(x);
  return 2 ** (Math.min(Math.max(bits[0] >>> 23, 1), 254) - 127 - 23);
}

/** The error of `got` against the exact `want`, in ulp; special values must be right, signs of zeros included. */
function errorInUlp(got: number, want: number): number {
  const rounded = Math.fround(want);
  if (Object.is(got, rounded)) return Number.isFinite(got) ? Math.abs(got - want) / ulp(want) : 0;
  if (Number.isNaN(got) || Number.isNaN(want)) return Infinity;
  if (got === 0 && want === 0) return Infinity;
  // Next to the largest float, ∞ counts as the float that would follow it.
  const finite = (x: number): number => (Math.abs(x) === Infinity ? Math.sign(x) * 2 ** 128 : x);
  return Math.abs(finite(got) - finite(want)) / ulp(want);
}

/** Floats whose bit patterns are `step` apart: all exponents, subnormals, both signs, infinities and NaNs. */
function* allFloats(step: number): Generator<Float32Array> {
  const patterns = new Uint32Array(65_536);
  for (let from = 0; from < 2 ** 32; from += step * patterns.length) {
    for (let i = 0; i < patterns.length; i++) patterns[i] = from + i * step;
    yield new Float32Array(patterns.buffer);
  }
}

function worst(op: Op, x: Float32Array, y?: Float32Array): { error: number; at: string } {
  const got = y ? apply(op, x, y) : apply(op, x);
  const of = SCALAR_FUNCTIONS[op];
  let [error, at] = [0, ""];
  for (let i = 0; i < x.length; i++) {
    const e = errorInUlp(got[i], of(x[i], y ? y[i] : 0, 0));
    if (!(e <= error)) [error, at] = [e, `${x[i]}${y ? `, ${y[i]}` : ""} gives ${got[i]}`];
  }
  return { error, at };
}

/** Repeatable pseudo-random numbers in [0, 1). */
function* uniform(seed: number): Generator<number> {
  for (let state = seed; ;) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    yield state / 2 ** 32;
  }
}

describe("functions of float32 vectors", () => {
  // The bounds are the worst errors seen over every 97th float, rounded up to a tenth.
  test.each<[Op, number]>([
    ["exp", 1.1],
    ["expm1", 1.6],
    ["log", 0.9],
    ["log1p", 1.5],
    ["tanh", 1.5],
    ["erf", 1.4],
    ["sin", 1.6],
    ["cos", 1.6],
    ["tan", 0.51],
    ["atan", 1.5],
    ["sqrt", 0.5],
    ["floor", 0],
    ["ceil", 0],
    ["round", 0],
    ["abs", 0],
    ["neg", 0],
    ["sign", 0],
  ])("%s stays within %d ulp over the whole range", (op, bound) => {
    let result = { error: 0, at: "" };
    for (const x of allFloats(16_381)) {
      const next = worst(op, x);
      if (next.error > result.error) result = next;
    }
    expect(result.error, result.at).toBeLessThanOrEqual(bound);
  });

  // What training computes with, far denser than the whole range is sampled.
  test.each<[Op, number, number, number]>([
    ["exp", -105, 90, 1.1],
    ["expm1", -20, 90, 1.6],
    ["log", 0, 4, 0.9],
    ["log1p", -1, 4, 1.5],
    ["tanh", -10, 10, 1.5],
    ["erf", -4.5, 4.5, 1.4],
    ["sin", -30, 30, 1.6],
    ["cos", -30, 30, 1.6],
    ["tan", -30, 30, 0.51],
    ["atan", -5, 5, 1.5],
  ])("%s between %d and %d stays within %d ulp", (op, from, to, bound) => {
    const { error, at } = worst(
      op,
      Float32Array.from({ length: 100_000 }, (_, i) => from + ((to - from) * i) / 100_000),
    );
    expect(error, at).toBeLessThanOrEqual(bound);
  });

  const SPECIAL = [
    0, -0, 1, -1, 0.5, -0.5, 2, -2, 3, -3, 1.5, -2.5, 7, 1e-45, -1e-45, 1e-40, 1.1754943508222875e-38, 1e20,
  ];
  const pairs = [...SPECIAL, 3.4028234663852886e38, -3.4028234663852886e38, 16777217, Infinity, -Infinity, NaN].map(
    Math.fround,
  );
  const left = Float32Array.from(pairs.flatMap((x) => pairs.map(() => x)));
  const right = Float32Array.from(pairs.flatMap(() => pairs));

  test.each<[Op, number]>([
    ["pow", 0.51],
    ["mod", 0.5],
    ["max", 0],
    ["min", 0],
    ["add", 0.5],
    ["sub", 0.5],
    ["mul", 0.5],
    ["div", 0.5],
    ["eq", 0],
    ["ne", 0],
    ["lt", 0],
    ["le", 0],
    ["gt", 0],
    ["ge", 0],
  ])("%s is right to %d ulp for every pair of special values", (op, bound) => {
    const { error, at } = worst(op, left, right);
    expect(error, at).toBeLessThanOrEqual(bound);
  });

  test("pow stays within 0.51 ulp for random bases and exponents, also where the result is subnormal or overflows", () => {
    const random = uniform(1);
    const next = (): number => random.next().value ?? 0;
    const x = Float32Array.from({ length: 200_000 }, () => 2 ** (next() * 40 - 20));
    const y = x.map((base) => (next() * 300 - 150) / Math.log2(base));
    for (const bases of [x, x.map((_, i) => 1 + i * 2 ** -23)]) {
      const { error, at } = worst("pow", bases, y);
      expect(error, at).toBeLessThanOrEqual(0.51);
    }
  });

  test("mod is exact for random pairs, for quotients beyond 2²⁸ and next to integers too", () => {
    const random = uniform(2);
    const next = (): number => random.next().value ?? 0;
    const y = Float32Array.from({ length: 100_000 }, () => (next() - 0.5) * 2 ** Math.floor(next() * 40));
    const whole = y.map((divisor) => divisor * Math.floor(next() * 1000));
    for (const x of [y.map((divisor) => divisor * (next() - 0.5) * 2 ** Math.floor(next() * 60)), whole]) {
      const { error, at } = worst("mod", x, y);
      expect(error, at).toBeLessThanOrEqual(0.5);
    }
  });

  test("large arguments of sin change nothing for their neighbours", () => {
    const x = Float32Array.from({ length: 400 }, (_, i) => (i % 4 === 1 ? 1e30 * (i + 1) : i / 3));
    const small = x.map((value) => (value > 1e20 ? 0 : value));
    const [mixed, alone] = [apply("sin", x), apply("sin", small)];
    expect(mixed).toEqual(alone.map((value, i) => (i % 4 === 1 ? Math.sin(x[i]) : value)));
  });
});
