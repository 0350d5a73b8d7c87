import { type Binary, elementwise } from "../op.js";
import type { Value } from "../value.js";
import { abs, add, div, maximum, minimum, mul, neg, sqrt, square, sub } from "./arithmetic.js";
import { eq, gt, logicalOr, lt, where } from "./compare.js";
import { atan } from "./trigonometric.js";

/** Whether the sign bit is set: of -0 too, whose reciprocal is -∞. */
const isNegative = (x: Value): Value => lt(where(eq(x, 0), div(1, x), x), 0);

/** The smaller of two positive numbers over the larger: 0 of two zeros and 1 of two infinities. */
function ratio(a: Value, b: Value): Value {
  const large = maximum(a, b);
  return where(eq(large, 0), 0, where(eq(minimum(a, b), Infinity), 1, div(minimum(a, b), large)));
}

/**
 * The angle of the point (x, y) from the x axis, in radians from -π to π; y comes first. Broadcast; signed zeros and infinities
 * as in IEEE 754.
 *
 * @throws ShapeError `SHAPE_MISMATCH` when the shapes do not broadcast.
 * @example
 * ```ts
 * import { atan2, tensor } from "@adjoint/core";
 * console.log(atan2(tensor([1, 1, -1]), tensor([1, -1, 0]))); // → tensor([ 0.7854,  2.3562, -1.5708])
 * ```
 */
export const atan2: Binary = elementwise("atan2", {
  formula: (y: Value, x: Value) => {
    const acute = atan(ratio(abs(y), abs(x)));
    const right = where(gt(abs(y), abs(x)), sub(Math.PI / 2, acute), acute);
    const upper = where(isNegative(x), sub(Math.PI, right), right);
    return where(isNegative(y), neg(upper), upper);
  },
  partials: [(y, x) => div(x, add(square(x), square(y))), (y, x) => neg(div(y, add(square(x), square(y))))],
  samples: [
    [1, 2],
    [1, -2],
    [-3, 1],
    [0, 1],
    [1, 0],
    [-1, 0],
    [Infinity, -Infinity],
  ],
  domain: [
    [0.2, 3],
    [-3, 3],
  ],
});

/**
 * The length `√(x² + y²)`, broadcast, computed without overflow.
 *
 * @throws ShapeError `SHAPE_MISMATCH` when the shapes do not broadcast.
 * @example
 * ```ts
 * import { hypot, tensor } from "@adjoint/core";
 * console.log(hypot(tensor([3, 5]), tensor([4, 12]))); // → tensor([ 5, 13])
 * console.log(hypot(1e200, 0)); // → 1e+200
 * ```
 */
export const hypot: Binary = elementwise("hypot", {
  formula: (x: Value, y: Value) => {
    const length = mul(maximum(abs(x), abs(y)), sqrt(add(1, square(ratio(abs(x), abs(y))))));
    return where(logicalOr(eq(abs(x), Infinity), eq(abs(y), Infinity)), Infinity, length); // beside NaN too
  },
  partials: [(x, _y, length) => div(x, length), (_x, y, length) => div(y, length)],
  samples: [
    [3, 4],
    [-1, 0],
    [0, 2],
    [1e200, 1e200],
    [Infinity, 1],
  ],
  domain: [
    [0.2, 3],
    [-3, 3],
  ],
});
