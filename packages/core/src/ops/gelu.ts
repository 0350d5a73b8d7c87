import { checkChoice } from "../arguments.js";
import { elementwise, type ElementwiseOp, type Operand, type Unary } from "../op.js";
import { checkOptions } from "../options.js";
import type { Tensor } from "../tensor.js";
import type { Value } from "../value.js";
import { add, mul, square } from "./arithmetic.js";
import { erf } from "./exponential.js";
import { tanh } from "./trigonometric.js";

/** Options of {@link gelu}. */
export interface GeluOptions {
  /** `"tanh"` for the approximation `½x·(1 + tanh(√(2/π)·(x + 0.044715 x³)))` (default `"none"`). */
  readonly approximate?: "none" | "tanh";
}

/** {@link gelu}: a tensor gives a tensor, a number a number, a Value a Value. */
export interface Gelu {
  (x: Tensor, options?: GeluOptions): Tensor;
  (x: Value, options?: GeluOptions): Value;
  (x: number, options?: GeluOptions): number;
  /** The definition without the approximation. */
  readonly op: ElementwiseOp;
}

const exact: Unary = elementwise("gelu", {
  formula: (x) => mul(x, mul(0.5, add(1, erf(mul(x, Math.SQRT1_2))))),
  samples: [[0], [1], [-1], [10], [-10]],
});

/** The approximation, as an op of its own. */
export const tanhGelu: Unary = elementwise("gelu", {
  formula: (x) => {
    const inner = mul(mul(x, Math.sqrt(2 / Math.PI)), add(1, mul(0.044715, square(x))));
    return mul(mul(0.5, x), add(1, tanh(inner)));
  },
  samples: [[0], [1], [-1], [10], [-10]],
});

function call(x: Operand, options: GeluOptions = {}): Operand {
  checkOptions("gelu", options, '{ approximate: "tanh" }', ["approximate"]);
  const { approximate = "none" } = options;
  checkChoice("gelu", "approximate", approximate, ["none", "tanh"]);
  return (approximate === "tanh" ? tanhGelu : exact)(x as Tensor);
}

/**
 * Gaussian error linear unit, `x · Φ(x)` with the normal distribution function Φ, or, with `approximate: "tanh"`, its usual
 * approximation by tanh. Hendrycks and Gimpel, 2016, arXiv:1606.08415.
 *
 * @throws ArgumentError `OPERAND_KIND`, `OPTION_UNKNOWN`, `CHOICE_INVALID`.
 * @example
 * ```ts
 * import { gelu, tensor } from "@adjoint/core";
 * console.log(gelu(tensor([-1, 0, 1]))); // → tensor([-0.1587,  0.0000,  0.8413])
 * console.log(gelu(tensor([-1, 0, 1]), { approximate: "tanh" })); // → tensor([-0.1588,  0.0000,  0.8412])
 * ```
 */
export const gelu: Gelu = /* @__PURE__ */ Object.assign(call as Omit<Gelu, "op">, { op: exact.op }) as Gelu;
