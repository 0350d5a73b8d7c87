import { checkChoice, checkOptions } from "../../arguments.js";
import { compose, type Composed } from "../../composed.js";
import { ones } from "../../create.js";
import { arange } from "../../create-ranges.js";
import { defineOp, type OpFunction } from "../../structural.js";
import type { Tensor } from "../../tensor.js";
import { add, mul, sub } from "../arithmetic.js";
import { diagEmbed, diagonal } from "../diagonal.js";
import { matmul } from "../matmul.js";
import { transpose, unsqueeze } from "../shape.js";
import { tril, triu } from "../triangle.js";
import { eigenvalues } from "./eigenvalues.js";
import {
  checkSquare,
  concatenated,
  eachMatrix,
  partOf,
  reciprocalBeside,
  symmetricPart,
  transposed,
} from "./matrices.js";

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
 * Gradient: `∂A = V·diag(∂λ)·Vᵀ + V·(F ∘ Vᵀ·∂V)·Vᵀ`, its symmetric part, with `Fᵢⱼ = 1/(λⱼ - λᵢ)` (Giles, Collected matrix derivative
 * results, 2008). Where eigenvalues are equal their vectors are a choice, and a gradient that comes by the vectors is NaN. Values and
 * vectors are computed together once; each is an op of its own, so that what is used of them alone has to be differentiable.
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
    const matrices = triangle === undefined ? symmetricPart(a) : mirrored(a, triangle);
    const packed = decomposed(matrices);
    return { values: valuesOf(matrices, packed), vectors: vectorsOf(matrices, packed) };
  },
  {
    samples: () => [[ones([3, 3])], [ones([2, 2, 2]), { triangle: "upper" }], [ones([0, 0])]],
    domain: (x) => add(mul(x, 0.3), diagEmbed(mul(arange(x.shape[x.ndim - 1], { dtype: x.dtype }), 3))),
  },
);

function mirrored(a: Tensor, triangle: "lower" | "upper"): Tensor {
  return triangle === "lower" ? add(tril(a), transpose(tril(a, -1))) : add(triu(a), transpose(triu(a, 1)));
}

/** Values and vectors of symmetric matrices, one after the other, in float64: `[…, n, n]` to `[…, n + n·n]`. */
const decomposed: OpFunction<[a: Tensor]> = defineOp<[a: Tensor], undefined>({
  name: "eigh",
  shape: ([a]) => [...a.shape.slice(0, -2), a.shape[a.ndim - 1] * (a.shape[a.ndim - 1] + 1)],
  dtype: () => "float64",
  forward: ([a], _attributes, shape, dtype) => {
    const n = a.shape[a.ndim - 1];
    return eachMatrix(a, shape[shape.length - 1], dtype, (matrix) => {
      const { values, vectors } = eigenvalues(matrix, n);
      return concatenated([values, transposed(vectors, n, n)]);
    });
  },
  batch: "front",
  samples: () => [[ones([1, 1])]],
});

const valuesOf: OpFunction<[a: Tensor, packed: Tensor]> = defineOp<[a: Tensor, packed: Tensor], undefined>({
  name: "eigenvalues",
  shape: ([a]) => a.shape.slice(0, -1),
  dtype: ([a]) => a.dtype,
  forward: ([a, packed], _attributes, _shape, dtype) => partOf(packed, 0, a.shape[a.ndim - 1], dtype),
  vjp: (g, { inputs: [a, packed] }) => {
    const v = vectorsOf(a, packed);
    return [matmul(mul(v, unsqueeze(g, -2)), transpose(v)), null];
  },
  jvp: ([t], { inputs: [a, packed] }) => {
    const v = vectorsOf(a, packed);
    return t && diagonal(matmul(matmul(transpose(v), t), v), 0, -2, -1);
  },
  batch: "front",
  samples: () => [[ones([1, 1]), ones([2])]],
});

const vectorsOf: OpFunction<[a: Tensor, packed: Tensor]> = defineOp<[a: Tensor, packed: Tensor], undefined>({
  name: "eigenvectors",
  shape: ([a]) => a.shape,
  dtype: ([a]) => a.dtype,
  forward: ([a, packed], _attributes, _shape, dtype) => {
    const n = a.shape[a.ndim - 1];
    return partOf(packed, n, n * n, dtype);
  },
  vjp: (g, { inputs: [a, packed], output: v }) => {
    const inner = mul(reciprocalGaps(valuesOf(a, packed)), matmul(transpose(v), g));
    return [symmetricPart(matmul(matmul(v, inner), transpose(v))), null];
  },
  jvp: ([t], { inputs: [a, packed], output: v }) =>
    t && matmul(v, mul(reciprocalGaps(valuesOf(a, packed)), matmul(matmul(transpose(v), t), v))),
  batch: "front",
  samples: () => [[ones([1, 1]), ones([2])]],
});

/** `1/(λⱼ - λᵢ)` in row i and column j. */
function reciprocalGaps(values: Tensor): Tensor {
  return reciprocalBeside(sub(unsqueeze(values, -2), unsqueeze(values, -1)));
}
