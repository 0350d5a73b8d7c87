import { checkBoolean, checkOptions, checkTensor } from "./arguments.js";
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
import { ArgumentError, describe, DTypeError, ShapeError } from "./errors.js";
import { elementsOf } from "./nested.js";
import { isPlainObject } from "./options.js";
import { checkShape, formatShape, type Shape, sizeOf } from "./shape.js";
import { Tensor } from "./tensor.js";
import type { NestedArray } from "./tensor-node.js";

/** Nested arrays of booleans, as `tensor()` takes. */
export type NestedBooleans = boolean | readonly NestedBooleans[];

/** Options of the functions that make tensors. */
export interface TensorOptions {
  /** The element type (default float32). */
  readonly dtype?: DType;
  /** Whether backward walks fill `.grad` (default false); floating dtypes only. */
  readonly requiresGrad?: boolean;
}

const TENSOR_OPTIONS = ["dtype", "requiresGrad"];

/** A tensor over an array, which may require a gradient where its dtype can have one. */
export function leaf(name: string, storage: TypedArray, shape: Shape, dtype: DType, requiresGrad = false): Tensor {
  if (checkBoolean(name, "requiresGrad", requiresGrad) && !isFloating(dtype)) {
    throw new ArgumentError("GRADIENT_DTYPE", `${name}: ${dtype} tensors have no gradient; use float32 or float64`);
  }
  return new Tensor(storage, shape, dtype, null, null, undefined, requiresGrad);
}

/**
 * A number as an element of `dtype`: fractions are cut towards zero, anything but 0 is true.
 *
 * @throws ArgumentError `ELEMENT_KIND`, `ELEMENT_RANGE` for a number that the dtype cannot hold.
 */
export function elementOf(name: string, x: number, dtype: DType): number {
  if (typeof x !== "number") {
    throw new ArgumentError("ELEMENT_KIND", `${name}: the value is ${describe(x)}; use a number`);
  }
  if (isFloating(dtype)) return x;
  if (dtype === "bool") return Number(x !== 0);
  const whole = Math.trunc(x);
  const [least, most] = dtype === "int32" ? [-(2 ** 31), 2 ** 31 - 1] : [0, 255];
  if (whole >= least && whole <= most) return whole;
  throw new ArgumentError("ELEMENT_RANGE", `${name}: ${x} is outside the range of ${dtype}; use another dtype`);
}

/** A new tensor, its elements written by `fill` into an array of zeros. */
export function filledBy(
  name: string,
  shape: Shape,
  options: TensorOptions,
  fill: (elements: TypedArray, dtype: DType) => void,
): Tensor {
  checkOptions(name, options, '{ dtype: "float64" }', TENSOR_OPTIONS);
  const dtype = checkDType(name, options.dtype ?? "float32");
  const elements = allocate(dtype, sizeOf(checkShape(name, shape)), name);
  fill(elements, dtype);
  return leaf(name, elements, shape.slice(), dtype, options.requiresGrad);
}

/**
 * Sorts arguments into at most `most` numbers and the options, which may stand last after any of them. What they are is still to
 * be checked.
 *
 * @throws ArgumentError `ARGUMENT_COUNT`
 */
export function splitOptions(
  name: string,
  args: readonly unknown[],
  most: number,
): [numbers: readonly (number | undefined)[], options: TensorOptions] {
  const last = args.at(-1);
  const given = args.length > most || isPlainObject(last);
  const numbers = given ? args.slice(0, -1) : args;
  if (numbers.length <= most) {
    return [numbers as (number | undefined)[], (given && last !== undefined ? last : {}) as TensorOptions];
  }
  throw new ArgumentError("ARGUMENT_COUNT", `${name}: got ${args.length} arguments; it takes ${most} and options`);
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
  data: NestedArray | TypedArray | NestedBooleans,
  options: TensorOptions & { readonly shape?: Shape } = {},
): Tensor {
  checkOptions("tensor", options, '{ dtype: "float64" }', [...TENSOR_OPTIONS, "shape"]);
  const { requiresGrad } = options;
  if (isTypedArray(data)) {
    const dtype = checkDType("tensor", options.dtype ?? dtypeOf(data));
    const shape = checkSize("tensor", options.shape ?? [data.length], data.length);
    return leaf("tensor", convert(data, dtype), shape, dtype, requiresGrad);
  }
  const { elements, shape: found } = elementsOf(data);
  const shape = options.shape ? checkSize("tensor", options.shape, elements.length) : found;
  const dtype = checkDType("tensor", options.dtype ?? (typeof elements[0] === "boolean" ? "bool" : "float32"));
  const storage = allocate(dtype, elements.length);
  const floating = isFloating(dtype);
  for (let i = 0; i < elements.length; i++) {
    const x = Number(elements[i]);
    storage[i] = floating ? x : elementOf("tensor", x, dtype);
  }
  return leaf("tensor", storage, shape, dtype, requiresGrad);
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
 * dtype that of the array unless others are given; a Uint8Array can hold `uint8` or, of zeros and ones, `bool`.
 *
 * @throws ShapeError `SHAPE_SIZE` when the shape does not fit; ArgumentError `ELEMENT_KIND`, `ELEMENT_RANGE` for a bool other than 0
 * and 1; DTypeError `DTYPE_STORAGE` for a dtype that is not that of the array, `DTYPE_UNKNOWN`.
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
  checkStorage("fromTypedArray", data, checkDType("fromTypedArray", dtype));
  return leaf("fromTypedArray", data, checkSize("fromTypedArray", shape, data.length), dtype);
}

