import { type Binary, elementwise, type Ternary, type Unary } from "../op.js";
import { instructions } from "../scalar.js";
import type { Value } from "../value.js";
import { abs, add, mul } from "./arithmetic.js";

/**
 * Whether `x = y`, as bool, broadcast. NaN equals nothing. The result carries no gradient.
 *
 * @throws ShapeError `SHAPE_MISMATCH` when the shapes do not broadcast.
 * @example
 * ```ts
 * import { eq, tensor } from "@adjoint/core";
 * console.log(eq(tensor([1, 2, NaN]), tensor([1, 3, NaN])).toArray()); // → [ 1, 0, 0 ]
 * ```
 */
export const eq: Binary = elementwise("eq", {
  formula: instructions.eq,
  samples: [
    [1, 1],
    [1, 2],
    [2, 1],
  ],
});

/**
 * Whether `x ≠ y`, as bool, broadcast. NaN differs from everything. The result carries no gradient.
 *
 * @throws ShapeError `SHAPE_MISMATCH` when the shapes do not broadcast.
 * @example
 * ```ts
 * import { ne, tensor } from "@adjoint/core";
 * console.log(ne(tensor([1, 2, NaN]), tensor([1, 3, NaN])).toArray()); // → [ 0, 1, 1 ]
 * ```
 */
export const ne: Binary = elementwise("ne", {
  formula: instructions.ne,
  samples: [
    [1, 1],
    [1, 2],
    [2, 1],
  ],
});

/**
 * Whether `x < y`, as bool, broadcast; false beside NaN. The result carries no gradient.
 *
 * @throws ShapeError `SHAPE_MISMATCH` when the shapes do not broadcast.
 * @example
 * ```ts
 * import { lt, tensor } from "@adjoint/core";
 * console.log(lt(tensor([1, 2, 3]), 2).toArray()); // → [ 1, 0, 0 ]
 * ```
 */
export const lt: Binary = elementwise("lt", {
  formula: instructions.lt,
  samples: [
    [1, 1],
    [1, 2],
    [2, 1],
  ],
});

/**
 * Whether `x ≤ y`, as bool, broadcast; false beside NaN. The result carries no gradient.
 *
 * @throws ShapeError `SHAPE_MISMATCH` when the shapes do not broadcast.
 * @example
 * ```ts
 * import { le, tensor } from "@adjoint/core";
 * console.log(le(tensor([1, 2, 3]), 2).toArray()); // → [ 1, 1, 0 ]
 * ```
 */
export const le: Binary = elementwise("le", {
  formula: instructions.le,
  samples: [
    [1, 1],
    [1, 2],
    [2, 1],
  ],
});

/**
 * Whether `x > y`, as bool, broadcast; false beside NaN. The result carries no gradient.
 *
 * @throws ShapeError `SHAPE_MISMATCH` when the shapes do not broadcast.
 * @example
 * ```ts
 * import { gt, tensor } from "@adjoint/core";
 * console.log(gt(tensor([1, 2, 3]), 2).toArray()); // → [ 0, 0, 1 ]
 * ```
 */
export const gt: Binary = elementwise("gt", {
  formula: instructions.gt,
  samples: [
    [1, 1],
    [1, 2],
    [2, 1],
  ],
});

/**
 * Whether `x ≥ y`, as bool, broadcast; false beside NaN. The result carries no gradient.
 *
 * @throws ShapeError `SHAPE_MISMATCH` when the shapes do not broadcast.
 * @example
 * ```ts
 * import { ge, tensor } from "@adjoint/core";
 * console.log(ge(tensor([1, 2, 3]), 2).toArray()); // → [ 0, 1, 1 ]
 * ```
 */
export const ge: Binary = elementwise("ge", {
  formula: instructions.ge,
  samples: [
    [1, 1],
    [1, 2],
    [2, 1],
  ],
});

/**
 * Whether x is NaN, as bool. The result carries no gradient.
 *
 * @example
 * ```ts
 * import { isNaN, tensor } from "@adjoint/core";
 * console.log(isNaN(tensor([1, NaN])).toArray()); // → [ 0, 1 ]
 * ```
 */
export const isNaN: Unary = elementwise("isNaN", { formula: (x) => ne(x, x), samples: [[0], [NaN], [Infinity]] });

