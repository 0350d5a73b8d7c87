import type { TypedArray } from "./dtype.js";
import type { Window } from "./windows.js";

/** Output rows `first … first + count - 1` that read consecutive input rows from `source` on (-1: only padding). */
export interface Run {
  readonly first: number;
  readonly count: number;
  readonly source: number;
}

/** Cells of a plane from which moving it as one piece is faster than cell by cell. */
const LARGE = 64;

/**
 * Whether the places under one tap are the image itself, shifted: strides of 1, and output rows as long as input
 * rows, as in the convolutions that keep the size.
 */
export function shiftsPay(windows: readonly Window[]): boolean {
  const last = windows[windows.length - 1];
  const places = windows.reduce((product, { output }) => product * output, 1);
  return places >= LARGE && last.output === last.input && windows.every(({ stride }) => stride === 1);
}

/**
 * For every tap of the axes before the last, the output rows from `start` up to `end` in runs, counted from `start`.
 */
export function planShifts(outer: readonly Window[], start: number, end: number): Run[][] {
  const taps = outer.reduce((product, { kernel }) => product * kernel, 1);
  return Array.from({ length: taps }, (_, tap) => {
    const runs: Run[] = [];
    for (let row = start; row < end; row++) {
      const source = sourceRow(outer, tap, row);
      const open = runs[runs.length - 1];
      const next = open === undefined ? NaN : open.source < 0 ? -1 : open.source + open.count;
      if (source === next) runs[runs.length - 1] = { ...open, count: open.count + 1 };
      else runs.push({ first: row - start, count: 1, source });
    }
    return runs;
  });
}

/** The input row under one tap at one output row, or -1 in the padding. */
function sourceRow(outer: readonly Window[], tap: number, row: number): number {
  let source = 0;
  let size = 1;
  for (let axis = outer.length - 1; axis >= 0; axis--) {
    const { input, kernel, output, dilation, before } = outer[axis];
    const place = (row % output) + (tap % kernel) * dilation - before;
    if (place < 0 || place >= input) return -1;
    source += place * size;
    size *= input;
    row = Math.floor(row / output);
    tap = Math.floor(tap / kernel);
  }
  return source;
}

/**
 * The places under one tap of the plane of `x` from `from` up to `end`. The rows of a run are one piece of memory,
 * moved by `shift` cells; then the cells that slipped over from neighbouring rows are cleared.
 */
export function shiftPlane(
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
