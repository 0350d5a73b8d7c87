import { checkInteger, checkRank } from "../arguments.js";
import { compose, type Composed } from "../composed.js";
import { ones, zeros } from "../create.js";
import { tri } from "../create-matrices.js";
import type { Tensor } from "../tensor.js";
import { where } from "./compare.js";

/**
 * The lower triangles of matrices: the elements on and below a diagonal, zeros above; `[…, rows, columns]`.
 *
 * @param offset - how far above the main diagonal the triangle ends (default 0); negative ones are below it
 * @throws ShapeError `RANK_INVALID` for less than two axes; ArgumentError `INTEGER_INVALID`.
 * @example
 * ```ts
 * import { tensor, tril } from "@adjoint/core";
 * console.log(tril(tensor([[1, 2], [3, 4]])).toArray()); // → [ [ 1, 0 ], [ 3, 4 ] ]
 * ```
 */
export const tril: Composed<(x: Tensor, offset?: number) => Tensor> = compose(
  "tril",
  (x, offset = 0) => triangle("tril", x, offset),
  { samples: () => [[ones([2, 3, 4])], [ones([3, 2]), -1], [ones([0, 2]), 1]] },
);

/**
 * The upper triangles of matrices: the elements on and above a diagonal, zeros below; `[…, rows, columns]`.
 *
 * @param offset - how far above the main diagonal the triangle begins (default 0); negative ones are below it
 * @throws ShapeError `RANK_INVALID` for less than two axes; ArgumentError `INTEGER_INVALID`.
 * @example
 * ```ts
 * import { tensor, triu } from "@adjoint/core";
 * console.log(triu(tensor([[1, 2], [3, 4]]), 1).toArray()); // → [ [ 0, 2 ], [ 0, 0 ] ]
 * ```
 */
export const triu: Composed<(x: Tensor, offset?: number) => Tensor> = compose(
  "triu",
  (x, offset = 0) => triangle("triu", x, offset),
  { samples: () => [[ones([2, 3, 4])], [ones([3, 2]), -1], [ones([0, 2]), 1]] },
);

function triangle(name: "tril" | "triu", x: Tensor, offset: number): Tensor {
  checkRank(name, x, "[…, rows, columns]", 2);
  checkInteger(name, "offset", offset);
  const [rows, columns] = x.shape.slice(-2);
  const zero = zeros([], { dtype: x.dtype });
  const lower = (above: number): Tensor => tri(rows, columns, above, { dtype: "bool" });
  return name === "tril" ? where(lower(offset), x, zero) : where(lower(offset - 1), zero, x);
}
