import { afterAll, expect, test, vi } from "vitest";
import { setThreads, teamFor } from "../threads.js";
import { activeProgram, availableTiers, setTier } from "../tier.js";
import { convolvePlanes, convolvePlanesToWeight } from "./convolution.js";
import type { PlaneConvolution } from "./plan.js";

afterAll(() => {
  setThreads(1);
  setTier("auto");
});

const axis = { input: 15, kernel: 3, output: 15, dilation: 1, before: 1 };
const sizes: PlaneConvolution = { batch: 37, groups: 2, channels: 3, filters: 8, rows: axis, columns: axis };
const numbers = (length: number): Float32Array => new Float32Array(length).map((_, i) => Math.sin(i * 12.9898));
const x = numbers(37 * 2 * 3 * 225);
const g = numbers(37 * 2 * 8 * 225);
const weight = numbers(2 * 8 * 3 * 9);

/** The bits of the output and of the gradient of the weights. */
function bits(): string {
  const [out, gradient] = [new Float32Array(g.length), new Float32Array(weight.length)];
  expect(convolvePlanes(sizes, x, weight, out)).toBe(true);
  expect(convolvePlanesToWeight(sizes, x, g, gradient)).toBe(true);
  return [out, gradient].map(({ buffer }) => Buffer.from(buffer).toString("latin1")).join();
}

test("several threads give the same bits as one, whatever was in memory before", async () => {
  for (const name of availableTiers().filter((tier) => tier !== "javascript")) {
    setTier(name);
    setThreads(1);
    const want = bits();
    const program = activeProgram();
    if (!program) throw new Error("no WebAssembly here");
    for (const count of [2, 3]) {
      setThreads(count);
      await vi.waitUntil(() => teamFor(program).threads === count, { timeout: 20_000 });
      for (let round = 0; round < 5; round++) expect(bits() === want).toBe(true);
    }
  }
});

test("a gradient that is not finite is refused and nothing written", () => {
  const broken = x.slice();
  broken[3] = Infinity;
  const gradient = new Float32Array(weight.length).fill(7);
  expect(convolvePlanesToWeight(sizes, broken, g, gradient)).toBe(false);
  expect(gradient.every((value) => value === 7)).toBe(true);
});

test("without WebAssembly there are no kernels", () => {
  setTier("javascript");
  expect(convolvePlanes(sizes, x, weight, new Float32Array(g.length))).toBe(false);
});
