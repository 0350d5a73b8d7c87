import { checkInteger, checkTensor } from "../arguments.js";
import { compose, type Composed } from "../composed.js";
import { ones } from "../create.js";
import { ArgumentError, IndexError } from "../errors.js";
import { formatList, formatShape, normalizeAxis, orderedAxes, type Shape } from "../shape.js";
import type { Tensor } from "../tensor.js";
import { type Range, takeAlong, takeRanges } from "./ranges.js";
import { reshape } from "./shape.js";

/**
 * A part of one axis: a number takes one place and drops the axis; `[start, stop, step]` takes a range, as
 * in Python (negative places count from the end, null stands for "left out"); null takes all.
 */
export type Index = number | null | readonly [start?: number | null, stop?: number | null, step?: number];

/**
 * A part of `x` along each axis. Nothing is copied until the elements are needed by themselves.
 *
 * @throws IndexError `INDEX_OUT_OF_RANGE` for a place that does not exist; ArgumentError `SLICE_INVALID`.
 * @example
 * ```ts
 * import { slice, tensor } from "@adjoint/core";
 * const x = tensor([[1, 2, 3], [4, 5, 6]]);
 * console.log(slice(x, 1).toArray()); // → [ 4, 5, 6 ]
 * console.log(slice(x, null, [0, null, 2]).toArray()); // → [ [ 1, 3 ], [ 4, 6 ] ]
 * ```
 */
export const slice: Composed<(x: Tensor, ...indices: readonly Index[]) => Tensor> = compose(
  "slice",
  (x, ...indices) => {
    checkTensor("slice", x);
    if (indices.length > x.ndim) {
      throw new ArgumentError(
        "SLICE_INVALID",
        `slice: ${indices.length} ranges for ${formatShape(x.shape)}, which has ${x.ndim} axes`,
      );
    }
    const ranges = x.shape.map((n, axis) => toRange(indices[axis] ?? null, n, axis, x.shape));
    const part = takeRanges(x, ranges);
    const kept = part.shape.filter((_, axis) => typeof indices[axis] !== "number");
    return kept.length < x.ndim ? reshape(part, kept) : part;
  },
  {
    samples: () => [[ones([2, 5, 3]), 1, [null, null, -2], [1]], [ones([4, 0]), [2, 2]], [ones([2]), -1], [ones([])]],
  },
);

function toRange(index: Index, length: number, axis: number, shape: Shape): Range {
  if (index === null) return { start: 0, step: 1, count: length };
  if (typeof index === "number") return { start: placeOf("slice", index, axis, shape), step: 1, count: 1 };
  const [start = null, stop = null, step = 1] = Array.isArray(index) && index.length <= 3 ? index : [NaN];
  if (!Number.isSafeInteger(step) || step === 0 || ![start, stop].every((x) => x === null || Number.isSafeInteger(x))) {
    throw new ArgumentError(
      "SLICE_INVALID",
      `slice: ${formatList(index)} on axis ${axis}; use [start, stop, step] of integers or null, and a step other than 0`,
    );
  }
  return boundedRange(start, stop, step, length);
}

/** An index along an axis, counted from the front. */
function placeOf(name: string, index: number, axis: number, shape: Shape): number {
  const length = shape[axis];
  if (Number.isInteger(index) && index >= -length && index < length) return index < 0 ? index + length : index;
  const use = length === 0 ? "the axis is empty" : `use an integer from ${-length} to ${length - 1}`;
  throw new IndexError(
    "INDEX_OUT_OF_RANGE",
    `${name}: index ${formatList(index)} on axis ${axis} of ${formatShape(shape)}; ${use}`,
  );
}

function boundedRange(start: number | null, stop: number | null, step: number, length: number): Range {
  const [low, high] = step > 0 ? [0, length] : [-1, length - 1];
  const bound = (x: number | null, missing: number): number =>
    x === null ? missing : Math.min(high, Math.max(low, x < 0 ? x + length : x));
  const from = bound(start, step > 0 ? low : high);
  const to = bound(stop, step > 0 ? high : low);
  const count = Math.max(0, Math.ceil((to - from) / step));
  return { start: from, step: count > 1 ? step : 1, count };
}

