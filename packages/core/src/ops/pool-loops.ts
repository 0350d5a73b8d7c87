import type { TypedArray } from "../dtype.js";

/** The cells of one axis under each window: from `starts[p]` up to `ends[p]` (excluded), `step` apart. Never none. */
export interface Places {
  /** The length of the axis. */
  readonly input: number;
  readonly starts: readonly number[]; // the first cell under each window
  readonly ends: readonly number[]; // the cell behind the last one
  readonly step: number; // cells from one to the next; the dilation
}

const WHOLE: Places = { input: 1, starts: [0], ends: [1], step: 1 };

/** The loops run over depth, height and width; axes that are not there have one cell. */
function threeAxes(places: readonly Places[]): readonly Places[] {
  return [WHOLE, WHOLE, WHOLE, ...places].slice(-3);
}

/**
 * Calls `row` for every row of windows: with the corner of its plane, and the windows of depth and height it belongs
 * to.
 */
function eachRowOfWindows(
  places: readonly Places[],
  size: number,
  row: (plane: number, depth: number, height: number) => void,
): void {
  const [depth, height, width] = places;
  const plane = depth.input * height.input * width.input;
  for (let corner = 0; corner < size; corner += plane) {
    for (let d = 0; d < depth.starts.length; d++) {
      for (let h = 0; h < height.starts.length; h++) row(corner, d, h);
    }
  }
}

/**
 * The flat position, within its plane, of the largest element under each window: the first in row-major order, except
 * that the last NaN wins over all, as in PyTorch.
 */
export function largestPlaces(x: TypedArray, places: readonly Places[], out: Int32Array): void {
  const axes = threeAxes(places);
  const [depth, height, width] = axes;
  const pairs = depth.input === 1 && inPairs(height) && inPairs(width);
  let to = 0;
  eachRowOfWindows(axes, x.length, (plane, d, h) => {
    if (pairs) largestOfPairs(x, plane, height.starts[h] * width.input, width, out, to);
    else largestInRow(x, plane, axes, d, h, out, to);
    to += width.starts.length;
  });
}

/** Windows two by two, side by side, are by far the most common pooling and worth a loop of their own. */
function inPairs({ starts, ends, step }: Places): boolean {
  return step === 1 && starts.every((start, p) => start === 2 * p && ends[p] === start + 2);
}

/** Without branches on the elements, which the processor could not predict: comparisons as 0 or 1 choose places. */
function largestOfPairs(x: TypedArray, plane: number, row: number, width: Places, out: Int32Array, to: number): void {
  const below = width.input;
  const end = to + width.starts.length;
  for (let at = plane + row; to < end; at += 2) {
    const a = x[at];
    const b = x[at + 1];
    const c = x[at + below];
    const d = x[at + below + 1];
    const sum = a + b + c + d;
    const upper = Number(b > a);
    const lower = below + Number(d > c);
    const best = at - plane + upper + Number(x[at + lower] > x[at + upper]) * (lower - upper);
    // A NaN gives a NaN, and so may infinities.
    out[to++] = sum === sum ? best : at - plane + lastNaN(a, b, c, d, below, best - at + plane);
  }
}

/** The place of the last NaN in a window of two by two, or `best` where there is none. */
function lastNaN(a: number, b: number, c: number, d: number, below: number, best: number): number {
  if (d !== d) return below + 1;
  if (c !== c) return below;
  if (b !== b) return 1;
  return a !== a ? 0 : best;
}

function largestInRow(
  x: TypedArray,
  plane: number,
  [depth, height, width]: readonly Places[],
  d: number,
  h: number,
  out: Int32Array,
  to: number,
): void {
  const { starts, ends, step } = width;
  const [firstDepth, endDepth, firstRow, endRow] = [depth.starts[d], depth.ends[d], height.starts[h], height.ends[h]];
  for (let w = 0; w < starts.length; w++) {
    let best = (firstDepth * height.input + firstRow) * width.input + starts[w];
    let champion = x[plane + best];
    for (let z = firstDepth; z < endDepth; z += depth.step) {
      for (let y = firstRow; y < endRow; y += height.step) {
        const row = (z * height.input + y) * width.input;
        for (let at = row + starts[w]; at < row + ends[w]; at += step) {
          const candidate = x[plane + at];
          if (candidate > champion || candidate !== candidate) {
            champion = candidate;
            best = at;
          }
        }
      }
    }
    out[to + w] = best;
  }
}

