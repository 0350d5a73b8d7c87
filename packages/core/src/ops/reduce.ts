import { checkOptions, checkTensor } from "../arguments.js";
import { ones } from "../create.js";
import { allocate, type DType, isFloating, type TypedArray } from "../dtype.js";
import { ShapeError } from "../errors.js";
import { extremesByKernel, type Lines, placesByKernel, sumsOfLines } from "../lines.js";
import { formatShape, normalizeAxes, reducedShape, type Shape, sizeOf } from "../shape.js";
import { contiguous, viewOf } from "../storage.js";
import { defineOp, type OpFunction } from "../structural.js";
import type { Tensor } from "../tensor.js";
import { div, mul } from "./arithmetic.js";
import { eq } from "./compare.js";
import { expand, reshape } from "./shape.js";

/** Options of the reductions. */
export interface ReduceOptions {
  /** The axis or axes to reduce; all when left out. Negative ones count from the end. */
  readonly axis?: number | readonly number[];
  /** Keep the reduced axes with size 1 (default false). */
  readonly keepDims?: boolean;
}

interface Reduction {
  readonly axes: readonly number[];
  readonly keepDims: boolean;
}

function reduction(name: string, x: Tensor, options: ReduceOptions): Reduction {
  checkTensor(name, x);
  checkOptions(name, options, "{ axis: 0 }", ["axis", "keepDims"]);
  const { axis, keepDims = false } = options;
  return { axes: normalizeAxes(name, axis, x.shape), keepDims };
}

/** The cotangent of a reduction, with its reduced axes back as size 1. */
function restore(g: Tensor, x: Tensor, axes: readonly number[]): Tensor {
  return reshape(g, reducedShape(x.shape, axes, true));
}

/** The elements of each result as a line: as they are where the axes are neighbours, otherwise in a copy. */
function linesOver(x: Tensor, axes: readonly number[]): Lines {
  const kept = x.shape.map((_, i) => i).filter((i) => !axes.includes(i));
  const length = sizeOf(axes.map((i) => x.shape[i]));
  const consecutive = axes.every((axis, i) => i === 0 || axis === axes[i - 1] + 1);
  if (axes.length > 0 && consecutive) {
    const inner = sizeOf(x.shape.slice(axes[axes.length - 1] + 1));
    return { data: x.data, outer: sizeOf(x.shape.slice(0, axes[0])), length, inner };
  }
  const { base, offset, strides } = viewOf(x);
  const order = [...kept, ...axes];
  const data = contiguous(
    { base, offset, strides: order.map((i) => strides[i]) },
    order.map((i) => x.shape[i]),
  );
  return { data, outer: sizeOf(kept.map((i) => x.shape[i])), length, inner: 1 };
}

/** Calls `reduce` for every result with the start and stride of its elements. */
function eachResult(
  { data, outer, length, inner }: Lines,
  reduce: (data: TypedArray, start: number, stride: number, count: number, result: number) => void,
): void {
  for (let o = 0; o < outer; o++) {
    for (let i = 0; i < inner; i++) reduce(data, o * length * inner + i, inner, length, o * inner + i);
  }
}

/** A sum in blocks of 128 and pairs of blocks, whose error grows with log n, not with n. */
function pairwiseSum(data: TypedArray, start: number, count: number): number {
  if (count <= 128) {
    let sum = 0;
    for (let i = start; i < start + count; i++) sum += data[i];
    return sum;
  }
  const half = 128 * Math.ceil(count / 256);
  return pairwiseSum(data, start, half) + pairwiseSum(data, start + half, count - half);
}

const sumType = ([x]: readonly Tensor[]): DType => (isFloating(x.dtype) ? x.dtype : "int32");

/**
 * Sums in float64 over each run of neighbouring axes, the last run first, so that memory is read in order and no
 * permuted copy is made.
 */
function sumOver(data: TypedArray, shape: Shape, axes: readonly number[]): TypedArray {
  let partial = data;
  const sizes = shape.slice();
  for (let end = axes.length - 1; end >= 0;) {
    let first = end;
    while (first > 0 && axes[first - 1] === axes[first] - 1) first--;
    const [from, to] = [axes[first], axes[end] + 1];
    const count = sizeOf(sizes.slice(from, to));
    partial = sumRun(partial, sizeOf(sizes.slice(0, from)), count, sizeOf(sizes.slice(to)));
    sizes.fill(1, from, to);
    end = first - 1;
  }
  return partial;
}

