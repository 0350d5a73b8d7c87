import { extremesOfLines, type Normalisation, normaliseLines, sumLines } from "@adjoint/kernels";
import type { TypedArray } from "./dtype.js";
import { executor } from "./executors.js";
import { type Shape, sizeOf } from "./shape.js";

/** Elements seen as `[outer, length, inner]`: lines of `length` elements that lie `inner` apart. */
export interface Lines {
  readonly data: TypedArray;
  readonly outer: number;
  readonly length: number;
  readonly inner: number;
}

/** The lines along one axis; a scalar is one line of one element. */
export function linesAlong(data: TypedArray, shape: Shape, axis: number): Lines {
  if (shape.length === 0) return { data, outer: 1, length: 1, inner: 1 };
  return { data, outer: sizeOf(shape.slice(0, axis)), length: shape[axis], inner: sizeOf(shape.slice(axis + 1)) };
}

/** Elements from which the kernels are faster: of all lines, and of a plane `[length, inner]` where that is done by itself. */
const FROM_HERE_KERNELS = { sums: 1024, exponentials: 256, plane: 512 } as const;

/** The elements, if the kernels should see to them. */
function forKernels({ data, length, inner }: Lines, least: number): Float32Array | null {
  if (!(data instanceof Float32Array) || executor() === "reference" || data.length === 0) return null;
  const pays = data.length >= least && (inner === 1 || length * inner >= FROM_HERE_KERNELS.plane);
  return executor() === "wasm" || pays ? data : null;
}

/** The sum of every line, or null where plain loops have to do it. */
export function sumsOfLines(lines: Lines): Float64Array | null {
  const { outer, length, inner } = lines;
  const data = forKernels(lines, FROM_HERE_KERNELS.sums);
  const sums = data && sumLines(data, outer, length, inner);
  if (data === null || sums === null) return null;
  for (let i = 0; i < sums.length; i++) {
    // In float32 a part may overflow where the whole does not: such lines are added up again.
    if (!(Math.abs(sums[i]) < Infinity)) {
      sums[i] = 0;
      for (let l = 0, at = startOf(lines, i); l < length; l++, at += inner) sums[i] += data[at];
    }
  }
  return sums;
}

/** Where line `i` begins. */
function startOf({ length, inner }: Lines, i: number): number {
  return inner === 1 ? i * length : Math.floor(i / inner) * length * inner + (i % inner);
}

/** The place in line `i` of the first element that equals `x`, or is NaN as it is. */
function placeOf(lines: Lines, i: number, x: number): number {
  const { data, length, inner } = lines;
  const start = startOf(lines, i);
  if (x !== x) {
    for (let l = 0; l < length; l++) if (data[start + l * inner] !== data[start + l * inner]) return l;
  }
  // The engine's search takes half the time of a loop.
  if (inner === 1) return data.indexOf(x, start) - start;
  let l = 0;
  while (data[start + l * inner] !== x) l++;
  return l;
}

/** Which element is wanted. */
export type Extreme = "max" | "min";

/** The largest or smallest element of every line, the first of equal ones, or null where plain loops have to find it. */
export function extremesByKernel(name: Extreme, lines: Lines): Float32Array | null {
  const data = forKernels(lines, FROM_HERE_KERNELS.sums);
  const extremes = data && extremesOfLines(name, data, lines.outer, lines.length, lines.inner);
  if (data === null || extremes === null) return null;
  for (let i = 0; i < extremes.length; i++) {
    // 0 and -0 are equal, and the kernel gives any of them.
    if (extremes[i] === 0) extremes[i] = data[startOf(lines, i) + placeOf(lines, i, 0) * lines.inner];
  }
  return extremes;
}

/** The places of these elements, or null where plain loops have to find them. */
export function placesByKernel(name: Extreme, lines: Lines): Int32Array | null {
  const data = forKernels(lines, FROM_HERE_KERNELS.sums);
  const { outer, length, inner } = lines;
  const extremes = data && extremesOfLines(name, data, outer, length, inner);
  if (data === null || extremes === null) return null;
  const places = new Int32Array(extremes.length);
  if (inner > 1) placesInPlanes(data, lines, extremes, places);
  for (let i = 0; i < places.length; i++) {
    if (inner === 1 || extremes[i] !== extremes[i]) places[i] = placeOf(lines, i, extremes[i]);
  }
  return places;
}

/** Row by row, the last one first, as memory lies: the place that is written last is the first. */
function placesInPlanes(
  data: Float32Array,
  { outer, length, inner }: Lines,
  extremes: Float32Array,
  places: Int32Array,
): void {
  for (let o = 0; o < outer; o++) {
    const first = o * inner;
    for (let l = length - 1; l >= 0; l--) {
      const row = (o * length + l) * inner;
      for (let i = 0; i < inner; i++) if (data[row + i] === extremes[first + i]) places[first + i] = l;
    }
  }
}

/** The softmax and its kin of every line; false where plain loops have to do it, with anything in `out`. */
export function normaliseByKernel(kind: Normalisation, lines: Lines, out: TypedArray): boolean {
  const data = forKernels(lines, FROM_HERE_KERNELS.exponentials);
  if (data === null || !(out instanceof Float32Array)) return false;
  return normaliseLines(kind, data, [lines.outer, lines.length, lines.inner], out);
}
