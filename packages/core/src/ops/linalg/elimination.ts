import { BLOCK, partsOf, subtractProduct } from "./blocks.js";

/**
 * Gaussian elimination with partial pivoting, in place: `P·A = L·U`. Below the diagonal stands L, whose diagonal is 1, the rest
 * is U. A column without a pivot is left as it is, with 0 on the diagonal.
 *
 * @returns for each step the row that was exchanged with the row of its number
 */
export function eliminate(a: Float64Array, n: number): Int32Array {
  const pivots = new Int32Array(n);
  const part = partsOf(a, n);
  for (let from = 0; from < n; from += BLOCK) {
    const to = Math.min(from + BLOCK, n);
    eliminateColumns(a, n, from, to, pivots);
    const rest = n - to;
    if (rest === 0) break;
    for (let i = from + 1; i < to; i++) {
      for (let k = from; k < i; k++) subtractRow(a, i * n + to, a[i * n + k], a, k * n + to, rest);
    }
    subtractProduct(part(to, to, rest, rest), part(to, from, rest, to - from), part(from, to, to - from, rest));
  }
  return pivots;
}

/** Elimination of the columns from `from` up to `to` alone, whole rows exchanged. */
function eliminateColumns(a: Float64Array, n: number, from: number, to: number, pivots: Int32Array): void {
  for (let k = from; k < to; k++) {
    let pivot = k;
    for (let i = k + 1; i < n; i++) if (Math.abs(a[i * n + k]) > Math.abs(a[pivot * n + k])) pivot = i;
    pivots[k] = pivot;
    if (pivot !== k) exchangeRows(a, n, k, pivot);
    const diagonal = a[k * n + k];
    if (diagonal === 0) continue;
    for (let i = k + 1; i < n; i++) {
      const factor = a[i * n + k] / diagonal;
      a[i * n + k] = factor;
      if (factor !== 0) subtractRow(a, i * n + k + 1, factor, a, k * n + k + 1, to - k - 1);
    }
  }
}

/** Exchanges two rows of `columns` elements. */
export function exchangeRows(a: Float64Array, columns: number, i: number, j: number): void {
  for (let k = 0, p = i * columns, q = j * columns; k < columns; k++, p++, q++) {
    const x = a[p];
    a[p] = a[q];
    a[q] = x;
  }
}

/** `x -= factor · y` over `count` elements from the given places on. */
export function subtractRow(
  x: Float64Array,
  at: number,
  factor: number,
  y: Float64Array,
  from: number,
  count: number,
): void {
  for (let k = 0; k < count; k++) x[at + k] -= factor * y[from + k];
}

/** The determinant from the factors of {@link eliminate}, as its sign and the logarithm of its size. */
export function logDeterminant(lu: Float64Array, pivots: Int32Array, n: number): [sign: number, log: number] {
  let sign = 1;
  let log = 0;
  for (let k = 0; k < n; k++) {
    const x = lu[k * (n + 1)];
    sign *= pivots[k] === k ? Math.sign(x) : -Math.sign(x);
    log += Math.log(Math.abs(x));
  }
  return [sign === 0 ? 0 : sign, log];
}

/** The determinant from the factors of {@link eliminate}. */
export function determinant(lu: Float64Array, pivots: Int32Array, n: number): number {
  let product = 1;
  for (let k = 0; k < n; k++) product *= pivots[k] === k ? lu[k * (n + 1)] : -lu[k * (n + 1)];
  return product === 0 ? 0 : product;
}

/** How the triangle of {@link substitute} is read. */
export interface Triangle {
  readonly upper: boolean; // the upper triangle, not the lower
  readonly transpose: boolean; // the system of the transposed matrix
  readonly unitDiagonal: boolean; // the diagonal counts as 1 and is not read
}

/** Solves `T·X = B` (or `Tᵀ·X = B`) in place of `B`, `[n, columns]`, where T is one triangle of `a`, `[n, n]`. */
export function substitute(a: Float64Array, triangle: Triangle, b: Float64Array, n: number, columns: number): void {
  const { upper, transpose } = triangle;
  const forward = upper === transpose;
  const [known, right] = [partsOf(a, n), partsOf(b, columns)];
  const blocks = Math.ceil(n / BLOCK);
  for (let step = 0; step < blocks; step++) {
    const from = (forward ? step : blocks - 1 - step) * BLOCK;
    const to = Math.min(from + BLOCK, n);
    const [first, last] = forward ? [0, from] : [to, n];
    const [rows, others] = [to - from, last - first];
    const beside = transpose ? known(first, from, others, rows) : known(from, first, rows, others);
    subtractProduct(right(from, 0, rows, columns), beside, right(first, 0, others, columns), transpose);
    substituteRows(a, triangle, b, n, columns, from, to);
  }
}

/** Solves for the rows from `from` up to `to`, whose triangle stands on the diagonal. */
function substituteRows(
  a: Float64Array,
  { upper, transpose, unitDiagonal }: Triangle,
  b: Float64Array,
  n: number,
  columns: number,
  from: number,
  to: number,
): void {
  const [down, across] = transpose ? [1, n] : [n, 1];
  const forward = upper === transpose;
  for (let step = 0; step < to - from; step++) {
    const i = forward ? from + step : to - 1 - step;
    const row = i * columns;
    const [first, last] = forward ? [from, i] : [i + 1, to];
    for (let j = first; j < last; j++) {
      const factor = a[i * down + j * across];
      if (factor !== 0) subtractRow(b, row, factor, b, j * columns, columns);
    }
    if (unitDiagonal) continue;
    const diagonal = a[i * (n + 1)];
    for (let k = row; k < row + columns; k++) b[k] /= diagonal;
  }
}

const LOWER: Triangle = { upper: false, transpose: false, unitDiagonal: true };
const UPPER: Triangle = { upper: true, transpose: false, unitDiagonal: false };

/** Solves `A·X = B` (or `Aᵀ·X = B`) in place of `B`, with the factors of {@link eliminate}. */
export function solveEliminated(
  lu: Float64Array,
  pivots: ArrayLike<number>,
  transpose: boolean,
  b: Float64Array,
  n: number,
  columns: number,
): void {
  if (transpose) {
    substitute(lu, { ...UPPER, transpose }, b, n, columns);
    substitute(lu, { ...LOWER, transpose }, b, n, columns);
    for (let k = n - 1; k >= 0; k--) if (pivots[k] !== k) exchangeRows(b, columns, k, pivots[k]);
    return;
  }
  for (let k = 0; k < n; k++) if (pivots[k] !== k) exchangeRows(b, columns, k, pivots[k]);
  substitute(lu, LOWER, b, n, columns);
  substitute(lu, UPPER, b, n, columns);
}
