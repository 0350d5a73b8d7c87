import { applyElementwise } from "./apply.js";
import { backward, type BackwardOptions } from "./autograd.js";
import { checkDType, type DType, isFloating, type TypedArray } from "./dtype.js";
import { ArgumentError, GradientError, ShapeError } from "./errors.js";
import { type Cotangent, type Emit, Node } from "./node.js";
import type { ElementwiseOp, Operand } from "./op.js";
import { abs, add, div, maximum, minimum, mul, neg, pow, sqrt, square, sub } from "./ops/arithmetic.js";
import { relu, sigmoid } from "./ops/activation.js";
import { cast } from "./ops/cast.js";
import { full } from "./create.js";
import { exp, log } from "./ops/exponential.js";
import { flatten, expand, permute, reshape, squeeze, transpose, unsqueeze } from "./ops/shape.js";
import { matmul } from "./ops/matmul.js";
import { argmax, max, mean, min, type ReduceOptions, sum } from "./ops/reduce.js";
import { type Index, slice } from "./ops/slice.js";
import { cos, sin, tanh } from "./ops/trigonometric.js";
import { formatTensor } from "./print.js";
import { formatShape, sameShape, type Shape, sizeOf } from "./shape.js";
import { contiguous, type View } from "./storage.js";

/** What a tensor node knows of the op that made it: its name, and its rules in both directions. */
export interface TensorOp {
  readonly name: string; // as in messages and graphs
  /** Emits the cotangents of the inputs of `node`. */
  backward(node: Tensor, cotangent: Tensor, emit: Emit): void;
  /** The tangent of `node` from those of its inputs (null: zero). */
  tangent(node: Tensor, tangents: readonly (Tensor | null)[]): Tensor | null;
}

/** A nested array of numbers, as `tensor()` takes and `toArray()` gives. */
export type NestedArray = number | readonly NestedArray[];

/** Called with the cotangent of a tensor in a backward walk; what it returns takes its place. */
export type Hook = (cotangent: Tensor) => Tensor | void;

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
export class Tensor extends Node {
  readonly shape: Shape; // the size of each axis; [] for a scalar
  readonly dtype: DType; // the type of the elements
  /** The gradient that backward walks have added up here, or null. Optimizers read it; set it to null to clear it. */
  grad: Tensor | null;
  override readonly op: TensorOp | null;
  /** @internal What the op's rules need besides the inputs. */
  attributes: unknown;
  /** @internal The elements, or null while only `view` is there. */
  protected storage: TypedArray | null;
  /** @internal The same elements elsewhere, in another order. */
  protected lazy: View | null;
  private hooks: Hook[] | null;
  private released: boolean;
  private keepsGrad: boolean;

  /** @internal Use {@link tensor}, `zeros` and the like. */
  constructor(
    storage: TypedArray | View,
    shape: Shape,
    dtype: DType,
    op: TensorOp | null = null,
    inputs: readonly Node[] | null = null,
    attributes: unknown = undefined,
    requiresGrad = false,
  ) {
    super(inputs, requiresGrad);
    this.shape = shape;
    this.dtype = dtype;
    this.grad = null;
    this.op = op;
    this.attributes = attributes;
    const isView = "strides" in storage;
    this.storage = isView ? null : storage;
    this.lazy = isView ? storage : null;
    this.hooks = null;
    this.released = false;
    this.keepsGrad = op === null;
  }

  /** @internal */
  override get level(): number {
    return 2;
  }

  /** The number of axes. */
  get ndim(): number {
    return this.shape.length;
  }

  /** The number of elements. */
  get size(): number {
    return sizeOf(this.shape);
  }

  /** The elements in row-major order. Do not write to it: other tensors may share it. */
  get data(): TypedArray {
    if (this.storage === null && this.lazy !== null) {
      this.storage = contiguous(this.lazy, this.shape);
      this.lazy = null;
    }
    return this.storage as TypedArray;
  }

  /** @internal Where the elements lie when they are not laid out in row-major order by themselves. */
  get view(): View | null {
    return this.storage === null ? this.lazy : null;
  }

  /**
   * The only element, as a number.
   *
   * @throws ShapeError `NOT_SCALAR` unless there is exactly one.
   */
  item(): number {
    if (this.size !== 1) {
      throw new ShapeError(
        "NOT_SCALAR",
        `item: ${formatShape(this.shape)} has ${this.size} elements, not one; reduce it first (sum, mean) or use toArray()`,
      );
    }
    return this.data[0];
  }

  /** The elements as nested arrays (a number for a scalar; booleans are 0 and 1). */
  toArray(): NestedArray {
    const { data, shape } = this;
    let offset = 0;
    const build = (axis: number): NestedArray =>
      axis === shape.length ? data[offset++] : Array.from({ length: shape[axis] }, () => build(axis + 1));
    return build(0);
  }

