import { commonType } from "../../apply.js";
import { checkBoolean, checkOptions } from "../../arguments.js";
import { compose, type Composed } from "../../composed.js";
import { ones } from "../../create.js";
import { sizeOf } from "../../shape.js";
import { defineOp, type OpFunction } from "../../structural.js";
import type { Tensor } from "../../tensor.js";
import { neg, sub } from "../arithmetic.js";
import { moveAxis } from "../axes.js";
import { alignedFronts } from "../fronts.js";
import { matmul } from "../matmul.js";
import { reshape, transpose } from "../shape.js";
import { slice } from "../slice.js";
import { eliminate, solveEliminated } from "./elimination.js";
import { checkSquare, diagonallyHeavy, eachMatrix, singular } from "./matrices.js";
import { eachSystem, rightSide, solvedFront } from "./systems.js";

/** Options of {@link solve}. */
export interface SolveOptions {
  /** Whether the unknown stands to the right of the matrix, `A·X = B`, or to its left, `X·A = B` (default true: `A·X = B`). */
  readonly left?: boolean;
}

/**
 * The solution of linear systems `A·X = B`, by elimination with partial pivoting: `X = A⁻¹·B` without the inverse.
 *
 * `a: […, n, n]` and `b: […, n, k]` give `[…, n, k]`, the axes in front broadcast; or `b: [n]`, or `[…, n]` with the front axes of
 * `a`, is one vector for each matrix. Computed in float64. The factors of A are found once, and gradients use them again.
 *
 * Gradient: `∂B = A⁻ᵀ·∂X` and `∂A = -∂B·Xᵀ` (Giles, Collected matrix derivative results, 2008).
 *
 * @throws ArgumentError `MATRIX_SINGULAR` naming the matrix; ShapeError `MATRIX_NOT_SQUARE`, `SOLVE_SHAPES`, `RANK_INVALID`,
 * `SHAPE_MISMATCH`; DTypeError `DTYPE_FLOATING`.
 * @example
 * ```ts
 * import { solve, tensor } from "@adjoint/core";
 * const a = tensor([[2, 1], [1, 3]]);
 * console.log(solve(a, tensor([3, 5]))); // → tensor([0.8000, 1.4000])
 * ```
 */
export const solve: Composed<(a: Tensor, b: Tensor, options?: SolveOptions) => Tensor> = compose(
  "solve",
  (a, b, options = {}) => {
    checkOptions("solve", options, "{ left: false }", ["left"]);
    checkSquare("solve", a);
    const left = checkBoolean("solve", "left", options.left ?? true);
    const { columns, shaped } = rightSide("solve", a, b, left);
    const run = a.ndim === 2 && columns.ndim > 2 ? solveShared : solveFactored;
    return shaped(run(a, columns, eliminated(a), { name: "solve", transposed: !left }));
  },
  {
    samples: () => [
      [ones([3, 3]), ones([3, 2])],
      [ones([2, 2]), ones([2])],
      [ones([2, 2, 2]), ones([2, 2])],
      [ones([2, 1, 2, 2]), ones([3, 2, 1])],
      [ones([2, 2]), ones([3, 2]), { left: false }],
      [ones([0, 0]), ones([0, 2])],
    ],
    domain: (x, index) => (index === 0 ? diagonallyHeavy(x) : x),
  },
);

/** What {@link solveFactored} needs besides its tensors. */
interface Solving {
  readonly name: string; // of the public op, for errors
  readonly transposed: boolean; // solves Aᵀ·X = B
}

/**
 * The factors of matrices as elimination leaves them, in float64: `[…, n, n]` to `[…, n + 1, n]`, the last row the pivots. They are
 * no function to differentiate: the ops that take them know their gradients by A.
 */
const eliminated: OpFunction<[a: Tensor]> = defineOp<[a: Tensor], undefined>({
  name: "eliminated",
  shape: ([a]) => [...a.shape.slice(0, -2), a.shape[a.ndim - 1] + 1, a.shape[a.ndim - 1]],
  dtype: () => "float64",
  forward: ([a], _attributes, shape) => {
    const n = shape[shape.length - 1];
    return eachMatrix(a, n * (n + 1), "float64", (matrix) => {
      const pivots = eliminate(matrix, n);
      const all = new Float64Array(n * (n + 1));
      all.set(matrix);
      all.set(pivots, n * n);
      return all;
    });
  },
  batch: "front",
  samples: () => [[ones([2, 2])]],
});

/** `A⁻¹·B`, or `A⁻ᵀ·B`, with the factors of A at hand; the front axes broadcast. */
const solveFactored: OpFunction<[a: Tensor, b: Tensor, factors: Tensor, attributes: Solving]> = defineOp<
  [a: Tensor, b: Tensor, factors: Tensor, attributes: Solving],
  Solving
>({
  name: "solve",
  call: (a, b, factors, attributes) => ({ inputs: [a, b, factors], attributes }),
  shape: ([a, b]) => [...solvedFront(a, b), ...b.shape.slice(-2)],
  dtype: ([a, b]) => commonType([a, b]),
  forward: ([a, b, factors], { name, transposed }, _shape, dtype) => {
    const n = a.shape[a.ndim - 1];
    return eachSystem(factors, b, solvedFront(a, b), dtype, (lu, x, columns, index) => {
      for (let k = 0; k < n; k++) if (lu[k * (n + 1)] === 0) throw singular(name, a.shape, index);
      solveEliminated(lu, lu.subarray(n * n), transposed, x, n, columns);
    });
  },
  vjp: (g, { inputs: [a, , factors], output, attributes: { name, transposed }, needs: [needsA] }) => {
    const side = solveFactored(a, g, factors, { name, transposed: !transposed });
    if (!needsA) return [null, side, null];
    return [neg(transposed ? matmul(output, transpose(side)) : matmul(side, transpose(output))), side, null];
  },
  jvp: ([ta, tb], { inputs: [a, , factors], output, attributes }) => {
    const moved = ta && matmul(attributes.transposed ? transpose(ta) : ta, output);
    const right = tb && moved ? sub(tb, moved) : (tb ?? (moved && neg(moved)));
    return right && solveFactored(a, right, factors, attributes);
  },
  batch: (inputs, attributes, context) => {
    const { batched, size } = context;
    const [a, b, factors] = inputs;
    if (!batched[0] && !batched[2] && a.ndim === 3 && size > 0) {
      return solveShared(slice(a, 0), b, slice(factors, 0), attributes);
    }
    const [matrices, right, known] = alignedFronts(inputs, context);
    return solveFactored(matrices, right, known, attributes);
  },
  samples: () => [[ones([2, 2]), ones([2, 1]), ones([3, 2]), { name: "solve", transposed: false }]],
});

/** Many right sides of one matrix are columns of one. */
function solveShared(a: Tensor, b: Tensor, factors: Tensor, attributes: Solving): Tensor {
  const rows = moveAxis(b, -2, 0);
  const columns = reshape(rows, [rows.shape[0], sizeOf(rows.shape.slice(1))]);
  return moveAxis(reshape(solveFactored(a, columns, factors, attributes), rows.shape), 0, -2);
}
