import { checkBoolean, checkNumber } from "../arguments.js";
import { compose, type ComposedOp } from "../composed.js";
import { ones } from "../create.js";
import { checkOperand, type Operand } from "../op.js";
import { checkOptions } from "../options.js";
import type { Tensor } from "../tensor.js";
import type { Value } from "../value.js";
import { abs, add, mul, sub } from "./arithmetic.js";
import { eq, isFinite, isNaN, le, logicalAnd, logicalOr } from "./compare.js";

/** Options of {@link isClose}. */
export interface IsCloseOptions {
  /** The distance allowed for each unit of `|y|` (default 1e-5). */
  readonly rtol?: number;
  /** The distance that is always allowed (default 1e-8). */
  readonly atol?: number;
  /** Whether NaN is close to NaN (default false). */
  readonly equalNan?: boolean;
}

/** {@link isClose}: beside a tensor a tensor, of Values a Value, of numbers a number, 1 or 0. */
export interface IsClose {
  (x: Value, y: Value | number, options?: IsCloseOptions): Value;
  (x: number, y: number, options?: IsCloseOptions): number;
  (x: Tensor, y: Operand, options?: IsCloseOptions): Tensor;
  /** Its name and samples. */
  readonly op: ComposedOp<[x: Tensor, y: Operand, options?: IsCloseOptions]>;
}

/**
 * Whether `|x - y| ≤ atol + rtol·|y|`, as bool, broadcast; infinities are close to themselves alone. The result carries no gradient.
 *
 * @throws ArgumentError `OPERAND_KIND`, `OPTION_UNKNOWN`, `NUMBER_INVALID`, `BOOLEAN_INVALID`; ShapeError `SHAPE_MISMATCH`.
 * @example
 * ```ts
 * import { isClose, tensor } from "@adjoint/core";
 * console.log(isClose(tensor([1, 1]), tensor([1.000001, 1.1])).toArray()); // → [ 1, 0 ]
 * ```
 */
export const isClose: IsClose = /* @__PURE__ */ compose(
  "isClose",
  (x: Tensor, y: Operand, options: IsCloseOptions = {}) => {
    for (const operand of [x, y]) checkOperand("isClose", operand);
    checkOptions("isClose", options, "{ rtol: 1e-3 }", ["rtol", "atol", "equalNan"]);
    const rtol = checkNumber("isClose", "rtol", options.rtol ?? 1e-5, 0);
    const atol = checkNumber("isClose", "atol", options.atol ?? 1e-8, 0);
    const nans = checkBoolean("isClose", "equalNan", options.equalNan ?? false);
    const distance = abs(sub(x, y));
    const near = logicalAnd(le(distance, add(mul(abs(y as Tensor), rtol), atol)), isFinite(distance));
    const close = logicalOr(eq(x, y), near);
    return nans ? logicalOr(close, logicalAnd(isNaN(x), isNaN(y as Tensor))) : close;
  },
  {
    samples: () => [
      [ones([2, 3]), ones([3])],
      [ones([0, 2]), 1, { equalNan: true }],
      [ones([]), ones([2]), { rtol: 0.5 }],
    ],
  },
) as IsClose;
