import { checkInteger } from "./arguments.js";
import { checkStorage } from "./create.js";
import { allocate, checkDType, type DType, type TypedArray } from "./dtype.js";
import { ArgumentError, describe, ShapeError } from "./errors.js";
import { checkShape, formatShape, type Shape, sizeOf } from "./shape.js";
import { Tensor } from "./tensor.js";

/**
 * A tensor over the bytes of a buffer or of a view of one (a Node `Buffer`, a `DataView`), in the byte order of the machine, from a
 * byte on. Shares the memory where the first byte lies at a multiple of the element's size, else copies: do not write to the buffer
 * afterwards.
 *
 * @param dtype - float32 unless another is given; a byte of `bool` must be 0 or 1
 * @param byteOffset - where the elements begin (default 0), counted from the start of the view
 * @throws ArgumentError `BUFFER_KIND`, `INTEGER_INVALID`, `SHAPE_INVALID`, `ELEMENT_RANGE`; ShapeError `BUFFER_SIZE` when there are
 * fewer bytes than the shape needs; DTypeError `DTYPE_UNKNOWN`.
 * @example
 * ```ts
 * import { fromBuffer } from "@adjoint/core";
 * const bytes = new Uint8Array([9, 1, 0, 0, 0, 2, 0, 0, 0]);
 * console.log(fromBuffer(bytes, [2], "int32", 1)); // → tensor([1, 2], dtype=int32)
 * ```
 */
export function fromBuffer(
  buffer: ArrayBufferLike | ArrayBufferView,
  shape: Shape,
  dtype: DType = "float32",
  byteOffset = 0,
): Tensor {
  const bytes = bytesOf(buffer);
  checkDType("fromBuffer", dtype);
  checkInteger("fromBuffer", "byteOffset", byteOffset, 0);
  const data = elements(bytes, sizeOf(checkShape("fromBuffer", shape)), dtype, byteOffset, shape);
  checkStorage("fromBuffer", data, dtype);
  return new Tensor(data, shape.slice(), dtype);
}

function bytesOf(buffer: unknown): Uint8Array {
  if (ArrayBuffer.isView(buffer)) {
    // A DataView of a buffer that was transferred away throws when it is asked for its length.
    return buffer.buffer.byteLength === 0
      ? new Uint8Array(0)
      : new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength);
  }
  const shared = typeof SharedArrayBuffer !== "undefined" && buffer instanceof SharedArrayBuffer;
  if (buffer instanceof ArrayBuffer) return buffer.byteLength === 0 ? new Uint8Array(0) : new Uint8Array(buffer);
  if (shared) return new Uint8Array(buffer);
  throw new ArgumentError(
    "BUFFER_KIND",
    `fromBuffer: ${describe(buffer)} is no ArrayBuffer or view of one; tensor(...) takes plain arrays`,
  );
}

function elements(bytes: Uint8Array, size: number, dtype: DType, byteOffset: number, shape: Shape): TypedArray {
  const { BYTES_PER_ELEMENT: width } = allocate(dtype, 0);
  const length = size * width;
  if (byteOffset + length > bytes.byteLength) {
    throw new ShapeError(
      "BUFFER_SIZE",
      `fromBuffer: ${formatShape(shape)} of ${dtype} takes ${length} bytes from byte ${byteOffset} on; there are ${bytes.byteLength} in all`,
    );
  }
  const start = bytes.byteOffset + byteOffset;
  if (start % width !== 0) {
    const copy = allocate(dtype, size);
    new Uint8Array(copy.buffer).set(bytes.subarray(byteOffset, byteOffset + length));
    return copy;
  }
  switch (dtype) {
    case "float32":
      return new Float32Array(bytes.buffer, start, size);
    case "float64":
      return new Float64Array(bytes.buffer, start, size);
    case "int32":
      return new Int32Array(bytes.buffer, start, size);
    default:
      return new Uint8Array(bytes.buffer, start, size);
  }
}
