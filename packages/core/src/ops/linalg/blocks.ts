import { multiply } from "../../product.js";

/**
 * Rows and columns that the factorizations take at a time: within a block they loop, and the blocks beside it are brought up to
 * date by matrix products, which are faster.
 */
export const BLOCK = 64;

/** A part of a row-major matrix. */
export interface Part {
  readonly data: Float64Array;
  readonly start: number; // where the part begins
  readonly stride: number; // from row to row
  readonly rows: number;
  readonly columns: number;
}

/** Names parts of a matrix whose rows are `stride` apart: by their first row and column, and their size. */
export function partsOf(
  data: Float64Array,
  stride: number,
): (row: number, column: number, rows: number, columns: number) => Part {
  return (row, column, rows, columns) => ({ data, start: row * stride + column, stride, rows, columns });
}

function copyOf({ data, start, stride, rows, columns }: Part): Float64Array {
  if (stride === columns) return data.subarray(start, start + rows * columns);
  const out = new Float64Array(rows * columns);
  for (let i = 0; i < rows; i++) {
    out.set(data.subarray(start + i * stride, start + i * stride + columns), i * columns);
  }
  return out;
}

/** `C -= A·B`, where A or B may be named by the parts that hold their transposes. */
export function subtractProduct(c: Part, a: Part, b: Part, transposeA = false, transposeB = false): void {
  const { data, start, stride, rows, columns } = c;
  const inner = transposeA ? a.rows : a.columns;
  if (rows === 0 || columns === 0 || inner === 0) return;
  const out = new Float64Array(rows * columns);
  const sizes = { m: rows, n: columns, k: inner };
  multiply({ ...sizes, a: copyOf(a), b: copyOf(b), out, transposeA, transposeB, accumulate: false });
  for (let i = 0; i < rows; i++) {
    const row = start + i * stride;
    for (let j = 0; j < columns; j++) data[row + j] -= out[i * columns + j];
  }
}
