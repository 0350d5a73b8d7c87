import { allocate, type TypedArray } from "../dtype.js";
import { type Shape, sizeOf, stridesOf } from "../shape.js";
import { eachRow } from "../storage.js";

/** A tensor as `outer` blocks of `length` rows of `inner` elements; indices name `count` of the rows of each block. */
export interface Stack {
  readonly outer: number;
  readonly length: number;
  readonly count: number;
  readonly inner: number;
}

/** A tensor of `shape` as a stack along an axis, `count` of whose places are named. */
export function stackOf(shape: Shape, count: number, axis: number): Stack {
  const [outer, inner] = [sizeOf(shape.slice(0, axis)), sizeOf(shape.slice(axis + 1))];
  return { outer, length: shape[axis], count, inner };
}

/** Whether indices of the shape `own` are as large as the tensor on all axes but one. */
export function fills(own: Shape, shape: Shape, axis: number): boolean {
  return own.every((n, i) => i === axis || n === shape[i]);
}

/** `out[o][j][i] = x[o][indices[o][j][i]][i]`. */
export function takeElements(
  x: TypedArray,
  indices: TypedArray,
  { outer, length, count, inner }: Stack,
  out: TypedArray,
): void {
  let p = 0;
  for (let o = 0, block = 0; o < outer; o++, block += length * inner) {
    if (inner === 1) {
      for (const end = p + count; p < end; p++) {
        const index = indices[p];
        out[p] = x[block + (index < 0 ? index + length : index)];
      }
    } else {
      for (let j = 0; j < count; j++) {
        for (let at = block; at < block + inner; at++, p++) {
          const index = indices[p];
          out[p] = x[at + (index < 0 ? index + length : index) * inner];
        }
      }
    }
  }
}

/** Elements of the sums that are kept in float64 at a time: as many as stay in the second-level cache. */
const TOGETHER = 2 ** 15;

/** `out[o][indices[o][j][i]][i] += g[o][j][i]` over zeros: the transpose of {@link takeElements}, its sums in float64. */
export function addElements(g: TypedArray, indices: TypedArray, stack: Stack, out: TypedArray): void {
  const { outer, length, count, inner } = stack;
  const block = length * inner;
  // One element to each place has nothing to round; wider arrays round no worse than the sums.
  if (count <= 1 || !(out instanceof Float32Array)) return addBlocks(g, indices, stack, 0, outer, out);
  const blocks = Math.max(1, Math.min(outer, Math.floor(TOGETHER / block)));
  const sums = new Float64Array(blocks * block);
  for (let o = 0; o < outer; o += blocks) {
    const end = Math.min(outer, o + blocks);
    sums.fill(0);
    addBlocks(g, indices, stack, o, end, sums);
    out.set(sums.subarray(0, (end - o) * block), o * block);
  }
}

function addBlocks(
  g: TypedArray,
  indices: TypedArray,
  { length, count, inner }: Stack,
  first: number,
  end: number,
  out: TypedArray,
): void {
  let p = first * count * inner;
  for (let o = first, block = 0; o < end; o++, block += length * inner) {
    for (let j = 0; j < count; j++) {
      for (let at = block; at < block + inner; at++, p++) {
        const index = indices[p];
        out[at + (index < 0 ? index + length : index) * inner] += g[p];
      }
    }
  }
}

/** Elements from which one call that copies a row costs less than a loop. */
const LONG_ROW = 128;

/** `out[o][j] = x[o][indices[j]]`, row by row. */
export function takeRows(
  x: TypedArray,
  indices: TypedArray,
  { outer, length, count, inner }: Stack,
  out: TypedArray,
): void {
  let to = 0;
  for (let o = 0, block = 0; o < outer; o++, block += length * inner) {
    for (let j = 0; j < count; j++) {
      const index = indices[j];
      let from = block + (index < 0 ? index + length : index) * inner;
      if (inner < LONG_ROW) for (const end = to + inner; to < end; to++, from++) out[to] = x[from];
      else {
        out.set(x.subarray(from, from + inner), to);
        to += inner;
      }
    }
  }
}

/**
 * `out[o][indices[j]] += g[o][j]` over zeros: the transpose of {@link takeRows}. The sums, in float64, are kept for the rows
 * that are named only: a gradient of an embedding names few of many.
 */
export function addRows(
  g: TypedArray,
  indices: TypedArray,
  { outer, length, count, inner }: Stack,
  out: TypedArray,
): void {
  const { slots, rows } = namedRows(indices, length);
  const sums = new Float64Array(rows.length * inner);
  let p = 0;
  for (let o = 0, block = 0; o < outer; o++, block += length * inner) {
    sums.fill(0);
    for (let j = 0; j < count; j++) {
      for (let at = slots[j] * inner, end = at + inner; at < end; at++, p++) sums[at] += g[p];
    }
    for (let r = 0, from = 0; r < rows.length; r++) {
      for (let to = block + rows[r] * inner, end = to + inner; to < end; to++, from++) out[to] = sums[from];
    }
  }
}

/** The rows that are named, each once, and for each index which of them it names. */
function namedRows(indices: TypedArray, length: number): { readonly slots: Int32Array; readonly rows: number[] } {
  const rows: number[] = [];
  const slots = new Int32Array(indices.length);
  // Behind each row that is named the number of rows named until then; a long table is not touched elsewhere.
  const named = allocate("int32", length);
  for (let j = 0; j < indices.length; j++) {
    const row = indices[j] < 0 ? indices[j] + length : indices[j];
    if (named[row] === 0) named[row] = rows.push(row);
    slots[j] = named[row] - 1;
  }
  return { slots, rows };
}

/** For each index, of shape `own`, the flat place along `axis` of a tensor of `shape` that it points to. */
export function placesOf(indices: TypedArray, own: Shape, shape: Shape, axis: number): Int32Array {
  const places = new Int32Array(indices.length);
  const strides = stridesOf(shape);
  const last = own.length - 1;
  const step = axis === last ? 0 : 1;
  const view = { base: places, offset: 0, strides: strides.with(axis, 0) };
  eachRow(view, own, (start, position) => {
    for (let j = 0; j < own[last]; j++) {
      const index = indices[position + j];
      places[position + j] = start + j * step + (index < 0 ? index + shape[axis] : index) * strides[axis];
    }
  });
  return places;
}
