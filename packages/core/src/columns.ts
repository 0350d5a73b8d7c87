import { type DType, type TypedArray } from "./dtype.js";
import { scratch } from "./scratch.js";
import { planShifts, shiftPlane, shiftsPay } from "./shifts.js";
import { reach, type Window } from "./windows.js";

/**
 * The windows over images as columns of a matrix: row `(channel, kernel tap)`, column `output place`, in order. The
 * places may be a part of all: whole rows of the last axis, where the axes before it count as rows together.
 */
export interface Columns {
  /** Writes the columns of the image at `start` of `x` to `out`, from `offset` on. */
  fromImage(x: TypedArray, start: number, out: TypedArray, offset: number): void;
  /** Adds columns to the cells from which {@link fromImage} would have taken them: its transpose. */
  addToImage(columns: TypedArray, offset: number, x: TypedArray, start: number): void;
}

/** The product of one size of all windows. */
export function cells(windows: readonly Window[], size: "input" | "kernel" | "output"): number {
  return windows.reduce((product, window) => product * window[size], 1);
}

/** The number of output rows: places of all spatial axes but the last. */
export function outputRows(windows: readonly Window[]): number {
  return cells(windows.slice(0, -1), "output");
}

/** The columns of images of `channels` channels at the output rows from `start` up to `end`. */
export function planColumns(
  windows: readonly Window[],
  channels: number,
  dtype: DType,
  start = 0,
  end = outputRows(windows),
): Columns {
  const image = shiftsPay(windows) ? shiftedColumns(windows, channels, start, end) : null;
  let table: Columns | null = null;
  const gathered = (): Columns => (table ??= gatheredColumns(windows, channels, dtype, start, end));
  return {
    fromImage: (...given) => (image ?? gathered().fromImage)(...given),
    addToImage: (...given) => gathered().addToImage(...given),
  };
}

function shiftedColumns(
  windows: readonly Window[],
  channels: number,
  start: number,
  end: number,
): Columns["fromImage"] {
  const { input: width, kernel, dilation, before } = windows[windows.length - 1];
  const plane = cells(windows, "input");
  const places = (end - start) * width;
  const taps = planShifts(windows.slice(0, -1), start, end);
  return (x, image, out, offset) => {
    let to = offset;
    for (let from = image; from < image + channels * plane; from += plane) {
      for (const runs of taps) {
        for (let tap = 0; tap < kernel; tap++, to += places) {
          shiftPlane(runs, x, from, from + plane, width, tap * dilation - before, out, to);
        }
      }
    }
  };
}

/**
 * Columns by a table of the cells they come from, in one channel of the image; in its padding, too, where there is
 * any.
 */
function gatheredColumns(
  windows: readonly Window[],
  channels: number,
  dtype: DType,
  start: number,
  end: number,
): Columns {
  const box = boxOf(windows);
  const table = tableOf(windows, box, start, end);
  const count = table.length;
  const inner = cells(windows, "input");
  const size = box.sizes.reduce((a, b) => a * b, 1);
  const rows = box.padded ? sharedRows(box) : null;
  // Only cells of the image are ever written to the first, so its padding stays zero.
  const padded = rows && scratch("padded image", dtype, size).fill(0);
  const sums = rows && scratch("padded sums", dtype, size);
  return {
    fromImage: (x, image, out, offset) => {
      for (let channel = 0, from = image, to = offset; channel < channels; channel++, from += inner, to += count) {
        if (rows && padded) copyRows(x, from, rows, padded);
        gather(padded ?? x.subarray(from, from + inner), table, out.subarray(to, to + count));
      }
    },
    addToImage: (columns, offset, x, image) => {
      for (let channel = 0, from = offset, to = image; channel < channels; channel++, from += count, to += inner) {
        scatter(columns.subarray(from, from + count), table, sums?.fill(0) ?? x.subarray(to, to + inner));
        if (rows && sums) addRows(sums, rows, x, to);
      }
    },
  };
}

