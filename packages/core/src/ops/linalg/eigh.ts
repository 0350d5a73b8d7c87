import { checkChoice, checkOptions } from "../../arguments.js";
import { compose, type Composed } from "../../composed.js";
import { ones } from "../../create.js";
import { arange } from "../../create-ranges.js";
import { defineOp, type OpFunction } from "../../structural.js";
import type { Tensor } from "../../tensor.js";
import { add, mul, sub } from "../arithmetic.js";
import { diagEmbed } from "../diagonal.js";
import { matmul } from "../matmul.js";
import { transpose, unsqueeze } from "../shape.js";
import { tril, triu } from "../triangle.js";
import { eigenvalues } from "./eigenvalues.js";
import { checkSquare, eachMatrix, inverseOrZero, symmetricPart, transposed, unpack } from "./matrices.js";

/** Options of {@link eigh}. */
export interface EighOptions {
  /** Reads only this triangle of the matrices (default: both, whose mean is taken). */
  readonly triangle?: "lower" | "upper";
}

/** What {@link eigh} gives. */
export type EighResult = {
  readonly values: Tensor; // […, n], in ascending order
  readonly vectors: Tensor; // […, n, n], one vector a column
};

/**
 * The eigenvalues and eigenvectors of symmetric matrices, `A·V = V·diag(λ)` with orthogonal V: `[…, n, n]`, computed in float64. The
 * largest element of each vector is positive. The matrix that is decomposed is the symmetric part `(A + Aᵀ)/2`, so that the
 * gradient is symmetric, or the one that the named triangle makes. A matrix with elements that are not finite gives NaN.
 *
 * Gradient: `∂A = V·(diag(∂λ) + F ∘ VᵀV̇)·Vᵀ` with `Fᵢⱼ = 1/(λⱼ - λᵢ)` (Giles, Collected matrix derivative results, 2008). Where
 * eigenvalues are equal F is 0: the gradient is right there for functions that do not depend on the choice of the vectors. Values
 * and vectors come from one op, which computes them packed together, and the result takes them apart.
 *
 * @throws ShapeError `MATRIX_NOT_SQUARE`, `RANK_INVALID`; DTypeError `DTYPE_FLOATING`; ArgumentError `CHOICE_INVALID`.
 * @example
 * ```ts
 * import { eigh, tensor } from "@adjoint/core";
 * const { values, vectors } = eigh(tensor([[2, 1], [1, 2]]));
 * console.log(values); // → tensor([1, 3])
 * console.log(vectors.shape); // → [ 2, 2 ]
 * ```
 */
export const eigh: Composed<(a: Tensor, options?: EighOptions) => EighResult> = compose(
  "eigh",
  (a, options = {}) => {
    checkOptions("eigh", options, '{ triangle: "upper" }', ["triangle"]);
    checkSquare("eigh", a);
    const { triangle } = options;
    if (triangle !== undefined) checkChoice("eigh", "triangle", triangle, ["lower", "upper"]);
    const n = a.shape[a.ndim - 1];
    const packed = decomposed(triangle === undefined ? symmetricPart(a) : mirrored(a, triangle));
    const [values, vectors] = unpack(packed, [[n], [n, n]]);
    return { values, vectors };
  },
  {
    samples: () => [[ones([3, 3])], [ones([2, 2, 2]), { triangle: "upper" }], [ones([0, 0])]],
    domain: (x) => add(mul(x, 0.3), diagEmbed(mul(arange(x.shape[x.ndim - 1], { dtype: x.dtype }), 3))),
  },
);

function mirrored(a: Tensor, triangle: "lower" | "upper"): Tensor {
  return triangle === "lower" ? add(tril(a), transpose(tril(a, -1))) : add(triu(a), transpose(triu(a, 1)));
}

/** Values and vectors of symmetric matrices, one after the other: `[…, n, n]` to `[…, n + n·n]`. */
const decomposed: OpFunction<[a: Tensor]> = defineOp<[a: Tensor], undefined>({
  name: "eigh",
  shape: ([a]) => [...a.shape.slice(0, -2), a.shape[a.ndim - 1] * (a.shape[a.ndim - 1] + 1)],
  forward: ([a], _attributes, _shape, dtype) => {
    const n = a.shape[a.ndim - 1];
    return eachMatrix(a, n * (n + 1), dtype, (matrix) => {
      const { values, vectors } = eigenvalues(matrix, n);
      const all = new Float64Array(n * (n + 1));
      all.set(values);
      all.set(transposed(vectors, n, n), n);
      return all;
    });
  },
  vjp: (g, { inputs: [a], output }) => {
    const [values, v, forValues, forVectors] = parts(a, output, g);
    const inner = add(diagEmbed(forValues), mul(reciprocalGaps(values), matmul(transpose(v), forVectors)));
    return [symmetricPart(matmul(matmul(v, inner), transpose(v)))];
  },
  batch: "front",
  samples: () => [[ones([1, 1])]],
});

function parts(a: Tensor, output: Tensor, g: Tensor): Tensor[] {
  const n = a.shape[a.ndim - 1];
  const shapes = [[n], [n, n]];
  return [...unpack(output, shapes), ...unpack(g, shapes)];
}

/** `1/(λⱼ - λᵢ)` in row i and column j, 0 where the two are equal. */
function reciprocalGaps(values: Tensor): Tensor {
  return inverseOrZero(sub(unsqueeze(values, -2), unsqueeze(values, -1)));
}
