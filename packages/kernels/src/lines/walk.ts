import type { FunctionBuilder, Local } from "../assembler.js";
import { whileBelow } from "../loops.js";

/** Bytes of the longest line that fits into memory at once. */
export const LINE_BYTES = 1 << 18;

/** Where in memory a call reads and writes: two blocks of lines, and numbers for each line. */
export const PLACES = {
  input: 64,
  output: 128 + LINE_BYTES,
  results: 256 + 2 * LINE_BYTES, // 8 bytes each for sums, 4 for the rest
  largest: 3 * LINE_BYTES, // 4 bytes each
  factors: 3.5 * LINE_BYTES, // 4 bytes each
} as const;

/** A walk over contiguous lines, in byte offsets. */
export interface Line {
  /** The place in the line; the body moves it from the start up to `end`. */
  readonly at: Local;
  readonly end: Local;
  /** The end of the last whole vector. */
  readonly wholeEnd: Local;
  /** Four times the number of the line. */
  readonly index: Local;
  /** The lanes of the vector at `wholeEnd` that belong to the line. */
  readonly mask: Local;
}

export function eachLine(f: FunctionBuilder, body: (line: Line) => void): void {
  const [lines, length] = f.parameters;
  const [at, end, wholeEnd, index] = f.locals("i32", 4);
  const mask = f.local("v128");
  f.get(length).i32Const(3).i32And().i32x4Splat().i32x4Const(0, 1, 2, 3).i32x4GtS().set(mask);
  const stop = (): FunctionBuilder => f.get(lines).i32Const(4).i32Mul();
  whileBelow(f, index, stop, () => {
    f.get(at).get(length).i32Const(4).i32Mul().i32Add().set(end);
    f.get(at).get(length).i32Const(-4).i32And().i32Const(4).i32Mul().i32Add().set(wholeEnd);
    body({ at, end, wholeEnd, index, mask });
    f.get(end).set(at);
    advance(f, index, 4);
  });
}

export function advance(f: FunctionBuilder, offset: Local, bytes: number): void {
  f.get(offset).i32Const(bytes).i32Add().set(offset);
}

/** Calls `body` with the number of vectors to take, four as long as there are as many up to `end`, and then one. */
export function eachVector(f: FunctionBuilder, at: Local, end: Local, body: (vectors: number) => void): void {
  const main = f.local("i32");
  f.get(end).get(end).get(at).i32Sub().i32Const(63).i32And().i32Sub().set(main);
  for (const [vectors, bound] of [
    [4, main],
    [1, end],
  ] as const) {
    whileBelow(f, at, bound, () => {
      body(vectors);
      advance(f, at, 16 * vectors);
    });
  }
}

/** Runs `body` where a line has elements behind its last whole vector. */
export function ifTail(f: FunctionBuilder, { at, end }: Line, body: () => void): void {
  f.get(at).get(end).i32LtU().if(body);
}

export function clear(f: FunctionBuilder, vectors: readonly Local[]): void {
  for (const vector of vectors) f.f32x4Const(0).set(vector);
}

/** A strip of columns: up to four vectors, which start at the byte offset `column`. */
export interface Strip {
  readonly column: Local;
  readonly vectors: number;
  /** Bytes of a row. */
  readonly stride: Local;
  /** The offset behind the last row of the strip. */
  readonly end: Local;
}

/** Runs `body` for all strips, with `at` at the first row of each. */
export function eachStrip(f: FunctionBuilder, at: Local, body: (strip: Strip) => void): void {
  const [rows, columns] = f.parameters;
  const [column, stride, end, main] = f.locals("i32", 4);
  f.get(columns).i32Const(4).i32Mul().tee(stride).i32Const(-64).i32And().set(main);
  for (const [vectors, bound] of [
    [4, main],
    [1, stride],
  ] as const) {
    whileBelow(f, column, bound, () => {
      f.get(column).tee(at).get(rows).get(stride).i32Mul().i32Add().set(end);
      body({ column, vectors, stride, end });
      advance(f, column, 16 * vectors);
    });
  }
}
