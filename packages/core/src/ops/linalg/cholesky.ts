import { checkBoolean, checkOptions } from "../../arguments.js";
import { compose, type Composed } from "../../composed.js";
import { ones } from "../../create.js";
import { defineOp, type OpFunction } from "../../structural.js";
import type { Tensor } from "../../tensor.js";
import { add, mul } from "../arithmetic.js";
import { matmul } from "../matmul.js";
import { transpose } from "../shape.js";
import { tril } from "../triangle.js";
import { BLOCK, partsOf, subtractProduct } from "./blocks.js";
import type { Triangle } from "./elimination.js";
import { checkSquare, diagonallyHeavy, eachMatrix, matrixError, symmetricPart } from "./matrices.js";
import { solveTriangle } from "./triangular-solve.js";

/** Options of {@link cholesky}. */
export interface CholeskyOptions {
  /** Gives the upper factor, `A = UᵀU`, instead of the lower (default false). */
  readonly upper?: boolean;
}

/**
 * The Cholesky factor of symmetric positive definite matrices, `A = L·Lᵀ` with L lower triangular: `[…, n, n]` to `[…, n, n]`, computed
 * in float64. The matrix that is factored is the symmetric part `(A + Aᵀ)/2`, so that the gradient is symmetric.
 *
 * Gradient: `∂A` is the symmetric part of `L⁻ᵀ·Φ(Lᵀ·∂L)·L⁻¹`, where Φ takes the lower triangle with half the diagonal (Murray,
 * Differentiation of the Cholesky decomposition, 2016, arXiv:1602.07527).
 *
 * @throws ArgumentError `MATRIX_NOT_POSITIVE_DEFINITE` naming the matrix; ShapeError `MATRIX_NOT_SQUARE`, `RANK_INVALID`; DTypeError
 * `DTYPE_FLOATING`.
 * @example
 * ```ts
 * import { cholesky, tensor } from "@adjoint/core";
 * console.log(cholesky(tensor([[4, 2], [2, 10]])).toArray()); // → [ [ 2, 0 ], [ 1, 3 ] ]
 * ```
 */
export const cholesky: Composed<(a: Tensor, options?: CholeskyOptions) => Tensor> = compose(
  "cholesky",
  (a, options = {}) => {
    checkOptions("cholesky", options, "{ upper: true }", ["upper"]);
    const upper = checkBoolean("cholesky", "upper", options.upper ?? false);
    checkSquare("cholesky", a);
    const factor = lowerFactor(symmetricPart(a));
    return upper ? transpose(factor) : factor;
  },
  {
    samples: () => [[ones([3, 3])], [ones([2, 2, 2]), { upper: true }], [ones([0, 0])]],
    domain: diagonallyHeavy,
  },
);

const LOWER: Triangle = { upper: false, transpose: false, unitDiagonal: false };

/** The lower factor of matrices that are symmetric already; their upper triangle is not read. */
const lowerFactor: OpFunction<[a: Tensor]> = defineOp<[a: Tensor], undefined>({
  name: "cholesky",
  shape: ([a]) => a.shape,
  forward: ([a], _attributes, shape, dtype) => {
    const n = shape[shape.length - 1];
    return eachMatrix(a, n * n, dtype, (matrix, index) => {
      const minor = factorInPlace(matrix, n);
      if (minor === 0) return matrix;
      throw matrixError(
        "MATRIX_NOT_POSITIVE_DEFINITE",
        "cholesky",
        shape,
        index,
        `is not positive definite (its first ${minor} rows and columns are not); add a multiple of the identity`,
      );
    });
  },
  vjp: (g, { output: l }) => {
    const half = solveTriangle(l, halfLower(matmul(transpose(l), g)), { ...LOWER, transpose: true });
    return [symmetricPart(solveTriangle(l, transpose(half), { ...LOWER, transpose: true }))];
  },
  jvp: ([t], { output: l }) => {
    if (t === null) return null;
    const half = solveTriangle(l, t, LOWER);
    return matmul(l, halfLower(solveTriangle(l, transpose(half), LOWER)));
  },
  batch: "front",
  samples: () => [[ones([1, 1])]],
});

/** The lower triangle with half the diagonal. */
function halfLower(x: Tensor): Tensor {
  return mul(add(tril(x), tril(x, -1)), 0.5);
}

/** In place, zeros above the diagonal; gives the order of the first leading minor that is not positive, or 0. */
function factorInPlace(a: Float64Array, n: number): number {
  const part = partsOf(a, n);
  for (let from = 0; from < n; from += BLOCK) {
    const to = Math.min(from + BLOCK, n);
    const [width, rest] = [to - from, n - from];
    subtractProduct(part(from, from, rest, width), part(from, 0, rest, from), part(from, 0, width, from), false, true);
    const minor = factorColumns(a, n, from, to);
    if (minor > 0) return minor;
  }
  for (let i = 0; i < n; i++) a.fill(0, i * (n + 1) + 1, (i + 1) * n);
  return 0;
}

/** The columns from `from` up to `to`, row by row, from which those before have been taken. */
function factorColumns(a: Float64Array, n: number, from: number, to: number): number {
  for (let i = from; i < n; i++) {
    for (let j = from; j < Math.min(i + 1, to); j++) {
      let rest = a[i * n + j];
      for (let k = from; k < j; k++) rest -= a[i * n + k] * a[j * n + k];
      if (j < i) a[i * n + j] = rest / a[j * (n + 1)];
      else if (rest > 0) a[i * (n + 1)] = Math.sqrt(rest);
      else return i + 1;
    }
  }
  return 0;
}
