import { applyReflection, normOf, orthogonalColumns, reflect } from "./householder.js";
import { identity, transposed } from "./matrices.js";

/** The reduced factors of one matrix `A = U·diag(s)·Vᵀ`. */
export interface SingularValues {
  readonly u: Float64Array; // [k, m], the columns of U as rows
  readonly s: Float64Array; // [k], in descending order
  readonly v: Float64Array; // [k, n], the columns of V as rows
}

const SWEEPS = 60;
const EPSILON = 2 ** -52;

/**
 * The singular values and vectors of a matrix `[m, n]`, `k = min(m, n)` of them, by Jacobi's one-sided rotations on the triangular
 * factor of a QR factorization with exchanged columns, which small singular values survive with all their digits (Drmač and
 * Veselić, New fast and accurate Jacobi SVD algorithm, 2008). The largest element of each column of U is positive.
 */
export function singularValues(a: Float64Array, m: number, n: number): SingularValues {
  if (m < n) {
    const { u, s, v } = singularValues(transposed(a, m, n), n, m);
    return positive({ u: v, s, v: u }, m, n);
  }
  const scale = a.reduce((largest, x) => Math.max(largest, Math.abs(x)), 0);
  if (!Number.isFinite(scale)) return unknown(m, n);
  // Elements of at most 1 do not overflow when they are squared.
  const columns = transposed(scale === 0 ? a : a.map((x) => x / scale), m, n);
  const order = Int32Array.from({ length: n }, (_, j) => j);
  const tau = reflect(columns, m, n, order);
  // A·P = Q·R. Rotating the columns of Rᵀ (the rows of w) until they are orthogonal gives Rᵀ·J = X·diag(s), and so
  // A·P = (Q·J)·diag(s)·Xᵀ.
  const w = new Float64Array(n * n);
  for (let i = 0; i < n; i++) for (let k = i; k < n; k++) w[i * n + k] = columns[k * m + i];
  const j = identity(n);
  rotateRows(w, j, n);
  const norms = Float64Array.from({ length: n }, (_, i) => normOf(w, i * n, n));
  const descending = Array.from(norms.keys()).sort((p, q) => norms[q] - norms[p]);
  const u = new Float64Array(n * m);
  descending.forEach((from, to) => {
    u.set(j.subarray(from * n, (from + 1) * n), to * m);
    for (let k = n - 1; k >= 0; k--) applyReflection(columns, k * m + k, tau[k], u, to * m + k, m - k);
  });
  const x = orthonormal(w, norms, descending, n);
  const v = new Float64Array(n * n);
  order.forEach((to, from) => {
    for (let i = 0; i < n; i++) v[i * n + to] = x[i * n + from];
  });
  return positive({ u, s: Float64Array.from(descending, (i) => norms[i] * scale), v }, m, n);
}

/** The rows of `w` in the given order, each divided by its norm; those of norm 0 complete the basis. */
function orthonormal(w: Float64Array, norms: Float64Array, order: readonly number[], n: number): Float64Array {
  const x = new Float64Array(n * n);
  const rank = order.filter((i) => norms[i] > 0).length;
  order.slice(0, rank).forEach((from, to) => {
    for (let k = 0; k < n; k++) x[to * n + k] = w[from * n + k] / norms[from];
  });
  if (rank < n) {
    const reflected = x.slice(0, rank * n);
    x.set(orthogonalColumns(reflected, reflect(reflected, n, rank), n, rank, n), rank * n);
  }
  return x;
}

/** Turns the pairs of vectors so that the largest element of each row of `u` is positive. */
function positive(values: SingularValues, m: number, n: number): SingularValues {
  const { u, s, v } = values;
  for (let i = 0; i < s.length; i++) {
    if (largestIn(u, i * m, m) >= 0) continue;
    for (let k = i * m; k < (i + 1) * m; k++) u[k] = -u[k];
    for (let k = i * n; k < (i + 1) * n; k++) v[k] = -v[k];
  }
  return values;
}

/** The element of largest size among `count` from `start` on. */
export function largestIn(x: Float64Array, start: number, count: number): number {
  let largest = 0;
  for (let i = start; i < start + count; i++) if (Math.abs(x[i]) > Math.abs(largest)) largest = x[i];
  return largest;
}

function unknown(m: number, n: number): SingularValues {
  const nan = (length: number): Float64Array => new Float64Array(length).fill(NaN);
  return { u: nan(n * m), s: nan(n), v: nan(n * n) };
}

/** Rotates pairs of rows of `w`, and those of `j` with them, until all rows of `w` are orthogonal. */
function rotateRows(w: Float64Array, j: Float64Array, n: number): void {
  const tolerance = EPSILON * Math.sqrt(n);
  const squares = new Float64Array(n);
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    let rotated = false;
    for (let i = 0; i < n; i++) squares[i] = dot(w, i * n, i * n, n);
    for (let p = 0; p < n - 1; p++) {
      for (let q = p + 1; q < n; q++) {
        const product = dot(w, p * n, q * n, n);
        if (!(Math.abs(product) > tolerance * Math.sqrt(squares[p] * squares[q]))) continue;
        rotated = true;
        const zeta = (squares[q] - squares[p]) / (2 * product);
        const tangent = (zeta >= 0 ? 1 : -1) / (Math.abs(zeta) + Math.sqrt(1 + zeta * zeta));
        const cosine = 1 / Math.sqrt(1 + tangent * tangent);
        rotate(w, p * n, q * n, n, cosine, cosine * tangent);
        rotate(j, p * n, q * n, n, cosine, cosine * tangent);
        squares[p] = Math.max(0, squares[p] - tangent * product);
        squares[q] += tangent * product;
      }
    }
    if (!rotated) return;
  }
}

function dot(x: Float64Array, a: number, b: number, count: number): number {
  let sum = 0;
  for (let i = 0; i < count; i++) sum += x[a + i] * x[b + i];
  return sum;
}

/** `[x, y] = [c·x - s·y, s·x + c·y]` for two rows of `count` elements. */
export function rotate(z: Float64Array, x: number, y: number, count: number, c: number, s: number): void {
  for (let i = 0; i < count; i++) {
    const a = z[x + i];
    const b = z[y + i];
    z[x + i] = c * a - s * b;
    z[y + i] = s * a + c * b;
  }
}
