import { checkInteger } from "../../arguments.js";
import { compose, type Composed } from "../../composed.js";
import { ones } from "../../create.js";
import { eye } from "../../create-matrices.js";
import { defineOp, type OpFunction } from "../../structural.js";
import type { Tensor } from "../../tensor.js";
import { neg } from "../arithmetic.js";
import { matmul } from "../matmul.js";
import { expand, transpose } from "../shape.js";
import { eliminate, solveEliminated } from "./elimination.js";
import { checkSquare, diagonallyHeavy, eachMatrix, identity, singular } from "./matrices.js";

/**
 * The inverses of square matrices, `A·A⁻¹ = I`: `[…, n, n]` to `[…, n, n]`, by elimination with partial pivoting in float64. To
 * apply one, `solve` is faster and more accurate.
 *
 * Gradient: `∂A = -A⁻ᵀ·∂X·A⁻ᵀ` (Giles, Collected matrix derivative results, 2008).
 *
 * @throws ArgumentError `MATRIX_SINGULAR` naming the matrix; ShapeError `MATRIX_NOT_SQUARE`, `RANK_INVALID`; DTypeError
 * `DTYPE_FLOATING`.
 * @example
 * ```ts
 * import { inverse, tensor } from "@adjoint/core";
 * console.log(inverse(tensor([[2, 1], [1, 1]])).toArray()); // → [ [ 1, -1 ], [ -1, 2 ] ]
 * ```
 */
export const inverse: OpFunction<[a: Tensor]> = defineOp<[a: Tensor], undefined>({
  name: "inverse",
  call: (a) => {
    checkSquare("inverse", a);
    return { inputs: [a], attributes: undefined };
  },
  shape: ([a]) => a.shape,
  forward: ([a], _attributes, shape, dtype) => {
    const n = shape[shape.length - 1];
    return eachMatrix(a, n * n, dtype, (matrix, index) => {
      const pivots = eliminate(matrix, n);
      for (let k = 0; k < n; k++) if (matrix[k * (n + 1)] === 0) throw singular("inverse", shape, index);
      const x = identity(n);
      solveEliminated(matrix, pivots, false, x, n, n);
      return x;
    });
  },
  vjp: (g, { output }) => [neg(between(transpose(output), g))],
  jvp: ([t], { output }) => t && neg(between(output, t)),
  batch: "front",
  samples: () => [[ones([3, 3])], [ones([2, 2, 2])], [ones([0, 0])]],
  domain: diagonallyHeavy,
});

/** `X·g·X`. */
function between(x: Tensor, g: Tensor): Tensor {
  return matmul(matmul(x, g), x);
}

/**
 * Powers of square matrices, `A·A·…·A`: `[…, n, n]` to `[…, n, n]`. The power 0 is the identity, a negative one that of the inverse.
 * Takes about `2·log₂|power|` products.
 *
 * @throws ArgumentError `INTEGER_INVALID`, `MATRIX_SINGULAR`; ShapeError `MATRIX_NOT_SQUARE`, `RANK_INVALID`; DTypeError
 * `DTYPE_FLOATING`.
 * @example
 * ```ts
 * import { matrixPower, tensor } from "@adjoint/core";
 * const fibonacci = tensor([[1, 1], [1, 0]]);
 * console.log(matrixPower(fibonacci, 10).toArray()); // → [ [ 89, 55 ], [ 55, 34 ] ]
 * ```
 */
export const matrixPower: Composed<(a: Tensor, power: number) => Tensor> = compose(
  "matrixPower",
  (a, power) => {
    checkSquare("matrixPower", a);
    checkInteger("matrixPower", "the power", power);
    const n = a.shape[a.ndim - 1];
    if (power === 0) return expand(eye(n, n, { dtype: a.dtype }), a.shape);
    let square = power < 0 ? inverse(a) : a;
    let product: Tensor | null = null;
    for (let rest = Math.abs(power); ; square = matmul(square, square)) {
      if (rest % 2 === 1) product = product === null ? square : matmul(product, square);
      rest = Math.floor(rest / 2);
      if (rest === 0) return product ?? square;
    }
  },
  {
    samples: () => [
      [ones([2, 2]), 5],
      [ones([2, 2, 2]), -2],
      [ones([2, 2]), 0],
    ],
    domain: diagonallyHeavy,
  },
);
