import { type Binary, elementwise, type Unary } from "../op.js";
import { instructions } from "../scalar.js";

/**
 * The sum `x + y`, element by element, broadcast.
 *
 * @throws ShapeError `SHAPE_MISMATCH` when the shapes do not broadcast.
 * @example
 * ```ts
 * import { add, tensor } from "@adjoint/core";
 * console.log(add(tensor([[1, 2], [3, 4]]), tensor([10, 20])).toArray()); // → [ [ 11, 22 ], [ 13, 24 ] ]
 * ```
 */
export const add: Binary = elementwise("add", {
  formula: instructions.add,
  samples: [
    [1, 2],
    [0, -3],
    [1e30, 1],
  ],
});

/**
 * The difference `x - y`, element by element, broadcast.
 *
 * @throws ShapeError `SHAPE_MISMATCH` when the shapes do not broadcast.
 * @example
 * ```ts
 * import { sub, tensor } from "@adjoint/core";
 * console.log(sub(1, tensor([0.5, 2]))); // → tensor([ 0.5000, -1.0000])
 * ```
 */
export const sub: Binary = elementwise("sub", {
  formula: instructions.sub,
  samples: [
    [1, 2],
    [0, -3],
    [5, 5],
  ],
});

/**
 * The product `x · y`, element by element, broadcast. For the matrix product see `matmul`.
 *
 * @throws ShapeError `SHAPE_MISMATCH` when the shapes do not broadcast.
 * @example
 * ```ts
 * import { mul, tensor } from "@adjoint/core";
 * console.log(mul(tensor([1, 2, 3]), tensor([[1], [10]])).toArray()); // → [ [ 1, 2, 3 ], [ 10, 20, 30 ] ]
 * ```
 */
export const mul: Binary = elementwise("mul", {
  formula: instructions.mul,
  samples: [
    [2, 3],
    [0, -3],
    [-1, 0.5],
  ],
});

/**
 * The quotient `x / y`, element by element, broadcast; always floating. `x / 0` is ±∞, and `0 / 0` NaN.
 *
 * @throws ShapeError `SHAPE_MISMATCH` when the shapes do not broadcast.
 * @example
 * ```ts
 * import { div, tensor } from "@adjoint/core";
 * console.log(div(tensor([1, -1, 0]), 0)); // → tensor([ inf, -inf,  nan])
 * ```
 */
export const div: Binary = elementwise("div", {
  formula: instructions.div,
  samples: [
    [1, 2],
    [0, -3],
    [-1, 0.5],
  ],
  domain: [
    [-3, 3],
    [0.5, 3],
  ],
});

/**
 * The remainder with the sign of the divisor, `x - y·⌊x/y⌋` (PyTorch's `remainder`, Python's `%`), broadcast.
 *
 * @throws ShapeError `SHAPE_MISMATCH` when the shapes do not broadcast.
 * @example
 * ```ts
 * import { mod, tensor } from "@adjoint/core";
 * console.log(mod(tensor([5, -5]), 3)); // → tensor([2, 1])
 * ```
 */
export const mod: Binary = elementwise("mod", {
  formula: instructions.mod,
  samples: [
    [5, 3],
    [-5, 3],
    [5, -3],
    [0.5, 0.2],
  ],
  domain: [
    [0.1, 0.9],
    [1, 3],
  ],
});

/**
 * The power `x ^ y`, broadcast. `0 ^ 0 = 1`, with derivative 0; a negative base needs an integral exponent, or gives NaN.
 * Integers stay integers, so `2 ^ -1` is 0 among them.
 *
 * @throws ShapeError `SHAPE_MISMATCH` when the shapes do not broadcast.
 * @example
 * ```ts
 * import { pow, tensor } from "@adjoint/core";
 * console.log(pow(tensor([2, 3]), 2)); // → tensor([4, 9])
 * console.log(pow(2, tensor([-1, 0.5]))); // → tensor([0.5000, 1.4142])
 * ```
 */
export const pow: Binary = elementwise("pow", {
  formula: instructions.pow,
  samples: [
    [2, 3],
    [0.5, -1.5],
    [0, 0],
    [0, 1],
    [0, 2],
    [2, 0],
    [1, 100],
  ],
  domain: [
    [0.3, 3],
    [-2, 3],
  ],
});

