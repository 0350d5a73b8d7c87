import { applyElementwise } from "./apply.js";
import { checkDType, type DType, isFloating } from "./dtype.js";
import { ArgumentError } from "./errors.js";
import { applyStructural } from "./execute.js";
import type { ElementwiseOp, Operand } from "./op.js";
import { abs, add, div, maximum, minimum, mul, neg, pow, sqrt, square, sub } from "./ops/arithmetic.js";
import { relu, sigmoid } from "./ops/activation.js";
import { cast } from "./ops/cast.js";
import { eq, ge, gt, le, lt, ne } from "./ops/compare.js";
import { gather, indexSelect } from "./ops/gather.js";
import { split } from "./ops/join.js";
import { type AxisOptions, logSoftmax, softmax } from "./ops/softmax.js";
import { exp, log } from "./ops/exponential.js";
import { flatten, expand, permute, reshape, squeeze, transpose, unsqueeze } from "./ops/shape.js";
import { matmul } from "./ops/matmul.js";
import { argmax, type ArgOptions, max, mean, min, type ReduceOptions, sum } from "./ops/reduce.js";
import { flip, type Index, slice } from "./ops/slice.js";
import { cos, sin, tanh } from "./ops/trigonometric.js";
import { formatTensor } from "./print.js";
import { formatShape, type Shape } from "./shape.js";
import type { StructuralOp } from "./structural.js";
import { type NestedArray, TensorNode } from "./tensor-node.js";

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
export class Tensor extends TensorNode {
  /** The same elements as a leaf that gradients do not pass. */
  detach(): Tensor {
    return new Tensor(this.contents, this.shape, this.dtype);
  }

  /** The tensor in another dtype: fractions are cut towards zero, anything but 0 is true. */
  to(dtype: DType): Tensor {
    return cast(this, checkDType("to", dtype));
  }

  /** `this + y`, broadcast. */
  add(y: Operand): Tensor {
    return add(this, y);
  }
  /** `this - y`, broadcast. */
  sub(y: Operand): Tensor {
    return sub(this, y);
  }
  /** `this · y` element by element, broadcast. */
  mul(y: Operand): Tensor {
    return mul(this, y);
  }
  /** `this / y`, broadcast. */
  div(y: Operand): Tensor {
    return div(this, y);
  }
  /** `this ^ y`, broadcast. */
  pow(y: Operand): Tensor {
    return pow(this, y);
  }
  /** The larger of the two, element by element. */
  maximum(y: Operand): Tensor {
    return maximum(this, y);
  }
  /** The smaller of the two, element by element. */
  minimum(y: Operand): Tensor {
    return minimum(this, y);
  }
  /** `-this`. */
  neg(): Tensor {
    return neg(this);
  }
  /** Absolute values. */
  abs(): Tensor {
    return abs(this);
  }
  /** `this²`. */
  square(): Tensor {
    return square(this);
  }
  /** Square roots. */
  sqrt(): Tensor {
    return sqrt(this);
  }
  /** `e ^ this`. */
  exp(): Tensor {
    return exp(this);
  }
  /** Natural logarithms. */
  log(): Tensor {
    return log(this);
  }
  /** Sines. */
  sin(): Tensor {
    return sin(this);
  }
  /** Cosines. */
  cos(): Tensor {
    return cos(this);
  }
  /** Hyperbolic tangents. */
  tanh(): Tensor {
    return tanh(this);
  }
  /** `1 / (1 + e^-this)`. */
  sigmoid(): Tensor {
    return sigmoid(this);
  }
  /** `max(0, this)`. */
  relu(): Tensor {
    return relu(this);
  }
  /** Where the two are equal, as bool. */
  eq(y: Operand): Tensor {
    return eq(this, y);
  }
  /** Where the two differ, as bool. */
  ne(y: Operand): Tensor {
    return ne(this, y);
  }
  /** Where `this < y`, as bool. */
  lt(y: Operand): Tensor {
    return lt(this, y);
  }
  /** Where `this ≤ y`, as bool. */
  le(y: Operand): Tensor {
    return le(this, y);
  }
  /** Where `this > y`, as bool. */
  gt(y: Operand): Tensor {
    return gt(this, y);
  }
  /** Where `this ≥ y`, as bool. */
  ge(y: Operand): Tensor {
    return ge(this, y);
  }
  /** The softmax along an axis, by default the last. See {@link softmax}. */
  softmax(options?: AxisOptions): Tensor {
    return softmax(this, options);
  }
  /** The logarithm of the softmax. See {@link logSoftmax}. */
  logSoftmax(options?: AxisOptions): Tensor {
    return logSoftmax(this, options);
  }
  /** The sum over some axes, or all. See {@link sum}. */
  sum(options?: ReduceOptions): Tensor {
    return sum(this, options);
  }
  /** The mean over some axes, or all. See {@link mean}. */
  mean(options?: ReduceOptions): Tensor {
    return mean(this, options);
  }
  /** The largest element along some axes, or of all. See {@link max}. */
  max(options?: ReduceOptions): Tensor {
    return max(this, options);
  }
  /** The smallest element along some axes, or of all. See {@link min}. */
  min(options?: ReduceOptions): Tensor {
    return min(this, options);
  }
  /** The index of the largest element along an axis, or in the flattened tensor. See {@link argmax}. */
  argmax(options?: ArgOptions): Tensor {
    return argmax(this, options);
  }
  /** The matrix product. See {@link matmul}. */
  matmul(y: Tensor): Tensor {
    return matmul(this, y);
  }
  /** The same elements in another shape; one size may be -1. */
  reshape(shape: readonly number[]): Tensor {
    return reshape(this, shape);
  }
  /** The axes from `start` to `end` (inclusive; default all) as one. */
  flatten(start?: number, end?: number): Tensor {
    return flatten(this, start, end);
  }
  /** Two axes exchanged; by default the last two. */
  transpose(a?: number, b?: number): Tensor {
    return transpose(this, a, b);
  }
  /** The last two axes exchanged. */
  get T(): Tensor {
    return transpose(this);
  }
  /** The axes in another order. */
  permute(axes: readonly number[]): Tensor {
    return permute(this, axes);
  }
  /** Without the axes of size 1, or without one of them. */
  squeeze(axis?: number | readonly number[]): Tensor {
    return squeeze(this, axis);
  }
  /** With a new axis of size 1. */
  unsqueeze(axis: number): Tensor {
    return unsqueeze(this, axis);
  }
  /** Axes of size 1 repeated to the sizes of `shape`. */
  expand(shape: readonly number[]): Tensor {
    return expand(this, shape);
  }
  /** A part along each axis. See {@link slice}. */
  slice(...ranges: readonly Index[]): Tensor {
    return slice(this, ...ranges);
  }

  /** The elements at indices along an axis. See {@link gather}. */
  gather(indices: Tensor, axis: number): Tensor {
    return gather(this, indices, axis);
  }
  /** The slices at indices along an axis. See {@link indexSelect}. */
  indexSelect(indices: Tensor, axis: number): Tensor {
    return indexSelect(this, indices, axis);
  }
  /** The elements in reverse order along one axis or several. */
  flip(axis: number | readonly number[]): Tensor {
    return flip(this, axis);
  }
  /** The parts along an axis. See {@link split}. */
  split(sizes: number | readonly number[], axis?: number): Tensor[] {
    return split(this, sizes, axis);
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
