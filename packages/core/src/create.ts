import { checkOptions, checkTensor } from "./arguments.js";
import {
  allocate,
  checkDType,
  convert,
  type DType,
  dtypeOf,
  isFloating,
  isTypedArray,
  type TypedArray,
} from "./dtype.js";
import { ArgumentError, describe, ShapeError } from "./errors.js";
import { checkShape, formatShape, type Shape, sizeOf } from "./shape.js";
import { Tensor } from "./tensor.js";
import type { NestedArray } from "./tensor-node.js";

/** Options of the functions that make tensors. */
export interface TensorOptions {
  /** The element type (default float32). */
  readonly dtype?: DType;
  /** Whether backward walks fill `.grad` (default false); floating dtypes only. */
  readonly requiresGrad?: boolean;
}

const TENSOR_OPTIONS = ["dtype", "requiresGrad"];

/** A tensor over an array, which may require a gradient where its dtype can have one. */
export function leaf(storage: TypedArray, shape: Shape, dtype: DType, requiresGrad = false): Tensor {
  if (requiresGrad && !isFloating(dtype)) {
    throw new ArgumentError("GRADIENT_DTYPE", `tensor: ${dtype} tensors have no gradient; use float32 or float64`);
  }
  return new Tensor(storage, shape, dtype, null, null, undefined, requiresGrad);
}

/**
 * A tensor from a number, nested arrays, or a typed array (copied; its own dtype unless another is given).
 *
 * Plain arrays give float32, arrays of booleans bool.
 *
 * @throws ShapeError `RAGGED_ARRAY` for nested arrays of uneven lengths, `SHAPE_SIZE` when `shape` does not fit the number
 * of elements; ArgumentError `ELEMENT_KIND` for elements that are not numbers, `ELEMENT_RANGE` for those an integer dtype cannot hold.
 * @example
 * ```ts
 * import { tensor } from "@adjoint/core";
 * console.log(tensor([[1, 2], [3, 4]]).shape); // → [ 2, 2 ]
 * console.log(tensor(new Int32Array([1, 2, 3, 4]), { shape: [2, 2] }).dtype); // → int32
 * ```
 */
export function tensor(
  data: NestedArray | TypedArray | boolean | readonly boolean[],
  options: TensorOptions & { readonly shape?: Shape } = {},
): Tensor {
  checkOptions("tensor", options, '{ dtype: "float64" }', [...TENSOR_OPTIONS, "shape"]);
  const { requiresGrad } = options;
  if (isTypedArray(data)) {
    const dtype = checkDType("tensor", options.dtype ?? dtypeOf(data));
    const shape = checkSize("tensor", options.shape ?? [data.length], data.length);
    return leaf(convert(data, dtype), shape, dtype, requiresGrad);
  }
  const found = shapeOfNested(data);
  const shape = options.shape ? checkSize("tensor", options.shape, sizeOf(found)) : found;
  const elements: (number | boolean)[] = [];
  collect(data, found, 0, elements);
  const dtype = checkDType("tensor", options.dtype ?? (typeof elements[0] === "boolean" ? "bool" : "float32"));
  const storage = allocate(dtype, elements.length);
  for (let i = 0; i < elements.length; i++) {
    const x = Number(elements[i]);
    storage[i] = dtype === "bool" ? Number(x !== 0) : x;
    if (!isFloating(dtype) && dtype !== "bool" && storage[i] !== Math.trunc(x)) throw outOfRange(x, dtype);
  }
  return leaf(storage, shape, dtype, requiresGrad);
}

function outOfRange(x: number, dtype: DType): ArgumentError {
  return new ArgumentError("ELEMENT_RANGE", `tensor: ${x} is outside the range of ${dtype}; use another dtype`);
}

function shapeOfNested(data: unknown): number[] {
  const shape: number[] = [];
  for (let level = data; Array.isArray(level); level = level[0]) shape.push(level.length);
  return shape;
}

function collect(data: unknown, shape: Shape, axis: number, out: (number | boolean)[]): void {
  if (axis === shape.length) {
    if (typeof data !== "number" && typeof data !== "boolean") {
      if (Array.isArray(data)) throw ragged(shape, axis);
      throw new ArgumentError(
        "ELEMENT_KIND",
        `tensor: ${describe(data)} is not a number; use numbers or booleans in arrays of even lengths`,
      );
    }
    out.push(data);
    return;
  }
  if (!Array.isArray(data) || data.length !== shape[axis]) throw ragged(shape, axis);
  for (const item of data) collect(item, shape, axis + 1, out);
}

