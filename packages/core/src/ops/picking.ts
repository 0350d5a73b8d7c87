import { moveAxisTo } from "../batch.js";
import { ones } from "../create.js";
import { allocate, convert, type DType, isFloating, type TypedArray } from "../dtype.js";
import { type Shape, sizeOf } from "../shape.js";
import { defineOp, type OpFunction } from "../structural.js";
import { Tensor } from "../tensor.js";
import { addElements, addRows, fills, placesOf, stackOf, takeElements, takeRows } from "./index-loops.js";
import { expand, reshape } from "./shape.js";
import { slice } from "./slice.js";

// The ops behind gather, indexSelect and their reverses. Axes and indices are trusted here: the functions that users call
// check them, and the rules of derivatives need not check them again.

/** A tensor of int32, for samples. */
export function integers(shape: Shape, ...elements: readonly number[]): Tensor {
  return new Tensor(Int32Array.from(elements), shape, "int32");
}

/** A place of sums that start at 0: integers of any width are added modulo theirs, booleans as numbers. */
function zeroSums(dtype: DType, size: number): TypedArray {
  return allocate(dtype === "bool" ? "int32" : dtype, size);
}

const asDType = (sums: TypedArray, dtype: DType): TypedArray => (dtype === "bool" ? convert(sums, dtype) : sums);

/** The indices of all examples, one example after the other along the axis, for one tensor that they share. */
function together(indices: Tensor, axis: number): Tensor {
  const moved = moveAxisTo(indices, 0, axis);
  return reshape(moved, moved.shape.toSpliced(axis, 2, moved.shape[axis] * moved.shape[axis + 1]));
}

/** The way back from {@link together}: the examples along a new axis 0. */
function apart(x: Tensor, axis: number, size: number): Tensor {
  return moveAxisTo(reshape(x, x.shape.toSpliced(axis, 1, size, x.shape[axis] / size)), axis, 0);
}

/** `out[…, j, …] = x[…, indices[…, j, …], …]` along an axis. */
export const pick: OpFunction<[x: Tensor, indices: Tensor, axis: number]> = defineOp<
  [x: Tensor, indices: Tensor, axis: number],
  number
>({
  name: "gather",
  call: (x, indices, axis) => ({ inputs: [x, indices], attributes: axis }),
  shape: ([, indices]) => indices.shape,
  dtype: ([x]) => x.dtype,
  forward: ([x, indices], axis, shape, dtype) => {
    const out = allocate(dtype, sizeOf(shape));
    const { data } = x;
    if (fills(shape, x.shape, axis)) takeElements(data, indices.data, stackOf(x.shape, shape[axis], axis), out);
    else {
      const places = placesOf(indices.data, shape, x.shape, axis);
      for (let p = 0; p < places.length; p++) out[p] = data[places[p]];
    }
    return out;
  },
  vjp: (g, { inputs: [x, indices], attributes: axis }) => [addAt(g, indices, axis, x.shape), null],
  jvp: ([t], { inputs: [, indices], attributes: axis }) => t && pick(t, indices, axis),
  batch: ([x, indices], axis, { size, batched: [each] }) =>
    each || size === 0
      ? pick(x, indices, axis + 1)
      : apart(pick(slice(x, 0), together(indices, axis), axis), axis, size),
  samples: () => [
    [ones([3, 2]), integers([1, 2], 2, -1), 0],
    [ones([3, 2]), integers([2, 1], 1, 0), 1],
  ],
});

/** Zeros of `shape` to which `g` is added at the indices: the transpose of {@link pick}. */
export const addAt: OpFunction<[g: Tensor, indices: Tensor, axis: number, shape: Shape]> = defineOp<
  [g: Tensor, indices: Tensor, axis: number, shape: Shape],
  { readonly axis: number; readonly shape: Shape }
