import { BLOCK, copyPart, lineKernels, type LineKernels } from "./lines.js";

/** Columns that are reduced at once, so that a block holds 16 rows of them. */
const COLUMNS = BLOCK / 16;

/** A reduction by one of the pairs of kernels. */
interface Reduction {
  readonly along: (lines: number, length: number) => void;
  readonly across: (rows: number, columns: number) => void;
  /** Where the kernels leave their results, and what these are of nothing. */
  readonly results: Float32Array | Float64Array;
  readonly identity: number;
  readonly join: (x: number, y: number) => number;
}

/**
 * The sums over the middle axis of `x: [outer, length, inner]`: `out[o, i] = Σ_l x[o, l, i]`, or null without WebAssembly
 * SIMD.
 *
 * Four elements are added in float32, in pairs, and these sums in float64: a sum differs from the exact one by at most
 * `2⁻²³·Σ|x|`. One that is not finite may be so because four large elements overflowed.
 */
export function sumLines(x: Float32Array, outer: number, length: number, inner: number): Float64Array | null {
  const kernels = lineKernels();
  if (kernels === null) return null;
  const out = new Float64Array(outer * inner);
  const { sumAlong: along, sumAcross: across } = kernels.run;
  const join = (a: number, b: number): number => a + b;
  reduce(kernels, { along, across, results: kernels.sums, identity: 0, join }, x, [outer, length, inner], out);
  return out;
}

/**
 * The largest or smallest elements over the middle axis of `x: [outer, length, inner]`, or null without WebAssembly SIMD.
 * NaN where one is; of a zero the sign is arbitrary; an infinity where the axis has no elements.
 */
export function extremesOfLines(
  name: "max" | "min",
  x: Float32Array,
  outer: number,
  length: number,
  inner: number,
): Float32Array | null {
  const kernels = lineKernels();
  if (kernels === null) return null;
  const out = new Float32Array(outer * inner);
  const [along, across] = [kernels.run[`${name}Along`], kernels.run[`${name}Across`]];
  const identity = name === "max" ? -Infinity : Infinity;
  reduce(
    kernels,
    { along, across, results: kernels.extremes, identity, join: Math[name] },
    x,
    [outer, length, inner],
    out,
  );
  return out;
}

type Sizes = readonly [outer: number, length: number, inner: number];

function reduce(
  { input }: LineKernels,
  reduction: Reduction,
  x: Float32Array,
  [outer, length, inner]: Sizes,
  out: Float32Array | Float64Array,
): void {
  if (length === 0) out.fill(reduction.identity);
  else if (inner === 1 && length > BLOCK) {
    for (let o = 0; o < outer; o++) out[o] = reduceLong(input, reduction, x.subarray(o * length, (o + 1) * length));
  } else if (inner === 1) {
    const lines = Math.floor(BLOCK / length);
    for (let o = 0; o < outer; o += lines) {
      const count = Math.min(lines, outer - o);
      copyPart(input, 0, x, o * length, count * length);
      reduction.along(count, length);
      for (let i = 0; i < count; i++) out[o + i] = reduction.results[i];
    }
  } else {
    for (let o = 0; o < outer; o++) {
      reduceAcross(input, reduction, x.subarray(o * length * inner, (o + 1) * length * inner), inner, out, o * inner);
    }
  }
}

/** One line, piece by piece. */
function reduceLong(input: Float32Array, { along, results, identity, join }: Reduction, line: Float32Array): number {
  let result = identity;
  for (let start = 0; start < line.length; start += BLOCK) {
    const count = Math.min(BLOCK, line.length - start);
    copyPart(input, 0, line, start, count);
    along(1, count);
    result = join(result, results[0]);
  }
  return result;
}

/** The rows of a matrix, strip by strip of its columns. */
function reduceAcross(
  input: Float32Array,
  { across, results, identity }: Reduction,
  matrix: Float32Array,
  width: number,
  out: Float32Array | Float64Array,
  to: number,
): void {
  for (let column = 0; column < width; column += COLUMNS) {
    const columns = Math.min(COLUMNS, width - column);
    const rows = Math.floor(BLOCK / columns);
    results.fill(identity, 0, columns);
    for (let start = column; start < matrix.length; start += rows * width) {
      const count = Math.min(rows, Math.ceil((matrix.length - start) / width));
      if (columns === width) copyPart(input, 0, matrix, start, count * width);
      else for (let r = 0; r < count; r++) copyPart(input, r * columns, matrix, start + r * width, columns);
      across(count, columns);
    }
    for (let i = 0; i < columns; i++) out[to + column + i] = results[i];
  }
}
