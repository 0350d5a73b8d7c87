import { checkInteger } from "./arguments.js";
import { filledBy, splitOptions, type TensorOptions } from "./create.js";
import type { Shape } from "./shape.js";
import type { Tensor } from "./tensor.js";

/** The shape as it was given: what is missing or no size is named by the check of the shape. */
const matrix = (rows?: number, columns: number | undefined = rows): Shape => [rows, columns] as number[];

/**
 * The identity matrix, or one of `rows` by `columns` with ones on the main diagonal; float32 unless another dtype is given. Options
 * may stand last after any of the numbers.
 *
 * @throws ArgumentError `SHAPE_INVALID`, `GRADIENT_DTYPE`; DTypeError `DTYPE_UNKNOWN`.
 * @example
 * ```ts
 * import { eye } from "@adjoint/core";
 * console.log(eye(2, 3).toArray()); // → [ [ 1, 0, 0 ], [ 0, 1, 0 ] ]
 * console.log(eye(2, { dtype: "int32" }).toArray()); // → [ [ 1, 0 ], [ 0, 1 ] ]
 * ```
 */
export function eye(rows: number, options?: TensorOptions): Tensor;
export function eye(rows: number, columns?: number, options?: TensorOptions): Tensor;
export function eye(...args: readonly unknown[]): Tensor {
  const [numbers, options] = splitOptions("eye", args, 2);
  const shape = matrix(...numbers);
  return filledBy("eye", shape, options, (elements) => {
    const [rows, columns] = shape;
    for (let i = 0; i < Math.min(rows, columns); i++) elements[i * columns + i] = 1;
  });
}

/**
 * A matrix of ones on and below a diagonal and zeros above: `out[i][j] = 1` where `j ≤ i + offset`; float32 unless another dtype is
 * given. Options may stand last after any of the numbers.
 *
 * - `rows`: the number of rows
 * - `columns`: the number of columns (default as many as rows)
 * - `offset`: how far above the main diagonal the ones end (default 0); negative ones are below it
 * @throws ArgumentError `SHAPE_INVALID`, `INTEGER_INVALID`, `GRADIENT_DTYPE`; DTypeError `DTYPE_UNKNOWN`.
 * @example
 * ```ts
 * import { tri } from "@adjoint/core";
 * console.log(tri(2, 3, 1).toArray()); // → [ [ 1, 1, 0 ], [ 1, 1, 1 ] ]
 * console.log(tri(2, { dtype: "bool" }).toArray()); // → [ [ 1, 0 ], [ 1, 1 ] ]
 * ```
 */
export function tri(rows: number, options?: TensorOptions): Tensor;
export function tri(rows: number, columns: number, options?: TensorOptions): Tensor;
export function tri(rows: number, columns?: number, offset?: number, options?: TensorOptions): Tensor;
export function tri(...args: readonly unknown[]): Tensor {
  const [[rows, columns, offset = 0], options] = splitOptions("tri", args, 3);
  checkInteger("tri", "offset", offset);
  const shape = matrix(rows, columns);
  return filledBy("tri", shape, options, (elements) => {
    const [, width] = shape;
    for (let i = 0, start = 0; start < elements.length; i++, start += width) {
      const count = Math.min(width, i + offset + 1);
      if (count > 0) elements.fill(1, start, start + count);
    }
  });
}
