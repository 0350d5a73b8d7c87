import type { DType } from "../dtype.js";
import { ArgumentError } from "../errors.js";
import { noGrad } from "../node.js";
import { formatShape, sameShape } from "../shape.js";
import { Tensor } from "../tensor.js";

/** A leaf with the elements of `x` in a floating dtype. */
export function leafOf(x: Tensor, dtype: DType = x.dtype): Tensor {
  return new Tensor(noGrad(() => x.to(dtype)).contents, x.shape, dtype, null, null, undefined, true);
}

/** Throws unless a gradient has the shape and dtype of its input. */
export function checkLike(g: Tensor, x: Tensor, index: number): void {
  if (sameShape(g.shape, x.shape) && g.dtype === x.dtype) return;
  throw new ArgumentError(
    "GRADIENT_TYPE",
    `the gradient of input ${index} is ${g.dtype} ${formatShape(g.shape)}, the input ${x.dtype} ${formatShape(x.shape)}`,
  );
}
