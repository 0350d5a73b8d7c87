import { checkFloating } from "../../arguments.js";
import { allocate, type DType, type TypedArray } from "../../dtype.js";
import { ShapeError } from "../../errors.js";
import { broadcastShapes, formatShape, sameShape, type Shape, sizeOf, stridesOf } from "../../shape.js";
import type { Tensor } from "../../tensor.js";
import { matrixStarts } from "../fronts.js";
import { squeeze, transpose, unsqueeze } from "../shape.js";

/** The right side of a system as matrices of columns. */
export interface RightSide {
  readonly columns: Tensor; // […, m, k]
  readonly vector: boolean; // whether it was one vector for each matrix
  /** The solutions `[…, n, k]` as the right side was: vectors, or rows to the left of the matrix. */
  readonly shaped: (solutions: Tensor) => Tensor;
}

/**
 * The right side `b` of a system with the matrices `a`, `[…, m, n]`. A vector is told from a matrix as by `torch.linalg.solve`.
 *
 * @throws DTypeError `DTYPE_FLOATING`, ShapeError `SOLVE_SHAPES`, `SHAPE_MISMATCH`
 */
export function rightSide(name: string, a: Tensor, b: Tensor, left = true): RightSide {
  checkFloating(name, b);
  const vector = b.ndim === 1 || (b.ndim === a.ndim - 1 && sameShape(b.shape, a.shape.slice(0, -1)));
  if (b.ndim === 0) throw wrongRightSide(name, a, b, left);
  const matrix = vector ? unsqueeze(b, left ? -1 : -2) : b;
  const columns = left ? matrix : transpose(matrix);
  if (columns.shape[columns.ndim - 2] !== a.shape[a.ndim - 2]) throw wrongRightSide(name, a, b, left);
  broadcastShapes(`${name}: front axes`, [a.shape.slice(0, -2), columns.shape.slice(0, -2)]);
  const shaped = (solutions: Tensor): Tensor => {
    if (vector) return squeeze(solutions, -1);
    return left ? solutions : transpose(solutions);
  };
  return { columns, vector, shaped };
}

function wrongRightSide(name: string, a: Tensor, b: Tensor, left: boolean): ShapeError {
  const n = a.shape[a.ndim - 2];
  return new ShapeError(
    "SOLVE_SHAPES",
    `${name}: matrices ${formatShape(a.shape)} and right side ${formatShape(b.shape)}: that must be ${
      left ? `[..., ${n}, k]` : `[..., k, ${n}]`
    } or a vector [${n}] for each matrix`,
  );
}

/** The front axes of a system: those of its matrices and of its right side, broadcast. */
export function solvedFront(a: Tensor, b: Tensor): Shape {
  return broadcastShapes("solve", [a.shape.slice(0, -2), b.shape.slice(0, -2)]);
}

/**
 * Calls `solve` for each system with the matrix (its number too) and a copy of the right side `[n, columns]`, in whose place the
 * solution comes; both in float64, and the front axes broadcast.
 */
export function eachSystem(
  matrices: Tensor,
  b: Tensor,
  front: Shape,
  dtype: DType,
  solve: (matrix: Float64Array, x: Float64Array, columns: number, index: number) => void,
): TypedArray {
  const [size, own] = [sizeOf(matrices.shape.slice(-2)), sizeOf(b.shape.slice(-2))];
  const startsOf = ({ data, shape }: Tensor): number[] =>
    matrixStarts({ base: data, offset: 0, strides: stridesOf(shape) }, shape, front);
  const starts = startsOf(b);
  const out = allocate(dtype, sizeOf(front) * own);
  const float64 = matrices.data instanceof Float64Array ? matrices.data : Float64Array.from(matrices.data);
  startsOf(matrices).forEach((start, i) => {
    const x = Float64Array.from(b.data.subarray(starts[i], starts[i] + own));
    solve(float64.subarray(start, start + size), x, b.shape[b.ndim - 1], start / size);
    out.set(x, i * own);
  });
  return out;
}