/**
 * The `length` places from `start` on along one axis; a negative start counts from the end. Nothing is copied.
 *
 * @throws ShapeError `AXIS_OUT_OF_RANGE`; IndexError `INDEX_OUT_OF_RANGE` for places beyond the axis (`slice` leaves them out);
 * ArgumentError `INTEGER_INVALID`.
 * @example
 * ```ts
 * import { narrow, tensor } from "@adjoint/core";
 * console.log(narrow(tensor([[1, 2, 3], [4, 5, 6]]), 1, 1, 2).toArray()); // → [ [ 2, 3 ], [ 5, 6 ] ]
 * ```
 */
export const narrow: Composed<(x: Tensor, axis: number, start: number, length: number) => Tensor> = compose(
  "narrow",
  (x, axis, start, length) => {
    checkTensor("narrow", x);
    const at = normalizeAxis("narrow", axis, x.ndim, x.shape);
    const size = x.shape[at];
    checkInteger("narrow", "start", start);
    checkInteger("narrow", "length", length, 0);
    const from = start < 0 ? start + size : start;
    if (from >= 0 && from + length <= size) return takeAlong(x, at, from, length);
    throw new IndexError(
      "INDEX_OUT_OF_RANGE",
      `narrow: ${length} places from ${start} on along axis ${axis} of ${formatShape(x.shape)}; the axis ends at ${size}`,
    );
  },
  {
    samples: () => [
      [ones([2, 4]), 1, -3, 2],
      [ones([2, 0]), 0, 2, 0],
    ],
  },
);

/**
 * The elements at one index of an axis, which is dropped: `x[:, i]` with axis 1. A negative index counts from the end. Nothing
 * is copied.
 *
 * @throws ShapeError `AXIS_OUT_OF_RANGE`; IndexError `INDEX_OUT_OF_RANGE`.
 * @example
 * ```ts
 * import { select, tensor } from "@adjoint/core";
 * console.log(select(tensor([[1, 2, 3], [4, 5, 6]]), 1, -1).toArray()); // → [ 3, 6 ]
 * ```
 */
export const select: Composed<(x: Tensor, axis: number, index: number) => Tensor> = compose(
  "select",
  (x, axis, index) => {
    checkTensor("select", x);
    const at = normalizeAxis("select", axis, x.ndim, x.shape);
    return reshape(takeAlong(x, at, placeOf("select", index, at, x.shape), 1), x.shape.toSpliced(at, 1));
  },
  {
    samples: () => [
      [ones([2, 3, 2]), 1, -1],
      [ones([2, 0]), 0, 1],
      [ones([1]), 0, 0],
    ],
  },
);

/**
 * `x` with the elements along an axis, or several, in reverse order: `out[i] = x[n - 1 - i]`. Nothing is copied.
 *
 * @throws ShapeError `AXIS_OUT_OF_RANGE`, `AXIS_REPEATED`.
 * @example
 * ```ts
 * import { flip, tensor } from "@adjoint/core";
 * console.log(flip(tensor([[1, 2], [3, 4]]), 1).toArray()); // → [ [ 2, 1 ], [ 4, 3 ] ]
 * ```
 */
export const flip: Composed<(x: Tensor, axis: number | readonly number[]) => Tensor> = compose(
  "flip",
  (x, axis) => {
    checkTensor("flip", x);
    const axes = orderedAxes("flip", axis, x.shape);
    const ranges = x.shape.map((count, i): Range => {
      return axes.includes(i) && count > 1 ? { start: count - 1, step: -1, count } : { start: 0, step: 1, count };
    });
    return takeRanges(x, ranges);
  },
  {
    samples: () => [
      [ones([2, 2, 3]), [0, -1]],
      [ones([0, 2]), 0],
      [ones([]), []],
    ],
  },
);