  /**
   * Walks the graph backward: fills `.grad` of every leaf that requires a gradient with ∂this/∂leaf, added to what is there.
   *
   * @param cotangent - where to start: a tensor of this shape; may be left out for a single element (1)
   * @throws GradientError `NOT_SCALAR`, `NO_GRAPH`, `GRAPH_FREED`, `COTANGENT_SHAPE`.
   */
  backward(cotangent?: Tensor, options?: BackwardOptions): void {
    backward(this, cotangent, options);
  }

  /** The same elements as a leaf that gradients do not pass. */
  detach(): Tensor {
    return new Tensor(this.storage ?? this.lazy ?? this.data, this.shape, this.dtype);
  }

  /** The tensor in another dtype: fractions are cut towards zero, anything but 0 is true. */
  to(dtype: DType): Tensor {
    return cast(this, checkDType("to", dtype));
  }

  /**
   * Calls `hook` with the cotangent of this tensor in every backward walk, before it is passed on; a returned tensor
   * takes its place. Gives a function that removes the hook.
   */
  registerHook(hook: Hook): () => void {
    if (!this.requiresGrad) {
      throw new GradientError("NO_GRAPH", "registerHook: this tensor requires no gradient, so no walk will reach it");
    }
    this.hooks = [...(this.hooks ?? []), hook];
    return () => {
      this.hooks = this.hooks?.filter((other) => other !== hook) ?? null;
    };
  }

  /** Keeps the gradient of this intermediate result in `.grad` too, as leaves do. */
  retainGrad(): void {
    this.keepsGrad = true;
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
  argmax(options?: { readonly axis?: number; readonly keepDims?: boolean }): Tensor {
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

  override toString(): string {
    return formatTensor(this);
  }

  /** How Node's `console.log` shows a tensor. */
  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return formatTensor(this);
  }

  /** @internal */
  override elementwise(op: ElementwiseOp, operands: readonly Operand[]): Tensor {
    return applyElementwise(op, operands);
  }

  /** @internal */
  override seed(cotangent: unknown): Cotangent {
    if (cotangent === undefined) {
      if (this.size === 1) return full(this.shape, 1, { dtype: this.dtype });
      throw new GradientError(
        "NOT_SCALAR",
        `backward: the output has shape ${formatShape(this.shape)}; reduce it to one element (sum, mean) or give a cotangent of that shape`,
      );
    }
    if (!(cotangent instanceof Tensor) || !sameShape(cotangent.shape, this.shape)) {
      const got = cotangent instanceof Tensor ? formatShape(cotangent.shape) : typeof cotangent;
      throw new GradientError(
        "COTANGENT_SHAPE",
        `backward: the cotangent is ${got}; it must be a tensor of the output's shape ${formatShape(this.shape)}`,
      );
    }
    return cotangent.dtype === this.dtype ? cotangent : cast(cotangent, this.dtype);
  }

  /** @internal */
  override pullback(cotangent: Cotangent, _createGraph: boolean, emit: Emit): void {
    if (this.released) {
      throw new GradientError(
        "GRAPH_FREED",
        `backward: the graph through ${this.op?.name ?? "this tensor"} was freed by an earlier backward(); ` +
          "pass { retainGraph: true } there, or compute the output again",
      );
    }
    this.op?.backward(this, cotangent as Tensor, emit);
  }

  /** @internal */
  override accumulate(a: Cotangent, b: Cotangent): Cotangent {
    return add(a as Tensor, b as Tensor);
  }

  /** @internal */
  override keep(cotangent: Cotangent): void {
    if (!this.keepsGrad) return;
    const g = cotangent as Tensor;
    this.grad = this.grad === null ? g : add(this.grad, g);
  }

  /** @internal */
  override runHooks(cotangent: Cotangent): Cotangent {
    if (this.hooks === null) return cotangent;
    let g = cotangent as Tensor;
    for (const hook of this.hooks) {
      const next = hook(g);
      if (next !== undefined) g = this.seed(next) as Tensor;
    }
    return g;
  }

  /** @internal */
  override wrap(cotangent: Cotangent | undefined): Tensor {
    return (cotangent as Tensor | undefined) ?? full(this.shape, 0, { dtype: this.dtype });
  }

  /** @internal */
  override release(): void {
    this.inputs = [];
    this.attributes = undefined;
    this.released = true;
  }
}

/** Checks that `dtype` can carry gradients. */
export function checkDifferentiable(name: string, dtype: DType): void {
  if (isFloating(dtype)) return;
  throw new ArgumentError("GRADIENT_DTYPE", `${name}: ${dtype} tensors have no gradient; use float32 or float64`);
}