function ragged(shape: Shape, axis: number): ShapeError {
  return new ShapeError(
    "RAGGED_ARRAY",
    `tensor: the arrays on axis ${axis} have different lengths (the first make ${formatShape(shape)}); make them even`,
  );
}

function checkSize(name: string, shape: Shape, size: number): Shape {
  checkShape(name, shape);
  if (sizeOf(shape) === size) return shape.slice();
  throw new ShapeError(
    "SHAPE_SIZE",
    `${name}: shape ${formatShape(shape)} has ${sizeOf(shape)} elements, the data ${size}; give a shape that fits`,
  );
}

/**
 * A tensor over a typed array, without copying: do not write to the array afterwards. The shape is that of a vector and the
 * dtype that of the array unless others are given; a Uint8Array can hold `uint8` or `bool`.
 *
 * @throws ShapeError `SHAPE_SIZE` when the shape does not fit; ArgumentError `ELEMENT_KIND`.
 * @example
 * ```ts
 * import { fromTypedArray } from "@adjoint/core";
 * console.log(fromTypedArray(new Float32Array([1, 2, 3, 4]), [2, 2]).toArray()); // → [ [ 1, 2 ], [ 3, 4 ] ]
 * ```
 */
export function fromTypedArray(data: TypedArray, shape: Shape = [data?.length], dtype: DType = dtypeOf(data)): Tensor {
  if (!isTypedArray(data)) {
    throw new ArgumentError(
      "ELEMENT_KIND",
      `fromTypedArray: ${describe(data)} is not a Float32Array, Float64Array, Int32Array or Uint8Array; tensor(...) takes plain arrays`,
    );
  }
  return leaf(data, checkSize("fromTypedArray", shape, data.length), dtype);
}

/**
 * A tensor whose elements are all `value`, float32 unless another dtype is given.
 *
 * @throws ArgumentError `SHAPE_INVALID`, `GRADIENT_DTYPE`; DTypeError `DTYPE_UNKNOWN`.
 * @example
 * ```ts
 * import { full } from "@adjoint/core";
 * console.log(full([2, 2], 7).toArray()); // → [ [ 7, 7 ], [ 7, 7 ] ]
 * ```
 */
export function full(shape: Shape, value: number, options: TensorOptions = {}): Tensor {
  return filled("full", shape, value, options);
}

function filled(name: string, shape: Shape, value: number, options: TensorOptions): Tensor {
  checkOptions(name, options, '{ dtype: "float64" }', TENSOR_OPTIONS);
  const dtype = checkDType(name, options.dtype ?? "float32");
  const storage = allocate(dtype, sizeOf(checkShape(name, shape)));
  if (value !== 0) storage.fill(value);
  return leaf(storage, shape.slice(), dtype, options.requiresGrad);
}

/**
 * A tensor of zeros, float32 unless another dtype is given.
 *
 * @throws ArgumentError `SHAPE_INVALID`, `GRADIENT_DTYPE`; DTypeError `DTYPE_UNKNOWN`.
 * @example
 * ```ts
 * import { zeros } from "@adjoint/core";
 * console.log(zeros([2, 3]).toArray()); // → [ [ 0, 0, 0 ], [ 0, 0, 0 ] ]
 * ```
 */
export function zeros(shape: Shape, options: TensorOptions = {}): Tensor {
  return filled("zeros", shape, 0, options);
}

/**
 * A tensor of ones, float32 unless another dtype is given.
 *
 * @throws ArgumentError `SHAPE_INVALID`, `GRADIENT_DTYPE`; DTypeError `DTYPE_UNKNOWN`.
 * @example
 * ```ts
 * import { ones } from "@adjoint/core";
 * console.log(ones([2], { dtype: "int32" })); // → tensor([1, 1], dtype=int32)
 * ```
 */
export function ones(shape: Shape, options: TensorOptions = {}): Tensor {
  return filled("ones", shape, 1, options);
}

/**
 * Zeros in the shape and dtype of `x`; they require no gradient.
 *
 * @throws ArgumentError `OPERAND_KIND`.
 * @example
 * ```ts
 * import { tensor, zerosLike } from "@adjoint/core";
 * console.log(zerosLike(tensor([[1, 2]])).toArray()); // → [ [ 0, 0 ] ]
 * ```
 */
export function zerosLike(x: Tensor): Tensor {
  checkTensor("zerosLike", x);
  return full(x.shape, 0, { dtype: x.dtype });
}

