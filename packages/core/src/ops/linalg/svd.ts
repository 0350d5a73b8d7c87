import { checkBoolean, checkOptions } from "../../arguments.js";
import { compose, type Composed } from "../../composed.js";
import { ones } from "../../create.js";
import { arange } from "../../create-ranges.js";
import { defineOp, type OpFunction } from "../../structural.js";
import type { Tensor } from "../../tensor.js";
import { add, div, mul, sub } from "../arithmetic.js";
import { diagEmbed, diagonal } from "../diagonal.js";
import { matmul } from "../matmul.js";
import { pad } from "../pad.js";
import { transpose, unsqueeze } from "../shape.js";
import { completeBasis } from "./complement.js";
import { checkMatrices, concatenated, eachMatrix, partOf, reciprocalBeside, transposed } from "./matrices.js";
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
 * Gradient: Townsend, Differentiating the singular value decomposition, 2016. Where singular values are equal their vectors are a
 * choice, and a gradient that comes by them is NaN; where one is 0, so is one that comes by the vectors of matrices that are not
 * square. The vectors that only make U and V square are a choice always: their gradient is right for functions that do not depend on it.
 * All three are computed together once; each is an op of its own, so that what is used of them alone has to be differentiable.
 *
 * @throws ShapeError `RANK_INVALID`; DTypeError `DTYPE_FLOATING`; ArgumentError `BOOLEAN_INVALID`.
 * @example
 * ```ts
 * import { svd, tensor } from "@adjoint/core";
 * const { u, s, vh } = svd(tensor([[3, 0], [4, 5], [0, 0]]));
 * console.log(s.square(), u.shape, vh.shape); // → tensor([45,  5]) [ 3, 3 ] [ 2, 2 ]
 * ```
 */
export const svd: Composed<(a: Tensor, options?: SvdOptions) => SvdResult> = compose(
  "svd",
  (a, options = {}) => {
    checkOptions("svd", options, "{ fullMatrices: false }", ["fullMatrices"]);
    const full = checkBoolean("svd", "fullMatrices", options.fullMatrices ?? true);
    checkMatrices("svd", a);
    const packed = decomposed(a);
    const [u, s, vh] = [leftOf(a, packed), valuesOf(a, packed), rightOf(a, packed)];
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

/** m, n and the smaller of them. */
function sizesOf(a: Tensor): [m: number, n: number, k: number] {
  const [m, n] = a.shape.slice(-2);
  return [m, n, Math.min(m, n)];
}

/** U, s and Vᵀ, one after the other, in float64: `[…, m, n]` to `[…, m·k + k + k·n]`. */
const decomposed: OpFunction<[a: Tensor]> = defineOp<[a: Tensor], undefined>({
  name: "svd",
  shape: ([a]) => {
    const [m, n, k] = sizesOf(a);
    return [...a.shape.slice(0, -2), (m + 1 + n) * k];
  },
  dtype: () => "float64",
  forward: ([a], _attributes, shape, dtype) => {
    const [m, n, k] = sizesOf(a);
    return eachMatrix(a, shape[shape.length - 1], dtype, (matrix) => {
      const { u, s, v } = singularValues(matrix, m, n);
      return concatenated([transposed(u, k, m), s, v]);
    });
  },
  batch: "front",
  samples: () => [[ones([1, 1])]],
});

const valuesOf: OpFunction<[a: Tensor, packed: Tensor]> = defineOp<[a: Tensor, packed: Tensor], undefined>({
  name: "singularValues",
  shape: ([a]) => [...a.shape.slice(0, -2), sizesOf(a)[2]],
  dtype: ([a]) => a.dtype,
  forward: ([a, packed], _attributes, _shape, dtype) => {
    const [m, , k] = sizesOf(a);
    return partOf(packed, m * k, k, dtype);
  },
  vjp: (g, { inputs: [a, packed] }) => [matmul(mul(leftOf(a, packed), unsqueeze(g, -2)), rightOf(a, packed)), null],
  jvp: ([t], { inputs: [a, packed] }) => {
    const inner = t && matmul(matmul(transpose(leftOf(a, packed)), t), transpose(rightOf(a, packed)));
    return inner && diagonal(inner, 0, -2, -1);
  },
  batch: "front",
  samples: () => [[ones([1, 1]), ones([3])]],
});

const leftOf: OpFunction<[a: Tensor, packed: Tensor]> = defineOp<[a: Tensor, packed: Tensor], undefined>({
  name: "leftSingularVectors",
  shape: ([a]) => [...a.shape.slice(0, -1), sizesOf(a)[2]],
  dtype: ([a]) => a.dtype,
  forward: ([a, packed], _attributes, _shape, dtype) => {
    const [m, , k] = sizesOf(a);
    return partOf(packed, 0, m * k, dtype);
  },
  vjp: (g, { inputs: [a, packed], output: u }) => {
    const [m, , k] = sizesOf(a);
    const row = unsqueeze(valuesOf(a, packed), -2);
    const inner = matmul(transpose(u), g);
    const inside = matmul(u, mul(turned(valuesOf(a, packed), inner), row));
    // What turns the vectors among themselves, and what turns their span.
    const all = m > k ? add(inside, div(sub(g, matmul(u, inner)), row)) : inside;
    return [matmul(all, rightOf(a, packed)), null];
  },
  batch: "front",
  samples: () => [[ones([1, 1]), ones([3])]],
});

const rightOf: OpFunction<[a: Tensor, packed: Tensor]> = defineOp<[a: Tensor, packed: Tensor], undefined>({
  name: "rightSingularVectors",
  shape: ([a]) => [...a.shape.slice(0, -2), sizesOf(a)[2], a.shape[a.ndim - 1]],
  dtype: ([a]) => a.dtype,
  forward: ([a, packed], _attributes, _shape, dtype) => {
    const [m, n, k] = sizesOf(a);
    return partOf(packed, (m + 1) * k, k * n, dtype);
  },
  vjp: (g, { inputs: [a, packed], output: vh }) => {
    const [, n, k] = sizesOf(a);
    const column = unsqueeze(valuesOf(a, packed), -1);
    const inner = matmul(g, transpose(vh));
    const inside = matmul(mul(turned(valuesOf(a, packed), transpose(inner)), column), vh);
    const all = n > k ? add(inside, div(sub(g, matmul(inner, vh)), column)) : inside;
    return [matmul(leftOf(a, packed), all), null];
  },
  batch: "front",
  samples: () => [[ones([1, 1]), ones([3])]],
});

/** The skew part of `x`, divided by `sⱼ² - sᵢ²` in row i and column j. */
function turned(s: Tensor, x: Tensor): Tensor {
  const [row, column] = [unsqueeze(s, -2), unsqueeze(s, -1)];
  // A difference of squares would cancel.
  return mul(reciprocalBeside(mul(sub(row, column), add(row, column))), sub(x, transpose(x)));
}