/** Checks that an array can be the storage of a tensor as it is. */
export function checkStorage(name: string, data: TypedArray, dtype: DType): void {
  const own = dtypeOf(data);
  if (dtype === "bool" && own === "uint8") {
    const other = data.find((x) => x > 1);
    if (other === undefined) return;
    throw new ArgumentError("ELEMENT_RANGE", `${name}: ${other} is no bool; use 0 and 1`);
  }
  if (own === dtype) return;
  throw new DTypeError(
    "DTYPE_STORAGE",
    `${name}: the array holds ${own}, not ${dtype}; tensor(data, { dtype }) converts`,
  );
}

/**
 * A tensor whose elements are all `value`, float32 unless another dtype is given.
 *
 * @throws ArgumentError `SHAPE_INVALID`, `ELEMENT_RANGE` for a value that the dtype cannot hold, `GRADIENT_DTYPE`; DTypeError
 * `DTYPE_UNKNOWN`.
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
  return filledBy(name, shape, options, (elements, dtype) => {
    const element = elementOf(name, value, dtype);
    if (!Object.is(element, 0)) elements.fill(element);
  });
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
 * Zeros in the shape of `x`, and in its dtype unless another is given.
 *
 * @throws ArgumentError `OPERAND_KIND`, `GRADIENT_DTYPE`; DTypeError `DTYPE_UNKNOWN`.
 * @example
 * ```ts
 * import { tensor, zerosLike } from "@adjoint/core";
 * console.log(zerosLike(tensor([[1, 2]])).toArray()); // → [ [ 0, 0 ] ]
 * ```
 */
export function zerosLike(x: Tensor, options: TensorOptions = {}): Tensor {
  return filledLike("zerosLike", x, 0, options);
}

/**
 * Ones in the shape of `x`, and in its dtype unless another is given.
 *
 * @throws ArgumentError `OPERAND_KIND`, `GRADIENT_DTYPE`; DTypeError `DTYPE_UNKNOWN`.
 * @example
 * ```ts
 * import { onesLike, tensor } from "@adjoint/core";
 * console.log(onesLike(tensor([[1, 2]]), { dtype: "int32" }).toArray()); // → [ [ 1, 1 ] ]
 * ```
 */
export function onesLike(x: Tensor, options: TensorOptions = {}): Tensor {
  return filledLike("onesLike", x, 1, options);
}

/**
 * A tensor in the shape of `x` whose elements are all `value`, in the dtype of `x` unless another is given.
 *
 * @throws ArgumentError `OPERAND_KIND`, `ELEMENT_RANGE` for a value that the dtype cannot hold, `GRADIENT_DTYPE`; DTypeError
 * `DTYPE_UNKNOWN`.
 * @example
 * ```ts
 * import { fullLike, tensor } from "@adjoint/core";
 * console.log(fullLike(tensor([[1, 2]]), 7).toArray()); // → [ [ 7, 7 ] ]
 * ```
 */
export function fullLike(x: Tensor, value: number, options: TensorOptions = {}): Tensor {
  return filledLike("fullLike", x, value, options);
}

function filledLike(name: string, x: Tensor, value: number, options: TensorOptions): Tensor {
  const complete = optionsLike(name, x, options, TENSOR_OPTIONS);
  return filled(name, x.shape, value, complete);
}

/** The options with the dtype of `x` where they name none. */
export function optionsLike<O extends TensorOptions>(name: string, x: Tensor, options: O, known: readonly string[]): O {
  checkTensor(name, x);
  checkOptions(name, options, '{ dtype: "float64" }', known);
  return { ...options, dtype: options.dtype ?? x.dtype };
}
