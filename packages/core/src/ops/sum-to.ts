import { GradientError } from "../errors.js";
import { formatShape, sameShape, type Shape } from "../shape.js";
import type { Tensor } from "../tensor.js";
import { sum } from "./reduce.js";
import { reshape } from "./shape.js";

/**
 * `x` summed over the axes along which `shape` was broadcast to reach it.
 *
 * @throws GradientError `COTANGENT_SHAPE` when `shape` does not broadcast to that of `x`; `name` and `index` are for its message.
 */
export function sumTo(x: Tensor, shape: Shape, name = "sumTo", index = 0): Tensor {
  if (sameShape(x.shape, shape)) return x;
  const missing = x.ndim - shape.length;
  const fits = missing >= 0 && shape.every((n, i) => n === x.shape[i + missing] || n === 1);
  if (!fits) {
    throw new GradientError(
      "COTANGENT_SHAPE",
      `${name}: the vjp of input ${index} gave shape ${formatShape(x.shape)}, which does not sum to the input's ${formatShape(shape)}`,
    );
  }
  const axes = x.shape.map((_, i) => i).filter((i) => i < missing || (shape[i - missing] === 1 && x.shape[i] !== 1));
  return reshape(sum(x, { axis: axes, keepDims: true }), shape);
}
