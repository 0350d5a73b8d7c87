import { commonType } from "../../apply.js";
import { checkBoolean, checkOptions } from "../../arguments.js";
import { compose, type Composed } from "../../composed.js";
import { ones } from "../../create.js";
import type { Shape } from "../../shape.js";
import { defineOp, type OpFunction } from "../../structural.js";
import type { Tensor } from "../../tensor.js";
import { neg, sub } from "../arithmetic.js";
import { alignedFronts } from "../fronts.js";
import { matmul } from "../matmul.js";
import { transpose } from "../shape.js";
import { tril, triu } from "../triangle.js";
import { substitute, type Triangle } from "./elimination.js";
import { checkSquare, diagonallyHeavy, matrixError } from "./matrices.js";
import { eachSystem, rightSide, solvedFront } from "./systems.js";

/** Options of {@link triangularSolve}. */
export interface TriangularSolveOptions {
  /** Reads the upper triangle of the matrices instead of the lower (default false). */
  readonly upper?: boolean;
  /** Solves the system of the transposed triangle, `Tᵀ·X = B` (default false). */
  readonly transpose?: boolean;
  /** Takes the diagonal as ones, without reading it (default false). */
  readonly unitDiagonal?: boolean;
  /** Whether the unknown stands to the right of the triangle, `T·X = B`, or to its left, `X·T = B` (default true: `T·X = B`). */
  readonly left?: boolean;
}

/**
 * The solution of `T·X = B`, where T is the lower (or upper) triangle of `a`, by substitution. The other triangle is not read.
 *
 * The shapes are those of `solve`: `a: […, n, n]` and `b: […, n, k]`, or a vector for each matrix. Computed in float64. A zero on
 * the diagonal gives infinities and NaN, as dividing by it does.
 *
 * Gradient: `∂B = T⁻ᵀ·∂X`, and `∂T` is the triangle of `-∂B·Xᵀ` (Giles, Collected matrix derivative results, 2008).
 *
 * @throws ShapeError `MATRIX_NOT_SQUARE`, `SOLVE_SHAPES`, `RANK_INVALID`, `SHAPE_MISMATCH`; DTypeError `DTYPE_FLOATING`; ArgumentError
 * `BOOLEAN_INVALID`, `OPTION_UNKNOWN`.
 * @example
 * ```ts
 * import { tensor, triangularSolve } from "@adjoint/core";
 * const a = tensor([[2, 0], [1, 4]]);
 * console.log(triangularSolve(a, tensor([2, 9]))); // → tensor([1, 2])
 * console.log(triangularSolve(a, tensor([2, 8]), { transpose: true })); // → tensor([0, 2])
 * ```
 */
export const triangularSolve: Composed<(a: Tensor, b: Tensor, options?: TriangularSolveOptions) => Tensor> = compose(
  "triangularSolve",
  (a, b, options = {}) => {
    const names = ["upper", "transpose", "unitDiagonal", "left"] as const;
    checkOptions("triangularSolve", options, "{ upper: true }", names);
    const [upper, turned, unitDiagonal, left] = names.map((option) =>
      checkBoolean("triangularSolve", option, options[option] ?? option === "left"),
    );
    checkSquare("triangularSolve", a);
    const { columns, shaped } = rightSide("triangularSolve", a, b, left);
    return shaped(solveTriangle(a, columns, { upper, transpose: turned === left, unitDiagonal }));
  },
  {
    samples: () => [
      [ones([3, 3]), ones([3, 2])],
      [ones([2, 2]), ones([2, 2, 1]), { upper: true, unitDiagonal: true }],
      [ones([2, 2, 2]), ones([2]), { upper: true, transpose: true }],
      [ones([2, 2]), ones([1, 2]), { left: false }],
      [ones([0, 0]), ones([0])],
    ],
    domain: (x, index) => (index === 0 ? diagonallyHeavy(x) : x),
  },
);

/** What {@link solveTriangle} needs besides its tensors. */
interface TriangularSystem extends Triangle {
  /** Makes it an error, of the op `name`, when part of the diagonal is this small beside the rest. */
  readonly required?: { readonly name: string; readonly rtol: number };
}

/** {@link triangularSolve} for matrices of columns; the front axes broadcast. */
export const solveTriangle: OpFunction<[a: Tensor, b: Tensor, system: TriangularSystem]> = defineOp<
  [a: Tensor, b: Tensor, system: TriangularSystem],
  TriangularSystem
>({
  name: "triangularSolve",
  call: (a, b, system) => ({ inputs: [a, b], attributes: system }),
  shape: ([a, b]) => [...solvedFront(a, b), ...b.shape.slice(-2)],
  dtype: commonType,
  forward: ([a, b], system, _shape, dtype) => {
    const n = a.shape[a.ndim - 1];
    return eachSystem(a, b, solvedFront(a, b), dtype, (matrix, x, columns, index) => {
      if (system.required) checkDiagonal(system.required, matrix, a.shape, index);
      substitute(matrix, system, x, n, columns);
    });
  },
  vjp: (g, { inputs: [a], output, attributes, needs: [needsA] }) => {
    const side = solveTriangle(a, g, { ...attributes, transpose: !attributes.transpose });
    if (!needsA) return [null, side];
    const full = attributes.transpose ? matmul(output, transpose(side)) : matmul(side, transpose(output));
    return [neg(triangleOf(full, attributes)), side];
  },
  jvp: ([ta, tb], { inputs: [a], output, attributes }) => {
    const part = ta && triangleOf(ta, attributes);
    const moved = part && matmul(attributes.transpose ? transpose(part) : part, output);
    const right = tb && moved ? sub(tb, moved) : (tb ?? (moved && neg(moved)));
    return right && solveTriangle(a, right, attributes);
  },
  batch: (inputs, attributes, context) => {
    const [a, b] = alignedFronts(inputs, context);
    return solveTriangle(a, b, attributes);
  },
  samples: () => [[ones([2, 2]), ones([2, 1]), { upper: true, transpose: false, unitDiagonal: false }]],
});

/** The triangle of which a solution is a function. */
function triangleOf(x: Tensor, { upper, unitDiagonal }: Triangle): Tensor {
  return upper ? triu(x, unitDiagonal ? 1 : 0) : tril(x, unitDiagonal ? -1 : 0);
}

function checkDiagonal(
  { name, rtol }: { readonly name: string; readonly rtol: number },
  matrix: Float64Array,
  shape: Shape,
  index: number,
): void {
  const n = shape[shape.length - 1];
  const sizes = Array.from({ length: n }, (_, k) => Math.abs(matrix[k * (n + 1)]));
  const largest = Math.max(...sizes);
  if (!sizes.some((size) => size <= rtol * largest)) return;
  throw matrixError("MATRIX_SINGULAR", name, shape, index, "has not full rank; use matmul(pinv(a), b)");
}
