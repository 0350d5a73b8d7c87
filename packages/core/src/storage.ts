import { allocate, dtypeOf, type TypedArray } from "./dtype.js";
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
  const out = allocate(dtypeOf(base), sizeOf(shape));
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

const TILE = 16;

/** Copies matrices whose columns are contiguous, in tiles, so that both sides stay in cache. */
function copyTransposed(view: View, shape: Shape, out: TypedArray): void {
  const rank = shape.length;
  const rows = shape[rank - 2];
  const columns = shape[rank - 1];
  const stride = view.strides[rank - 1];
  const { base } = view;
  const matrices = [...shape.slice(0, rank - 2), 1];
  const outer: View = { base, offset: view.offset, strides: [...view.strides.slice(0, rank - 2), 0] };
  eachRow(outer, matrices, (start, matrix) => {
    const target = matrix * rows * columns;
    for (let r = 0; r < rows; r += TILE) {
      const rEnd = Math.min(r + TILE, rows);
      for (let c = 0; c < columns; c += TILE) {
        const cEnd = Math.min(c + TILE, columns);
        for (let i = r; i < rEnd; i++) {
          for (let j = c; j < cEnd; j++) out[target + i * columns + j] = base[start + i + j * stride];
        }
      }
    }
  });
}
