import { checkRank, checkTensor } from "../arguments.js";
import { compose, type Composed } from "../composed.js";
import { ones } from "../create.js";
import { ShapeError } from "../errors.js";
import { broadcastShapes, formatShape, normalizeAxis } from "../shape.js";
import type { Tensor } from "../tensor.js";
import { mul, sub } from "./arithmetic.js";
import { diagonal } from "./diagonal.js";
import { checkFactors, matmul } from "./matmul.js";
import { sum } from "./reduce.js";
import { roll } from "./roll.js";
import { reshape, unsqueeze } from "./shape.js";

/**
 * The product of each matrix of one batch with that of another: `out[i] = a[i]·b[i]`, `[batch, m, k]` and `[batch, k, n]` to
 * `[batch, m, n]`. Nothing is broadcast; `matmul` does that.
 *
 * @throws ShapeError `RANK_INVALID` unless both have three axes, `MATMUL_SHAPES` for sizes that differ; DTypeError `DTYPE_BOOL`.
 * @example
 * ```ts
 * import { bmm, tensor } from "@adjoint/core";
 * const a = tensor([[[1, 2]], [[3, 4]]]);
 * const b = tensor([[[1], [1]], [[2], [2]]]);
 * console.log(bmm(a, b).toArray()); // → [ [ [ 3 ] ], [ [ 14 ] ] ]
 * ```
 */
export const bmm: Composed<(a: Tensor, b: Tensor) => Tensor> = compose(
  "bmm",
  (a, b) => {
    checkRank("bmm", a, "[batch, m, k]", 3, 3);
    checkRank("bmm", b, "[batch, k, n]", 3, 3);
    checkFactors("bmm", a, b);
    if (a.shape[0] === b.shape[0]) return matmul(a, b);
    throw new ShapeError(
      "MATMUL_SHAPES",
      `bmm: ${formatShape(a.shape)} x ${formatShape(b.shape)}: ${a.shape[0]} and ${b.shape[0]} matrices; use matmul to broadcast`,
    );
  },
  {
    samples: () => [
      [ones([2, 3, 2]), ones([2, 2, 1])],
      [ones([0, 1, 2]), ones([0, 2, 3])],
    ],
  },
);

/**
 * The dot product of two vectors, `Σᵢ xᵢ·yᵢ`; a scalar.
 *
 * @throws ShapeError `RANK_INVALID` unless both are vectors, `MATMUL_SHAPES` for lengths that differ; DTypeError `DTYPE_BOOL`.
 * @example
 * ```ts
 * import { dot, tensor } from "@adjoint/core";
 * console.log(dot(tensor([1, 2, 3]), tensor([4, 5, 6])).item()); // → 32
 * ```
 */
export const dot: Composed<(x: Tensor, y: Tensor) => Tensor> = compose(
  "dot",
  (x, y) => {
    checkRank("dot", x, "a vector [n]", 1, 1);
    checkRank("dot", y, "a vector [n]", 1, 1);
    checkFactors("dot", x, y);
    return matmul(x, y);
  },
  {
    samples: () => [
      [ones([3]), ones([3])],
      [ones([0]), ones([0])],
    ],
  },
);

/**
 * The outer product of two vectors, `out[i][j] = xᵢ·yⱼ`: `[m]` and `[n]` to `[m, n]`.
 *
 * @throws ShapeError `RANK_INVALID` unless both are vectors.
 * @example
 * ```ts
 * import { outer, tensor } from "@adjoint/core";
 * console.log(outer(tensor([1, 2]), tensor([3, 4, 5])).toArray()); // → [ [ 3, 4, 5 ], [ 6, 8, 10 ] ]
 * ```
 */
export const outer: Composed<(x: Tensor, y: Tensor) => Tensor> = compose(
  "outer",
  (x, y) => {
    checkRank("outer", x, "a vector [m]", 1, 1);
    checkRank("outer", y, "a vector [n]", 1, 1);
    return mul(unsqueeze(x, 1), y);
  },
  {
    samples: () => [
      [ones([3]), ones([2])],
      [ones([0]), ones([2])],
    ],
  },
);

/**
 * The dot products of the vectors along an axis (default the last), `Σᵢ xᵢ·yᵢ`, the other axes broadcast.
 *
 * @throws ShapeError `SHAPE_MISMATCH` when the shapes do not broadcast, `AXIS_OUT_OF_RANGE`.
 * @example
 * ```ts
 * import { tensor, vecdot } from "@adjoint/core";
 * console.log(vecdot(tensor([[1, 2], [3, 4]]), tensor([1, 10])).toArray()); // → [ 21, 43 ]
 * ```
 */
