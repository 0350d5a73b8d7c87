import { compose, type Composed } from "../../composed.js";
import { ones, zeros } from "../../create.js";
import type { Tensor } from "../../tensor.js";
import { square, sub } from "../arithmetic.js";
import { matmul } from "../matmul.js";
import { sum } from "../reduce.js";
import { squeeze, transpose } from "../shape.js";
import { checkMatrices } from "./matrices.js";
import { qr } from "./qr.js";
import { rightSide } from "./systems.js";
import { solveTriangle } from "./triangular-solve.js";

/** What {@link lstsq} gives. */
export type LstsqResult = {
  readonly solution: Tensor; // […, n, k], or […, n] for vectors
  readonly residuals: Tensor; // […, k], or […]: ‖A·x - b‖² of each column, 0 unless m > n
};

/**
 * The least squares solution of `A·x ≈ b`, the x with the smallest `‖A·x - b‖`, for matrices of full rank, by their QR
 * factorization. With fewer rows than columns, the shortest x with `A·x = b`.
 *
 * `a: […, m, n]` and `b: […, m, k]` give the solution `[…, n, k]`, the axes in front broadcast; or `b: [m]`, or `[…, m]` with the front
 * axes of `a`, is one vector for each matrix.
 *
 * @throws ArgumentError `MATRIX_SINGULAR` naming a matrix without full rank; ShapeError `SOLVE_SHAPES`, `RANK_INVALID`,
 * `SHAPE_MISMATCH`; DTypeError `DTYPE_FLOATING`.
 * @example
 * ```ts
 * import { lstsq, tensor } from "@adjoint/core";
 * // The line c + d·x through (0, 1), (1, 3) and (2, 5).
 * const a = tensor([[1, 0], [1, 1], [1, 2]]);
 * console.log(lstsq(a, tensor([1, 3, 5])).solution); // → tensor([1.0000, 2.0000])
 * ```
 */
export const lstsq: Composed<(a: Tensor, b: Tensor) => LstsqResult> = compose(
  "lstsq",
  (a, b) => {
    checkMatrices("lstsq", a);
    const { columns, vector, shaped } = rightSide("lstsq", a, b);
    const [m, n] = a.shape.slice(-2);
    const rtol = (a.dtype === "float32" ? 2 ** -23 : 2 ** -52) * Math.max(m, n);
    const system = { upper: true, transpose: m < n, unitDiagonal: false, required: { name: "lstsq", rtol } };
    const { q, r } = qr(m < n ? transpose(a) : a);
    const x =
      m < n ? matmul(q, solveTriangle(r, columns, system)) : solveTriangle(r, matmul(transpose(q), columns), system);
    const rest =
      m > n ? sub(matmul(a, x), columns) : zeros([...x.shape.slice(0, -2), 1, x.shape[x.ndim - 1]], { dtype: x.dtype });
    const residuals = sum(square(rest), { axis: -2 });
    return { solution: shaped(x), residuals: vector ? squeeze(residuals, -1) : residuals };
  },
  {
    samples: () => [
      [ones([3, 2]), ones([3])],
      [ones([2, 3]), ones([2, 2, 1])],
    ],
  },
);
