import { elementwise, type Unary } from "../op.js";
import { instructions } from "../scalar.js";

/** The sine of x in radians. */
export const sin: Unary = elementwise("sin", { formula: instructions.sin, samples: [[0], [1], [-2]] });

/** The cosine of x in radians. */
export const cos: Unary = elementwise("cos", { formula: instructions.cos, samples: [[0], [1], [-2]] });

/** The tangent of x in radians. */
export const tan: Unary = elementwise("tan", {
  formula: instructions.tan,
  samples: [[0], [1], [-0.5]],
  domain: [[-1.2, 1.2]],
});

/** The inverse tangent, in radians between -π/2 and π/2. */
export const atan: Unary = elementwise("atan", { formula: instructions.atan, samples: [[0], [1], [-20]] });

/** The hyperbolic tangent `(e^x - e^-x) / (e^x + e^-x)`. */
export const tanh: Unary = elementwise("tanh", { formula: instructions.tanh, samples: [[0], [1], [-1], [100]] });