export const vecdot: Composed<(x: Tensor, y: Tensor, axis?: number) => Tensor> = compose(
  "vecdot",
  (x, y, axis = -1) => {
    checkTensor("vecdot", x);
    checkTensor("vecdot", y);
    const shape = broadcastShapes("vecdot", [x.shape, y.shape]);
    return sum(mul(x, y), { axis: normalizeAxis("vecdot", axis, shape.length, shape) });
  },
  {
    samples: () => [
      [ones([2, 3]), ones([3])],
      [ones([2, 3]), ones([2, 1]), 0],
    ],
  },
);

/**
 * The cross product of vectors of three along an axis (default the last), the other axes broadcast: `out₁ = x₂y₃ - x₃y₂` and so
 * on around.
 *
 * @throws ShapeError `CROSS_SIZE` unless the size along the axis is 3, `SHAPE_MISMATCH`, `AXIS_OUT_OF_RANGE`.
 * @example
 * ```ts
 * import { cross, tensor } from "@adjoint/core";
 * console.log(cross(tensor([1, 0, 0]), tensor([0, 1, 0]))); // → tensor([0, 0, 1])
 * ```
 */
export const cross: Composed<(x: Tensor, y: Tensor, axis?: number) => Tensor> = compose(
  "cross",
  (x, y, axis = -1) => {
    checkTensor("cross", x);
    checkTensor("cross", y);
    const shape = broadcastShapes("cross", [x.shape, y.shape]);
    // Counted from the end, an axis is the same one in both.
    const at = normalizeAxis("cross", axis, shape.length, shape) - shape.length;
    if (x.shape.at(at) !== 3 || y.shape.at(at) !== 3) {
      throw new ShapeError(
        "CROSS_SIZE",
        `cross: ${formatShape(x.shape)} and ${formatShape(y.shape)} along axis ${axis}: both sizes must be 3`,
      );
    }
    // The vectors turned by one place: [x₂, x₃, x₁]. Then x × y = turned(x · turned(y) - turned(x) · y).
    const turned = (v: Tensor): Tensor => roll(v, -1, at);
    return turned(sub(mul(x, turned(y)), mul(turned(x), y)));
  },
  {
    samples: () => [
      [ones([3]), ones([3])],
      [ones([3, 2]), ones([2, 3, 1]), 1],
    ],
  },
);

/**
 * The Kronecker product: `out[i·p + k][j·q + l] = a[i][j] · b[k][l]` for `a: [m, n]` and `b: [p, q]`, and so for any number of
 * axes; the tensor with fewer gets axes of size 1 in front.
 *
 * @throws ArgumentError `OPERAND_KIND`.
 * @example
 * ```ts
 * import { eye, kron, tensor } from "@adjoint/core";
 * console.log(kron(eye(2), tensor([[1, 2]])).toArray()); // → [ [ 1, 2, 0, 0 ], [ 0, 0, 1, 2 ] ]
 * ```
 */
export const kron: Composed<(a: Tensor, b: Tensor) => Tensor> = compose(
  "kron",
  (a, b) => {
    checkTensor("kron", a);
    checkTensor("kron", b);
    const rank = Math.max(a.ndim, b.ndim);
    const sizes = (x: Tensor): number[] => [...new Array<number>(rank - x.ndim).fill(1), ...x.shape];
    const [m, n] = [sizes(a), sizes(b)];
    const product = mul(
      reshape(
        a,
        m.flatMap((size) => [size, 1]),
      ),
      reshape(
        b,
        n.flatMap((size) => [1, size]),
      ),
    );
    return reshape(
      product,
      m.map((size, i) => size * n[i]),
    );
  },
  {
    samples: () => [
      [ones([2, 3]), ones([2, 2])],
      [ones([2]), ones([2, 1, 2])],
      [ones([]), ones([0, 2])],
    ],
  },
);

/**
 * The traces of matrices, the sums of their diagonals: `[…, m, n]` to `[…]`.
 *
 * @throws ShapeError `RANK_INVALID` for less than two axes.
 * @example
 * ```ts
 * import { tensor, trace } from "@adjoint/core";
 * console.log(trace(tensor([[1, 2], [3, 4]])).item()); // → 5
 * ```
 */
export const trace: Composed<(x: Tensor) => Tensor> = compose(
  "trace",
  (x) => {
    checkRank("trace", x, "[…, rows, columns]", 2);
    return sum(diagonal(x, 0, -2, -1), { axis: -1 });
  },
  { samples: () => [[ones([3, 3])], [ones([2, 3, 2])], [ones([0, 2])]] },
);
