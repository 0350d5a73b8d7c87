import { expect, test } from "vitest";
import { exp, log } from "./portable.js";

/** The largest relative difference over many points. */
function worst(got: (x: number) => number, want: (x: number) => number, points: readonly number[]): number {
  return points.reduce((error, x) => Math.max(error, Math.abs(got(x) - want(x)) / Math.abs(want(x))), 0);
}

test("log and exp are those of the engine to about two units in the last place", () => {
  const exponents = Array.from({ length: 4001 }, (_, i) => (i - 2000) * 0.3541);
  expect(
    worst(
      exp,
      Math.exp,
      exponents.filter((x) => x > -700 && x < 709),
    ),
  ).toBeLessThan(5e-16);
  const positive = exponents.filter((x) => x > -708 && x < 709).map((x) => Math.exp(x));
  const near = Array.from({ length: 1000 }, (_, i) => 1 + (i + 0.5) * 1e-6 * (i % 2 === 0 ? 1 : -1));
  expect(worst(log, Math.log, [...positive.filter((x) => x !== 1), ...near])).toBeLessThan(5e-16);
});

test("they reach the ends of the range", () => {
  expect([log(0), log(-1), log(Infinity), log(NaN), log(1)]).toEqual([-Infinity, NaN, Infinity, NaN, 0]);
  expect([exp(-Infinity), exp(Infinity), exp(NaN), exp(0), exp(-800), exp(800)]).toEqual([
    0,
    Infinity,
    NaN,
    1,
    0,
    Infinity,
  ]);
  expect(log(5e-324)).toBeCloseTo(Math.log(5e-324), 12);
  expect(exp(-745)).toBe(5e-324);
  expect(exp(709.7) / Math.exp(709.7)).toBeCloseTo(1, 14);
});
