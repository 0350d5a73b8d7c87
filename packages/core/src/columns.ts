import type { TypedArray } from "./dtype.js";
import type { Window } from "./windows.js";

/** Output rows `first … first + count - 1` that read consecutive input rows from `source` on (-1: only zeros). */
interface Run {
  readonly first: number;
  readonly count: number;
  readonly source: number;
}

/**
 * How the windows over an image become the columns of a matrix: row `(channel, kernel tap)`, column `output place`.
 * The last spatial axis is the inner one; the axes before it are taken together as rows of it.
 */
export interface ColumnPlan {
  readonly channels: number;
  /** Cells of one channel. */
  readonly plane: number;
  /** For every tap of the outer axes, the output rows of this plan in runs, counted from the first of them. */
  readonly runs: readonly (readonly Run[])[];
  /** The window along the last axis. */
  readonly last: Window;
}

/** The number of output rows: places of all spatial axes but the last. */
export function outputRows(windows: readonly Window[]): number {
  return windows.slice(0, -1).reduce((rows, { output }) => rows * output, 1);
}

/** A plan for the output rows from `start` up to `end`. */
export function planColumns(windows: readonly Window[], channels: number, start: number, end: number): ColumnPlan {
  const outer = windows.slice(0, -1);
  const plane = windows.reduce((size, { input }) => size * input, 1);
  const taps = outer.reduce((count, { kernel }) => count * kernel, 1);
  const runs = Array.from({ length: taps }, (_, tap) => runsOf(outer, tap, start, end));
  return { channels, plane, runs, last: windows[windows.length - 1] };
}

function runsOf(outer: readonly Window[], tap: number, start: number, end: number): Run[] {
  const runs: Run[] = [];
  for (let row = start; row < end; row++) {
    const source = sourceRow(outer, tap, row);
    const open = runs[runs.length - 1];
    const next = open === undefined ? NaN : open.source < 0 ? -1 : open.source + open.count;
    if (source === next) runs[runs.length - 1] = { ...open, count: open.count + 1 };
    else runs.push({ first: row - start, count: 1, source });
  }
  return runs;
}

/** The input row under one tap at one output row, or -1 in the padding. */
function sourceRow(outer: readonly Window[], tap: number, row: number): number {
  let source = 0;
  let size = 1;
  for (let axis = outer.length - 1; axis >= 0; axis--) {
    const { input, kernel, output, stride, dilation, before } = outer[axis];
    const place = (row % output) * stride + (tap % kernel) * dilation - before;
    if (place < 0 || place >= input) return -1;
    source += place * size;
    size *= input;
    row = Math.floor(row / output);
    tap = Math.floor(tap / kernel);
  }
  return source;
}

/** The output places of the last axis at which a tap lies on the input: from `low` up to `high`. */
function placesInside(last: Window, shift: number): [low: number, high: number] {
  const low = Math.max(0, Math.ceil(-shift / last.stride));
  const high = Math.min(last.output, Math.floor((last.input - 1 - shift) / last.stride) + 1);
  return low < high ? [low, high] : [0, 0];
}

/**
 * Writes the columns of the image that starts at `start` of `x` to `out`, in rows `pitch` apart, from `offset` on.
 */
export function imageToColumns(
  plan: ColumnPlan,
  x: TypedArray,
  start: number,
  out: TypedArray,
  pitch: number,
  offset = 0,
): void {
  const { channels, plane, runs, last } = plan;
  const sameWidth = last.stride === 1 && last.output === last.input;
  let to = offset;
  for (let channel = 0; channel < channels; channel++) {
    for (const tapRuns of runs) {
      for (let tap = 0; tap < last.kernel; tap++) {
        const shift = tap * last.dilation - last.before;
        const from = start + channel * plane;
        if (sameWidth) shiftPlane(tapRuns, x, from, from + plane, last.input, shift, out, to);
        else copyRows(tapRuns, x, from, last, shift, out, to);
        to += pitch;
      }
    }
  }
}

/**
 * Where input and output rows are equally long, the rows of a run are one piece of memory, moved by `shift`; then only
 * the cells that slipped over from the neighbouring rows are cleared.
 */
function shiftPlane(
  runs: readonly Run[],
  x: TypedArray,
  from: number,
  end: number,
  width: number,
  shift: number,
  out: TypedArray,
  to: number,
): void {
  for (const { first, count, source } of runs) {
    const target = to + first * width;
    if (source < 0 || shift >= width || -shift >= width) {
      out.fill(0, target, target + count * width);
      continue;
    }
    const wanted = from + source * width + shift;
    const begin = Math.max(from, wanted);
    out.set(x.subarray(begin, Math.min(end, wanted + count * width)), target + begin - wanted);
    const edge = shift < 0 ? target : target + width - shift;
    const cleared = Math.abs(shift);
    for (let row = 0, at = edge; row < count; row++, at += width) {
      for (let j = 0; j < cleared; j++) out[at + j] = 0;
    }
  }
}

function copyRows(
  runs: readonly Run[],
  x: TypedArray,
  from: number,
  last: Window,
  shift: number,
  out: TypedArray,
  to: number,
): void {
  const { input, output, stride } = last;
  const [low, high] = placesInside(last, shift);
  for (const { first, count, source } of runs) {
    const target = to + first * output;
    if (source < 0) {
      out.fill(0, target, target + count * output);
      continue;
    }
    for (let row = 0; row < count; row++) {
      const at = target + row * output;
      const origin = from + (source + row) * input + shift;
      for (let j = 0; j < low; j++) out[at + j] = 0;
      if (stride === 1) for (let j = low; j < high; j++) out[at + j] = x[origin + j];
      else for (let j = low; j < high; j++) out[at + j] = x[origin + j * stride];
      for (let j = high; j < output; j++) out[at + j] = 0;
    }
  }
}

/**
 * Adds the columns in `columns`, in rows `pitch` apart from `offset` on, to the cells of the image at `start` of `x`
 * from which {@link imageToColumns} would have taken them.
 */
export function addColumnsToImage(
  plan: ColumnPlan,
  columns: TypedArray,
  pitch: number,
  offset: number,
  x: TypedArray,
  start: number,
): void {
  const { channels, plane, runs, last } = plan;
  let at = offset;
  for (let channel = 0; channel < channels; channel++) {
    for (const tapRuns of runs) {
      for (let tap = 0; tap < last.kernel; tap++) {
        addRows(tapRuns, columns, at, last, tap * last.dilation - last.before, x, start + channel * plane);
        at += pitch;
      }
    }
  }
}

function addRows(
  runs: readonly Run[],
  columns: TypedArray,
  at: number,
  last: Window,
  shift: number,
  x: TypedArray,
  to: number,
): void {
  const { input, output, stride } = last;
  const [low, high] = placesInside(last, shift);
  for (const { first, count, source } of runs) {
    if (source < 0) continue;
    for (let row = 0; row < count; row++) {
      const from = at + (first + row) * output;
      const origin = to + (source + row) * input + shift;
      for (let j = low; j < high; j++) x[origin + j * stride] += columns[from + j];
    }
  }
}
