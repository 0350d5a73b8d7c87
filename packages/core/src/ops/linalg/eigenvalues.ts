import { applyReflection, reflection } from "./householder.js";
import { identity } from "./matrices.js";
import { largestIn, rotate } from "./singular-values.js";

/** The eigenvalues and vectors of one symmetric matrix. */
export interface Eigenvalues {
  readonly values: Float64Array; // [n], in ascending order
  readonly vectors: Float64Array; // [n, n], the vectors as rows
}

const EPSILON = 2 ** -52;
const STEPS = 60;

/**
 * The eigenvalues and vectors of a symmetric matrix `[n, n]`: Householder's reduction to a tridiagonal matrix, then the implicit QL
 * algorithm (Bowdler, Martin, Reinsch and Wilkinson, The QR and QL algorithms for symmetric matrices, 1968). The vectors are
 * orthogonal to rounding, close eigenvalues or not; the largest element of each is positive. The array is overwritten.
 */
export function eigenvalues(a: Float64Array, n: number): Eigenvalues {
  const scale = a.reduce((largest, x) => Math.max(largest, Math.abs(x)), 0);
  if (!Number.isFinite(scale)) {
    return { values: new Float64Array(n).fill(NaN), vectors: new Float64Array(n * n).fill(NaN) };
  }
  // Elements of at most 1 do not overflow when they are squared.
  if (scale > 0) for (let i = 0; i < a.length; i++) a[i] /= scale;
  const { diagonal, beside, basis } = tridiagonal(a, n);
  diagonalize(diagonal, beside, basis, n);
  const ascending = Array.from(diagonal.keys()).sort((p, q) => diagonal[p] - diagonal[q]);
  const vectors = new Float64Array(n * n);
  ascending.forEach((from, to) => {
    const sign = largestIn(basis, from * n, n) < 0 ? -1 : 1;
    for (let k = 0; k < n; k++) vectors[to * n + k] = sign * basis[from * n + k];
  });
  return { values: Float64Array.from(ascending, (i) => diagonal[i] * scale), vectors };
}

/** `A = Q·T·Qᵀ` with T tridiagonal: its diagonal, the elements beside it, and the columns of Q as rows. */
function tridiagonal(
  a: Float64Array,
  n: number,
): { diagonal: Float64Array; beside: Float64Array; basis: Float64Array } {
  const beside = new Float64Array(n);
  const tau = new Float64Array(n);
  const w = new Float64Array(n);
  for (let k = 0; k + 2 < n; k++) {
    const v = k * n + k + 1;
    tau[k] = reflection(a, v, n - k - 1);
    beside[k] = a[v];
    a[v] = 1;
    if (tau[k] !== 0) reflectBothSides(a, n, k, tau[k], w);
  }
  if (n > 1) beside[n - 2] = a[n * n - 2];
  const diagonal = Float64Array.from({ length: n }, (_, i) => a[i * (n + 1)]);
  const basis = identity(n);
  for (let k = n - 3; k >= 0; k--) {
    for (let i = k + 1; i < n; i++) applyReflection(a, k * (n + 1) + 1, tau[k], basis, i * n + k + 1, n - k - 1);
  }
  return { diagonal, beside, basis };
}

/** `A = H·A·H` for the rows and columns after `k`; the vector of H stands in row `k`. */
function reflectBothSides(a: Float64Array, n: number, k: number, tau: number, w: Float64Array): void {
  const v = k * n;
  let product = 0;
  for (let i = k + 1; i < n; i++) {
    let sum = 0;
    for (let j = k + 1; j < n; j++) sum += a[i * n + j] * a[v + j];
    w[i] = tau * sum;
    product += w[i] * a[v + i];
  }
  for (let i = k + 1; i < n; i++) w[i] -= 0.5 * tau * product * a[v + i];
  for (let i = k + 1; i < n; i++) {
    const x = a[v + i];
    const y = w[i];
    for (let j = k + 1; j < n; j++) a[i * n + j] -= x * w[j] + y * a[v + j];
  }
}

/** Turns the tridiagonal matrix into a diagonal one, rotating the rows of `basis` along. */
function diagonalize(d: Float64Array, e: Float64Array, basis: Float64Array, n: number): void {
  for (let l = 0; l < n; l++) {
    for (let step = 0; step < STEPS; step++) {
      let m = l;
      while (m < n - 1 && Math.abs(e[m]) > EPSILON * (Math.abs(d[m]) + Math.abs(d[m + 1]))) m++;
      if (m === l) break;
      chase(d, e, basis, n, l, m);
    }
  }
}

/** One implicit QL step with Wilkinson's shift on the block from `l` to `m`. */
function chase(d: Float64Array, e: Float64Array, basis: Float64Array, n: number, l: number, m: number): void {
  const half = (d[l + 1] - d[l]) / (2 * e[l]);
  const root = Math.sqrt(half * half + 1);
  let g = d[m] - d[l] + e[l] / (half + (half >= 0 ? root : -root));
  let [sine, cosine, shifted] = [1, 1, 0];
  for (let i = m - 1; i >= l; i--) {
    const [f, b] = [sine * e[i], cosine * e[i]];
    const r = Math.sqrt(f * f + g * g);
    e[i + 1] = r;
    if (r === 0) {
      // The matrix falls apart here, and the step ends early.
      d[i + 1] -= shifted;
      e[m] = 0;
      return;
    }
    [sine, cosine] = [f / r, g / r];
    g = d[i + 1] - shifted;
    const across = (d[i] - g) * sine + 2 * cosine * b;
    shifted = sine * across;
    d[i + 1] = g + shifted;
    g = cosine * across - b;
    rotate(basis, i * n, (i + 1) * n, n, cosine, sine);
  }
  d[l] -= shifted;
  e[l] = g;
  e[m] = 0;
}
