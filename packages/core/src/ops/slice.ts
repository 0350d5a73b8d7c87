import { checkTensor } from "../arguments.js";
import { allocate } from "../dtype.js";
import { ones } from "../create.js";
import { ArgumentError, IndexError } from "../errors.js";
import { formatShape, normalizeAxis, type Shape, sizeOf, stridesOf } from "../shape.js";
import { eachRow, viewOf } from "../storage.js";
import { defineOp, type OpFunction } from "../structural.js";
import { Tensor } from "../tensor.js";
import { squeeze } from "./shape.js";

/**
 * A part of one axis: a number takes one place and drops the axis; `[start, stop, step]` takes a range, as
 * in Python (negative places count from the end, null stands for "left out"); null takes all.
 */
export type Index = number | null | readonly [start?: number | null, stop?: number | null, step?: number];

/** A range along one axis, complete: `count` places from `start`, `step` apart. */
interface Range {
  readonly start: number;
  readonly step: number;
  readonly count: number;
}

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
export function slice(x: Tensor, ...indices: readonly Index[]): Tensor {
  checkTensor("slice", x);
  if (indices.length > x.ndim) {
    throw new ArgumentError(
      "SLICE_INVALID",
      `slice: ${indices.length} ranges for ${formatShape(x.shape)}, which has ${x.ndim} axes`,
    );
  }
  const ranges = x.shape.map((n, axis) => toRange(indices[axis] ?? null, n, axis, x.shape));
  const part = takeRanges(x, ranges);
  const dropped = indices.flatMap((index, axis) => (typeof index === "number" ? [axis] : []));
  return dropped.length > 0 ? squeeze(part, dropped) : part;
}

function toRange(index: Index, length: number, axis: number, shape: Shape): Range {
  if (index === null) return { start: 0, step: 1, count: length };
  if (typeof index === "number") {
    if (!Number.isInteger(index) || index < -length || index >= length) {
      throw new IndexError(
        "INDEX_OUT_OF_RANGE",
        `slice: index ${index} on axis ${axis} of ${formatShape(shape)}; use an integer from ${-length} to ${length - 1}`,
      );
    }
    return { start: index < 0 ? index + length : index, step: 1, count: 1 };
  }
  const [start = null, stop = null, step = 1] = Array.isArray(index) ? index : [NaN];
  if (!Number.isInteger(step) || step === 0 || ![start, stop].every((x) => x === null || Number.isInteger(x))) {
    throw new ArgumentError(
      "SLICE_INVALID",
      `slice: [${String(index)}] on axis ${axis}; use integers or null, and a step other than 0`,
    );
  }
  return boundedRange(start, stop, step, length);
}

function boundedRange(start: number | null, stop: number | null, step: number, length: number): Range {
  const [low, high] = step > 0 ? [0, length] : [-1, length - 1];
  const bound = (x: number | null, missing: number): number =>
    x === null ? missing : Math.min(high, Math.max(low, x < 0 ? x + length : x));
  const from = bound(start, step > 0 ? low : high);
  const to = bound(stop, step > 0 ? high : low);
  return { start: from, step, count: Math.max(0, Math.ceil((to - from) / step)) };
}

const takeRanges: OpFunction<[x: Tensor, ranges: readonly Range[]]> = defineOp<
  [x: Tensor, ranges: readonly Range[]],
  readonly Range[]
>({
  name: "slice",
  call: (x, ranges) => ({ inputs: [x], attributes: ranges }),
  shape: (_inputs, ranges) => ranges.map(({ count }) => count),
  forward: ([x], ranges, shape, dtype) => {
    const { base, offset, strides } = viewOf(x);
    const start = ranges.reduce((sum, range, axis) => sum + range.start * strides[axis], offset);
    return new Tensor(
      { base, offset: start, strides: ranges.map(({ step }, axis) => step * strides[axis]) },
      shape,
      dtype,
    );
  },
  vjp: (cotangent, { inputs: [x], attributes: ranges }) => [putRanges(cotangent, x.shape, ranges)],
  jvp: ([t], { attributes }) => t && takeRanges(t, attributes),
  samples: () => [
    [
      ones([4, 3]),
      [
        { start: 1, step: 2, count: 2 },
        { start: 2, step: -1, count: 3 },
      ],
    ],
    [
      ones([2, 0]),
      [
        { start: 0, step: 1, count: 1 },
        { start: 0, step: 1, count: 0 },
      ],
    ],
  ],
});

/** Zeros of `shape` with `x` in the places of `ranges`: the reverse of taking them. */
const putRanges: OpFunction<[x: Tensor, shape: Shape, ranges: readonly Range[]]> = defineOp<
  [x: Tensor, shape: Shape, ranges: readonly Range[]],
  { readonly shape: Shape; readonly ranges: readonly Range[] }
