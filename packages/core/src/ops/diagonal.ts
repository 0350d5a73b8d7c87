import { checkInteger, checkRank } from "../arguments.js";
import { compose, type Composed } from "../composed.js";
import { ones } from "../create.js";
import { allocate } from "../dtype.js";
import { ShapeError } from "../errors.js";
import { checkShape, formatShape, normalizeAxis, type Shape, sizeOf } from "../shape.js";
import { viewOf } from "../storage.js";
import { defineOp, type OpFunction } from "../structural.js";
import { Tensor } from "../tensor.js";
import { moveAxis } from "./axes.js";

/** The diagonals of matrices, `[…, rows, columns]` to `[…, n]`, as a view. */
const takeDiagonal: OpFunction<[x: Tensor, offset: number]> = defineOp<[x: Tensor, offset: number], number>({
  name: "diagonal",
  call: (x, offset) => ({ inputs: [x], attributes: offset }),
  shape: ([{ shape }], offset) => {
    const [rows, columns] = shape.slice(-2);
    return [...shape.slice(0, -2), Math.max(0, Math.min(rows + Math.min(0, offset), columns - Math.max(0, offset)))];
  },
  forward: ([x], above, shape, dtype) => {
    const { base, offset, strides } = viewOf(x);
    const [down, across] = strides.slice(-2);
    const start = offset + (above < 0 ? -above * down : above * across);
    return new Tensor({ base, offset: start, strides: [...strides.slice(0, -2), down + across] }, shape, dtype);
  },
  vjp: (g, { inputs: [x], attributes: offset }) => [putDiagonal(g, x.shape.slice(-2), offset)],
  jvp: ([t], { attributes: offset }) => t && takeDiagonal(t, offset),
  batch: "front",
  samples: () => [[ones([2, 3]), 1]],
});

/** Matrices of zeros with `x` on one diagonal, `[…, n]` to `[…, rows, columns]`: the reverse of taking it. */
const putDiagonal: OpFunction<[x: Tensor, matrix: Shape, offset: number]> = defineOp<
  [x: Tensor, matrix: Shape, offset: number],
  { readonly matrix: Shape; readonly offset: number }
>({
  name: "diagEmbed",
  call: (x, matrix, offset) => ({ inputs: [x], attributes: { matrix, offset } }),
  shape: ([x], { matrix }) => [...x.shape.slice(0, -1), ...matrix],
  forward: ([x], { matrix: [rows, columns], offset }, shape, dtype) => {
    const out = allocate(dtype, sizeOf(shape), "diagEmbed");
    const { data } = x;
    const length = x.shape[x.ndim - 1];
    const start = offset < 0 ? -offset * columns : offset;
    for (let i = 0; i < data.length; i++) {
      const place = i % length;
      out[((i - place) / length) * rows * columns + start + place * (columns + 1)] = data[i];
    }
    return out;
  },
  vjp: (g, { attributes: { offset } }) => [takeDiagonal(g, offset)],
  jvp: ([t], { attributes: { matrix, offset } }) => t && putDiagonal(t, matrix, offset),
  batch: "front",
  samples: () => [[ones([2]), [2, 3], 1]],
});

/**
 * The diagonals of the matrices in two axes, which become the last axis: `out[…, i] = x[…, i, …, i + offset, …]`. Nothing is copied.
 *
 * @param offset - how far above the main diagonal (default 0); negative ones are below it
 * @param axis1 - the axis of the rows (default 0)
 * @param axis2 - the axis of the columns (default 1)
 * @throws ShapeError `RANK_INVALID` for less than two axes, `AXES_INVALID` for the same axis twice, `AXIS_OUT_OF_RANGE`; ArgumentError
 * `INTEGER_INVALID`.
 * @example
 * ```ts
 * import { diagonal, tensor } from "@adjoint/core";
 * const x = tensor([[1, 2, 3], [4, 5, 6]]);
 * console.log(diagonal(x).toArray(), diagonal(x, 1).toArray()); // → [ 1, 5 ] [ 2, 6 ]
 * ```
 */
