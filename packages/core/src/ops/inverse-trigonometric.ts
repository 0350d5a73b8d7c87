import { elementwise, type Unary } from "../op.js";
import { add, div, mul, neg, sqrt, sub } from "./arithmetic.js";
import { atan } from "./trigonometric.js";
import type { Value } from "../value.js";

/** `√(1 - x²)` without cancellation near ±1. */
const leg = (x: Value): Value => sqrt(mul(sub(1, x), add(1, x)));

/**
 * The inverse sine, in radians from -π/2 to π/2; NaN outside -1 … 1. Computed as `atan(x / √((1 - x)(1 + x)))`.
 *
 * @example
 * ```ts
 * import { asin, tensor } from "@adjoint/core";
 * console.log(asin(tensor([-1, 0, 0.5]))); // → tensor([-1.5708,  0.0000,  0.5236])
 * ```
 */
export const asin: Unary = elementwise("asin", {
  formula: (x) => atan(div(x, leg(x))),
  partials: [(x) => div(1, leg(x))],
  samples: [[0], [0.5], [-0.999], [1e-12]],
  domain: [[-0.9, 0.9]],
});

/**
 * The inverse cosine, in radians from 0 to π; NaN outside -1 … 1. Computed as `2·atan(√((1 - x) / (1 + x)))`, which is exact near 1
 * too.
 *
 * @example
 * ```ts
 * import { acos, tensor } from "@adjoint/core";
 * console.log(acos(tensor([-1, 0, 1]))); // → tensor([3.1416, 1.5708, 0.0000])
 * ```
 */
export const acos: Unary = elementwise("acos", {
  formula: (x) => mul(2, atan(sqrt(div(sub(1, x), add(1, x))))),
  partials: [(x) => neg(div(1, leg(x)))],
  samples: [[0], [0.5], [-0.999], [0.999]],
  domain: [[-0.9, 0.9]],
});
