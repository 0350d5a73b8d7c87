import { unclearedBuffer } from "@adjoint/kernels";
import { ArgumentError, describe, DTypeError } from "./errors.js";

/** The element types of tensors. `float32` is the default; a `bool` is stored as a byte of 0 or 1. */
export type DType = "float32" | "float64" | "int32" | "uint8" | "bool";

/** The arrays that hold tensor elements. `Uint8Array` serves both `uint8` and `bool`. */
export type TypedArray = Float32Array | Float64Array | Int32Array | Uint8Array;

/** From weakest to strongest: mixing two gives the later one, except as {@link promote} says. */
const ORDER: readonly DType[] = ["bool", "uint8", "int32", "float32", "float64"];

/** All dtypes, from weakest to strongest in promotion. */
export const dtypes: readonly DType[] = ORDER;

/** Whether values of this dtype can have fractions, and therefore gradients. */
export function isFloating(dtype: DType): boolean {
  return dtype === "float32" || dtype === "float64";
}

/** Elements that any JavaScript engine can hold in one array of eight bytes each. */
export const LARGEST = 2 ** 30;

/** Elements below which an array is always to be had, and clearing it costs nothing: the short way for small tensors. */
const SMALL = 2 ** 12;

/**
 * A zeroed array of `size` elements of `dtype`; `name` is for the message.
 *
 * @throws ArgumentError `SIZE_TOO_LARGE`, also when the memory is not there.
 */
export function allocate(dtype: DType, size: number, name?: string): TypedArray {
  return size < SMALL ? arrayOn(dtype, size, null) : tryToAllocate(dtype, size, name, () => null);
}

/** An array of `size` arbitrary elements, for results that are written whole; the rest as {@link allocate}. */
export function allocateUncleared(dtype: DType, size: number, name?: string): TypedArray {
  return size < SMALL ? arrayOn(dtype, size, null) : tryToAllocate(dtype, size, name, unclearedBuffer);
}

/** An array on the buffer that `take` gives, or on a new one for null. */
function tryToAllocate(
  dtype: DType,
  size: number,
  name: string | undefined,
  take: (bytes: number) => ArrayBuffer | null,
): TypedArray {
  try {
    if (size <= LARGEST) return arrayOn(dtype, size, take(size * BYTES[dtype]));
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
  }
  throw new ArgumentError(
    "SIZE_TOO_LARGE",
    `${name === undefined ? "" : `${name}: `}a tensor of ${size} elements is larger than JavaScript's arrays can be; use a smaller shape`,
  );
}

const BYTES: Readonly<Record<DType, number>> = { bool: 1, uint8: 1, int32: 4, float32: 4, float64: 8 };

function arrayOn(dtype: DType, size: number, buffer: ArrayBuffer | null): TypedArray {
  switch (dtype) {
    case "float32":
      return buffer ? new Float32Array(buffer) : new Float32Array(size);
    case "float64":
      return buffer ? new Float64Array(buffer) : new Float64Array(size);
    case "int32":
      return buffer ? new Int32Array(buffer) : new Int32Array(size);
    default:
      return buffer ? new Uint8Array(buffer) : new Uint8Array(size);
  }
}

/** The dtype that a typed array holds. */
export function dtypeOf(data: TypedArray): DType {
  if (data instanceof Float32Array) return "float32";
  if (data instanceof Float64Array) return "float64";
  if (data instanceof Int32Array) return "int32";
  return "uint8";
}

/** Whether `data` is one of the arrays that tensors are made of. */
export function isTypedArray(data: unknown): data is TypedArray {
  return (
    data instanceof Float32Array ||
    data instanceof Float64Array ||
    data instanceof Int32Array ||
    data instanceof Uint8Array
  );
}

/**
 * The dtype in which `a` and `b` meet, PyTorch's promotion: the stronger of the two
 * in the order bool, uint8, int32, float32, float64.
 */
export function promote(a: DType, b: DType): DType {
  if (a === b) return a;
  return ORDER.indexOf(a) > ORDER.indexOf(b) ? a : b;
}

/**
 * The dtype a plain JavaScript number takes beside a tensor of dtype `other`: the tensor's own,
 * unless the number is of a higher kind (a fraction beside integers, a number beside bools).
 */
export function dtypeOfNumber(x: number, other: DType): DType {
  if (isFloating(other)) return other;
  if (!Number.isInteger(x)) return "float32";
  return other === "bool" ? "int32" : other;
}

/**
 * Checks a dtype that a user gave.
 *
 * @throws DTypeError `DTYPE_UNKNOWN` for anything else than the five names.
 */
export function checkDType(name: string, dtype: DType): DType {
  if (!ORDER.includes(dtype)) {
    throw new DTypeError("DTYPE_UNKNOWN", `${name}: ${describe(dtype)} is no dtype; use one of ${ORDER.join(", ")}`);
  }
  return dtype;
}

/** Converts every element: truncation to integers, `x != 0` to bool. Copies always. */
export function convert(data: TypedArray, dtype: DType): TypedArray {
  const out = allocate(dtype, data.length);
  if (dtype === "bool") {
    for (let i = 0; i < data.length; i++) out[i] = data[i] !== 0 ? 1 : 0;
  } else {
    out.set(data);
  }
  return out;
}
