import { elementwise, type Unary } from "../op.js";
import { instructions } from "../scalar.js";
import { mul } from "./arithmetic.js";

/** The exponential `e^x`. */
export const exp: Unary = elementwise("exp", { formula: instructions.exp, samples: [[0], [1], [-1], [-100]] });

/** The natural logarithm `ln x`; -∞ at 0 and NaN below. */
export const log: Unary = elementwise("log", {
  formula: instructions.log,
  samples: [[1], [0.1], [100]],
  domain: [[0.2, 4]],
});

/** `e^x - 1`, exact also where x is so small that `e^x` rounds to 1. */
export const expm1: Unary = elementwise("expm1", { formula: instructions.expm1, samples: [[0], [1e-10], [1], [-1]] });

/** `ln(1 + x)`, exact also where x is so small that `1 + x` rounds to 1. */
export const log1p: Unary = elementwise("log1p", {
  formula: instructions.log1p,
  samples: [[0], [1e-10], [1], [-0.5]],
  domain: [[-0.7, 3]],
});

/** The logarithm to the base 2. */
export const log2: Unary = elementwise("log2", {
  formula: (x) => mul(log(x), Math.LOG2E),
  samples: [[1], [2], [10]],
  domain: [[0.2, 4]],
});

/** The logarithm to the base 10. */
export const log10: Unary = elementwise("log10", {
  formula: (x) => mul(log(x), Math.LOG10E),
  samples: [[1], [2], [10]],
  domain: [[0.2, 4]],
});

/** The error function `2/√π ∫₀ˣ e^(-t²) dt`. */
export const erf: Unary = elementwise("erf", { formula: instructions.erf, samples: [[0], [0.5], [-2], [10]] });
