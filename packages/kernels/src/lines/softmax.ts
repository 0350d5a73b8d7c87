import { compileMap } from "../maps/compile.js";
import type { MapKernel, MapMode, MapProgram } from "../maps/program.js";
import { BLOCK, copyPart, lineKernels, LONGEST_LINE, type LineKernels } from "./lines.js";
import { extremesOfLines, sumLines } from "./reduce.js";

/** What is computed of each line: `e^x / Σ e^x`, its logarithm `x - ln Σ e^x`, or `ln Σ e^x`. */
export type Normalisation = "softmax" | "logSoftmax" | "logsumexp";

/**
 * Normalises `x: [outer, length, inner]` along its middle axis: `out` is as large as x, or `[outer, inner]` for
 * `logsumexp`. The largest element of each line is subtracted first; sums are as in {@link sumLines}.
 *
 * @returns false without WebAssembly SIMD, and where a line has a NaN, +∞ or nothing but -∞: `out` then holds anything.
 */
export function normaliseLines(
  kind: Normalisation,
  x: Float32Array,
  [outer, length, inner]: readonly [outer: number, length: number, inner: number],
  out: Float32Array,
): boolean {
  const kernels = lineKernels();
  if (kernels === null) return false;
  if (inner === 1 && length <= LONGEST_LINE) return normaliseAlong(kernels, kind, x, outer, length, out);
  const plane = length * inner;
  const results = out.length / outer;
  for (let o = 0; o < outer; o++) {
    const part = out.subarray(o * results, (o + 1) * results);
    if (!normalisePlane(kind, x.subarray(o * plane, (o + 1) * plane), length, inner, part)) return false;
  }
  return true;
}

/** Lines that are contiguous, as many at once as there are in a block: each pass finds them in the cache. */
function normaliseAlong(
  { run, input, output, sums, largest, factors }: LineKernels,
  kind: Normalisation,
  x: Float32Array,
  outer: number,
  length: number,
  out: Float32Array,
): boolean {
  const lines = Math.max(1, Math.floor(BLOCK / length));
  for (let o = 0; o < outer; o += lines) {
    const count = Math.min(lines, outer - o);
    copyPart(input, 0, x, o * length, count * length);
    run.exponentials(count, length);
    for (let i = 0; i < count; i++) {
      if (!(sums[i] < Infinity)) return false;
      factors[i] = kind === "softmax" ? 1 / sums[i] : Math.log(sums[i]);
      if (kind === "logsumexp") out[o + i] = largest[i] + Math.log(sums[i]);
    }
    if (kind === "softmax") run.scale(count, length);
    else if (kind === "logSoftmax") run.shift(count, length);
    else continue;
    copyPart(out, o * length, kind === "softmax" ? input : output, 0, count * length);
  }
  return true;
}

const STEPS = {
  exponential: {
    inputs: 2,
    steps: [
      { op: "sub", args: [0, 1] },
      { op: "exp", args: [2] },
    ],
    outputs: [3],
  },
  scale: { inputs: 2, steps: [{ op: "mul", args: [0, 1] }], outputs: [2] },
  shift: {
    inputs: 3,
    steps: [
      { op: "sub", args: [0, 1] },
      { op: "sub", args: [3, 2] },
    ],
    outputs: [4],
  },
} as const satisfies Record<string, MapProgram>;

const maps = new Map<string, MapKernel | null>();

/** Applies one of the steps to a plane and one number for each column, or one for all of it. */
function applyStep(
  name: keyof typeof STEPS,
  plane: Float32Array,
  numbers: readonly Float32Array[],
  out: Float32Array,
): void {
  const width = numbers[0].length;
  const mode: MapMode = width === 1 ? "scalar" : "vector";
  const key = `${name} ${mode}`;
  let map = maps.get(key);
  if (map === undefined) {
    map = compileMap(STEPS[name], ["vector", ...numbers.map(() => mode)], "float32");
    maps.set(key, map);
  }
  const [rows, columns] = width === 1 ? [1, plane.length] : [plane.length / width, width];
  map?.run([plane, ...numbers], [columns, ...numbers.map(() => 0)], rows, columns, [out]);
}

/** One plane `[length, inner]`, pass by pass over all of it. */
function normalisePlane(
  kind: Normalisation,
  plane: Float32Array,
  length: number,
  inner: number,
  out: Float32Array,
): boolean {
  const largest = extremesOfLines("max", plane, 1, length, inner);
  const exponentials = kind === "logsumexp" ? new Float32Array(plane.length) : out;
  if (largest === null || !largest.every(Number.isFinite)) return false;
  applyStep("exponential", plane, [largest], exponentials);
  const sums = sumLines(exponentials, 1, length, inner);
  if (sums === null) return false;
  const factors = Float32Array.from(sums, (sum) => (kind === "softmax" ? 1 / sum : Math.log(sum)));
  if (kind === "softmax") applyStep("scale", exponentials, [factors], out);
  else if (kind === "logSoftmax") applyStep("shift", plane, [largest, factors], out);
  else sums.forEach((sum, i) => (out[i] = largest[i] + Math.log(sum)));
  return true;
}
