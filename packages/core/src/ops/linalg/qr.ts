import { checkChoice, checkOptions } from "../../arguments.js";
import { compose, type Composed } from "../../composed.js";
import { ones } from "../../create.js";
import { defineOp, type OpFunction } from "../../structural.js";
import type { Tensor } from "../../tensor.js";
import { add, sub } from "../arithmetic.js";
import { concat } from "../join.js";
import { matmul } from "../matmul.js";
import { pad } from "../pad.js";
import { transpose } from "../shape.js";
import { slice } from "../slice.js";
import { tril } from "../triangle.js";
import { completeBasis } from "./complement.js";
import { orthogonalColumns, reflect } from "./householder.js";
import { checkMatrices, concatenated, eachMatrix, transposed, unpack } from "./matrices.js";
import { solveTriangle } from "./triangular-solve.js";

/** Options of {@link qr}. */
export interface QrOptions {
  /** Whether Q has `min(m, n)` columns (default) or all m, R then rows of zeros below. */
  readonly mode?: "reduced" | "complete";
}

/** What {@link qr} gives. */
export type QrResult = {
  readonly q: Tensor; // […, m, k], orthonormal columns
  readonly r: Tensor; // […, k, n], upper triangular
};

/**
 * The QR factorization `A = Q·R` of matrices `[…, m, n]`, with orthonormal columns in Q and R upper triangular, by Householder's
 * reflections in float64. The signs are those of LAPACK, by which the diagonal of R is mostly negative.
 *
 * Gradient for `m ≥ n`: `∂A = (∂Q + Q·copyltu(M))·R⁻ᵀ` with `M = R·∂Rᵀ - ∂Qᵀ·Q`, where copyltu mirrors the lower triangle (Walter and
 * Lehmann, arXiv:1009.6112); it needs columns that are linearly independent, for `m < n` the first m of them. The columns that
 * complete Q are a choice, and only functions that do not depend on it have a right gradient. Q and R come from one op, which
 * computes them packed together, and the result takes them apart.
 *
 * @throws ShapeError `RANK_INVALID`; DTypeError `DTYPE_FLOATING`; ArgumentError `CHOICE_INVALID`.
 * @example
 * ```ts
 * import { qr, tensor } from "@adjoint/core";
 * const { q, r } = qr(tensor([[3, 1], [4, 2]]));
 * console.log(q);
 * // → tensor([[-0.6000, -0.8000],
 * //         [-0.8000,  0.6000]])
 * console.log(r);
 * // → tensor([[-5.0000, -2.2000],
 * //         [ 0.0000,  0.4000]])
 * ```
 */
export const qr: Composed<(a: Tensor, options?: QrOptions) => QrResult> = compose(
  "qr",
  (a, options = {}) => {
    checkOptions("qr", options, '{ mode: "complete" }', ["mode"]);
    const mode = checkChoice("qr", "mode", options.mode ?? "reduced", ["reduced", "complete"]);
    checkMatrices("qr", a);
    const [m, n] = a.shape.slice(-2);
    const front = a.shape.slice(0, -2).map(() => null);
    const square = m < n ? slice(a, ...front, null, [0, m]) : a;
    const k = Math.min(m, n);
    const [q, r] = unpack(factored(square), [
      [m, k],
      [k, k],
    ]);
    if (m < n) return { q, r: concat([r, matmul(transpose(q), slice(a, ...front, null, [m]))], -1) };
    if (mode === "reduced" || m === n) return { q, r };
    return { q: completeBasis(q), r: pad(r, [...front.map(() => [0, 0] as const), [0, m - n], [0, 0]]) };
  },
  {
    samples: () => [
      [ones([3, 2])],
      [ones([2, 2, 3])],
      [ones([3, 2]), { mode: "complete" }],
      [ones([2, 1]), { mode: "complete" }],
      [ones([0, 2])],
      [ones([2, 0]), { mode: "complete" }],
    ],
  },
);

/** Q and R of matrices with at least as many rows as columns, one after the other: `[…, m, n]` to `[…, m·n + n·n]`. */
const factored: OpFunction<[a: Tensor]> = defineOp<[a: Tensor], undefined>({
  name: "qr",
  shape: ([{ shape }]) => {
    const [m, n] = shape.slice(-2);
    return [...shape.slice(0, -2), m * n + n * n];
  },
  forward: ([a], _attributes, shape, dtype) => {
    const [m, n] = a.shape.slice(-2);
    return eachMatrix(a, shape[shape.length - 1], dtype, (matrix) => {
      const columns = transposed(matrix, m, n);
      const tau = reflect(columns, m, n);
      const r = new Float64Array(n * n);
      for (let i = 0; i < n; i++) for (let j = i; j < n; j++) r[i * n + j] = columns[j * m + i];
      return concatenated([transposed(orthogonalColumns(columns, tau, m, 0, n), n, m), r]);
    });
  },
  vjp: (g, { inputs: [a], output }) => {
    const [m, n] = a.shape.slice(-2);
    const shapes = [
      [m, n],
      [n, n],
    ];
    const [q, r] = unpack(output, shapes);
    const [forQ, forR] = unpack(g, shapes);
    const inner = sub(matmul(r, transpose(forR)), matmul(transpose(forQ), q));
    const mirrored = add(tril(inner), transpose(tril(inner, -1)));
    const right = transpose(add(forQ, matmul(q, mirrored)));
    return [transpose(solveTriangle(r, right, { upper: true, transpose: false, unitDiagonal: false }))];
  },
  batch: "front",
  samples: () => [[ones([1, 1])]],
});