/**
 * `x` where the condition is not 0, else `y`, all three broadcast. The gradient goes to the branch that was taken; an infinite
 * or NaN derivative of the other one still spoils it, so that branch should be kept finite.
 *
 * @throws ShapeError `SHAPE_MISMATCH` when the shapes do not broadcast.
 * @example
 * ```ts
 * import { gt, tensor, where } from "@adjoint/core";
 * const x = tensor([1, -2, 3]);
 * console.log(where(gt(x, 0), x, 0)); // → tensor([1, 0, 3])
 * ```
 */
export const where: Ternary = elementwise("where", {
  formula: instructions.select,
  samples: [
    [1, 2, 3],
    [0, 2, 3],
    [-1, 2, 3],
  ],
});

/**
 * Whether x is 0, as bool. The result carries no gradient.
 *
 * @example
 * ```ts
 * import { logicalNot, tensor } from "@adjoint/core";
 * console.log(logicalNot(tensor([0, 1, 2])).toArray()); // → [ 1, 0, 0 ]
 * ```
 */
export const logicalNot: Unary = elementwise("logicalNot", { formula: (x) => eq(x, 0), samples: [[0], [1], [-2]] });

/**
 * Whether both are not 0, as bool, broadcast. The result carries no gradient.
 *
 * @throws ShapeError `SHAPE_MISMATCH` when the shapes do not broadcast.
 * @example
 * ```ts
 * import { logicalAnd, tensor } from "@adjoint/core";
 * console.log(logicalAnd(tensor([0, 1, 2]), tensor([1, 1, 0])).toArray()); // → [ 0, 1, 0 ]
 * ```
 */
export const logicalAnd: Binary = elementwise("logicalAnd", {
  formula: (x: Value, y: Value) => ne(mul(ne(x, 0), ne(y, 0)), 0),
  samples: [
    [0, 1],
    [1, 1],
    [0, 0],
  ],
});

/**
 * Whether either is not 0, as bool, broadcast. The result carries no gradient.
 *
 * @throws ShapeError `SHAPE_MISMATCH` when the shapes do not broadcast.
 * @example
 * ```ts
 * import { logicalOr, tensor } from "@adjoint/core";
 * console.log(logicalOr(tensor([0, 1, 2]), tensor([0, 1, 0])).toArray()); // → [ 0, 1, 1 ]
 * ```
 */
export const logicalOr: Binary = elementwise("logicalOr", {
  formula: (x: Value, y: Value) => ne(add(ne(x, 0), ne(y, 0)), 0),
  samples: [
    [0, 1],
    [1, 1],
    [0, 0],
  ],
});

/**
 * Whether exactly one of the two is not 0, as bool, broadcast. The result carries no gradient.
 *
 * @throws ShapeError `SHAPE_MISMATCH` when the shapes do not broadcast.
 * @example
 * ```ts
 * import { logicalXor, tensor } from "@adjoint/core";
 * console.log(logicalXor(tensor([0, 1, 2]), tensor([0, 1, 0])).toArray()); // → [ 0, 0, 1 ]
 * ```
 */
export const logicalXor: Binary = elementwise("logicalXor", {
  formula: (x: Value, y: Value) => ne(ne(x, 0), ne(y, 0)),
  samples: [
    [0, 1],
    [1, 1],
    [0, 0],
  ],
});

/**
 * Whether x is ∞ or -∞, as bool. The result carries no gradient.
 *
 * @example
 * ```ts
 * import { isInf, tensor } from "@adjoint/core";
 * console.log(isInf(tensor([1, -Infinity, NaN])).toArray()); // → [ 0, 1, 0 ]
 * ```
 */
export const isInf: Unary = elementwise("isInf", {
  formula: (x) => eq(abs(x), Infinity),
  samples: [[0], [NaN], [Infinity], [-Infinity]],
});

/**
 * Whether x is neither infinite nor NaN, as bool. The result carries no gradient.
 *
 * @example
 * ```ts
 * import { isFinite, tensor } from "@adjoint/core";
 * console.log(isFinite(tensor([1, -Infinity, NaN])).toArray()); // → [ 1, 0, 0 ]
 * ```
 */
export const isFinite: Unary = elementwise("isFinite", {
  formula: (x) => lt(abs(x), Infinity),
  samples: [[0], [NaN], [Infinity], [-Infinity]],
});
