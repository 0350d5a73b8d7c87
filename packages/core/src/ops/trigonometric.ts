import { elementwise, type Unary } from "../op.js";
import { instructions } from "../scalar.js";

/**
 * The sine of x in radians.
 *
 * @example
 * ```ts
 * import { sin, tensor } from "@adjoint/core";
 * console.log(sin(tensor([0, Math.PI / 2]))); // → tensor([0, 1])
 * ```
 */
export const sin: Unary = elementwise("sin", { formula: instructions.sin, samples: [[0], [1], [-2]] });

/**
 * The cosine of x in radians.
 *
 * @example
 * ```ts
 * import { cos, tensor } from "@adjoint/core";
 * console.log(cos(tensor([0, Math.PI]))); // → tensor([ 1, -1])
 * ```
 */
export const cos: Unary = elementwise("cos", { formula: instructions.cos, samples: [[0], [1], [-2]] });

/**
 * The tangent `sin x / cos x` of x in radians.
 *
 * @example
 * ```ts
 * import { tan, tensor } from "@adjoint/core";
 * console.log(tan(tensor([0, 1]))); // → tensor([0.0000, 1.5574])
 * ```
 */
export const tan: Unary = elementwise("tan", {
  formula: instructions.tan,
  samples: [[0], [1], [-0.5]],
  domain: [[-1.2, 1.2]],
});

/**
 * The inverse tangent, in radians between -π/2 and π/2.
 *
 * @example
 * ```ts
 * import { atan, tensor } from "@adjoint/core";
 * console.log(atan(tensor([0, 1, -20]))); // → tensor([ 0.0000,  0.7854, -1.5208])
 * ```
 */
export const atan: Unary = elementwise("atan", { formula: instructions.atan, samples: [[0], [1], [-20]] });

/**
 * The hyperbolic tangent `(e^x - e^-x) / (e^x + e^-x)`, from -1 to 1.
 *
 * @example
 * ```ts
 * import { tanh, tensor } from "@adjoint/core";
 * console.log(tanh(tensor([0, 1, -100]))); // → tensor([ 0.0000,  0.7616, -1.0000])
 * ```
 */
export const tanh: Unary = elementwise("tanh", { formula: instructions.tanh, samples: [[0], [1], [-1], [100]] });
