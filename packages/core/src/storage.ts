import { allocateUncleared, dtypeOf, type TypedArray } from "./dtype.js";
import type { Tensor } from "./tensor.js";
import { type Shape, sizeOf, stridesOf } from "./shape.js";

/** Elements that lie in another tensor's array: element `i` is at `offset + Σ iₖ·strides[k]`. */
export interface View {
  readonly base: TypedArray;
  readonly offset: number;
  readonly strides: readonly number[];
}

/**
 * The examples of a batch, along axis 0 of one tensor. A tensor over it has the shape of one example: inside `vmap` number
 * `id` it stands for all of them.
 */
export interface Batch {
  readonly examples: Tensor;
  readonly id: number;
}

/** Where the elements of a tensor lie: as a view in any case. */
export function viewOf(tensor: { readonly shape: Shape; readonly view: View | null; readonly data: TypedArray }): View {
  return tensor.view ?? { base: tensor.data, offset: 0, strides: stridesOf(tensor.shape) };
}

/** Whether elements with these strides follow each other without gaps; axes of size 1 may have any stride. */
export function isRowMajor(strides: readonly number[], shape: Shape): boolean {
  let expected = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    if (shape[axis] !== 1 && strides[axis] !== expected) return false;
    expected *= shape[axis];
  }
  return true;
}

/**
 * The strides that show the elements of a view in another shape of the same size, or null where they would have to be copied:
 * axes that follow each other in memory can be merged, and any axis divided.
 */
export function restride(shape: Shape, strides: readonly number[], next: Shape): number[] | null {
  const result = new Array<number>(next.length);
  let target = next.length - 1;
  for (let axis = shape.length - 1, end = axis; axis >= 0; axis--) {
    // A run of axes ends where the next one in front does not go on from it.
    const run = sizeOf(shape.slice(axis, end + 1));
    if (axis > 0 && (shape[axis - 1] === 1 || strides[axis - 1] === run * strides[end])) continue;
    let covered = 1;
    for (; target >= 0 && (covered < run || next[target] === 1); target--) {
      result[target] = covered * strides[end];
      covered *= next[target];
    }
    if (covered !== run) return null;
    end = axis - 1;
  }
  return result.fill(1, 0, target + 1);
}

/** Calls `row(start, position)` for each run along the last axis: where it starts in the base, and in row-major order. */
export function eachRow(view: View, shape: Shape, row: (start: number, position: number) => void): void {
  const outer = shape.length - 1;
  const length = outer < 0 ? 1 : shape[outer];
  const total = sizeOf(shape);
  const index = new Array<number>(Math.max(outer, 0)).fill(0);
  let start = view.offset;
  for (let position = 0; position < total; position += length) {
    row(start, position);
    for (let axis = outer - 1; axis >= 0; axis--) {
      start += view.strides[axis];
      if (++index[axis] < shape[axis]) break;
      start -= view.strides[axis] * shape[axis];
      index[axis] = 0;
    }
  }
}

/** The elements of a view copied into row-major order. */
export function contiguous(view: View, shape: Shape): TypedArray {
  const { base } = view;
  const out = allocateUncleared(dtypeOf(base), sizeOf(shape));
  if (out.length === 0) return out;
  if (transposesLastTwo(view, shape)) {
    copyTransposed(view, shape, out);
    return out;
  }
  const rank = shape.length;
  const length = rank === 0 ? 1 : shape[rank - 1];
  const stride = rank === 0 ? 1 : view.strides[rank - 1];
  eachRow(view, shape, (start, position) => {
    if (stride === 1 && length > 16) {
      out.set(base.subarray(start, start + length), position);
    } else {
      for (let j = 0; j < length; j++) out[position + j] = base[start + j * stride];
    }
  });
  return out;
}

function transposesLastTwo(view: View, shape: Shape): boolean {
  const rank = shape.length;
  return rank >= 2 && view.strides[rank - 2] === 1 && view.strides[rank - 1] > 1;
}

/** Copies matrices whose columns are contiguous. */
function copyTransposed(view: View, shape: Shape, out: TypedArray): void {
  const rank = shape.length;
  const [rows, columns] = shape.slice(-2);
  const stride = view.strides[rank - 1];
  const matrices = [...shape.slice(0, rank - 2), 1];
  const outer: View = { ...view, strides: [...view.strides.slice(0, rank - 2), 0] };
  eachRow(outer, matrices, (start, matrix) => {
    const target = matrix * rows * columns;
    let column = 0;
    for (; column + 8 <= columns; column += 8) {
      copyEight(view.base, start + column * stride, stride, out, target + column, columns, rows);
    }
    for (; column < columns; column++) {
      for (let i = 0; i < rows; i++) out[target + i * columns + column] = view.base[start + i + column * stride];
    }
  });
}

/** Eight columns at once: each is read in order, and what is written lies side by side. Square tiles take twice as long. */
function copyEight(
  base: TypedArray,
  start: number,
  stride: number,
  out: TypedArray,
  target: number,
  step: number,
  count: number,
): void {
  const [a, b, c, d] = [start, start + stride, start + 2 * stride, start + 3 * stride];
  const [e, f, g, h] = [a + 4 * stride, b + 4 * stride, c + 4 * stride, d + 4 * stride];
  for (let i = 0, to = target; i < count; i++, to += step) {
    out[to] = base[a + i];
    out[to + 1] = base[b + i];
    out[to + 2] = base[c + i];
    out[to + 3] = base[d + i];
    out[to + 4] = base[e + i];
    out[to + 5] = base[f + i];
    out[to + 6] = base[g + i];
    out[to + 7] = base[h + i];
  }
}
