import { compose, type Composed } from "../../composed.js";
import { ones, zerosLike } from "../../create.js";
import { defineOp, type OpFunction } from "../../structural.js";
import type { Tensor } from "../../tensor.js";
import { mul } from "../arithmetic.js";
import { stack } from "../join.js";
import { sum } from "../reduce.js";
import { transpose } from "../shape.js";
import { cofactors } from "./cofactors.js";
import { determinant, eliminate, logDeterminant } from "./elimination.js";
import { inverse } from "./inverse.js";
import { checkSquare, eachMatrix, overMatrices, unpack } from "./matrices.js";

/**
 * The determinants of square matrices: `[…, n, n]` to `[…]`, by elimination with partial pivoting in float64.
 *
 * Gradient: the cofactors, `det(A)·A⁻ᵀ` where A is invertible; they are finite for singular matrices too.
 *
 * @throws ShapeError `MATRIX_NOT_SQUARE`, `RANK_INVALID`; DTypeError `DTYPE_FLOATING`.
 * @example
 * ```ts
 * import { det, tensor } from "@adjoint/core";
 * const a = tensor([[1, 2], [2, 4]], { requiresGrad: true });
 * const y = det(a);
 * y.backward();
 * console.log(y.item(), a.grad?.toArray()); // → 0 [ [ 4, -2 ], [ -2, 1 ] ]
 * ```
 */
export const det: OpFunction<[a: Tensor]> = defineOp<[a: Tensor], undefined>({
  name: "det",
  call: (a) => {
    checkSquare("det", a);
    return { inputs: [a], attributes: undefined };
  },
  shape: ([a]) => a.shape.slice(0, -2),
  forward: ([a], _attributes, _shape, dtype) => {
    const n = a.shape[a.ndim - 1];
    return eachMatrix(a, 1, dtype, (matrix) => Float64Array.of(determinant(matrix, eliminate(matrix, n), n)));
  },
  vjp: (g, { inputs: [a] }) => [mul(overMatrices(g), cofactors(a))],
  jvp: ([t], { inputs: [a] }) => t && sum(mul(cofactors(a), t), { axis: [-2, -1] }),
  batch: "front",
  samples: () => [[ones([3, 3])], [ones([2, 2, 2])], [ones([1, 1])], [ones([0, 0])]],
});

/** What {@link slogdet} gives. */
export type SlogdetResult = {
  readonly sign: Tensor; // […]: 1, -1 or 0
  readonly logAbsDet: Tensor; // […]: -Infinity where the sign is 0
};

/**
 * The signs of the determinants of square matrices and the logarithms of their sizes, `det(A) = sign·e^logAbsDet`, which neither
 * overflow nor vanish as determinants do: `[…, n, n]` to `[…]` each. A singular matrix has the sign 0 and the logarithm -Infinity.
 *
 * Gradient: of the logarithm `A⁻ᵀ`, of the sign none. Both come from one op, which computes them packed together, and the result
 * takes them apart.
 *
 * @throws ShapeError `MATRIX_NOT_SQUARE`, `RANK_INVALID`; DTypeError `DTYPE_FLOATING`. In the backward walk ArgumentError
 * `MATRIX_SINGULAR`.
 * @example
 * ```ts
 * import { slogdet, tensor } from "@adjoint/core";
 * const { sign, logAbsDet } = slogdet(tensor([[0, 1], [1, 0]]));
 * console.log(sign.item(), logAbsDet.item()); // → -1 0
 * ```
 */
export const slogdet: Composed<(a: Tensor) => SlogdetResult> = compose(
  "slogdet",
  (a) => {
    checkSquare("slogdet", a);
    const [sign, logAbsDet] = unpack(signAndLog(a), [[], []]);
    return { sign, logAbsDet };
  },
  { samples: () => [[ones([3, 3])], [ones([2, 2, 2])], [ones([0, 0])]] },
);

const signAndLog: OpFunction<[a: Tensor]> = defineOp<[a: Tensor], undefined>({
  name: "slogdet",
  shape: ([a]) => [...a.shape.slice(0, -2), 2],
  forward: ([a], _attributes, _shape, dtype) => {
    const n = a.shape[a.ndim - 1];
    return eachMatrix(a, 2, dtype, (matrix) => Float64Array.from(logDeterminant(matrix, eliminate(matrix, n), n)));
  },
  vjp: (g, { inputs: [a] }) => {
    const [, forLog] = unpack(g, [[], []]);
    return [mul(overMatrices(forLog), transpose(inverse(a)))];
  },
  jvp: ([t], { inputs: [a] }) => {
    if (t === null) return null;
    const change = sum(mul(transpose(inverse(a)), t), { axis: [-2, -1] });
    return stack([zerosLike(change), change], -1);
  },
  batch: "front",
  samples: () => [[ones([1, 1])]],
});
