/**
 * Householder's QR factorization in place, as LAPACK's geqrf does it: `A = H₀·H₁·…·R` with `Hₖ = I - τₖ·vₖ·vₖᵀ`. The matrix is
 * `[m, n]` and given by columns, each `m` long: `columns[j·m + i]` is `A[i][j]`. R stands on and above the diagonal, below it the
 * vectors, whose first element is 1. A column that is zero below the diagonal is not reflected, so R keeps its sign there.
 *
 * @param order - if given, columns are exchanged so that the longest rest comes first, and this receives their order
 * @returns τ, one for each of the `min(m, n)` reflections
 */
export function reflect(columns: Float64Array, m: number, n: number, order?: Int32Array): Float64Array {
  const tau = new Float64Array(Math.min(m, n));
  for (let k = 0; k < tau.length; k++) {
    if (order) exchangeForLongest(columns, m, n, k, order);
    const start = k * m + k;
    tau[k] = reflection(columns, start, m - k);
    for (let j = k + 1; j < n; j++) applyReflection(columns, start, tau[k], columns, j * m + k, m - k);
  }
  return tau;
}

/** Puts the column whose part from row `k` on is longest in place `k`. */
function exchangeForLongest(columns: Float64Array, m: number, n: number, k: number, order: Int32Array): void {
  let [longest, length] = [k, -1];
  for (let j = k; j < n; j++) {
    const norm = normOf(columns, j * m + k, m - k);
    if (norm > length) [longest, length] = [j, norm];
  }
  if (longest === k) return;
  [order[k], order[longest]] = [order[longest], order[k]];
  const column = columns.slice(k * m, (k + 1) * m);
  columns.copyWithin(k * m, longest * m, (longest + 1) * m);
  columns.set(column, longest * m);
}

/**
 * Turns the vector of `count` elements at `start` into `[β, 0, …]`: β and the vector of the reflection take its place, τ comes back.
 */
export function reflection(x: Float64Array, start: number, count: number): number {
  const alpha = x[start];
  const rest = normOf(x, start + 1, count - 1);
  if (rest === 0) return 0;
  const beta = alpha > 0 ? -Math.hypot(alpha, rest) : Math.hypot(alpha, rest);
  for (let i = start + 1; i < start + count; i++) x[i] /= alpha - beta;
  x[start] = beta;
  return (beta - alpha) / beta;
}

/** `y -= τ·v·(vᵀ·y)` for the vector at `from`, whose first element counts as 1, and the one at `at`. */
export function applyReflection(
  v: Float64Array,
  from: number,
  tau: number,
  y: Float64Array,
  at: number,
  count: number,
): void {
  if (tau === 0) return;
  let sum = y[at];
  for (let i = 1; i < count; i++) sum += v[from + i] * y[at + i];
  sum *= tau;
  y[at] -= sum;
  for (let i = 1; i < count; i++) y[at + i] -= sum * v[from + i];
}

/** The Euclidean norm of `count` elements from `start` on; their squares neither overflow nor vanish. */
export function normOf(x: Float64Array, start: number, count: number): number {
  let largest = 0;
  for (let i = start; i < start + count; i++) largest = Math.max(largest, Math.abs(x[i]));
  if (largest === 0 || !Number.isFinite(largest)) return largest;
  let sum = 0;
  for (let i = start; i < start + count; i++) sum += (x[i] / largest) ** 2;
  return largest * Math.sqrt(sum);
}

/** The columns from `first` up to `last` of the orthogonal factor `H₀·H₁·…`, each `m` long, from what {@link reflect} left. */
export function orthogonalColumns(
  columns: Float64Array,
  tau: Float64Array,
  m: number,
  first: number,
  last: number,
): Float64Array {
  const q = new Float64Array((last - first) * m);
  for (let j = first; j < last; j++) {
    const at = (j - first) * m;
    q[at + j] = 1;
    for (let k = Math.min(j, tau.length - 1); k >= 0; k--) {
      applyReflection(columns, k * m + k, tau[k], q, at + k, m - k);
    }
  }
  return q;
}