/**
 * Ones in the shape and dtype of `x`; they require no gradient.
 *
 * @throws ArgumentError `OPERAND_KIND`.
 * @example
 * ```ts
 * import { onesLike, tensor } from "@adjoint/core";
 * console.log(onesLike(tensor([[1, 2]])).toArray()); // → [ [ 1, 1 ] ]
 * ```
 */
export function onesLike(x: Tensor): Tensor {
  checkTensor("onesLike", x);
  return full(x.shape, 1, { dtype: x.dtype });
}

/**
 * The numbers `start, start + step, …` below `end` (above it for a negative step; default step 1), `⌈(end - start) / step⌉` of
 * them, float32 unless another dtype is given. `arange(n)` counts from 0.
 *
 * @throws ArgumentError `RANGE_INVALID` for a step of 0 and for numbers that are not finite, `GRADIENT_DTYPE`; DTypeError
 * `DTYPE_UNKNOWN`.
 * @example
 * ```ts
 * import { arange } from "@adjoint/core";
 * console.log(arange(4)); // → tensor([0, 1, 2, 3])
 * console.log(arange(5, 0, -2)); // → tensor([5, 3, 1])
 * ```
 */
export function arange(start: number, end?: number, step = 1, options: TensorOptions = {}): Tensor {
  checkOptions("arange", options, '{ dtype: "int32" }', TENSOR_OPTIONS);
  const [from, to] = end === undefined ? [0, start] : [start, end];
  if (![from, to, step].every(Number.isFinite) || step === 0) {
    throw new ArgumentError(
      "RANGE_INVALID",
      `arange: start ${from}, end ${to}, step ${step}; use finite numbers and a step other than 0`,
    );
  }
  const dtype = checkDType("arange", options.dtype ?? "float32");
  const storage = allocate(dtype, Math.max(0, Math.ceil((to - from) / step)));
  for (let i = 0; i < storage.length; i++) storage[i] = from + i * step;
  return leaf(storage, [storage.length], dtype, options.requiresGrad);
}

/**
 * `count` evenly spaced numbers from `start` to `end`, both included and exact: `start + i·(end - start) / (count - 1)`, float32
 * unless another dtype is given. A single one is `start`.
 *
 * @throws ArgumentError `SHAPE_INVALID`, `RANGE_INVALID`, `GRADIENT_DTYPE`; DTypeError `DTYPE_UNKNOWN`.
 * @example
 * ```ts
 * import { linspace } from "@adjoint/core";
 * console.log(linspace(0, 1, 5)); // → tensor([0.0000, 0.2500, 0.5000, 0.7500, 1.0000])
 * ```
 */
export function linspace(start: number, end: number, count: number, options: TensorOptions = {}): Tensor {
  checkOptions("linspace", options, '{ dtype: "float64" }', TENSOR_OPTIONS);
  checkShape("linspace", [count]);
  if (!Number.isFinite(start) || !Number.isFinite(end)) {
    throw new ArgumentError("RANGE_INVALID", `linspace: from ${start} to ${end}; use finite numbers`);
  }
  const dtype = checkDType("linspace", options.dtype ?? "float32");
  const storage = allocate(dtype, count);
  const last = Math.max(1, count - 1);
  // Counted from the nearer end, so that both ends are exact.
  for (let i = 0; i < count; i++) {
    storage[i] = 2 * i < count ? start + ((end - start) * i) / last : end - ((end - start) * (count - 1 - i)) / last;
  }
  return leaf(storage, [count], dtype, options.requiresGrad);
}

/**
 * The identity matrix, or one of `rows` by `columns` with ones on the main diagonal; float32 unless another dtype is given.
 *
 * @throws ArgumentError `SHAPE_INVALID`, `GRADIENT_DTYPE`; DTypeError `DTYPE_UNKNOWN`.
 * @example
 * ```ts
 * import { eye } from "@adjoint/core";
 * console.log(eye(2, 3).toArray()); // → [ [ 1, 0, 0 ], [ 0, 1, 0 ] ]
 * ```
 */
export function eye(rows: number, columns = rows, options: TensorOptions = {}): Tensor {
  checkOptions("eye", options, '{ dtype: "float64" }', TENSOR_OPTIONS);
  checkShape("eye", [rows, columns]);
  const dtype = checkDType("eye", options.dtype ?? "float32");
  const storage = allocate(dtype, rows * columns);
  for (let i = 0; i < Math.min(rows, columns); i++) storage[i * columns + i] = 1;
  return leaf(storage, [rows, columns], dtype, options.requiresGrad);
}
