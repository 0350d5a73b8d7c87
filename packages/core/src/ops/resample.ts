import { ones } from "../create.js";
import { allocate, type TypedArray } from "../dtype.js";
import { sizeOf } from "../shape.js";
import { defineOp, type OpFunction } from "../structural.js";
import type { Tensor } from "../tensor.js";

/** Adds an entry to the row that is being filled; columns that come again add up as separate entries. */
export type Put = (column: number, weight: number) => void;

/** A matrix with few entries in every row, and none stored that is 0. */
export class SparseRows {
  readonly rows: number; // how many there are
  readonly columns: number; // the length of a row
  /** Where each row begins among the entries, and where the last one ends. */
  readonly starts: Int32Array;
  readonly places: Int32Array; // the column of every entry
  readonly weights: Float64Array; // its value
  #turned: SparseRows | null = null;

  /** @param most - the largest number of entries of a row; @param fill - puts the entries of one row */
  constructor(rows: number, columns: number, most: number, fill: (row: number, put: Put) => void) {
    this.rows = rows;
    this.columns = columns;
    this.starts = new Int32Array(rows + 1);
    this.places = allocate("int32", rows * most) as Int32Array;
    this.weights = allocate("float64", rows * most) as Float64Array;
    let next = 0;
    const put: Put = (column, weight) => {
      if (weight === 0) return;
      this.places[next] = column;
      this.weights[next++] = weight;
    };
    for (let row = 0; row < rows; row++) {
      fill(row, put);
      this.starts[row + 1] = next;
    }
  }

  /** The transposed matrix. */
  get transposed(): SparseRows {
    if (this.#turned !== null) return this.#turned;
    const byColumn = Array.from({ length: this.columns }, (): number[] => []);
    const { starts, places, weights } = this;
    for (let row = 0; row < this.rows; row++) {
      for (let j = starts[row]; j < starts[row + 1]; j++) byColumn[places[j]].push(row, weights[j]);
    }
    const most = byColumn.reduce((length, entries) => Math.max(length, entries.length / 2), 0);
    this.#turned = new SparseRows(this.columns, this.rows, most, (column, put) => {
      const entries = byColumn[column];
      for (let j = 0; j < entries.length; j += 2) put(entries[j], entries[j + 1]);
    });
    this.#turned.#turned = this;
    return this.#turned;
  }
}

/** A matrix along an axis, which is counted from the end. */
interface Resampling {
  readonly axis: number;
  readonly matrix: SparseRows;
}

/**
 * A matrix applied along an axis (counted from the end, so that it stays the same behind more axes in front): `out[…, p, …] = Σⱼ
 * matrix[p, j] · x[…, j, …]`. Its transpose is the same op with the transposed matrix.
 */
export const resample: OpFunction<[x: Tensor, attributes: Resampling]> = defineOp<
  [x: Tensor, attributes: Resampling],
  Resampling
>({
  name: "resample",
  call: (x, attributes) => ({ inputs: [x], attributes }),
  shape: ([x], { axis, matrix }) => x.shape.with(axis, matrix.rows),
  forward: ([x], { axis, matrix }, shape, dtype) => {
    const out = allocate(dtype, sizeOf(shape));
    const inner = axis === -1 ? 1 : sizeOf(shape.slice(axis + 1));
    if (inner === 1 && out.length >= 4 * matrix.rows) alongLines(x.data, matrix, out);
    else alongRows(x.data, matrix, inner, out);
    return out;
  },
  vjp: (g, { attributes: { axis, matrix } }) => [resample(g, { axis, matrix: matrix.transposed })],
  jvp: ([t], { attributes }) => t && resample(t, attributes),
  batch: "front",
  samples: () => {
    const entries = [[1, 0.5], [], [1, 2, 0, -1, 2, 3], [2, 1]]; // columns and weights by turns
    const matrix = new SparseRows(4, 3, 3, (row, put) => {
      for (let j = 0; j < entries[row].length; j += 2) put(entries[row][j], entries[row][j + 1]);
    });
    return [
      [ones([2, 3, 2]), { axis: -2, matrix }],
      [ones([3]), { axis: -1, matrix }],
      [ones([0, 3]), { axis: -1, matrix }],
    ];
  },
});

/** Along the last axis: four lines at once, for which every entry is looked up once. */
function alongLines(x: TypedArray, { columns, rows, starts, places, weights }: SparseRows, out: TypedArray): void {
  const lines = out.length / rows;
  for (let line = 0; line < lines; line += 4) {
    // The last four are partly computed again where the lines do not come out even.
    const block = Math.min(line, lines - 4);
    const first = block * columns;
    let to = block * rows;
    for (let row = 0, j = 0; row < rows; row++, to++) {
      const end = starts[row + 1];
      let a = 0;
      let b = 0;
      let c = 0;
      let d = 0;
      for (; j < end; j++) {
        const weight = weights[j];
        const at = first + places[j];
        a += weight * x[at];
        b += weight * x[at + columns];
        c += weight * x[at + 2 * columns];
        d += weight * x[at + 3 * columns];
      }
      out[to] = a;
      out[to + rows] = b;
      out[to + 2 * rows] = c;
      out[to + 3 * rows] = d;
    }
  }
}

/** Along another axis, where `inner` elements lie behind each place: row by row. */
function alongRows(x: TypedArray, matrix: SparseRows, inner: number, out: TypedArray): void {
  const { columns, rows, starts, weights, places } = matrix;
  for (let from = 0, to = 0; to < out.length; from += columns * inner) {
    for (let row = 0; row < rows; row++, to += inner) {
      const start = starts[row];
      const count = starts[row + 1] - start;
      const first = from + places[start] * inner;
      if (count === 1 && weights[start] === 1) out.set(x.subarray(first, first + inner), to);
      else if (count === 2) {
        const second = from + places[start + 1] * inner;
        const a = weights[start];
        const b = weights[start + 1];
        for (let i = 0; i < inner; i++) out[to + i] = a * x[first + i] + b * x[second + i];
      } else sumOfRows(x, from, inner, matrix, row, out, to);
    }
  }
}

function sumOfRows(
  x: TypedArray,
  from: number,
  inner: number,
  { starts, places, weights }: SparseRows,
  row: number,
  out: TypedArray,
  to: number,
): void {
  for (let i = 0; i < inner; i++) {
    let sum = 0;
    for (let j = starts[row]; j < starts[row + 1]; j++) sum += weights[j] * x[from + places[j] * inner + i];
    out[to + i] = sum;
  }
}