export const diagonal: Composed<(x: Tensor, offset?: number, axis1?: number, axis2?: number) => Tensor> = compose(
  "diagonal",
  (x, offset = 0, axis1 = 0, axis2 = 1) => {
    checkRank("diagonal", x, "of two axes at least", 2);
    checkInteger("diagonal", "offset", offset);
    return takeDiagonal(moveAxis(x, twoAxes("diagonal", axis1, axis2, x.shape), [-2, -1]), offset);
  },
  {
    samples: () => [[ones([2, 3])], [ones([3, 2, 3]), -1, -1, 0], [ones([2, 2]), 3], [ones([0, 2])]],
  },
);

/**
 * Matrices with the last axis of `x` on a diagonal and zeros elsewhere, in two new axes of the result: the reverse of
 * {@link diagonal}. `[…, n]` gives `[…, n + |offset|, n + |offset|]`.
 *
 * @param offset - how far above the main diagonal (default 0); negative ones are below it
 * @param axis1 - the axis of the rows in the result (default -2)
 * @param axis2 - the axis of the columns in the result (default -1)
 * @throws ShapeError `RANK_INVALID` for a scalar, `AXES_INVALID` for the same axis twice, `AXIS_OUT_OF_RANGE`; ArgumentError
 * `INTEGER_INVALID`.
 * @example
 * ```ts
 * import { diagEmbed, tensor } from "@adjoint/core";
 * console.log(diagEmbed(tensor([1, 2])).toArray()); // → [ [ 1, 0 ], [ 0, 2 ] ]
 * ```
 */
export const diagEmbed: Composed<(x: Tensor, offset?: number, axis1?: number, axis2?: number) => Tensor> = compose(
  "diagEmbed",
  (x, offset = 0, axis1 = -2, axis2 = -1) => {
    checkRank("diagEmbed", x, "of one axis at least", 1);
    checkInteger("diagEmbed", "offset", offset);
    const size = x.shape[x.ndim - 1] + Math.abs(offset);
    const shape = checkShape("diagEmbed", [...x.shape.slice(0, -1), size, size]);
    const places = twoAxes("diagEmbed", axis1, axis2, shape);
    return moveAxis(putDiagonal(x, [size, size], offset), [-2, -1], places);
  },
  {
    samples: () => [[ones([2])], [ones([3, 2]), -1, 0, 2], [ones([2, 0]), 1]],
  },
);

function twoAxes(name: string, axis1: number, axis2: number, shape: Shape): [rows: number, columns: number] {
  const rows = normalizeAxis(name, axis1, shape.length, shape);
  const columns = normalizeAxis(name, axis2, shape.length, shape);
  if (rows !== columns) return [rows, columns];
  throw new ShapeError("AXES_INVALID", `${name}: axes ${axis1} and ${axis2} of ${formatShape(shape)} are the same one`);
}

/**
 * A matrix with the vector `x` on a diagonal and zeros elsewhere, or the diagonal of the matrix `x`.
 *
 * @param offset - how far above the main diagonal (default 0); negative ones are below it
 * @throws ShapeError `RANK_INVALID` for anything but a vector or a matrix; ArgumentError `INTEGER_INVALID`.
 * @example
 * ```ts
 * import { diag, tensor } from "@adjoint/core";
 * console.log(diag(tensor([1, 2]), 1).toArray()); // → [ [ 0, 1, 0 ], [ 0, 0, 2 ], [ 0, 0, 0 ] ]
 * console.log(diag(tensor([[1, 2], [3, 4]]))); // → tensor([1, 4])
 * ```
 */
export const diag: Composed<(x: Tensor, offset?: number) => Tensor> = compose(
  "diag",
  (x, offset = 0) => {
    checkRank("diag", x, "[n] or [rows, columns]", 1, 2);
    checkInteger("diag", "offset", offset);
    return x.ndim === 1 ? diagEmbed(x, offset) : diagonal(x, offset);
  },
  { samples: () => [[ones([2]), -1], [ones([2, 3]), 1], [ones([0])]] },
);