/** The sums over the middle of three axes; where rows are summed, they are added up whole. */
function sumRun(data: TypedArray, outer: number, count: number, inner: number): Float64Array {
  const sums = sumsOfLines({ data, outer, length: count, inner });
  if (sums !== null) return sums;
  const out = new Float64Array(outer * inner);
  if (inner === 1) {
    for (let o = 0; o < outer; o++) out[o] = pairwiseSum(data, o * count, count);
    return out;
  }
  for (let o = 0, at = 0; o < outer; o++) {
    const start = o * inner;
    for (let r = 0; r < count; r++) {
      for (let i = 0; i < inner; i++) out[start + i] += data[at++];
    }
  }
  return out;
}

/**
 * The sum over some axes, or over all. Integers and booleans are summed as int32.
 *
 * @throws ShapeError `AXIS_OUT_OF_RANGE`, `AXIS_REPEATED`.
 * @example
 * ```ts
 * import { sum, tensor } from "@adjoint/core";
 * const x = tensor([[1, 2], [3, 4]]);
 * console.log(sum(x).item(), sum(x, { axis: 0 }).toArray()); // → 10 [ 4, 6 ]
 * ```
 */
export const sum: OpFunction<[x: Tensor, options?: ReduceOptions]> = defineOp<
  [x: Tensor, options?: ReduceOptions],
  Reduction
>({
  name: "sum",
  call: (x, options = {}) => ({ inputs: [x], attributes: reduction("sum", x, options) }),
  shape: ([x], { axes, keepDims }) => reducedShape(x.shape, axes, keepDims),
  dtype: sumType,
  forward: ([x], { axes }) => (axes.length === 0 ? x.data : sumOver(x.data, x.shape, axes)),
  vjp: (cotangent, { inputs: [x], attributes: { axes } }) => [expand(restore(cotangent, x, axes), x.shape)],
  jvp: ([t], { attributes: { axes, keepDims } }) => t && sum(t, { axis: axes, keepDims }),
  samples: () => [
    [ones([2, 3, 4])],
    [ones([2, 3, 4]), { axis: 1 }],
    [ones([2, 3, 4]), { axis: [0, 2], keepDims: true }],
    [ones([0, 3]), { axis: 0 }],
    [ones([])],
  ],
});

/**
 * The mean `Σ x / n` over some axes, or over all; always floating, NaN over no elements.
 *
 * @throws ShapeError `AXIS_OUT_OF_RANGE`, `AXIS_REPEATED`.
 * @example
 * ```ts
 * import { mean, tensor } from "@adjoint/core";
 * const x = tensor([[1, 2], [3, 4]]);
 * console.log(mean(x).item(), mean(x, { axis: 1 }).toArray()); // → 2.5 [ 1.5, 3.5 ]
 * ```
 */
export function mean(x: Tensor, options: ReduceOptions = {}): Tensor {
  const { axes } = reduction("mean", x, options);
  return div(sum(x, options), sizeOf(axes.map((i) => x.shape[i])));
}

type Extreme = "max" | "min";

function extreme(name: Extreme): OpFunction<[x: Tensor, options?: ReduceOptions]> {
  const sign = name === "max" ? 1 : -1;
  const op: OpFunction<[x: Tensor, options?: ReduceOptions]> = defineOp<
    [x: Tensor, options?: ReduceOptions],
    Reduction
  >({
    name,
    call: (x, options = {}) => ({ inputs: [x], attributes: nonEmpty(name, x, reduction(name, x, options)) }),
    shape: ([x], { axes, keepDims }) => reducedShape(x.shape, axes, keepDims),
    dtype: ([x]) => x.dtype,
    forward: ([x], { axes }, shape, dtype) => {
      const lines = linesOver(x, axes);
      const extremes = extremesByKernel(name, lines);
      if (extremes !== null) return extremes;
      const out = allocate(dtype, sizeOf(shape));
      eachResult(lines, (data, start, stride, count, result) => {
        out[result] = data[start + stride * indexOfExtreme(data, start, stride, count, sign)];
      });
      return out;
    },
    vjp: (cotangent, { inputs: [x], output, attributes: { axes } }) => {
      const ties = extremes(x, output, axes);
      return [mul(div(ties, sum(ties, { axis: axes, keepDims: true })), restore(cotangent, x, axes))];
    },
    jvp: ([t], { inputs: [x], output, attributes: { axes, keepDims } }) => {
      if (t === null) return null;
      const ties = extremes(x, output, axes);
      return sum(mul(div(ties, sum(ties, { axis: axes, keepDims: true })), t), { axis: axes, keepDims });
    },
    samples: () => [
      [ones([2, 3, 4])],
      [ones([2, 3, 4]), { axis: 1 }],
      [ones([2, 3, 4]), { axis: [0, 2], keepDims: true }],
      [ones([])],
    ],
  });
  return op;
}

