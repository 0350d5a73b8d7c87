import type { GemmOptions } from "./gemm-javascript.js";

type Floats = Float32Array | Float64Array;
type Options = GemmOptions<Floats>;

/** A stretch `[from, to)` of one dimension. */
type Range = readonly [from: number, to: number];

/**
 * Runs a product in parts that take at most `limit` bytes of WebAssembly memory each, halving the longest dimension;
 * parts of the inner dimension are added up. Only products that would not fit are split, so extra copies do not count.
 */
export function gemmInParts(options: Options, limit: number, multiply: (options: Options) => void): void {
  const { m, n, k, out, accumulate = false } = options;
  const longest = Math.max(m, n, k);
  if (gemmBytes(options) <= limit || longest === 1) {
    multiply(options);
    return;
  }
  const middle = Math.ceil(longest / 2);
  for (const range of [[0, middle] as const, [middle, longest] as const]) {
    if (longest === k) {
      gemmInParts({ ...innerPart(options, range), accumulate: accumulate || range[0] > 0 }, limit, multiply);
    } else if (longest === m) {
      gemmInParts(rowPart(options, range), limit, multiply);
    } else {
      const part = columnPart(options, range);
      gemmInParts(part, limit, multiply);
      putColumns(out, n, range, part.out);
    }
  }
}

/** Bytes of WebAssembly memory that a product takes: the operands, both once more in panels, and the result. */
export function gemmBytes({ m, n, k, out }: Options): number {
  return (2 * (m + n) * k + m * n) * out.BYTES_PER_ELEMENT;
}

/** The product over a stretch of the inner dimension. */
function innerPart(options: Options, range: Range): Options {
  const { m, n, k, a, b, transposeA = false, transposeB = false } = options;
  return {
    ...options,
    k: range[1] - range[0],
    a: transposeA ? rowsOf(a, m, range) : columnsOf(a, k, range),
    b: transposeB ? columnsOf(b, k, range) : rowsOf(b, n, range),
  };
}

/** The product for a stretch of rows of the result, in place. */
function rowPart(options: Options, range: Range): Options {
  const { m, n, k, a, out, transposeA = false } = options;
  const part = transposeA ? columnsOf(a, m, range) : rowsOf(a, k, range);
  return { ...options, m: range[1] - range[0], a: part, out: rowsOf(out, n, range) };
}

/** The product for a stretch of columns of the result, in an array of its own. */
function columnPart(options: Options, range: Range): Options {
  const { n, k, b, out, transposeB = false } = options;
  const part = transposeB ? rowsOf(b, k, range) : columnsOf(b, n, range);
  return { ...options, n: range[1] - range[0], b: part, out: columnsOf(out, n, range) };
}

function rowsOf(matrix: Floats, width: number, [from, to]: Range): Floats {
  return matrix.subarray(from * width, to * width);
}

function columnsOf(matrix: Floats, width: number, [from, to]: Range): Floats {
  const rows = matrix.length / width;
  const part =
    matrix instanceof Float64Array ? new Float64Array(rows * (to - from)) : new Float32Array(rows * (to - from));
  for (let i = 0; i < rows; i++) part.set(matrix.subarray(i * width + from, i * width + to), i * (to - from));
  return part;
}

function putColumns(matrix: Floats, width: number, [from, to]: Range, part: Floats): void {
  for (let i = 0; i * width < matrix.length; i++) {
    matrix.set(part.subarray(i * (to - from), (i + 1) * (to - from)), i * width + from);
  }
}
