import { ones } from "../create.js";
import { compose, type Composed } from "../composed.js";
import { type DType, isFloating, type TypedArray } from "../dtype.js";
import { sumsOfLines } from "../lines.js";
import { reducedShape, type Shape, sizeOf } from "../shape.js";
import { defineOp, type OpFunction } from "../structural.js";
import type { Tensor } from "../tensor.js";
import { div } from "./arithmetic.js";
import { eq, isNaN, where } from "./compare.js";
import { batchReduction, countOf, type ReduceOptions, type Reduction, reduction, restore } from "./reduction.js";
import { expand } from "./shape.js";

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
  batch: batchReduction((x, options) => sum(x, options)),
  samples: () => [
    [ones([2, 3, 4])],
    [ones([2, 3, 4]), { axis: 1 }],
    [ones([2, 3, 4]), { axis: [0, 2], keepDims: true }],
    [ones([0, 3]), { axis: 0 }],
    [ones([]), { axis: -1 }],
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
export const mean: Composed<(x: Tensor, options?: ReduceOptions) => Tensor> = compose(
  "mean",
  (x, options = {}) => {
    const { axes, keepDims } = reduction("mean", x, options);
    return div(sum(x, { axis: axes, keepDims }), countOf(x.shape, axes));
  },
  {
    samples: () => [
      [ones([2, 3])],
      [ones([2, 3]), { axis: -2, keepDims: true }],
      [ones([0, 2]), { axis: 1 }],
      [ones([])],
    ],
  },
);

/**
 * The sum of the elements that are not NaN, over some axes or all; 0 where there is none. NaNs get the gradient 0.
 *
 * @throws ShapeError `AXIS_OUT_OF_RANGE`, `AXIS_REPEATED`.
 * @example
 * ```ts
 * import { nansum, tensor } from "@adjoint/core";
 * console.log(nansum(tensor([1, NaN, 2])).item()); // → 3
 * ```
 */
export const nansum: Composed<(x: Tensor, options?: ReduceOptions) => Tensor> = compose(
  "nansum",
  (x, options = {}) => {
    const { axes, keepDims } = reduction("nansum", x, options);
    return sum(where(isNaN(x), 0, x), { axis: axes, keepDims });
  },
  { samples: () => [[ones([2, 3]), { axis: 1 }], [ones([])]] },
);

/**
 * The mean of the elements that are not NaN, over some axes or all; NaN where there is none. NaNs get the gradient 0.
 *
 * @throws ShapeError `AXIS_OUT_OF_RANGE`, `AXIS_REPEATED`.
 * @example
 * ```ts
 * import { nanmean, tensor } from "@adjoint/core";
 * console.log(nanmean(tensor([[1, NaN], [2, 4]]), { axis: 1 }).toArray()); // → [ 1, 3 ]
 * ```
 */
export const nanmean: Composed<(x: Tensor, options?: ReduceOptions) => Tensor> = compose(
  "nanmean",
  (x, options = {}) => {
    const { axes, keepDims } = reduction("nanmean", x, options);
    const [total, count] = [where(isNaN(x), 0, x), eq(x, x)].map((part) => sum(part, { axis: axes, keepDims }));
    return div(total, count);
  },
  { samples: () => [[ones([2, 3]), { axis: 1 }], [ones([])]] },
);
