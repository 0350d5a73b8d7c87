import { checkNumber, checkOptions } from "../../arguments.js";
import { ones } from "../../create.js";
import { defineOp, type OpFunction } from "../../structural.js";
import type { Tensor } from "../../tensor.js";
import { add, sub } from "../arithmetic.js";
import { matmul } from "../matmul.js";
import { transpose } from "../shape.js";
import { checkMatrices, eachMatrix } from "./matrices.js";
import { singularValues } from "./singular-values.js";

/** Options of {@link pinv}. */
export interface PinvOptions {
  /** Singular values up to this part of the largest count as 0 (default: the longer side times the rounding unit of the dtype). */
  readonly rtol?: number;
}

/**
 * The pseudoinverses of matrices, by singular values: `A⁺ = V·diag(1/s)·Uᵀ`, with 0 in the place of `1/s` where s counts as 0. `[…, m,
 * n]` to `[…, n, m]`. `matmul(pinv(a), b)` is the shortest of the vectors for which `‖A·x - b‖` is smallest.
 *
 * Gradient: Golub and Pereyra, The differentiation of pseudo-inverses and nonlinear least squares problems, 1973; it takes the rank
 * to be constant.
 *
 * @throws ShapeError `RANK_INVALID`; DTypeError `DTYPE_FLOATING`; ArgumentError `NUMBER_INVALID`, `OPTION_UNKNOWN`.
 * @example
 * ```ts
 * import { pinv, tensor } from "@adjoint/core";
 * console.log(pinv(tensor([[2, 0], [0, 0], [0, 4]])).toArray()); // → [ [ 0.5, 0, 0 ], [ 0, 0, 0.25 ] ]
 * ```
 */
export const pinv: OpFunction<[a: Tensor, options?: PinvOptions]> = defineOp<
  [a: Tensor, options?: PinvOptions],
  number
>({
  name: "pinv",
  call: (a, options = {}) => {
    checkOptions("pinv", options, "{ rtol: 1e-6 }", ["rtol"]);
    checkMatrices("pinv", a);
    const unit = a.dtype === "float32" ? 2 ** -23 : 2 ** -52;
    const rtol = options.rtol ?? unit * Math.max(...a.shape.slice(-2));
    return { inputs: [a], attributes: checkNumber("pinv", "rtol", rtol, 0) };
  },
  shape: ([{ shape }]) => [...shape.slice(0, -2), shape[shape.length - 1], shape[shape.length - 2]],
  forward: ([a], rtol, _shape, dtype) => {
    const [m, n] = a.shape.slice(-2);
    return eachMatrix(a, m * n, dtype, (matrix) => {
      const { u, s, v } = singularValues(matrix, m, n);
      const out = new Float64Array(m * n);
      for (let k = 0; k < s.length && !(s[k] <= rtol * s[0]); k++) {
        for (let i = 0; i < n; i++) {
          const factor = v[k * n + i] / s[k];
          for (let j = 0; j < m; j++) out[i * m + j] += factor * u[k * m + j];
        }
      }
      return out;
    });
  },
  vjp: (g, { inputs: [a], output: x }) => [change(transpose(a), transpose(x), g)],
  jvp: ([t], { inputs: [a], output: x }) => t && change(a, x, t),
  batch: "front",
  samples: () => [[ones([2, 3])], [ones([2, 2, 1])], [ones([0, 2])]],
});

/** The change of `X = A⁺` along `t`: `-X·t·X + X·Xᵀ·tᵀ·(I - A·X) + (I - X·A)·tᵀ·Xᵀ·X`. */
function change(a: Tensor, x: Tensor, t: Tensor): Tensor {
  const [turned, xt] = [transpose(t), transpose(x)];
  const beside = matmul(matmul(x, xt), sub(turned, matmul(matmul(turned, a), x)));
  const above = matmul(sub(turned, matmul(x, matmul(a, turned))), matmul(xt, x));
  return sub(add(beside, above), matmul(matmul(x, t), x));
}
