import { checkFloating, checkRank } from "../../arguments.js";
import { eye } from "../../create-matrices.js";
import { allocate, type DType, type TypedArray } from "../../dtype.js";
import { ArgumentError, ShapeError } from "../../errors.js";
import { formatShape, indexAt, type Shape, sizeOf } from "../../shape.js";
import type { Tensor } from "../../tensor.js";
import { add, mul, reciprocal, sub } from "../arithmetic.js";
import { split } from "../join.js";
import { reshape, transpose, unsqueeze } from "../shape.js";

/**
 * Checks a floating tensor of matrices `[…, rows, columns]`.
 *
 * @throws ArgumentError `OPERAND_KIND`, DTypeError `DTYPE_FLOATING`, ShapeError `RANK_INVALID`
 */
export function checkMatrices(name: string, x: unknown): asserts x is Tensor {
  checkFloating(name, x);
  checkRank(name, x, "[…, rows, columns]", 2);
}

/**
 * Checks a floating tensor of square matrices `[…, n, n]`.
 *
 * @throws ArgumentError `OPERAND_KIND`, DTypeError `DTYPE_FLOATING`, ShapeError `RANK_INVALID`, `MATRIX_NOT_SQUARE`
 */
export function checkSquare(name: string, x: unknown): asserts x is Tensor {
  checkMatrices(name, x);
  if (x.shape[x.ndim - 2] === x.shape[x.ndim - 1]) return;
  throw new ShapeError(
    "MATRIX_NOT_SQUARE",
    `${name}: the matrices of ${formatShape(x.shape)} are not square; it takes [..., n, n]`,
  );
}

/** A matrix that has no inverse, or not the property that an op needs; `index` counts the matrices of a tensor. */
export function matrixError(code: string, name: string, shape: Shape, index: number, what: string): ArgumentError {
  const place = indexAt(index, shape.slice(0, -2));
  const which = place.length > 0 ? `matrix ${formatShape(place)} of ${formatShape(shape)}` : "the matrix";
  return new ArgumentError(code, `${name}: ${which} ${what}`);
}

/** The error of a matrix that has no inverse. */
export function singular(name: string, shape: Shape, index: number): ArgumentError {
  return matrixError("MATRIX_SINGULAR", name, shape, index, "is singular; add a multiple of the identity, or use pinv");
}

/**
 * Calls `compute` with a float64 copy of each matrix of `x` and its number; the arrays of `length` elements that come back stand
 * one after the other in the result.
 */
export function eachMatrix(
  x: Tensor,
  length: number,
  dtype: DType,
  compute: (matrix: Float64Array, index: number) => Float64Array,
): TypedArray {
  const { data, shape } = x;
  const size = sizeOf(shape.slice(-2));
  const count = sizeOf(shape.slice(0, -2));
  const out = allocate(dtype, count * length);
  for (let i = 0; i < count; i++) {
    out.set(compute(Float64Array.from(data.subarray(i * size, (i + 1) * size)), i), i * length);
  }
  return out;
}

/** Square matrices with a heavy diagonal, which are safely invertible: for samples. */
export function diagonallyHeavy(x: Tensor): Tensor {
  const n = x.shape[x.ndim - 1];
  return add(x, mul(eye(n, n, { dtype: x.dtype }), 4));
}

/** The symmetric parts of square matrices, `(A + Aᵀ)/2`. */
export function symmetricPart(a: Tensor): Tensor {
  return mul(add(a, transpose(a)), 0.5);
}

/** `1/x` off the diagonals of square matrices, 0 on them, where x is 0. */
export function reciprocalBeside(x: Tensor): Tensor {
  const n = x.shape[x.ndim - 1];
  const unit = eye(n, n, { dtype: x.dtype });
  return sub(reciprocal(add(x, unit)), unit);
}

/** One number for each matrix, with the axes of the matrices. */
export function overMatrices(x: Tensor): Tensor {
  return unsqueeze(unsqueeze(x, -1), -1);
}

/** The parts of a result in which several tensors lie one after the other along the last axis. */
export function unpack(packed: Tensor, shapes: readonly Shape[]): Tensor[] {
  const front = packed.shape.slice(0, -1);
  return split(packed, shapes.map(sizeOf), -1).map((part, i) => reshape(part, [...front, ...shapes[i]]));
}

/** Of each line along the last axis of `packed` the `length` elements from `start` on. */
export function partOf(packed: Tensor, start: number, length: number, dtype: DType): TypedArray {
  const { data, shape } = packed;
  const line = shape[shape.length - 1];
  const count = sizeOf(shape.slice(0, -1));
  const out = allocate(dtype, count * length);
  for (let i = 0; i < count; i++) {
    out.set(data.subarray(i * line + start, i * line + start + length), i * length);
  }
  return out;
}

/** Arrays one after the other. */
export function concatenated(arrays: readonly Float64Array[]): Float64Array {
  const out = new Float64Array(arrays.reduce((sum, { length }) => sum + length, 0));
  let start = 0;
  for (const array of arrays) {
    out.set(array, start);
    start += array.length;
  }
  return out;
}

/** A matrix `[rows, columns]` transposed. */
export function transposed(matrix: Float64Array, rows: number, columns: number): Float64Array {
  const out = new Float64Array(matrix.length);
  for (let i = 0; i < rows; i++) for (let j = 0; j < columns; j++) out[j * rows + i] = matrix[i * columns + j];
  return out;
}

/** The identity matrix as an array. */
export function identity(n: number): Float64Array {
  const out = new Float64Array(n * n);
  for (let i = 0; i < n; i++) out[i * (n + 1)] = 1;
  return out;
}
