import { ones } from "../../create.js";
import { allocate } from "../../dtype.js";
import { defineOp, type OpFunction } from "../../structural.js";
import { Tensor } from "../../tensor.js";
import { mul, sub } from "../arithmetic.js";
import { where } from "../compare.js";
import { diagEmbed, diagonal } from "../diagonal.js";
import { matmul } from "../matmul.js";
import { prod } from "../product.js";
import { squeeze, transpose, unsqueeze } from "../shape.js";
import { determinant, eliminate, solveEliminated } from "./elimination.js";
import { eachMatrix, identity, overMatrices } from "./matrices.js";
import { singularValues } from "./singular-values.js";
import { svd } from "./svd.js";

/** Pivots of this size beside the largest are far enough from singular for the cofactors to be had from the inverse. */
const WELL_CONDITIONED = 1e-4;

/**
 * The cofactors of square matrices, the gradient of the determinant: `det(A)·A⁻ᵀ` while the pivots allow it. Near singular matrices
 * that is `0·∞`, and with `A = U·diag(s)·Vᵀ` they are `det(U)·det(V)·U·diag(p)·Vᵀ`, where pᵢ is the product of all s but sᵢ.
 */
export const cofactors: OpFunction<[a: Tensor]> = defineOp<[a: Tensor], undefined>({
  name: "cofactors",
  shape: ([a]) => a.shape,
  forward: ([a], _attributes, shape, dtype) => {
    const n = shape[shape.length - 1];
    return eachMatrix(a, n * n, dtype, (matrix) => cofactorsOf(matrix, n));
  },
  vjp: (g, { inputs: [a] }) => [cofactorChange(a, g)],
  jvp: ([t], { inputs: [a] }) => t && cofactorChange(a, t),
  batch: "front",
  samples: () => [[ones([2, 2])]],
});

function cofactorsOf(a: Float64Array, n: number): Float64Array {
  const lu = a.slice();
  const pivots = eliminate(lu, n);
  const sizes = Float64Array.from({ length: n }, (_, k) => Math.abs(lu[k * (n + 1)]));
  // Not `<`: pivots that are NaN stay on this side.
  if (!(Math.min(...sizes) <= WELL_CONDITIONED * Math.max(...sizes))) {
    const x = identity(n);
    const scale = determinant(lu, pivots, n);
    solveEliminated(lu, pivots, true, x, n, n);
    return x.map((y) => scale * y);
  }
  const { u, s, v } = singularValues(a, n, n);
  const factor = orientation(u, n) * orientation(v, n);
  const out = new Float64Array(n * n);
  for (let k = 0; k < n; k++) {
    const others = s.reduce((product, x, i) => (i === k ? product : product * x), factor);
    for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) out[i * n + j] += others * u[k * n + i] * v[k * n + j];
  }
  return out;
}

/** The determinant of an orthogonal matrix: 1 or -1. */
function orientation(q: Float64Array, n: number): number {
  const lu = q.slice();
  return Math.sign(determinant(lu, eliminate(lu, n), n));
}

/** The determinants of orthogonal matrices, which are constant. */
const orientations: OpFunction<[q: Tensor]> = defineOp<[q: Tensor], undefined>({
  name: "orientation",
  shape: ([q]) => q.shape.slice(0, -2),
  forward: ([q], _attributes, _shape, dtype) =>
    eachMatrix(q, 1, dtype, (matrix) => Float64Array.of(orientation(matrix, q.shape[q.ndim - 1]))),
  batch: "front",
  samples: () => [[ones([1, 1])]],
});

/**
 * The derivative of the cofactors along `t`, which is its own transpose. In the basis of the singular vectors the change of cofactor
 * (i, j) is `-pᵢⱼ·tⱼᵢ`, and that of (i, i) `Σₖ pᵢₖ·tₖₖ`, where pᵢⱼ is the product of all singular values but sᵢ and sⱼ.
 */
function cofactorChange(a: Tensor, t: Tensor): Tensor {
  const { u, s, vh } = svd(a, { fullMatrices: false });
  const inner = matmul(matmul(transpose(u), t), transpose(vh));
  const others = productsOfOthers(s);
  const onDiagonal = matmul(others, unsqueeze(diagonal(inner, 0, -2, -1), -1));
  const change = sub(diagEmbed(squeeze(onDiagonal, -1)), mul(others, transpose(inner)));
  return mul(overMatrices(orientations(matmul(u, vh))), matmul(matmul(u, change), vh));
}

/** For each pair the product of all numbers along the last axis but those two; zeros on the diagonal. */
function productsOfOthers(s: Tensor): Tensor {
  const n = s.shape[s.ndim - 1];
  const left = allocate("bool", n * n * n);
  const pair = allocate(s.dtype, n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      pair[i * n + j] = i === j ? 0 : 1;
      for (let k = 0; k < n; k++) left[(i * n + j) * n + k] = k === i || k === j ? 0 : 1;
    }
  }
  const all = where(new Tensor(left, [n, n, n], "bool"), unsqueeze(unsqueeze(s, -2), -2), 1);
  return mul(prod(all, { axis: -1 }), new Tensor(pair, [n, n], s.dtype));
}
