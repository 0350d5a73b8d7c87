import { type Binary, elementwise, type Unary } from "../op.js";
import { instructions } from "../scalar.js";
import type { Value } from "../value.js";

/** The sum `x + y`, element by element, broadcast. */
export const add: Binary = elementwise("add", {
  formula: instructions.add,
  samples: [
    [1, 2],
    [0, -3],
    [1e30, 1],
  ],
});

/** The difference `x - y`, element by element, broadcast. */
export const sub: Binary = elementwise("sub", {
  formula: instructions.sub,
  samples: [
    [1, 2],
    [0, -3],
    [5, 5],
  ],
});

/** The product `x · y`, element by element, broadcast. For the matrix product see `matmul`. */
export const mul: Binary = elementwise("mul", {
  formula: instructions.mul,
  samples: [
    [2, 3],
    [0, -3],
    [-1, 0.5],
  ],
});

/** The quotient `x / y`, element by element, broadcast; always floating. `x / 0` is ±∞ or NaN. */
export const div: Binary = elementwise("div", {
  formula: instructions.div,
  samples: [
    [1, 2],
    [0, -3],
    [-1, 0.5],
  ],
  domain: [
    [-3, 3],
    [0.5, 3],
  ],
});

/** The remainder with the sign of the divisor, `x - y·⌊x/y⌋` (PyTorch's `remainder`, Python's `%`). */
export const mod: Binary = elementwise("mod", {
  formula: instructions.mod,
  samples: [
    [5, 3],
    [-5, 3],
    [5, -3],
    [0.5, 0.2],
  ],
  domain: [
    [0.1, 0.9],
    [1, 3],
  ],
});

/** The power `x ^ y`. `0 ^ 0 = 1`, with derivative 0; a negative base needs an integral exponent, or gives NaN. */
export const pow: Binary = elementwise("pow", {
  formula: instructions.pow,
  samples: [
    [2, 3],
    [0.5, -1.5],
    [0, 0],
    [0, 1],
    [0, 2],
    [2, 0],
    [1, 100],
  ],
  domain: [
    [0.3, 3],
    [-2, 3],
  ],
});

/** The larger of `x` and `y`; NaN when either is. A tie splits the gradient evenly. */
export const maximum: Binary = elementwise("maximum", {
  formula: instructions.max,
  samples: [
    [1, 2],
    [2, 1],
    [1, 1],
  ],
});

/** The smaller of `x` and `y`; NaN when either is. A tie splits the gradient evenly. */
export const minimum: Binary = elementwise("minimum", {
  formula: instructions.min,
  samples: [
    [1, 2],
    [2, 1],
    [1, 1],
  ],
});

/** The opposite, `-x`. */
export const neg: Unary = elementwise("neg", { formula: instructions.neg, samples: [[0], [1], [-2.5]] });

/** The absolute value `|x|`, with derivative 0 at 0. */
export const abs: Unary = elementwise("abs", { formula: instructions.abs, samples: [[0], [1], [-2.5]] });

/** The sign: -1, 0 or 1; its derivative is 0 everywhere. */
export const sign: Unary = elementwise("sign", { formula: instructions.sign, samples: [[0], [1], [-2.5]] });

/** The square `x²`. */
export const square: Unary = elementwise("square", { formula: (x) => mul(x, x), samples: [[0], [1], [-2.5]] });

/** The reciprocal `1 / x`. */
export const reciprocal: Unary = elementwise("reciprocal", {
  formula: (x) => div(1, x),
  samples: [[1], [-2.5], [0.1]],
  domain: [[0.3, 3]],
});

/** The square root `√x`; NaN for negative x, with derivative ∞ at 0. */
export const sqrt: Unary = elementwise("sqrt", {
  formula: instructions.sqrt,
  samples: [[1], [4], [0.01]],
  domain: [[0.1, 4]],
});

/** The reciprocal square root `1 / √x`. */
export const rsqrt: Unary = elementwise("rsqrt", {
  formula: (x) => div(1, sqrt(x)),
  samples: [[1], [4], [0.01]],
  domain: [[0.1, 4]],
});

/** The largest integer not above x; its derivative is 0. */
export const floor: Unary = elementwise("floor", { formula: instructions.floor, samples: [[0.5], [-0.5], [2.7]] });

/** The smallest integer not below x; its derivative is 0. */
export const ceil: Unary = elementwise("ceil", { formula: instructions.ceil, samples: [[0.5], [-0.5], [2.7]] });

/** The nearest integer, halves to the even neighbour; its derivative is 0. */
export const round: Unary = elementwise("round", {
  formula: instructions.round,
  samples: [[0.4], [-0.6], [2.7], [0.5], [1.5]],
});

/** The linear interpolation `x + w·(y - x)`. */
export const lerp = elementwise("lerp", {
  formula: (x: Value, y: Value, w: Value) => add(x, mul(w, sub(y, x))),
  samples: [
    [0, 10, 0.25],
    [1, 2, 0],
    [1, 2, 1],
  ],
});