/** `out[j] = x[places[j]]` in each plane of `plane` cells, of which there are `results` results. */
export function takeFromPlanes(
  x: TypedArray,
  places: TypedArray,
  plane: number,
  results: number,
  out: TypedArray,
): void {
  for (let corner = 0, j = 0; j < out.length; corner += plane) {
    for (const end = j + results; j < end; j++) out[j] = x[corner + places[j]];
  }
}

/** `out[places[j]] += g[j]` in each plane of `plane` cells: the reverse of taking. */
export function addToPlanes(g: TypedArray, places: TypedArray, plane: number, results: number, out: TypedArray): void {
  for (let corner = 0, j = 0; j < g.length; corner += plane) {
    for (const end = j + results; j < end; j++) out[corner + places[j]] += g[j];
  }
}

/** By how much the sum under each window is divided: the product of one number for each axis. */
export type Divisors = readonly (readonly number[])[];

/** Calls `row` with the start of every row of cells under a row of windows. */
function eachCoveredRow(
  plane: number,
  [depth, height, width]: readonly Places[],
  d: number,
  h: number,
  row: (start: number) => void,
): void {
  for (let z = depth.starts[d]; z < depth.ends[d]; z++) {
    for (let y = height.starts[h]; y < height.ends[h]; y++) row(plane + (z * height.input + y) * width.input);
  }
}

/** The sum under each window, divided. */
export function averages(x: TypedArray, places: readonly Places[], divisors: Divisors, out: TypedArray): void {
  const axes = threeAxes(places);
  const [byDepth, byHeight, byWidth] = [[1], [1], [1], ...divisors].slice(-3);
  const { starts, ends } = axes[2];
  const sums = new Float64Array(starts.length);
  let to = 0;
  eachRowOfWindows(axes, x.length, (plane, d, h) => {
    sums.fill(0);
    eachCoveredRow(plane, axes, d, h, (row) => addWindows(x, row, starts, ends, sums));
    const divisor = byDepth[d] * byHeight[h];
    for (let w = 0; w < sums.length; w++) out[to++] = sums[w] / (divisor * byWidth[w]);
  });
}

/** Adds the cells of one row under each window to its sum. */
function addWindows(
  x: TypedArray,
  row: number,
  starts: readonly number[],
  ends: readonly number[],
  sums: Float64Array,
): void {
  for (let w = 0; w < starts.length; w++) {
    const end = row + ends[w];
    let sum = 0;
    for (let at = row + starts[w]; at < end; at++) sum += x[at];
    sums[w] += sum;
  }
}

/** Adds to every cell the shares of the windows over it: the transpose of {@link averages}. */
export function spreadAverages(g: TypedArray, places: readonly Places[], divisors: Divisors, out: TypedArray): void {
  const axes = threeAxes(places);
  const [byDepth, byHeight, byWidth] = [[1], [1], [1], ...divisors].slice(-3);
  const { input, starts, ends } = axes[2];
  const shares = new Float64Array(input);
  let from = 0;
  eachRowOfWindows(axes, out.length, (plane, d, h) => {
    shares.fill(0);
    const divisor = byDepth[d] * byHeight[h];
    for (let w = 0; w < starts.length; w++) {
      const share = g[from++] / (divisor * byWidth[w]);
      for (let at = starts[w]; at < ends[w]; at++) shares[at] += share;
    }
    eachCoveredRow(plane, axes, d, h, (row) => {
      for (let i = 0; i < input; i++) out[row + i] += shares[i];
    });
  });
}
