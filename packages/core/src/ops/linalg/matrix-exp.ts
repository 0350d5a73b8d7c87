import { ones, zerosLike } from "../../create.js";
import { multiply } from "../../product.js";
import { defineOp, type OpFunction } from "../../structural.js";
import type { Tensor } from "../../tensor.js";
import { concat } from "../join.js";
import { transpose } from "../shape.js";
import { slice } from "../slice.js";
import { eliminate, solveEliminated } from "./elimination.js";
import { checkSquare, eachMatrix, identity } from "./matrices.js";

/**
 * The exponentials of square matrices, `e^A = I + A + A²/2 + A³/6 + …`: `[…, n, n]` to `[…, n, n]`, computed in float64 by a Padé
 * approximation of degree 13 after scaling, and squaring (Higham, The scaling and squaring method for the matrix exponential
 * revisited, 2005). A matrix with elements that are not finite gives NaN.
 *
 * Gradient: the derivative of `e^A` along T is the upper right quarter of the exponential of `[[A, T], [0, A]]` (Mathias, 1996).
 *
 * @throws ShapeError `MATRIX_NOT_SQUARE`, `RANK_INVALID`; DTypeError `DTYPE_FLOATING`.
 * @example
 * ```ts
 * import { matrixExp, tensor } from "@adjoint/core";
 * console.log(matrixExp(tensor([[0, 2], [0, 0]])).toArray()); // → [ [ 1, 2 ], [ 0, 1 ] ]
 * ```
 */
export const matrixExp: OpFunction<[a: Tensor]> = defineOp<[a: Tensor], undefined>({
  name: "matrixExp",
  call: (a) => {
    checkSquare("matrixExp", a);
    return { inputs: [a], attributes: undefined };
  },
  shape: ([a]) => a.shape,
  forward: ([a], _attributes, shape, dtype) => {
    const n = shape[shape.length - 1];
    return eachMatrix(a, n * n, dtype, (matrix) => exponential(matrix, n));
  },
  vjp: (g, { inputs: [a] }) => [derivative(transpose(a), g)],
  jvp: ([t], { inputs: [a] }) => t && derivative(a, t),
  batch: "front",
  samples: () => [[ones([2, 2])], [ones([2, 1, 1])], [ones([0, 0])]],
});

function derivative(a: Tensor, t: Tensor): Tensor {
  const n = a.shape[a.ndim - 1];
  const block = concat([concat([a, t], -1), concat([zerosLike(a), a], -1)], -2);
  return slice(matrixExp(block), ...a.shape.slice(2).map(() => null), [0, n], [n]);
}

/** The coefficients of Padé's approximation, from the constant one on. */
const PADE = [
  64764752532480000, 32382376266240000, 7771770303897600, 1187353796428800, 129060195264000, 10559470521600,
  670442572800, 33522128640, 1323241920, 40840800, 960960, 16380, 182, 1,
];
/** Up to this norm the approximation is exact to rounding. */
const NORM = 5.371920351148152;

function exponential(a: Float64Array, n: number): Float64Array {
  const norm = columnNorm(a, n);
  if (!Number.isFinite(norm)) return a.fill(NaN);
  const squarings = Math.max(0, Math.ceil(Math.log2(norm / NORM)));
  const scaled = a.map((x) => x / 2 ** squarings);
  const a2 = product(scaled, scaled, n);
  const a4 = product(a2, a2, n);
  const a6 = product(a4, a2, n);
  // Odd and even powers apart: e^A ≈ (V - U)⁻¹·(V + U).
  const half = (first: number): Float64Array => {
    const high = combined([a6, a4, a2], [PADE[first + 12], PADE[first + 10], PADE[first + 8]]);
    const low = combined([a6, a4, a2, identity(n)], [PADE[first + 6], PADE[first + 4], PADE[first + 2], PADE[first]]);
    return combined([product(a6, high, n), low], [1, 1]);
  };
  const v = half(0);
  const u = product(scaled, half(1), n);
  const denominator = combined([v, u], [1, -1]);
  let result = combined([v, u], [1, 1]);
  solveEliminated(denominator, eliminate(denominator, n), false, result, n, n);
  for (let i = 0; i < squarings; i++) result = product(result, result, n);
  return result;
}

function columnNorm(a: Float64Array, n: number): number {
  const sums = new Float64Array(n);
  a.forEach((x, i) => (sums[i % n] += Math.abs(x)));
  return sums.reduce((largest, x) => (x > largest || x !== x ? x : largest), 0);
}

function product(a: Float64Array, b: Float64Array, n: number): Float64Array {
  const out = new Float64Array(n * n);
  multiply({ m: n, n, k: n, a, b, out, transposeA: false, transposeB: false, accumulate: false });
  return out;
}

/** `Σ factorᵢ · matrixᵢ`. */
function combined(matrices: readonly Float64Array[], factors: readonly number[]): Float64Array {
  return matrices[0].map((_, i) => matrices.reduce((sum, matrix, k) => sum + factors[k] * matrix[i], 0));
}
