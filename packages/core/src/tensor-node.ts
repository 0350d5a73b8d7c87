import { backward, type BackwardOptions } from "./autograd.js";
import { isRunning, sumForLeaf } from "./batch.js";
import { full } from "./create.js";
import type { DType, TypedArray } from "./dtype.js";
import { ArgumentError, describe, GradientError, ShapeError, TraceError } from "./errors.js";
import { type Cotangent, type Emit, Node } from "./node.js";
import { add } from "./ops/arithmetic.js";
import { isPlainObject } from "./options.js";
import { cast } from "./ops/cast.js";
import { formatShape, sameShape, type Shape, sizeOf } from "./shape.js";
import { type Batch, contiguous, type View } from "./storage.js";
import type { Tensor } from "./tensor.js";

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

function unreadable(batch: Batch | null): TraceError {
  return new TraceError(
    "BATCH_READ",
    batch === null || isRunning(batch)
      ? "vmap: the elements of a tensor inside vmap cannot be read or branched on: it stands for all examples at once; use " +
          "where(condition, a, b), or return it and read the result"
      : "vmap: this tensor stands for the examples of a vmap that has ended; the function has to return what is wanted of it",
  );
}

/**
 * The part of a tensor that is a node of the graph: its elements, its gradient, and its side of the backward walk.
 * {@link Tensor} adds the ops.
 */
export abstract class TensorNode extends Node {
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
  /** @internal Inside `vmap`: the examples for which this tensor stands; it has no elements of its own. */
  readonly batch: Batch | null;
  private hooks: Hook[] | null;
  private released: boolean;
  private keepsGrad: boolean;

  /** @internal Use {@link tensor}, `zeros` and the like. */
  constructor(
    storage: TypedArray | View | Batch,
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
    const isArray = ArrayBuffer.isView(storage);
    this.storage = isArray ? storage : null;
    this.lazy = !isArray && "strides" in storage ? storage : null;
    this.batch = !isArray && "examples" in storage ? storage : null;
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
    if (this.storage === null) {
      if (this.lazy === null) throw unreadable(this.batch);
      this.storage = contiguous(this.lazy, this.shape);
      this.lazy = null;
    }
    return this.storage;
  }

  /** @throws ArgumentError `DATA_ASSIGNED`: tensors do not change. */
  set data(_next: never) {
    throw new ArgumentError(
      "DATA_ASSIGNED",
      "data: tensors do not change; replace the contents of a Parameter or State with parameter.assign(next)",
    );
  }

  /** @internal The elements for checks of their range: under `vmap` those of all examples, in no promised order. */
  get everyElement(): TypedArray {
    return this.batch === null ? this.data : this.batch.examples.everyElement;
  }

  /** @internal The contents as they are, for another tensor that shares them. */
  get contents(): TypedArray | View | Batch {
    return this.storage ?? this.lazy ?? this.batch ?? this.data;
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
   * @param cotangent - where to start: a tensor of this shape; may be left out (also before options) for a single element (1)
   * @throws GradientError `NOT_SCALAR`, `NO_GRAPH`, `GRAPH_FREED`, `COTANGENT_SHAPE`.
   */
  backward(cotangent?: Tensor | BackwardOptions, options?: BackwardOptions): void {
    if (options === undefined && isPlainObject(cotangent)) backward(this, undefined, cotangent as BackwardOptions);
    else backward(this, cotangent, options);
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

  /** @internal */
  override seed(cotangent: unknown): Cotangent {
    if (cotangent === undefined) {
      if (this.batch !== null && !isRunning(this.batch)) throw unreadable(this.batch);
      if (this.size === 1) return full(this.shape, 1, { dtype: this.dtype });
      throw new GradientError(
        "NOT_SCALAR",
        `backward: the output has shape ${formatShape(this.shape)}; reduce it to one element (sum, mean) or give a cotangent of that shape`,
      );
    }
    if (!(cotangent instanceof TensorNode) || !sameShape(cotangent.shape, this.shape)) {
      const got = cotangent instanceof TensorNode ? `of shape ${formatShape(cotangent.shape)}` : describe(cotangent);
      throw new GradientError(
        "COTANGENT_SHAPE",
        `backward: the cotangent is ${got}; it must be a tensor of the output's shape ${formatShape(this.shape)}`,
      );
    }
    return cotangent.dtype === this.dtype ? cotangent : cast(cotangent as Tensor, this.dtype);
  }

  /** @internal */
  override pullback(cotangent: Cotangent, _createGraph: boolean, emit: Emit): void {
    this.op?.backward(this as TensorNode as Tensor, cotangent as Tensor, emit);
  }

  /** @internal */
  override accumulate(a: Cotangent, b: Cotangent): Cotangent {
    return add(a as Tensor, b as Tensor);
  }

  /** @internal */
  override keep(cotangent: Cotangent, root: Node): void {
    if (!this.keepsGrad) return;
    const g = sumForLeaf(cotangent as Tensor, root, this);
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

  /** @internal */
  override checkReleased(): void {
    if (!this.released) return;
    throw new GradientError(
      "GRAPH_FREED",
      `backward: the graph through ${this.op?.name ?? "this tensor"} was freed by an earlier backward(); ` +
        "pass { retainGraph: true } there, or compute the output again",
    );
  }
}