/** The cells that windows reach: a box of `sizes` that begins at `starts` of the image and may stand out over it. */
interface Box {
  readonly starts: readonly number[];
  readonly sizes: readonly number[];
  readonly inputs: readonly number[];
  /** Whether it stands out; otherwise it is the image itself. */
  readonly padded: boolean;
}

function boxOf(windows: readonly Window[]): Box {
  const inputs = windows.map(({ input }) => input);
  const starts = windows.map(({ before }) => -before);
  const sizes = windows.map(({ kernel, output, stride, dilation }) => (output - 1) * stride + reach(kernel, dilation));
  const padded = starts.some((start, axis) => start < 0 || start + sizes[axis] > inputs[axis]);
  return padded ? { starts, sizes, inputs, padded } : { starts: starts.map(() => 0), sizes: inputs, inputs, padded };
}

/** The rows of the last axis that a box shares with the image: their places in both, and their length. */
interface SharedRows {
  readonly inImage: readonly number[];
  readonly inBox: readonly number[];
  readonly length: number;
}

function sharedRows({ starts, sizes, inputs }: Box): SharedRows {
  const last = sizes.length - 1;
  const first = starts.map((start) => Math.max(0, -start));
  const end = sizes.map((size, axis) => Math.min(size, inputs[axis] - starts[axis]));
  const inImage: number[] = [];
  const inBox: number[] = [];
  const walk = (axis: number, image: number, cell: number): void => {
    const [next, here] = [image * inputs[axis] + starts[axis], cell * sizes[axis]];
    if (axis === last) {
      inImage.push(next + first[axis]);
      inBox.push(here + first[axis]);
    } else for (let i = first[axis]; i < end[axis]; i++) walk(axis + 1, next + i, here + i);
  };
  walk(0, 0, 0);
  return { inImage, inBox, length: Math.max(0, end[last] - first[last]) };
}

/** The cell of the box under every tap at every place. */
function tableOf(windows: readonly Window[], box: Box, start: number, end: number): Int32Array {
  const { output: width } = windows[windows.length - 1];
  const taps = cells(windows, "kernel");
  const table = new Int32Array(taps * (end - start) * width);
  let at = 0;
  for (let tap = 0; tap < taps; tap++) {
    for (let place = start * width; place < end * width; place++) table[at++] = cellOf(windows, box, tap, place);
  }
  return table;
}

function cellOf(windows: readonly Window[], box: Box, tap: number, place: number): number {
  let cell = 0;
  let size = 1;
  for (let axis = windows.length - 1; axis >= 0; axis--) {
    const { kernel, output, stride, dilation, before } = windows[axis];
    cell += ((place % output) * stride + (tap % kernel) * dilation - before - box.starts[axis]) * size;
    size *= box.sizes[axis];
    place = Math.floor(place / output);
    tap = Math.floor(tap / kernel);
  }
  return cell;
}

function gather(x: TypedArray, table: Int32Array, out: TypedArray): void {
  for (let i = 0; i < table.length; i++) out[i] = x[table[i]];
}

function scatter(columns: TypedArray, table: Int32Array, x: TypedArray): void {
  for (let i = 0; i < table.length; i++) x[table[i]] += columns[i];
}

function copyRows(x: TypedArray, start: number, { inImage, inBox, length }: SharedRows, out: TypedArray): void {
  for (let row = 0; row < inImage.length; row++) {
    const from = start + inImage[row];
    const to = inBox[row];
    for (let i = 0; i < length; i++) out[to + i] = x[from + i];
  }
}

function addRows(x: TypedArray, { inImage, inBox, length }: SharedRows, out: TypedArray, start: number): void {
  for (let row = 0; row < inImage.length; row++) {
    const from = inBox[row];
    const to = start + inImage[row];
    for (let i = 0; i < length; i++) out[to + i] += x[from + i];
  }
}
