import { checkBoolean, checkOptions } from "../../arguments.js";
import { compose, type Composed } from "../../composed.js";
import { ones } from "../../create.js";
import { arange } from "../../create-ranges.js";
import { defineOp, type OpFunction } from "../../structural.js";
import type { Tensor } from "../../tensor.js";
import { add, mul, sub } from "../arithmetic.js";
import { diagEmbed } from "../diagonal.js";
import { matmul } from "../matmul.js";
import { pad } from "../pad.js";
import { transpose, unsqueeze } from "../shape.js";
import { completeBasis } from "./complement.js";
import { checkMatrices, eachMatrix, inverseOrZero, transposed, unpack } from "./matrices.js";
import { singularValues } from "./singular-values.js";

/** Options of {@link svd}. */
export interface SvdOptions {
  /** Whether U and Vᵀ are square, or have only the `min(m, n)` vectors that belong to singular values (default true: square). */
  readonly fullMatrices?: boolean;
}

/** What {@link svd} gives, with `k = min(m, n)`. */
export type SvdResult = {
  readonly u: Tensor; // […, m, m] or […, m, k]
  readonly s: Tensor; // […, k], in descending order
  readonly vh: Tensor; // […, n, n] or […, k, n]: Vᵀ
};

/**
 * The singular value decomposition of matrices, `A = U·diag(s)·Vᵀ` with orthonormal columns in U and V: `[…, m, n]`. Computed in
 * float64 by one-sided Jacobi rotations. The largest element of each column of U is positive. A matrix with elements that are not
 * finite gives NaN.
 *
 * Gradient: Townsend, Differentiating the singular value decomposition, 2016. Its factors `1/(sⱼ² - sᵢ²)` and `1/sᵢ` are 0
 * where singular values are equal, or zero: the gradient is right there for functions that do not depend on the choice of the
 * vectors. The vectors that make U and V square are such a choice always. All three come from one op, which computes them packed
 * together, and the result takes them apart.
 *
 * @throws ShapeError `RANK_INVALID`; DTypeError `DTYPE_FLOATING`; ArgumentError `BOOLEAN_INVALID`.
 * @example
 * ```ts
 * import { svd, tensor } from "@adjoint/core";
 * const { u, s, vh } = svd(tensor([[3, 0], [0, -4]]));
 * console.log(s); // → tensor([4, 3])
 * console.log(u.toArray(), vh.toArray()); // → [ [ 0, 1 ], [ 1, 0 ] ] [ [ 0, -1 ], [ 1, 0 ] ]
 * ```
 */
export const svd: Composed<(a: Tensor, options?: SvdOptions) => SvdResult> = compose(
  "svd",
  (a, options = {}) => {
    checkOptions("svd", options, "{ fullMatrices: false }", ["fullMatrices"]);
    const full = checkBoolean("svd", "fullMatrices", options.fullMatrices ?? true);
    checkMatrices("svd", a);
    const [u, s, vh] = unpack(decomposed(a), shapesOf(a));
    return full ? { u: completeBasis(u), s, vh: transpose(completeBasis(transpose(vh))) } : { u, s, vh };
  },
  {
    samples: () => [[ones([3, 2]), { fullMatrices: false }], [ones([2, 1, 2])], [ones([2, 0])]],
    domain: (x) => add(mul(x, 0.3), staircase(x)),
  },
);

/** Zeros with 2, 4, 6 … on the main diagonal. */
function staircase({ shape, dtype }: Tensor): Tensor {
  const [m, n] = shape.slice(-2);
  const k = Math.min(m, n);
  return pad(diagEmbed(mul(arange(1, k + 1, { dtype }), 2)), [
    [0, m - k],
    [0, n - k],
  ]);
}

function shapesOf(a: Tensor): number[][] {
  const [m, n] = a.shape.slice(-2);
  const k = Math.min(m, n);
  return [[m, k], [k], [k, n]];
}

/** U, s and Vᵀ, one after the other: `[…, m, n]` to `[…, m·k + k + k·n]`. */
const decomposed: OpFunction<[a: Tensor]> = defineOp<[a: Tensor], undefined>({
  name: "svd",
  shape: ([a]) => {
    const [m, n] = a.shape.slice(-2);
    return [...a.shape.slice(0, -2), (m + n + 1) * Math.min(m, n)];
  },
  forward: ([a], _attributes, shape, dtype) => {
    const [m, n] = a.shape.slice(-2);
    const k = Math.min(m, n);
    return eachMatrix(a, shape[shape.length - 1], dtype, (matrix) => {
      const { u, s, v } = singularValues(matrix, m, n);
      const all = new Float64Array((m + n + 1) * k);
      all.set(transposed(u, k, m));
      all.set(s, m * k);
      all.set(v, (m + 1) * k);
      return all;
    });
  },
  vjp: (g, { inputs: [a], output }) => [svdCotangent(a, output, g)],
  batch: "front",
  samples: () => [[ones([1, 1])]],
});

function svdCotangent(a: Tensor, output: Tensor, g: Tensor): Tensor {
  const shapes = shapesOf(a);
  const [u, s, vh] = unpack(output, shapes);
  const [forU, forS, forVh] = unpack(g, shapes);
  const [ut, v, forV] = [transpose(u), transpose(vh), transpose(forVh)];
  const [row, column] = [unsqueeze(s, -2), unsqueeze(s, -1)];
  // sⱼ² - sᵢ² in this form does not cancel.
  const gaps = inverseOrZero(mul(sub(row, column), add(row, column)));
  const turned = (basis: Tensor, cotangent: Tensor): Tensor => {
    const inner = matmul(basis, cotangent);
    return mul(gaps, sub(inner, transpose(inner)));
  };
  const across = mul(turned(ut, forU), row);
  const down = mul(turned(vh, forV), column);
  const inner = add(diagEmbed(forS), add(across, down));
  const inside = matmul(matmul(u, inner), vh);
  const [m, n] = a.shape.slice(-2);
  const inverse = inverseOrZero(s);
  // What changes U or V, but not their span, is inside; the rest turns the span itself.
  if (m > n) {
    const outside = sub(forU, matmul(u, matmul(ut, forU)));
    return add(inside, matmul(mul(outside, unsqueeze(inverse, -2)), vh));
  }
  if (n === m) return inside;
  const outside = sub(forVh, matmul(matmul(forVh, v), vh));
  return add(inside, matmul(u, mul(outside, unsqueeze(inverse, -1))));
}
