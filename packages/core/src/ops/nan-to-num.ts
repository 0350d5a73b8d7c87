import { compose, type ComposedOp } from "../composed.js";
import { ones, tensor } from "../create.js";
import { isFloating } from "../dtype.js";
import { ArgumentError, describe } from "../errors.js";
import { elementwise, type UnaryWithOptions } from "../op.js";
import { checkOptions } from "../options.js";
import { Tensor } from "../tensor.js";
import type { Value } from "../value.js";
import { eq, ne, where } from "./compare.js";

/** What {@link nanToNum} puts in the places of what is not finite. */
export interface NanToNumOptions {
  /** In place of NaN (default 0). */
  readonly nan?: number;
  /** In place of ∞ (default the largest number of the dtype). */
  readonly posinf?: number;
  /** In place of -∞ (default the smallest number of the dtype). */
  readonly neginf?: number;
}

/** {@link nanToNum}: a tensor gives a tensor, a Value a Value, a number a number. */
export interface NanToNum {
  (x: Value, options?: NanToNumOptions): Value;
  (x: number, options?: NanToNumOptions): number;
  (x: Tensor, options?: NanToNumOptions): Tensor;
  /** Its name and samples. */
  readonly op: ComposedOp<[x: Tensor, options?: NanToNumOptions]>;
}

const replaced: UnaryWithOptions<Required<NanToNumOptions>> = elementwise("nanToNum", {
  formula: (x, { nan, posinf, neginf }) =>
    where(ne(x, x), nan, where(eq(x, Infinity), posinf, where(eq(x, -Infinity), neginf, x))),
  options: { nan: 0, posinf: 0, neginf: 0 },
  samples: [[0], [NaN], [Infinity], [-Infinity]],
});

/**
 * `x` with numbers in the places of NaN (0), ∞ and -∞ (the largest and the smallest of the dtype), where the derivative is 0. Integers
 * stay as they are.
 *
 * @throws ArgumentError `OPERAND_KIND`, `OPTION_UNKNOWN`, `OPTION_KIND`.
 * @example
 * ```ts
 * import { nanToNum, tensor } from "@adjoint/core";
 * console.log(nanToNum(tensor([1, NaN, Infinity]), { posinf: 9 })); // → tensor([1, 0, 9])
 * ```
 */
export const nanToNum: NanToNum = /* @__PURE__ */ compose(
  "nanToNum",
  (x: Tensor, options: NanToNumOptions = {}) => {
    checkOptions("nanToNum", options, "{ nan: 0 }", ["nan", "posinf", "neginf"]);
    const dtype = x instanceof Tensor ? x.dtype : "float64";
    const largest = dtype === "float64" ? Number.MAX_VALUE : (2 - 2 ** -23) * 2 ** 127;
    const { nan = 0, posinf = largest, neginf = -largest } = options;
    for (const given of [nan, posinf, neginf]) {
      if (typeof given === "number") continue;
      throw new ArgumentError("OPTION_KIND", `nanToNum: ${describe(given)} is no replacement; use a number`);
    }
    return isFloating(dtype) ? replaced(x, { nan, posinf, neginf }) : x;
  },
  {
    samples: () => [
      [ones([2, 3])],
      [ones([0, 2]), { nan: 1 }],
      [ones([]), { posinf: 1, neginf: -1 }],
      [tensor([1, 2], { dtype: "int32" })],
    ],
  },
) as NanToNum;
