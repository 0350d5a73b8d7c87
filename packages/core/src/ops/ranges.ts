import { ones } from "../create.js";
import { allocate } from "../dtype.js";
import { type Shape, sizeOf, stridesOf } from "../shape.js";
import { eachRow, isRowMajor, viewOf } from "../storage.js";
import { defineOp, type OpFunction } from "../structural.js";
import { Tensor } from "../tensor.js";

/** A range along one axis, complete: `count` places from `start`, `step` apart. */
export interface Range {
  readonly start: number; // the first place
  readonly step: number; // from place to place; 1 where there is no second one
  readonly count: number; // how many places
}

const whole = (count: number): Range => ({ start: 0, step: 1, count });

const batched = (ranges: readonly Range[], size: number): Range[] => [whole(size), ...ranges];

const SAMPLE: readonly Range[] = [
  { start: 1, step: 2, count: 2 },
  { start: 2, step: -1, count: 3 },
];

/** The elements in one range along each axis. */
export const takeRanges: OpFunction<[x: Tensor, ranges: readonly Range[]]> = defineOp<
  [x: Tensor, ranges: readonly Range[]],
  readonly Range[]
>({
  name: "slice",
  call: (x, ranges) => ({ inputs: [x], attributes: ranges }),
  shape: (_inputs, ranges) => ranges.map(({ count }) => count),
  forward: ([x], ranges, shape, dtype) => {
    const { base, offset, strides } = viewOf(x);
    const steps = new Array<number>(ranges.length);
    let start = offset;
    for (let axis = 0; axis < ranges.length; axis++) {
      start += ranges[axis].start * strides[axis];
      steps[axis] = ranges[axis].step * strides[axis];
    }
    // Elements that follow each other, such as rows, need no view: whatever reads them is faster without.
    if (isRowMajor(steps, shape)) return base.subarray(start, start + sizeOf(shape));
    return new Tensor({ base, offset: start, strides: steps }, shape, dtype);
  },
  vjp: (cotangent, { inputs: [x], attributes: ranges }) => [putRanges(cotangent, x.shape, ranges)],
  jvp: ([t], { attributes }) => t && takeRanges(t, attributes),
  batch: ([x], ranges, { size }) => takeRanges(x, batched(ranges, size)),
  samples: () => [
    [ones([4, 3]), SAMPLE],
    [ones([2, 0]), [whole(1), whole(0)]],
    [ones([]), []],
  ],
});

/** A tensor of `shape` with `x` in the places of `ranges` and `value` (default 0) in all others: the reverse of taking them. */
export const putRanges: OpFunction<[x: Tensor, shape: Shape, ranges: readonly Range[], value?: number]> = defineOp<
  [x: Tensor, shape: Shape, ranges: readonly Range[], value?: number],
  { readonly shape: Shape; readonly ranges: readonly Range[]; readonly value: number }
>({
  name: "put",
  call: (x, shape, ranges, value = 0) => ({ inputs: [x], attributes: { shape, ranges, value } }),
  shape: (_inputs, { shape }) => shape,
  forward: ([x], { ranges, value }, shape, dtype) => {
    const out = allocate(dtype, sizeOf(shape));
    if (value !== 0) out.fill(value);
    const { data } = x;
    if (data.length === 0) return out;
    const strides = stridesOf(shape);
    const { count, step } = ranges.at(-1) ?? whole(1);
    const offset = ranges.reduce((sum, { start }, axis) => sum + start * strides[axis], 0);
    const target = { base: out, offset, strides: ranges.map((range, axis) => range.step * strides[axis]) };
    eachRow(target, x.shape, (start, position) => {
      if (step === 1 && count > 16) out.set(data.subarray(position, position + count), start);
      else for (let j = 0; j < count; j++) out[start + j * step] = data[position + j];
    });
    return out;
  },
  vjp: (cotangent, { attributes: { ranges } }) => [takeRanges(cotangent, ranges)],
  jvp: ([t], { attributes: { shape, ranges } }) => t && putRanges(t, shape, ranges),
  batch: ([x], { shape, ranges, value }, { size }) => putRanges(x, [size, ...shape], batched(ranges, size), value),
  samples: () => [[ones([2, 3]), [4, 3], SAMPLE, 2]],
});

/** The places from `start` on along one axis, all places of the others. */
export function takeAlong(x: Tensor, axis: number, start: number, count: number, step = 1): Tensor {
  return takeRanges(
    x,
    x.shape.map((n, i) => (i === axis ? { start, step: count > 1 ? step : 1, count } : whole(n))),
  );
}
