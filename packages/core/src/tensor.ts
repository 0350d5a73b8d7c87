import { applyElementwise } from "./apply.js";
import { checkDType, type DType, isFloating } from "./dtype.js";
import { ArgumentError } from "./errors.js";
import { applyStructural } from "./execute.js";
import { ShapeMethods } from "./methods/shape.js";
import type { ElementwiseOp, Operand } from "./op.js";
import { cast } from "./ops/cast.js";
import { matmul } from "./ops/matmul.js";
import { dot } from "./ops/products.js";
import { transpose } from "./ops/shape.js";
import { formatTensor } from "./print.js";
import { formatShape, type Shape } from "./shape.js";
import type { StructuralOp } from "./structural.js";
import type { NestedArray } from "./tensor-node.js";

/** A tensor as `JSON.stringify` writes it. */
export interface TensorJSON {
  readonly shape: Shape; // the size of each axis
  readonly dtype: DType; // the type of the elements
  readonly data: NestedArray; // the elements, nested as the shape says
}

/**
 * An immutable n-dimensional array in row-major order that remembers how it was computed.
 *
 * Make one with {@link tensor}, `zeros`, `ones` and the like. Every op is a function (`add(x, y)`); the
 * common ones are methods as well (`x.add(y)`).
 *
 * @example
 * ```ts
 * import { tensor } from "@adjoint/core";
 * const w = tensor([[1, 2], [3, 4]], { requiresGrad: true });
 * const loss = w.mul(w).sum();
 * loss.backward();
 * console.log(loss.item()); // → 30
 * console.log(w.grad);
 * // → tensor([[2, 4],
 * //         [6, 8]])
 * ```
 */
export class Tensor extends ShapeMethods {
  /** The same elements as a leaf that gradients do not pass. */
  detach(): Tensor {
    return new Tensor(this.contents, this.shape, this.dtype);
  }

  /** The tensor in another dtype: fractions are cut towards zero, anything but 0 is true. */
  to(dtype: DType): Tensor {
    return cast(this, checkDType("to", dtype));
  }

  /** The matrix product. See {@link matmul}. */
  matmul(y: Tensor): Tensor {
    return matmul(this, y);
  }
  /** The dot product of two vectors. See {@link dot}. */
  dot(y: Tensor): Tensor {
    return dot(this, y);
  }
  /** The last two axes exchanged. */
  get T(): Tensor {
    return transpose(this);
  }

  /**
   * JavaScript's operators see numbers only: a tensor of one element gives its number, to `<` as to `+`; others are refused.
   *
   * @throws ArgumentError `OPERATOR`.
   */
  [Symbol.toPrimitive](hint: "string" | "number" | "default"): string | number {
    if (hint === "string") return this.toString();
    if (this.size === 1) return this.item();
    throw new ArgumentError(
      "OPERATOR",
      `operators work on numbers, not on a tensor of shape ${formatShape(this.shape)}; use x.add(y), x.gt(y), … or x.item()`,
    );
  }

  /** For `JSON.stringify`: shape, dtype and nested elements. */
  toJSON(): TensorJSON {
    return { shape: this.shape, dtype: this.dtype, data: this.toArray() };
  }

  override toString(): string {
    return formatTensor(this);
  }

  /** How Node's `console.log` shows a tensor. */
  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return formatTensor(this);
  }

  /** @internal Computes a structural op of which this is the first input. */
  structural<A extends readonly unknown[], T>(
    op: StructuralOp<A, T>,
    inputs: readonly Tensor[],
    attributes: T,
  ): Tensor {
    return applyStructural(op, inputs, attributes);
  }

  /** @internal */
  override elementwise(op: ElementwiseOp, operands: readonly Operand[]): Tensor {
    return applyElementwise(op, operands);
  }
}

/** Checks that `dtype` can carry gradients. */
export function checkDifferentiable(name: string, dtype: DType): void {
  if (isFloating(dtype)) return;
  throw new ArgumentError("GRADIENT_DTYPE", `${name}: ${dtype} tensors have no gradient; use float32 or float64`);
}