/** Where the elements equal their extreme, as ones in the dtype of `x`. */
function extremes(x: Tensor, output: Tensor, axes: readonly number[]): Tensor {
  return eq(x, restore(output, x, axes)).to(x.dtype);
}

function nonEmpty(name: string, x: Tensor, attributes: Reduction): Reduction {
  if (attributes.axes.some((i) => x.shape[i] === 0)) {
    throw new ShapeError(
      "EMPTY_REDUCTION",
      `${name}: ${formatShape(x.shape)} has no elements along the reduced axes, and there is no ${name} of nothing`,
    );
  }
  return attributes;
}

/** The place of the first largest (sign 1) or smallest (sign -1) element; the first NaN wins over all. */
function indexOfExtreme(data: TypedArray, start: number, stride: number, count: number, sign: number): number {
  let best = 0;
  for (let i = 1, at = start + stride; i < count; i++, at += stride) {
    const x = data[at];
    const champion = data[start + best * stride];
    if (champion !== champion) return best;
    if (x !== x || sign * x > sign * champion) best = i;
  }
  return best;
}

/**
 * The largest element along some axes, or of all; NaN where one is. Equal largest elements share the gradient evenly.
 *
 * @throws ShapeError `EMPTY_REDUCTION` over no elements, `AXIS_OUT_OF_RANGE`, `AXIS_REPEATED`.
 * @example
 * ```ts
 * import { max, tensor } from "@adjoint/core";
 * const x = tensor([[1, 5], [3, 2]]);
 * console.log(max(x).item(), max(x, { axis: 1 }).toArray()); // → 5 [ 5, 3 ]
 * ```
 */
export const max: OpFunction<[x: Tensor, options?: ReduceOptions]> = extreme("max");

/**
 * The smallest element along some axes, or of all; NaN where one is. Equal smallest elements share the gradient evenly.
 *
 * @throws ShapeError `EMPTY_REDUCTION` over no elements, `AXIS_OUT_OF_RANGE`, `AXIS_REPEATED`.
 * @example
 * ```ts
 * import { min, tensor } from "@adjoint/core";
 * const x = tensor([[1, 5], [3, 2]]);
 * console.log(min(x).item(), min(x, { axis: 0, keepDims: true }).toArray()); // → 1 [ [ 1, 2 ] ]
 * ```
 */
export const min: OpFunction<[x: Tensor, options?: ReduceOptions]> = extreme("min");

/** Options of `argmax` and `argmin`. */
export interface ArgOptions {
  /** The axis to search; the flattened tensor when left out. */
  readonly axis?: number;
  /** Keep the axis with size 1 (default false). */
  readonly keepDims?: boolean;
}

function place(name: "argmax" | "argmin"): OpFunction<[x: Tensor, options?: ArgOptions]> {
  return defineOp<[x: Tensor, options?: ArgOptions], Reduction>({
    name,
    call: (x, options = {}) => ({ inputs: [x], attributes: nonEmpty(name, x, reduction(name, x, options)) }),
    shape: ([x], { axes, keepDims }) => reducedShape(x.shape, axes, keepDims),
    dtype: () => "int32",
    forward: ([x], { axes }, shape) => {
      const lines = linesOver(x, axes);
      const places = placesByKernel(name === "argmax" ? "max" : "min", lines);
      if (places !== null) return places;
      const out = new Int32Array(sizeOf(shape));
      eachResult(lines, (data, start, stride, count, result) => {
        out[result] = indexOfExtreme(data, start, stride, count, name === "argmax" ? 1 : -1);
      });
      return out;
    },
    samples: () => [[ones([2, 3])], [ones([2, 3]), { axis: 1 }], [ones([2, 3]), { axis: 0, keepDims: true }]],
  });
}

/**
 * The index (int32) of the first largest element along an axis, or in the flattened tensor; that of the first NaN where there is
 * one. It has no gradient.
 *
 * @throws ShapeError `EMPTY_REDUCTION` over no elements, `AXIS_OUT_OF_RANGE`.
 * @example
 * ```ts
 * import { argmax, tensor } from "@adjoint/core";
 * const x = tensor([[1, 5], [3, 2]]);
 * console.log(argmax(x).item(), argmax(x, { axis: 1 }).toArray()); // → 1 [ 1, 0 ]
 * ```
 */
export const argmax: OpFunction<[x: Tensor, options?: ArgOptions]> = place("argmax");

/** The index (int32) of the first smallest element along an axis, or in the flattened tensor; the rest as {@link argmax}. */
export const argmin: OpFunction<[x: Tensor, options?: ArgOptions]> = place("argmin");
