/** A matrix product `out[m, n] = A[m, k] · B[k, n]`, on row-major typed arrays. */
export interface GemmOptions<T extends Float32Array | Float64Array> {
  readonly m: number; // rows of the product
  readonly n: number; // columns of the product
  readonly k: number; // the inner size, over which is summed
  /** `[m, k]`, or `[k, m]` when `transposeA`. */
  readonly a: T;
  /** `[k, n]`, or `[n, k]` when `transposeB`. */
  readonly b: T;
  /** `[m, n]`. */
  readonly out: T;
  readonly transposeA?: boolean; // whether `a` holds Aᵀ (default false)
  readonly transposeB?: boolean; // whether `b` holds Bᵀ (default false)
  /** Add the product to `out` instead of replacing it (default false). */
  readonly accumulate?: boolean;
}

/**
 * The product by its definition: one sum in float64 an element, rounded once. It is the oracle of the tests.
 */
export function gemmReference<T extends Float32Array | Float64Array>(options: GemmOptions<T>): void {
  const { m, n, k, a, b, out, transposeA = false, transposeB = false, accumulate = false } = options;
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < n; j++) {
      let sum = 0;
      for (let p = 0; p < k; p++) sum += a[transposeA ? p * m + i : i * k + p] * b[transposeB ? j * k + p : p * n + j];
      out[i * n + j] = accumulate ? out[i * n + j] + sum : sum;
    }
  }
}

/**
 * The product in plain JavaScript: for environments without WebAssembly, and for products so small that copying into
 * its memory would cost more. Sums run in float64, in registers for four columns of the result at a time.
 */
export function gemmJavaScript<T extends Float32Array | Float64Array>(options: GemmOptions<T>): void {
  const { m, n, k, a, b, out, transposeA = false, transposeB = false, accumulate = false } = options;
  const aStep = transposeA ? m : 1;
  // From a step of the inner dimension to the next, and from a column of B to the next.
  const [bStep, column] = transposeB ? [1, k] : [n, 1];
  for (let i = 0; i < m; i++) {
    const start = transposeA ? i : i * k;
    let j = 0;
    for (; j + 4 <= n; j += 4) {
      let [s0, s1, s2, s3] = [0, 0, 0, 0];
      for (let p = 0, at = start, bt = j * column; p < k; p++, at += aStep, bt += bStep) {
        const x = a[at];
        s0 += x * b[bt];
        s1 += x * b[bt + column];
        s2 += x * b[bt + 2 * column];
        s3 += x * b[bt + 3 * column];
      }
      const to = i * n + j;
      out[to] = accumulate ? out[to] + s0 : s0;
      out[to + 1] = accumulate ? out[to + 1] + s1 : s1;
      out[to + 2] = accumulate ? out[to + 2] + s2 : s2;
      out[to + 3] = accumulate ? out[to + 3] + s3 : s3;
    }
    for (; j < n; j++) {
      let sum = 0;
      for (let p = 0, at = start, bt = j * column; p < k; p++, at += aStep, bt += bStep) sum += a[at] * b[bt];
      out[i * n + j] = accumulate ? out[i * n + j] + sum : sum;
    }
  }
}
