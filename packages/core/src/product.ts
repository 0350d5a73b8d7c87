import { gemm } from "@adjoint/kernels";
import type { TypedArray } from "./dtype.js";
import { executor } from "./executors.js";

/** A matrix product `out = a·b`, row-major, as the kernels take it. */
export interface Product {
  readonly m: number;
  readonly n: number;
  readonly k: number;
  readonly a: TypedArray;
  readonly b: TypedArray;
  readonly out: TypedArray;
  readonly transposeA: boolean;
  readonly transposeB: boolean;
  readonly accumulate: boolean;
}

/** Multiplies two matrices of one dtype: floating ones by the kernels, integers by plain loops. */
export function multiply(product: Product): void {
  const { a, b, out } = product;
  if (executor() === "reference") multiplyPlain(product);
  else if (a instanceof Float32Array && b instanceof Float32Array && out instanceof Float32Array)
    gemm({ ...product, a, b, out });
  else if (a instanceof Float64Array && b instanceof Float64Array && out instanceof Float64Array)
    gemm({ ...product, a, b, out });
  else multiplyPlain(product);
}

/** The product as it is written in textbooks, its sums in float64. */
function multiplyPlain({ m, n, k, a, b, out, transposeA, transposeB, accumulate }: Product): void {
  const [aRow, aColumn] = transposeA ? [1, m] : [k, 1];
  const [bRow, bColumn] = transposeB ? [1, k] : [n, 1];
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < n; j++) {
      let sum = 0;
      for (let p = 0; p < k; p++) sum += a[i * aRow + p * aColumn] * b[p * bRow + j * bColumn];
      out[i * n + j] = accumulate ? out[i * n + j] + sum : sum;
    }
  }
}
