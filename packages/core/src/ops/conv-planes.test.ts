import { availableTiers, setTier } from "@adjoint/kernels";
import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import { Generator, type Tensor, tensor, withExecutor } from "../index.js";
import type { Window } from "../windows.js";
import { convolution, type ConvolutionRole } from "./convolution.js";

const generator = new Generator(3);

/** A window of stride 1 with room for at least one place; `before` may be negative. */
const axes = fc
  .record({
    input: fc.integer({ min: 1, max: 12 }),
    kernel: fc.integer({ min: 1, max: 4 }),
    dilation: fc.integer({ min: 1, max: 3 }),
    before: fc.integer({ min: -3, max: 6 }),
    after: fc.integer({ min: -3, max: 6 }),
  })
  .map(({ after, ...axis }): Window => {
    const output = axis.input + axis.before + after - (axis.kernel - 1) * axis.dilation;
    return { ...axis, output, stride: 1 };
  })
  .filter(({ output }) => output >= 1);

const convolutions = fc.record({
  windows: fc.array(axes, { minLength: 1, maxLength: 2 }),
  batch: fc.integer({ min: 1, max: 5 }),
  groups: fc.integer({ min: 1, max: 3 }),
  channels: fc.integer({ min: 1, max: 4 }),
  filters: fc.integer({ min: 3, max: 9 }),
});

/** The three results of a convolution of float32 numbers, each from the other two tensors. */
function results(windows: readonly Window[], groups: number, input: Tensor, weight: Tensor, output: Tensor): Tensor[] {
  const operands = { input, weight, output };
  return (["output", "input", "weight"] as const).map((computes: ConvolutionRole) => {
    const [first, second] = Object.entries(operands).flatMap(([role, x]) => (role === computes ? [] : [x]));
    return convolution(first, second, { computes, groups, windows });
  });
}

describe("the kernels of convolutions of stride 1", () => {
  afterAll(() => setTier("auto"));

  test("agree with plain loops in all three directions, at every tier", () => {
    const tiers = availableTiers().filter((name) => name !== "javascript");
    fc.assert(
      fc.property(convolutions, fc.constantFrom(...tiers), ({ windows, batch, groups, channels, filters }, tier) => {
        const input = generator.normal([batch, groups * channels, ...windows.map((w) => w.input)]);
        const weight = generator.normal([groups * filters, channels, ...windows.map((w) => w.kernel)]);
        const output = generator.normal([batch, groups * filters, ...windows.map((w) => w.output)]);
        const compute = (): Tensor[] => results(windows, groups, input, weight, output);
        setTier(tier);
        const got = withExecutor("wasm", compute);
        withExecutor("reference", compute).forEach((want, role) => {
          const errors = want.data.map((x, i) => Math.abs(got[role].data[i] - x) / (8 + Math.abs(x)));
          expect(errors.every((error) => error < 1e-5)).toBe(true);
        });
      }),
      { numRuns: 200, seed: 8 },
    );
  });

  test("spread infinities and NaN as plain loops do", () => {
    const same = (size: number): Window => ({
      input: size,
      kernel: 3,
      output: size,
      stride: 1,
      dilation: 1,
      before: 1,
    });
    const windows = [same(6), same(7)];
    const input = generator.normal([2, 2, 6, 7]).data.slice();
    input[0] = Infinity;
    input[50] = NaN;
    const weight = generator.normal([4, 2, 3, 3]);
    const output = generator.normal([2, 4, 6, 7]);
    const compute = (): Tensor[] => results(windows, 1, tensor(input).reshape([2, 2, 6, 7]), weight, output);
    const got = withExecutor("wasm", compute);
    withExecutor("reference", compute).forEach((want, role) => {
      want.data.forEach((x, i) => {
        if (Number.isFinite(x)) expect(got[role].data[i]).toBeCloseTo(x, 4);
        else expect(got[role].data[i]).toBe(x);
      });
    });
  });
});
