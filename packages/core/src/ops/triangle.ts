import { checkInteger, checkRank } from "../arguments.js";
import { ones } from "../create.js";
import { allocate } from "../dtype.js";
import { sizeOf } from "../shape.js";
import { defineOp, type OpFunction } from "../structural.js";
import type { Tensor } from "../tensor.js";

/** Not a product with a mask: an infinity outside of the triangle would become NaN. */
function triangle(name: "tril" | "triu"): OpFunction<[x: Tensor, offset?: number]> {
  const op: OpFunction<[x: Tensor, offset?: number]> = defineOp<[x: Tensor, offset?: number], number>({
    name,
    call: (x, offset = 0) => {
      checkRank(name, x, "[…, rows, columns]", 2);
      return { inputs: [x], attributes: checkInteger(name, "offset", offset) };
    },
    shape: ([x]) => x.shape,
    forward: ([x], offset, shape, dtype) => {
      const out = allocate(dtype, sizeOf(shape));
      const [rows, columns] = shape.slice(-2);
      const { data } = x;
      for (let start = 0, row = 0; start < out.length; start += columns, row = (row + 1) % rows) {
        // Where the lower triangle ends in this row, or the upper one begins.
        const bound = start + Math.min(columns, Math.max(0, row + offset + (name === "tril" ? 1 : 0)));
        const [from, to] = name === "tril" ? [start, bound] : [bound, start + columns];
        out.set(data.subarray(from, to), from);
      }
      return out;
    },
    vjp: (cotangent, { attributes }) => [op(cotangent, attributes)],
    jvp: ([t], { attributes }) => t && op(t, attributes),
    batch: "front",
    samples: () => [[ones([2, 3, 4])], [ones([3, 2]), -1], [ones([0, 2]), 1]],
  });
  return op;
}

/**
 * The lower triangles of matrices: the elements on and below a diagonal, zeros above; `[…, rows, columns]`.
 *
 * - `offset`: how far above the main diagonal the triangle ends (default 0); negative ones are below it
 * @throws ShapeError `RANK_INVALID` for less than two axes; ArgumentError `INTEGER_INVALID`.
 * @example
 * ```ts
 * import { tensor, tril } from "@adjoint/core";
 * console.log(tril(tensor([[1, 2], [3, 4]])).toArray()); // → [ [ 1, 0 ], [ 3, 4 ] ]
 * ```
 */
export const tril: OpFunction<[x: Tensor, offset?: number]> = /* @__PURE__ */ triangle("tril");

/**
 * The upper triangles of matrices: the elements on and above a diagonal, zeros below; `[…, rows, columns]`.
 *
 * - `offset`: how far above the main diagonal the triangle begins (default 0); negative ones are below it
 * @throws ShapeError `RANK_INVALID` for less than two axes; ArgumentError `INTEGER_INVALID`.
 * @example
 * ```ts
 * import { tensor, triu } from "@adjoint/core";
 * console.log(triu(tensor([[1, 2], [3, 4]]), 1).toArray()); // → [ [ 0, 2 ], [ 0, 0 ] ]
 * ```
 */
export const triu: OpFunction<[x: Tensor, offset?: number]> = /* @__PURE__ */ triangle("triu");
