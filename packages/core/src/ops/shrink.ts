import { elementwise, type Unary, type UnaryWithOptions } from "../op.js";
import { abs, add, div, mul, neg, square, sub } from "./arithmetic.js";
import { ge, gt, le, lt, where } from "./compare.js";
import { tanh } from "./trigonometric.js";

/**
 * `x` held between `min` and `max` (default -1 and 1), always floating; outside and at the bounds the derivative is 0. For bounds that pass the
 * gradient, or that are tensors, see `clamp`.
 *
 * @throws ArgumentError `OPTION_UNKNOWN`, `OPTION_KIND`.
 * @example
 * ```ts
 * import { hardtanh, tensor } from "@adjoint/core";
 * console.log(hardtanh(tensor([-2, 0.5, 3]))); // → tensor([-1.0000,  0.5000,  1.0000])
 * ```
 */
export const hardtanh: UnaryWithOptions<{ min: number; max: number }> = elementwise("hardtanh", {
  formula: (x, { min, max }) => where(le(x, min), min, where(ge(x, max), max, x)),
  options: { min: -1, max: 1 },
  result: "float",
  samples: [[0], [-1], [1], [2], [-1000]],
});

/**
 * The rectifier that stops at 6, `min(max(x, 0), 6)`, with derivative 0 at 0 and 6.
 *
 * @example
 * ```ts
 * import { relu6, tensor } from "@adjoint/core";
 * console.log(relu6(tensor([-1, 2, 8]))); // → tensor([0, 2, 6])
 * ```
 */
export const relu6: Unary = elementwise("relu6", {
  formula: (x) => where(le(x, 0), 0, where(ge(x, 6), 6, x)),
  samples: [[0], [1], [6], [8], [-1]],
});

/**
 * The sigmoid in three straight pieces, `relu6(x + 3) / 6`.
 *
 * @example
 * ```ts
 * import { hardsigmoid, tensor } from "@adjoint/core";
 * console.log(hardsigmoid(tensor([-4, 0, 1.5]))); // → tensor([0.0000, 0.5000, 0.7500])
 * ```
 */
export const hardsigmoid: Unary = elementwise("hardsigmoid", {
  formula: (x) => div(relu6(add(x, 3)), 6),
  samples: [[0], [-3], [3], [100], [-100]],
});

/**
 * `x · relu6(x + 3) / 6`, in straight pieces and a parabola what `silu` is; the derivatives at -3 and 3 are those of the parabola.
 * Howard et al., 2019, arXiv:1905.02244.
 *
 * @example
 * ```ts
 * import { hardswish, tensor } from "@adjoint/core";
 * console.log(hardswish(tensor([-4, -1, 4]))); // → tensor([ 0.0000, -0.3333,  4.0000])
 * ```
 */
export const hardswish: Unary = elementwise("hardswish", {
  formula: (x) => mul(x, where(lt(x, -3), 0, where(gt(x, 3), 1, div(add(x, 3), 6)))),
  samples: [[0], [-3], [3], [100], [-100]],
});

/**
 * `x` where `|x| > lambd` (default 0.5), else 0.
 *
 * @throws ArgumentError `OPTION_UNKNOWN`, `OPTION_KIND`.
 * @example
 * ```ts
 * import { hardshrink, tensor } from "@adjoint/core";
 * console.log(hardshrink(tensor([-2, 0.4, 1]))); // → tensor([-2,  0,  1])
 * ```
 */
export const hardshrink: UnaryWithOptions<{ lambd: number }> = elementwise("hardshrink", {
  formula: (x, { lambd }) => where(le(abs(x), lambd), 0, x),
  options: { lambd: 0.5 },
  samples: [[0], [1], [-1], [0.5]],
});

/**
 * `x` moved towards 0 by `lambd` (default 0.5), and 0 where `|x| ≤ lambd`: the proximal map of `lambd·|x|`.
 *
 * @throws ArgumentError `OPTION_UNKNOWN`, `OPTION_KIND`.
 * @example
 * ```ts
 * import { softshrink, tensor } from "@adjoint/core";
 * console.log(softshrink(tensor([-2, 0.4, 1]))); // → tensor([-1.5000,  0.0000,  0.5000])
 * ```
 */
export const softshrink: UnaryWithOptions<{ lambd: number }> = elementwise("softshrink", {
  // The product keeps NaN.
  formula: (x, { lambd }) => where(gt(x, lambd), sub(x, lambd), where(lt(x, neg(lambd)), add(x, lambd), mul(x, 0))),
  options: { lambd: 0.5 },
  samples: [[0], [1], [-1], [0.5]],
});

/**
 * What `tanh` takes away, `x - tanh x`, with the derivative `tanh² x`.
 *
 * @example
 * ```ts
 * import { tanhshrink, tensor } from "@adjoint/core";
 * console.log(tanhshrink(tensor([0, 1, -2]))); // → tensor([ 0.0000,  0.2384, -1.0360])
 * ```
 */
export const tanhshrink: Unary = elementwise("tanhshrink", {
  formula: (x) => sub(x, tanh(x)),
  partials: [(x) => square(tanh(x))],
  samples: [[0], [1], [-1], [1000]],
});

/**
 * `x` where it is above `threshold` (default 0), else `value` (default 0), with derivative 0 at the threshold.
 *
 * @throws ArgumentError `OPTION_UNKNOWN`, `OPTION_KIND`.
 * @example
 * ```ts
 * import { tensor, threshold } from "@adjoint/core";
 * console.log(threshold(tensor([-2, 0.5, 3]), { threshold: 1, value: -1 })); // → tensor([-1, -1,  3])
 * ```
 */
export const threshold: UnaryWithOptions<{ threshold: number; value: number }> = elementwise("threshold", {
  formula: (x, { threshold: bound, value }) => where(le(x, bound), value, x),
  options: { threshold: 0, value: 0 },
  samples: [[0], [1], [-1], [1000]],
});

/**
 * `x / (1 + |x|)`, from -1 to 1.
 *
 * @example
 * ```ts
 * import { softsign, tensor } from "@adjoint/core";
 * console.log(softsign(tensor([0, 1, -3]))); // → tensor([ 0.0000,  0.5000, -0.7500])
 * ```
 */
export const softsign: Unary = elementwise("softsign", {
  formula: (x) => div(x, add(1, abs(x))),
  partials: [(x) => square(div(1, add(1, abs(x))))],
  samples: [[0.5], [1], [-1], [1e200]],
});