>({
  name: "put",
  call: (x, shape, ranges) => ({ inputs: [x], attributes: { shape, ranges } }),
  shape: (_inputs, { shape }) => shape,
  forward: ([x], { ranges }, shape, dtype) => {
    const out = allocate(dtype, sizeOf(shape));
    const { data } = x;
    if (data.length === 0) return out;
    const strides = stridesOf(shape);
    const last = ranges.length - 1;
    const offset = ranges.reduce((sum, { start }, axis) => sum + start * strides[axis], 0);
    const target = { base: out, offset, strides: ranges.map(({ step }, axis) => step * strides[axis]) };
    eachRow(target, x.shape, (start, position) => {
      const count = last < 0 ? 1 : ranges[last].count;
      const step = last < 0 ? 1 : ranges[last].step;
      for (let j = 0; j < count; j++) out[start + j * step] = data[position + j];
    });
    return out;
  },
  vjp: (cotangent, { attributes: { ranges } }) => [takeRanges(cotangent, ranges)],
  jvp: ([t], { attributes: { shape, ranges } }) => t && putRanges(t, shape, ranges),
  samples: () => [
    [
      ones([2, 3]),
      [4, 3],
      [
        { start: 1, step: 2, count: 2 },
        { start: 2, step: -1, count: 3 },
      ],
    ],
  ],
});

/**
 * The places from `start` up to `stop` (excluded) along one axis; negative ones count from the end. What lies beyond the axis is
 * left out.
 *
 * @throws ShapeError `AXIS_OUT_OF_RANGE`; ArgumentError `SLICE_INVALID` for places that are not integers.
 * @example
 * ```ts
 * import { narrow, tensor } from "@adjoint/core";
 * console.log(narrow(tensor([[1, 2, 3], [4, 5, 6]]), 1, 0, 2).toArray()); // → [ [ 1, 2 ], [ 4, 5 ] ]
 * ```
 */
export function narrow(x: Tensor, axis: number, start: number, stop: number): Tensor {
  checkTensor("narrow", x);
  const at = normalizeAxis("narrow", axis, x.ndim, x.shape);
  return slice(x, ...x.shape.map((_, i): Index => (i === at ? [start, stop] : null)));
}

/**
 * `x` with the elements along an axis, or several, in reverse order: `out[i] = x[n - 1 - i]`.
 *
 * @throws ShapeError `AXIS_OUT_OF_RANGE`.
 * @example
 * ```ts
 * import { flip, tensor } from "@adjoint/core";
 * console.log(flip(tensor([[1, 2], [3, 4]]), 1).toArray()); // → [ [ 2, 1 ], [ 4, 3 ] ]
 * ```
 */
export function flip(x: Tensor, axis: number | readonly number[]): Tensor {
  checkTensor("flip", x);
  const axes = [axis].flat().map((a) => normalizeAxis("flip", a, x.ndim, x.shape));
  return slice(x, ...x.shape.map((_, i): Index => (axes.includes(i) ? [null, null, -1] : null)));
}

/** The numbers of cells added before and after along each axis, in the order of the axes. */
export type Padding = readonly (readonly [before: number, after: number])[];

/**
 * `x` with cells of zeros around it, `before` and `after` along each axis; negative numbers cut cells off.
 *
 * @throws ArgumentError `PADDING_INVALID` unless there is a pair of integers for each axis.
 * @example
 * ```ts
 * import { pad, tensor } from "@adjoint/core";
 * console.log(pad(tensor([[1, 2]]), [[1, 0], [0, 1]]).toArray()); // → [ [ 0, 0, 0 ], [ 1, 2, 0 ] ]
 * ```
 */
export function pad(x: Tensor, padding: Padding): Tensor {
  checkTensor("pad", x);
  const pairs = Array.isArray(padding) && padding.every((pair) => Array.isArray(pair) && pair.length === 2);
  if (!pairs || padding.length !== x.ndim || !padding.flat().every(Number.isInteger)) {
    throw new ArgumentError(
      "PADDING_INVALID",
      `pad: ${JSON.stringify(padding)} for ${formatShape(x.shape)}; give [before, after] integers for each axis`,
    );
  }
  const shape = x.shape.map((n, axis) => n + padding[axis][0] + padding[axis][1]);
  if (shape.some((n) => n < 0)) {
    throw new ArgumentError(
      "PADDING_INVALID",
      `pad: ${JSON.stringify(padding)} cuts more off than ${formatShape(x.shape)} has`,
    );
  }
  const kept = slice(
    x,
    ...padding.map(([before, after], axis): Index => [Math.max(0, -before), x.shape[axis] + Math.min(0, after)]),
  );
  return putRanges(
    kept,
    shape,
    padding.map(([before], axis) => ({ start: Math.max(0, before), step: 1, count: kept.shape[axis] })),
  );
}