/**
 * The larger of `x` and `y`, broadcast; NaN when either is. A tie splits the gradient evenly. For the largest element of one
 * tensor see `max`.
 *
 * @throws ShapeError `SHAPE_MISMATCH` when the shapes do not broadcast.
 * @example
 * ```ts
 * import { maximum, minimum, tensor } from "@adjoint/core";
 * const clamped = minimum(maximum(tensor([-2, 0.5, 3]), 0), 1);
 * console.log(clamped); // → tensor([0.0000, 0.5000, 1.0000])
 * ```
 */
export const maximum: Binary = elementwise("maximum", {
  formula: instructions.max,
  samples: [
    [1, 2],
    [2, 1],
    [1, 1],
  ],
});

/**
 * The smaller of `x` and `y`, broadcast; NaN when either is. A tie splits the gradient evenly. For the smallest element of
 * one tensor see `min`.
 *
 * @throws ShapeError `SHAPE_MISMATCH` when the shapes do not broadcast.
 * @example
 * ```ts
 * import { minimum, tensor } from "@adjoint/core";
 * console.log(minimum(tensor([1, 5]), tensor([3, 2]))); // → tensor([1, 2])
 * ```
 */
export const minimum: Binary = elementwise("minimum", {
  formula: instructions.min,
  samples: [
    [1, 2],
    [2, 1],
    [1, 1],
  ],
});

/**
 * The opposite, `-x`; uint8 wraps round.
 *
 * @example
 * ```ts
 * import { neg, tensor } from "@adjoint/core";
 * console.log(neg(tensor([1, -2]))); // → tensor([-1,  2])
 * ```
 */
export const neg: Unary = elementwise("neg", { formula: instructions.neg, samples: [[0], [1], [-2.5]] });

/**
 * The absolute value `|x|`, with derivative 0 at 0.
 *
 * @example
 * ```ts
 * import { abs, tensor } from "@adjoint/core";
 * console.log(abs(tensor([1, -2]))); // → tensor([1, 2])
 * ```
 */
export const abs: Unary = elementwise("abs", { formula: instructions.abs, samples: [[0], [1], [-2.5]] });

/**
 * The sign: -1, 0 or 1, and NaN of NaN; its derivative is 0 everywhere.
 *
 * @example
 * ```ts
 * import { sign, tensor } from "@adjoint/core";
 * console.log(sign(tensor([-3, 0, 2]))); // → tensor([-1,  0,  1])
 * ```
 */
export const sign: Unary = elementwise("sign", { formula: instructions.sign, samples: [[0], [1], [-2.5]] });

/**
 * The square `x²`.
 *
 * @example
 * ```ts
 * import { square, tensor } from "@adjoint/core";
 * console.log(square(tensor([3, -2]))); // → tensor([9, 4])
 * ```
 */
export const square: Unary = elementwise("square", { formula: (x) => mul(x, x), samples: [[0], [1], [-2.5]] });

/**
 * The reciprocal `1 / x`, always floating; ±∞ at 0.
 *
 * @example
 * ```ts
 * import { reciprocal, tensor } from "@adjoint/core";
 * console.log(reciprocal(tensor([2, 4]))); // → tensor([0.5000, 0.2500])
 * ```
 */
export const reciprocal: Unary = elementwise("reciprocal", {
  formula: (x) => div(1, x),
  samples: [[1], [-2.5], [0.1]],
  domain: [[0.3, 3]],
});

/**
 * The square root `√x`, always floating; NaN for negative x, with derivative ∞ at 0.
 *
 * @example
 * ```ts
 * import { sqrt, tensor } from "@adjoint/core";
 * console.log(sqrt(tensor([4, 9]))); // → tensor([2, 3])
 * ```
 */
export const sqrt: Unary = elementwise("sqrt", {
  formula: instructions.sqrt,
  samples: [[1], [4], [0.01]],
  domain: [[0.1, 4]],
});

/**
 * The reciprocal square root `1 / √x`, always floating; ∞ at 0 and NaN below.
 *
 * @example
 * ```ts
 * import { rsqrt, tensor } from "@adjoint/core";
 * console.log(rsqrt(tensor([4, 16]))); // → tensor([0.5000, 0.2500])
 * ```
 */
export const rsqrt: Unary = elementwise("rsqrt", {
  formula: (x) => div(1, sqrt(x)),
  samples: [[1], [4], [0.01]],
  domain: [[0.1, 4]],
});