>({
  name: "scatterSum",
  call: (g, indices, axis, shape) => ({ inputs: [g, indices], attributes: { axis, shape } }),
  shape: (_inputs, { shape }) => shape,
  dtype: ([g]) => g.dtype,
  forward: ([g, indices], { axis }, shape, dtype) => {
    const { data } = g;
    const { shape: own } = indices;
    const filled = fills(own, shape, axis);
    const sums = filled || !isFloating(dtype) ? zeroSums(dtype, sizeOf(shape)) : new Float64Array(sizeOf(shape));
    if (filled) addElements(data, indices.data, stackOf(shape, own[axis], axis), sums);
    else {
      const places = placesOf(indices.data, own, shape, axis);
      for (let p = 0; p < places.length; p++) sums[places[p]] += data[p];
    }
    return asDType(sums, dtype);
  },
  vjp: (cotangent, { inputs: [, indices], attributes: { axis } }) => [pick(cotangent, indices, axis), null],
  jvp: ([t], { inputs: [, indices], attributes: { axis, shape } }) => t && addAt(t, indices, axis, shape),
  batch: ([g, indices], { axis, shape }, { size }) => addAt(g, indices, axis + 1, [size, ...shape]),
  samples: () => [
    [ones([2, 2]), integers([2, 2], 0, 2, 0, -1), 0, [3, 2]],
    [ones([2, 1]), integers([2, 1], 1, 1), 0, [3, 2]],
  ],
});

/** A vector of indices for each example, as the indices of {@link pick} and {@link addAt} for parts of `shape`. */
function spread(indices: Tensor, axis: number, shape: Shape): Tensor {
  const thin = shape.map((_, i) => (i === 0 ? indices.shape[0] : i === axis ? indices.shape[1] : 1));
  return expand(reshape(indices, thin), shape.with(axis, indices.shape[1]));
}

/** `out[…, j, …] = x[…, indices[j], …]` along an axis, for a vector of indices. */
export const pickRows: OpFunction<[x: Tensor, indices: Tensor, axis: number]> = defineOp<
  [x: Tensor, indices: Tensor, axis: number],
  number
>({
  name: "indexSelect",
  call: (x, indices, axis) => ({ inputs: [x, indices], attributes: axis }),
  shape: ([x, indices], axis) => x.shape.with(axis, indices.size),
  dtype: ([x]) => x.dtype,
  forward: ([x, indices], axis, shape, dtype) => {
    const out = allocate(dtype, sizeOf(shape));
    takeRows(x.data, indices.data, stackOf(x.shape, indices.size, axis), out);
    return out;
  },
  vjp: (g, { inputs: [x, indices], attributes: axis }) => [addRowsAt(g, indices, axis, x.shape[axis]), null],
  jvp: ([t], { inputs: [, indices], attributes: axis }) => t && pickRows(t, indices, axis),
  batch: ([x, indices], axis, { size, batched: [each, eachIndex] }) => {
    if (size > 0 && !eachIndex) return pickRows(x, slice(indices, 0), axis + 1);
    if (size > 0 && !each) return apart(pickRows(slice(x, 0), reshape(indices, [indices.size]), axis), axis, size);
    return pick(x, spread(indices, axis + 1, x.shape), axis + 1);
  },
  samples: () => [
    [ones([3, 2]), integers([3], 2, 0, 2), 0],
    [ones([3, 2]), integers([1], -1), 1],
  ],
});

/** Zeros, `length` along the axis, to which the slices of `g` are added at the indices: the transpose of {@link pickRows}. */
export const addRowsAt: OpFunction<[g: Tensor, indices: Tensor, axis: number, length: number]> = defineOp<
  [g: Tensor, indices: Tensor, axis: number, length: number],
  { readonly axis: number; readonly length: number }
>({
  name: "indexSum",
  call: (g, indices, axis, length) => ({ inputs: [g, indices], attributes: { axis, length } }),
  shape: ([g], { axis, length }) => g.shape.with(axis, length),
  dtype: ([g]) => g.dtype,
  forward: ([g, indices], { axis }, shape, dtype) => {
    const sums = zeroSums(dtype, sizeOf(shape));
    addRows(g.data, indices.data, stackOf(shape, indices.size, axis), sums);
    return asDType(sums, dtype);
  },
  vjp: (cotangent, { inputs: [, indices], attributes: { axis } }) => [pickRows(cotangent, indices, axis), null],
  jvp: ([t], { inputs: [, indices], attributes: { axis, length } }) => t && addRowsAt(t, indices, axis, length),
  batch: ([g, indices], { axis, length }, { size, batched: [, eachIndex] }) =>
    size > 0 && !eachIndex
      ? addRowsAt(g, slice(indices, 0), axis + 1, length)
      : addAt(g, spread(indices, axis + 1, g.shape), axis + 1, g.shape.with(axis + 1, length)),
  samples: () => [[ones([3, 2]), integers([3], 2, 0, 2), 0, 4]],
});
