import { fromTypedArray, type Tensor, type TypedArray } from "@adjoint/core";

/** Row `index` of `source`: `[n, ...rest]` gives `[...rest]`. The index is trusted. */
export function row(source: Tensor, index: number): Tensor {
  const shape = source.shape.slice(1);
  const length = rowLength(source);
  return fromTypedArray(source.data.subarray(index * length, (index + 1) * length), shape, source.dtype);
}

/** Rows `indices` of `source`, copied side by side: `[n, ...rest]` gives `[indices, ...rest]`. */
export function gatherRows(source: Tensor, indices: Int32Array): Tensor {
  const length = rowLength(source);
  const data = source.data;
  const out = emptyLike(data, indices.length * length);
  if (length === 1) {
    for (let i = 0; i < indices.length; i++) out[i] = data[indices[i]];
  } else {
    for (let i = 0; i < indices.length; i++) {
      const start = indices[i] * length;
      out.set(data.subarray(start, start + length), i * length);
    }
  }
  return fromTypedArray(out, [indices.length, ...source.shape.slice(1)], source.dtype);
}

/** A zeroed array of the class of `data`. */
export function emptyLike(data: TypedArray, length: number): TypedArray {
  if (data instanceof Float32Array) return new Float32Array(length);
  if (data instanceof Float64Array) return new Float64Array(length);
  if (data instanceof Int32Array) return new Int32Array(length);
  return new Uint8Array(length);
}

function rowLength(source: Tensor): number {
  return source.shape.slice(1).reduce((product, size) => product * size, 1);
}
