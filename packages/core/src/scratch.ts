import { allocate, type DType, type TypedArray } from "./dtype.js";

const buffers = new Map<string, TypedArray>();

/**
 * An array kept from call to call, one for each purpose, since a fresh one of a megabyte costs more than filling it.
 * It is valid until the next request for the same purpose, and holds whatever was left in it.
 */
export function scratch(purpose: string, dtype: DType, size: number): TypedArray {
  const key = `${purpose} ${dtype}`;
  let buffer = buffers.get(key);
  if (buffer === undefined || buffer.length < size) {
    buffer = allocate(dtype, size);
    buffers.set(key, buffer);
  }
  return buffer.length === size ? buffer : buffer.subarray(0, size);
}
