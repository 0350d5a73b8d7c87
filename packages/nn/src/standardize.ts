import { add, elementwise, mean, mul, rsqrt, square, sub, type Tensor, type Ternary, type Value } from "@adjoint/core";

/** `x·scale + shift`, in one pass. */
export const scaleShift: Ternary = elementwise("scaleShift", {
  formula: (x: Value, scale: Value, shift: Value) => add(mul(x, scale), shift),
  samples: [
    [1, 2, 3],
    [-1, 0.5, 0],
  ],
});

/** `y·weight + bias`, as far as there are any. */
export function scaled(y: Tensor, weight: Tensor | null, bias: Tensor | null): Tensor {
  if (weight && bias) return scaleShift(y, weight, bias);
  if (weight) return mul(y, weight);
  return bias ? add(y, bias) : y;
}

/**
 * `(x - mean) / √(variance + ε)` over axes. The variance is the mean square of what is left when the mean has been taken away: that
 * of squares less a square would lose all digits for 1e6 ± 1.
 */
export function standardized(x: Tensor, axis: readonly number[], eps: number): Tensor {
  const centred = sub(x, mean(x, { axis, keepDims: true }));
  return mul(centred, rsqrt(add(mean(square(centred), { axis, keepDims: true }), eps)));
}
