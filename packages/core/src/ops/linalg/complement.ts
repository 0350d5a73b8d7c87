import { ones } from "../../create.js";
import { defineOp, type OpFunction } from "../../structural.js";
import type { Tensor } from "../../tensor.js";
import { neg } from "../arithmetic.js";
import { concat } from "../join.js";
import { matmul } from "../matmul.js";
import { transpose } from "../shape.js";
import { orthogonalColumns, reflect } from "./householder.js";
import { eachMatrix, transposed } from "./matrices.js";

/**
 * Orthonormal columns with as many others as make a basis: `[…, m, n]` with `m ≥ n` to `[…, m, m]`.
 *
 * Which columns are added is a choice, and the gradient follows the one that turns least, `dN = -Q·dQᵀ·N`: it is right for functions
 * that do not depend on the choice, such as the projection `N·Nᵀ`.
 */
export function completeBasis(q: Tensor): Tensor {
  const [rows, columns] = q.shape.slice(-2);
  return rows === columns ? q : concat([q, complement(q)], -1);
}

const complement: OpFunction<[q: Tensor]> = defineOp<[q: Tensor], undefined>({
  name: "complement",
  shape: ([{ shape }]) => {
    const [m, n] = shape.slice(-2);
    return [...shape.slice(0, -1), m - n];
  },
  forward: ([q], _attributes, _shape, dtype) => {
    const [m, n] = q.shape.slice(-2);
    return eachMatrix(q, m * (m - n), dtype, (matrix) => {
      const columns = transposed(matrix, m, n);
      return transposed(orthogonalColumns(columns, reflect(columns, m, n), m, n, m), m - n, m);
    });
  },
  vjp: (g, { inputs: [q], output }) => [neg(matmul(output, matmul(transpose(g), q)))],
  jvp: ([t], { inputs: [q], output }) => t && neg(matmul(q, matmul(transpose(t), output))),
  batch: "front",
  samples: () => [[ones([2, 1])]],
});
